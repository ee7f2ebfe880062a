//! The status bar: every light in one answer.

use crate::control::ControlStatus;
use crate::credential::{KeyringState, VaultState};
use crate::notification::NotificationCounts;
use crate::telemetry::LinkStatus;
use serde::{Deserialize, Serialize};

/// How the store stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStatus {
    /// Whether the last write worked.
    pub healthy: bool,
    /// Where the data is.
    pub directory: String,
    /// Bytes the databases take.
    pub bytes: u64,
    /// What the last write said when it did not work; empty otherwise.
    pub problem: String,
}

/// Every light of the status bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// Who operates it: the account's name.
    pub operator: String,
    /// The store.
    pub store: StoreStatus,
    /// The MQTT link; absent in a program that runs none, such as one `wh` command.
    pub link: Option<LinkStatus>,
    /// The vault.
    pub vault: VaultState,
    /// The OS keyring.
    pub keyring: KeyringState,
    /// The control loop; absent in a program that runs none.
    pub control: Option<ControlStatus>,
    /// Jobs that have not ended.
    pub jobs_running: u32,
    /// The inbox.
    pub notifications: NotificationCounts,
}

/// Shows every light.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetStatus {}
crate::command!(GetStatus, "status.get", Viewer, false => Status);
