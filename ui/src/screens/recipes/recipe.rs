//! One recipe beside the list: what it does, its versions, running it.

use super::values::Values;
use crate::api;
use crate::components::field::{Input, field};
use crate::components::icon::look_badge;
use crate::components::panel::side_panel;
use crate::components::scroller::scroller;
use crate::components::select::select;
use crate::components::{Button, moment, problem, problem_card};
use crate::pure::format::capital;
use crate::pure::icons::Icon;
use crate::pure::words;
use crate::state::load::Doing;
use crate::state::recipes::{Over, decide_in};
use crate::state::{Load, stores};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::recipe::{DeleteRecipe, GetRecipeHistory, Recipe, RunRecipe};

/// The panel of the recipe of this name.
pub(super) fn panel(name: String) -> AnyView {
    let history = RwSignal::new(Load::<Vec<Recipe>>::Waiting);
    let version = RwSignal::new(None::<u32>);
    let asked = name.clone();
    Effect::new(move |_| {
        stores().recipes.told.track();
        let name = asked.clone();
        spawn_local(async move {
            let answer = api::call(GetRecipeHistory { name }).await;
            history.try_set(Load::from_result(answer));
        });
    });
    let shown = Memo::new(move |_| {
        history.with(|h| {
            let all = h.ready()?;
            version.get().and_then(|v| all.iter().find(|r| r.version == v)).or_else(|| all.first()).cloned()
        })
    });
    let scheduled = name.clone();
    let actions = Button::new("Schedule")
        .small()
        .icon(Icon::Clock)
        .test("schedule-recipe")
        .on(move || stores().recipes.over.set(Some(Over::Schedule(scheduled.clone(), None))))
        .view();
    let body = move || {
        if let Load::Failed(problem) = history.get() {
            return view! { <div class="panel-body">{problem_card(problem)}</div> }.into_any();
        }
        shown.get().map(|recipe| inside(recipe, history, version)).into_any()
    };
    side_panel(name, "recipe-panel", actions, || stores().recipes.recipe.set(None), body.into_any())
}

fn inside(recipe: Recipe, history: RwSignal<Load<Vec<Recipe>>>, version: RwSignal<Option<u32>>) -> AnyView {
    let doing = Doing::new();
    let (values, places) = (Values::of(&recipe, &BTreeMap::new()), RwSignal::new(String::new()));
    let steps = super::steps(&recipe.body.steps.iter().map(Action::title).collect::<Vec<_>>());
    let hash = recipe.hash.clone();
    let versions = Signal::derive(move || {
        let named = |r: &Recipe| (r.version.to_string(), format!("Version {}", r.version));
        history.with(|h| h.ready().into_iter().flatten().map(named).collect::<Vec<_>>())
    });
    let shown = recipe.version.to_string();
    let run = {
        let (name, version, values) = (recipe.name.clone(), recipe.version, values.clone());
        move || {
            let targets = Some(places.get_untracked().trim().to_owned()).filter(|words| !words.is_empty());
            let parameters = values.chosen();
            let command = RunRecipe { name: name.clone(), version: Some(version), parameters, targets, in_chat: true };
            doing.run(command, |made| {
                if let Some(conversation) = made.conversation {
                    decide_in(conversation);
                }
            });
        }
    };
    let body = view! {
        <div class="stack loose" data-test="recipe-details">
            <div class="row wrap">
                {look_badge(words::risk(recipe.body.risk))}
                <span class="grow"></span>
                {select("Version", versions, shown, "recipe-version", move |v| version.set(v.parse().ok()))}
            </div>
            {(!recipe.description.is_empty()).then(|| view! { <p class="selectable">{recipe.description.clone()}</p> })}
            <section>
                <h3>"Steps"</h3>
                {steps}
            </section>
            <dl class="facts selectable">
                <dt>"On"</dt><dd>{recipe.body.targets.clone()}</dd>
                <dt>"Strategy"</dt><dd>{capital(&recipe.body.strategy.to_string())}</dd>
                <dt>"Saved"</dt><dd>{moment(recipe.saved_at)}" by "{recipe.saved_by.clone()}</dd>
                <dt>"Hash"</dt><dd class="mono dense" title=hash.clone()>{hash.get(..16).unwrap_or_default().to_owned()}"…"</dd>
            </dl>
            <section class="recipe-run" aria-label="Run">
                <h3>"Run"</h3>
                {values.view(doing.problem)}
                {field(
                    "On other machines",
                    "Words as in the chat; empty for those above.",
                    "targets",
                    doing.problem,
                    Input::text(places).placeholder(&recipe.body.targets).test("recipe-targets").view(),
                )}
                {unplaced(&recipe, doing)}
                <div class="row">
                    {Button::new("Plan it")
                        .primary()
                        .icon(Icon::Play)
                        .title("Plans it against the inventory of now. Nothing runs before you have seen the plan.")
                        .test("run-recipe")
                        .busy(doing.busy)
                        .on(run)
                        .view()}
                </div>
            </section>
        </div>
    };
    view! { {scroller("recipe", "panel-body", body.into_any())} {remove(&recipe)} }.into_any()
}

/// A problem that no field shows.
fn unplaced(recipe: &Recipe, doing: Doing) -> AnyView {
    let names: Vec<String> = recipe.body.parameters.iter().map(|p| p.name.clone()).collect();
    (move || {
        let shown = |source: &str| source == "targets" || names.iter().any(|name| name == source);
        doing.problem.get().filter(|p| !p.source.as_deref().is_some_and(shown)).map(problem_card)
    })
    .into_any()
}

fn remove(recipe: &Recipe) -> AnyView {
    let doing = Doing::new();
    let name = recipe.name.clone();
    view! {
        <footer class="panel-foot recipe-foot">
            {problem::maybe(doing.problem)}
            {Button::new(format!("Delete recipe “{name}”"))
                .danger()
                .icon(Icon::Trash)
                .title("Deletes all its versions. Jobs that ran it keep their plans.")
                .test("delete-recipe")
                .busy(doing.busy)
                .on(move || {
                    doing.run(DeleteRecipe { name: name.clone() }, |()| {
                        stores().recipes.recipe.set(None);
                        stores().recipes.refresh();
                    });
                })
                .view()}
        </footer>
    }
    .into_any()
}
