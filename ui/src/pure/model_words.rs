//! The language model's state in words.

use super::icons::Icon;
use super::words::Tone;
use wheelhouse_protocol::llm::{BreakerState, LlmStatus, LlmTest};

/// Words with the colour and icon they are shown in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) tone: Tone,
    pub(crate) icon: Icon,
    pub(crate) text: String,
}

/// How it stands: off, answering, failing, or left alone.
pub(crate) fn state(status: &LlmStatus) -> Said {
    if !status.settings.enabled {
        return said(Tone::Plain, Icon::Minus, "off".to_owned());
    }
    match status.breaker {
        BreakerState::Closed { failures: 0 } if status.asked == 0 => {
            said(Tone::Plain, Icon::Ok, "on, not asked yet".to_owned())
        }
        BreakerState::Closed { failures: 0 } => said(Tone::Ok, Icon::Ok, "on".to_owned()),
        BreakerState::Closed { failures: 1 } => {
            said(Tone::Warn, Icon::Warning, "on, the last request failed".to_owned())
        }
        BreakerState::Closed { failures } => {
            said(Tone::Warn, Icon::Warning, format!("on, {failures} failures in a row; 5 take it out"))
        }
        BreakerState::Open { seconds } => {
            said(Tone::Error, Icon::Pause, format!("taken out after failures; tried again in {seconds} s"))
        }
        BreakerState::HalfOpen => {
            said(Tone::Warn, Icon::Retry, "taken out after failures; the next request tries".to_owned())
        }
    }
}

/// How often it was asked and of use since the program started.
pub(crate) fn use_of(status: &LlmStatus) -> String {
    match (status.asked, status.used) {
        (0, _) => "Not asked since Wheelhouse started.".to_owned(),
        (asked, used) => {
            format!("Asked {} since Wheelhouse started; {} became a plan.", times(asked), suggestions(used))
        }
    }
}

fn times(n: u64) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

fn suggestions(n: u64) -> String {
    if n == 1 { "1 suggestion".to_owned() } else { format!("{n} suggestions") }
}

/// What a test found, where it answered; a failure is a problem and shown as one.
pub(crate) fn tested(test: &LlmTest) -> Option<Said> {
    match test {
        LlmTest::Ok { latency_ms, understood: true } => {
            Some(said(Tone::Ok, Icon::Ok, format!("answered in {} and understood", time(*latency_ms))))
        }
        LlmTest::Ok { latency_ms, understood: false } => Some(said(
            Tone::Warn,
            Icon::Warning,
            format!("answered in {}, but misunderstood a plain request", time(*latency_ms)),
        )),
        LlmTest::Failed { .. } => None,
    }
}

fn time(ms: u64) -> String {
    if ms < 1000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1000, ms % 1000 / 100) }
}

fn said(tone: Tone, icon: Icon, text: String) -> Said {
    Said { tone, icon, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wheelhouse_protocol::llm::LlmSettings;

    fn status(enabled: bool, breaker: BreakerState) -> LlmStatus {
        let settings = LlmSettings { enabled, ..LlmSettings::default() };
        LlmStatus { settings, breaker, asked: 7, used: 1, last_failure: None }
    }

    #[test]
    fn every_state_of_the_breaker_has_its_words() {
        for (breaker, says) in [
            (BreakerState::Closed { failures: 0 }, "on"),
            (BreakerState::Closed { failures: 3 }, "on, 3 failures in a row; 5 take it out"),
            (BreakerState::Open { seconds: 42 }, "taken out after failures; tried again in 42 s"),
            (BreakerState::HalfOpen, "taken out after failures; the next request tries"),
        ] {
            assert_eq!(state(&status(true, breaker.clone())).text, says);
            assert_eq!(state(&status(false, breaker)).text, "off", "what is off is off, whatever the breaker says");
        }
    }

    #[test]
    fn figures_are_said_in_words() {
        let told = use_of(&status(true, BreakerState::HalfOpen));
        assert_eq!(told, "Asked 7 times since Wheelhouse started; 1 suggestion became a plan.");
        let found = tested(&LlmTest::Ok { latency_ms: 2345, understood: true }).map(|said| said.text);
        assert_eq!(found.as_deref(), Some("answered in 2.3 s and understood"));
    }
}
