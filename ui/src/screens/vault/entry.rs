//! One entry beside the table: its fields masked, what uses it, and how old it is.

use super::entries::rotation;
use crate::components::panel::side_panel;
use crate::components::{Button, ago, moment, problem, small_icon};
use crate::pure::credential::label;
use crate::pure::format::{capital, seconds_between};
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use crate::state::stores;
use crate::state::vault::{Beside, Copied};
use crate::{api, web};
use leptos::prelude::*;
use std::time::Duration;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::credential::{CredentialKind, CredentialView, DeleteCredential, FieldView};

/// How long the button is held before a secret is shown. The tokens name the same time.
const SHOW_AFTER: Duration = Duration::from_millis(600);
/// How long a secret stays in the clipboard, as the window's shell has it.
const KEPT_SECONDS: i64 = 30;

/// The panel.
pub(super) fn panel(id: CredentialId) -> AnyView {
    let entry = Memo::new(move |_| stores().vault.entry(id));
    let close = || stores().vault.beside.set(None);
    side_panel(
        Signal::derive(move || entry.with(|e| e.as_ref().map(|e| e.name.clone()).unwrap_or_default())),
        "credential-panel",
        Button::new("Edit")
            .small()
            .icon(Icon::Edit)
            .test("credential-edit")
            .on(move || stores().vault.beside.set(Some(Beside::Form(Some(id)))))
            .view(),
        close,
        (move || match entry.get() {
            Some(entry) => inside(entry),
            None => view! { <p class="panel-body soft">"This credential is gone."</p> }.into_any(),
        })
        .into_any(),
    )
}

fn inside(entry: CredentialView) -> AnyView {
    let (id, name, kind) = (entry.id, entry.name.clone(), entry.kind);
    let doing = Doing::new();
    let secrets = Doing::new();
    let used_by = used_by(id);
    view! {
        <div class="panel-body scroller stack loose">
            <section class="vault-fields" aria-label="Fields" data-test="credential-fields">
                {entry.fields.iter().map(|f| field_row(id, kind, f.clone(), secrets)).collect_view()}
            </section>
            {problem::maybe(secrets.problem)}
            <dl class="facts selectable">
                <dt>"Kind"</dt>
                <dd>{capital(&kind.to_string())}</dd>
                <dt>"Service"</dt>
                <dd>{said(&entry.service)}</dd>
                <dt>"Used by"</dt>
                <dd>{used_by}</dd>
                <dt>"Last used"</dt>
                <dd>{match entry.last_used_at {
                    Some(at) => view! { {ago(at)} " · " {entry.last_used_by.clone()} }.into_any(),
                    None => "never".into_any(),
                }}</dd>
                <dt>"Rotated"</dt>
                <dd>{rotation(&entry)}</dd>
                <dt>"Reminder"</dt>
                <dd>{match entry.rotate_after_days {
                    0 => "none".to_owned(),
                    days => format!("after {days} days"),
                }}</dd>
                <dt>"Created"</dt>
                <dd>{moment(entry.created_at)}</dd>
                <dt>"Version"</dt>
                <dd>{entry.version}</dd>
                <dt>"Tags"</dt>
                <dd>{said(&entry.tags.join(", "))}</dd>
                {(!entry.notes.is_empty()).then(|| view! { <dt>"Notes"</dt><dd class="vault-notes">{entry.notes.clone()}</dd> })}
            </dl>
        </div>
        <footer class="panel-foot vault-delete">
            {problem::maybe(doing.problem)}
            {Button::new(format!("Delete credential “{name}”"))
                .danger()
                .icon(Icon::Trash)
                .test("credential-delete")
                .title("Removes it from the vault for good.")
                .busy(doing.busy)
                .on(move || {
                    doing
                        .run(
                            DeleteCredential { id },
                            |()| {
                                stores().vault.beside.set(None);
                                stores().vault.refresh();
                            },
                        );
                })
                .view()}
        </footer>
    }
    .into_any()
}

fn said(text: &str) -> AnyView {
    if text.is_empty() { view! { <span class="faint">"–"</span> }.into_any() } else { text.to_owned().into_any() }
}

/// The targets that log in with it, each a way to it.
fn used_by(id: CredentialId) -> AnyView {
    let users = stores().inventory.targets.value.with_untracked(|targets| {
        let uses =
            |t: &&wheelhouse_protocol::inventory::Target| t.spec.connections.iter().any(|c| c.credential == Some(id));
        targets.ready().into_iter().flatten().filter(uses).map(|t| (t.id, t.spec.name.clone())).collect::<Vec<_>>()
    });
    if users.is_empty() {
        return said("");
    }
    let links = users.into_iter().map(|(target, name)| {
        Button::new(name).quiet().class("link").on(move || crate::screens::targets::open(target)).view()
    });
    view! { <span class="chips">{links.collect_view()}</span> }.into_any()
}

/// One field: plain as it is, secret behind its mask.
fn field_row(id: CredentialId, kind: CredentialKind, field: FieldView, doing: Doing) -> AnyView {
    let called = label(kind, &field.name);
    let hook = field.name.clone();
    let actions =
        if field.secret { secret_actions(id, &field, &called, doing) } else { plain_actions(&field, &called) };
    let value = if field.secret {
        view! {
            <span class="vault-value mono" aria-label=format!("{called}, hidden")>
                {small_icon(Icon::Lock)}
                <span>{field.shown.clone()}</span>
            </span>
        }
        .into_any()
    } else {
        view! { <span class="vault-value selectable truncate" title=field.shown.clone()>{field.shown.clone()}</span> }
            .into_any()
    };
    view! {
        <div class="vault-field" data-test=format!("field-{hook}")>
            <div class="grow stack vault-field-text">
                <span class="field-label">{called}</span>
                {value}
            </div>
            {actions}
        </div>
    }
    .into_any()
}

fn plain_actions(field: &FieldView, called: &str) -> AnyView {
    let (value, called) = (field.shown.clone(), called.to_owned());
    Button::new(format!("Copy {}", called.to_lowercase()))
        .quiet()
        .small()
        .only_icon(Icon::Copy)
        .test(format!("copy-{}", field.name))
        .on(move || stores().toasts.copy(&called, value.clone()))
        .view()
}

fn secret_actions(id: CredentialId, field: &FieldView, called: &str, doing: Doing) -> AnyView {
    let (shown, copied) = (field.name.clone(), field.name.clone());
    let of = field.name.clone();
    let left = Memo::new(move |_| {
        let now = stores().clock.get();
        let held = stores().vault.copied.get().filter(|c| c.credential == id && c.field == of)?;
        let seconds = seconds_between(now, held.until).ceil() as i64;
        (seconds > 0).then_some(seconds.min(KEPT_SECONDS))
    });
    let showing = Doing { busy: RwSignal::new(false), problem: doing.problem };
    view! {
        {Button::new("Show")
            .small()
            .icon(Icon::Eye)
            .held(SHOW_AFTER)
            .title(format!("Shows the {} in a window of the system's own.", called.to_lowercase()))
            .test(format!("show-{}", field.name))
            .busy(showing.busy)
            .on(move || {
                let name = shown.clone();
                showing.run_future(async move { api::show_secret(id, &name).await }, |()| {});
            })
            .view()}
        {Button::new(
                Signal::derive(move || match left.get() {
                    Some(seconds) => format!("Copied {seconds} s"),
                    None => "Copy".to_owned(),
                }),
            )
            .small()
            .class("vault-copy")
            .icon(Icon::Copy)
            .title("Copies it. After 30 s it is taken out of the clipboard again.")
            .test(format!("copy-{}", field.name))
            .pressed(Signal::derive(move || left.get().is_some()))
            .busy(doing.busy)
            .on(move || {
                let name = copied.clone();
                let kept = name.clone();
                doing
                    .run_future(
                        async move { api::copy_secret(id, &name).await },
                        move |()| {
                            let until = web::now() + jiff::SignedDuration::from_secs(KEPT_SECONDS);
                            stores().vault.copied.set(Some(Copied { credential: id, field: kept, until }));
                        },
                    );
            })
            .view()}
    }
    .into_any()
}
