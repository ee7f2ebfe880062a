//! Closing the window while work is going on, and ending in order.

use crate::backend::Backend;
use crate::secrets;
use std::time::Duration;
use tauri::{AppHandle, CloseRequestApi, Manager, Runtime};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

/// How long jobs that are about to end get.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks before jobs are left in the middle.
pub(crate) fn on_close<R: Runtime>(app: &AppHandle<R>, api: &CloseRequestApi) {
    let running = app.state::<Backend>().now().map_or(0, |program| program.running_jobs());
    if running == 0 {
        return;
    }
    api.prevent_close();
    let jobs = if running == 1 { "1 job is".to_owned() } else { format!("{running} jobs are") };
    let handle = app.clone();
    app.dialog()
        .message(format!(
            "{jobs} running. If you quit now, what is in flight on the machines goes on there unseen, and its \
             outcome is unknown until you look again."
        ))
        .title("Quit Wheelhouse?")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom("Quit all the same".to_owned(), "Keep it open".to_owned()))
        .show(move |quit| {
            if quit {
                handle.exit(0);
            }
        });
}

/// Takes a copied secret out of the clipboard, stores what is left and locks the vault.
pub(crate) fn on_exit<R: Runtime>(app: &AppHandle<R>) {
    secrets::on_exit(app);
    if let Some(program) = app.state::<Backend>().now() {
        tauri::async_runtime::block_on(program.shutdown(PATIENCE));
    }
}
