//! Samples that wait for the disk.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many samples are worth a transaction before the second is over.
pub(crate) const BATCH: usize = 5000;

/// A sample on its way to the store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Queued {
    /// The hub's number of the series.
    pub(crate) series: u32,
    /// When, in microseconds since 1970 (UTC).
    pub(crate) at: i64,
    /// How much.
    pub(crate) value: f64,
}

#[derive(Debug, Default)]
struct Inner {
    queue: VecDeque<Queued>,
    dropped: u64,
}

/// A bounded queue that never makes its writer wait: when it is full the oldest give way, and are counted.
#[derive(Debug)]
pub(crate) struct Backlog {
    inner: Mutex<Inner>,
    limit: usize,
    batch_ready: Notify,
}

impl Backlog {
    /// An empty one for at most `limit` samples (24 bytes each).
    pub(crate) fn new(limit: usize) -> Self {
        Self { inner: Mutex::default(), limit: limit.max(BATCH), batch_ready: Notify::new() }
    }

    /// Adds samples at the end.
    pub(crate) fn put(&self, samples: &[Queued]) {
        if samples.is_empty() {
            return;
        }
        let mut inner = self.lock();
        inner.queue.extend(samples);
        inner.cut(self.limit);
        let ready = inner.queue.len() >= BATCH;
        drop(inner);
        if ready {
            self.batch_ready.notify_one();
        }
    }

    /// Takes up to `most` from the front.
    pub(crate) fn take(&self, most: usize) -> Vec<Queued> {
        let mut inner = self.lock();
        let n = inner.queue.len().min(most);
        inner.queue.drain(..n).collect()
    }

    /// Puts a batch that could not be written back to the front.
    pub(crate) fn put_back(&self, batch: Vec<Queued>) {
        let mut inner = self.lock();
        for sample in batch.into_iter().rev() {
            inner.queue.push_front(sample);
        }
        inner.cut(self.limit);
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().queue.len()
    }

    /// How many gave way since the program started.
    pub(crate) fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Waits until a batch is worth a transaction.
    pub(crate) async fn batch_ready(&self) {
        self.batch_ready.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn cut(&mut self, limit: usize) {
        let over = self.queue.len().saturating_sub(limit);
        self.queue.drain(..over);
        self.dropped += over as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(range: std::ops::Range<i64>) -> Vec<Queued> {
        range.map(|at| Queued { series: 0, at, value: 0.0 }).collect()
    }

    #[test]
    fn the_oldest_give_way_and_are_counted() {
        let backlog = Backlog::new(BATCH);
        backlog.put(&samples(0..BATCH as i64 + 300));
        assert_eq!((backlog.len(), backlog.dropped()), (BATCH, 300));
        let first = backlog.take(1000);
        assert_eq!(first.first().map(|q| q.at), Some(300), "the oldest three hundred are gone");
        backlog.put_back(first);
        backlog.put(&samples(0..10));
        assert_eq!((backlog.len(), backlog.dropped()), (BATCH, 310), "what was put back is the oldest again");
        assert_eq!(backlog.take(1).first().map(|q| q.at), Some(310));
    }
}
