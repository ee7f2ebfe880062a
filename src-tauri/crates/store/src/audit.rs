//! The audit chain.
//!
//! Records are appended in the same transaction as what they record, so that neither can be there
//! without the other.

use crate::row::{Columns, contains, micros};
use crate::tx::Tx;
use crate::{Result, Store};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::audit::{AuditRecord, AuditReport, GENESIS};

/// A record before it has its place in the chain.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// What: `plan.approved`, …
    pub what: &'static str,
    /// The particulars. Never a secret.
    pub detail: Value,
}

/// Appends within a transaction that already holds the write lock.
pub(crate) async fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    let last = tx.row(sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")).await?;
    let (seq, previous) = match last {
        Some(row) => (row.number("seq")? + 1, row.text("hash")?),
        None => (1, GENESIS.to_owned()),
    };
    let detail = entry.detail.to_string();
    let hash = AuditRecord::compute_hash(&previous, seq.unsigned_abs(), entry.at, &entry.who, entry.what, &detail);
    tx.run(
        sqlx::query(
            "INSERT INTO audit (seq, at, who, what, detail, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(seq)
        .bind(micros(entry.at))
        .bind(&entry.who)
        .bind(entry.what)
        .bind(detail)
        .bind(previous)
        .bind(hash),
    )
    .await?;
    Ok(())
}

impl Store {
    /// Appends a record that stands alone.
    pub async fn append_audit(&self, entry: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        append(&mut tx, entry).await?;
        tx.commit().await
    }

    /// Records, newest first.
    pub async fn audit(&self, limit: u32, before: Option<u64>, text: &str) -> Result<Vec<AuditRecord>> {
        let query = sqlx::query(
            "SELECT * FROM audit
             WHERE seq < $1 AND (who || ' ' || what || ' ' || detail) LIKE $2 ESCAPE '\\'
             ORDER BY seq DESC LIMIT $3",
        )
        .bind(before.and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX))
        .bind(contains(text))
        .bind(i64::from(limit));
        let rows = self.rows(query).await?;
        rows.iter()
            .map(|row| {
                Ok(AuditRecord {
                    seq: row.number("seq")?.unsigned_abs(),
                    at: row.at("at")?,
                    who: row.text("who")?,
                    what: row.text("what")?,
                    detail: row.json("detail")?,
                    previous: row.text("previous")?,
                    hash: row.text("hash")?,
                })
            })
            .collect()
    }

    /// Recomputes every hash, in order, and stops at the first that does not hold.
    pub async fn verify_audit(&self) -> Result<AuditReport> {
        const PAGE: i64 = 2000;
        let mut report = AuditReport { records: 0, head: GENESIS.to_owned(), broken_at: None, reason: String::new() };
        let mut last = i64::MIN;
        loop {
            let query = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2").bind(last).bind(PAGE);
            let rows = self.rows(query).await?;
            if rows.is_empty() {
                return Ok(report);
            }
            for row in &rows {
                last = row.number("seq")?;
                let expected = report.records + 1;
                if let Some(reason) = flaw(row, expected, &report.head) {
                    report.broken_at = Some(expected);
                    report.reason = reason;
                    return Ok(report);
                }
                report.records = expected;
                report.head = row.text("hash")?;
            }
        }
    }
}

/// What is wrong with a stored record, if anything is.
fn flaw(row: &SqliteRow, expected: u64, head: &str) -> Option<String> {
    let read = || -> Result<Option<String>> {
        let seq = row.number("seq")?;
        if u64::try_from(seq).ok() != Some(expected) {
            return Ok(Some(format!("record {expected} is missing: the next one is {seq}")));
        }
        if row.text("previous")? != head {
            return Ok(Some(format!("record {expected} does not follow the record before it")));
        }
        let detail = row.text("detail")?;
        let hash =
            AuditRecord::compute_hash(head, expected, row.at("at")?, &row.text("who")?, &row.text("what")?, &detail);
        if hash != row.text("hash")? {
            return Ok(Some(format!("record {expected} was changed: its content does not give its hash")));
        }
        Ok(None)
    };
    // A column that cannot even be read has been changed too.
    read().unwrap_or_else(|error| Some(format!("record {expected} cannot be read: {error}")))
}
