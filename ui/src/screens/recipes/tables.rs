//! The two lists.

use super::failed;
use crate::components::empty::waiting;
use crate::components::table::{Column, Table};
use crate::components::{Button, EmptyState, looked, moment};
use crate::pure::icons::Icon;
use crate::pure::order::Key;
use crate::pure::words::{self, Tone};
use crate::state::navigation::Screen;
use crate::state::recipes::{Over, Part};
use crate::state::{Load, stores};
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::recipe::Recipe;
use wheelhouse_protocol::schedule::Schedule;

/// Recipes, by name.
pub(super) fn recipes() -> AnyView {
    let rows = Memo::new(|_| Arc::new(stores().recipes.recipes.get_or_default()));
    let state = Memo::new(|_| {
        stores().recipes.recipes.value.with(|r| match r {
            Load::Waiting => Load::Waiting,
            Load::Ready(_) => Load::Ready(()),
            Load::Failed(problem) => Load::Failed(problem.clone()),
        })
    });
    (move || match state.get() {
        Load::Waiting => view! { <div class="page">{waiting()}</div> }.into_any(),
        Load::Failed(problem) => failed(problem),
        Load::Ready(()) => Table {
            id: "recipes",
            label: "Recipes",
            rows: rows.into(),
            columns: recipe_columns(),
            key: |recipe| recipe.name.clone(),
            open: Arc::new(|recipe: &Recipe| stores().recipes.recipe.set(Some(recipe.name.clone()))),
            current: stores().recipes.recipe.into(),
            checked: None,
            sort: ("name", false),
            row_class: |_| "",
            empty: no_recipe,
        }
        .view(),
    })
    .into_any()
}

fn recipe_columns() -> Vec<Column<Recipe>> {
    vec![
        Column::<Recipe>::new("name", "Recipe", "minmax(140px, 1fr)", |recipe| {
            view! { <span class="truncate strong">{recipe.name.clone()}</span> }.into_any()
        })
        .sorted(|recipe| Key::Text(recipe.name.clone())),
        Column::<Recipe>::new("version", "Version", "76px", |recipe| view! { {recipe.version.to_string()} }.into_any())
            .sorted(|recipe| Key::Number(Some(f64::from(recipe.version))))
            .at_end(),
        Column::<Recipe>::new("does", "Does", "minmax(180px, 2fr)", |recipe| {
            let said = recipe.body.steps.iter().map(Action::title).collect::<Vec<_>>().join(", then ");
            view! { <span class="truncate" title=said.clone()>{said.clone()}</span> }.into_any()
        }),
        Column::<Recipe>::new("on", "On", "minmax(120px, 1fr)", |recipe| {
            let words = recipe.body.targets.clone();
            view! { <span class="truncate soft" title=words.clone()>{words.clone()}</span> }.into_any()
        })
        .sorted(|recipe| Key::Text(recipe.body.targets.clone())),
        Column::<Recipe>::new("risk", "Risk", "112px", |recipe| looked(words::risk(recipe.body.risk)))
            .sorted(|recipe| Key::Number(Some(f64::from(recipe.body.risk as u8)))),
        Column::<Recipe>::new("parameters", "Parameters", "minmax(100px, 1fr)", |recipe| {
            let names: Vec<&str> = recipe.body.parameters.iter().map(|p| p.name.as_str()).collect();
            view! { <span class="truncate soft">{names.join(", ")}</span> }.into_any()
        }),
        Column::<Recipe>::new("saved", "Saved", "104px", |recipe| moment(recipe.saved_at))
            .sorted(|recipe| Key::Number(Some(recipe.saved_at.as_millisecond() as f64))),
    ]
}

fn no_recipe() -> AnyView {
    EmptyState {
        icon: Icon::Recipe,
        title: "No recipes yet",
        text: "Say in Chat what should happen and press “Save as recipe” on its plan. It can then be run again by name, with other values, on other machines, or by the clock.".to_owned(),
        actions: Button::new("Go to Chat")
            .primary()
            .icon(Icon::Chat)
            .test("recipes-chat")
            .on(|| {
                stores().navigation.go(Screen::Chat);
                crate::screens::chat::focus_input();
            })
            .view(),
    }
    .view()
}

/// Schedules, by name.
pub(super) fn schedules() -> AnyView {
    let rows = Memo::new(|_| Arc::new(stores().recipes.schedules.get_or_default()));
    let state = Memo::new(|_| {
        stores().recipes.schedules.value.with(|r| match r {
            Load::Waiting => Load::Waiting,
            Load::Ready(_) => Load::Ready(()),
            Load::Failed(problem) => Load::Failed(problem.clone()),
        })
    });
    (move || match state.get() {
        Load::Waiting => view! { <div class="page">{waiting()}</div> }.into_any(),
        Load::Failed(problem) => failed(problem),
        Load::Ready(()) => Table {
            id: "schedules",
            label: "Schedules",
            rows: rows.into(),
            columns: schedule_columns(),
            key: |schedule| schedule.name.clone(),
            open: Arc::new(|schedule: &Schedule| stores().recipes.schedule.set(Some(schedule.name.clone()))),
            current: stores().recipes.schedule.into(),
            checked: None,
            sort: ("next", false),
            row_class: |schedule| if schedule.enabled { "" } else { "soft" },
            empty: no_schedule,
        }
        .view(),
    })
    .into_any()
}

fn schedule_columns() -> Vec<Column<Schedule>> {
    vec![
        Column::<Schedule>::new("name", "Schedule", "minmax(120px, 1fr)", |schedule| {
            view! { <span class="truncate strong">{schedule.name.clone()}</span> }.into_any()
        })
        .sorted(|schedule| Key::Text(schedule.name.clone())),
        Column::<Schedule>::new("recipe", "Recipe", "minmax(120px, 1fr)", |schedule| {
            view! { <span class="truncate">{schedule.recipe_name.clone()}" "<span class="faint">"v"{schedule.version}</span></span> }
                .into_any()
        })
        .sorted(|schedule| Key::Text(schedule.recipe_name.clone())),
        Column::<Schedule>::new("when", "When", "minmax(150px, 1fr)", |schedule| {
            let when = schedule.when.to_string();
            view! { <span class="truncate mono dense" title=when.clone()>{when.clone()}</span> }.into_any()
        }),
        Column::<Schedule>::new("next", "Next", "104px", |schedule| match (schedule.enabled, schedule.next.first()) {
            (false, _) => view! { <span class="faint">"held"</span> }.into_any(),
            (true, None) => view! { <span class="faint">"over"</span> }.into_any(),
            (true, Some(at)) => moment(*at),
        })
        .sorted(|schedule| Key::Number(schedule.next.first().map(|at| at.as_millisecond() as f64))),
        Column::<Schedule>::new("approval", "Approval", "148px", |schedule| looked(approval(schedule))),
        Column::<Schedule>::new("last", "Last", "minmax(148px, max-content)", |schedule| match &schedule.last {
            Some(run) => view! { <span class="row">{looked(words::run(run.state))}<span class="faint">{moment(run.due_at)}</span></span> }.into_any(),
            None => view! { <span class="faint">"not yet"</span> }.into_any(),
        }),
    ]
}

/// How a schedule's runs are approved.
pub(crate) fn approval(schedule: &Schedule) -> words::Look {
    match (&schedule.approval, schedule.mutates) {
        (_, false) => words::Look { icon: Icon::Eye, tone: Tone::Plain, word: "reads only", busy: false },
        (Some(_), true) => words::Look { icon: Icon::Shield, tone: Tone::Ok, word: "standing", busy: false },
        (None, true) => words::Look { icon: Icon::Pause, tone: Tone::Warn, word: "waits each time", busy: false },
    }
}

fn no_schedule() -> AnyView {
    let any = Memo::new(|_| super::count(Part::Recipes).unwrap_or(0) > 0);
    let text = if any.get_untracked() {
        "Let a recipe run once at a time, or again and again. What changes machines waits for you each time, or runs under a standing approval of exactly what it does."
    } else {
        "A schedule runs a recipe by the clock. Save a plan as a recipe first."
    };
    let action = if any.get_untracked() {
        Button::new("New schedule")
            .primary()
            .icon(Icon::Plus)
            .test("first-schedule")
            .on(|| stores().recipes.over.set(Some(Over::Schedule(String::new(), None))))
            .view()
    } else {
        Button::new("Show recipes")
            .icon(Icon::Recipe)
            .test("show-recipes")
            .on(|| stores().recipes.part.set(Part::Recipes))
            .view()
    };
    EmptyState { icon: Icon::Clock, title: "No schedules yet", text: text.to_owned(), actions: action }.view()
}
