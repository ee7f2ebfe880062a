//! Making a schedule, or changing one.

use super::values::Values;
use crate::api;
use crate::components::Button;
use crate::components::dialog::dialog;
use crate::components::field::{Input, field, other_problem};
use crate::components::problem::problem_line;
use crate::components::select::{choices, select};
use crate::components::tabs::{Tab, tabs};
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use crate::state::recipes::Part;
use crate::state::{Load, stores};
use crate::web;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use wheelhouse_protocol::schedule::{PreviewSchedule, SaveSchedule, Schedule, SchedulePreview, ScheduleSpec, When};

/// The patterns a new schedule can begin with.
const PATTERNS: [(&str, &str); 6] = [
    ("", "Choose a pattern…"),
    ("0 * * * *", "Every hour"),
    ("0 3 * * *", "Every day at 03:00"),
    ("0 3 * * MON-FRI", "Monday to Friday at 03:00"),
    ("0 3 * * SUN", "Every Sunday at 03:00"),
    ("0 3 1 * *", "The first of the month at 03:00"),
];

/// The dialogue: for a recipe, or to change a schedule.
pub(super) fn dialogue(recipe: String, known: Option<Schedule>) -> AnyView {
    let title = known.as_ref().map_or_else(|| "New schedule".to_owned(), |s| format!("Change schedule “{}”", s.name));
    dialog(title, "wide", "schedule-dialog", close, inside(recipe, known))
}

fn close() {
    stores().recipes.over.set(None);
}

fn inside(recipe: String, known: Option<Schedule>) -> AnyView {
    let doing = Doing::new();
    let replace = known.is_some();
    let all = stores().recipes.recipes.get_or_default();
    let first = all.first().map(|r| r.name.clone()).unwrap_or_default();
    let chosen = known.as_ref().map_or(recipe, |s| s.recipe_name.clone());
    let recipe = RwSignal::new(if chosen.is_empty() { first } else { chosen });
    let name = RwSignal::new(known.as_ref().map_or_else(|| recipe.get_untracked(), |s| s.name.clone()));
    let targets = RwSignal::new(known.as_ref().and_then(|s| s.targets.clone()).unwrap_or_default());
    let (mut once_at_first, mut pattern, mut time, mut zone_name) =
        (false, "0 3 * * *".to_owned(), String::new(), web::zone_name());
    match known.as_ref().map(|s| s.when.clone()) {
        Some(When::Once { at, zone }) => (once_at_first, time, zone_name) = (true, at, zone),
        Some(When::Cron { expression, zone }) => (pattern, zone_name) = (expression, zone),
        None => {}
    }
    let once = RwSignal::new(once_at_first);
    let (expression, at, zone) = (RwSignal::new(pattern), RwSignal::new(time), RwSignal::new(zone_name));
    let when = Memo::new(move |_| {
        let zone = zone.get().trim().to_owned();
        if once.get() {
            When::Once { at: at.get().trim().to_owned(), zone }
        } else {
            When::Cron { expression: expression.get().trim().to_owned(), zone }
        }
    });
    let before = known.as_ref().map(|s| s.parameters.clone()).unwrap_or_default();
    let values = Memo::new_with_compare(
        move |_| {
            let none = BTreeMap::new();
            // What is typed stays when the list is told anew.
            let recipe = recipe.get();
            let recipe = untrack(|| stores().recipes.named(&recipe));
            StoredValue::new_local(
                recipe.map(|r| Values::of(&r, if replace { &before } else { &none })).unwrap_or_default(),
            )
        },
        |_, _| true,
    );
    let save = move || {
        let spec = ScheduleSpec {
            name: name.get_untracked().trim().to_owned(),
            recipe: recipe.get_untracked(),
            version: None,
            parameters: values.get_untracked().with_value(Values::chosen),
            targets: Some(targets.get_untracked().trim().to_owned()).filter(|words| !words.is_empty()),
            when: when.get_untracked(),
        };
        doing.run(SaveSchedule { spec, replace }, |schedule| {
            close();
            stores().recipes.refresh();
            stores().recipes.part.set(Part::Schedules);
            stores().recipes.show_schedule(&schedule.name);
        });
    };
    let recipes = Signal::stored(
        all.iter().map(|r| (r.name.clone(), format!("{} (version {})", r.name, r.version))).collect::<Vec<_>>(),
    );
    let parts = vec![
        Tab::new(false, "Again and again".to_owned(), "when-cron"),
        Tab::new(true, "Once".to_owned(), "when-once"),
    ];
    view! {
        <div class="dialog-body stack loose">
            <div class="form-row">
                {field("Name", "", "name", doing.problem, Input::text(name).disabled(replace).test("schedule-name").view())}
                {field("Recipe", "", "recipe", doing.problem, select("Recipe", recipes, recipe, "schedule-recipe", move |r| recipe.set(r)))}
            </div>
            {move || values.get().with_value(|v| v.view(doing.problem))}
            {field(
                "On other machines",
                "Words as in the chat; empty for the recipe's own.",
                "targets",
                doing.problem,
                Input::text(targets)
                    .placeholder(&stores().recipes.named(&recipe.get_untracked()).map(|r| r.body.targets).unwrap_or_default())
                    .test("schedule-targets")
                    .view(),
            )}
            <section class="stack">
                <div class="row wrap">
                    <h3 class="grow">"When"</h3>
                    {tabs("How often", parts, once, move |on| once.set(on))}
                </div>
                {move || if once.get() {
                    field("Time", "On the zone's wall clock: 2026-12-01 03:00", "at", doing.problem, Input::text(at).class("mono").placeholder("2026-12-01 03:00").test("schedule-at").view())
                } else {
                    view! {
                        <div class="form-row">
                            {field("Pattern", "Minute, hour, day of month, month, day of week.", "expression", doing.problem, Input::text(expression).class("mono").test("schedule-cron").view())}
                            {field("Or one of these", "", "", doing.problem, select("Patterns", choices(&PATTERNS), expression, "schedule-pattern", move |p| if !p.is_empty() { expression.set(p) }))}
                        </div>
                    }.into_any()
                }}
                {field("Time zone", "Such as Europe/Berlin or UTC.", "zone", doing.problem, Input::text(zone).test("schedule-zone").view())}
                {preview(when)}
            </section>
            {move || replace.then(|| view! { <p class="soft">"A change voids the standing approval."</p> })}
            {other_problem(doing.problem, &["name", "recipe", "targets", "at", "expression", "zone"])}
        </div>
        <footer class="dialog-foot">
            {Button::new("Cancel").test("schedule-cancel").on(close).view()}
            {Button::new("Save schedule").primary().icon(Icon::Check).test("schedule-save").busy(doing.busy).on(save).view()}
        </footer>
    }
    .into_any()
}

/// When it would run, as it is being typed.
fn preview(when: Memo<When>) -> AnyView {
    let shown = RwSignal::new(Load::<SchedulePreview>::Waiting);
    Effect::new(move |_| {
        let asked = when.get();
        spawn_local(async move {
            // Not for every key.
            web::sleep(200).await;
            if when.try_get_untracked().as_ref() != Some(&asked) {
                return;
            }
            let answer = api::call(PreviewSchedule { when: asked.clone() }).await;
            if when.try_get_untracked().as_ref() == Some(&asked) {
                shown.try_set(Load::from_result(answer));
            }
        });
    });
    view! {
        <div class="recipe-next" data-test="schedule-preview" aria-live="polite">
            {move || match shown.get() {
                Load::Waiting => view! { <p class="faint">"…"</p> }.into_any(),
                Load::Failed(problem) => problem_line(&problem),
                Load::Ready(preview) => view! {
                    <p>{preview.words.clone()}</p>
                    <ol>{preview.local.iter().map(|at| view! { <li class="mono dense">{at.clone()}</li> }).collect_view()}</ol>
                }.into_any(),
            }}
        </div>
    }
    .into_any()
}
