//! The one task that looks at the clock.
//!
//! Each look takes what has come due since the last one. A due time that is long past when it is seen was
//! missed: the program was not running, or the machine slept. It is reported and never made up for.

use crate::App;
use crate::schedule::run::{Claimed, WHO};
use crate::schedule::when::Timing;
use serde_json::json;
use std::collections::HashSet;
use std::sync::{PoisonError, Weak};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::schedule::{RunState, Schedule, ScheduleRun};
use wheelhouse_protocol::{Event, Problem, ScheduleId, Timestamp};
use wheelhouse_store::audit::Entry;
use wheelhouse_store::schedules::StoredSchedule;

const EVERY: Duration = Duration::from_secs(1);
/// A due time seen later than this was missed.
const LATE: Duration = Duration::from_secs(60);
/// Due times further back than this are not looked for: nobody waits for last quarter's.
const BACK: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// So many missed due times are listed one by one; the rest is a number.
const LISTED: usize = 100;
/// A clock further behind than this was set back.
const BEHIND: Duration = Duration::from_secs(120);

/// Looks at the clock for as long as the program runs.
pub(crate) async fn run(app: Weak<App>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Runs that are being planned end with this task.
    let mut runs = JoinSet::new();
    loop {
        ticks.tick().await;
        while runs.try_join_next().is_some() {}
        let Some(app) = app.upgrade() else { return };
        match app.take_due().await {
            Ok(due) => {
                for claimed in due {
                    let app = std::sync::Arc::clone(&app);
                    runs.spawn(async move { app.run_claimed(&claimed).await });
                }
            }
            // A disk that fails shows in the status light already; this just tries again.
            Err(problem) => tracing::debug!(%problem, "the schedules cannot be looked at"),
        }
    }
}

impl App {
    /// Looks at the clock once, and deals with what is due. The window does this every second; a test, or a
    /// program that has its own clock, when it likes.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn run_due(&self) -> Result<usize, Problem> {
        let due = self.take_due().await?;
        for claimed in &due {
            self.run_claimed(claimed).await;
        }
        Ok(due.len())
    }

    /// Takes what is due for this program, and reports what was missed.
    pub(crate) async fn take_due(&self) -> Result<Vec<Claimed>, Problem> {
        self.report_abandoned().await?;
        let mut due = Vec::new();
        for stored in self.store.schedules().await?.into_iter().filter(|stored| stored.schedule.enabled) {
            due.extend(self.take(stored).await?);
        }
        Ok(due)
    }

    async fn take(&self, stored: StoredSchedule) -> Result<Vec<Claimed>, Problem> {
        let StoredSchedule { schedule, handled_until } = stored;
        let now = self.clock.now();
        if now + BEHIND < handled_until {
            self.report_set_back(&schedule, now, handled_until).await;
            return Ok(Vec::new());
        }
        let timing = match Timing::parse(&schedule.when) {
            Ok(timing) => timing,
            Err(problem) => {
                tracing::warn!(%problem, schedule = schedule.name, "a schedule's time cannot be read");
                return Ok(Vec::new());
            }
        };
        let (missed, due): (Vec<_>, Vec<_>) =
            timing.between(handled_until.max(now - BACK), now).into_iter().partition(|at| *at + LATE < now);
        if !missed.is_empty() {
            self.report_missed(&schedule, &missed, now).await?;
        }
        let mut taken = Vec::new();
        for due_at in due {
            if self.store.claim_run(&schedule, due_at, now).await? {
                taken.push(Claimed { schedule: schedule.clone(), due_at });
            }
        }
        if !taken.is_empty() {
            self.bus.publish(Event::SchedulesChanged);
        }
        Ok(taken)
    }

    async fn report_missed(&self, schedule: &Schedule, missed: &[Timestamp], now: Timestamp) -> Result<(), Problem> {
        let (Some(first), Some(last)) = (missed.first(), missed.last()) else { return Ok(()) };
        let listed = &missed[missed.len().saturating_sub(LISTED)..];
        let why = "Wheelhouse was not running, or the machine slept";
        let record = Entry {
            at: now,
            who: WHO.to_owned(),
            what: "schedule.missed",
            detail: json!({ "schedule": schedule.id, "name": schedule.name, "times": missed.len(), "first": first, "last": last }),
        };
        let noted = self.store.note_missed(schedule.id, listed, *last, why, &record).await?;
        // Another program was first, and has told.
        if noted == 0 {
            return Ok(());
        }
        let message = match missed.len() {
            1 => format!("“{}” was not run when it was due", schedule.name),
            n => format!("“{}” was not run {n} times", schedule.name),
        };
        let details = match missed.len() {
            1 => {
                format!("It was due at {first}. {why}. It is not made up for; run the recipe by hand if it should be.")
            }
            _ => format!(
                "It was due from {first} to {last}. {why}. Nothing is made up for; run the recipe by hand if it should be."
            ),
        };
        self.raise(schedule, "missed", Level::Warning, message, details, None).await;
        self.bus.publish(Event::SchedulesChanged);
        Ok(())
    }

    /// Due times that programs had taken which have ended since.
    async fn report_abandoned(&self) -> Result<(), Problem> {
        let abandoned = self.store.abandoned_claims().await?;
        if abandoned.is_empty() {
            return Ok(());
        }
        let schedules = self.store.schedules().await?;
        for claim in abandoned {
            let job = match claim.plan {
                Some(plan) => self.store.job_of_plan(plan).await?,
                None => None,
            };
            let (state, detail) = match job {
                Some(_) => (RunState::Started, String::new()),
                None => (RunState::Missed, "Wheelhouse ended before it began".to_owned()),
            };
            let at = self.clock.now();
            let record = Entry {
                at,
                who: WHO.to_owned(),
                what: if job.is_some() { "schedule.started" } else { "schedule.missed" },
                detail: json!({ "schedule": claim.schedule, "due": claim.due_at, "job": job, "why": detail }),
            };
            let run =
                ScheduleRun { due_at: claim.due_at, state, at, plan: claim.plan, job, conversation: None, detail };
            let ours = self.store.finish_run(claim.schedule, claim.instance, &run, &record).await?;
            let schedule = schedules.iter().find(|stored| stored.schedule.id == claim.schedule);
            if let Some(stored) = schedule.filter(|_| ours && state == RunState::Missed) {
                let message = format!("“{}” was not run when it was due", stored.schedule.name);
                let details = format!(
                    "It was due at {}. Wheelhouse ended before it began, so nothing was changed. Run the recipe by hand if it should be made up for.",
                    claim.due_at
                );
                self.raise(&stored.schedule, "missed", Level::Warning, message, details, None).await;
            }
            self.bus.publish(Event::SchedulesChanged);
        }
        Ok(())
    }

    /// A due time runs once, also when the clock shows it twice; until then nothing runs, and that is said.
    async fn report_set_back(&self, schedule: &Schedule, now: Timestamp, handled_until: Timestamp) {
        {
            let mut told = self.set_back.lock().unwrap_or_else(PoisonError::into_inner);
            if !told.insert(schedule.id) {
                return;
            }
        }
        let message = format!("“{}” holds until the clock has caught up", schedule.name);
        let details = format!(
            "The clock shows {now}, and due times up to {handled_until} have been dealt with: it was set back. Save the schedule again to let it run from now on."
        );
        self.raise(schedule, "set-back", Level::Warning, message, details, None).await;
    }
}

/// Schedules whose clock was told to be behind, so that it is told once.
pub(crate) type ToldSetBack = HashSet<ScheduleId>;
