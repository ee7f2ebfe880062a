//! Times, durations, sizes and counts as people read them.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use wheelhouse_protocol::Timestamp;

/// The operator's own time, at one moment: how far it is from UTC, and what the zone is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Local {
    /// Minutes east of UTC.
    pub(crate) offset_minutes: i32,
    /// `Europe/Berlin`; empty where the browser does not say.
    pub(crate) zone: String,
}

impl Local {
    fn zone(&self) -> TimeZone {
        Offset::from_seconds(self.offset_minutes * 60).map_or(TimeZone::UTC, TimeZone::fixed)
    }

    /// The date and the time on the operator's clock.
    pub(crate) fn civil(&self, at: Timestamp) -> DateTime {
        at.to_zoned(self.zone()).datetime()
    }

    /// `14:03:22` today, `12 Mar 14:03` this year, `2024-03-12 14:03` before that.
    pub(crate) fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let zone = self.zone();
        let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
        if at.date() == now.date() {
            return format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
        }
        if at.year() == now.year() {
            let month = MONTHS.get(at.month() as usize - 1).copied().unwrap_or_default();
            return format!("{} {month} {:02}:{:02}", at.day(), at.hour(), at.minute());
        }
        format!("{:04}-{:02}-{:02} {:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
    }

    /// `14:03:22.417`.
    pub(crate) fn clock_millis(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone());
        format!("{:02}:{:02}:{:02}.{:03}", at.hour(), at.minute(), at.second(), at.millisecond())
    }

    /// `14:03:22`.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone());
        format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    }

    /// `2026-03-12 14:03:22.417 UTC+01:00 (Europe/Berlin)`.
    pub(crate) fn full(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone());
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.abs();
        let zone = if self.zone.is_empty() { String::new() } else { format!(" ({})", self.zone) };
        format!(
            "{:04}-{:02}-{:02} {} UTC{sign}{:02}:{:02}{zone}",
            zoned.year(),
            zoned.month(),
            zoned.day(),
            self.clock_millis(at),
            minutes / 60,
            minutes % 60
        )
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds from one moment to another, at least 0.
pub(crate) fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}

/// `40 ms`, `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`.
pub(crate) fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0);
    if seconds < 0.095 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    let two = |big: u64, one: &str, small: u64, two: &str| {
        if small == 0 { format!("{big} {one}") } else { format!("{big} {one} {small} {two}") }
    };
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => two(whole / 60, "min", whole % 60, "s"),
        3600..86_400 => two(whole / 3600, "h", whole % 3600 / 60, "min"),
        _ => two(whole / 86_400, "d", whole % 86_400 / 3600, "h"),
    }
}

/// `about 3 min 5 s left`. An estimate of a few seconds is not worth a figure that jumps.
pub(crate) fn time_left(seconds: f64) -> String {
    if seconds < 9.5 { "a few seconds left".to_owned() } else { format!("about {} left", duration(seconds.round())) }
}

/// `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = seconds_between(at, now) as u64;
    match seconds {
        0..5 => "just now".to_owned(),
        5..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// `740 B`, `12.4 KiB`, `3.1 MiB`.
pub(crate) fn bytes(n: u64) -> String {
    let mut value = n as f64;
    if n < 1024 {
        return format!("{n} B");
    }
    for unit in ["KiB", "MiB", "GiB"] {
        value /= 1024.0;
        if value < 1024.0 {
            return format!("{value:.1} {unit}");
        }
    }
    format!("{:.1} TiB", value / 1024.0)
}

/// `0/s`, `0.4/s`, `8.2/s`, `812/s`, `12.4 k/s`.
pub(crate) fn rate(per_second: f64) -> String {
    match per_second {
        r if r <= 0.0 => "0/s".to_owned(),
        r if r < 9.95 => format!("{r:.1}/s"),
        r if r < 9_999.5 => format!("{r:.0}/s"),
        r => format!("{:.1} k/s", r / 1000.0),
    }
}

/// `12 345`, with thin spaces that do not break.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1 host`, `4 hosts`.
pub(crate) fn plural(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(n as u64), if n == 1 { one } else { many })
}

/// A measured value in at most four significant digits: `0.001234`, `12.35`, `−1.2e-7`.
pub(crate) fn value(v: f64) -> String {
    let size = v.abs();
    let text = match size {
        0.0 => "0".to_owned(),
        s if !(1e-4..1e7).contains(&s) => format!("{v:.2e}"),
        s if s < 1.0 => format!("{v:.4}"),
        s if s < 10.0 => format!("{v:.3}"),
        s if s < 100.0 => format!("{v:.2}"),
        s if s < 1000.0 => format!("{v:.1}"),
        _ => format!("{v:.0}"),
    };
    // A real minus sign is as wide as a digit, so that figures do not jump.
    text.replace('-', "−")
}

/// As many names as `most`, and how many more there are.
pub(crate) fn names<'a>(all: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let all: Vec<&str> = all.into_iter().collect();
    if all.len() <= most {
        return all.join(", ");
    }
    format!("{} and {} more", all[..most].join(", "), all.len() - most)
}

/// The first line of a text, at most `most` characters of it.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The sentence with a capital letter.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_left_never_claims_more_than_is_known() {
        let texts: Vec<String> = [1.0, 4.0, 9.4, 9.6, 185.0].map(time_left).into();
        let few = "a few seconds left";
        assert_eq!(texts, [few, few, few, "about 10 s left", "about 3 min 5 s left"]);
    }

    #[test]
    fn durations_use_two_units_at_most() {
        let texts: Vec<String> = [0.04, 0.4, 9.94, 9.96, 59.0, 60.0, 185.0, 7800.0, 100_000.0].map(duration).into();
        assert_eq!(texts, ["40 ms", "0.4 s", "9.9 s", "10 s", "59 s", "1 min", "3 min 5 s", "2 h 10 min", "1 d 3 h"]);
    }

    #[test]
    fn a_moment_is_as_short_as_it_can_be() {
        let local = Local { offset_minutes: 120, zone: "Europe/Berlin".to_owned() };
        let now = at("2026-03-12T22:30:00Z");
        assert_eq!(local.moment(at("2026-03-12T22:05:09Z"), now), "00:05:09", "it is the 13th there already");
        assert_eq!(local.moment(at("2026-03-12T21:05:09Z"), now), "12 Mar 23:05", "that was yesterday there");
        assert_eq!(local.moment(at("2024-01-02T03:04:05Z"), now), "2024-01-02 05:04");
        assert_eq!(
            local.full(at("2026-03-12T22:05:09.25Z")),
            "2026-03-13 00:05:09.250 UTC+02:00 (Europe/Berlin)",
            "the zone is said in full"
        );
    }

    #[test]
    fn west_of_greenwich_the_sign_is_a_minus() {
        let local = Local { offset_minutes: -210, zone: String::new() };
        assert_eq!(local.full(at("2026-03-12T00:00:00Z")), "2026-03-11 20:30:00.000 UTC-03:30");
    }

    #[test]
    fn figures_keep_their_digits() {
        assert_eq!(
            [0.0, 0.000_012, 0.123_456, 3.0, 1234.5, -0.5].map(value).join(" "),
            "0 1.20e−5 0.1235 3.000 1234 −0.5000"
        );
        assert_eq!([bytes(740), bytes(12_700), bytes(3_250_586)].join(" "), "740 B 12.4 KiB 3.1 MiB");
        assert_eq!([rate(0.0), rate(0.42), rate(812.2), rate(12_400.0)].join(" "), "0/s 0.4/s 812/s 12.4 k/s");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(12), "12");
    }

    #[test]
    fn long_lists_say_how_many_more() {
        assert_eq!(names(["a", "b", "c"], 3), "a, b, c");
        assert_eq!(names(["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(shorten("first line\nsecond", 40), "first line…", "a second line is left out visibly");
        assert_eq!(shorten("short", 40), "short");
    }

    #[test]
    fn ages_are_whole() {
        let now = at("2026-03-12T12:00:00Z");
        let ages = ["2026-03-12T11:59:58Z", "2026-03-12T11:59:30Z", "2026-03-12T11:10:00Z", "2026-03-09T12:00:00Z"];
        assert_eq!(ages.map(|t| ago(at(t), now)).join(", "), "just now, 30 s ago, 50 min ago, 3 d ago");
    }
}
