//! When: "every Sunday at 03:00 UTC", "in 10 minutes", "tomorrow at noon CET", a cron line.
//!
//! What is said about time is taken out of the tokens before the rest is read; what is missing (a time of day, its time zone)
//! is asked. A plan with a time never runs at once.

use crate::text::{Kind, Token};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a request says about when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct When {
    /// How often: `daily`, `weekly`, `every 5 minutes`, a cron line.
    cadence: Option<String>,
    cron: Option<String>,
    weekdays: Vec<Weekday>,
    month_day: Option<i8>,
    date: Option<Date>,
    time: Option<(i8, i8)>,
    zone: Option<String>,
    seconds: Option<u64>,
    /// Said, but not which time it is: "tonight", "after hours".
    vague: Option<String>,
    wrong: Option<String>,
    scheduling: bool,
}

impl When {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is still to be asked.
    pub(crate) fn question(&self) -> Option<String> {
        if let Some(wrong) = &self.wrong {
            return Some(wrong.clone());
        }
        if self.seconds.is_some() || (self.cron.is_some() && self.is_uniform()) {
            return None;
        }
        if self.cron.is_some() {
            return self.zone.is_none().then(|| "In which time zone? For example UTC or Europe/Berlin.".to_owned());
        }
        if let Some(vague) = &self.vague
            && self.time.is_none()
        {
            return Some(format!(
                "When exactly is “{vague}”? Give a day, a time and a time zone, such as Sunday at 03:00 UTC."
            ));
        }
        let day = self.cadence.as_deref() == Some("daily")
            || !self.weekdays.is_empty()
            || self.date.is_some()
            || self.month_day.is_some()
            || (self.cadence.is_none() && self.time.is_some());
        match (day, self.time.is_some(), self.zone.is_some()) {
            (true, true, true) => None,
            (true, true, false) => Some("In which time zone? For example UTC or Europe/Berlin.".to_owned()),
            (true, false, _) => Some("At what time, and in which time zone? For example 03:00 UTC.".to_owned()),
            (false, ..) => {
                Some("On which day, at what time, and in which time zone? For example Sunday at 03:00 UTC.".to_owned())
            }
        }
    }

    /// Whether a cron line says the same in every time zone.
    fn is_uniform(&self) -> bool {
        self.cron.as_ref().is_some_and(|cron| cron.split(' ').nth(1).is_some_and(|hour| hour.starts_with('*')))
    }

    /// As the reading shows it, and as a schedule is made of it: `cron` and `timezone`, `at`, or `in_seconds`.
    pub(crate) fn slots(&self, slots: &mut BTreeMap<String, Value>) {
        let mut put = |name: &str, value: Value| slots.insert(name.to_owned(), value);
        if let Some(cadence) = &self.cadence {
            put("cadence", json!(cadence));
        }
        if !self.weekdays.is_empty() {
            put("day", json!(self.weekdays.iter().map(|d| weekday_name(*d)).collect::<Vec<_>>().join(",")));
        }
        if let Some((hour, minute)) = self.time {
            put("time", json!(format!("{hour:02}:{minute:02}")));
        }
        if let Some(zone) = &self.zone {
            put("timezone", json!(zone));
        }
        if let Some(seconds) = self.seconds {
            put("in_seconds", json!(seconds));
        }
        if let (Some(date), Some((hour, minute)), None) = (self.date, self.time, &self.cadence) {
            put("at", json!(format!("{date}T{hour:02}:{minute:02}")));
        }
        if let Some(cron) = self.cron_line() {
            put("cron", json!(cron));
        }
    }

    fn cron_line(&self) -> Option<String> {
        if self.cron.is_some() {
            return self.cron.clone();
        }
        self.cadence.as_ref()?;
        let (hour, minute) = self.time?;
        if let Some(day) = self.month_day {
            return Some(format!("{minute} {hour} {day} * *"));
        }
        if self.weekdays.is_empty() {
            return (self.cadence.as_deref() == Some("daily")).then(|| format!("{minute} {hour} * * *"));
        }
        let days: Vec<String> = self.weekdays.iter().map(|d| d.to_sunday_zero_offset().to_string()).collect();
        Some(format!("{minute} {hour} * * {}", days.join(",")))
    }
}

/// Takes what is said about when out of the tokens. `now` (in the operator's time) tells what is past and what "tomorrow" is.
pub(crate) fn take(tokens: &mut Vec<Token>, now: Option<DateTime>) -> Option<When> {
    let mut when = When::default();
    // "schedule nginx restart on web servers for Sunday": the verb is no step of its own.
    if let Some(at) =
        tokens.iter().take(8).position(|t| ["schedule", "scheduled", "reschedule"].iter().any(|w| t.is(w)))
    {
        let end = at + 1 + tokens[at + 1..].iter().take_while(|t| t.is("a") || t.is("an") || t.is("the")).count();
        tokens.drain(at..end);
        when.scheduling = true;
    }
    let mut at = 0;
    while at < tokens.len() {
        // "since this morning" tells how long it has been so.
        if at > 0 && tokens[at - 1].is("since") {
            at += 1;
            continue;
        }
        let before = when.clone();
        match phrase(&tokens[at..], &mut when, now) {
            Some(length) => {
                // "at 03:00 … at 04:00", "Monday to Friday", "daily starting Monday": more than one time is not one schedule.
                let twice = before.time.is_some() && when.time != before.time
                    || before.seconds.is_some() && when.seconds != before.seconds
                    || before.date.is_some() && when.date != before.date
                    || !before.weekdays.is_empty() && when.weekdays != before.weekdays
                    || before.cadence.is_some() && when.cadence != before.cadence
                    || before.cadence.as_deref().is_some_and(|c| c != "weekly") && when.weekdays != before.weekdays;
                let clash = when.wrong.is_none() && twice;
                if clash {
                    when.wrong = Some("This names more than one time. Ask for one time, or name each day, such as every Monday and Friday at 03:00 UTC.".to_owned());
                }
                let from = preposition_before(tokens, at);
                tokens.drain(from..at + length);
                at = from;
                if tokens.get(at).is_some_and(|t| t.kind == Kind::Comma) && (at == 0 || at + 1 == tokens.len()) {
                    tokens.remove(at);
                }
            }
            None => at += 1,
        }
    }
    if when.is_empty() {
        return None;
    }
    if when.time.is_none()
        && when.date.is_none()
        && when.weekdays.is_empty()
        && when.vague.is_none()
        && when.cadence.is_none()
        && when.seconds.is_none()
        && when.cron.is_none()
        && when.wrong.is_none()
        && !when.scheduling
    {
        // A zone alone says nothing.
        return None;
    }
    if tokens.iter().any(|t| t.is("now")) && (when.seconds.is_some() || when.time.is_some()) {
        when.wrong = Some("Part of this is for now and part for later. Ask for them one after the other.".to_owned());
    }
    settle(&mut when, now);
    Some(when)
}

fn preposition_before(tokens: &[Token], at: usize) -> usize {
    let before = |n: usize| at.checked_sub(n).and_then(|i| tokens.get(i));
    let is = |t: Option<&Token>, words: &[&str]| t.is_some_and(|t| words.iter().any(|w| t.is(w)));
    if is(before(1), &["at", "on", "for", "by", "from", "starting", "to", "the", "run", "cron", "crontab"]) {
        let more = usize::from(
            is(before(1), &["the", "from", "at"]) && is(before(2), &["on", "at", "for", "starting", "to", "run"]),
        );
        return at - 1 - more;
    }
    at
}

fn settle(when: &mut When, now: Option<DateTime>) {
    if when.cadence.is_none()
        && let ([day], Some(now), None) = (when.weekdays.as_slice(), now, when.date)
    {
        // "on Sunday at 03:00": the next one.
        when.date = (0..=7).filter_map(|n| now.date().checked_add((n as i64).days()).ok()).find(|d| {
            d.weekday() == *day
                && (*d > now.date() || when.time.is_none_or(|(h, m)| (h, m) > (now.hour(), now.minute())))
        });
    }
    if let (Some(now), Some(date)) = (now, when.date) {
        let past = date < now.date()
            || date == now.date()
                && when.time.is_some_and(|(h, m)| (h, m) <= (now.hour(), now.minute()) && when.zone.is_none());
        if past && when.cadence.is_none() {
            when.wrong = Some(format!("{date} is in the past. When is it to run?"));
        }
    }
}

/// One phrase about time at the beginning of `tokens`; answers with its length.
fn phrase(tokens: &[Token], when: &mut When, now: Option<DateTime>) -> Option<usize> {
    let first = tokens.first()?;
    if first.kind == Kind::Quoted {
        let fields: Vec<&str> = first.text.split_whitespace().collect();
        let cron =
            fields.len() == 5 && fields.iter().all(|f| f.chars().all(|c| c.is_ascii_digit() || "*/,-".contains(c)));
        if cron {
            let text = fields.join(" ");
            when.cadence = Some(format!("cron {text}"));
            when.cron = Some(text);
            return Some(1 + tokens.get(1..).and_then(|rest| zone(rest, when)).unwrap_or(0));
        }
        return None;
    }
    if first.kind != Kind::Word {
        return None;
    }
    if first.is("cron") || first.is("crontab") {
        let said: Vec<&str> = tokens[1..].iter().take(5).map(|t| t.text.as_str()).collect();
        let fits = said.len() == 5 && said.iter().all(|f| f.chars().all(|c| c.is_ascii_digit() || "*/,-".contains(c)));
        if fits {
            let text = said.join(" ");
            when.cadence = Some(format!("cron {text}"));
            when.cron = Some(text);
            return Some(6 + tokens.get(6..).and_then(|rest| zone(rest, when)).unwrap_or(0));
        }
    }
    if is_any(Some(first), &["first", "last"]) && is_any(tokens.get(1), &["day"]) {
        let rest = of_the_month(&tokens[2..]);
        if rest > 0 {
            when.cadence = Some("monthly".to_owned());
            if first.is("first") {
                when.month_day = Some(1);
            } else {
                when.wrong =
                    Some("The last day of a month cannot be scheduled. Name a day that every month has.".to_owned());
            }
            return Some(2 + rest);
        }
    }
    recurring(tokens, when)
        .or_else(|| relative(tokens, when))
        .or_else(|| day(tokens, when, now))
        .or_else(|| time(tokens, when))
        .or_else(|| vague(tokens, when))
}

fn is_any(token: Option<&Token>, words: &[&str]) -> bool {
    token.is_some_and(|t| words.iter().any(|w| t.is(w)))
}

fn recurring(tokens: &[Token], when: &mut When) -> Option<usize> {
    let first = &tokens[0];
    if is_any(Some(first), &["every", "each"]) {
        let (count, length) = match tokens.get(1).map(|t| t.lower.as_str()) {
            Some("other" | "second")
                if tokens.get(2).is_some_and(|t| unit(&t.lower).is_some() || weekday(&t.lower).is_some()) =>
            {
                when.cadence = Some(format!("every other {}", tokens[2].lower));
                when.wrong = Some(
                    "“Every other” cannot be scheduled. Name the days, such as every Monday and Thursday at 03:00 UTC."
                        .to_owned(),
                );
                return Some(3);
            }
            Some(word) => match word.parse::<u64>() {
                Ok(n) => (n, 2),
                Err(_) => match split_unit(word) {
                    Some((n, name)) => return Some(uniform(when, n, name, 2)),
                    None => (1, 1),
                },
            },
            None => return None,
        };
        let word = &tokens.get(length)?.lower;
        if let Some(name) = unit(word) {
            return Some(uniform(when, count, name, length + 1));
        }
        if count != 1 {
            return None;
        }
        if let Some(days) = days(word) {
            when.cadence = Some("weekly".to_owned());
            when.weekdays.extend(days);
            let mut end = 2;
            while is_any(tokens.get(end), &["and"]) || tokens.get(end).is_some_and(|t| t.kind == Kind::Comma) {
                let Some(more) = tokens.get(end + 1).and_then(|t| days_of(&t.lower)) else { break };
                when.weekdays.extend(more);
                end += 2;
            }
            return Some(end + part_of_day(tokens, end, when));
        }
        return match word.as_str() {
            "night" | "evening" | "morning" | "afternoon" => {
                when.cadence = Some("daily".to_owned());
                when.vague = Some(format!("every {word}"));
                Some(2)
            }
            "weekend" => {
                when.cadence = Some("weekly".to_owned());
                when.weekdays.extend([Weekday::Saturday, Weekday::Sunday]);
                Some(2)
            }
            "quarter" | "year" => {
                when.cadence = Some(format!("every {word}"));
                Some(2)
            }
            ordinal => {
                // "every 1st of the month"
                let day = ordinal_day(ordinal)?;
                when.cadence = Some("monthly".to_owned());
                when.month_day = Some(day);
                Some(2 + of_the_month(&tokens[2..]))
            }
        };
    }
    let cadence = match first.lower.as_str() {
        "daily" | "nightly" => "daily",
        "weekly" => "weekly",
        "monthly" => "monthly",
        "hourly" => "hourly",
        "yearly" | "annually" | "quarterly" | "fortnightly" | "biweekly" | "periodically" | "regularly" => {
            when.cadence = Some(first.lower.clone());
            when.wrong =
                Some(format!("How often is “{}” exactly? For example every Sunday at 03:00 UTC.", first.lower));
            return Some(1);
        }
        "once" | "twice" if is_any(tokens.get(1), &["a", "per", "every"]) => {
            let name = unit(&tokens.get(2)?.lower)?;
            if first.is("twice") {
                when.cadence = Some(format!("twice a {name}"));
                when.wrong = Some("At which times? For example every day at 03:00 UTC.".to_owned());
            } else {
                uniform(when, 1, name, 3);
            }
            return Some(3);
        }
        "weekdays" | "weekends" => {
            when.cadence = Some("weekly".to_owned());
            when.weekdays.extend(days(&first.lower)?);
            return Some(1);
        }
        plural if plural.ends_with('s') && weekday(plural.trim_end_matches('s')).is_some() && plural.len() > 4 => {
            when.cadence = Some("weekly".to_owned());
            when.weekdays.extend(weekday(plural.trim_end_matches('s')));
            return Some(1);
        }
        _ => return None,
    };
    if first.is("nightly") {
        when.vague = Some("nightly".to_owned());
    }
    when.cadence = Some(cadence.to_owned());
    if cadence == "hourly" {
        when.cron = Some("0 * * * *".to_owned());
    }
    Some(1)
}

/// Every so many minutes, hours, days, weeks, months.
fn uniform(when: &mut When, count: u64, name: &str, length: usize) -> usize {
    when.cadence = Some(match (count, name) {
        (1, "day") => "daily".to_owned(),
        (1, "hour") => "hourly".to_owned(),
        (1, "week") => "weekly".to_owned(),
        (1, "month") => "monthly".to_owned(),
        (1, name) => format!("every {name}"),
        (n, name) => format!("every {n} {name}s"),
    });
    let even = |n: u64, whole: u64| n > 0 && n < whole && whole.is_multiple_of(n);
    when.cron = match (name, count) {
        ("minute", 1) => Some("* * * * *".to_owned()),
        ("minute", n) if even(n, 60) => Some(format!("*/{n} * * * *")),
        ("hour", 1) => Some("0 * * * *".to_owned()),
        ("hour", n) if even(n, 24) => Some(format!("0 */{n} * * *")),
        _ => None,
    };
    let said = count == 1 || when.cron.is_some();
    if !said || name == "second" {
        when.wrong = Some(format!(
            "“Every {count} {name}s” cannot be scheduled evenly. Say for example every 15 minutes, every 6 hours, or every day at 03:00 UTC."
        ));
    }
    length
}

/// "in 10 minutes", "10 minutes from now", "in half an hour".
fn relative(tokens: &[Token], when: &mut When) -> Option<usize> {
    let first = &tokens[0];
    let lead = usize::from(is_any(Some(first), &["in", "after", "within"]));
    let word = |n: usize| tokens.get(lead + n).map(|t| t.lower.as_str());
    let (count, name, length) = match (word(0)?, word(1)) {
        ("half", Some("an" | "a")) if word(2) == Some("hour") => (30, "minute", 3),
        ("an" | "a" | "one", Some(name)) => (1, unit(name)?, 2),
        (number, name) => match split_unit(number) {
            Some((n, name)) => (n, name, 1),
            None => (number.parse::<u64>().ok()?, unit(name?)?, 2),
        },
    };
    let from_now = is_any(tokens.get(lead + length), &["from"]) && is_any(tokens.get(lead + length + 1), &["now"]);
    let later = is_any(tokens.get(lead + length), &["later"]);
    if lead == 0 && !from_now && !later {
        return None;
    }
    let seconds = match name {
        "second" => 1,
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        "week" => 604_800,
        _ => return None,
    };
    when.seconds = count.checked_mul(seconds).filter(|s| *s > 0 && *s <= 366 * 86_400);
    if when.seconds.is_none() {
        when.wrong = Some("When exactly? Give a date, a time and a time zone.".to_owned());
    }
    Some(lead + length + if from_now { 2 } else { usize::from(later) })
}

fn day(tokens: &[Token], when: &mut When, now: Option<DateTime>) -> Option<usize> {
    let first = &tokens[0];
    let today = now.map(DateTime::date);
    let plus = |n: i64| today.and_then(|d| d.checked_add(n.days()).ok());
    match first.lower.as_str() {
        "tomorrow" => {
            when.date = plus(1);
            if when.date.is_none() {
                when.vague = Some("tomorrow".to_owned());
            }
            return Some(1 + part_of_day(tokens, 1, when));
        }
        "tonight" => {
            when.date = today;
            when.vague = Some("tonight".to_owned());
            return Some(1);
        }
        // "third time this week" tells, and asks for nothing.
        "this" if tokens.get(1).is_some_and(|t| ["week", "month", "year", "quarter"].iter().any(|w| t.is(w))) => {
            return None;
        }
        "this" | "next" | "coming" | "upcoming" => {
            let second = tokens.get(1)?.lower.as_str();
            if let Some(day) = weekday(second) {
                when.weekdays.push(day);
                return Some(2 + part_of_day(tokens, 2, when));
            }
            if ["week", "weekend", "month", "evening", "night", "afternoon", "morning", "year", "quarter"]
                .contains(&second)
            {
                when.vague = Some(format!("{} {second}", first.lower));
                return Some(2);
            }
            return None;
        }
        _ => {}
    }
    if let Some(day) = weekday(&first.lower).filter(|_| first.lower.len() > 3 || is_any(tokens.get(1), &["at"])) {
        when.weekdays.push(day);
        return Some(1 + part_of_day(tokens, 1, when));
    }
    if let Some(result) = iso_date(&first.lower) {
        match result {
            Ok((date, time)) => {
                when.date = Some(date);
                when.time = when.time.or(time);
            }
            Err(()) => when.wrong = Some(format!("There is no date {}. When is it to run?", first.text)),
        }
        return Some(1);
    }
    let slashed: Vec<&str> = first.lower.split('/').collect();
    if slashed.len() == 3 && slashed.iter().all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit())) {
        when.wrong =
            Some(format!("Which day is {}? Write the date as year-month-day, such as 2026-12-01.", first.text));
        return Some(1);
    }
    named_date(tokens, when, today)
}

/// "1 December 2026", "December 1st", "the 1st of the month".
fn named_date(tokens: &[Token], when: &mut When, today: Option<Date>) -> Option<usize> {
    let number = |t: Option<&Token>| t.and_then(|t| ordinal_day(&t.lower).or_else(|| t.lower.parse().ok()));
    let (day, month, mut length) = if let Some(month) = month(&tokens[0].lower) {
        (number(tokens.get(1))?, month, 2)
    } else {
        let day = number(tokens.first())?;
        let of = usize::from(is_any(tokens.get(1), &["of"]));
        match tokens.get(1 + of).and_then(|t| month(&t.lower)) {
            Some(month) => (day, month, 2 + of),
            None => {
                let rest = of_the_month(&tokens[1..]);
                if rest == 0 || ordinal_day(&tokens[0].lower).is_none() {
                    return None;
                }
                when.cadence = Some("monthly".to_owned());
                when.month_day = Some(day);
                return Some(1 + rest);
            }
        }
    };
    let comma = usize::from(tokens.get(length).is_some_and(|t| t.kind == Kind::Comma));
    let said_year =
        tokens.get(length + comma).and_then(|t| t.lower.parse::<i16>().ok()).filter(|y| (1990..=2200).contains(y));
    if said_year.is_some() {
        length += 1 + comma;
    }
    let year = said_year.or_else(|| {
        let today = today?;
        let passed = Date::new(today.year(), month, day).is_ok_and(|d| d < today);
        Some(today.year() + i16::from(passed))
    });
    match year.map(|year| Date::new(year, month, day)) {
        Some(Ok(date)) => when.date = Some(date),
        Some(Err(_)) => {
            let said: Vec<&str> = tokens[..length].iter().map(|t| t.text.as_str()).collect();
            when.wrong = Some(format!("There is no {}. When is it to run?", said.join(" ")));
        }
        // Without knowing today, a day no year has is still wrong.
        None if Date::new(2024, month, day).is_err() => {
            when.wrong = Some("There is no such date. When is it to run?".to_owned())
        }
        None => when.vague = Some(tokens[..length].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")),
    }
    Some(length)
}

fn of_the_month(tokens: &[Token]) -> usize {
    for phrase in [
        &["of", "the", "month"][..],
        &["of", "every", "month"],
        &["of", "each", "month"],
        &["every", "month"],
        &["each", "month"],
        &["day", "of", "the", "month"],
    ] {
        if phrase.iter().enumerate().all(|(i, w)| tokens.get(i).is_some_and(|t| t.is(w))) {
            return phrase.len();
        }
    }
    0
}

fn part_of_day(tokens: &[Token], at: usize, when: &mut When) -> usize {
    match tokens.get(at) {
        Some(t) if ["night", "morning", "evening", "afternoon"].iter().any(|w| t.is(w)) => {
            when.vague = Some(t.lower.clone());
            1
        }
        _ => 0,
    }
}

/// "03:00", "3am", "3 pm", "noon", with the time zone behind it.
fn time(tokens: &[Token], when: &mut When) -> Option<usize> {
    let lead = usize::from(is_any(tokens.first(), &["at", "@", "around", "by"]));
    let word = tokens.get(lead)?;
    let after = tokens.get(lead + 1).map(|t| t.lower.as_str());
    let half = |text: &str| matches!(text, "am" | "pm" | "a.m" | "p.m" | "a.m." | "p.m.");
    let (read, mut length) = match word.lower.as_str() {
        "noon" | "midday" => (Ok((12, 0)), 1),
        "midnight" => (Ok((0, 0)), 1),
        text if after.is_some_and(half) => (clock(text, after)?, 2),
        text if text.contains(':') || text.ends_with("am") || text.ends_with("pm") => (clock(text, None)?, 1),
        text if lead == 1 && !when.is_empty() && text.len() <= 2 && text.chars().all(|c| c.is_ascii_digit()) => {
            (clock(&format!("{text}:00"), None)?, 1)
        }
        text if lead == 1 && text.len() == 4 && text.chars().all(|c| c.is_ascii_digit()) => {
            (clock(&format!("{}:{}", &text[..2], &text[2..]), None)?, 1)
        }
        _ => return zone(tokens, when),
    };
    if is_any(tokens.get(lead + length), &["o'clock", "hrs", "h"]) {
        length += 1;
    }
    match read {
        Ok(time) => when.time = Some(time),
        Err(()) => when.wrong = Some(format!("There is no time {}. When is it to run?", word.text)),
    }
    let end = lead + length;
    Some(end + tokens.get(end..).and_then(|rest| zone(rest, when)).unwrap_or(0))
}

/// `None` when it is no time at all, `Some(Err)` when there is no such time.
#[allow(clippy::option_option, reason = "not a time, a wrong time and a time are three things")]
fn clock(text: &str, half: Option<&str>) -> Option<Result<(i8, i8), ()>> {
    let (digits, half) = match half {
        Some(half) => (text, Some(half.starts_with('p'))),
        None => match (text.strip_suffix("am"), text.strip_suffix("pm")) {
            (Some(digits), _) => (digits, Some(false)),
            (_, Some(digits)) => (digits, Some(true)),
            _ => (text, None),
        },
    };
    let parts: Vec<&str> = digits.split([':', '.']).collect();
    if parts.is_empty()
        || parts.len() > 3
        || parts.iter().any(|p| p.is_empty() || p.len() > 2 || !p.chars().all(|c| c.is_ascii_digit()))
    {
        return None;
    }
    if half.is_none() && parts.len() == 1 {
        return None;
    }
    let hour: i8 = parts[0].parse().ok()?;
    let minute: i8 = parts.get(1).map_or(Some(0), |m| m.parse().ok())?;
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return Some(Err(())),
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    Some(if (0..24).contains(&hour) && (0..60).contains(&minute) { Ok((hour, minute)) } else { Err(()) })
}

/// A time zone's name; only where a time was said.
fn zone(tokens: &[Token], when: &mut When) -> Option<usize> {
    if when.time.is_none() && when.cron.is_none() && when.wrong.is_none() {
        return None;
    }
    let lead = usize::from(is_any(tokens.first(), &["in"]));
    let word = tokens.get(lead)?;
    let name = match word.lower.as_str() {
        "utc" | "gmt" | "z" | "zulu" => "UTC".to_owned(),
        "cet" | "cest" => "Europe/Berlin".to_owned(),
        "bst" => "Europe/London".to_owned(),
        "est" | "edt" | "et" | "eastern" => "America/New_York".to_owned(),
        "cst" | "cdt" | "ct" | "central" => "America/Chicago".to_owned(),
        "mst" | "mdt" | "mountain" => "America/Denver".to_owned(),
        "pst" | "pdt" | "pt" | "pacific" => "America/Los_Angeles".to_owned(),
        "ist" => "Asia/Kolkata".to_owned(),
        "jst" => "Asia/Tokyo".to_owned(),
        "eet" | "eest" => "Europe/Helsinki".to_owned(),
        "msk" => "Europe/Moscow".to_owned(),
        "aest" | "aedt" => "Australia/Sydney".to_owned(),
        "local" | "server" if is_any(tokens.get(lead + 1), &["time"]) => {
            when.zone = Some("local".to_owned());
            return Some(lead + 2);
        }
        "local" => "local".to_owned(),
        other => {
            let offset = ["utc+", "utc-", "gmt+", "gmt-"].iter().any(|p| {
                other
                    .strip_prefix(p)
                    .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit() || c == ':'))
            });
            let region = [
                "europe/", "america/", "asia/", "africa/", "australia/", "pacific/", "atlantic/", "indian/", "etc/",
                "us/",
            ]
            .iter()
            .any(|r| other.starts_with(r) && other.len() > r.len());
            if !offset && !region {
                return None;
            }
            word.text.clone()
        }
    };
    when.zone = Some(name);
    Some(lead + 1 + usize::from(is_any(tokens.get(lead + 1), &["time", "timezone"])))
}

fn vague(tokens: &[Token], when: &mut When) -> Option<usize> {
    for phrase in [
        "during the maintenance window", "in the maintenance window", "in the next maintenance window",
        "at the next maintenance window", "during maintenance", "after hours", "after business hours",
        "outside business hours", "out of hours", "off hours", "off-hours", "off-peak", "off peak", "overnight",
        "at night", "end of day", "eod", "by eod", "cob", "every now and then", "now and then", "from time to time",
        "once in a while", "occasionally", "later today", "later tonight", "later", "sometime", "soonish", "in a bit",
        "in a while", "in the morning", "in the evening", "in the afternoon", "when it's quiet", "when it is quiet",
        "when traffic is low", "during lunch", "over the weekend", "on the weekend", "at the weekend", "next time",
        "next week", "after lunch", "first thing", "at some point",
    ] {
        let words: Vec<&str> = phrase.split(' ').collect();
        if words.len() <= tokens.len() && words.iter().zip(tokens).all(|(w, t)| t.is(w)) {
            when.vague = Some(phrase.to_owned());
            return Some(words.len());
        }
    }
    None
}

fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "second" | "seconds" | "sec" | "secs" => "second",
        "minute" | "minutes" | "min" | "mins" => "minute",
        "hour" | "hours" | "hr" | "hrs" => "hour",
        "day" | "days" => "day",
        "week" | "weeks" => "week",
        "month" | "months" => "month",
        _ => return None,
    })
}

/// `10m`, `2h`, `30min`
fn split_unit(word: &str) -> Option<(u64, &'static str)> {
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    let (number, name) = word.split_at(digits);
    let name = match name {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        other => unit(other)?,
    };
    Some((number.parse().ok()?, name))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

fn days(word: &str) -> Option<Vec<Weekday>> {
    let work = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    match word {
        "weekday" | "weekdays" | "workday" | "workdays" => Some(work.to_vec()),
        "weekends" => Some(vec![Weekday::Saturday, Weekday::Sunday]),
        other => days_of(other),
    }
}

fn days_of(word: &str) -> Option<Vec<Weekday>> {
    weekday(word).or_else(|| weekday(word.strip_suffix('s')?)).map(|d| vec![d])
}

fn month(word: &str) -> Option<i8> {
    let names = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ];
    let found = names.iter().position(|name| {
        *name == word
            || (word.len() >= 3 && word != "mar" && name[..3] == *word)
            || (word == "sept" && *name == "september")
    })?;
    i8::try_from(found + 1).ok()
}

fn ordinal_day(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// `2026-12-01`, `2026-12-01T03:00`; `Some(Err)` for one that no calendar has.
#[allow(clippy::option_option, reason = "not a date, a wrong date and a date are three things")]
#[allow(clippy::type_complexity, reason = "a date, perhaps with a time")]
fn iso_date(word: &str) -> Option<Result<(Date, Option<(i8, i8)>), ()>> {
    let (day, time) = word.split_once('t').map_or((word, None), |(d, t)| (d, Some(t)));
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, date] = parts.as_slice() else { return None };
    if year.len() != 4
        || month.len() > 2
        || date.len() > 2
        || !parts.iter().all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()))
    {
        return None;
    }
    let time = time.map(|t| clock(t.trim_end_matches('z'), None));
    let (year, month, date) = (year.parse().ok()?, month.parse().ok()?, date.parse().ok()?);
    match (Date::new(year, month, date), time) {
        (Ok(date), None) => Some(Ok((date, None))),
        (Ok(date), Some(Some(Ok(time)))) => Some(Ok((date, Some(time)))),
        _ => Some(Err(())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use crate::text::tokenise;

    fn at(request: &str) -> (Option<When>, String) {
        let mut tokens = tokenise(request).tokens;
        let now = DateTime::new(2026, 11, 20, 12, 0, 0, 0).unwrap();
        let when = take(&mut tokens, Some(now));
        (when, tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "))
    }

    fn slot(request: &str, name: &str) -> Option<String> {
        let mut slots = BTreeMap::new();
        at(request).0.unwrap().slots(&mut slots);
        slots.get(name).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
    }

    #[test]
    fn complete_times() {
        for (said, name, value) in [
            ("every Sunday at 03:00 UTC", "cron", "0 3 * * 0"),
            ("every day at 3am CET", "cron", "0 3 * * *"),
            ("every weekday at 18:30 Europe/Berlin", "cron", "30 18 * * 1,2,3,4,5"),
            ("every 15 minutes", "cron", "*/15 * * * *"),
            ("hourly", "cron", "0 * * * *"),
            ("every Monday and Thursday at 02:00 UTC", "cron", "0 2 * * 1,4"),
            ("on the 1st of every month at 04:00 UTC", "cron", "0 4 1 * *"),
            ("in 10 minutes", "in_seconds", "600"),
            ("in half an hour", "in_seconds", "1800"),
            ("2 hours from now", "in_seconds", "7200"),
            ("tomorrow at noon UTC", "at", "2026-11-21T12:00"),
            ("on 2026-12-01 at 03:00 UTC", "at", "2026-12-01T03:00"),
            ("on December 24th at 10pm GMT", "at", "2026-12-24T22:00"),
            ("next Sunday at 05:00 UTC", "at", "2026-11-22T05:00"),
            ("at 22:00 UTC", "time", "22:00"),
        ] {
            let request = format!("restart nginx on web servers {said}");
            let (when, rest) = at(&request);
            assert_eq!(rest, "restart nginx on web servers", "{said}");
            assert_eq!(when.unwrap().question(), None, "{said}");
            assert_eq!(slot(&request, name).as_deref(), Some(value), "{said}");
            let (leading, rest) = at(&format!("{said}, restart nginx on web servers"));
            assert_eq!((leading.is_some(), rest.as_str()), (true, "restart nginx on web servers"), "{said}, …");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_asked() {
        for said in [
            "weekly", "every Sunday", "every Sunday at 03:00", "tonight", "later", "at 22:00", "nightly", "tomorrow",
            "after hours", "on 2026-02-30 at 03:00 UTC", "at 25:00 UTC", "on 2020-01-01 at 03:00 UTC",
            "every other day at 03:00 UTC", "on 01/02/2027 at 03:00 UTC", "on February 30th at 03:00 UTC",
            "every 7 minutes", "at 13pm UTC",
        ] {
            let (when, rest) = at(&format!("restart nginx on web servers {said}"));
            assert_eq!(rest, "restart nginx on web servers", "{said}");
            assert!(when.unwrap().question().is_some(), "{said} is not complete");
        }
    }

    #[test]
    fn what_is_no_time_stays() {
        for request in [
            "restart nginx on 2 servers", "copy a to b in production", "restart app-01", "tail 100 lines",
            "restart nginx on each web server", "check 10.1.1.10",
        ] {
            assert_eq!(at(request), (None, request.to_owned()));
        }
    }
}
