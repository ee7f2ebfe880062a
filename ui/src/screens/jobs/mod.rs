//! Jobs: every run there was, what each did where, and every line it wrote.

mod actions;
mod audit;
mod cell;
mod export;
mod list;
mod log;
mod matrix;
mod page;
mod plan;
mod search;

use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;

/// The screen: the table, or the page of one job.
pub(crate) fn jobs() -> AnyView {
    (move || match stores().jobs.open.get() {
        Some(id) => page::page(stores().jobs.live(id)),
        None => list::list(),
    })
    .into_any()
}

/// Goes to the search in the logs of all jobs.
pub(crate) fn search_logs() {
    stores().jobs.open.set(None);
    stores().jobs.searching.set(true);
    stores().navigation.go(Screen::Jobs);
    request_animation_frame(crate::shell::commands::focus_search);
}
