//! The audit records about a job: its plan, its approval, its start and its end.

use crate::api;
use crate::components::empty::waiting;
use crate::components::scroller::scroller;
use crate::components::{Button, EmptyState, moment, problem_card, small_icon};
use crate::pure::icons::Icon;
use crate::state::job::LiveJob;
use crate::state::navigation::Screen;
use crate::state::{Load, stores};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::audit::{AuditRecord, ListAudit};
use wheelhouse_protocol::job::JobDetail;

/// Records that mention the job or its plan, oldest first: the approval came before there was a job.
pub(super) async fn records(detail: &JobDetail) -> Result<Vec<AuditRecord>, Problem> {
    let ask = |text: String| api::call(ListAudit { text, ..ListAudit::default() });
    let mut all = ask(detail.summary.id.to_string()).await?;
    all.extend(ask(detail.summary.plan.to_string()).await?);
    all.sort_by_key(|record| record.seq);
    all.dedup_by_key(|record| record.seq);
    Ok(all)
}

/// The records.
pub(super) fn audit(job: LiveJob) -> AnyView {
    let found = RwSignal::new(Load::<Vec<AuditRecord>>::Waiting);
    let state = Memo::new(move |_| job.picture.with(|p| p.state));
    Effect::new(move |_| {
        // What happens to the job is written down: ask again.
        state.track();
        let Some(detail) = job.detail.with_untracked(|d| d.ready().cloned()) else { return };
        spawn_local(async move {
            found.try_set(Load::from_result(records(&detail).await));
        });
    });
    let inside = move || {
        match found.get() {
        Load::Waiting => waiting(),
        Load::Failed(problem) => problem_card(problem),
        Load::Ready(records) if records.is_empty() => EmptyState {
            icon: Icon::Shield,
            title: "No record mentions this job",
            text: "Every job leaves records when it starts and ends. Verify the chain: something may have removed them.".to_owned(),
            actions: Button::new("Go to the audit chain").on(|| stores().navigation.go(Screen::Settings)).view(),
        }
        .view(),
        Load::Ready(records) => view! {
            <p class="soft">"Each record holds the hash of the one before it; a changed or missing one is found by verifying the chain in Settings."</p>
            <div class="records" data-test="audit-records">{records.into_iter().map(one).collect_view()}</div>
        }
        .into_any(),
    }
    };
    scroller("job-audit", "page", view! { <div class="stack">{inside}</div> }.into_any())
}

fn one(record: AuditRecord) -> AnyView {
    let open = RwSignal::new(false);
    let detail = serde_json::to_string_pretty(&record.detail).unwrap_or_default();
    let hash = record.hash.clone();
    let short = record.hash.get(..12).unwrap_or(&record.hash).to_owned();
    view! {
        <div class="record" data-test="audit-record">
            <div class="record-line">
                <button
                    type="button"
                    class="record-open"
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    on:click=move |_| open.update(|o| *o = !*o)
                >
                    {move || small_icon(if open.get() { Icon::ChevronDown } else { Icon::ChevronRight })}
                    <span class="faint record-n">{format!("#{}", record.seq)}</span>
                    <span class="strong">{record.what.clone()}</span>
                </button>
                <span class="soft truncate">{record.who.clone()}</span>
                <span class="soft">{moment(record.at)}</span>
                {Button::new(short)
                    .quiet()
                    .small()
                    .class("hash mono")
                    .title("SHA-256 of this record. Click to copy.")
                    .on(move || stores().toasts.copy("Hash", hash.clone()))
                    .view()}
            </div>
            {move || open.get().then(|| view! { <pre class="record-detail selectable" tabindex="0">{detail.clone()}</pre> })}
        </div>
    }
    .into_any()
}
