//! One job: stretches of targets, steps in order, targets in parallel.

use super::cell::{Cell, Stop};
use super::journal::{Journal, Place};
use super::order::stretches;
use crate::approved::ApprovedPlan;
use crate::connect::{Connector, Route};
use crate::error::TransportError;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wheelhouse_protocol::job::{CellState, JobState};
use wheelhouse_protocol::picture::target_state;
use wheelhouse_protocol::{JobId, Timestamp};
use wheelhouse_store::audit::Entry;

/// A job at work.
pub(crate) struct Run {
    pub(crate) job: JobId,
    pub(crate) who: String,
    pub(crate) plan: ApprovedPlan,
    /// How each target is reached, or why it cannot be.
    pub(crate) routes: Vec<Result<Route, TransportError>>,
    pub(crate) journal: Journal,
    pub(crate) connector: Connector,
    pub(crate) stop: Stop,
}

/// How each step went on each target: `[target][step]`.
type Grid = Vec<Vec<CellState>>;

impl Run {
    /// Does the job, to its end.
    pub(crate) async fn work(self) {
        let this = Arc::new(self);
        this.journal.job(JobState::Running, "").await;
        let grid = {
            let steps = this.steps();
            tokio::pin!(steps);
            tokio::select! {
                biased;
                grid = &mut steps => grid,
                () = this.stop.finish.cancelled() => {
                    this.journal.job(JobState::Cancelling, "").await;
                    steps.await
                }
            }
        };
        this.finish(&grid).await;
    }

    /// All steps on all targets, a stretch after the other; the answer is how each went.
    async fn steps(self: &Arc<Self>) -> Grid {
        let strategy = self.plan.plan().strategy;
        let targets = self.plan.plan().targets.len();
        let steps = self.plan.plan().steps.len();
        let mut grid: Grid = vec![vec![CellState::Pending; steps]; targets];
        let failures = Arc::new(AtomicU32::new(0));
        let mut halted: Option<String> = None;
        for stretch in stretches(targets, &strategy) {
            let members: Vec<usize> = stretch.targets.clone().collect();
            if halted.is_none() {
                for step in 0..steps {
                    self.step(step, &members, &mut grid, &failures).await;
                }
                halted = self.reason_to_halt(&strategy, stretch.canary, &members, &grid, &failures);
            } else {
                let why = halted.clone().unwrap_or_default();
                for &target in &members {
                    for (step, cell) in grid[target].iter_mut().enumerate() {
                        *cell = self.skip(step, target, &why).await;
                    }
                }
            }
        }
        grid
    }

    fn reason_to_halt(
        &self,
        strategy: &wheelhouse_protocol::plan::Strategy,
        canary: bool,
        members: &[usize],
        grid: &Grid,
        failures: &AtomicU32,
    ) -> Option<String> {
        if self.stop.finish.is_cancelled() {
            return Some("the job was cancelled before this began".to_owned());
        }
        if canary && members.iter().any(|&t| !target_state(grid[t].iter().copied()).is_good()) {
            return Some("the canary did not succeed".to_owned());
        }
        let failed = failures.load(Ordering::Relaxed);
        (strategy.stop_after > 0 && failed >= strategy.stop_after)
            .then(|| format!("the job stops after {} failures", strategy.stop_after))
    }

    /// One step on some targets, as many at a time as the strategy allows.
    async fn step(self: &Arc<Self>, step: usize, members: &[usize], grid: &mut Grid, failures: &Arc<AtomicU32>) {
        let strategy = self.plan.plan().strategy;
        let room = Arc::new(Semaphore::new(strategy.limit.clamp(1, 1000) as usize));
        let mut work = JoinSet::new();
        for &target in members {
            if let Some(why) = reason_to_skip(&grid[target][..step]) {
                grid[target][step] = self.skip(step, target, why).await;
                continue;
            }
            let (this, room, failures) = (Arc::clone(self), Arc::clone(&room), Arc::clone(failures));
            work.spawn(async move {
                // The semaphore is never closed, so this waits and succeeds.
                let _turn = room.acquire_owned().await;
                let failed = failures.load(Ordering::Relaxed);
                let state = if strategy.stop_after > 0 && failed >= strategy.stop_after {
                    let why = format!("the job stops after {} failures", strategy.stop_after);
                    this.skip(step, target, &why).await
                } else {
                    this.cell(step, target).await
                };
                if !state.is_good() && state != CellState::Skipped {
                    failures.fetch_add(1, Ordering::Relaxed);
                }
                (target, state)
            });
        }
        while let Some(done) = work.join_next().await {
            match done {
                Ok((target, state)) => grid[target][step] = state,
                Err(error) => tracing::error!(%error, "a step's task ended abnormally"),
            }
        }
        // A task that ended abnormally left its cell unfinished: nobody saw how that one ended.
        for &target in members {
            if !grid[target][step].is_final() {
                let detail = "Wheelhouse itself failed here; look at the machine";
                self.journal.cell(place(step, target), CellState::Unknown, detail).await;
                grid[target][step] = CellState::Unknown;
            }
        }
    }

    async fn cell(&self, step: usize, target: usize) -> CellState {
        let plan = self.plan.plan();
        let (place, shell) = (place(step, target), plan.targets[target].shell);
        let route = match &self.routes[target] {
            Ok(route) => route,
            Err(error) => {
                let detail = format!("nothing was run: {error}");
                self.journal.cell(place, CellState::Failed, detail).await;
                return CellState::Failed;
            }
        };
        let Some(script) = plan.steps[step].scripts.get(&shell) else {
            let detail = format!("nothing was run: the plan has no {shell} script for this step");
            self.journal.cell(place, CellState::Failed, detail).await;
            return CellState::Failed;
        };
        let (journal, connector, stop) = (&self.journal, &self.connector, &self.stop);
        let (action, mutates) = (&plan.steps[step].action, plan.steps[step].mutates);
        Cell { place, route, action, script, mutates, journal, connector, stop }.work().await
    }

    async fn skip(&self, step: usize, target: usize, why: &str) -> CellState {
        self.journal.cell(place(step, target), CellState::Skipped, why).await;
        CellState::Skipped
    }

    async fn finish(&self, grid: &Grid) {
        let good = grid.iter().all(|steps| target_state(steps.iter().copied()).is_good());
        let state = match (good, self.stop.finish.is_cancelled()) {
            (true, _) => JobState::Succeeded,
            (false, true) => JobState::Cancelled,
            (false, false) => JobState::Failed,
        };
        self.journal.audit(self.record(state, grid)).await;
        self.journal.job(state, "").await;
        self.journal.written().await;
    }

    fn record(&self, state: JobState, grid: &Grid) -> Entry {
        let plan = self.plan.plan();
        Entry {
            at: Timestamp::now(),
            who: self.who.clone(),
            what: "job.finished",
            detail: json!({
                "job": self.job,
                "plan": plan.id,
                "hash": plan.hash,
                "state": state,
                "outcomes": outcomes(plan, grid),
            }),
        }
    }
}

/// Per target, how each of its steps ended: what the audit chain keeps.
pub(crate) fn outcomes(plan: &wheelhouse_protocol::plan::Plan, grid: &[Vec<CellState>]) -> Value {
    plan.targets.iter().zip(grid).map(|(target, steps)| json!({ "target": target.name, "steps": steps })).collect()
}

/// Why a target's next step is not attempted.
fn reason_to_skip(before: &[CellState]) -> Option<&'static str> {
    before.iter().any(|state| !state.is_good()).then_some("an earlier step did not succeed here")
}

fn place(step: usize, target: usize) -> Place {
    // Plans have far fewer than 2³² of either; the store holds them as 32-bit counts.
    Place { step: step as u32, target: target as u32 }
}
