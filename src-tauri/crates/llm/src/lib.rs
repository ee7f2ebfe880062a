//! One guarded client for OpenAI-compatible and Ollama endpoints: operator's words in, a typed
//! [`Suggestion`] or nothing out.
//!
//! A model is a stranger. It sees the words with secrets and addresses cut out, and names of groups and
//! services; it answers in one strict form that has no place for a script; and whoever uses a
//! suggestion checks every value of it. Nothing a model says is shown or logged.
//!
//! Absent on purpose: no plan is made here and no inventory is known.

mod breaker;
mod client;
mod endpoint;
mod error;
mod prompt;
mod redact;
mod suggestion;
mod wire;

pub use client::{Client, Limits};
pub use endpoint::check;
pub use error::LlmError;
pub use prompt::Request;
pub use secrecy::SecretString;
pub use suggestion::{SUGGESTIBLE, Suggestion};
