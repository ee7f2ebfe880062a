//! One SQLite file: opening, its tables' versions, one writer and several readers.

use crate::{Result, StoreError};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What distinguishes one database from the other.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its file in the data directory.
    pub(crate) file_name: &'static str,
    migrator: &'static Migrator,
    synchronous: SqliteSynchronous,
}

static OPERATIONS_MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations/operations");
static TELEMETRY_MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations/telemetry");

/// Approvals, jobs, credentials: every commit reaches the disk before anybody is told.
pub(crate) static OPERATIONS: Kind =
    Kind { file_name: "operations.db", migrator: &OPERATIONS_MIGRATIONS, synchronous: SqliteSynchronous::Full };

/// Samples: a killed program loses none that were committed, a power cut may lose the last moments.
pub(crate) static TELEMETRY: Kind =
    Kind { file_name: "telemetry.db", migrator: &TELEMETRY_MIGRATIONS, synchronous: SqliteSynchronous::Normal };

/// How long a statement waits for another program's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const READERS: u32 = 4;

/// One open database.
#[derive(Debug)]
pub(crate) struct Database {
    name: &'static str,
    writer: SqlitePool,
    readers: SqlitePool,
    /// `PRAGMA data_version` counts per connection, so the watcher keeps one to itself.
    watcher: SqlitePool,
}

impl Database {
    /// Opens or creates the file, and brings its tables up to date after a backup.
    pub(crate) async fn open(directory: &Path, kind: &Kind) -> Result<Self> {
        let path = directory.join(kind.file_name);
        let existed = check_file(&path)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(kind.synchronous)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("trusted_schema", "off");
        let failed = |error: sqlx::Error| StoreError::from_sqlx(kind.file_name, &error);
        let pool = |max: u32, options: &SqliteConnectOptions| {
            SqlitePoolOptions::new()
                .max_connections(max)
                .acquire_timeout(BUSY_TIMEOUT * 2)
                .connect_lazy_with(options.clone())
        };
        let writer = pool(1, &options);
        if existed {
            let found = newest_applied(&writer).await.map_err(failed)?;
            let known = kind.migrator.iter().map(|m| m.version).max().unwrap_or(0);
            if found > known {
                return Err(StoreError::Newer { path, found, known });
            }
            if found < known && found > 0 {
                back_up(&writer, directory, kind, found).await?;
            }
        }
        kind.migrator.run(&writer).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) => failed(error),
            other => StoreError::Damaged { file: kind.file_name.to_owned(), reason: other.to_string() },
        })?;
        restrict(&path, 0o600)?;
        let read_only = options.clone().read_only(true);
        Ok(Self { name: kind.file_name, writer, readers: pool(READERS, &read_only), watcher: pool(1, &read_only) })
    }

    /// Its file's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The one connection for writing: whoever wants it waits for the one before.
    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// The connections for reading.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// `PRAGMA data_version`: differs when another connection has committed.
    pub(crate) async fn change_counter(&self) -> Result<i64> {
        sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(&self.watcher)
            .await
            .map_err(|error| StoreError::from_sqlx(self.name, &error))
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.watcher.close().await;
        self.writer.close().await;
    }
}

/// Refuses what cannot be a database of ours before SQLite touches it; says whether it exists.
fn check_file(path: &Path) -> Result<bool> {
    let refuse = |reason: String, hint: &str| StoreError::Path { path: path.to_owned(), reason, hint: hint.to_owned() };
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => {
            return Err(refuse(reason_of(&error), "Give this account permission to read the folder."));
        }
    };
    if metadata.is_dir() {
        return Err(refuse(
            "is a folder, and a database file should be there".to_owned(),
            "Move the folder away, or start with another data directory (WHEELHOUSE_HOME).",
        ));
    }
    if let Err(error) = OpenOptions::new().read(true).write(true).open(path) {
        return Err(refuse(
            format!("cannot be opened for writing: {}", reason_of(&error)),
            "Give this account permission to write the file, or start with another data directory (WHEELHOUSE_HOME).",
        ));
    }
    Ok(true)
}

/// The version of the newest migration the file has had; 0 for an empty file.
async fn newest_applied(pool: &SqlitePool) -> std::result::Result<i64, sqlx::Error> {
    let table: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'").fetch_optional(pool).await?;
    if table.is_none() {
        return Ok(0);
    }
    let newest: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await?;
    Ok(newest.unwrap_or(0))
}

/// Copies the database as it is, before its tables change.
async fn back_up(pool: &SqlitePool, directory: &Path, kind: &Kind, version: i64) -> Result<()> {
    let backups = directory.join("backups");
    create_private_directory(&backups)?;
    let stem = kind.file_name.trim_end_matches(".db");
    let mut path = backups.join(format!("{stem}-before-version-{}.db", version + 1));
    let mut n = 1;
    while path.exists() {
        n += 1;
        path = backups.join(format!("{stem}-before-version-{}-{n}.db", version + 1));
    }
    sqlx::query("VACUUM INTO $1")
        .bind(path.display().to_string())
        .execute(pool)
        .await
        .map_err(|error| StoreError::from_sqlx(kind.file_name, &error))?;
    restrict(&path, 0o600)?;
    tracing::info!(backup = %path.display(), "copied the database before bringing its tables up to date");
    Ok(())
}

/// Creates a directory only its owner may enter.
pub(crate) fn create_private_directory(path: &Path) -> Result<()> {
    let refuse = |reason: String| StoreError::Path {
        path: path.to_owned(),
        reason,
        hint: "Choose a data directory this account may write (WHEELHOUSE_HOME).".to_owned(),
    };
    if path.exists() && !path.is_dir() {
        return Err(refuse("is a file, and a folder should be there".to_owned()));
    }
    std::fs::create_dir_all(path).map_err(|e| refuse(reason_of(&e)))?;
    restrict(path, 0o700)
}

/// Holds off other programs while tables are created or brought up to date.
pub(crate) async fn lock_for_opening(directory: &Path) -> Result<File> {
    let path = directory.join("opening.lock");
    let refuse = |reason: String| StoreError::Path {
        path: path.clone(),
        reason,
        hint: "Close the other Wheelhouse that is starting on this data directory.".to_owned(),
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(|e| refuse(reason_of(&e)))?;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(TryLockError::WouldBlock) => return Err(refuse("is held by another program".to_owned())),
            Err(TryLockError::Error(error)) => return Err(refuse(reason_of(&error))),
        }
    }
}

/// Takes away every permission but the owner's.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(|error| StoreError::Path {
        path: path.to_owned(),
        reason: reason_of(&error),
        hint: "Its owner must be the account that runs Wheelhouse.".to_owned(),
    })
}

/// Windows gives the profile's folders to their owner already.
#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> Result<()> {
    Ok(())
}

/// An I/O error in plain words.
pub(crate) fn reason_of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::StorageFull => "no space left on the disk".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        _ => error.to_string(),
    }
}

/// The files of a lock folder, for [`crate::instance`].
pub(crate) fn lock_path(directory: &Path, id: &str) -> PathBuf {
    directory.join("instances").join(format!("{id}.lock"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use std::fs;

    async fn kind(migrations: &Path) -> Kind {
        let migrator = Box::leak(Box::new(Migrator::new(migrations).await.unwrap()));
        Kind { file_name: "probe.db", migrator, synchronous: SqliteSynchronous::Full }
    }

    #[tokio::test]
    async fn an_older_database_is_copied_before_its_tables_change() {
        let home = tempfile::tempdir().unwrap();
        let (migrations, data) = (home.path().join("migrations"), home.path().join("data"));
        fs::create_dir_all(&migrations).unwrap();
        fs::create_dir_all(&data).unwrap();
        fs::write(migrations.join("0001_first.sql"), "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('kept');")
            .unwrap();
        Database::open(&data, &kind(&migrations).await).await.unwrap().close().await;
        assert!(!data.join("backups").exists(), "a new database has nothing to copy");

        fs::write(migrations.join("0002_second.sql"), "DROP TABLE t;").unwrap();
        let newer = Database::open(&data, &kind(&migrations).await).await.unwrap();
        assert!(sqlx::query("SELECT a FROM t").fetch_one(newer.readers()).await.is_err(), "the table is gone");
        newer.close().await;

        let copy = data.join("backups").join("probe-before-version-2.db");
        let pool = SqlitePool::connect(&format!("sqlite://{}", copy.display())).await.unwrap();
        let kept: String = sqlx::query_scalar("SELECT a FROM t").fetch_one(&pool).await.unwrap();
        assert_eq!(kept, "kept", "the copy holds what the migration removed");
    }

    #[tokio::test]
    async fn a_migration_that_fails_changes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let (migrations, data) = (home.path().join("migrations"), home.path().join("data"));
        fs::create_dir_all(&migrations).unwrap();
        fs::create_dir_all(&data).unwrap();
        fs::write(migrations.join("0001_first.sql"), "CREATE TABLE t (a TEXT);").unwrap();
        Database::open(&data, &kind(&migrations).await).await.unwrap().close().await;
        fs::write(migrations.join("0002_second.sql"), "DROP TABLE t; SELECT no_such_function();").unwrap();
        assert!(Database::open(&data, &kind(&migrations).await).await.is_err(), "the migration cannot succeed");
        fs::remove_file(migrations.join("0002_second.sql")).unwrap();
        let again = Database::open(&data, &kind(&migrations).await).await.unwrap();
        sqlx::query("SELECT a FROM t").fetch_optional(again.readers()).await.unwrap();
    }
}
