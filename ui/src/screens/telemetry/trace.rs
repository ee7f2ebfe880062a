//! The plot with its legend.

use super::{legend, show_series};
use crate::components::plot::{Band, Line, Picture, plot};
use crate::components::{Button, EmptyState, problem};
use crate::pure::format::value;
use crate::pure::icons::Icon;
use crate::pure::lanes::lanes;
use crate::pure::series_name::called;
use crate::state::stores;
use leptos::prelude::*;

/// The plot, or what to do where nothing is chosen.
pub(super) fn trace() -> AnyView {
    let cursor = RwSignal::new(None::<f64>);
    let stale = RwSignal::new(true);
    Effect::new(move |_| {
        stores().telemetry.chosen.track();
        stores().telemetry.hidden.track();
        stores().telemetry.span.track();
        stores().telemetry.paused.track();
        stores().telemetry.repaint.track();
        cursor.track();
        stale.set(true);
    });
    let none = Memo::new(move |_| stores().telemetry.chosen.with(Vec::is_empty));
    view! {
        <div class="trace">
            {problem::maybe(stores().telemetry.problem)}
            {move || {
                if none.get() {
                    return EmptyState {
                        icon: Icon::Telemetry,
                        title: "Nothing is plotted",
                        text: "Choose series: those of the simulated spacecraft, or any that come over MQTT.".to_owned(),
                        actions: Button::new("Choose series").primary().icon(Icon::Plus).test("choose-series").on(show_series).view(),
                    }
                        .view();
                }
                plot(
                    Signal::derive(said),
                    picture,
                    stale,
                    Signal::derive(move || stores().telemetry.paused.with(Option::is_none)),
                    stores().telemetry.span.into(),
                    cursor,
                )
            }}
            {move || (!none.get()).then(|| legend::legend(cursor))}
        </div>
    }
    .into_any()
}

/// The plot in a sentence, for those who do not see it.
fn said() -> String {
    stores().clock.track();
    let values: Vec<String> = stores()
        .telemetry
        .chosen
        .get()
        .iter()
        .filter_map(|name| {
            let (last, unit) = stores().telemetry.held(name, |held| (held.samples.last(), held.unit.clone()))?;
            Some(format!("{} {} {unit}", called(name), value(last?.v)).trim().to_owned())
        })
        .collect();
    format!("Plot of the last {} min. Newest values: {}.", stores().telemetry.span.get() / 60.0, values.join(", "))
}

/// What is to be seen now, on so many pixels.
fn picture(pixels: f64) -> Picture {
    let to = stores().telemetry.paused.get_untracked().unwrap_or_else(js_sys::Date::now);
    let from = to - stores().telemetry.span.get_untracked() * 1000.0;
    let chosen = stores().telemetry.chosen.get_untracked();
    let hidden = stores().telemetry.hidden.get_untracked();
    let held = stores().telemetry.held.borrow();
    let shown: Vec<(usize, &String)> = chosen.iter().enumerate().filter(|(_, name)| !hidden.contains(name)).collect();
    let named = shown.iter().map(|(_, name)| {
        let unit = held.get(*name).map_or("", |h| h.unit.as_str());
        (name.as_str(), unit)
    });
    let bands = lanes(named)
        .into_iter()
        .map(|lane| Band {
            title: called(&lane.title),
            lines: lane
                .members
                .iter()
                .filter_map(|i| shown.get(*i))
                .map(|(colour, name)| Line {
                    colour: *colour,
                    points: held.get(*name).map(|h| h.samples.window(from, to, pixels as usize)).unwrap_or_default(),
                })
                .collect(),
        })
        .collect();
    let nothing = if shown.is_empty() { "Every series is hidden" } else { "Waiting for samples" };
    Picture { from, to, bands, nothing }
}
