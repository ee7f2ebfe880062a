//! The vault's header: what it is, and its key under each lock that opens it.
//!
//! ```text
//! "WHLVAULT" ‖ SHA-256 of the rest ‖ length of the clear part (4 bytes, big endian) ‖ clear part ‖ sealed manifest
//! ```
//!
//! The clear part is JSON. The checksum needs no key: it tells damage from a wrong passphrase before
//! any passphrase is tried. Against somebody who computes it anew stand three more checks:
//!
//! - a *lock* is the vault's key sealed under another key (the *opener*: from the passphrase, or in the
//!   OS keyring) and a check value, a hash of the opener. A check value that does not fit means another
//!   passphrase; one that fits a lock that does not open means that the lock was changed;
//! - the parameters a passphrase is stretched by, and the salt, are bound into its lock, and refused
//!   outside their bounds before they are used;
//! - the manifest is bound to every byte of the clear part.

use crate::cipher::{self, Key, join};
use crate::kdf::{self, KdfCost};
use crate::manifest::Manifest;
use crate::{Result, VaultError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;
use wheelhouse_protocol::{SecretInput, Timestamp};

const MAGIC: &[u8; 8] = b"WHLVAULT";
/// The format this program writes, and the newest it reads.
pub(crate) const FORMAT: u32 = 1;
const CIPHER: &str = "XChaCha20-Poly1305";
const DIGEST: &str = "SHA-256";
const KDF: &str = "Argon2id-1.3";
const SALT_BYTES: usize = 16;

/// A header as stored.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// What can be read without a key.
    pub(crate) clear: Clear,
    /// Its bytes, to which the manifest is bound.
    clear_bytes: Vec<u8>,
    sealed_manifest: Vec<u8>,
}

/// What can be read without a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clear {
    format: u32,
    /// The vault's id, which its keyring entry is named by.
    pub(crate) vault: Uuid,
    cipher: String,
    digest: String,
    created_at: Timestamp,
    pub(crate) passphrase: PassphraseLock,
    /// Whether, and how, the OS keyring opens it.
    pub(crate) keyring: Option<Lock>,
}

/// The vault's key under an opener.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    check: Bytes,
    key: Bytes,
}

/// The vault's key under a passphrase, and how that is stretched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassphraseLock {
    kdf: String,
    cost: KdfCost,
    salt: Bytes,
    lock: Lock,
}

/// Bytes, as base64 in JSON.
#[derive(Debug, Clone, PartialEq)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// What trying an opener on a lock came to.
enum Tried {
    Opened(Key),
    OtherOpener,
    LockChanged,
}

impl Lock {
    fn make(key: &Key, opener: &Key, binding: &[u8]) -> Result<Self> {
        let lock = cipher::seal(opener, binding, key.expose())?;
        Ok(Self { check: Bytes(check_value(opener, binding)), key: Bytes(lock) })
    }

    fn try_open(&self, opener: &Key, binding: &[u8]) -> Tried {
        if self.check.0 != check_value(opener, binding) {
            return Tried::OtherOpener;
        }
        match cipher::open(opener, binding, &self.key.0).and_then(|bytes| Key::from_slice(&bytes)) {
            Some(key) => Tried::Opened(key),
            None => Tried::LockChanged,
        }
    }
}

/// A hash by which an opener is known again. It also commits the lock to one opener, which the cipher alone does not.
fn check_value(opener: &Key, binding: &[u8]) -> Vec<u8> {
    cipher::digest(&join(&[b"opener check", binding, opener.expose()])).to_vec()
}

impl Clear {
    /// The clear part of a new vault.
    pub(crate) fn new(key: &Key, passphrase: &SecretInput, cost: KdfCost, created_at: Timestamp) -> Result<Self> {
        let vault = Uuid::now_v7();
        let identity = identity(FORMAT, vault, CIPHER, DIGEST);
        Ok(Self {
            format: FORMAT,
            vault,
            cipher: CIPHER.to_owned(),
            digest: DIGEST.to_owned(),
            created_at,
            passphrase: PassphraseLock::make(key, passphrase, cost, &identity)?,
            keyring: None,
        })
    }

    /// What every sealed thing of this vault is bound to. It does not change with passphrase or keyring.
    pub(crate) fn identity(&self) -> Vec<u8> {
        identity(self.format, self.vault, &self.cipher, &self.digest)
    }

    /// A lock for another passphrase. Blocks as long as `cost` says.
    pub(crate) fn lock_for(&self, key: &Key, passphrase: &SecretInput, cost: KdfCost) -> Result<PassphraseLock> {
        PassphraseLock::make(key, passphrase, cost, &self.identity())
    }

    /// The same with another passphrase's lock.
    pub(crate) fn with_passphrase(&self, passphrase: PassphraseLock) -> Self {
        Self { passphrase, ..self.clone() }
    }

    /// The same with the key also under an opener for the OS keyring, or without that.
    pub(crate) fn with_keyring(&self, key: &Key, opener: Option<&Key>) -> Result<Self> {
        let keyring = opener.map(|opener| Lock::make(key, opener, &self.keyring_binding())).transpose()?;
        Ok(Self { keyring, ..self.clone() })
    }

    /// The vault's key, opened by the passphrase. Blocks as long as the stored cost says.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`] or [`VaultError::Damaged`], see the module's description.
    pub(crate) fn open_with_passphrase(&self, passphrase: &SecretInput) -> Result<Key> {
        let stored = &self.passphrase;
        let opener = kdf::derive(passphrase, &stored.salt.0, stored.cost)?;
        match stored.lock.try_open(&opener, &stored.binding(&self.identity())) {
            Tried::Opened(key) => Ok(key),
            Tried::OtherOpener => Err(VaultError::WrongPassphrase { wait_seconds: 0 }),
            Tried::LockChanged => Err(VaultError::damaged(
                "the passphrase is right, and yet the vault's key does not open: its header was changed",
            )),
        }
    }

    /// The vault's key, opened by what the OS keyring holds.
    ///
    /// # Errors
    /// [`VaultError::NeedsPassphrase`] or [`VaultError::Damaged`].
    pub(crate) fn open_with_keyring(&self, opener: &Key) -> Result<Key> {
        let Some(lock) = &self.keyring else {
            return Err(VaultError::NeedsPassphrase {
                reason: "this vault is not set to be opened by the keyring".to_owned(),
            });
        };
        match lock.try_open(opener, &self.keyring_binding()) {
            Tried::Opened(key) => Ok(key),
            Tried::OtherOpener => Err(VaultError::NeedsPassphrase {
                reason: "what the keyring holds for this vault is not its key any more".to_owned(),
            }),
            Tried::LockChanged => Err(VaultError::damaged(
                "the keyring's key is right, and yet the vault's key does not open: its header was changed",
            )),
        }
    }

    fn keyring_binding(&self) -> Vec<u8> {
        join(&[b"vault key by keyring", &self.identity()])
    }
}

fn identity(format: u32, vault: Uuid, cipher: &str, digest: &str) -> Vec<u8> {
    join(&[
        b"wheelhouse vault",
        &format.to_be_bytes(),
        vault.as_bytes(),
        cipher.as_bytes(),
        digest.as_bytes(),
        KDF.as_bytes(),
    ])
}

impl PassphraseLock {
    fn make(key: &Key, passphrase: &SecretInput, cost: KdfCost, identity: &[u8]) -> Result<Self> {
        let mut salt = vec![0; SALT_BYTES];
        cipher::random_into(&mut salt)?;
        let opener = kdf::derive(passphrase, &salt, cost)?;
        let empty = Lock { check: Bytes(Vec::new()), key: Bytes(Vec::new()) };
        let mut made = Self { kdf: KDF.to_owned(), cost, salt: Bytes(salt), lock: empty };
        made.lock = Lock::make(key, &opener, &made.binding(identity))?;
        Ok(made)
    }

    fn binding(&self, identity: &[u8]) -> Vec<u8> {
        join(&[
            b"vault key by passphrase",
            identity,
            &self.cost.memory_kib.to_be_bytes(),
            &self.cost.passes.to_be_bytes(),
            &self.cost.lanes.to_be_bytes(),
            &self.salt.0,
        ])
    }
}

impl Header {
    /// The bytes of a header with this clear part and manifest, and the header itself.
    pub(crate) fn seal(clear: Clear, manifest: &Manifest, key: &Key) -> Result<(Vec<u8>, Self)> {
        let clear_bytes = serde_json::to_vec(&clear).map_err(|e| VaultError::Internal(e.to_string()))?;
        let length = u32::try_from(clear_bytes.len()).map_err(|e| VaultError::Internal(e.to_string()))?;
        let sealed_manifest = cipher::seal(key, &manifest_binding(&clear_bytes), &manifest.to_bytes())?;
        let mut rest = Vec::with_capacity(4 + clear_bytes.len() + sealed_manifest.len());
        rest.extend_from_slice(&length.to_be_bytes());
        rest.extend_from_slice(&clear_bytes);
        rest.extend_from_slice(&sealed_manifest);
        let bytes = [MAGIC.as_slice(), &cipher::digest(&rest), &rest].concat();
        Ok((bytes, Self { clear, clear_bytes, sealed_manifest }))
    }

    /// Reads a header, without any key.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], [`VaultError::Newer`], or [`VaultError::Cost`] when its parameters are out of bounds.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let flaw = |what: &str| VaultError::damaged(format!("the vault's header {what}"));
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| flaw("does not begin as one"))?;
        let (checksum, rest) = rest.split_at_checked(32).ok_or_else(|| flaw("is cut short"))?;
        if cipher::digest(rest) != checksum {
            return Err(flaw("does not give its checksum: some of its bytes were changed"));
        }
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| flaw("is cut short"))?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let (clear_bytes, sealed_manifest) = rest.split_at_checked(length).ok_or_else(|| flaw("is cut short"))?;
        let clear = read_clear(clear_bytes)?;
        Ok(Self { clear, clear_bytes: clear_bytes.to_vec(), sealed_manifest: sealed_manifest.to_vec() })
    }

    /// The manifest, opened; `None` when anything of the header was changed or the key is another vault's.
    pub(crate) fn manifest(&self, key: &Key) -> Option<Manifest> {
        let bytes = cipher::open(key, &manifest_binding(&self.clear_bytes), &self.sealed_manifest)?;
        Manifest::from_bytes(&bytes)
    }
}

fn manifest_binding(clear_bytes: &[u8]) -> Vec<u8> {
    join(&[b"manifest", clear_bytes])
}

fn read_clear(bytes: &[u8]) -> Result<Clear> {
    /// Enough to know a newer format, whatever else it holds.
    #[derive(Deserialize)]
    struct AnyFormat {
        format: u32,
    }
    let flaw = |e: serde_json::Error| VaultError::damaged(format!("the vault's header cannot be read: {e}"));
    let AnyFormat { format: found } = serde_json::from_slice(bytes).map_err(flaw)?;
    if found > FORMAT {
        return Err(VaultError::Newer { found, known: FORMAT });
    }
    let clear: Clear = serde_json::from_slice(bytes).map_err(flaw)?;
    for (found, known) in [(&clear.cipher, CIPHER), (&clear.digest, DIGEST), (&clear.passphrase.kdf, KDF)] {
        if found != known {
            return Err(VaultError::damaged(format!(
                "the vault's header names “{found}” where this format has {known}"
            )));
        }
    }
    if found != FORMAT || clear.passphrase.salt.0.len() != SALT_BYTES {
        return Err(VaultError::damaged("the vault's header holds values no version has written"));
    }
    clear.passphrase.cost.check()?;
    Ok(clear)
}

#[cfg(test)]
mod tests;
