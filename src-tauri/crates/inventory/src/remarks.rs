//! What needs a look, line by line.

use wheelhouse_protocol::inventory::{ImportRemark, ImportSeverity};

/// The most remarks that are kept one by one: nobody reads more, and a preview must stay small.
pub const MAX_REMARKS: usize = 1_000;

/// The remarks made so far.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    /// What is left out.
    losses: Vec<ImportRemark>,
    /// What is only worth knowing: the first to go when there are too many.
    notes: Vec<ImportRemark>,
    more: usize,
}

impl Remarks {
    /// Worth knowing.
    pub(crate) fn note(&mut self, line: usize, message: impl Into<String>) {
        self.add(line, ImportSeverity::Note, message.into());
    }

    /// Something on the line is left out.
    pub(crate) fn warning(&mut self, line: usize, message: impl Into<String>) {
        self.add(line, ImportSeverity::Warning, message.into());
    }

    /// The line is left out.
    pub(crate) fn error(&mut self, line: usize, message: impl Into<String>) {
        self.add(line, ImportSeverity::Error, message.into());
    }

    fn add(&mut self, line: usize, severity: ImportSeverity, message: String) {
        let kept = if severity == ImportSeverity::Note { &mut self.notes } else { &mut self.losses };
        if kept.len() < MAX_REMARKS {
            kept.push(ImportRemark { line, severity, message });
        } else {
            self.more += 1;
        }
    }

    /// All of them, by line; those about the whole text come first.
    pub(crate) fn into_vec(mut self) -> Vec<ImportRemark> {
        let room = MAX_REMARKS - self.losses.len();
        self.more += self.notes.len().saturating_sub(room);
        self.notes.truncate(room);
        let mut kept = self.losses;
        kept.append(&mut self.notes);
        kept.sort_by_key(|r| r.line);
        if self.more > 0 {
            let message = format!("{} more remarks are not shown. Correct the first ones and import again.", self.more);
            kept.push(ImportRemark { line: 0, severity: ImportSeverity::Warning, message });
        }
        kept
    }
}
