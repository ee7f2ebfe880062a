//! The list: groups with their entries, only those in sight rendered, everything by keyboard.

use super::Inbox;
use crate::components::empty::waiting;
use crate::components::icon::look_icon;
use crate::components::table::watch_height;
use crate::components::{Button, EmptyState, looked, moment, problem_card, scroller, small_icon};
use crate::pure::format::count;
use crate::pure::icons::Icon;
use crate::pure::inbox::{self, Group, Row};
use crate::pure::{visible, words};
use crate::state::{Load, stores};
use crate::web;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wheelhouse_protocol::NotificationId;
use wheelhouse_protocol::notification::Notification;

/// The height of a row; the tokens name the same.
const ROW: f64 = 32.0;
/// Under this name the position is kept.
const PLACE: &str = "inbox";

/// The list, or why there is none.
pub(super) fn list(inbox: Inbox) -> AnyView {
    let page = &stores().notices.page.value;
    let problem = Memo::new(move |_| page.with(|p| if let Load::Failed(p) = p { Some(p.clone()) } else { None }));
    let there = Memo::new(move |_| page.with(|p| p.ready().is_some()));
    (move || {
        if let Some(problem) = problem.get() {
            let again = Button::new("Try again").icon(Icon::Retry).test("inbox-again").on(|| stores().notices.refresh());
            return view! { <div class="page stack">{problem_card(problem)}<div class="row">{again.view()}</div></div> }.into_any();
        }
        if !there.get() {
            return view! { <div class="page">{waiting()}</div> }.into_any();
        }
        rows(inbox)
    })
    .into_any()
}

fn rows(inbox: Inbox) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let (top, height) = (RwSignal::new(0.0), RwSignal::new(700.0));
    watch_height(node, height);
    scroller::restore(node, PLACE);
    let total = Memo::new(move |_| inbox.rows.with(|r| r.len()));
    let seen = Memo::new(move |_| visible::rows(top.get(), height.get(), ROW, total.get()));
    // The row the keyboard is at stays in sight.
    Effect::new(move |_| {
        let Some(active) = inbox.active.get() else { return };
        let at = inbox.rows.with_untracked(|rows| rows.iter().position(|r| r.entry().is_some_and(|e| e.id == active)));
        let wanted = at.and_then(|at| visible::scroll_to(at, top.get_untracked(), height.get_untracked(), ROW));
        if let (Some(element), Some(wanted)) = (node.get_untracked(), wanted) {
            element.set_scroll_top(wanted as i32);
        }
    });
    let none = Memo::new(move |_| total.get() == 0);
    view! {
        <div
            class="table inbox scroller"
            role="grid"
            aria-label="Notifications"
            aria-rowcount=move || total.get().to_string()
            data-test="inbox-list"
            tabindex="0"
            node_ref=node
            on:scroll=move |_| {
                // It may come after the list is gone.
                if let Some(element) = node.try_get_untracked().flatten() {
                    top.set(f64::from(element.scroll_top()));
                }
                scroller::keep(node, PLACE);
            }
        >
            {move || none.get().then(|| empty(inbox))}
            <div class="table-body" style:height=move || format!("{}px", total.get() as f64 * ROW)>
                <div class="table-seen" style:transform=move || format!("translateY({}px)", seen.get().start as f64 * ROW)>
                    {move || {
                        let (rows, range) = (inbox.rows.get(), seen.get());
                        rows.get(range.start.min(rows.len())..range.end.min(rows.len()))
                            .unwrap_or_default()
                            .iter()
                            .map(|row| match row {
                                Row::Head(group, n) => head(inbox, *group, *n),
                                Row::Entry(entry) => one(inbox, entry),
                            })
                            .collect_view()
                    }}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// The open entries of a group.
fn members(inbox: Inbox, group: Group) -> Vec<NotificationId> {
    inbox.rows.with(|rows| rows.iter().filter_map(Row::entry).filter(|e| Group::of(e) == group).map(|e| e.id).collect())
}

fn head(inbox: Inbox, group: Group, n: usize) -> AnyView {
    let look = group.look();
    let all = move || inbox.checked.with(|c| members(inbox, group).iter().all(|id| c.contains(id)));
    let tick = (group != Group::Done).then(|| {
        view! {
            <input
                type="checkbox"
                aria-label=format!("Select all: {}", group.title())
                data-test="inbox-group-check"
                prop:checked=all
                on:change=move |event| {
                    let ids = untrack(|| members(inbox, group));
                    if event_target_checked(&event) {
                        inbox.checked.update(|c| c.extend(ids));
                    } else {
                        inbox.checked.update(|c| c.retain(|id| !ids.contains(id)));
                    }
                }
            />
        }
    });
    view! {
        <div class="inbox-group" role="row" data-test="inbox-group">
            <span class="inbox-tick">{tick}</span>
            {look_icon(look)}
            <h2 class="inbox-group-title">{look.word}</h2>
            <span class="faint">{count(n as u64)}</span>
        </div>
    }
    .into_any()
}

fn one(inbox: Inbox, entry: &Notification) -> AnyView {
    let id = entry.id;
    let (sign, source) = inbox::source(entry.source);
    let done = entry.acknowledged_at.is_some();
    let checked = move || inbox.checked.with(|c| c.contains(&id));
    let times = (entry.count > 1).then(|| {
        view! { <span class="inbox-count" title=format!("{} times since it was last acknowledged", entry.count)>{format!("{}×", count(u64::from(entry.count)))}</span> }
    });
    let by = entry.acknowledged_by.clone().map(|who| view! { <span class="faint truncate">"seen by "{who}</span> });
    view! {
        <div
            class="table-row inbox-row"
            class:done=done
            class:active=move || inbox.active.get() == Some(id)
            class:current=move || inbox.open.get() && inbox.active.get() == Some(id)
            class:checked=checked
            role="row"
            aria-selected=move || if inbox.active.get() == Some(id) { "true" } else { "false" }
            data-test="inbox-row"
            data-id=id.to_string()
            data-level=entry.level.as_str()
            on:click=move |_| {
                inbox.active.set(Some(id));
                inbox.open.set(true);
            }
        >
            <span class="inbox-tick" role="gridcell" on:click=|event| event.stop_propagation()>
                {(!done).then(|| view! {
                    <input type="checkbox" aria-label=format!("Select: {}", entry.message) data-test="inbox-check" prop:checked=checked on:change=move |_| flip(inbox, id) />
                })}
            </span>
            <span class="cell" role="gridcell">{looked(words::level(entry.level))}</span>
            <span class="cell soft" role="gridcell">{moment(entry.at)}</span>
            <span class="cell soft" role="gridcell">{small_icon(sign)}<span>{source}</span></span>
            <span class="cell soft inbox-about" role="gridcell"><span class="truncate" title=entry.service.clone()>{entry.service.clone()}</span></span>
            <span class="cell" role="gridcell"><span class="truncate inbox-said" title=entry.message.clone()>{entry.message.clone()}</span></span>
            <span class="cell end" role="gridcell">{times}{by}</span>
        </div>
    }
    .into_any()
}

fn flip(inbox: Inbox, id: NotificationId) {
    inbox.checked.update(|c| {
        if !c.remove(&id) {
            c.insert(id);
        }
    });
}

fn empty(inbox: Inbox) -> AnyView {
    if inbox.narrowed() {
        return EmptyState {
            icon: Icon::Filter,
            title: "No notification fits",
            text: "None has this level, this source and this text.".to_owned(),
            actions: Button::new("Show every notification")
                .test("inbox-clear")
                .on(move || inbox.clear_filters())
                .view(),
        }
        .view();
    }
    if inbox.done_too.get() {
        return EmptyState {
            icon: Icon::Bell,
            title: "Nothing has happened yet",
            text: "Jobs that fail, links that break and values that leave their bounds are told here.".to_owned(),
            actions: ().into_any(),
        }
        .view();
    }
    EmptyState {
        icon: Icon::Check,
        title: "Nothing waits for you",
        text: "Everything that was raised is acknowledged. What happens next appears here by itself.".to_owned(),
        actions: Button::new("Show those acknowledged")
            .test("inbox-show-all")
            .on(move || inbox.done_too.set(true))
            .view(),
    }
    .view()
}

/// Keys of the list, wherever on this screen the keyboard is, except where text is typed.
pub(super) fn by_key(inbox: Inbox) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| on_key(inbox, &event));
    on_cleanup(move || handle.remove());
}

fn on_key(inbox: Inbox, event: &KeyboardEvent) {
    let typing = web::target_of(event).is_some_and(|t| web::is_typing(&t));
    let elsewhere = stores().navigation.palette.get_untracked() || inbox.asked.with_untracked(Option::is_some);
    if typing || elsewhere || event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    // Buttons and boxes have their own Enter and Space.
    let own = web::focused().is_some_and(|f| matches!(f.tag_name().as_str(), "BUTTON" | "INPUT"));
    let rows = inbox.rows.get_untracked();
    let at = inbox.active.get_untracked();
    let go = |by: isize| inbox.active.set(inbox::step(&rows, at, by));
    match event.key().as_str() {
        "j" | "ArrowDown" => go(1),
        "k" | "ArrowUp" => go(-1),
        "PageDown" => go(15),
        "PageUp" => go(-15),
        "Home" => go(isize::MIN),
        "End" => go(isize::MAX),
        "Enter" if !own && at.is_some() => inbox.open.update(|o| *o = !*o),
        " " | "x" if !own => {
            if let Some(id) = at.filter(|id| untrack(|| inbox.entry(*id)).is_some_and(|e| e.acknowledged_at.is_none()))
            {
                flip(inbox, id);
            }
        }
        "e" => {
            let chosen = untrack(|| inbox.checked_ids());
            let one = at.filter(|id| untrack(|| inbox.entry(*id)).is_some_and(|e| e.acknowledged_at.is_none()));
            let ids = if chosen.is_empty() { one.into_iter().collect() } else { chosen };
            inbox.acknowledge(ids, String::new());
        }
        _ => return,
    }
    event.prevent_default();
}
