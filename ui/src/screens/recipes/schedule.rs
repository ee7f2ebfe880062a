//! One schedule beside the list: when it runs, under what approval, and what became of its due times.

use super::tables::approval;
use crate::api;
use crate::components::field::{Input, field, other_problem, toggle};
use crate::components::icon::look_badge;
use crate::components::panel::side_panel;
use crate::components::scroller::scroller;
use crate::components::{Button, looked, moment, problem, problem_card};
use crate::pure::format::{capital, names, plural};
use crate::pure::icons::Icon;
use crate::pure::words;
use crate::state::jobs::JobTab;
use crate::state::load::Doing;
use crate::state::recipes::{Over, decide_in};
use crate::state::{Load, stores};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::schedule::{
    ApproveSchedule, CoverageView, DeleteSchedule, EnableSchedule, GetSchedule, RevokeSchedule, RunState, Schedule,
    ScheduleDetail, ScheduleRun, StandingApproval,
};

/// The panel of the schedule of this name.
pub(super) fn panel(name: String) -> AnyView {
    let detail = RwSignal::new(Load::<ScheduleDetail>::Waiting);
    let asked = name.clone();
    Effect::new(move |_| {
        stores().recipes.told.track();
        let name = asked.clone();
        spawn_local(async move {
            let answer = api::call(GetSchedule { name }).await;
            // The same again is no reason to draw anew: somebody may be typing.
            if detail.try_with_untracked(|d| *d != Load::from_result(answer.clone())) == Some(true) {
                detail.set(Load::from_result(answer));
            }
        });
    });
    let actions = move || {
        let schedule = detail.with(|d| d.ready().map(|d| d.schedule.clone()))?;
        let change = schedule.clone();
        Some(
            Button::new("Change")
                .small()
                .icon(Icon::Edit)
                .test("change-schedule")
                .on(move || {
                    stores().recipes.over.set(Some(Over::Schedule(String::new(), Some(Box::new(change.clone())))))
                })
                .view(),
        )
    };
    let body = move || match detail.get() {
        Load::Waiting => ().into_any(),
        Load::Failed(problem) => view! { <div class="panel-body">{problem_card(problem)}</div> }.into_any(),
        Load::Ready(detail) => inside(detail),
    };
    side_panel(name, "schedule-panel", actions.into_any(), || stores().recipes.schedule.set(None), body.into_any())
}

fn inside(detail: ScheduleDetail) -> AnyView {
    let ScheduleDetail { schedule, coverage, hindrance, runs } = detail;
    let doing = Doing::new();
    let (name, recipe) = (schedule.name.clone(), schedule.recipe_name.clone());
    let enabled = schedule.enabled;
    let next = schedule.next.iter().map(|at| view! { <li>{moment(*at)}</li> }).collect_view();
    let body = view! {
        <div class="stack loose" data-test="schedule-details">
            <div class="row wrap">
                {look_badge(approval(&schedule))}
                <span class="grow"></span>
                {toggle("Runs", enabled, doing.busy, "schedule-enabled", move |enabled| {
                    doing.run(EnableSchedule { name: name.clone(), enabled }, |_| stores().recipes.refresh());
                })}
            </div>
            {problem::maybe(doing.problem)}
            <dl class="facts selectable">
                <dt>"Recipe"</dt>
                <dd>
                    {Button::new(format!("{recipe} version {}", schedule.version)).quiet().small().class("recipe-way").test("schedule-go-recipe").on({
                        let recipe = recipe.clone();
                        move || stores().recipes.show_recipe(&recipe)
                    }).view()}
                </dd>
                <dt>"When"</dt><dd class="mono dense">{schedule.when.to_string()}</dd>
                <dt>"Next"</dt>
                <dd>{if schedule.next.is_empty() { "not any more".into_any() } else { view! { <ol class="recipe-next-list" data-test="schedule-next">{next}</ol> }.into_any() }}</dd>
            </dl>
            {coverage.map(|view| standing(&schedule, view, &hindrance))}
            {(!schedule.mutates && !hindrance.is_empty()).then(|| view! { <p class="tone-warn tinted selectable">{hindrance.clone()}</p> })}
            {history(&runs)}
        </div>
    };
    view! { {scroller("schedule", "panel-body", body.into_any())} {remove(&schedule)} }.into_any()
}

/// What a standing approval covers, and giving or taking it.
fn standing(schedule: &Schedule, view: CoverageView, hindrance: &str) -> AnyView {
    let doing = Doing::new();
    let given = schedule.approval.clone();
    let covers = view.covers.clone();
    let parameters = covers.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
    let would_wait =
        (given.is_some() && !hindrance.is_empty()).then(|| format!("A run of now would wait: {hindrance}."));
    let decision = match given {
        Some(approval) => revoke(schedule, &approval, doing),
        None => approve(schedule, &view, doing),
    };
    view! {
        <section class="recipe-standing" aria-label="Standing approval" data-test="standing">
            <h3>"Standing approval"</h3>
            <dl class="facts selectable">
                <dt>"Does"</dt><dd>{view.sentence.clone()}</dd>
                {(view.steps.len() > 1).then(|| view! { <dt>"Steps"</dt><dd>{super::steps(&view.steps)}</dd> })}
                <dt>"On"</dt><dd>{covers.targets.clone()}<p class="faint">{format!("{} now: {}", plural(view.machines.len(), "machine", "machines"), names(view.machines.iter().map(String::as_str), 8))}</p></dd>
                {(!parameters.is_empty()).then(|| view! { <dt>"With"</dt><dd>{parameters.join(", ")}</dd> })}
                <dt>"Strategy"</dt><dd>{capital(&covers.strategy.to_string())}</dd>
                <dt>"Risk"</dt><dd>{looked(words::risk(view.risk))}</dd>
                <dt>"Hash"</dt><dd class="mono dense" title=view.hash.clone()>{view.hash.get(..16).unwrap_or_default().to_owned()}"…"</dd>
            </dl>
            {would_wait.map(|said| view! { <p class="tone-warn tinted selectable" data-test="hindrance">{said}</p> })}
            {decision}
        </section>
    }
    .into_any()
}

fn approve(schedule: &Schedule, view: &CoverageView, doing: Doing) -> AnyView {
    if view.risk >= Risk::Critical {
        return view! { <p class="soft">"It is critical, so it cannot be approved for good: each run waits for you."</p> }
            .into_any();
    }
    let (name, hash) = (schedule.name.clone(), view.hash.clone());
    let (most, days) = (RwSignal::new(view.machines.len().to_string()), RwSignal::new("90".to_owned()));
    let give = move || {
        let days: i64 = days.get_untracked().trim().parse().unwrap_or(0);
        let expires_at = (days > 0)
            .then(|| {
                Timestamp::from_second(crate::web::now().as_second().saturating_add(days.saturating_mul(86_400))).ok()
            })
            .flatten();
        let max_targets = most.get_untracked().trim().parse().ok();
        let command = ApproveSchedule { name: name.clone(), hash: hash.clone(), max_targets, expires_at };
        doing.run(command, |_| stores().recipes.refresh());
    };
    view! {
        <p class="soft">"Each run waits for you until you approve every run that is exactly as above. Any change voids it."</p>
        <div class="form-row">
            {field("Machines at most", "", "max_targets", doing.problem, Input::text(most).test("standing-most").view())}
            {field("Days it holds", "0 for good", "expires_at", doing.problem, Input::text(days).test("standing-days").view())}
        </div>
        {other_problem(doing.problem, &["max_targets", "expires_at"])}
        <div class="row">
            {Button::new("Approve every run").primary().icon(Icon::Shield).test("standing-approve").busy(doing.busy).on(give).view()}
        </div>
    }
    .into_any()
}

fn revoke(schedule: &Schedule, approval: &StandingApproval, doing: Doing) -> AnyView {
    let name = schedule.name.clone();
    view! {
        <p class="selectable" data-test="standing-given">
            "Given by "<strong>{approval.who.clone()}</strong>" "{moment(approval.at)}
            {match approval.expires_at {
                Some(at) => view! { ", until "{moment(at)} }.into_any(),
                None => ", for good".into_any(),
            }}
            {format!(", for at most {}.", plural(approval.max_targets as usize, "machine", "machines"))}
        </p>
        {problem::maybe(doing.problem)}
        <div class="row">
            {Button::new("Take it back")
                .icon(Icon::Undo)
                .title("Runs wait for you again from now on.")
                .test("standing-revoke")
                .busy(doing.busy)
                .on(move || doing.run(RevokeSchedule { name: name.clone() }, |_| stores().recipes.refresh()))
                .view()}
        </div>
    }
    .into_any()
}

fn history(runs: &[ScheduleRun]) -> AnyView {
    view! {
        <section aria-label="History">
            <h3>"History"</h3>
            {runs.is_empty().then(|| view! { <p class="faint">"It has not come due yet."</p> })}
            <ul class="recipe-runs" data-test="schedule-runs">{runs.iter().map(one).collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn one(run: &ScheduleRun) -> AnyView {
    let way = match (run.job, run.conversation) {
        (Some(job), _) => Some(
            Button::new("Open job")
                .quiet()
                .small()
                .icon(Icon::Open)
                .test("run-job")
                .on(move || stores().jobs.show(job, JobTab::Progress))
                .view(),
        ),
        (None, Some(conversation)) if run.state == RunState::Waiting => Some(
            Button::new("Look at the plan")
                .quiet()
                .small()
                .icon(Icon::Open)
                .test("run-plan")
                .on(move || decide_in(conversation))
                .view(),
        ),
        _ => None,
    };
    view! {
        <li class="recipe-one" data-test="schedule-run" data-state=run.state.as_str()>
            <span class="row">{looked(words::run(run.state))}<span class="soft">{moment(run.due_at)}</span><span class="grow"></span>{way}</span>
            {(!run.detail.is_empty()).then(|| view! { <p class="faint dense selectable">{capital(&run.detail)}</p> })}
        </li>
    }
    .into_any()
}

fn remove(schedule: &Schedule) -> AnyView {
    let doing = Doing::new();
    let name = schedule.name.clone();
    view! {
        <footer class="panel-foot recipe-foot">
            {problem::maybe(doing.problem)}
            {Button::new(format!("Delete schedule “{name}”"))
                .danger()
                .icon(Icon::Trash)
                .title("Deletes its history and its standing approval too.")
                .test("delete-schedule")
                .busy(doing.busy)
                .on(move || {
                    doing.run(DeleteSchedule { name: name.clone() }, |()| {
                        stores().recipes.schedule.set(None);
                        stores().recipes.refresh();
                    });
                })
                .view()}
        </footer>
    }
    .into_any()
}
