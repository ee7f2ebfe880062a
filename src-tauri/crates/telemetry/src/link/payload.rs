//! What a message's payload means.
//!
//! | payload | series |
//! |---|---|
//! | `21.5`, JSON or bare text | `topic` |
//! | `{"x": 1, "at": {"deep": 2}, "q": [1, 0]}` | `topic#x`, `topic#at.deep`, `topic#q.0`, `topic#q.1` |
//! | `[1, 2, 3]`, at most 16 numbers | `topic#0`, `topic#1`, `topic#2` |
//!
//! An object may carry its time in `time`, `timestamp` or `ts`: ISO 8601 (UTC when it names no zone),
//! or a Unix time in s, ms, µs or ns, told apart by its size. Otherwise the time of arrival counts.
//! A text field `unit` is the unit of the field `value`. Other texts, booleans and nulls are passed over.

use serde_json::{Map, Number, Value};
use wheelhouse_protocol::Timestamp;

/// The most numbers an array may have.
const ARRAY: usize = 16;
/// The most numbers a message may have.
const NUMBERS: usize = 256;
/// The longest name of a field.
const FIELD: usize = 128;
/// A smaller Unix time would be before 1973: such a number counts something else, uptime for example.
const EARLIEST_SECONDS: f64 = 1e8;
/// How far ahead of this machine's clock a message's own time may be [µs].
const AHEAD: i64 = 86_400_000_000;
/// The names a message's own time goes by.
const TIMES: [&str; 3] = ["time", "timestamp", "ts"];

/// The numbers of one message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers {
    /// When, in microseconds since 1970 (UTC).
    pub(crate) at: i64,
    /// Field (empty for a bare number) and value.
    pub(crate) values: Vec<(String, f64)>,
    /// The unit of the field `value`; empty when the message does not say.
    pub(crate) unit: String,
}

/// Reads a payload that arrived at `arrival` (microseconds since 1970).
///
/// # Errors
/// Says in one sentence what cannot be read. The payload itself is not in it.
pub(crate) fn read(payload: &[u8], arrival: i64) -> Result<Numbers, String> {
    let text = std::str::from_utf8(payload).map_err(|_| "it is not text (UTF-8)".to_owned())?.trim();
    let mut numbers = Numbers { at: arrival, values: Vec::new(), unit: String::new() };
    match text.as_bytes().first() {
        None => return Err("it is empty".to_owned()),
        Some(b'{') => {
            let object: Map<String, Value> = serde_json::from_str(text).map_err(|error| json_problem(&error))?;
            read_object(object, arrival, &mut numbers)?;
        }
        Some(b'[') => {
            let array: Vec<Value> = serde_json::from_str(text).map_err(|error| json_problem(&error))?;
            read_array("", &array, &mut numbers)?;
        }
        Some(_) => {
            let value: f64 = text.parse().map_err(|_| "it is neither a number nor JSON with numbers".to_owned())?;
            numbers.put(String::new(), value)?;
        }
    }
    Ok(numbers)
}

impl Numbers {
    fn put(&mut self, field: String, value: f64) -> Result<(), String> {
        let shown = || if field.is_empty() { "it".to_owned() } else { format!("field “{}”", shorten(&field)) };
        if !value.is_finite() {
            return Err(format!("{} is not a finite number", shown()));
        }
        if field.len() > FIELD {
            return Err(format!("{} has a name of {} bytes; at most {FIELD} can be kept", shown(), field.len()));
        }
        if self.values.len() >= NUMBERS {
            return Err(format!("it has more than {NUMBERS} numbers"));
        }
        self.values.push((field, value));
        Ok(())
    }
}

fn read_object(object: Map<String, Value>, arrival: i64, numbers: &mut Numbers) -> Result<(), String> {
    let mut object = object;
    for name in TIMES {
        let Some(value) = object.get(name) else { continue };
        if let Some(at) = moment(name, value, arrival)? {
            numbers.at = at;
            object.remove(name);
            break;
        }
    }
    if object.get("value").is_some_and(Value::is_number)
        && let Some(Value::String(unit)) = object.get("unit")
    {
        numbers.unit = unit.chars().filter(|c| !c.is_control()).take(32).collect();
    }
    for (name, value) in &object {
        match value {
            Value::Number(value) => numbers.put(name.clone(), float(value))?,
            Value::Object(inner) => {
                for (field, value) in inner {
                    if let Value::Number(value) = value {
                        numbers.put(format!("{name}.{field}"), float(value))?;
                    }
                }
            }
            Value::Array(inner) if inner.iter().any(Value::is_number) => {
                read_array(&format!("{name}."), inner, numbers)?;
            }
            Value::Array(_) | Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }
    Ok(())
}

fn read_array(prefix: &str, array: &[Value], numbers: &mut Numbers) -> Result<(), String> {
    let named = || match prefix.trim_end_matches('.') {
        "" => "the array".to_owned(),
        name => format!("the array “{}”", shorten(name)),
    };
    if array.len() > ARRAY {
        return Err(format!("{} has {} entries; at most {ARRAY} can be kept", named(), array.len()));
    }
    for (n, value) in array.iter().enumerate() {
        let Value::Number(value) = value else { return Err(format!("entry {n} of {} is not a number", named())) };
        numbers.put(format!("{prefix}{n}"), float(value))?;
    }
    Ok(())
}

/// The moment a message gives as its own; none when the value is a number too small to be one.
fn moment(name: &str, value: &Value, arrival: i64) -> Result<Option<i64>, String> {
    let at = match value {
        Value::Number(number) => match unix(number) {
            Some(at) => at,
            None => return Ok(None),
        },
        Value::String(text) => match text.trim().parse::<Number>().ok().as_ref().and_then(unix) {
            Some(at) => at,
            None => {
                iso(text.trim()).ok_or_else(|| format!("its {name} “{}” is not a moment in time", shorten(text)))?
            }
        },
        _ => return Err(format!("its {name} is neither a number nor text")),
    };
    if at > arrival.saturating_add(AHEAD) {
        return Err(format!("its {name} is more than a day ahead of this machine's clock"));
    }
    Ok(Some(at))
}

/// A Unix time in s, ms, µs or ns, as microseconds.
fn unix(number: &Number) -> Option<i64> {
    let size = number.as_f64()?;
    if size < EARLIEST_SECONDS {
        return None;
    }
    // A double cannot hold today's microseconds and nanoseconds exactly; an integer can.
    let whole = number.as_i64();
    Some(match size {
        ..1e11 => (size * 1e6).round() as i64,
        ..1e14 => whole.map_or((size * 1e3).round() as i64, |n| n * 1000),
        ..1e17 => whole.unwrap_or(size.round() as i64),
        _ => whole.unwrap_or(size as i64) / 1000,
    })
}

fn iso(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_microsecond());
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// Never infinite: serde_json refuses such numbers when it reads them.
fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

fn json_problem(error: &serde_json::Error) -> String {
    format!("it is not JSON: {error}")
}

/// A name of somebody else's, fit to be shown.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let clean: String = text.chars().take(MOST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(MOST).is_some() { format!("{clean}…") } else { clean }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;

    /// 2026-01-02T03:04:05.678901Z.
    const THEN: i64 = 1_767_323_045_678_901;

    fn values(payload: &str) -> Vec<(String, f64)> {
        read(payload.as_bytes(), 5).unwrap().values
    }

    fn one(field: &str, value: f64) -> Vec<(String, f64)> {
        vec![(field.to_owned(), value)]
    }

    #[test]
    fn bare_numbers() {
        for (text, value) in [("21.5", 21.5), (" -3e2\n", -300.0), ("+5", 5.0), (".5", 0.5), ("0", 0.0)] {
            assert_eq!(values(text), one("", value), "{text:?}");
        }
    }

    #[test]
    fn objects_and_arrays() {
        assert_eq!(values(r#"{"x": 1, "on": true, "name": "probe", "none": null}"#), one("x", 1.0));
        assert_eq!(values(r#"{"at": {"deep": 2, "deeper": {"no": 3}}}"#), one("at.deep", 2.0), "one level only");
        assert_eq!(values(r#"{"q": [1, 0]}"#), [one("q.0", 1.0), one("q.1", 0.0)].concat());
        assert_eq!(values("[7, 8.5]"), [one("0", 7.0), one("1", 8.5)].concat());
        assert_eq!(values(r#"{"state": "idle"}"#), [], "readable, and no number in it");
        assert_eq!(values(r#"{"tags": ["a", "b"]}"#), [], "a list of words is passed over");
    }

    #[test]
    fn units() {
        let numbers = read(r#"{"value": 21.5, "unit": "°C", "quality": 99}"#.as_bytes(), 5).unwrap();
        assert_eq!(numbers.unit, "°C");
        assert_eq!(read(br#"{"x": 21.5, "unit": "m"}"#, 5).unwrap().unit, "", "whose unit it is is not known");
    }

    #[test]
    fn every_form_of_time_means_the_same_moment() {
        for time in [
            r#""2026-01-02T03:04:05.678901Z""#, r#""2026-01-02T05:04:05.678901+02:00""#,
            r#""2026-01-02T03:04:05.678901""#, r#""2026-01-02 03:04:05.678901""#, "1767323045.678901",
            "1767323045678.901", "1767323045678901", "1767323045678901000", r#""1767323045678901""#,
        ] {
            for name in TIMES {
                let payload = format!(r#"{{"{name}": {time}, "v": 1}}"#);
                let numbers = read(payload.as_bytes(), THEN + 1_000_000).unwrap();
                assert!((numbers.at - THEN).abs() <= 1, "{payload}: {} is not {THEN}", numbers.at);
                assert_eq!(numbers.values, one("v", 1.0), "the time is no series: {payload}");
            }
        }
        let whole = read(br#"{"ts": 1767323045, "v": 1}"#, THEN).unwrap();
        assert_eq!(whole.at, 1_767_323_045_000_000, "seconds");
        let milliseconds = read(br#"{"ts": 1767323045678, "v": 1}"#, THEN).unwrap();
        assert_eq!(milliseconds.at, 1_767_323_045_678_000, "milliseconds");
    }

    #[test]
    fn without_a_time_it_is_the_arrival() {
        assert_eq!(read(b"1", THEN).unwrap().at, THEN);
        let uptime = read(br#"{"ts": 3600.5, "v": 1}"#, THEN).unwrap();
        assert_eq!(uptime.at, THEN, "an hour since 1970 is an uptime, not a moment");
        assert_eq!(uptime.values.len(), 2, "and a number like any other");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let long = format!("[{}]", vec!["1"; 17].join(","));
        let many = format!("{{{}}}", (0..257).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(","));
        let named = format!("{{\"{}\":1}}", "n".repeat(200));
        let cases: [(&[u8], &str); 16] = [
            (b"", "empty"),
            (b"  ", "empty"),
            (b"\xff\xfe", "UTF-8"),
            (b"online", "neither a number"),
            (b"\"text\"", "neither a number"),
            (b"NaN", "finite"),
            (b"-inf", "finite"),
            (b"1e999", "finite"),
            (b"{\"x\": 1e999}", "not JSON"),
            (b"{\"x\": 1", "not JSON"),
            (b"[1, \"a\"]", "entry 1"),
            (br#"{"time": "noon", "v": 1}"#, "not a moment"),
            (br#"{"time": "2199-01-01T00:00:00Z", "v": 1}"#, "ahead"),
            (long.as_bytes(), "17 entries"),
            (many.as_bytes(), "more than 256"),
            (named.as_bytes(), "200 bytes"),
        ];
        for (payload, reason) in cases {
            let said = read(payload, THEN).unwrap_err();
            assert!(said.contains(reason), "{:?}: {said}", String::from_utf8_lossy(payload));
        }
    }

    #[test]
    fn deep_nesting_does_not_end_the_program() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(deep.as_bytes(), 0).unwrap_err().contains("recursion"));
    }

    proptest! {
        #[test]
        fn whatever_comes_it_is_finite_or_refused(payload in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(numbers) = read(&payload, THEN) {
                prop_assert!(numbers.values.iter().all(|(_, v)| v.is_finite()));
            }
        }

        #[test]
        fn numbers_come_back_as_they_were_sent(value in prop::num::f64::NORMAL, field in "[a-z]{1,9}") {
            prop_assume!(!TIMES.contains(&field.as_str()));
            let payload = serde_json::json!({ &field: value }).to_string();
            let near = |got: f64| (got - value).abs() <= value.abs() * 1e-15;
            let numbers = read(payload.as_bytes(), THEN).unwrap();
            prop_assert!(numbers.values.len() == 1 && numbers.values[0].0 == field && near(numbers.values[0].1));
        }
    }
}
