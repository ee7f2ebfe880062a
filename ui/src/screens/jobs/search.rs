//! A text in the logs of all jobs.

use crate::components::empty::waiting;
use crate::components::field::Input;
use crate::components::log_view::{found, kind};
use crate::components::table::{Column, Table};
use crate::components::{EmptyState, moment, problem_card};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::order::Key;
use crate::state::jobs::{HITS, JobTab, LEAST};
use crate::state::{Load, stores};
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::job::LogHit;

/// Where the text is typed.
pub(super) fn field() -> AnyView {
    let said = move || {
        let enough = stores().jobs.log_text.with(|t| t.trim().chars().count() >= LEAST);
        let hits = stores().jobs.hits.value.with(|h| h.ready().map(Vec::len))?;
        enough.then(|| match hits {
            n if n >= HITS as usize => format!("the newest {}", plural(n, "line", "lines")),
            n => plural(n, "line", "lines"),
        })
    };
    view! {
        {Input::search(stores().jobs.log_text, "Search in the logs of all jobs")
            .class("long")
            .test("logs-search")
            .focus()
            .on_input(|_| stores().jobs.search_logs())
            .view()}
        <span class="faint dense nowrap" data-test="logs-found" aria-live="polite">{said}</span>
    }
    .into_any()
}

/// The lines that were found.
pub(super) fn hits() -> AnyView {
    let asked = Memo::new(move |_| stores().jobs.log_text.with(|t| t.trim().chars().count() >= LEAST));
    let problem = Memo::new(move |_| {
        stores().jobs.hits.value.with(|h| if let Load::Failed(p) = h { Some(p.clone()) } else { None })
    });
    let there = Memo::new(move |_| stores().jobs.hits.value.with(|h| h.ready().is_some()));
    let rows = Memo::new(move |_| Arc::new(stores().jobs.hits.value.with(|h| h.ready().cloned()).unwrap_or_default()));
    // What was said by others since may be found too.
    stores().jobs.search_logs();
    (move || {
        if !asked.get() {
            return EmptyState {
                icon: Icon::Search,
                title: "Search what machines said",
                text: "Two characters or more: every line every job wrote is looked through, the newest job first."
                    .to_owned(),
                actions: ().into_any(),
            }
            .view();
        }
        if let Some(problem) = problem.get() {
            return view! { <div class="page">{problem_card(problem)}</div> }.into_any();
        }
        if !there.get() {
            return view! { <div class="page">{waiting()}</div> }.into_any();
        }
        Table {
            id: "log-hits",
            label: "Lines found",
            rows: rows.into(),
            columns: columns(),
            key: |hit| format!("{}/{}", hit.job, hit.line.n),
            open: Arc::new(open),
            current: Signal::stored(None),
            checked: None,
            sort: ("when", true),
            row_class: |_| "",
            empty: || {
                EmptyState {
                    icon: Icon::Search,
                    title: "No line has this text",
                    text: "Upper and lower case make no difference; everything else does.".to_owned(),
                    actions: ().into_any(),
                }
                .view()
            },
        }
        .view()
    })
    .into_any()
}

/// Opens the log at the line.
fn open(hit: &LogHit) {
    stores().jobs.show(hit.job, JobTab::Log);
    stores().jobs.target.set(Some(hit.line.target));
    stores().jobs.step.set(Some(hit.line.step));
    stores().jobs.line.set(Some(hit.line.n));
}

fn columns() -> Vec<Column<LogHit>> {
    vec![
        Column::<LogHit>::new("when", "When", "104px", |hit| moment(hit.line.at))
            .sorted(|hit| Key::Number(Some(hit.line.at.as_millisecond() as f64))),
        Column::<LogHit>::new("target", "Target", "112px", |hit| {
            view! { <span class="truncate" title=hit.target.clone()>{hit.target.clone()}</span> }.into_any()
        })
        .sorted(|hit| Key::Text(hit.target.clone())),
        Column::<LogHit>::new("kind", "Kind", "72px", |hit| {
            let (word, tone) = kind(&hit.line);
            view! { <span class=format!("tinted {tone}")>{word}</span> }.into_any()
        })
        .sorted(|hit| Key::Text(kind(&hit.line).0.to_owned())),
        Column::<LogHit>::new("text", "Line", "minmax(280px, 3fr)", |hit| {
            let needle = stores().jobs.log_text.get_untracked().trim().to_lowercase();
            view! { <span class="truncate mono" title=hit.line.text.clone()>{found(&hit.line.text, &needle)}</span> }
                .into_any()
        }),
        Column::<LogHit>::new("job", "Job", "minmax(180px, 2fr)", |hit| {
            view! { <span class="truncate soft" title=hit.sentence.clone()>{hit.sentence.clone()}</span> }.into_any()
        })
        .sorted(|hit| Key::Text(hit.sentence.clone())),
    ]
}
