//! Proposals: what the planner made of a request, until somebody decides.

use crate::row::{Columns, json, micros};
use crate::tx::Tx;
use crate::{Result, Store, StoreError};
use sqlx::sqlite::SqliteRow;
use wheelhouse_protocol::plan::{Proposal, ProposalState, Scheduled};
use wheelhouse_protocol::{ConversationId, JobId, PlanId, ScheduleId};

impl Store {
    /// One proposal.
    pub async fn proposal(&self, id: PlanId) -> Result<Proposal> {
        let row = self
            .row(sqlx::query("SELECT * FROM proposals WHERE id = $1").bind(id.to_string()))
            .await?
            .ok_or_else(|| StoreError::NotFound { what: "plan", id: id.to_string() })?;
        read(&row)
    }

    /// The conversation a proposal was made in.
    pub async fn proposal_conversation(&self, id: PlanId) -> Result<Option<ConversationId>> {
        match self.row(sqlx::query("SELECT conversation FROM proposals WHERE id = $1").bind(id.to_string())).await? {
            Some(row) => row.maybe_id("conversation"),
            None => Ok(None),
        }
    }

    /// Keeps a proposal made outside any conversation.
    pub async fn put_proposal(&self, proposal: &Proposal) -> Result<()> {
        let mut tx = self.begin().await?;
        insert(&mut tx, proposal, None).await?;
        tx.commit().await
    }

    /// Puts a revised proposal in the place of an open one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the old one is no longer open.
    pub async fn supersede_proposal(&self, old: PlanId, new: &Proposal) -> Result<()> {
        let mut tx = self.begin().await?;
        close(&mut tx, old, ProposalState::Superseded, None).await?;
        let conversation = match tx
            .row(sqlx::query("SELECT conversation FROM proposals WHERE id = $1").bind(old.to_string()))
            .await?
        {
            Some(row) => row.maybe_id("conversation")?,
            None => None,
        };
        insert(&mut tx, new, conversation).await?;
        tx.run(
            sqlx::query("UPDATE messages SET plan = $2 WHERE plan = $1").bind(old.to_string()).bind(new.id.to_string()),
        )
        .await?;
        tx.commit().await
    }

    /// Closes an open proposal whose plan another message shows anew.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is no longer open.
    pub async fn set_aside_proposal(&self, id: PlanId) -> Result<()> {
        let mut tx = self.begin().await?;
        close(&mut tx, id, ProposalState::Superseded, None).await?;
        tx.commit().await
    }

    /// Notes that the operator said no.
    pub async fn reject_proposal(&self, id: PlanId, record: &crate::audit::Entry) -> Result<()> {
        let mut tx = self.begin().await?;
        close(&mut tx, id, ProposalState::Rejected, None).await?;
        crate::audit::append(&mut tx, record).await?;
        tx.commit().await
    }
}

/// Stores a new proposal.
pub(crate) async fn insert(tx: &mut Tx<'_>, proposal: &Proposal, conversation: Option<ConversationId>) -> Result<()> {
    let plan = proposal.plan.as_ref().map(|p| json("plan", p)).transpose()?;
    tx.run(
        sqlx::query(
            "INSERT INTO proposals (id, reading, plan, state, job, conversation, made_at, suggested_by_model)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(proposal.id.to_string())
        .bind(json("reading", &proposal.reading)?)
        .bind(plan)
        .bind(state_name(proposal.state))
        .bind(proposal.job.map(|j| j.to_string()))
        .bind(conversation.map(|c| c.to_string()))
        .bind(micros(proposal.made_at))
        .bind(proposal.suggested_by_model),
    )
    .await?;
    Ok(())
}

/// Takes an open proposal out of the open state, once.
pub(crate) async fn close(tx: &mut Tx<'_>, id: PlanId, state: ProposalState, job: Option<JobId>) -> Result<()> {
    let changed = tx
        .run(
            sqlx::query("UPDATE proposals SET state = $2, job = $3 WHERE id = $1 AND state = 'open'")
                .bind(id.to_string())
                .bind(state_name(state))
                .bind(job.map(|j| j.to_string())),
        )
        .await?;
    if changed == 1 {
        return Ok(());
    }
    match tx.row(sqlx::query("SELECT state FROM proposals WHERE id = $1").bind(id.to_string())).await? {
        None => Err(StoreError::NotFound { what: "plan", id: id.to_string() }),
        Some(row) => Err(StoreError::Conflict(match row.text("state")?.as_str() {
            "started" => "this plan has been started already; an approval is used once".to_owned(),
            "rejected" => "this plan was rejected; ask again for a new one".to_owned(),
            _ => "this plan was revised; decide on the newer one".to_owned(),
        })),
    }
}

/// Notes the schedule that a closed proposal became.
pub(crate) async fn name_schedule(tx: &mut Tx<'_>, id: PlanId, schedule: ScheduleId, name: &str) -> Result<()> {
    tx.run(
        sqlx::query("UPDATE proposals SET schedule = $2, schedule_name = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(schedule.to_string())
            .bind(name),
    )
    .await?;
    Ok(())
}

fn state_name(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Open => "open",
        ProposalState::Started => "started",
        ProposalState::Rejected => "rejected",
        ProposalState::Superseded => "superseded",
    }
}

/// A stored row as a proposal.
pub(crate) fn read(row: &SqliteRow) -> Result<Proposal> {
    Ok(Proposal {
        id: row.id("id")?,
        reading: row.json("reading")?,
        plan: match row.maybe_text("plan")? {
            Some(_) => Some(row.json("plan")?),
            None => None,
        },
        suggested_by_model: row.number("suggested_by_model")? != 0,
        state: row.named("state", |name| {
            [ProposalState::Open, ProposalState::Started, ProposalState::Rejected, ProposalState::Superseded]
                .into_iter()
                .find(|s| state_name(*s) == name)
        })?,
        job: row.maybe_id("job")?,
        schedule: match row.maybe_id("schedule")? {
            Some(id) => Some(Scheduled { id, name: row.text("schedule_name")? }),
            None => None,
        },
        made_at: row.at("made_at")?,
    })
}
