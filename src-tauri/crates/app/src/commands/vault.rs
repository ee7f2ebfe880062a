//! The vault.

use crate::{App, Caller, Handle};
use serde_json::{Value, json};
use wheelhouse_automation::check_private_key;
use wheelhouse_protocol::credential::{
    ChangePassphrase, CreateVault, CredentialView, DeleteCredential, FieldInput, GetVault, ListCredentials, LockVault,
    RestoreVault, RestoredVault, SaveCredential, SetKeyringUnlock, UnlockVault, VaultView, field,
};
use wheelhouse_protocol::{CredentialId, Problem, ProblemCode, Role};
use wheelhouse_store::inventory::credential_users;
use wheelhouse_vault::SecretString;

impl Handle<GetVault> for App {
    async fn handle(&self, _: &Caller, _: GetVault) -> Result<VaultView, Problem> {
        Ok(self.vault.view().await?)
    }
}

impl Handle<CreateVault> for App {
    async fn handle(&self, caller: &Caller, command: CreateVault) -> Result<VaultView, Problem> {
        Ok(self.vault.create(&command.passphrase, command.use_keyring, &caller.who).await?)
    }
}

impl Handle<UnlockVault> for App {
    async fn handle(&self, caller: &Caller, command: UnlockVault) -> Result<VaultView, Problem> {
        let opened = match &command.passphrase {
            Some(passphrase) => self.vault.unlock(passphrase).await,
            None => self.vault.unlock_with_keyring().await,
        };
        let by = if command.passphrase.is_some() { "passphrase" } else { "keyring" };
        let view = match opened.map_err(Problem::from) {
            Ok(view) => view,
            Err(problem) => {
                if problem.code == ProblemCode::WrongSecret {
                    self.note(caller, "vault.unlock-refused", json!({ "by": by })).await;
                }
                return Err(problem);
            }
        };
        self.note(caller, "vault.unlocked", json!({ "by": by })).await;
        // What waited for a credential can go on.
        self.start_link().await;
        Ok(view)
    }
}

impl Handle<LockVault> for App {
    async fn handle(&self, caller: &Caller, _: LockVault) -> Result<VaultView, Problem> {
        self.engine.forget_sessions();
        let view = self.vault.lock().await?;
        self.note(caller, "vault.locked", json!({})).await;
        Ok(view)
    }
}

impl Handle<ChangePassphrase> for App {
    async fn handle(&self, caller: &Caller, command: ChangePassphrase) -> Result<VaultView, Problem> {
        Ok(self.vault.change_passphrase(&command.current, &command.new, &caller.who).await?)
    }
}

impl Handle<SetKeyringUnlock> for App {
    async fn handle(&self, caller: &Caller, command: SetKeyringUnlock) -> Result<VaultView, Problem> {
        Ok(self.vault.set_keyring_unlock(command.enabled, &caller.who).await?)
    }
}

impl Handle<RestoreVault> for App {
    async fn handle(&self, caller: &Caller, command: RestoreVault) -> Result<RestoredVault, Problem> {
        Ok(self.vault.restore_previous(&command.passphrase, &caller.who).await?)
    }
}

impl Handle<ListCredentials> for App {
    async fn handle(&self, _: &Caller, _: ListCredentials) -> Result<Vec<CredentialView>, Problem> {
        let mut credentials = self.vault.list().await?;
        let users = credential_users(&self.store.targets().await?);
        for credential in &mut credentials {
            credential.used_by_targets = users.get(&credential.id).copied().unwrap_or(0);
        }
        Ok(credentials)
    }
}

impl Handle<SaveCredential> for App {
    async fn handle(&self, caller: &Caller, command: SaveCredential) -> Result<CredentialView, Problem> {
        check_key(&command.fields).await?;
        let view = self.vault.save(command, &caller.who).await?;
        self.engine.forget_sessions();
        Ok(view)
    }
}

impl Handle<DeleteCredential> for App {
    async fn handle(&self, caller: &Caller, command: DeleteCredential) -> Result<(), Problem> {
        let targets = self.store.targets().await?;
        let users: Vec<&str> = targets
            .iter()
            .filter(|t| t.spec.connections.iter().any(|c| c.credential == Some(command.id)))
            .map(|t| t.spec.name.as_str())
            .collect();
        if !users.is_empty() {
            return Err(Problem::new(
                ProblemCode::Conflict,
                "This credential is in use",
                format!("{} log in with it.", users.join(", ")),
            )
            .hint("Give them another credential first."));
        }
        self.vault.delete(command.id, &caller.who).await?;
        self.engine.forget_sessions();
        Ok(())
    }
}

/// A private key is tried when it is stored, so that a wrong passphrase shows now and not in a job.
async fn check_key(fields: &[FieldInput]) -> Result<(), Problem> {
    let get = |name: &str| {
        let found = fields.iter().find(|f| f.name == name).and_then(|f| f.value.as_ref());
        found.filter(|v| !v.is_empty()).map(|v| SecretString::from(v.expose().to_owned()))
    };
    let Some(key) = get(field::PRIVATE_KEY) else { return Ok(()) };
    let passphrase = get(field::PASSPHRASE);
    // Opening an encrypted key is meant to be slow.
    crate::planning::blocking(move || {
        check_private_key(&key, passphrase).map(|_| ()).map_err(|reason| {
            Problem::new(ProblemCode::InvalidInput, "That private key cannot be used", format!("{reason}."))
                .hint("Paste the whole key, with its first and last line, and its passphrase if it has one.")
                .source(field::PRIVATE_KEY)
        })
    })
    .await
}

/// How a secret reaches the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// Their eyes.
    Shown,
    /// Their clipboard.
    Copied,
}

impl Disclosure {
    fn record(self) -> &'static str {
        match self {
            Self::Shown => "credential.shown",
            Self::Copied => "credential.copied",
        }
    }
}

impl App {
    /// Puts something into the audit chain that has happened whether or not it can be written down: a disk
    /// that is full must not keep an operator from locking the vault.
    pub(crate) async fn note(&self, caller: &Caller, what: &'static str, detail: Value) {
        if let Err(error) = self.store.append_audit(&Self::record(caller, what, detail)).await {
            tracing::error!(%error, what, "the audit record could not be written");
        }
    }

    /// A secret field in the clear, for a door that shows it to the operator natively. It is no command,
    /// so no message between a door and its page can carry it; each use is in the audit chain.
    ///
    /// # Errors
    /// [`ProblemCode::Forbidden`] below the role of an administrator, [`ProblemCode::NotFound`] for a field that
    /// is not there, and what keeps the vault closed.
    pub async fn disclose(
        &self,
        caller: &Caller,
        credential: CredentialId,
        field: &str,
        how: Disclosure,
    ) -> Result<SecretString, Problem> {
        if caller.role < Role::Admin {
            return Err(Problem::new(ProblemCode::Forbidden, "Not allowed", "Only an administrator sees secrets."));
        }
        let opened = self.vault.open_credential(credential, "shown to the operator").await?;
        let secret = opened.field(field).cloned().ok_or_else(|| Problem::not_found("field", field))?;
        let record = Self::record(caller, how.record(), json!({ "credential": credential, "field": field }));
        self.store.append_audit(&record).await?;
        Ok(secret)
    }
}
