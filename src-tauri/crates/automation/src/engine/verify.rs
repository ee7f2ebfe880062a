//! *Verify now*: looking again at what nobody saw end.

use super::Engine;
use super::cell::{Cell, Stop};
use super::journal::{Journal, Place};
use serde_json::json;
use std::sync::Arc;
use wheelhouse_protocol::job::{CellState, JobDetail, Level, Phase, Stream, VerifyJob};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::{Problem, ProblemCode, Timestamp};
use wheelhouse_store::audit::Entry;

impl Engine {
    /// Looks again at the targets of an ended job whose outcome is unknown, with the verify scripts only.
    pub async fn verify(&self, command: &VerifyJob, who: &str) -> Result<JobDetail, Problem> {
        let summary = self.store.job(command.job).await?;
        // Two who look at once would go on with the same story; the second could never be written.
        let Some(_hold) = self.store.hold(&format!("verify-{}", command.job))? else {
            return Err(Problem::new(
                ProblemCode::Conflict,
                "Somebody is looking already",
                format!("“{}” is being looked at already, here or in another window.", summary.sentence),
            )
            .hint("Wait for that to end."));
        };
        let detail = self.store.job_detail(command.job).await?;
        let mut picture = JobPicture::new(detail.plan.steps.len(), detail.plan.targets.len());
        detail.events.iter().for_each(|event| picture.apply(event));
        picture.log_lines = detail.log_lines;
        let unknown: Vec<(usize, usize)> = picture
            .cells
            .iter()
            .enumerate()
            .flat_map(|(step, row)| row.iter().enumerate().map(move |(target, cell)| (step, target, cell.state)))
            .filter(|(_, _, state)| *state == CellState::Unknown)
            .map(|(step, target, _)| (step, target))
            .collect();
        if !detail.summary.state.is_final() || unknown.is_empty() {
            return Err(Problem::new(
                ProblemCode::Conflict,
                "There is nothing to look at again",
                format!("“{}” has no target whose outcome is unknown.", detail.summary.sentence),
            ));
        }
        let can_be_checked = |(step, target): &(usize, usize)| {
            let script = detail.plan.steps[*step].scripts.get(&detail.plan.targets[*target].shell);
            script.is_some_and(|script| script.verify.is_some())
        };
        if !unknown.iter().any(can_be_checked) {
            return Err(Problem::new(
                ProblemCode::Conflict,
                "There is no check to run again",
                format!(
                    "“{}” has steps whose outcome no script can look at, such as a typed command.",
                    detail.summary.sentence
                ),
            )
            .hint("Look at the machine itself, then retry if it is needed."));
        }
        let (routes, connector) = tokio::try_join!(self.routes(&detail.plan), self.connector())?;
        let stop = Stop::default();
        let (store, publisher) = (Arc::clone(&self.store), self.publisher.clone());
        let (journal, written) = Journal::start(store, publisher, detail.summary.clone(), picture, stop.finish.clone());
        let mut looked = Vec::new();
        for (step, target) in unknown {
            let planned = &detail.plan.targets[target];
            let script = detail.plan.steps[step].scripts.get(&planned.shell);
            let place = Place { step: step as u32, target: target as u32 };
            let state = match (&routes[target], script) {
                (Ok(route), Some(script)) => {
                    let action = &detail.plan.steps[step].action;
                    let (journal, connector, stop) = (&journal, &connector, &stop);
                    Cell { place, route, action, script, mutates: true, journal, connector, stop }.look_again().await
                }
                (route, _) => {
                    let why = match route {
                        Err(error) => error.to_string(),
                        Ok(_) => format!("the plan has no {} script for this step", planned.shell),
                    };
                    let text = format!("it was not looked at: {why}");
                    journal.line(place, Phase::Verify, Stream::Wheelhouse, Level::Error, text).await;
                    CellState::Unknown
                }
            };
            looked.push(json!({ "target": planned.name, "step": step, "state": state }));
        }
        let record = Entry {
            at: Timestamp::now(),
            who: who.to_owned(),
            what: "job.verified",
            detail: json!({ "job": command.job, "looked": looked }),
        };
        journal.audit(record).await;
        journal.written().await;
        drop(journal);
        written.await.map_err(|e| Problem::new(ProblemCode::Internal, "The journal failed", e.to_string()))??;
        Ok(self.store.job_detail(command.job).await?)
    }
}
