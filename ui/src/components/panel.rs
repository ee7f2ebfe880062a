//! The side panel: details of what is selected. Its edge can be dragged; Esc closes it.

use super::button::Button;
use super::layers::on_escape;
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::html;
use leptos::prelude::*;
use std::rc::Rc;

/// The narrowest and the widest it gets.
const LEAST: f64 = 320.0;
const MOST: f64 = 900.0;

/// A panel beside the content for as long as it is rendered.
pub(crate) fn side_panel(
    title: impl Into<Signal<String>>,
    test: &'static str,
    actions: AnyView,
    close: impl Fn() + 'static,
    inside: AnyView,
) -> AnyView {
    let title = title.into();
    let close = Rc::new(close);
    let by_escape = Rc::clone(&close);
    on_escape(move || by_escape());
    let width = stores().navigation.panel_width;
    let dragging = RwSignal::new(false);
    let edge = NodeRef::<html::Div>::new();
    let resize = move |to: f64| width.set(to.clamp(LEAST, MOST));
    view! {
        <aside class="panel" style:width=move || format!("{}px", width.get()) aria-label=move || title.get() data-test=test>
            <div
                class="panel-edge"
                class:dragging=move || dragging.get()
                node_ref=edge
                role="separator"
                aria-orientation="vertical"
                aria-label="Width of the panel"
                aria-valuenow=move || width.get().round().to_string()
                tabindex="0"
                on:pointerdown=move |event| {
                    dragging.set(true);
                    if let Some(edge) = edge.try_get_untracked().flatten() {
                        // Without it the drag ends at the edge, which is all that is lost.
                        edge.set_pointer_capture(event.pointer_id()).ok();
                    }
                }
                on:pointermove=move |event| {
                    if dragging.try_get_untracked() == Some(true) {
                        let all = window().inner_width().ok().and_then(|w| w.as_f64()).unwrap_or(1280.0);
                        resize(all - f64::from(event.client_x()));
                    }
                }
                on:pointerup=move |_| {
                    dragging.set(false);
                    stores().navigation.keep_panel_width();
                }
                on:keydown=move |event| {
                    let step = match event.key().as_str() {
                        "ArrowLeft" => 16.0,
                        "ArrowRight" => -16.0,
                        _ => return,
                    };
                    event.prevent_default();
                    resize(width.get_untracked() + step);
                    stores().navigation.keep_panel_width();
                }
            ></div>
            <header class="panel-head">
                <h2 class="truncate grow">{move || title.get()}</h2>
                {actions}
                {Button::new("Close the panel (Esc)")
                    .quiet()
                    .only_icon(Icon::Cross)
                    .test("close-panel")
                    .on(move || close())
                    .view()}
            </header>
            {inside}
        </aside>
    }
    .into_any()
}
