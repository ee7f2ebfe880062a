//! What can go wrong in the telemetry room.

use wheelhouse_control::ControlError;
use wheelhouse_protocol::{Problem, ProblemCode};
use wheelhouse_store::StoreError;

/// A failure of the telemetry room.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A value in a request cannot be used.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it, as a sentence.
        reason: String,
        /// What to do; may be empty.
        hint: String,
    },
    /// The control loop refuses it.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The loop's thread did not take a command up in time.
    #[error("the control loop did not take the command up within {seconds} s")]
    LoopSilent {
        /// How long it had.
        seconds: f64,
    },
    /// The system refused a thread.
    #[error("the control loop's thread could not be started: {reason}")]
    NoThread {
        /// What the system said.
        reason: String,
    },
    /// History could not be read.
    #[error("stored samples could not be read: {0}")]
    Store(#[from] StoreError),
}

impl From<TelemetryError> for Problem {
    fn from(error: TelemetryError) -> Self {
        let detail = format!("{error}.");
        match error {
            TelemetryError::Invalid { field, reason, hint } => Self::invalid(field, reason).hint(hint),
            TelemetryError::Control(error) => error.into(),
            TelemetryError::LoopSilent { .. } => {
                Self::new(ProblemCode::Timeout, "The control loop does not answer", detail)
                    .hint("It may still take it up: look at the loop’s state. If it stays silent, restart Wheelhouse.")
                    .source("control loop")
            }
            TelemetryError::NoThread { .. } => {
                Self::new(ProblemCode::Unavailable, "The control loop could not start", detail)
                    .hint("The system has no more threads to give: close other programs and start again.")
            }
            TelemetryError::Store(error) => error.into(),
        }
    }
}
