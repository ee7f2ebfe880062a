//! One due time: the plan of now, whether it may run, and what became of it.

use crate::App;
use crate::planning::proposal;
use crate::recipe::{Chosen, Filled, whole};
use crate::schedule::cover;
use serde_json::json;
use uuid::Uuid;
use wheelhouse_automation::ApprovedPlan;
use wheelhouse_notifications::NewNotification;
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::Source;
use wheelhouse_protocol::plan::{Plan, Proposal, ProposalState};
use wheelhouse_protocol::recipe::Recipe;
use wheelhouse_protocol::schedule::{RunState, Schedule, ScheduleRun, StandingApproval};
use wheelhouse_protocol::{
    ApprovalId, ConversationId, Event, JobId, MessageId, Problem, ProblemCode, StandingApprovalId, Timestamp,
};
use wheelhouse_store::audit::Entry;
use wheelhouse_store::jobs::NewApproval;

/// Who the audit chain names for what a schedule does by itself.
pub(crate) const WHO: &str = "wheelhouse";
/// A scheduled job begins at once or not at all.
const APPROVAL: std::time::Duration = std::time::Duration::from_secs(60);

/// A due time this program has taken.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) schedule: Schedule,
    pub(crate) due_at: Timestamp,
}

/// What a schedule comes to now.
pub(crate) struct Made {
    pub(crate) recipe: Recipe,
    pub(crate) filled: Filled,
    pub(crate) proposal: Proposal,
    pub(crate) plan: Plan,
}

impl App {
    /// Plans a schedule's recipe against the inventory and the files of now.
    pub(crate) async fn made_now(&self, schedule: &Schedule) -> Result<Made, Problem> {
        let recipe = whole(self.store.recipe_version(schedule.recipe, schedule.version).await?)?;
        let chosen = Chosen { parameters: &schedule.parameters, targets: schedule.targets.as_deref() };
        let (filled, proposal) = self.propose_filled(&recipe, chosen).await?;
        let Some(plan) = proposal.plan.clone() else {
            let title = "There is nothing to run";
            return Err(Problem::new(ProblemCode::NeedsAnswer, title, proposal.reading.sentence));
        };
        Ok(Made { recipe, filled, proposal, plan })
    }

    /// Deals with a due time this program has taken. Whatever happens is in its history afterwards.
    pub(crate) async fn run_claimed(&self, claimed: &Claimed) {
        let schedule = &claimed.schedule;
        let run = match self.start_due(claimed).await {
            Ok(run) => run,
            Err(problem) => {
                let message = format!("“{}” could not be run: {}", schedule.name, problem.title);
                let details = format!("{} {}", problem.detail, problem.hint);
                self.raise(schedule, "failed", Level::Error, message, details.trim().to_owned(), None).await;
                let detail = format!("{}: {}", problem.title, problem.detail);
                ScheduleRun { detail, ..self.ended(claimed, RunState::Failed) }
            }
        };
        let record = Entry {
            at: run.at,
            who: WHO.to_owned(),
            what: match run.state {
                RunState::Started => "schedule.started",
                RunState::Waiting => "schedule.waits",
                _ => "schedule.failed",
            },
            detail: json!({ "schedule": schedule.id, "name": schedule.name, "due": run.due_at, "plan": run.plan,
                "job": run.job, "why": run.detail }),
        };
        // When this cannot be written, the claim stays, and is reported when the program has ended.
        match self.store.finish_run(schedule.id, self.store.instance().id(), &run, &record).await {
            Ok(_) => self.bus.publish(Event::SchedulesChanged),
            Err(error) => tracing::error!(%error, schedule = schedule.name, "a scheduled run's end could not be kept"),
        }
    }

    async fn start_due(&self, claimed: &Claimed) -> Result<ScheduleRun, Problem> {
        let schedule = &claimed.schedule;
        let made = self.made_now(schedule).await?;
        let now = self.clock.now();
        // Asked anew, not taken from the claim: it may have been revoked a moment ago.
        let approval = self.store.standing_approval(schedule.id).await?;
        let current = cover::coverage((schedule.id, &schedule.when), &made.recipe, &made.filled, &made.plan);
        let (approved, standing) = if made.plan.needs_approval() {
            match cover::covers(approval.as_ref(), now, &current, &made.plan) {
                Ok(standing) => (by_standing(made.plan, standing)?, Some(standing.id)),
                Err(why) => return self.wait(claimed, made.proposal, &why).await,
            }
        } else {
            let hash = made.plan.hash.clone();
            (ApprovedPlan::read_only(made.plan, &hash)?, None)
        };
        self.store.put_proposal(&made.proposal).await?;
        // Before it starts: were this program to end now, the next one finds the job by the plan.
        self.store.plan_run(schedule.id, claimed.due_at, made.proposal.id).await?;
        match self.engine.start(approved, &format!("schedule {}", schedule.name), true).await {
            Ok(job) => Ok(self.started(claimed, &made.proposal, job.id, standing)),
            // Nothing has run: the vault is locked, or another job works there. A person decides.
            Err(problem) => {
                let record = Entry {
                    at: now,
                    who: WHO.to_owned(),
                    what: "plan.rejected",
                    detail: json!({ "plan": made.proposal.id, "why": problem.detail }),
                };
                self.store.reject_proposal(made.proposal.id, &record).await?;
                let again = self.made_now(schedule).await?.proposal;
                let why = format!("it could not be started: {} {}", problem.detail, problem.hint);
                self.wait(claimed, again, why.trim().trim_end_matches('.')).await
            }
        }
    }

    fn started(
        &self,
        claimed: &Claimed,
        proposal: &Proposal,
        job: JobId,
        standing: Option<StandingApprovalId>,
    ) -> ScheduleRun {
        let detail = standing.map(|id| format!("under standing approval {}", id.short())).unwrap_or_default();
        let ended = self.ended(claimed, RunState::Started);
        ScheduleRun { plan: Some(proposal.id), job: Some(job), detail, ..ended }
    }

    fn ended(&self, claimed: &Claimed, state: RunState) -> ScheduleRun {
        ScheduleRun {
            due_at: claimed.due_at,
            state,
            at: self.clock.now(),
            plan: None,
            job: None,
            conversation: None,
            detail: String::new(),
        }
    }

    /// Puts the plan where a person can decide on it, in the place of one that waits still.
    async fn wait(&self, claimed: &Claimed, made: Proposal, why: &str) -> Result<ScheduleRun, Problem> {
        let schedule = &claimed.schedule;
        // Made anew, since what was understood is now a question of approval.
        let proposal = proposal(made.id, made.reading, made.plan);
        let conversation = match self.waiting_plan(schedule).await? {
            Some((old, conversation)) => {
                self.store.supersede_proposal(old, &proposal).await?;
                conversation
            }
            None => {
                let conversation = ConversationId(Uuid::now_v7());
                self.store.start_conversation(conversation, Timestamp::now()).await?;
                let said = format!("{} (schedule {})", request_of(&proposal), schedule.name);
                let (request, reply) = (MessageId(Uuid::now_v7()), MessageId(Uuid::now_v7()));
                self.store.add_exchange(conversation, (request, &said), reply, &proposal).await?;
                conversation
            }
        };
        self.bus.publish(Event::Chat(conversation));
        let message = format!("“{}” waits for an approval: {}", schedule.name, proposal.reading.sentence);
        let details = format!(
            "It was due at {}; {why}. Look at its plan in the chat or under Recipes, or: wh approve {} --hash {}",
            claimed.due_at,
            proposal.id,
            proposal.plan.as_ref().map_or("", |plan| plan.hash.short())
        );
        self.raise(schedule, "waiting", Level::Warning, message, details, None).await;
        Ok(ScheduleRun {
            plan: Some(proposal.id),
            conversation: Some(conversation),
            detail: why.to_owned(),
            ..self.ended(claimed, RunState::Waiting)
        })
    }

    /// The plan of an earlier due time that nobody has decided on, with its conversation.
    async fn waiting_plan(
        &self,
        schedule: &Schedule,
    ) -> Result<Option<(wheelhouse_protocol::PlanId, ConversationId)>, Problem> {
        let runs = self.store.schedule_runs(schedule.id, 2).await?;
        let waiting = runs.into_iter().find(|run| run.state == RunState::Waiting);
        let Some(plan) = waiting.and_then(|run| run.plan) else { return Ok(None) };
        if self.store.proposal(plan).await?.state != ProposalState::Open {
            return Ok(None);
        }
        // Its conversation may have been cleared since.
        Ok(self.store.proposal_conversation(plan).await?.map(|conversation| (plan, conversation)))
    }

    /// Raises a notification about a schedule.
    pub(crate) async fn raise(
        &self,
        schedule: &Schedule,
        what: &str,
        level: Level,
        message: String,
        details: String,
        job: Option<JobId>,
    ) {
        let new = NewNotification {
            source: Source::Schedule,
            level,
            service: schedule.name.clone(),
            message,
            details,
            fingerprint: format!("schedule/{what}/{}", schedule.id),
            action_required: level >= Level::Warning,
            job,
        };
        if let Err(error) = self.inbox.raise(new).await {
            tracing::error!(%error, schedule = schedule.name, "a notification could not be kept");
        }
    }
}

/// The plan with an approval of exactly it, given in the name of who gave the standing one.
fn by_standing(plan: Plan, standing: &StandingApproval) -> Result<ApprovedPlan, Problem> {
    let now = Timestamp::now();
    let approval = NewApproval {
        id: ApprovalId(Uuid::now_v7()),
        hash: plan.hash.clone(),
        who: format!("{} (standing approval {})", standing.who, standing.id.short()),
        at: now,
        expires_at: now + APPROVAL,
    };
    ApprovedPlan::approved(plan, approval, now)
}

fn request_of(proposal: &Proposal) -> &str {
    proposal.plan.as_ref().map_or(proposal.reading.sentence.as_str(), |plan| plan.request.as_str())
}
