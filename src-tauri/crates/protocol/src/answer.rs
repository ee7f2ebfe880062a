//! Answers to questions about Wheelhouse itself: a sentence, a small table, and what could be asked next.
//!
//! An answer is a picture of one moment, the proposal's `made_at`; it is kept as it was said.

use crate::job::{CellState, JobState, Level};
use crate::reading::Choice;
use crate::{JobId, NotificationId, TargetId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most rows an answer shows; its table says how many there are.
pub const MAX_ROWS: u32 = 50;

/// A reply from what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The answer in words; true without the table. Times in it are the operator's own.
    pub sentence: String,
    /// What it is about, row by row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<AnswerTable>,
    /// Requests that lead on, for buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<Choice>,
}

impl Answer {
    /// An answer that needs no table.
    pub fn of(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), table: None, follow_ups: Vec::new() }
    }
}

/// A small table, at most [`MAX_ROWS`] rows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerTable {
    /// What each column is called.
    pub columns: Vec<String>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<AnswerRow>,
    /// How many rows there would be without the limit.
    pub total: u64,
}

impl AnswerTable {
    /// `first 50 of 312`, where not all of it is here.
    pub fn cut(&self) -> Option<String> {
        let shown = self.rows.len() as u64;
        (shown < self.total).then(|| format!("first {shown} of {}", self.total))
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRow {
    /// Its cells, in the order of the columns.
    pub cells: Vec<AnswerCell>,
    /// What opening it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<AnswerLink>,
}

/// One cell. What is not plain text stays what it is, so that each door shows it as it always does:
/// a time in the operator's zone, a state with its icon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum AnswerCell {
    /// Nothing to show.
    None,
    /// Words.
    Text {
        /// As shown.
        text: String,
    },
    /// A moment.
    Moment {
        /// When.
        at: Timestamp,
    },
    /// A job's state.
    Job {
        /// Which.
        state: JobState,
    },
    /// A target's or a step's state.
    Cell {
        /// Which.
        state: CellState,
    },
    /// How much something matters.
    Level {
        /// Which.
        level: Level,
    },
}

impl AnswerCell {
    /// A cell with words; an empty one where there are none.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::None } else { Self::Text { text } }
    }

    /// A cell with a moment; an empty one where there is none.
    pub fn moment(at: Option<Timestamp>) -> Self {
        at.map_or(Self::None, |at| Self::Moment { at })
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", content = "id", rename_all = "kebab-case")]
pub enum AnswerLink {
    /// A job.
    Job(JobId),
    /// A target.
    Target(TargetId),
    /// An entry of the inbox.
    Notification(NotificationId),
    /// A schedule.
    Schedule(Uuid),
    /// A recipe.
    Recipe(Uuid),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn what_doors_see_of_a_row() {
        let id = Uuid::nil();
        let row = AnswerRow {
            cells: vec![AnswerCell::text("web-01"), AnswerCell::text(""), AnswerCell::Job { state: JobState::Failed }],
            link: Some(AnswerLink::Target(TargetId(id))),
        };
        let json = serde_json::to_value(&row).unwrap();
        let expected = serde_json::json!({
            "cells": [{"kind": "text", "text": "web-01"}, {"kind": "none"}, {"kind": "job", "state": "failed"}],
            "link": {"to": "target", "id": id},
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<AnswerRow>(json).unwrap(), row);
    }

    #[test]
    fn a_cut_table_says_so() {
        let row = AnswerRow { cells: Vec::new(), link: None };
        let table = |rows, total| AnswerTable { columns: Vec::new(), rows: vec![row.clone(); rows], total };
        assert_eq!(table(50, 312).cut().unwrap(), "first 50 of 312");
        assert_eq!(table(3, 3).cut(), None);
    }
}
