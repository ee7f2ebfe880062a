//! What can go wrong with the inbox.

use wheelhouse_protocol::Problem;
use wheelhouse_store::StoreError;

/// A failure of the inbox.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// An entry without words would tell nobody anything.
    #[error("a notification needs a {0}")]
    Empty(&'static str),
    /// The store failed.
    #[error("the inbox could not be read or written: {0}")]
    Store(#[from] StoreError),
}

impl From<NotificationError> for Problem {
    fn from(error: NotificationError) -> Self {
        match error {
            NotificationError::Empty(field) => Self::invalid(field, format!("{error}.")),
            NotificationError::Store(error) => error.into(),
        }
    }
}
