//! A dialogue: nothing else can be reached until it is closed. The browser keeps the focus within.

use super::button::Button;
use super::layers::on_escape;
use crate::pure::icons::Icon;
use leptos::html;
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// A dialogue on show for as long as it is rendered. `close` is asked for by Esc and the cross.
pub(crate) fn dialog(
    title: impl Into<Signal<String>>,
    class: &'static str,
    test: &'static str,
    close: impl Fn() + 'static,
    inside: AnyView,
) -> AnyView {
    let title = title.into();
    let node = NodeRef::<html::Dialog>::new();
    let close = Rc::new(close);
    Effect::new(move |_| {
        if let Some(dialog) = node.get().filter(|d| !d.open()) {
            // It fails only when it is open already.
            dialog.show_modal().ok();
            take_keyboard(&dialog);
        }
    });
    let (by_layer, by_escape, by_cross) = (Rc::clone(&close), Rc::clone(&close), close);
    // Without it Esc would close the panel behind.
    on_escape(move || by_layer());
    view! {
        <dialog
            node_ref=node
            class=format!("dialog {class}")
            data-test=test
            aria-label=move || title.get()
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                by_escape();
            }
            on:keydown=|event| {
                // What the page's own keys mean does not count in here.
                if event.key() != "Escape" {
                    event.stop_propagation();
                }
            }
        >
            <header class="dialog-head">
                <h2>{move || title.get()}</h2>
                {Button::new("Close").quiet().only_icon(Icon::Cross).test("close-dialog").on(move || by_cross()).view()}
            </header>
            {inside}
        </dialog>
    }
    .into_any()
}

/// The keyboard begins at the first field, else at the main action; the browser would begin at the cross.
fn take_keyboard(dialog: &web_sys::HtmlDialogElement) {
    let first = ["input:not([type=file], [type=checkbox]), textarea", ".button.primary"]
        .into_iter()
        .find_map(|what| dialog.query_selector(what).ok().flatten());
    if let Some(first) = first.and_then(|f| f.dyn_into::<web_sys::HtmlElement>().ok()) {
        crate::web::focus(&first);
    }
}
