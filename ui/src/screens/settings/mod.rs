//! Settings: each says what it does and what it is at first. Every change holds at once.

mod audit;
mod facts;
mod model;
mod rows;

use crate::components::field::{Input, bare_toggle};
use crate::components::scroller::scroller;
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, empty, problem_card};
use crate::pure::icons::Icon;
use crate::pure::setting::{APPROVAL, AUTO_LOCK, CONNECT, PARALLEL, TELEMETRY};
use crate::shell::screen::screen;
use crate::state::load::Doing;
use crate::state::navigation::Screen;
use crate::state::{Load, stores};
use leptos::prelude::*;
use rows::{Part, Setting};
use wheelhouse_protocol::settings::{SetSettings, Settings, Theme};

/// The screen.
pub(crate) fn settings() -> AnyView {
    let query = RwSignal::new(String::new());
    let state = Memo::new(|_| {
        stores().settings.settings.value.with(|s| match s {
            Load::Waiting => None,
            Load::Ready(_) => Some(Ok(())),
            Load::Failed(problem) => Some(Err(problem.clone())),
        })
    });
    let content = move || match state.get() {
        None => empty::waiting(),
        Some(Err(problem)) => view! { <div class="page">{problem_card(problem)}</div> }.into_any(),
        Some(Ok(())) => scroller("settings", "settings", all(query)),
    };
    screen(
        "Settings".into_any(),
        view! {
            {Input::search(query, "Search settings").test("settings-search").view()}
            <span class="faint nowrap">"Every change holds at once."</span>
        }
        .into_any(),
        ().into_any(),
        content.into_any(),
        ().into_any(),
    )
}

/// Every setting as it is stored.
fn now() -> Settings {
    stores().settings.settings.get_or_default()
}

/// Stores a change.
fn change(doing: Doing, edit: impl FnOnce(&mut Settings)) {
    let mut settings = untrack(now);
    edit(&mut settings);
    doing.run(SetSettings { settings }, |settings| {
        crate::state::settings::apply_theme(settings.theme);
        stores().settings.settings.value.set(Load::Ready(settings));
        stores().vault.refresh();
    });
}

fn all(query: RwSignal<String>) -> AnyView {
    let parts = vec![
        Part { id: "appearance", title: "Appearance", settings: vec![theme()] },
        Part {
            id: "jobs",
            title: "Jobs and connections",
            settings: vec![rows::number(&PARALLEL), rows::number(&CONNECT), rows::number(&APPROVAL)],
        },
        Part {
            id: "trust",
            title: "Trust",
            settings: vec![known_hosts(), host_keys(), rows::number(&AUTO_LOCK), vault()],
        },
        Part { id: "data", title: "Data", settings: vec![rows::number(&TELEMETRY)] },
        Part { id: "model", title: "Language model", settings: model::settings() },
        Part { id: "about", title: "About", settings: facts::facts() },
        Part { id: "audit", title: "Audit chain", settings: vec![audit::verify(), audit::records()] },
    ];
    rows::parts(query, parts)
}

fn theme() -> Setting {
    let doing = Doing::new();
    Setting {
        title: "Theme",
        what: "The window's colours. As the system says follows the system when it changes.",
        words: "dark light colours system appearance",
        default: Some("as the system says".to_owned()),
        problem: doing.problem,
        wide: false,
        control: tabs(
            "Theme",
            vec![
                Tab::new(Theme::System, "As the system says", "theme-system"),
                Tab::new(Theme::Dark, "Dark", "theme-dark"),
                Tab::new(Theme::Light, "Light", "theme-light"),
            ],
            Signal::derive(|| stores().settings.theme()),
            move |theme| change(doing, |s| s.theme = theme),
        ),
    }
}

fn known_hosts() -> Setting {
    let doing = Doing::new();
    Setting {
        title: "Trust OpenSSH's known_hosts",
        what: "Host keys you accepted with ssh (~/.ssh/known_hosts) count as accepted here. The file is only read.",
        words: "ssh host keys fingerprint",
        default: Some("on".to_owned()),
        problem: doing.problem,
        wide: false,
        control: bare_toggle(
            "Trust OpenSSH's known_hosts",
            Signal::derive(|| now().read_known_hosts),
            doing.busy,
            "setting-read_known_hosts",
            move |on| change(doing, |s| s.read_known_hosts = on),
        ),
    }
}

fn host_keys() -> Setting {
    Setting {
        title: "Accepted host keys",
        what: "The keys by which machines prove who they are. A forgotten key is asked for again.",
        words: "ssh fingerprint forget known hosts",
        default: None,
        problem: RwSignal::new(None),
        wide: false,
        control: Button::new("Show host keys")
            .icon(Icon::Key)
            .test("settings-host-keys")
            .on(crate::screens::targets::host_keys)
            .view(),
    }
}

fn vault() -> Setting {
    Setting {
        title: "Passphrase and keyring",
        what: "Change the vault's passphrase, or let the system's keyring open it.",
        words: "vault password secret service unlock",
        default: None,
        problem: RwSignal::new(None),
        wide: false,
        control: Button::new("Open in Vault")
            .icon(Icon::Vault)
            .test("settings-vault")
            .on(crate::screens::vault::show_security)
            .view(),
    }
}

/// Checks the audit chain, and shows what was found.
pub(crate) fn verify_audit() {
    stores().navigation.go(Screen::Settings);
    stores().settings.wanted.set(Some("audit"));
    stores().settings.verify_audit();
}
