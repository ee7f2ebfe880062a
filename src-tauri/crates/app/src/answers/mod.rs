//! Answers to questions about Wheelhouse itself, from what is stored.
//!
//! The planner says what is asked; here it is looked up, at the moment of asking and in the operator's
//! own time. An answer says no more than is known: a target counts as unreachable because an attempt
//! failed, not because nobody tried.

mod alerts;
mod automations;
mod clock;
mod help;
mod jobs;
mod last_job;
mod spoken;
mod targets;

#[cfg(test)]
mod tests;

use clock::Clock;
use jiff::Zoned;
use wheelhouse_planner::Planner;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::answer::{Answer, AnswerCell, AnswerLink, AnswerRow, AnswerTable};
use wheelhouse_protocol::reading::{Choice, Disposition, Intent, Reading};
use wheelhouse_store::Store;

/// So many requests that lead on, at most.
const LEAD_ON: usize = 6;

/// Puts the store's answer into a reading that asks for one.
pub(crate) async fn fill_in(
    store: &Store,
    planner: &Planner,
    reading: &mut Reading,
    now: Zoned,
) -> Result<(), Problem> {
    if reading.disposition != Disposition::Answer {
        return Ok(());
    }
    if let Some(mut answer) = look_up(store, reading, &Clock { now }).await? {
        // Nothing is offered that would not be understood.
        answer.follow_ups.retain(|choice| understands(planner, &choice.request));
        answer.follow_ups.truncate(LEAD_ON);
        reading.sentence.clone_from(&answer.sentence);
        reading.answer = Some(answer);
    }
    Ok(())
}

/// Whether a request comes to a plan or to an answer of its own.
fn understands(planner: &Planner, request: &str) -> bool {
    let reading = planner.reading(request);
    let known = !matches!(reading.intent, Intent::Unknown | Intent::OutOfScope | Intent::Help);
    known && matches!(reading.disposition, Disposition::Plan | Disposition::Confirm | Disposition::Answer)
}

/// The answer; `None` where the planner's own sentence is all there is to say.
async fn look_up(store: &Store, reading: &Reading, clock: &Clock) -> Result<Option<Answer>, Problem> {
    Ok(match reading.intent {
        Intent::ListJobs => match slot(reading, "scope") {
            Some(scope @ ("last_execution" | "last_execution_steps")) => {
                Some(last_job::answer(store, reading, clock, scope == "last_execution_steps").await?)
            }
            _ => Some(jobs::answer(store, reading, clock).await?),
        },
        Intent::ListTargets => Some(targets::answer(store, reading, clock).await?),
        Intent::ListAlerts => Some(alerts::answer(store, reading, clock).await?),
        Intent::ListSchedules | Intent::ListRecipes => Some(automations::answer(store, reading.intent, clock).await?),
        Intent::Help => Some(help::answer(store, reading).await?),
        _ => None,
    })
}

/// A slot's word.
fn slot<'r>(reading: &'r Reading, name: &str) -> Option<&'r str> {
    reading.slots.get(name).and_then(|value| value.as_str()).map(str::trim).filter(|word| !word.is_empty())
}

/// Whether only a number was asked for.
fn counts(reading: &Reading) -> bool {
    reading.slots.get("count").and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// A table, unless there is nothing in it.
fn table(columns: &[&str], rows: Vec<AnswerRow>, total: u64) -> Option<AnswerTable> {
    let columns = columns.iter().map(|&column| column.to_owned()).collect();
    (!rows.is_empty()).then_some(AnswerTable { columns, rows, total })
}

fn row(link: Option<AnswerLink>, cells: impl IntoIterator<Item = AnswerCell>) -> AnswerRow {
    AnswerRow { cells: cells.into_iter().collect(), link }
}

/// A request on a button of its own words.
fn follow_up(request: impl Into<String>) -> Choice {
    let request = request.into();
    Choice { label: request.clone(), request }
}
