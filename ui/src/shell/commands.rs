//! Everything that can be done, for the palette.

use crate::components::keys::with_command;
use crate::pure::format::shorten;
use crate::pure::icons::Icon;
use crate::pure::words::{self, Tone};
use crate::state::jobs::JobTab;
use crate::state::navigation::Screen;
use crate::state::recipes::Over;
use crate::state::{settings, stores};
use crate::{api, web};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wheelhouse_protocol::Command;
use wheelhouse_protocol::credential::{LockVault, VaultState};
use wheelhouse_protocol::settings::{SetSettings, Theme};

/// One entry of the palette.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) icon: Icon,
    pub(crate) title: String,
    /// What kind it is.
    pub(crate) kind: &'static str,
    /// The keys that do the same.
    pub(crate) keys: String,
    pub(crate) run: Rc<dyn Fn()>,
}

fn entry(icon: Icon, kind: &'static str, title: impl Into<String>, run: impl Fn() + 'static) -> Entry {
    Entry { icon, title: title.into(), kind, keys: String::new(), run: Rc::new(run) }
}

/// Every entry, as things stand.
pub(crate) fn all() -> Vec<Entry> {
    let mut all = Vec::new();
    for screen in Screen::ALL {
        let mut go = entry(screen.icon(), "Go to", screen.title(), move || stores().navigation.go(screen));
        go.keys = format!("g {}", screen.letter());
        all.push(go);
    }
    all.extend(actions());
    all.extend(places());
    all
}

fn actions() -> Vec<Entry> {
    let mut actions = vec![
        entry(Icon::Plus, "Chat", "New conversation", || {
            stores().chat.begin();
            stores().navigation.go(Screen::Chat);
            crate::screens::chat::focus_input();
        }),
        entry(Icon::Plus, "Targets", "New target", crate::screens::targets::new_target),
        entry(Icon::Group, "Targets", "New group", crate::screens::targets::new_group),
        entry(Icon::Upload, "Targets", "Import an inventory", crate::screens::targets::import),
        entry(Icon::Download, "Targets", "Export the inventory", crate::screens::targets::export),
        entry(Icon::Key, "Targets", "Accepted host keys", crate::screens::targets::host_keys),
        entry(Icon::Link, "Targets", "Test every target", || {
            let ids = stores()
                .inventory
                .targets
                .value
                .with_untracked(|t| t.ready().map(|t| t.iter().map(|t| t.id).collect::<Vec<_>>()));
            stores().inventory.test_all(ids.unwrap_or_default());
            stores().navigation.go(Screen::Targets);
        }),
        entry(Icon::Clock, "Recipes", "New schedule", || {
            stores().recipes.over.set(Some(Over::Schedule(String::new(), None)));
        }),
        entry(Icon::Search, "Jobs", "Search the logs of all jobs", crate::screens::jobs::search_logs),
        entry(
            Icon::Check,
            "Notifications",
            "Acknowledge all notifications",
            crate::screens::notifications::acknowledge_all,
        ),
        entry(
            Icon::Orbit,
            "Telemetry",
            "Control loop: mode, reference, poles",
            crate::screens::telemetry::show_control,
        ),
        entry(Icon::Link, "Telemetry", "MQTT link", crate::screens::telemetry::show_link),
        entry(Icon::Telemetry, "Telemetry", "Choose series", crate::screens::telemetry::show_series),
        entry(Icon::Shield, "Settings", "Verify the audit chain", crate::screens::settings::verify_audit),
        entry(Icon::Sun, "Settings", "Theme: as the system says", || theme(Theme::System)),
        entry(Icon::Sun, "Settings", "Theme: dark", || theme(Theme::Dark)),
        entry(Icon::Sun, "Settings", "Theme: light", || theme(Theme::Light)),
        entry(Icon::Question, "Help", "Shortcuts", || stores().navigation.shortcuts.set(true)),
    ];
    match untrack(|| stores().vault.state()) {
        Some(VaultState::Unlocked) => {
            actions.push(entry(Icon::Plus, "Vault", "New credential", crate::screens::vault::new_credential));
            actions.push(entry(Icon::Lock, "Vault", "Lock the vault", || {
                run(LockVault {}, "Vault locked", |view| stores().vault.show(view));
            }));
            actions.push(entry(Icon::Key, "Vault", "Passphrase and keyring", crate::screens::vault::show_security));
        }
        Some(VaultState::Locked) => {
            actions.push(entry(Icon::Unlock, "Vault", "Unlock the vault", || stores().navigation.go(Screen::Vault)));
        }
        Some(VaultState::Missing) => {
            actions.push(entry(Icon::Vault, "Vault", "Create the vault", || stores().navigation.go(Screen::Vault)));
        }
        None => {}
    }
    actions
}

/// Targets, recent jobs and conversations.
fn places() -> Vec<Entry> {
    let all = stores();
    let mut places = Vec::new();
    all.jobs.list.value.with_untracked(|jobs| {
        for job in jobs.ready().into_iter().flatten().take(40) {
            let id = job.id;
            let title = format!("{} ({}, {})", shorten(&job.sentence, 70), job.state, id.short());
            places.push(entry(words::job(job.state).icon, "Job", title, move || {
                stores().jobs.show(id, JobTab::Progress)
            }));
        }
    });
    all.recipes.recipes.value.with_untracked(|recipes| {
        for recipe in recipes.ready().into_iter().flatten() {
            let name = recipe.name.clone();
            let title = format!("Run recipe {} on {}", recipe.name, shorten(&recipe.body.targets, 40));
            places.push(entry(Icon::Recipe, "Recipe", title, move || stores().recipes.show_recipe(&name)));
        }
    });
    all.recipes.schedules.value.with_untracked(|schedules| {
        for schedule in schedules.ready().into_iter().flatten() {
            let name = schedule.name.clone();
            let title = format!("{}: {}, {}", schedule.name, schedule.recipe_name, schedule.when);
            places.push(entry(Icon::Clock, "Schedule", title, move || stores().recipes.show_schedule(&name)));
        }
    });
    all.inventory.targets.value.with_untracked(|targets| {
        for target in targets.ready().into_iter().flatten() {
            let id = target.id;
            places.push(entry(Icon::Targets, "Target", target.spec.name.clone(), move || {
                crate::screens::targets::open(id)
            }));
        }
    });
    all.chat.list.value.with_untracked(|conversations| {
        for conversation in conversations.ready().into_iter().flatten().filter(|c| !c.title.is_empty()).take(40) {
            let id = conversation.id;
            places.push(entry(Icon::Chat, "Conversation", conversation.title.clone(), move || {
                stores().chat.open(id);
                stores().navigation.go(Screen::Chat);
            }));
        }
    });
    places
}

/// Does a command from the palette; what comes of it is said in a toast and shows on its screen. A failure has no
/// screen of its own: it stays until it was read.
fn run<C: Command>(command: C, done: &'static str, then: impl FnOnce(C::Output) + 'static) {
    spawn_local(async move {
        match api::call(command).await {
            Ok(output) => {
                then(output);
                stores().toasts.say(Tone::Ok, done);
            }
            Err(problem) => stores().navigation.failed.set(Some(problem)),
        }
    });
}

/// Chooses a theme: it holds at once, and is stored.
pub(crate) fn theme(theme: Theme) {
    settings::apply_theme(theme);
    let now = stores().settings.settings.value.with_untracked(|s| s.ready().cloned());
    if let Some(settings) = now {
        let settings = wheelhouse_protocol::settings::Settings { theme, ..settings };
        run(SetSettings { settings }, "Theme chosen", |_| stores().settings.refresh());
    }
}

/// What `/` does: the keyboard goes to this screen's search, or to the chat's input.
pub(crate) fn focus_search() {
    if stores().navigation.screen.get_untracked() == Screen::Chat {
        crate::screens::chat::focus_input();
        return;
    }
    let found = web::window()
        .and_then(|w| w.document())
        .and_then(|d| d.query_selector(".screen-place input[type=search]").ok().flatten());
    if let Some(field) = found.and_then(|f| f.dyn_into::<web_sys::HtmlElement>().ok()) {
        web::focus(&field);
    }
}

/// The palette's own keys.
pub(crate) fn palette_keys() -> String {
    with_command("K")
}
