//! Choosing one of a few.

use leptos::prelude::*;

/// One of them: its value and what it is called.
pub(crate) type Choice = (String, String);

/// A list that drops down. `label` is its accessible name.
pub(crate) fn select(
    label: &'static str,
    choices: impl Into<Signal<Vec<Choice>>>,
    value: impl Into<Signal<String>>,
    test: &'static str,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let (choices, value) = (choices.into(), value.into());
    view! {
        <span class="select">
            <select
                aria-label=label
                data-test=test
                on:change=move |event| choose(event_target_value(&event))
            >
                {move || {
                    let chosen = value.get();
                    choices
                        .get()
                        .into_iter()
                        .map(|(of, called)| {
                            let is = of == chosen;
                            view! { <option value=of prop:selected=is>{called}</option> }
                        })
                        .collect_view()
                }}
            </select>
            {super::small_icon(crate::pure::icons::Icon::ChevronDown)}
        </span>
    }
    .into_any()
}

/// Choices from pairs of words.
pub(crate) fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    pairs.iter().map(|(value, called)| ((*value).to_owned(), (*called).to_owned())).collect()
}
