//! Passphrase and keyring of the vault.

use super::closed::{Fresh, keyring, keyring_sentence, keyring_works};
use crate::components::field::{Input, field, other_problem, toggle};
use crate::components::panel::side_panel;
use crate::components::{Button, problem, small_icon};
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::SecretInput;
use wheelhouse_protocol::credential::{ChangePassphrase, KeyringState, SetKeyringUnlock};

/// The panel.
pub(super) fn panel() -> AnyView {
    side_panel(
        "Passphrase and keyring",
        "vault-security-panel",
        ().into_any(),
        || stores().vault.beside.set(None),
        view! {
            <div class="panel-body scroller stack loose">
                {keyring_part()}
                {passphrase_part()}
                {locking_part()}
            </div>
        }
        .into_any(),
    )
}

fn keyring_part() -> AnyView {
    let doing = Doing::new();
    let opens = Signal::derive(|| matches!(keyring(), Some(KeyringState::Working { opens_vault: true })));
    view! {
        <section class="stack">
            <h3>"Keyring"</h3>
            {toggle(
                "The system's keyring opens the vault",
                opens,
                Signal::derive(move || doing.busy.get() || !keyring_works()),
                "vault-keyring",
                move |enabled| doing.run(SetKeyringUnlock { enabled }, |view| stores().vault.show(view)),
            )}
            <p class="field-hint" data-test="vault-keyring-state">{keyring_sentence}</p>
            {problem::maybe(doing.problem)}
        </section>
    }
    .into_any()
}

fn passphrase_part() -> AnyView {
    let current = RwSignal::new(String::new());
    let fresh = Fresh::new();
    let doing = Doing::new();
    // Which of the two the vault means: it calls both the passphrase.
    let of_current = RwSignal::new(None);
    Effect::new(move |_| {
        use wheelhouse_protocol::ProblemCode::{Refused, WrongSecret};
        if let Some(problem) = doing.problem.get().filter(|p| matches!(p.code, WrongSecret | Refused)) {
            of_current.set(Some(problem.source("current")));
            doing.problem.set(None);
        }
    });
    let changed = RwSignal::new(false);
    let change = move || {
        of_current.set(None);
        changed.set(false);
        let Some(new) = fresh.take(doing.problem) else { return };
        let current_typed = SecretInput::new(current.get_untracked());
        doing.run(ChangePassphrase { current: current_typed, new }, move |view| {
            current.try_set(String::new());
            fresh.clear();
            stores().vault.show(view);
            changed.try_set(true);
        });
    };
    view! {
        <section class="fieldset">
            <h3>"Change the passphrase"</h3>
            {field("Present passphrase", "", "current", of_current, Input::secret(current).test("vault-current-passphrase").view())}
            {fresh.fields("New passphrase", false, doing.problem, change)}
            {other_problem(doing.problem, &["passphrase", "again"])}
            <div class="row">
                {Button::new("Change the passphrase")
                    .icon(Icon::Key)
                    .test("vault-change-passphrase")
                    .busy(doing.busy)
                    .disabled(Signal::derive(move || current.with(String::is_empty) || !fresh.is_typed()))
                    .on(change)
                    .view()}
                {move || {
                    changed
                        .get()
                        .then(|| {
                            view! {
                                <span class="look tone-ok" role="status" data-test="vault-passphrase-changed">
                                    {small_icon(Icon::Check)}
                                    "changed"
                                </span>
                            }
                        })
                }}
            </div>
        </section>
    }
    .into_any()
}

fn locking_part() -> AnyView {
    let minutes = || stores().vault.view.value.with(|v| v.ready().map_or(0, |v| v.auto_lock_minutes));
    view! {
        <section class="fieldset">
            <h3>"Locking"</h3>
            <p class="soft">
                {move || match minutes() {
                    0 => "The vault stays open until you lock it or close Wheelhouse.".to_owned(),
                    n => format!("The vault locks itself after {n} minutes without use."),
                }}
            </p>
            <div class="row">
                {Button::new("Change it in Settings")
                    .small()
                    .icon(Icon::Settings)
                    .test("vault-auto-lock")
                    .on(|| stores().navigation.go(Screen::Settings))
                    .view()}
            </div>
        </section>
    }
    .into_any()
}
