//! The two protocols: a question out, the model's text back.

use crate::LlmError;
use crate::prompt::TASK;
use crate::suggestion::schema;
use serde::Deserialize;
use serde_json::{Value, json};
use wheelhouse_protocol::llm::LlmKind;

/// The body of a request. `forced` asks the server to keep the model to the schema.
pub(crate) fn body(kind: LlmKind, model: &str, question: &str, forced: bool) -> Value {
    let messages = json!([{ "role": "system", "content": TASK }, { "role": "user", "content": question }]);
    let mut body = json!({ "model": model, "messages": messages, "stream": false });
    match kind {
        LlmKind::Openai if forced => {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": { "name": "suggestion", "strict": true, "schema": schema() },
            });
        }
        LlmKind::Openai => {}
        LlmKind::Ollama => {
            body["format"] = if forced { schema() } else { json!("json") };
            body["options"] = json!({ "temperature": 0, "num_predict": 512 });
        }
    }
    body
}

// Servers add fields of their own to the envelope, so only what is needed is looked at. What the model
// says in it is read strictly.

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Chat {
    message: Message,
}

/// The model's text in an answer.
pub(crate) fn text(kind: LlmKind, answer: &[u8]) -> Result<String, LlmError> {
    let content = match kind {
        LlmKind::Openai => match serde_json::from_slice::<Completion>(answer).ok().map(|c| c.choices) {
            Some(choices) if choices.len() == 1 => choices.into_iter().next().and_then(|c| c.message.content),
            _ => None,
        },
        LlmKind::Ollama => serde_json::from_slice::<Chat>(answer).ok().and_then(|c| c.message.content),
    };
    content.ok_or(LlmError::Envelope {
        kind: match kind {
            LlmKind::Openai => "an OpenAI-compatible server",
            LlmKind::Ollama => "Ollama",
        },
    })
}
