//! The one way events travel.
//!
//! There are two lanes. What is in the store goes on the first: a reader that falls too far behind is
//! told [`Event::Resync`] and asks for what it shows anew, so nothing is lost. Telemetry goes on the
//! second: a slow reader misses frames and is told how many.

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};
use wheelhouse_protocol::Event;
use wheelhouse_protocol::event::Publisher;

/// Stored events a reader may be behind.
const STORED: usize = 8192;
/// Telemetry events a reader may be behind.
const LOSSY: usize = 64;

/// The bus. Clones are the same bus.
#[derive(Debug, Clone)]
pub struct Bus {
    stored: Sender<Event>,
    lossy: Sender<Event>,
}

impl Default for Bus {
    fn default() -> Self {
        Self { stored: broadcast::channel(STORED).0, lossy: broadcast::channel(LOSSY).0 }
    }
}

impl Bus {
    /// Tells every reader. Never waits; without readers, nobody hears it.
    pub fn publish(&self, event: Event) {
        let lane = if event.is_lossy() { &self.lossy } else { &self.stored };
        // An error means that nobody listens.
        lane.send(event).ok();
    }

    /// The bus as rooms see it.
    pub fn publisher(&self) -> Publisher {
        let bus = self.clone();
        Publisher::new(move |event| bus.publish(event))
    }

    /// Listens from now on.
    pub fn subscribe(&self) -> Subscription {
        Subscription { stored: self.stored.subscribe(), lossy: self.lossy.subscribe() }
    }
}

/// One reader's place on the bus.
#[derive(Debug)]
pub struct Subscription {
    stored: Receiver<Event>,
    lossy: Receiver<Event>,
}

impl Subscription {
    /// The next event; `None` when the bus has gone.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::select! {
            biased;
            stored = self.stored.recv() => match stored {
                Ok(event) => Some(event),
                Err(RecvError::Lagged(_)) => Some(Event::Resync),
                Err(RecvError::Closed) => None,
            },
            lossy = self.lossy.recv() => match lossy {
                Ok(event) => Some(event),
                Err(RecvError::Lagged(missed)) => Some(Event::FramesDropped(missed)),
                Err(RecvError::Closed) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wheelhouse_protocol::telemetry::Frame;

    #[tokio::test]
    async fn a_slow_reader_is_told_what_it_missed() {
        let bus = Bus::default();
        let mut reader = bus.subscribe();
        for _ in 0..LOSSY + 36 {
            bus.publish(Event::Frame(Frame { series: Vec::new() }));
        }
        assert_eq!(reader.next().await, Some(Event::FramesDropped(36)));
        for _ in 0..=STORED {
            bus.publish(Event::InventoryChanged);
        }
        assert_eq!(reader.next().await, Some(Event::Resync), "it must ask for what it shows anew");
        assert_eq!(reader.next().await, Some(Event::InventoryChanged), "and then it hears on");
    }
}
