//! Telemetry: the simulated spacecraft and what comes over MQTT, in one plot.

mod control;
mod figures;
mod legend;
mod link;
mod series;
mod trace;

use crate::components::Button;
use crate::components::tabs::{Tab, tabs};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::shell::screen::screen;
use crate::state::navigation::Screen;
use crate::state::stores;
use crate::state::telemetry::Beside;
use leptos::prelude::*;

/// The screen.
pub(crate) fn telemetry() -> AnyView {
    screen("Telemetry".into_any(), time(), panels(), trace::trace(), beside())
}

/// Which stretch of time, and whether it moves.
fn time() -> AnyView {
    let paused = Signal::derive(|| stores().telemetry.paused.with(Option::is_some));
    let dropped = move || stores().telemetry.dropped.get();
    view! {
        {tabs(
            "Stretch of time",
            vec![
                Tab::new(60_u32, "1 min", "span-60"),
                Tab::new(300, "5 min", "span-300"),
                Tab::new(900, "15 min", "span-900"),
            ],
            Signal::derive(|| stores().telemetry.span.get() as u32),
            |seconds| stores().telemetry.reach(f64::from(seconds)),
        )}
        {move || {
            if paused.get() {
                Button::new("Back to now").small().icon(Icon::Play).test("plot-follow").on(follow).view()
            } else {
                Button::new("Pause").small().icon(Icon::Pause).test("plot-pause").on(pause).view()
            }
        }}
        {move || {
            (dropped() > 0)
                .then(|| {
                    view! {
                        <span class="look tone-warn dense" title="The window was too slow for every sample; the stored ones are complete.">
                            {format!("{} left out", plural(dropped() as usize, "picture", "pictures"))}
                        </span>
                    }
                })
        }}
    }
    .into_any()
}

fn pause() {
    stores().telemetry.stand_still(true);
}

fn follow() {
    stores().telemetry.stand_still(false);
}

fn panels() -> AnyView {
    let one = |what: Beside, label: &'static str, icon: Icon, test: &'static str| {
        Button::new(label)
            .quiet()
            .icon(icon)
            .test(test)
            .pressed(Signal::derive(move || stores().telemetry.beside.get() == Some(what)))
            .on(move || {
                let now = stores().telemetry.beside.get_untracked();
                stores().telemetry.put_beside((now != Some(what)).then_some(what));
            })
            .view()
    };
    view! {
        {one(Beside::Series, "Series", Icon::Telemetry, "show-series")}
        {one(Beside::Control, "Control", Icon::Orbit, "show-control")}
        {one(Beside::Link, "MQTT link", Icon::Link, "show-link")}
    }
    .into_any()
}

fn beside() -> AnyView {
    (move || {
        stores().telemetry.beside.get().map(|what| match what {
            Beside::Series => series::panel(),
            Beside::Control => control::panel(),
            Beside::Link => link::panel(),
        })
    })
    .into_any()
}

fn close() {
    stores().telemetry.put_beside(None);
}

fn show(what: Beside) {
    stores().telemetry.put_beside(Some(what));
    stores().navigation.go(Screen::Telemetry);
}

/// Opens the control loop beside the plot.
pub(crate) fn show_control() {
    show(Beside::Control);
}

/// Opens the MQTT link beside the plot.
pub(crate) fn show_link() {
    show(Beside::Link);
}

/// Opens the list of series beside the plot.
pub(crate) fn show_series() {
    show(Beside::Series);
}
