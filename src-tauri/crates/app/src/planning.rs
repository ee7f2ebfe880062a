//! From words to a proposal that waits for a decision.

use crate::files::Disk;
use crate::schedule::said::when_said;
use crate::{App, answers};
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::sync::Arc;
use uuid::Uuid;
use wheelhouse_planner::{Context, Planner};
use wheelhouse_protocol::inventory::Snapshot;
use wheelhouse_protocol::plan::{Plan, Proposal, ProposalState, Strategy};
use wheelhouse_protocol::reading::{Disposition, Intent, Question, Reading, TargetReading};
use wheelhouse_protocol::{PlanId, Problem, ProblemCode, TargetId, Timestamp};

/// The site's words for services are stored under this name.
pub(crate) const SERVICES: &str = "services";

impl App {
    /// The inventory as it is now.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Problem> {
        let (targets, groups) = tokio::try_join!(self.store.targets(), self.store.groups())?;
        let services = self.store.setting(SERVICES).await?.unwrap_or_default();
        Ok(Snapshot { targets, groups, services })
    }

    /// Now, on the operator's clock.
    pub(crate) fn wall(&self) -> Zoned {
        self.clock.now().to_zoned(TimeZone::system())
    }

    /// What a request means, with its plan where it is complete, or the answer to a question.
    pub(crate) async fn propose(&self, request: &str) -> Result<Proposal, Problem> {
        self.propose_in(request, Context { turns: Vec::new(), now: Some(self.wall().datetime()) }).await
    }

    /// What a message means in its conversation, with its plan where it is complete.
    pub(crate) async fn propose_in(&self, request: &str, context: Context) -> Result<Proposal, Problem> {
        let planner = self.planner().await?;
        let strategy = Strategy { limit: self.settings().await?.parallel_targets, ..Strategy::default() };
        let words = request.to_owned();
        let reader = Arc::clone(&planner);
        // Reading a file that is to be copied takes as long as its disk takes.
        let now = self.wall();
        let here = now.clone();
        let mut made = blocking(move || propose(&reader, &words, &context, &here, strategy)).await?;
        if made.plan.is_none() && names_recipe(&made.reading) {
            return match self.propose_heard(request, &made.reading).await {
                Err(problem) if matches!(problem.code, ProblemCode::InvalidInput | ProblemCode::NotFound) => {
                    Ok(in_the_way(made.id, made.reading, problem))
                }
                done => done,
            };
        }
        answers::fill_in(&self.store, &planner, &mut made.reading, now).await?;
        self.with_suggestion(request, &planner, made, strategy).await
    }

    /// The same steps for some of a plan's targets, as a proposal of its own.
    pub(crate) async fn propose_again(
        &self,
        old: &Proposal,
        plan: Plan,
        keep: Vec<TargetId>,
        strategy: Strategy,
    ) -> Result<Proposal, Problem> {
        let planner = self.planner().await?;
        let reading = old.reading.clone();
        let suggested_by_model = old.suggested_by_model;
        blocking(move || {
            let id = PlanId(Uuid::now_v7());
            let plan = planner.plan_again(&plan, &keep, id, strategy, &Disk)?;
            let mut reading = reading;
            reading.sentence.clone_from(&plan.sentence);
            // What had to be looked at first must be again.
            if plan.needs_approval() || plan.when.is_some() {
                reading.disposition = Disposition::Confirm;
            }
            reading.targets = TargetReading {
                resolved: plan.targets.iter().map(|t| t.name.clone()).collect(),
                why: plan.targets.iter().map(|t| t.why.clone()).collect(),
                ..reading.targets
            };
            Ok(Proposal { suggested_by_model, ..proposal(id, reading, Some(plan)) })
        })
        .await
    }
}

/// A proposal of what a message means at a moment, without a store: for a planner of any inventory.
///
/// # Errors
/// Only what no question can put right.
pub fn propose(
    planner: &Planner,
    request: &str,
    context: &Context,
    now: &Zoned,
    strategy: Strategy,
) -> Result<Proposal, Problem> {
    let id = PlanId(Uuid::now_v7());
    let understood = planner.read_in(request, context);
    // A job is told and retried by the request it stands for, not by “the same on db-01”.
    let request = understood.read_as().unwrap_or(request);
    if !matches!(understood.reading.disposition, Disposition::Plan | Disposition::Confirm)
        || names_recipe(&understood.reading)
    {
        return Ok(proposal(id, understood.reading, None));
    }
    let made = if understood.reading.intent == Intent::Schedule {
        when_said(&understood.reading, now)
            .and_then(|when| planner.plan_later(&understood, request, when, id, strategy, &Disk))
    } else {
        planner.plan(&understood, request, id, strategy, &Disk)
    };
    match made {
        Ok(plan) => Ok(proposal(id, understood.reading, Some(plan))),
        // It was understood, and something in the world is in the way: that is said in the thread, too.
        Err(problem) if problem.code == ProblemCode::InvalidInput => Ok(in_the_way(id, understood.reading, problem)),
        Err(problem) => Err(problem),
    }
}

/// A question in the place of a plan.
fn in_the_way(id: PlanId, mut reading: Reading, problem: Problem) -> Proposal {
    reading.disposition = Disposition::Clarify;
    let text = [problem.detail, problem.hint].join(" ").trim().to_owned();
    let about = problem.source.unwrap_or_else(|| "targets".to_owned());
    reading.sentence.clone_from(&text);
    reading.questions.push(Question { about, text, choices: Vec::new() });
    proposal(id, reading, None)
}

/// Whether a complete reading asks for a recipe by name: its steps are the recipe's, not the words'.
fn names_recipe(reading: &Reading) -> bool {
    reading.intent == Intent::RunRecipe
        && matches!(reading.disposition, Disposition::Plan | Disposition::Confirm)
        && reading.slots.get("recipe").is_some_and(serde_json::Value::is_string)
}

/// An open proposal of this moment.
pub(crate) fn proposal(id: PlanId, reading: Reading, plan: Option<Plan>) -> Proposal {
    let made_at = Timestamp::now();
    let state = ProposalState::Open;
    Proposal { id, reading, plan, suggested_by_model: false, state, job: None, schedule: None, made_at }
}

/// Does something that blocks where that is allowed.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Problem::new(ProblemCode::Internal, "Something failed inside", e.to_string()))?
}
