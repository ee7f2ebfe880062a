//! Schedules and their standing approvals.

use crate::recipe::{Chosen, fill};
use crate::schedule::cover;
use crate::schedule::when::Timing;
use crate::{App, Caller, Handle};
use serde_json::json;
use uuid::Uuid;
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::recipe::check_name;
use wheelhouse_protocol::schedule::{
    ApproveSchedule, CoverageView, DeleteSchedule, EnableSchedule, GetSchedule, ListSchedules, PreviewSchedule,
    RevokeSchedule, SaveSchedule, Schedule, ScheduleDetail, SchedulePreview, StandingApproval,
};
use wheelhouse_protocol::{Event, Problem, ProblemCode, ScheduleId, StandingApprovalId};
use wheelhouse_store::schedules::{NewSchedule, StoredSchedule};

/// So many due times of the history are shown.
const RUNS: u32 = 200;

impl Handle<ListSchedules> for App {
    async fn handle(&self, _: &Caller, _: ListSchedules) -> Result<Vec<Schedule>, Problem> {
        let schedules = self.store.schedules().await?;
        Ok(schedules.into_iter().map(|stored| self.with_next(stored)).collect())
    }
}

impl Handle<GetSchedule> for App {
    async fn handle(&self, _: &Caller, command: GetSchedule) -> Result<ScheduleDetail, Problem> {
        let schedule = self.schedule(&command.name).await?;
        let runs = self.store.schedule_runs(schedule.id, RUNS).await?;
        if !schedule.mutates {
            let hindrance = self.made_now(&schedule).await.err().map(|problem| problem.detail).unwrap_or_default();
            return Ok(ScheduleDetail { schedule, coverage: None, hindrance, runs });
        }
        let (coverage, hindrance) = match self.coverage_view(&schedule).await {
            Ok((view, hindrance)) => (Some(view), hindrance),
            Err(problem) => (None, problem.detail),
        };
        Ok(ScheduleDetail { schedule, coverage, hindrance, runs })
    }
}

impl Handle<PreviewSchedule> for App {
    async fn handle(&self, _: &Caller, command: PreviewSchedule) -> Result<SchedulePreview, Problem> {
        Timing::parse(&command.when)?.preview(self.clock.now())
    }
}

impl Handle<SaveSchedule> for App {
    async fn handle(&self, caller: &Caller, command: SaveSchedule) -> Result<Schedule, Problem> {
        let spec = command.spec;
        check_name("name", &spec.name)?;
        let now = self.clock.now();
        Timing::parse(&spec.when)?.preview(now)?;
        let recipe = self.recipe(&spec.recipe, spec.version).await?;
        let targets = spec.targets.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
        // What could not be planned at all is said now, to the person who can mend it.
        fill(&recipe.body, &spec.parameters)?;
        self.propose_filled(&recipe, Chosen { parameters: &spec.parameters, targets: targets.as_deref() }).await?;
        let known = match self.store.schedule(&spec.name).await {
            Ok(known) if command.replace => Some(known.schedule),
            Ok(known) => {
                let detail = format!("There is a schedule “{}” already.", known.schedule.name);
                return Err(Problem::new(ProblemCode::Conflict, "That name is taken", detail)
                    .hint("Choose another name, or change that one.")
                    .source("name"));
            }
            Err(wheelhouse_store::StoreError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let new = NewSchedule {
            id: known.as_ref().map_or_else(|| ScheduleId(Uuid::now_v7()), |known| known.id),
            name: spec.name,
            recipe: recipe.id,
            version: recipe.version,
            parameters: spec.parameters,
            targets,
            when: spec.when,
            who: caller.who.clone(),
            at: now,
        };
        let detail = json!({ "schedule": new.id, "name": new.name, "recipe": recipe.name, "version": recipe.version,
            "hash": recipe.hash, "parameters": new.parameters, "targets": new.targets, "when": new.when,
            "voids": known.as_ref().and_then(|known| known.approval.as_ref()).map(|approval| approval.id) });
        match &known {
            Some(_) => {
                self.store.change_schedule(&new, &Self::record(caller, "schedule.changed", detail)).await?;
            }
            None => self.store.add_schedule(&new, &Self::record(caller, "schedule.saved", detail)).await?,
        }
        self.schedules_changed(new.id);
        self.schedule(&new.name).await
    }
}

impl Handle<EnableSchedule> for App {
    async fn handle(&self, caller: &Caller, command: EnableSchedule) -> Result<Schedule, Problem> {
        let schedule = self.schedule(&command.name).await?;
        if command.enabled {
            Timing::parse(&schedule.when)?.preview(self.clock.now())?;
        }
        let what = if command.enabled { "schedule.enabled" } else { "schedule.disabled" };
        let record = Self::record(caller, what, json!({ "schedule": schedule.id, "name": schedule.name }));
        self.store.enable_schedule(schedule.id, command.enabled, self.clock.now(), &record).await?;
        self.schedules_changed(schedule.id);
        self.schedule(&command.name).await
    }
}

impl Handle<DeleteSchedule> for App {
    async fn handle(&self, caller: &Caller, command: DeleteSchedule) -> Result<(), Problem> {
        let schedule = self.schedule(&command.name).await?;
        let detail = json!({ "schedule": schedule.id, "name": schedule.name });
        self.store.delete_schedule(schedule.id, &Self::record(caller, "schedule.deleted", detail)).await?;
        self.schedules_changed(schedule.id);
        Ok(())
    }
}

impl Handle<ApproveSchedule> for App {
    async fn handle(&self, caller: &Caller, command: ApproveSchedule) -> Result<StandingApproval, Problem> {
        let schedule = self.schedule(&command.name).await?;
        if !schedule.mutates {
            let detail = format!("“{}” only reads; it runs without an approval.", schedule.name);
            return Err(Problem::new(ProblemCode::Conflict, "There is nothing to approve", detail));
        }
        let (view, _) = self.coverage_view(&schedule).await?;
        if view.risk >= Risk::Critical {
            let detail = format!("“{}” is critical, and that needs an approval each time.", view.sentence);
            return Err(Problem::new(ProblemCode::Refused, "This cannot be approved for good", detail)
                .hint("Let it come due: its plan then waits for you. Or name fewer machines."));
        }
        if view.hash != command.hash {
            let detail = format!(
                "What would be approved now has the hash {}, what was looked at has {}.",
                view.hash.get(..8).unwrap_or_default(),
                command.hash.get(..8).unwrap_or(&command.hash)
            );
            return Err(Problem::new(ProblemCode::Stale, "The schedule is not the one that was looked at", detail)
                .hint("Look at what it covers again, and approve that."));
        }
        let now = self.clock.now();
        let machines = u32::try_from(view.machines.len()).unwrap_or(u32::MAX);
        let max_targets = command.max_targets.unwrap_or(machines);
        if max_targets < machines {
            let detail = format!("It is {machines} machines now; at most {max_targets} would never run.");
            return Err(Problem::invalid("max_targets", detail));
        }
        if let Some(expires_at) = command.expires_at.filter(|expires_at| *expires_at <= now) {
            return Err(Problem::invalid("expires_at", format!("{expires_at} is in the past.")));
        }
        let approval = StandingApproval {
            id: StandingApprovalId(Uuid::now_v7()),
            covers: view.covers,
            hash: view.hash,
            max_targets,
            who: caller.who.clone(),
            at: now,
            expires_at: command.expires_at,
        };
        let detail = json!({ "schedule": schedule.id, "name": schedule.name, "approval": approval.id,
            "hash": approval.hash, "covers": approval.covers, "max_targets": max_targets,
            "expires_at": approval.expires_at, "risk": view.risk, "machines": view.machines });
        self.store.approve_schedule(&approval, &Self::record(caller, "schedule.approved", detail)).await?;
        self.schedules_changed(schedule.id);
        Ok(approval)
    }
}

impl Handle<RevokeSchedule> for App {
    async fn handle(&self, caller: &Caller, command: RevokeSchedule) -> Result<Schedule, Problem> {
        let schedule = self.schedule(&command.name).await?;
        let Some(approval) = &schedule.approval else {
            let detail = format!("“{}” has no standing approval.", schedule.name);
            return Err(Problem::new(ProblemCode::Conflict, "There is nothing to take back", detail));
        };
        let detail = json!({ "schedule": schedule.id, "name": schedule.name, "approval": approval.id });
        let record = Self::record(caller, "schedule.revoked", detail);
        self.store.revoke_schedule(schedule.id, "it was taken back", &record).await?;
        self.schedules_changed(schedule.id);
        self.schedule(&command.name).await
    }
}

impl App {
    pub(super) async fn schedule(&self, name: &str) -> Result<Schedule, Problem> {
        Ok(self.with_next(self.store.schedule(name).await?))
    }

    fn with_next(&self, stored: StoredSchedule) -> Schedule {
        let StoredSchedule { mut schedule, handled_until } = stored;
        if schedule.enabled
            && let Ok(timing) = Timing::parse(&schedule.when)
        {
            schedule.next = timing.next(self.clock.now().max(handled_until));
        }
        schedule
    }

    /// What an approval would cover now, and why a run of now would wait; empty when it would run.
    async fn coverage_view(&self, schedule: &Schedule) -> Result<(CoverageView, String), Problem> {
        let made = self.made_now(schedule).await?;
        let covers = cover::coverage((schedule.id, &schedule.when), &made.recipe, &made.filled, &made.plan);
        let hindrance =
            cover::covers(schedule.approval.as_ref(), self.clock.now(), &covers, &made.plan).err().unwrap_or_default();
        let view = CoverageView {
            hash: covers.hash(),
            covers,
            sentence: made.plan.sentence.clone(),
            risk: made.plan.risk,
            machines: made.plan.targets.iter().map(|t| t.name.clone()).collect(),
            steps: made.plan.steps.iter().map(|s| s.title.clone()).collect(),
        };
        Ok((view, hindrance))
    }

    pub(super) fn schedules_changed(&self, id: ScheduleId) {
        self.set_back.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&id);
        self.bus.publish(Event::SchedulesChanged);
    }
}
