//! Every check, headless.

use crate::error::{Doing, Failure, Result};
use crate::shell::{cargo, command, run};
use crate::{root, run as program, setup, ui};
use clap::Args;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

/// What to test.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Leave out the tests in the real window.
    #[arg(long)]
    no_window: bool,
    /// Skip, instead of failing, tests for which something is missing on this machine.
    #[arg(long)]
    allow_missing: bool,
}

pub(crate) fn test(args: &TestArgs) -> Result<()> {
    if cfg!(unix) && !args.allow_missing && !setup::is_root() {
        return Err(Failure::new(
            "the tests make accounts and mount small disks, which takes root: run this as root, or with --allow-missing \
             to leave out what cannot be tested here",
        ));
    }
    setup::setup(true)?;
    ui::build()?;
    lint()?;
    clear_pictures()?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]).args(setup::rust_version_flag());
    if args.no_window {
        tests.args(["--exclude", "wheelhouse"]);
    }
    if !args.allow_missing {
        tests.env("WHEELHOUSE_TEST_REQUIRE", "1");
    }
    run(&mut tests)
}

/// Format, clippy for the machine and for wasm.
pub(crate) fn lint() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    let ignore = setup::rust_version_flag();
    run(cargo().args(["clippy", "--workspace", "--all-targets"]).args(ignore).args(["--", "-D", "warnings"]))?;
    run(cargo()
        .args(["clippy", "--package", "wheelhouse-ui", "--target", "wasm32-unknown-unknown", "--profile", "ui"])
        .args(ignore)
        .args(["--", "-D", "warnings"]))
}

/// Which of the tests in the real window.
#[derive(Debug, Args)]
pub(crate) struct WindowArgs {
    /// Only tests whose name contains this.
    filter: Option<String>,
    /// Put the pictures they take into the documentation.
    #[arg(long)]
    screenshots: bool,
}

/// The tests in the real window.
pub(crate) fn e2e(args: &WindowArgs) -> Result<()> {
    setup::setup(true)?;
    ui::build()?;
    program::build(true)?;
    clear_pictures()?;
    run(cargo()
        .args(["test", "--package", "wheelhouse", "--test", "window"])
        .args(setup::rust_version_flag())
        .args(&args.filter))?;
    if args.screenshots { publish_pictures() } else { Ok(()) }
}

/// Where the tests leave their pictures.
fn pictures() -> PathBuf {
    root().join("artefacts")
}

/// Those of an earlier run would pass for this one's.
fn clear_pictures() -> Result<()> {
    match fs::remove_dir_all(pictures()) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).doing("clearing artefacts"),
        _ => Ok(()),
    }
}

/// Few colours are enough for pictures of a window, at a third of the size.
fn publish_pictures() -> Result<()> {
    let folder = root().join("docs/screenshots");
    fs::create_dir_all(&folder).doing(folder.display())?;
    for entry in fs::read_dir(pictures()).doing("artefacts")? {
        let picture = entry.doing("artefacts")?.path();
        let name = picture.file_name().unwrap_or_default();
        run(command("convert")
            .arg(&picture)
            .args(["-strip", "+dither", "-colors", "256", "-depth", "8"])
            .arg(folder.join(name)))?;
    }
    Ok(())
}
