//! From the wire to the hub: a bounded hand-off, so that the task that speaks with the broker never waits.

use super::figures::Figures;
use super::payload;
use super::session::Delivery;
use crate::hub::{Hub, Reading};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;
use wheelhouse_protocol::Timestamp;

/// Places beside the ordinary ones for messages whose publisher wants to be sure. A broker cannot have
/// more of them on the way than there are packet identifiers (MQTT 3.1.1, section 2.3.1), so they are
/// never dropped for their number. Brokers' own limits do not help: Mosquitto 2.0.11, set to 20, was seen
/// to have 233 unacknowledged ones on the way. The queue grows only as it fills.
const ASSURED: usize = 65_535;
/// Bytes of payload that may wait at once.
const BYTES: usize = 64 << 20;
/// The longest name of a series.
const NAME: usize = 512;

/// A message on its way, with the moment it arrived (microseconds since 1970).
pub(crate) struct Arrival {
    delivery: Delivery,
    at: i64,
}

/// The near end of the hand-off.
pub(crate) struct HandOff {
    queue: mpsc::Sender<Arrival>,
    bytes: Arc<AtomicUsize>,
    figures: Arc<Figures>,
    last: i64,
}

/// The far end.
pub(crate) struct Intake {
    queue: mpsc::Receiver<Arrival>,
    bytes: Arc<AtomicUsize>,
    figures: Arc<Figures>,
    hub: Arc<Hub>,
}

/// A hand-off for at most `places` messages, beside the [`ASSURED`] ones.
pub(crate) fn hand_off(places: usize, figures: &Arc<Figures>, hub: &Arc<Hub>) -> (HandOff, Intake) {
    let (sender, receiver) = mpsc::channel(places.max(1) + ASSURED);
    let bytes = Arc::new(AtomicUsize::new(0));
    let near = HandOff { queue: sender, bytes: Arc::clone(&bytes), figures: Arc::clone(figures), last: 0 };
    (near, Intake { queue: receiver, bytes, figures: Arc::clone(figures), hub: Arc::clone(hub) })
}

impl HandOff {
    /// Hands a message on, or drops it and counts it when there is no room. Never waits.
    ///
    /// A message that is dropped is acknowledged all the same: the broker would keep one of its few
    /// places for it until the connection ends.
    pub(crate) fn put(&mut self, delivery: Delivery) {
        self.figures.note_received();
        // Two messages of one topic in the same microsecond would be one sample in the store.
        self.last = Timestamp::now().as_microsecond().max(self.last + 1);
        let size = delivery.payload.len();
        let room = self.queue.capacity() > if delivery.assured { 0 } else { ASSURED };
        if !room || self.bytes.load(Ordering::Relaxed) + size > BYTES {
            self.figures.note_dropped();
            delivery.receipt.give();
            return;
        }
        self.bytes.fetch_add(size, Ordering::Relaxed);
        if let Err(refused) = self.queue.try_send(Arrival { delivery, at: self.last }) {
            self.bytes.fetch_sub(size, Ordering::Relaxed);
            self.figures.note_dropped();
            refused.into_inner().delivery.receipt.give();
        }
    }
}

impl Intake {
    /// Takes messages in until the near end is gone and the queue is empty.
    pub(crate) async fn run(mut self) {
        while let Some(Arrival { delivery, at }) = self.queue.recv().await {
            self.bytes.fetch_sub(delivery.payload.len(), Ordering::Relaxed);
            if let Err(why) = self.take(&delivery.topic, &delivery.payload, at) {
                self.figures.note_malformed(&delivery.topic, &why);
            }
            delivery.receipt.give();
        }
    }

    fn take(&self, topic: &str, payload: &[u8], at: i64) -> Result<(), String> {
        if topic.len() > NAME {
            return Err(format!("its topic has {} bytes; at most {NAME} can be kept", topic.len()));
        }
        let numbers = payload::read(payload, at)?;
        let named: Vec<(String, f64)> = numbers
            .values
            .into_iter()
            .map(|(field, value)| (if field.is_empty() { topic.to_owned() } else { format!("{topic}#{field}") }, value))
            .collect();
        let valued = format!("{topic}#value");
        self.hub.accept(named.iter().map(|(name, value)| Reading {
            name,
            unit: if *name == valued { &numbers.unit } else { "" },
            at: numbers.at,
            value: *value,
            keep: true,
        }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use crate::backlog::Backlog;
    use crate::link::session::Receipt;
    use bytes::Bytes;

    fn parts(places: usize) -> (HandOff, Intake, Arc<Figures>, Arc<Hub>) {
        let hub = Arc::new(Hub::new(100, Arc::new(Backlog::new(100_000))));
        let figures = Arc::new(Figures::new());
        let (near, far) = hand_off(places, &figures, &hub);
        (near, far, figures, hub)
    }

    fn message(payload: &[u8], assured: bool, receipts: &Arc<AtomicUsize>) -> Delivery {
        let receipts = Arc::clone(receipts);
        Delivery {
            topic: "t".to_owned(),
            payload: Bytes::copy_from_slice(payload),
            assured,
            receipt: Receipt::new(move || {
                receipts.fetch_add(1, Ordering::Relaxed);
            }),
        }
    }

    #[tokio::test]
    async fn what_finds_no_room_is_dropped_counted_and_acknowledged() {
        let (mut near, far, figures, hub) = parts(16);
        let receipts = Arc::new(AtomicUsize::new(0));
        for n in 0..100 {
            near.put(message(n.to_string().as_bytes(), false, &receipts));
        }
        let status = figures.status(&hub);
        assert_eq!((status.received, status.dropped), (100, 84), "sixteen places");
        assert_eq!(receipts.load(Ordering::Relaxed), 84, "those dropped are acknowledged at once");
        for _ in 0..ASSURED {
            near.put(message(b"1", true, &receipts));
        }
        assert_eq!(figures.status(&hub).dropped, 84, "assured messages find their place");
        near.put(message(b"1", true, &receipts));
        assert_eq!(figures.status(&hub).dropped, 85, "as many as there can be, and no more");
        drop(near);
        far.run().await;
        assert_eq!(receipts.load(Ordering::Relaxed), 101 + ASSURED, "every message got its receipt");
        assert_eq!(hub.list()[0].count as usize, 16 + ASSURED, "received = dropped + taken in");
    }

    #[tokio::test]
    async fn large_payloads_are_bounded_by_their_bytes() {
        let (mut near, far, figures, hub) = parts(1000);
        let receipts = Arc::new(AtomicUsize::new(0));
        let large = vec![b' '; 16 << 20];
        for _ in 0..6 {
            near.put(message(&large, false, &receipts));
        }
        assert_eq!(figures.status(&hub).dropped, 2, "four of sixteen megabytes fit into sixty-four");
        drop(near);
        far.run().await;
        assert_eq!(figures.status(&hub).malformed, 4, "blanks are no number");
    }

    #[tokio::test]
    async fn messages_of_one_moment_stay_apart() {
        let (mut near, far, _figures, hub) = parts(1000);
        let receipts = Arc::new(AtomicUsize::new(0));
        for n in 0..500 {
            near.put(message(n.to_string().as_bytes(), false, &receipts));
        }
        drop(near);
        far.run().await;
        assert_eq!(hub.window("t", 0, i64::MAX).unwrap().samples.len(), 500, "each has a time of its own");
    }

    #[tokio::test]
    async fn names_and_units_reach_the_hub() {
        let (mut near, far, figures, hub) = parts(1000);
        let receipts = Arc::new(AtomicUsize::new(0));
        near.put(message(r#"{"value": 3, "unit": "°C", "quality": 9}"#.as_bytes(), false, &receipts));
        near.put(message(b"oops", false, &receipts));
        drop(near);
        far.run().await;
        let list: Vec<(String, String)> = hub.list().into_iter().map(|s| (s.name, s.unit)).collect();
        let expected = [("t#quality", ""), ("t#value", "°C")];
        assert_eq!(list, expected.map(|(name, unit)| (name.to_owned(), unit.to_owned())));
        assert_eq!(figures.status(&hub).last_malformed, "t: it is neither a number nor JSON with numbers");
    }
}
