//! The vault's sealed bytes. This room cannot open them.
//!
//! Every write is one transaction over the header and the entries it touches, and the rows it
//! replaces are kept as `previous`, so that a damaged current row can be put back.

use crate::row::Columns;
use crate::{Result, Store, audit};
use sqlx::Row;
use wheelhouse_protocol::{CredentialId, Timestamp};

/// Everything the vault keeps, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealedVault {
    /// The header; `None` when there is no vault.
    pub header: Option<Vec<u8>>,
    /// The entries by id.
    pub entries: Vec<(CredentialId, Vec<u8>)>,
}

/// One write to the vault.
#[derive(Debug, Clone, Default)]
pub struct VaultWrite {
    /// The header that takes the place of the current one.
    pub header: Option<Vec<u8>>,
    /// Entries to store.
    pub put: Vec<(CredentialId, Vec<u8>)>,
    /// Entries to remove, with their previous copy.
    pub remove: Vec<CredentialId>,
    /// The header that must be the current one for this to be done (`None`: there must be none).
    pub expected_header: Option<Vec<u8>>,
    /// Whether the new header takes the place of the kept one too, because the one it replaces must
    /// not open anything any more: it answers to an old passphrase.
    pub retire_previous: bool,
}

/// When and by what a credential was last used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialUse {
    /// When.
    pub at: Timestamp,
    /// By what: a job's sentence, a connection.
    pub by: String,
}

impl Store {
    /// The current header alone: enough to see whether anything changed.
    pub async fn vault_header(&self) -> Result<Option<Vec<u8>>> {
        let row = self.row(sqlx::query("SELECT body FROM vault_header WHERE slot = 'current'")).await?;
        row.map(|row| row.try_get("body"))
            .transpose()
            .map_err(|e| crate::StoreError::Unreadable { what: "vault", reason: e.to_string() })
    }

    /// The sealed vault as it is, read in one moment.
    pub async fn sealed_vault(&self) -> Result<SealedVault> {
        self.sealed_slot("current").await
    }

    /// The rows the last writes replaced.
    pub async fn previous_sealed_vault(&self) -> Result<SealedVault> {
        self.sealed_slot("previous").await
    }

    async fn sealed_slot(&self, slot: &'static str) -> Result<SealedVault> {
        // One statement sees one state of the database; two could straddle another program's write.
        let query = sqlx::query(
            "SELECT NULL AS id, body FROM vault_header WHERE slot = $1
             UNION ALL SELECT id, body FROM vault_entries WHERE slot = $1",
        )
        .bind(slot);
        let mut sealed = SealedVault::default();
        for row in self.rows(query).await? {
            let body: Vec<u8> = row
                .try_get("body")
                .map_err(|e| crate::StoreError::Unreadable { what: "vault", reason: e.to_string() })?;
            match row.maybe_id("id")? {
                None => sealed.header = Some(body),
                Some(id) => sealed.entries.push((id, body)),
            }
        }
        Ok(sealed)
    }

    /// Does one write, with its audit record, or nothing.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] when another program wrote the vault since it was read.
    pub async fn write_vault(&self, write: &VaultWrite, record: &audit::Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        let current: Option<Vec<u8>> =
            match tx.row(sqlx::query("SELECT body FROM vault_header WHERE slot = 'current'")).await? {
                Some(row) => row.try_get("body").ok(),
                None => None,
            };
        if current != write.expected_header {
            return Err(crate::StoreError::Conflict(
                "another Wheelhouse changed the vault just now; look at it again and repeat what you did".to_owned(),
            ));
        }
        if let Some(header) = &write.header {
            tx.run(sqlx::query(
                "INSERT INTO vault_header (slot, body) SELECT 'previous', body FROM vault_header WHERE slot = 'current'
                 ON CONFLICT (slot) DO UPDATE SET body = excluded.body",
            ))
            .await?;
            tx.run(
                sqlx::query(
                    "INSERT INTO vault_header (slot, body) VALUES ('current', $1)
                     ON CONFLICT (slot) DO UPDATE SET body = $1",
                )
                .bind(header),
            )
            .await?;
            if write.retire_previous {
                tx.run(sqlx::query("UPDATE vault_header SET body = $1 WHERE slot = 'previous'").bind(header)).await?;
            }
        }
        for (id, body) in &write.put {
            tx.run(
                sqlx::query(
                    "INSERT INTO vault_entries (id, slot, body)
                     SELECT id, 'previous', body FROM vault_entries WHERE id = $1 AND slot = 'current'
                     ON CONFLICT (id, slot) DO UPDATE SET body = excluded.body",
                )
                .bind(id.to_string()),
            )
            .await?;
            tx.run(
                sqlx::query(
                    "INSERT INTO vault_entries (id, slot, body) VALUES ($1, 'current', $2)
                     ON CONFLICT (id, slot) DO UPDATE SET body = $2",
                )
                .bind(id.to_string())
                .bind(body),
            )
            .await?;
        }
        for id in &write.remove {
            tx.run(sqlx::query("DELETE FROM vault_entries WHERE id = $1").bind(id.to_string())).await?;
            tx.run(sqlx::query("DELETE FROM credential_use WHERE credential = $1").bind(id.to_string())).await?;
        }
        audit::append(&mut tx, record).await?;
        tx.commit().await
    }

    /// Notes that a credential was used.
    pub async fn note_credential_use(&self, credential: CredentialId, at: Timestamp, by: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.run(
            sqlx::query(
                "INSERT INTO credential_use (credential, used_at, used_by) VALUES ($1, $2, $3)
                 ON CONFLICT (credential) DO UPDATE SET used_at = $2, used_by = $3",
            )
            .bind(credential.to_string())
            .bind(crate::row::micros(at))
            .bind(by),
        )
        .await?;
        tx.commit().await
    }

    /// When each credential was last used.
    pub async fn credential_uses(&self) -> Result<Vec<(CredentialId, CredentialUse)>> {
        let rows = self.rows(sqlx::query("SELECT * FROM credential_use")).await?;
        rows.iter()
            .map(|row| Ok((row.id("credential")?, CredentialUse { at: row.at("used_at")?, by: row.text("used_by")? })))
            .collect()
    }
}
