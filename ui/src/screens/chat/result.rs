//! What a job came to: one sentence, what the machines said, and what can be done next.

use super::follow_up::{retry_button, verify_button};
use crate::components::Button;
use crate::components::problem::maybe;
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::words;
use crate::state::job::LiveJob;
use crate::state::jobs::JobTab;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use std::collections::BTreeMap;
use wheelhouse_protocol::job::{CellState, Phase, Stream};
use wheelhouse_protocol::picture::JobPicture;

/// Hosts spoken of one by one.
const SPOKEN: usize = 8;
/// Lines shown per host.
const LINES: usize = 14;

/// What came of it.
pub(super) fn result(job: LiveJob) -> AnyView {
    let detail = job.detail.with_untracked(|d| d.ready().cloned());
    let Some(detail) = detail else { return ().into_any() };
    let names: Vec<String> = detail.plan.targets.iter().map(|t| t.name.clone()).collect();
    let few = names.len() <= SPOKEN;
    if few && detail.log_lines <= 400 {
        job.want_log();
    }
    let sentence = {
        let names = names.clone();
        move || job.picture.with(|p| outcome(p, &names))
    };
    let said = move || few.then(|| answers(job, &names));
    view! {
        <div class="job-result" data-test="job-result">
            <p class="selectable job-sentence" data-test="result-sentence">{sentence}</p>
            {said}
            {actions(job)}
        </div>
    }
    .into_any()
}

/// `3 changed, 1 unreachable: web-05 — connection refused after 3 tries.`
fn outcome(picture: &JobPicture, names: &[String]) -> AnyView {
    let counts = picture.counts().sentence();
    let bad: Vec<(usize, CellState)> = (0..picture.targets())
        .map(|i| (i, picture.target_state(i)))
        .filter(|(_, s)| matches!(s, CellState::Failed | CellState::Unreachable | CellState::Unknown))
        .collect();
    let mut reasons: Vec<String> = bad
        .iter()
        .take(3)
        .filter_map(|(i, state)| {
            let cell = picture.cells.iter().filter_map(|row| row.get(*i)).find(|c| c.state == *state)?;
            let name = names.get(*i)?;
            Some(if cell.detail.is_empty() {
                format!("{name} — {state}")
            } else {
                format!("{name} — {}", cell.detail)
            })
        })
        .collect();
    if bad.len() > 3 {
        reasons.push(format!("and {}", plural(bad.len() - 3, "other", "others")));
    }
    let why = match (reasons.is_empty(), picture.detail.is_empty()) {
        (false, _) => format!(": {}.", reasons.join("; ")),
        (true, false) => format!(". {}", picture.detail),
        (true, true) => ".".to_owned(),
    };
    let tone = words::job(picture.state).tone.class();
    view! { <span class=format!("strong look {tone}")>{counts}</span><span>{why}</span> }.into_any()
}

/// What each host said.
fn answers(job: LiveJob, names: &[String]) -> AnyView {
    let names = names.to_vec();
    let rows = move || {
        let lines = output(job);
        job.picture.with(|p| {
            names
                .iter()
                .enumerate()
                .filter_map(|(i, name)| {
                    let details: Vec<String> = p
                        .cells
                        .iter()
                        .filter_map(|row| row.get(i))
                        .filter(|c| c.state.is_good() && !c.detail.is_empty())
                        .map(|c| c.detail.clone())
                        .collect();
                    let lines = lines.get(&i).cloned().unwrap_or_default();
                    (!details.is_empty() || !lines.is_empty()).then(|| answer(name, &details, &lines))
                })
                .collect_view()
        })
    };
    view! { <div class="answers">{rows}</div> }.into_any()
}

fn answer(name: &str, details: &[String], lines: &[String]) -> AnyView {
    let more = lines.len().saturating_sub(LINES);
    let shown = lines.iter().skip(more).cloned().collect::<Vec<_>>().join("\n");
    let any = !lines.is_empty();
    view! {
        <div class="answer" data-test="answer">
            <span class="answer-name strong truncate" title=name.to_owned()>{name.to_owned()}</span>
            <div class="grow stack">
                {details.iter().map(|d| view! { <p class="selectable">{d.clone()}</p> }).collect_view()}
                {(more > 0).then(|| view! { <p class="faint dense">{plural(more, "line before these", "lines before these")}</p> })}
                {any.then(|| view! { <pre class="answer-lines selectable" tabindex="0">{shown}</pre> })}
            </div>
        </div>
    }
    .into_any()
}

/// What the scripts wrote, by host: not what they do on the way there.
fn output(job: LiveJob) -> BTreeMap<usize, Vec<String>> {
    job.log.with(|log| {
        let mut by_host: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for line in log.lines() {
            if line.phase == Phase::Run && matches!(line.stream, Stream::Out | Stream::Err) {
                by_host.entry(line.target as usize).or_default().push(line.text.clone());
            }
        }
        by_host
    })
}

fn actions(job: LiveJob) -> AnyView {
    let (retry, verify) = (Doing::new(), Doing::new());
    view! {
        <div class="row wrap end">
            {verify_button(job, verify)}
            // The plan comes into this conversation by itself.
            {retry_button(job, retry, |button| button, |_| {})}
            {Button::new("Open the log").quiet().icon(Icon::Terminal).test("open-log").on(move || stores().jobs.show(job.id, JobTab::Log)).view()}
            {Button::new("Open the job").quiet().icon(Icon::Open).test("open-job").on(move || stores().jobs.show(job.id, JobTab::Progress)).view()}
        </div>
        {maybe(retry.problem)}
        {maybe(verify.problem)}
    }
    .into_any()
}
