//! The open vault: its entries.

use super::{edit, entry, new_credential, security, show_security};
use crate::components::field::Input;
use crate::components::table::{Column, Table};
use crate::components::{Button, EmptyState, ago, badge, empty, problem};
use crate::pure::credential::days_left;
use crate::pure::format::{capital, plural};
use crate::pure::icons::Icon;
use crate::pure::order::Key;
use crate::pure::words::Tone;
use crate::shell::screen::screen;
use crate::state::load::Doing;
use crate::state::vault::Beside;
use crate::state::{Load, stores};
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::credential::{CredentialView, LockVault};

/// The screen.
pub(super) fn open() -> AnyView {
    let search = RwSignal::new(String::new());
    let all = &stores().vault.credentials.value;
    let rows = Signal::derive(move || {
        let query = search.get().to_lowercase();
        all.with(|c| {
            Arc::new(c.ready().into_iter().flatten().filter(|c| mentions(c, &query)).cloned().collect::<Vec<_>>())
        })
    });
    let locking = Doing::new();
    let n = move || all.with(|c| c.ready().map_or(0, Vec::len));
    // The table stays while its rows change.
    let there = Memo::new(move |_| {
        all.with(|c| match c {
            Load::Waiting => None,
            Load::Ready(_) => Some(Ok(())),
            Load::Failed(problem) => Some(Err(problem.clone())),
        })
    });
    let content = move || match there.get() {
        None => empty::waiting(),
        Some(Err(problem)) => view! { <div class="page">{problem::problem_card(problem)}</div> }.into_any(),
        Some(Ok(())) => table(rows),
    };
    screen(
        "Vault".into_any(),
        view! {
            {Input::search(search, "Search credentials").test("vault-search").view()}
            <span class="faint nowrap" data-test="vault-count">{move || plural(n(), "credential", "credentials")}</span>
            {problem::maybe(locking.problem)}
        }
        .into_any(),
        view! {
            {Button::new("Passphrase and keyring")
                .quiet()
                .only_icon(Icon::Key)
                .test("vault-security")
                .pressed(Signal::derive(|| stores().vault.beside.get() == Some(Beside::Security)))
                .on(show_security)
                .view()}
            {Button::new("Lock")
                .icon(Icon::Lock)
                .title("Closes the vault and forgets its key.")
                .test("vault-lock")
                .busy(locking.busy)
                .on(move || {
                    locking
                        .run(
                            LockVault {},
                            |view| {
                                stores().vault.beside.set(None);
                                stores().vault.show(view);
                            },
                        );
                })
                .view()}
            {Button::new("New credential").primary().icon(Icon::Plus).test("vault-new").on(new_credential).view()}
        }
        .into_any(),
        content.into_any(),
        (move || {
            stores().vault.beside.get().map(|beside| match beside {
                Beside::Entry(id) => entry::panel(id),
                Beside::Form(id) => edit::panel(id),
                Beside::Security => security::panel(),
            })
        })
        .into_any(),
    )
}

/// Whether an entry has to do with what is looked for.
fn mentions(entry: &CredentialView, query: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(query);
    query.is_empty()
        || [&entry.name, &entry.service, &entry.notes].into_iter().any(|t| has(t))
        || has(&entry.kind.to_string())
        || entry.tags.iter().any(|t| has(t))
        || entry.fields.iter().any(|f| !f.secret && has(&f.shown))
}

fn table(rows: Signal<Arc<Vec<CredentialView>>>) -> AnyView {
    Table {
        id: "credentials",
        label: "Credentials",
        rows,
        // The shares are as the least widths are: in little room every column keeps its least.
        columns: vec![
            Column::new("name", "Name", "minmax(140px, 1.4fr)", |c: &CredentialView| {
                view! { <span class="truncate strong" title=c.name.clone()>{c.name.clone()}</span> }.into_any()
            })
            .sorted(|c| Key::Text(c.name.clone())),
            Column::new("kind", "Kind", "minmax(120px, 1.2fr)", |c: &CredentialView| {
                words(&capital(&c.kind.to_string()))
            })
            .sorted(|c| Key::Text(c.kind.to_string())),
            Column::new("user", "User", "minmax(76px, 0.76fr)", |c: &CredentialView| words(user(c)))
                .sorted(|c| Key::Text(user(c).to_owned())),
            Column::new("service", "Service", "minmax(68px, 0.68fr)", |c: &CredentialView| words(&c.service))
                .sorted(|c| Key::Text(c.service.clone())),
            Column::new("used-by", "Used by", "84px", |c: &CredentialView| match c.used_by_targets {
                0 => none(),
                n => plural(n as usize, "target", "targets").into_any(),
            })
            .sorted(|c| Key::Number(Some(f64::from(c.used_by_targets))))
            .at_end(),
            Column::new("rotated", "Rotated", "minmax(116px, 1.16fr)", rotation_cell)
                .sorted(|c| when(Some(c.rotated_at))),
            Column::new("used", "Last used", "92px", |c: &CredentialView| match c.last_used_at {
                Some(at) => ago(at),
                None => view! { <span class="faint">"never"</span> }.into_any(),
            })
            .sorted(|c| when(c.last_used_at)),
            Column::new("tags", "Tags", "minmax(100px, 1fr)", |c: &CredentialView| words(&c.tags.join(", "))).hidden(),
            Column::new("created", "Created", "92px", |c: &CredentialView| ago(c.created_at))
                .sorted(|c| when(Some(c.created_at)))
                .hidden(),
        ],
        key: |c| c.id.to_string(),
        open: Arc::new(|c: &CredentialView| stores().vault.beside.set(Some(Beside::Entry(c.id)))),
        current: Signal::derive(|| match stores().vault.beside.get() {
            Some(Beside::Entry(id) | Beside::Form(Some(id))) => Some(id.to_string()),
            _ => None,
        }),
        checked: None,
        sort: ("name", false),
        row_class: |_| "",
        empty: nothing,
    }
    .view()
}

fn when(at: Option<Timestamp>) -> Key {
    Key::Number(at.map(|at| at.as_second() as f64))
}

fn words(text: &str) -> AnyView {
    if text.is_empty() {
        return none();
    }
    view! { <span class="truncate" title=text.to_owned()>{text.to_owned()}</span> }.into_any()
}

fn none() -> AnyView {
    view! { <span class="faint">"–"</span> }.into_any()
}

/// The account an entry belongs to.
fn user(entry: &CredentialView) -> &str {
    entry.fields.iter().find(|f| f.name == "username" && !f.secret).map_or("", |f| &f.shown)
}

/// The same where there is little room: what is due, or how old it is.
fn rotation_cell(entry: &CredentialView) -> AnyView {
    due(entry).unwrap_or_else(|| ago(entry.rotated_at))
}

fn due(entry: &CredentialView) -> Option<AnyView> {
    match days_left(entry.rotated_at, entry.rotate_after_days, crate::web::now())? {
        days if days < 0 => Some(badge(Tone::Warn, Some(Icon::Clock), format!("{} d overdue", -days))),
        days if days <= 7 => Some(badge(Tone::Info, Some(Icon::Clock), format!("due in {days} d"))),
        _ => None,
    }
}

/// When an entry's secret last changed, and whether it should be changed again.
pub(super) fn rotation(entry: &CredentialView) -> AnyView {
    view! {
        <span class="row">
            {ago(entry.rotated_at)}
            {due(entry)}
        </span>
    }
    .into_any()
}

fn nothing() -> AnyView {
    if stores().vault.credentials.value.with(|c| c.ready().is_some_and(|c| !c.is_empty())) {
        return EmptyState {
            icon: Icon::Search,
            title: "Nothing is called that",
            text: "Names, services, kinds, tags, notes and user names are searched.".to_owned(),
            actions: ().into_any(),
        }
        .view();
    }
    EmptyState {
        icon: Icon::Key,
        title: "No credentials yet",
        text: "Store a password or an SSH key once; targets and the MQTT link then log in with it by its name."
            .to_owned(),
        actions: Button::new("New credential")
            .primary()
            .icon(Icon::Plus)
            .test("vault-new-first")
            .on(new_credential)
            .view(),
    }
    .view()
}
