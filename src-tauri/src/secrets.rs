//! Secrets on their way to the operator's eyes or clipboard. They never pass through the page: the
//! clipboard and the native dialogue belong to the shell.
#![allow(clippy::let_underscore_must_use, reason = "the macro that makes a call of a function writes such a line")]

use crate::backend::Backend;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, Manager, Runtime, State};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use wheelhouse_app::{Caller, Disclosure, ExposeSecret, SecretString};
use wheelhouse_protocol::{CredentialId, Problem, ProblemCode};

/// How long a copied secret stays in the clipboard.
const KEEP: Duration = Duration::from_secs(30);

/// The secret that is in the clipboard, until it is taken out.
#[derive(Default)]
pub(crate) struct Copied(Mutex<Option<(u64, SecretString)>>);

impl Copied {
    fn held(&self) -> MutexGuard<'_, Option<(u64, SecretString)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what was copied; answers by what it is told from a later one.
    fn remember(&self, secret: SecretString) -> u64 {
        let mut held = self.held();
        let n = held.as_ref().map_or(0, |(n, _)| n + 1);
        *held = Some((n, secret));
        n
    }

    /// What is to be taken out: whatever was copied last, or only if it is that one.
    fn take(&self, only: Option<u64>) -> Option<SecretString> {
        let mut held = self.held();
        held.take_if(|(n, _)| only.is_none_or(|only| only == *n)).map(|(_, secret)| secret)
    }
}

/// Takes a copied secret out of the clipboard. Something else the operator copied meanwhile is theirs.
fn take_out<R: Runtime>(app: &AppHandle<R>, only: Option<u64>) {
    let Some(secret) = app.state::<Copied>().take(only) else { return };
    if app.clipboard().read_text().is_ok_and(|now| now == secret.expose_secret())
        && let Err(error) = app.clipboard().clear()
    {
        tracing::warn!(%error, "a copied secret could not be removed from the clipboard");
    }
}

/// The program ends: nobody would take it out later.
pub(crate) fn on_exit<R: Runtime>(app: &AppHandle<R>) {
    take_out(app, None);
}

/// Copies a secret field, and empties the clipboard after 30 s, or when the program ends, if it is still there.
#[tauri::command]
pub(crate) async fn copy_secret<R: Runtime>(
    app: AppHandle<R>,
    backend: State<'_, Backend>,
    copied: State<'_, Copied>,
    credential: CredentialId,
    field: String,
) -> Result<(), Problem> {
    let program = backend.app().await?;
    let secret = program.disclose(&Caller::operator(), credential, &field, Disclosure::Copied).await?;
    let failed = |e: tauri_plugin_clipboard_manager::Error| {
        Problem::new(ProblemCode::Unavailable, "The clipboard cannot be used", format!("{e}."))
    };
    app.clipboard().write_text(secret.expose_secret()).map_err(failed)?;
    let this = copied.remember(secret);
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(KEEP).await;
        take_out(&app, Some(this));
    });
    Ok(())
}

/// Shows a secret field in a native dialogue.
#[tauri::command]
pub(crate) async fn show_secret<R: Runtime>(
    app: AppHandle<R>,
    backend: State<'_, Backend>,
    credential: CredentialId,
    field: String,
) -> Result<(), Problem> {
    let program = backend.app().await?;
    let secret = program.disclose(&Caller::operator(), credential, &field, Disclosure::Shown).await?;
    let (closed, done) = tokio::sync::oneshot::channel();
    app.dialog().message(secret.expose_secret()).title(field).kind(MessageDialogKind::Info).show(move |_| {
        // Whoever waits may have gone.
        closed.send(()).ok();
    });
    done.await.ok();
    Ok(())
}
