//! Groups as other tools nest them (several parents, any depth) made a tree of three levels.
//!
//! Nothing is lost by it: whoever was in a group by way of a link the tree cannot hold is put in
//! that group directly.

use crate::draft::Draft;
use crate::names::shown;
use crate::{InventoryError, MAX_MEMBERSHIPS};
use wheelhouse_protocol::inventory::MAX_GROUP_DEPTH;

/// The tree, and what the text's own nesting says beyond it.
#[derive(Debug)]
pub(crate) struct Forest {
    /// Each group's parent in the tree.
    parents: Vec<Option<usize>>,
    /// Each group's ancestors in the text, nearest or not.
    ancestors: Vec<Vec<usize>>,
    /// Those of them that are not its ancestors in the tree.
    beside: Vec<Vec<usize>>,
    /// How deep each group lies in the text: the longest way down, a top group being 1.
    depths: Vec<usize>,
}

impl Forest {
    /// Plants the groups read so far; remarks tell what had to be straightened.
    pub(crate) fn plant(draft: &mut Draft) -> Result<Self, InventoryError> {
        let count = draft.groups.len();
        let mut forest = Self {
            parents: vec![None; count],
            ancestors: vec![Vec::new(); count],
            beside: vec![Vec::new(); count],
            depths: vec![1; count],
        };
        let mut levels = vec![1_usize; count];
        let mut seen = vec![usize::MAX; count];
        let mut total = 0_usize;
        for group in parents_first(draft) {
            let mut ancestors = Vec::new();
            for &(parent, _) in &draft.groups[group].parents {
                forest.depths[group] = forest.depths[group].max(forest.depths[parent] + 1);
                for ancestor in std::iter::once(parent).chain(forest.ancestors[parent].iter().copied()) {
                    if seen[ancestor] != group {
                        seen[ancestor] = group;
                        ancestors.push(ancestor);
                    }
                }
            }
            total += ancestors.len();
            if total > MAX_MEMBERSHIPS {
                return Err(InventoryError::TooMany { what: "groups within groups", limit: MAX_MEMBERSHIPS });
            }
            if let Some(&(first, line)) = draft.groups[group].parents.first() {
                let (parent, level) = match levels[first] {
                    MAX_GROUP_DEPTH => (forest.parents[first].unwrap_or(first), MAX_GROUP_DEPTH),
                    level => (first, level + 1),
                };
                forest.parents[group] = Some(parent);
                levels[group] = level;
                remark(draft, group, first, parent, line);
            }
            let chain: Vec<usize> = forest.chain(group).collect();
            forest.beside[group] = ancestors.iter().copied().filter(|a| !chain.contains(a)).collect();
            forest.ancestors[group] = ancestors;
        }
        Ok(forest)
    }

    /// The group's parent in the tree.
    pub(crate) fn parent(&self, group: usize) -> Option<usize> {
        self.parents[group]
    }

    /// The group and its ancestors in the tree, upwards.
    pub(crate) fn chain(&self, group: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(group), |g| self.parents[*g])
    }

    /// The groups the text puts it in that the tree does not.
    pub(crate) fn beside(&self, group: usize) -> &[usize] {
        &self.beside[group]
    }

    /// The group's ancestors in the text.
    pub(crate) fn ancestors(&self, group: usize) -> &[usize] {
        &self.ancestors[group]
    }

    /// How deep the group lies in the text, a top group being 1.
    pub(crate) fn depth(&self, group: usize) -> usize {
        self.depths[group]
    }
}

/// Says what the tree could not hold of a group's place in the text.
fn remark(draft: &mut Draft, group: usize, first: usize, parent: usize, line: usize) {
    let name = |g: usize| shown(&draft.groups[g].name);
    let mut notes = Vec::new();
    if parent != first {
        notes.push((
            line,
            format!(
                "{} is nested deeper than {MAX_GROUP_DEPTH} levels: it is put under {}. Its targets are also put in {} directly.",
                name(group),
                name(parent),
                name(first)
            ),
        ));
    }
    for &(other, line) in draft.groups[group].parents.iter().skip(1) {
        notes.push((
            line,
            format!(
                "{} is already part of {}, and here a group is part of one other: its targets are put in {} directly.",
                name(group),
                name(first),
                name(other)
            ),
        ));
    }
    for (line, note) in notes {
        draft.remarks.note(line, note);
    }
}

/// The groups, each after all its parents. The links are free of cycles ([`Draft::add_child`]).
fn parents_first(draft: &Draft) -> Vec<usize> {
    let count = draft.groups.len();
    let mut children = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for (group, g) in draft.groups.iter().enumerate() {
        waiting[group] = g.parents.len();
        for &(parent, _) in &g.parents {
            children[parent].push(group);
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|g| waiting[*g] == 0).collect();
    let mut next = 0;
    while let Some(&group) = order.get(next) {
        next += 1;
        for &child in &children[group] {
            waiting[child] -= 1;
            if waiting[child] == 0 {
                order.push(child);
            }
        }
    }
    order
}
