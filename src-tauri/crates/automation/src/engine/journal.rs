//! A job's journal: everything that happens is written before it is told.
//!
//! One task per job numbers what comes in, writes as much as is waiting in one transaction, and only
//! then publishes it and lets those go on who wait for it. While the disk refuses, it tries again: a
//! step that has not been written does not start, so nothing runs that nobody would know of. What can
//! never be written (somebody else went on with the same story) ends the journal, and the job with it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::job::{
    CellState, JobEvent, JobEventKind, JobState, JobSummary, Level, LogLine, Phase, RollbackOutcome, Stream,
};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::{Event, Timestamp};
use wheelhouse_store::audit::Entry;
use wheelhouse_store::jobs::{JobUpdate, JobWrite};
use wheelhouse_store::{Store, StoreError};

/// How much may wait to be written. When it is full, whoever brings more waits, down to the script.
const CAPACITY: usize = 4096;
/// The most written at once.
const BATCH: usize = 2000;
/// Lines alone wait this long for company: one flush to disk serves many.
const LINE_DELAY: Duration = Duration::from_millis(40);

/// Something to write.
enum Item {
    Event(JobEventKind, Timestamp),
    Line(LogLine),
    Audit(Entry),
    /// Tells when everything before it is on disk and published.
    Written(oneshot::Sender<()>),
}

/// Where a job's story is told. Clones tell the same story.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    items: mpsc::Sender<Item>,
}

/// One step on one target, as an event names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) step: u32,
    pub(crate) target: u32,
}

impl Journal {
    /// Starts the journal of a job whose story so far is `picture`. It cancels `broken` when it has to
    /// end before the job, and answers with the reason.
    pub(crate) fn start(
        store: Arc<Store>,
        publisher: Publisher,
        summary: JobSummary,
        picture: JobPicture,
        broken: CancellationToken,
    ) -> (Self, JoinHandle<Result<(), StoreError>>) {
        let (items, inbox) = mpsc::channel(CAPACITY);
        let writer = Writer { store, publisher, summary, picture, inbox, broken };
        (Self { items }, tokio::spawn(writer.run()))
    }

    /// Notes that the job's state changed.
    pub(crate) async fn job(&self, state: JobState, detail: impl Into<String>) {
        self.event(JobEventKind::Job { state, detail: detail.into() }).await;
    }

    /// Notes that a cell's state changed.
    pub(crate) async fn cell(&self, place: Place, state: CellState, detail: impl Into<String>) {
        self.cell_with(place, state, detail, None, None).await;
    }

    /// Notes that a cell's state changed, with how its script ended.
    pub(crate) async fn cell_with(
        &self,
        place: Place,
        state: CellState,
        detail: impl Into<String>,
        exit_code: Option<i32>,
        rollback: Option<RollbackOutcome>,
    ) {
        let Place { step, target } = place;
        let detail = detail.into();
        self.event(JobEventKind::Cell { step, target, state, detail, exit_code, rollback }).await;
    }

    /// Notes how far a script is.
    pub(crate) async fn percent(&self, place: Place, percent: u8) {
        let Place { step, target } = place;
        self.event(JobEventKind::Percent { step, target, percent }).await;
    }

    /// Notes a line of output.
    pub(crate) async fn line(&self, place: Place, phase: Phase, stream: Stream, level: Level, text: String) {
        let Place { step, target } = place;
        let at = Timestamp::now();
        self.send(Item::Line(LogLine { n: 0, at, target, step, phase, stream, level, text })).await;
    }

    /// Adds a record to the audit chain.
    pub(crate) async fn audit(&self, record: Entry) {
        self.send(Item::Audit(record)).await;
    }

    /// Waits until everything told so far is on disk and published, or the journal has ended.
    pub(crate) async fn written(&self) {
        let (told, written) = oneshot::channel();
        self.send(Item::Written(told)).await;
        // An error here is the journal's end; it has cancelled the job before.
        written.await.ok();
    }

    async fn event(&self, what: JobEventKind) {
        self.send(Item::Event(what, Timestamp::now())).await;
    }

    async fn send(&self, item: Item) {
        if self.items.send(item).await.is_err() {
            // Why is told by the writer, once.
            tracing::debug!("a job's journal has ended before the job");
        }
    }
}

struct Writer {
    store: Arc<Store>,
    publisher: Publisher,
    summary: JobSummary,
    picture: JobPicture,
    inbox: mpsc::Receiver<Item>,
    broken: CancellationToken,
}

impl Writer {
    /// Writes until every [`Journal`] is gone, or until what is to be written never can be.
    async fn run(mut self) -> Result<(), StoreError> {
        let mut batch = Vec::with_capacity(64);
        while let Some(first) = self.inbox.recv().await {
            batch.push(first);
            self.gather(&mut batch).await;
            self.write(&mut batch).await?;
        }
        Ok(())
    }

    /// Takes what is waiting. Lines alone wait a moment for company.
    async fn gather(&mut self, batch: &mut Vec<Item>) {
        let until = Instant::now() + LINE_DELAY;
        loop {
            while batch.len() < BATCH
                && let Ok(item) = self.inbox.try_recv()
            {
                batch.push(item);
            }
            if batch.len() >= BATCH || !batch.iter().all(|item| matches!(item, Item::Line(_))) {
                return;
            }
            match timeout_at(until, self.inbox.recv()).await {
                Ok(Some(item)) => batch.push(item),
                Ok(None) | Err(_) => return,
            }
        }
    }

    async fn write(&mut self, batch: &mut Vec<Item>) -> Result<(), StoreError> {
        let (write, waiting) = self.assemble(batch);
        let mut pause = Duration::from_millis(100);
        while let Err(error) = self.store.write_job(self.summary.id, &write).await {
            if !error.may_pass() {
                tracing::error!(job = %self.summary.id, %error, "what happened in a job can never be written; it ends");
                // Before those who wait are let go: they ask it before they go on.
                self.broken.cancel();
                return Err(error);
            }
            tracing::error!(job = %self.summary.id, %error, "what happened in a job cannot be written; trying again");
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
        let JobWrite { events, lines, update, .. } = write;
        let job = self.summary.id;
        for event in events {
            self.publisher.tell(Event::Job(event));
        }
        if !lines.is_empty() {
            self.publisher.tell(Event::JobLog { job, lines });
        }
        if update.is_some() {
            self.publisher.tell(Event::JobChanged(self.summary.clone()));
        }
        for told in waiting {
            // Whoever waited may have given up.
            told.send(()).ok();
        }
        Ok(())
    }

    /// Numbers what came in, and brings the picture and the job's line up to date.
    fn assemble(&mut self, batch: &mut Vec<Item>) -> (JobWrite, Vec<oneshot::Sender<()>>) {
        let mut write = JobWrite::default();
        let mut waiting = Vec::new();
        let mut seq = self.picture.contiguous();
        let mut n = self.picture.log_lines;
        let stale = superseded_percents(batch);
        for (i, item) in batch.drain(..).enumerate() {
            match item {
                Item::Event(..) if stale.contains(&i) => {}
                Item::Event(what, at) => {
                    seq += 1;
                    let event = JobEvent { job: self.summary.id, seq, at, what };
                    self.picture.apply(&event);
                    write.events.push(event);
                }
                Item::Line(mut line) => {
                    n += 1;
                    line.n = n;
                    write.lines.push(line);
                }
                Item::Audit(record) => write.audit.push(record),
                Item::Written(told) => waiting.push(told),
            }
        }
        self.picture.apply_lines(&write.lines);
        let counts = self.picture.counts();
        let now = (self.picture.state, self.picture.started_at, self.picture.finished_at, counts);
        let line = &self.summary;
        if now != (line.state, line.started_at, line.finished_at, line.counts) {
            (self.summary.state, self.summary.started_at, self.summary.finished_at, self.summary.counts) = now;
            let (state, started_at, finished_at, counts) = now;
            write.update = Some(JobUpdate { state, started_at, finished_at, counts });
        }
        (write, waiting)
    }
}

/// The places in a batch of percentages that a later one of the same cell makes pointless.
fn superseded_percents(batch: &[Item]) -> HashSet<usize> {
    let mut seen = HashSet::new();
    let mut stale = HashSet::new();
    for (i, item) in batch.iter().enumerate().rev() {
        if let Item::Event(JobEventKind::Percent { step, target, .. }, _) = item
            && !seen.insert((*step, *target))
        {
            stale.insert(i);
        }
    }
    stale
}
