//! Transactions and reads, with every failure translated and noted in one place.

use crate::database::Database;
use crate::{Result, Store, StoreError};
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use wheelhouse_protocol::Problem;

/// A statement with its values.
pub(crate) type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// A transaction that holds the write lock of one database. Dropping it undoes everything.
///
/// SQLite ends a transaction by itself when the disk is full, which sqlx's own `Transaction` does not
/// notice: its connection refuses to begin another one for ever. So an unfinished transaction here
/// takes its connection with it, and the next one begins on a new one.
pub(crate) struct Tx<'s> {
    store: &'s Store,
    database: &'s Database,
    connection: PoolConnection<Sqlite>,
    committed: bool,
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        if !self.committed {
            self.connection.close_on_drop();
        }
    }
}

impl Tx<'_> {
    /// Runs a statement; says how many rows it changed.
    pub(crate) async fn run(&mut self, statement: Statement<'_>) -> Result<u64> {
        let result = statement.execute(&mut *self.connection).await;
        self.store.noted(self.database, result).map(|done| done.rows_affected())
    }

    /// Runs a query that gives one row or none.
    pub(crate) async fn row(&mut self, query: Statement<'_>) -> Result<Option<SqliteRow>> {
        let result = query.fetch_optional(&mut *self.connection).await;
        self.store.noted(self.database, result)
    }

    /// Makes it lasting. Only after this may anybody be told.
    pub(crate) async fn commit(mut self) -> Result<()> {
        self.run(sqlx::query("COMMIT")).await?;
        self.committed = true;
        self.store.health.send_if_modified(|now| now.take().is_some());
        Ok(())
    }
}

impl Store {
    /// Begins to write to `operations.db`.
    pub(crate) async fn begin(&self) -> Result<Tx<'_>> {
        self.begin_on(&self.operations).await
    }

    /// Begins to write to `telemetry.db`.
    pub(crate) async fn begin_telemetry(&self) -> Result<Tx<'_>> {
        self.begin_on(&self.telemetry).await
    }

    async fn begin_on<'s>(&'s self, database: &'s Database) -> Result<Tx<'s>> {
        let result = database.writer().acquire().await;
        let connection = self.noted(database, result)?;
        let mut tx = Tx { store: self, database, connection, committed: false };
        tx.run(sqlx::query("BEGIN IMMEDIATE")).await?;
        Ok(tx)
    }

    /// Reads rows of `operations.db`.
    pub(crate) async fn rows(&self, query: Statement<'_>) -> Result<Vec<SqliteRow>> {
        let result = query.fetch_all(self.operations.readers()).await;
        self.noted(&self.operations, result)
    }

    /// Reads one row, or none, of `operations.db`.
    pub(crate) async fn row(&self, query: Statement<'_>) -> Result<Option<SqliteRow>> {
        let result = query.fetch_optional(self.operations.readers()).await;
        self.noted(&self.operations, result)
    }

    /// Reads rows of `telemetry.db`.
    pub(crate) async fn telemetry_rows(&self, query: Statement<'_>) -> Result<Vec<SqliteRow>> {
        let result = query.fetch_all(self.telemetry.readers()).await;
        self.noted(&self.telemetry, result)
    }

    /// Translates a failure, and lets the status light know of one of the disk.
    fn noted<T>(&self, database: &Database, result: std::result::Result<T, sqlx::Error>) -> Result<T> {
        result.map_err(|error| {
            let error = StoreError::from_sqlx(database.name(), &error);
            if error.is_storage() {
                tracing::error!(%error, "the store failed");
                let problem = Some(Problem::from(error.clone()));
                self.health.send_if_modified(|now| {
                    let differs = *now != problem;
                    now.clone_from(&problem);
                    differs
                });
            }
            error
        })
    }
}
