//! A button that opens a few more actions.

use super::button::Button;
use super::keys::move_by_arrows;
use super::layers::on_escape;
use crate::pure::icons::Icon;
use leptos::html;
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// One of the actions.
#[derive(Clone)]
pub(crate) struct MenuItem {
    pub(crate) icon: Icon,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) test: String,
    pub(crate) on: Rc<dyn Fn()>,
}

impl MenuItem {
    /// An action.
    pub(crate) fn new(icon: Icon, label: impl Into<String>, test: impl Into<String>, on: impl Fn() + 'static) -> Self {
        Self { icon, label: label.into(), hint: String::new(), test: test.into(), on: Rc::new(on) }
    }

    /// What it means, in a second line.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// A button with its menu.
pub(crate) fn menu(button: Button, items: impl Fn() -> Vec<MenuItem> + 'static) -> AnyView {
    let open = RwSignal::new(false);
    let items = StoredValue::new_local(items);
    popover(button, open, move || {
        let list = items.with_value(|items| items());
        let rows = list.into_iter().map(|item| {
            let on = item.on;
            view! {
                <button
                    type="button"
                    class="menu-item"
                    role="menuitem"
                    data-test=item.test
                    on:click=move |_| {
                        open.set(false);
                        on();
                    }
                >
                    {super::icon(item.icon)}
                    <span class="grow">
                        <span>{item.label}</span>
                        {(!item.hint.is_empty()).then(|| view! { <span class="menu-hint">{item.hint}</span> })}
                    </span>
                </button>
            }
        });
        view! { <div class="menu" role="menu" on:keydown=move_by_arrows>{rows.collect_view()}</div> }.into_any()
    })
}

/// A button with something that opens below it: closed by Esc, by a click elsewhere, by its own button.
pub(crate) fn popover(button: Button, open: RwSignal<bool>, inside: impl Fn() -> AnyView + 'static) -> AnyView {
    let inside = StoredValue::new_local(inside);
    let whole = NodeRef::<html::Div>::new();
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        let here = event.target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        let shown = open.try_get_untracked() == Some(true);
        if shown && whole.try_get_untracked().flatten().is_some_and(|w| !w.contains(here.as_ref())) {
            open.set(false);
        }
    });
    on_cleanup(move || elsewhere.remove());
    view! {
        <div class="popover-place" node_ref=whole>
            {button.expanded(open).on(move || open.update(|o| *o = !*o)).view()}
            {move || {
                open.get()
                    .then(|| {
                        on_escape(move || {
                            open.set(false);
                            focus_first(whole, "button");
                        });
                        request_animation_frame(move || focus_first(whole, ".popover button, .popover input"));
                        view! { <div class="popover">{inside.with_value(|inside| inside())}</div> }
                    })
            }}
        </div>
    }
    .into_any()
}

fn focus_first(whole: NodeRef<html::Div>, what: &str) {
    // What was opened may be closed again before the next picture.
    let first = whole.try_get_untracked().flatten().and_then(|w| w.query_selector(what).ok().flatten());
    if let Some(first) = first.and_then(|f| f.dyn_into::<web_sys::HtmlElement>().ok()) {
        crate::web::focus(&first);
    }
}
