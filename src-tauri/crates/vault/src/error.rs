//! What can go wrong with the vault.

use crate::kdf::KdfCost;
use wheelhouse_protocol::credential::RestoreVault;
use wheelhouse_protocol::{CredentialId, Problem, ProblemCode};
use wheelhouse_store::StoreError;

/// The result of everything here.
pub type Result<T> = std::result::Result<T, VaultError>;

/// A failure of the vault. None of them carries any part of a secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// There is no vault yet.
    #[error("there is no vault yet")]
    Missing,
    /// There is one already.
    #[error("there is a vault already, with {entries} entries")]
    Exists {
        /// How many entries it has.
        entries: usize,
    },
    /// It must be unlocked first.
    #[error("the vault is locked")]
    Locked,
    /// The passphrase is not the vault's. The vault itself is as it was written.
    #[error("that is not the vault's passphrase")]
    WrongPassphrase {
        /// Seconds until another may be tried.
        wait_seconds: u32,
    },
    /// Too many wrong ones; nothing was tried.
    #[error("another passphrase may be tried in {seconds} s")]
    TooSoon {
        /// How long to wait.
        seconds: u32,
    },
    /// A new passphrase that is too easily guessed.
    #[error("{reason}")]
    WeakPassphrase {
        /// Why.
        reason: String,
        /// What would be better.
        advice: String,
    },
    /// A wrong value in one field of a request.
    #[error("{reason}")]
    Invalid {
        /// The field.
        field: String,
        /// What is wrong, as a sentence.
        reason: String,
    },
    /// Another entry has that name.
    #[error("there is an entry “{name}” already")]
    NameTaken {
        /// The name as the other entry has it.
        name: String,
    },
    /// The vault holds as many entries as it can.
    #[error("the vault holds {limit} entries, and can hold no more")]
    Full {
        /// The most it can hold.
        limit: usize,
    },
    /// There is no such entry.
    #[error("there is no entry {0}")]
    NotFound(CredentialId),
    /// What is stored is not what this vault wrote.
    #[error("{what}")]
    Damaged {
        /// What is damaged and how, in words.
        what: String,
        /// Whether whole rows from before the last change are there to restore it from.
        restorable: bool,
    },
    /// The stored key-derivation parameters are outside what is ever accepted.
    #[error(
        "the vault's passphrase protection is set to {memory} KiB, {passes} passes and {lanes} lanes; accepted are \
         {low} to {high} KiB, 1 to {max_passes} passes and 1 to {max_lanes} lanes",
        memory = found.memory_kib, passes = found.passes, lanes = found.lanes,
        low = KdfCost::FLOOR_KIB, high = KdfCost::CEILING_KIB,
        max_passes = KdfCost::MAX_PASSES, max_lanes = KdfCost::MAX_LANES
    )]
    Cost {
        /// What is stored.
        found: KdfCost,
    },
    /// A newer Wheelhouse wrote the vault.
    #[error("the vault was written by a newer Wheelhouse (format {found}, this program knows {known})")]
    Newer {
        /// Its format.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
    /// The vault was put back to an older state while it was open.
    #[error("the stored vault is older than the one that was open a moment ago")]
    RolledBack,
    /// Another vault has taken this one's place, or its key was changed.
    #[error("the stored vault is not the one that was open a moment ago")]
    Replaced,
    /// There is nothing to restore.
    #[error("every part of the vault is whole")]
    Whole,
    /// The OS keyring does not work.
    #[error("{reason}")]
    KeyringUnavailable {
        /// Why, and what to do.
        reason: String,
    },
    /// The OS keyring works but does not open this vault.
    #[error("{reason}")]
    NeedsPassphrase {
        /// Why.
        reason: String,
    },
    /// Another program kept changing the vault.
    #[error("another Wheelhouse is changing the vault at the same time")]
    Conflict,
    /// The same entry was changed by another program.
    #[error("another Wheelhouse changed “{name}” just now")]
    EntryConflict {
        /// The entry's name.
        name: String,
    },
    /// Deriving the key needs more memory than there is.
    #[error("unlocking needs {mib} MiB of memory, and this machine does not have them free")]
    Memory {
        /// How much.
        mib: u32,
    },
    /// The copy made before restoring could not be written.
    #[error("{path}: {reason}")]
    Copy {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    /// A defect in Wheelhouse.
    #[error("{0}")]
    Internal(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl VaultError {
    /// Damage nothing is known to be left to restore from.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into(), restorable: false }
    }

    /// A wrong value in one field of a request.
    pub(crate) fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        use ProblemCode as Code;
        let detail = error.to_string();
        let mut sentence = detail.clone();
        if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
            sentence.replace_range(..1, &first);
        }
        let sentence = if sentence.ends_with(['.', '!', '?']) { sentence } else { format!("{sentence}.") };
        match error {
            VaultError::Missing => Self::new(Code::VaultMissing, "There is no vault yet", sentence)
                .hint("Create one with a passphrase; credentials are kept in it."),
            VaultError::Exists { .. } => {
                Self::new(Code::Conflict, "There is a vault already", sentence).hint("Unlock it with its passphrase.")
            }
            VaultError::Locked => {
                let detail = "What logs in is sealed until the passphrase is given.";
                Self::new(Code::VaultLocked, "The vault is locked", detail).hint("Unlock it with its passphrase.")
            }
            VaultError::WrongPassphrase { wait_seconds } => {
                let problem = Self::new(
                    Code::WrongSecret,
                    "That passphrase is wrong",
                    format!("{sentence} The vault is undamaged."),
                )
                .source("passphrase");
                match wait_seconds {
                    0 => problem.hint("Try again; mind Caps Lock and the keyboard layout."),
                    n => {
                        problem.hint(format!("Wait {n} s before the next try; mind Caps Lock and the keyboard layout."))
                    }
                }
            }
            VaultError::TooSoon { seconds } => Self::new(
                Code::Refused,
                "Too many wrong passphrases",
                format!("{sentence} This one was not looked at."),
            )
            .hint(format!("Wait {seconds} s, then try again."))
            .source("passphrase"),
            VaultError::WeakPassphrase { advice, .. } => {
                Self::new(Code::InvalidInput, "That passphrase is too weak", sentence).hint(advice).source("passphrase")
            }
            VaultError::Invalid { field, .. } => Self::invalid(&field, sentence),
            VaultError::NameTaken { .. } => Self::new(Code::Conflict, "That name is taken", sentence)
                .hint("Names are compared without regard to case. Choose another, or change that entry.")
                .source("name"),
            VaultError::Full { .. } => {
                Self::new(Code::Refused, "The vault is full", sentence).hint("Remove entries nobody uses any more.")
            }
            VaultError::NotFound(id) => Self::not_found("credential", id),
            VaultError::Damaged { restorable: true, .. } => Self::new(Code::Damaged, "The vault is damaged", sentence)
                .hint(
                    "What it held before the last change is still there: restore it (vault.restore), which shows what \
                     became of each entry and keeps a copy of everything as it was found.",
                )
                .source(RestoreVault::MENDS),
            VaultError::Damaged { restorable: false, .. } => Self::new(Code::Damaged, "The vault is damaged", sentence)
                .hint("Put back the data directory from your backup. Nothing was changed."),
            VaultError::Cost { .. } => Self::new(Code::Damaged, "The vault's protection was changed", sentence).hint(
                "Nobody but Wheelhouse should write its data. Put back the data directory from your backup, and \
                 find out who could write to it.",
            ),
            VaultError::Newer { .. } => Self::new(Code::Storage, "The vault is newer than this program", sentence)
                .hint("Install that version again. Nothing was changed."),
            VaultError::RolledBack => Self::new(Code::Damaged, "The vault was put back to an older state", sentence)
                .hint("It has been locked. If you put back a backup, unlock it again; if not, somebody else did."),
            VaultError::Replaced => Self::new(Code::Damaged, "The vault was replaced", sentence)
                .hint("It has been locked. If you put back a backup, unlock it again; if not, somebody else did."),
            VaultError::Whole => Self::new(Code::Conflict, "There is nothing to restore", sentence),
            VaultError::KeyringUnavailable { .. } => {
                Self::new(Code::Unavailable, "The keyring does not work", sentence)
                    .hint("The passphrase opens the vault without it.")
            }
            VaultError::NeedsPassphrase { .. } => {
                Self::new(Code::VaultLocked, "The keyring does not open the vault", sentence)
                    .hint("Unlock the vault with its passphrase; then let the keyring open it again if you like.")
            }
            VaultError::Conflict | VaultError::EntryConflict { .. } => {
                Self::new(Code::Conflict, "The vault changed at the same time", sentence)
                    .hint("Look at it again and repeat what you did. Nothing of yours was stored.")
            }
            VaultError::Memory { .. } => {
                Self::new(Code::Unavailable, "Not enough memory", sentence).hint("Close other programs and try again.")
            }
            VaultError::Copy { path, .. } => Self::new(Code::Storage, "The copy could not be written", sentence)
                .hint("The vault was not changed. Free some space or give this account permission to write there.")
                .source(path),
            VaultError::Random(_) => Self::new(Code::Unavailable, "No random numbers", sentence),
            VaultError::Internal(_) => Self::new(Code::Internal, "The vault failed", sentence)
                .hint("This is a defect in Wheelhouse; please report it. Nothing was changed."),
            VaultError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_damage_that_can_be_mended_is_offered_to_be() {
        let mends = |error: VaultError| RestoreVault::mends(&Problem::from(error));
        assert!(mends(VaultError::Damaged { what: "the header is gone".to_owned(), restorable: true }));
        assert!(!mends(VaultError::damaged("the header is gone")), "nothing whole is left to restore");
        let file = StoreError::Damaged { file: "wheelhouse.db".to_owned(), reason: "malformed".to_owned() };
        assert!(!mends(file.into()), "a damaged database is not the vault's to mend");
        assert!(!mends(VaultError::RolledBack) && !mends(VaultError::Replaced), "those open with their passphrase");
    }
}
