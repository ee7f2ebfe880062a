//! When an open vault has been idle for long enough to lock itself.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Notify;

/// The longest the watch sleeps. A computer that was suspended does not count that time in its own
/// clock; when it wakes, the vault is locked this soon at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);

/// The time of the last use, while the vault is open.
#[derive(Debug)]
pub(crate) struct Idle {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    /// `None`: never.
    limit: Option<Duration>,
    /// `None` while the vault is locked.
    last: Option<(Instant, SystemTime)>,
}

impl Idle {
    /// Locked, with this limit; zero is never.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { state: Mutex::new(State { limit: some(limit), last: None }), changed: Notify::new() }
    }

    /// The limit; zero is never.
    pub(crate) fn limit(&self) -> Duration {
        self.state().limit.unwrap_or_default()
    }

    pub(crate) fn set_limit(&self, limit: Duration) {
        self.state().limit = some(limit);
        self.changed.notify_one();
    }

    /// The vault was opened or used.
    pub(crate) fn touch(&self) {
        let before = self.state().last.replace((Instant::now(), SystemTime::now()));
        if before.is_none() {
            self.changed.notify_one();
        }
    }

    /// The vault was locked.
    pub(crate) fn rest(&self) {
        self.state().last = None;
    }

    /// Whether an open vault must be locked now.
    pub(crate) fn is_over(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Waits until an open vault must be locked.
    pub(crate) async fn over(&self) {
        loop {
            match self.left() {
                None => self.changed.notified().await,
                Some(Duration::ZERO) => return,
                Some(left) => {
                    let sleep = tokio::time::sleep(left.min(LONGEST_SLEEP));
                    tokio::select! {
                        () = sleep => {}
                        () = self.changed.notified() => {}
                    }
                }
            }
        }
    }

    /// What is left, by the clock that shows less; `None` when nothing is open or it never ends.
    fn left(&self) -> Option<Duration> {
        let state = self.state();
        let (limit, (instant, wall)) = (state.limit?, state.last?);
        // A clock set back shows nothing passed; the other one then counts.
        let passed = instant.elapsed().max(wall.elapsed().unwrap_or_default());
        Some(limit.saturating_sub(passed))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nobody panics while holding it, and its content is whole at every moment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn some(limit: Duration) -> Option<Duration> {
    (!limit.is_zero()).then_some(limit)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test says so by failing")]
    use super::*;
    use tokio::time::timeout;

    const SHORT: Duration = Duration::from_millis(80);
    const ENOUGH: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn it_is_over_after_the_limit_and_not_while_in_use() {
        let idle = Idle::new(SHORT);
        idle.touch();
        let began = Instant::now();
        timeout(ENOUGH, idle.over()).await.expect("it ends");
        assert!(began.elapsed() >= SHORT, "not before the limit");
        assert!(idle.is_over());
        idle.set_limit(ENOUGH);
        idle.touch();
        assert!(!idle.is_over(), "used again");
    }

    #[tokio::test]
    async fn a_locked_vault_and_one_without_a_limit_are_never_over() {
        let idle = Idle::new(SHORT);
        timeout(SHORT * 3, idle.over()).await.expect_err("nothing is open");
        idle.touch();
        idle.rest();
        timeout(SHORT * 3, idle.over()).await.expect_err("locked again");
        let never = Idle::new(Duration::ZERO);
        never.touch();
        timeout(SHORT * 3, never.over()).await.expect_err("zero is never");
        never.set_limit(SHORT);
        timeout(ENOUGH, never.over()).await.expect("a new limit counts from the last use");
    }

    #[tokio::test]
    async fn a_watch_that_waits_learns_of_the_opening() {
        let idle = Idle::new(SHORT);
        let both = async {
            tokio::join!(idle.over(), async {
                tokio::time::sleep(SHORT).await;
                idle.touch()
            })
        };
        timeout(ENOUGH, both).await.expect("it was woken");
    }
}
