//! The inbox.

use super::load::Remote;
use leptos::prelude::*;
use wheelhouse_protocol::NotificationId;
use wheelhouse_protocol::notification::{
    AcknowledgeNotifications, ListNotifications, Notification, NotificationCounts, NotificationPage,
};

/// The most entries held.
const KEEP: u32 = 2000;

/// The inbox.
#[derive(Default)]
pub(crate) struct Notices {
    pub(crate) page: Remote<NotificationPage>,
    /// The figures, as last told.
    pub(crate) counts: RwSignal<NotificationCounts>,
    /// Whether the screen shall ask whether to acknowledge all that is open.
    pub(crate) ask_all: RwSignal<bool>,
    /// The entry to open when the screen is shown next.
    pub(crate) wanted: RwSignal<Option<NotificationId>>,
}

impl Notices {
    /// Asks for the inbox.
    pub(crate) fn refresh(&'static self) {
        self.page.ask_then(
            || ListNotifications { limit: KEEP, ..ListNotifications::default() },
            |page| crate::state::stores().notices.counted(page.counts),
        );
    }

    /// One was raised, or happened again.
    pub(crate) fn raised(&'static self, new: Notification) {
        self.page.value.update(|load| {
            if let super::Load::Ready(page) = load {
                page.notifications.retain(|n| n.id != new.id);
                page.notifications.insert(0, new);
            }
        });
    }

    /// The figures changed. When others than ours changed them, so did the entries.
    pub(crate) fn counted(&'static self, counts: NotificationCounts) {
        if self.counts.get_untracked() == counts {
            return;
        }
        self.counts.set(counts);
        let held = self.page.value.with_untracked(|p| {
            p.ready().map(|p| p.notifications.iter().filter(|n| n.acknowledged_at.is_none()).count() as u32)
        });
        if held.is_some_and(|held| held != counts.unacknowledged) {
            self.refresh();
        }
    }

    /// The command that acknowledges these.
    pub(crate) fn acknowledge(ids: Vec<NotificationId>, note: String) -> AcknowledgeNotifications {
        AcknowledgeNotifications { ids, note }
    }
}
