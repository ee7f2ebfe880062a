//! What went wrong, for people and for programs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a door must tell apart. Add one only when something decides by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The request itself is wrong: an empty name, a value out of range, text that does not parse.
    InvalidInput,
    /// What was asked for is not there.
    NotFound,
    /// It collides with something that is there: a name taken, a target locked by another job.
    Conflict,
    /// Policy refuses it, and asking again will not help.
    Refused,
    /// The caller's role may not do this.
    Forbidden,
    /// A question must be answered first.
    NeedsAnswer,
    /// A person must approve exactly this first.
    NeedsApproval,
    /// The plan is not what was approved, the approval is used up, or it has expired.
    Stale,
    /// There is no vault yet.
    VaultMissing,
    /// The vault must be unlocked first.
    VaultLocked,
    /// The passphrase, password or key passphrase is wrong.
    WrongSecret,
    /// Stored data is damaged or was changed by something else.
    Damaged,
    /// The machine presented a host key nobody has accepted yet.
    HostKeyUnknown,
    /// The machine presented a different host key than the accepted one.
    HostKeyChanged,
    /// The machine refused the credential.
    AuthenticationFailed,
    /// No connection to the machine or service could be made.
    Unreachable,
    /// It did not answer in time.
    Timeout,
    /// A file or disk refused: permissions, no space, a directory where a file should be.
    Storage,
    /// Something this needs is not running or not installed.
    Unavailable,
    /// A defect in Wheelhouse.
    Internal,
}

impl ProblemCode {
    /// The exit code of `wh` for this problem: 2 bad request or refused, 3 needs an answer or approval.
    pub fn exit_code(self) -> i32 {
        match self {
            Self::NeedsAnswer | Self::NeedsApproval | Self::HostKeyUnknown | Self::VaultLocked | Self::VaultMissing => {
                3
            }
            _ => 2,
        }
    }
}

/// A failure in words an operator uses: what happened, where, and what to do next.
///
/// The shape follows RFC 9457 (problem details), so that the HTTP door can send it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of failure it is.
    pub code: ProblemCode,
    /// One short sentence without the particulars.
    pub title: String,
    /// What happened and where, with names and numbers.
    pub detail: String,
    /// What to do next. Empty when there is nothing sensible to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// The part of the request or system it is about: a field's name, a host, a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Problem {
    /// A problem with a title and its particulars.
    pub fn new(code: ProblemCode, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, title: title.into(), detail: detail.into(), hint: String::new(), source: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Says which field, host or file it is about.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// A wrong value in one field of a request.
    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidInput, "That value cannot be used", detail).source(field)
    }

    /// Something that was asked for by name or id and is not there.
    pub fn not_found(what: &str, name: impl fmt::Display) -> Self {
        Self::new(ProblemCode::NotFound, format!("No such {what}"), format!("There is no {what} “{name}”."))
            .source(name.to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)?;
        if !self.hint.is_empty() {
            write!(f, " {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
