//! Which programs have the data directory open, so that the work of a dead one can be told from the
//! work of a living one.
//!
//! Each program holds a lock on a file of its own for as long as it lives; the operating system lets
//! go of it however the program ends. A process id alone would not do: ids are used again.

use crate::database::{self, Database, lock_path, reason_of};
use crate::row::{Columns, micros};
use crate::{Result, Store, StoreError};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use wheelhouse_protocol::{InstanceId, Timestamp};

/// This program's entry.
#[derive(Debug)]
pub struct Instance {
    id: InstanceId,
    // Held, never read: closing it is what tells the others.
    _lock: File,
}

impl Instance {
    /// The id.
    pub fn id(&self) -> InstanceId {
        self.id
    }

    pub(crate) async fn register(directory: &Path, operations: &Database, door: &str) -> Result<Self> {
        let id = InstanceId(uuid::Uuid::now_v7());
        database::create_private_directory(&directory.join("instances"))?;
        let path = lock_path(directory, &id.to_string());
        let refuse = |reason: String| StoreError::Path { path: path.clone(), reason, hint: String::new() };
        let lock = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(&path)
            .map_err(|e| refuse(reason_of(&e)))?;
        lock.try_lock().map_err(|e| refuse(e.to_string()))?;
        let failed = |error: sqlx::Error| StoreError::from_sqlx(operations.name(), &error);
        sqlx::query("INSERT INTO instances (id, pid, door, started_at) VALUES ($1, $2, $3, $4)")
            .bind(id.to_string())
            .bind(i64::from(std::process::id()))
            .bind(door)
            .bind(micros(Timestamp::now()))
            .execute(operations.writer())
            .await
            .map_err(failed)?;
        Ok(Self { id, _lock: lock })
    }
}

/// An ended instance's entry, held so that only one program tidies up after it.
#[derive(Debug)]
pub struct Claim {
    id: InstanceId,
    lock: File,
}

impl Claim {
    /// Whose work is to be tidied up.
    pub fn id(&self) -> InstanceId {
        self.id
    }
}

/// A right that one of all programs on a data directory has at a time. Dropping it, or ending
/// however, gives it up.
#[derive(Debug)]
pub struct Hold {
    // Held, never read: closing it is what tells the others.
    _lock: File,
}

impl Store {
    /// Takes the right of this name (letters, digits and hyphens), unless somebody has it, in this
    /// program or another: then `None`.
    ///
    /// Its empty file stays afterwards: removing it would let two have the right at once, one by the
    /// old file and one by a new one.
    pub fn hold(&self, name: &str) -> Result<Option<Hold>> {
        let path = lock_path(&self.directory, name);
        let refuse = |reason: String| StoreError::Path { path: path.clone(), reason, hint: String::new() };
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| refuse(reason_of(&e)))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Hold { _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(refuse(reason_of(&error))),
        }
    }

    /// Claims every instance that has ended, however it ended, and that nobody else has claimed.
    pub async fn claim_dead_instances(&self) -> Result<Vec<Claim>> {
        let mut claims = Vec::new();
        for row in self.rows(sqlx::query("SELECT id FROM instances")).await? {
            let id: InstanceId = row.id("id")?;
            if id == self.instance.id {
                continue;
            }
            let path = lock_path(&self.directory, &id.to_string());
            let refuse = |reason: String| StoreError::Path { path: path.clone(), reason, hint: String::new() };
            // Its file may be gone (somebody tidied the folder): then nobody can hold it.
            let lock = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(|e| refuse(reason_of(&e)))?;
            match lock.try_lock() {
                Ok(()) => claims.push(Claim { id, lock }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(refuse(reason_of(&error))),
            }
        }
        Ok(claims)
    }

    /// Forgets an ended instance, once nothing of its work is left open.
    pub async fn forget_instance(&self, claim: Claim) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.run(sqlx::query("DELETE FROM instances WHERE id = $1").bind(claim.id.to_string())).await?;
        tx.commit().await?;
        // Gone already is as good as removed.
        std::fs::remove_file(lock_path(&self.directory, &claim.id.to_string())).ok();
        drop(claim.lock);
        Ok(())
    }
}
