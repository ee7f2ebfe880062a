//! Schedules, what became of their due times, and standing approvals.
//!
//! A due time is taken by inserting its row: the primary key lets one program only do it, and the row
//! stays when that program dies, so that the next one can tell what was not done.

use crate::audit::{self, Entry};
use crate::database::lock_path;
use crate::recipes::{count_up, name_key};
use crate::row::{Columns, json, micros};
use crate::tx::Tx;
use crate::{Result, Store, StoreError, proposals, recipes};
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;
use std::fs::{OpenOptions, TryLockError};
use wheelhouse_protocol::plan::ProposalState;
use wheelhouse_protocol::recipe::Recipe;
use wheelhouse_protocol::schedule::{RunState, Schedule, ScheduleRun, StandingApproval, When};
use wheelhouse_protocol::{InstanceId, JobId, PlanId, RecipeId, ScheduleId, Timestamp};

/// What became of a schedule's due times is kept for so many.
const KEPT_RUNS: i64 = 500;

/// A schedule with how far its due times have been dealt with.
#[derive(Debug, Clone)]
pub struct StoredSchedule {
    /// The schedule, without its next due times.
    pub schedule: Schedule,
    /// Due times up to here have been dealt with.
    pub handled_until: Timestamp,
}

/// A schedule to store.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// Its id: a new one, or that of the one to change.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// The recipe.
    pub recipe: RecipeId,
    /// Its version.
    pub version: u32,
    /// Values for its parameters.
    pub parameters: BTreeMap<String, String>,
    /// Other words for the machines.
    pub targets: Option<String>,
    /// When.
    pub when: When,
    /// Who says so.
    pub who: String,
    /// When: due times before are not made up for.
    pub at: Timestamp,
}

/// A plan that becomes a schedule.
#[derive(Debug, Clone)]
pub struct PlannedSchedule {
    /// The plan.
    pub plan: PlanId,
    /// Its steps under a name of their own.
    pub recipe: Recipe,
    /// When they run.
    pub schedule: NewSchedule,
    /// The approval its runs need, where they need one.
    pub approval: Option<StandingApproval>,
}

/// A due time another program took and did not finish.
#[derive(Debug, Clone)]
pub struct OpenClaim {
    /// The schedule.
    pub schedule: ScheduleId,
    /// The due time.
    pub due_at: Timestamp,
    /// Who took it.
    pub instance: InstanceId,
    /// The plan, when it had got that far.
    pub plan: Option<PlanId>,
}

const SCHEDULES: &str = "SELECT s.*, r.name AS recipe_name, v.body AS recipe_body FROM schedules s
     JOIN recipes r ON r.id = s.recipe JOIN recipe_versions v ON v.recipe = s.recipe AND v.version = s.version";

impl Store {
    /// Every schedule, by name.
    pub async fn schedules(&self) -> Result<Vec<StoredSchedule>> {
        let sql = format!("{SCHEDULES} ORDER BY s.name_key");
        let rows = self.rows(sqlx::query(sqlx::AssertSqlSafe(sql))).await?;
        let mut schedules = Vec::with_capacity(rows.len());
        for row in &rows {
            schedules.push(self.with_particulars(read(row)?).await?);
        }
        Ok(schedules)
    }

    /// The schedule of this name.
    pub async fn schedule(&self, name: &str) -> Result<StoredSchedule> {
        let sql = format!("{SCHEDULES} WHERE s.name_key = $1");
        let row = self.row(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(name_key(name))).await?;
        let row = row.ok_or_else(|| StoreError::NotFound { what: "schedule", id: name.to_owned() })?;
        self.with_particulars(read(&row)?).await
    }

    async fn with_particulars(&self, mut stored: StoredSchedule) -> Result<StoredSchedule> {
        stored.schedule.approval = self.standing_approval(stored.schedule.id).await?;
        stored.schedule.last = self.schedule_runs(stored.schedule.id, 1).await?.into_iter().next();
        Ok(stored)
    }

    /// The standing approval of a schedule that is not void. Whether it has expired is the caller's to ask.
    pub async fn standing_approval(&self, schedule: ScheduleId) -> Result<Option<StandingApproval>> {
        let row = self
            .row(
                sqlx::query("SELECT * FROM standing_approvals WHERE schedule = $1 AND void_at IS NULL")
                    .bind(schedule.to_string()),
            )
            .await?;
        row.map(|row| {
            Ok(StandingApproval {
                id: row.id("id")?,
                covers: row.json("covers")?,
                hash: row.text("hash")?,
                max_targets: row.count("max_targets")?,
                who: row.text("who")?,
                at: row.at("at")?,
                expires_at: row.maybe_at("expires_at")?,
            })
        })
        .transpose()
    }

    /// What became of a schedule's due times, newest first.
    pub async fn schedule_runs(&self, schedule: ScheduleId, limit: u32) -> Result<Vec<ScheduleRun>> {
        let rows = self
            .rows(
                sqlx::query("SELECT * FROM schedule_runs WHERE schedule = $1 ORDER BY due_at DESC LIMIT $2")
                    .bind(schedule.to_string())
                    .bind(i64::from(limit)),
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ScheduleRun {
                    due_at: row.at("due_at")?,
                    state: row.named("state", RunState::parse)?,
                    at: row.at("at")?,
                    plan: row.maybe_id("plan")?,
                    job: row.maybe_id("job")?,
                    conversation: row.maybe_id("conversation")?,
                    detail: row.text("detail")?,
                })
            })
            .collect()
    }

    /// Stores a new schedule.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the name is taken.
    pub async fn add_schedule(&self, new: &NewSchedule, record: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        insert(&mut tx, new).await?;
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await
    }

    /// Makes a schedule of an open plan: closes the plan, stores its recipe, the schedule and its standing approval, and
    /// records all that in the audit chain; everything or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the plan is no longer open, or the recipe's or the schedule's name is taken.
    pub async fn schedule_plan(&self, new: &PlannedSchedule, records: &[Entry]) -> Result<()> {
        let PlannedSchedule { plan, recipe, schedule, approval } = new;
        let mut tx = self.begin().await?;
        proposals::close(&mut tx, *plan, ProposalState::Started, None).await?;
        proposals::name_schedule(&mut tx, *plan, schedule.id, &schedule.name).await?;
        recipes::insert(&mut tx, recipe).await?;
        insert(&mut tx, schedule).await?;
        if let Some(approval) = approval {
            insert_approval(&mut tx, approval).await?;
        }
        for record in records {
            audit::append(&mut tx, record).await?;
        }
        count_up(&mut tx).await?;
        tx.commit().await
    }

    /// Changes a schedule. Its standing approval is void in the same moment.
    pub async fn change_schedule(&self, new: &NewSchedule, record: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        void(&mut tx, new.id, &new.who, "the schedule was changed", new.at).await?;
        let changed = tx
            .run(
                sqlx::query(
                    "UPDATE schedules SET recipe = $2, version = $3, parameters = $4, targets = $5, timing = $6,
                            handled_until = $7, saved_by = $8, saved_at = $7, enabled = 1
                     WHERE id = $1",
                )
                .bind(new.id.to_string())
                .bind(new.recipe.to_string())
                .bind(i64::from(new.version))
                .bind(json("parameters", &new.parameters)?)
                .bind(&new.targets)
                .bind(json("schedule", &new.when)?)
                .bind(micros(new.at))
                .bind(&new.who),
            )
            .await?;
        there(changed, new.id)?;
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await
    }

    /// Lets a schedule run from now on, or holds it.
    pub async fn enable_schedule(&self, id: ScheduleId, enabled: bool, now: Timestamp, record: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        // Due times up to now are not made up for; those that were dealt with stay so when the clock was set back.
        let changed = tx
            .run(
                sqlx::query("UPDATE schedules SET enabled = $2, handled_until = MAX(handled_until, $3) WHERE id = $1")
                    .bind(id.to_string())
                    .bind(enabled)
                    .bind(micros(now)),
            )
            .await?;
        there(changed, id)?;
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await
    }

    /// Deletes a schedule with its history and its standing approvals.
    pub async fn delete_schedule(&self, id: ScheduleId, record: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        let changed = tx.run(sqlx::query("DELETE FROM schedules WHERE id = $1").bind(id.to_string())).await?;
        there(changed, id)?;
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await
    }

    /// Stores a standing approval; the one before it is void.
    pub async fn approve_schedule(&self, approval: &StandingApproval, record: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        let schedule = approval.covers.schedule;
        void(&mut tx, schedule, &approval.who, "another approval took its place", approval.at).await?;
        insert_approval(&mut tx, approval).await?;
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await
    }

    /// Makes a schedule's standing approval void.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn revoke_schedule(&self, id: ScheduleId, why: &str, record: &Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        if void(&mut tx, id, &record.who, why, record.at).await? == 0 {
            return Err(StoreError::NotFound { what: "standing approval for schedule", id: id.to_string() });
        }
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await
    }

    /// Takes a due time for this program. `false` when another one has it, when it was dealt with, or when
    /// the schedule is held or is not the one of `saved_at` any more.
    pub async fn claim_run(&self, schedule: &Schedule, due_at: Timestamp, now: Timestamp) -> Result<bool> {
        let mut tx = self.begin().await?;
        let taken = tx
            .run(
                sqlx::query(
                    "INSERT OR IGNORE INTO schedule_runs (schedule, due_at, state, at, instance)
                     SELECT id, $2, 'claimed', $3, $4 FROM schedules WHERE id = $1 AND enabled = 1 AND saved_at = $5",
                )
                .bind(schedule.id.to_string())
                .bind(micros(due_at))
                .bind(micros(now))
                .bind(self.instance().id().to_string())
                .bind(micros(schedule.saved_at)),
            )
            .await?;
        handle_until(&mut tx, schedule.id, due_at).await?;
        prune(&mut tx, schedule.id).await?;
        count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(taken == 1)
    }

    /// Notes due times at which nothing was there to run them; says how many were not noted before.
    pub async fn note_missed(
        &self,
        schedule: ScheduleId,
        due: &[Timestamp],
        handled_until: Timestamp,
        why: &str,
        record: &Entry,
    ) -> Result<u64> {
        let mut tx = self.begin().await?;
        let mut noted = 0;
        for due_at in due {
            noted += tx
                .run(
                    sqlx::query(
                        "INSERT OR IGNORE INTO schedule_runs (schedule, due_at, state, at, instance, detail)
                         SELECT id, $2, 'missed', $3, $4, $5 FROM schedules WHERE id = $1",
                    )
                    .bind(schedule.to_string())
                    .bind(micros(*due_at))
                    .bind(micros(record.at))
                    .bind(self.instance().id().to_string())
                    .bind(why),
                )
                .await?;
        }
        handle_until(&mut tx, schedule, handled_until).await?;
        if noted > 0 {
            audit::append(&mut tx, record).await?;
            prune(&mut tx, schedule).await?;
        }
        count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(noted)
    }

    /// Notes which plan a claimed due time is about to start, before it starts it.
    pub async fn plan_run(&self, schedule: ScheduleId, due_at: Timestamp, plan: PlanId) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.run(
            sqlx::query("UPDATE schedule_runs SET plan = $3 WHERE schedule = $1 AND due_at = $2 AND state = 'claimed'")
                .bind(schedule.to_string())
                .bind(micros(due_at))
                .bind(plan.to_string()),
        )
        .await?;
        tx.commit().await
    }

    /// Notes what became of a due time that `instance` had claimed; says whether it still was claimed.
    pub async fn finish_run(
        &self,
        schedule: ScheduleId,
        instance: InstanceId,
        run: &ScheduleRun,
        record: &Entry,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let changed = tx
            .run(
                sqlx::query(
                    "UPDATE schedule_runs SET state = $4, at = $5, plan = $6, job = $7, conversation = $8, detail = $9
                     WHERE schedule = $1 AND due_at = $2 AND instance = $3 AND state = 'claimed'",
                )
                .bind(schedule.to_string())
                .bind(micros(run.due_at))
                .bind(instance.to_string())
                .bind(run.state.as_str())
                .bind(micros(run.at))
                .bind(run.plan.map(|p| p.to_string()))
                .bind(run.job.map(|j| j.to_string()))
                .bind(run.conversation.map(|c| c.to_string()))
                .bind(&run.detail),
            )
            .await?;
        if changed == 0 {
            return Ok(false);
        }
        audit::append(&mut tx, record).await?;
        count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Due times that programs which have ended had taken.
    pub async fn abandoned_claims(&self) -> Result<Vec<OpenClaim>> {
        let rows = self
            .rows(
                sqlx::query("SELECT * FROM schedule_runs WHERE state = 'claimed' AND instance <> $1")
                    .bind(self.instance().id().to_string()),
            )
            .await?;
        let mut open = Vec::new();
        for row in &rows {
            let instance: InstanceId = row.id("instance")?;
            if !self.is_alive(instance) {
                open.push(OpenClaim {
                    schedule: row.id("schedule")?,
                    due_at: row.at("due_at")?,
                    instance,
                    plan: row.maybe_id("plan")?,
                });
            }
        }
        Ok(open)
    }

    /// The job that was started from a plan.
    pub async fn job_of_plan(&self, plan: PlanId) -> Result<Option<JobId>> {
        let row = self.row(sqlx::query("SELECT id FROM jobs WHERE plan = $1").bind(plan.to_string())).await?;
        row.map(|row| row.id("id")).transpose()
    }

    /// Whether the program of this instance still runs: only then its lock is held.
    fn is_alive(&self, instance: InstanceId) -> bool {
        let file = OpenOptions::new().write(true).open(lock_path(self.directory(), &instance.to_string()));
        matches!(file.map(|file| file.try_lock()), Ok(Err(TryLockError::WouldBlock)))
    }
}

async fn insert(tx: &mut Tx<'_>, new: &NewSchedule) -> Result<()> {
    let taken = tx.row(sqlx::query("SELECT name FROM schedules WHERE name_key = $1").bind(name_key(&new.name))).await?;
    if taken.is_some() {
        return Err(StoreError::Conflict(format!("there is a schedule “{}” already", new.name)));
    }
    tx.run(
        sqlx::query(
            "INSERT INTO schedules (id, name, name_key, recipe, version, parameters, targets, timing, enabled,
                                    handled_until, saved_by, saved_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $9)",
        )
        .bind(new.id.to_string())
        .bind(&new.name)
        .bind(name_key(&new.name))
        .bind(new.recipe.to_string())
        .bind(i64::from(new.version))
        .bind(json("parameters", &new.parameters)?)
        .bind(&new.targets)
        .bind(json("schedule", &new.when)?)
        .bind(micros(new.at))
        .bind(&new.who),
    )
    .await?;
    Ok(())
}

async fn insert_approval(tx: &mut Tx<'_>, approval: &StandingApproval) -> Result<()> {
    tx.run(
        sqlx::query(
            "INSERT INTO standing_approvals (id, schedule, hash, covers, max_targets, who, at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(approval.id.to_string())
        .bind(approval.covers.schedule.to_string())
        .bind(&approval.hash)
        .bind(json("standing approval", &approval.covers)?)
        .bind(i64::from(approval.max_targets))
        .bind(&approval.who)
        .bind(micros(approval.at))
        .bind(approval.expires_at.map(micros)),
    )
    .await?;
    Ok(())
}

fn there(changed: u64, id: ScheduleId) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NotFound { what: "schedule", id: id.to_string() }) }
}

async fn void(tx: &mut Tx<'_>, schedule: ScheduleId, who: &str, why: &str, at: Timestamp) -> Result<u64> {
    tx.run(
        sqlx::query(
            "UPDATE standing_approvals SET void_at = $2, void_by = $3, void_why = $4
             WHERE schedule = $1 AND void_at IS NULL",
        )
        .bind(schedule.to_string())
        .bind(micros(at))
        .bind(who)
        .bind(why),
    )
    .await
}

async fn handle_until(tx: &mut Tx<'_>, schedule: ScheduleId, until: Timestamp) -> Result<()> {
    tx.run(
        sqlx::query("UPDATE schedules SET handled_until = MAX(handled_until, $2) WHERE id = $1")
            .bind(schedule.to_string())
            .bind(micros(until)),
    )
    .await?;
    Ok(())
}

/// Old due times go; one that is still claimed stays until it is known what became of it.
async fn prune(tx: &mut Tx<'_>, schedule: ScheduleId) -> Result<()> {
    tx.run(
        sqlx::query(
            "DELETE FROM schedule_runs WHERE schedule = $1 AND state <> 'claimed' AND due_at <
                 (SELECT due_at FROM schedule_runs WHERE schedule = $1 ORDER BY due_at DESC LIMIT 1 OFFSET $2)",
        )
        .bind(schedule.to_string())
        .bind(KEPT_RUNS - 1),
    )
    .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<StoredSchedule> {
    let body: wheelhouse_protocol::recipe::RecipeBody = row.json("recipe_body")?;
    Ok(StoredSchedule {
        handled_until: row.at("handled_until")?,
        schedule: Schedule {
            id: row.id("id")?,
            name: row.text("name")?,
            recipe: row.id("recipe")?,
            recipe_name: row.text("recipe_name")?,
            version: row.count("version")?,
            mutates: body.mutates(),
            parameters: row.json("parameters")?,
            targets: row.maybe_text("targets")?,
            when: row.json("timing")?,
            enabled: row.number("enabled")? != 0,
            saved_by: row.text("saved_by")?,
            saved_at: row.at("saved_at")?,
            next: Vec::new(),
            approval: None,
            last: None,
        },
    })
}
