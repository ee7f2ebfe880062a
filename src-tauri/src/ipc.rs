//! What the page can call.
#![allow(clippy::let_underscore_must_use, reason = "the macro that makes a call of a function writes such a line")]

use crate::backend::Backend;
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_dialog::DialogExt;
use tokio::time::{Instant, timeout_at};
use wheelhouse_app::Caller;
use wheelhouse_protocol::{Event, Problem, ProblemCode};

/// Events wait this long for company: the page wants few, full messages (5 to 30 a second).
const GATHER: Duration = Duration::from_millis(40);
/// The most events of one message.
const BATCH: usize = 200;

/// Does a command by its name.
#[tauri::command]
pub(crate) async fn call(backend: State<'_, Backend>, name: String, input: Value) -> Result<Value, Problem> {
    let app = backend.app().await?;
    app.call_by_name(&Caller::operator(), &name, input).await
}

/// What sends events to the page: one task, the page's that is there now.
#[derive(Default)]
pub(crate) struct Forwarder(Mutex<Option<JoinHandle<()>>>);

impl Forwarder {
    /// Puts a task in the place of the one before, which served a page that has been loaded anew.
    fn replace(&self, task: JoinHandle<()>) {
        if let Some(old) = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(task) {
            old.abort();
        }
    }
}

/// Sends every event to the page, until the page is gone.
#[tauri::command]
pub(crate) async fn subscribe(
    backend: State<'_, Backend>,
    forwarder: State<'_, Forwarder>,
    channel: Channel<Vec<Event>>,
) -> Result<(), Problem> {
    // The first thing a page does once it is drawn; it can be used from here on, whether or not the data is open.
    tracing::info!("the page is alive");
    let app = backend.app().await?;
    let mut events = app.subscribe();
    // The stream must not keep the program alive.
    drop(app);
    forwarder.replace(tauri::async_runtime::spawn(async move {
        while let Some(first) = events.next().await {
            let mut batch = vec![first];
            let until = Instant::now() + GATHER;
            while batch.len() < BATCH {
                match timeout_at(until, events.next()).await {
                    Ok(Some(event)) => batch.push(event),
                    Ok(None) | Err(_) => break,
                }
            }
            if channel.send(batch).is_err() {
                return;
            }
        }
    }));
    Ok(())
}

/// Lets the operator choose a file; the answer is its path, or nothing.
#[tauri::command]
pub(crate) async fn pick_file<R: Runtime>(app: AppHandle<R>, title: String) -> Result<Option<String>, Problem> {
    let (chosen, answer) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title(title).pick_file(move |path| {
        // Whoever asked may have gone.
        chosen.send(path).ok();
    });
    let path = answer.await.ok().flatten().and_then(|path| path.into_path().ok());
    Ok(path.map(|path| path.display().to_string()))
}

/// Lets the operator choose where to save a text, and saves it there; the answer is the path, or nothing.
#[tauri::command]
pub(crate) async fn save_file<R: Runtime>(
    app: AppHandle<R>,
    title: String,
    name: String,
    text: String,
) -> Result<Option<String>, Problem> {
    let (chosen, answer) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title(title).set_file_name(name).save_file(move |path| {
        // Whoever asked may have gone.
        chosen.send(path).ok();
    });
    let Some(path) = answer.await.ok().flatten().and_then(|path| path.into_path().ok()) else { return Ok(None) };
    let shown = path.display().to_string();
    match tokio::fs::write(&path, text).await {
        Ok(()) => Ok(Some(shown)),
        Err(error) => Err(Problem::new(ProblemCode::Storage, "The file was not saved", format!("{shown}: {error}."))
            .hint("Choose a folder this account may write, on a disk with room.")),
    }
}
