//! The inbox as it is read: what needs somebody first, then by level, what is done last.

use super::icons::Icon;
use super::words::{self, Look, Tone};
use std::collections::HashSet;
use wheelhouse_protocol::NotificationId;
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::{Notification, Source};

/// Entries that stand together, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Group {
    /// Open, and somebody should do something.
    Action,
    /// Open, nothing to do but to know it.
    Open(Level),
    /// Acknowledged.
    Done,
}

impl Group {
    /// Where an entry belongs.
    pub(crate) fn of(entry: &Notification) -> Self {
        match (entry.acknowledged_at, entry.action_required) {
            (Some(_), _) => Self::Done,
            (None, true) => Self::Action,
            (None, false) => Self::Open(entry.level),
        }
    }

    fn rank(self) -> usize {
        match self {
            Self::Action => 0,
            Self::Open(level) => Level::ALL.len() - Level::ALL.iter().position(|l| *l == level).unwrap_or(0),
            Self::Done => Level::ALL.len() + 1,
        }
    }

    /// What it is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Action => "Needs action",
            Self::Open(Level::Critical) => "Critical",
            Self::Open(Level::Error) => "Errors",
            Self::Open(Level::Warning) => "Warnings",
            Self::Open(Level::Info) => "For your information",
            Self::Open(Level::Debug) => "Debug",
            Self::Done => "Acknowledged",
        }
    }

    /// How its heading looks.
    pub(crate) fn look(self) -> Look {
        match self {
            Self::Action => Look { icon: Icon::Bell, tone: Tone::Error, word: self.title(), busy: false },
            Self::Open(level) => Look { word: self.title(), ..words::level(level) },
            Self::Done => Look { icon: Icon::Check, tone: Tone::Plain, word: self.title(), busy: false },
        }
    }
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// This level or worse.
    pub(crate) level: Option<Level>,
    pub(crate) source: Option<Source>,
    /// Those that are acknowledged too.
    pub(crate) done_too: bool,
    /// In lower case.
    pub(crate) text: String,
}

impl Filter {
    /// Whether it hides any open entry.
    pub(crate) fn narrows(&self) -> bool {
        self.level.is_some() || self.source.is_some() || !self.text.is_empty()
    }

    fn takes(&self, entry: &Notification) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.text);
        self.level.is_none_or(|level| entry.level >= level)
            && self.source.is_none_or(|source| entry.source == source)
            && (self.done_too || entry.acknowledged_at.is_none())
            && (self.text.is_empty() || has(&entry.message) || has(&entry.details) || has(&entry.service))
    }
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Row {
    /// A group begins; so many entries follow.
    Head(Group, usize),
    Entry(Box<Notification>),
}

impl Row {
    /// The entry, if it is one.
    pub(crate) fn entry(&self) -> Option<&Notification> {
        match self {
            Self::Head(..) => None,
            Self::Entry(entry) => Some(entry),
        }
    }
}

/// The list: groups in order, the newest first in each.
pub(crate) fn rows(all: &[Notification], filter: &Filter) -> Vec<Row> {
    let mut wanted: Vec<&Notification> = all.iter().filter(|entry| filter.takes(entry)).collect();
    wanted.sort_by_key(|entry| (Group::of(entry).rank(), std::cmp::Reverse(entry.at)));
    let mut rows = Vec::with_capacity(wanted.len() + 4);
    for group in wanted.chunk_by(|a, b| Group::of(a) == Group::of(b)) {
        if let Some(first) = group.first() {
            rows.push(Row::Head(Group::of(first), group.len()));
        }
        rows.extend(group.iter().map(|entry| Row::Entry(Box::new((*entry).clone()))));
    }
    rows
}

/// The entry `by` places from `from` among the rows' entries, staying within; the first when there is none.
pub(crate) fn step(rows: &[Row], from: Option<NotificationId>, by: isize) -> Option<NotificationId> {
    let ids: Vec<NotificationId> = rows.iter().filter_map(|row| row.entry().map(|e| e.id)).collect();
    let last = ids.len().checked_sub(1)?;
    let at = from.and_then(|id| ids.iter().position(|i| *i == id));
    let to = at.map_or(0, |at| at.saturating_add_signed(by).min(last));
    ids.get(to).copied()
}

/// Where to go when these entries leave the list: the next that stays, else the one before.
pub(crate) fn after(
    rows: &[Row],
    at: Option<NotificationId>,
    gone: &HashSet<NotificationId>,
) -> Option<NotificationId> {
    let ids: Vec<NotificationId> = rows.iter().filter_map(|row| row.entry().map(|e| e.id)).collect();
    let here = ids.iter().position(|id| Some(*id) == at)?;
    let stays = |id: &&NotificationId| !gone.contains(*id);
    ids[here..].iter().find(stays).or_else(|| ids[..here].iter().rev().find(stays)).copied()
}

/// What a source is called, and its icon.
pub(crate) fn source(source: Source) -> (Icon, &'static str) {
    match source {
        Source::Job => (Icon::Jobs, "job"),
        Source::Mqtt => (Icon::Link, "MQTT"),
        Source::Control => (Icon::Orbit, "control"),
        Source::Vault => (Icon::Vault, "vault"),
        Source::Schedule => (Icon::Clock, "schedule"),
        Source::System => (Icon::Wheel, "system"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::json;

    fn entry(n: u32, level: &str, action: bool, done: bool) -> Notification {
        let mut entry = json!({
            "id": format!("0197c0de-0000-7000-8000-{n:012}"), "at": format!("2026-03-12T12:00:{n:02}Z"),
            "first_at": "2026-03-12T11:00:00Z", "count": 1, "source": if n.is_multiple_of(2) { "job" } else { "mqtt" },
            "level": level, "service": "job 1", "message": format!("message {n}"), "details": "Nginx", "fingerprint": "f",
            "action_required": action
        });
        if done {
            entry["acknowledged_at"] = json!("2026-03-12T13:00:00Z");
        }
        serde_json::from_value(entry).unwrap()
    }

    fn inbox() -> Vec<Notification> {
        vec![
            entry(1, "info", false, false),
            entry(2, "error", true, false),
            entry(3, "critical", false, false),
            entry(4, "warning", true, false),
            entry(5, "critical", true, true),
            entry(6, "info", false, false),
        ]
    }

    fn shown(filter: &Filter) -> String {
        let words = rows(&inbox(), filter).into_iter().map(|row| match row {
            Row::Head(group, n) => format!("[{} {n}]", group.title()),
            Row::Entry(entry) => entry.message.replace("message ", ""),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_needs_somebody_comes_first_and_what_is_done_last() {
        let all = Filter { done_too: true, ..Filter::default() };
        assert_eq!(
            shown(&all),
            "[Needs action 2] 4 2 [Critical 1] 3 [For your information 2] 6 1 [Acknowledged 1] 5",
            "the newest first in each group"
        );
        assert!(!shown(&Filter::default()).contains('5'), "what is acknowledged is out of the way");
    }

    #[test]
    fn filters_add_up() {
        let level = Filter { level: Some(Level::Error), ..Filter::default() };
        assert_eq!(shown(&level), "[Needs action 1] 2 [Critical 1] 3");
        let both = Filter { source: Some(Source::Mqtt), ..level };
        assert_eq!(shown(&both), "[Critical 1] 3");
        assert_eq!(
            shown(&Filter { text: "nginx".to_owned(), source: Some(Source::Mqtt), ..Filter::default() }),
            "[Critical 1] 3 [For your information 1] 1"
        );
        assert_eq!(shown(&Filter { text: "apache".to_owned(), ..Filter::default() }), "");
        assert!(both.narrows() && !Filter { done_too: true, ..Filter::default() }.narrows());
    }

    #[test]
    fn moving_passes_over_headings_and_stays_within() {
        let rows = rows(&inbox(), &Filter::default());
        let name = |id: Option<NotificationId>| {
            rows.iter().filter_map(Row::entry).find(|e| Some(e.id) == id).map(|e| e.message.clone()).unwrap_or_default()
        };
        let first = step(&rows, None, 1);
        assert_eq!(name(first), "message 4");
        let third = step(&rows, step(&rows, first, 1), 1);
        assert_eq!(name(third), "message 3", "the heading between the groups is no stop");
        assert_eq!(step(&rows, first, -1), first);
        assert_eq!(name(step(&rows, first, 99)), "message 1");
        assert_eq!(step(&[], None, 1), None);
    }

    #[test]
    fn when_entries_go_the_next_one_takes_their_place() {
        let rows = rows(&inbox(), &Filter::default());
        let ids: Vec<NotificationId> = rows.iter().filter_map(|r| r.entry().map(|e| e.id)).collect();
        assert_eq!(after(&rows, Some(ids[0]), &HashSet::from([ids[0], ids[1]])), Some(ids[2]));
        assert_eq!(after(&rows, Some(ids[4]), &HashSet::from([ids[4]])), Some(ids[3]), "at the end, the one before");
        assert_eq!(after(&rows, Some(ids[0]), &ids.iter().copied().collect()), None);
    }
}
