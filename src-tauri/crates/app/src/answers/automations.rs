//! Schedules and recipes.

use wheelhouse_protocol::answer::Answer;
use wheelhouse_protocol::reading::Intent;

/// Which schedules or recipes there are.
pub(super) fn answer(intent: Intent) -> Answer {
    Answer::of(match intent {
        Intent::ListSchedules => "There are no schedules stored yet.",
        _ => "There are no recipes stored yet.",
    })
}
