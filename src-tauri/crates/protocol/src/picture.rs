//! The picture of a job that its events paint.
//!
//! Every part of the picture remembers the sequence number of the event that last wrote it, and
//! only a later one may write it again. Applying events twice, late or shuffled therefore ends in
//! the same picture as applying them once in order; the tests do exactly that.

use crate::Timestamp;
use crate::job::{CellState, Counts, JobEvent, JobEventKind, JobState, LogLine, RollbackOutcome};
use std::collections::BTreeSet;

/// One step on one target, as seen so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// Where it stands.
    pub state: CellState,
    /// One sentence about it.
    pub detail: String,
    /// The script's exit code.
    pub exit_code: Option<i32>,
    /// What undoing came to.
    pub rollback: Option<RollbackOutcome>,
    /// How far the script says it is, 0–100.
    pub percent: u8,
    /// When it left [`CellState::Pending`].
    pub started_at: Option<Timestamp>,
    /// When it became final.
    pub finished_at: Option<Timestamp>,
    /// The last line of output.
    pub last_line: String,
    state_seq: u64,
    percent_seq: u64,
    started_seq: u64,
    line_n: u64,
}

/// A job, as seen so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPicture {
    /// Where the job stands.
    pub state: JobState,
    /// Why, where it needs saying.
    pub detail: String,
    /// When it started running.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// `cells[step][target]`.
    pub cells: Vec<Vec<Cell>>,
    /// The highest log line seen.
    pub log_lines: u64,
    state_seq: u64,
    contiguous: u64,
    ahead: BTreeSet<u64>,
}

impl JobPicture {
    /// The picture of a job with so many steps and targets, before anything happened.
    pub fn new(steps: usize, targets: usize) -> Self {
        Self {
            state: JobState::Queued,
            detail: String::new(),
            started_at: None,
            finished_at: None,
            cells: vec![vec![Cell::default(); targets]; steps],
            log_lines: 0,
            state_seq: 0,
            contiguous: 0,
            ahead: BTreeSet::new(),
        }
    }

    /// The last event before the first hole: ask for everything after it when [`Self::has_hole`].
    pub fn contiguous(&self) -> u64 {
        self.contiguous
    }

    /// Whether an event is missing between those seen.
    pub fn has_hole(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// Paints one event. Events for cells that do not exist are ignored.
    pub fn apply(&mut self, event: &JobEvent) {
        self.note_seq(event.seq);
        match &event.what {
            JobEventKind::Job { state, detail } => {
                if *state == JobState::Running && self.started_at.is_none_or(|at| event.at < at) {
                    self.started_at = Some(event.at);
                }
                if event.seq > self.state_seq {
                    self.state_seq = event.seq;
                    self.state = *state;
                    self.detail.clone_from(detail);
                    self.finished_at = state.is_final().then_some(event.at);
                }
            }
            JobEventKind::Cell { step, target, state, detail, exit_code, rollback } => {
                let Some(cell) = self.cell_mut(*step, *target) else { return };
                if *state != CellState::Pending && (cell.started_seq == 0 || event.seq < cell.started_seq) {
                    cell.started_seq = event.seq;
                    cell.started_at = Some(event.at);
                }
                if event.seq > cell.state_seq {
                    cell.state_seq = event.seq;
                    cell.state = *state;
                    cell.detail.clone_from(detail);
                    cell.exit_code = *exit_code;
                    cell.rollback = *rollback;
                    cell.finished_at = state.is_final().then_some(event.at);
                }
            }
            JobEventKind::Percent { step, target, percent } => {
                let Some(cell) = self.cell_mut(*step, *target) else { return };
                if event.seq > cell.percent_seq {
                    cell.percent_seq = event.seq;
                    cell.percent = (*percent).min(100);
                }
            }
        }
    }

    /// Paints lines of the log, in any order: each cell keeps the text of its latest.
    pub fn apply_lines(&mut self, lines: &[LogLine]) {
        for line in lines {
            self.log_lines = self.log_lines.max(line.n);
            if let Some(cell) = self.cell_mut(line.step, line.target)
                && line.n > cell.line_n
            {
                cell.line_n = line.n;
                cell.last_line.clone_from(&line.text);
            }
        }
    }

    /// How one target stands over all steps: its first bad step, else its first unfinished one, else
    /// changed if any step changed it.
    pub fn target_state(&self, target: usize) -> CellState {
        target_state(self.cells.iter().filter_map(|row| row.get(target)).map(|cell| cell.state))
    }

    /// How many targets stand in which way.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for target in 0..self.targets() {
            counts.add(self.target_state(target));
        }
        counts
    }

    /// How many targets there are.
    pub fn targets(&self) -> usize {
        self.cells.first().map_or(0, Vec::len)
    }

    /// The share of the work that is done, 0–1: finished cells, and the percentages of running ones.
    pub fn progress(&self) -> f64 {
        let all = self.cells.iter().map(Vec::len).sum::<usize>();
        if all == 0 {
            return if self.state.is_final() { 1.0 } else { 0.0 };
        }
        let done: f64 = self
            .cells
            .iter()
            .flatten()
            .map(|cell| match cell.state {
                state if state.is_final() => 1.0,
                CellState::Running => f64::from(cell.percent) / 100.0,
                CellState::Verifying | CellState::RollingBack => 0.9,
                _ => 0.0,
            })
            .sum();
        done / all as f64
    }

    /// The share of one step that is done, 0–1.
    pub fn step_progress(&self, step: usize) -> f64 {
        let Some(row) = self.cells.get(step).filter(|row| !row.is_empty()) else { return 0.0 };
        row.iter().filter(|cell| cell.state.is_final()).count() as f64 / row.len() as f64
    }

    /// The step at work: the first with an unfinished cell, or the last.
    pub fn current_step(&self) -> usize {
        self.cells
            .iter()
            .position(|row| row.iter().any(|cell| !cell.state.is_final()))
            .unwrap_or(self.cells.len().saturating_sub(1))
    }

    /// Seconds the rest will probably take at `now`, once there is something to go by.
    ///
    /// The elapsed time divided by the share that is done: what is left goes at the pace so far.
    pub fn remaining_seconds(&self, now: Timestamp) -> Option<f64> {
        let started = self.started_at?;
        let done = self.progress();
        if self.state.is_final() || done <= 0.0 {
            return None;
        }
        let elapsed = now.duration_since(started).as_secs_f64().max(0.0);
        Some(elapsed * (1.0 - done) / done)
    }

    fn cell_mut(&mut self, step: u32, target: u32) -> Option<&mut Cell> {
        self.cells.get_mut(step as usize)?.get_mut(target as usize)
    }

    fn note_seq(&mut self, seq: u64) {
        if seq <= self.contiguous {
            return;
        }
        self.ahead.insert(seq);
        while self.ahead.remove(&(self.contiguous + 1)) {
            self.contiguous += 1;
        }
    }
}

/// How a target stands, from its steps in order: the first that ended badly decides; else the first
/// that has not ended; else `changed` if any changed it, `unchanged` if none did.
pub fn target_state(steps: impl Iterator<Item = CellState>) -> CellState {
    let mut open = None;
    let mut best = None;
    for state in steps {
        match state {
            CellState::Failed | CellState::Unreachable | CellState::Unknown | CellState::Skipped => return state,
            CellState::Changed => best = Some(CellState::Changed),
            CellState::Unchanged => best = best.or(Some(CellState::Unchanged)),
            other => open = open.or(Some(other)),
        }
    }
    open.or(best).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::JobId;
    use crate::job::{Level, Phase, Stream};
    use proptest::prelude::*;

    fn at(seq: u64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seq as i64).unwrap_or_default()
    }

    fn event(seq: u64, what: JobEventKind) -> JobEvent {
        JobEvent { job: JobId(uuid::Uuid::nil()), seq, at: at(seq), what }
    }

    fn story() -> Vec<JobEvent> {
        let cell = |step, target, state| JobEventKind::Cell {
            step,
            target,
            state,
            detail: format!("{state}"),
            exit_code: None,
            rollback: None,
        };
        let job = |state| JobEventKind::Job { state, detail: String::new() };
        [
            job(JobState::Running),
            cell(0, 0, CellState::Connecting),
            cell(0, 1, CellState::Connecting),
            cell(0, 0, CellState::Running),
            JobEventKind::Percent { step: 0, target: 0, percent: 40 },
            cell(0, 1, CellState::Unreachable),
            cell(1, 1, CellState::Skipped),
            JobEventKind::Percent { step: 0, target: 0, percent: 80 },
            cell(0, 0, CellState::Verifying),
            cell(0, 0, CellState::Changed),
            cell(1, 0, CellState::Connecting),
            cell(1, 0, CellState::Running),
            cell(1, 0, CellState::Unchanged),
            job(JobState::Failed),
        ]
        .into_iter()
        .enumerate()
        .map(|(i, what)| event(i as u64 + 1, what))
        .collect()
    }

    fn line(n: u64) -> LogLine {
        LogLine {
            n,
            at: at(n),
            target: 0,
            step: 0,
            phase: Phase::Run,
            stream: Stream::Out,
            level: Level::Info,
            text: format!("line {n}"),
        }
    }

    fn paint<'a>(events: impl IntoIterator<Item = &'a JobEvent>) -> JobPicture {
        let mut picture = JobPicture::new(2, 2);
        events.into_iter().for_each(|e| picture.apply(e));
        picture
    }

    #[test]
    fn the_last_line_is_the_latest_however_they_arrive() {
        let mut picture = JobPicture::new(1, 1);
        picture.apply_lines(&[line(3), line(1)]);
        picture.apply_lines(&[line(2), line(3)]);
        assert_eq!((picture.cells[0][0].last_line.as_str(), picture.log_lines), ("line 3", 3));
    }

    #[test]
    fn the_story_in_order() {
        let picture = paint(&story());
        assert_eq!(picture.state, JobState::Failed);
        assert_eq!(picture.counts().sentence(), "1 changed, 1 unreachable");
        assert!((picture.progress() - 1.0).abs() < 1e-9, "every cell is final");
        assert!(!picture.has_hole() && picture.contiguous() == 14, "all fourteen events were seen");
    }

    #[test]
    fn a_missing_event_is_noticed() {
        let story = story();
        let picture = paint(story.iter().filter(|e| e.seq != 6));
        assert!(picture.has_hole(), "event 6 is missing");
        assert_eq!(picture.contiguous(), 5, "5 is the last one before the hole");
    }

    #[test]
    fn the_rest_goes_at_the_pace_so_far() {
        let mut picture = JobPicture::new(1, 4);
        picture.apply(&event(1, JobEventKind::Job { state: JobState::Running, detail: String::new() }));
        let done = JobEventKind::Cell {
            step: 0,
            target: 0,
            state: CellState::Changed,
            detail: String::new(),
            exit_code: None,
            rollback: None,
        };
        picture.apply(&event(2, done));
        let left = picture.remaining_seconds(at(11)).unwrap_or_default();
        assert!((left - 30.0).abs() < 1e-6, "a quarter took 10 s, so three quarters take 30 s, not {left}");
    }

    proptest! {
        /// Twice, late, shuffled: the same picture.
        #[test]
        fn duplicates_and_disorder_change_nothing(order in Just(story()).prop_shuffle(), again in proptest::collection::vec(0usize..14, 0..40)) {
            let expected = paint(&story());
            let mut fed: Vec<JobEvent> = order.clone();
            fed.extend(again.iter().map(|&i| order[i].clone()));
            prop_assert_eq!(paint(&fed), expected);
        }
    }
}
