//! Moments: local time, with the zone on hover.

use crate::pure::format;
use crate::state::stores;
use crate::web;
use leptos::prelude::*;
use wheelhouse_protocol::Timestamp;

/// A moment as short as it can be.
pub(crate) fn moment(at: Timestamp) -> AnyView {
    let local = web::local_at(at);
    let full = local.full(at);
    view! { <time class="nowrap" datetime=at.to_string() title=full>{local.moment(at, web::now())}</time> }.into_any()
}

/// How long ago a moment was, kept up to date.
pub(crate) fn ago(at: Timestamp) -> AnyView {
    let full = web::local_at(at).full(at);
    // Every second only while seconds are said.
    let text = Memo::new(move |_| format::ago(at, stores().clock.get()));
    view! { <time class="nowrap" datetime=at.to_string() title=full>{move || text.get()}</time> }.into_any()
}
