//! Fields for a recipe's parameters.

use crate::components::field::{Input, field};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::recipe::{Parameter, Recipe};

/// The values being typed for one recipe's parameters. What is left as the default is not sent.
#[derive(Clone, Default)]
pub(super) struct Values(Vec<(Parameter, RwSignal<String>)>);

impl Values {
    /// The recipe's parameters, with values that were chosen before.
    pub(super) fn of(recipe: &Recipe, chosen: &BTreeMap<String, String>) -> Self {
        let value = |p: &Parameter| chosen.get(&p.name).unwrap_or(&p.default).clone();
        Self(recipe.body.parameters.iter().map(|p| (p.clone(), RwSignal::new(value(p)))).collect())
    }

    /// What was chosen.
    pub(super) fn chosen(&self) -> BTreeMap<String, String> {
        let chosen = self.0.iter().filter_map(|(parameter, value)| {
            let value = value.get_untracked().trim().to_owned();
            (value != parameter.default).then(|| (parameter.name.clone(), value))
        });
        chosen.collect()
    }

    /// The fields.
    pub(super) fn view(&self, problem: RwSignal<Option<Problem>>) -> AnyView {
        self.0
            .iter()
            .map(|(parameter, value)| {
                let name = parameter.name.clone();
                let about = problem_of(problem, name.clone());
                let input = Input::text(*value)
                    .label(&format!("{name}: {}", parameter.kind))
                    .placeholder(&parameter.default)
                    .test(&format!("value-{name}"))
                    .view();
                let hint = if parameter.about.is_empty() {
                    format!("{}, {} by default", parameter.kind, parameter.default)
                } else {
                    parameter.about.clone()
                };
                view! {
                    <div class="recipe-value">
                        <span class="field-label">{name}</span>
                        {field("", "", "value", about, input)}
                        <p class="field-hint truncate" title=hint.clone()>{hint.clone()}</p>
                    </div>
                }
            })
            .collect_view()
            .into_any()
    }
}

/// The problem where it is about this parameter, as a field knows it.
fn problem_of(problem: RwSignal<Option<Problem>>, name: String) -> Signal<Option<Problem>> {
    Signal::derive(move || {
        problem.get().filter(|p| p.source.as_deref() == Some(name.as_str())).map(|p| p.source("value"))
    })
}
