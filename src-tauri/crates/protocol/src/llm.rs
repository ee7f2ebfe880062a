//! The optional language model: how it is set up, and how it stands.

use crate::{CredentialId, Problem, Timestamp};
use serde::{Deserialize, Serialize};

/// Which protocol an endpoint speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum LlmKind {
    /// `POST /v1/chat/completions`, as OpenAI and most servers offer it.
    #[default]
    Openai,
    /// Ollama's own `POST /api/chat`.
    Ollama,
}

impl LlmKind {
    /// The name as stored and shown in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Ollama => "ollama",
        }
    }
}

/// How the language model is set up. Off unless a person turns it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct LlmSettings {
    /// Whether it may be asked at all.
    pub enabled: bool,
    /// The server's address: `https://llm.example.com/v1`, `http://127.0.0.1:11434`.
    pub endpoint: String,
    /// The protocol it speaks.
    pub kind: LlmKind,
    /// The model's name, as the server calls it.
    pub model: String,
    /// The vault entry with its key; absent where it needs none.
    pub credential: Option<CredentialId>,
    /// Whether the address may be plain HTTP to another machine: words and key then cross the network in the clear.
    pub allow_http: bool,
}

/// How the breaker stands that takes a failing endpoint out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum BreakerState {
    /// Requests go through.
    Closed {
        /// Failures in a row so far.
        failures: u32,
    },
    /// Nothing is asked.
    Open {
        /// Seconds until one request may try again.
        seconds: u32,
    },
    /// One request tries; the rest wait for how it ends.
    HalfOpen,
}

/// The language model in one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LlmStatus {
    /// How it is set up.
    pub settings: LlmSettings,
    /// The breaker of this program.
    pub breaker: BreakerState,
    /// How often it was asked since this program started, tests included.
    pub asked: u64,
    /// How many of its suggestions became a plan.
    pub used: u64,
    /// What went wrong last, and when; absent when nothing did.
    pub last_failure: Option<LlmFailure>,
}

/// A request to the endpoint that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LlmFailure {
    /// When.
    pub at: Timestamp,
    /// What happened. It never quotes what the endpoint said.
    pub problem: Problem,
}

/// What a test of the endpoint found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum LlmTest {
    /// It answered, and its answer was of the asked form.
    Ok {
        /// From the request to the end of the answer, in milliseconds.
        latency_ms: u64,
        /// Whether it also understood the sample request. A model that did not is of little use.
        understood: bool,
    },
    /// It did not.
    Failed {
        /// What happened.
        problem: Problem,
    },
}

/// Shows how the language model is set up and how its breaker stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetLlm {}
crate::command!(GetLlm, "llm.get", Viewer, false => LlmStatus);

/// Sends a sample request to the endpoint as it is set up, also while it is off or the breaker is open.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TestLlm {}
crate::command!(TestLlm, "llm.test", Admin, true => LlmTest);
