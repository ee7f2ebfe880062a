//! Plans that may run.

use wheelhouse_protocol::plan::{Plan, PlanHash};
use wheelhouse_protocol::{Problem, ProblemCode, Timestamp};
use wheelhouse_store::jobs::NewApproval;

/// A plan whose approval has been checked against what would be sent. The engine runs nothing else,
/// and there is no other way to make one.
#[derive(Debug, Clone)]
pub struct ApprovedPlan {
    plan: Plan,
    approval: Option<NewApproval>,
}

impl ApprovedPlan {
    /// Accepts a plan that changes something together with its approval.
    ///
    /// # Errors
    /// [`ProblemCode::Stale`] when the approval is for another hash, the plan is not what its hash
    /// says, or the approval has expired; [`ProblemCode::Refused`] for a plan that is for later.
    pub fn approved(plan: Plan, approval: NewApproval, now: Timestamp) -> Result<Self, Problem> {
        check_hash(&plan, &approval.hash)?;
        check_now(&plan)?;
        if now >= approval.expires_at || now < approval.at {
            return Err(Problem::new(
                ProblemCode::Stale,
                "The approval has expired",
                format!("It was given at {} and could be used until {}.", approval.at, approval.expires_at),
            )
            .hint("Look at the plan again and approve it again."));
        }
        Ok(Self { plan, approval: Some(approval) })
    }

    /// Accepts a plan that only reads, and nothing sensitive, without an approval.
    ///
    /// # Errors
    /// [`ProblemCode::NeedsApproval`] when any step could change a machine; [`ProblemCode::Stale`] when
    /// the plan is not what its hash says; [`ProblemCode::Refused`] for one that is for later.
    pub fn read_only(plan: Plan, hash: &PlanHash) -> Result<Self, Problem> {
        check_hash(&plan, hash)?;
        check_now(&plan)?;
        // Both the step's mark and its action are asked: a stored plan could have been edited.
        if plan.needs_approval() || plan.steps.iter().any(|step| step.action.mutates()) {
            return Err(Problem::new(
                ProblemCode::NeedsApproval,
                "This plan needs an approval",
                format!("“{}” changes machines, or shows what not everybody may see.", plan.sentence),
            )
            .hint("Look at its hosts and scripts, and approve it."));
        }
        Ok(Self { plan, approval: None })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its approval, when it changes something.
    pub fn approval(&self) -> Option<&NewApproval> {
        self.approval.as_ref()
    }
}

/// What is for later is run by its schedule, from a plan of that moment; this one never is.
fn check_now(plan: &Plan) -> Result<(), Problem> {
    let Some(when) = &plan.when else { return Ok(()) };
    let detail = format!("“{}” is to run {}, not now.", plan.sentence, when.words());
    Err(Problem::new(ProblemCode::Refused, "This plan is for later", detail)
        .hint("Schedule it, or ask for it without the time."))
}

fn check_hash(plan: &Plan, looked_at: &PlanHash) -> Result<(), Problem> {
    let now = plan.compute_hash();
    if now == plan.hash && now == *looked_at {
        return Ok(());
    }
    Err(Problem::new(
        ProblemCode::Stale,
        "The plan is not the one that was looked at",
        format!("What would run now has the hash {}, what was looked at has {}.", now.short(), looked_at.short()),
    )
    .hint("Look at the plan again and approve it again."))
}
