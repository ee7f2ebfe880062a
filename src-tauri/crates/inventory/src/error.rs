//! Why a text is no inventory at all. What is wrong with one line of it is a remark.

use wheelhouse_protocol::inventory::ImportFormat;
use wheelhouse_protocol::{Problem, ProblemCode};

/// A failure to read or write an inventory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    /// The text is longer than [`crate::MAX_BYTES`].
    #[error("the text has {bytes} bytes; at most {} (32 MiB) are read", crate::MAX_BYTES)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// There are more targets, groups or memberships than can be taken in at once.
    #[error("there are more than {limit} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// There is no text.
    #[error("the text is empty")]
    Empty,
    /// It is not text.
    #[error("this is not text: it has control characters as programs, pictures and archives have")]
    Binary,
    /// The whole file is encrypted with ansible-vault.
    #[error("the whole text is encrypted with ansible-vault")]
    Encrypted,
    /// The text breaks the rules of its format, so that no part of it can be trusted.
    #[error("line {line}: {reason}")]
    Syntax {
        /// The format it was read as.
        format: ImportFormat,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// It is well-formed, but something else than an inventory.
    #[error("{reason}")]
    Shape {
        /// The format it was read as.
        format: ImportFormat,
        /// What it is instead, or what is missing.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// Inventories are not written in this format.
    #[error("an inventory cannot be written as {0}")]
    CannotWrite(ImportFormat),
    /// A library refused to write what it was given.
    #[error("the inventory could not be written as {format}: {reason}")]
    Writing {
        /// The format.
        format: ImportFormat,
        /// What it said.
        reason: String,
    },
}

impl From<InventoryError> for Problem {
    fn from(error: InventoryError) -> Self {
        let detail = format!("{}.", capital(&error.to_string()));
        let (code, title, hint) = match &error {
            InventoryError::TooLong { .. } | InventoryError::TooMany { .. } => (
                ProblemCode::InvalidInput,
                "The inventory is too large".to_owned(),
                "Split it and import the parts one after the other.".to_owned(),
            ),
            InventoryError::Empty => (
                ProblemCode::InvalidInput,
                "There is nothing to import".to_owned(),
                "Choose another file, or paste the inventory's text.".to_owned(),
            ),
            InventoryError::Binary => (
                ProblemCode::InvalidInput,
                "That is not a text file".to_owned(),
                "Export the inventory as text (UTF-8): a spreadsheet as CSV, for example.".to_owned(),
            ),
            InventoryError::Encrypted => (
                ProblemCode::InvalidInput,
                "The inventory is encrypted".to_owned(),
                "Write a decrypted copy with “ansible-vault view”, without its passwords, and import that.".to_owned(),
            ),
            InventoryError::Syntax { format, .. } => (
                ProblemCode::InvalidInput,
                format!("That cannot be read as {format}"),
                "Correct that line, or choose another format.".to_owned(),
            ),
            InventoryError::Shape { format, hint, .. } => {
                (ProblemCode::InvalidInput, format!("That is no {format}"), hint.clone())
            }
            InventoryError::CannotWrite(_) => (
                ProblemCode::InvalidInput,
                "That format can only be read".to_owned(),
                "Export as Ansible INI or YAML, CSV or JSON.".to_owned(),
            ),
            InventoryError::Writing { .. } => {
                (ProblemCode::Internal, "The inventory could not be written".to_owned(), "Export as JSON.".to_owned())
            }
        };
        Self::new(code, title, detail).hint(hint)
    }
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
