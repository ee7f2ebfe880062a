//! How long to wait before dialling again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// A connection that held so long was a good one: the next wait begins small again.
const GOOD: Duration = Duration::from_secs(10);

/// Waits that double, each between half and all of its length, so that many clients of one broker do not
/// come back in the same moment.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The next wait, after a connection that held for `held` (zero when there was none).
    pub(crate) fn wait(&mut self, held: Duration) -> Duration {
        if held >= GOOD {
            self.next = FIRST;
        }
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        // Without the system's random numbers every wait is the longest: slower, not wrong.
        let share = getrandom::u32().map_or(1.0, |n| f64::from(n) / f64::from(u32::MAX));
        whole.mul_f64(0.5 + share / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_vary_and_start_over() {
        let mut backoff = Backoff::new();
        for expected in [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000] {
            let wait = backoff.wait(Duration::from_secs(1)).as_millis();
            assert!((expected / 2..=expected).contains(&wait), "{wait} ms instead of up to {expected} ms");
        }
        assert!(backoff.wait(GOOD) <= FIRST, "after a good connection it starts over");
        let firsts: Vec<Duration> = (0..20).map(|_| Backoff::new().wait(Duration::ZERO)).collect();
        assert!(firsts.iter().any(|wait| *wait != firsts[0]), "twenty clients do not wait alike");
    }
}
