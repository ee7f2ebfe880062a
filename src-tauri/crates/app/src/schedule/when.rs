//! When something is due.
//!
//! Cron patterns mean the wall clock of their zone. Twice a year that clock jumps:
//!
//! - A time that the jump leaves out: a pattern that names its hour runs once, at the moment the jump
//!   ends (02:30 becomes 03:00); a pattern whose hour begins with `*` leaves it out.
//! - A time that comes twice: a pattern that names its hour runs once, at the first; a pattern whose hour
//!   begins with `*` runs both times, so that "every five minutes" is every five minutes.
//!
//! This is what Debian's cron does. A single run at a time that is left out is refused, since somebody
//! would wait for it in vain; one at a time that comes twice is at the first.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{ToSpan, Zoned};
use std::collections::BTreeSet;
use wheelhouse_protocol::schedule::{SchedulePreview, When};
use wheelhouse_protocol::{Problem, ProblemCode, Timestamp};

/// How many of the next due times are shown.
const NEXT: usize = 5;
/// No zone's clock jumps further, today.
const JUMP_HOURS: i64 = 3;
/// More due times than this are not looked through at once.
const MOST: usize = 50_000;

/// A schedule's timing, ready to be asked.
#[derive(Debug)]
pub(crate) struct Timing {
    zone: TimeZone,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Once(Timestamp),
    Cron { cron: Box<Cron>, every_hour: bool },
}

impl Timing {
    /// Reads what a person wrote.
    ///
    /// # Errors
    /// [`ProblemCode::InvalidInput`] with the part that is wrong: the zone, the time, the pattern.
    pub(crate) fn parse(when: &When) -> Result<Self, Problem> {
        match when {
            When::Once { at, zone } => {
                let zone = zone_of(zone)?;
                let civil: DateTime = at
                    .trim()
                    .parse()
                    .map_err(|_| Problem::invalid("at", format!("“{at}” is no time. Write it as 2026-12-01 03:00.")))?;
                let ambiguous = zone.to_ambiguous_timestamp(civil);
                if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
                    let detail = format!("{at} does not exist in {}: the clock is put forward there.", name(&zone));
                    return Err(Problem::invalid("at", detail));
                }
                let at = ambiguous.earlier().map_err(|e| Problem::invalid("at", format!("{at}: {e}.")))?;
                Ok(Self { zone, kind: Kind::Once(at) })
            }
            When::Cron { expression, zone } => {
                let zone = zone_of(zone)?;
                let fields: Vec<&str> = expression.split_whitespace().collect();
                let refuse = |why: String| {
                    Err(Problem::invalid("expression", format!("“{expression}” is no cron pattern: {why}.")).hint(
                        "Five fields: minute, hour, day of month, month, day of week. 30 3 * * MON-FRI is 03:30 from Monday to Friday.",
                    ))
                };
                if fields.len() != 5 {
                    return refuse(format!("it has {} fields, not 5", fields.len()));
                }
                let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
                let cron = match parser.parse(expression.trim()) {
                    Ok(cron) => cron,
                    Err(error) => return refuse(error.to_string().trim_end_matches('.').to_lowercase()),
                };
                let every_hour = fields.get(1).is_some_and(|hour| hour.starts_with('*'));
                Ok(Self { zone, kind: Kind::Cron { cron: Box::new(cron), every_hour } })
            }
        }
    }

    /// The first due times after a moment, in order.
    pub(crate) fn after(&self, after: Timestamp, most: usize) -> Vec<Timestamp> {
        self.collect(after, None, most)
    }

    /// The next five.
    pub(crate) fn next(&self, after: Timestamp) -> Vec<Timestamp> {
        self.after(after, NEXT)
    }

    /// Every due time after one moment and not after another, in order.
    pub(crate) fn between(&self, after: Timestamp, until: Timestamp) -> Vec<Timestamp> {
        self.collect(after, Some(until), MOST)
    }

    fn collect(&self, after: Timestamp, until: Option<Timestamp>, most: usize) -> Vec<Timestamp> {
        let wanted = |at: &Timestamp| *at > after && until.is_none_or(|until| *at <= until);
        let (cron, every_hour) = match &self.kind {
            Kind::Once(at) => return Some(*at).filter(wanted).into_iter().collect(),
            Kind::Cron { cron, every_hour } => (cron, *every_hour),
        };
        let civil = |at: Timestamp| at.to_zoned(self.zone.clone()).datetime();
        // A jump lets wall times and moments disagree about order, so both ends get room for one.
        let mut wall = civil(after).saturating_sub(JUMP_HOURS.hours());
        let end = until.map(|until| civil(until).saturating_add(JUMP_HOURS.hours()));
        let mut found = BTreeSet::new();
        let mut inclusive = true;
        for _ in 0..MOST * 2 {
            let Ok(next) = cron.find_next_occurrence(&wall, inclusive) else { break };
            (wall, inclusive) = (next, false);
            if end.is_some_and(|end| wall > end) {
                break;
            }
            if end.is_none()
                && let Some(last) = found.iter().nth(most.saturating_sub(1))
                && wall > civil(*last).saturating_add(JUMP_HOURS.hours())
            {
                break;
            }
            found.extend(self.moments(wall, every_hour).into_iter().flatten().filter(wanted));
        }
        found.into_iter().take(most).collect()
    }

    /// The moments a wall time means: none, one or two.
    fn moments(&self, wall: DateTime, every_hour: bool) -> [Option<Timestamp>; 2] {
        let ambiguous = self.zone.to_ambiguous_timestamp(wall);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => [ambiguous.compatible().ok(), None],
            AmbiguousOffset::Gap { .. } if every_hour => [None, None],
            AmbiguousOffset::Gap { before, .. } => {
                let beyond = before.to_timestamp(wall).ok().and_then(|at| at.checked_add(1.second()).ok());
                [beyond.and_then(|at| self.zone.preceding(at).next()).map(|jump| jump.timestamp()), None]
            }
            AmbiguousOffset::Fold { .. } => {
                [ambiguous.earlier().ok(), self.zone.to_ambiguous_timestamp(wall).later().ok().filter(|_| every_hour)]
            }
        }
    }

    /// For people, before it is saved.
    ///
    /// # Errors
    /// [`ProblemCode::InvalidInput`] when it would never run.
    pub(crate) fn preview(&self, now: Timestamp) -> Result<SchedulePreview, Problem> {
        let next = self.next(now);
        if next.is_empty() {
            let (field, detail) = match &self.kind {
                Kind::Once(at) => ("at", format!("{} is in the past.", self.wall(*at))),
                Kind::Cron { .. } => ("expression", "This pattern never comes due.".to_owned()),
            };
            return Err(Problem::new(ProblemCode::InvalidInput, "It would never run", detail).source(field));
        }
        let local = next.iter().map(|at| self.wall(*at)).collect();
        let words = match &self.kind {
            Kind::Once(_) => "Once.".to_owned(),
            Kind::Cron { cron, .. } => cron.describe(),
        };
        Ok(SchedulePreview { next, local, words })
    }

    fn wall(&self, at: Timestamp) -> String {
        let zoned: Zoned = at.to_zoned(self.zone.clone());
        zoned.strftime("%a %Y-%m-%d %H:%M %Z").to_string()
    }
}

fn zone_of(name: &str) -> Result<TimeZone, Problem> {
    TimeZone::get(name.trim()).map_err(|_| {
        Problem::invalid("zone", format!("There is no time zone “{name}”."))
            .hint("Write its IANA name, such as Europe/Berlin or UTC.")
    })
}

fn name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("this zone")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn timing(expression: &str, zone: &str) -> Timing {
        Timing::parse(&When::Cron { expression: expression.to_owned(), zone: zone.to_owned() }).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn after(expression: &str, zone: &str, from: &str, most: usize) -> Vec<String> {
        timing(expression, zone).after(at(from), most).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn patterns_mean_the_zones_wall_clock() {
        assert_eq!(
            after("30 3 * * MON-FRI", "Europe/Berlin", "2026-11-20T00:00:00Z", 3),
            ["2026-11-20T02:30:00Z", "2026-11-23T02:30:00Z", "2026-11-24T02:30:00Z"],
            "a Friday, then Monday"
        );
        assert_eq!(
            after("0,15 9-17/4 1,15 JAN,JUL *", "UTC", "2026-11-20T00:00:00Z", 4),
            ["2027-01-01T09:00:00Z", "2027-01-01T09:15:00Z", "2027-01-01T13:00:00Z", "2027-01-01T13:15:00Z"]
        );
        assert_eq!(after("0 0 29 2 *", "UTC", "2026-11-20T00:00:00Z", 1), ["2028-02-29T00:00:00Z"]);
        assert_eq!(
            after("0 0 13 * FRI", "UTC", "2026-11-01T00:00:00Z", 3),
            ["2026-11-06T00:00:00Z", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z"],
            "day of month or day of week, as every cron has it"
        );
        assert_eq!(after("0 12 * * 7", "UTC", "2026-11-20T00:00:00Z", 1), ["2026-11-22T12:00:00Z"], "7 is Sunday");
    }

    #[test]
    fn the_hour_that_is_left_out() {
        // Berlin, 2027-03-28: 02:00 becomes 03:00, which is 01:00 UTC.
        assert_eq!(
            after("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", 2),
            ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"],
            "a named hour runs when the jump ends"
        );
        assert_eq!(
            after("0,30 2,3 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", 3),
            ["2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:00:00Z"],
            "02:00, 02:30 and 03:00 are one moment, and it comes due once"
        );
        assert_eq!(
            after("*/30 * * * *", "Europe/Berlin", "2027-03-28T00:15:00Z", 3),
            ["2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z"],
            "every half hour is every half hour"
        );
        assert_eq!(
            after("30 * * * *", "Europe/Berlin", "2027-03-28T00:15:00Z", 2),
            ["2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"],
            "an hour later is an hour later, with nothing between"
        );
    }

    #[test]
    fn the_hour_that_comes_twice() {
        // Berlin, 2026-10-25: 03:00 becomes 02:00, which is 01:00 UTC.
        assert_eq!(
            after("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
            "a named hour runs once, at the first"
        );
        assert_eq!(
            after("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 5),
            [
                "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z",
                "2026-10-25T02:00:00Z"
            ],
            "in order, without a hole and without a repetition"
        );
        let day =
            timing("*/5 * * * *", "Europe/Berlin").between(at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z"));
        assert_eq!(day.len(), 25 * 12, "the day has 25 hours");
        assert!(
            day.windows(2).all(|pair| pair[1].duration_since(pair[0]).as_secs() == 300),
            "and they are evenly spaced"
        );
    }

    #[test]
    fn half_an_hour_of_jump_and_none_at_all() {
        // Lord Howe, 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11).
        assert_eq!(after("15 2 4 10 *", "Australia/Lord_Howe", "2026-10-01T00:00:00Z", 1), ["2026-10-03T15:30:00Z"]);
        assert_eq!(after("30 2 * * *", "Asia/Kolkata", "2026-10-01T00:00:00Z", 1), ["2026-10-01T21:00:00Z"]);
    }

    #[test]
    fn once() {
        let once = |text: &str| {
            Timing::parse(&When::Once { at: text.to_owned(), zone: "Europe/Berlin".to_owned() }).map(|t| {
                let all = t.after(at("2026-01-01T00:00:00Z"), 5);
                all.iter().map(ToString::to_string).collect::<Vec<_>>()
            })
        };
        assert_eq!(once("2026-12-01 03:00").unwrap(), ["2026-12-01T02:00:00Z"]);
        assert_eq!(once("2026-10-25 02:30").unwrap(), ["2026-10-25T00:30:00Z"], "the first of the two");
        assert!(once("2027-03-28 02:30").unwrap_err().detail.contains("does not exist"));
        assert!(once("tomorrow").is_err());
        assert_eq!(once("2020-12-01 03:00").unwrap(), Vec::<String>::new(), "past is never due");
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for wrong in ["", "* * * *", "* * * * * *", "60 * * * *", "* 25 * * *", "@daily", "a b c d e", "*/0 * * * *"] {
            let when = When::Cron { expression: wrong.to_owned(), zone: "UTC".to_owned() };
            assert!(Timing::parse(&when).is_err(), "{wrong:?}");
        }
        let never = timing("0 0 31 2 *", "UTC").preview(at("2026-01-01T00:00:00Z"));
        assert!(never.is_err(), "the 31st of February");
        let nowhere = When::Cron { expression: "* * * * *".to_owned(), zone: "Europe/Atlantis".to_owned() };
        assert_eq!(Timing::parse(&nowhere).unwrap_err().source.as_deref(), Some("zone"));
    }
}
