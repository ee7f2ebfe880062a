//! The status bar: a light for everything that works behind the window. Each opens its screen.

use crate::components::small_icon;
use crate::pure::format::{bytes, count, duration, plural, rate, seconds_between};
use crate::pure::icons::Icon;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::control::Mode;
use wheelhouse_protocol::credential::{KeyringState, VaultState};
use wheelhouse_protocol::telemetry::LinkState;

/// One light: its tone, whether it is filled, its words and its sentence.
#[derive(Clone, PartialEq)]
struct Light {
    tone: &'static str,
    on: bool,
    text: String,
    sentence: String,
}

impl Light {
    fn new(tone: &'static str, on: bool, text: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { tone, on, text: text.into(), sentence: sentence.into() }
    }

    fn waiting(text: &str) -> Self {
        Self::new("tone-plain", false, text, "Wheelhouse is opening its data.")
    }
}

/// The bar.
pub(crate) fn status_bar() -> AnyView {
    view! {
        <footer class="status-bar" aria-label="Status" data-test="status-bar">
            {light("mqtt", Screen::Telemetry, mqtt)}
            {light("store", Screen::Settings, store)}
            {light("keyring", Screen::Vault, keyring)}
            <span class="grow"></span>
            {light("loop", Screen::Telemetry, control)}
            {item("jobs", Screen::Jobs, Icon::Jobs, jobs)}
            {item("notifications", Screen::Notifications, Icon::Bell, notifications)}
            {vault()}
        </footer>
    }
    .into_any()
}

fn light(name: &'static str, opens: Screen, read: fn() -> Light) -> AnyView {
    let now = Memo::new(move |_| read());
    view! {
        <button
            type="button"
            class=move || format!("status-item {}", now.with(|l| l.tone))
            data-test=format!("light-{name}")
            title=move || now.with(|l| l.sentence.clone())
            on:click=move |_| stores().navigation.go(opens)
        >
            <span class="light" class:on=move || now.with(|l| l.on) aria-hidden="true"></span>
            <span>{move || now.with(|l| l.text.clone())}</span>
        </button>
    }
    .into_any()
}

fn item(name: &'static str, opens: Screen, icon: Icon, read: fn() -> Light) -> AnyView {
    let now = Memo::new(move |_| read());
    view! {
        <button
            type="button"
            class=move || format!("status-item {}", now.with(|l| l.tone))
            data-test=format!("light-{name}")
            title=move || now.with(|l| l.sentence.clone())
            on:click=move |_| stores().navigation.go(opens)
        >
            <span class="look">{small_icon(icon)}</span>
            <span>{move || now.with(|l| l.text.clone())}</span>
        </button>
    }
    .into_any()
}

fn mqtt() -> Light {
    let Some(link) = stores().status.link.get() else { return Light::waiting("MQTT") };
    let broker = format!("{}:{}", link.settings.host, link.settings.port);
    match &link.state {
        LinkState::Off => {
            Light::new("tone-plain", false, "MQTT off", "The MQTT link is switched off. Set it up under Telemetry.")
        }
        LinkState::Connecting { problem } => {
            let why = if problem.is_empty() { "dialling for the first time".to_owned() } else { problem.clone() };
            Light::new("tone-warn", false, "MQTT connecting", format!("Not connected to {broker}: {why}."))
        }
        LinkState::Connected { since } => {
            let up = duration(seconds_between(*since, crate::web::now()));
            let lost = plural(link.dropped as usize, "message dropped", "messages dropped");
            let bad = plural(link.malformed as usize, "malformed", "malformed");
            let notice = if link.notice.is_empty() { String::new() } else { format!(" {}", link.notice) };
            let tone = if link.dropped > 0 || !link.notice.is_empty() { "tone-warn" } else { "tone-ok" };
            Light::new(
                tone,
                true,
                format!("MQTT {}", rate(link.rate)),
                format!("Connected to {broker} for {up}: {} messages, {lost}, {bad}.{notice}", count(link.received)),
            )
        }
    }
}

fn store() -> Light {
    let all = stores();
    if let Some(problem) = all.status.store_problem.get() {
        return Light::new(
            "tone-error",
            false,
            "store failing",
            format!("Nothing can be stored: {} {}", problem.detail, problem.hint),
        );
    }
    all.status.status.value.with(|status| match status.ready() {
        None => Light::waiting("store"),
        Some(status) if !status.store.healthy => {
            Light::new("tone-error", false, "store failing", status.store.problem.clone())
        }
        Some(status) => Light::new(
            "tone-ok",
            true,
            "store",
            format!("Everything is stored in {} ({}).", status.store.directory, bytes(status.store.bytes)),
        ),
    })
}

fn keyring() -> Light {
    stores().vault.view.value.with(|view| match view.ready().map(|v| &v.keyring) {
        None => Light::waiting("keyring"),
        Some(KeyringState::Working { opens_vault: true }) => {
            Light::new("tone-ok", true, "keyring", "The system's keyring works and opens the vault.")
        }
        Some(KeyringState::Working { opens_vault: false }) => {
            Light::new("tone-ok", true, "keyring", "The system's keyring works; it does not open the vault.")
        }
        Some(KeyringState::Unavailable { reason }) => {
            Light::new("tone-plain", false, "keyring", format!("The system's keyring is not used: {reason}"))
        }
    })
}

fn control() -> Light {
    let Some(control) = stores().status.control.get() else { return Light::waiting("loop") };
    let stable = control.lipschitz < 1.0;
    let tone = match (stable, control.mode) {
        (false, _) => "tone-error",
        (true, Mode::StationKeep) => "tone-ok",
        (true, Mode::Idle) => "tone-plain",
    };
    let error = control.position_error.iter().map(|e| e * e).sum::<f64>().sqrt();
    Light::new(
        tone,
        control.mode == Mode::StationKeep,
        format!("{} L {:.3}", control.mode.as_str(), control.lipschitz),
        format!(
            "The control loop runs at {} Hz in {}; L is {:.4}, which is {} 1. Position error {} m.",
            control.rate_hz,
            control.mode.as_str(),
            control.lipschitz,
            if stable { "below" } else { "not below" },
            crate::pure::format::value(error)
        ),
    )
}

fn jobs() -> Light {
    let n = stores().jobs.running();
    let tone = if n > 0 { "tone-accent" } else { "tone-plain" };
    Light::new(tone, n > 0, plural(n, "job", "jobs"), plural(n, "job is running.", "jobs are running."))
}

fn notifications() -> Light {
    let counts = stores().notices.counts.get();
    let tone = match (counts.action_required, counts.unacknowledged) {
        (0, 0) => "tone-plain",
        (0, _) => "tone-info",
        _ => "tone-error",
    };
    Light::new(
        tone,
        counts.action_required > 0,
        counts.unacknowledged.to_string(),
        format!(
            "{} not acknowledged, {} of them needing action.",
            plural(counts.unacknowledged as usize, "notification", "notifications"),
            counts.action_required
        ),
    )
}

fn vault() -> AnyView {
    let state = Memo::new(|_| stores().vault.state());
    let said = move || match state.get() {
        None => (Icon::Lock, "tone-plain", "vault", "The vault has not been looked at yet."),
        Some(VaultState::Missing) => {
            (Icon::Lock, "tone-plain", "no vault", "There is no vault yet. Create one to keep credentials.")
        }
        Some(VaultState::Locked) => (Icon::Lock, "tone-warn", "locked", "The vault is locked."),
        Some(VaultState::Unlocked) => (Icon::Unlock, "tone-ok", "open", "The vault is open."),
    };
    view! {
        <button
            type="button"
            class=move || format!("status-item {}", said().1)
            data-test="light-vault"
            title=move || said().3
            on:click=|_| stores().navigation.go(Screen::Vault)
        >
            <span class="look">{move || small_icon(said().0)}</span>
            <span>{move || said().2}</span>
        </button>
    }
    .into_any()
}
