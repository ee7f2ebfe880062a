//! How `wh` ends.

use wheelhouse_protocol::Problem;

/// How `wh` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// What was asked is done.
    Done,
    /// A job ended, and some targets did not succeed.
    SomeFailed,
    /// The request is bad, or refused.
    Refused,
    /// A question must be answered, or an approval given.
    Waits,
}

impl Outcome {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SomeFailed => 1,
            Self::Refused => 2,
            Self::Waits => 3,
        }
    }

    /// The end a problem leads to.
    pub(crate) fn from_problem(problem: &Problem) -> Self {
        if problem.code.exit_code() == 3 { Self::Waits } else { Self::Refused }
    }
}
