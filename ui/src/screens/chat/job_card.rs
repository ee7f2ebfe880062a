//! A job in the thread: bars, the grid of hosts, the last line, and a way to stop it.

use super::result;
use crate::components::Button;
use crate::components::icon::look_badge;
use crate::components::menu::{MenuItem, menu};
use crate::components::problem::{maybe, problem_card};
use crate::components::progress::{bar, split_bar};
use crate::pure::format::{duration, plural, seconds_between, time_left};
use crate::pure::icons::Icon;
use crate::pure::words;
use crate::state::job::LiveJob;
use crate::state::jobs::JobTab;
use crate::state::load::Doing;
use crate::state::{Load, stores};
use leptos::prelude::*;
use wheelhouse_protocol::JobId;
use wheelhouse_protocol::job::{CancelJob, CellState, JobState};

/// Tiles shown in the thread; the job's page shows all.
const TILES: usize = 60;

/// The job. An older one is looked up only when asked for.
pub(super) fn job_card(id: JobId, recent: bool) -> AnyView {
    let looked_at = RwSignal::new(recent);
    view! {
        <div class="job" data-test="job-card" data-job=id.to_string()>
            {move || {
                if looked_at.get() {
                    live(stores().jobs.live(id))
                } else {
                    view! {
                        <div class="row card-strip">
                            {stores().jobs.summary(id).map(|s| look_badge(words::job(s.state)))}
                            <span class="grow soft">{stores().jobs.summary(id).map(|s| s.counts.sentence())}</span>
                            {Button::new("Show how it went").quiet().small().test("show-outcome").on(move || looked_at.set(true)).view()}
                        </div>
                    }
                    .into_any()
                }
            }}
        </div>
    }
    .into_any()
}

fn live(job: LiveJob) -> AnyView {
    let over = Memo::new(move |_| job.picture.with(|p| p.state.is_final()));
    let there = Memo::new(move |_| job.detail.with(|d| matches!(d, Load::Ready(_))));
    view! {
        {move || job.detail.with(|d| if let Load::Failed(problem) = d { Some(problem_card(problem.clone())) } else { None })}
        {move || there.get().then(|| view! {
            {progress(job)}
            {grid(job)}
            {move || if over.get() { result::result(job) } else { running(job) }}
        })}
    }
    .into_any()
}

/// The class of a bar's colour.
pub(crate) fn bar_tone(state: JobState) -> &'static str {
    match state {
        JobState::Succeeded => "tone-ok",
        JobState::Failed => "tone-error",
        JobState::Cancelled | JobState::Cancelling => "tone-warn",
        JobState::Interrupted => "tone-unknown",
        JobState::Queued | JobState::Running => "tone-accent",
    }
}

/// The whole job's bar, and one per step.
fn progress(job: LiveJob) -> AnyView {
    view! { <div class="job-progress">{whole_bar(job)}{step_bars(job)}</div> }.into_any()
}

/// How the whole job stands, in words and as a bar.
pub(crate) fn whole_bar(job: LiveJob) -> AnyView {
    let state = Memo::new(move |_| job.picture.with(|p| p.state));
    let share = Memo::new(move |_| job.picture.with(|p| p.progress()));
    let times = move || {
        let clock = stores().clock.get();
        job.picture.with(|p| {
            let Some(started) = p.started_at else { return "waiting to start".to_owned() };
            if let Some(finished) = p.finished_at {
                return format!("took {}", duration(seconds_between(started, finished)));
            }
            let elapsed = duration(seconds_between(started, clock).round());
            match p.remaining_seconds(clock) {
                Some(left) if left >= 1.0 => format!("{elapsed} so far, {}", time_left(left)),
                _ => format!("{elapsed} so far"),
            }
        })
    };
    view! {
        <div class="row">
            {move || look_badge(words::job(state.get()))}
            <span class="job-percent strong" data-test="job-percent">{move || format!("{:.0} %", (share.get() * 100.0).floor())}</span>
            <span class="soft grow" data-test="job-times">{times}</span>
            <span class="soft" data-test="job-counts">{move || job.picture.with(|p| p.counts().sentence())}</span>
        </div>
        {bar("Progress of the job", share, Signal::derive(move || bar_tone(state.get())))}
    }
    .into_any()
}

/// A bar per step, where there are several.
pub(crate) fn step_bars(job: LiveJob) -> AnyView {
    let steps = move || {
        let titles =
            job.detail.with(|d| d.ready().map(|d| d.plan.steps.iter().map(|s| s.title.clone()).collect::<Vec<_>>()));
        let titles = titles.unwrap_or_default();
        (titles.len() > 1).then(|| {
            let rows = titles.into_iter().enumerate().map(|(n, title)| step_bar(job, n, title)).collect_view();
            view! { <div class="job-steps">{rows}</div> }
        })
    };
    steps.into_any()
}

fn step_bar(job: LiveJob, n: usize, title: String) -> AnyView {
    let share = Memo::new(move |_| job.picture.with(|p| p.step_progress(n)));
    let done = move || {
        job.picture.with(|p| {
            let row = p.cells.get(n).map(Vec::as_slice).unwrap_or_default();
            let bad = row.iter().filter(|c| c.state.is_final() && !c.state.is_good()).count();
            let ended = row.iter().filter(|c| c.state.is_final()).count();
            (ended, row.len(), bad)
        })
    };
    let tone = Signal::derive(move || match done() {
        (ended, all, _) if ended == all && all > 0 => "tone-ok",
        _ => "tone-accent",
    });
    // What went wrong has its own part of the bar: one host of many does not paint it whole.
    let bad = Memo::new(move |_| match done() {
        (_, 0, _) => 0.0,
        (_, all, bad) => bad as f64 / all as f64,
    });
    let now = move || job.picture.with(|p| p.current_step() == n && !p.state.is_final());
    view! {
        <div class="job-step" class:now=now>
            <span class="step-n">{n + 1}</span>
            <span class="truncate" title=title.clone()>{title.clone()}</span>
            {split_bar(format!("Progress of step {}: {title}", n + 1), share, tone, bad)}
            <span class="soft dense end">{move || { let (ended, all, _) = done(); format!("{ended} of {all}") }}</span>
        </div>
    }
    .into_any()
}

/// One tile per host: icon, colour and word. Those that went wrong come first when not all have room.
fn grid(job: LiveJob) -> AnyView {
    let names = move || {
        job.detail.with(|d| {
            d.ready().map(|d| d.plan.targets.iter().map(|t| t.name.clone()).collect::<Vec<_>>()).unwrap_or_default()
        })
    };
    let order = Memo::new(move |_| {
        let n = names().len();
        let mut order: Vec<usize> = (0..n).collect();
        if n > TILES {
            job.picture.with(|p| {
                order.sort_by_key(|i| match p.target_state(*i) {
                    CellState::Failed | CellState::Unreachable | CellState::Unknown => 0,
                    state if !state.is_final() && state != CellState::Pending => 1,
                    _ => 2,
                });
            });
            order.truncate(TILES);
        }
        order
    });
    let more = move || names().len().saturating_sub(TILES);
    view! {
        <div class="tiles" role="group" aria-label="Hosts" data-test="target-grid">
            <For each=move || order.get() key=|i| *i children=move |i| tile(job, i, names().get(i).cloned().unwrap_or_default()) />
            {move || {
                (more() > 0)
                    .then(|| {
                        Button::new(plural(more(), "more host", "more hosts"))
                            .quiet()
                            .small()
                            .class("tile-more")
                            .on(move || stores().jobs.show(job.id, JobTab::Progress))
                            .view()
                    })
            }}
        </div>
    }
    .into_any()
}

fn tile(job: LiveJob, i: usize, name: String) -> AnyView {
    let state = Memo::new(move |_| job.picture.with(|p| p.target_state(i)));
    let detail = move || {
        job.picture.with(|p| {
            let state = p.target_state(i);
            p.cells
                .iter()
                .filter_map(|row| row.get(i))
                .find(|c| c.state == state)
                .map(|c| c.detail.clone())
                .unwrap_or_default()
        })
    };
    let tip = {
        let name = name.clone();
        move || {
            let detail = detail();
            if detail.is_empty() {
                format!("{name}: {}", state.get())
            } else {
                format!("{name}: {} — {detail}", state.get())
            }
        }
    };
    view! {
        <button
            type="button"
            class=move || format!("tile {}", words::cell(state.get()).tone.class())
            data-test="target-cell"
            data-state=move || state.get().as_str()
            title=tip
            on:click=move |_| {
                stores().jobs.show(job.id, JobTab::Log);
                stores().jobs.target.set(u32::try_from(i).ok());
            }
        >
            {move || crate::components::icon::look_icon(words::cell(state.get()))}
            <span class="tile-name truncate">{name}</span>
            <span class="tile-word">{move || state.get().as_str()}</span>
        </button>
    }
    .into_any()
}

/// The last line, and the way to stop.
fn running(job: LiveJob) -> AnyView {
    let doing = Doing::new();
    let last = move || {
        let names = job
            .detail
            .with(|d| d.ready().map(|d| d.plan.targets.iter().map(|t| t.name.clone()).collect::<Vec<_>>()))?;
        job.picture.with(|p| {
            let row = p.cells.get(p.current_step())?;
            let (i, cell) =
                row.iter().enumerate().filter(|(_, c)| !c.last_line.is_empty()).max_by_key(|(_, c)| c.started_at)?;
            Some(format!("{} │ {}", names.get(i)?, cell.last_line))
        })
    };
    view! {
        <div class="job-foot row">
            <p class="mono faint truncate grow" data-test="last-line">{move || last().unwrap_or_else(|| "…".to_owned())}</p>
            {Button::new("Open the job").quiet().small().icon(Icon::Open).test("open-job").on(move || stores().jobs.show(job.id, JobTab::Progress)).view()}
            {cancel_menu(job, doing, Button::new("Cancel").small())}
        </div>
        {maybe(doing.problem)}
    }
    .into_any()
}

/// The two ways to stop a job.
pub(crate) fn cancel_menu(job: LiveJob, doing: Doing, button: Button) -> AnyView {
    let cancel =
        move |interrupt| doing.run(CancelJob { job: job.id, interrupt }, |summary| stores().jobs.changed(summary));
    menu(button.icon(Icon::Stop).test("cancel-job").busy(doing.busy), move || {
        vec![
            MenuItem::new(Icon::Pause, "Finish what runs, start nothing new", "cancel-finish", move || cancel(false))
                .hint("Scripts that run go on to their end"),
            MenuItem::new(Icon::Stop, "Interrupt", "cancel-interrupt", move || cancel(true))
                .hint("Running scripts are ended; their outcome may be unknown"),
        ]
    })
}
