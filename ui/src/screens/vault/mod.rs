//! Vault: what machines and services are logged in to with. Secrets never come into the page.

mod closed;
mod edit;
mod entries;
mod entry;
mod security;

use crate::components::{empty, problem_card};
use crate::shell::screen::screen;
use crate::state::navigation::Screen;
use crate::state::vault::Beside;
use crate::state::{Load, stores};
use leptos::prelude::*;
use wheelhouse_protocol::credential::VaultState;

/// The screen.
pub(crate) fn vault() -> AnyView {
    let state = Memo::new(|_| {
        stores().vault.view.value.with(|v| match v {
            Load::Waiting => Load::Waiting,
            Load::Ready(view) => Load::Ready(view.state),
            Load::Failed(problem) => Load::Failed(problem.clone()),
        })
    });
    let damage = Memo::new(|_| stores().vault.to_mend());
    (move || match state.get() {
        _ if damage.with(Option::is_some) => closed::damaged(damage),
        Load::Ready(VaultState::Unlocked) => entries::open(),
        Load::Ready(VaultState::Locked) => closed::locked(),
        Load::Ready(VaultState::Missing) => closed::missing(),
        Load::Waiting => bare(empty::waiting()),
        Load::Failed(problem) => bare(view! { <div class="page">{problem_card(problem)}</div> }.into_any()),
    })
    .into_any()
}

/// The screen's frame without anything to do in it.
fn bare(content: AnyView) -> AnyView {
    screen("Vault".into_any(), ().into_any(), ().into_any(), content, ().into_any())
}

/// Opens something beside the entries.
fn beside(what: Beside) {
    stores().vault.beside.set(Some(what));
    stores().navigation.go(Screen::Vault);
}

/// Opens the form of a new entry.
pub(crate) fn new_credential() {
    beside(Beside::Form(None));
}

/// Opens passphrase and keyring.
pub(crate) fn show_security() {
    beside(Beside::Security);
}
