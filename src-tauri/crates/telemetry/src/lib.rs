//! The MQTT link, the telemetry hub and the real-time control loop.
