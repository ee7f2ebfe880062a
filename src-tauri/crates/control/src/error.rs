//! What can be wrong with a wish to the control loop.

use wheelhouse_protocol::{Problem, ProblemCode};

/// A wish the control loop cannot grant.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ControlError {
    /// A number is not one the loop can work with.
    #[error("{name} is {value}; it must be {must}")]
    Value {
        /// Which number.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What it must be, in words.
        must: String,
    },
    /// The closed loop with these poles would not be stable at the loop's rate.
    #[error(
        "At {rate_hz} Hz, λ = {lambda} 1/s, ω = {omega} rad/s and ζ = {zeta} give L = {}; it must be below 1",
        readable(*lipschitz)
    )]
    Unstable {
        /// The slowest decay asked for [1/s].
        lambda: f64,
        /// The natural frequency asked for [rad/s].
        omega: f64,
        /// The damping ratio asked for [1].
        zeta: f64,
        /// Ticks per second [Hz].
        rate_hz: f64,
        /// The Lipschitz constant per second that came out [1]; infinite when none could be computed.
        lipschitz: f64,
    },
}

/// Four decimals while they say something, powers of ten beyond.
fn readable(lipschitz: f64) -> String {
    if lipschitz < 1e6 { format!("{lipschitz:.4}") } else { format!("{lipschitz:.2e}") }
}

impl From<ControlError> for Problem {
    fn from(error: ControlError) -> Self {
        let detail = format!("{error}.");
        match error {
            ControlError::Value { name, .. } => Self::invalid(name, detail),
            ControlError::Unstable { rate_hz, .. } => {
                Self::new(ProblemCode::Refused, "The loop would not be stable", detail)
                    .hint(format!(
                        "Choose slower poles (ω well below {:.0} rad/s), or λ further from 0. \
                         The defaults are λ = 0.115, ω = 1.0, ζ = 0.9.",
                        rate_hz
                    ))
                    .source("poles")
            }
        }
    }
}
