//! What can go wrong in the store.

use std::path::PathBuf;
use wheelhouse_protocol::{Problem, ProblemCode};

/// A failure of the store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A file or directory cannot be used.
    #[error("{path}: {reason}")]
    Path {
        /// Which.
        path: PathBuf,
        /// Why, in words.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// A newer Wheelhouse wrote this database.
    #[error("{path} was written by a newer Wheelhouse (its tables are version {found}, this program knows {known})")]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The disk is full.
    #[error("there is no space left for {file}")]
    Full {
        /// The database.
        file: String,
    },
    /// The database file may not be written.
    #[error("{file} may not be written")]
    ReadOnly {
        /// The database.
        file: String,
    },
    /// Another program kept the database locked for too long.
    #[error("another program keeps {file} locked")]
    Busy {
        /// The database.
        file: String,
    },
    /// The file is not a database, or is damaged.
    #[error("{file} is damaged: {reason}")]
    Damaged {
        /// The database.
        file: String,
        /// What SQLite said.
        reason: String,
    },
    /// A name is taken, a lock is held.
    #[error("{0}")]
    Conflict(String),
    /// What was asked for is not there.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// A stored value is not what this program writes.
    #[error("stored {what} cannot be read: {reason}")]
    Unreadable {
        /// What.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// What was to be written contradicts what is there; trying again cannot help.
    #[error("the database {file} refuses it: {reason}")]
    Constraint {
        /// The database.
        file: String,
        /// What SQLite said.
        reason: String,
    },
    /// Anything else SQLite said.
    #[error("the database {file} said: {reason}")]
    Sql {
        /// The database.
        file: String,
        /// What it said.
        reason: String,
    },
}

impl StoreError {
    /// What a failure of SQLite means.
    pub(crate) fn from_sqlx(file: &str, error: &sqlx::Error) -> Self {
        let file = file.to_owned();
        // The primary result code is the low byte of the extended one.
        let code = error
            .as_database_error()
            .and_then(|e| e.code())
            .and_then(|code| code.parse::<i32>().ok())
            .map(|code| code & 0xff);
        match code {
            Some(5 | 6) => Self::Busy { file },
            Some(8) => Self::ReadOnly { file },
            // SQLITE_IOERR on a write is how a full disk shows when the shared memory file cannot grow.
            Some(13) => Self::Full { file },
            Some(19) => Self::Constraint { file, reason: error.to_string() },
            Some(11 | 26) => Self::Damaged { file, reason: error.to_string() },
            _ => Self::Sql { file, reason: error.to_string() },
        }
    }

    /// Whether the same may work later, with nothing changed in what is asked.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::ReadOnly { .. } | Self::Busy { .. } | Self::Sql { .. })
    }

    /// Whether it is the disk, not the request.
    pub fn is_storage(&self) -> bool {
        matches!(
            self,
            Self::Full { .. } | Self::ReadOnly { .. } | Self::Busy { .. } | Self::Damaged { .. } | Self::Sql { .. }
        )
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        match error {
            StoreError::Path { path, reason, hint } => {
                Self::new(ProblemCode::Storage, "A file cannot be used", format!("{}: {reason}.", path.display()))
                    .hint(hint)
                    .source(path.display().to_string())
            }
            StoreError::Newer { path, .. } => {
                Self::new(ProblemCode::Storage, "The data is newer than this program", format!("{detail}."))
                    .hint("Install that version again, or start with another data directory (WHEELHOUSE_HOME). Nothing was changed.")
                    .source(path.display().to_string())
            }
            StoreError::Full { .. } => Self::new(ProblemCode::Storage, "The disk is full", format!("{detail}."))
                .hint("Free some space; Wheelhouse goes on by itself. What it had accepted is safe."),
            StoreError::ReadOnly { .. } => Self::new(ProblemCode::Storage, "The data is read-only", format!("{detail}."))
                .hint("Give this account permission to write the file and its folder."),
            StoreError::Busy { .. } => Self::new(ProblemCode::Storage, "The data is in use", format!("{detail}."))
                .hint("Close the other program that works on it, or try again."),
            StoreError::Damaged { .. } => Self::new(ProblemCode::Damaged, "The data is damaged", format!("{detail}."))
                .hint("Put back the newest file from the “backups” folder beside it."),
            StoreError::Conflict(_) => Self::new(ProblemCode::Conflict, "That collides with what is there", detail),
            StoreError::NotFound { what, id } => Self::not_found(what, id),
            StoreError::Unreadable { .. } => Self::new(ProblemCode::Damaged, "Stored data cannot be read", format!("{detail}.")),
            StoreError::Constraint { .. } => {
                Self::new(ProblemCode::Conflict, "It contradicts what is stored", format!("{detail}."))
            }
            StoreError::Sql { .. } => Self::new(ProblemCode::Storage, "The store failed", format!("{detail}.")),
        }
    }
}
