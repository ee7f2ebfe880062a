//! Short words about what was just done. Never the only place of a message.

use crate::pure::words::Tone;
use crate::web;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;

/// How long a toast stays.
const STAYS_MS: i32 = 4000;

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Toast {
    pub(crate) id: u64,
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// Those on show.
pub(crate) struct Toasts {
    pub(crate) shown: RwSignal<Vec<Toast>>,
    next: Cell<u64>,
}

impl Default for Toasts {
    fn default() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: Cell::new(0) }
    }
}

impl Toasts {
    /// Says something for a few seconds.
    pub(crate) fn say(&'static self, tone: Tone, text: impl Into<String>) {
        let id = self.next.get();
        self.next.set(id + 1);
        self.shown.update(|shown| {
            shown.push(Toast { id, tone, text: text.into() });
            // More than three would cover what matters.
            let more = shown.len().saturating_sub(3);
            shown.drain(..more);
        });
        spawn_local(async move {
            web::sleep(STAYS_MS).await;
            self.dismiss(id);
        });
    }

    /// Takes one away.
    pub(crate) fn dismiss(&self, id: u64) {
        self.shown.update(|shown| shown.retain(|t| t.id != id));
    }

    /// Copies text and says so.
    pub(crate) fn copy(&'static self, what: &str, text: String) {
        let what = what.to_owned();
        spawn_local(async move {
            if web::copy(&text).await {
                self.say(Tone::Ok, format!("{what} copied"));
            } else {
                self.say(Tone::Error, "The clipboard cannot be used here");
            }
        });
    }
}
