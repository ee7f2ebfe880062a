//! Who calls.

use wheelhouse_protocol::Role;

/// Who calls, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account's name, as it stands in the audit chain.
    pub who: String,
    /// What it may do.
    pub role: Role,
}

impl Caller {
    /// The person at this machine: whoever can read the data directory may do everything with it.
    pub fn operator() -> Self {
        let name = whoami::username().ok().filter(|name| !name.trim().is_empty());
        Self { who: name.unwrap_or_else(|| "operator".to_owned()), role: Role::Admin }
    }
}
