//! The table of jobs.

use super::search;
use crate::components::empty::waiting;
use crate::components::field::Input;
use crate::components::select::{Choice, select};
use crate::components::table::{Column, Table};
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, EmptyState, looked, moment, problem_card};
use crate::pure::format::{count, duration, seconds_between};
use crate::pure::icons::Icon;
use crate::pure::job_search;
use crate::pure::order::Key;
use crate::pure::words;
use crate::shell::screen::screen;
use crate::state::jobs::{JobTab, LISTED};
use crate::state::navigation::Screen;
use crate::state::{Load, stores};
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::job::{Counts, JobState, JobSummary};

/// The table, or the search in all logs.
pub(super) fn list() -> AnyView {
    let parts =
        vec![Tab::new(false, "Jobs".to_owned(), "tab-jobs"), Tab::new(true, "Search in logs".to_owned(), "tab-logs")];
    let tools = view! {
        {tabs("What is listed", parts, stores().jobs.searching, |on| stores().jobs.searching.set(on))}
        {move || if stores().jobs.searching.get() { search::field() } else { filters() }}
    };
    let say =
        Button::new("New request").icon(Icon::Plus).title("Say in Chat what should happen.").test("new-request").on(
            || {
                stores().navigation.go(Screen::Chat);
                crate::screens::chat::focus_input();
            },
        );
    let content = move || if stores().jobs.searching.get() { search::hits() } else { table() };
    screen("Jobs".into_any(), tools.into_any(), say.view(), content.into_any(), ().into_any())
}

fn states() -> Vec<Choice> {
    let mut choices = vec![(String::new(), "Every state".to_owned())];
    for state in [
        JobState::Queued,
        JobState::Running,
        JobState::Cancelling,
        JobState::Succeeded,
        JobState::Failed,
        JobState::Cancelled,
        JobState::Interrupted,
    ] {
        choices.push((state.as_str().to_owned(), crate::pure::format::capital(state.as_str())));
    }
    choices
}

fn filters() -> AnyView {
    let listed = Memo::new(move |_| stores().jobs.list.value.with(|l| l.ready().map(Vec::len)));
    let shown = Memo::new(move |_| stores().jobs.rows().len());
    let said = move || {
        let any = stores().jobs.search().is_any();
        listed.get().map(|listed| job_search::scope(shown.get(), listed, LISTED as usize, any))
    };
    // What the program finds beyond the list is missing then.
    let failed = Signal::derive(move || {
        let any = stores().jobs.search().is_any();
        stores().jobs.found.value.with(|f| match f {
            Load::Failed(problem) if any => Some(problem.to_string()),
            _ => None,
        })
    });
    view! {
        {Input::search(stores().jobs.text, "Search requests and targets").test("jobs-search").on_input(|_| stores().jobs.find()).view()}
        {select(
            "State",
            Signal::stored(states()),
            Signal::derive(move || stores().jobs.state.get().map(|s| s.as_str().to_owned()).unwrap_or_default()),
            "jobs-state",
            |name| {
                stores().jobs.state.set(JobState::parse(&name));
                stores().jobs.find();
            },
        )}
        <span class="faint dense nowrap" data-test="jobs-shown" aria-live="polite">{said}</span>
        {move || failed.get().map(|why| {
            let why = format!("Older jobs and targets' names were not searched. {why}");
            view! { <span class="look tone-error dense truncate" role="alert" title=why.clone() data-test="jobs-search-failed">{why.clone()}</span> }
        })}
    }
    .into_any()
}

fn table() -> AnyView {
    // Three things to show; the rows themselves change within.
    let problem = Memo::new(move |_| {
        stores().jobs.list.value.with(|l| if let Load::Failed(p) = l { Some(p.clone()) } else { None })
    });
    let there = Memo::new(move |_| stores().jobs.list.value.with(|l| l.ready().is_some()));
    let rows = Memo::new(move |_| Arc::new(stores().jobs.rows()));
    (move || {
        if let Some(problem) = problem.get() {
            return view! {
                <div class="page stack">
                    {problem_card(problem)}
                    <div class="row">{Button::new("Try again").icon(Icon::Retry).test("jobs-again").on(|| stores().jobs.refresh()).view()}</div>
                </div>
            }
            .into_any();
        }
        if !there.get() {
            return view! { <div class="page">{waiting()}</div> }.into_any();
        }
        super::take_keyboard();
        Table {
            id: "jobs",
            label: "Jobs",
            rows: rows.into(),
            columns: columns(),
            key: |job| job.id.to_string(),
            open: Arc::new(|job: &JobSummary| {
                let tab = if job.state.is_final() { stores().jobs.tab.get_untracked() } else { JobTab::Progress };
                stores().jobs.show(job.id, tab);
            }),
            current: Signal::stored(None),
            checked: None,
            sort: ("started", true),
            row_class: |_| "",
            empty,
        }
        .view()
    })
    .into_any()
}

fn columns() -> Vec<Column<JobSummary>> {
    vec![
        Column::<JobSummary>::new("state", "State", "118px", |job| looked(words::job(job.state)))
            .sorted(|job| Key::Text(job.state.as_str().to_owned())),
        Column::<JobSummary>::new("what", "What", "minmax(240px, 3fr)", |job| {
            view! {
                <span class="truncate" title=format!("“{}”", job.request)>
                    <span class="job-sentence-cell">{job.sentence.clone()}</span>
                </span>
            }
            .into_any()
        })
        .sorted(|job| Key::Text(job.sentence.clone())),
        Column::<JobSummary>::new("request", "Request", "minmax(160px, 2fr)", |job| {
            view! { <span class="truncate soft" title=job.request.clone()>{job.request.clone()}</span> }.into_any()
        })
        .sorted(|job| Key::Text(job.request.clone()))
        .hidden(),
        Column::<JobSummary>::new("hosts", "Hosts", "minmax(236px, 1fr)", |job| hosts(&job.counts)).sorted(|job| {
            let c = &job.counts;
            Key::Number(Some(f64::from(c.failed + c.unreachable + c.unknown + c.skipped)))
        }),
        Column::<JobSummary>::new("risk", "Risk", "112px", |job| looked(words::risk(job.risk)))
            .sorted(|job| Key::Number(Some(f64::from(job.risk as u8)))),
        Column::<JobSummary>::new("who", "Who", "88px", |job| {
            view! { <span class="truncate soft">{job.who.clone()}</span> }.into_any()
        })
        .sorted(|job| Key::Text(job.who.clone())),
        Column::<JobSummary>::new("started", "Started", "104px", |job| match job.started_at {
            Some(at) => moment(at),
            None => view! { <span class="faint">"not yet"</span> }.into_any(),
        })
        .sorted(|job| Key::Number(Some(job.started_at.unwrap_or(job.created_at).as_millisecond() as f64))),
        Column::<JobSummary>::new("finished", "Finished", "104px", |job| {
            view! { {job.finished_at.map(moment)} }.into_any()
        })
        .sorted(|job| Key::Number(job.finished_at.map(|at| at.as_millisecond() as f64)))
        .hidden(),
        Column::<JobSummary>::new("duration", "Duration", "92px", took)
            .sorted(|job| Key::Number(seconds(job)))
            .at_end(),
        Column::<JobSummary>::new("steps", "Steps", "64px", |job| view! { {job.steps.to_string()} }.into_any())
            .sorted(|job| Key::Number(Some(f64::from(job.steps))))
            .hidden()
            .at_end(),
        Column::<JobSummary>::new("id", "Job", "88px", |job| {
            view! { <span class="mono faint" title=job.id.to_string()>{job.id.short()}</span> }.into_any()
        })
        .hidden(),
    ]
}

/// How long it took; while it runs, how long so far.
fn took(job: &JobSummary) -> AnyView {
    match (job.started_at, job.finished_at) {
        (Some(from), Some(to)) => duration(seconds_between(from, to)).into_any(),
        (Some(from), None) => view! {
            <span class="soft">{move || duration(seconds_between(from, stores().clock.get()).floor())}</span>
        }
        .into_any(),
        (None, _) => ().into_any(),
    }
}

fn seconds(job: &JobSummary) -> Option<f64> {
    job.started_at.zip(job.finished_at).map(|(from, to)| seconds_between(from, to))
}

/// How many hosts ended well, badly, or not yet: a bar and words.
fn hosts(counts: &Counts) -> AnyView {
    let good = counts.changed + counts.unchanged;
    let bad = counts.failed + counts.unreachable;
    let rest = [
        (good, "ok", "tone-ok"),
        (bad, "failed", "tone-error"),
        (counts.unknown, "unknown", "tone-unknown"),
        (counts.skipped, "skipped", "tone-plain"),
        (counts.open, "open", "tone-accent"),
    ];
    let parts = rest.iter().filter(|(n, ..)| *n > 0).map(|(n, _, tone)| {
        view! { <span class=format!("share {tone}") style:flex-grow=n.to_string()></span> }
    });
    // Three words have room; the bar and the tip say the rest.
    let said = rest.iter().filter(|(n, ..)| *n > 0).take(3).map(|(n, word, tone)| {
        view! { <span class=format!("tinted {tone}")>{count(u64::from(*n))}" "{*word}</span> }
    });
    view! {
        <span class="shares" aria-hidden="true">{parts.collect_view()}</span>
        <span class="hosts-said truncate" title=counts.sentence()>{said.collect_view()}</span>
    }
    .into_any()
}

fn empty() -> AnyView {
    let filtered = untrack(|| stores().jobs.state.get().is_some() || stores().jobs.text.with(|t| !t.trim().is_empty()));
    if filtered {
        return EmptyState {
            icon: Icon::Filter,
            title: "No job fits",
            text: "No job has this state, and this text in its request, its sentence or its targets.".to_owned(),
            actions: Button::new("Show every job")
                .test("jobs-clear")
                .on(|| {
                    stores().jobs.text.set(String::new());
                    stores().jobs.state.set(None);
                })
                .view(),
        }
        .view();
    }
    let tries = untrack(|| stores().inventory.suggestions()).into_iter().map(|words| {
        let said = words.clone();
        Button::new(words)
            .on(move || {
                stores().chat.put_into_input(said.clone());
                stores().navigation.go(Screen::Chat);
                crate::screens::chat::focus_input();
            })
            .view()
    });
    EmptyState {
        icon: Icon::Jobs,
        title: "Nothing has run yet",
        text: "Say in Chat what should happen. What you approve runs as a job, and everything it did stays here."
            .to_owned(),
        actions: tries.collect_view().into_any(),
    }
    .view()
}
