//! The audit chain: who asked, who approved and what ran, each record sealing the one before it.

use super::rows::Setting;
use crate::components::field::Input;
use crate::components::{Button, ago, empty, moment, problem, small_icon};
use crate::pure::format::{count, shorten};
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::time::Duration;
use wheelhouse_protocol::audit::{AuditRecord, AuditReport, ListAudit};

/// How many records are shown at first, and with each further click.
const PAGE: u32 = 25;

/// Checking the chain.
pub(super) fn verify() -> Setting {
    let store = &stores().settings;
    let (verifying, verified) = (store.verifying, store.verified);
    let control = view! {
        {Button::new("Verify the chain")
            .icon(Icon::Shield)
            .test("audit-verify")
            .busy(verifying.busy)
            .on(|| stores().settings.verify_audit())
            .view()}
    };
    let result = move || {
        verified.get().map(|(at, report)| {
            view! {
                {found(&report)}
                <span class="faint dense">{ago(at)}</span>
            }
        })
    };
    Setting {
        title: "Verify",
        what: "Recomputes every hash from the first record on, and says where the chain first breaks, if it does.",
        words: "hash integrity tamper record log history",
        default: None,
        problem: verifying.problem,
        wide: false,
        control: view! {
            <div class="audit-verify">
                {control}
                <div class="row wrap end" role="status" data-test="audit-result">{result}</div>
            </div>
        }
        .into_any(),
    }
}

fn found(report: &AuditReport) -> AnyView {
    match report.broken_at {
        None => view! {
            <span class="look tone-ok">{small_icon(Icon::Ok)}<span>{format!("whole: {} records", count(report.records))}</span></span>
            <span class="mono faint" title=format!("The hash of the last record: {}", report.head)>
                {report.head.chars().take(12).collect::<String>()}
            </span>
        }
        .into_any(),
        Some(at) => view! {
            <span class="look tone-error audit-broken">
                {small_icon(Icon::Error)}
                <span>{format!("broken at record {at} of {}: {}", count(report.records), report.reason)}</span>
            </span>
        }
        .into_any(),
    }
}

/// The last records.
pub(super) fn records() -> Setting {
    let doing = Doing::new();
    let text = RwSignal::new(String::new());
    let shown = RwSignal::new(None::<Vec<AuditRecord>>);
    let more = RwSignal::new(false);
    let load = move |after: bool| {
        let before =
            if after { shown.with_untracked(|s| s.as_ref().and_then(|s| s.last()).map(|r| r.seq)) } else { None };
        let command = ListAudit { limit: PAGE, before, text: text.get_untracked().trim().to_owned() };
        doing.run(command, move |records| {
            more.try_set(records.len() == PAGE as usize);
            shown.try_update(|s| match s {
                Some(there) if after => there.extend(records),
                _ => *s = Some(records),
            });
        });
    };
    // Whatever is verified is also what is shown.
    Effect::new(move |_| {
        stores().settings.verified.track();
        load(false);
    });
    let timer = RwSignal::new(None::<TimeoutHandle>);
    let later = move || {
        // The screen may have been left.
        if text.try_get_untracked().is_some() {
            load(false);
        }
    };
    let search = move |_: String| {
        if let Some(timer) = timer.get_untracked() {
            timer.clear();
        }
        timer.set(set_timeout_with_handle(later, Duration::from_millis(200)).ok());
    };
    let list = move || match shown.get() {
        None => doing.problem.with(Option::is_none).then(empty::waiting).into_any(),
        Some(records) if records.is_empty() => {
            let said = if text.with_untracked(String::is_empty) {
                "Nothing was recorded yet. What is asked, approved and run will stand here."
            } else {
                "No record mentions that."
            };
            view! { <p class="soft audit-none">{said}</p> }.into_any()
        }
        Some(records) => records.into_iter().map(record).collect_view().into_any(),
    };
    Setting {
        title: "Last records",
        what: "Newest first. Open one for its particulars and its seal.",
        words: "audit history log who approved ran",
        default: None,
        problem: RwSignal::new(None),
        wide: true,
        control: view! {
            <div class="audit" data-test="audit-records">
                <div class="row">
                    {Input::text(text).class("audit-search").label("Records that mention").placeholder("Mentions: a job, a host, a hash…").test("audit-search").on_input(search).view()}
                    {Button::new("Load again").quiet().only_icon(Icon::Retry).test("audit-reload").busy(doing.busy).on(move || load(false)).view()}
                </div>
                {problem::maybe(doing.problem)}
                <div class="audit-list">{list}</div>
                {move || {
                    more.get()
                        .then(|| Button::new("Show more").small().icon(Icon::ChevronDown).test("audit-more").busy(doing.busy).on(move || load(true)).view())
                }}
            </div>
        }
        .into_any(),
    }
}

/// One record, folded.
fn record(record: AuditRecord) -> AnyView {
    let detail = serde_json::to_string_pretty(&record.detail).unwrap_or_default();
    let line = shorten(&record.detail.to_string(), 160);
    view! {
        <details class="audit-record" data-test="audit-record">
            <summary>
                <span class="chevron">{small_icon(Icon::ChevronRight)}</span>
                <span class="faint end">{record.seq}</span>
                {moment(record.at)}
                <span class="truncate strong">{record.what.clone()}</span>
                <span class="truncate">{record.who.clone()}</span>
                <span class="truncate faint mono">{line}</span>
            </summary>
            <div class="audit-detail selectable">
                <pre>{detail}</pre>
                <dl class="facts dense">
                    <dt>"Hash"</dt>
                    <dd class="mono">{record.hash.clone()}</dd>
                    <dt>"Seals"</dt>
                    <dd class="mono">{record.previous.clone()}</dd>
                </dl>
            </div>
        </details>
    }
    .into_any()
}
