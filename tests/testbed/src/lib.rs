//! Real servers for tests: `sshd` with users of its own, and a proxy that fails on purpose.
//!
//! Everything listens on loopback, on a port the system chose, and is ended by its process id when it
//! is dropped. What cannot be had here is [`missing`]: skipped with a word on a developer's machine, a
//! failure where `WHEELHOUSE_TEST_REQUIRE` is set, as in CI.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod account;
mod llm;
mod process;
mod proxy;
mod sshd;

pub use account::{Account, AccountOptions, Sudo};
pub use llm::{FakeLlm, Heard, Reply};
pub use process::{descendants, end, is_running};
pub use proxy::{Fault, Proxy};
pub use sshd::{KeyPair, Sshd, SshdOptions};

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

/// Says that something this test needs is not here; `true` means: skip.
///
/// # Panics
/// Where `WHEELHOUSE_TEST_REQUIRE` is set: there a missing server is a failure.
pub fn missing(what: &str, is_here: bool) -> bool {
    if is_here {
        return false;
    }
    assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "{what} is missing, and this run requires it");
    eprintln!("SKIPPED: {what} is missing");
    true
}

/// Whether this test may create accounts and mount things.
pub fn is_root() -> bool {
    process::effective_user() == Some(0)
}

/// A program's path, in `PATH` or where administrators' programs are.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// A port nobody listens on at the moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    listener.local_addr().expect("its address").port()
}
