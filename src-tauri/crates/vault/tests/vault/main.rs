//! The vault through its door: as the program uses it, and as somebody who can write its file would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod canary;
mod entries;
mod keyring;
mod kill;
mod lifecycle;
mod os_keyring;
mod restore;
mod support;
mod tamper;
mod two_programs;
