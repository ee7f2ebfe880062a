//! The log of one job: filtered, followed, taken along.

use crate::components::field::Input;
use crate::components::log_view::{LogView, count as fitting, matching};
use crate::components::select::{Choice, choices, select};
use crate::components::{Button, EmptyState, problem_card};
use crate::pure::format::{count, plural};
use crate::pure::icons::Icon;
use crate::pure::log_buffer::LogFilter;
use crate::pure::log_text::plain;
use crate::state::job::LiveJob;
use crate::state::stores;
use crate::web;
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::job::Level;

/// The log.
pub(super) fn log(job: LiveJob) -> AnyView {
    let Some(detail) = job.detail.with_untracked(|d| d.ready().cloned()) else { return ().into_any() };
    job.want_log();
    let level = RwSignal::new(None::<Level>);
    let text = RwSignal::new(String::new());
    let follow = RwSignal::new(job.picture.with_untracked(|p| !p.state.is_final()));
    let filter = Signal::derive(move || LogFilter {
        target: stores().jobs.target.get(),
        step: stores().jobs.step.get(),
        level: level.get(),
        text: text.get().trim().to_lowercase(),
    });
    let names: Arc<Vec<String>> = Arc::new(detail.plan.targets.iter().map(|t| t.name.clone()).collect());
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let mut targets: Vec<Choice> = vec![(String::new(), format!("All {}", plural(names.len(), "target", "targets")))];
    targets.extend(names.iter().enumerate().map(|(i, name)| (i.to_string(), name.clone())));
    let mut steps: Vec<Choice> = vec![(String::new(), "All steps".to_owned())];
    steps.extend(detail.plan.steps.iter().enumerate().map(|(i, s)| (i.to_string(), format!("{}  {}", i + 1, s.title))));
    let levels = choices(&[("", "Every level"), ("warning", "Warnings and worse"), ("error", "Errors and worse")]);
    let places = matching(job.log, filter);
    let shown = Memo::new(move |_| {
        let places = places.get();
        job.log.with(|log| (fitting(log, &places), log.lines().len(), log.forgotten()))
    });
    let said = move || {
        let (fit, all, forgotten) = shown.get();
        let mut said = if fit == all {
            plural(all, "line", "lines")
        } else {
            format!("{} of {}", count(fit as u64), plural(all, "line", "lines"))
        };
        if forgotten > 0 {
            said.push_str(&format!("; the oldest {} are in the JSON export only", count(forgotten)));
        }
        said
    };
    let clear = move || {
        stores().jobs.target.set(None);
        stores().jobs.step.set(None);
        level.set(None);
        text.set(String::new());
    };
    let copied = Arc::clone(&names);
    let over = Memo::new(move |_| job.picture.with(|p| p.state.is_final()));
    let empty = move || {
        let (title, text) = match (filter.get().is_open(), over.get()) {
            (false, _) => ("No line fits", "Nothing the machines wrote has this target, step, level and text."),
            (true, true) => {
                ("Nothing was written", "The scripts of this job wrote nothing, and connecting needed no second try.")
            }
            (true, false) => ("Nothing was written yet", "Lines appear here as the machines write them."),
        };
        let action = if filter.get().is_open() {
            ().into_any()
        } else {
            Button::new("Show every line").test("log-show-all").on(clear).view()
        };
        EmptyState { icon: Icon::Terminal, title, text: text.to_owned(), actions: action }.view()
    };
    view! {
        <div class="log-tools row">
            {select("Target", Signal::stored(targets), Signal::derive(move || number(stores().jobs.target.get())), "log-target", |n| {
                stores().jobs.target.set(n.parse().ok());
            })}
            {(detail.plan.steps.len() > 1).then(|| select("Step", Signal::stored(steps), Signal::derive(move || number(stores().jobs.step.get())), "log-step", |n| {
                stores().jobs.step.set(n.parse().ok());
            }))}
            {select("Level", Signal::stored(levels), Signal::derive(move || level.get().map_or(String::new(), |l| l.as_str().to_owned())), "log-level", move |name| {
                level.set(Level::parse(&name));
            })}
            {Input::search(text, "Search in this log").test("log-text").view()}
            <span class="faint dense nowrap" data-test="log-shown" aria-live="polite">{said}</span>
            {move || {
                (!filter.with(LogFilter::is_open)).then(|| Button::new("Show all").quiet().small().class("link").test("log-clear").on(clear).view())
            }}
            <span class="grow"></span>
            {Button::new("Copy what is shown")
                .quiet()
                .only_icon(Icon::Copy)
                .test("log-copy")
                .on(move || {
                    let filter = filter.get_untracked();
                    let local = web::local_at(web::now());
                    let text = job.log.with_untracked(|log| plain(log.lines().iter().filter(|l| filter.takes(l)), &copied, &local));
                    stores().toasts.copy("The log", text);
                })
                .view()}
            {Button::new("Follow")
                .icon(Icon::Follow)
                .title("Keeps the newest line in sight until you scroll up.")
                .test("log-follow")
                .pressed(follow)
                .on(move || follow.update(|f| *f = !*f))
                .view()}
        </div>
        {move || job.log_problem.get().map(|p| view! { <div class="log-problem">{problem_card(p)}{Button::new("Try again").on(move || job.want_log()).view()}</div> })}
        {LogView { log: job.log, filter, places, names, follow, mark: stores().jobs.line.into(), whose: true, empty: Box::new(empty) }.view()}
    }
    .into_any()
}
