//! What answers ask of the store: figures over all rows, and the first few of them.
//!
//! Made for ten thousand targets and ten thousand jobs: counting goes by indexes, no plan is read, and
//! the rows that are shown are chosen before they are fetched.

use crate::inventory::name_key;
use crate::jobs::{SUMMARY, read_summary};
use crate::notifications::{read as read_notification, severity};
use crate::row::{Columns, contains, json, micros};
use crate::{Result, Store};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Os};
use wheelhouse_protocol::job::{JobState, JobSummary, Level};
use wheelhouse_protocol::notification::Notification;
use wheelhouse_protocol::{TargetId, Timestamp};

/// Up to so many machines, their jobs are looked up machine by machine; beyond, each job's machines
/// are looked at until one is among them.
const FEW: usize = 200;

/// From when to when: the first moment belongs to it, the last does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// From then on; from the beginning when absent.
    pub from: Option<Timestamp>,
    /// Until then; until now when absent.
    pub to: Option<Timestamp>,
}

/// Which jobs are asked for.
#[derive(Debug, Clone, Default)]
pub struct JobQuestion {
    /// In these states; in any when empty.
    pub states: Vec<JobState>,
    /// When they ended, if only states are asked for that end a job; else when they were accepted.
    pub span: Span,
    /// Only those whose plan names one of these targets.
    pub targets: Option<Vec<String>>,
}

impl JobQuestion {
    /// Whether [`Self::span`] is about the end.
    pub fn by_end(&self) -> bool {
        !self.states.is_empty() && self.states.iter().all(|s| s.is_final())
    }
}

/// The jobs that are so.
#[derive(Debug, Clone)]
pub struct JobsFound {
    /// How many there are in each state that occurs.
    pub counts: Vec<(JobState, u64)>,
    /// The newest.
    pub newest: Vec<JobSummary>,
}

impl JobsFound {
    /// How many there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, n)| n).sum()
    }
}

/// What a target may have or lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trait {
    /// It has a connection of one of these kinds.
    Connection(Vec<ConnectionKind>),
    /// It has none of these kinds, which are those that can be spoken.
    NoConnection(Vec<ConnectionKind>),
    /// It is logged in to over the network, and no credential of the vault is set for that.
    NoCredentials,
    /// A credential of the vault is set for one of its connections.
    Credentials,
    /// The last attempt to reach it failed.
    Unreachable,
    /// It is in maintenance.
    Maintenance,
    /// It has not answered since then, or never.
    Silent(Timestamp),
}

/// Which targets are asked for.
#[derive(Debug, Clone, Default)]
pub struct TargetQuestion {
    /// Only those with these names; all when absent.
    pub names: Option<Vec<String>>,
    /// Only those with this operating system.
    pub os: Option<Os>,
    /// Only those that are so.
    pub with: Option<Trait>,
}

/// One target that is so.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "each field is a target's own, of the same name")]
pub struct TargetFound {
    pub id: TargetId,
    pub name: String,
    pub addresses: Vec<String>,
    pub os: Os,
    pub notes: String,
    pub connections: Vec<Connection>,
    pub last_contact: Option<Timestamp>,
    pub last_failure: String,
    /// When the last attempt failed; absent for failures nobody kept the time of.
    pub last_failure_at: Option<Timestamp>,
}

/// The targets that are so.
#[derive(Debug, Clone)]
pub struct TargetsFound {
    /// How many there are.
    pub total: u64,
    /// How many were looked at: those of the names and the operating system.
    pub among: u64,
    /// How many of those have neither answered nor failed: nothing is known of them.
    pub untried: u64,
    /// The first: the latest failures, the longest silence, else by name.
    pub first: Vec<TargetFound>,
}

/// Which entries of the inbox are asked for.
#[derive(Debug, Clone)]
pub struct AlertQuestion {
    /// At this level or worse.
    pub level: Level,
    /// When they last happened.
    pub span: Span,
    /// Whether they are open (or acknowledged).
    pub open: Option<bool>,
    /// With one of these words in message, details or service; all when empty.
    pub words: Vec<String>,
    /// Only those about jobs on these targets.
    pub targets: Option<Vec<String>>,
}

/// The entries that are so.
#[derive(Debug, Clone)]
pub struct AlertsFound {
    /// How many there are.
    pub total: u64,
    /// How many of them are open.
    pub open: u64,
    /// The newest.
    pub newest: Vec<Notification>,
}

impl Store {
    /// How many jobs are so, and the newest of them.
    pub async fn ask_jobs(&self, question: &JobQuestion, limit: u32) -> Result<JobsFound> {
        let time = if question.by_end() { "COALESCE(finished_at, created_at)" } else { "created_at" };
        let mut query = QueryBuilder::<Sqlite>::new("SELECT state, COUNT(*) AS n FROM jobs WHERE 1 = 1");
        such_jobs(&mut query, question, time)?;
        query.push(" GROUP BY state");
        let counts = self.rows(query.build()).await?;
        let counts: Vec<(JobState, u64)> = counts
            .iter()
            .map(|row| Ok((row.named("state", JobState::parse)?, row.number("n")?.unsigned_abs())))
            .collect::<Result<_>>()?;
        if limit == 0 {
            return Ok(JobsFound { counts, newest: Vec::new() });
        }
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(SUMMARY).push(" FROM jobs WHERE rowid IN (SELECT rowid FROM jobs WHERE 1 = 1");
        such_jobs(&mut query, question, time)?;
        query.push(" ORDER BY ").push(time).push(" DESC LIMIT ").push_bind(i64::from(limit));
        query.push(") ORDER BY ").push(time).push(" DESC, id DESC");
        let newest = self.rows(query.build()).await?;
        Ok(JobsFound { counts, newest: newest.iter().map(read_summary).collect::<Result<_>>()? })
    }

    /// How many targets are so, and the first of them.
    pub async fn ask_targets(&self, question: &TargetQuestion, limit: u32) -> Result<TargetsFound> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT COUNT(*) AS among, COALESCE(SUM(last_contact IS NULL AND last_failure = ''), 0) AS untried
             FROM targets t WHERE 1 = 1",
        );
        these_targets(&mut query, question)?;
        let among = self.row(query.build()).await?;
        let among = among.as_ref();
        let mut query = QueryBuilder::<Sqlite>::new("SELECT COUNT(*) AS n FROM targets t WHERE 1 = 1");
        such_targets(&mut query, question)?;
        let total = self.row(query.build()).await?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT id, name, addresses, os, notes, connections, last_contact, last_failure, last_failure_at
             FROM targets t WHERE 1 = 1",
        );
        such_targets(&mut query, question)?;
        query.push(match question.with {
            Some(Trait::Unreachable) => " ORDER BY last_failure_at DESC, name_key LIMIT ",
            Some(Trait::Silent(_)) => " ORDER BY last_contact, name_key LIMIT ",
            _ => " ORDER BY name_key LIMIT ",
        });
        query.push_bind(i64::from(limit));
        let first = self.rows(query.build()).await?;
        let figure = |row: Option<&SqliteRow>, name| row.map_or(Ok(0), |row| row.number(name).map(i64::unsigned_abs));
        Ok(TargetsFound {
            total: figure(total.as_ref(), "n")?,
            among: figure(among, "among")?,
            untried: figure(among, "untried")?,
            first: first.iter().map(read_found).collect::<Result<_>>()?,
        })
    }

    /// How many entries of the inbox are so, and the newest of them.
    pub async fn ask_alerts(&self, question: &AlertQuestion, limit: u32) -> Result<AlertsFound> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT COUNT(*) AS n, COALESCE(SUM(acknowledged_at IS NULL), 0) AS open FROM notifications WHERE 1 = 1",
        );
        such_alerts(&mut query, question)?;
        let figures = self.row(query.build()).await?;
        let figure = |name| figures.as_ref().map_or(Ok(0), |row| row.number(name).map(i64::unsigned_abs));
        let (total, open) = (figure("n")?, figure("open")?);
        let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM notifications WHERE 1 = 1");
        such_alerts(&mut query, question)?;
        query.push(" ORDER BY at DESC LIMIT ").push_bind(i64::from(limit));
        let newest = self.rows(query.build()).await?;
        Ok(AlertsFound { total, open, newest: newest.iter().map(read_notification).collect::<Result<_>>()? })
    }

    /// Names of a few groups with targets in them, and of a few targets, by name: for examples. Only with
    /// targets that run Windows, or only with others.
    pub async fn some_places(&self, windows: bool, limit: u32) -> Result<(Vec<String>, Vec<String>)> {
        let (windows, limit) = (i64::from(windows), i64::from(limit));
        let groups = self
            .rows(
                sqlx::query(
                    "SELECT name FROM groups g WHERE everything = 0 AND EXISTS (SELECT 1 FROM group_members m
                         JOIN targets t ON t.id = m.target_id WHERE m.group_id = g.id AND (t.os = 'windows') = $1)
                     ORDER BY name_key LIMIT $2",
                )
                .bind(windows)
                .bind(limit),
            )
            .await?;
        let targets = self
            .rows(
                sqlx::query("SELECT name FROM targets WHERE (os = 'windows') = $1 ORDER BY name_key LIMIT $2")
                    .bind(windows)
                    .bind(limit),
            )
            .await?;
        let names = |rows: &[SqliteRow]| rows.iter().map(|row| row.text("name")).collect::<Result<Vec<_>>>();
        Ok((names(&groups)?, names(&targets)?))
    }
}

type Query = QueryBuilder<Sqlite>;

fn in_span(query: &mut Query, time: &'static str, span: Span) {
    if let Some(from) = span.from {
        query.push(" AND ").push(time).push(" >= ").push_bind(micros(from));
    }
    if let Some(to) = span.to {
        query.push(" AND ").push(time).push(" < ").push_bind(micros(to));
    }
}

/// Names as a JSON array of keys: one value, however many there are.
fn keys(names: &[String]) -> Result<String> {
    json("names", &names.iter().map(|name| name_key(name)).collect::<Vec<_>>())
}

fn kind_names(kinds: &[ConnectionKind]) -> Result<String> {
    json("connections", kinds)
}

fn such_jobs(query: &mut Query, question: &JobQuestion, time: &'static str) -> Result<()> {
    if !question.states.is_empty() {
        query.push(" AND state IN (");
        let mut list = query.separated(", ");
        for state in &question.states {
            list.push_bind(state.as_str());
        }
        query.push(")");
    }
    in_span(query, time, question.span);
    if let Some(names) = &question.targets {
        on_targets(query, "jobs.id", names)?;
    }
    Ok(())
}

/// Only where the job of this column names one of these targets.
fn on_targets(query: &mut Query, job: &'static str, names: &[String]) -> Result<()> {
    const OF_NAMES: &str = "(SELECT id FROM targets WHERE name_key IN (SELECT value FROM json_each(";
    query.push(" AND ");
    if names.len() <= FEW {
        query.push(job).push(" IN (SELECT job FROM job_targets WHERE target IN ").push(OF_NAMES);
    } else {
        // The plus keeps SQLite from looking up every machine for every job.
        query.push("EXISTS (SELECT 1 FROM job_targets jt WHERE jt.job = ").push(job);
        query.push(" AND +jt.target IN ").push(OF_NAMES);
    }
    query.push_bind(keys(names)?).push("))))");
    Ok(())
}

fn these_targets(query: &mut Query, question: &TargetQuestion) -> Result<()> {
    if let Some(names) = &question.names {
        query.push(" AND name_key IN (SELECT value FROM json_each(").push_bind(keys(names)?).push("))");
    }
    if let Some(os) = question.os {
        query.push(" AND os = ").push_bind(os.as_str());
    }
    Ok(())
}

fn such_targets(query: &mut Query, question: &TargetQuestion) -> Result<()> {
    const ANY_KIND: &str = "EXISTS (SELECT 1 FROM json_each(t.connections) c
         WHERE json_extract(c.value, '$.kind') IN (SELECT value FROM json_each(";
    these_targets(query, question)?;
    match &question.with {
        None => {}
        Some(Trait::Connection(kinds)) => {
            query.push(" AND ").push(ANY_KIND).push_bind(kind_names(kinds)?).push(")))");
        }
        Some(Trait::NoConnection(kinds)) => {
            query.push(" AND NOT ").push(ANY_KIND).push_bind(kind_names(kinds)?).push(")))");
        }
        Some(Trait::NoCredentials) => {
            query.push(
                " AND connections <> '[]' AND NOT EXISTS (SELECT 1 FROM json_each(t.connections) c
                     WHERE json_extract(c.value, '$.kind') = 'local' OR EXISTS (SELECT 1 FROM vault_entries v
                         WHERE v.slot = 'current' AND v.id = json_extract(c.value, '$.credential')))",
            );
        }
        Some(Trait::Credentials) => {
            query.push(
                " AND EXISTS (SELECT 1 FROM json_each(t.connections) c JOIN vault_entries v
                     ON v.slot = 'current' AND v.id = json_extract(c.value, '$.credential'))",
            );
        }
        Some(Trait::Unreachable) => {
            query.push(" AND last_failure <> ''");
        }
        Some(Trait::Maintenance) => {
            query.push(" AND maintenance = 1");
        }
        Some(Trait::Silent(since)) => {
            query.push(" AND (last_contact IS NULL OR last_contact < ").push_bind(micros(*since)).push(")");
        }
    }
    Ok(())
}

fn such_alerts(query: &mut Query, question: &AlertQuestion) -> Result<()> {
    query.push(" AND severity >= ").push_bind(severity(question.level));
    in_span(query, "at", question.span);
    match question.open {
        None => {}
        Some(true) => {
            query.push(" AND acknowledged_at IS NULL");
        }
        Some(false) => {
            query.push(" AND acknowledged_at IS NOT NULL");
        }
    }
    if !question.words.is_empty() {
        query.push(" AND (");
        for (n, word) in question.words.iter().enumerate() {
            query.push(if n == 0 { "" } else { " OR " }).push("(message || ' ' || details || ' ' || service) LIKE ");
            query.push_bind(contains(word)).push(" ESCAPE '\\'");
        }
        query.push(")");
    }
    if let Some(names) = &question.targets {
        on_targets(query, "notifications.job", names)?;
    }
    Ok(())
}

fn read_found(row: &SqliteRow) -> Result<TargetFound> {
    Ok(TargetFound {
        id: row.id("id")?,
        name: row.text("name")?,
        addresses: row.json("addresses")?,
        os: row.named("os", Os::parse)?,
        notes: row.text("notes")?,
        connections: row.json("connections")?,
        last_contact: row.maybe_at("last_contact")?,
        last_failure: row.text("last_failure")?,
        last_failure_at: row.maybe_at("last_failure_at")?,
    })
}
