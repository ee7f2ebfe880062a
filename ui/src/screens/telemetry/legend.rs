//! The legend: what each line is, its newest value or the one under the pointer, and whether it is seen.

use crate::components::Button;
use crate::pure::format::value;
use crate::pure::icons::Icon;
use crate::pure::series_name::called;
use crate::state::stores;
use crate::web;
use leptos::prelude::*;
use wheelhouse_protocol::Timestamp;

/// The row of series.
pub(super) fn legend(cursor: RwSignal<Option<f64>>) -> AnyView {
    let clock =
        |t: f64| Timestamp::from_millisecond(t as i64).map(|t| web::local_at(t).clock_millis(t)).unwrap_or_default();
    let at = move || match (cursor.get(), stores().telemetry.paused.get()) {
        (Some(t), _) => format!("at {}", clock(t)),
        (None, Some(t)) => format!("paused at {}", clock(t)),
        (None, None) => "now".to_owned(),
    };
    view! {
        <div class="legend" role="group" aria-label="Legend" data-test="legend">
            {move || stores().telemetry.chosen.get().into_iter().enumerate().map(|(i, name)| entry(i, name, cursor)).collect_view()}
            <span class="grow"></span>
            <span class="faint dense nowrap" data-test="legend-at">{at}</span>
        </div>
    }
    .into_any()
}

fn entry(place: usize, name: String, cursor: RwSignal<Option<f64>>) -> AnyView {
    let (of, flipped, gone) = (name.clone(), name.clone(), name.clone());
    let shown = Signal::derive(move || stores().telemetry.hidden.with(|h| !h.contains(&of)));
    let read = name.clone();
    let text = move || {
        // Once a second is as fast as figures can be read.
        stores().clock.track();
        stores().telemetry.repaint.track();
        let at = cursor.get().or(stores().telemetry.paused.get());
        let within = stores().telemetry.span.get() * 20.0;
        stores()
            .telemetry
            .held(&read, |held| {
                let point = at.map_or_else(|| held.samples.last(), |t| held.samples.near(t, within));
                let figure = point.map_or_else(|| "–".to_owned(), |p| value(p.v));
                if held.unit.is_empty() { figure } else { format!("{figure} {}", held.unit) }
            })
            .unwrap_or_else(|| "–".to_owned())
    };
    let label = called(&name);
    let full = name.clone();
    view! {
        <span class="legend-entry">
            <button
                type="button"
                class="legend-toggle"
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                title=move || format!("{full}. Click to {} it.", if shown.get() { "hide" } else { "show" })
                data-test=format!("legend-{name}")
                on:click=move |_| {
                    stores().telemetry
                        .hidden
                        .update(|hidden| match hidden.iter().position(|h| *h == flipped) {
                            Some(at) => {
                                hidden.remove(at);
                            }
                            None => hidden.push(flipped.clone()),
                        });
                }
            >
                <span class="legend-line" style:background=format!("var(--series-{})", place + 1) aria-hidden="true"></span>
                <span class="truncate">{label.clone()}</span>
                <span class="legend-value">{text}</span>
            </button>
            {Button::new(format!("Take {label} out of the plot"))
                .quiet()
                .class("legend-remove")
                .only_icon(Icon::Cross)
                .test(format!("unplot-{name}"))
                .on(move || stores().telemetry.toggle(&gone))
                .view()}
        </span>
    }
    .into_any()
}
