//! The browser: clock, storage, clipboard, timers. Everything here is about the page, nothing about Wheelhouse.

mod clipboard;
mod storage;
mod time;

pub(crate) use clipboard::copy;
pub(crate) use storage::{recall, remember, remember_plain};
pub(crate) use time::{every, local_at, now, sleep, zone_name};

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Window};

/// The window the page is in.
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

/// The document's root element, which carries the theme.
pub(crate) fn root() -> Option<HtmlElement> {
    window()?.document()?.document_element()?.dyn_into().ok()
}

/// The element that has the keyboard.
pub(crate) fn focused() -> Option<HtmlElement> {
    window()?.document()?.active_element()?.dyn_into().ok()
}

/// Whether the system is Apple's, where Cmd takes Ctrl's place.
pub(crate) fn is_apple() -> bool {
    window()
        .and_then(|w| w.navigator().user_agent().ok())
        .is_some_and(|agent| agent.contains("Macintosh") || agent.contains("Mac OS"))
}

/// The value of one of the tokens, as the theme has it now.
pub(crate) fn token(name: &str) -> String {
    let style = root().and_then(|root| window()?.get_computed_style(&root).ok().flatten());
    style.and_then(|s| s.get_property_value(name).ok()).map(|v| v.trim().to_owned()).unwrap_or_default()
}

/// Gives an element the keyboard.
pub(crate) fn focus(element: &HtmlElement) {
    // An element that cannot be focused just is not.
    element.focus().ok();
}

/// Where an event happened, as an element.
pub(crate) fn target_of(event: &web_sys::Event) -> Option<HtmlElement> {
    event.target()?.dyn_into().ok()
}

/// Whether keys typed there are text.
pub(crate) fn is_typing(element: &HtmlElement) -> bool {
    let tag = element.tag_name();
    let input = element.dyn_ref::<web_sys::HtmlInputElement>();
    match tag.as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !input.is_some_and(|i| matches!(i.type_().as_str(), "checkbox" | "radio" | "button")),
        _ => element.is_content_editable(),
    }
}
