//! A plan for later: when it would run, and the schedule that came of it.

use crate::api;
use crate::components::icon::look_badge;
use crate::components::{Button, moment, problem, small_icon};
use crate::pure::format::capital;
use crate::pure::icons::Icon;
use crate::pure::words::{Look, Tone};
use crate::screens::recipes::approval;
use crate::state::load::Doing;
use crate::state::{Load, stores};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::plan::{Plan, Scheduled};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::schedule::{DeleteSchedule, PreviewSchedule, Schedule, When};

/// When it would run, as a row of the plan; `open` while that can still be decided on.
pub(super) fn when(plan: &Plan, open: bool) -> Option<AnyView> {
    let when = plan.when.clone()?;
    let words = capital(&when.words());
    let title = when.to_string();
    Some(
        view! {
            <div class="plan-row" data-test="plan-when">
                <span class="plan-label">"When"</span>
                <div class="grow plan-when">
                    <p class="selectable strong" title=title>{words}</p>
                    {open.then(|| next_runs(when))}
                    {(open && plan.risk >= Risk::Critical).then(critical)}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// The next due times, as the back end counts them.
fn next_runs(when: When) -> AnyView {
    let shown = RwSignal::new(Load::Waiting);
    spawn_local(async move {
        let answer = api::call(PreviewSchedule { when }).await;
        shown.try_set(Load::from_result(answer.map(|preview| preview.next)));
    });
    let inside = move || match shown.get() {
        Load::Waiting => view! { <span class="faint">"Next runs …"</span> }.into_any(),
        Load::Ready(next) => times(&next),
        Load::Failed(problem) => view! { <span class="tone-warn">{problem.detail}</span> }.into_any(),
    };
    view! { <div class="plan-next soft" data-test="plan-next">{inside}</div> }.into_any()
}

fn times(next: &[Timestamp]) -> AnyView {
    let label = if next.len() == 1 { "Runs" } else { "Next runs" };
    let times = next.iter().map(|at| view! { <li>{moment(*at)}</li> }).collect_view();
    view! { <span class="faint">{label}</span><ol>{times}</ol> }.into_any()
}

/// Why there is nothing to press.
fn critical() -> AnyView {
    view! {
        <p class="row tone-critical tinted" data-test="plan-critical-later">
            {small_icon(Icon::Critical)}
            <span>"Critical needs a person each time, so it cannot be scheduled. Ask for it without the time when it is to be done."</span>
        </p>
    }
    .into_any()
}

/// What came of it: the schedule by name, its next run, and a way to take it back.
pub(super) fn scheduled(known: Scheduled) -> AnyView {
    let doing = Doing::new();
    let id = known.id;
    let now = Memo::new(move |_| {
        stores().recipes.schedules.value.with(|all| match all {
            Load::Ready(all) => Load::Ready(all.iter().find(|schedule| schedule.id == id).cloned()),
            Load::Failed(problem) => Load::Failed(problem.clone()),
            Load::Waiting => Load::Waiting,
        })
    });
    let inside = move || match now.get() {
        Load::Ready(Some(schedule)) => there(schedule, doing),
        Load::Ready(None) => view! {
            <div class="row wrap">
                {look_badge(Look { icon: Icon::Skip, tone: Tone::Plain, word: "removed", busy: false })}
                <span class="soft">"The schedule “"{known.name.clone()}"” was removed. Its recipe is kept."</span>
            </div>
        }
        .into_any(),
        Load::Waiting | Load::Failed(_) => {
            view! { <span class="soft">"Scheduled as "<span class="strong">{known.name.clone()}</span></span> }
                .into_any()
        }
    };
    view! {
        <div class="card-strip stack" data-test="plan-scheduled">
            {inside}
            {problem::maybe(doing.problem)}
        </div>
    }
    .into_any()
}

fn there(schedule: Schedule, doing: Doing) -> AnyView {
    let (name, open, gone) = (schedule.name.clone(), schedule.name.clone(), schedule.name.clone());
    let next = match (schedule.enabled, schedule.next.first().copied()) {
        (false, _) => view! { "held" }.into_any(),
        (true, Some(at)) => view! { "next "{moment(at)} }.into_any(),
        (true, None) => view! { "not any more" }.into_any(),
    };
    view! {
        <div class="row wrap">
            {look_badge(Look { icon: Icon::Clock, tone: Tone::Ok, word: "scheduled", busy: false })}
            {Button::new(name)
                .quiet()
                .small()
                .class("link strong")
                .title("Open the schedule")
                .test("open-schedule")
                .on(move || stores().recipes.show_schedule(&open))
                .view()}
            <span class="soft">{next}</span>
            {look_badge(approval(&schedule))}
            <span class="grow"></span>
            {Button::new("Remove schedule")
                .danger()
                .small()
                .icon(Icon::Trash)
                .title(format!("Deletes the schedule “{gone}” with its history and its standing approval. Its recipe is kept."))
                .test("remove-schedule")
                .busy(doing.busy)
                .on(move || doing.run(DeleteSchedule { name: gone.clone() }, |()| stores().recipes.refresh()))
                .view()}
        </div>
    }
    .into_any()
}
