//! The inbox.

use crate::row::{Columns, contains, micros};
use crate::{Result, Store, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::{ListNotifications, Notification, NotificationCounts, Source};
use wheelhouse_protocol::{NotificationId, Timestamp};

impl Store {
    /// Keeps a notification. When an open one with the same fingerprint happened within
    /// `window_seconds`, that one is counted up instead; the result is what is stored.
    pub async fn put_notification(&self, new: &Notification, window_seconds: i64) -> Result<Notification> {
        let mut tx = self.begin().await?;
        let same = tx
            .row(
                sqlx::query(
                    "SELECT * FROM notifications
                     WHERE fingerprint = $1 AND acknowledged_at IS NULL AND at >= $2 ORDER BY at DESC LIMIT 1",
                )
                .bind(&new.fingerprint)
                .bind(micros(new.at) - window_seconds * 1_000_000),
            )
            .await?;
        let stored = match same {
            Some(row) => {
                let mut known = read(&row)?;
                known.at = new.at;
                known.count = known.count.saturating_add(new.count);
                known.message.clone_from(&new.message);
                known.details.clone_from(&new.details);
                known.level = known.level.max(new.level);
                known.action_required |= new.action_required;
                tx.run(
                    sqlx::query(
                        "UPDATE notifications SET at = $2, count = $3, message = $4, details = $5, level = $6,
                             severity = $7, action_required = $8 WHERE id = $1",
                    )
                    .bind(known.id.to_string())
                    .bind(micros(known.at))
                    .bind(i64::from(known.count))
                    .bind(&known.message)
                    .bind(&known.details)
                    .bind(known.level.as_str())
                    .bind(severity(known.level))
                    .bind(i64::from(known.action_required)),
                )
                .await?;
                known
            }
            None => {
                tx.run(
                    sqlx::query(
                        "INSERT INTO notifications (id, at, first_at, count, source, level, severity, service, message,
                             details, fingerprint, action_required, job)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                    )
                    .bind(new.id.to_string())
                    .bind(micros(new.at))
                    .bind(micros(new.first_at))
                    .bind(i64::from(new.count))
                    .bind(new.source.as_str())
                    .bind(new.level.as_str())
                    .bind(severity(new.level))
                    .bind(&new.service)
                    .bind(&new.message)
                    .bind(&new.details)
                    .bind(&new.fingerprint)
                    .bind(i64::from(new.action_required))
                    .bind(new.job.map(|j| j.to_string())),
                )
                .await?;
                new.clone()
            }
        };
        tx.commit().await?;
        Ok(stored)
    }

    /// Entries: those needing action first, then newest first.
    pub async fn notifications(&self, filter: &ListNotifications) -> Result<Vec<Notification>> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM notifications WHERE 1 = 1");
        if let Some(level) = filter.level {
            query.push(" AND severity >= ").push_bind(severity(level));
        }
        if let Some(source) = filter.source {
            query.push(" AND source = ").push_bind(source.as_str());
        }
        if filter.open_only {
            query.push(" AND acknowledged_at IS NULL");
        }
        if !filter.text.is_empty() {
            let pattern = contains(&filter.text);
            query.push(" AND (message || ' ' || details || ' ' || service) LIKE ");
            query.push_bind(pattern).push(" ESCAPE '\\'");
        }
        let limit = if filter.limit == 0 { 500 } else { filter.limit.min(100_000) };
        query.push(" ORDER BY (action_required = 1 AND acknowledged_at IS NULL) DESC, at DESC LIMIT ");
        query.push_bind(i64::from(limit));
        let rows = self.rows(query.build()).await?;
        rows.iter().map(read).collect()
    }

    /// The footer's figures.
    pub async fn notification_counts(&self) -> Result<NotificationCounts> {
        let row = self
            .row(sqlx::query(
                "SELECT COUNT(*) AS total, COALESCE(SUM(acknowledged_at IS NULL), 0) AS open,
                     COALESCE(SUM(acknowledged_at IS NULL AND action_required), 0) AS action,
                     MAX(CASE WHEN acknowledged_at IS NULL THEN severity END) AS worst
                 FROM notifications",
            ))
            .await?
            .ok_or(StoreError::NotFound { what: "count", id: "notifications".to_owned() })?;
        Ok(NotificationCounts {
            total: row.count("total")?,
            unacknowledged: row.count("open")?,
            action_required: row.count("action")?,
            worst: row
                .maybe_number("worst")?
                .and_then(|n| usize::try_from(n).ok())
                .and_then(|n| Level::ALL.get(n).copied()),
        })
    }

    /// Acknowledges entries (all open ones when `ids` is empty); says how many.
    pub async fn acknowledge(&self, ids: &[NotificationId], who: &str, at: Timestamp, note: &str) -> Result<u64> {
        const SET: &str = "UPDATE notifications SET acknowledged_by = $1, acknowledged_at = $2, note = $3
             WHERE acknowledged_at IS NULL";
        let mut tx = self.begin().await?;
        let mut done = 0;
        if ids.is_empty() {
            done = tx.run(sqlx::query(SET).bind(who).bind(micros(at)).bind(note)).await?;
        }
        for id in ids {
            done += tx
                .run(
                    sqlx::query(
                        "UPDATE notifications SET acknowledged_by = $1, acknowledged_at = $2, note = $3
                         WHERE acknowledged_at IS NULL AND id = $4",
                    )
                    .bind(who)
                    .bind(micros(at))
                    .bind(note)
                    .bind(id.to_string()),
                )
                .await?;
        }
        tx.commit().await?;
        Ok(done)
    }
}

/// How a level is compared.
pub(crate) fn severity(level: Level) -> i64 {
    match level {
        Level::Debug => 0,
        Level::Info => 1,
        Level::Warning => 2,
        Level::Error => 3,
        Level::Critical => 4,
    }
}

/// A stored row as an entry.
pub(crate) fn read(row: &SqliteRow) -> Result<Notification> {
    Ok(Notification {
        id: row.id("id")?,
        at: row.at("at")?,
        first_at: row.at("first_at")?,
        count: row.count("count")?,
        source: row.named("source", Source::parse)?,
        level: row.named("level", Level::parse)?,
        service: row.text("service")?,
        message: row.text("message")?,
        details: row.text("details")?,
        fingerprint: row.text("fingerprint")?,
        action_required: row.number("action_required")? != 0,
        job: row.maybe_id("job")?,
        acknowledged_by: row.maybe_text("acknowledged_by")?,
        acknowledged_at: row.maybe_at("acknowledged_at")?,
        note: row.text("note")?,
    })
}
