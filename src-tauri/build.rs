//! Tells Tauri where things are, and which of our calls the window may make.

use std::path::Path;

/// What the page can call, besides events.
const COMMANDS: &[&str] = &["call", "subscribe", "pick_file", "save_file", "copy_secret", "show_secret"];

fn main() {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        // `cargo check` and the tests of other crates need no UI, but the program's code embeds the folder.
        let made = std::fs::create_dir_all("ui/dist").and_then(|()| {
            std::fs::write(
                page,
                "<!doctype html><title>Wheelhouse</title><p>Build the UI first: <code>cargo xtask run</code>",
            )
        });
        if let Err(error) = made {
            println!("cargo::error=ui/dist cannot be made: {error}");
        }
    }
    println!("cargo::rerun-if-changed=ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes =
        tauri_build::Attributes::new().app_manifest(manifest).capabilities_path_pattern("src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
