//! Samples to the disk: in batches, patiently, and no older than wanted.

use crate::backlog::{BATCH, Backlog, Queued};
use crate::hub::Hub;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;
use wheelhouse_protocol::{Problem, Timestamp};
use wheelhouse_store::telemetry::Sample;
use wheelhouse_store::{Store, StoreError};

/// What was accepted waits at most so long before it is written.
const EVERY: Duration = Duration::from_secs(1);
/// The first wait after a failed write; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How often old samples are removed.
const SWEEP: Duration = Duration::from_secs(3600);
/// How long the last batches may take when the program ends.
const LAST_WRITE: Duration = Duration::from_secs(10);

/// How writing goes, for who asks.
#[derive(Debug)]
pub(crate) struct WriterBook {
    /// Samples committed.
    pub(crate) stored: AtomicU64,
    keep_days: AtomicU32,
    sweep_now: Notify,
    /// What the last write said; none when it worked.
    pub(crate) problem: Mutex<Option<Problem>>,
}

impl WriterBook {
    pub(crate) fn new(keep_days: u32) -> Self {
        Self {
            stored: AtomicU64::new(0),
            keep_days: AtomicU32::new(keep_days),
            sweep_now: Notify::new(),
            problem: Mutex::default(),
        }
    }

    /// Keeps samples for so many days from now on, and removes what is older.
    pub(crate) fn keep(&self, days: u32) {
        self.keep_days.store(days, Ordering::Relaxed);
        self.sweep_now.notify_one();
    }

    /// What the last write said.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The one task that writes samples.
pub(crate) struct Writer {
    store: Arc<Store>,
    hub: Arc<Hub>,
    backlog: Arc<Backlog>,
    book: Arc<WriterBook>,
    /// The store's id of each of the hub's series.
    ids: HashMap<u32, i64>,
    /// Series whose id or unit the store has yet to hear of.
    unknown: Vec<u32>,
}

impl Writer {
    pub(crate) fn new(store: Arc<Store>, hub: Arc<Hub>, backlog: Arc<Backlog>, book: Arc<WriterBook>) -> Self {
        Self { store, hub, backlog, book, ids: HashMap::new(), unknown: Vec::new() }
    }

    /// Writes a batch every second, or as soon as it is [`BATCH`] samples, until `stop`; then what is left.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut tick = interval_at(Instant::now() + EVERY, EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sweep = interval_at(Instant::now() + EVERY, SWEEP);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut wait = FIRST_WAIT;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = tick.tick() => {}
                () = self.backlog.batch_ready() => {}
                _ = sweep.tick() => {
                    self.forget_old().await;
                    continue;
                }
                () = self.book.sweep_now.notified() => {
                    self.forget_old().await;
                    continue;
                }
            }
            if self.write_all().await {
                wait = FIRST_WAIT;
                continue;
            }
            // Not sooner again, however much arrives meanwhile.
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
            }
        }
        let waiting = self.backlog.len();
        let stored = self.book.stored.load(Ordering::Relaxed);
        if !timeout(LAST_WRITE, self.write_all()).await.unwrap_or(false) {
            // A batch that was being written when the time was up may have arrived.
            let written = self.book.stored.load(Ordering::Relaxed) - stored;
            tracing::error!(
                lost = waiting as u64 - written.min(waiting as u64),
                "the last samples could not be stored"
            );
        }
    }

    /// Writes until nothing waits; says whether that worked.
    async fn write_all(&mut self) -> bool {
        loop {
            let batch = self.backlog.take(BATCH);
            if batch.is_empty() {
                return true;
            }
            let written = self.write(&batch).await;
            let failed = written.is_err();
            self.note(written);
            if failed {
                self.backlog.put_back(batch);
                return false;
            }
        }
    }

    /// Writes a batch; answers with how many samples are stored.
    async fn write(&mut self, batch: &[Queued]) -> Result<usize, StoreError> {
        self.unknown.extend(self.hub.take_renamed());
        self.unknown.extend(batch.iter().map(|queued| queued.series).filter(|id| !self.ids.contains_key(id)));
        self.unknown.sort_unstable();
        self.unknown.dedup();
        if !self.unknown.is_empty() {
            let names: Vec<(u32, (String, String))> =
                self.unknown.iter().filter_map(|id| Some((*id, self.hub.name_of(*id)?))).collect();
            let wanted: Vec<(String, String)> = names.iter().map(|(_, name)| name.clone()).collect();
            let known = self.store.series_ids(&wanted).await?;
            let found = names.into_iter().filter_map(|(id, (name, _))| Some((id, *known.get(&name)?)));
            self.ids.extend(found);
            self.unknown.clear();
        }
        let samples: Vec<Sample> = batch
            .iter()
            .filter_map(|q| Some(Sample { series: *self.ids.get(&q.series)?, at: q.at, value: q.value }))
            .collect();
        self.store.write_samples(&samples).await?;
        if samples.len() < batch.len() {
            tracing::error!(samples = batch.len() - samples.len(), "samples of series without a name were not stored");
        }
        Ok(samples.len())
    }

    /// Keeps the figures, and says once when writing begins to fail and when it works again.
    fn note(&self, written: Result<usize, StoreError>) {
        let mut problem = self.book.problem.lock().unwrap_or_else(PoisonError::into_inner);
        match written {
            Ok(samples) => {
                self.book.stored.fetch_add(samples as u64, Ordering::Relaxed);
                if problem.take().is_some() {
                    tracing::info!(dropped = self.backlog.dropped(), "samples are stored again");
                }
            }
            Err(error) => {
                if problem.is_none() {
                    tracing::error!(%error, waiting = self.backlog.len(), "samples cannot be stored; they wait in memory");
                }
                *problem = Some(error.into());
            }
        }
    }

    /// Removes samples older than wanted.
    async fn forget_old(&self) {
        let days = self.book.keep_days.load(Ordering::Relaxed);
        let oldest = Timestamp::now().as_microsecond() - i64::from(days) * 86_400_000_000;
        let Ok(oldest) = Timestamp::from_microsecond(oldest) else { return };
        match self.store.forget_samples(oldest).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, days, "removed old samples"),
            Err(error) => tracing::warn!(%error, "old samples could not be removed; trying again in an hour"),
        }
    }
}
