//! When a schedule runs, in the words a person would use.

use crate::schedule::When;
use jiff::civil::DateTime;

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl When {
    /// `every Sunday at 03:00 UTC`. A pattern that has no such words is told as it is written.
    pub fn words(&self) -> String {
        match self {
            Self::Once { at, zone } => match at.trim().parse::<DateTime>() {
                Ok(at) => {
                    let seconds = if at.second() == 0 { "" } else { ":%S" };
                    format!("once, on {} {zone}", at.strftime(&format!("%A %-d %B %Y at %H:%M{seconds}")))
                }
                Err(_) => format!("once, at {at} {zone}"),
            },
            Self::Cron { expression, zone } => {
                cron(expression, zone).unwrap_or_else(|| format!("by the pattern {expression} {zone}"))
            }
        }
    }
}

/// The patterns people mean most; `None` for any other.
fn cron(expression: &str, zone: &str) -> Option<String> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let [minute, hour, day, month, weekdays] = fields.as_slice() else { return None };
    if *month != "*" {
        return None;
    }
    if *day == "*" && *weekdays == "*" {
        match (*minute, *hour, minute.strip_prefix("*/"), hour.strip_prefix("*/")) {
            ("*", "*", ..) => return Some("every minute".to_owned()),
            ("0", "*", ..) => return Some("every hour".to_owned()),
            (_, "*", Some(n), _) => return number(n, 59).map(|n| format!("every {n} minutes")),
            ("0", _, _, Some(n)) => return number(n, 23).map(|n| format!("every {n} hours from 00:00 {zone}")),
            _ => {}
        }
    }
    let at = format!("at {:02}:{:02} {zone}", number(hour, 23)?, number(minute, 59)?);
    match (*day, *weekdays) {
        ("*", "*") => Some(format!("every day {at}")),
        ("*", days) => Some(format!("every {} {at}", weekday_words(days)?)),
        (day, "*") => Some(format!("every month on day {} {at}", number(day, 31).filter(|day| *day > 0)?)),
        _ => None,
    }
}

fn number(text: &str, most: u32) -> Option<u32> {
    text.parse().ok().filter(|n| *n <= most)
}

/// `Monday and Thursday`.
fn weekday_words(field: &str) -> Option<String> {
    if matches!(field.to_ascii_uppercase().as_str(), "MON-FRI" | "1-5" | "1,2,3,4,5") {
        return Some("weekday".to_owned());
    }
    let days = field.split(',').map(weekday).collect::<Option<Vec<_>>>()?;
    match days.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [more @ .., last] => Some(format!("{} and {last}", more.join(", "))),
    }
}

fn weekday(text: &str) -> Option<&'static str> {
    match text.parse::<usize>() {
        Ok(n) => DAYS.get(if n == 7 { 0 } else { n }).copied(),
        Err(_) => DAYS.into_iter().find(|day| text.len() == 3 && day[..3].eq_ignore_ascii_case(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_in_words() {
        for (expression, words) in [
            ("0 3 * * 0", "every Sunday at 03:00 UTC"),
            ("0 3 * * SUN", "every Sunday at 03:00 UTC"),
            ("0 2 * * 1,4", "every Monday and Thursday at 02:00 UTC"),
            ("30 18 * * 1,2,3,4,5", "every weekday at 18:30 UTC"),
            ("5 0 * * *", "every day at 00:05 UTC"),
            ("0 4 1 * *", "every month on day 1 at 04:00 UTC"),
            ("*/15 * * * *", "every 15 minutes"),
            ("* * * * *", "every minute"),
            ("0 * * * *", "every hour"),
            ("0 */6 * * *", "every 6 hours from 00:00 UTC"),
            ("0 9-17/4 1 * *", "by the pattern 0 9-17/4 1 * * UTC"),
            ("0 3 13 * 5", "by the pattern 0 3 13 * 5 UTC"),
            ("0 3 * 1 *", "by the pattern 0 3 * 1 * UTC"),
            ("nonsense", "by the pattern nonsense UTC"),
        ] {
            let when = When::Cron { expression: expression.to_owned(), zone: "UTC".to_owned() };
            assert_eq!(when.words(), words, "{expression}");
        }
    }

    #[test]
    fn a_single_time_in_words() {
        let once = |at: &str| When::Once { at: at.to_owned(), zone: "Europe/Berlin".to_owned() }.words();
        assert_eq!(once("2026-12-01 03:00"), "once, on Tuesday 1 December 2026 at 03:00 Europe/Berlin");
        assert_eq!(once("2026-12-01 03:00:09"), "once, on Tuesday 1 December 2026 at 03:00:09 Europe/Berlin");
        assert_eq!(once("soon"), "once, at soon Europe/Berlin");
    }
}
