//! Waking up on time: sleep most of the way, spin the rest.

use std::time::{Duration, Instant};

/// The longest spin before a deadline.
const MOST: Duration = Duration::from_micros(200);
/// The shortest: what even a good timer overshoots by.
const LEAST: Duration = Duration::from_micros(20);

/// Waits for absolute deadlines. A sleep ends late by what the system's timer makes of it (some 60 µs on
/// Linux, more elsewhere), so it is cut short by a margin and the rest is spun. The margin follows what
/// sleeps were seen to overshoot by, so that a good timer costs little processor time.
#[derive(Debug)]
pub(crate) struct Clock {
    margin: Duration,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { margin: MOST }
    }

    /// Returns at `deadline`, or at once when it has passed. Never allocates.
    pub(crate) fn wait_until(&mut self, deadline: Instant) {
        let wake = deadline.checked_sub(self.margin).unwrap_or(deadline);
        let ahead = wake.saturating_duration_since(Instant::now());
        if !ahead.is_zero() {
            std::thread::sleep(ahead);
            let overshoot = wake.elapsed();
            // Up at once, down slowly: a late wake-up costs more than a little spinning.
            let needed = overshoot + overshoot / 4 + Duration::from_micros(5);
            self.margin = needed.max(self.margin - self.margin / 64).clamp(LEAST, MOST);
        }
        while Instant::now() < deadline {
            std::hint::spin_loop();
        }
    }
}
