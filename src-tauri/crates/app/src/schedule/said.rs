//! When a request is to run: from what the planner heard to a schedule's time, with the clock of now.

use super::when::Timing;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use serde_json::Value;
use wheelhouse_protocol::reading::Reading;
use wheelhouse_protocol::schedule::{SchedulePreview, When};
use wheelhouse_protocol::{Problem, ProblemCode, Timestamp};

/// When it would run, for people.
///
/// # Errors
/// [`ProblemCode::InvalidInput`] when it would never run after `now`, or is no time at all.
pub fn preview_schedule(when: &When, now: Timestamp) -> Result<SchedulePreview, Problem> {
    Timing::parse(when)?.preview(now)
}

/// The time of a complete request for later: slots `in_seconds`; `cron`; `at`; or `time` alone, which is the next
/// such time; each but the first with `timezone`.
///
/// # Errors
/// [`ProblemCode::InvalidInput`], as a question, when it is past, is no time, or its zone is not known.
pub(crate) fn when_said(reading: &Reading, now: &Zoned) -> Result<When, Problem> {
    let slot = |name: &str| reading.slots.get(name).and_then(Value::as_str).map(str::trim);
    if let Some(seconds) = reading.slots.get("in_seconds").and_then(Value::as_i64) {
        return from_now(now, seconds);
    }
    let when = if let Some(expression) = slot("cron") {
        // What is as often in every zone need not name one.
        let zone = slot("timezone").map_or_else(|| Ok(own_zone(now).unwrap_or("UTC").to_owned()), |z| zone(z, now))?;
        When::Cron { expression: expression.to_owned(), zone }
    } else {
        let zone = zone(slot("timezone").unwrap_or("local"), now)?;
        let at = match (slot("at"), slot("time")) {
            (Some(at), _) => at.parse::<DateTime>().map_err(|_| ask(format!("“{at}” is no time.")))?,
            (None, Some(time)) => next_such(time, &zone, now)?,
            (None, None) => return Err(ask("It is not said when.".to_owned())),
        };
        When::Once { at: wall(at), zone }
    };
    preview_schedule(&when, now.timestamp()).map_err(|problem| ask(problem.detail))?;
    Ok(when)
}

fn ask(detail: String) -> Problem {
    Problem::new(ProblemCode::InvalidInput, "It cannot be scheduled for then", detail)
        .hint("When is it to run? For example every Sunday at 03:00 UTC, or on 2026-12-01 at 03:00 UTC.")
        .source("time")
}

/// So many seconds from now, on the operator's own clock where that says which moment is meant.
fn from_now(now: &Zoned, seconds: i64) -> Result<When, Problem> {
    let moment = now
        .timestamp()
        .checked_add(seconds.seconds())
        .map_err(|_| ask(format!("{seconds} seconds from now is too far away.")))?;
    let once = |zone: &TimeZone, name: &str| {
        let at = moment.to_zoned(zone.clone()).datetime();
        When::Once { at: wall(at), zone: name.to_owned() }
    };
    let here = own_zone(now).map(|name| once(now.time_zone(), name));
    // In the hour that comes twice, the wall clock alone means the first.
    let exact = |when: &When| {
        let due = Timing::parse(when).map(|timing| timing.after(now.timestamp(), 1)).unwrap_or_default();
        due.first().is_some_and(|at| at.as_second() == moment.as_second())
    };
    Ok(here.filter(exact).unwrap_or_else(|| once(&TimeZone::UTC, "UTC")))
}

/// The next time the clock of a zone shows this.
fn next_such(time: &str, zone: &str, now: &Zoned) -> Result<DateTime, Problem> {
    let time: Time = time.parse().map_err(|_| ask(format!("“{time}” is no time of day.")))?;
    let there = now.in_tz(zone).map_err(|_| ask(format!("There is no time zone “{zone}”.")))?;
    let due = |day: Date| {
        let when = When::Once { at: wall(day.to_datetime(time)), zone: zone.to_owned() };
        preview_schedule(&when, now.timestamp()).is_ok()
    };
    // A day on which the clock leaves this time out is passed over.
    (0..3)
        .filter_map(|days| there.date().checked_add(days.days()).ok())
        .find(|day| due(*day))
        .map(|day| day.to_datetime(time))
        .ok_or_else(|| ask(format!("{time} does not come in the next days.")))
}

/// `2026-12-01 03:00`, with seconds where there are some.
fn wall(at: DateTime) -> String {
    let format = if at.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    at.strftime(format).to_string()
}

/// The name of the operator's own zone, where the machine says it.
fn own_zone(now: &Zoned) -> Option<&str> {
    now.time_zone().iana_name()
}

/// The IANA name of what was said: a name in any case, `local`, or whole hours from UTC.
fn zone(said: &str, now: &Zoned) -> Result<String, Problem> {
    if said.eq_ignore_ascii_case("local") {
        return own_zone(now).map(str::to_owned).ok_or_else(|| {
            ask("This machine does not say the name of its time zone. Name it, such as Europe/Berlin.".to_owned())
        });
    }
    let lower = said.to_ascii_lowercase();
    let hours = lower.strip_prefix("utc").or_else(|| lower.strip_prefix("gmt")).filter(|rest| !rest.is_empty());
    if let Some(rest) = hours {
        let hours = rest.trim_end_matches(":00").parse::<i8>().ok().filter(|hours| (-12..=14).contains(hours));
        return hours.map(fixed).ok_or_else(|| {
            ask(format!("“{said}” is no zone that can be scheduled in. Name the place, such as Asia/Kolkata."))
        });
    }
    let zone = TimeZone::get(said)
        .map_err(|_| ask(format!("There is no time zone “{said}”. Write its IANA name, such as Europe/Berlin.")))?;
    Ok(zone.iana_name().unwrap_or(said).to_owned())
}

/// The zone that is always so many hours ahead of UTC. POSIX counts the other way round.
fn fixed(hours: i8) -> String {
    match hours {
        0 => "UTC".to_owned(),
        ahead if ahead > 0 => format!("Etc/GMT-{ahead}"),
        behind => format!("Etc/GMT+{}", behind.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::json;
    use wheelhouse_protocol::reading::{Disposition, Intent, Risk, TargetReading};

    const NOW: &str = "2026-11-20T19:00[Europe/Berlin]";

    fn said(slots: Value, now: &str) -> Result<String, String> {
        let reading = Reading {
            intent: Intent::Schedule,
            disposition: Disposition::Confirm,
            risk: Risk::Medium,
            targets: TargetReading::default(),
            os: None,
            os_hint: None,
            slots: serde_json::from_value(slots).unwrap(),
            steps: Vec::new(),
            questions: Vec::new(),
            reasons: Vec::new(),
            sentence: String::new(),
            answer: None,
        };
        when_said(&reading, &now.parse().unwrap()).map(|when| when.to_string()).map_err(|problem| problem.detail)
    }

    fn ok(slots: Value) -> String {
        said(slots, NOW).unwrap()
    }

    #[test]
    fn what_is_heard_becomes_a_time() {
        assert_eq!(ok(json!({ "cron": "0 3 * * 0", "timezone": "UTC" })), "0 3 * * 0 UTC");
        assert_eq!(ok(json!({ "cron": "0 3 * * 0", "timezone": "europe/paris" })), "0 3 * * 0 Europe/Paris");
        assert_eq!(ok(json!({ "cron": "0 3 * * 0", "timezone": "local" })), "0 3 * * 0 Europe/Berlin");
        assert_eq!(ok(json!({ "cron": "*/5 * * * *" })), "*/5 * * * * Europe/Berlin");
        assert_eq!(ok(json!({ "at": "2026-12-01T03:00", "timezone": "UTC" })), "once at 2026-12-01 03:00 UTC");
        assert_eq!(ok(json!({ "in_seconds": 600 })), "once at 2026-11-20 19:10 Europe/Berlin");
        assert_eq!(ok(json!({ "in_seconds": 61 })), "once at 2026-11-20 19:01:01 Europe/Berlin");
        assert_eq!(ok(json!({ "at": "2026-12-01T03:00", "timezone": "UTC+2" })), "once at 2026-12-01 03:00 Etc/GMT-2");
        assert_eq!(ok(json!({ "at": "2026-12-01T03:00", "timezone": "gmt-5" })), "once at 2026-12-01 03:00 Etc/GMT+5");
    }

    #[test]
    fn a_time_of_day_alone_is_the_next_one_there() {
        let at = |time: &str, zone: &str| ok(json!({ "time": time, "timezone": zone }));
        assert_eq!(at("22:00", "UTC"), "once at 2026-11-20 22:00 UTC", "it is 18:00 there");
        assert_eq!(at("17:59", "UTC"), "once at 2026-11-21 17:59 UTC", "that was a minute ago");
        assert_eq!(at("01:00", "Asia/Tokyo"), "once at 2026-11-22 01:00 Asia/Tokyo", "it is 03:00 on the 21st there");
    }

    #[test]
    fn what_can_never_be_is_asked() {
        for (slots, word) in [
            (json!({ "at": "2026-11-20T17:59", "timezone": "UTC" }), "past"),
            (json!({ "at": "2027-03-28T02:30", "timezone": "Europe/Berlin" }), "does not exist"),
            (json!({ "cron": "0 0 31 2 *", "timezone": "UTC" }), "never"),
            (json!({ "cron": "0 3 * * 0", "timezone": "Europe/Atlantis" }), "Atlantis"),
            (json!({ "at": "2026-12-01T03:00", "timezone": "UTC+5:30" }), "Kolkata"),
            (json!({}), "not said"),
        ] {
            let told = said(slots.clone(), NOW).unwrap_err();
            assert!(told.contains(word), "{slots}: {told}");
        }
        let nameless = said(json!({ "at": "2026-12-01T03:00", "timezone": "local" }), "2026-11-20T19:00+01:00[+01:00]");
        assert!(nameless.unwrap_err().contains("does not say the name"), "no zone is guessed");
    }

    #[test]
    fn from_now_means_that_moment_also_when_an_hour_comes_twice() {
        // Berlin, 2026-10-25 02:50 for the first time: 20 minutes later the clock shows 02:10 again.
        let first = "2026-10-25T02:50+02:00[Europe/Berlin]";
        assert_eq!(said(json!({ "in_seconds": 1200 }), first).unwrap(), "once at 2026-10-25 01:10 UTC");
    }
}
