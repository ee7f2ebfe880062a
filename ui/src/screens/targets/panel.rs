//! One target beside the table.

use super::details::details;
use super::form;
use super::place::{Beside, Part, place};
use crate::api;
use crate::components::empty::waiting;
use crate::components::panel::side_panel;
use crate::components::scroller::scroller;
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, looked, moment, problem_card};
use crate::pure::icons::Icon;
use crate::pure::mention;
use crate::pure::words;
use crate::state::jobs::JobTab;
use crate::state::{Load, stores};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::inventory::Target;
use wheelhouse_protocol::job::{GetJob, JobSummary, ListJobs};
use wheelhouse_protocol::{Problem, TargetId};

/// Jobs listed in the panel.
const LATEST: u32 = 50;

/// The panel.
pub(super) fn panel(id: TargetId) -> AnyView {
    let place = place();
    let target = Memo::new(move |_| stores().inventory.target(id));
    // A target that was removed is no longer looked at.
    Effect::new(move |_| {
        if stores().inventory.is_there() && target.with(Option::is_none) {
            place.done_with(Beside::Target(id));
        }
    });
    let title = Signal::derive(move || target.with(|t| t.as_ref().map(|t| t.spec.name.clone())).unwrap_or_default());
    let name = title;
    let there = Memo::new(move |_| target.with(Option::is_some));
    let inside = view! {
        <div class="panel-tabs">
            {tabs(
                "Parts of the target",
                vec![
                    Tab::new(Part::Details, "Details", "tab-details"),
                    Tab::new(Part::Edit, "Edit", "tab-edit"),
                    Tab::new(Part::Jobs, "Jobs", "tab-jobs"),
                ],
                place.part,
                move |part| place.show_part(part),
            )}
        </div>
        {move || {
            if !there.get() {
                return waiting();
            }
            match place.part.get() {
                Part::Details => details(id, target),
                Part::Edit => target.get_untracked().map_or_else(waiting, form::edit_target),
                Part::Jobs => jobs(id, name.get_untracked()),
            }
        }}
    };
    side_panel(title, "target-panel", test_button(target), move || place.close(), inside.into_any())
}

fn test_button(target: Memo<Option<Target>>) -> AnyView {
    let id = move || target.with(|t| t.as_ref().map(|t| t.id));
    let busy = Signal::derive(move || {
        let running = crate::pure::trial::Trial::Running;
        id().is_some_and(|id| stores().inventory.trials.with(|t| t.get(&id) == Some(&running)))
    });
    Button::new("Test")
        .icon(Icon::Link)
        .title("Connect, log in, run a command that does nothing, and look what machine it is.")
        .test("test-target")
        .busy(busy)
        .on(move || {
            if let Some(id) = untrack(id) {
                place().show_part(Part::Details);
                stores().inventory.test(id);
            }
        })
        .view()
}

/// The jobs that name it or work on it. The program finds parts of names as well, so that those whose
/// words do not name this one are kept only if it is among their targets.
///
/// Says too whether there are older ones that were not looked at.
async fn jobs_of(id: TargetId, name: String) -> Result<(Vec<JobSummary>, bool), Problem> {
    let found = api::call(ListJobs { text: name.clone(), limit: LATEST, ..ListJobs::default() }).await?;
    let more = found.len() >= LATEST as usize;
    let mut ours = Vec::new();
    for job in found {
        let named = mention::names(&job.request, &name) || mention::names(&job.sentence, &name);
        if named || api::call(GetJob { job: job.id }).await?.plan.targets.iter().any(|t| t.id == id) {
            ours.push(job);
        }
    }
    Ok((ours, more))
}

/// The list of them.
fn jobs(id: TargetId, name: String) -> AnyView {
    let found = RwSignal::new(Load::Waiting);
    let asked = name.clone();
    spawn_local(async move {
        found.try_set(Load::from_result(jobs_of(id, asked).await));
    });
    let inside = move || match found.get() {
        Load::Waiting => waiting(),
        Load::Failed(problem) => problem_card(problem),
        Load::Ready((jobs, false)) if jobs.is_empty() => {
            let text = format!("No job has named {name} yet. Ask for something in the chat: “is {name} up?”");
            view! { <p class="soft" data-test="no-jobs">{text}</p> }.into_any()
        }
        Load::Ready((jobs, more)) => {
            let rows = jobs.into_iter().map(job).collect_view();
            let older = more.then(|| {
                let text = format!("Of the newest {LATEST} jobs with these letters. Search the Jobs screen for “{name}” to see older ones.");
                view! { <p class="soft" data-test="older-jobs">{text}</p> }
            });
            view! { <div class="stack" data-test="target-jobs">{rows}{older}</div> }.into_any()
        }
    };
    scroller("target-jobs", "panel-body", inside.into_any())
}

fn job(job: JobSummary) -> AnyView {
    let id = job.id;
    view! {
        <button type="button" class="panel-job" data-test="target-job" on:click=move |_| stores().jobs.show(id, JobTab::Progress)>
            <span class="grow truncate" title=job.sentence.clone()>{job.sentence.clone()}</span>
            {looked(words::job(job.state))}
            <span class="faint dense">{moment(job.created_at)}</span>
        </button>
    }
    .into_any()
}
