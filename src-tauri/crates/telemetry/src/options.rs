//! How the telemetry room is set up.

use wheelhouse_control::StationSettings;
use wheelhouse_protocol::control::{Mode, PoleSettings};
use wheelhouse_protocol::settings::Settings;

/// How the telemetry room is set up when it starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The simulated spacecraft, and the loop's rate (1–1000 Hz).
    pub station: StationSettings,
    /// Where the loop's poles are at first.
    pub poles: PoleSettings,
    /// What the loop does at first.
    pub mode: Mode,
    /// Days to keep samples.
    pub telemetry_days: u32,
    /// The most series of one run; samples of further ones are refused and counted.
    pub series: usize,
    /// Samples that may wait for the disk (24 bytes each, at least 5000); beyond it the oldest give way.
    pub waiting_samples: usize,
    /// MQTT messages of quality 0 that may wait to be read; beyond it they are dropped and counted.
    pub waiting_messages: usize,
    /// Frames per second, 1–15.
    pub frames_per_second: u32,
    /// How the loop's thread is called, for debuggers and `top`; at most 15 bytes.
    pub thread_name: &'static str,
    /// By what name the MQTT broker knows this program; one of its own when empty.
    pub client_id: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            station: StationSettings::default(),
            poles: PoleSettings::default(),
            mode: Mode::StationKeep,
            telemetry_days: Settings::default().telemetry_days,
            series: 10_000,
            waiting_samples: 500_000,
            waiting_messages: 8192,
            frames_per_second: 15,
            thread_name: "control-loop",
            client_id: String::new(),
        }
    }
}
