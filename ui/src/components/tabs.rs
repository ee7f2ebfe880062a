//! Tabs: one of several parts on show.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::rc::Rc;

/// One tab.
pub(crate) struct Tab<T> {
    pub(crate) value: T,
    pub(crate) label: Signal<String>,
    pub(crate) test: String,
}

impl<T> Tab<T> {
    /// A tab.
    pub(crate) fn new(value: T, label: impl Into<Signal<String>>, test: impl Into<String>) -> Self {
        Self { value, label: label.into(), test: test.into() }
    }
}

/// The row of tabs. Arrow keys go from one to the next.
pub(crate) fn tabs<T: Copy + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    tabs: Vec<Tab<T>>,
    chosen: impl Into<Signal<T>>,
    choose: impl Fn(T) + 'static,
) -> AnyView {
    let chosen = chosen.into();
    let choose = Rc::new(choose);
    let values: Vec<T> = tabs.iter().map(|t| t.value).collect();
    let by_key = {
        let choose = Rc::clone(&choose);
        move |event: KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowRight" => 1,
                "ArrowLeft" => values.len() - 1,
                _ => return,
            };
            event.prevent_default();
            let at = values.iter().position(|v| *v == chosen.get_untracked()).unwrap_or(0);
            let next = (at + step) % values.len();
            choose(values[next]);
            let row = event.current_target().and_then(|t| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(t).ok());
            let tab = row.and_then(|row| row.children().item(next as u32));
            if let Some(tab) = tab.and_then(|t| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(t).ok()) {
                crate::web::focus(&tab);
            }
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=by_key>
            {tabs
                .into_iter()
                .map(|tab| {
                    let choose = Rc::clone(&choose);
                    let Tab { value, label, test } = tab;
                    let on = move || chosen.get() == value;
                    view! {
                        <button
                            type="button"
                            class="tab"
                            role="tab"
                            data-test=test
                            aria-selected=move || if on() { "true" } else { "false" }
                            tabindex=move || if on() { "0" } else { "-1" }
                            on:click=move |_| choose(value)
                        >
                            {move || label.get()}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
