//! One write to the vault: a transaction over the header and at most one entry, with its audit record.

use crate::cipher;
use crate::header::{self, Header};
use crate::manifest::Listed;
use crate::state::Open;
use crate::{Result, Shared, VaultError};
use std::time::{Duration, Instant};
use wheelhouse_protocol::{CredentialId, Timestamp};
use wheelhouse_store::vault::VaultWrite;
use wheelhouse_store::{StoreError, audit};

/// How long a write is begun anew because another program was faster: as long as the store waits for one.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause before it is, in milliseconds.
const LONGEST_PAUSE: u8 = 25;

/// What to write.
pub(crate) struct Change {
    /// Another clear part for the header.
    pub(crate) clear: Option<header::Clear>,
    /// An entry: its id, version and row.
    pub(crate) put: Option<(CredentialId, u64, Vec<u8>)>,
    /// An entry to remove.
    pub(crate) remove: Option<CredentialId>,
    /// Whether the header that is replaced must not open anything any more.
    pub(crate) retire_previous: bool,
    /// What the audit chain says of it. Never a secret.
    pub(crate) record: audit::Entry,
}

impl Change {
    /// Nothing yet, but a record.
    pub(crate) fn new(who: &str, what: &'static str, detail: serde_json::Value) -> Self {
        let record = audit::Entry { at: Timestamp::now(), who: who.to_owned(), what, detail };
        Self { clear: None, put: None, remove: None, retire_previous: false, record }
    }
}

impl Shared {
    /// Writes what `make` says, and anew on top of what another program wrote in the meantime.
    ///
    /// # Errors
    /// What `make` says; [`VaultError::Conflict`] when others were faster every time; the store's.
    pub(crate) async fn commit<T>(
        &self,
        open: &mut Open,
        mut make: impl FnMut(&Open) -> Result<(Change, T)>,
    ) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (change, output) = make(open)?;
            let snapshot = &open.snapshot;
            let mut manifest = snapshot.manifest.clone();
            manifest.counter = manifest.counter.saturating_add(1);
            let mut write = VaultWrite {
                expected_header: Some(snapshot.raw_header.clone()),
                retire_previous: change.retire_previous,
                ..VaultWrite::default()
            };
            if let Some((id, version, row)) = &change.put {
                manifest.entries.insert(*id, Listed { version: *version, digest: cipher::digest(row) });
                write.put.push((*id, row.clone()));
            }
            if let Some(id) = change.remove {
                manifest.entries.remove(&id);
                write.remove.push(id);
            }
            let clear = change.clear.unwrap_or_else(|| snapshot.header.clear.clone());
            let (raw, header) = Header::seal(clear, &manifest, &open.key)?;
            write.header = Some(raw.clone());
            match self.store.write_vault(&write, &change.record).await {
                Ok(()) => {
                    let snapshot = &mut open.snapshot;
                    (snapshot.raw_header, snapshot.header, snapshot.manifest) = (raw, header, manifest);
                    snapshot.rows.extend(change.put.map(|(id, _, row)| (id, row)));
                    if let Some(id) = change.remove {
                        snapshot.rows.remove(&id);
                    }
                    return Ok(output);
                }
                Err(StoreError::Conflict(_)) if Instant::now() < deadline => {
                    // Two that write without pause fall into step, and the same one is late each time.
                    let mut chance = [0];
                    cipher::random_into(&mut chance)?;
                    tokio::time::sleep(Duration::from_millis(u64::from(chance[0] % LONGEST_PAUSE))).await;
                    self.reload(open).await?;
                }
                Err(StoreError::Conflict(_)) => return Err(VaultError::Conflict),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
