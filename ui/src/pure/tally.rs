//! One thing done to many: how far it is, and what came of it.

use super::format::plural;
use super::words::Tone;
use wheelhouse_protocol::Problem;

/// Failures told one by one.
const TOLD: usize = 5;

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tally {
    /// What is being done: `Removing`.
    pub(crate) what: &'static str,
    /// What those it worked for are then: `removed`.
    pub(crate) done: &'static str,
    /// How many are meant.
    pub(crate) all: usize,
    /// How many it worked for.
    pub(crate) good: usize,
    /// Those it did not work for, with the reason.
    pub(crate) failed: Vec<(String, Problem)>,
    /// Whether no further one is begun.
    pub(crate) stopped: bool,
}

impl Tally {
    /// Nothing has been done yet.
    pub(crate) fn new(what: &'static str, done: &'static str, all: usize) -> Self {
        Self { what, done, all, good: 0, failed: Vec::new(), stopped: false }
    }

    /// One more was tried.
    pub(crate) fn tried(&mut self, name: String, result: Result<(), Problem>) {
        match result {
            Ok(()) => self.good += 1,
            Err(problem) => self.failed.push((name, problem)),
        }
    }

    /// Those that are left.
    fn left(&self) -> usize {
        self.all.saturating_sub(self.good + self.failed.len())
    }

    /// While it goes on: `Removing: 12 of 40, 3 failed`.
    pub(crate) fn progress(&self) -> String {
        let tried = self.good + self.failed.len();
        let failed = if self.failed.is_empty() { String::new() } else { format!(", {} failed", self.failed.len()) };
        format!("{}: {tried} of {}{failed}", self.what, self.all)
    }

    /// When it is over: `37 targets removed, 3 failed`.
    pub(crate) fn outcome(&self) -> (Tone, String) {
        let mut said = format!("{} {}", plural(self.good, "target", "targets"), self.done);
        if !self.failed.is_empty() {
            said.push_str(&format!(", {} failed", self.failed.len()));
        }
        if self.left() > 0 {
            said.push_str(&format!(", {} left as they were", self.left()));
        }
        let tone = match (self.failed.is_empty(), self.left()) {
            (true, 0) => Tone::Ok,
            (true, _) => Tone::Warn,
            (false, _) => Tone::Error,
        };
        (tone, said)
    }

    /// What went wrong, all of it in one: how many of how many, and which.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let (_, first) = self.failed.first()?;
        let mut told: Vec<String> =
            self.failed.iter().take(TOLD).map(|(name, p)| format!("{name}: {}: {}", p.title, p.detail)).collect();
        if self.failed.len() > TOLD {
            told.push(format!("And {}.", plural(self.failed.len() - TOLD, "other", "others")));
        }
        let title = format!("{} of {} failed", self.failed.len(), plural(self.all, "target", "targets"));
        Some(Problem { title, detail: told.join(" "), source: None, ..first.clone() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use wheelhouse_protocol::ProblemCode;

    fn failure(n: usize) -> Result<(), Problem> {
        Err(Problem::new(ProblemCode::Conflict, "It is in use", format!("job {n} works on it.")))
    }

    #[test]
    fn every_failure_counts_and_the_first_are_named() {
        let mut tally = Tally::new("Removing", "removed", 10);
        tally.tried("web-0".to_owned(), Ok(()));
        for n in 1..=7 {
            tally.tried(format!("web-{n}"), failure(n));
        }
        assert_eq!(tally.progress(), "Removing: 8 of 10, 7 failed");
        let problem = tally.problem().unwrap();
        assert_eq!(problem.title, "7 of 10 targets failed");
        assert!(problem.detail.contains("web-1: It is in use: job 1 works on it."), "{}", problem.detail);
        assert!(problem.detail.contains("web-5:") && problem.detail.ends_with("And 2 others."), "{}", problem.detail);
    }

    #[test]
    fn the_outcome_tells_what_was_left() {
        let mut tally = Tally::new("Removing", "removed", 3);
        tally.tried("web-1".to_owned(), Ok(()));
        assert_eq!(tally.outcome(), (Tone::Warn, "1 target removed, 2 left as they were".to_owned()));
        assert!(tally.problem().is_none(), "stopping is no failure");
        tally.tried("web-2".to_owned(), failure(1));
        tally.tried("web-3".to_owned(), Ok(()));
        assert_eq!(tally.outcome(), (Tone::Error, "2 targets removed, 1 failed".to_owned()));
    }
}
