//! Where the operator types, with what it would come to below.

use super::completions::{self, Completions};
use super::live_line::{self, HostList};
use crate::components::Button;
use crate::pure::completing::before;
use crate::pure::icons::Icon;
use crate::state::reading::ReadingAlong;
use crate::state::stores;
use crate::web;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const ID: &str = "chat-input";

/// Gives the input the keyboard, its cursor at the end.
pub(crate) fn focus_input() {
    request_animation_frame(|| {
        let found = web::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(ID));
        if let Some(area) = found.and_then(|e| e.dyn_into::<web_sys::HtmlTextAreaElement>().ok()) {
            web::focus(&area);
            let end = area.value().encode_utf16().count() as u32;
            // A cursor that cannot be moved stays where it is.
            area.set_selection_range(end, end).ok();
        }
    });
}

/// The input.
pub(crate) fn composer() -> AnyView {
    let node = NodeRef::<html::Textarea>::new();
    let draft = stores().chat.draft;
    // How far back one has gone in what was said before, and what was being typed then.
    let recalled = RwSignal::new(None::<(usize, String)>);
    // Names are offered to who types, not to who recalls or moves about.
    let completing = StoredValue::new(false);
    let along = ReadingAlong::begin(move || {
        let (text, cursor) = at_cursor(node).filter(|_| completing.get_value())?;
        Some(before(&text, cursor).to_owned())
    });
    let hosts = HostList::new();
    let shown = live_line::shown(along.live, hosts);
    let completions = Completions::new(along, shown);
    let line = Memo::new(move |_| along.live.with(|live| live.as_ref().map(|live| live.line.clone())));
    let offer_nothing = move || {
        completing.set_value(false);
        along.offer_nothing();
    };
    Effect::new(move |_| {
        draft.track();
        if let Some(area) = node.get() {
            fit(&area);
        }
    });
    focus_input();
    answer_by_number();
    let send = move || {
        let text = draft.get_untracked();
        if !text.trim().is_empty() && stores().chat.sending.with_untracked(Option::is_none) {
            offer_nothing();
            hosts.close();
            stores().chat.type_draft(String::new());
            recalled.set(None);
            stores().chat.send(text);
        }
    };
    let take = move |n: usize| {
        let taken = at_cursor(node).and_then(|(text, cursor)| along.accepted(n, &text, cursor));
        offer_nothing();
        if let (Some((text, cursor)), Some(area)) = (taken, node.get_untracked()) {
            // The page's own text first: the cursor goes where the new one has it.
            area.set_value(&text);
            area.set_selection_range(cursor as u32, cursor as u32).ok();
            stores().chat.type_draft(text);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let held = event.shift_key() || event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" if !held => {
                event.prevent_default();
                match completions.by_enter() {
                    Some(chosen) => take(chosen),
                    None => send(),
                }
            }
            "Tab" if !held => {
                if let Some(chosen) = completions.by_tab() {
                    event.prevent_default();
                    take(chosen);
                }
            }
            "ArrowUp" if !held && completions.step(false) => event.prevent_default(),
            "ArrowDown" if !held && completions.step(true) => event.prevent_default(),
            "ArrowUp" if at_edge(node, true) && recall(recalled, true) => event.prevent_default(),
            "ArrowDown" if at_edge(node, false) && recall(recalled, false) => event.prevent_default(),
            "ArrowLeft" | "ArrowRight" | "Home" | "End" | "PageUp" | "PageDown" => offer_nothing(),
            _ => {}
        }
    };
    view! {
        <div class="composer">
            {completions.view(take)}
            <div class="composer-box">
                <textarea
                    id=ID
                    node_ref=node
                    class="composer-input"
                    rows="1"
                    data-test="chat-input"
                    aria-label="What shall be done?"
                    aria-describedby="live-reading"
                    aria-autocomplete="list"
                    aria-haspopup="listbox"
                    aria-controls=move || completions.any.get().then_some(completions::LIST)
                    aria-activedescendant=move || completions.active()
                    placeholder="restart nginx on web servers except web-03"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || draft.get()
                    on:input=move |event| {
                        recalled.set(None);
                        completing.set_value(true);
                        hosts.typed();
                        stores().chat.type_draft(event_target_value(&event));
                    }
                    on:pointerdown=move |_| offer_nothing()
                    on:blur=move |_| {
                        // It comes too when the screen is left.
                        if !completing.is_disposed() {
                            offer_nothing();
                        }
                    }
                    on:keydown=on_key
                ></textarea>
                {Button::new("Send")
                    .primary()
                    .only_icon(Icon::Send)
                    .test("send")
                    .disabled(Signal::derive(move || {
                        draft.with(|d| d.trim().is_empty()) || stores().chat.sending.with(Option::is_some)
                    }))
                    .on(send)
                    .view()}
            </div>
            <div class="live-reading" id="live-reading" data-test="live-reading" aria-live="polite">
                {move || line.get().map_or_else(live_line::hint, |line| live_line::line(line, hosts))}
            </div>
            {live_line::hosts(shown, hosts)}
        </div>
    }
    .into_any()
}

/// The numbers of a question's choices, wherever the keyboard is, unless it is in another field or something lies over
/// the page.
fn answer_by_number() {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let held = event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat() || event.is_composing();
        let elsewhere = web::target_of(&event).is_some_and(|t| web::is_typing(&t) && t.id() != ID);
        let over =
            web::window().and_then(|w| w.document()).and_then(|d| d.query_selector("dialog[open]").ok().flatten());
        if held || elsewhere || over.is_some() || event.default_prevented() {
            return;
        }
        if let Some(request) = stores().chat.chosen_by_key(&event.key()) {
            event.prevent_default();
            stores().chat.send(request);
        }
    });
    on_cleanup(move || handle.remove());
}

/// As high as what is typed, up to a limit the style sets.
fn fit(area: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(area);
    // Setting a style property of that name does not fail.
    style.set_property("height", "auto").ok();
    style.set_property("height", &format!("{}px", area.scroll_height())).ok();
}

/// What is typed, and where the cursor is in it, while nothing is selected.
fn at_cursor(node: NodeRef<html::Textarea>) -> Option<(String, usize)> {
    let area = node.try_get_untracked().flatten()?;
    let (from, to) = (area.selection_start().ok().flatten()?, area.selection_end().ok().flatten()?);
    (from == to).then(|| (area.value(), from as usize))
}

/// Whether the cursor is in the first (or last) line, where the arrow has nowhere to go.
fn at_edge(node: NodeRef<html::Textarea>, up: bool) -> bool {
    let Some(area) = node.get_untracked() else { return false };
    let at = area.selection_start().ok().flatten().unwrap_or(0) as usize;
    let units: Vec<u16> = area.value().encode_utf16().collect();
    let newline = u16::from(b'\n');
    if up { !units[..at.min(units.len())].contains(&newline) } else { !units[at.min(units.len())..].contains(&newline) }
}

/// Puts what was said before (or after) into the input; says whether there was any.
fn recall(recalled: RwSignal<Option<(usize, String)>>, back: bool) -> bool {
    let chat = &stores().chat;
    let said = chat.said();
    let (at, typed) = match recalled.get_untracked() {
        Some((at, typed)) => (Some(at), typed),
        None => (None, chat.draft.get_untracked()),
    };
    let next = match (at, back) {
        (None, true) => Some(0),
        (None, false) => return false,
        (Some(at), true) => Some((at + 1).min(said.len().saturating_sub(1))),
        (Some(at), false) => at.checked_sub(1),
    };
    match next {
        Some(next) => {
            let Some(text) = said.get(next) else { return false };
            chat.type_draft(text.clone());
            recalled.set(Some((next, typed)));
        }
        None => {
            chat.type_draft(typed);
            recalled.set(None);
        }
    }
    focus_input();
    true
}
