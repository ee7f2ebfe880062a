//! When nothing can be shown: one page that says why and what to do.

use crate::components::problem::details;
use crate::components::{Button, icon};
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wheelhouse_protocol::{Problem, ProblemCode};

/// The program cannot be opened.
pub(crate) fn fatal(problem: Problem) -> AnyView {
    let copied = details(&problem);
    page(
        problem,
        view! {
            {Button::new("Try again").primary().icon(Icon::Retry).test("fatal-retry").on(reload).view()}
            {Button::new("Copy details")
                .icon(Icon::Copy)
                .test("fatal-copy")
                .on(move || stores().toasts.copy("Details", copied.clone()))
                .view()}
        }
        .into_any(),
    )
}

/// The page is not in a window of ours.
pub(crate) fn no_door() -> AnyView {
    let problem = Problem::new(
        ProblemCode::Unavailable,
        "This page is part of the Wheelhouse window",
        "It was opened in a browser, which cannot reach the program.",
    )
    .hint("Start Wheelhouse; it opens its own window.");
    page(problem, ().into_any())
}

fn page(problem: Problem, actions: AnyView) -> AnyView {
    view! {
        <div class="fatal" role="alert" data-test="fatal">
            <div class="fatal-card">
                <span class="tone-error fatal-icon">{icon(Icon::Error)}</span>
                <h1>{problem.title}</h1>
                <p class="selectable">{problem.detail}</p>
                {(!problem.hint.is_empty()).then(|| view! { <p class="soft selectable">{problem.hint}</p> })}
                <div class="row">{actions}</div>
            </div>
        </div>
    }
    .into_any()
}

fn reload() {
    if let Some(window) = crate::web::window() {
        // A page that cannot be loaded again stays as it is.
        window.location().reload().ok();
    }
}

/// A defect of the page itself is said on the page: a window that just stops would say nothing.
pub(crate) fn on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.to_string();
        web_sys::console::error_1(&said.as_str().into());
        let Some(document) = crate::web::window().and_then(|w| w.document()) else { return };
        let (Some(body), Ok(message)) = (document.body(), document.create_element("p")) else { return };
        message.set_class_name("page-failed selectable");
        message.set_attribute("role", "alert").ok();
        message.set_text_content(Some(&format!(
            "The window's page failed. What runs goes on running; close the window and open it again. \
             Please report this: {said}"
        )));
        if let Some(message) = message.dyn_ref::<web_sys::Node>() {
            body.append_child(message).ok();
        }
    }));
}
