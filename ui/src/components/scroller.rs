//! A region that scrolls, and is where it was when one comes back.

use crate::state::stores;
use leptos::html;
use leptos::prelude::*;

/// A region that scrolls. `place` is the name under which its position is kept.
pub(crate) fn scroller(place: &'static str, class: &'static str, inside: AnyView) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    restore(node, place);
    view! {
        <div class=format!("scroller {class}") node_ref=node on:scroll=move |_| keep(node, place)>
            {inside}
        </div>
    }
    .into_any()
}

/// Scrolls to where it was, once what is inside has its height.
pub(crate) fn restore(node: NodeRef<html::Div>, place: &'static str) {
    Effect::new(move |_| {
        if let Some(element) = node.get() {
            let top = stores().navigation.scrolled(place);
            if top > 0.0 {
                request_animation_frame(move || element.set_scroll_top(top as i32));
            }
        }
    });
}

/// Remembers where it is. A scroll is told one picture later, when what was scrolled may be gone.
pub(crate) fn keep(node: NodeRef<html::Div>, place: &str) {
    if let Some(element) = node.try_get_untracked().flatten() {
        stores().navigation.keep_scroll(place, f64::from(element.scroll_top()));
    }
}
