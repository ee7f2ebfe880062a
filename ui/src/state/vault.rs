//! The vault as it may be shown.

use super::load::{Load, Remote};
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::credential::{
    CredentialView, GetVault, ListCredentials, RestoreVault, RestoredVault, VaultState, VaultView,
};
use wheelhouse_protocol::{CredentialId, Problem, Timestamp};

/// What is open beside the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// One entry.
    Entry(CredentialId),
    /// The form of one entry, or of a new one.
    Form(Option<CredentialId>),
    /// Passphrase and keyring.
    Security,
}

/// A secret in the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) credential: CredentialId,
    pub(crate) field: String,
    /// When it is taken out again.
    pub(crate) until: Timestamp,
}

/// A vault that opens only after it was put together again: what it said, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) problem: Problem,
    pub(crate) restored: Option<RestoredVault>,
}

/// The vault and its entries.
#[derive(Default)]
pub(crate) struct VaultStore {
    pub(crate) view: Remote<VaultView>,
    pub(crate) credentials: Remote<Vec<CredentialView>>,
    /// What is open beside the entries.
    pub(crate) beside: RwSignal<Option<Beside>>,
    /// The secret that is in the clipboard.
    pub(crate) copied: RwSignal<Option<Copied>>,
    /// Damage that unlocking met. The vault itself only says that it is locked.
    pub(crate) damage: RwSignal<Option<Damage>>,
}

impl VaultStore {
    /// Asks for both.
    pub(crate) fn refresh(&'static self) {
        self.view.ask_then(GetVault::default, |view| stores().vault.heard(view));
        self.credentials.ask(ListCredentials::default);
    }

    /// Whether it is there and open; `None` until the answer comes.
    pub(crate) fn state(&self) -> Option<VaultState> {
        self.view.value.with(|v| v.ready().map(|v| v.state))
    }

    /// One entry.
    pub(crate) fn entry(&self, id: CredentialId) -> Option<CredentialView> {
        self.credentials.value.with(|c| c.ready().and_then(|c| c.iter().find(|c| c.id == id).cloned()))
    }

    /// What an entry is called.
    pub(crate) fn name_of(&self, id: CredentialId) -> String {
        self.credentials
            .value
            .with(|c| c.ready().and_then(|c| c.iter().find(|c| c.id == id).map(|c| c.name.clone())))
            .unwrap_or_else(|| "a credential that is gone".to_owned())
    }

    /// Shows an entry as it was just stored; the list that is asked for again confirms it.
    pub(crate) fn put(&self, saved: CredentialView) {
        self.credentials.value.update(|load| {
            if let Load::Ready(all) = load {
                all.retain(|c| c.id != saved.id);
                all.push(saved);
            }
        });
    }

    /// Unlocking failed: damage that can be mended is remembered, so that the screen offers to mend it.
    pub(crate) fn failed(&self, problem: &Problem) {
        if RestoreVault::mends(problem) {
            self.damage.set(Some(Damage { problem: problem.clone(), restored: None }));
        }
    }

    /// What must be seen to before the vault can be used. Once it is open there is nothing to mend, but what
    /// became of it stays until it was read.
    pub(crate) fn to_mend(&self) -> Option<Damage> {
        let open = self.state() == Some(VaultState::Unlocked);
        self.damage.get().filter(|damage| damage.restored.is_some() || !open)
    }

    /// What an open vault makes an end of.
    fn heard(&self, view: &VaultView) {
        if view.state == VaultState::Unlocked {
            self.damage.update(|damage| *damage = damage.take().filter(|damage| damage.restored.is_some()));
            stores().inventory.vault_opened();
        }
    }

    /// Shows what a command answered at once; the event that follows confirms it.
    pub(crate) fn show(&self, view: VaultView) {
        self.heard(&view);
        self.view.value.set(Load::Ready(view));
    }
}
