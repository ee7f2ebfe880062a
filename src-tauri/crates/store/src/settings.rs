//! Small values by name.

use crate::row::{Columns, json};
use crate::{Result, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Store {
    /// The value stored under `key`.
    ///
    /// # Errors
    /// When it is there and cannot be read as a `T`: a newer version wrote it.
    pub async fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let row = self.row(sqlx::query("SELECT value FROM settings WHERE key = $1").bind(key)).await?;
        row.map(|row| row.json("value")).transpose()
    }

    /// Stores `value` under `key`.
    pub async fn set_setting<T: Serialize>(&self, key: &str, value: &T) -> Result<()> {
        let text = json("setting", value)?;
        let mut tx = self.begin().await?;
        tx.run(
            sqlx::query("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2")
                .bind(key)
                .bind(text),
        )
        .await?;
        tx.commit().await
    }
}
