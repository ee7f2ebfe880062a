//! The lines of one job's log that the page holds.

use wheelhouse_protocol::job::{Level, LogLine};

/// The most lines held; beyond it the oldest give way, which the view says.
pub(crate) const KEEP: usize = 50_000;

/// Lines in order, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogBuffer {
    lines: Vec<LogLine>,
    /// Lines with a number up to this one were left out.
    forgotten: u64,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LogFilter {
    pub(crate) target: Option<u32>,
    pub(crate) step: Option<u32>,
    /// This level or worse.
    pub(crate) level: Option<Level>,
    /// In lower case.
    pub(crate) text: String,
}

impl LogFilter {
    /// Whether it lets every line through.
    pub(crate) fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a line is wanted.
    pub(crate) fn takes(&self, line: &LogLine) -> bool {
        self.target.is_none_or(|t| t == line.target)
            && self.step.is_none_or(|s| s == line.step)
            && self.level.is_none_or(|l| line.level >= l)
            && (self.text.is_empty() || line.text.to_lowercase().contains(&self.text))
    }
}

impl LogBuffer {
    /// Takes lines in any order, twice or late.
    pub(crate) fn add(&mut self, lines: impl IntoIterator<Item = LogLine>) {
        for line in lines {
            if line.n <= self.forgotten {
                continue;
            }
            match self.lines.last() {
                Some(last) if line.n <= last.n => {
                    if let Err(place) = self.lines.binary_search_by_key(&line.n, |l| l.n) {
                        self.lines.insert(place, line);
                    }
                }
                _ => self.lines.push(line),
            }
        }
        if self.lines.len() > KEEP {
            // In larger steps, so that not every new line moves all others.
            let gone = self.lines.len() - KEEP + KEEP / 10;
            self.forgotten = self.lines[gone - 1].n;
            self.lines.drain(..gone);
        }
    }

    /// The lines, in order.
    pub(crate) fn lines(&self) -> &[LogLine] {
        &self.lines
    }

    /// How many older lines were left out.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The last line before the first hole: ask for everything after it.
    pub(crate) fn contiguous(&self) -> u64 {
        let mut last = self.forgotten;
        for line in &self.lines {
            if line.n != last + 1 {
                break;
            }
            last = line.n;
        }
        last
    }

    /// The places of the wanted lines.
    pub(crate) fn matching(&self, filter: &LogFilter) -> Vec<usize> {
        self.lines.iter().enumerate().filter(|(_, line)| filter.takes(line)).map(|(i, _)| i).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wheelhouse_protocol::Timestamp;
    use wheelhouse_protocol::job::{Phase, Stream};

    fn line(n: u64, target: u32, level: Level, text: &str) -> LogLine {
        let at = Timestamp::UNIX_EPOCH;
        LogLine { n, at, target, step: 0, phase: Phase::Run, stream: Stream::Out, level, text: text.to_owned() }
    }

    fn numbers(buffer: &LogBuffer) -> Vec<u64> {
        buffer.lines().iter().map(|l| l.n).collect()
    }

    #[test]
    fn lines_end_in_order_however_they_come() {
        let mut buffer = LogBuffer::default();
        let info = |n| line(n, 0, Level::Info, "x");
        buffer.add([info(3), info(4)]);
        buffer.add([info(1), info(3), info(4), info(6)]);
        assert_eq!(numbers(&buffer), [1, 3, 4, 6]);
        assert_eq!(buffer.contiguous(), 1, "2 is missing");
        buffer.add([info(2), info(5)]);
        assert_eq!(buffer.contiguous(), 6);
    }

    #[test]
    fn the_oldest_give_way_and_stay_away() {
        let mut buffer = LogBuffer::default();
        buffer.add((1..=KEEP as u64 + 1).map(|n| line(n, 0, Level::Info, "x")));
        assert!(buffer.lines().len() <= KEEP && buffer.forgotten() > 0, "{} lines are held", buffer.lines().len());
        let before = buffer.lines().len();
        buffer.add([line(1, 0, Level::Info, "late")]);
        assert_eq!(buffer.lines().len(), before, "a forgotten line must not come back in the wrong place");
        assert_eq!(buffer.contiguous(), KEEP as u64 + 1);
    }

    #[test]
    fn filters_add_up() {
        let mut buffer = LogBuffer::default();
        buffer.add([
            line(1, 0, Level::Info, "Restarting"),
            line(2, 1, Level::Error, "restart failed"),
            line(3, 1, Level::Debug, "RESTART detail"),
        ]);
        let find = |filter: LogFilter| buffer.matching(&filter);
        assert_eq!(find(LogFilter::default()), [0, 1, 2]);
        assert_eq!(find(LogFilter { target: Some(1), ..LogFilter::default() }), [1, 2]);
        assert_eq!(find(LogFilter { level: Some(Level::Warning), ..LogFilter::default() }), [1]);
        assert_eq!(find(LogFilter { text: "restart".to_owned(), ..LogFilter::default() }), [0, 1, 2]);
        assert_eq!(find(LogFilter { text: "restart".to_owned(), target: Some(0), ..LogFilter::default() }), [0]);
    }
}
