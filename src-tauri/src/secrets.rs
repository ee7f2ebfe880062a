//! Secrets on their way to the operator's eyes or clipboard. They never pass through the page: the
//! clipboard and the native dialogue belong to the shell.
#![allow(clippy::let_underscore_must_use, reason = "the macro that makes a call of a function writes such a line")]

use crate::backend::Backend;
use std::time::Duration;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use wheelhouse_app::{Caller, Disclosure, ExposeSecret};
use wheelhouse_protocol::{CredentialId, Problem, ProblemCode};

/// How long a copied secret stays in the clipboard.
const KEEP: Duration = Duration::from_secs(30);

/// Copies a secret field, and empties the clipboard after 30 s if it is still there.
#[tauri::command]
pub(crate) async fn copy_secret<R: Runtime>(
    app: AppHandle<R>,
    backend: State<'_, Backend>,
    credential: CredentialId,
    field: String,
) -> Result<(), Problem> {
    let program = backend.app().await?;
    let secret = program.disclose(&Caller::operator(), credential, &field, Disclosure::Copied).await?;
    let failed = |e: tauri_plugin_clipboard_manager::Error| {
        Problem::new(ProblemCode::Unavailable, "The clipboard cannot be used", format!("{e}."))
    };
    app.clipboard().write_text(secret.expose_secret()).map_err(failed)?;
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(KEEP).await;
        // Something else the operator copied meanwhile is theirs.
        if app.clipboard().read_text().is_ok_and(|now| now == secret.expose_secret())
            && let Err(error) = app.clipboard().clear()
        {
            tracing::warn!(%error, "a copied secret could not be removed from the clipboard");
        }
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
