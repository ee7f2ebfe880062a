//! The hub: every sample passes here on its way to the plots and to the store.
//!
//! Memory is bounded whatever arrives: so many series, so many samples for all of them together, and
//! what a reader has not seen yet is thinned, not piled up.

mod rate;
mod ring;
pub(crate) mod thin;

pub(crate) use rate::Rate;

use crate::backlog::{Backlog, Queued};
use ring::Ring;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use thin::{Sample, thin};
use wheelhouse_protocol::telemetry::{Frame, Point, SeriesData, SeriesInfo};

/// Samples kept in memory for all series together: 64 MB.
const SAMPLES: usize = 4 << 20;
/// The most of them for one series.
const SAMPLES_PER_SERIES: usize = 16_384;
/// What a series may have that no frame carried yet, before it is thinned to half.
const FRESH: usize = 256;
/// The most points in one frame.
const FRAME_POINTS: usize = 8192;
/// The most of them for one series.
const FRAME_POINTS_PER_SERIES: usize = 128;
/// How many refused names are told apart before the count becomes "at least".
const REFUSED_NAMES: usize = 100_000;

/// One value on its way in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// The series.
    pub(crate) name: &'a str,
    /// Its unit; empty when nobody said.
    pub(crate) unit: &'a str,
    /// When, in microseconds since 1970 (UTC).
    pub(crate) at: i64,
    /// How much. Finite.
    pub(crate) value: f64,
    /// Whether the store keeps it, or only the live plots see it.
    pub(crate) keep: bool,
}

/// What the hub refused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused {
    /// Different series, at least.
    pub(crate) series: u64,
    /// Their samples.
    pub(crate) samples: u64,
    /// The last of those series.
    pub(crate) last: String,
}

/// A stretch of one series, as far as memory has it.
pub(crate) struct Window {
    pub(crate) unit: String,
    pub(crate) samples: Vec<Sample>,
    /// Since when memory has every sample; earlier ones are in the store.
    pub(crate) complete_since: i64,
}

struct Series {
    name: String,
    unit: String,
    count: u64,
    rate: Rate,
    ring: Ring,
    /// What no frame carried yet. Never empty while the series is in `Inner::waiting`.
    fresh: Vec<Sample>,
}

#[derive(Default)]
struct Inner {
    names: HashMap<String, u32>,
    series: Vec<Series>,
    /// Series with fresh samples, the one that waits longest first.
    waiting: VecDeque<u32>,
    /// Series whose unit changed after the writer asked for it.
    renamed: Vec<u32>,
    refused: Refused,
    refused_names: HashSet<u64>,
    hasher: RandomState,
}

/// The hub.
pub(crate) struct Hub {
    inner: Mutex<Inner>,
    backlog: Arc<Backlog>,
    limit: usize,
    started: Instant,
}

impl Hub {
    /// An empty hub for at most `limit` series, handing samples to `backlog`.
    pub(crate) fn new(limit: usize, backlog: Arc<Backlog>) -> Self {
        Self { inner: Mutex::default(), backlog, limit: limit.min(u32::MAX as usize), started: Instant::now() }
    }

    /// Takes readings in. A value that is not finite must have been refused before.
    pub(crate) fn accept<'a>(&self, readings: impl IntoIterator<Item = Reading<'a>>) {
        let second = self.second();
        let mut kept = Vec::new();
        let mut inner = self.lock();
        for reading in readings {
            debug_assert!(reading.value.is_finite(), "{} is {}", reading.name, reading.value);
            let Some(id) = inner.series_of(reading.name, reading.unit, self.limit) else { continue };
            let capacity = inner.capacity();
            let Inner { series, waiting, .. } = &mut *inner;
            let series = &mut series[id as usize];
            series.count += 1;
            series.rate.note(second, 1);
            let sample = (reading.at, reading.value);
            series.ring.put(sample, capacity);
            if series.fresh.is_empty() {
                waiting.push_back(id);
            }
            series.fresh.push(sample);
            if series.fresh.len() >= FRESH {
                series.fresh = thinned(std::mem::take(&mut series.fresh), FRESH / 2);
            }
            if reading.keep {
                kept.push(Queued { series: id, at: reading.at, value: reading.value });
            }
        }
        drop(inner);
        self.backlog.put(&kept);
    }

    /// Every series of this run, by name.
    pub(crate) fn list(&self) -> Vec<SeriesInfo> {
        let second = self.second();
        let mut inner = self.lock();
        let mut list: Vec<SeriesInfo> = inner
            .series
            .iter_mut()
            .map(|series| SeriesInfo {
                name: series.name.clone(),
                unit: series.unit.clone(),
                count: series.count,
                rate: series.rate.per_second(second),
                last: series.ring.last().map(point),
            })
            .collect();
        list.sort_by(|a, b| a.name.cmp(&b.name));
        list
    }

    /// What memory has of a series between `from` and `to` (microseconds since 1970).
    pub(crate) fn window(&self, name: &str, from: i64, to: i64) -> Option<Window> {
        let inner = self.lock();
        let series = &inner.series[*inner.names.get(name)? as usize];
        Some(Window {
            unit: series.unit.clone(),
            samples: series.ring.between(from, to),
            complete_since: series.ring.begin().unwrap_or(i64::MAX),
        })
    }

    /// What is new since the last frame, each series thinned; none when nothing is.
    ///
    /// When there is more than a frame may carry, the rest goes with the next one.
    pub(crate) fn frame(&self) -> Option<Frame> {
        let mut inner = self.lock();
        let Inner { series, waiting, .. } = &mut *inner;
        let share = (FRAME_POINTS / waiting.len().max(1)).clamp(2, FRAME_POINTS_PER_SERIES);
        let mut left = FRAME_POINTS;
        let mut frame = Vec::new();
        while left >= share
            && let Some(id) = waiting.pop_front()
        {
            let series = &mut series[id as usize];
            let points: Vec<Point> =
                thinned(std::mem::take(&mut series.fresh), share / 2).into_iter().map(point).collect();
            left -= points.len();
            frame.push(SeriesData { name: series.name.clone(), unit: series.unit.clone(), points });
        }
        (!frame.is_empty()).then_some(Frame { series: frame })
    }

    /// Name and unit of a series, for the writer.
    pub(crate) fn name_of(&self, id: u32) -> Option<(String, String)> {
        let inner = self.lock();
        inner.series.get(id as usize).map(|series| (series.name.clone(), series.unit.clone()))
    }

    /// The series whose unit became known since the last call.
    pub(crate) fn take_renamed(&self) -> Vec<u32> {
        std::mem::take(&mut self.lock().renamed)
    }

    /// How many series there are, and how many there may be.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.lock().series.len(), self.limit)
    }

    /// What was refused because there are too many series.
    pub(crate) fn refused(&self) -> Refused {
        self.lock().refused.clone()
    }

    /// Seconds since the hub began.
    fn second(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing below panics half-way through a change.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The series of this name, new if there is room for one.
    fn series_of(&mut self, name: &str, unit: &str, limit: usize) -> Option<u32> {
        if let Some(id) = self.names.get(name) {
            let series = &mut self.series[*id as usize];
            if !unit.is_empty() && series.unit != unit {
                unit.clone_into(&mut series.unit);
                self.renamed.push(*id);
            }
            return Some(*id);
        }
        if self.series.len() >= limit {
            self.refused.samples += 1;
            if self.refused_names.len() < REFUSED_NAMES && self.refused_names.insert(self.hasher.hash_one(name)) {
                self.refused.series += 1;
            }
            name.clone_into(&mut self.refused.last);
            return None;
        }
        let id = u32::try_from(self.series.len()).ok()?;
        let before = self.capacity();
        self.names.insert(name.to_owned(), id);
        self.series.push(Series {
            name: name.to_owned(),
            unit: unit.to_owned(),
            count: 0,
            rate: Rate::default(),
            ring: Ring::default(),
            fresh: Vec::new(),
        });
        let capacity = self.capacity();
        if capacity < before {
            self.series.iter_mut().for_each(|series| series.ring.trim(capacity));
        }
        Some(id)
    }

    /// How many samples each series may keep in memory. It changes only when their number doubles, so
    /// that making room for all is rare.
    fn capacity(&self) -> usize {
        (SAMPLES / self.series.len().next_power_of_two()).min(SAMPLES_PER_SERIES)
    }
}

/// Puts late samples in their place, then thins.
fn thinned(mut samples: Vec<Sample>, pixels: usize) -> Vec<Sample> {
    if !samples.is_sorted_by_key(|s| s.0) {
        samples.sort_by_key(|s| s.0);
    }
    thin(&samples, pixels)
}

/// A sample as the doors speak of it.
pub(crate) fn point((at, v): Sample) -> Point {
    Point { t: at as f64 / 1000.0, v }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn hub(limit: usize) -> Hub {
        Hub::new(limit, Arc::new(Backlog::new(1_000_000)))
    }

    fn reading(name: &str, at: i64, value: f64) -> Reading<'_> {
        Reading { name, unit: "", at, value, keep: true }
    }

    #[test]
    fn frames_carry_only_what_is_new() {
        let hub = hub(10);
        assert!(hub.frame().is_none(), "nothing came");
        hub.accept([reading("a", 1000, 1.0), reading("a", 2000, 2.0), reading("b", 1000, 5.0)]);
        let frame = hub.frame().unwrap();
        let lengths: Vec<(&str, usize)> = frame.series.iter().map(|s| (s.name.as_str(), s.points.len())).collect();
        assert_eq!(lengths, [("a", 2), ("b", 1)]);
        assert_eq!(frame.series[0].points[1], Point { t: 2.0, v: 2.0 }, "milliseconds outside, microseconds inside");
        assert!(hub.frame().is_none(), "all of it was told");
        hub.accept([reading("b", 3000, 6.0)]);
        assert_eq!(hub.frame().unwrap().series.len(), 1);
    }

    #[test]
    fn a_frame_is_bounded_and_nobody_starves() {
        let hub = hub(10_000);
        let names: Vec<String> = (0..10_000).map(|n| format!("s{n}")).collect();
        for at in 0..30 {
            hub.accept(names.iter().map(|name| reading(name, at, (at % 7) as f64)));
        }
        let mut seen = HashSet::new();
        let mut frames = 0;
        while let Some(frame) = hub.frame() {
            let points: usize = frame.series.iter().map(|s| s.points.len()).sum();
            assert!(points <= FRAME_POINTS, "{points} points in one frame");
            seen.extend(frame.series.into_iter().map(|s| s.name));
            frames += 1;
        }
        assert_eq!(seen.len(), 10_000, "every series came");
        assert!(frames <= 3, "two points each for ten thousand series take three frames, not {frames}");
    }

    #[test]
    fn what_nobody_fetched_is_thinned_not_piled_up() {
        let hub = hub(10);
        for at in 0..100_000 {
            hub.accept([reading("a", at, if at == 777 { 9.0 } else { 0.0 })]);
        }
        assert!(hub.lock().series[0].fresh.len() < FRESH, "{} wait", hub.lock().series[0].fresh.len());
        let points = hub.frame().unwrap().series.remove(0).points;
        assert!(
            points.len() <= FRAME_POINTS_PER_SERIES && points.iter().any(|p| p.v == 9.0),
            "the spike is still there"
        );
    }

    #[test]
    fn series_beyond_the_limit_are_refused_and_counted() {
        let hub = hub(3);
        for round in 0..2 {
            for name in ["a", "b", "c", "d", "e"] {
                hub.accept([reading(name, round, 0.0)]);
            }
        }
        let refused = hub.refused();
        assert_eq!((hub.size().0, refused.series, refused.samples, refused.last.as_str()), (3, 2, 4, "e"));
    }

    #[test]
    fn memory_is_shared_among_the_series() {
        let hub = hub(10_000);
        for at in 0..20_000 {
            hub.accept([reading("first", at, 0.0)]);
        }
        let held = |hub: &Hub| hub.window("first", i64::MIN, i64::MAX).unwrap().samples.len();
        assert_eq!(held(&hub), SAMPLES_PER_SERIES, "one series alone has all it may have");
        let names: Vec<String> = (0..4096).map(|n| format!("s{n}")).collect();
        hub.accept(names.iter().map(|name| reading(name, 0, 0.0)));
        assert_eq!(held(&hub), SAMPLES / 8192, "with 4097 it gives way");
        assert_eq!(hub.window("first", 19_990, 30_000).unwrap().samples.len(), 10, "the newest stay");
    }

    #[test]
    fn the_list_says_what_there_is() {
        let hub = hub(10);
        hub.accept([
            Reading { unit: "m", ..reading("b", 5000, 1.5) },
            reading("b", 7000, 2.5),
            reading("b", 6000, 9.0),
            reading("a", 0, 0.0),
        ]);
        let list = hub.list();
        assert_eq!(list.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((list[1].unit.as_str(), list[1].count), ("m", 3), "a reading without a unit keeps the known one");
        assert_eq!(list[1].last, Some(Point { t: 7.0, v: 2.5 }), "the newest by its own time");
        assert_eq!(hub.take_renamed(), Vec::<u32>::new(), "the unit was known from the start");
        hub.accept([Reading { unit: "km", ..reading("b", 8000, 0.0) }]);
        assert_eq!(hub.take_renamed().len(), 1);
    }

    #[test]
    fn only_what_shall_be_kept_goes_to_the_store() {
        let backlog = Arc::new(Backlog::new(100));
        let hub = Hub::new(10, Arc::clone(&backlog));
        hub.accept([reading("a", 1, 1.0), Reading { keep: false, ..reading("a", 2, 2.0) }]);
        assert_eq!(backlog.take(10).iter().map(|q| q.at).collect::<Vec<_>>(), [1]);
        assert_eq!(hub.window("a", 0, 10).unwrap().samples.len(), 2, "the plots see both");
    }
}
