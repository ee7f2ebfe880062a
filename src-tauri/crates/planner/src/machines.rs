//! Sets of targets as bits: what 10 000 of them cost to unite, restrict and copy is some hundred words.

use std::sync::Arc;

/// A set of places in the roster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Set {
    words: Vec<u64>,
}

impl FromIterator<usize> for Set {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        let mut set = Self::default();
        places.into_iter().for_each(|place| set.insert(place));
        set
    }
}

impl Set {
    pub(crate) fn insert(&mut self, place: usize) {
        let word = place / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (place % 64);
    }

    pub(crate) fn contains(&self, place: usize) -> bool {
        self.words.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// In the roster's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(n, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.checked_sub(1)?;
                Some(n * 64 + bit as usize)
            })
        })
    }

    /// Whether both hold the same places, however long their words are.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let longest = self.words.len().max(other.words.len());
        let at = |set: &Self, n: usize| set.words.get(n).copied().unwrap_or(0);
        (0..longest).all(|n| at(self, n) == at(other, n))
    }

    pub(crate) fn unite(&mut self, other: &Self) {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
    }

    pub(crate) fn restrict(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        self.words.iter_mut().zip(&other.words).for_each(|(word, kept)| *word &= kept);
    }

    pub(crate) fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, gone)| *word &= !gone);
    }
}

/// Targets that were chosen, each with why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Machines {
    chosen: Set,
    /// The parts it came of, in the order they were named: the first one that holds a target tells why.
    parts: Vec<(Set, Arc<str>)>,
}

impl Machines {
    pub(crate) fn new(chosen: Set, why: &str) -> Self {
        Self { parts: vec![(chosen.clone(), why.into())], chosen }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.chosen.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.chosen.iter()
    }

    pub(crate) fn set(&self) -> &Set {
        &self.chosen
    }

    /// Why each was chosen, in the roster's order.
    pub(crate) fn why(&self) -> impl Iterator<Item = &str> {
        self.chosen
            .iter()
            .map(|place| self.parts.iter().find(|(part, _)| part.contains(place)).map_or("", |(_, why)| why.as_ref()))
    }

    pub(crate) fn unite(&mut self, other: Self) {
        self.chosen.unite(&other.chosen);
        self.parts.extend(other.parts);
    }

    pub(crate) fn restrict(&mut self, other: &Self) {
        self.chosen.restrict(&other.chosen);
    }

    pub(crate) fn remove(&mut self, other: &Self) {
        self.chosen.remove(&other.chosen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(places: &[usize]) -> Set {
        places.iter().copied().collect()
    }

    #[test]
    fn sets_of_any_length_go_together() {
        let (small, large) = (set(&[1, 63]), set(&[1, 64, 9_999]));
        let mut both = small.clone();
        both.unite(&large);
        assert_eq!(both.iter().collect::<Vec<_>>(), [1, 63, 64, 9_999]);
        assert_eq!(both.len(), 4);
        let mut common = large.clone();
        common.restrict(&small);
        assert!(common.same(&set(&[1])) && !common.same(&large));
        both.remove(&large);
        assert!(both.same(&set(&[63])) && both.contains(63) && !both.contains(64));
        both.remove(&small);
        assert!(both.is_empty() && both.same(&Set::default()));
    }

    #[test]
    fn the_first_part_tells_why() {
        let mut machines = Machines::new(set(&[1, 2]), "web");
        machines.unite(Machines::new(set(&[2, 3]), "db"));
        assert_eq!(machines.why().collect::<Vec<_>>(), ["web", "web", "db"]);
        machines.remove(&Machines::new(set(&[2]), "out"));
        assert_eq!(machines.iter().zip(machines.why()).collect::<Vec<_>>(), [(1, "web"), (3, "db")]);
    }
}
