//! What the link counts.

use crate::hub::{Hub, Rate};
use crate::link::payload::shorten;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use wheelhouse_protocol::telemetry::{LinkSettings, LinkState, LinkStatus};

struct Inner {
    settings: LinkSettings,
    state: LinkState,
    received: u64,
    dropped: u64,
    malformed: u64,
    last_malformed: String,
    rate: Rate,
    refused_filters: Vec<String>,
}

/// State and figures of the link. Every received message ends as taken in, malformed or dropped.
pub(crate) struct Figures {
    inner: Mutex<Inner>,
    started: Instant,
}

impl Figures {
    pub(crate) fn new() -> Self {
        let inner = Inner {
            settings: LinkSettings::default(),
            state: LinkState::Off,
            received: 0,
            dropped: 0,
            malformed: 0,
            last_malformed: String::new(),
            rate: Rate::default(),
            refused_filters: Vec::new(),
        };
        Self { inner: Mutex::new(inner), started: Instant::now() }
    }

    /// The link in one look.
    pub(crate) fn status(&self, hub: &Hub) -> LinkStatus {
        let notice = self.notice(hub);
        let second = self.second();
        let mut inner = self.lock();
        LinkStatus {
            settings: inner.settings.clone(),
            state: inner.state.clone(),
            received: inner.received,
            rate: inner.rate.per_second(second),
            dropped: inner.dropped,
            malformed: inner.malformed,
            last_malformed: inner.last_malformed.clone(),
            notice,
        }
    }

    /// What an operator should know although the link works.
    fn notice(&self, hub: &Hub) -> String {
        let mut notices = Vec::new();
        let filters = self.lock().refused_filters.join(", ");
        if !filters.is_empty() {
            notices.push(format!("The broker refused these topics: {filters}."));
        }
        let refused = hub.refused();
        if refused.samples > 0 {
            notices.push(format!(
                "{} series are the most; {} samples of {} further series were refused, the last of “{}”.",
                hub.size().1,
                refused.samples,
                refused.series,
                shorten(&refused.last)
            ));
        }
        notices.join(" ")
    }

    pub(crate) fn set_settings(&self, settings: LinkSettings) {
        self.lock().settings = settings;
    }

    /// Notes the state; says whether it differs from the one before.
    pub(crate) fn set_state(&self, state: LinkState, refused_filters: Vec<String>) -> bool {
        let mut inner = self.lock();
        let differs = inner.state != state;
        inner.state = state;
        inner.refused_filters = refused_filters;
        differs
    }

    pub(crate) fn note_received(&self) {
        let second = self.second();
        let mut inner = self.lock();
        inner.received += 1;
        inner.rate.note(second, 1);
    }

    pub(crate) fn note_dropped(&self) {
        self.lock().dropped += 1;
    }

    pub(crate) fn note_malformed(&self, topic: &str, why: &str) {
        let mut inner = self.lock();
        inner.malformed += 1;
        inner.last_malformed = format!("{}: {why}", shorten(topic));
    }

    fn second(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
