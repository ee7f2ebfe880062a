//! How fast passphrases may be tried.
//!
//! Three tries are free; after that each wrong one doubles the wait, from 2 s to 5 min. The count is in
//! the store, so that neither a restart nor another program starts it anew, and it is raised *before* a
//! passphrase is looked at, so that ending the program in the middle of a try does not undo it.
//!
//! The store keeps wall-clock time. A clock set back makes the last try lie in the future: it is then
//! taken to be now, so that setting the clock back gains no try, and an owner whose clock was wrong
//! waits one more interval, not until the clock has caught up. A clock set forward would end a wait
//! early, so a running program also counts by its own clock, which cannot be set.

use crate::{Result, VaultError};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, MutexGuard};
use wheelhouse_protocol::Timestamp;
use wheelhouse_store::Store;

const SETTING: &str = "vault.attempts";
/// Wrong tries without a wait.
const FREE: u32 = 3;
const LONGEST: Duration = Duration::from_secs(300);
/// How often another program may be faster at counting before this one gives up.
const RACES: u32 = 8;

/// Wrong tries since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    wrong: u32,
    /// When the last one began, in microseconds since 1970 (UTC).
    last: i64,
}

impl Count {
    /// The wait after the last try.
    fn wait(self) -> Duration {
        match self.wrong.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(n) => Duration::from_secs(2u64.saturating_pow(n.saturating_add(1))).min(LONGEST),
        }
    }

    /// What is left of the wait at `now`; `None` when the last try lies in the future.
    fn left(self, now: Timestamp) -> Option<Duration> {
        let passed = now.as_microsecond().checked_sub(self.last).and_then(|n| u64::try_from(n).ok())?;
        Some(self.wait().saturating_sub(Duration::from_micros(passed)))
    }
}

/// One program's view of the count. One passphrase is tried at a time: each takes much memory.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// When this program's last wrong try began, and the wait it brought.
    own: Mutex<Option<(Instant, Duration)>>,
}

/// A try that is under way, and counted as wrong until it says otherwise.
pub(crate) struct Attempt<'a> {
    store: &'a Store,
    own: MutexGuard<'a, Option<(Instant, Duration)>>,
    before: Option<Count>,
    counted: Count,
}

impl Attempts {
    /// Begins a try.
    ///
    /// # Errors
    /// [`VaultError::TooSoon`].
    pub(crate) async fn begin<'a>(&'a self, store: &'a Store) -> Result<Attempt<'a>> {
        let mut own = self.own.lock().await;
        for _ in 0..RACES {
            let (before, left) = left(store, own.as_ref()).await?;
            if !left.is_zero() {
                return Err(VaultError::TooSoon { seconds: whole_seconds(left) });
            }
            let wrong = before.map_or(0, |count| count.wrong).saturating_add(1);
            let counted = Count { wrong, last: Timestamp::now().as_microsecond() };
            if store.set_setting_if(SETTING, before.as_ref(), &counted).await? {
                *own = Some((Instant::now(), counted.wait()));
                return Ok(Attempt { store, own, before, counted });
            }
        }
        Err(VaultError::TooSoon { seconds: 1 })
    }

    /// Seconds until the next try, rounded up.
    pub(crate) async fn wait_seconds(&self, store: &Store) -> Result<u32> {
        // While a try is under way nobody waits for anything but its end.
        let Ok(own) = self.own.try_lock() else { return Ok(0) };
        let (_, left) = left(store, own.as_ref()).await?;
        Ok(whole_seconds(left))
    }
}

impl Attempt<'_> {
    /// It was wrong. Says how many seconds to wait.
    pub(crate) fn wrong(self) -> u32 {
        whole_seconds(self.counted.wait())
    }

    /// It was right: the count starts anew.
    pub(crate) async fn right(mut self) -> Result<()> {
        *self.own = None;
        self.store.set_setting(SETTING, &Count { wrong: 0, last: 0 }).await?;
        Ok(())
    }

    /// It came to no answer: it was no try.
    pub(crate) async fn void(mut self) -> Result<()> {
        *self.own = None;
        let before = self.before.unwrap_or(Count { wrong: 0, last: 0 });
        self.store.set_setting_if(SETTING, Some(&self.counted), &before).await?;
        Ok(())
    }
}

/// The stored count and what is left of the wait, by the stored time and by this program's own clock.
async fn left(store: &Store, own: Option<&(Instant, Duration)>) -> Result<(Option<Count>, Duration)> {
    let mut count: Option<Count> = store.setting(SETTING).await?;
    let now = Timestamp::now();
    let mut left = Duration::ZERO;
    if let Some(found) = count {
        left = match found.left(now) {
            Some(left) => left,
            None => {
                let moved = Count { last: now.as_microsecond(), ..found };
                if store.set_setting_if(SETTING, Some(&found), &moved).await? {
                    count = Some(moved);
                }
                moved.wait()
            }
        };
    }
    // Only while the stored count still asks for a wait: a right passphrase in another program ends this one's too.
    if let (Some((began, wait)), true) = (own, count.is_some_and(|count| count.wrong >= FREE)) {
        left = left.max(wait.saturating_sub(began.elapsed()));
    }
    Ok((count, left))
}

fn whole_seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn waits_double_from_two_seconds_to_five_minutes() {
        let waits: Vec<u64> = (0..14).map(|wrong| Count { wrong, last: 0 }.wait().as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(Count { wrong: u32::MAX, last: 0 }.wait(), LONGEST, "no overflow");
    }

    #[test]
    fn a_last_try_in_the_future_is_no_wait_until_then() {
        let now = Timestamp::now();
        let in_a_year = Count { wrong: 5, last: now.as_microsecond() + 365 * 86_400_000_000 };
        assert_eq!(in_a_year.left(now), None, "the clock was set back");
        let just_now = Count { wrong: 5, last: now.as_microsecond() - 1_000_000 };
        assert_eq!(just_now.left(now), Some(Duration::from_secs(7)));
        let long_ago = Count { wrong: 5, last: 0 };
        assert_eq!(long_ago.left(now), Some(Duration::ZERO));
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path(), "test").await.unwrap();
        (home, store)
    }

    /// Wrong tries long ago, so that what follows does not depend on how fast the machine is.
    async fn seed(store: &Store, wrong: u32) {
        store.set_setting(SETTING, &Count { wrong, last: 0 }).await.unwrap();
    }

    #[tokio::test]
    async fn three_tries_are_free() {
        let (_home, store) = store().await;
        let attempts = Attempts::default();
        for expected in [0, 0, 2] {
            assert_eq!(attempts.begin(&store).await.unwrap().wrong(), expected, "seconds to wait");
        }
    }

    #[tokio::test]
    async fn the_wait_is_the_same_whoever_tries() {
        let (_home, store) = store().await;
        seed(&store, 6).await;
        assert_eq!(Attempts::default().begin(&store).await.unwrap().wrong(), 32);
        // Another `Attempts` is what another program, or this one started anew, has.
        let other = Attempts::default();
        assert!(
            matches!(other.begin(&store).await, Err(VaultError::TooSoon { seconds: 1..=32 })),
            "it is in the store"
        );
        assert!((1..=32).contains(&other.wait_seconds(&store).await.unwrap()));
        assert_eq!(
            store.setting::<Count>(SETTING).await.unwrap().unwrap().wrong,
            7,
            "a refused try is not counted, or an owner who is impatient would wait ever longer"
        );
    }

    #[tokio::test]
    async fn a_try_that_was_cut_off_counts() {
        let (_home, store) = store().await;
        let attempts = Attempts::default();
        seed(&store, 6).await;
        drop(attempts.begin(&store).await.unwrap());
        assert!(matches!(attempts.begin(&store).await, Err(VaultError::TooSoon { .. })));
    }

    #[tokio::test]
    async fn success_ends_the_wait_and_no_answer_is_no_try() {
        let (_home, store) = store().await;
        let attempts = Attempts::default();
        seed(&store, 6).await;
        for _ in 0..5 {
            attempts.begin(&store).await.unwrap().void().await.unwrap();
        }
        attempts.begin(&store).await.unwrap().right().await.unwrap();
        assert_eq!(attempts.begin(&store).await.unwrap().wrong(), 0, "the first of three again");
    }

    #[tokio::test]
    async fn a_clock_set_back_neither_helps_nor_locks_out() {
        let (_home, store) = store().await;
        let tomorrow = Timestamp::now().as_microsecond() + 86_400_000_000;
        store.set_setting(SETTING, &Count { wrong: 3, last: tomorrow }).await.unwrap();
        let attempts = Attempts::default();
        assert!(matches!(attempts.begin(&store).await, Err(VaultError::TooSoon { seconds: 2 })), "it gains nothing");
        tokio::time::sleep(Duration::from_millis(2100)).await;
        attempts.begin(&store).await.map(drop).expect("one interval later the owner may try");
    }

    #[tokio::test]
    async fn a_clock_set_forward_does_not_help_while_the_program_runs() {
        let (_home, store) = store().await;
        let attempts = Attempts::default();
        seed(&store, 6).await;
        attempts.begin(&store).await.unwrap().wrong();
        // A day later, says the wall clock.
        seed(&store, 7).await;
        assert!(matches!(attempts.begin(&store).await, Err(VaultError::TooSoon { .. })));
    }

    #[tokio::test]
    async fn two_programs_at_once_do_not_get_a_free_try() {
        let (_home, store) = store().await;
        let tries: Vec<_> = (0..8).map(|_| Attempts::default()).collect();
        let mut begun = 0;
        let results = tokio::join!(
            tries[0].begin(&store),
            tries[1].begin(&store),
            tries[2].begin(&store),
            tries[3].begin(&store),
            tries[4].begin(&store),
            tries[5].begin(&store),
            tries[6].begin(&store),
            tries[7].begin(&store),
        );
        let (a, b, c, d, e, f, g, h) = results;
        for result in [a, b, c, d, e, f, g, h] {
            begun += u32::from(result.is_ok());
        }
        assert!(begun <= 3, "{begun} of 8 began before any answer, and three are free");
    }
}
