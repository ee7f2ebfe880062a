//! Notifications.

use leptos::prelude::*;

/// The screen.
pub(crate) fn notifications() -> AnyView {
    ().into_any()
}
