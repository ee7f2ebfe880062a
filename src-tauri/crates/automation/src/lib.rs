//! The job engine and its transports.
