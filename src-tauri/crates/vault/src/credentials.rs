//! The entries: listing, saving, removing, and opening one for a connection.

use crate::check::{Draft, MAX_ENTRIES};
use crate::entry::{self, Clear, Content, Row};
use crate::mask::mask;
use crate::open_credential::OpenCredential;
use crate::state::{Open, State};
use crate::vault::Vault;
use crate::write::Change;
use crate::{Result, VaultError};
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;
use wheelhouse_protocol::credential::{CredentialView, FieldView, SaveCredential};
use wheelhouse_protocol::{CredentialId, Event, Timestamp};
use wheelhouse_store::inventory::{credential_users, name_key};
use wheelhouse_store::vault::CredentialUse;

/// Longer names of what uses a credential are cut.
const MAX_USED_BY: usize = 300;

impl Vault {
    /// Every entry, by name. While the vault is locked they come without fields and notes, and what is
    /// shown of them is not proven to be what was stored: only the key can tell.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when an entry cannot be read.
    pub async fn list(&self) -> Result<Vec<CredentialView>> {
        let state = self.shared.current().await?;
        let mut shown: Vec<(Clear, Option<Content>)> = Vec::new();
        match &*state {
            State::Open(open) => {
                for id in open.snapshot.rows.keys() {
                    let (clear, content) = opened(open, *id)?;
                    shown.push((clear, Some(content)));
                }
            }
            State::Closed(closed) => {
                for (id, row) in &closed.rows {
                    let row = Row::parse(*id, row)
                        .ok_or_else(|| VaultError::damaged(format!("the entry {id} cannot be read")))?;
                    shown.push((row.clear, None));
                }
            }
        }
        drop(state);
        let related = self.related().await?;
        let mut views: Vec<_> =
            shown.into_iter().map(|(clear, content)| related.view(clear, content.as_ref())).collect();
        views.sort_by_cached_key(|view| name_key(&view.name));
        Ok(views)
    }

    /// Stores a new entry, or changes the one with that id. A field without a value keeps the one it has;
    /// fields that are not named are removed. Fields whose name says that they are secret (`password`,
    /// `private_key`, `passphrase`, …) are kept as secrets, whatever the request says.
    ///
    /// # Errors
    /// [`VaultError::Invalid`], [`VaultError::NameTaken`], [`VaultError::Full`], [`VaultError::NotFound`],
    /// [`VaultError::EntryConflict`] when another program changed the same entry in the meantime.
    pub async fn save(&self, save: SaveCredential, who: &str) -> Result<CredentialView> {
        let draft = Draft::check(&save)?;
        let id = save.id.unwrap_or_else(|| CredentialId(Uuid::now_v7()));
        let is_new = save.id.is_none();
        let mut first_seen = None;
        let change = |open: &Open| {
            let old = if is_new { None } else { Some(opened(open, id)?) };
            let version = old.as_ref().map_or(0, |(clear, _)| clear.version);
            if *first_seen.get_or_insert(version) != version {
                return Err(VaultError::EntryConflict { name: draft.name.clone() });
            }
            check_place(open, id, &draft.name, is_new)?;
            let now = Timestamp::now();
            let (content, rotated) = draft.merge(old.as_ref())?;
            let clear = Clear {
                id,
                version: version + 1,
                name: draft.name.clone(),
                service: draft.service.clone(),
                kind: draft.kind,
                tags: draft.tags.clone(),
                created_at: old.as_ref().map_or(now, |(clear, _)| clear.created_at),
                rotated_at: old.as_ref().filter(|_| !rotated).map_or(now, |(clear, _)| clear.rotated_at),
                rotate_after_days: draft.rotate_after_days,
            };
            let row = entry::seal(&open.key, &open.snapshot.header.clear.identity(), &clear, &content)?;
            let what = if is_new { "credential.created" } else { "credential.changed" };
            let detail = json!({
                "credential": id, "name": clear.name, "kind": clear.kind, "version": clear.version, "rotated": rotated,
            });
            let mut change = Change::new(who, what, detail);
            change.put = Some((id, clear.version, row));
            Ok((change, (clear, content)))
        };
        let mut opened = self.shared.opened().await?;
        let (clear, content) = self.shared.commit(opened.get()?, change).await?;
        drop(opened);
        self.shared.publisher.tell(Event::VaultChanged);
        Ok(self.related().await?.view(clear, Some(&content)))
    }

    /// Removes an entry for good.
    ///
    /// # Errors
    /// [`VaultError::NotFound`].
    pub async fn delete(&self, id: CredentialId, who: &str) -> Result<()> {
        let mut opened_vault = self.shared.opened().await?;
        let change = |open: &Open| {
            let (clear, _) = opened(open, id)?;
            let detail = json!({ "credential": id, "name": clear.name, "kind": clear.kind, "version": clear.version });
            let mut change = Change::new(who, "credential.deleted", detail);
            change.remove = Some(id);
            Ok((change, ()))
        };
        self.shared.commit(opened_vault.get()?, change).await?;
        drop(opened_vault);
        self.shared.publisher.tell(Event::VaultChanged);
        Ok(())
    }

    /// Opens one entry for a connection, and notes that `used_by` (a job's sentence, a connection's name)
    /// used it. This is the only way a secret leaves the vault.
    ///
    /// That the note cannot be written, because the disk is full, does not keep the credential back: it may
    /// be what is needed to free the disk.
    ///
    /// # Errors
    /// [`VaultError::Locked`], [`VaultError::Missing`], [`VaultError::NotFound`].
    pub async fn open_credential(&self, id: CredentialId, used_by: &str) -> Result<OpenCredential> {
        let mut opened_vault = self.shared.opened().await?;
        let (clear, content) = opened(opened_vault.get()?, id)?;
        drop(opened_vault);
        let by: String = used_by.chars().take(MAX_USED_BY).collect();
        if self.shared.uses.is_news(id, &by)
            && let Err(error) = self.shared.store.note_credential_use(id, Timestamp::now(), &by).await
        {
            tracing::warn!(%error, credential = %id, "that a credential was used could not be noted");
        }
        Ok(OpenCredential::new(clear, content))
    }

    async fn related(&self) -> Result<Related> {
        let store = &self.shared.store;
        let uses = store.credential_uses().await?.into_iter().collect();
        Ok(Related { uses, users: credential_users(&store.targets().await?) })
    }
}

/// What the store knows of entries beside the vault.
struct Related {
    uses: HashMap<CredentialId, CredentialUse>,
    users: HashMap<CredentialId, u32>,
}

impl Related {
    fn view(&self, clear: Clear, content: Option<&Content>) -> CredentialView {
        let used = self.uses.get(&clear.id);
        let field = |field: &entry::Field| {
            let value = field.value.expose_secret();
            FieldView {
                name: field.name.clone(),
                secret: field.secret,
                shown: if field.secret { mask(clear.kind, &field.name, value) } else { value.to_owned() },
            }
        };
        CredentialView {
            fields: content.map(|content| content.fields.iter().map(field).collect()).unwrap_or_default(),
            notes: content.map(|content| content.notes.expose_secret().to_owned()).unwrap_or_default(),
            last_used_at: used.map(|used| used.at),
            last_used_by: used.map(|used| used.by.clone()).unwrap_or_default(),
            used_by_targets: self.users.get(&clear.id).copied().unwrap_or(0),
            id: clear.id,
            name: clear.name,
            service: clear.service,
            kind: clear.kind,
            tags: clear.tags,
            version: clear.version,
            created_at: clear.created_at,
            rotated_at: clear.rotated_at,
            rotate_after_days: clear.rotate_after_days,
        }
    }
}

fn opened(open: &Open, id: CredentialId) -> Result<(Clear, Content)> {
    open.snapshot.open(id, &open.key).map_err(VaultError::damaged)?.ok_or(VaultError::NotFound(id))
}

/// Whether there is room for the entry, and its name is free.
fn check_place(open: &Open, id: CredentialId, name: &str, is_new: bool) -> Result<()> {
    let rows = &open.snapshot.rows;
    if is_new && rows.len() >= MAX_ENTRIES {
        return Err(VaultError::Full { limit: MAX_ENTRIES });
    }
    let key = name_key(name);
    // The rows are those the manifest lists, so what is clear in them is proven.
    let others = rows.iter().filter(|(other, _)| **other != id).filter_map(|(other, row)| Row::parse(*other, row));
    match others.map(|row| row.clear.name).find(|other| name_key(other) == key) {
        Some(name) => Err(VaultError::NameTaken { name }),
        None => Ok(()),
    }
}

/// What used which credential last, so that a job on five hundred targets that log in with one credential
/// is noted once, not five hundred times.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<CredentialId, (String, Instant)>>);

impl Uses {
    /// How exact the time of the last use is.
    const GRAIN: Duration = Duration::from_secs(5);

    /// Whether this use must be noted. There is one remembered for each entry, so its size is bounded.
    fn is_news(&self, id: CredentialId, by: &str) -> bool {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.get(&id).is_some_and(|(last_by, at)| last_by == by && at.elapsed() < Self::GRAIN) {
            return false;
        }
        uses.insert(id, (by.to_owned(), Instant::now()));
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use crate::KdfCost;
    use crate::cipher::Key;
    use crate::header::{self, Header};
    use crate::manifest::Manifest;
    use crate::snapshot::Snapshot;

    #[test]
    fn a_full_vault_takes_changes_and_no_more_entries() {
        let key = Key::random().unwrap();
        let clear = header::Clear::new(&key, &"any".into(), KdfCost::FLOOR, Timestamp::UNIX_EPOCH).unwrap();
        let (raw_header, header) = Header::seal(clear, &Manifest::default(), &key).unwrap();
        let rows = (0..MAX_ENTRIES as u128).map(|n| (CredentialId(Uuid::from_u128(n)), Vec::new())).collect();
        let mut open = Open { key, snapshot: Snapshot { raw_header, header, manifest: Manifest::default(), rows } };
        let new = CredentialId(Uuid::from_u128(u128::MAX));
        let full = check_place(&open, new, "one more", true);
        assert!(matches!(full, Err(VaultError::Full { limit: MAX_ENTRIES })), "{full:?}");
        check_place(&open, CredentialId(Uuid::from_u128(0)), "a change", false).unwrap();
        open.snapshot.rows.remove(&CredentialId(Uuid::from_u128(0)));
        check_place(&open, new, "the last one", true).unwrap();
    }

    #[test]
    fn one_job_on_many_targets_is_one_use() {
        let uses = Uses::default();
        let (one, two) = (CredentialId(Uuid::from_u128(1)), CredentialId(Uuid::from_u128(2)));
        let noted = (0..500).filter(|_| uses.is_news(one, "job a")).count();
        assert_eq!(noted, 1);
        assert!(uses.is_news(two, "job a"), "another credential");
        assert!(uses.is_news(one, "job b"), "another job");
        assert!(uses.is_news(one, "job a"), "and the first again: it is the last use that counts");
    }
}
