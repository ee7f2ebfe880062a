//! Events per second over the last ten seconds.

/// How many seconds count.
const SPAN: u64 = 10;

/// A count per second for the last ten full seconds and the one that runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rate {
    counts: [u32; SPAN as usize + 1],
    /// The newest second noted.
    second: u64,
    /// The first one.
    since: Option<u64>,
}

impl Rate {
    /// Counts `n` events in the second `now` (any clock that never goes back).
    pub(crate) fn note(&mut self, now: u64, n: u32) {
        self.advance(now);
        self.since.get_or_insert(now);
        let slot = &mut self.counts[(now % (SPAN + 1)) as usize];
        *slot = slot.saturating_add(n);
    }

    /// Events per second over the last ten full seconds, or over those there were since the first event.
    pub(crate) fn per_second(&mut self, now: u64) -> f64 {
        self.advance(now);
        let Some(since) = self.since else { return 0.0 };
        let running = u64::from(self.counts[(now % (SPAN + 1)) as usize]);
        let all: u64 = self.counts.iter().copied().map(u64::from).sum();
        match now.saturating_sub(since) {
            0 => running as f64,
            full => (all - running) as f64 / full.min(SPAN) as f64,
        }
    }

    /// Forgets the seconds that are too long ago.
    fn advance(&mut self, now: u64) {
        if now <= self.second {
            return;
        }
        for second in (self.second + 1).max(now.saturating_sub(SPAN))..=now {
            self.counts[(second % (SPAN + 1)) as usize] = 0;
        }
        self.second = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_the_last_ten_seconds_only() {
        let mut rate = Rate::default();
        assert_eq!(rate.per_second(5), 0.0, "nothing yet");
        for second in 100..130 {
            rate.note(second, 50);
        }
        assert_eq!(rate.per_second(130), 50.0);
        rate.note(130, 1000);
        assert_eq!(rate.per_second(130), 50.0, "the second that runs is not over");
        rate.note(131, 0);
        assert_eq!(rate.per_second(131), 145.0, "now it is");
        assert_eq!(rate.per_second(139), 105.0, "129 and 130 are left");
        assert_eq!(rate.per_second(140), 100.0, "and now 130 alone");
        assert_eq!(rate.per_second(1_000_000), 0.0, "long silence");
    }

    #[test]
    fn it_does_not_start_slow() {
        let mut rate = Rate::default();
        rate.note(7, 20);
        assert_eq!(rate.per_second(7), 20.0, "the first second counts as it runs");
        rate.note(8, 20);
        assert_eq!(rate.per_second(9), 20.0, "two full seconds of twenty");
    }
}
