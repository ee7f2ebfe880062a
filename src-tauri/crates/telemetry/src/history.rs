//! Stretches of time: the newest from memory, the rest from the store, as one line.

use crate::TelemetryError;
use crate::hub::thin::thin;
use crate::hub::{Hub, point};
use std::collections::HashSet;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::telemetry::{GetSeries, SeriesData, SeriesInfo};
use wheelhouse_store::Store;

/// The most series in one request.
const NAMES: usize = 64;
/// The widest plot [pixels].
const WIDTH: u32 = 10_000;
/// The longest list of series only the store knows.
const STORED: usize = 10_000;

pub(crate) async fn list(hub: &Hub, store: &Store) -> Result<Vec<SeriesInfo>, TelemetryError> {
    let mut list = hub.list();
    let known: HashSet<&str> = list.iter().map(|series| series.name.as_str()).collect();
    let older: Vec<SeriesInfo> = store
        .stored_series()
        .await?
        .into_iter()
        .filter(|(name, _)| !known.contains(name.as_str()))
        .take(STORED)
        .map(|(name, unit)| SeriesInfo { name, unit, count: 0, rate: 0.0, last: None })
        .collect();
    list.extend(older);
    list.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(list)
}

pub(crate) async fn get(hub: &Hub, store: &Store, wanted: &GetSeries) -> Result<Vec<SeriesData>, TelemetryError> {
    let (from, to) = stretch(wanted, Timestamp::now().as_microsecond())?;
    if wanted.names.len() > NAMES {
        return Err(invalid(
            "names",
            format!("{} series were asked for; at most {NAMES} come at once.", wanted.names.len()),
        ));
    }
    let pixels = wanted.width.clamp(1, WIDTH);
    let mut answer = Vec::with_capacity(wanted.names.len());
    for name in &wanted.names {
        let live = hub.window(name, from, to);
        let complete_since = live.as_ref().map_or(i64::MAX, |window| window.complete_since);
        let (mut unit, mut samples) = (String::new(), Vec::new());
        if from < complete_since {
            // The store's share of the pixels is thinned there, so that years cost no more than minutes.
            let until = to.min(complete_since.saturating_sub(1));
            (unit, samples) = store.samples(name, from, until, pixels).await?;
        }
        if let Some(window) = live {
            samples.extend(window.samples);
            if !window.unit.is_empty() {
                unit = window.unit;
            }
        }
        let points = thin(&samples, pixels as usize).into_iter().map(point).collect();
        answer.push(SeriesData { name: name.clone(), unit, points });
    }
    Ok(answer)
}

/// From and to of a request, in microseconds since 1970.
fn stretch(wanted: &GetSeries, now: i64) -> Result<(i64, i64), TelemetryError> {
    let moment = |field, milliseconds: f64| {
        if crate::MOMENTS.contains(&milliseconds) {
            Ok((milliseconds * 1000.0).round() as i64)
        } else {
            Err(invalid(field, format!("{milliseconds} is not a moment in milliseconds since 1970.")))
        }
    };
    let to = wanted.to.map_or(Ok(now), |to| moment("to", to))?;
    let from = match wanted.from {
        Some(from) => moment("from", from)?,
        None if wanted.seconds.is_finite() && wanted.seconds > 0.0 => {
            moment("seconds", to as f64 / 1e3 - wanted.seconds * 1e3)?
        }
        None => return Err(invalid("seconds", format!("{} s is not a stretch of time.", wanted.seconds))),
    };
    if from > to {
        return Err(invalid("from", "It begins after its end.".to_owned()));
    }
    Ok((from, to))
}

fn invalid(field: &'static str, reason: String) -> TelemetryError {
    TelemetryError::Invalid { field, reason, hint: String::new() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn request(from: Option<f64>, to: Option<f64>, seconds: f64) -> GetSeries {
        GetSeries { names: Vec::new(), from, to, seconds, width: 100 }
    }

    #[test]
    fn stretches() {
        let now = 1_000_000_000_000;
        assert_eq!(stretch(&request(None, None, 60.0), now).unwrap(), (now - 60_000_000, now), "the last minute");
        assert_eq!(stretch(&request(Some(5.0), Some(7.5), 0.0), now).unwrap(), (5000, 7500), "from and to alone");
        assert_eq!(stretch(&request(None, Some(100_000.0), 60.0), now).unwrap(), (40_000_000, 100_000_000));
        for bad in [
            request(Some(f64::NAN), None, 60.0),
            request(None, Some(f64::INFINITY), 60.0),
            request(None, None, 0.0),
            request(None, None, f64::NAN),
            request(None, None, 1e300),
            request(Some(9.0), Some(8.0), 60.0),
        ] {
            assert!(stretch(&bad, now).is_err(), "{bad:?}");
        }
    }
}
