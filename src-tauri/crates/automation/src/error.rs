//! What can go wrong between here and a machine.

use std::time::Duration;
use wheelhouse_protocol::inventory::{HostKey, TrustedHostKey};
use wheelhouse_protocol::{Problem, ProblemCode};

/// A failure to reach a machine, to log in, or to run something there.
///
/// `Display` is one sentence without the machine's name, which whoever shows it knows.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransportError {
    /// The name has no address.
    #[error("the name {host} cannot be resolved: {reason}")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nobody listens there.
    #[error("connection refused at {address}")]
    Refused {
        /// Where.
        address: String,
    },
    /// No answer in time.
    #[error("no answer within {} while {doing}", seconds(.after))]
    TimedOut {
        /// What was going on.
        doing: &'static str,
        /// How long it was waited for.
        after: Duration,
    },
    /// The network says no.
    #[error("{address} cannot be reached: {reason}")]
    Network {
        /// Where.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// The connection ended.
    #[error("the connection was lost while {doing}: {reason}")]
    Lost {
        /// What was going on.
        doing: &'static str,
        /// What was seen.
        reason: String,
    },
    /// The other side does not speak SSH, or not a kind we do.
    #[error("no SSH session could be agreed on: {reason}")]
    Protocol {
        /// What libssh2 said.
        reason: String,
    },
    /// Nobody has accepted this key yet.
    #[error("the host key {} ({}) has not been accepted yet", .0.fingerprint, .0.key_type)]
    HostKeyUnknown(Box<HostKey>),
    /// It is another key than the accepted one.
    #[error(
        "the host key has changed: {} is presented, {} was accepted",
        .presented.fingerprint,
        .accepted.iter().map(|k| k.key.fingerprint.as_str()).collect::<Vec<_>>().join(" and ")
    )]
    HostKeyChanged {
        /// What it presented.
        presented: Box<HostKey>,
        /// What was accepted.
        accepted: Vec<TrustedHostKey>,
    },
    /// A `known_hosts` file says never to trust this key.
    #[error("the host key {} is marked as revoked in {file}", .presented.fingerprint)]
    HostKeyRevoked {
        /// What it presented.
        presented: Box<HostKey>,
        /// Where it is revoked.
        file: String,
    },
    /// The credential lacks something.
    #[error("{0}")]
    Credential(String),
    /// The machine does not let this account in.
    #[error("{user} was not let in: {tried} refused (the machine accepts {accepted})")]
    Authentication {
        /// The account.
        user: String,
        /// How it was tried.
        tried: String,
        /// What the machine would accept.
        accepted: String,
    },
    /// A password or a key was shown, and no answer to it came. Never tried again: a wrong password that
    /// is sent three times locks an account.
    #[error(
        "{doing} was cut short: {reason}; the machine may count this as a wrong password, so it was not tried again"
    )]
    CutShort {
        /// What was going on.
        doing: &'static str,
        /// What was seen.
        reason: String,
    },
    /// The account cannot become root.
    #[error("{0}")]
    Privilege(String),
    /// Something is missing on the machine.
    #[error("{0}")]
    Missing(String),
    /// The file to send is not the approved one, or cannot be read or written.
    #[error("{0}")]
    File(String),
    /// A person stopped it.
    #[error("cancelled")]
    Cancelled,
}

fn seconds(after: &Duration) -> String {
    format!("{} s", after.as_secs_f64().ceil())
}

impl TransportError {
    /// Whether trying again may help, and cannot do harm: only while a connection is made.
    pub fn is_worth_retrying(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::TimedOut { .. } | Self::Network { .. } | Self::Lost { .. })
    }

    /// Whether it is the way there, not the machine's answer.
    pub fn is_unreachable(&self) -> bool {
        self.is_worth_retrying() || matches!(self, Self::Resolve { .. } | Self::Protocol { .. })
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Resolve { .. } => "Check the address in the target's form, or the network's name server.",
            Self::Refused { .. } => "Check that the SSH server runs there and that the port is right.",
            Self::TimedOut { .. } | Self::Network { .. } => {
                "Check that the machine is on and that no firewall is in between."
            }
            Self::Lost { .. } => "The machine or the network ended it. Try again, and look at the machine's own log.",
            Self::Protocol { .. } => "Check that an SSH server is at this port and is not very old.",
            Self::HostKeyUnknown(_) => {
                "Press Test on the target (or run `wh target test`), compare the fingerprint with the machine's own, and accept it."
            }
            Self::HostKeyChanged { .. } => {
                "Find out why before you accept it: the machine was reinstalled, or somebody stands in between."
            }
            Self::HostKeyRevoked { .. } => "Somebody decided not to trust this machine's key. Ask them.",
            Self::Credential(_) => "Choose or complete the credential in the vault.",
            Self::Authentication { .. } => {
                "Check the account and its credential. It was tried once only, so nothing is locked out."
            }
            Self::CutShort { .. } => {
                "Check that the credential is right, and what the machine's own log says, before you try again."
            }
            Self::Privilege(_) => {
                "Add the sudo password to the credential, or let the account use sudo without one, or log in as root."
            }
            Self::Missing(_) => "Install it on the machine.",
            Self::File(_) => "Check the file on your machine, and ask for a new plan.",
            Self::Cancelled => "",
        }
    }
}

impl From<TransportError> for Problem {
    fn from(error: TransportError) -> Self {
        use TransportError as E;
        let (code, title) = match &error {
            E::Resolve { .. } | E::Refused { .. } | E::Network { .. } => {
                (ProblemCode::Unreachable, "It cannot be reached")
            }
            E::TimedOut { .. } => (ProblemCode::Timeout, "It did not answer in time"),
            E::Lost { .. } => (ProblemCode::Unreachable, "The connection was lost"),
            E::Protocol { .. } => (ProblemCode::Unreachable, "It does not speak our SSH"),
            E::HostKeyUnknown(_) => (ProblemCode::HostKeyUnknown, "Its host key has not been accepted"),
            E::HostKeyChanged { .. } => (ProblemCode::HostKeyChanged, "Its host key has changed"),
            E::HostKeyRevoked { .. } => (ProblemCode::Refused, "Its host key is revoked"),
            E::Credential(_) => (ProblemCode::InvalidInput, "The credential cannot be used"),
            E::Authentication { .. } => (ProblemCode::AuthenticationFailed, "It did not let the account in"),
            E::CutShort { .. } => (ProblemCode::AuthenticationFailed, "The connection was lost while logging in"),
            E::Privilege(_) => (ProblemCode::AuthenticationFailed, "The account cannot become root"),
            E::Missing(_) => (ProblemCode::Unavailable, "Something is missing there"),
            E::File(_) => (ProblemCode::Storage, "The file cannot be sent"),
            E::Cancelled => (ProblemCode::Refused, "It was cancelled"),
        };
        let mut detail = error.to_string();
        if let Some(first) = detail.get(..1) {
            detail.replace_range(..1, &first.to_uppercase());
        }
        Self::new(code, title, format!("{detail}.")).hint(error.hint())
    }
}
