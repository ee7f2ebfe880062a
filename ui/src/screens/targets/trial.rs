//! A connection test: its phases, how long they took, and exactly what went wrong.

use super::host_key;
use super::place::{Part, place};
use crate::components::icon::{look_icon, looked};
use crate::components::unlock::unlock;
use crate::components::{Button, moment, problem_card};
use crate::pure::format::capital;
use crate::pure::icons::Icon;
use crate::pure::reaching::{Came, Phase, phases};
use crate::pure::trial::Trial;
use crate::pure::words::{Look, Tone};
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::inventory::{ConnectionKind, Target, TestResult};
use wheelhouse_protocol::{ProblemCode, TargetId};

/// How the last test ended, or what is known without one.
pub(super) fn trial(id: TargetId, target: Memo<Option<Target>>) -> AnyView {
    let trial = Memo::new(move |_| {
        let trial = stores().inventory.trials.with(|t| t.get(&id).cloned());
        trial.filter(|trial| target.with(|t| t.as_ref().is_none_or(|t| trial.holds(t))))
    });
    let local = move || {
        target.with_untracked(|t| {
            t.as_ref().and_then(|t| t.spec.usable_connection()).is_some_and(|c| c.kind == ConnectionKind::Local)
        })
    };
    let known = Memo::new(move |_| target.with(|t| t.as_ref().map(|t| (t.last_contact, t.last_failure.clone()))));
    view! {
        <section class="trial" role="status" data-test="trial">
            {move || match trial.get() {
                None => before(known),
                Some(Trial::Running) => running(local()),
                Some(Trial::Done { result, .. }) => match *result {
                    Ok(result) => ended(id, local(), result),
                    Err(problem) if matches!(problem.code, ProblemCode::VaultLocked) => view! {
                        {problem_card(problem)}
                        {unlock(false, move || stores().inventory.test(id))}
                    }
                    .into_any(),
                    Err(problem) => problem_card(problem),
                },
            }}
        </section>
    }
    .into_any()
}

fn still(icon: Icon, tone: Tone, word: &'static str) -> Look {
    Look { icon, tone, word, busy: false }
}

/// What is known from before the page was opened.
fn before(known: Memo<Option<(Option<wheelhouse_protocol::Timestamp>, String)>>) -> AnyView {
    (move || {
        let (contact, failure) = known.get().unwrap_or_default();
        match (contact, failure.is_empty()) {
            (contact, false) => view! {
                <p>{looked(still(Icon::Unreachable, Tone::Error, "The last attempt failed"))}</p>
                <p class="selectable">{capital(&failure)}"."</p>
                {contact.map(|at| view! { <p class="soft">"It answered last at "{moment(at)}"."</p> })}
            }
            .into_any(),
            (Some(at), true) => view! {
                <p class="row">{looked(still(Icon::Ok, Tone::Ok, "It answered"))}<span class="soft">{moment(at)}</span></p>
            }
            .into_any(),
            (None, true) => view! {
                <p class="row">
                    {looked(still(Icon::Minus, Tone::Plain, "Never contacted"))}
                    <span class="soft">"Test it to see whether it answers."</span>
                </p>
            }
            .into_any(),
        }
    })
    .into_any()
}

fn running(local: bool) -> AnyView {
    let began = crate::web::now();
    let elapsed = move || {
        let seconds = crate::pure::format::seconds_between(began, stores().clock.get());
        if seconds < 1.0 { String::new() } else { crate::pure::format::duration(seconds.floor()) }
    };
    let word = if local { "Running a command" } else { "Connecting and logging in" };
    view! {
        <p class="row">
            {looked(Look { icon: Icon::Retry, tone: Tone::Accent, word, busy: true })}
            <span class="faint">{elapsed}</span>
        </p>
    }
    .into_any()
}

fn ended(id: TargetId, local: bool, result: TestResult) -> AnyView {
    let seen = rows(phases(local, &result));
    match result {
        TestResult::Ok { latency_ms, .. } => view! {
            <p class="row between">
                {looked(still(Icon::Ok, Tone::Ok, "It answers"))}
                <span data-test="latency">{format!("{latency_ms} ms in all")}</span>
            </p>
            {seen}
        }
        .into_any(),
        TestResult::HostKeyUnknown { presented } => view! {
            {seen}
            {host_key::unknown(id, presented)}
        }
        .into_any(),
        TestResult::HostKeyChanged { presented, accepted } => view! {
            {seen}
            {host_key::changed(id, presented, accepted)}
        }
        .into_any(),
        TestResult::Failed { problem } => {
            let mend = matches!(
                problem.code,
                ProblemCode::AuthenticationFailed | ProblemCode::Unreachable | ProblemCode::InvalidInput
            );
            let edit = mend.then(|| {
                Button::new("Check the connection")
                    .small()
                    .icon(Icon::Edit)
                    .test("check-connection")
                    .on(|| place().part.set(Part::Edit))
                    .view()
            });
            view! {
                <p>{looked(still(Icon::Unreachable, Tone::Error, "The test failed"))}</p>
                {seen}
                {problem_card(problem)}
                {edit.map(|edit| view! { <div class="row">{edit}</div> })}
            }
            .into_any()
        }
    }
}

fn rows(phases: Vec<Phase>) -> AnyView {
    let rows = phases
        .into_iter()
        .map(|phase| {
            let look = match phase.came {
                Came::Through => still(Icon::Check, Tone::Ok, "done"),
                Came::Waits => still(Icon::Warning, Tone::Warn, "waits for you"),
                Came::Failed => still(Icon::Error, Tone::Error, "failed here"),
                Came::NotReached => still(Icon::Minus, Tone::Plain, "not reached"),
            };
            let note = if phase.note.is_empty() { look.word.to_owned() } else { phase.note };
            view! {
                <li class=format!("phase {}", look.tone.class())>
                    {look_icon(look)}
                    <span class="grow">{phase.name}</span>
                    <span class="phase-note">{note}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="phases" data-test="phases">{rows}</ol> }.into_any()
}
