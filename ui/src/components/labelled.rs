//! A label for controls of several parts. As a `<label>` a click on its words would press the first
//! button within, such as the one that takes a word away.

use super::problem::problem_line;
use leptos::prelude::*;
use wheelhouse_protocol::Problem;

/// As [`super::field::field`], for a control that names itself.
pub(crate) fn labelled(
    label: &'static str,
    hint: &'static str,
    about: &'static str,
    problem: impl Into<Signal<Option<Problem>>>,
    control: AnyView,
) -> AnyView {
    let problem = problem.into();
    let ours = move || problem.get().filter(|p| !about.is_empty() && p.source.as_deref() == Some(about));
    view! {
        <div class="field" class:wrong=move || ours().is_some()>
            <span class="field-label">{label}</span>
            {control}
            {move || ours().map(|p| problem_line(&p))}
            {(!hint.is_empty()).then(|| view! { <p class="field-hint">{hint}</p> })}
        </div>
    }
    .into_any()
}
