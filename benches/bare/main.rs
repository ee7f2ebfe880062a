//! A window with one sentence: what Tauri and the system's web view cost alone.

use tauri::webview::PageLoadEvent;

fn main() {
    let run = tauri::Builder::default()
        .on_page_load(|_, load| {
            if load.event() == PageLoadEvent::Finished {
                eprintln!("the page is alive");
            }
        })
        .run(tauri::generate_context!("benches/bare/tauri.conf.json"));
    if let Err(error) = run {
        eprintln!("{error}");
    }
}
