//! Host keys somebody accepted in Wheelhouse.

use crate::row::{Columns, micros};
use crate::{Result, Store, audit};
use wheelhouse_protocol::inventory::{HostKey, TrustedHostKey};

impl Store {
    /// Every accepted key, by host.
    pub async fn host_keys(&self) -> Result<Vec<TrustedHostKey>> {
        let rows = self.rows(sqlx::query("SELECT * FROM host_keys ORDER BY host, port, key_type")).await?;
        rows.iter()
            .map(|row| {
                Ok(TrustedHostKey {
                    key: HostKey {
                        host: row.text("host")?,
                        port: u16::try_from(row.number("port")?).unwrap_or(0),
                        key_type: row.text("key_type")?,
                        key: row.text("key")?,
                        fingerprint: row.text("fingerprint")?,
                    },
                    accepted_by: row.text("accepted_by")?,
                    accepted_at: Some(row.at("accepted_at")?),
                })
            })
            .collect()
    }

    /// Trusts a key; with `replace`, the host's other keys are forgotten.
    pub async fn trust_host_key(&self, key: &HostKey, replace: bool, record: &audit::Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        if replace {
            tx.run(
                sqlx::query("DELETE FROM host_keys WHERE host = $1 AND port = $2")
                    .bind(&key.host)
                    .bind(i64::from(key.port)),
            )
            .await?;
        }
        tx.run(
            sqlx::query(
                "INSERT INTO host_keys (host, port, key_type, key, fingerprint, accepted_by, accepted_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (host, port, key_type)
                 DO UPDATE SET key = $4, fingerprint = $5, accepted_by = $6, accepted_at = $7",
            )
            .bind(&key.host)
            .bind(i64::from(key.port))
            .bind(&key.key_type)
            .bind(&key.key)
            .bind(&key.fingerprint)
            .bind(&record.who)
            .bind(micros(record.at)),
        )
        .await?;
        audit::append(&mut tx, record).await?;
        tx.commit().await
    }

    /// Forgets a host's keys; says how many there were.
    pub async fn forget_host_keys(&self, host: &str, port: u16, record: &audit::Entry) -> Result<u64> {
        let mut tx = self.begin().await?;
        let gone = tx
            .run(sqlx::query("DELETE FROM host_keys WHERE host = $1 AND port = $2").bind(host).bind(i64::from(port)))
            .await?;
        audit::append(&mut tx, record).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
