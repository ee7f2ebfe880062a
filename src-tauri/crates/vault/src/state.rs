//! What of the vault is in memory, kept in step with the store.

use crate::cipher::Key;
use crate::header::Header;
use crate::snapshot::{self, Snapshot};
use crate::{Result, Shared, VaultError};
use std::fmt;
use tokio::sync::MutexGuard;
use wheelhouse_protocol::{CredentialId, Event};
use wheelhouse_store::vault::SealedVault;

/// What of the vault is in memory.
#[derive(Debug)]
pub(crate) enum State {
    /// Sealed rows at most.
    Closed(Closed),
    /// The key.
    Open(Box<Open>),
}

/// The rows as they are stored.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    /// Whether the rest has been read yet.
    looked: bool,
    pub(crate) raw_header: Option<Vec<u8>>,
    pub(crate) rows: Vec<(CredentialId, Vec<u8>)>,
    /// Whether anything is kept of a vault whose current rows are all gone.
    kept: bool,
}

impl Closed {
    /// Whether there is no trace of a vault.
    pub(crate) fn is_missing(&self) -> bool {
        self.raw_header.is_none() && self.rows.is_empty() && !self.kept
    }
}

/// An open vault.
pub(crate) struct Open {
    pub(crate) key: Key,
    pub(crate) snapshot: Snapshot,
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Open")
    }
}

impl State {
    pub(crate) fn closed() -> Self {
        Self::Closed(Closed::default())
    }
}

/// An open vault, held for as long as an operation takes. Locking waits for it, so that when the vault
/// says it is locked nothing of the key is left.
pub(crate) struct Opened<'a>(MutexGuard<'a, State>);

impl Opened<'_> {
    /// The open vault.
    pub(crate) fn get(&mut self) -> Result<&mut Open> {
        match &mut *self.0 {
            State::Open(open) => Ok(open),
            State::Closed(_) => Err(VaultError::Locked),
        }
    }
}

impl Shared {
    /// The vault as it is stored now, and open; counts as a use.
    pub(crate) async fn opened(&self) -> Result<Opened<'_>> {
        let mut state = self.current().await?;
        match &mut *state {
            State::Closed(closed) if closed.is_missing() => Err(VaultError::Missing),
            State::Closed(_) => Err(VaultError::Locked),
            State::Open(_) => {
                self.idle.touch();
                Ok(Opened(state))
            }
        }
    }

    /// The state, brought in step with the store. Does not count as a use.
    ///
    /// # Errors
    /// When an open vault is not what it was; it has been locked then.
    pub(crate) async fn current(&self) -> Result<MutexGuard<'_, State>> {
        let mut state = self.state.lock().await;
        // Time also passes while the computer sleeps and no task runs.
        if self.idle.is_over() {
            self.close(&mut state);
        }
        let raw_header = self.store.vault_header().await?;
        match &mut *state {
            State::Open(open) if raw_header.as_ref() == Some(&open.snapshot.raw_header) => {}
            State::Open(open) => {
                if let Err(error) = self.reload(open).await {
                    if !matches!(error, VaultError::Store(_)) {
                        tracing::error!(%error, "the stored vault is not the one that was open: it has been locked");
                        self.close(&mut state);
                    }
                    return Err(error);
                }
                self.publisher.tell(Event::VaultChanged);
            }
            State::Closed(closed) if closed.looked && closed.raw_header == raw_header => {}
            State::Closed(closed) => *closed = self.look().await?,
        }
        Ok(state)
    }

    async fn look(&self) -> Result<Closed> {
        let sealed = self.store.sealed_vault().await?;
        let nothing = sealed.header.is_none() && sealed.entries.is_empty();
        let kept = nothing && self.store.previous_sealed_vault().await? != SealedVault::default();
        Ok(Closed { looked: true, raw_header: sealed.header, rows: sealed.entries, kept })
    }

    /// Locks, if it is open.
    pub(crate) fn close(&self, state: &mut State) {
        if matches!(state, State::Open(_)) {
            *state = State::closed();
            self.idle.rest();
            self.publisher.tell(Event::VaultChanged);
        }
    }

    /// Puts an opened vault in place.
    pub(crate) async fn enter(&self, open: Open) {
        let mut state = self.state.lock().await;
        *state = State::Open(Box::new(open));
        self.idle.touch();
        drop(state);
        self.publisher.tell(Event::VaultChanged);
    }

    /// Reads again what another program wrote.
    pub(crate) async fn reload(&self, open: &mut Open) -> Result<()> {
        let sealed = self.store.sealed_vault().await?;
        let (raw, header) = self.header_of(&sealed).await?;
        if raw == open.snapshot.raw_header {
            return Ok(());
        }
        let Some(manifest) = header.manifest(&open.key) else { return Err(VaultError::Replaced) };
        // Every write counts up, so an older or another history of this vault shows.
        if manifest.counter <= open.snapshot.manifest.counter {
            return Err(VaultError::RolledBack);
        }
        match Snapshot::check(raw, header, sealed.entries, &open.key) {
            Ok(snapshot) => {
                open.snapshot = snapshot;
                Ok(())
            }
            Err(flaws) => Err(VaultError::Damaged { what: snapshot::sentence(&flaws), restorable: true }),
        }
    }

    /// The header of stored rows.
    ///
    /// # Errors
    /// [`VaultError::Missing`] when there is no trace of a vault, and what [`Header::parse`] says.
    pub(crate) async fn header_of(&self, sealed: &SealedVault) -> Result<(Vec<u8>, Header)> {
        let flaw = match &sealed.header {
            Some(raw) => match Header::parse(raw) {
                Ok(header) => return Ok((raw.clone(), header)),
                Err(VaultError::Damaged { what, .. }) => what,
                Err(other) => return Err(other),
            },
            None => "the vault's header is gone".to_owned(),
        };
        let previous = self.store.previous_sealed_vault().await?;
        if sealed.header.is_none() && sealed.entries.is_empty() && previous == SealedVault::default() {
            return Err(VaultError::Missing);
        }
        let restorable = previous.header.is_some_and(|raw| Header::parse(&raw).is_ok());
        Err(VaultError::Damaged { what: flaw, restorable })
    }

    /// Checks the rows under the key.
    pub(crate) async fn checked(&self, raw: Vec<u8>, header: Header, sealed: SealedVault, key: Key) -> Result<Open> {
        let previous = self.store.previous_sealed_vault().await?.header;
        crate::blocking(move || match Snapshot::check(raw, header, sealed.entries, &key) {
            Ok(snapshot) => Ok(Open { key, snapshot }),
            Err(flaws) => {
                let lists = |raw: &Vec<u8>| Header::parse(raw).is_ok_and(|header| header.manifest(&key).is_some());
                let restorable = sealed.header.iter().chain(&previous).any(lists);
                Err(VaultError::Damaged { what: snapshot::sentence(&flaws), restorable })
            }
        })
        .await
    }
}
