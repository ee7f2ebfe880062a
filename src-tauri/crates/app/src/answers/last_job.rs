//! What the last job did, target by target or step by step.

use super::clock::Clock;
use super::jobs::{retry, states};
use super::spoken::{Scope, number};
use super::{follow_up, row, slot, table};
use std::collections::BTreeSet;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::answer::{Answer, AnswerCell, AnswerLink, AnswerRow, MAX_ROWS};
use wheelhouse_protocol::job::{CellState, Counts, JobDetail, JobState, JobSummary};
use wheelhouse_protocol::picture::{Cell, JobPicture};
use wheelhouse_protocol::reading::Reading;
use wheelhouse_store::Store;
use wheelhouse_store::answers::JobQuestion;

/// How the last job ended, or where it stands; with `steps`, what its steps did.
pub(super) async fn answer(store: &Store, reading: &Reading, clock: &Clock, steps: bool) -> Result<Answer, Problem> {
    let scope = Scope::of(reading);
    let status = slot(reading, "status");
    // “The last failed job” is one that failed; “the steps that failed last” are those of the last job.
    let states = if steps { None } else { status.and_then(states) };
    let question = JobQuestion {
        states: states.unwrap_or_default().to_vec(),
        targets: scope.targets.clone(),
        ..JobQuestion::default()
    };
    let newest = store.ask_jobs(&question, 1).await?.newest.into_iter().next();
    let Some(newest) = newest else {
        let what = status.filter(|_| states.is_some()).map(|s| format!(" that is {s}")).unwrap_or_default();
        let place = if scope.on().is_empty() { String::new() } else { format!(" {}", scope.on()) };
        return Ok(Answer::of(format!("There is no job{what}{place} yet.")));
    };
    let detail = store.job_detail(newest.id).await?;
    let mut picture = JobPicture::new(detail.plan.steps.len(), detail.plan.targets.len());
    detail.events.iter().for_each(|event| picture.apply(event));
    let mut answer = match (steps, status) {
        (false, _) => by_target(&detail, &picture, clock),
        (true, None) => by_step(&detail, &picture, clock),
        (true, Some(status)) => by_cell(&detail, &picture, clock, status),
    };
    let last = store.ask_jobs(&JobQuestion::default(), 1).await?.newest;
    if last.first().is_some_and(|last| last.id == newest.id) {
        if !steps && !matches!(newest.state, JobState::Succeeded) {
            answer.follow_ups.push(follow_up("what steps failed in the last execution?"));
        }
        answer.follow_ups.extend(retry(&newest));
    }
    Ok(answer)
}

/// `failed today at 14:03`, `is running since today at 14:03`.
fn standing(job: &JobSummary, clock: &Clock) -> String {
    let ended = |word: &str| format!("{word} {}", clock.when(job.finished_at.unwrap_or(job.created_at)));
    let since = |word: &str| format!("{word} since {}", clock.when(job.started_at.unwrap_or(job.created_at)));
    match job.state {
        JobState::Queued => format!("has been waiting to start since {}", clock.when(job.created_at)),
        JobState::Running => since("has been running"),
        JobState::Cancelling => "is being cancelled".to_owned(),
        JobState::Succeeded => ended("succeeded"),
        JobState::Failed => ended("failed"),
        JobState::Cancelled => ended("was cancelled"),
        JobState::Interrupted => ended("was interrupted"),
    }
}

fn by_target(detail: &JobDetail, picture: &JobPicture, clock: &Clock) -> Answer {
    let job = &detail.summary;
    let mut order: Vec<usize> = (0..detail.plan.targets.len()).collect();
    order.sort_by_key(|&t| {
        let state = picture.target_state(t);
        // What went wrong, what is still open, what went well.
        if state.is_good() { 2 } else { u8::from(!state.is_final()) }
    });
    let rows = order
        .into_iter()
        .take(MAX_ROWS as usize)
        .filter_map(|t| {
            let (target, state) = (detail.plan.targets.get(t)?, picture.target_state(t));
            let cell = picture.cells.iter().filter_map(|row| row.get(t)).find(|cell| cell.state == state);
            Some(row(
                Some(AnswerLink::Target(target.id)),
                [AnswerCell::text(target.name.as_str()), AnswerCell::Cell { state }, said(cell)],
            ))
        })
        .collect();
    let total = detail.plan.targets.len() as u64;
    Answer {
        sentence: format!(
            "The last job, “{}” by {}, {}: {}.",
            job.sentence,
            job.who,
            standing(job, clock),
            picture.counts().sentence()
        ),
        table: table(&["Target", "Result", "What it said"], rows, total),
        follow_ups: Vec::new(),
    }
}

fn by_step(detail: &JobDetail, picture: &JobPicture, clock: &Clock) -> Answer {
    let job = &detail.summary;
    let rows: Vec<AnswerRow> = detail
        .plan
        .steps
        .iter()
        .zip(&picture.cells)
        .take(MAX_ROWS as usize)
        .map(|(step, cells)| {
            let mut counts = Counts::default();
            cells.iter().for_each(|cell| counts.add(cell.state));
            row(
                Some(AnswerLink::Job(job.id)),
                [AnswerCell::text(step.title.as_str()), AnswerCell::text(counts.sentence())],
            )
        })
        .collect();
    let steps = detail.plan.steps.len() as u64;
    Answer {
        sentence: format!(
            "The last job, “{}” by {}, {}. It has {}.",
            job.sentence,
            job.who,
            standing(job, clock),
            number(steps, "step", "steps")
        ),
        table: table(&["Step", "Hosts"], rows, steps),
        follow_ups: Vec::new(),
    }
}

fn by_cell(detail: &JobDetail, picture: &JobPicture, clock: &Clock, status: &str) -> Answer {
    let job = &detail.summary;
    let (wanted, did): (fn(CellState) -> bool, &str) = match status {
        "succeeded" => (CellState::is_good, "succeeded"),
        "running" => (|state| !state.is_final() && state != CellState::Pending, "at work"),
        "waiting" => (|state| state == CellState::Pending, "waiting"),
        "cancelled" => (|state| state == CellState::Skipped, "skipped"),
        _ => {
            (|state| matches!(state, CellState::Failed | CellState::Unreachable | CellState::Unknown), "not succeeded")
        }
    };
    let (mut rows, mut total) = (Vec::new(), 0);
    let (mut steps, mut hosts) = (BTreeSet::new(), BTreeSet::new());
    for (s, (step, cells)) in detail.plan.steps.iter().zip(&picture.cells).enumerate() {
        for (t, (target, cell)) in detail.plan.targets.iter().zip(cells).enumerate() {
            if !wanted(cell.state) {
                continue;
            }
            total += 1;
            steps.insert(s);
            hosts.insert(t);
            if rows.len() < MAX_ROWS as usize {
                let cells = [
                    AnswerCell::text(step.title.as_str()),
                    AnswerCell::text(target.name.as_str()),
                    AnswerCell::Cell { state: cell.state },
                    said(Some(cell)),
                ];
                rows.push(row(Some(AnswerLink::Job(job.id)), cells));
            }
        }
    }
    let (steps, hosts) = (steps.len() as u64, hosts.len() as u64);
    let name = format!("in the last job, “{}” by {}, which {}", job.sentence, job.who, standing(job, clock));
    let what = |n: u64| match (did, n) {
        ("succeeded", _) => "succeeded",
        ("not succeeded", 0) => "failed",
        ("not succeeded", _) => "did not succeed",
        ("at work", 0 | 1) => "is at work",
        ("at work", _) => "are at work",
        ("waiting", 0 | 1) => "is waiting",
        ("waiting", _) => "are waiting",
        (_, 0 | 1) => "was skipped",
        _ => "were skipped",
    };
    let sentence = if total == 0 {
        format!("No step {} {name}.", what(0))
    } else {
        format!("{} {} on {} {name}.", number(steps, "step", "steps"), what(steps), number(hosts, "host", "hosts"))
    };
    Answer {
        sentence,
        table: table(&["Step", "Target", "Result", "What it said"], rows, total),
        follow_ups: Vec::new(),
    }
}

/// The last thing said in a cell.
fn said(cell: Option<&Cell>) -> AnswerCell {
    AnswerCell::text(cell.map_or("", |cell| cell.detail.as_str()))
}
