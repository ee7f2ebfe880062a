//! Programs on data directories of their own, for the tests of this crate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

use crate::{App, AppOptions, Door};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wheelhouse_vault::VaultOptions;

/// A program that asks no keyring of the machine it is tested on.
pub(crate) async fn app(home: &Path, door: Door) -> Arc<App> {
    let vault = VaultOptions { keyring: None, ..VaultOptions::default() };
    App::open(AppOptions { vault, ..AppOptions::new(home.join("data"), door) }).await.unwrap()
}

/// Waits until something is so, generously.
pub(crate) async fn until(is_so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(30), "it did not come to that within 30 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
