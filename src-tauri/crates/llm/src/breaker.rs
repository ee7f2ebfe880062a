//! The breaker: an endpoint that fails again and again is left alone for a while.

use std::time::{Duration, Instant};
use wheelhouse_protocol::llm::BreakerState;

/// Closed until so many failures in a row; then open; then one request tries.
#[derive(Debug)]
pub(crate) struct Breaker {
    limit: u32,
    rest: Duration,
    failures: u32,
    open_since: Option<Instant>,
    trying: bool,
}

impl Breaker {
    pub(crate) fn new(limit: u32, rest: Duration) -> Self {
        Self { limit, rest, failures: 0, open_since: None, trying: false }
    }

    /// Whether a request may go now; if not, how long until one may. One that goes must be [`Self::ended`].
    pub(crate) fn enter(&mut self, now: Instant) -> Result<(), Duration> {
        let Some(since) = self.open_since else { return Ok(()) };
        let left = self.rest.saturating_sub(now.saturating_duration_since(since));
        if !left.is_zero() {
            return Err(left);
        }
        if self.trying {
            return Err(Duration::ZERO);
        }
        self.trying = true;
        Ok(())
    }

    /// How a request ended that went through: well, badly, or (`None`) in a way that says nothing about the endpoint.
    pub(crate) fn ended(&mut self, well: Option<bool>, now: Instant) {
        self.trying = false;
        match well {
            Some(true) => (self.failures, self.open_since) = (0, None),
            Some(false) => {
                self.failures = self.failures.saturating_add(1);
                if self.failures >= self.limit {
                    self.open_since = Some(now);
                }
            }
            None => {}
        }
    }

    pub(crate) fn state(&self, now: Instant) -> BreakerState {
        let Some(since) = self.open_since else { return BreakerState::Closed { failures: self.failures } };
        let left = self.rest.saturating_sub(now.saturating_duration_since(since));
        if left.is_zero() { BreakerState::HalfOpen } else { BreakerState::Open { seconds: whole_seconds(left) } }
    }
}

/// Rounded up: after that many seconds it is over.
pub(crate) fn whole_seconds(left: Duration) -> u32 {
    u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(60);

    fn failed(times: u32, now: Instant) -> Breaker {
        let mut breaker = Breaker::new(5, REST);
        for _ in 0..times {
            assert_eq!(breaker.enter(now), Ok(()));
            breaker.ended(Some(false), now);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_four_do_not() {
        let now = Instant::now();
        assert_eq!(failed(4, now).enter(now), Ok(()));
        let mut breaker = failed(5, now);
        assert_eq!(breaker.enter(now), Err(REST));
        assert_eq!(breaker.state(now + Duration::from_millis(500)), BreakerState::Open { seconds: 60 }, "rounded up");
    }

    #[test]
    fn a_success_in_between_starts_the_count_anew() {
        let now = Instant::now();
        let mut breaker = failed(4, now);
        breaker.ended(Some(true), now);
        breaker.ended(Some(false), now);
        assert_eq!(breaker.state(now), BreakerState::Closed { failures: 1 });
    }

    #[test]
    fn after_the_rest_one_tries_and_its_end_decides() {
        let now = Instant::now();
        let later = now + REST;
        let mut breaker = failed(5, now);
        assert_eq!(breaker.enter(later), Ok(()), "one may try");
        assert_eq!(breaker.enter(later), Err(Duration::ZERO), "only one");
        breaker.ended(Some(false), later);
        assert_eq!(breaker.enter(later), Err(REST), "one more failure opens it for the whole rest again");
        assert_eq!(breaker.enter(later + REST), Ok(()));
        breaker.ended(Some(true), later + REST);
        assert_eq!(breaker.state(later + REST), BreakerState::Closed { failures: 0 });
    }

    #[test]
    fn a_try_that_says_nothing_leaves_the_next_one_free_to_try() {
        let now = Instant::now();
        let mut breaker = failed(5, now);
        assert_eq!(breaker.enter(now + REST), Ok(()));
        breaker.ended(None, now + REST);
        assert_eq!(breaker.enter(now + REST), Ok(()), "a given-up try must not block the breaker for ever");
    }
}
