//! The MQTT link: how it is set up, and how it is going.

use super::close;
use crate::components::combobox::Combobox;
use crate::components::field::{Input, field, labelled, other_problem, toggle};
use crate::components::panel::side_panel;
use crate::components::select::{Choice, select};
use crate::components::{Button, ago, badge, empty};
use crate::pure::format::{count, rate};
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::telemetry::{LinkSettings, LinkState, LinkStatus, SetLink};

/// Fields whose problems stand beside them.
const OURS: &[&str] = &["host", "port", "topics", "credential"];

/// The panel.
pub(super) fn panel() -> AnyView {
    let there = Memo::new(|_| stores().status.link.with(Option::is_some));
    side_panel(
        "MQTT link",
        "link-panel",
        ().into_any(),
        close,
        (move || {
            if !there.get() {
                return empty::waiting();
            }
            let settings = untrack(|| stores().status.link.with(|l| l.as_ref().map(|l| l.settings.clone())));
            view! {
                <div class="panel-body scroller stack loose">
                    {state()}
                    {form(settings.unwrap_or_default())}
                </div>
            }
            .into_any()
        })
        .into_any(),
    )
}

/// How it is going.
fn state() -> AnyView {
    let link = Memo::new(|_| stores().status.link.get());
    (move || link.get().map(shown)).into_any()
}

fn shown(link: LinkStatus) -> AnyView {
    let broker = format!("{}:{}", link.settings.host, link.settings.port);
    let (sign, text) = match &link.state {
        LinkState::Off => (badge(Tone::Plain, Some(Icon::Stop), "off"), "Nothing is received.".into_any()),
        LinkState::Connecting { problem } => {
            let why = if problem.is_empty() { format!("Dialling {broker}.") } else { format!("{broker}: {problem}") };
            (badge(Tone::Warn, Some(Icon::Retry), "connecting"), why.into_any())
        }
        LinkState::Connected { since } => {
            (badge(Tone::Ok, Some(Icon::Ok), "connected"), view! { "to " {broker} " since " {ago(*since)} }.into_any())
        }
    };
    view! {
        <section class="stack" data-test="link-state">
            <div class="row link-now">
                {sign}
                <span class="grow selectable">{text}</span>
            </div>
            <dl class="facts dense selectable">
                <dt>"Messages"</dt>
                <dd data-test="link-received">{format!("{} · {}", count(link.received), rate(link.rate))}</dd>
                <dt>"Dropped"</dt>
                <dd>{count(link.dropped)}</dd>
                <dt>"Malformed"</dt>
                <dd data-test="link-malformed">{count(link.malformed)}</dd>
                {(!link.last_malformed.is_empty()).then(|| view! { <dt>"Last malformed"</dt><dd class="mono">{link.last_malformed.clone()}</dd> })}
            </dl>
            {(!link.notice.is_empty())
                .then(|| {
                    view! {
                        <p class="look tone-warn link-notice">
                            {crate::components::small_icon(Icon::Warning)}
                            <span>{link.notice.clone()}</span>
                        </p>
                    }
                })}
        </section>
    }
    .into_any()
}

fn form(settings: LinkSettings) -> AnyView {
    let enabled = RwSignal::new(settings.enabled);
    let host = RwSignal::new(settings.host);
    let port = RwSignal::new(settings.port.to_string());
    let topics = RwSignal::new(settings.topics);
    let credential = RwSignal::new(settings.credential);
    let doing = Doing::new();
    let problem = doing.problem;
    let save = move || {
        let Ok(port) = port.with_untracked(|p| p.trim().parse::<u16>()) else {
            problem.set(Some(Problem::invalid("port", "A port is a whole number from 1 to 65535.")));
            return;
        };
        let settings = LinkSettings {
            enabled: enabled.get_untracked(),
            host: host.with_untracked(|h| h.trim().to_owned()),
            port,
            credential: credential.get_untracked(),
            topics: topics.get_untracked(),
        };
        doing.run(SetLink { settings }, |status| stores().status.link.set(Some(status)));
    };
    let accounts = Signal::derive(|| {
        let mut all: Vec<Choice> = stores()
            .vault
            .credentials
            .value
            .with(|c| c.ready().into_iter().flatten().map(|c| (c.id.to_string(), c.name.clone())).collect());
        all.sort_by(|a, b| crate::pure::order::natural(&a.1, &b.1));
        all.insert(0, (String::new(), "none: the broker asks for no account".to_owned()));
        all
    });
    let choose = move |id: String| {
        let of = stores()
            .vault
            .credentials
            .value
            .with_untracked(|c| c.ready().and_then(|c| c.iter().find(|c| c.id.to_string() == id).map(|c| c.id)));
        credential.set(of);
    };
    view! {
        <section class="fieldset">
            <h3>"Set up"</h3>
            {toggle("Connected", enabled, false, "link-enabled", move |on| enabled.set(on))}
            <div class="link-broker">
                {field("Broker", "", "host", problem, Input::text(host).test("link-host").on_enter(save).view())}
                {field("Port", "", "port", problem, Input::text(port).test("link-port").on_enter(save).view())}
            </div>
            {labelled(
                "Topics",
                "+ stands for one part, # for all that follow: plant/+/temperature, plant/#",
                "topics",
                problem,
                Combobox {
                    label: "Topics",
                    values: topics,
                    suggestions: Signal::stored(Vec::new()),
                    free: true,
                    placeholder: "plant/#",
                    test: "link-topics",
                }
                    .view(),
            )}
            {field(
                "Account",
                "A credential of the vault with user name and password.",
                "credential",
                problem,
                select(
                    "Account",
                    accounts,
                    Signal::derive(move || credential.get().map(|c| c.to_string()).unwrap_or_default()),
                    "link-credential",
                    choose,
                ),
            )}
            {other_problem(problem, OURS)}
            <div class="row">
                {Button::new(Signal::derive(move || if enabled.get() { "Save and connect" } else { "Save, stay off" }.to_owned()))
                    .primary()
                    .icon(Icon::Link)
                    .test("link-save")
                    .busy(doing.busy)
                    .on(save)
                    .view()}
            </div>
        </section>
    }
    .into_any()
}
