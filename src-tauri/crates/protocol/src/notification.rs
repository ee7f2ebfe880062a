//! Notifications: one inbox for everything that wants a person's eye.

use crate::job::Level;
use crate::{NotificationId, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a notification comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A job.
    Job,
    /// The MQTT link.
    Mqtt,
    /// The control loop.
    Control,
    /// The vault.
    Vault,
    /// A schedule.
    Schedule,
    /// Wheelhouse itself: the store, the disk.
    System,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 6] = [Self::Job, Self::Mqtt, Self::Control, Self::Vault, Self::Schedule, Self::System];

    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Mqtt => "mqtt",
            Self::Control => "control",
            Self::Vault => "vault",
            Self::Schedule => "schedule",
            Self::System => "system",
        }
    }

    /// The source a stored name means.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }
}

/// One entry of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// When it last happened.
    pub at: Timestamp,
    /// When it first happened.
    pub first_at: Timestamp,
    /// How often it happened since it was last acknowledged.
    pub count: u32,
    /// Where it comes from.
    pub source: Source,
    /// How much it matters.
    pub level: Level,
    /// The service, job or part it is about.
    pub service: String,
    /// What happened, in one sentence.
    pub message: String,
    /// More about it; may be empty.
    pub details: String,
    /// What makes two of them the same.
    pub fingerprint: String,
    /// Whether somebody should do something.
    pub action_required: bool,
    /// The job it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<crate::JobId>,
    /// Who acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// What they wrote.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The footer's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct NotificationCounts {
    /// All.
    pub total: u32,
    /// Not acknowledged.
    pub unacknowledged: u32,
    /// Not acknowledged, and somebody should do something.
    pub action_required: u32,
    /// The worst level among those not acknowledged.
    pub worst: Option<Level>,
}

/// A page of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationPage {
    /// Those needing action first, then newest first.
    pub notifications: Vec<Notification>,
    /// The figures of the whole inbox.
    pub counts: NotificationCounts,
}

/// Lists the inbox.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListNotifications {
    /// Only at this level or worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Only from this source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Only those not acknowledged.
    #[serde(default)]
    pub open_only: bool,
    /// Only those with this text in message, details or service.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// At most so many; 500 when 0.
    #[serde(default)]
    pub limit: u32,
}
crate::command!(ListNotifications, "notification.list", Viewer, false => NotificationPage);

/// Acknowledges entries, or all of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AcknowledgeNotifications {
    /// Which; all that are open when empty.
    #[serde(default)]
    pub ids: Vec<NotificationId>,
    /// A note to keep with them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
crate::command!(AcknowledgeNotifications, "notification.acknowledge", Operator, true => NotificationCounts);
