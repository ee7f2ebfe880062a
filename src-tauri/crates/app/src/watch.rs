//! What other programs do on the same data directory: `wh` in a terminal beside the window.
//!
//! SQLite says cheaply that *something* changed. Then this looks at what a window shows: jobs that
//! other programs run, the inventory, the inbox. It also tidies up after programs that died.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use wheelhouse_automation::Engine;
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::job::{GetJobLog, JobState, ListJobs};
use wheelhouse_protocol::notification::NotificationCounts;
use wheelhouse_protocol::{Event, JobId, Problem};
use wheelhouse_store::Store;

const EVERY: Duration = Duration::from_millis(400);
/// Every so many looks, programs that died are looked for.
const TIDY: u32 = 12;

/// Watches for as long as the program runs.
pub(crate) async fn run(store: Arc<Store>, engine: Arc<Engine>, publisher: Publisher) {
    let mut watch = Watch { store, engine, publisher, jobs: HashMap::new(), inventory: 0, counts: None };
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    let mut round = 0u32;
    loop {
        ticks.tick().await;
        round = round.wrapping_add(1);
        // A disk that fails shows in the status light already; this just tries again.
        if round.is_multiple_of(TIDY)
            && let Err(problem) = watch.engine.recover().await
        {
            tracing::debug!(%problem, "looking for ended programs failed");
        }
        match watch.store.change_counter().await {
            Ok(counter) if Some(counter) != seen => {
                seen = Some(counter);
                if let Err(problem) = watch.look().await {
                    tracing::debug!(%problem, "looking at what other programs did failed");
                    seen = None;
                }
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "the change counter cannot be read"),
        }
    }
}

/// Obeys what other programs ask of this one's jobs, for programs that do not watch.
pub(crate) async fn obey(store: Arc<Store>, engine: Arc<Engine>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    loop {
        ticks.tick().await;
        if engine.running() == 0 {
            continue;
        }
        match store.change_counter().await {
            Ok(counter) if Some(counter) != seen => match engine.obey_cancel_requests().await {
                Ok(()) => seen = Some(counter),
                Err(problem) => tracing::debug!(%problem, "requests of other programs cannot be read"),
            },
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "the change counter cannot be read"),
        }
    }
}

struct Watch {
    store: Arc<Store>,
    engine: Arc<Engine>,
    publisher: Publisher,
    /// Jobs of other programs that were open, with the last event and log line told.
    jobs: HashMap<JobId, (u64, u64)>,
    inventory: u64,
    counts: Option<NotificationCounts>,
}

impl Watch {
    async fn look(&mut self) -> Result<(), Problem> {
        self.engine.obey_cancel_requests().await?;
        self.look_at_jobs().await?;
        let inventory = self.store.inventory_version().await?;
        if inventory != self.inventory {
            self.inventory = inventory;
            self.publisher.tell(Event::InventoryChanged);
        }
        let counts = self.store.notification_counts().await?;
        if self.counts != Some(counts) {
            self.counts = Some(counts);
            self.publisher.tell(Event::NotificationCounts(counts));
        }
        Ok(())
    }

    async fn look_at_jobs(&mut self) -> Result<(), Problem> {
        let open = ListJobs {
            states: vec![JobState::Queued, JobState::Running, JobState::Cancelling],
            limit: 1000,
            ..ListJobs::default()
        };
        let ours = self.store.instance().id();
        for job in self.store.jobs(&open).await?.into_iter().filter(|job| job.instance != ours) {
            self.jobs.entry(job.id).or_insert((0, 0));
        }
        let mut ended = Vec::new();
        for (job, (seq, n)) in &mut self.jobs {
            let events = self.store.job_events(*job, *seq).await?;
            let filter = GetJobLog { after: *n, limit: 5000, ..GetJobLog::default() };
            let lines = self.store.job_log(*job, &filter).await?;
            let summary = self.store.job(*job).await?;
            let news = !events.is_empty();
            *seq = events.last().map_or(*seq, |event| event.seq);
            *n = lines.last().map_or(*n, |line| line.n);
            for event in events {
                self.publisher.tell(Event::Job(event));
            }
            if !lines.is_empty() {
                self.publisher.tell(Event::JobLog { job: *job, lines });
            } else if summary.state.is_final() {
                ended.push(*job);
            }
            if news {
                self.publisher.tell(Event::JobChanged(summary));
            }
        }
        self.jobs.retain(|job, _| !ended.contains(job));
        Ok(())
    }
}
