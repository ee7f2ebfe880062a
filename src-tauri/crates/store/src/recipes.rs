//! Recipes, every version of each.

use crate::audit::{self, Entry};
use crate::row::{Columns, json, micros};
use crate::tx::Tx;
use crate::{Result, Store, StoreError};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;
use wheelhouse_protocol::recipe::{Recipe, RecipeBody};
use wheelhouse_protocol::{RecipeId, Timestamp};

/// A version to save.
#[derive(Debug, Clone)]
pub struct NewRecipe {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it does.
    pub body: RecipeBody,
    /// Who saves it.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

const VERSIONS: &str = "SELECT r.id, r.name, v.* FROM recipe_versions v JOIN recipes r ON r.id = v.recipe";

impl Store {
    /// A number that grows with every change of recipes and schedules.
    pub async fn recipes_version(&self) -> Result<u64> {
        Ok(self.setting("recipes_version").await?.unwrap_or(0))
    }

    /// The newest version of every recipe, by name.
    pub async fn recipes(&self) -> Result<Vec<Recipe>> {
        let rows = self
            .rows(sqlx::query(
                "SELECT r.id, r.name, v.* FROM recipe_versions v JOIN recipes r ON r.id = v.recipe
                 WHERE v.version = (SELECT MAX(version) FROM recipe_versions WHERE recipe = r.id) ORDER BY r.name_key",
            ))
            .await?;
        rows.iter().map(read).collect()
    }

    /// One version of the recipe of this name, the newest without one.
    pub async fn recipe(&self, name: &str, version: Option<u32>) -> Result<Recipe> {
        let history = self.recipe_history(name).await?;
        let found = history.into_iter().find(|recipe| version.is_none_or(|wanted| recipe.version == wanted));
        found.ok_or_else(|| StoreError::NotFound {
            what: "version of this recipe",
            id: format!("{} of {name}", version.unwrap_or(0)),
        })
    }

    /// One version of a recipe.
    pub async fn recipe_version(&self, id: RecipeId, version: u32) -> Result<Recipe> {
        let row = self
            .row(
                sqlx::query(
                    "SELECT r.id, r.name, v.* FROM recipe_versions v JOIN recipes r ON r.id = v.recipe
                     WHERE v.recipe = $1 AND v.version = $2",
                )
                .bind(id.to_string())
                .bind(i64::from(version)),
            )
            .await?;
        read(&row.ok_or_else(|| StoreError::NotFound { what: "recipe", id: format!("{id} version {version}") })?)
    }

    /// Every version of the recipe of this name, newest first.
    pub async fn recipe_history(&self, name: &str) -> Result<Vec<Recipe>> {
        let sql = format!("{VERSIONS} WHERE r.name_key = $1 ORDER BY v.version DESC");
        let rows = self.rows(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(name_key(name))).await?;
        if rows.is_empty() {
            return Err(StoreError::NotFound { what: "recipe", id: name.to_owned() });
        }
        rows.iter().map(read).collect()
    }

    /// Saves a further version under a name, the first under a new one, with its audit record.
    pub async fn save_recipe(&self, new: &NewRecipe) -> Result<Recipe> {
        let mut tx = self.begin().await?;
        let known =
            tx.row(sqlx::query("SELECT id, name FROM recipes WHERE name_key = $1").bind(name_key(&new.name))).await?;
        let (id, name) = match known {
            Some(row) => (row.id("id")?, row.text("name")?),
            None => {
                let id = RecipeId(Uuid::now_v7());
                insert_name(&mut tx, id, &new.name).await?;
                (id, new.name.clone())
            }
        };
        let last = tx
            .row(
                sqlx::query("SELECT COALESCE(MAX(version), 0) AS n FROM recipe_versions WHERE recipe = $1")
                    .bind(id.to_string()),
            )
            .await?;
        let version = last.map_or(Ok(0), |row| row.count("n"))? + 1;
        let saved = Recipe {
            id,
            name,
            version,
            description: new.description.clone(),
            body: new.body.clone(),
            hash: new.body.hash(),
            saved_by: new.who.clone(),
            saved_at: new.at,
        };
        insert_version(&mut tx, &saved).await?;
        count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Deletes a recipe with all its versions.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] while schedules run it.
    pub async fn delete_recipe(&self, id: RecipeId, record: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        let users = tx
            .row(
                sqlx::query(
                    "SELECT COUNT(*) AS n, COALESCE(group_concat(name, ', '), '') AS names
                     FROM schedules WHERE recipe = $1",
                )
                .bind(id.to_string()),
            )
            .await?;
        if let Some(row) = users
            && row.number("n")? > 0
        {
            let names = row.text("names")?;
            return Err(StoreError::Conflict(format!("schedules run this recipe: {names}. Delete them first.")));
        }
        tx.run(sqlx::query("DELETE FROM recipes WHERE id = $1").bind(id.to_string())).await?;
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await
    }
}

/// Stores the first version of a recipe under a name of its own.
///
/// # Errors
/// [`StoreError::Conflict`] when the name is taken.
pub(crate) async fn insert(tx: &mut Tx<'_>, recipe: &Recipe) -> Result<()> {
    let taken =
        tx.row(sqlx::query("SELECT 1 AS n FROM recipes WHERE name_key = $1").bind(name_key(&recipe.name))).await?;
    if taken.is_some() {
        return Err(StoreError::Conflict(format!("there is a recipe “{}” already", recipe.name)));
    }
    insert_name(tx, recipe.id, &recipe.name).await?;
    insert_version(tx, recipe).await
}

async fn insert_name(tx: &mut Tx<'_>, id: RecipeId, name: &str) -> Result<()> {
    tx.run(
        sqlx::query("INSERT INTO recipes (id, name, name_key) VALUES ($1, $2, $3)")
            .bind(id.to_string())
            .bind(name)
            .bind(name_key(name)),
    )
    .await?;
    Ok(())
}

/// Stores a version with its audit record.
async fn insert_version(tx: &mut Tx<'_>, recipe: &Recipe) -> Result<()> {
    tx.run(
        sqlx::query(
            "INSERT INTO recipe_versions (recipe, version, description, body, hash, saved_by, saved_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(recipe.id.to_string())
        .bind(i64::from(recipe.version))
        .bind(&recipe.description)
        .bind(json("recipe", &recipe.body)?)
        .bind(&recipe.hash)
        .bind(&recipe.saved_by)
        .bind(micros(recipe.saved_at)),
    )
    .await?;
    let Recipe { id, name, version, hash, .. } = recipe;
    let record = Entry {
        at: recipe.saved_at,
        who: recipe.saved_by.clone(),
        what: "recipe.saved",
        detail: json!({ "recipe": id, "name": name, "version": version, "hash": hash }),
    };
    audit::append(tx, &record).await?;
    Ok(())
}

/// A name as it is compared.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Lets other programs see that something changed.
pub(crate) async fn count_up(tx: &mut Tx<'_>) -> Result<()> {
    tx.run(sqlx::query(
        "INSERT INTO settings (key, value) VALUES ('recipes_version', '1')
         ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT)",
    ))
    .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<Recipe> {
    Ok(Recipe {
        id: row.id("id")?,
        name: row.text("name")?,
        version: row.count("version")?,
        description: row.text("description")?,
        body: row.json("body")?,
        hash: row.text("hash")?,
        saved_by: row.text("saved_by")?,
        saved_at: row.at("saved_at")?,
    })
}
