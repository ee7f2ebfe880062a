//! The list of series to choose from, by topic, with how often each comes.

use super::close;
use crate::components::field::{Input, check};
use crate::components::panel::side_panel;
use crate::components::{Button, empty, problem_card};
use crate::pure::format::{rate, value};
use crate::pure::icons::Icon;
use crate::pure::order::natural;
use crate::pure::series_name::{called, group};
use crate::state::telemetry::MOST;
use crate::state::{Load, stores};
use leptos::prelude::*;
use wheelhouse_protocol::telemetry::{ListSeries, SeriesInfo};

/// The most series listed at once: what is looked for is typed.
const LISTED: usize = 200;

/// The panel.
pub(super) fn panel() -> AnyView {
    let search = RwSignal::new(String::new());
    // Rates change all the time; once a second is as fast as they can be read.
    Effect::new(move |_| {
        stores().clock.track();
        stores().telemetry.series.ask(ListSeries::default);
    });
    let chosen = move || stores().telemetry.chosen.with(Vec::len);
    let state = Memo::new(move |_| {
        stores().telemetry.series.value.with(|s| match s {
            Load::Waiting => None,
            Load::Ready(_) => Some(Ok(())),
            Load::Failed(problem) => Some(Err(problem.clone())),
        })
    });
    // Only the names decide what rows there are; rates and values change within them.
    let rows = Memo::new(move |_| {
        let query = search.get().to_lowercase();
        let mut names: Vec<String> = stores().telemetry.series.value.with(|s| {
            let fits = |s: &&SeriesInfo| s.name.to_lowercase().contains(&query) || called(&s.name).contains(&query);
            s.ready().into_iter().flatten().filter(fits).map(|s| s.name.clone()).collect()
        });
        names.sort_by(|a, b| natural(a, b));
        let more = names.len().saturating_sub(LISTED);
        names.truncate(LISTED);
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for name in names {
            let of = group(&name);
            match groups.iter_mut().find(|(g, _)| *g == of) {
                Some((_, members)) => members.push(name),
                None => groups.push((of, vec![name])),
            }
        }
        (groups, more)
    });
    let list = move || {
        let (groups, more) = rows.get();
        if groups.is_empty() {
            return nothing(search);
        }
        view! {
            {groups
                .into_iter()
                .map(|(title, names)| {
                    view! {
                        <section class="series-group" role="group" aria-label=title.clone()>
                            <h3 class="truncate">{title.clone()}</h3>
                            {names.into_iter().map(row).collect_view()}
                        </section>
                    }
                })
                .collect_view()}
            {(more > 0).then(|| view! { <p class="field-hint">{format!("{more} more: type a part of the name.")}</p> })}
        }
        .into_any()
    };
    side_panel(
        "Series",
        "series-panel",
        view! { <span class="faint dense nowrap">{move || format!("{} of {MOST}", chosen())}</span> }.into_any(),
        close,
        view! {
            <div class="series-search">{Input::search(search, "Search series").class("wide").test("series-search").view()}</div>
            {move || {
                (chosen() >= MOST)
                    .then(|| view! { <p class="field-hint series-note">{format!("The plot holds {MOST} series. Take one out to add another.")}</p> })
            }}
            <div class="panel-body scroller series-list">
                {move || match state.get() {
                    None => empty::waiting(),
                    Some(Err(problem)) => problem_card(problem),
                    Some(Ok(())) => list(),
                }}
            </div>
        }
        .into_any(),
    )
}

fn nothing(search: RwSignal<String>) -> AnyView {
    let text = if search.with(String::is_empty) { "No series yet." } else { "No series is called that." };
    view! {
        <p class="soft">{text}</p>
        <div class="row">{Button::new("Set up the MQTT link").small().icon(Icon::Link).test("series-link").on(super::show_link).view()}</div>
    }
    .into_any()
}

fn row(name: String) -> AnyView {
    let (of, flipped, read) = (name.clone(), name.clone(), name.clone());
    let on = Signal::derive(move || stores().telemetry.chosen.with(|c| c.contains(&of)));
    let full = Signal::derive(move || !on.get() && stores().telemetry.chosen.with(|c| c.len() >= MOST));
    let info = Memo::new(move |_| {
        stores().telemetry.series.value.with(|s| s.ready().and_then(|all| all.iter().find(|s| s.name == read).cloned()))
    });
    let in_group = group(&name);
    let called = called(&name);
    let short = called.strip_prefix(&in_group).unwrap_or(&called).to_owned();
    view! {
        <div class="series-row" class:full=move || full.get() title=name.clone()>
            {check(short, on, format!("series-{name}"), move |_| stores().telemetry.toggle(&flipped))}
            <span class="series-figure">
                {move || {
                    info.with(|i| {
                        let info = i.as_ref()?;
                        let figure = info.last.map_or_else(|| "–".to_owned(), |p| value(p.v));
                        Some(format!("{figure} {}", info.unit).trim().to_owned())
                    })
                }}
            </span>
            <span class="series-rate faint">{move || info.with(|i| i.as_ref().map(|i| rate(i.rate)))}</span>
        </div>
    }
    .into_any()
}
