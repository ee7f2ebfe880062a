//! Saving a plan as a recipe.

use crate::api;
use crate::components::dialog::dialog;
use crate::components::empty::waiting;
use crate::components::field::{Input, check, field, other_problem};
use crate::components::{Button, problem_card};
use crate::pure::format::{names, plural};
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::{Load, stores};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::PlanId;
use wheelhouse_protocol::recipe::{DraftRecipe, FoundParameter, NewParameter, RecipeDraft, SaveRecipe};

/// The dialogue for this plan.
pub(super) fn dialogue(plan: PlanId) -> AnyView {
    let draft = RwSignal::new(Load::<RecipeDraft>::Waiting);
    spawn_local(async move {
        let answer = api::call(DraftRecipe { plan }).await;
        draft.try_set(Load::from_result(answer));
    });
    let body = move || match draft.get() {
        Load::Waiting => view! { <div class="dialog-body">{waiting()}</div> }.into_any(),
        Load::Failed(problem) => view! { <div class="dialog-body">{problem_card(problem)}</div> }.into_any(),
        Load::Ready(draft) => inside(plan, draft),
    };
    dialog("Save as recipe".to_owned(), "wide", "save-recipe-dialog", close, body.into_any())
}

fn close() {
    stores().recipes.over.set(None);
}

/// One value that could become a parameter.
#[derive(Clone)]
struct Candidate {
    found: FoundParameter,
    chosen: RwSignal<bool>,
    name: RwSignal<String>,
}

fn inside(plan: PlanId, draft: RecipeDraft) -> AnyView {
    let doing = Doing::new();
    let (name, about) = (RwSignal::new(draft.name.clone()), RwSignal::new(String::new()));
    let targets = RwSignal::new(draft.targets.clone());
    let candidates: Vec<Candidate> = draft
        .parameters
        .iter()
        .map(|found| Candidate {
            found: found.clone(),
            chosen: RwSignal::new(false),
            name: RwSignal::new(found.name.clone()),
        })
        .collect();
    let taken = Memo::new(move |_| stores().recipes.named(name.get().trim()).map(|recipe| recipe.version));
    let to_save = candidates.clone();
    let save = move || {
        let chosen = to_save.iter().filter(|c| c.chosen.get_untracked());
        let parameters = chosen
            .map(|c| NewParameter {
                name: c.name.get_untracked().trim().to_owned(),
                kind: c.found.kind,
                value: c.found.value.clone(),
                about: String::new(),
            })
            .collect();
        let command = SaveRecipe {
            plan,
            name: name.get_untracked().trim().to_owned(),
            description: about.get_untracked(),
            targets: Some(targets.get_untracked()),
            parameters,
        };
        doing.run(command, |recipe| {
            close();
            stores().recipes.refresh();
            let said = format!("Saved recipe {} version {}", recipe.name, recipe.version);
            stores().toasts.say(Tone::Ok, said);
        });
    };
    let machines = format!(
        "{} now: {}",
        plural(draft.machines.len(), "machine", "machines"),
        names(draft.machines.iter().map(String::as_str), 6)
    );
    let label = move || if taken.get().is_some() { "Save new version" } else { "Save recipe" };
    view! {
        <div class="dialog-body stack loose">
            <div class="form-row">
                {field("Name", "Letters, digits, . _ and -", "name", doing.problem, Input::text(name).focus().test("recipe-name").view())}
                {field("What it is for", "", "description", doing.problem, Input::text(about).placeholder("Optional").test("recipe-about").view())}
            </div>
            {move || taken.get().map(|version| view! {
                <p class="soft" data-test="recipe-taken">"This makes version "{version + 1}"; the older ones are kept, and schedules stay with theirs."</p>
            })}
            <section>
                <h3>"Steps"</h3>
                {super::steps(&draft.steps)}
            </section>
            {field("On", "Read anew against the inventory at each run.", "targets", doing.problem, Input::text(targets).test("recipe-on").view())}
            <p class="field-hint">{machines}</p>
            <section>
                <h3>"What a run can choose"</h3>
                <div class="recipe-candidates">{candidates.into_iter().map(candidate).collect_view()}</div>
            </section>
            {other_problem(doing.problem, &["name", "description", "targets"])}
        </div>
        <footer class="dialog-foot">
            {Button::new("Cancel").test("recipe-cancel").on(close).view()}
            {Button::new(Signal::derive(move || label().to_owned()))
                .primary()
                .icon(Icon::Check)
                .test("recipe-save")
                .busy(doing.busy)
                .disabled(Signal::derive(move || name.get().trim().is_empty()))
                .on(save)
                .view()}
        </footer>
    }
    .into_any()
}

fn candidate(of: Candidate) -> AnyView {
    let Candidate { found, chosen, name } = of;
    let places = found.places.join(", ");
    view! {
        <div class="recipe-candidate" class:chosen=move || chosen.get()>
            {check(found.value.clone(), chosen, format!("parameter-{}", found.name), move |on| chosen.set(on))}
            <span class="faint dense truncate" title=places.clone()>{found.kind.to_string()}" in "{places.clone()}</span>
            <span class="recipe-mark">
                {move || chosen.get().then(|| Input::text(name).label("Name of the parameter").class("mono").test("parameter-name").view())}
            </span>
        </div>
    }
    .into_any()
}
