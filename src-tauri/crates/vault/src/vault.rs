//! Opening, closing and locking the vault.

use crate::attempts::Attempts;
use crate::cipher::Key;
use crate::credentials::Uses;
use crate::header::{Clear, Header};
use crate::idle::Idle;
use crate::keyring::{Desk, Keyring, OsKeyring};
use crate::manifest::Manifest;
use crate::snapshot::Snapshot;
use crate::state::{Open, State};
use crate::write::Change;
use crate::{KdfCost, Result, Shared, VaultError, blocking, passphrase};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use wheelhouse_protocol::credential::{RestoredVault, VaultState, VaultView};
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::{Event, SecretInput, Timestamp};
use wheelhouse_store::vault::VaultWrite;
use wheelhouse_store::{Store, StoreError, audit};

/// How a vault works. The default is what the program uses.
#[derive(Debug, Clone)]
pub struct VaultOptions {
    /// What a guess at a passphrase set from now on costs. A vault that exists keeps its own until its
    /// passphrase is changed.
    pub cost: KdfCost,
    /// The keyring; `None` to use none.
    pub keyring: Option<Arc<dyn Keyring>>,
    /// How long to wait for the keyring: a person may have to type its password.
    pub keyring_patience: Duration,
    /// How long an open vault may be idle before it locks itself; zero is for ever. See [`Vault::set_auto_lock`].
    pub auto_lock: Duration,
    /// Where to tell that the vault was opened, closed or changed.
    pub publisher: Publisher,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self {
            cost: KdfCost::default(),
            keyring: Some(Arc::new(OsKeyring)),
            keyring_patience: Duration::from_secs(60),
            auto_lock: Duration::from_secs(30 * 60),
            publisher: Publisher::nobody(),
        }
    }
}

/// The vault of one data directory. Several programs may use it at the same time: each opens it for
/// itself, and sees what the others write.
pub struct Vault {
    pub(crate) shared: Arc<Shared>,
    watch: JoinHandle<()>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Vault {
    /// The vault in `store`, locked, if there is one. Asks nobody anything.
    ///
    /// # Errors
    /// [`VaultError::Cost`] when the options ask for a cost no vault would accept.
    pub async fn open(store: Arc<Store>, options: VaultOptions) -> Result<Self> {
        let shared = Arc::new(Shared {
            store,
            cost: options.cost.check()?,
            publisher: options.publisher,
            desk: Desk::new(options.keyring, options.keyring_patience),
            attempts: Attempts::default(),
            idle: Arc::new(Idle::new(options.auto_lock)),
            state: Mutex::new(State::closed()),
            uses: Uses::default(),
        });
        // The watch must not keep the key alive when the vault is dropped.
        let (idle, weak) = (shared.idle.clone(), Arc::downgrade(&shared));
        let watch = tokio::spawn(async move {
            loop {
                idle.over().await;
                let Some(shared) = weak.upgrade() else { return };
                let mut state = shared.state.lock().await;
                if idle.is_over() {
                    shared.close(&mut state);
                }
            }
        });
        Ok(Self { shared, watch })
    }

    /// The vault in one look. Damage does not keep it from being shown: unlocking says what is wrong.
    ///
    /// The first look also asks the keyring, by keeping, reading and removing a value, which may make a locked
    /// keyring ask the person for its password. It waits for that a few seconds at most; later looks show what
    /// was found.
    pub async fn view(&self) -> Result<VaultView> {
        let shared = &self.shared;
        let (state, entries, clear) = match shared.current().await {
            Ok(state) => match &*state {
                State::Open(open) => {
                    let snapshot = &open.snapshot;
                    (VaultState::Unlocked, snapshot.rows.len(), Some(snapshot.header.clear.clone()))
                }
                State::Closed(closed) if closed.is_missing() => (VaultState::Missing, 0, None),
                State::Closed(closed) => {
                    let header = closed.raw_header.as_deref().map(Header::parse);
                    (VaultState::Locked, closed.rows.len(), header.and_then(Result::ok).map(|header| header.clear))
                }
            },
            Err(VaultError::Store(error)) => return Err(error.into()),
            Err(_) => (VaultState::Locked, 0, None),
        };
        let limit = shared.idle.limit();
        Ok(VaultView {
            state,
            keyring: shared.desk.standing(clear.as_ref()).await,
            entries: u32::try_from(entries).unwrap_or(u32::MAX),
            auto_lock_minutes: u32::try_from(limit.as_secs().div_ceil(60)).unwrap_or(u32::MAX),
            wait_seconds: shared.attempts.wait_seconds(&shared.store).await?,
        })
    }

    /// Creates the vault and leaves it open. With `use_keyring`, the OS keyring opens it from now on too.
    ///
    /// # Errors
    /// [`VaultError::Exists`]; [`VaultError::WeakPassphrase`]; [`VaultError::KeyringUnavailable`] (then
    /// nothing was created); [`VaultError::Damaged`] when parts of a vault are there without its header.
    pub async fn create(&self, passphrase: &SecretInput, use_keyring: bool, who: &str) -> Result<VaultView> {
        let shared = &self.shared;
        let sealed = shared.store.sealed_vault().await?;
        match shared.header_of(&sealed).await {
            Err(VaultError::Missing) => {}
            Ok(_) | Err(VaultError::Newer { .. } | VaultError::Cost { .. }) => {
                return Err(VaultError::Exists { entries: sealed.entries.len() });
            }
            Err(other) => return Err(other),
        }
        let (passphrase, cost) = (passphrase.clone(), shared.cost);
        let (key, mut clear) = blocking(move || {
            passphrase::check(&passphrase)?;
            let key = Key::random()?;
            let clear = Clear::new(&key, &passphrase, cost, Timestamp::now())?;
            Ok((key, clear))
        })
        .await?;
        if use_keyring {
            let opener = Key::random()?;
            shared.desk.keep(clear.vault, &opener).await?;
            clear = clear.with_keyring(&key, Some(&opener))?;
        }
        let (vault, lock) = (clear.vault, clear.keyring.clone());
        let manifest = Manifest { counter: 1, ..Manifest::default() };
        let (raw, header) = Header::seal(clear, &manifest, &key)?;
        let write = VaultWrite { header: Some(raw.clone()), ..VaultWrite::default() };
        let detail = json!({ "vault": vault.to_string(), "keyring": use_keyring });
        let record = audit::Entry { at: Timestamp::now(), who: who.to_owned(), what: "vault.created", detail };
        if let Err(error) = shared.store.write_vault(&write, &record).await {
            self.remove_opener(lock.is_some(), vault).await;
            return Err(match error {
                StoreError::Conflict(_) => VaultError::Exists { entries: 0 },
                other => other.into(),
            });
        }
        if let Some(lock) = lock {
            shared.desk.opened(lock);
        }
        let snapshot = Snapshot { raw_header: raw, header, manifest, rows: BTreeMap::new() };
        shared.enter(Open { key, snapshot }).await;
        self.view().await
    }

    /// Opens the vault by its passphrase. Wrong ones must be waited for, see [`VaultView::wait_seconds`].
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], [`VaultError::TooSoon`], [`VaultError::Missing`], or, whatever the
    /// passphrase, [`VaultError::Damaged`], [`VaultError::Cost`], [`VaultError::Newer`].
    pub async fn unlock(&self, passphrase: &SecretInput) -> Result<VaultView> {
        let open = self.shared.try_passphrase(passphrase).await?;
        self.shared.enter(open).await;
        self.view().await
    }

    /// Opens the vault by the OS keyring, which may ask the person for its own password.
    ///
    /// # Errors
    /// [`VaultError::NeedsPassphrase`] when the keyring works and does not open it: nothing is ever put
    /// in place of what is gone. [`VaultError::KeyringUnavailable`] with the reason; and as [`Vault::unlock`].
    pub async fn unlock_with_keyring(&self) -> Result<VaultView> {
        let shared = &self.shared;
        let sealed = shared.store.sealed_vault().await?;
        let (raw, header) = shared.header_of(&sealed).await?;
        let Some(lock) = header.clear.keyring.clone() else {
            return Err(VaultError::NeedsPassphrase {
                reason: "this vault is not set to be opened by the keyring".to_owned(),
            });
        };
        let opener = shared.desk.opener(header.clear.vault).await?;
        let key = header.clear.open_with_keyring(&opener).inspect_err(|_| shared.desk.look_again())?;
        let open = shared.checked(raw, header, sealed, key).await?;
        shared.desk.opened(lock);
        shared.enter(open).await;
        self.view().await
    }

    /// Locks the vault. When this returns, it has nothing of its key or secrets in memory any more; an
    /// [`crate::OpenCredential`] that was handed out is its holder's.
    pub async fn lock(&self) -> Result<VaultView> {
        let mut state = self.shared.state.lock().await;
        self.shared.close(&mut state);
        drop(state);
        self.view().await
    }

    /// Puts the vault's key under another passphrase, at the cost of the options. The entries stay as they
    /// are, byte for byte, and the vault stays open or locked as it was. The old passphrase opens no row that is
    /// left in the database, the kept ones included. It still opens a copy somebody made before, and what
    /// SQLite has not overwritten yet of the file's unused parts: where it became known, change the
    /// credentials too.
    ///
    /// # Errors
    /// As [`Vault::unlock`], for the current one; [`VaultError::WeakPassphrase`] for the new one.
    pub async fn change_passphrase(&self, current: &SecretInput, new: &SecretInput, who: &str) -> Result<VaultView> {
        let shared = &self.shared;
        if current == new {
            return Err(VaultError::invalid("new", "the new passphrase is the present one"));
        }
        let checked = new.clone();
        blocking(move || passphrase::check(&checked)).await?;
        let open = shared.try_passphrase(current).await?;
        let (new, cost) = (new.clone(), shared.cost);
        let (mut open, lock) = blocking(move || {
            let lock = open.snapshot.header.clear.lock_for(&open.key, &new, cost)?;
            Ok((open, lock))
        })
        .await?;
        let proven = open.snapshot.header.clear.passphrase.clone();
        let change = |open: &Open| {
            let clear = &open.snapshot.header.clear;
            // Another program changed it while this one was at work: `current` is not the present one any more.
            if clear.passphrase != proven {
                return Err(VaultError::Conflict);
            }
            let mut change = Change::new(who, "vault.passphrase-changed", json!({ "vault": clear.vault.to_string() }));
            change.clear = Some(clear.with_passphrase(lock.clone()));
            change.retire_previous = true;
            Ok((change, ()))
        };
        shared.commit(&mut open, change).await?;
        shared.publisher.tell(Event::VaultChanged);
        self.view().await
    }

    /// Lets the OS keyring open the vault, or no longer. The vault must be open.
    ///
    /// # Errors
    /// [`VaultError::Locked`]; [`VaultError::KeyringUnavailable`] (then nothing was changed).
    pub async fn set_keyring_unlock(&self, enabled: bool, who: &str) -> Result<VaultView> {
        let shared = &self.shared;
        let clear = shared.opened().await?.get()?.snapshot.header.clear.clone();
        let vault = clear.vault;
        let opener = if enabled { Some(Key::random()?) } else { None };
        if let Some(opener) = &opener {
            shared.desk.keep(vault, opener).await?;
        }
        let what = if enabled { "vault.keyring-on" } else { "vault.keyring-off" };
        let written = async {
            let mut opened = shared.opened().await?;
            let open = opened.get()?;
            let change = |open: &Open| {
                let clear = &open.snapshot.header.clear;
                if clear.vault != vault {
                    return Err(VaultError::Replaced);
                }
                let mut change = Change::new(who, what, json!({ "vault": vault.to_string() }));
                change.clear = Some(clear.with_keyring(&open.key, opener.as_ref())?);
                change.retire_previous = !enabled;
                Ok((change, ()))
            };
            shared.commit(open, change).await?;
            Ok(open.snapshot.header.clear.keyring.clone())
        };
        match written.await {
            Ok(Some(lock)) => shared.desk.opened(lock),
            Ok(None) => self.remove_opener(clear.keyring.is_some(), vault).await,
            Err(error) => {
                shared.desk.look_again();
                return Err(error);
            }
        }
        shared.publisher.tell(Event::VaultChanged);
        self.view().await
    }

    /// Sets after how many minutes without use an open vault locks itself; 0 = never. Looking at the
    /// vault or its list is no use; opening, saving or removing a credential is.
    pub fn set_auto_lock(&self, minutes: u32) {
        self.shared.idle.set_limit(Duration::from_secs(u64::from(minutes) * 60));
    }

    /// Puts a damaged vault together again from the rows kept from before the last changes, and leaves it
    /// open. Entries that are whole stay as they are. Everything is copied to a file before it is changed.
    ///
    /// # Errors
    /// [`VaultError::Whole`] when nothing is damaged; [`VaultError::Damaged`] when no copy opens;
    /// and as [`Vault::unlock`].
    pub async fn restore_previous(&self, passphrase: &SecretInput, who: &str) -> Result<RestoredVault> {
        let (open, outcome) = self.shared.restore(passphrase, who).await?;
        self.shared.enter(open).await;
        let copy = outcome.copy.display().to_string();
        Ok(RestoredVault { vault: self.view().await?, older: outcome.older, lost: outcome.lost, copy })
    }

    /// Removes an opener that opens nothing any more: not worth a failure.
    async fn remove_opener(&self, there_is_one: bool, vault: uuid::Uuid) {
        if there_is_one && let Err(error) = self.shared.desk.remove(vault).await {
            tracing::warn!(%error, "the keyring keeps an entry of the vault that opens nothing any more");
        }
    }
}

impl Shared {
    /// Tries a passphrase on the vault as it is stored now.
    async fn try_passphrase(&self, passphrase: &SecretInput) -> Result<Open> {
        passphrase::check_given(passphrase)?;
        let sealed = self.store.sealed_vault().await?;
        // Before the try is counted: whatever is typed, a damaged header opens to none.
        let (raw, header) = self.header_of(&sealed).await?;
        let attempt = self.attempts.begin(&self.store).await?;
        let (clear, passphrase) = (header.clear.clone(), passphrase.clone());
        match blocking(move || clear.open_with_passphrase(&passphrase)).await {
            Ok(key) => {
                attempt.right().await?;
                self.checked(raw, header, sealed, key).await
            }
            Err(VaultError::WrongPassphrase { .. }) => {
                Err(VaultError::WrongPassphrase { wait_seconds: attempt.wrong() })
            }
            Err(other) => {
                attempt.void().await?;
                Err(other)
            }
        }
    }
}
