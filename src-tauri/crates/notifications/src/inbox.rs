//! The inbox: entries in the store, and the few that wait for it.

use crate::NotificationError;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;
use wheelhouse_protocol::event::{Event, Publisher};
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::{
    AcknowledgeNotifications, ListNotifications, Notification, NotificationCounts, NotificationPage, Source,
};
use wheelhouse_protocol::{JobId, NotificationId, Timestamp};
use wheelhouse_store::Store;

/// The same within so many seconds is one entry that happened again.
const WINDOW_SECONDS: i64 = 600;
/// Entries that may wait for a store that cannot be written.
const WAITING: usize = 200;
/// The longest texts [characters]; what is longer is cut and ends in an ellipsis.
const MESSAGE: usize = 500;
const DETAILS: usize = 20_000;
const NAME: usize = 300;

/// Something worth an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotification {
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
    pub job: Option<JobId>,
}

/// The inbox.
pub struct Inbox {
    store: Arc<Store>,
    publisher: Publisher,
    /// Entries the store could not take yet, oldest first, each fingerprint once.
    waiting: Mutex<VecDeque<Notification>>,
    /// Held while entries are written, so that they keep their order. Readers never wait for it.
    writing: tokio::sync::Mutex<()>,
}

impl Inbox {
    /// The inbox of a store, telling what is new to `publisher`.
    pub fn new(store: Arc<Store>, publisher: Publisher) -> Self {
        Self { store, publisher, waiting: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }

    /// Keeps an entry and tells it; the same within ten minutes is counted up instead.
    ///
    /// When the disk refuses, which may be the very news, the entry waits in memory (200 at most), is told
    /// and listed like any other, and is stored as soon as a later one can be.
    ///
    /// # Errors
    /// When message or fingerprint is empty, or the store fails in another way than its disk.
    pub async fn raise(&self, new: NewNotification) -> Result<Notification, NotificationError> {
        for (name, text) in [("message", &new.message), ("fingerprint", &new.fingerprint)] {
            if text.trim().is_empty() {
                return Err(NotificationError::Empty(name));
            }
        }
        let now = Timestamp::now();
        let entry = Notification {
            id: NotificationId(Uuid::now_v7()),
            at: now,
            first_at: now,
            count: 1,
            source: new.source,
            level: new.level,
            service: cut(new.service, NAME),
            message: cut(new.message, MESSAGE),
            details: cut(new.details, DETAILS),
            fingerprint: cut(new.fingerprint, NAME),
            action_required: new.action_required,
            job: new.job,
            acknowledged_by: None,
            acknowledged_at: None,
            note: String::new(),
        };
        let writing = self.writing.lock().await;
        let stored = match self.store_waiting().await {
            Ok(()) => self.store.put_notification(&entry, WINDOW_SECONDS).await,
            Err(error) => Err(error),
        };
        let kept = match stored {
            Ok(kept) => kept,
            Err(error) if error.is_storage() => {
                tracing::error!(%error, message = %entry.message, "a notification waits in memory");
                wait_for_store(&mut self.waiting(), entry)
            }
            Err(error) => return Err(error.into()),
        };
        drop(writing);
        self.publisher.tell(Event::Notification(kept.clone()));
        self.tell_counts().await;
        Ok(kept)
    }

    /// Entries and the figures of the whole inbox.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list(&self, filter: &ListNotifications) -> Result<NotificationPage, NotificationError> {
        let mut notifications = self.store.notifications(filter).await?;
        notifications.extend(self.waiting().iter().filter(|entry| matches(entry, filter)).cloned());
        notifications.sort_by_key(|n| {
            let urgent = n.action_required && n.acknowledged_at.is_none();
            (std::cmp::Reverse(urgent), std::cmp::Reverse(n.at))
        });
        let limit = if filter.limit == 0 { 500 } else { filter.limit };
        notifications.truncate(limit as usize);
        Ok(NotificationPage { notifications, counts: self.counts().await? })
    }

    /// Acknowledges entries, or all that are open when none is named; says the figures afterwards.
    ///
    /// # Errors
    /// When the store fails; then nothing is acknowledged.
    pub async fn acknowledge(
        &self,
        request: &AcknowledgeNotifications,
        who: &str,
    ) -> Result<NotificationCounts, NotificationError> {
        // What was seen in the list is in the store before it is acknowledged there.
        let writing = self.writing.lock().await;
        self.store_waiting().await?;
        drop(writing);
        self.store.acknowledge(&request.ids, who, Timestamp::now(), &request.note).await?;
        let counts = self.counts().await?;
        self.publisher.tell(Event::NotificationCounts(counts));
        Ok(counts)
    }

    /// The figures of the whole inbox.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn counts(&self) -> Result<NotificationCounts, NotificationError> {
        let mut counts = self.store.notification_counts().await?;
        for entry in self.waiting().iter() {
            counts.total += 1;
            counts.unacknowledged += 1;
            counts.action_required += u32::from(entry.action_required);
            counts.worst = counts.worst.max(Some(entry.level));
        }
        Ok(counts)
    }

    /// Stores what waits, oldest first. Only who holds `writing` may.
    async fn store_waiting(&self) -> wheelhouse_store::Result<()> {
        loop {
            let Some(entry) = self.waiting().front().cloned() else { return Ok(()) };
            self.store.put_notification(&entry, WINDOW_SECONDS).await?;
            self.waiting().pop_front();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Notification>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tell_counts(&self) {
        match self.counts().await {
            Ok(counts) => self.publisher.tell(Event::NotificationCounts(counts)),
            Err(error) => tracing::warn!(%error, "the inbox's figures could not be read"),
        }
    }
}

/// Keeps an entry until the store can take it; the result is what stands there now.
fn wait_for_store(waiting: &mut VecDeque<Notification>, entry: Notification) -> Notification {
    if let Some(same) = waiting.iter_mut().find(|known| known.fingerprint == entry.fingerprint) {
        same.at = entry.at;
        same.count = same.count.saturating_add(1);
        same.level = same.level.max(entry.level);
        same.action_required |= entry.action_required;
        same.message = entry.message;
        same.details = entry.details;
        return same.clone();
    }
    if waiting.len() >= WAITING {
        // The least important gives way, the oldest of those first.
        let least = waiting.iter().enumerate().min_by_key(|(_, known)| known.level).map(|(place, _)| place);
        if let Some(lost) = least.and_then(|place| waiting.remove(place)) {
            tracing::error!(message = %lost.message, "a notification was lost: too many wait for the store");
        }
    }
    waiting.push_back(entry.clone());
    entry
}

/// Whether a waiting entry is among those asked for, as the store would say.
fn matches(entry: &Notification, filter: &ListNotifications) -> bool {
    let text = filter.text.to_lowercase();
    filter.level.is_none_or(|level| entry.level >= level)
        && filter.source.is_none_or(|source| entry.source == source)
        && [&entry.message, &entry.details, &entry.service].iter().any(|field| field.to_lowercase().contains(&text))
}

fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fingerprint: &str, level: Level) -> Notification {
        let at = Timestamp::UNIX_EPOCH;
        Notification {
            id: NotificationId(Uuid::nil()),
            at,
            first_at: at,
            count: 1,
            source: Source::System,
            level,
            service: "store".to_owned(),
            message: fingerprint.to_owned(),
            details: String::new(),
            fingerprint: fingerprint.to_owned(),
            action_required: false,
            job: None,
            acknowledged_by: None,
            acknowledged_at: None,
            note: String::new(),
        }
    }

    #[test]
    fn a_storm_without_a_store_is_bounded_and_spares_what_matters() {
        let mut waiting = VecDeque::new();
        wait_for_store(&mut waiting, entry("the one", Level::Critical));
        for n in 0..1000 {
            wait_for_store(&mut waiting, entry(&format!("noise {n}"), Level::Info));
            wait_for_store(&mut waiting, entry("the one", Level::Info));
        }
        assert_eq!(waiting.len(), WAITING);
        let one = waiting.iter().find(|e| e.fingerprint == "the one");
        assert_eq!(
            one.map(|e| (e.count, e.level)),
            Some((1001, Level::Critical)),
            "kept, counted, as bad as it ever was"
        );
        assert_eq!(waiting.back().map(|e| e.fingerprint.as_str()), Some("noise 999"), "the newest noise is there");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("äöü".to_owned(), 3), "äöü");
        assert_eq!(cut("äöüß".to_owned(), 3), "äöü…");
    }

    #[test]
    fn waiting_entries_obey_the_filter() {
        let critical = entry("The disk is full", Level::Critical);
        let all = ListNotifications::default();
        assert!(matches(&critical, &all));
        assert!(matches(&critical, &ListNotifications { text: "DISK".to_owned(), ..all.clone() }));
        assert!(!matches(&critical, &ListNotifications { text: "tape".to_owned(), ..all.clone() }));
        assert!(!matches(&critical, &ListNotifications { source: Some(Source::Job), ..all.clone() }));
        assert!(!matches(&entry("x", Level::Info), &ListNotifications { level: Some(Level::Error), ..all }));
    }
}
