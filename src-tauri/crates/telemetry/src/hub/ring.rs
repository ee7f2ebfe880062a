//! The newest samples of one series.

use super::thin::Sample;
use std::collections::VecDeque;

/// The newest samples of one series in order of time, at most as many as its owner allows.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    samples: VecDeque<Sample>,
}

impl Ring {
    /// Takes a sample in at its place in time. One that is older than all of a full ring is left out:
    /// it belongs to history.
    pub(crate) fn put(&mut self, sample: Sample, capacity: usize) {
        // Nearly always the newest, so look from the end.
        let mut place = self.samples.len();
        if self.samples.back().is_some_and(|last| last.0 > sample.0) {
            place = self.samples.partition_point(|s| s.0 <= sample.0);
            if place == 0 && self.samples.len() >= capacity {
                return;
            }
        }
        match place.checked_sub(1).map(|before| &mut self.samples[before]) {
            // As in the store: a second sample of the same microsecond replaces the first.
            Some(same) if same.0 == sample.0 => same.1 = sample.1,
            _ => self.samples.insert(place, sample),
        }
        self.trim(capacity);
    }

    /// Lets go of the oldest beyond `capacity`, and of their memory.
    pub(crate) fn trim(&mut self, capacity: usize) {
        if self.samples.len() > capacity {
            self.samples.drain(..self.samples.len() - capacity);
        }
        if self.samples.capacity() > capacity * 2 {
            self.samples.shrink_to(capacity);
        }
    }

    /// The time of the oldest sample it still has.
    pub(crate) fn begin(&self) -> Option<i64> {
        self.samples.front().map(|s| s.0)
    }

    /// The newest sample.
    pub(crate) fn last(&self) -> Option<Sample> {
        self.samples.back().copied()
    }

    /// Those from `from` to `to`, both included, oldest first.
    pub(crate) fn between(&self, from: i64, to: i64) -> Vec<Sample> {
        let begin = self.samples.partition_point(|s| s.0 < from);
        let end = self.samples.partition_point(|s| s.0 <= to);
        self.samples.range(begin..end.max(begin)).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(times: &[i64], capacity: usize) -> Vec<i64> {
        let mut ring = Ring::default();
        for at in times {
            ring.put((*at, *at as f64), capacity);
        }
        ring.between(i64::MIN, i64::MAX).iter().map(|s| s.0).collect()
    }

    #[test]
    fn late_samples_find_their_place() {
        assert_eq!(ring(&[1, 5, 3, 4, 2], 10), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn it_keeps_the_newest() {
        assert_eq!(ring(&[1, 2, 3, 4, 5], 3), [3, 4, 5]);
        assert_eq!(ring(&[3, 4, 5, 1], 3), [3, 4, 5], "older than a full ring is history");
    }

    #[test]
    fn the_same_microsecond_counts_once() {
        let mut ring = Ring::default();
        for value in [1.0, 2.0] {
            ring.put((7, value), 10);
        }
        ring.put((9, 0.0), 10);
        ring.put((7, 3.0), 10);
        assert_eq!(ring.between(0, 10), [(7, 3.0), (9, 0.0)]);
    }

    #[test]
    fn windows_include_their_ends() {
        let mut ring = Ring::default();
        (0..10).for_each(|n| ring.put((n, 0.0), 100));
        assert_eq!(ring.between(3, 5).len(), 3);
        assert_eq!(ring.between(5, 3).len(), 0, "an empty window is empty, not a panic");
        assert_eq!(ring.between(50, 60).len(), 0);
    }
}
