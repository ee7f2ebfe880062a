//! Settings and the status bar.

use crate::{App, Caller, Handle};
use serde_json::json;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::settings::{GetSettings, SetSettings, Settings};
use wheelhouse_protocol::status::{GetStatus, Status, StoreStatus};

impl Handle<GetStatus> for App {
    async fn handle(&self, caller: &Caller, _: GetStatus) -> Result<Status, Problem> {
        let problem = self.store.health().borrow().clone();
        let vault = self.vault.view().await?;
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            operator: caller.who.clone(),
            store: StoreStatus {
                healthy: problem.is_none(),
                directory: self.store.directory().display().to_string(),
                bytes: self.store.bytes(),
                problem: problem.map(|p| p.to_string()).unwrap_or_default(),
            },
            link: self.telemetry.as_ref().map(|t| t.link_status()),
            vault: vault.state,
            keyring: vault.keyring,
            control: self.telemetry.as_ref().map(|t| t.control_status()),
            jobs_running: self.store.open_job_count().await?,
            notifications: self.inbox.counts().await?,
        })
    }
}

impl Handle<GetSettings> for App {
    async fn handle(&self, _: &Caller, _: GetSettings) -> Result<Settings, Problem> {
        self.settings().await
    }
}

impl Handle<SetSettings> for App {
    async fn handle(&self, caller: &Caller, command: SetSettings) -> Result<Settings, Problem> {
        self.apply_settings(&command.settings).await?;
        let record = Self::record(caller, "settings.changed", json!({ "settings": command.settings }));
        self.store.append_audit(&record).await?;
        Ok(command.settings)
    }
}
