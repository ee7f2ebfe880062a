//! The control loop: what holds the spacecraft, and how sure we are that it does.

use serde::{Deserialize, Serialize};

/// What the loop tries to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Mode {
    /// No thrust; the state is still tracked.
    Idle,
    /// Hold the operator's reference point against gravity and disturbances.
    StationKeep,
}

impl Mode {
    /// The name as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::StationKeep => "STATION-KEEP",
        }
    }
}

/// Where the closed loop's poles are put: (s + λ)(s² + 2ζωs + ω²).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PoleSettings {
    /// The slowest decay [1/s].
    pub lambda: f64,
    /// The natural frequency of the pair [rad/s].
    pub omega: f64,
    /// Its damping ratio [1].
    pub zeta: f64,
}

impl Default for PoleSettings {
    fn default() -> Self {
        Self { lambda: 0.115, omega: 1.0, zeta: 0.9 }
    }
}

/// The loop's state, as last published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlStatus {
    /// What it tries to do.
    pub mode: Mode,
    /// Ticks per second it is set to [Hz].
    pub rate_hz: f64,
    /// Where its poles are.
    pub poles: PoleSettings,
    /// Computed Lipschitz constant of the one-second flow map in the P-norm [1]; below 1 is stable.
    pub lipschitz: f64,
    /// Reference position relative to the nominal orbit point [m].
    pub reference: [f64; 3],
    /// Position error r_ref − r [m].
    pub position_error: [f64; 3],
    /// Velocity error v_ref − v [m/s].
    pub velocity_error: [f64; 3],
    /// Thrust [N].
    pub thrust: [f64; 3],
    /// Simulated time since the loop started [s].
    pub time: f64,
    /// Ticks since it started.
    pub ticks: u64,
    /// Ticks that ended after the next one should have begun.
    pub overruns: u64,
    /// How late ticks begin: median, 99th percentile and worst [µs].
    pub lateness_us: [f64; 3],
}

/// Shows the loop's state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetControl {}
crate::command!(GetControl, "control.get", Viewer, false => ControlStatus);

/// Changes what the loop does. What is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SetControl {
    /// What it tries to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The reference position relative to the nominal orbit point [m].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<[f64; 3]>,
    /// Where to put the poles. Refused when the loop would not be stable (L ≥ 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poles: Option<PoleSettings>,
}
crate::command!(SetControl, "control.set", Approver, true => ControlStatus);
