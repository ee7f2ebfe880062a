//! Sealed credentials: the only room that holds a secret in the clear.
//!
//! A vault has one random 256-bit key. Each entry is sealed under a key of its own, which is sealed
//! under the vault's (`entry.rs`); a sealed list of all entries, in the header (`header.rs`), shows when one is
//! removed, exchanged or put back to an older version. The vault's key is kept only sealed: under a key
//! stretched from the passphrase, always, and under a random one in the OS [keyring](Keyring), if the operator
//! wants. Changing the passphrase seals the key anew and touches no entry.
//!
//! # What is told apart
//! A *wrong passphrase* and a *damaged vault*: the header's checksum and the bounds of its parameters
//! are checked before any passphrase is tried, a check value then says whether the passphrase is the
//! vault's, and only after that does a seal that does not open mean damage. Somebody who can write the
//! file, and computes the checksum anew, can make a right passphrase look wrong; they cannot make the
//! vault open to something else.
//!
//! # What it does not protect from
//! Whoever can read the memory of the program while the vault is open; whoever can put back the *whole*
//! data directory as it was some time ago while no program has it open; the passphrase typed into a
//! machine that is not the operator's own any more.
//!
//! # In memory
//! While it is open: the vault's key and the sealed rows. Secrets are opened one entry at a time and
//! overwritten when done. While it is locked: sealed rows at most.

mod attempts;
mod check;
mod cipher;
mod credentials;
mod entry;
mod error;
mod header;
mod idle;
mod kdf;
mod keyring;
mod manifest;
mod mask;
#[cfg(all(test, target_os = "linux"))]
mod memory_tests;
mod open_credential;
mod passphrase;
mod restore;
mod snapshot;
mod state;
mod vault;
mod write;

pub use error::{Result, VaultError};
pub use kdf::KdfCost;
pub use keyring::{Keyring, KeyringFault, OsKeyring};
pub use open_credential::OpenCredential;
pub use secrecy::{ExposeSecret, SecretString};
pub use vault::{Vault, VaultOptions};

use attempts::Attempts;
use credentials::Uses;
use idle::Idle;
use keyring::Desk;
use state::State;
use std::sync::Arc;
use tokio::sync::Mutex;
use wheelhouse_protocol::event::Publisher;
use wheelhouse_store::Store;

/// What the parts of a vault share.
#[derive(Debug)]
struct Shared {
    store: Arc<Store>,
    cost: KdfCost,
    publisher: Publisher,
    desk: Desk,
    attempts: Attempts,
    idle: Arc<Idle>,
    state: Mutex<State>,
    uses: Uses,
}

/// Runs what takes long on a thread that may block. What it does is bounded: one derivation of a key, at
/// costs that were checked, or one pass over the rows.
async fn blocking<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(job)
        .await
        .map_err(|e| VaultError::Internal(format!("a task of the vault ended without an answer: {e}")))?
}
