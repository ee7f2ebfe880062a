//! The desktop shell: a window on the [`wheelhouse_app::App`], and what only a desktop can do.
//!
//! The window's page reaches the program through one call by name and one stream of events. What must
//! not pass through the page is done here, natively: choosing files, and showing or copying a secret.
//!
//! Absent on purpose: no command of its own (they are all in `app`), no plugin the page may call.

mod backend;
mod ipc;
mod quit;
mod secrets;

use backend::Backend;
use tauri::{Manager, RunEvent, WindowEvent};
use tracing_subscriber::EnvFilter;
use wheelhouse_app::{AppOptions, Door, data_directory};

/// Without a window manager (`cargo xtask run --virtual-display`) nobody places the window: it fills the
/// display whose size the variable names.
fn fit_virtual_display(app: &tauri::App) {
    let size = std::env::var("WHEELHOUSE_WINDOW_SIZE").ok();
    let parsed = size.as_deref().and_then(|s| s.split_once('x')).map(|(w, h)| (w.parse::<u32>(), h.parse::<u32>()));
    if let (Some((Ok(width), Ok(height))), Some(window)) = (parsed, app.get_webview_window("main")) {
        let placed = window
            .set_size(tauri::PhysicalSize::new(width, height))
            .and_then(|()| window.set_position(tauri::PhysicalPosition::new(0, 0)));
        if let Err(error) = placed {
            tracing::warn!(%error, "the window could not be fitted to the display");
        }
    }
}

/// Opens the window, and returns when it is closed.
pub fn run() {
    let filter = EnvFilter::try_from_env("WHEELHOUSE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let built = tauri::Builder::default()
        // First, as it must be: a second start brings the first window forward and ends.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                // A window that cannot be brought forward is still there.
                window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()).ok();
            }
        }))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .manage(Backend::default())
        .manage(secrets::Copied::default())
        .manage(ipc::Forwarder::default())
        .invoke_handler(tauri::generate_handler![
            ipc::call,
            ipc::subscribe,
            ipc::pick_file,
            ipc::save_file,
            secrets::copy_secret,
            secrets::show_secret
        ])
        .setup(|app| {
            fit_virtual_display(app);
            let backend = app.state::<Backend>().inner().clone();
            // The window is there before the data is open: the page shows what comes, also a failure.
            tauri::async_runtime::spawn(async move {
                match data_directory() {
                    Ok(directory) => backend.open(AppOptions::new(directory, Door::Window)).await,
                    Err(problem) => backend.fail(problem),
                }
            });
            Ok(())
        })
        .build(tauri::generate_context!());
    let app = match built {
        Ok(app) => app,
        Err(error) => {
            eprintln!(
                "The window cannot be opened: {error}\nOn a machine without a display: cargo xtask run --virtual-display"
            );
            std::process::exit(1);
        }
    };
    app.run(|handle, event| match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, label, .. } if label == "main" => {
            quit::on_close(handle, &api);
        }
        RunEvent::Exit => quit::on_exit(handle),
        _ => {}
    });
}
