//! The vault as the doors see it: what is in it, never the secrets themselves.

use crate::{CredentialId, SecretInput, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of credential an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// `username` and `password`.
    Password,
    /// `username`, `private_key`, and `passphrase` where the key has one; `sudo_password` where sudo asks.
    SshKey,
    /// `key`.
    ApiKey,
    /// `token`.
    BearerToken,
    /// `certificate`, `private_key`, `passphrase`.
    Certificate,
    /// `url`.
    ConnectionUrl,
    /// Whatever fields the operator names.
    Free,
}

impl CredentialKind {
    /// The name as stored and shown in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SshKey => "ssh-key",
            Self::ApiKey => "api-key",
            Self::BearerToken => "bearer-token",
            Self::Certificate => "certificate",
            Self::ConnectionUrl => "connection-url",
            Self::Free => "free",
        }
    }
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => "user name and password",
            Self::SshKey => "SSH key",
            Self::ApiKey => "API key",
            Self::BearerToken => "bearer token",
            Self::Certificate => "certificate",
            Self::ConnectionUrl => "connection URL",
            Self::Free => "free fields",
        })
    }
}

/// Field names with a meaning of their own.
pub mod field {
    /// The account.
    pub const USERNAME: &str = "username";
    /// Its password.
    pub const PASSWORD: &str = "password";
    /// A private key in OpenSSH or PEM form.
    pub const PRIVATE_KEY: &str = "private_key";
    /// The passphrase of that key.
    pub const PASSPHRASE: &str = "passphrase";
    /// The password sudo asks for, where it is not the login password.
    pub const SUDO_PASSWORD: &str = "sudo_password";
}

/// One field on its way into the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldInput {
    /// Its name.
    pub name: String,
    /// Whether it is shown masked and never leaves the vault in the clear.
    pub secret: bool,
    /// Its value. `None` keeps the value the entry has.
    pub value: Option<SecretInput>,
}

/// One field as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// Whether it is a secret.
    pub secret: bool,
    /// The value of a plain field, or the mask of a secret one (`••••`, with at most the last four
    /// characters of a long token).
    pub shown: String,
}

/// One entry of the vault, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialView {
    /// Its id.
    pub id: CredentialId,
    /// Its name; unique, compared without regard to case.
    pub name: String,
    /// What it is for: `ssh`, `mqtt`, …
    pub service: String,
    /// What kind it is.
    pub kind: CredentialKind,
    /// Its fields, only while the vault is unlocked.
    pub fields: Vec<FieldView>,
    /// Free words.
    pub tags: Vec<String>,
    /// For people.
    pub notes: String,
    /// How often it has been written, from 1.
    pub version: u64,
    /// When it was first stored.
    pub created_at: Timestamp,
    /// When a secret field last changed.
    pub rotated_at: Timestamp,
    /// When a job or connection last used it.
    pub last_used_at: Option<Timestamp>,
    /// What used it last.
    pub last_used_by: String,
    /// Days after which to remind of changing it; 0 = never.
    pub rotate_after_days: u32,
    /// How many targets log in with it.
    pub used_by_targets: u32,
}

/// Whether the vault is there and open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultState {
    /// There is none yet.
    Missing,
    /// It is there, and nothing of it is in memory.
    Locked,
    /// It is open.
    Unlocked,
}

/// How the OS keyring stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "keyring", rename_all = "kebab-case")]
pub enum KeyringState {
    /// There is one, and it works (a test value was written, read and removed).
    Working {
        /// Whether it opens this vault.
        opens_vault: bool,
    },
    /// There is none, or it is locked.
    Unavailable {
        /// Why, and what to do.
        reason: String,
    },
}

/// The vault in one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultView {
    /// Whether it is there and open.
    pub state: VaultState,
    /// The OS keyring.
    pub keyring: KeyringState,
    /// How many entries it has.
    pub entries: u32,
    /// Minutes without use after which it locks itself; 0 = never.
    pub auto_lock_minutes: u32,
    /// Seconds until another passphrase may be tried, after wrong ones.
    pub wait_seconds: u32,
}

/// Shows whether the vault is there and open.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetVault {}
crate::command!(GetVault, "vault.get", Viewer, false => VaultView);

/// Creates the vault, and leaves it open. Refused when there is one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreateVault {
    /// At least 10 characters that are not easily guessed.
    pub passphrase: SecretInput,
    /// Whether the OS keyring opens it from now on.
    #[serde(default)]
    pub use_keyring: bool,
}
crate::command!(CreateVault, "vault.create", Admin, true => VaultView);

/// Opens the vault, by its passphrase or, without one, by the OS keyring.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UnlockVault {
    /// The passphrase; absent to try the keyring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<SecretInput>,
}
crate::command!(UnlockVault, "vault.unlock", Operator, true => VaultView);

/// Closes the vault and forgets its key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LockVault {}
crate::command!(LockVault, "vault.lock", Operator, true => VaultView);

/// Wraps the vault's key with another passphrase. The entries stay as they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangePassphrase {
    /// The present one.
    pub current: SecretInput,
    /// The new one.
    pub new: SecretInput,
}
crate::command!(ChangePassphrase, "vault.passphrase", Admin, true => VaultView);

/// Lets the OS keyring open the vault, or no longer. The vault must be open.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetKeyringUnlock {
    /// Whether it does.
    pub enabled: bool,
}
crate::command!(SetKeyringUnlock, "vault.keyring", Admin, true => VaultView);

/// Puts a damaged vault together again from what was kept from before the last change, and leaves it open.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RestoreVault {
    /// The passphrase: only who can open the vault may choose between its copies.
    pub passphrase: SecretInput,
}
crate::command!(RestoreVault, "vault.restore", Admin, true => RestoredVault);

impl RestoreVault {
    /// The source of a problem this can mend. Other damage has the same code: the whole data's, a header that
    /// somebody changed, a vault that was put back to an older state.
    pub const MENDS: &'static str = "vault";

    /// Whether this can mend what a command failed with.
    pub fn mends(problem: &crate::Problem) -> bool {
        problem.code == crate::ProblemCode::Damaged && problem.source.as_deref() == Some(Self::MENDS)
    }
}

/// What putting a damaged vault together again came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoredVault {
    /// The vault now.
    pub vault: VaultView,
    /// Names of entries that are as they were before their last change.
    pub older: Vec<String>,
    /// Entries of which no whole copy is left, by name where that can still be read. They are gone from the vault.
    pub lost: Vec<String>,
    /// The file that holds every sealed row as it was found.
    pub copy: String,
}

/// Lists the entries. While the vault is locked they come without fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListCredentials {}
crate::command!(ListCredentials, "credential.list", Viewer, false => Vec<CredentialView>);

/// Stores an entry, or changes the one with this id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveCredential {
    /// The entry to change; absent to store a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CredentialId>,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub service: String,
    /// What kind it is.
    pub kind: CredentialKind,
    /// Its fields. For a change, those not named are removed.
    pub fields: Vec<FieldInput>,
    /// Free words.
    #[serde(default)]
    pub tags: Vec<String>,
    /// For people.
    #[serde(default)]
    pub notes: String,
    /// Days after which to remind of changing it; 0 = never.
    #[serde(default = "thirty")]
    pub rotate_after_days: u32,
}
crate::command!(SaveCredential, "credential.save", Admin, true => CredentialView);

fn thirty() -> u32 {
    30
}

/// Removes an entry for good.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeleteCredential {
    /// Which.
    pub id: CredentialId,
}
crate::command!(DeleteCredential, "credential.delete", Admin, true => ());
