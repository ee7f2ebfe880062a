//! The real window, used as a newcomer uses it, on real machines.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod dead_ends;
mod desktop;
mod fleet;
mod journey;
mod page;
