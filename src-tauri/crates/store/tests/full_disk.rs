//! A full disk: one clear message, nothing half-done, and it goes on when there is space again.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wheelhouse_protocol::{Problem, ProblemCode};
use wheelhouse_store::Store;

/// A file system of two megabytes, unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(at).output();
        done.is_ok_and(|out| out.status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

#[tokio::test]
async fn what_was_accepted_survives_and_the_rest_is_refused_clearly() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&home.path().join("disk")) else {
        let why = "SKIPPED: mounting a small tmpfs needs root";
        assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "{why}");
        eprintln!("{why}");
        return;
    };
    let directory = disk.0.join("data");
    let store = Store::open(&directory, "test").await.unwrap();
    let big = "x".repeat(60_000);
    let mut accepted = Vec::new();
    let refused = loop {
        let key = format!("k{}", accepted.len());
        match store.set_setting(&key, &big).await {
            Ok(()) => accepted.push(key),
            Err(error) => break error,
        }
        assert!(accepted.len() < 100, "two megabytes cannot hold this");
    };
    let problem = Problem::from(refused);
    assert_eq!(problem.code, ProblemCode::Storage, "{problem}");
    assert_eq!(problem.title, "The disk is full", "{problem}");
    assert!(store.health().borrow().is_some(), "the status light must know");
    for key in &accepted {
        let value: Option<String> = store.setting(key).await.unwrap();
        assert_eq!(value.as_deref(), Some(big.as_str()), "{key} was accepted and must still be there");
    }
    // Space again, as when an operator frees some.
    let done = Command::new("mount").args(["-o", "remount,size=16m"]).arg(&disk.0).status().unwrap();
    assert!(done.success(), "growing the small disk");
    store.set_setting("after", &1).await.expect("it goes on by itself");
    assert!(store.health().borrow().is_none(), "the light is green again");
    store.close().await;
}
