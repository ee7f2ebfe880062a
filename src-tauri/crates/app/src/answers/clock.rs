//! The operator's own time: what "yesterday" is, and how a moment is said.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan, Zoned};
use wheelhouse_protocol::Timestamp;
use wheelhouse_store::answers::Span;

/// The moment of asking, in the operator's zone.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    /// When.
    pub(super) now: Zoned,
}

/// A stretch of time that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// From when to when.
    pub(super) span: Span,
    /// How it is said at the end of a sentence: `yesterday`, `in the last 24 hours`.
    pub(super) said: String,
}

impl Clock {
    /// The stretch of time a slot names: `today`, `yesterday`, `this_week`, `last_week`, `this_month`,
    /// `last_month`, or a number with `m`, `h`, `d` or `w`, counted back from now. `None` for other words.
    ///
    /// Days, weeks (from Monday) and months are the operator's own, as long as they were: a day on which
    /// the clocks change has 23 or 25 hours.
    pub(super) fn window(&self, word: &str) -> Option<Window> {
        let word = word.trim().to_lowercase().replace([' ', '-'], "_");
        let today = self.now.date();
        let monday = monday_of(today)?;
        let month = today.first_of_month();
        let between = |from: Date, to: Option<Date>, said: String| {
            let to = match to {
                Some(to) => Some(self.begin(to)?),
                None => None,
            };
            Some(Window { span: Span { from: Some(self.begin(from)?), to }, said })
        };
        match word.as_str() {
            "today" => between(today, None, "today".to_owned()),
            "yesterday" => between(today.yesterday().ok()?, Some(today), "yesterday".to_owned()),
            "this_week" | "week" => between(monday, None, "this week".to_owned()),
            "last_week" => {
                let from = monday.checked_sub(7.days()).ok()?;
                let sunday = monday.yesterday().ok()?;
                between(from, Some(monday), format!("last week ({} to {})", day(from), day(sunday)))
            }
            "this_month" | "month" => between(month, None, "this month".to_owned()),
            "last_month" => {
                let from = month.yesterday().ok()?.first_of_month();
                between(from, Some(month), format!("in {}", from.strftime("%B %Y")))
            }
            _ => self.back(word.trim_start_matches("last_").trim_start_matches("past_")),
        }
    }

    /// `24h`, `30m`, `7d`, `2w`, `7_days`: counted back from now.
    fn back(&self, word: &str) -> Option<Window> {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let n: i64 = word.get(..digits)?.parse().ok().filter(|&n| n > 0)?;
        let (hours, minutes, name) = match word.get(digits..)?.trim_start_matches('_') {
            "m" | "min" | "minute" | "minutes" => (0, 1, "minute"),
            "h" | "hour" | "hours" => (1, 0, "hour"),
            "d" | "day" | "days" => (24, 0, "day"),
            "w" | "week" | "weeks" => (7 * 24, 0, "week"),
            _ => return None,
        };
        // Absurdly long is the same as ever.
        let seconds = n.checked_mul((hours * 60 + minutes) * 60);
        let from = seconds.and_then(|s| self.now.timestamp().checked_sub(SignedDuration::from_secs(s)).ok());
        let said = if n == 1 { format!("in the last {name}") } else { format!("in the last {n} {name}s") };
        Some(Window { span: Span { from, to: None }, said })
    }

    /// The moment a day begins here.
    fn begin(&self, day: Date) -> Option<Timestamp> {
        day.to_zoned(self.zone()).ok().map(|begin| begin.timestamp())
    }

    fn zone(&self) -> TimeZone {
        self.now.time_zone().clone()
    }

    /// The moment so long ago.
    pub(super) fn days_ago(&self, days: i64) -> Timestamp {
        self.now.timestamp().checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
    }

    /// `today at 14:03`, `yesterday at 09:12`, `on 12 March at 14:03`, `on 12 March 2024 at 14:03`.
    pub(super) fn when(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone());
        let (date, today) = (at.date(), self.now.date());
        let day = if date == today {
            "today".to_owned()
        } else if today.yesterday().is_ok_and(|yesterday| date == yesterday) {
            "yesterday".to_owned()
        } else if date.year() == today.year() {
            format!("on {}", day(date))
        } else {
            format!("on {} {}", day(date), date.year())
        };
        format!("{day} at {:02}:{:02}", at.hour(), at.minute())
    }
}

/// `12 March`.
fn day(date: Date) -> String {
    date.strftime("%-d %B").to_string()
}

fn monday_of(date: Date) -> Option<Date> {
    let since = date.weekday().since(Weekday::Monday);
    date.checked_sub(i64::from(since).days()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn clock(now: &str) -> Clock {
        Clock { now: now.parse().unwrap() }
    }

    fn span(now: &str, word: &str) -> (String, String) {
        let clock = clock(now);
        let window = clock.window(word).unwrap();
        let said = |at: Option<Timestamp>| {
            at.map_or("…".to_owned(), |at| at.to_zoned(clock.zone()).strftime("%Y-%m-%d %H:%M %:z").to_string())
        };
        (said(window.span.from), said(window.span.to))
    }

    #[test]
    fn days_are_the_operators_own() {
        // 00:30 in Berlin is still the day before in UTC.
        let now = "2026-07-15T00:30[Europe/Berlin]";
        let (from, to) = span(now, "yesterday");
        assert_eq!((from.as_str(), to.as_str()), ("2026-07-14 00:00 +02:00", "2026-07-15 00:00 +02:00"));
        assert_eq!(span(now, "today"), ("2026-07-15 00:00 +02:00".to_owned(), "…".to_owned()));
    }

    #[test]
    fn the_day_the_clocks_change_is_as_long_as_it_was() {
        let (from, to) = span("2026-03-30T09:00[Europe/Berlin]", "yesterday");
        assert_eq!((from.as_str(), to.as_str()), ("2026-03-29 00:00 +01:00", "2026-03-30 00:00 +02:00"));
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        // A Friday.
        let now = "2026-11-20T19:00[UTC]";
        assert_eq!(span(now, "last_week").0, "2026-11-09 00:00 +00:00");
        assert_eq!(span(now, "last_week").1, "2026-11-16 00:00 +00:00");
        assert_eq!(span(now, "this week").0, "2026-11-16 00:00 +00:00");
        assert_eq!(
            span(now, "last_month"),
            ("2026-10-01 00:00 +00:00".to_owned(), "2026-11-01 00:00 +00:00".to_owned())
        );
        assert_eq!(clock(now).window("last_week").unwrap().said, "last week (9 November to 15 November)");
        assert_eq!(span("2026-11-16T00:00[UTC]", "this_week").0, "2026-11-16 00:00 +00:00", "a Monday is in its week");
    }

    #[test]
    fn numbers_count_back_from_now() {
        let now = "2026-11-20T19:00[UTC]";
        for (word, from, said) in [
            ("24h", "2026-11-19 19:00 +00:00", "in the last 24 hours"),
            ("1h", "2026-11-20 18:00 +00:00", "in the last hour"),
            ("30m", "2026-11-20 18:30 +00:00", "in the last 30 minutes"),
            ("7d", "2026-11-13 19:00 +00:00", "in the last 7 days"),
            ("2w", "2026-11-06 19:00 +00:00", "in the last 2 weeks"),
            ("last_3_days", "2026-11-17 19:00 +00:00", "in the last 3 days"),
        ] {
            assert_eq!(span(now, word).0, from, "{word}");
            assert_eq!(clock(now).window(word).unwrap().said, said);
        }
        assert_eq!(span(now, "9000000000000000w").0, "…", "longer than there was time: ever");
        for word in ["", "0h", "soon", "3", "h", "-1d", "١h", "3parsecs"] {
            assert_eq!(clock(now).window(word), None, "“{word}” names no time");
        }
    }

    #[test]
    fn a_moment_is_said_as_briefly_as_it_can_be() {
        let clock = clock("2026-11-20T19:00[Europe/Berlin]");
        for (at, said) in [
            ("2026-11-20T13:03:59Z", "today at 14:03"),
            ("2026-11-19T22:59Z", "yesterday at 23:59"),
            ("2026-11-19T23:00Z", "today at 00:00"),
            ("2026-03-12T08:00Z", "on 12 March at 09:00"),
            ("2024-03-12T08:00Z", "on 12 March 2024 at 09:00"),
        ] {
            assert_eq!(clock.when(at.parse().unwrap()), said);
        }
    }
}
