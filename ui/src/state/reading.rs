//! Reading along: what the conversation has come to, and what the words being typed would be read as in it.

use super::job::LiveJob;
use crate::pure::completing;
use crate::pure::live_reading::{self, Live};
use crate::state::stores;
use crate::web;
use leptos::prelude::*;
use std::time::Duration;
use wheelhouse_planner::{Completion, Context, LastJob, Memory};
use wheelhouse_protocol::JobId;

/// Names that what is being typed could go on with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Offered {
    /// What was before the cursor then.
    pub(crate) typed: String,
    pub(crate) names: Vec<Completion>,
}

/// Reads along with one input.
#[derive(Clone, Copy)]
pub(crate) struct ReadingAlong {
    /// What is typed, as it would be read; `None` while nothing is, or nothing can be said yet.
    pub(crate) live: RwSignal<Option<Live>>,
    /// How what is typed before the cursor can go on.
    pub(crate) offered: RwSignal<Offered>,
    memory: StoredValue<Memory>,
    /// A reading is due, and how long the last one took.
    due: StoredValue<(bool, f64)>,
}

impl ReadingAlong {
    /// Begins. `before_cursor` says what is typed before the cursor, while that is to be completed.
    pub(crate) fn begin(before_cursor: impl Fn() -> Option<String> + Copy + 'static) -> Self {
        let along = Self {
            live: RwSignal::new(None),
            offered: RwSignal::new(Offered::default()),
            memory: StoredValue::new(Memory::default()),
            due: StoredValue::new((false, 0.0)),
        };
        let chat = &stores().chat;
        let typing = Memo::new(|_| stores().chat.draft.with(|d| !d.trim().is_empty()));
        let last = last_job(typing);
        let recalled = Trigger::new();
        // Replaying a conversation costs as much as reading all of it: once, and only when somebody types.
        Effect::new(move |_| {
            if !typing.get() {
                return;
            }
            let last = last.get();
            let context = chat.current.with(|current| {
                let messages = current.ready().map(|c| c.messages.as_slice()).unwrap_or_default();
                Context::of(messages, last, Some(now()))
            });
            along.memory.set_value(stores().inventory.recall(&context));
            recalled.notify();
        });
        Effect::new(move |_| {
            recalled.track();
            stores().inventory.planner_changed();
            if chat.draft.with(|d| d.trim().is_empty()) {
                // What is shown of the words goes with them.
                along.show(None, Offered::default());
            } else {
                along.read_soon(before_cursor);
            }
        });
        along
    }

    /// Reads for the next picture, or a little later when it takes long; however much is typed until then, once.
    fn read_soon(self, before_cursor: impl Fn() -> Option<String> + Copy + 'static) {
        let (due, cost) = self.due.get_value();
        if due {
            return;
        }
        self.due.set_value((true, cost));
        let read = move || {
            // The input may be gone by now.
            if self.due.try_get_value().is_none() {
                return;
            }
            let began = js_sys::Date::now();
            self.read(before_cursor());
            self.due.set_value((false, js_sys::Date::now() - began));
        };
        match live_reading::rest(cost) {
            None => request_animation_frame(read),
            Some(pause) => set_timeout(read, Duration::from_millis(u64::from(pause))),
        }
    }

    fn read(self, before_cursor: Option<String>) {
        let text = stores().chat.draft.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        let memory = self.memory.with_value(|memory| memory.clone().at(now()));
        let live = stores().inventory.read_after(&text, &memory).map(|understood| live_reading::live(&understood));
        let names = before_cursor.as_ref().map(|typed| stores().inventory.complete(typed)).unwrap_or_default();
        self.show(live, Offered { typed: before_cursor.unwrap_or_default(), names });
    }

    fn show(self, live: Option<Live>, offered: Offered) {
        if self.live.with_untracked(|now| *now != live) {
            self.live.set(live);
        }
        if self.offered.with_untracked(|now| *now != offered) {
            self.offered.set(offered);
        }
    }

    /// Nothing is offered any more.
    pub(crate) fn offer_nothing(self) {
        self.offered.update(|offered| offered.names.clear());
    }

    /// The text and the cursor with one of the names taken, unless more was typed since it was offered.
    pub(crate) fn accepted(self, n: usize, text: &str, cursor: usize) -> Option<(String, usize)> {
        self.offered.with_untracked(|offered| {
            let name = offered.names.get(n).filter(|_| offered.typed == completing::before(text, cursor))?;
            Some(completing::accepted(text, cursor, name))
        })
    }
}

fn now() -> jiff::civil::DateTime {
    let now = web::now();
    web::local_at(now).civil(now)
}

/// What became of the job the next message may lean on. It is looked up while somebody types.
fn last_job(typing: Memo<bool>) -> Memo<Option<LastJob>> {
    let id = Memo::new(move |_| {
        if !typing.get() {
            return None;
        }
        let of_conversation = stores().chat.current.with(|c| c.ready().map(|c| Context::job_of(&c.messages)));
        of_conversation?.or_else(newest)
    });
    let job = RwSignal::new(None::<LiveJob>);
    Effect::new(move |_| job.set(id.get().map(|id| stores().jobs.live(id))));
    Memo::new(move |_| {
        let job = job.get().filter(|job| !job.detail.is_disposed())?;
        job.detail.with(|detail| {
            let detail = detail.ready()?;
            Some(job.picture.with(|picture| LastJob::of(&detail.summary, &detail.plan, picture)))
        })
    })
}

fn newest() -> Option<JobId> {
    stores().jobs.list.value.with(|jobs| jobs.ready().and_then(|jobs| jobs.first().map(|job| job.id)))
}
