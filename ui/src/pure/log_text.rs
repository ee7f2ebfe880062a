//! Log lines as text: where a searched text stands in one, and many of them to take along.

use super::format::Local;
use wheelhouse_protocol::job::LogLine;

/// A text in pieces: whether a piece is what was looked for, and the piece. `needle` is in lower case.
pub(crate) fn pieces<'a>(text: &'a str, needle: &str) -> Vec<(bool, &'a str)> {
    if needle.is_empty() {
        return vec![(false, text)];
    }
    // Lower case may be longer or shorter than what it comes from, so every byte remembers its origin.
    let mut lower = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        for small in c.to_lowercase() {
            lower.push(small);
            origin.resize(lower.len(), at);
        }
    }
    origin.push(text.len());
    let mut pieces = Vec::new();
    let mut done = 0;
    for (at, found) in lower.match_indices(needle) {
        let (begin, last) = (origin[at], origin[at + found.len() - 1]);
        let end = text[last..].chars().next().map_or(text.len(), |c| last + c.len_utf8());
        if begin < done {
            continue;
        }
        if begin > done {
            pieces.push((false, &text[done..begin]));
        }
        pieces.push((true, &text[begin..end]));
        done = end;
    }
    if done < text.len() || pieces.is_empty() {
        pieces.push((false, &text[done..]));
    }
    pieces
}

/// Lines as they are pasted into a ticket: when, where, what.
pub(crate) fn plain<'a>(lines: impl Iterator<Item = &'a LogLine>, names: &[String], local: &Local) -> String {
    let mut text = String::new();
    for line in lines {
        let name = names.get(line.target as usize).map_or("?", String::as_str);
        let mark = match line.level {
            level if level >= wheelhouse_protocol::job::Level::Warning => format!(" {}", level.as_str()),
            _ => String::new(),
        };
        text.push_str(&format!(
            "{} {name} step {} {}{mark} | {}\n",
            local.clock_millis(line.at),
            line.step + 1,
            line.phase.as_str(),
            line.text
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use wheelhouse_protocol::Timestamp;
    use wheelhouse_protocol::job::{Level, Phase, Stream};

    #[test]
    fn every_place_is_found_whatever_its_case() {
        assert_eq!(pieces("Error: no error", "error"), [(true, "Error"), (false, ": no "), (true, "error")]);
        assert_eq!(pieces("nothing", "x"), [(false, "nothing")]);
        assert_eq!(pieces("", "x"), [(false, "")]);
        assert_eq!(pieces("all of it", ""), [(false, "all of it")]);
    }

    #[test]
    fn letters_whose_lower_case_is_longer_keep_their_places() {
        // “İ” becomes two characters of three bytes in all.
        assert_eq!(pieces("İstanbul up", "up"), [(false, "İstanbul "), (true, "up")]);
        assert_eq!(pieces("ÄRGER", "är"), [(true, "ÄR"), (false, "GER")]);
        let whole: String = pieces("İİ", "i").into_iter().map(|(_, piece)| piece).collect();
        assert_eq!(whole, "İİ", "no piece is lost or doubled when a match ends inside a letter");
    }

    #[test]
    fn a_line_says_when_and_where() {
        let line = LogLine {
            n: 1,
            at: Timestamp::UNIX_EPOCH,
            target: 1,
            step: 0,
            phase: Phase::Run,
            stream: Stream::Err,
            level: Level::Error,
            text: "no space left".to_owned(),
        };
        let names = ["a".to_owned(), "web-2".to_owned()];
        let text = plain([&line].into_iter(), &names, &Local::default());
        assert_eq!(text, "00:00:00.000 web-2 step 1 run error | no space left\n");
    }
}
