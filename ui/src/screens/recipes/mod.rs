//! Recipes, and when they run by the clock.

mod form;
mod recipe;
mod save;
mod schedule;
mod tables;
mod values;

pub(crate) use tables::approval;

use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, problem_card};
use crate::pure::format::capital;
use crate::pure::icons::Icon;
use crate::shell::screen::screen;
use crate::state::navigation::Screen;
use crate::state::recipes::{Over, Part};
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::PlanId;

/// The screen.
pub(crate) fn recipes() -> AnyView {
    let all = &stores().recipes;
    let parts = vec![
        Tab::new(Part::Recipes, Signal::derive(|| counted("Recipes", count(Part::Recipes))), "tab-recipes"),
        Tab::new(Part::Schedules, Signal::derive(|| counted("Schedules", count(Part::Schedules))), "tab-schedules"),
    ];
    let tools = tabs("What is listed", parts, all.part, |part| stores().recipes.part.set(part));
    let actions = move || match stores().recipes.part.get() {
        Part::Recipes => Button::new("New recipe")
            .icon(Icon::Plus)
            .title("Say in Chat what should happen; its plan can be saved as a recipe.")
            .test("new-recipe")
            .on(|| {
                stores().navigation.go(Screen::Chat);
                crate::screens::chat::focus_input();
            })
            .view(),
        Part::Schedules => Button::new("New schedule")
            .icon(Icon::Plus)
            .test("new-schedule")
            .disabled(Signal::derive(|| count(Part::Recipes) == Some(0)))
            .on(|| stores().recipes.over.set(Some(Over::Schedule(String::new(), None))))
            .view(),
    };
    let content = move || match stores().recipes.part.get() {
        Part::Recipes => tables::recipes(),
        Part::Schedules => tables::schedules(),
    };
    let recipe_open = Memo::new(|_| stores().recipes.recipe.get());
    let schedule_open = Memo::new(|_| stores().recipes.schedule.get());
    let panel = move || match stores().recipes.part.get() {
        Part::Recipes => recipe_open.get().map(recipe::panel),
        Part::Schedules => schedule_open.get().map(schedule::panel),
    };
    screen("Recipes".into_any(), tools, actions.into_any(), content.into_any(), panel.into_any())
}

/// The dialogues, which open over every screen.
pub(crate) fn dialogues() -> AnyView {
    (move || {
        stores().recipes.over.get().map(|over| match over {
            Over::Save(plan) => save::dialogue(plan),
            Over::Schedule(recipe, schedule) => form::dialogue(recipe, schedule.map(|s| *s)),
        })
    })
    .into_any()
}

/// A button that saves a plan as a recipe.
pub(crate) fn save_button(plan: PlanId) -> AnyView {
    Button::new("Save as recipe")
        .quiet()
        .icon(Icon::Recipe)
        .title("Keeps these steps under a name, to be planned anew at each run.")
        .test("save-recipe")
        .on(move || stores().recipes.over.set(Some(Over::Save(plan))))
        .view()
}

fn count(part: Part) -> Option<usize> {
    match part {
        Part::Recipes => stores().recipes.recipes.value.with(|r| r.ready().map(Vec::len)),
        Part::Schedules => stores().recipes.schedules.value.with(|s| s.ready().map(Vec::len)),
    }
}

fn counted(word: &str, n: Option<usize>) -> String {
    n.map_or_else(|| word.to_owned(), |n| format!("{word}  {n}"))
}

/// Steps by their titles, numbered where there are several.
fn steps(titles: &[String]) -> AnyView {
    let items = titles.iter().map(|title| view! { <li>{capital(title)}</li> }).collect_view();
    view! { <ol class="recipe-steps selectable" class:single=titles.len() == 1>{items}</ol> }.into_any()
}

/// A list that could not be asked for.
fn failed(problem: wheelhouse_protocol::Problem) -> AnyView {
    view! {
        <div class="page stack">
            {problem_card(problem)}
            <div class="row">{Button::new("Try again").icon(Icon::Retry).test("recipes-again").on(|| stores().recipes.refresh()).view()}</div>
        </div>
    }
    .into_any()
}
