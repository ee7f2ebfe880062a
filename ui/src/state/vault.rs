//! The vault as it may be shown.

use super::load::{Load, Remote};
use leptos::prelude::*;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::credential::{CredentialView, GetVault, ListCredentials, VaultState, VaultView};

/// The vault and its entries.
#[derive(Default)]
pub(crate) struct VaultStore {
    pub(crate) view: Remote<VaultView>,
    pub(crate) credentials: Remote<Vec<CredentialView>>,
}

impl VaultStore {
    /// Asks for both.
    pub(crate) fn refresh(&'static self) {
        self.view.ask(GetVault::default);
        self.credentials.ask(ListCredentials::default);
    }

    /// Whether it is there and open; `None` until the answer comes.
    pub(crate) fn state(&self) -> Option<VaultState> {
        self.view.value.with(|v| v.ready().map(|v| v.state))
    }

    /// What an entry is called.
    pub(crate) fn name_of(&self, id: CredentialId) -> String {
        self.credentials
            .value
            .with(|c| c.ready().and_then(|c| c.iter().find(|c| c.id == id).map(|c| c.name.clone())))
            .unwrap_or_else(|| "a credential that is gone".to_owned())
    }

    /// Shows what a command answered at once; the event that follows confirms it.
    pub(crate) fn show(&self, view: VaultView) {
        self.view.value.set(Load::Ready(view));
    }
}
