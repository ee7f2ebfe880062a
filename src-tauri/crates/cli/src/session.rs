//! One run of `wh` on one data directory.

use crate::args::Args;
use crate::secret;
use serde::Serialize;
use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use wheelhouse_app::{App, AppOptions, Caller, Door, Handle, data_directory};
use wheelhouse_protocol::credential::{CredentialView, GetVault, ListCredentials, UnlockVault, VaultState};
use wheelhouse_protocol::inventory::{Group, ListGroups, ListTargets, Target};
use wheelhouse_protocol::job::ListJobs;
use wheelhouse_protocol::{Command, CredentialId, JobId, Problem, ProblemCode};

/// One run of `wh`.
pub(crate) struct Session {
    pub(crate) app: Arc<App>,
    pub(crate) caller: Caller,
    pub(crate) json: bool,
    passphrase_file: Option<PathBuf>,
}

impl Session {
    /// Opens the data directory.
    pub(crate) async fn open(args: &Args) -> Result<Self, Problem> {
        let directory = match &args.home {
            Some(home) => home.clone(),
            None => data_directory()?,
        };
        let app = App::open(AppOptions::new(directory, Door::Terminal)).await?;
        Ok(Self { app, caller: Caller::operator(), json: args.json, passphrase_file: args.passphrase_file.clone() })
    }

    /// Does a command. Where it needs the vault, the vault is opened first.
    pub(crate) async fn call<C: Command + Clone>(&self, command: C) -> Result<C::Output, Problem>
    where
        App: Handle<C>,
    {
        match self.app.call(&self.caller, command.clone()).await {
            Err(problem) if problem.code == ProblemCode::VaultLocked => {
                self.unlock().await?;
                self.app.call(&self.caller, command).await
            }
            done => done,
        }
    }

    /// Opens the vault: by the passphrase file, by the keyring, or by asking.
    pub(crate) async fn unlock(&self) -> Result<(), Problem> {
        if let Some(file) = &self.passphrase_file {
            let passphrase = Some(secret::from_file(file, "the passphrase")?);
            self.app.call(&self.caller, UnlockVault { passphrase }).await?;
            return Ok(());
        }
        let by_keyring = self.app.call(&self.caller, UnlockVault { passphrase: None }).await;
        let Err(problem) = by_keyring else { return Ok(()) };
        if self.app.call(&self.caller, GetVault {}).await?.state == VaultState::Missing
            || !std::io::stdin().is_terminal()
        {
            let hint = "Give --passphrase-file FILE, or run this in a terminal to be asked.";
            return Err(Problem { hint: hint.to_owned(), ..problem });
        }
        let passphrase = Some(secret::ask("Passphrase of the vault")?);
        self.app.call(&self.caller, UnlockVault { passphrase }).await?;
        Ok(())
    }

    /// The passphrase for a new vault, or to change one: from the file, or asked for twice.
    pub(crate) fn new_passphrase(&self, file: Option<&PathBuf>) -> Result<wheelhouse_protocol::SecretInput, Problem> {
        match file {
            Some(file) => secret::from_file(file, "the passphrase"),
            None => secret::ask_twice("New passphrase"),
        }
    }

    /// The file given for the passphrase.
    pub(crate) fn passphrase_file(&self) -> Option<&PathBuf> {
        self.passphrase_file.as_ref()
    }

    /// Ends in order.
    pub(crate) async fn close(self) {
        self.app.shutdown(Duration::from_secs(1)).await;
    }

    /// The target of this name.
    pub(crate) async fn target(&self, name: &str) -> Result<Target, Problem> {
        let targets = self.call(ListTargets::default()).await?;
        let found = targets.into_iter().find(|t| t.spec.name.eq_ignore_ascii_case(name) || t.id.to_string() == name);
        found.ok_or_else(|| Problem::not_found("target", name).hint("List them: wh target list"))
    }

    /// The group of this name or alias.
    pub(crate) async fn group(&self, name: &str) -> Result<Group, Problem> {
        let groups = self.call(ListGroups::default()).await?;
        find_group(&groups, name).ok_or_else(|| Problem::not_found("group", name).hint("List them: wh group list"))
    }

    /// The credential of this name.
    pub(crate) async fn credential(&self, name: &str) -> Result<CredentialView, Problem> {
        let credentials = self.call(ListCredentials::default()).await?;
        let found = credentials.into_iter().find(|c| c.name.eq_ignore_ascii_case(name) || c.id.to_string() == name);
        found.ok_or_else(|| Problem::not_found("credential", name).hint("List them: wh vault list"))
    }

    /// Names of credentials by id.
    pub(crate) async fn credential_names(&self) -> Result<HashMap<CredentialId, String>, Problem> {
        Ok(self.call(ListCredentials::default()).await?.into_iter().map(|c| (c.id, c.name)).collect())
    }

    /// The job whose id ends so.
    pub(crate) async fn job(&self, text: &str) -> Result<JobId, Problem> {
        if let Some(id) = JobId::parse(text) {
            return Ok(id);
        }
        let jobs = self.call(ListJobs { limit: 10_000, ..ListJobs::default() }).await?;
        by_end(jobs.iter().map(|j| j.id), text, "job")
    }

    /// Prints an answer as JSON, or lets `plain` print it for people.
    pub(crate) fn print<T: Serialize>(&self, value: &T, plain: impl FnOnce(&T)) {
        if self.json { crate::show::json(value) } else { plain(value) }
    }
}

/// The group of this name or alias.
pub(crate) fn find_group(groups: &[Group], name: &str) -> Option<Group> {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    groups
        .iter()
        .find(|g| is(&g.spec.name) || g.id.to_string() == name)
        .or_else(|| groups.iter().find(|g| g.spec.aliases.iter().any(|a| is(a))))
        .cloned()
}

/// The one id that ends so: people copy the short form.
pub(crate) fn by_end<I: ToString + Copy>(
    ids: impl Iterator<Item = I>,
    text: &str,
    what: &'static str,
) -> Result<I, Problem> {
    let end = text.trim().to_lowercase();
    let found: Vec<I> = ids.filter(|id| !end.is_empty() && id.to_string().replace('-', "").ends_with(&end)).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Problem::not_found(what, text)),
        _ => Err(Problem::invalid(what, format!("Several {what}s end with “{text}”; give more of the id."))),
    }
}
