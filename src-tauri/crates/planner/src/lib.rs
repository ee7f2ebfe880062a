//! An operator's words and an inventory become a plan, a question, a refusal or an answer.
//!
//! Pure and deterministic: no clock, no network, no files (what it must know of a file is passed in by
//! [`Files`]), so the front end reads along while the operator types, with the very same code.
//!
//! Three things decide about safety, in this order: `safety` refuses text meant for a shell and harm no
//! approval makes right; `read` answers questions and thoughts without planning; and a plan comes out
//! only when nothing was left to ask. A reading never runs anything: that takes an approval.

mod clause;
mod complete;
mod lexicon;
mod machines;
mod memory;
mod pace;
mod places;
mod plan;
mod query;
mod read;
mod recipe;
mod roster;
mod safety;
mod speech;
mod steps;
mod talk;
mod text;
mod when;

pub use complete::{Completion, CompletionKind};
pub use lexicon::{Lexicon, LexiconError};
pub use memory::Memory;
pub use plan::Files;
pub use read::Understood;
pub use recipe::StepsOn;
pub use talk::{Context, LastJob, Turn};
pub use text::MAX_REQUEST;

use roster::Roster;
use wheelhouse_protocol::inventory::Snapshot;
use wheelhouse_protocol::plan::{Plan, Strategy};
use wheelhouse_protocol::reading::{Disposition, Reading};
use wheelhouse_protocol::schedule::When;
use wheelhouse_protocol::{PlanId, Problem, ProblemCode, TargetId};

/// Reads requests against one inventory.
#[derive(Debug, Clone)]
pub struct Planner {
    lexicon: Lexicon,
    roster: Roster,
}

impl Planner {
    /// A planner for this inventory, with a site's own words (TOML; empty for none).
    ///
    /// # Errors
    /// When the site's words cannot be read.
    pub fn new(snapshot: &Snapshot, site_words: &str) -> Result<Self, LexiconError> {
        let lexicon = Lexicon::with_site(site_words, &snapshot.services)?;
        let roster = Roster::new(snapshot, &lexicon.machines);
        Ok(Self { lexicon, roster })
    }

    /// What an operator's words mean.
    pub fn read(&self, request: &str) -> Understood {
        self.read_in(request, &Context::default())
    }

    /// What an operator's words mean in a conversation: after a question, a plan that waits, or a job.
    pub fn read_in(&self, request: &str, context: &Context) -> Understood {
        self.read_after(request, &self.recall(context))
    }

    /// What a conversation has come to: worked out once, where many messages are read after it. It costs as much as
    /// reading every message in it.
    pub fn recall(&self, context: &Context) -> Memory {
        Memory { past: talk::past(&self.roster, &self.lexicon, context), now: context.now }
    }

    /// As [`Self::read_in`], for the conversation that was [recalled](Self::recall).
    pub fn read_after(&self, request: &str, memory: &Memory) -> Understood {
        talk::read(&self.roster, &self.lexicon, request, &memory.past, memory.now)
    }

    /// As [`Self::read`], for whoever only shows it.
    pub fn reading(&self, request: &str) -> Reading {
        self.read(request).reading
    }

    /// The plan of a complete reading that is to be run now.
    ///
    /// # Errors
    /// When there is something to ask first, it is for later, a file cannot be read, no target can be worked on, or a
    /// value cannot be put into a script.
    pub fn plan(
        &self,
        understood: &Understood,
        request: &str,
        id: PlanId,
        strategy: Strategy,
        files: &dyn Files,
    ) -> Result<Plan, Problem> {
        self.plan_at(understood, (request, None), id, strategy, files)
    }

    /// The plan of a complete reading that is for later, with the time that whoever has a clock made of its slots.
    ///
    /// # Errors
    /// As [`Self::plan`]; and for a request that is not for later.
    pub fn plan_later(
        &self,
        understood: &Understood,
        request: &str,
        when: When,
        id: PlanId,
        strategy: Strategy,
        files: &dyn Files,
    ) -> Result<Plan, Problem> {
        self.plan_at(understood, (request, Some(when)), id, strategy, files)
    }

    fn plan_at(
        &self,
        understood: &Understood,
        request: (&str, Option<When>),
        id: PlanId,
        strategy: Strategy,
        files: &dyn Files,
    ) -> Result<Plan, Problem> {
        if !matches!(understood.reading.disposition, Disposition::Plan | Disposition::Confirm) {
            return Err(Problem::new(
                ProblemCode::NeedsAnswer,
                "There is no plan yet",
                understood.reading.sentence.clone(),
            ));
        }
        plan::plan(&self.roster, understood, request, id, understood.pace.apply(strategy), files)
    }

    /// The same steps again for some of a plan's targets, with what the inventory and the files hold now:
    /// for a retry, or a plan with targets left out. It is a new plan and needs its own approval.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub fn plan_again(
        &self,
        plan: &Plan,
        keep: &[TargetId],
        id: PlanId,
        strategy: Strategy,
        files: &dyn Files,
    ) -> Result<Plan, Problem> {
        plan::again(&self.roster, plan, keep, id, strategy, files)
    }

    /// How what is typed before the cursor may go on: names of groups, hosts, tags, services, and of these recipes.
    pub fn complete(&self, typed: &str, recipes: &[String]) -> Vec<Completion> {
        complete::complete(&self.roster, &self.lexicon, typed, recipes)
    }

    /// Three things to try, from the inventory as it is.
    pub fn suggestions(&self) -> Vec<String> {
        let group = self.roster.groups.iter().find(|g| !g.members.is_empty() && !g.everything);
        let place = group.map_or_else(
            || self.roster.targets.first().map_or("localhost".to_owned(), |t| t.spec.name.clone()),
            |g| g.name.clone(),
        );
        let host = self.roster.targets.first().map_or("localhost", |t| t.spec.name.as_str());
        vec![
            format!("check disk usage on {place}"),
            format!("show uptime of {host}"),
            format!("check status of ssh on {place}"),
        ]
    }
}
