//! Which jobs there are, in which states, and when.

use super::clock::Clock;
use super::spoken::{Scope, list, number, sentence};
use super::{counts, follow_up, row, slot, table};
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::answer::{Answer, AnswerCell, AnswerLink, AnswerRow, MAX_ROWS};
use wheelhouse_protocol::job::{Counts, JobState, JobSummary};
use wheelhouse_protocol::reading::{Choice, Reading};
use wheelhouse_store::Store;
use wheelhouse_store::answers::{JobQuestion, JobsFound, Span};

/// What retrying the last job is called.
pub(super) const RETRY: &str = "retry the failed ones";

/// The states a word asks for.
pub(super) fn states(status: &str) -> Option<&'static [JobState]> {
    Some(match status {
        "failed" => &[JobState::Failed, JobState::Interrupted],
        "running" => &[JobState::Running, JobState::Cancelling],
        "succeeded" => &[JobState::Succeeded],
        "cancelled" => &[JobState::Cancelled],
        "waiting" => &[JobState::Queued],
        _ => return None,
    })
}

/// Which jobs are so.
pub(super) async fn answer(store: &Store, reading: &Reading, clock: &Clock) -> Result<Answer, Problem> {
    let scope = Scope::of(reading);
    let status = slot(reading, "status");
    let states = status.and_then(states).unwrap_or_default();
    let named = slot(reading, "window");
    let window = named.and_then(|word| clock.window(word));
    let mut question = JobQuestion {
        states: states.to_vec(),
        span: window.as_ref().map_or(Span::default(), |w| w.span),
        targets: scope.targets.clone(),
    };
    // What is going on goes on now, whenever it began.
    let now = !states.is_empty() && !question.by_end();
    if now {
        question.span = Span::default();
    }
    let limit = if counts(reading) { 0 } else { MAX_ROWS };
    let found = store.ask_jobs(&question, limit).await?;
    let time = window.filter(|_| !now).map(|w| w.said).unwrap_or_default();
    let mut said = spoken(&found, states, &scope.on(), &time);
    if !now
        && time.is_empty()
        && let Some(word) = named
    {
        said.push_str(&format!(
            " “{}” names no time Wheelhouse knows, so this is of all time.",
            word.replace('_', " ")
        ));
    }
    if states.is_empty()
        && let Some(word) = status
    {
        said.push_str(&format!(" “{word}” is no state a job can have, so these are jobs in any."));
    }
    let head = ["Job", "State", "Hosts", "By", if question.by_end() { "Ended" } else { "Started" }];
    let rows: Vec<AnswerRow> = found.newest.iter().map(|job| job_row(job, question.by_end())).collect();
    let follow_ups = follow_ups(store, reading, &found, &scope, &time).await?;
    Ok(Answer { sentence: said, table: table(&head, rows, found.total()), follow_ups })
}

/// `4 jobs failed on CIS servers yesterday.`
fn spoken(found: &JobsFound, states: &[JobState], place: &str, time: &str) -> String {
    let total = found.total();
    if total == 0 {
        let what = match states {
            [JobState::Queued] => "is waiting to start",
            [JobState::Running, ..] => "is running",
            [] => "was started",
            [one, ..] => verb(*one, 1),
        };
        return sentence(&["No job", what, place, time]);
    }
    let n = |state: JobState| found.counts.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    let order = [
        JobState::Failed,
        JobState::Interrupted,
        JobState::Succeeded,
        JobState::Cancelled,
        JobState::Running,
        JobState::Cancelling,
        JobState::Queued,
    ];
    let present: Vec<JobState> = order.into_iter().filter(|&state| n(state) > 0).collect();
    if states.is_empty() {
        let parts: Vec<String> = present.iter().map(|&s| format!("{} {}", n(s), verb(s, n(s)))).collect();
        let were = format!("{} started", if total == 1 { "was" } else { "were" });
        let all = [number(total, "job", "jobs").as_str(), &were, place, time]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        return format!("{all}: {}.", list(&parts));
    }
    let parts: Vec<String> = present
        .iter()
        .enumerate()
        .map(|(i, &s)| {
            let how_many = if i == 0 { number(n(s), "job", "jobs") } else { n(s).to_string() };
            format!("{how_many} {}", verb(s, n(s)))
        })
        .collect();
    sentence(&[&list(&parts), place, time])
}

fn verb(state: JobState, n: u64) -> &'static str {
    match (state, n == 1) {
        (JobState::Queued, true) => "is waiting to start",
        (JobState::Queued, false) => "are waiting to start",
        (JobState::Running, true) => "is running",
        (JobState::Running, false) => "are running",
        (JobState::Cancelling, true) => "is being cancelled",
        (JobState::Cancelling, false) => "are being cancelled",
        (JobState::Succeeded, _) => "succeeded",
        (JobState::Failed, _) => "failed",
        (JobState::Cancelled, true) => "was cancelled",
        (JobState::Cancelled, false) => "were cancelled",
        (JobState::Interrupted, true) => "was interrupted",
        (JobState::Interrupted, false) => "were interrupted",
    }
}

fn job_row(job: &JobSummary, by_end: bool) -> AnswerRow {
    let at = if by_end { job.finished_at.unwrap_or(job.created_at) } else { job.started_at.unwrap_or(job.created_at) };
    row(
        Some(AnswerLink::Job(job.id)),
        [
            AnswerCell::text(job.sentence.as_str()),
            AnswerCell::Job { state: job.state },
            AnswerCell::text(job.counts.sentence()),
            AnswerCell::text(job.who.as_str()),
            AnswerCell::Moment { at },
        ],
    )
}

async fn follow_ups(
    store: &Store,
    reading: &Reading,
    found: &JobsFound,
    scope: &Scope,
    time: &str,
) -> Result<Vec<Choice>, Problem> {
    let mut choices = Vec::new();
    let words =
        |what: &str| [what, &scope.on(), time].iter().copied().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let failed = slot(reading, "status") == Some("failed");
    if counts(reading) && found.total() > 0 {
        let status = slot(reading, "status").map_or("show jobs".to_owned(), |status| format!("show {status} jobs"));
        choices.push(follow_up(words(&status)));
    }
    if failed && found.total() == 0 && !time.is_empty() {
        choices.push(follow_up(words("show jobs")));
    }
    if failed && found.total() > 0 {
        let last = store.ask_jobs(&JobQuestion::default(), 1).await?.newest.into_iter().next();
        // “The failed ones” are those of the last job, whichever that is: offered only when it is meant here.
        if let Some(last) = last.filter(|last| found.newest.iter().any(|job| job.id == last.id)) {
            choices.push(follow_up("what steps failed in the last execution?"));
            choices.extend(retry(&last));
        }
    }
    Ok(choices)
}

/// Retrying a job that has ended and did not succeed everywhere.
pub(super) fn retry(last: &JobSummary) -> Option<Choice> {
    let not_good = unsuccessful(last.counts);
    (last.state.is_final() && not_good > 0).then(|| Choice {
        label: format!("Retry {} of the last job", number(u64::from(not_good), "host", "hosts")),
        request: RETRY.to_owned(),
    })
}

/// How many targets did not do what was asked.
fn unsuccessful(counts: Counts) -> u32 {
    counts.total() - counts.changed - counts.unchanged
}
