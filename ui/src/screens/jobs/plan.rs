//! The plan as it was approved, and the scripts as they ran.

use crate::components::icon::look_badge;
use crate::components::scroller::scroller;
use crate::components::{Button, moment, small_icon};
use crate::pure::format::{capital, plural};
use crate::pure::icons::Icon;
use crate::pure::words;
use crate::screens::chat::{scripts, way};
use crate::state::job::LiveJob;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::job::JobDetail;
use wheelhouse_protocol::plan::{PlanStep, PlanTarget};

/// Hosts listed at first.
const FEW: usize = 24;

/// Who wanted it, in one line.
pub(super) fn who(detail: &JobDetail) -> AnyView {
    let said = match (&detail.approved_by, detail.approved_at) {
        (Some(who), Some(at)) => {
            view! { "approved by "<span class="strong">{who.clone()}</span>" "{moment(at)} }.into_any()
        }
        _ => view! { "started by "<span class="strong">{detail.summary.who.clone()}</span>", reads only" }.into_any(),
    };
    view! { <span class="soft dense job-who" data-test="job-who">{small_icon(Icon::User)}<span>{said}</span></span> }
        .into_any()
}

/// The plan.
pub(super) fn plan(job: LiveJob) -> AnyView {
    let Some(detail) = job.detail.with_untracked(|d| d.ready().cloned()) else { return ().into_any() };
    let single = detail.plan.steps.len() == 1;
    let steps = detail
        .plan
        .steps
        .iter()
        .enumerate()
        .map(|(n, step)| one_step(n, step, &detail.plan.targets, single))
        .collect_view();
    let inside = view! {
        <div class="plan-page">
            {approval(&detail)}
            <section class="stack">
                <h2>"Steps and scripts, as they were sent"</h2>
                <ol class="plan-steps" data-test="job-steps">{steps}</ol>
            </section>
            {hosts(&detail)}
        </div>
    };
    scroller("job-plan", "page", inside.into_any())
}

fn approval(detail: &JobDetail) -> AnyView {
    let hash = detail.summary.hash.to_string();
    let copied = hash.clone();
    let id = detail.summary.id.to_string();
    let copied_id = id.clone();
    let approved = match (&detail.approved_by, detail.approved_at) {
        (Some(who), Some(at)) => {
            view! { <span>{who.clone()}", "{moment(at)}", bound to the hash below"</span> }.into_any()
        }
        _ => view! { <span>"Not needed: it only reads. Started by "{detail.summary.who.clone()}"."</span> }.into_any(),
    };
    view! {
        <section class="stack" data-test="job-approval">
            <h2>"Approval"</h2>
            <dl class="facts">
                <dt>"Request"</dt>
                <dd class="selectable">{detail.summary.request.clone()}</dd>
                <dt>"Risk"</dt>
                <dd>{look_badge(words::risk(detail.summary.risk))}</dd>
                <dt>"Approved by"</dt>
                <dd>{approved}</dd>
                <dt>"Plan hash"</dt>
                <dd class="fact-copy">
                    <span class="mono selectable">{hash}</span>
                    {Button::new("Copy the plan's hash").quiet().small().only_icon(Icon::Copy).on(move || stores().toasts.copy("Plan hash", copied.clone())).view()}
                </dd>
                <dt>"Job"</dt>
                <dd class="fact-copy">
                    <span class="mono selectable">{id}</span>
                    {Button::new("Copy the job's id").quiet().small().only_icon(Icon::Copy).on(move || stores().toasts.copy("Job id", copied_id.clone())).view()}
                </dd>
                <dt>"Strategy"</dt>
                <dd>{capital(&detail.plan.strategy.to_string())}</dd>
            </dl>
        </section>
    }
    .into_any()
}

fn one_step(n: usize, step: &PlanStep, targets: &[PlanTarget], open: bool) -> AnyView {
    let open = RwSignal::new(open);
    let kept = StoredValue::new((step.clone(), targets.to_vec()));
    let mark = match (step.mutates, step.reversible()) {
        (false, _) => view! { <span class="faint dense">"reads only"</span> }.into_any(),
        (true, true) => {
            view! { <span class="look tone-ok dense">{small_icon(Icon::Undo)}"reversible"</span> }.into_any()
        }
        (true, false) => {
            view! { <span class="look tone-warn dense">{small_icon(Icon::Warning)}"cannot be undone"</span> }.into_any()
        }
    };
    view! {
        <li class="plan-step">
            <div class="row">
                <button
                    type="button"
                    class="record-open"
                    data-test="step-toggle"
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    on:click=move |_| open.update(|o| *o = !*o)
                >
                    {move || small_icon(if open.get() { Icon::ChevronDown } else { Icon::ChevronRight })}
                    <span class="step-n">{n + 1}</span>
                    <span class="strong truncate">{step.title.clone()}</span>
                </button>
                {mark}
            </div>
            {move || open.get().then(|| kept.with_value(|(step, targets)| scripts(step, targets)))}
        </li>
    }
    .into_any()
}

fn hosts(detail: &JobDetail) -> AnyView {
    let targets = detail.plan.targets.clone();
    let total = targets.len();
    let all = RwSignal::new(total <= FEW);
    let rows = move || {
        let limit = if all.get() { usize::MAX } else { FEW };
        targets
            .iter()
            .take(limit)
            .map(|target| {
                view! {
                    <div class="host-line">
                        <span class="strong truncate">{target.name.clone()}</span>
                        <span class="soft truncate mono">{way(target)}</span>
                        <span class="faint truncate" title=target.why.clone()>{target.why.clone()}</span>
                    </div>
                }
            })
            .collect_view()
    };
    let left = detail.plan.left_out.iter().map(|left| {
        view! {
            <li class="look tone-warn">
                {small_icon(Icon::Skip)}
                <span><span class="strong">{left.name.clone()}</span><span class="soft">" was left out: "{left.reason.clone()}</span></span>
            </li>
        }
    });
    view! {
        <section class="stack" data-test="job-hosts">
            <h2>{plural(total, "host", "hosts")}</h2>
            <div class="host-lines selectable">{rows}</div>
            {move || (!all.get()).then(|| Button::new(format!("Show all {total}")).quiet().small().class("link").on(move || all.set(true)).view())}
            <ul class="left-out">{left.collect_view()}</ul>
        </section>
    }
    .into_any()
}
