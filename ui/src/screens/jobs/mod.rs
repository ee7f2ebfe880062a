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
use crate::web;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

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

/// Gives what is listed the keyboard, unless something has it already.
fn take_keyboard() {
    request_animation_frame(|| {
        if web::focused().is_some_and(|focused| focused.tag_name() != "BODY") {
            return;
        }
        let table = web::window()
            .and_then(|w| w.document())
            .and_then(|d| d.query_selector(".screen-place .table, .screen-place .log").ok().flatten());
        if let Some(table) = table.and_then(|t| t.dyn_into::<web_sys::HtmlElement>().ok()) {
            web::focus(&table);
        }
    });
}
