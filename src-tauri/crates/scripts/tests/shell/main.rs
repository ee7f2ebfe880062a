//! The scripts, run by real shells.
//!
//! Programs that would change the computer these tests run on, or that it does not have, are fakes that keep real state
//! and refuse arguments that the real ones do not know. `WHEELHOUSE_TEST_BASH` names another bash to run everything with,
//! `WHEELHOUSE_TEST_BUSYBOX` a BusyBox whose tools are used instead of this computer's.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod apt;
mod boot;
mod command;
mod delete;
mod files;
mod hostile;
mod look;
mod machine;
mod packages;
mod power;
mod prelude;
mod processes;
mod programs;
mod quoting;
mod reach;
mod read;
mod services;
mod syntax;
mod updates;
mod users;
