//! A plan for later becomes a schedule: its steps a recipe, and the decision a standing approval.
//!
//! The recipe is planned once before anything is stored. Only when that gives the very scripts, machines and order that
//! were looked at is the schedule made, so that what runs under the approval is what was on the card.

use super::plans::{check_age, check_typed, plan_of};
use crate::recipe::{Chosen, make};
use crate::schedule::cover;
use crate::schedule::preview_schedule;
use crate::{App, Caller, Handle};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use wheelhouse_protocol::plan::{Plan, PlanHash, PlanTarget, Proposal, ProposalState, SchedulePlan};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::recipe::{MAX_NAME, Recipe, RecipeBody, check_name};
use wheelhouse_protocol::schedule::{Schedule, StandingApproval};
use wheelhouse_protocol::{Event, PlanId, Problem, ProblemCode, RecipeId, ScheduleId, StandingApprovalId, Timestamp};
use wheelhouse_store::schedules::{NewSchedule, PlannedSchedule};

/// So many words of a request become a name.
const NAME_WORDS: usize = 8;

impl Handle<SchedulePlan> for App {
    async fn handle(&self, caller: &Caller, command: SchedulePlan) -> Result<Schedule, Problem> {
        let proposal = self.store.proposal(command.id).await?;
        if let Some(known) = self.scheduled_already(&proposal, &command.hash).await? {
            return Ok(known);
        }
        let plan = plan_of(&proposal)?;
        let Some(when) = plan.when.clone() else {
            let detail = format!("“{}” says no time; it runs when it is approved.", plan.sentence);
            return Err(Problem::new(ProblemCode::Conflict, "This plan is not for later", detail)
                .hint("Approve it, or save it as a recipe and schedule that."));
        };
        let until = super::plans::approvable_until(proposal.made_at, self.settings().await?.approval_minutes);
        check_age(&proposal, until, Timestamp::now())?;
        check_hash(&plan, &command.hash)?;
        refuse_critical(&plan)?;
        check_typed(&plan, command.typed.as_deref())?;
        let now = self.clock.now();
        preview_schedule(&when, now)
            .map_err(|problem| problem.hint("Ask for it again, with a time that is to come."))?;

        let name = match command.name {
            Some(name) => {
                check_name("name", &name)?;
                name
            }
            None => self.free_name(&plan, &proposal).await?,
        };
        let recipe = self.recipe_of(&name, &plan, &proposal, caller, now).await?;
        let nothing = BTreeMap::new();
        let chosen = Chosen { parameters: &nothing, targets: None };
        let (filled, made) = self.propose_filled(&recipe, chosen).await?;
        let made = made.plan.filter(|made| does_the_same(&plan, made)).ok_or_else(changed)?;
        // Changing these machines may have become worse than it was on the card.
        refuse_critical(&made)?;

        let id = ScheduleId(Uuid::now_v7());
        let covers = cover::coverage((id, &when), &recipe, &filled, &made);
        let needs_approval = plan.needs_approval() || made.needs_approval();
        let approval = needs_approval.then(|| StandingApproval {
            id: StandingApprovalId(Uuid::now_v7()),
            hash: covers.hash(),
            covers,
            max_targets: u32::try_from(plan.targets.len()).unwrap_or(u32::MAX),
            who: caller.who.clone(),
            at: now,
            expires_at: None,
        });
        let schedule = NewSchedule {
            id,
            name,
            recipe: recipe.id,
            version: recipe.version,
            parameters: BTreeMap::new(),
            targets: None,
            when,
            who: caller.who.clone(),
            at: now,
        };
        let new = PlannedSchedule { plan: plan.id, recipe, schedule, approval };
        match self.store.schedule_plan(&new, &records(caller, &plan, &new)).await {
            Ok(()) => {}
            // The same press a second time, at the same moment.
            Err(wheelhouse_store::StoreError::Conflict(why)) => {
                let proposal = self.store.proposal(command.id).await?;
                let known = self.scheduled_already(&proposal, &command.hash).await?;
                return known.ok_or_else(|| wheelhouse_store::StoreError::Conflict(why).into());
            }
            Err(error) => return Err(error.into()),
        }
        self.bus.publish(Event::RecipesChanged);
        self.schedules_changed(id);
        self.tell_conversation(plan.id).await?;
        self.schedule(&new.schedule.name).await
    }
}

impl App {
    /// The schedule that a plan has become already, for whoever asks for the same again.
    async fn scheduled_already(&self, proposal: &Proposal, hash: &PlanHash) -> Result<Option<Schedule>, Problem> {
        let (ProposalState::Started, Some(known)) = (proposal.state, &proposal.schedule) else { return Ok(None) };
        if proposal.plan.as_ref().is_none_or(|plan| plan.hash != *hash) {
            return Ok(None);
        }
        match self.schedule(&known.name).await {
            Ok(schedule) if schedule.id == known.id => Ok(Some(schedule)),
            Ok(_) => Err(removed(&known.name)),
            Err(problem) if problem.code == ProblemCode::NotFound => Err(removed(&known.name)),
            Err(problem) => Err(problem),
        }
    }

    /// The plan's steps as a recipe of its own, not stored yet.
    async fn recipe_of(
        &self,
        name: &str,
        plan: &Plan,
        proposal: &Proposal,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Recipe, Problem> {
        let words = self.words_for(proposal, plan).await?;
        let actions: Vec<_> = plan.steps.iter().map(|step| step.action.clone()).collect();
        let template = make(&actions, &words, &[])?;
        let body = RecipeBody {
            request: plan.request.clone(),
            steps: template.steps,
            targets: template.targets,
            strategy: plan.strategy,
            risk: plan.risk,
            parameters: template.parameters,
        };
        Ok(Recipe {
            id: RecipeId(Uuid::now_v7()),
            name: name.to_owned(),
            version: 1,
            description: format!("Scheduled by a request: {}", plan.request),
            hash: body.hash(),
            body,
            saved_by: caller.who.clone(),
            saved_at: now,
        })
    }

    /// A name from what is done and where, that neither a recipe nor a schedule has.
    async fn free_name(&self, plan: &Plan, proposal: &Proposal) -> Result<String, Problem> {
        let places = &proposal.reading.targets;
        let named = [&places.groups, &places.hosts, &places.tags].into_iter().flatten();
        let title = plan.steps.first().map(|step| &step.title);
        let name = slug(title.into_iter().chain(named));
        let (recipes, schedules) = tokio::try_join!(self.store.recipes(), self.store.schedules())?;
        let taken: BTreeSet<String> = recipes
            .into_iter()
            .map(|recipe| recipe.name.to_lowercase())
            .chain(schedules.into_iter().map(|stored| stored.schedule.name.to_lowercase()))
            .collect();
        let numbered = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") });
        Ok(numbered.into_iter().find(|name| !taken.contains(name)).unwrap_or(name))
    }
}

/// `restart-nginx-web-servers`.
fn slug<'a>(said: impl Iterator<Item = &'a String>) -> String {
    let text = said.map(|part| part.to_lowercase()).collect::<Vec<_>>().join(" ");
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.take(NAME_WORDS).collect::<Vec<_>>().join("-");
    // Room for a number behind it.
    let name: String = name.chars().take(MAX_NAME - 8).collect();
    if name.is_empty() { "planned".to_owned() } else { name.trim_end_matches('-').to_owned() }
}

/// Whether a plan sends the same to the same machines in the same order of work.
fn does_the_same(shown: &Plan, made: &Plan) -> bool {
    let way = |target: &PlanTarget| {
        let PlanTarget { id, os, shell, connection, address, port, user, credential, .. } = target.clone();
        (id, (os, shell, connection, address, port, user, credential))
    };
    let ways = |plan: &Plan| plan.targets.iter().map(way).collect::<BTreeMap<_, _>>();
    shown.steps == made.steps && shown.strategy == made.strategy && ways(shown) == ways(made)
}

fn changed() -> Problem {
    let detail = "Planned anew, it would not send the same scripts to the same machines as this plan.";
    Problem::new(ProblemCode::Stale, "What would run has changed since it was looked at", detail)
        .hint("Ask for it again, and look at the new plan.")
}

fn removed(name: &str) -> Problem {
    let detail = format!("It became the schedule “{name}”, which was deleted since.");
    Problem::new(ProblemCode::Conflict, "This plan was scheduled already", detail).hint("Ask for it again.")
}

/// Critical risk needs a person each time.
fn refuse_critical(plan: &Plan) -> Result<(), Problem> {
    if plan.risk < Risk::Critical {
        return Ok(());
    }
    let detail = format!("“{}” is critical, and that needs an approval each time.", plan.sentence);
    Err(Problem::new(ProblemCode::Refused, "This cannot run without a person", detail)
        .hint("Ask for it without the time when it is to be done, or name fewer machines."))
}

fn check_hash(plan: &Plan, looked_at: &PlanHash) -> Result<(), Problem> {
    let now = plan.compute_hash();
    if now == plan.hash && now == *looked_at {
        return Ok(());
    }
    let detail =
        format!("What would be scheduled has the hash {}, what was looked at has {}.", now.short(), looked_at.short());
    Err(Problem::new(ProblemCode::Stale, "The plan is not the one that was looked at", detail)
        .hint("Look at the plan again, and schedule that."))
}

/// What the audit chain says of it, in one moment with the rest. The recipe's record is the store's.
fn records(caller: &Caller, plan: &Plan, new: &PlannedSchedule) -> Vec<wheelhouse_store::audit::Entry> {
    let PlannedSchedule { recipe, schedule, approval, .. } = new;
    let id: PlanId = plan.id;
    let mut records = vec![
        App::record(
            caller,
            "plan.scheduled",
            json!({ "plan": id, "hash": plan.hash, "request": plan.request, "schedule": schedule.id,
                "name": schedule.name, "when": schedule.when }),
        ),
        App::record(
            caller,
            "schedule.saved",
            json!({ "schedule": schedule.id, "name": schedule.name, "recipe": recipe.name, "version": recipe.version,
                "hash": recipe.hash, "parameters": schedule.parameters, "targets": schedule.targets,
                "when": schedule.when, "plan": id }),
        ),
    ];
    if let Some(approval) = approval {
        let machines: Vec<&str> = plan.targets.iter().map(|target| target.name.as_str()).collect();
        let detail = json!({ "schedule": schedule.id, "name": schedule.name, "approval": approval.id,
            "hash": approval.hash, "covers": approval.covers, "max_targets": approval.max_targets,
            "expires_at": approval.expires_at, "risk": plan.risk, "machines": machines, "plan": id,
            "plan_hash": plan.hash });
        records.push(App::record(caller, "schedule.approved", detail));
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_and_where() {
        let name = |parts: &[&str]| slug(parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>().iter());
        assert_eq!(name(&["restart nginx", "web servers"]), "restart-nginx-web-servers");
        assert_eq!(name(&["run “true”", "app-01"]), "run-true-app-01");
        assert_eq!(name(&["copy /etc/a.conf to /etc/b.conf", "x"]), "copy-etc-a-conf-to-etc-b-conf");
        assert_eq!(name(&["…"]), "planned");
        assert!(check_name("name", &name(&[&"long ".repeat(200)])).is_ok());
        assert!(check_name("name", &name(&[&"long".repeat(200)])).is_ok());
    }
}
