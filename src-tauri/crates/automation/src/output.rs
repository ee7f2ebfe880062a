//! Bytes from a machine as lines of text that are safe to show and to store.

/// The longest line kept whole, in bytes. A longer one is cut into several.
const MAX_LINE: usize = 16 * 1024;

/// Cuts a stream of bytes into lines.
///
/// Terminal escapes are removed, other control characters shown as `�`, bytes that are not UTF-8
/// replaced. A carriage return ends a line too, so that a progress bar's steps do not pile up.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    /// Takes bytes, and gives the lines they complete to `line`.
    pub(crate) fn push(&mut self, bytes: &[u8], mut line: impl FnMut(String)) {
        for &byte in bytes {
            match byte {
                b'\n' | b'\r' => self.end(&mut line),
                _ => {
                    self.pending.push(byte);
                    if self.pending.len() >= MAX_LINE {
                        self.end(&mut line);
                    }
                }
            }
        }
    }

    /// Gives what is left without an end of line.
    pub(crate) fn finish(&mut self, mut line: impl FnMut(String)) {
        self.end(&mut line);
    }

    fn end(&mut self, line: &mut impl FnMut(String)) {
        if !self.pending.is_empty() {
            line(clean(&self.pending));
            self.pending.clear();
        }
    }
}

/// Bytes of one line as text that is safe to show.
pub(crate) fn clean(bytes: &[u8]) -> String {
    let plain = if bytes.contains(&0x1b) { strip_ansi_escapes::strip(bytes) } else { bytes.to_vec() };
    String::from_utf8_lossy(&plain).trim_end().chars().map(|c| if is_hostile(c) { '\u{fffd}' } else { c }).collect()
}

/// Characters that change how text around them is shown: controls, and marks that turn its direction.
fn is_hostile(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<String> {
        let mut out = Vec::new();
        let mut lines = Lines::default();
        chunks.iter().for_each(|chunk| lines.push(chunk, |line| out.push(line)));
        lines.finish(|line| out.push(line));
        out
    }

    #[test]
    fn lines_do_not_depend_on_how_they_arrive() {
        assert_eq!(lines(&[b"one\ntw", b"o\nthr", b"ee"]), ["one", "two", "three"]);
        assert_eq!(lines(&["gr".as_bytes(), &[0xc3], &[0xbc], b"n\n"]), ["grün"], "a letter cut in two is whole again");
    }

    #[test]
    fn nothing_reaches_the_screen_that_is_not_text() {
        assert_eq!(lines(&[b"\x1b[31mred\x1b[0m\x1b]0;title\x07 end\n"]), ["red end"]);
        assert_eq!(lines(&[b"a\x00b\x08c\xffd\n"]), ["a\u{fffd}b\u{fffd}c\u{fffd}d"]);
        assert_eq!(lines(&["safe\u{202e}evil\n".as_bytes()]), ["safe\u{fffd}evil"], "text cannot turn round");
    }

    #[test]
    fn a_progress_bar_is_a_line_a_step() {
        assert_eq!(lines(&[b"10 %\r50 %\r100 %\r\n"]), ["10 %", "50 %", "100 %"]);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let cut = lines(&[&vec![b'x'; MAX_LINE * 2 + 5]]);
        assert_eq!(cut.iter().map(String::len).collect::<Vec<_>>(), [MAX_LINE, MAX_LINE, 5]);
    }
}
