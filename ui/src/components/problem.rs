//! Problems, beside what caused them: what happened, what to do, and the details to take along.

use super::button::Button;
use super::icon::icon;
use crate::pure::icons::Icon;
use crate::state::stores;
use crate::web;
use leptos::prelude::*;
use wheelhouse_protocol::{Problem, ProblemCode};

/// Everything about a problem, for a ticket.
pub(crate) fn details(problem: &Problem) -> String {
    let code = serde_json::to_value(problem.code).ok().and_then(|c| c.as_str().map(str::to_owned)).unwrap_or_default();
    let version = stores().status.status.value.with_untracked(|s| s.ready().map(|s| s.version.clone()));
    let now = web::now();
    let source = problem.source.as_ref().map(|s| format!("\nabout: {s}")).unwrap_or_default();
    format!(
        "{}\n{}\n{}\ncode: {code}{source}\nat: {}\nwheelhouse {}",
        problem.title,
        problem.detail,
        problem.hint,
        web::local_at(now).full(now),
        version.unwrap_or_default()
    )
}

/// A problem as a card.
pub(crate) fn problem_card(problem: Problem) -> AnyView {
    let copied = details(&problem);
    let (tone, sign) = match problem.code {
        ProblemCode::VaultLocked | ProblemCode::VaultMissing => ("tone-warn", Icon::Lock),
        ProblemCode::NeedsAnswer | ProblemCode::NeedsApproval | ProblemCode::HostKeyUnknown => {
            ("tone-warn", Icon::Warning)
        }
        _ => ("tone-error", Icon::Error),
    };
    view! {
        <div class=format!("problem {tone}") role="alert" data-test="problem">
            <span class="problem-icon">{icon(sign)}</span>
            <div class="grow selectable">
                <p class="strong">{problem.title}</p>
                <p>{problem.detail}</p>
                {(!problem.hint.is_empty()).then(|| view! { <p class="soft">{problem.hint}</p> })}
            </div>
            {Button::new("Copy details")
                .quiet()
                .small()
                .only_icon(Icon::Copy)
                .on(move || stores().toasts.copy("Details", copied.clone()))
                .view()}
        </div>
    }
    .into_any()
}

/// A problem in the line below a field.
pub(crate) fn problem_line(problem: &Problem) -> AnyView {
    let text = [problem.detail.as_str(), problem.hint.as_str()].join(" ").trim().to_owned();
    view! {
        <p class="field-problem tone-error selectable" role="alert" data-test="field-problem">
            {super::small_icon(Icon::Error)}
            <span>{text}</span>
        </p>
    }
    .into_any()
}

/// The card of a problem that may be there.
pub(crate) fn maybe(problem: impl Into<Signal<Option<Problem>>>) -> AnyView {
    let problem = problem.into();
    (move || problem.get().map(problem_card)).into_any()
}
