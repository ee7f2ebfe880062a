//! Events: what the program tells its doors without being asked.

use crate::control::ControlStatus;
use crate::job::{JobEvent, JobSummary, LogLine};
use crate::notification::{Notification, NotificationCounts};
use crate::telemetry::{Frame, LinkStatus};
use crate::{ConversationId, JobId, Problem};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the program tells. Everything but [`Event::Frame`], [`Event::Control`] and [`Event::Link`]
/// is in the store before it is told, so a reader that missed some can ask for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "topic", content = "body", rename_all = "kebab-case")]
pub enum Event {
    /// A job began, ended or changed its counts.
    JobChanged(JobSummary),
    /// Something happened in a job.
    Job(JobEvent),
    /// New lines in a job's log.
    JobLog {
        /// The job.
        job: JobId,
        /// The lines, in order.
        lines: Vec<LogLine>,
    },
    /// A conversation has a new message, or a proposal in it changed.
    Chat(ConversationId),
    /// The inbox has a new entry, or one that happened again.
    Notification(Notification),
    /// The inbox's figures changed.
    NotificationCounts(NotificationCounts),
    /// Targets, groups or host keys changed.
    InventoryChanged,
    /// The vault was opened, closed or changed.
    VaultChanged,
    /// Settings changed.
    SettingsChanged,
    /// Recipes were saved or deleted.
    RecipesChanged,
    /// Schedules, their standing approvals or their runs changed.
    SchedulesChanged,
    /// The MQTT link's state or figures changed.
    Link(LinkStatus),
    /// New samples.
    Frame(Frame),
    /// The control loop's state.
    Control(ControlStatus),
    /// The store can no longer be written, or can again (`None`).
    Store(Option<Problem>),
    /// The reader was too slow for telemetry: so many frames were left out.
    FramesDropped(u64),
    /// The reader was too slow for stored events: it must ask for what it shows anew.
    Resync,
}

impl Event {
    /// Whether a slow reader may miss it without harm.
    pub fn is_lossy(&self) -> bool {
        matches!(self, Self::Frame(_) | Self::Control(_) | Self::Link(_))
    }
}

/// Where a room tells its events: handed in by the program that owns the room.
///
/// Telling never waits and never fails; what cannot be delivered is the bus's business.
#[derive(Clone)]
pub struct Publisher(Arc<dyn Fn(Event) + Send + Sync>);

impl Publisher {
    /// Tells events to `to`.
    pub fn new(to: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(to))
    }

    /// Tells them to nobody.
    pub fn nobody() -> Self {
        Self::new(|_| {})
    }

    /// Tells one event.
    pub fn tell(&self, event: Event) {
        (self.0)(event);
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Publisher")
    }
}
