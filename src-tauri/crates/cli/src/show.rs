//! What `wh` prints.

use jiff::tz::TimeZone;
use serde::Serialize;
use std::io::{IsTerminal, Write};
use wheelhouse_protocol::job::CellState;
use wheelhouse_protocol::{Problem, Timestamp};

/// Writes a line to standard output. A reader that has gone (`| head`) is no reason to fail.
pub(crate) fn line(text: impl AsRef<str>) {
    writeln!(std::io::stdout(), "{}", text.as_ref()).ok();
}

/// Writes a line to standard error: what is not the answer itself.
pub(crate) fn aside(text: impl AsRef<str>) {
    writeln!(std::io::stderr(), "{}", text.as_ref()).ok();
}

/// Writes a value as JSON.
pub(crate) fn json<T: Serialize>(value: &T) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => line(text),
        Err(error) => aside(format!("wh: the answer cannot be written as JSON: {error}")),
    }
}

/// Writes a problem for people.
pub(crate) fn problem(problem: &Problem) {
    aside(format!("{}: {}", paint("error", RED), problem.title));
    aside(format!("  {}", problem.detail));
    if !problem.hint.is_empty() {
        aside(format!("  {}", problem.hint));
    }
}

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const DIM: &str = "2";

/// Text in a colour, on a terminal that wants any.
pub(crate) fn paint(text: &str, colour: &str) -> String {
    if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        format!("\x1b[{colour}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Text that matters less.
pub(crate) fn dim(text: &str) -> String {
    paint(text, DIM)
}

/// A state with its colour.
pub(crate) fn state(state: CellState) -> String {
    let colour = match state {
        CellState::Changed | CellState::Unchanged => GREEN,
        CellState::Failed | CellState::Unreachable | CellState::Unknown => RED,
        CellState::Skipped => YELLOW,
        _ => DIM,
    };
    paint(state.as_str(), colour)
}

/// Rows in columns as wide as they must be.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = head.iter().map(|h| h.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(visible(cell));
        }
    }
    let print = |cells: &[String]| {
        let last = cells.len().saturating_sub(1);
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(i, (cell, width))| {
                let pad = if i == last { 0 } else { width.saturating_sub(visible(cell)) };
                format!("{cell}{}", " ".repeat(pad))
            })
            .collect();
        line(padded.join("  "));
    };
    print(&head.iter().map(|h| dim(&h.to_uppercase())).collect::<Vec<_>>());
    rows.iter().for_each(|row| print(row));
}

/// How many characters of a cell can be seen: colours take no room.
fn visible(cell: &str) -> usize {
    let mut n = 0;
    let mut in_escape = false;
    for c in cell.chars() {
        match c {
            '\x1b' => in_escape = true,
            'm' if in_escape => in_escape = false,
            _ if in_escape => {}
            _ => n += 1,
        }
    }
    n
}

/// A moment in the operator's own time zone.
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `12 s`, `3 min 5 s`, `2 h 10 min`.
pub(crate) fn duration(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs_f64().max(0.0);
    let whole = seconds as u64;
    match whole {
        0..10 => format!("{seconds:.1} s"),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// Text, or a dash where there is none.
pub(crate) fn or_dash(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}
