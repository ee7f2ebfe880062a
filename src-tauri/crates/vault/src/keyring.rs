//! The operating system's keyring: Keychain, Credential Manager, Secret Service.
//!
//! It may hold an *opener* of the vault, a random key of its own, never the vault's key and never the
//! only way in. Its calls block and may ask the person for a password, so each runs on a thread, and
//! whoever waits for it waits for a limited time. The thread cannot be ended from outside; there is one
//! at most, and the next call waits for its turn.

use crate::cipher::{self, Key};
use crate::header;
use crate::{Result, VaultError};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;
use wheelhouse_protocol::credential::KeyringState;
use zeroize::Zeroizing;

/// What a keyring can do. Every call may block for as long as a person takes to answer it.
pub trait Keyring: fmt::Debug + Send + Sync {
    /// What is kept under `account`; `None` when nothing is, or when the keyring is locked.
    fn get(&self, account: &str) -> std::result::Result<Option<Zeroizing<Vec<u8>>>, KeyringFault>;
    /// Keeps `secret` under `account`, in place of what was there.
    fn set(&self, account: &str, secret: &[u8]) -> std::result::Result<(), KeyringFault>;
    /// Removes what is kept under `account`, if anything is.
    fn delete(&self, account: &str) -> std::result::Result<(), KeyringFault>;
}

/// Why a keyring does not do what it was asked, and what to do about it. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyringFault(pub String);

/// The keyring of the account that runs the program.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsKeyring;

const SERVICE: &str = "Wheelhouse";
#[cfg(target_os = "macos")]
const NAME: &str = "the Keychain";
#[cfg(windows)]
const NAME: &str = "the Credential Manager";
#[cfg(not(any(target_os = "macos", windows)))]
const NAME: &str = "the keyring (Secret Service)";

impl OsKeyring {
    fn entry(account: &str) -> std::result::Result<keyring::Entry, KeyringFault> {
        if let Err(error) = keyring::Entry::store_status() {
            // The crate asks once in a program's life.
            return Err(KeyringFault(format!(
                "{NAME} cannot be reached ({error}); start it or log in to a desktop session, and restart Wheelhouse"
            )));
        }
        keyring::Entry::new(SERVICE, account).map_err(|error| fault(&error))
    }
}

fn fault(error: &keyring::Error) -> KeyringFault {
    KeyringFault(match error {
        keyring::Error::NoStorageAccess(_) => format!("{NAME} is locked or refuses access ({error}); unlock it"),
        // These carry what is stored, or entries; their text must not.
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) | keyring::Error::Ambiguous(_) => {
            format!("{NAME} holds something unexpected for Wheelhouse; remove its entries named “{SERVICE}”")
        }
        _ => format!("{NAME} failed ({error})"),
    })
}

impl Keyring for OsKeyring {
    fn get(&self, account: &str) -> std::result::Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
        match Self::entry(account)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    fn set(&self, account: &str, secret: &[u8]) -> std::result::Result<(), KeyringFault> {
        Self::entry(account)?.set_secret(secret).map_err(|error| fault(&error))
    }

    fn delete(&self, account: &str) -> std::result::Result<(), KeyringFault> {
        match Self::entry(account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(fault(&error)),
        }
    }
}

/// How long a look that nobody asked for may take.
const GLANCE: Duration = Duration::from_secs(5);

/// Where the vault asks its keyring.
#[derive(Debug)]
pub(crate) struct Desk {
    keyring: Option<Arc<dyn Keyring>>,
    patience: Duration,
    turn: Arc<tokio::sync::Mutex<()>>,
    known: Arc<Mutex<Known>>,
}

/// What the last look found. Asking each time could put a prompt before the person each time.
#[derive(Debug, Default)]
struct Known {
    /// Whether a value could be kept, read and removed.
    works: Option<std::result::Result<(), KeyringFault>>,
    /// Whether it opens this lock.
    opens: Option<(header::Lock, bool)>,
}

impl Desk {
    pub(crate) fn new(keyring: Option<Arc<dyn Keyring>>, patience: Duration) -> Self {
        Self { keyring, patience, turn: Arc::default(), known: Arc::default() }
    }

    /// How the keyring stands. Asks it at the first call, and when the vault's keyring lock is another one.
    pub(crate) async fn standing(&self, clear: Option<&header::Clear>) -> KeyringState {
        if let Some(known) = self.known(clear) {
            return known;
        }
        let (shared, clear) = (self.known.clone(), clear.cloned());
        let asked = clear.clone();
        let looked = self.ask(GLANCE.min(self.patience), Duration::ZERO, move |keyring| {
            let works = probe(keyring);
            let opens = asked.and_then(|clear| {
                let opens = works.is_ok()
                    && fetch(keyring, clear.vault)
                        .is_ok_and(|opener| opener.is_some_and(|o| clear.open_with_keyring(&o).is_ok()));
                Some((clear.keyring?, opens))
            });
            // Noted here, so that an answer that comes too late for this look serves the next one.
            *lock(&shared) = Known { works: Some(works), opens };
        });
        match looked.await {
            Ok(()) => self.known(clear.as_ref()).unwrap_or(KeyringState::Working { opens_vault: false }),
            Err(error) => KeyringState::Unavailable { reason: error.to_string() },
        }
    }

    fn known(&self, clear: Option<&header::Clear>) -> Option<KeyringState> {
        let known = lock(&self.known);
        match known.works.as_ref()? {
            Err(fault) => Some(KeyringState::Unavailable { reason: fault.to_string() }),
            Ok(()) => {
                let opens_vault = match clear.and_then(|clear| clear.keyring.as_ref()) {
                    None => false,
                    Some(lock) => known.opens.as_ref().filter(|(known, _)| known == lock)?.1,
                };
                Some(KeyringState::Working { opens_vault })
            }
        }
    }

    /// The opener kept for this vault.
    ///
    /// # Errors
    /// [`VaultError::KeyringUnavailable`], or [`VaultError::NeedsPassphrase`] when the keyring works and has none.
    pub(crate) async fn opener(&self, vault: Uuid) -> Result<Key> {
        let shared = self.known.clone();
        let found = self.ask(self.patience, self.patience, move |keyring| {
            let found = fetch(keyring, vault);
            if let Ok(Some(opener)) = found {
                return Ok(Some(opener));
            }
            // A locked keyring says that nothing is there: only keeping something shows which it is.
            let works = found.map(drop).and_then(|()| probe(keyring));
            let result = works.clone().map(|()| None);
            *lock(&shared) = Known { works: Some(works), opens: None };
            result
        });
        found.await?.map_err(unavailable)?.ok_or_else(|| VaultError::NeedsPassphrase {
            reason: "the keyring works, but holds nothing for this vault any more".to_owned(),
        })
    }

    /// Keeps an opener for this vault, and reads it back.
    pub(crate) async fn keep(&self, vault: Uuid, opener: &Key) -> Result<()> {
        let shared = self.known.clone();
        let copy =
            Key::from_slice(opener.expose()).ok_or_else(|| VaultError::Internal("a key of another length".into()))?;
        let kept = self.ask(self.patience, self.patience, move |keyring| {
            let kept = probe(keyring).and_then(|()| {
                keyring.set(&account(vault), copy.expose())?;
                match fetch(keyring, vault)? {
                    Some(back) if back.expose() == copy.expose() => Ok(()),
                    _ => Err(KeyringFault(format!("{NAME} did not keep what it was given"))),
                }
            });
            *lock(&shared) = Known { works: Some(kept.clone()), opens: None };
            kept
        });
        kept.await?.map_err(unavailable)
    }

    /// Notes that the keyring has just opened this lock.
    pub(crate) fn opened(&self, lock_opened: header::Lock) {
        *lock(&self.known) = Known { works: Some(Ok(())), opens: Some((lock_opened, true)) };
    }

    /// Forgets what was found, so that the next look asks again.
    pub(crate) fn look_again(&self) {
        *lock(&self.known) = Known::default();
    }

    /// Removes this vault's opener.
    pub(crate) async fn remove(&self, vault: Uuid) -> Result<()> {
        self.ask(self.patience, self.patience, move |keyring| keyring.delete(&account(vault)))
            .await?
            .map_err(unavailable)
    }

    /// Runs `job` on a thread of its own, once it is its turn.
    async fn ask<T: Send + 'static>(
        &self,
        patience: Duration,
        turn_patience: Duration,
        job: impl FnOnce(&dyn Keyring) -> T + Send + 'static,
    ) -> Result<T> {
        let keyring = self.keyring.clone().ok_or_else(|| VaultError::KeyringUnavailable {
            reason: "the keyring is not used by this program".to_owned(),
        })?;
        let silent = |_| VaultError::KeyringUnavailable {
            reason: format!(
                "{NAME} has not answered within {} s; it may be asking for its own password in another window",
                patience.as_secs().max(1)
            ),
        };
        let turn = timeout(turn_patience, self.turn.clone().lock_owned()).await.map_err(silent)?;
        let (tell, told) = oneshot::channel();
        // Not Tokio's blocking pool: the runtime waits for that when it ends, and a prompt may stay open for ever.
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                let answer = job(keyring.as_ref());
                drop(turn);
                // Nobody waits any more: the answer came too late.
                tell.send(answer).ok();
            })
            .map_err(|e| VaultError::Internal(format!("no thread could be started: {e}")))?;
        timeout(patience, told)
            .await
            .map_err(silent)?
            .map_err(|_| VaultError::KeyringUnavailable { reason: format!("{NAME} ended without an answer") })
    }
}

fn account(vault: Uuid) -> String {
    format!("vault {vault}")
}

fn fetch(keyring: &dyn Keyring, vault: Uuid) -> std::result::Result<Option<Key>, KeyringFault> {
    // Something of another length is not ours: the same as nothing.
    Ok(keyring.get(&account(vault))?.and_then(|bytes| Key::from_slice(&bytes)))
}

/// Keeps, reads and removes a value: a keyring's own word about itself is not enough.
fn probe(keyring: &dyn Keyring) -> std::result::Result<(), KeyringFault> {
    let account = format!("probe {}", Uuid::now_v7());
    let mut value = [0; 16];
    cipher::random_into(&mut value).map_err(|e| KeyringFault(e.to_string()))?;
    keyring.set(&account, &value)?;
    let back = keyring.get(&account);
    keyring.delete(&account)?;
    match back? {
        Some(back) if back.as_slice() == value => Ok(()),
        _ => Err(KeyringFault(format!("{NAME} did not keep what it was given"))),
    }
}

fn unavailable(fault: KeyringFault) -> VaultError {
    VaultError::KeyringUnavailable { reason: fault.0 }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    // Each change is one assignment: there is no half-done state to protect from.
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
