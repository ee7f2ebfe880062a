//! Samples of one series as the page holds them for its plot.

use std::collections::VecDeque;
use wheelhouse_protocol::telemetry::Point;

/// The most samples held of one series: fifteen minutes at twenty a second, and some.
const KEEP: usize = 20_000;

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
        while self.points.len() > KEEP {
            self.points.pop_front();
        }
    }

    /// Drops what lies before a moment, but for one sample that leads the line into the picture.
    pub(crate) fn forget_before(&mut self, t: f64) {
        while self.points.get(1).is_some_and(|second| second.t < t) {
            self.points.pop_front();
        }
    }

    /// The newest sample.
    pub(crate) fn last(&self) -> Option<Point> {
        self.points.back().copied()
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
    fn the_line_enters_from_outside_the_picture() {
        let mut samples = Samples::default();
        samples.add([p(0.0, 1.0), p(10.0, 2.0), p(20.0, 3.0)]);
        samples.forget_before(15.0);
        assert_eq!(samples.window(15.0, 25.0, 100).first(), Some(&p(10.0, 2.0)));
    }
}
