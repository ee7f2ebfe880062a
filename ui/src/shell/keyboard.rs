//! Keys that mean the same on every screen.

use crate::components::{keys::command_held, layers};
use crate::pure::words::Tone;
use crate::state::navigation::Screen;
use crate::state::stores;
use crate::web;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::cell::Cell;

/// How long `g` waits for its letter.
const GO_MS: f64 = 1500.0;

thread_local! {
    static GO: Cell<f64> = const { Cell::new(0.0) };
}

/// Listens for as long as the page is there.
pub(crate) fn listen() {
    let handle = window_event_listener(leptos::ev::keydown, on_key);
    // It lives as long as the page.
    std::mem::forget(handle);
}

fn on_key(event: KeyboardEvent) {
    let navigation = &stores().navigation;
    let key = event.key();
    if command_held(&event) && key.eq_ignore_ascii_case("k") {
        event.prevent_default();
        navigation.palette.update(|open| *open = !*open);
        return;
    }
    if command_held(&event) && matches!(key.as_str(), "r" | "R" | "p" | "P") {
        // Reloading or printing the page is for browsers; here both would only lose one's place.
        event.prevent_default();
        return;
    }
    if key == "Escape" && !event.is_composing() && layers::close_last() {
        event.prevent_default();
        return;
    }
    let typing = web::target_of(&event).is_some_and(|t| web::is_typing(&t));
    if typing || event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        if typing && key == "Escape" {
            // Out of the field, so that single keys mean something again.
            if let Some(field) = web::focused() {
                field.blur().ok();
            }
        }
        return;
    }
    let now = js_sys::Date::now();
    let going = GO.replace(0.0);
    if now - going < GO_MS {
        if let Some(screen) = Screen::ALL.into_iter().find(|s| key == s.letter().to_string()) {
            event.prevent_default();
            navigation.go(screen);
            return;
        }
        stores().toasts.say(Tone::Plain, format!("“g {key}” leads nowhere. Press ? for the shortcuts."));
        return;
    }
    match key.as_str() {
        "g" => GO.set(now),
        "?" => navigation.shortcuts.set(true),
        "/" => {
            event.prevent_default();
            crate::shell::commands::focus_search();
        }
        _ => {}
    }
}
