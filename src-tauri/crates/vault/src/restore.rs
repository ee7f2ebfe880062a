//! Putting a damaged vault together again from the rows kept from before the last changes.
//!
//! Only who knows the passphrase can: nothing is chosen that the vault's key does not open. What
//! somebody who can write the file may reach is that the operator goes back one change, or has an entry
//! again that was removed; so each entry that goes back, and each that is lost, is named. Before
//! anything is changed every sealed row is copied, as it was found, to a file beside the database.

use crate::cipher::{self, Key};
use crate::entry::Row;
use crate::header::Header;
use crate::manifest::{Listed, Manifest};
use crate::snapshot::{self, Snapshot};
use crate::state::Open;
use crate::{Result, Shared, VaultError, passphrase};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use wheelhouse_protocol::{CredentialId, SecretInput, Timestamp};
use wheelhouse_store::audit;
use wheelhouse_store::vault::{SealedVault, VaultWrite};

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Names of entries that are as they were before their last change.
    pub(crate) older: Vec<String>,
    /// Entries of which nothing whole is left.
    pub(crate) lost: Vec<String>,
    /// The file with everything as it was found.
    pub(crate) copy: PathBuf,
}

/// The rows to keep, and what became of the entries.
#[derive(Debug)]
struct Plan {
    manifest: Manifest,
    rows: BTreeMap<CredentialId, Vec<u8>>,
    older: Vec<String>,
    lost: Vec<String>,
}

impl Plan {
    /// Takes for each entry the row the manifest lists, or the newest that opens.
    fn make(current: &SealedVault, previous: &SealedVault, base: &Header, is_current: bool, key: &Key) -> Option<Self> {
        let listed = base.manifest(key)?;
        let identity = base.clear.identity();
        let rows: [BTreeMap<_, _>; 2] =
            [current, previous].map(|sealed| sealed.entries.iter().map(|(id, row)| (*id, row)).collect());
        let mut ids: BTreeSet<CredentialId> = listed.entries.keys().copied().collect();
        if !is_current {
            // What the last change added is not in the list before it.
            ids.extend(rows[0].keys());
        }
        // The damaged header was one step ahead of the previous one, and this is one step ahead of that.
        let counter = listed.counter.saturating_add(if is_current { 1 } else { 2 });
        let mut plan = Self {
            manifest: Manifest { counter, ..Manifest::default() },
            rows: BTreeMap::new(),
            older: Vec::new(),
            lost: Vec::new(),
        };
        for id in ids {
            let expected = listed.entries.get(&id);
            let copies = || rows.iter().filter_map(|slot| slot.get(&id));
            let version = |row: &Vec<u8>| {
                let row = Row::parse(id, row)?;
                row.open(key, &identity).map(|_| row.clear.version)
            };
            let newest = copies().filter_map(|row| Some((version(row)?, row))).max_by_key(|(version, _)| *version);
            let exact = expected.and_then(|e| {
                let row = copies().find(|row| cipher::digest(row) == e.digest)?;
                Some((e.version, row))
            });
            // An intact list has the last word; an older one yields to a newer row that the key opens.
            let chosen = if is_current { exact.or(newest) } else { newest.or(exact) };
            let Some((version, row)) = chosen else {
                let row = copies().next();
                plan.lost.push(row.map_or_else(|| format!("the entry {id}"), |row| snapshot::name(id, row)));
                continue;
            };
            if expected
                .is_some_and(|e| version < e.version || (version == e.version && cipher::digest(row) != e.digest))
            {
                plan.older.push(snapshot::name(id, row));
            }
            plan.manifest.entries.insert(id, Listed { version, digest: cipher::digest(row) });
            plan.rows.insert(id, row.to_vec());
        }
        Some(plan)
    }
}

impl Shared {
    /// Restores the vault and gives it back open.
    pub(crate) async fn restore(&self, passphrase: &SecretInput, who: &str) -> Result<(Open, Outcome)> {
        let current = self.store.sealed_vault().await?;
        let previous = self.store.previous_sealed_vault().await?;
        if current == SealedVault::default() && previous == SealedVault::default() {
            return Err(VaultError::Missing);
        }
        let (base, is_current, key) = self.base_and_key(&current, &previous, passphrase).await?;
        if let (true, Some(raw)) = (is_current, &current.header)
            && Snapshot::check(raw.clone(), base.clone(), current.entries.clone(), &key).is_ok()
        {
            return Err(VaultError::Whole);
        }
        let plan = Plan::make(&current, &previous, &base, is_current, &key)
            .ok_or_else(|| VaultError::damaged("the list of entries opens in neither copy of the vault"))?;
        let copy = self.copy_of(&current, &previous).await?;
        let (raw, header) = Header::seal(base.clear, &plan.manifest, &key)?;
        let stored: BTreeMap<_, _> = current.entries.iter().map(|(id, row)| (*id, row)).collect();
        let kept: BTreeSet<_> = previous.entries.iter().map(|(id, _)| *id).collect();
        let write = VaultWrite {
            header: Some(raw.clone()),
            put: plan
                .rows
                .iter()
                .filter(|(id, row)| stored.get(*id) != Some(row))
                .map(|(id, row)| (*id, row.clone()))
                .collect(),
            remove: stored.keys().chain(&kept).copied().filter(|id| !plan.rows.contains_key(id)).collect(),
            expected_header: current.header.clone(),
            // The one it replaces opens nothing.
            retire_previous: true,
        };
        let record = audit::Entry {
            at: Timestamp::now(),
            who: who.to_owned(),
            what: "vault.restored",
            detail: json!({ "entries": plan.rows.len(), "older": plan.older, "lost": plan.lost, "copy": copy.display().to_string() }),
        };
        self.store.write_vault(&write, &record).await?;
        let snapshot = Snapshot { raw_header: raw, header, manifest: plan.manifest, rows: plan.rows };
        Ok((Open { key, snapshot }, Outcome { older: plan.older, lost: plan.lost, copy }))
    }

    /// The newest header that the passphrase opens whole, and the vault's key.
    async fn base_and_key(
        &self,
        current: &SealedVault,
        previous: &SealedVault,
        passphrase: &SecretInput,
    ) -> Result<(Header, bool, Key)> {
        let headers: Vec<(Header, bool)> = [(current, true), (previous, false)]
            .into_iter()
            .filter_map(|(sealed, is_current)| Some((Header::parse(sealed.header.as_deref()?).ok()?, is_current)))
            .collect();
        if headers.is_empty() {
            return Err(VaultError::damaged(
                "neither the vault's header nor the one kept from before the last change can be read",
            ));
        }
        passphrase::check_given(passphrase)?;
        let attempt = self.attempts.begin(&self.store).await?;
        let passphrase = passphrase.clone();
        let found = crate::blocking(move || {
            let mut wrong = None;
            for (header, is_current) in headers {
                match header.clear.open_with_passphrase(&passphrase) {
                    Ok(key) if header.manifest(&key).is_some() => return Ok((header, is_current, key)),
                    Ok(_) => {}
                    Err(error @ VaultError::WrongPassphrase { .. }) => wrong = Some(error),
                    Err(VaultError::Damaged { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Err(wrong.unwrap_or_else(|| {
                VaultError::damaged("neither the vault's header nor the one kept from before the last change opens")
            }))
        });
        match found.await {
            Ok(found) => {
                attempt.right().await?;
                Ok(found)
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

    /// Writes every sealed row, as it is, to a new file only its owner may read.
    async fn copy_of(&self, current: &SealedVault, previous: &SealedVault) -> Result<PathBuf> {
        let rows = |sealed: &SealedVault| {
            json!({
                "header": sealed.header.as_deref().map(base64),
                "entries": sealed.entries.iter().map(|(id, row)| (id.to_string(), base64(row))).collect::<BTreeMap<_, _>>(),
            })
        };
        let text = json!({ "current": rows(current), "previous": rows(previous) }).to_string();
        let folder = self.store.directory().join("backups");
        let path = folder.join(format!("vault-before-restore-{}.json", uuid::Uuid::now_v7()));
        let written = path.clone();
        crate::blocking(move || {
            write_private(&folder, &path, text.as_bytes())
                .map_err(|e| VaultError::Copy { path: path.display().to_string(), reason: e.to_string() })
        })
        .await?;
        Ok(written)
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn write_private(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
