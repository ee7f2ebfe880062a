//! What a script reports: structured lines in its output, and telling them from the machine's own words.
//!
//! A report is one line of standard output:
//!
//! ```text
//! @wh:<token>:<kind>:<text>
//! ```
//!
//! `kind` is `info`, `warn`, `error`, `detail`, `progress`, `changed`, `unchanged` or `ended`. In `text`, `%` and every control
//! character stand as `%` and two upper-case hex digits, so a report is always one line whatever it says. The
//! token is drawn anew for every script that is sent and is known to the engine and that one shell only: it is not
//! exported to the programs the shell starts, so nothing a machine prints, and no file shown from it, is taken for a report.

use wheelhouse_protocol::job::Level;

/// The fewest characters a token may have: 16 alphanumerics are 95 bits.
pub const MIN_TOKEN: usize = 16;
/// The most characters a token may have.
pub const MAX_TOKEN: usize = 128;

/// Whether this can be a token: 16 to 128 ASCII letters and digits.
pub fn is_token(token: &str) -> bool {
    (MIN_TOKEN..=MAX_TOKEN).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// One line of a script's standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// What the machine printed.
    Output(&'a str),
    /// What our script reported.
    Report(Report),
    /// A line that the machine began and did not finish, and what our script reported after it.
    OutputThenReport(&'a str, Report),
}

/// What our script reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// A line for the log: [`Level::Info`], [`Level::Warning`] or [`Level::Error`]. It decides nothing.
    Message {
        /// How much it matters.
        level: Level,
        /// The text; it may hold newlines and control characters of the machine.
        text: String,
    },
    /// How far it is, 0–100.
    Progress(u8),
    /// Something is different now.
    Changed,
    /// It was already so.
    Unchanged,
    /// The one sentence for the operator: why it failed, or what came of it. The last one counts.
    Detail(String),
    /// The script has ended by itself, with this exit code. Nothing it reports comes after.
    Ended(i32),
}

/// Reads one line (without its newline) of the standard output of a script that was sent with this token.
///
/// A report is found wherever in the line it begins: whatever printed before it may have left its last line unfinished.
/// With a token that is none ([`is_token`]) everything is output.
pub fn parse_line<'a>(token: &str, line: &'a str) -> Line<'a> {
    match report_in(token, line) {
        None => Line::Output(line),
        Some(("", report)) => Line::Report(report),
        Some((before, report)) => Line::OutputThenReport(before, report),
    }
}

/// The report in a line, and what stands before it.
fn report_in<'a>(token: &str, line: &'a str) -> Option<(&'a str, Report)> {
    if !is_token(token) {
        return None;
    }
    let (before, rest) = line.split_once(&format!("@wh:{token}:"))?;
    let (kind, text) = rest.strip_suffix('\r').unwrap_or(rest).split_once(':')?;
    Some((before, report(kind, text)?))
}

fn report(kind: &str, text: &str) -> Option<Report> {
    let message = |level| Some(Report::Message { level, text: decode(text)? });
    match kind {
        "info" => message(Level::Info),
        "warn" => message(Level::Warning),
        "error" => message(Level::Error),
        "detail" => decode(text).map(Report::Detail),
        "progress" => text.parse().ok().filter(|percent| *percent <= 100).map(Report::Progress),
        "ended" => text.parse().ok().map(Report::Ended),
        "changed" if text.is_empty() => Some(Report::Changed),
        "unchanged" if text.is_empty() => Some(Report::Unchanged),
        _ => None,
    }
}

/// Undoes the percent-encoding. `None` for what our scripts never write.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            bytes.push(hex_digit(rest.next()?)? << 4 | hex_digit(rest.next()?)?);
        } else {
            bytes.push(byte);
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "Zx81kQ0pLm3Nb7Vc";

    #[test]
    fn reads_every_kind() {
        let report = |line: &str| match parse_line(TOKEN, &format!("@wh:{TOKEN}:{line}")) {
            Line::Report(report) => report,
            other => panic!("not a report alone: {other:?}"),
        };
        assert_eq!(report("info:a b"), Report::Message { level: Level::Info, text: "a b".into() });
        assert_eq!(report("warn:"), Report::Message { level: Level::Warning, text: String::new() });
        assert_eq!(report("error:1%0A2%25"), Report::Message { level: Level::Error, text: "1\n2%".into() });
        assert_eq!(report("detail:ß: x"), Report::Detail("ß: x".into()));
        assert_eq!(report("progress:100"), Report::Progress(100));
        assert_eq!(report("changed:"), Report::Changed);
        assert_eq!(report("ended:143"), Report::Ended(143));
        assert_eq!(report("unchanged:\r"), Report::Unchanged, "a terminal in between ends lines with CR LF");
    }

    #[test]
    fn what_our_scripts_never_write_is_output() {
        for rest in [
            "progress:101", "progress:-1", "progress:", "changed:yes", "done:", "info", "info:%", "info:%4",
            "info:%zz", "info:%0a",
        ] {
            let line = format!("@wh:{TOKEN}:{rest}");
            assert_eq!(parse_line(TOKEN, &line), Line::Output(&line), "{rest}");
        }
    }

    #[test]
    fn a_line_left_open_by_the_machine_does_not_hide_a_report() {
        let line = format!("half a line@wh:{TOKEN}:changed:");
        assert_eq!(parse_line(TOKEN, &line), Line::OutputThenReport("half a line", Report::Changed));
    }

    #[test]
    fn without_a_token_there_are_no_reports() {
        for token in ["", "short", "has-a-dash-in-it-", "ünïcödeünïcödeünïcöde"] {
            let line = format!("@wh:{token}:changed:");
            assert_eq!(parse_line(token, &line), Line::Output(&line), "token {token:?}");
        }
    }

    proptest! {
        /// Whatever a machine prints that does not hold the token is output, also when it looks like a report.
        #[test]
        fn nothing_without_the_token_is_a_report(
            before in ".*",
            guess in prop_oneof!["[A-Za-z0-9]{0,40}", Just(String::new()), Just(TOKEN.to_lowercase()), Just(TOKEN[1..].to_owned())],
            kind in prop_oneof![Just("info"), Just("detail"), Just("changed"), Just("unchanged"), Just("progress")],
            text in ".*",
        ) {
            let line = format!("{before}@wh:{guess}:{kind}:{text}");
            prop_assume!(!line.contains(TOKEN));
            prop_assert_eq!(parse_line(TOKEN, &line), Line::Output(&line));
        }

        #[test]
        fn any_line_is_read_without_harm(line in ".*", rest in "[%0-9A-Fa-f:é]*") {
            let with_token = format!("{line}@wh:{TOKEN}:info:{rest}");
            for line in [&line, &with_token] {
                if let Line::Output(text) = parse_line(TOKEN, line) {
                    prop_assert_eq!(text, line.as_str());
                }
            }
        }
    }
}
