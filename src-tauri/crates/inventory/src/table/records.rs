//! The records of a table, with their lines.
//!
//! The csv crate's core reads them; this finds out first where each begins and ends, because a quote that is
//! opened and never closed would otherwise swallow every line behind it. Such a line is left out with
//! a remark, and reading goes on with the next one.

use super::columns;
use crate::draft::Draft;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The most lines one record may run over: notes have some, a missing quote has thousands.
const MAX_LINES: usize = 500;

/// One record.
#[derive(Debug)]
pub(super) struct Record {
    /// The line it begins on, from 1.
    pub(super) line: usize,
    /// Its cells, unquoted.
    pub(super) cells: Vec<String>,
}

impl Record {
    /// Whether it holds nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Finds the separator: the one Excel's `sep=;` line names, or the one under which most of the first
/// line's cells are known column names. The lines skipped and the text behind them come with it.
pub(super) fn separator(text: &str) -> (usize, &str, u8) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(named) = first.trim().strip_prefix("sep=")
        && let [separator @ (b',' | b';' | b'\t' | b'|')] = named.as_bytes()
    {
        return (1, rest, *separator);
    }
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let score = |separator: u8| {
        let cells = header.split(char::from(separator));
        (columns::known(cells), header.matches(char::from(separator)).count())
    };
    let best = b",;\t|".iter().copied().rev().max_by_key(|separator| score(*separator));
    (0, text, best.unwrap_or(b','))
}

/// The records of a text, one after the other.
pub(super) struct Records<'a> {
    rest: &'a str,
    separator: u8,
    reader: Reader,
    /// The number of the line `rest` begins with.
    line: usize,
}

/// Where a record ends.
enum End {
    /// Behind so many bytes (its line break not among them).
    At(usize),
    /// A quote in it is not closed.
    Never,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a str, separator: u8, skipped_lines: usize) -> Self {
        let reader = ReaderBuilder::new().delimiter(separator).build();
        Self { rest: text, separator, reader, line: skipped_lines + 1 }
    }

    /// The next record that can be read.
    pub(super) fn next(&mut self, draft: &mut Draft) -> Option<Record> {
        while !self.rest.is_empty() {
            let line = self.line;
            match record_end(self.rest, self.separator) {
                End::At(end) => {
                    let text = self.rest;
                    self.advance(end);
                    return Some(Record { line, cells: cells(&mut self.reader, &text[..end], self.separator) });
                }
                End::Never => {
                    draft
                        .remarks
                        .error(line, "This line is left out: a quote is opened and not closed where it should be.");
                    self.advance(self.rest.find(['\n', '\r']).unwrap_or(self.rest.len()));
                }
            }
        }
        None
    }

    /// Goes on behind so many bytes and the line break that follows them.
    fn advance(&mut self, bytes: usize) {
        self.line += crate::text::lines(&self.rest[..bytes]).count().max(1);
        let rest = &self.rest[bytes..];
        self.rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest);
    }
}

/// Finds where the first record ends (RFC 4180: line breaks inside quotes belong to the cell).
fn record_end(text: &str, separator: u8) -> End {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut breaks = 0;
    let mut begins_cell = true;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' | b'\r' => return End::At(at),
            b'"' if begins_cell => {
                let opened_after = breaks;
                at += 1;
                loop {
                    match (bytes.get(at), bytes.get(at + 1)) {
                        (None, _) => return End::Never,
                        (Some(b'"'), Some(b'"')) => at += 2,
                        (Some(b'"'), _) => break,
                        (Some(b'\n'), _) => {
                            breaks += 1;
                            if breaks > MAX_LINES {
                                return End::Never;
                            }
                            at += 1;
                        }
                        _ => at += 1,
                    }
                }
                at += 1;
                // A cell over several lines must end with its quote; otherwise that quote was the
                // beginning of another cell, and the one before it was never closed.
                let after = bytes[at..].iter().find(|b| **b != b' ');
                let ends = after.is_none_or(|b| *b == separator || matches!(b, b'\n' | b'\r'));
                if breaks > opened_after && !ends {
                    return End::Never;
                }
                begins_cell = false;
                continue;
            }
            byte => begins_cell = byte == separator,
        }
        at += 1;
    }
    End::At(bytes.len())
}

/// The cells of one record.
fn cells(reader: &mut Reader, record: &str, separator: u8) -> Vec<String> {
    if !record.contains('"') {
        return record.split(char::from(separator)).map(restored).collect();
    }
    reader.reset();
    let mut text = vec![0; record.len()];
    let mut ends = vec![0; record.matches(char::from(separator)).count() + 1];
    let (mut read, mut written, mut ended) = (0, 0, 0);
    loop {
        // At the end of the input an empty one says that there is no more.
        let (result, r, w, e) =
            reader.read_record(&record.as_bytes()[read..], &mut text[written..], &mut ends[ended..]);
        read += r;
        written += w;
        ended += e;
        if !matches!(result, ReadRecordResult::InputEmpty) || r == 0 && read < record.len() {
            break;
        }
    }
    let mut begin = 0;
    let mut cells = Vec::with_capacity(ended);
    for &end in &ends[..ended] {
        cells.push(restored(&String::from_utf8_lossy(&text[begin..end])));
        begin = end;
    }
    cells
}

/// A cell without the apostrophe that keeps a spreadsheet from taking it for a formula.
fn restored(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

/// Whether a spreadsheet would compute the cell instead of showing it, apostrophes before it aside.
pub(crate) fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Vec<(usize, Vec<String>)>, usize) {
        let (skipped, text, separator) = separator(text);
        let mut records = Records::new(text, separator, skipped);
        let mut draft = Draft::default();
        let mut all = Vec::new();
        while let Some(record) = records.next(&mut draft) {
            all.push((record.line, record.cells));
        }
        (all, draft.remarks.into_vec().len())
    }

    #[test]
    fn line_breaks_in_quotes_belong_to_the_cell() {
        let (records, remarks) = read("name,notes\r\nweb1,\"one\r\ntwo \"\"quoted\"\"\"\r\nweb2,x\r\n");
        assert_eq!(remarks, 0);
        assert_eq!(records[1], (2, vec!["web1".to_owned(), "one\r\ntwo \"quoted\"".to_owned()]));
        assert_eq!(records[2].0, 4, "the line counts what is inside quotes");
    }

    #[test]
    fn an_open_quote_costs_its_own_line() {
        let (records, remarks) = read("name,notes\nweb1,\"open\nweb2,\"closed\"\nweb3,x\n");
        let names: Vec<_> = records.iter().map(|(line, cells)| (*line, cells[0].as_str())).collect();
        assert_eq!(names, [(1, "name"), (3, "web2"), (4, "web3")]);
        assert_eq!(remarks, 1);
        let (records, remarks) = read("name,notes\nweb1,\"open\nweb2,y\nweb3,x");
        assert_eq!((records.len(), remarks), (3, 1), "with no further quote either");
    }

    #[test]
    fn the_separator_is_found() {
        for (text, expected) in [
            ("name,ip,os\n", b','),
            ("Name;IP;Comment, if any\n", b';'),
            ("name\tip\n", b'\t'),
            ("name|ip\n", b'|'),
            ("name\n", b','),
            ("sep=;\nname;ip\n", b';'),
        ] {
            assert_eq!(separator(text).2, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn records_are_those_of_the_csv_crate(cells in prop::collection::vec(prop::collection::vec("[a-z\"; \n']{0,6}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for record in &cells {
                writer.write_record(record).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let mut records = Records::new(&text, b',', 0);
            let mut draft = Draft::default();
            let mut read = Vec::new();
            while let Some(record) = records.next(&mut draft) {
                read.push(record.cells);
            }
            prop_assert_eq!(read, cells, "what the csv crate writes is read as it was");
        }
    }
}
