//! One step on one target: how it went, and what it wrote.

use crate::components::icon::look_badge;
use crate::components::log_view::{LogView, matching};
use crate::components::panel::side_panel;
use crate::components::{Button, moment, problem_card};
use crate::pure::format::{duration, seconds_between};
use crate::pure::icons::Icon;
use crate::pure::log_buffer::LogFilter;
use crate::pure::words;
use crate::state::job::LiveJob;
use crate::state::jobs::JobTab;
use crate::state::stores;
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::job::RollbackOutcome;
use wheelhouse_protocol::picture::Cell;

/// The panel, while a cell of the matrix is open.
pub(super) fn beside(job: LiveJob) -> AnyView {
    let open = Memo::new(move |_| {
        let here = stores().jobs.tab.get() == JobTab::Progress;
        stores().jobs.step.get().zip(stores().jobs.target.get()).filter(|_| here)
    });
    (move || open.get().map(|(step, target)| panel(job, step, target))).into_any()
}

fn panel(job: LiveJob, step: u32, target: u32) -> AnyView {
    let named = job.detail.with_untracked(|d| {
        let plan = &d.ready()?.plan;
        Some((plan.targets.get(target as usize)?.name.clone(), plan.steps.get(step as usize)?.title.clone()))
    });
    let Some((name, title)) = named else { return ().into_any() };
    job.want_log();
    let cell = Memo::new(move |_| {
        job.picture
            .with(|p| p.cells.get(step as usize).and_then(|row| row.get(target as usize)).cloned().unwrap_or_default())
    });
    let follow = RwSignal::new(cell.with_untracked(|c| !c.state.is_final()));
    let filter = Signal::stored(LogFilter { target: Some(target), step: Some(step), ..LogFilter::default() });
    let places = matching(job.log, filter);
    let state = Memo::new(move |_| cell.with(|c| c.state));
    let empty = move || {
        let text = if state.get().is_final() { "It wrote nothing." } else { "It has written nothing yet." };
        view! { <p class="soft cell-silent">{text}</p> }.into_any()
    };
    let close = || stores().jobs.step.set(None);
    let inside = view! {
        <div class="cell-facts">
            <p class="soft">{format!("Step {}: {title}", step + 1)}</p>
            {move || cell.with(facts)}
        </div>
        {move || job.log_problem.get().map(problem_card)}
        <div class="cell-log" data-test="cell-log">
            {LogView { log: job.log, filter, places, names: Arc::new(Vec::new()), follow, mark: Signal::stored(None), whose: false, empty: Box::new(empty) }.view()}
        </div>
    };
    let to_log = Button::new("Open in the job's log")
        .quiet()
        .only_icon(Icon::Open)
        .test("cell-to-log")
        .on(|| stores().jobs.tab.set(JobTab::Log))
        .view();
    side_panel(name, "cell-panel", to_log, close, inside.into_any())
}

fn facts(cell: &Cell) -> AnyView {
    let times = match (cell.started_at, cell.finished_at) {
        (Some(from), Some(to)) => Some(view! { {moment(from)}", took "{duration(seconds_between(from, to))} }.into_any()),
        (Some(from), None) => Some(
            view! { {moment(from)}", "{move || duration(seconds_between(from, stores().clock.get()).round())}" so far" }
                .into_any(),
        ),
        (None, _) => None,
    };
    let rollback = cell.rollback.map(|outcome| match outcome {
        RollbackOutcome::RolledBack => {
            view! { <span class="tinted tone-ok">"The machine is as it was."</span> }.into_any()
        }
        RollbackOutcome::Stuck => {
            view! { <span class="tinted tone-error">"Undoing failed too: somebody must look."</span> }.into_any()
        }
    });
    let fact = |name: &'static str, value: AnyView| view! { <dt>{name}</dt><dd class="selectable">{value}</dd> };
    view! {
        <dl class="facts">
            {fact("State", look_badge(words::cell(cell.state)))}
            {(!cell.detail.is_empty()).then(|| fact("Said", cell.detail.clone().into_any()))}
            {cell.exit_code.map(|code| fact("Exit code", code.to_string().into_any()))}
            {rollback.map(|r| fact("Undone", r))}
            {times.map(|t| fact("Started", t))}
        </dl>
    }
    .into_any()
}
