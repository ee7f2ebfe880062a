//! What happens becomes notifications.

use crate::bus::Subscription;
use std::sync::Arc;
use tokio::sync::watch::Receiver;
use wheelhouse_notifications::{Inbox, Memory, NewNotification, from_event};
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::Source;
use wheelhouse_protocol::{Event, Problem};

/// Listens to the bus and to the store's health for as long as the program runs.
pub(crate) async fn run(
    mut events: Subscription,
    mut health: Receiver<Option<Problem>>,
    publisher: Publisher,
    inbox: Arc<Inbox>,
) {
    let mut memory = Memory::default();
    loop {
        tokio::select! {
            event = events.next() => match event {
                None => return,
                Some(event) => {
                    if let Some(new) = from_event(&event, &mut memory)
                        && let Err(error) = inbox.raise(new).await
                    {
                        tracing::error!(%error, "a notification could not be kept");
                    }
                }
            },
            changed = health.changed() => {
                if changed.is_err() {
                    return;
                }
                let now = health.borrow_and_update().clone();
                publisher.tell(Event::Store(now));
            }
        }
    }
}

/// The stored link could not be dialled at the start.
pub(crate) fn link_not_started(problem: &Problem) -> NewNotification {
    NewNotification {
        source: Source::Mqtt,
        level: Level::Warning,
        service: "mqtt".to_owned(),
        message: "The MQTT link is not connected".to_owned(),
        details: problem.to_string(),
        fingerprint: "mqtt-not-started".to_owned(),
        action_required: true,
        job: None,
    }
}
