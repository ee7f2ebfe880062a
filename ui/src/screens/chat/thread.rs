//! The thread: what was said, and what came of it.

use super::{answer, plan_card, replies};
use crate::components::icon::large_icon;
use crate::components::problem::{maybe, problem_card};
use crate::components::{Button, moment};
use crate::pure::icons::Icon;
use crate::state::{Load, stores};
use crate::web;
use leptos::html;
use leptos::prelude::*;
use wheelhouse_protocol::chat::{Content, Message};
use wheelhouse_protocol::plan::Proposal;
use wheelhouse_protocol::reading::Disposition;
use wheelhouse_protocol::{MessageId, Timestamp};

/// Messages whose outcome is looked up without being asked for.
const RECENT: usize = 16;

/// The thread.
pub(crate) fn thread() -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let at_end = RwSignal::new(true);
    stay_at_end(node, at_end);
    let ids = Memo::new(|_| {
        stores()
            .chat
            .current
            .with(|c| c.ready().map(|c| c.messages.iter().map(|m| m.id).collect::<Vec<_>>()).unwrap_or_default())
    });
    let empty = Memo::new(move |_| {
        stores().chat.current.with(|c| matches!(c, Load::Ready(c) if c.messages.is_empty()))
            && stores().chat.sending.with(Option::is_none)
    });
    let failed = Signal::derive(|| {
        stores().chat.current.with(|c| if let Load::Failed(problem) = c { Some(problem.clone()) } else { None })
    });
    view! {
        <div
            class="thread scroller"
            node_ref=node
            data-test="thread"
            on:scroll=move |_| {
                // It may come after the thread is gone.
                if let Some(element) = node.try_get_untracked().flatten() {
                    let left = element.scroll_height() - element.scroll_top() - element.client_height();
                    at_end.set(left < 48);
                }
            }
        >
            <div class="thread-inside" role="log" aria-label="Conversation" aria-live="polite">
                {move || empty.get().then(welcome)}
                {maybe(failed)}
                <For
                    each=move || {
                        let ids = ids.get();
                        let n = ids.len();
                        ids.into_iter().enumerate().map(|(i, id)| (id, n - i <= RECENT)).collect::<Vec<_>>()
                    }
                    key=|(id, _)| *id
                    children=move |(id, recent)| message(id, recent)
                />
                {move || {
                    stores().chat.sending.get().map(|text| {
                        view! {
                            <div class="said pending" data-test="sending"><p class="said-text">{text}</p></div>
                            <p class="thread-wait soft">{crate::components::icon::look_icon(crate::pure::words::cell(wheelhouse_protocol::job::CellState::Running))}" Planning…"</p>
                        }
                    })
                }}
                {move || stores().chat.problem.get().map(problem_card)}
            </div>
        </div>
    }
    .into_any()
}

/// Keeps the end in sight while one is there: when something is added, and when what is there grows.
fn stay_at_end(node: NodeRef<html::Div>, at_end: RwSignal<bool>) {
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let seen = element.clone();
        let grown = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || {
            if at_end.try_get_untracked() == Some(true) {
                seen.set_scroll_top(seen.scroll_height());
            }
        });
        let observer = web_sys::ResizeObserver::new(wasm_bindgen::JsCast::unchecked_ref(grown.as_ref()));
        if let (Ok(observer), Some(inside)) = (observer, element.first_element_child()) {
            observer.observe(&inside);
            observer.observe(&element);
            let kept = StoredValue::new_local((observer, grown));
            on_cleanup(move || {
                kept.try_with_value(|(observer, _)| observer.disconnect());
            });
        }
    });
    // Another conversation, or something said: there one begins at the end.
    Effect::new(move |_| {
        stores().chat.id.track();
        stores().chat.sending.track();
        at_end.set(true);
        if let Some(element) = node.get_untracked() {
            element.set_scroll_top(element.scroll_height());
        }
    });
}

/// What stands there before anything was said.
fn welcome() -> AnyView {
    let suggestions = move || {
        let from_store = stores().chat.current.with(|c| c.ready().map(|c| c.suggestions.clone()).unwrap_or_default());
        if from_store.is_empty() { stores().inventory.suggestions() } else { from_store }
    };
    view! {
        <div class="welcome" data-test="welcome">
            <span class="empty-icon">{large_icon(Icon::Wheel)}</span>
            <h2>"What shall be done?"</h2>
            <p class="soft">
                "Say it in your own words. You see exactly what would run on which machines, and nothing changes before you approve it."
            </p>
            <div class="suggestions">
                {move || {
                    suggestions()
                        .into_iter()
                        .take(3)
                        .map(|text| {
                            let said = text.clone();
                            Button::new(text)
                                .class("suggestion")
                                .icon(Icon::Send)
                                .test("suggestion")
                                .on(move || stores().chat.send(said.clone()))
                                .view()
                        })
                        .collect_view()
                }}
            </div>
        </div>
    }
    .into_any()
}

fn find(id: MessageId) -> Option<Message> {
    stores().chat.current.with(|c| c.ready().and_then(|c| c.messages.iter().find(|m| m.id == id).cloned()))
}

fn message(id: MessageId, recent: bool) -> AnyView {
    // What is in a message can change: a plan is revised, started, rejected.
    let now = Memo::new(move |_| find(id));
    let Some(first) = now.get_untracked() else { return ().into_any() };
    match first.content {
        Content::Request { text } => said(text, first.at),
        Content::Proposal { proposal } => reply(id, *proposal, now, recent),
    }
}

fn said(text: String, at: Timestamp) -> AnyView {
    let full = web::local_at(at).full(at);
    view! {
        <div class="said" data-test="request" title=full>
            <p class="said-text selectable">{text}</p>
            <span class="said-at faint">{moment(at)}</span>
        </div>
    }
    .into_any()
}

fn reply(id: MessageId, first: Proposal, message: Memo<Option<Message>>, recent: bool) -> AnyView {
    let fallback = first.clone();
    let proposal = Memo::new(move |before: Option<&Proposal>| {
        let now = message.get().and_then(|m| match m.content {
            Content::Proposal { proposal } => Some(*proposal),
            Content::Request { .. } => None,
        });
        now.or_else(|| before.cloned()).unwrap_or_else(|| fallback.clone())
    });
    match (first.plan.is_some(), first.reading.disposition) {
        (true, _) => plan_card::plan_card(proposal, recent, Callback::new(|_| {})),
        (false, Disposition::Reject) => replies::refusal(&first.reading),
        (false, Disposition::Answer) => answer::answer(&first.reading),
        (false, _) => replies::question(id, &first.reading),
    }
}
