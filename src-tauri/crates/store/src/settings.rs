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

    /// Stores `value` under `key` if what is there is still `expected`; says whether it was.
    ///
    /// For a value that several programs count up: none of them loses another's step.
    ///
    /// # Errors
    /// When what is there cannot be read as a `T`.
    pub async fn set_setting_if<T>(&self, key: &str, expected: Option<&T>, value: &T) -> Result<bool>
    where
        T: Serialize + DeserializeOwned + PartialEq,
    {
        let text = json("setting", value)?;
        let mut tx = self.begin().await?;
        let found = tx.row(sqlx::query("SELECT value FROM settings WHERE key = $1").bind(key)).await?;
        // The values are compared, not their text: another version may write the same one in another way.
        let found: Option<T> = found.map(|row| row.json("value")).transpose()?;
        if found.as_ref() != expected {
            return Ok(false);
        }
        tx.run(
            sqlx::query("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2")
                .bind(key)
                .bind(text),
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}
