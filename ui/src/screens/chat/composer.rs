//! Where the operator types, with what it would come to below.

use crate::components::keys::key_hint;
use crate::components::{Button, small_icon};
use crate::pure::icons::Icon;
use crate::pure::live_reading::{self, Line};
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
    let line = Memo::new(move |_| {
        let text = draft.get();
        if text.trim().is_empty() {
            return None;
        }
        stores().inventory.reading(&text).map(|reading| live_reading::line(&reading))
    });
    Effect::new(move |_| {
        draft.track();
        if let Some(area) = node.get() {
            fit(&area);
        }
    });
    focus_input();
    let send = move || {
        let text = draft.get_untracked();
        if !text.trim().is_empty() && stores().chat.sending.with_untracked(Option::is_none) {
            stores().chat.type_draft(String::new());
            recalled.set(None);
            stores().chat.send(text);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" if !event.shift_key() && !event.ctrl_key() && !event.meta_key() => {
                event.prevent_default();
                send();
            }
            "ArrowUp" if at_edge(node, true) && recall(recalled, true) => event.prevent_default(),
            "ArrowDown" if at_edge(node, false) && recall(recalled, false) => event.prevent_default(),
            _ => {}
        }
    };
    view! {
        <div class="composer">
            <div class="composer-box">
                <textarea
                    id=ID
                    node_ref=node
                    class="composer-input"
                    rows="1"
                    data-test="chat-input"
                    aria-label="What shall be done?"
                    aria-describedby="live-reading"
                    placeholder="restart nginx on web servers except web-03"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || draft.get()
                    on:input=move |event| {
                        recalled.set(None);
                        stores().chat.type_draft(event_target_value(&event));
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
                {move || line.get().map_or_else(hint, reading)}
            </div>
        </div>
    }
    .into_any()
}

fn hint() -> AnyView {
    view! {
        <span class="faint">{key_hint("Enter")}" plans it · "{key_hint("Shift Enter")}" new line · "{key_hint("↑")}" recalls · nothing runs before you say so"</span>
    }
    .into_any()
}

fn reading(line: Line) -> AnyView {
    let Line { icon, tone, what, where_, risk, enter } = line;
    let hosts = (!where_.is_empty()).then(|| view! { <span class="soft truncate">{format!("({where_})")}</span> });
    let risk = (!risk.is_empty()).then(|| view! { <span class=format!("look {}", tone.class())>{risk}</span> });
    view! {
        <span class=format!("look {}", tone.class())>{small_icon(icon)}</span>
        <span class="live-what truncate">{what}</span>
        {hosts}
        {risk}
        {(!enter.is_empty()).then(|| view! { <span class="faint nowrap">{key_hint("⏎")}" "{enter}</span> })}
    }
    .into_any()
}

/// As high as what is typed, up to a limit the style sets.
fn fit(area: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(area);
    // Setting a style property of that name does not fail.
    style.set_property("height", "auto").ok();
    style.set_property("height", &format!("{}px", area.scroll_height())).ok();
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
