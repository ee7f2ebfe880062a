//! Samples: batches in, stretches of time out.

use crate::row::Columns;
use crate::{Result, Store, StoreError};
use sqlx::{QueryBuilder, Row, Sqlite};
use std::collections::HashMap;
use wheelhouse_protocol::Timestamp;

/// One sample to store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// The series, from [`Store::series_ids`].
    pub series: i64,
    /// When, in microseconds since 1970 (UTC).
    pub at: i64,
    /// How much. Finite.
    pub value: f64,
}

impl Store {
    /// The ids of these series (name, unit), creating those that are new.
    pub async fn series_ids(&self, series: &[(String, String)]) -> Result<HashMap<String, i64>> {
        let mut tx = self.begin_telemetry().await?;
        let mut ids = HashMap::with_capacity(series.len());
        for (name, unit) in series {
            let row = tx
                .row(
                    sqlx::query(
                        "INSERT INTO series (name, unit) VALUES ($1, $2)
                         ON CONFLICT (name) DO UPDATE SET unit = CASE WHEN $2 = '' THEN unit ELSE $2 END RETURNING id",
                    )
                    .bind(name)
                    .bind(unit),
                )
                .await?
                .ok_or_else(|| StoreError::NotFound { what: "series", id: name.clone() })?;
            ids.insert(name.clone(), row.number("id")?);
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// Stores a batch in one transaction.
    pub async fn write_samples(&self, samples: &[Sample]) -> Result<()> {
        let mut tx = self.begin_telemetry().await?;
        for chunk in samples.chunks(5000) {
            let mut query = QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO samples (series, at, value) ");
            query.push_values(chunk, |mut row, sample| {
                row.push_bind(sample.series).push_bind(sample.at).push_bind(sample.value);
            });
            tx.run(query.build()).await?;
        }
        tx.commit().await
    }

    /// A series' samples from `from` to `to` (microseconds since 1970), oldest first, with its unit.
    ///
    /// Beyond `buckets` × 2 samples, each of `buckets` equal stretches of time gives its lowest and
    /// highest only: what a plot of that many pixels can show.
    pub async fn samples(&self, name: &str, from: i64, to: i64, buckets: u32) -> Result<(String, Vec<(i64, f64)>)> {
        let head = self.telemetry_rows(sqlx::query("SELECT id, unit FROM series WHERE name = $1").bind(name)).await?;
        let Some(head) = head.first() else { return Ok((String::new(), Vec::new())) };
        let (series, unit) = (head.number("id")?, head.text("unit")?);
        let buckets = i64::from(buckets.max(1));
        let width = ((to - from) / buckets).max(1);
        let count = self
            .telemetry_rows(
                sqlx::query("SELECT COUNT(*) AS n FROM samples WHERE series = $1 AND at BETWEEN $2 AND $3")
                    .bind(series)
                    .bind(from)
                    .bind(to),
            )
            .await?;
        let count = count.first().map(|row| row.number("n")).transpose()?.unwrap_or(0);
        let query = if count <= buckets * 2 {
            sqlx::query("SELECT at, value FROM samples WHERE series = $1 AND at BETWEEN $2 AND $3 ORDER BY at")
                .bind(series)
                .bind(from)
                .bind(to)
        } else {
            // SQLite takes bare columns from the row that holds the MIN or MAX.
            sqlx::query(
                "SELECT at, value FROM (
                     SELECT at, MIN(value) AS value FROM samples WHERE series = $1 AND at BETWEEN $2 AND $3 GROUP BY (at - $2) / $4
                     UNION
                     SELECT at, MAX(value) AS value FROM samples WHERE series = $1 AND at BETWEEN $2 AND $3 GROUP BY (at - $2) / $4
                 ) ORDER BY at",
            )
            .bind(series)
            .bind(from)
            .bind(to)
            .bind(width)
        };
        let rows = self.telemetry_rows(query).await?;
        let points = rows
            .iter()
            .map(|row| {
                let value: f64 = row
                    .try_get("value")
                    .map_err(|e| StoreError::Unreadable { what: "sample", reason: e.to_string() })?;
                Ok((row.number("at")?, value))
            })
            .collect::<Result<_>>()?;
        Ok((unit, points))
    }

    /// Every series that was ever stored: name and unit.
    pub async fn stored_series(&self) -> Result<Vec<(String, String)>> {
        let rows = self.telemetry_rows(sqlx::query("SELECT name, unit FROM series ORDER BY name")).await?;
        rows.iter().map(|row| Ok((row.text("name")?, row.text("unit")?))).collect()
    }

    /// Removes samples older than `before`; says how many.
    pub async fn forget_samples(&self, before: Timestamp) -> Result<u64> {
        let mut tx = self.begin_telemetry().await?;
        let gone = tx.run(sqlx::query("DELETE FROM samples WHERE at < $1").bind(before.as_microsecond())).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
