//! The vault while nothing of it can be seen: not there yet, locked, or damaged.

use super::bare;
use crate::components::field::{Input, field, other_problem, toggle};
use crate::components::icon::large_icon;
use crate::components::unlock::unlock;
use crate::components::{Button, problem_card};
use crate::pure::format::names;
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use crate::state::stores;
use crate::state::vault::Damage;
use leptos::prelude::*;
use wheelhouse_protocol::credential::{CreateVault, KeyringState, RestoreVault, RestoredVault};
use wheelhouse_protocol::{Problem, SecretInput};

/// How the keyring stands.
pub(super) fn keyring() -> Option<KeyringState> {
    stores().vault.view.value.with(|v| v.ready().map(|v| v.keyring.clone()))
}

/// The same as a sentence.
pub(super) fn keyring_sentence() -> String {
    match keyring() {
        Some(KeyringState::Working { opens_vault: true }) => {
            "The system's keyring works and opens this vault without the passphrase.".to_owned()
        }
        Some(KeyringState::Working { opens_vault: false }) => {
            "The system's keyring works. It can open the vault when you are logged in, so that you need not type the \
             passphrase."
                .to_owned()
        }
        Some(KeyringState::Unavailable { reason }) => format!("The system's keyring cannot be used: {reason}"),
        None => String::new(),
    }
}

/// Whether there is a keyring to be used.
pub(super) fn keyring_works() -> bool {
    matches!(keyring(), Some(KeyringState::Working { .. }))
}

fn door(icon: Icon, title: &'static str, text: &'static str, test: &'static str, inside: AnyView) -> AnyView {
    bare(
        view! {
            <div class="vault-door scroller" data-test=test>
                <div class="vault-door-card">
                    <span class="empty-icon">{large_icon(icon)}</span>
                    <h2>{title}</h2>
                    {(!text.is_empty()).then(|| view! { <p class="soft">{text}</p> })}
                    {inside}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// Locked: one field.
pub(super) fn locked() -> AnyView {
    door(Icon::Lock, "The vault is locked", "", "vault-locked", unlock(true, || {}))
}

/// A new passphrase, twice.
#[derive(Clone, Copy)]
pub(super) struct Fresh {
    first: RwSignal<String>,
    again: RwSignal<String>,
}

impl Fresh {
    pub(super) fn new() -> Self {
        Self { first: RwSignal::new(String::new()), again: RwSignal::new(String::new()) }
    }

    /// What was typed, if it was typed twice the same.
    pub(super) fn take(self, problem: RwSignal<Option<Problem>>) -> Option<SecretInput> {
        if self.first.with_untracked(|f| self.again.with_untracked(|a| f != a)) {
            problem.set(Some(Problem::invalid("again", "The two passphrases are not the same.")));
            return None;
        }
        Some(SecretInput::new(self.first.get_untracked()))
    }

    /// Forgets what was typed.
    pub(super) fn clear(self) {
        self.first.set(String::new());
        self.again.set(String::new());
    }

    /// Whether both were typed.
    pub(super) fn is_typed(self) -> bool {
        !self.first.with(String::is_empty) && !self.again.with(String::is_empty)
    }

    /// The two fields. `about` is the name by which the vault calls the first.
    pub(super) fn fields(
        self,
        label: &'static str,
        focus: bool,
        problem: RwSignal<Option<Problem>>,
        enter: impl Fn() + 'static,
    ) -> AnyView {
        let first = Input::secret(self.first).test("vault-new-passphrase");
        let first = if focus { first.focus() } else { first };
        view! {
            {field(
                label,
                "At least 10 characters that are not easily guessed: four or five unrelated words are good.",
                "passphrase",
                problem,
                first.view(),
            )}
            {field(
                "The same again",
                "",
                "again",
                problem,
                Input::secret(self.again).test("vault-new-passphrase-again").on_enter(enter).view(),
            )}
        }
        .into_any()
    }
}

/// There is none: make one.
pub(super) fn missing() -> AnyView {
    let fresh = Fresh::new();
    let use_keyring = RwSignal::new(false);
    let doing = Doing::new();
    let create = move || {
        let Some(passphrase) = fresh.take(doing.problem) else { return };
        let use_keyring = use_keyring.get_untracked() && keyring_works();
        doing.run(CreateVault { passphrase, use_keyring }, move |view| {
            stores().vault.show(view);
            stores().vault.refresh();
        });
    };
    let inside = view! {
        <div class="stack loose vault-door-form">
            {fresh.fields("Passphrase", true, doing.problem, create)}
            <div class="stack">
                {toggle(
                    "The system's keyring opens it too",
                    use_keyring,
                    Signal::derive(|| !keyring_works()),
                    "vault-use-keyring",
                    move |on| use_keyring.set(on),
                )}
                <p class="field-hint">{keyring_sentence}</p>
            </div>
            {other_problem(doing.problem, &["passphrase", "again"])}
            {Button::new("Create the vault")
                .primary()
                .icon(Icon::Vault)
                .test("vault-create")
                .busy(doing.busy)
                .disabled(Signal::derive(move || !fresh.is_typed()))
                .on(create)
                .view()}
            <p class="field-hint">
                "Nobody can recover a forgotten passphrase. Keep it where you would find it without this machine."
            </p>
        </div>
    }
    .into_any();
    door(
        Icon::Vault,
        "Create the vault",
        "It keeps the passwords and keys Wheelhouse logs in with, sealed under one passphrase.",
        "vault-missing",
        inside,
    )
}

/// It is there and cannot be read as it is.
pub(super) fn damaged(damage: Memo<Option<Damage>>) -> AnyView {
    let inside = view! {
        <div class="stack loose vault-door-form">
            {move || damage.get().map(|damage| match damage.restored {
                Some(outcome) => came_to(outcome),
                None => restore_form(damage.problem),
            })}
        </div>
    };
    door(Icon::Warning, "The vault is damaged", "", "vault-damaged", inside.into_any())
}

fn restore_form(problem: Problem) -> AnyView {
    let passphrase = RwSignal::new(String::new());
    let doing = Doing::new();
    let seen = problem.clone();
    let restore = move || {
        let typed = SecretInput::new(passphrase.get_untracked());
        passphrase.set(String::new());
        let problem = seen.clone();
        doing.run(RestoreVault { passphrase: typed }, move |outcome| {
            let vault = outcome.vault.clone();
            stores().vault.damage.set(Some(Damage { problem, restored: Some(outcome) }));
            stores().vault.show(vault);
        });
    };
    let by_enter = restore.clone();
    view! {
        {problem_card(problem)}
        {field(
            "Passphrase",
            "Only who can open the vault may choose between its copies.",
            "passphrase",
            doing.problem,
            Input::secret(passphrase).test("vault-restore-passphrase").focus().on_enter(by_enter).view(),
        )}
        {other_problem(doing.problem, &["passphrase"])}
        {Button::new("Restore what it held before")
            .primary()
            .icon(Icon::Undo)
            .test("vault-restore")
            .busy(doing.busy)
            .disabled(Signal::derive(move || passphrase.with(String::is_empty)))
            .on(restore)
            .view()}
        // It may have been put back from a backup meanwhile.
        {Button::new("Try to unlock it as it is")
            .quiet()
            .test("vault-try-again")
            .disabled(doing.busy)
            .on(|| stores().vault.damage.set(None))
            .view()}
    }
    .into_any()
}

fn came_to(outcome: RestoredVault) -> AnyView {
    let said = |names_of: &[String], none: &str| match names_of {
        [] => none.to_owned(),
        some => names(some.iter().map(String::as_str), 20),
    };
    view! {
        <dl class="facts selectable" data-test="vault-restored">
            <dt>"As before their last change"</dt>
            <dd>{said(&outcome.older, "none")}</dd>
            <dt>"Lost"</dt>
            <dd>{said(&outcome.lost, "none")}</dd>
            <dt>"Copy of what was found"</dt>
            <dd class="mono">{outcome.copy.clone()}</dd>
        </dl>
        {Button::new("Open the vault").primary().icon(Icon::Unlock).test("vault-open-restored").on(|| {
            stores().vault.damage.set(None);
            stores().vault.refresh();
        }).view()}
    }
    .into_any()
}
