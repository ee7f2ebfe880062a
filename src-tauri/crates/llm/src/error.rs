//! What can go wrong between us and a model.

use std::time::Duration;
use wheelhouse_protocol::{Problem, ProblemCode};

/// A failure of the language model's room. None of them quotes the endpoint or holds the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// A setting cannot be used.
    #[error("{reason}")]
    Setting {
        /// The setting: `llm.endpoint`, …
        field: &'static str,
        /// What is wrong, as a sentence.
        reason: String,
    },
    /// The credential's value cannot be sent as a key.
    #[error("the credential's value cannot be sent as a key: it is empty, or holds characters a header cannot hold")]
    Key,
    /// The breaker is open.
    #[error("the endpoint failed too often and is left alone for {seconds} s")]
    Out {
        /// Seconds until it is tried again.
        seconds: u32,
    },
    /// Too many requests are under way.
    #[error("too many requests to it are under way")]
    Busy,
    /// TLS cannot be set up.
    #[error("the system's list of trusted certificates cannot be used")]
    Tls,
    /// No connection could be made.
    #[error("no connection could be made to {endpoint}")]
    Unreachable {
        /// Its address.
        endpoint: String,
    },
    /// The connection broke.
    #[error("the connection to {endpoint} broke before the answer was there")]
    Broken {
        /// Its address.
        endpoint: String,
    },
    /// It took too long.
    #[error("{endpoint} did not answer within {} s", .within.as_secs_f32())]
    Timeout {
        /// Its address.
        endpoint: String,
        /// How long it had.
        within: Duration,
    },
    /// It answered with another status than 200.
    #[error("{endpoint} answered with HTTP status {status}")]
    Status {
        /// Its address.
        endpoint: String,
        /// The status.
        status: u16,
    },
    /// It answered more than is read.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// It answered something else than a chat answer.
    #[error("the answer is not one of {kind}")]
    Envelope {
        /// The protocol that was expected.
        kind: &'static str,
    },
    /// The model's text is not a suggestion.
    #[error("the model's text is not of the asked form")]
    Form,
}

impl LlmError {
    /// Whether the endpoint is to blame: such failures count for the breaker.
    pub(crate) fn counts(&self) -> bool {
        !matches!(self, Self::Setting { .. } | Self::Key | Self::Out { .. } | Self::Busy | Self::Tls)
    }
}

impl From<LlmError> for Problem {
    fn from(error: LlmError) -> Self {
        let detail = capital(&format!("{error}."));
        let says = |code, title: &str| Self::new(code, title, detail.clone()).source("llm.endpoint");
        match &error {
            LlmError::Setting { field, reason } => Self::invalid(field, reason.clone()),
            LlmError::Key => Self::new(ProblemCode::InvalidInput, "That key cannot be used", detail)
                .hint("Store it anew in the vault, as an API key or bearer token.")
                .source("llm.credential"),
            LlmError::Out { .. } => says(ProblemCode::Unavailable, "The language model is left alone for a while")
                .hint("Requests are read without it. Test the endpoint in the settings."),
            LlmError::Busy => {
                says(ProblemCode::Unavailable, "The language model is busy").hint("Ask again in a moment.")
            }
            LlmError::Tls => says(ProblemCode::Unavailable, "No encrypted connection can be made")
                .hint("Install the system's certificates (on Debian the package ca-certificates)."),
            LlmError::Unreachable { .. } => says(ProblemCode::Unreachable, "The language model cannot be reached")
                .hint("Is its server running, and is the address right? A certificate nobody trusts also ends here."),
            LlmError::Broken { .. } => {
                says(ProblemCode::Unreachable, "The language model went away").hint("Look at its server's log.")
            }
            LlmError::Timeout { .. } => says(ProblemCode::Timeout, "The language model is too slow")
                .hint("A smaller model answers sooner; the first request after a start takes longest."),
            LlmError::Status { status: 401 | 403, .. } => {
                says(ProblemCode::AuthenticationFailed, "The language model refuses the key")
                    .hint("Check the credential chosen for it.")
            }
            LlmError::Status { status: 404, .. } => says(ProblemCode::NotFound, "There is no such model or address")
                .hint("Check the address, the kind of endpoint and the model's name."),
            LlmError::Status { status: 300..=399, .. } => {
                says(ProblemCode::Refused, "The endpoint points somewhere else")
                    .hint("Redirects are not followed: set the address it points to, if you trust it.")
            }
            LlmError::Status { .. } => says(ProblemCode::Unavailable, "The language model refuses the request")
                .hint("Look at its server's log."),
            LlmError::TooLarge { .. } => says(ProblemCode::Refused, "The language model answers too much")
                .hint("Check that the address is a chat endpoint."),
            LlmError::Envelope { .. } => says(ProblemCode::Refused, "That is not a chat endpoint")
                .hint("Check the address and the kind of endpoint."),
            LlmError::Form => says(ProblemCode::Refused, "The language model does not keep to the form")
                .hint("Choose a model and server that support JSON schemas."),
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
