//! One job as it happens: its story, painted event by event, and its log.

use super::load::Load;
use crate::api;
use crate::pure::log_buffer::{KEEP, LogBuffer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wheelhouse_protocol::JobId;
use wheelhouse_protocol::job::{GetJob, GetJobEvents, GetJobLog, JobDetail, JobEvent, JobSummary, LogLine};
use wheelhouse_protocol::picture::JobPicture;

/// Lines asked for at once.
const PAGE: u32 = 5000;

/// One job. Clones are the same one; it lives while somebody looks at it, and for a while after.
#[derive(Clone, Copy)]
pub(crate) struct LiveJob {
    pub(crate) id: JobId,
    /// What runs where. Its events are in the picture.
    pub(crate) detail: RwSignal<Load<Arc<JobDetail>>>,
    /// How it stands.
    pub(crate) picture: RwSignal<JobPicture>,
    /// Its log, as far as somebody looks at it.
    pub(crate) log: RwSignal<LogBuffer>,
    /// Why the log could not be read.
    pub(crate) log_problem: RwSignal<Option<wheelhouse_protocol::Problem>>,
    wants_log: RwSignal<bool>,
    filling: RwSignal<bool>,
    asking: RwSignal<bool>,
    fetching: RwSignal<bool>,
}

impl LiveJob {
    /// A job nothing is known of yet.
    pub(crate) fn new(id: JobId) -> Self {
        Self {
            id,
            detail: RwSignal::new(Load::Waiting),
            picture: RwSignal::new(JobPicture::new(0, 0)),
            log: RwSignal::new(LogBuffer::default()),
            log_problem: RwSignal::new(None),
            wants_log: RwSignal::new(false),
            filling: RwSignal::new(false),
            asking: RwSignal::new(false),
            fetching: RwSignal::new(false),
        }
    }

    /// Whether no answer is waited for that would be written into it.
    pub(crate) fn is_at_rest(self) -> bool {
        let busy = [self.asking, self.filling, self.fetching];
        !busy.iter().any(|under_way| under_way.get_untracked())
    }

    /// Asks for the whole of it.
    pub(crate) fn load(self) {
        if self.asking.get_untracked() {
            return;
        }
        self.asking.set(true);
        spawn_local(async move {
            match api::call(GetJob { job: self.id }).await {
                Ok(detail) => {
                    self.show(detail);
                    if self.wants_log.get_untracked() {
                        self.fetch_log();
                    }
                }
                Err(problem) => self.detail.set(Load::Failed(problem)),
            }
            self.asking.set(false);
            // Events that came while it was under way were painted on a picture of no size.
            self.fill_holes();
        });
    }

    /// Shows what a command answered.
    pub(crate) fn show(self, detail: JobDetail) {
        // It may have been let go while the command was under way.
        if self.detail.is_disposed() {
            return;
        }
        let (steps, targets) = (detail.plan.steps.len(), detail.plan.targets.len());
        self.picture.update(|picture| {
            if picture.cells.len() != steps || picture.targets() != targets {
                *picture = JobPicture::new(steps, targets);
            }
            detail.events.iter().for_each(|event| picture.apply(event));
        });
        self.detail.set(Load::Ready(Arc::new(detail)));
    }

    /// Its one line changed.
    pub(crate) fn changed(self, summary: &JobSummary) {
        self.detail.update(|load| {
            if let Load::Ready(detail) = load {
                Arc::make_mut(detail).summary = summary.clone();
            }
        });
    }

    /// Something happened in it.
    pub(crate) fn happened(self, event: &JobEvent) {
        if self.detail.with_untracked(|d| d.ready().is_none()) {
            return;
        }
        self.picture.update(|picture| picture.apply(event));
        self.fill_holes();
    }

    /// New lines of its log.
    pub(crate) fn said(self, lines: Vec<LogLine>) {
        self.picture.update(|picture| picture.apply_lines(&lines));
        if self.wants_log.get_untracked() {
            self.log.update(|log| log.add(lines));
        }
    }

    /// Asks for events that were missed.
    fn fill_holes(self) {
        if !self.picture.with_untracked(JobPicture::has_hole) || self.filling.get_untracked() {
            return;
        }
        self.filling.set(true);
        let after = self.picture.with_untracked(JobPicture::contiguous);
        spawn_local(async move {
            if let Ok(events) = api::call(GetJobEvents { job: self.id, after }).await {
                self.picture.update(|picture| events.iter().for_each(|event| picture.apply(event)));
            }
            self.filling.set(false);
        });
    }

    /// From now on the log is kept; what was said before is asked for.
    pub(crate) fn want_log(self) {
        if self.wants_log.get_untracked() {
            return;
        }
        self.wants_log.set(true);
        self.fetch_log();
    }

    /// Asks for what the log has after its first hole.
    fn fetch_log(self) {
        if self.fetching.get_untracked() {
            return;
        }
        self.fetching.set(true);
        spawn_local(async move {
            while self.fetch_page().await {}
            self.fetching.set(false);
        });
    }

    /// Asks for one page of it; says whether there may be more.
    async fn fetch_page(self) -> bool {
        let after = self.log.with_untracked(LogBuffer::contiguous);
        let page = GetJobLog { job: Some(self.id), after, limit: PAGE, ..GetJobLog::default() };
        match api::call(page).await {
            Ok(lines) => {
                let full = lines.len() as u32 == PAGE && self.log.with_untracked(|l| l.lines().len()) < KEEP * 2;
                self.log_problem.set(None);
                self.picture.update(|picture| picture.apply_lines(&lines));
                self.log.update(|log| log.add(lines));
                full
            }
            Err(problem) => {
                self.log_problem.set(Some(problem));
                self.wants_log.set(false);
                false
            }
        }
    }
}
