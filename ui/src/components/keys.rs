//! Keys as they are called on this system.

use crate::web;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// `⌘K` or `Ctrl K`.
pub(crate) fn with_command(key: &str) -> String {
    if web::is_apple() { format!("⌘{key}") } else { format!("Ctrl {key}") }
}

/// Whether Ctrl, or Cmd on Apple's systems, is down.
pub(crate) fn command_held(event: &leptos::ev::KeyboardEvent) -> bool {
    if web::is_apple() { event.meta_key() } else { event.ctrl_key() }
}

/// Keys, shown as keys.
pub(crate) fn key_hint(keys: impl Into<String>) -> AnyView {
    let keys: Vec<String> = keys.into().split(' ').map(str::to_owned).collect();
    view! { <span class="key-hint">{keys.into_iter().map(|k| view! { <kbd class="keys">{k}</kbd> }).collect_view()}</span> }
        .into_any()
}

/// Arrow keys give the keyboard to the next thing, or the one before.
pub(crate) fn move_by_arrows(event: leptos::ev::KeyboardEvent) {
    let Some(here) = web::focused() else { return };
    let next = match event.key().as_str() {
        "ArrowDown" => here.next_element_sibling(),
        "ArrowUp" => here.previous_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next.and_then(|n| n.dyn_into::<web_sys::HtmlElement>().ok()) {
        web::focus(&next);
    }
}
