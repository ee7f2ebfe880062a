//! What states are called and how they look: one icon, one tone and one word each.

use super::icons::Icon;
use wheelhouse_protocol::inventory::ImportChange;
use wheelhouse_protocol::job::{CellState, JobState, Level};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::schedule::RunState;

/// A meaning that has a colour. The colour is never alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Accent,
    Ok,
    Info,
    Warn,
    Error,
    Critical,
    Unknown,
}

impl Tone {
    /// The class that gives it its colour.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "tone-plain",
            Self::Accent => "tone-accent",
            Self::Ok => "tone-ok",
            Self::Info => "tone-info",
            Self::Warn => "tone-warn",
            Self::Error => "tone-error",
            Self::Critical => "tone-critical",
            Self::Unknown => "tone-unknown",
        }
    }
}

/// How one state looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) icon: Icon,
    pub(crate) tone: Tone,
    pub(crate) word: &'static str,
    /// Whether it is going on: the icon turns.
    pub(crate) busy: bool,
}

const fn still(icon: Icon, tone: Tone, word: &'static str) -> Look {
    Look { icon, tone, word, busy: false }
}

const fn busy(word: &'static str) -> Look {
    Look { icon: Icon::Retry, tone: Tone::Accent, word, busy: true }
}

/// One step on one target, or one target over all steps.
pub(crate) fn cell(state: CellState) -> Look {
    match state {
        CellState::Pending => still(Icon::Clock, Tone::Plain, "pending"),
        CellState::Connecting => busy("connecting"),
        CellState::Running => busy("running"),
        CellState::Verifying => busy("verifying"),
        CellState::RollingBack => Look { tone: Tone::Warn, ..busy("rolling back") },
        CellState::Changed => still(Icon::Ok, Tone::Ok, "changed"),
        CellState::Unchanged => still(Icon::Check, Tone::Ok, "unchanged"),
        CellState::Failed => still(Icon::Error, Tone::Error, "failed"),
        CellState::Skipped => still(Icon::Skip, Tone::Plain, "skipped"),
        CellState::Unreachable => still(Icon::Unreachable, Tone::Error, "unreachable"),
        CellState::Unknown => still(Icon::Question, Tone::Unknown, "unknown"),
    }
}

/// A job.
pub(crate) fn job(state: JobState) -> Look {
    match state {
        JobState::Queued => still(Icon::Clock, Tone::Plain, "queued"),
        JobState::Running => busy("running"),
        JobState::Cancelling => Look { tone: Tone::Warn, ..busy("cancelling") },
        JobState::Succeeded => still(Icon::Ok, Tone::Ok, "succeeded"),
        JobState::Failed => still(Icon::Error, Tone::Error, "failed"),
        JobState::Cancelled => still(Icon::Stop, Tone::Warn, "cancelled"),
        JobState::Interrupted => still(Icon::Question, Tone::Unknown, "interrupted"),
    }
}

/// A due time of a schedule.
pub(crate) fn run(state: RunState) -> Look {
    match state {
        RunState::Claimed => busy("starting"),
        RunState::Started => still(Icon::Ok, Tone::Ok, "started"),
        RunState::Waiting => still(Icon::Pause, Tone::Warn, "waiting"),
        RunState::Missed => still(Icon::Skip, Tone::Warn, "missed"),
        RunState::Failed => still(Icon::Error, Tone::Error, "failed"),
    }
}

/// How much a line or notification matters.
pub(crate) fn level(level: Level) -> Look {
    match level {
        Level::Debug => still(Icon::More, Tone::Plain, "debug"),
        Level::Info => still(Icon::Info, Tone::Info, "info"),
        Level::Warning => still(Icon::Warning, Tone::Warn, "warning"),
        Level::Error => still(Icon::Error, Tone::Error, "error"),
        Level::Critical => still(Icon::Critical, Tone::Critical, "critical"),
    }
}

/// How much harm a plan could do.
pub(crate) fn risk(risk: Risk) -> Look {
    match risk {
        Risk::Low => still(Icon::Eye, Tone::Ok, "low risk"),
        Risk::Medium => still(Icon::Shield, Tone::Info, "medium risk"),
        Risk::High => still(Icon::Warning, Tone::Warn, "high risk"),
        Risk::Critical => still(Icon::Critical, Tone::Critical, "critical risk"),
    }
}

/// What an import would do.
pub(crate) fn change(change: ImportChange) -> Look {
    match change {
        ImportChange::New => still(Icon::Plus, Tone::Ok, "new"),
        ImportChange::Changed => still(Icon::Edit, Tone::Warn, "changed"),
        ImportChange::Same => still(Icon::Check, Tone::Plain, "same"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_differ_without_their_colour() {
        let states = [
            CellState::Pending,
            CellState::Running,
            CellState::Changed,
            CellState::Unchanged,
            CellState::Failed,
            CellState::Skipped,
            CellState::Unreachable,
            CellState::Unknown,
        ];
        for (i, a) in states.iter().enumerate() {
            for b in &states[i + 1..] {
                assert!(cell(*a).icon != cell(*b).icon && cell(*a).word != cell(*b).word, "{a} looks like {b}");
            }
        }
    }
}
