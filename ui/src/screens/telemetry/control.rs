//! The control loop: what it does, how sure it is, and what it is told.

use super::close;
use super::figures::Figure;
use crate::components::field::{field, other_problem};
use crate::components::panel::side_panel;
use crate::components::{Button, badge, empty, problem};
use crate::pure::format::{count, duration, value};
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::control::{ControlStatus, Mode, PoleSettings, SetControl};

/// The panel.
pub(super) fn panel() -> AnyView {
    let there = Memo::new(|_| stores().status.control.with(Option::is_some));
    side_panel(
        "Control loop",
        "control-panel",
        ().into_any(),
        close,
        (move || {
            if !there.get() {
                return empty::waiting();
            }
            view! {
                <div class="panel-body scroller stack loose">
                    {mode()}
                    {certainty()}
                    {reference()}
                    {poles()}
                    {state()}
                </div>
            }
            .into_any()
        })
        .into_any(),
    )
}

/// Something of the loop's state, kept up to date.
fn live(read: fn(&ControlStatus) -> String) -> AnyView {
    let text = Memo::new(move |_| stores().status.control.with(|c| c.as_ref().map(read)).unwrap_or_default());
    (move || text.get()).into_any()
}

fn told(status: ControlStatus) {
    stores().status.control.set(Some(status));
}

/// The mode, and changing it after a second word.
fn mode() -> AnyView {
    let asked = RwSignal::new(None::<Mode>);
    let doing = Doing::new();
    let now = Memo::new(|_| stores().status.control.with(|c| c.as_ref().map(|c| c.mode)));
    let one = move |mode: Mode, test: &'static str| {
        view! {
            <button
                type="button"
                class="tab"
                role="radio"
                data-test=test
                aria-checked=move || if now.get() == Some(mode) { "true" } else { "false" }
                aria-selected=move || if now.get() == Some(mode) { "true" } else { "false" }
                on:click=move |_| {
                    doing.problem.set(None);
                    asked.set((now.get_untracked() != Some(mode)).then_some(mode));
                }
            >
                {mode.as_str()}
            </button>
        }
    };
    let confirm = move |to: Mode| {
        let (what, stay) = match to {
            Mode::Idle => (
                "Thrust is cut. The spacecraft drifts under gravity and disturbances; its state is still tracked.",
                "Keep STATION-KEEP",
            ),
            Mode::StationKeep => {
                ("Thrust brings the spacecraft to the reference point and holds it there.", "Stay in IDLE")
            }
        };
        view! {
            <div class="confirm" role="alertdialog" aria-label=format!("Switch to {}?", to.as_str()) data-test="mode-confirm">
                <p>{what}</p>
                <div class="row wrap">
                    {Button::new(format!("Switch to {}", to.as_str()))
                        .primary()
                        .small()
                        .icon(Icon::Check)
                        .test("mode-switch")
                        .busy(doing.busy)
                        .on(move || {
                            doing
                                .run(
                                    SetControl { mode: Some(to), ..SetControl::default() },
                                    move |status| {
                                        told(status);
                                        asked.try_set(None);
                                    },
                                );
                        })
                        .view()}
                    {Button::new(stay).small().test("mode-keep").on(move || asked.set(None)).view()}
                </div>
            </div>
        }
    };
    view! {
        <section class="stack">
            <div class="row between">
                <h3>"Mode"</h3>
                <div class="tabs" role="radiogroup" aria-label="Mode of the control loop">
                    {one(Mode::Idle, "mode-idle")}
                    {one(Mode::StationKeep, "mode-station-keep")}
                </div>
            </div>
            {move || asked.get().map(confirm)}
            {problem::maybe(doing.problem)}
        </section>
    }
    .into_any()
}

/// L, and what it means.
fn certainty() -> AnyView {
    let lipschitz = Memo::new(|_| stores().status.control.with(|c| c.as_ref().map_or(f64::NAN, |c| c.lipschitz)));
    view! {
        <section class="control-l" data-test="control-l">
            <div class="grow">
                <p class="control-l-figure">"L " {move || format!("{:.4}", lipschitz.get())}</p>
                <p class="field-hint">"The most a deviation can grow within one second, as a factor. Below 1 it shrinks."</p>
            </div>
            {move || {
                if lipschitz.get() < 1.0 {
                    badge(Tone::Ok, Some(Icon::Ok), "stable")
                } else {
                    badge(Tone::Error, Some(Icon::Error), "not stable")
                }
            }}
        </section>
    }
    .into_any()
}

/// Where the spacecraft shall be.
fn reference() -> AnyView {
    let axes = [Figure::new(), Figure::new(), Figure::new()];
    let doing = Doing::new();
    let at = stores().status.control.with_untracked(|c| c.as_ref().map_or([0.0; 3], |c| c.reference));
    axes.iter().zip(at).for_each(|(axis, v)| axis.put(v));
    let apply = move || match axes.map(Figure::read) {
        [Some(x), Some(y), Some(z)] => {
            doing.run(SetControl { reference: Some([x, y, z]), ..SetControl::default() }, told);
        }
        _ => doing.problem.set(Some(Problem::invalid("reference", "Write x, y and z as numbers of metres."))),
    };
    let [x, y, z] = axes;
    view! {
        <section class="fieldset">
            <div class="row between">
                <h3>"Reference"</h3>
                <span class="faint dense">"now " {live(|c| vector(&c.reference, "m"))}</span>
            </div>
            <div class="control-form">
                {field("x [m]", "", "", doing.problem, x.input("reference-x", apply))}
                {field("y [m]", "", "", doing.problem, y.input("reference-y", apply))}
                {field("z [m]", "", "", doing.problem, z.input("reference-z", apply))}
                {Button::new("Apply").test("reference-apply").busy(doing.busy).on(apply).view()}
            </div>
            {problem::maybe(doing.problem)}
        </section>
    }
    .into_any()
}

/// Where the poles of the closed loop are put.
fn poles() -> AnyView {
    const OURS: &[&str] = &["lambda", "omega", "zeta"];
    let (lambda, omega, zeta) = (Figure::new(), Figure::new(), Figure::new());
    let doing = Doing::new();
    let put = move |poles: PoleSettings| {
        lambda.put(poles.lambda);
        omega.put(poles.omega);
        zeta.put(poles.zeta);
    };
    put(stores().status.control.with_untracked(|c| c.as_ref().map(|c| c.poles)).unwrap_or_default());
    let applied = RwSignal::new(None::<f64>);
    let apply = move || {
        applied.set(None);
        let (Some(lambda), Some(omega), Some(zeta)) = (lambda.read(), omega.read(), zeta.read()) else {
            doing.problem.set(Some(Problem::invalid("poles", "Write λ, ω and ζ as numbers.")));
            return;
        };
        let poles = Some(PoleSettings { lambda, omega, zeta });
        doing.run(SetControl { poles, ..SetControl::default() }, move |status| {
            applied.try_set(Some(status.lipschitz));
            told(status);
        });
    };
    view! {
        <section class="fieldset">
            <div class="row between">
                <h3>"Poles"</h3>
                <span class="faint dense">
                    "now "
                    {live(|c| format!("λ {} · ω {} · ζ {}", value(c.poles.lambda), value(c.poles.omega), value(c.poles.zeta)))}
                </span>
            </div>
            <p class="field-hint">"The closed loop is (s + λ)(s² + 2ζωs + ω²). Poles with L ≥ 1 are refused."</p>
            <div class="control-form">
                {field("λ [1/s]", "", "lambda", doing.problem, lambda.input("pole-lambda", apply))}
                {field("ω [rad/s]", "", "omega", doing.problem, omega.input("pole-omega", apply))}
                {field("ζ [1]", "", "zeta", doing.problem, zeta.input("pole-zeta", apply))}
                {Button::new("Apply").test("poles-apply").busy(doing.busy).on(apply).view()}
            </div>
            {move || {
                applied
                    .get()
                    .map(|l| {
                        view! {
                            <p class="look tone-ok dense" role="status" data-test="poles-applied">
                                {crate::components::small_icon(Icon::Ok)}
                                {format!("Applied: L is {l:.4}.")}
                            </p>
                        }
                    })
            }}
            {other_problem(doing.problem, OURS)}
            <div class="row">
                {Button::new("Put in the defaults")
                    .quiet()
                    .small()
                    .icon(Icon::Undo)
                    .test("poles-defaults")
                    .on(move || put(PoleSettings::default()))
                    .view()}
            </div>
        </section>
    }
    .into_any()
}

/// How it is going.
fn state() -> AnyView {
    view! {
        <section class="fieldset">
            <h3>"State"</h3>
            <dl class="facts dense selectable" data-test="control-state">
                <dt>"Position error"</dt>
                <dd>{live(|c| measured(&c.position_error, "m"))}</dd>
                <dt>"Velocity error"</dt>
                <dd>{live(|c| measured(&c.velocity_error, "m/s"))}</dd>
                <dt>"Thrust"</dt>
                <dd>{live(|c| measured(&c.thrust, "N"))}</dd>
                <dt>"Simulated for"</dt>
                <dd>{live(|c| format!("{}, {} ticks at {} Hz", duration(c.time), count(c.ticks), value(c.rate_hz)))}</dd>
                <dt>"Overruns"</dt>
                <dd>{live(|c| count(c.overruns))}</dd>
                <dt>"Lateness"</dt>
                <dd>
                    {live(|c| {
                        let [median, p99, worst] = c.lateness_us;
                        format!("median {} · 99 % {} · worst {}", late(median), late(p99), late(worst))
                    })}
                </dd>
            </dl>
        </section>
    }
    .into_any()
}

/// Microseconds, as milliseconds where they are many.
fn late(us: f64) -> String {
    if us < 1000.0 { format!("{us:.0} µs") } else { format!("{:.1} ms", us / 1000.0) }
}

fn vector(v: &[f64; 3], unit: &str) -> String {
    format!("{}, {}, {} {unit}", value(v[0]), value(v[1]), value(v[2])).trim_end().to_owned()
}

/// A vector's length first, then the vector.
fn measured(v: &[f64; 3], unit: &str) -> String {
    let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    format!("{} {unit} ({})", value(norm), vector(v, ""))
}
