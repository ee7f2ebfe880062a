//! After a crash: what a program left half-done is told as it is, and nothing is run again.

use super::Engine;
use super::run::outcomes;
use serde_json::json;
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::job::{CellState, JobEvent, JobEventKind, JobState, JobSummary};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::PlanStep;
use wheelhouse_protocol::{Event, JobId, Problem, Timestamp};
use wheelhouse_store::Store;
use wheelhouse_store::audit::Entry;
use wheelhouse_store::jobs::{JobUpdate, JobWrite};

impl Engine {
    /// Closes the jobs of programs that have ended: what had not begun is skipped, what was in flight
    /// is unknown (or failed, if it only read). Answers with those jobs.
    pub async fn recover(&self) -> Result<Vec<JobSummary>, Problem> {
        let mut closed = Vec::new();
        for claim in self.store.claim_dead_instances().await? {
            for job in self.store.open_jobs_of(claim.id()).await? {
                closed.push(close_interrupted(&self.store, &self.publisher, job, "Wheelhouse ended").await?);
            }
            self.store.forget_instance(claim).await?;
        }
        Ok(closed)
    }
}

/// Closes a job that nobody goes on with, because of `what` happened ("Wheelhouse ended"). One that has
/// ended is left as it is.
pub(super) async fn close_interrupted(
    store: &Store,
    publisher: &Publisher,
    job: JobId,
    what: &str,
) -> Result<JobSummary, Problem> {
    let detail = store.job_detail(job).await?;
    if detail.summary.state.is_final() {
        return Ok(detail.summary);
    }
    let plan = &detail.plan;
    let mut picture = JobPicture::new(plan.steps.len(), plan.targets.len());
    detail.events.iter().for_each(|event| picture.apply(event));
    let at = Timestamp::now();
    let mut events = Vec::new();
    let mut tell = |what: JobEventKind, picture: &mut JobPicture| {
        let event = JobEvent { job, seq: picture.contiguous() + 1, at, what };
        picture.apply(&event);
        events.push(event);
    };
    for (step, planned) in plan.steps.iter().enumerate() {
        for target in 0..plan.targets.len() {
            let Some((state, detail)) = fate(picture.cells[step][target].state, planned.mutates) else { continue };
            let mut detail = format!("{what} {detail}");
            if picture.cells[step][target].state == CellState::Connecting && sends_a_file(planned) {
                detail.push_str("; its file may lie in a folder /var/tmp/.wheelhouse-…-file there");
            }
            let (step, target) = (step as u32, target as u32);
            tell(JobEventKind::Cell { step, target, state, detail, exit_code: None, rollback: None }, &mut picture);
        }
    }
    let why = format!("{what} while this job ran");
    tell(JobEventKind::Job { state: JobState::Interrupted, detail: why }, &mut picture);
    let grid: Vec<Vec<CellState>> =
        (0..plan.targets.len()).map(|target| picture.cells.iter().map(|row| row[target].state).collect()).collect();
    let record = Entry {
        at,
        who: "wheelhouse".to_owned(),
        what: "job.interrupted",
        detail: json!({ "job": job, "plan": plan.id, "hash": plan.hash, "outcomes": outcomes(plan, &grid) }),
    };
    let update = JobUpdate {
        state: JobState::Interrupted,
        started_at: picture.started_at,
        finished_at: Some(at),
        counts: picture.counts(),
    };
    let write = JobWrite { events, lines: Vec::new(), update: Some(update), audit: vec![record] };
    store.write_job(job, &write).await?;
    let summary = store.job(job).await?;
    for event in write.events {
        publisher.tell(Event::Job(event));
    }
    publisher.tell(Event::JobChanged(summary.clone()));
    Ok(summary)
}

fn sends_a_file(step: &PlanStep) -> bool {
    step.scripts.values().any(|script| script.file.is_some())
}

/// What becomes of a cell that nobody goes on with, and when that was; `None` where it had ended itself.
fn fate(state: CellState, mutates: bool) -> Option<(CellState, &'static str)> {
    match state {
        CellState::Pending => Some((CellState::Skipped, "before this began")),
        CellState::Connecting => Some((CellState::Skipped, "before its script was sent")),
        CellState::Running | CellState::Verifying | CellState::RollingBack if mutates => {
            Some((CellState::Unknown, "while this ran; how it ended there is not known"))
        }
        CellState::Running | CellState::Verifying | CellState::RollingBack => {
            Some((CellState::Failed, "before the answer came; nothing was changed"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_fate_is_a_lie() {
        use CellState::*;
        for state in [
            Pending, Connecting, Running, Verifying, RollingBack, Changed, Unchanged, Failed, Skipped, Unreachable,
            Unknown,
        ] {
            for mutates in [true, false] {
                match fate(state, mutates) {
                    None => assert!(state.is_final(), "{state} was left open"),
                    Some((next, _)) => {
                        assert!(!state.is_final(), "{state} had ended and must stay");
                        assert!(next.is_final() && !next.is_good(), "nobody saw {state} succeed");
                        assert!(state.may_become(next), "{state} may not become {next}");
                    }
                }
            }
        }
    }
}
