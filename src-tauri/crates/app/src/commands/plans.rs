//! Proposals, and the decisions on them.

use crate::{App, Caller, Handle};
use serde_json::json;
use uuid::Uuid;
use wheelhouse_automation::ApprovedPlan;
use wheelhouse_protocol::job::JobSummary;
use wheelhouse_protocol::plan::{
    ApprovePlan, GetPlan, MakePlan, Plan, Proposal, ProposalState, RejectPlan, RevisePlan, RunPlan,
};
use wheelhouse_protocol::reading::Intent;
use wheelhouse_protocol::{ApprovalId, Event, PlanId, Problem, ProblemCode, Timestamp};
use wheelhouse_store::jobs::NewApproval;

impl Handle<MakePlan> for App {
    async fn handle(&self, _: &Caller, command: MakePlan) -> Result<Proposal, Problem> {
        let proposal = self.propose(&command.text).await?;
        self.store.put_proposal(&proposal).await?;
        Ok(proposal)
    }
}

impl Handle<GetPlan> for App {
    async fn handle(&self, _: &Caller, command: GetPlan) -> Result<Proposal, Problem> {
        Ok(self.store.proposal(command.id).await?)
    }
}

impl Handle<RevisePlan> for App {
    async fn handle(&self, _: &Caller, command: RevisePlan) -> Result<Proposal, Problem> {
        let old = self.store.proposal(command.id).await?;
        let plan = plan_of(&old)?;
        let strategy = command.strategy.unwrap_or(plan.strategy);
        check_strategy(&strategy)?;
        let keep: Vec<_> = plan.targets.iter().map(|t| t.id).filter(|id| !command.without.contains(id)).collect();
        if keep.is_empty() {
            let detail = "Every machine would be left out. Reject the plan instead.";
            return Err(Problem::invalid("without", detail));
        }
        let new = self.propose_again(&old, plan, keep, strategy).await?;
        self.store.supersede_proposal(old.id, &new).await?;
        self.tell_conversation(new.id).await?;
        Ok(new)
    }
}

impl Handle<ApprovePlan> for App {
    async fn handle(&self, caller: &Caller, command: ApprovePlan) -> Result<JobSummary, Problem> {
        let proposal = self.store.proposal(command.id).await?;
        let plan = for_now(plan_of(&proposal)?)?;
        let now = Timestamp::now();
        let until = approvable_until(proposal.made_at, self.settings().await?.approval_minutes);
        check_age(&proposal, until, now)?;
        check_typed(&plan, command.typed.as_deref())?;
        let approval = NewApproval {
            id: ApprovalId(Uuid::now_v7()),
            hash: command.hash,
            who: caller.who.clone(),
            at: now,
            expires_at: until,
        };
        let approved = ApprovedPlan::approved(plan, approval, now)?;
        let job = self.engine.start(approved, &caller.who, true).await?;
        self.tell_conversation(command.id).await?;
        Ok(job)
    }
}

impl Handle<RunPlan> for App {
    async fn handle(&self, caller: &Caller, command: RunPlan) -> Result<JobSummary, Problem> {
        let proposal = self.store.proposal(command.id).await?;
        let plan = ApprovedPlan::read_only(for_now(plan_of(&proposal)?)?, &command.hash)?;
        if proposal.needs_approval() {
            let why = if proposal.suggested_by_model {
                "A language model suggested how to read the request, so a person looks at it first, although it only reads."
            } else {
                "It only reads, but the request was such that a person looks at it first."
            };
            return Err(Problem::new(ProblemCode::NeedsApproval, "This plan needs an approval", why)
                .hint("Look at its hosts and scripts, and approve it."));
        }
        let job = self.engine.start(plan, &caller.who, true).await?;
        self.tell_conversation(command.id).await?;
        Ok(job)
    }
}

impl Handle<RejectPlan> for App {
    async fn handle(&self, caller: &Caller, command: RejectPlan) -> Result<(), Problem> {
        let record = Self::record(caller, "plan.rejected", json!({ "plan": command.id }));
        self.store.reject_proposal(command.id, &record).await?;
        self.tell_conversation(command.id).await
    }
}

impl App {
    /// Lets whoever shows the conversation of this plan know that it changed.
    pub(crate) async fn tell_conversation(&self, plan: PlanId) -> Result<(), Problem> {
        if let Some(conversation) = self.store.proposal_conversation(plan).await? {
            self.bus.publish(Event::Chat(conversation));
        }
        Ok(())
    }
}

/// The plan of a proposal that waits for a decision.
pub(super) fn plan_of(proposal: &Proposal) -> Result<Plan, Problem> {
    let conflict = |detail: &str| Problem::new(ProblemCode::Conflict, "This plan was decided on", detail);
    match proposal.state {
        ProposalState::Open => {}
        ProposalState::Started if proposal.schedule.is_some() => {
            return Err(conflict("It has been scheduled already; an approval is used once."));
        }
        ProposalState::Started => return Err(conflict("It has been started already; an approval is used once.")),
        ProposalState::Rejected => return Err(conflict("It was rejected; ask again for a new one.")),
        ProposalState::Superseded => return Err(conflict("It was revised; decide on the newer one.")),
    }
    proposal.plan.clone().ok_or_else(|| {
        Problem::new(ProblemCode::NeedsAnswer, "There is nothing to run yet", proposal.reading.sentence.clone())
    })
}

/// A plan that may run at once. Asked before anything else, and once more where plans become jobs.
fn for_now(plan: Plan) -> Result<Plan, Problem> {
    let when = match &plan.when {
        Some(when) => when.words(),
        // Its time is gone; what it was asked for is not.
        None if plan.intent == Intent::Schedule => "later".to_owned(),
        None => return Ok(plan),
    };
    let detail = format!("“{}” is to run {when}, not now.", plan.sentence);
    Err(Problem::new(ProblemCode::Refused, "This plan is for later", detail)
        .hint("Schedule it, or ask for it without the time."))
}

/// A critical plan is confirmed by typing.
pub(super) fn check_typed(plan: &Plan, typed: Option<&str>) -> Result<(), Problem> {
    let Some(words) = &plan.confirm_by_typing else { return Ok(()) };
    if typed.map(str::trim).unwrap_or_default().eq_ignore_ascii_case(words) {
        return Ok(());
    }
    let detail = format!("“{}” is critical: type “{words}” to approve it.", plan.sentence);
    Err(Problem::new(ProblemCode::NeedsApproval, "This plan must be confirmed by typing", detail).source("typed"))
}

/// Until when a plan that was made then can be approved.
pub(super) fn approvable_until(made_at: Timestamp, minutes: u32) -> Timestamp {
    made_at + std::time::Duration::from_secs(u64::from(minutes) * 60)
}

/// What a plan was made from changes: after a while it must be looked at anew.
pub(super) fn check_age(proposal: &Proposal, until: Timestamp, now: Timestamp) -> Result<(), Problem> {
    if now < until {
        return Ok(());
    }
    let detail = format!("It was made at {} and could be approved until {until}.", proposal.made_at);
    Err(Problem::new(ProblemCode::Stale, "This plan is too old to be approved", detail)
        .hint("Ask for it again, or revise it: the new plan is of the machines as they are now."))
}

fn check_strategy(strategy: &wheelhouse_protocol::plan::Strategy) -> Result<(), Problem> {
    use wheelhouse_protocol::plan::Batch;
    if !(1..=1000).contains(&strategy.limit) {
        return Err(Problem::invalid("limit", format!("{} targets at a time; it can be 1 to 1000.", strategy.limit)));
    }
    match strategy.batch {
        Batch::Count(0) => Err(Problem::invalid("batch", "A batch must have at least one target.")),
        Batch::Percent(p) if !(1..=100).contains(&p) => {
            Err(Problem::invalid("batch", format!("{p} % at a time; it can be 1 to 100 %.")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use crate::testing::{app, until};
    use crate::{Door, Handle};
    use std::time::Duration;
    use wheelhouse_protocol::Command;
    use wheelhouse_protocol::job::GetJob;

    async fn call<C: Command>(app: &App, command: C) -> Result<C::Output, Problem>
    where
        App: Handle<C>,
    {
        app.call(&Caller::operator(), command).await
    }

    /// A plan that changes this machine harmlessly, made so many minutes ago.
    async fn shown(app: &App, minutes_ago: u64) -> Plan {
        let mut proposal = app.propose("run \"true\" on localhost").await.unwrap();
        proposal.made_at -= Duration::from_secs(minutes_ago * 60);
        app.store.put_proposal(&proposal).await.unwrap();
        let plan = proposal.plan.unwrap();
        assert!(plan.mutates(), "only those are approved");
        plan
    }

    #[tokio::test]
    async fn a_plan_can_be_approved_for_as_long_as_the_settings_say() {
        let home = tempfile::tempdir().unwrap();
        let app = app(home.path(), Door::Terminal).await;
        let approve = |plan: Plan| ApprovePlan { id: plan.id, hash: plan.hash, typed: plan.confirm_by_typing };
        let old = shown(&app, 16).await;
        let problem = call(&app, approve(old.clone())).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::Stale, "15 minutes are the default: {problem}");
        assert!(problem.title.contains("too old"), "the plan is, not an approval nobody has given yet: {problem}");
        assert!(matches!(app.store.proposal(old.id).await.unwrap().state, ProposalState::Open), "nothing has started");

        let mut settings = app.settings().await.unwrap();
        settings.approval_minutes = 60;
        app.apply_settings(&settings).await.unwrap();
        let job = call(&app, approve(old)).await.unwrap();
        until(async || call(&app, GetJob { job: job.id }).await.unwrap().summary.state.is_final()).await;
        app.shutdown(Duration::from_secs(2)).await;
    }
}
