//! Samples of one series as the page holds them for its plot.

use std::collections::VecDeque;
use wheelhouse_protocol::telemetry::Point;

/// The most samples held of one series: fifteen minutes at twenty a second, and some.
const KEEP: usize = 20_000;
/// How far back a picture can reach [ms], and some.
const REACH: f64 = 1000.0 * 1000.0;

/// Samples in the order of their time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples {
    points: VecDeque<Point>,
}

impl Samples {
    /// Takes samples. What is older than what is there goes to its place; the same moment counts once.
    pub(crate) fn add(&mut self, points: impl IntoIterator<Item = Point>) {
        for point in points {
            match self.points.back() {
                Some(last) if point.t <= last.t => {
                    let place = self.points.partition_point(|p| p.t < point.t);
                    match self.points.get_mut(place) {
                        Some(there) if there.t == point.t => *there = point,
                        _ => self.points.insert(place, point),
                    }
                }
                _ => self.points.push_back(point),
            }
        }
    }

    /// Keeps what a picture can show, and at most [`KEEP`] samples. A picture that stands still at a moment [ms]
    /// keeps what lies before it; what came since gives way first, and is asked for when the picture goes on.
    pub(crate) fn trim(&mut self, still: Option<f64>) {
        let Some(newest) = self.last() else { return };
        self.forget_before(still.map_or(newest.t, |still| still.min(newest.t)) - REACH);
        let over = self.points.len().saturating_sub(KEEP);
        let first = still.map_or(0, |still| self.points.partition_point(|p| p.t <= still));
        self.points.drain(first..(first + over).min(self.points.len()));
        // More than that before the moment itself: the oldest have to go after all.
        self.points.drain(..self.points.len().saturating_sub(KEEP));
    }

    /// Drops what lies before a moment, but for one sample that leads the line into the picture.
    fn forget_before(&mut self, t: f64) {
        while self.points.get(1).is_some_and(|second| second.t < t) {
            self.points.pop_front();
        }
    }

    /// The newest sample.
    pub(crate) fn last(&self) -> Option<Point> {
        self.points.back().copied()
    }

    /// The sample nearest to a moment, if one is within so many milliseconds.
    pub(crate) fn near(&self, t: f64, within: f64) -> Option<Point> {
        let place = self.points.partition_point(|p| p.t < t);
        let around = [place.checked_sub(1), Some(place)].into_iter().flatten().filter_map(|i| self.points.get(i));
        around.min_by(|a, b| (a.t - t).abs().total_cmp(&(b.t - t).abs())).filter(|p| (p.t - t).abs() <= within).copied()
    }

    /// Whether there is nothing.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The samples of a stretch of time, at most about two per pixel: the extremes of each pixel, in order.
    pub(crate) fn window(&self, from: f64, to: f64, pixels: usize) -> Vec<Point> {
        let begin = self.points.partition_point(|p| p.t < from).saturating_sub(1);
        let end = (self.points.partition_point(|p| p.t <= to) + 1).min(self.points.len());
        let inside = self.points.range(begin..end.max(begin));
        if pixels == 0 || end.saturating_sub(begin) <= pixels * 2 {
            return inside.copied().collect();
        }
        let per_pixel = (to - from) / pixels as f64;
        let mut thinned = Vec::with_capacity(pixels * 2);
        let mut bucket: Option<(i64, Point, Point)> = None;
        for point in inside {
            // Aligned to time, not to the window: a sliding plot does not shimmer.
            let n = (point.t / per_pixel).floor() as i64;
            match &mut bucket {
                Some((of, low, high)) if *of == n => {
                    if point.v < low.v {
                        *low = *point;
                    }
                    if point.v > high.v {
                        *high = *point;
                    }
                }
                _ => {
                    flush(&mut thinned, bucket.replace((n, *point, *point)));
                }
            }
        }
        flush(&mut thinned, bucket);
        thinned
    }
}

/// The least silence in milliseconds that breaks a line.
const SILENCE: f64 = 5_000.0;

/// Cuts what a window gave at the window's edges: the line begins and ends where the picture does.
pub(crate) fn clip(points: &[Point], from: f64, to: f64) -> Vec<Point> {
    let between = |a: Point, b: Point, t: f64| Point { t, v: a.v + (b.v - a.v) * (t - a.t) / (b.t - a.t) };
    let mut inside: Vec<Point> = Vec::with_capacity(points.len());
    for (i, point) in points.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| points.get(i));
        if let Some(before) = before {
            if before.t < from && point.t > from {
                inside.push(between(*before, *point, from));
            }
            if before.t < to && point.t > to {
                inside.push(between(*before, *point, to));
            }
        }
        if (from..=to).contains(&point.t) {
            inside.push(*point);
        }
    }
    inside
}

/// The parts of a line between silences much longer than usual: over those nothing is known.
pub(crate) fn pieces(points: &[Point]) -> Vec<&[Point]> {
    let mut steps: Vec<f64> = points.windows(2).map(|w| w[1].t - w[0].t).collect();
    if steps.is_empty() {
        return if points.is_empty() { Vec::new() } else { vec![points] };
    }
    let middle = steps.len() / 2;
    let usual = *steps.select_nth_unstable_by(middle, f64::total_cmp).1;
    let silence = (usual * 8.0).max(SILENCE);
    points.chunk_by(|a, b| b.t - a.t <= silence).collect()
}

fn flush(into: &mut Vec<Point>, bucket: Option<(i64, Point, Point)>) {
    let Some((_, low, high)) = bucket else { return };
    let (first, second) = if low.t <= high.t { (low, high) } else { (high, low) };
    into.push(first);
    if second.t != first.t {
        into.push(second);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn p(t: f64, v: f64) -> Point {
        Point { t, v }
    }

    #[test]
    fn history_and_live_samples_meet_without_doubles() {
        let mut samples = Samples::default();
        samples.add([p(30.0, 3.0), p(40.0, 4.0)]);
        samples.add([p(10.0, 1.0), p(20.0, 2.0), p(30.0, 3.0)]);
        let times: Vec<f64> = samples.window(0.0, 100.0, 1000).iter().map(|p| p.t).collect();
        assert_eq!(times, [10.0, 20.0, 30.0, 40.0]);
        assert!(!samples.is_empty() && samples.last() == Some(p(40.0, 4.0)));
    }

    #[test]
    fn extremes_survive_thinning() {
        let mut samples = Samples::default();
        samples.add((0..10_000).map(|i| p(f64::from(i), if i == 5_432 { 100.0 } else { f64::from(i % 7) })));
        let thin = samples.window(0.0, 10_000.0, 100);
        assert!(thin.len() <= 210, "{} points for 100 pixels", thin.len());
        assert!(thin.iter().any(|p| p.v == 100.0), "one spike among ten thousand must be seen");
        assert!(thin.windows(2).all(|w| w[0].t < w[1].t), "the line must not run backwards");
    }

    #[test]
    fn a_line_ends_where_the_picture_does() {
        let line = [p(0.0, 0.0), p(10.0, 10.0), p(20.0, 0.0)];
        assert_eq!(clip(&line, 5.0, 15.0), [p(5.0, 5.0), p(10.0, 10.0), p(15.0, 5.0)]);
        assert_eq!(clip(&line, 12.0, 14.0), [p(12.0, 8.0), p(14.0, 6.0)], "no sample inside, but a line across");
        assert!(clip(&line, 30.0, 40.0).is_empty());
    }

    #[test]
    fn silence_breaks_a_line() {
        let line: Vec<Point> = [0.0, 1.0, 2.0, 60.0, 61.0].map(|s| p(s * 1000.0, 1.0)).into();
        assert_eq!(pieces(&line).iter().map(|x| x.len()).collect::<Vec<_>>(), [3, 2]);
        let slow: Vec<Point> = [0.0, 30.0, 60.0, 90.0].map(|s| p(s * 1000.0, 1.0)).into();
        assert_eq!(pieces(&slow).len(), 1, "slow is not silent");
        assert_eq!((pieces(&line[..1]).len(), pieces(&[]).len()), (1, 0));
    }

    #[test]
    fn the_nearest_sample_is_found() {
        let mut samples = Samples::default();
        samples.add([p(0.0, 1.0), p(100.0, 2.0)]);
        assert_eq!(samples.near(60.0, 50.0), Some(p(100.0, 2.0)));
        assert_eq!(samples.near(300.0, 50.0), None, "that is too far away to be the value then");
    }

    #[test]
    fn the_line_enters_from_outside_the_picture() {
        let mut samples = Samples::default();
        samples.add([p(0.0, 1.0), p(10.0, 2.0), p(20.0, 3.0)]);
        samples.forget_before(15.0);
        assert_eq!(samples.window(15.0, 25.0, 100).first(), Some(&p(10.0, 2.0)));
    }

    /// Fifteen samples a second, from one second to another.
    fn seconds(from: u32, to: u32) -> impl Iterator<Item = Point> {
        (from * 15..to * 15).map(|n| p(f64::from(n) * 1000.0 / 15.0, 1.0))
    }

    #[test]
    fn a_picture_that_stands_still_keeps_what_it_shows() {
        let mut samples = Samples::default();
        samples.add(seconds(0, 900));
        let (still, shown) = (900_000.0, |samples: &Samples| samples.window(0.0, 899_900.0, 100_000).len());
        let before = shown(&samples);
        for minute in 15..75 {
            samples.add(seconds(minute * 60, (minute + 1) * 60));
            samples.trim(Some(still));
            assert_eq!(shown(&samples), before, "minute {} of the pause took something away", minute - 14);
            assert!(samples.points.len() <= KEEP, "{} samples are held", samples.points.len());
        }
        assert_eq!(samples.last().unwrap().t, seconds(4499, 4500).last().unwrap().t, "the newest are held as well");
        samples.trim(None);
        assert!(samples.window(0.0, 1_000_000.0, 10_000).len() <= 2, "going on, the old ones are let go");
    }
}
