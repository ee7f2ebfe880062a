//! The lights of the status bar: what each shows, from what was last told.

use super::format::{bytes, count, duration, plural, rate, seconds_between, value};
use super::load::Load;
use wheelhouse_protocol::control::{ControlStatus, Mode};
use wheelhouse_protocol::credential::KeyringState;
use wheelhouse_protocol::status::Status;
use wheelhouse_protocol::telemetry::{LinkState, LinkStatus};
use wheelhouse_protocol::{Problem, Timestamp};

/// One light: its tone, whether it is filled, its words and its sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Light {
    pub(crate) tone: &'static str,
    pub(crate) on: bool,
    pub(crate) text: String,
    pub(crate) sentence: String,
}

impl Light {
    /// One light.
    pub(crate) fn new(tone: &'static str, on: bool, text: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { tone, on, text: text.into(), sentence: sentence.into() }
    }

    /// Nothing is known yet.
    pub(crate) fn waiting(text: &str) -> Self {
        Self::new("tone-plain", false, text, "Wheelhouse is opening its data.")
    }

    /// It could not be looked at: neither well nor not well.
    pub(crate) fn failed(text: &str, problem: &Problem) -> Self {
        Self::new("tone-unknown", false, format!("{text} unknown"), format!("This cannot be looked at. {problem}"))
    }

    /// What stands for a light while there is nothing to show it from.
    fn without<T>(text: &str, status: &Load<T>) -> Self {
        match status {
            Load::Waiting => Self::waiting(text),
            Load::Failed(problem) => Self::failed(text, problem),
            Load::Ready(_) => Self::new("tone-plain", false, text, "This program runs none."),
        }
    }
}

/// The MQTT link, as last told, or as last asked for.
pub(crate) fn mqtt(status: &Load<Status>, link: Option<&LinkStatus>, now: Timestamp) -> Light {
    let Some(link) = link else { return Light::without("MQTT", status) };
    let broker = format!("{}:{}", link.settings.host, link.settings.port);
    match &link.state {
        LinkState::Off => {
            Light::new("tone-plain", false, "MQTT off", "The MQTT link is switched off. Set it up under Telemetry.")
        }
        LinkState::Connecting { problem } => {
            let why = if problem.is_empty() { "dialling for the first time".to_owned() } else { problem.clone() };
            Light::new("tone-warn", false, "MQTT connecting", format!("Not connected to {broker}: {why}."))
        }
        LinkState::Connected { since } => {
            let up = duration(seconds_between(*since, now));
            let lost = plural(link.dropped as usize, "message dropped", "messages dropped");
            let bad = plural(link.malformed as usize, "malformed", "malformed");
            let notice = if link.notice.is_empty() { String::new() } else { format!(" {}", link.notice) };
            let tone = if link.dropped > 0 || !link.notice.is_empty() { "tone-warn" } else { "tone-ok" };
            Light::new(
                tone,
                true,
                format!("MQTT {}", rate(link.rate)),
                format!("Connected to {broker} for {up}: {} messages, {lost}, {bad}.{notice}", count(link.received)),
            )
        }
    }
}

/// Whether what happens is stored. `told` is what an event said went wrong.
pub(crate) fn store(status: &Load<Status>, told: Option<&Problem>) -> Light {
    let failing = |why: String| Light::new("tone-error", false, "store failing", why);
    if let Some(problem) = told {
        return failing(format!("Nothing can be stored: {} {}", problem.detail, problem.hint));
    }
    match status {
        Load::Ready(status) if !status.store.healthy => failing(status.store.problem.clone()),
        Load::Ready(status) => Light::new(
            "tone-ok",
            true,
            "store",
            format!("Everything is stored in {} ({}).", status.store.directory, bytes(status.store.bytes)),
        ),
        other => Light::without("store", other),
    }
}

/// The system's keyring.
pub(crate) fn keyring(status: &Load<Status>) -> Light {
    let Load::Ready(status) = status else { return Light::without("keyring", status) };
    match &status.keyring {
        KeyringState::Working { opens_vault: true } => {
            Light::new("tone-ok", true, "keyring", "The system's keyring works and opens the vault.")
        }
        KeyringState::Working { opens_vault: false } => {
            Light::new("tone-ok", true, "keyring", "The system's keyring works; it does not open the vault.")
        }
        KeyringState::Unavailable { reason } => {
            Light::new("tone-plain", false, "keyring", format!("The system's keyring is not used: {reason}"))
        }
    }
}

/// The control loop, as last told, or as last asked for.
pub(crate) fn control(status: &Load<Status>, control: Option<&ControlStatus>) -> Light {
    let Some(control) = control else { return Light::without("loop", status) };
    let stable = control.lipschitz < 1.0;
    let tone = match (stable, control.mode) {
        (false, _) => "tone-error",
        (true, Mode::StationKeep) => "tone-ok",
        (true, Mode::Idle) => "tone-plain",
    };
    let error = control.position_error.iter().map(|e| e * e).sum::<f64>().sqrt();
    Light::new(
        tone,
        control.mode == Mode::StationKeep,
        format!("{} L {:.3}", control.mode.as_str(), control.lipschitz),
        format!(
            "The control loop runs at {} Hz in {}; L is {:.4}, which is {} 1. Position error {} m.",
            control.rate_hz,
            control.mode.as_str(),
            control.lipschitz,
            if stable { "below" } else { "not below" },
            value(error)
        ),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::json;
    use wheelhouse_protocol::ProblemCode;

    fn status(healthy: bool) -> Load<Status> {
        Load::Ready(
            serde_json::from_value(json!({
                "version": "0.1.0", "operator": "ada", "link": null, "vault": "locked", "control": null, "jobs_running": 0,
                "store": { "healthy": healthy, "directory": "/data", "bytes": 4096, "problem": "the disk is full" },
                "keyring": { "keyring": "unavailable", "reason": "it is locked" },
                "notifications": { "total": 0, "unacknowledged": 0, "action_required": 0, "worst": null }
            }))
            .unwrap(),
        )
    }

    #[test]
    fn what_cannot_be_looked_at_says_so() {
        let failed = Load::Failed(Problem::new(ProblemCode::Storage, "The store failed", "wheelhouse.db: no space."));
        let now = Timestamp::UNIX_EPOCH;
        for light in [mqtt(&failed, None, now), store(&failed, None), keyring(&failed), control(&failed, None)] {
            assert!(light.sentence.contains("no space") && light.text.ends_with("unknown"), "{light:?}");
            assert!(!light.on && light.tone != "tone-ok", "nothing is known to be well: {light:?}");
        }
        let waiting = store(&Load::Waiting, None);
        assert!(!waiting.text.contains("unknown"), "at the start nothing has failed: {waiting:?}");
    }

    #[test]
    fn a_failing_store_shows_by_event_and_by_answer() {
        let told = Problem::new(ProblemCode::Storage, "The disk is full", "no space left.");
        assert_eq!(store(&status(true), Some(&told)).text, "store failing", "the event is newer than the answer");
        let asked = store(&status(false), None);
        assert!(asked.text == "store failing" && asked.sentence.contains("full"), "{asked:?}");
        assert!(store(&status(true), None).on);
    }

    #[test]
    fn the_keyring_is_what_was_asked_for_last() {
        assert!(keyring(&status(true)).sentence.contains("it is locked"));
    }
}
