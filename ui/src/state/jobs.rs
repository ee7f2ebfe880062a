//! Every job in one line, and those somebody looks at.

use super::job::LiveJob;
use super::load::{Load, Remote};
use crate::pure::job_search::Search;
use crate::pure::recent::Recent;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use std::cell::RefCell;
use wheelhouse_protocol::JobId;
use wheelhouse_protocol::job::{JobEvent, JobState, JobSummary, ListJobs, LogHit, LogLine, SearchJobLogs};

/// Jobs in the table.
pub(crate) const LISTED: u32 = 2000;
/// Jobs held with their story and log, beside those on show.
const HELD: usize = 20;
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

/// A job somebody looks at or looked at, with what ends its signals.
struct Held {
    job: LiveJob,
    owner: Owner,
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
    /// The jobs the program finds for that text and state: it knows their targets, and older jobs too.
    pub(crate) found: Remote<Vec<JobSummary>>,
    /// What those were found for.
    pub(crate) found_for: RwSignal<Search>,
    asked_for: RefCell<Search>,
    /// Whether the logs of all jobs are searched instead.
    pub(crate) searching: RwSignal<bool>,
    /// For what.
    pub(crate) log_text: RwSignal<String>,
    /// Where it stands.
    pub(crate) hits: Remote<Vec<LogHit>>,
    live: RefCell<Recent<JobId, Held>>,
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
            found_for: RwSignal::new(Search::default()),
            asked_for: RefCell::new(Search::default()),
            searching: RwSignal::new(false),
            log_text: RwSignal::new(String::new()),
            hits: Remote::default(),
            live: RefCell::new(Recent::new(HELD)),
        }
    }
}

impl Jobs {
    /// Asks for the list, and for those somebody looks at.
    pub(crate) fn refresh(&'static self) {
        self.list.ask(|| ListJobs { limit: LISTED, ..ListJobs::default() });
        let live: Vec<LiveJob> = self.live.borrow().values().map(|held| held.job).collect();
        live.into_iter().for_each(LiveJob::load);
    }

    /// What the table is searched for.
    pub(crate) fn search(&self) -> Search {
        Search { text: self.text.with(|t| t.trim().to_lowercase()), state: self.state.get() }
    }

    /// Looks for it, beyond the list too.
    pub(crate) fn find(&'static self) {
        if untrack(|| self.search()).is_any() {
            self.found.ask_then(
                || {
                    let jobs = &stores().jobs;
                    let search = untrack(|| jobs.search());
                    jobs.asked_for.replace(search.clone());
                    ListJobs {
                        text: search.text,
                        states: search.state.into_iter().collect(),
                        limit: LISTED,
                        ..ListJobs::default()
                    }
                },
                |_| stores().jobs.found_for.set(stores().jobs.asked_for.borrow().clone()),
            );
        }
    }

    /// The jobs that fit what the table is searched for.
    pub(crate) fn rows(&self) -> Vec<JobSummary> {
        let search = self.search();
        let answered = self.found_for.with(|of| *of == search);
        self.list.value.with(|listed| {
            self.found.value.with(|found| {
                let found = found.ready().filter(|_| answered).map(Vec::as_slice).unwrap_or_default();
                search.rows(listed.ready().map(Vec::as_slice).unwrap_or_default(), found)
            })
        })
    }

    /// Looks for a text in the logs of all jobs.
    pub(crate) fn search_logs(&'static self) {
        if self.log_text.with_untracked(|t| t.trim().chars().count() >= LEAST) {
            self.hits
                .ask(|| SearchJobLogs { text: stores().jobs.log_text.get_untracked().trim().to_owned(), limit: HITS });
        }
    }

    /// A job to look at, until what asks for it is cleaned up; asked for the first time somebody does.
    pub(crate) fn live(&'static self, id: JobId) -> LiveJob {
        let mut new = false;
        let job = self
            .live
            .borrow_mut()
            .take(id, || {
                new = true;
                let owner = stores().lasting(Owner::new);
                let job = owner.with(|| LiveJob::new(id));
                Held { job, owner }
            })
            .job;
        if new {
            job.load();
        }
        on_cleanup(move || stores().jobs.live.borrow_mut().release(id));
        let gone = self.live.borrow_mut().shed(|held| held.job.is_at_rest());
        gone.into_iter().for_each(|held| held.owner.cleanup());
        job
    }

    fn known(&self, id: JobId) -> Option<LiveJob> {
        self.live.borrow().get(id).map(|held| held.job)
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
