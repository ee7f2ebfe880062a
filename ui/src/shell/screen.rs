//! The frame of one screen: title, filters, the primary action, content, and the panel beside it.

use leptos::prelude::*;

/// A screen. `tools` stand between the title and the actions.
pub(crate) fn screen(title: AnyView, tools: AnyView, actions: AnyView, content: AnyView, panel: AnyView) -> AnyView {
    view! {
        <section class="screen">
            <div class="screen-main">
                <header class="screen-head">
                    <h1 class="truncate">{title}</h1>
                    <div class="screen-tools">{tools}</div>
                    <div class="screen-actions">{actions}</div>
                </header>
                <div class="screen-content">{content}</div>
            </div>
            {panel}
        </section>
    }
    .into_any()
}
