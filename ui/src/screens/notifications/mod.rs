//! Notifications: one inbox for everything that wants a person's eye, what needs somebody first.

mod acknowledge;
mod details;
mod list;

use crate::components::field::Input;
use crate::components::problem::maybe;
use crate::components::select::{Choice, choices, select};
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, small_icon};
use crate::pure::format::{capital, count};
use crate::pure::icons::Icon;
use crate::pure::inbox::{self, Filter, Row};
use crate::pure::words::{self, Tone};
use crate::shell::screen::screen;
use crate::state::load::Doing;
use crate::state::navigation::Screen;
use crate::state::stores;
use acknowledge::Asked;
use leptos::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;
use wheelhouse_protocol::NotificationId;
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::{Notification, Source};

/// What the screen remembers while it is on show.
#[derive(Clone, Copy)]
struct Inbox {
    text: RwSignal<String>,
    level: RwSignal<Option<Level>>,
    source: RwSignal<Option<Source>>,
    /// Whether acknowledged entries are shown too.
    done_too: RwSignal<bool>,
    /// The rows as they stand.
    rows: Memo<Arc<Vec<Row>>>,
    /// The entry the keyboard is at.
    active: RwSignal<Option<NotificationId>>,
    /// Whether its details are beside the list.
    open: RwSignal<bool>,
    /// Those that are ticked.
    checked: RwSignal<HashSet<NotificationId>>,
    /// What is about to be acknowledged with a note.
    asked: RwSignal<Option<Asked>>,
    doing: Doing,
}

impl Inbox {
    fn new() -> Self {
        let text = RwSignal::new(String::new());
        let (level, source) = (RwSignal::new(None), RwSignal::new(None));
        let wanted = stores().notices.wanted.try_update_untracked(Option::take).flatten();
        // One that is acknowledged is found among those only.
        let is_done = |id| {
            stores().notices.page.value.with_untracked(|p| {
                p.ready().is_some_and(|p| p.notifications.iter().any(|n| n.id == id && n.acknowledged_at.is_some()))
            })
        };
        let done_too = RwSignal::new(wanted.is_some_and(is_done));
        let rows = Memo::new(move |_| {
            let filter = Filter {
                level: level.get(),
                source: source.get(),
                done_too: done_too.get(),
                text: text.get().trim().to_lowercase(),
            };
            let page = &stores().notices.page.value;
            Arc::new(page.with(|p| p.ready().map(|p| inbox::rows(&p.notifications, &filter)).unwrap_or_default()))
        });
        Self {
            text,
            level,
            source,
            done_too,
            rows,
            active: RwSignal::new(wanted),
            open: RwSignal::new(wanted.is_some()),
            checked: RwSignal::new(HashSet::new()),
            asked: RwSignal::new(None),
            doing: Doing::new(),
        }
    }

    /// Whether open entries are hidden by a filter.
    fn narrowed(self) -> bool {
        Filter {
            level: self.level.get(),
            source: self.source.get(),
            done_too: false,
            text: self.text.get().trim().to_owned(),
        }
        .narrows()
    }

    /// One entry, as it stands.
    fn entry(self, id: NotificationId) -> Option<Notification> {
        stores()
            .notices
            .page
            .value
            .with(|p| p.ready().and_then(|p| p.notifications.iter().find(|n| n.id == id).cloned()))
    }

    /// The open entries that are shown.
    fn open_ids(self) -> Vec<NotificationId> {
        self.rows.with(|rows| {
            rows.iter().filter_map(Row::entry).filter(|e| e.acknowledged_at.is_none()).map(|e| e.id).collect()
        })
    }

    /// The ticked entries that are shown and open.
    fn checked_ids(self) -> Vec<NotificationId> {
        let open = self.open_ids();
        self.checked.with(|c| open.into_iter().filter(|id| c.contains(id)).collect())
    }

    fn clear_filters(self) {
        self.text.set(String::new());
        self.level.set(None);
        self.source.set(None);
    }
}

/// Asks whether to acknowledge all that is open, over the list of what that is.
pub(crate) fn acknowledge_all() {
    stores().notices.ask_all.set(true);
    stores().navigation.go(Screen::Notifications);
}

/// The screen.
pub(crate) fn notifications() -> AnyView {
    let inbox = Inbox::new();
    list::by_key(inbox);
    Effect::new(move |_| {
        // As soon as the entries have come: only what is listed can be acknowledged.
        let there = stores().notices.page.value.with(|p| p.ready().is_some());
        if there && stores().notices.ask_all.get() {
            stores().notices.ask_all.set(false);
            inbox.clear_filters();
            let ids = untrack(|| inbox.open_ids());
            if ids.is_empty() {
                stores().toasts.say(Tone::Ok, "No notification is open".to_owned());
            } else {
                inbox.asked.set(Some(Asked { ids, everything: true }));
            }
        }
    });
    let content = view! {
        <div
            class="inbox-body"
            class:narrowed=move || inbox.open.get() && inbox.active.get().is_some()
            data-test="inbox"
        >
            {move || {
                let any = inbox.doing.problem.get().is_some();
                any.then(|| view! { <div class="inbox-problem">{maybe(inbox.doing.problem)}</div> })
            }}
            {list::list(inbox)}
            {foot()}
        </div>
    };
    view! {
        {screen("Notifications".into_any(), filters(inbox), buttons(inbox), content.into_any(), details::beside(inbox))}
        {acknowledge::dialogue(inbox)}
    }
    .into_any()
}

fn filters(inbox: Inbox) -> AnyView {
    let counts = stores().notices.counts;
    let parts = vec![
        Tab::new(
            false,
            Signal::derive(move || format!("Open  {}", count(u64::from(counts.get().unacknowledged)))),
            "inbox-open",
        ),
        Tab::new(true, Signal::derive(move || format!("All  {}", count(u64::from(counts.get().total)))), "inbox-all"),
    ];
    let levels = choices(&[
        ("", "Every level"),
        ("warning", "Warnings and worse"),
        ("error", "Errors and worse"),
        ("critical", "Critical"),
    ]);
    let mut sources: Vec<Choice> = vec![(String::new(), "Every source".to_owned())];
    sources.extend(Source::ALL.map(|s| (s.as_str().to_owned(), capital(inbox::source(s).1))));
    view! {
        {tabs("Which are listed", parts, inbox.done_too, move |on| inbox.done_too.set(on))}
        {Input::search(inbox.text, "Search notifications").class("inbox-search").test("inbox-search").view()}
        {select("Level", Signal::stored(levels), Signal::derive(move || inbox.level.get().map_or(String::new(), |l| l.as_str().to_owned())), "inbox-level", move |name| {
            inbox.level.set(Level::parse(&name));
        })}
        {select("Source", Signal::stored(sources), Signal::derive(move || inbox.source.get().map_or(String::new(), |s| s.as_str().to_owned())), "inbox-source", move |name| {
            inbox.source.set(Source::parse(&name));
        })}
    }
    .into_any()
}

fn buttons(inbox: Inbox) -> AnyView {
    let chosen = Memo::new(move |_| inbox.checked_ids().len());
    let open = Memo::new(move |_| inbox.open_ids().len());
    let label = move || match (chosen.get(), inbox.narrowed()) {
        (0, false) => "Acknowledge all".to_owned(),
        (0, true) => format!("Acknowledge the {} shown", count(open.get() as u64)),
        (n, _) => format!("Acknowledge {} selected", count(n as u64)),
    };
    Button::new(Signal::derive(label))
        .icon(Icon::Check)
        .test("acknowledge")
        .disabled(Signal::derive(move || open.get() == 0))
        .busy(inbox.doing.busy)
        .on(move || {
            let ids = match untrack(|| inbox.checked_ids()) {
                ids if ids.is_empty() => untrack(|| inbox.open_ids()),
                ids => ids,
            };
            let everything = chosen.get_untracked() == 0 && !untrack(|| inbox.narrowed());
            inbox.asked.set(Some(Asked { ids, everything }));
        })
        .view()
}

/// The figures of the whole inbox.
fn foot() -> AnyView {
    let counts = stores().notices.counts;
    let figure = |name: &'static str,
                  test: &'static str,
                  value: fn(&wheelhouse_protocol::notification::NotificationCounts) -> u32| {
        view! { <span>{name}<span class="strong" data-test=test>{move || count(u64::from(counts.with(value)))}</span></span> }
    };
    view! {
        <footer class="inbox-foot" data-test="inbox-foot" aria-live="polite">
            {figure("Total", "inbox-total", |c| c.total)}
            <span class="faint" aria-hidden="true">"·"</span>
            {figure("Unacknowledged", "inbox-unacknowledged", |c| c.unacknowledged)}
            <span class="faint" aria-hidden="true">"·"</span>
            {figure("Action required", "inbox-action", |c| c.action_required)}
            {move || counts.get().worst.map(|level| {
                let look = words::level(level);
                view! {
                    <span class="faint" aria-hidden="true">"·"</span>
                    <span>"Worst"<span class=format!("look {}", look.tone.class())>{small_icon(look.icon)}{look.word}</span></span>
                }
            })}
            <span class="grow"></span>
            <span class="inbox-keys faint">
                {crate::components::keys::key_hint("j k")}"move"
                {crate::components::keys::key_hint("e")}"acknowledge"
                {crate::components::keys::key_hint("Enter")}"details"
            </span>
        </footer>
    }
    .into_any()
}
