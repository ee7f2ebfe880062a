//! The only room with SQL. Everything Wheelhouse keeps goes through here.
//!
//! Two SQLite databases in write-ahead mode live in the data directory: `operations.db` (inventory,
//! jobs, chat, notifications, sealed credentials, audit chain, settings; every commit is flushed to
//! disk) and `telemetry.db` (samples; a power cut may lose the last moments). Each has one writer and
//! several readers. Several programs may have the same directory open: each is an [`instance`], and
//! what an instance left half-done when it died is found by the next one.
//!
//! Absent on purpose: no secret in the clear (the vault hands over sealed bytes), no policy (who may
//! do what is decided above), no threads of its own.

pub mod answers;
pub mod audit;
pub mod chat;
mod database;
mod error;
pub mod host_keys;
pub mod instance;
pub mod inventory;
pub mod jobs;
pub mod notifications;
pub mod proposals;
pub mod recipes;
mod row;
pub mod schedules;
pub mod settings;
pub mod telemetry;
mod tx;
pub mod vault;

pub use error::StoreError;

use database::Database;
use std::path::{Path, PathBuf};
use tokio::sync::watch;
use wheelhouse_protocol::Problem;

/// The result of everything here.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The open databases of one data directory.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    operations: Database,
    telemetry: Database,
    instance: instance::Instance,
    health: watch::Sender<Option<Problem>>,
}

impl Store {
    /// Opens (or creates) the databases in `directory`, bringing their tables up to date.
    ///
    /// `door` says in the list of instances what this program is: `window`, `wh`, `server`.
    ///
    /// # Errors
    /// Says which path is at fault: a directory in a file's place, no permission, a database written
    /// by a newer version, a damaged file, no space.
    pub async fn open(directory: &Path, door: &str) -> Result<Self> {
        database::create_private_directory(directory)?;
        let lock = database::lock_for_opening(directory).await?;
        let operations = Database::open(directory, &database::OPERATIONS).await?;
        let telemetry = Database::open(directory, &database::TELEMETRY).await?;
        drop(lock);
        let instance = instance::Instance::register(directory, &operations, door).await?;
        Ok(Self { directory: directory.to_owned(), operations, telemetry, instance, health: watch::Sender::new(None) })
    }

    /// Closes the databases; what was committed is on disk.
    pub async fn close(&self) {
        self.operations.close().await;
        self.telemetry.close().await;
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// This program's instance.
    pub fn instance(&self) -> &instance::Instance {
        &self.instance
    }

    /// Whether the last write worked: `None`, or what it said.
    pub fn health(&self) -> watch::Receiver<Option<Problem>> {
        self.health.subscribe()
    }

    /// Bytes the databases take on disk.
    pub fn bytes(&self) -> u64 {
        [&database::OPERATIONS, &database::TELEMETRY]
            .iter()
            .flat_map(|kind| [kind.file_name.to_owned(), format!("{}-wal", kind.file_name)])
            .filter_map(|name| std::fs::metadata(self.directory.join(name)).ok())
            .map(|m| m.len())
            .sum()
    }

    /// A number that differs from the last one when another program has changed `operations.db`.
    pub async fn change_counter(&self) -> Result<i64> {
        self.operations.change_counter().await
    }
}
