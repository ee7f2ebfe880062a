//! Keys that mean the same on every screen.

use crate::components::{keys::command_held, layers};
use crate::pure::words::Tone;
use crate::state::navigation::Screen;
use crate::state::stores;
use crate::web;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

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
    // The letter after `g` is heard before any table that gives letters a meaning of its own.
    let second = Closure::<dyn Fn(KeyboardEvent)>::new(on_second_key);
    if let Some(window) = web::window() {
        // A window always takes listeners.
        window.add_event_listener_with_callback_and_bool("keydown", second.as_ref().unchecked_ref(), true).ok();
    }
    second.forget();
}

/// The key after `g`.
fn on_second_key(event: KeyboardEvent) {
    let going = GO.get();
    let key = event.key();
    let typing = web::target_of(&event).is_some_and(|t| web::is_typing(&t));
    if going == 0.0 || typing || key == "Shift" || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    GO.set(0.0);
    if js_sys::Date::now() - going > GO_MS {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
    match Screen::ALL.into_iter().find(|s| key == s.letter().to_string()) {
        Some(screen) => stores().navigation.go(screen),
        None if key == "Escape" => {}
        None => stores().toasts.say(Tone::Plain, format!("“g {key}” leads nowhere. Press ? for the shortcuts.")),
    }
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
    match key.as_str() {
        "g" => GO.set(js_sys::Date::now()),
        "?" => navigation.shortcuts.set(true),
        "/" => {
            event.prevent_default();
            crate::shell::commands::focus_search();
        }
        _ => {}
    }
}
