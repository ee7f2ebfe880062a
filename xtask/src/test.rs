//! Every check, headless.

use crate::error::Result;
use crate::shell::{cargo, run};
use crate::{run as program, setup, ui};
use clap::Args;

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
    setup::setup(true)?;
    ui::build()?;
    lint()?;
    let mut tests = cargo();
    tests
        .args(["test", "--workspace", "--exclude", "wheelhouse-ui", "--no-fail-fast"])
        .args(setup::rust_version_flag());
    if !args.allow_missing {
        tests.env("WHEELHOUSE_TEST_REQUIRE", "1");
    }
    run(&mut tests)
}

/// Format, clippy for the machine and for wasm.
pub(crate) fn lint() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    let ignore = setup::rust_version_flag();
    run(cargo()
        .args(["clippy", "--workspace", "--exclude", "wheelhouse-ui", "--all-targets"])
        .args(ignore)
        .args(["--", "-D", "warnings"]))?;
    run(cargo()
        .args(["clippy", "--package", "wheelhouse-ui", "--target", "wasm32-unknown-unknown", "--profile", "ui"])
        .args(ignore)
        .args(["--", "-D", "warnings"]))
}

/// The tests in the real window.
pub(crate) fn e2e(filter: Option<&str>) -> Result<()> {
    setup::setup(true)?;
    ui::build()?;
    program::build(true)?;
    run(cargo().args(["test", "--package", "wheelhouse", "--test", "window"]).args(filter))
}
