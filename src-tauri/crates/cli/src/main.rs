//! `wh`: every command of Wheelhouse from a terminal.
//!
//! Exit codes: 0 done, 1 some targets failed, 2 bad request or refused, 3 needs an answer or an approval.

mod args;
mod commands;
mod interrupt;
mod outcome;
mod secret;
mod session;
mod show;

use args::Args;
use clap::Parser;
use outcome::Outcome;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_env("WHEELHOUSE_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("wh: {error}");
            return ExitCode::from(2);
        }
    };
    let json = args.json;
    let outcome = match runtime.block_on(commands::run(args)) {
        Ok(outcome) => outcome,
        Err(problem) => {
            if json {
                show::json(&serde_json::json!({ "problem": problem }));
            } else {
                show::problem(&problem);
            }
            Outcome::from_problem(&problem)
        }
    };
    // Tasks that still wait for something (a keyring's dialogue) must not keep the terminal.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    ExitCode::from(outcome.code())
}
