//! A window with one sentence: what Tauri and the system's web view cost alone.
#![allow(
    missing_docs,
    clippy::let_underscore_must_use,
    reason = "the macro that makes a call of a function writes such lines"
)]

#[tauri::command]
fn ready() {
    eprintln!("the page is alive");
}

fn main() {
    let run = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ready])
        .run(tauri::generate_context!("benches/bare/tauri.conf.json"));
    if let Err(error) = run {
        eprintln!("{error}");
    }
}
