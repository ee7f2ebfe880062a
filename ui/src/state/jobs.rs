//! Every job in one line, and those somebody looks at.

use super::job::LiveJob;
use super::load::{Load, Remote};
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use wheelhouse_protocol::JobId;
use wheelhouse_protocol::job::{JobEvent, JobState, JobSummary, ListJobs, LogHit, LogLine, SearchJobLogs};

/// Jobs in the table.
const LISTED: u32 = 2000;
/// Lines shown of a search in all logs.
pub(crate) const HITS: u32 = 500;
/// Characters a search in all logs needs.
pub(crate) const LEAST: usize = 2;

/// The part of a job's page that is on show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobTab {
    Progress,
    Log,
    Plan,
    Audit,
}

/// Jobs.
pub(crate) struct Jobs {
    /// Newest first.
    pub(crate) list: Remote<Vec<JobSummary>>,
    /// The one whose page is open.
    pub(crate) open: RwSignal<Option<JobId>>,
    /// The part of its page on show.
    pub(crate) tab: RwSignal<JobTab>,
    /// The target whose log is on show there.
    pub(crate) target: RwSignal<Option<u32>>,
    /// And the step.
    pub(crate) step: RwSignal<Option<u32>>,
    /// The line of the log that was looked for.
    pub(crate) line: RwSignal<Option<u64>>,
    /// What the table is searched for.
    pub(crate) text: RwSignal<String>,
    /// The state the table is limited to.
    pub(crate) state: RwSignal<Option<JobState>>,
    /// The jobs the program finds for that text: it knows their targets too.
    pub(crate) found: Remote<Vec<JobSummary>>,
    /// Whether the logs of all jobs are searched instead.
    pub(crate) searching: RwSignal<bool>,
    /// For what.
    pub(crate) log_text: RwSignal<String>,
    /// Where it stands.
    pub(crate) hits: Remote<Vec<LogHit>>,
    live: RefCell<HashMap<JobId, LiveJob>>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            list: Remote::default(),
            open: RwSignal::new(None),
            tab: RwSignal::new(JobTab::Progress),
            target: RwSignal::new(None),
            step: RwSignal::new(None),
            line: RwSignal::new(None),
            text: RwSignal::new(String::new()),
            state: RwSignal::new(None),
            found: Remote::default(),
            searching: RwSignal::new(false),
            log_text: RwSignal::new(String::new()),
            hits: Remote::default(),
            live: RefCell::new(HashMap::new()),
        }
    }
}

impl Jobs {
    /// Asks for the list, and for those somebody looks at.
    pub(crate) fn refresh(&'static self) {
        self.list.ask(|| ListJobs { limit: LISTED, ..ListJobs::default() });
        let live: Vec<LiveJob> = self.live.borrow().values().copied().collect();
        live.into_iter().for_each(LiveJob::load);
    }

    /// Looks for the table's text.
    pub(crate) fn find(&'static self) {
        if !self.text.with_untracked(|t| t.trim().is_empty()) {
            self.found.ask(|| ListJobs {
                text: stores().jobs.text.get_untracked().trim().to_owned(),
                limit: LISTED,
                ..ListJobs::default()
            });
        }
    }

    /// Looks for a text in the logs of all jobs.
    pub(crate) fn search_logs(&'static self) {
        if self.log_text.with_untracked(|t| t.trim().chars().count() >= LEAST) {
            self.hits
                .ask(|| SearchJobLogs { text: stores().jobs.log_text.get_untracked().trim().to_owned(), limit: HITS });
        }
    }

    /// A job to look at; asked for the first time somebody does.
    pub(crate) fn live(&'static self, id: JobId) -> LiveJob {
        if let Some(live) = self.live.borrow().get(&id) {
            return *live;
        }
        let live = stores().lasting(|| LiveJob::new(id));
        self.live.borrow_mut().insert(id, live);
        live.load();
        live
    }

    fn known(&self, id: JobId) -> Option<LiveJob> {
        self.live.borrow().get(&id).copied()
    }

    /// A job began, ended or changed its counts.
    pub(crate) fn changed(&'static self, summary: JobSummary) {
        if let Some(live) = self.known(summary.id) {
            live.changed(&summary);
        }
        self.list.value.update(|load| {
            if let Load::Ready(jobs) = load {
                match jobs.iter_mut().find(|job| job.id == summary.id) {
                    Some(job) => *job = summary,
                    None => jobs.insert(0, summary),
                }
            }
        });
    }

    /// Something happened in a job.
    pub(crate) fn happened(&'static self, event: &JobEvent) {
        if let Some(live) = self.known(event.job) {
            live.happened(event);
        }
    }

    /// A job's log has new lines.
    pub(crate) fn said(&'static self, job: JobId, lines: Vec<LogLine>) {
        if let Some(live) = self.known(job) {
            live.said(lines);
        }
    }

    /// Jobs that have not ended.
    pub(crate) fn running(&self) -> usize {
        self.list.value.with(|l| l.ready().map_or(0, |jobs| jobs.iter().filter(|j| !j.state.is_final()).count()))
    }

    /// One job's line, if it is listed.
    pub(crate) fn summary(&self, id: JobId) -> Option<JobSummary> {
        self.list.value.with(|l| l.ready().and_then(|jobs| jobs.iter().find(|j| j.id == id).cloned()))
    }

    /// Opens a job's page.
    pub(crate) fn show(&'static self, id: JobId, tab: JobTab) {
        self.target.set(None);
        self.step.set(None);
        self.line.set(None);
        self.tab.set(tab);
        self.open.set(Some(id));
        stores().navigation.go(Screen::Jobs);
    }
}
