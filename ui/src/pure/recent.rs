//! What was looked at last, bounded: what nobody looks at any more is let go, the longest unused first.

use std::collections::HashMap;
use std::hash::Hash;

/// Values by key, at most so many beside those in use.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    most: usize,
    clock: u64,
    entries: HashMap<K, Entry<V>>,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    users: usize,
    used: u64,
}

impl<K: Hash + Eq + Copy, V> Recent<K, V> {
    /// Nothing yet; it holds `most` values, or as many as are in use.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, clock: 0, entries: HashMap::new() }
    }

    /// One value, if it is held. It counts as no use.
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        self.entries.get(&key).map(|entry| &entry.value)
    }

    /// Every value.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.values().map(|entry| &entry.value)
    }

    /// Begins a use of a value that is held, or is put there first. Every use is to be ended by [`Self::release`].
    pub(crate) fn take(&mut self, key: K, make: impl FnOnce() -> V) -> &V {
        self.clock += 1;
        let used = self.clock;
        let entry = self.entries.entry(key).or_insert_with(|| Entry { value: make(), users: 0, used });
        entry.users += 1;
        entry.used = used;
        &entry.value
    }

    /// Ends a use.
    pub(crate) fn release(&mut self, key: K) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.users = entry.users.saturating_sub(1);
        }
    }

    /// Takes out what is too much: the longest unused of those that nobody uses and that `may_go`.
    pub(crate) fn shed(&mut self, may_go: impl Fn(&V) -> bool) -> Vec<V> {
        let over = self.entries.len().saturating_sub(self.most);
        let mut idle: Vec<(u64, K)> =
            self.entries.iter().filter(|(_, e)| e.users == 0 && may_go(&e.value)).map(|(k, e)| (e.used, *k)).collect();
        idle.sort_by_key(|(used, _)| *used);
        idle.into_iter().take(over).filter_map(|(_, key)| self.entries.remove(&key)).map(|entry| entry.value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_goes_first() {
        let mut recent = Recent::new(2);
        for n in [1, 2, 1, 3] {
            recent.take(n, || n * 10);
            recent.release(n);
        }
        assert_eq!(recent.shed(|_| true), [20], "1 was used again after 2");
        assert_eq!((recent.get(1), recent.get(2), recent.get(3)), (Some(&10), None, Some(&30)));
        assert!(recent.shed(|_| true).is_empty(), "two are not too many");
    }

    #[test]
    fn what_is_in_use_stays() {
        let mut recent = Recent::new(1);
        recent.take(1, || 1);
        recent.take(1, || 1);
        recent.release(1);
        recent.take(2, || 2);
        assert!(recent.shed(|_| true).is_empty(), "1 has a second user, 2 one");
        recent.release(2);
        assert!(recent.shed(|v| *v != 2).is_empty(), "2 is not done with its work");
        recent.release(1);
        assert_eq!(recent.shed(|_| true), [1]);
    }
}
