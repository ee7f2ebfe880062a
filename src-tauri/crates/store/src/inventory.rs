//! Targets and groups.

use crate::row::{Columns, json, micros};
use crate::tx::Tx;
use crate::{Result, Store, StoreError};
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;
use wheelhouse_protocol::inventory::{Facts, Group, GroupSpec, Os, Target, TargetSpec};
use wheelhouse_protocol::{GroupId, TargetId, Timestamp};

/// Targets and groups to write in one transaction: what an import does.
#[derive(Debug, Clone, Default)]
pub struct InventoryWrite {
    /// Groups to create or change, parents before their children.
    pub groups: Vec<Group>,
    /// Targets to create or change, with the groups they are in.
    pub targets: Vec<(TargetId, TargetSpec)>,
}

/// The form of a name by which two are the same.
pub fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Store {
    /// A number that is another one after every change of targets or groups, by whichever program.
    pub async fn inventory_version(&self) -> Result<u64> {
        Ok(self.setting("inventory_version").await?.unwrap_or(0))
    }

    /// Every target, by name.
    pub async fn targets(&self) -> Result<Vec<Target>> {
        // One statement, so that targets and memberships are of the same moment.
        let rows = self
            .rows(sqlx::query(
                "SELECT t.*, (SELECT json_group_array(m.group_id) FROM group_members m WHERE m.target_id = t.id) AS groups
                 FROM targets t ORDER BY t.name_key",
            ))
            .await?;
        rows.iter().map(read_target).collect()
    }

    /// One target.
    pub async fn target(&self, id: TargetId) -> Result<Target> {
        let row = self
            .row(
                sqlx::query(
                    "SELECT t.*, (SELECT json_group_array(m.group_id) FROM group_members m WHERE m.target_id = t.id) AS groups
                     FROM targets t WHERE t.id = $1",
                )
                .bind(id.to_string()),
            )
            .await?
            .ok_or_else(|| StoreError::NotFound { what: "target", id: id.to_string() })?;
        read_target(&row)
    }

    /// Every group, by name.
    pub async fn groups(&self) -> Result<Vec<Group>> {
        let rows = self.rows(sqlx::query("SELECT * FROM groups ORDER BY name_key")).await?;
        rows.iter().map(read_group).collect()
    }

    /// Creates or changes targets and groups, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a name is taken.
    pub async fn write_inventory(&self, write: &InventoryWrite) -> Result<()> {
        let mut tx = self.begin().await?;
        for group in &write.groups {
            put_group(&mut tx, group).await?;
        }
        for (id, spec) in &write.targets {
            put_target(&mut tx, *id, spec).await?;
        }
        count_change(&mut tx).await?;
        tx.commit().await
    }

    /// Creates or changes a group; `members`, when given, are exactly the targets in it.
    pub async fn write_group(&self, group: &Group, members: Option<&[TargetId]>) -> Result<()> {
        let mut tx = self.begin().await?;
        put_group(&mut tx, group).await?;
        if let Some(members) = members {
            tx.run(sqlx::query("DELETE FROM group_members WHERE group_id = $1").bind(group.id.to_string())).await?;
            for member in members {
                add_member(&mut tx, group.id, *member).await?;
            }
        }
        count_change(&mut tx).await?;
        tx.commit().await
    }

    /// Removes a target.
    pub async fn delete_target(&self, id: TargetId) -> Result<()> {
        let mut tx = self.begin().await?;
        if tx.run(sqlx::query("DELETE FROM targets WHERE id = $1").bind(id.to_string())).await? == 0 {
            return Err(StoreError::NotFound { what: "target", id: id.to_string() });
        }
        count_change(&mut tx).await?;
        tx.commit().await
    }

    /// Removes a group; its sub-groups move up to its parent.
    pub async fn delete_group(&self, id: GroupId) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.run(
            sqlx::query("UPDATE groups SET parent = (SELECT parent FROM groups WHERE id = $1) WHERE parent = $1")
                .bind(id.to_string()),
        )
        .await?;
        if tx.run(sqlx::query("DELETE FROM groups WHERE id = $1").bind(id.to_string())).await? == 0 {
            return Err(StoreError::NotFound { what: "group", id: id.to_string() });
        }
        count_change(&mut tx).await?;
        tx.commit().await
    }

    /// Notes that a target answered, and what it is.
    pub async fn note_contact(&self, id: TargetId, at: Timestamp, facts: Option<&Facts>) -> Result<()> {
        let facts_text = facts.map(|f| json("facts", f)).transpose()?;
        let mut tx = self.begin().await?;
        tx.run(
            sqlx::query(
                "UPDATE targets SET last_contact = $2, last_failure = '', last_failure_at = NULL, facts = COALESCE($3, facts),
                 os = CASE WHEN os = 'unknown' AND $4 IS NOT NULL THEN $4 ELSE os END WHERE id = $1",
            )
            .bind(id.to_string())
            .bind(micros(at))
            .bind(facts_text)
            .bind(facts.map(|f| f.os.as_str())),
        )
        .await?;
        if facts.is_some() {
            count_change(&mut tx).await?;
        }
        tx.commit().await
    }

    /// Notes that a target could not be reached, when, and why.
    pub async fn note_failure(&self, id: TargetId, at: Timestamp, why: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.run(
            sqlx::query("UPDATE targets SET last_failure = $2, last_failure_at = $3 WHERE id = $1")
                .bind(id.to_string())
                .bind(why)
                .bind(micros(at)),
        )
        .await?;
        tx.commit().await
    }
}

/// Counts a change up, so that whoever keeps something made from the inventory knows that it is old.
async fn count_change(tx: &mut Tx<'_>) -> Result<()> {
    tx.run(sqlx::query(
        "INSERT INTO settings (key, value) VALUES ('inventory_version', '1')
         ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT)",
    ))
    .await?;
    Ok(())
}

async fn put_target(tx: &mut Tx<'_>, id: TargetId, spec: &TargetSpec) -> Result<()> {
    let taken = tx
        .row(
            sqlx::query("SELECT name FROM targets WHERE name_key = $1 AND id <> $2")
                .bind(name_key(&spec.name))
                .bind(id.to_string()),
        )
        .await?;
    if taken.is_some() {
        return Err(StoreError::Conflict(format!("there is already a target “{}”", spec.name)));
    }
    tx.run(
        sqlx::query(
            "INSERT INTO targets (id, name, name_key, addresses, os, tags, environment, maintenance, notes, connections)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (id) DO UPDATE SET name = $2, name_key = $3, addresses = $4, os = $5, tags = $6,
                 environment = $7, maintenance = $8, notes = $9, connections = $10",
        )
        .bind(id.to_string())
        .bind(spec.name.trim())
        .bind(name_key(&spec.name))
        .bind(json("addresses", &spec.addresses)?)
        .bind(spec.os.as_str())
        .bind(json("tags", &spec.tags)?)
        .bind(&spec.environment)
        .bind(i64::from(spec.maintenance))
        .bind(&spec.notes)
        .bind(json("connections", &spec.connections)?),
    )
    .await?;
    tx.run(sqlx::query("DELETE FROM group_members WHERE target_id = $1").bind(id.to_string())).await?;
    for group in &spec.groups {
        add_member(tx, *group, id).await?;
    }
    Ok(())
}

async fn put_group(tx: &mut Tx<'_>, group: &Group) -> Result<()> {
    let taken = tx
        .row(
            sqlx::query("SELECT name FROM groups WHERE name_key = $1 AND id <> $2")
                .bind(name_key(&group.spec.name))
                .bind(group.id.to_string()),
        )
        .await?;
    if taken.is_some() {
        return Err(StoreError::Conflict(format!("there is already a group “{}”", group.spec.name)));
    }
    tx.run(
        sqlx::query(
            "INSERT INTO groups (id, name, name_key, aliases, parent, everything) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET name = $2, name_key = $3, aliases = $4, parent = $5, everything = $6",
        )
        .bind(group.id.to_string())
        .bind(group.spec.name.trim())
        .bind(name_key(&group.spec.name))
        .bind(json("aliases", &group.spec.aliases)?)
        .bind(group.spec.parent.map(|p| p.to_string()))
        .bind(i64::from(group.spec.everything)),
    )
    .await?;
    Ok(())
}

async fn add_member(tx: &mut Tx<'_>, group: GroupId, target: TargetId) -> Result<()> {
    tx.run(
        sqlx::query("INSERT INTO group_members (group_id, target_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(group.to_string())
            .bind(target.to_string()),
    )
    .await?;
    Ok(())
}

fn read_target(row: &SqliteRow) -> Result<Target> {
    let mut groups: Vec<GroupId> = row.json("groups")?;
    groups.sort_unstable();
    Ok(Target {
        id: row.id("id")?,
        spec: TargetSpec {
            name: row.text("name")?,
            addresses: row.json("addresses")?,
            os: row.named("os", Os::parse)?,
            tags: row.json("tags")?,
            groups,
            environment: row.maybe_text("environment")?,
            maintenance: row.number("maintenance")? != 0,
            notes: row.text("notes")?,
            connections: row.json("connections")?,
        },
        facts: match row.maybe_text("facts")? {
            Some(_) => Some(row.json("facts")?),
            None => None,
        },
        last_contact: row.maybe_at("last_contact")?,
        last_failure: row.text("last_failure")?,
    })
}

fn read_group(row: &SqliteRow) -> Result<Group> {
    Ok(Group {
        id: row.id("id")?,
        spec: GroupSpec {
            name: row.text("name")?,
            aliases: row.json("aliases")?,
            parent: row.maybe_id("parent")?,
            everything: row.number("everything")? != 0,
        },
    })
}

/// How many targets log in with each credential.
pub fn credential_users(targets: &[Target]) -> HashMap<wheelhouse_protocol::CredentialId, u32> {
    let mut users = HashMap::new();
    for target in targets {
        let mut seen = Vec::new();
        for credential in target.spec.connections.iter().filter_map(|c| c.credential) {
            if !seen.contains(&credential) {
                seen.push(credential);
                *users.entry(credential).or_insert(0) += 1;
            }
        }
    }
    users
}
