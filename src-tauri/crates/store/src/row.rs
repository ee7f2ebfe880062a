//! Reading columns: times, ids, JSON and names of states.

use crate::{Result, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::str::FromStr;
use wheelhouse_protocol::Timestamp;

/// A moment as it is stored: microseconds since 1970 (UTC).
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A stored moment.
pub(crate) fn moment(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros)
        .map_err(|e| StoreError::Unreadable { what: "time", reason: format!("{micros}: {e}") })
}

/// A value as JSON text.
pub(crate) fn json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Unreadable { what, reason: e.to_string() })
}

/// JSON text as a value.
pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| StoreError::Unreadable { what, reason: e.to_string() })
}

/// Shorthands for columns.
pub(crate) trait Columns {
    /// A text column.
    fn text(&self, column: &'static str) -> Result<String>;
    /// A text column that may be NULL.
    fn maybe_text(&self, column: &'static str) -> Result<Option<String>>;
    /// A number column.
    fn number(&self, column: &'static str) -> Result<i64>;
    /// A number column that may be NULL.
    fn maybe_number(&self, column: &'static str) -> Result<Option<i64>>;

    /// A count column.
    fn count(&self, column: &'static str) -> Result<u32> {
        let n = self.number(column)?;
        u32::try_from(n).map_err(|e| StoreError::Unreadable { what: column, reason: e.to_string() })
    }

    /// A time column.
    fn at(&self, column: &'static str) -> Result<Timestamp> {
        moment(self.number(column)?)
    }

    /// A time column that may be NULL.
    fn maybe_at(&self, column: &'static str) -> Result<Option<Timestamp>> {
        self.maybe_number(column)?.map(moment).transpose()
    }

    /// An id column.
    fn id<T: FromStr>(&self, column: &'static str) -> Result<T> {
        parse_id(column, &self.text(column)?)
    }

    /// An id column that may be NULL.
    fn maybe_id<T: FromStr>(&self, column: &'static str) -> Result<Option<T>> {
        self.maybe_text(column)?.map(|text| parse_id(column, &text)).transpose()
    }

    /// A JSON column.
    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        from_json(column, &self.text(column)?)
    }

    /// A column that holds a state's name.
    fn named<T>(&self, column: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
        let name = self.text(column)?;
        parse(&name)
            .ok_or_else(|| StoreError::Unreadable {
                what: column, reason: format!("“{name}” is no name it can have")
            })
    }
}

fn parse_id<T: FromStr>(what: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Unreadable { what, reason: format!("“{text}” is not an id") })
}

fn column_error(column: &'static str, error: &sqlx::Error) -> StoreError {
    StoreError::Unreadable { what: column, reason: error.to_string() }
}

impl Columns for SqliteRow {
    fn text(&self, column: &'static str) -> Result<String> {
        self.try_get(column).map_err(|e| column_error(column, &e))
    }

    fn maybe_text(&self, column: &'static str) -> Result<Option<String>> {
        self.try_get(column).map_err(|e| column_error(column, &e))
    }

    fn number(&self, column: &'static str) -> Result<i64> {
        self.try_get(column).map_err(|e| column_error(column, &e))
    }

    fn maybe_number(&self, column: &'static str) -> Result<Option<i64>> {
        self.try_get(column).map_err(|e| column_error(column, &e))
    }
}

/// `text` as a LIKE pattern that matches it anywhere; use with `ESCAPE '\'`.
pub(crate) fn contains(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
