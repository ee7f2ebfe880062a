//! Building the UI: Rust to wasm, wasm to what a browser loads, and the files beside it.

use crate::error::{Doing, Result};
use crate::setup::rust_version_flag;
use crate::shell::{cargo, run};
use crate::{root, target_directory};
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Builds `ui/dist`. What has not changed is not written again, so that nothing is compiled anew for it.
pub(crate) fn build() -> Result<()> {
    run(cargo()
        .args(["build", "--package", "wheelhouse-ui", "--target", "wasm32-unknown-unknown", "--profile", "ui"])
        .args(rust_version_flag()))?;
    let wasm = target_directory().join("wasm32-unknown-unknown/ui/wheelhouse-ui.wasm");
    let made = target_directory().join("ui-dist");
    if made.exists() {
        fs::remove_dir_all(&made).doing("clearing the UI's folder")?;
    }
    Bindgen::new()
        .input_path(&wasm)
        .web(true)
        .doing("preparing wasm-bindgen")?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("wheelhouse")
        .generate(&made)
        .doing("making the UI's wasm loadable")?;
    let ui = root().join("ui");
    for file in ["index.html", "boot.js"] {
        fs::copy(ui.join(file), made.join(file)).doing(format!("copying ui/{file}"))?;
    }
    copy_folder(&ui.join("styles"), &made.join("styles"))?;
    replace_folder(&made, &ui.join("dist"))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).doing(to.display())?;
    for entry in fs::read_dir(from).doing(from.display())? {
        let entry = entry.doing(from.display())?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).doing(target.display())?;
        }
    }
    Ok(())
}

/// Makes `to` hold exactly what `from` holds, touching only files that differ.
fn replace_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).doing(to.display())?;
    for entry in fs::read_dir(to).doing(to.display())? {
        let path = entry.doing(to.display())?.path();
        let name = path.file_name().unwrap_or_default();
        if !from.join(name).exists() {
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.doing(path.display())?;
        }
    }
    for entry in fs::read_dir(from).doing(from.display())? {
        let path = entry.doing(from.display())?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            replace_folder(&path, &target)?;
        } else {
            let new = fs::read(&path).doing(path.display())?;
            if fs::read(&target).ok().as_ref() != Some(&new) {
                fs::write(&target, new).doing(target.display())?;
            }
        }
    }
    Ok(())
}
