//! The status bar: a light for everything that works behind the window. Each opens its screen.

use crate::components::small_icon;
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::lights::{self, Light};
use crate::state::navigation::Screen;
use crate::state::{Load, stores};
use leptos::prelude::*;
use wheelhouse_protocol::credential::VaultState;

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
    let lights = &stores().status;
    lights.status.value.with(|status| lights.link.with(|link| lights::mqtt(status, link.as_ref(), crate::web::now())))
}

fn store() -> Light {
    let lights = &stores().status;
    lights.status.value.with(|status| lights.store_problem.with(|told| lights::store(status, told.as_ref())))
}

fn keyring() -> Light {
    stores().status.status.value.with(lights::keyring)
}

fn control() -> Light {
    let lights = &stores().status;
    lights.status.value.with(|status| lights.control.with(|control| lights::control(status, control.as_ref())))
}

fn jobs() -> Light {
    if let Some(light) = stores().jobs.list.value.with(|l| match l {
        Load::Failed(problem) => Some(Light::failed("jobs", problem)),
        _ => None,
    }) {
        return light;
    }
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
    let state = Memo::new(|_| {
        stores().vault.view.value.with(|v| match v {
            Load::Waiting => Ok(None),
            Load::Ready(view) => Ok(Some(view.state)),
            Load::Failed(_) => Err(()),
        })
    });
    let said = move || match state.get().unwrap_or_default() {
        None if state.get().is_err() => {
            (Icon::Lock, "tone-unknown", "vault unknown", "The vault cannot be looked at; its screen says why.")
        }
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
