//! Jobs: what was accepted, what happened, what the machines said.

use crate::row::{Columns, contains, from_json, json, micros};
use crate::tx::Tx;
use crate::{Result, Store, StoreError, audit, proposals};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};
use wheelhouse_protocol::job::{
    Counts, GetJobLog, JobDetail, JobEvent, JobEventKind, JobState, JobSummary, Level, ListJobs, LogHit, LogLine,
    Phase, Stream,
};
use wheelhouse_protocol::plan::{Plan, PlanHash, ProposalState};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::{ApprovalId, InstanceId, JobId, TargetId, Timestamp};

/// A person's "yes" to one plan, used by the job that is accepted with it.
#[derive(Debug, Clone)]
pub struct NewApproval {
    /// Its id.
    pub id: ApprovalId,
    /// The hash that was looked at.
    pub hash: PlanHash,
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// A job to accept.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its first state.
    pub summary: JobSummary,
    /// The plan, as approved.
    pub plan: Plan,
    /// The approval, for a plan that changes something.
    pub approval: Option<NewApproval>,
    /// Whether the proposal it comes from is closed by it.
    pub closes_proposal: bool,
}

/// What changes in a job's one line.
#[derive(Debug, Clone, Copy)]
pub struct JobUpdate {
    /// Where it stands.
    pub state: JobState,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How its targets stand.
    pub counts: Counts,
}

/// One write of the engine: all of it, or nothing.
#[derive(Debug, Clone, Default)]
pub struct JobWrite {
    /// What happened, in order of `seq`.
    pub events: Vec<JobEvent>,
    /// What the machines said, in order of `n`.
    pub lines: Vec<LogLine>,
    /// What changes in the job's one line.
    pub update: Option<JobUpdate>,
    /// What goes into the audit chain.
    pub audit: Vec<audit::Entry>,
}

impl JobWrite {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.lines.is_empty() && self.update.is_none() && self.audit.is_empty()
    }
}

/// Who works on a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    /// The target.
    pub target: TargetId,
    /// The job.
    pub job: JobId,
    /// What the job is.
    pub sentence: String,
    /// Who started it.
    pub who: String,
}

impl Store {
    /// Accepts a job: closes its proposal, uses up its approval, locks its targets if it changes
    /// them, and records all that in the audit chain; everything or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the proposal is no longer open, or another job works on a target.
    pub async fn accept_job(&self, new: &NewJob, records: &[audit::Entry]) -> Result<()> {
        let mut tx = self.begin().await?;
        let job = new.summary.id;
        if new.closes_proposal {
            proposals::close(&mut tx, new.plan.id, ProposalState::Started, Some(job)).await?;
        }
        if let Some(approval) = &new.approval {
            insert_approval(&mut tx, new, approval).await?;
        }
        insert_job(&mut tx, new).await?;
        if new.plan.mutates() {
            for target in &new.plan.targets {
                lock_target(&mut tx, target.id, &target.name, &new.summary).await?;
            }
        }
        for record in records {
            audit::append(&mut tx, record).await?;
        }
        tx.commit().await
    }

    /// Writes what happened in a job. When it has ended, its locks are released in the same moment.
    pub async fn write_job(&self, job: JobId, write: &JobWrite) -> Result<()> {
        if write.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for event in &write.events {
            tx.run(
                sqlx::query("INSERT INTO job_events (job, seq, at, body) VALUES ($1, $2, $3, $4)")
                    .bind(job.to_string())
                    .bind(signed(event.seq))
                    .bind(micros(event.at))
                    .bind(json("job event", &event.what)?),
            )
            .await?;
        }
        insert_lines(&mut tx, job, &write.lines).await?;
        if let Some(update) = &write.update {
            tx.run(
                sqlx::query("UPDATE jobs SET state = $2, started_at = $3, finished_at = $4, counts = $5 WHERE id = $1")
                    .bind(job.to_string())
                    .bind(update.state.as_str())
                    .bind(update.started_at.map(micros))
                    .bind(update.finished_at.map(micros))
                    .bind(json("counts", &update.counts)?),
            )
            .await?;
            if update.state.is_final() {
                tx.run(sqlx::query("DELETE FROM target_locks WHERE job = $1").bind(job.to_string())).await?;
            }
        }
        for record in &write.audit {
            audit::append(&mut tx, record).await?;
        }
        tx.commit().await
    }

    /// Jobs, newest first.
    pub async fn jobs(&self, filter: &ListJobs) -> Result<Vec<JobSummary>> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM jobs WHERE 1 = 1");
        if !filter.states.is_empty() {
            query.push(" AND state IN (");
            let mut list = query.separated(", ");
            for state in &filter.states {
                list.push_bind(state.as_str());
            }
            query.push(")");
        }
        if let Some(before) = filter.before {
            query.push(" AND id < ").push_bind(before.to_string());
        }
        if !filter.text.is_empty() {
            let pattern = contains(&filter.text);
            query.push(" AND (request LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\' OR sentence LIKE ");
            query
                .push_bind(pattern.clone())
                .push(" ESCAPE '\\' OR EXISTS (SELECT 1 FROM json_each(jobs.body, '$.targets') t");
            query.push(" WHERE json_extract(t.value, '$.name') LIKE ").push_bind(pattern).push(" ESCAPE '\\'))");
        }
        let limit = if filter.limit == 0 { 100 } else { filter.limit.min(10_000) };
        query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(limit));
        let rows = self.rows(query.build()).await?;
        rows.iter().map(read_summary).collect()
    }

    /// One job in one line.
    pub async fn job(&self, id: JobId) -> Result<JobSummary> {
        read_summary(&self.job_row(id).await?)
    }

    /// The conversation a job came from.
    pub async fn job_conversation(&self, id: JobId) -> Result<Option<wheelhouse_protocol::ConversationId>> {
        let plan = self.job(id).await?.plan;
        self.proposal_conversation(plan).await
    }

    /// One job with its plan and everything that happened.
    pub async fn job_detail(&self, id: JobId) -> Result<JobDetail> {
        let row = self.job_row(id).await?;
        let approval = self
            .row(
                sqlx::query("SELECT a.who, a.at FROM approvals a JOIN jobs j ON j.approval = a.id WHERE j.id = $1")
                    .bind(id.to_string()),
            )
            .await?;
        let lines = self
            .row(sqlx::query("SELECT COALESCE(MAX(n), 0) AS n FROM job_log WHERE job = $1").bind(id.to_string()))
            .await?;
        Ok(JobDetail {
            summary: read_summary(&row)?,
            plan: row.json("body")?,
            approved_by: approval.as_ref().map(|a| a.text("who")).transpose()?,
            approved_at: approval.as_ref().map(|a| a.at("at")).transpose()?,
            events: self.job_events(id, 0).await?,
            log_lines: lines.map(|l| l.number("n")).transpose()?.unwrap_or(0).unsigned_abs(),
        })
    }

    /// What happened in a job after an event.
    pub async fn job_events(&self, job: JobId, after: u64) -> Result<Vec<JobEvent>> {
        let rows = self
            .rows(
                sqlx::query("SELECT seq, at, body FROM job_events WHERE job = $1 AND seq > $2 ORDER BY seq")
                    .bind(job.to_string())
                    .bind(signed(after)),
            )
            .await?;
        rows.iter()
            .map(|row| {
                let what: JobEventKind = from_json("job event", &row.text("body")?)?;
                Ok(JobEvent { job, seq: row.number("seq")?.unsigned_abs(), at: row.at("at")?, what })
            })
            .collect()
    }

    /// Lines of a job's log, oldest first.
    pub async fn job_log(&self, job: JobId, filter: &GetJobLog) -> Result<Vec<LogLine>> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM job_log WHERE job = ");
        query.push_bind(job.to_string()).push(" AND n > ").push_bind(signed(filter.after));
        if let Some(target) = filter.target {
            query.push(" AND target = ").push_bind(i64::from(target));
        }
        if let Some(step) = filter.step {
            query.push(" AND step = ").push_bind(i64::from(step));
        }
        if let Some(level) = filter.level {
            query.push(" AND level IN (");
            let mut list = query.separated(", ");
            for worse in Level::ALL.iter().filter(|l| **l >= level) {
                list.push_bind(worse.as_str());
            }
            query.push(")");
        }
        if !filter.text.is_empty() {
            query.push(" AND text LIKE ").push_bind(contains(&filter.text)).push(" ESCAPE '\\'");
        }
        let limit = if filter.limit == 0 { 1000 } else { filter.limit.min(100_000) };
        query.push(" ORDER BY n LIMIT ").push_bind(i64::from(limit));
        let rows = self.rows(query.build()).await?;
        rows.iter().map(read_line).collect()
    }

    /// Places where a text stands in the logs of all jobs, newest job first.
    pub async fn search_job_logs(&self, text: &str, limit: u32) -> Result<Vec<LogHit>> {
        let rows = self
            .rows(
                sqlx::query(
                    "SELECT l.*, j.sentence, json_extract(j.body, '$.targets[' || l.target || '].name') AS target_name
                     FROM job_log l JOIN jobs j ON j.id = l.job
                     WHERE l.text LIKE $1 ESCAPE '\\' ORDER BY l.job DESC, l.n LIMIT $2",
                )
                .bind(contains(text))
                .bind(i64::from(limit)),
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(LogHit {
                    job: row.id("job")?,
                    sentence: row.text("sentence")?,
                    target: row.maybe_text("target_name")?.unwrap_or_default(),
                    line: read_line(row)?,
                })
            })
            .collect()
    }

    /// The jobs an ended program left unfinished.
    pub async fn open_jobs_of(&self, instance: InstanceId) -> Result<Vec<JobId>> {
        let rows = self
            .rows(
                sqlx::query("SELECT id FROM jobs WHERE instance = $1 AND state IN ('queued', 'running', 'cancelling')")
                    .bind(instance.to_string()),
            )
            .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }

    /// Asks the program that runs a job to stop it.
    pub async fn request_cancel(&self, job: JobId, interrupt: bool) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.run(
            // Asking to interrupt outweighs asking to finish, whichever came first.
            sqlx::query(
                "UPDATE jobs SET cancel = CASE WHEN cancel = 'interrupt' THEN cancel ELSE $2 END WHERE id = $1",
            )
            .bind(job.to_string())
            .bind(if interrupt { "interrupt" } else { "finish" }),
        )
        .await?;
        tx.commit().await
    }

    /// Which of an instance's open jobs somebody asked to stop, and whether by interrupting.
    pub async fn requested_cancels(&self, instance: InstanceId) -> Result<Vec<(JobId, bool)>> {
        let rows = self
            .rows(
                sqlx::query(
                    "SELECT id, cancel FROM jobs
                     WHERE instance = $1 AND cancel IS NOT NULL AND state IN ('queued', 'running', 'cancelling')",
                )
                .bind(instance.to_string()),
            )
            .await?;
        rows.iter().map(|row| Ok((row.id("id")?, row.text("cancel")? == "interrupt"))).collect()
    }

    /// How many jobs have not ended.
    pub async fn open_job_count(&self) -> Result<u32> {
        let row = self
            .row(sqlx::query("SELECT COUNT(*) AS n FROM jobs WHERE state IN ('queued', 'running', 'cancelling')"))
            .await?;
        row.map_or(Ok(0), |row| row.count("n"))
    }

    /// Who works on which target.
    pub async fn target_locks(&self) -> Result<Vec<LockHolder>> {
        let rows = self
            .rows(sqlx::query(
                "SELECT l.target, l.job, j.sentence, j.who FROM target_locks l JOIN jobs j ON j.id = l.job",
            ))
            .await?;
        rows.iter()
            .map(|row| {
                Ok(LockHolder {
                    target: row.id("target")?,
                    job: row.id("job")?,
                    sentence: row.text("sentence")?,
                    who: row.text("who")?,
                })
            })
            .collect()
    }

    async fn job_row(&self, id: JobId) -> Result<SqliteRow> {
        self.row(sqlx::query("SELECT * FROM jobs WHERE id = $1").bind(id.to_string()))
            .await?
            .ok_or_else(|| StoreError::NotFound { what: "job", id: id.to_string() })
    }
}

async fn insert_approval(tx: &mut Tx<'_>, new: &NewJob, approval: &NewApproval) -> Result<()> {
    tx.run(
        sqlx::query(
            "INSERT INTO approvals (id, plan, hash, who, at, expires_at, used_by_job) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(approval.id.to_string())
        .bind(new.plan.id.to_string())
        .bind(&approval.hash.0)
        .bind(&approval.who)
        .bind(micros(approval.at))
        .bind(micros(approval.expires_at))
        .bind(new.summary.id.to_string()),
    )
    .await?;
    Ok(())
}

async fn insert_job(tx: &mut Tx<'_>, new: &NewJob) -> Result<()> {
    let summary = &new.summary;
    tx.run(
        sqlx::query(
            "INSERT INTO jobs (id, plan, hash, request, sentence, state, risk, who, instance, created_at, counts, steps,
                 body, approval)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(summary.id.to_string())
        .bind(summary.plan.to_string())
        .bind(&summary.hash.0)
        .bind(&summary.request)
        .bind(&summary.sentence)
        .bind(summary.state.as_str())
        .bind(summary.risk.as_str())
        .bind(&summary.who)
        .bind(summary.instance.to_string())
        .bind(micros(summary.created_at))
        .bind(json("counts", &summary.counts)?)
        .bind(i64::from(summary.steps))
        .bind(json("plan", &new.plan)?)
        .bind(new.approval.as_ref().map(|a| a.id.to_string())),
    )
    .await?;
    tx.run(
        sqlx::query(
            "INSERT INTO job_targets (target, job)
             SELECT DISTINCT json_extract(t.value, '$.id'), j.id FROM jobs j, json_each(j.body, '$.targets') t WHERE j.id = $1",
        )
        .bind(summary.id.to_string()),
    )
    .await?;
    Ok(())
}

async fn lock_target(tx: &mut Tx<'_>, target: TargetId, name: &str, job: &JobSummary) -> Result<()> {
    let holder = tx
        .row(
            sqlx::query("SELECT j.sentence, j.who FROM target_locks l JOIN jobs j ON j.id = l.job WHERE l.target = $1")
                .bind(target.to_string()),
        )
        .await?;
    if let Some(holder) = holder {
        return Err(StoreError::Conflict(format!(
            "“{}” by {} is changing {name} right now; wait for it, cancel it, or leave {name} out",
            holder.text("sentence")?,
            holder.text("who")?
        )));
    }
    tx.run(
        sqlx::query("INSERT INTO target_locks (target, job, instance, since) VALUES ($1, $2, $3, $4)")
            .bind(target.to_string())
            .bind(job.id.to_string())
            .bind(job.instance.to_string())
            .bind(micros(job.created_at)),
    )
    .await?;
    Ok(())
}

async fn insert_lines(tx: &mut Tx<'_>, job: JobId, lines: &[LogLine]) -> Result<()> {
    let job = job.to_string();
    // Nine values a row: well below SQLite's limit of 32 766 values a statement.
    for chunk in lines.chunks(500) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO job_log (job, n, at, target, step, phase, stream, level, text) ");
        query.push_values(chunk, |mut row, line| {
            row.push_bind(&job)
                .push_bind(signed(line.n))
                .push_bind(micros(line.at))
                .push_bind(i64::from(line.target))
                .push_bind(i64::from(line.step))
                .push_bind(line.phase.as_str())
                .push_bind(line.stream.as_str())
                .push_bind(line.level.as_str())
                .push_bind(&line.text);
        });
        tx.run(query.build()).await?;
    }
    Ok(())
}

/// Counters of ours never come near 2⁶³.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The columns of [`read_summary`]: not the plan, which is long.
pub(crate) const SUMMARY: &str = "id, plan, hash, request, sentence, state, risk, who, instance, created_at, started_at, \
     finished_at, counts, steps";

/// A stored row as a job in one line.
pub(crate) fn read_summary(row: &SqliteRow) -> Result<JobSummary> {
    Ok(JobSummary {
        id: row.id("id")?,
        plan: row.id("plan")?,
        hash: PlanHash(row.text("hash")?),
        request: row.text("request")?,
        sentence: row.text("sentence")?,
        state: row.named("state", JobState::parse)?,
        risk: row.named("risk", |name| {
            [Risk::Low, Risk::Medium, Risk::High, Risk::Critical].into_iter().find(|r| r.as_str() == name)
        })?,
        who: row.text("who")?,
        instance: row.id("instance")?,
        created_at: row.at("created_at")?,
        started_at: row.maybe_at("started_at")?,
        finished_at: row.maybe_at("finished_at")?,
        counts: row.json("counts")?,
        steps: row.count("steps")?,
    })
}

fn read_line(row: &SqliteRow) -> Result<LogLine> {
    Ok(LogLine {
        n: row.number("n")?.unsigned_abs(),
        at: row.at("at")?,
        target: row.count("target")?,
        step: row.count("step")?,
        phase: row.named("phase", Phase::parse)?,
        stream: row.named("stream", Stream::parse)?,
        level: row.named("level", Level::parse)?,
        text: row.text("text")?,
    })
}
