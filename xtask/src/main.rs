//! What there is to do in this checkout. `cargo xtask run` and `cargo xtask test` are all a newcomer needs.

mod bench;
mod error;
mod run;
mod setup;
mod shell;
mod start;
mod test;
mod ui;

use clap::{Parser, Subcommand};
use error::Result;
use std::path::PathBuf;
use std::process::ExitCode;

/// Set up, run, test and measure Wheelhouse.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Installs what is missing, builds the UI and the program, and opens the window.
    Run(run::RunArgs),
    /// Installs what the tests need, and runs every check headless.
    Test(test::TestArgs),
    /// Installs what is missing.
    Setup {
        /// Also what the tests need.
        #[arg(long)]
        tests: bool,
    },
    /// Builds the UI into ui/dist.
    Ui,
    /// Format, clippy and documentation, as the tests check them.
    Lint,
    /// The tests in the real window only.
    E2e(test::WindowArgs),
    /// Measures; ours beside a peer or the limit, from one run.
    Bench {
        /// Which one; all when absent.
        which: Option<bench::Which>,
    },
}

fn main() -> ExitCode {
    match work(Args::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work(task: Task) -> Result<()> {
    match task {
        Task::Run(args) => run::run(&args),
        Task::Test(args) => test::test(&args),
        Task::Setup { tests } => setup::setup(tests),
        Task::Ui => {
            setup::wasm_target()?;
            ui::build()
        }
        Task::Lint => test::lint(),
        Task::E2e(args) => test::e2e(&args),
        Task::Bench { which } => bench::bench(which),
    }
}

/// The checkout's root.
fn root() -> PathBuf {
    // Cargo says at run time where the checkout is now; what was compiled in may have been moved.
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().unwrap_or(&manifest).to_owned()
}

/// Where cargo puts what it builds.
fn target_directory() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
