//! Keys as they are called on this system.

use crate::web;
use leptos::prelude::*;

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
