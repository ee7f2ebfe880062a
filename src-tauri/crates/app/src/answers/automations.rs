//! Schedules and recipes.

use super::clock::Clock;
use super::{follow_up, row, table};
use crate::schedule::when::Timing;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::answer::{Answer, AnswerCell, AnswerLink, MAX_ROWS};
use wheelhouse_protocol::reading::Intent;
use wheelhouse_store::Store;

/// Which schedules or recipes there are.
pub(super) async fn answer(store: &Store, intent: Intent, clock: &Clock) -> Result<Answer, Problem> {
    if intent == Intent::ListSchedules { schedules(store, clock).await } else { recipes(store).await }
}

async fn schedules(store: &Store, clock: &Clock) -> Result<Answer, Problem> {
    let stored = store.schedules().await?;
    if stored.is_empty() {
        return Ok(Answer::of("There are no schedules stored yet."));
    }
    let now = clock.now.timestamp();
    let rows = stored.iter().take(MAX_ROWS as usize).map(|stored| {
        let schedule = &stored.schedule;
        let next = Timing::parse(&schedule.when).ok().filter(|_| schedule.enabled);
        let next = next.and_then(|timing| timing.next(now.max(stored.handled_until)).first().copied());
        let approval = match (&schedule.approval, schedule.mutates) {
            (_, false) => "reads only",
            (Some(approval), true) if approval.expires_at.is_some_and(|at| at <= now) => "expired",
            (Some(_), true) => "standing",
            (None, true) => "waits each time",
        };
        let last = schedule.last.as_ref();
        let last = last.map_or_else(String::new, |run| format!("{}, {}", run.state.as_str(), clock.when(run.due_at)));
        let cells = [
            AnswerCell::text(schedule.name.as_str()),
            AnswerCell::text(format!("{} v{}", schedule.recipe_name, schedule.version)),
            AnswerCell::text(schedule.when.words()),
            AnswerCell::moment(next),
            AnswerCell::text(approval),
            AnswerCell::text(last),
        ];
        row(Some(AnswerLink::Schedule(schedule.id.0)), cells)
    });
    let held = stored.iter().filter(|stored| !stored.schedule.enabled).count();
    let count = if stored.len() == 1 {
        "There is 1 schedule".to_owned()
    } else {
        format!("There are {} schedules", stored.len())
    };
    let sentence = if held == 0 { format!("{count}.") } else { format!("{count}, {held} of them held.") };
    let table = table(&["Schedule", "Recipe", "When", "Next", "Approval", "Last"], rows.collect(), stored.len() as u64);
    Ok(Answer { table, ..Answer::of(sentence) })
}

async fn recipes(store: &Store) -> Result<Answer, Problem> {
    let stored = store.recipes().await?;
    if stored.is_empty() {
        return Ok(Answer::of("There are no recipes stored yet."));
    }
    let rows = stored.iter().take(MAX_ROWS as usize).map(|recipe| {
        let steps: Vec<String> = recipe.body.steps.iter().map(Action::title).collect();
        let parameters: Vec<&str> = recipe.body.parameters.iter().map(|p| p.name.as_str()).collect();
        let cells = [
            AnswerCell::text(recipe.name.as_str()),
            AnswerCell::text(steps.join(", then ")),
            AnswerCell::text(recipe.body.targets.as_str()),
            AnswerCell::text(parameters.join(", ")),
            AnswerCell::moment(Some(recipe.saved_at)),
        ];
        row(Some(AnswerLink::Recipe(recipe.id.0)), cells)
    });
    let count = if stored.len() == 1 {
        "There is 1 recipe.".to_owned()
    } else {
        format!("There are {} recipes.", stored.len())
    };
    let table = table(&["Recipe", "Does", "On", "Parameters", "Saved"], rows.collect(), stored.len() as u64);
    let follow_ups = stored.iter().take(3).map(|recipe| follow_up(format!("run recipe {}", recipe.name))).collect();
    Ok(Answer { table, follow_ups, ..Answer::of(count) })
}
