//! The page of one job.

use super::actions::Actions;
use super::{audit, log, matrix, plan};
use crate::components::empty::waiting;
use crate::components::icon::look_badge;
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, problem_card};
use crate::pure::format::count;
use crate::pure::icons::Icon;
use crate::pure::words;
use crate::screens::chat::whole_bar;
use crate::state::job::LiveJob;
use crate::state::jobs::JobTab;
use crate::state::{Load, stores};
use leptos::prelude::*;
use wheelhouse_protocol::job::JobDetail;

/// The page.
pub(super) fn page(job: LiveJob) -> AnyView {
    let problem = Memo::new(move |_| job.detail.with(|d| if let Load::Failed(p) = d { Some(p.clone()) } else { None }));
    let there = Memo::new(move |_| job.detail.with(|d| d.ready().is_some()));
    view! {
        <section class="screen" data-test="job-page" data-job=job.id.to_string()>
            {move || {
                if let Some(problem) = problem.get() {
                    return bare(view! {
                        {problem_card(problem)}
                        <div class="row">{Button::new("Try again").icon(Icon::Retry).test("job-again").on(move || job.load()).view()}</div>
                    }.into_any());
                }
                if !there.get() {
                    return bare(waiting());
                }
                match job.detail.with_untracked(|d| d.ready().cloned()) {
                    Some(detail) => {
                        super::take_keyboard();
                        whole(job, &detail)
                    }
                    None => bare(waiting()),
                }
            }}
        </section>
    }
    .into_any()
}

fn back() -> AnyView {
    Button::new("All jobs").quiet().icon(Icon::ChevronLeft).test("all-jobs").on(|| stores().jobs.open.set(None)).view()
}

/// Before anything is known of it, or when nothing can be.
fn bare(inside: AnyView) -> AnyView {
    view! {
        <div class="screen-main">
            <header class="screen-head">{back()}<h1>"Job"</h1></header>
            <div class="page stack">{inside}</div>
        </div>
    }
    .into_any()
}

fn whole(job: LiveJob, detail: &JobDetail) -> AnyView {
    let lines = Memo::new(move |_| {
        let told = job.detail.with(|d| d.ready().map_or(0, |d| d.log_lines));
        told.max(job.picture.with(|p| p.log_lines))
    });
    let parts = vec![
        Tab::new(JobTab::Progress, "Progress".to_owned(), "tab-progress"),
        Tab::new(JobTab::Log, Signal::derive(move || format!("Log  {}", count(lines.get()))), "tab-log"),
        Tab::new(JobTab::Plan, "Plan and scripts".to_owned(), "tab-plan"),
        Tab::new(JobTab::Audit, "Audit".to_owned(), "tab-audit"),
    ];
    let request = detail.summary.request.clone();
    let actions = Actions::new(job);
    let again = Memo::new(move |_| actions.again.with(Option::is_some));
    view! {
        <div class="screen-main">
            <header class="screen-head job-head">
                {back()}
                <h1 class="truncate grow" title=detail.summary.sentence.clone() data-test="job-title">{detail.summary.sentence.clone()}</h1>
                {look_badge(words::risk(detail.summary.risk))}
                <div class="screen-actions">{actions.buttons()}</div>
            </header>
            <div class="job-strip">
                <p class="soft truncate selectable" title=request.clone() data-test="job-request">"“"{request.clone()}"”"</p>
                {whole_bar(job)}
                {actions.problems()}
                <div class="row">
                    {tabs("Parts of the job", parts, stores().jobs.tab, |tab| stores().jobs.tab.set(tab))}
                    <span class="grow"></span>
                    {super::plan::who(detail)}
                </div>
            </div>
            {move || if again.get() { actions.plan() } else { match stores().jobs.tab.get() {
                JobTab::Progress => matrix::progress(job),
                JobTab::Log => log::log(job),
                JobTab::Plan => plan::plan(job),
                JobTab::Audit => audit::audit(job),
            }}}
        </div>
        {super::cell::beside(job)}
    }
    .into_any()
}
