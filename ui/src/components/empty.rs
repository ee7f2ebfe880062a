//! An empty place says what belongs there, and offers the first action.

use super::icon::large_icon;
use crate::pure::icons::Icon;
use leptos::prelude::*;

/// What stands where nothing is yet.
pub(crate) struct EmptyState {
    pub(crate) icon: Icon,
    pub(crate) title: &'static str,
    pub(crate) text: String,
    pub(crate) actions: AnyView,
}

impl EmptyState {
    /// The place.
    pub(crate) fn view(self) -> AnyView {
        view! {
            <div class="empty" data-test="empty">
                <span class="empty-icon">{large_icon(self.icon)}</span>
                <h2>{self.title}</h2>
                <p class="soft">{self.text}</p>
                <div class="row wrap">{self.actions}</div>
            </div>
        }
        .into_any()
    }
}

/// Rows that are on their way.
pub(crate) fn waiting() -> AnyView {
    view! {
        <div class="waiting" role="status" aria-label="Loading">
            {(0..6).map(|_| view! { <div class="waiting-row"></div> }).collect_view()}
        </div>
    }
    .into_any()
}
