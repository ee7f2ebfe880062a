//! The jobs that fit a search, and how far was looked.

use super::format::{count, plural};
use std::collections::HashSet;
use wheelhouse_protocol::JobId;
use wheelhouse_protocol::job::{JobState, JobSummary};

/// What jobs are searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Search {
    /// In lower case, without space around it.
    pub(crate) text: String,
    pub(crate) state: Option<JobState>,
}

impl Search {
    /// Whether anything is searched for.
    pub(crate) fn is_any(&self) -> bool {
        !self.text.is_empty() || self.state.is_some()
    }

    /// The jobs that fit, newest first: of those listed by what is seen in them, and those `found` by the program,
    /// which knows their targets and looks beyond the list. `found` is its answer to this very search.
    pub(crate) fn rows(&self, listed: &[JobSummary], found: &[JobSummary]) -> Vec<JobSummary> {
        let in_state = |job: &JobSummary| self.state.is_none_or(|s| s == job.state);
        let has_text = |job: &JobSummary| {
            [&job.sentence, &job.request, &job.who].iter().any(|t| t.to_lowercase().contains(&self.text))
                || job.id.to_string().contains(&self.text)
        };
        let by_program: HashSet<JobId> = found.iter().map(|job| job.id).collect();
        let known: HashSet<JobId> = listed.iter().map(|job| job.id).collect();
        let mut rows: Vec<JobSummary> = listed
            .iter()
            .filter(|job| in_state(job) && (has_text(job) || by_program.contains(&job.id)))
            .cloned()
            .collect();
        // The list is kept up to date by events: where it has a job, it knows it better.
        rows.extend(found.iter().filter(|job| !known.contains(&job.id) && in_state(job)).cloned());
        rows.sort_by_key(|job| std::cmp::Reverse(job.id));
        rows
    }
}

/// How many are shown of how many: of all there are, or of the newest where the list is full at `most`.
pub(crate) fn scope(shown: usize, listed: usize, most: usize, any: bool) -> String {
    match (any, listed >= most) {
        (false, false) => plural(listed, "job", "jobs"),
        (false, true) => format!("the newest {}", plural(listed, "job", "jobs")),
        (true, false) => format!("{} of {}", count(shown as u64), plural(listed, "job", "jobs")),
        (true, true) if shown >= most => format!("the newest {} that fit", plural(shown, "job", "jobs")),
        (true, true) => format!("{} fit", plural(shown, "job", "jobs")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::json;

    fn job(n: u32, sentence: &str, state: &str) -> JobSummary {
        let id = |n: u32| format!("0197c0de-0000-7000-8000-{n:012}");
        serde_json::from_value(json!({ "id": id(n), "plan": id(900), "hash": "abc", "request": "do it",
            "sentence": sentence, "state": state, "risk": "medium", "who": "ada", "instance": id(901),
            "created_at": "2026-03-12T12:00:00Z", "started_at": null, "finished_at": null, "steps": 1,
            "counts": { "changed": 1, "unchanged": 0, "failed": 0, "skipped": 0, "unreachable": 0, "unknown": 0, "open": 0 } }))
        .unwrap()
    }

    fn sentences(rows: &[JobSummary]) -> Vec<&str> {
        rows.iter().map(|job| job.sentence.as_str()).collect()
    }

    #[test]
    fn what_the_program_finds_beyond_the_list_is_shown() {
        let listed = [job(9, "Restart nginx", "failed"), job(8, "Reboot db", "succeeded"), job(7, "Ping", "failed")];
        let found = [job(7, "Ping", "running"), job(2, "Restart nginx long ago", "failed")];
        let search = Search { text: "nginx".to_owned(), state: None };
        assert_eq!(sentences(&search.rows(&listed, &found)), ["Restart nginx", "Ping", "Restart nginx long ago"]);
        assert_eq!(search.rows(&listed, &found)[1].state, JobState::Failed, "the list is newer than the answer");
        let failed = Search { text: "nginx".to_owned(), state: Some(JobState::Succeeded) };
        assert!(failed.rows(&listed, &found).is_empty(), "every row has the state that is asked for");
        assert_eq!(Search::default().rows(&listed, &[]).len(), 3);
    }

    #[test]
    fn no_more_is_claimed_than_was_looked_at() {
        assert_eq!(scope(12, 12, 2000, false), "12 jobs");
        assert_eq!(scope(3, 12, 2000, true), "3 of 12 jobs");
        assert_eq!(scope(2000, 2000, 2000, false), "the newest 2\u{202f}000 jobs", "there are older ones");
        assert_eq!(scope(3, 2000, 2000, true), "3 jobs fit", "of how many is not known");
        assert_eq!(scope(2100, 2000, 2000, true), "the newest 2\u{202f}100 jobs that fit");
    }
}
