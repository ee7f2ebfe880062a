//! The way to the program: one call by name, one stream of events, and what only a desktop can do.
//!
//! Nothing else in the page knows which door it goes through. To serve the page over HTTP, add a file
//! beside `tauri.rs` (`POST /api/v1/commands/{name}`, events by WebSocket) and a variant to [`Door`].

mod tauri;

use crate::web;
use js_sys::{JSON, Promise};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wheelhouse_protocol::{Command, CredentialId, Event, Problem, ProblemCode};

/// The longest any command may take: connecting may be set to take 300 s.
const PATIENCE_MS: i32 = 330_000;

/// How the page reaches the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The desktop window.
    Tauri,
}

/// The door this page has; none in a plain browser.
pub(crate) fn door() -> Option<Door> {
    tauri::is_there().then_some(Door::Tauri)
}

/// Does a command.
pub(crate) async fn call<C: Command>(command: C) -> Result<C::Output, Problem> {
    let input = serde_json::to_string(&command).map_err(unreadable)?;
    let answer = match door() {
        Some(Door::Tauri) => patiently(tauri::call(C::NAME, &parse(&input)?)).await?,
        None => return Err(no_door()),
    };
    read(&answer)
}

/// Hears every event from now on, in batches, for as long as the page is there.
pub(crate) async fn subscribe(hear: impl Fn(Vec<Event>) + 'static) -> Result<(), Problem> {
    match door() {
        Some(Door::Tauri) => {
            let batches = move |batch: JsValue| match read::<Vec<Event>>(&batch) {
                Ok(events) => hear(events),
                // An event of a newer program: what it was about has to be asked for.
                Err(_) => hear(vec![Event::Resync]),
            };
            settled(tauri::subscribe(batches)).await.map(|_| ())
        }
        None => Err(no_door()),
    }
}

/// Lets the operator choose a file; the answer is its path, or nothing.
pub(crate) async fn pick_file(title: &str) -> Result<Option<String>, Problem> {
    match door() {
        Some(Door::Tauri) => read(&settled(tauri::pick_file(title)).await?),
        None => Err(no_door()),
    }
}

/// Lets the operator choose where to save a text; the answer is the path it was saved as, or nothing.
pub(crate) async fn save_file(title: &str, name: &str, text: &str) -> Result<Option<String>, Problem> {
    match door() {
        Some(Door::Tauri) => read(&settled(tauri::save_file(title, name, text)).await?),
        None => Err(no_door()),
    }
}

/// Copies a secret to the clipboard for 30 s. It does not pass through the page.
pub(crate) async fn copy_secret(credential: CredentialId, field: &str) -> Result<(), Problem> {
    match door() {
        Some(Door::Tauri) => settled(tauri::secret("copy_secret", &credential.to_string(), field)).await.map(|_| ()),
        None => Err(no_door()),
    }
}

/// Shows a secret in a window of the system's own. It does not pass through the page.
pub(crate) async fn show_secret(credential: CredentialId, field: &str) -> Result<(), Problem> {
    match door() {
        Some(Door::Tauri) => settled(tauri::secret("show_secret", &credential.to_string(), field)).await.map(|_| ()),
        None => Err(no_door()),
    }
}

/// Something dragged over the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileDrop {
    /// It is over the window.
    Over,
    /// It has left again.
    Gone,
    /// It was dropped: the files' paths.
    Files(Vec<String>),
}

/// Hears of files dragged over the window. A page in a browser gets drops by the document's own events.
pub(crate) async fn hear_drops(hear: impl Fn(FileDrop) + 'static) -> Result<(), Problem> {
    match door() {
        Some(Door::Tauri) => tauri::hear_drops(hear).await.map_err(|e| problem_of(&e)),
        None => Ok(()),
    }
}

/// The answer of a promise, or its problem; with a limit.
async fn patiently(promise: Promise) -> Result<JsValue, Problem> {
    let late = wasm_bindgen_futures::future_to_promise(async {
        web::sleep(PATIENCE_MS).await;
        Ok(JsValue::UNDEFINED)
    });
    let marked = Promise::race(&js_sys::Array::of2(&promise, &late));
    let answer = JsFuture::from(marked).await.map_err(|e| problem_of(&e))?;
    if answer.is_undefined() {
        return Err(Problem::new(
            ProblemCode::Timeout,
            "Wheelhouse does not answer",
            format!("There was no answer within {} s.", PATIENCE_MS / 1000),
        )
        .hint("Close the window and open it again. What was accepted is kept."));
    }
    Ok(answer)
}

/// The answer of a promise that may wait for a person.
async fn settled(promise: Promise) -> Result<JsValue, Problem> {
    JsFuture::from(promise).await.map_err(|e| problem_of(&e))
}

fn parse(json: &str) -> Result<JsValue, Problem> {
    JSON::parse(json).map_err(|e| problem_of(&e))
}

fn read<T: DeserializeOwned>(value: &JsValue) -> Result<T, Problem> {
    // `null` is what `()` and `None` look like; `undefined` has no JSON.
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_else(|| "null".to_owned());
    serde_json::from_str(&text).map_err(unreadable)
}

/// What a promise was rejected with: a problem of ours, or what the web view says.
fn problem_of(error: &JsValue) -> Problem {
    if let Ok(problem) = read::<Problem>(error) {
        return problem;
    }
    let said = error
        .as_string()
        .or_else(|| js_sys::Reflect::get(error, &"message".into()).ok()?.as_string())
        .unwrap_or_else(|| "no reason was given".to_owned());
    Problem::new(ProblemCode::Internal, "The window and the program do not understand each other", format!("{said}."))
        .hint("Close the window and open it again. If that does not help, report it with this text.")
}

fn unreadable(error: serde_json::Error) -> Problem {
    Problem::new(ProblemCode::Internal, "An answer cannot be read", format!("{error}."))
        .hint("The window and the program are of different versions: close it and open it again.")
}

fn no_door() -> Problem {
    Problem::new(
        ProblemCode::Unavailable,
        "This page is part of the Wheelhouse window",
        "It was opened in a browser, which cannot reach the program.",
    )
    .hint("Start Wheelhouse (cargo xtask run); it opens its own window.")
}

/// A value as the web view takes it.
fn to_js<T: Serialize>(value: &T) -> JsValue {
    serde_json::to_string(value).ok().and_then(|text| JSON::parse(&text).ok()).unwrap_or(JsValue::NULL)
}
