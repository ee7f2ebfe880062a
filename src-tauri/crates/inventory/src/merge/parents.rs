//! The tree of groups after a merge: never a cycle, never deeper than [`MAX_GROUP_DEPTH`].
//!
//! Links of groups the import says nothing about stay. Then the import's links are added one by one;
//! one that would close a cycle or nest too deep is left out with a remark, and the
//! import's members of that group are put in the would-be parent directly. A group whose link is left
//! out stays where it was, if that still fits. Which links are left out depends only on the import and
//! on links it does not touch, so that a second import decides the same.

use crate::imported::Imported;
use crate::names::{key, shown};
use std::collections::{HashMap, HashSet};
use wheelhouse_protocol::GroupId;
use wheelhouse_protocol::inventory::{ImportRemark, ImportSeverity, MAX_GROUP_DEPTH, Snapshot};

/// Each group's parent, and what could not be one.
#[derive(Debug, Default)]
pub(super) struct Parents {
    parent: HashMap<GroupId, GroupId>,
    children: HashMap<GroupId, Vec<GroupId>>,
    /// The groups a group could not be made part of, directly or by way of another.
    beside: HashMap<GroupId, Vec<GroupId>>,
}

impl Parents {
    pub(super) fn settle(
        imported: &Imported,
        current: &Snapshot,
        ids: &HashMap<String, GroupId>,
        remarks: &mut Vec<ImportRemark>,
    ) -> Self {
        let mut wanted: Vec<(GroupId, GroupId, usize)> = Vec::new();
        let mut names: HashMap<GroupId, &str> = current.groups.iter().map(|g| (g.id, g.spec.name.as_str())).collect();
        for group in &imported.groups {
            let Some(id) = ids.get(&key(&group.name)) else { continue };
            names.entry(*id).or_insert(&group.name);
            if let Some(parent) = group.parent.as_deref().and_then(|p| ids.get(&key(p))) {
                wanted.push((*id, *parent, group.line));
            }
        }
        let wants: HashMap<GroupId, GroupId> = wanted.iter().map(|(id, parent, _)| (*id, *parent)).collect();

        let mut tree = Self::default();
        for group in &current.groups {
            if let Some(parent) = group.spec.parent
                && !wants.contains_key(&group.id)
                && names.contains_key(&parent)
                && tree.fits(parent, group.id).is_ok()
            {
                tree.link(parent, group.id);
            }
        }
        let mut refused = Vec::new();
        for (id, parent, line) in wanted {
            match tree.fits(parent, id) {
                Ok(()) => tree.link(parent, id),
                Err(why) => {
                    let name = |id| names.get(&id).copied().map(shown).unwrap_or_default();
                    remarks.push(ImportRemark {
                        line,
                        severity: ImportSeverity::Warning,
                        message: format!(
                            "{} is not made part of {}, as {why}. Its targets are put in {} directly.",
                            name(id),
                            name(parent),
                            name(parent)
                        ),
                    });
                    refused.push(id);
                }
            }
        }
        let was: HashMap<GroupId, GroupId> =
            current.groups.iter().filter_map(|g| g.spec.parent.map(|parent| (g.id, parent))).collect();
        for id in &refused {
            if let Some(was) = was.get(id)
                && names.contains_key(was)
                && tree.fits(*was, *id).is_ok()
            {
                tree.link(*was, *id);
            }
        }
        if !refused.is_empty() {
            tree.find_beside(imported, ids, &wants);
        }
        tree
    }

    /// The group's parent.
    pub(super) fn parent(&self, group: GroupId) -> Option<GroupId> {
        self.parent.get(&group).copied()
    }

    /// How deep the group lies, a top group being 1.
    pub(super) fn depth(&self, group: GroupId) -> usize {
        self.chain(group).count()
    }

    /// The groups the import puts its members in by way of it, and the tree does not.
    pub(super) fn beside(&self, group: GroupId) -> &[GroupId] {
        self.beside.get(&group).map_or(&[], Vec::as_slice)
    }

    fn chain(&self, group: GroupId) -> impl Iterator<Item = GroupId> {
        std::iter::successors(Some(group), |g| self.parent.get(g).copied())
    }

    /// Whether `child` can be part of `parent`; the error completes "as …".
    fn fits(&self, parent: GroupId, child: GroupId) -> Result<(), &'static str> {
        if self.chain(parent).any(|g| g == child) {
            return Err("it holds that group itself");
        }
        if self.depth(parent) + self.height(child) > MAX_GROUP_DEPTH {
            return Err("groups would be nested deeper than three levels");
        }
        Ok(())
    }

    /// How many levels the group and what is under it take.
    fn height(&self, group: GroupId) -> usize {
        let children = self.children.get(&group).map_or(&[][..], Vec::as_slice);
        1 + children.iter().map(|c| self.height(*c)).max().unwrap_or(0)
    }

    fn link(&mut self, parent: GroupId, child: GroupId) {
        self.parent.insert(child, parent);
        self.children.entry(parent).or_default().push(child);
    }

    /// For each group the ancestors it has in the import and not in the tree.
    fn find_beside(&mut self, imported: &Imported, ids: &HashMap<String, GroupId>, wants: &HashMap<GroupId, GroupId>) {
        for id in imported.groups.iter().filter_map(|g| ids.get(&key(&g.name))) {
            let chain: HashSet<GroupId> = self.chain(*id).collect();
            let mut beside = Vec::new();
            let mut next = wants.get(id);
            while let Some(ancestor) = next
                && !beside.contains(ancestor)
            {
                beside.push(*ancestor);
                next = wants.get(ancestor);
            }
            beside.retain(|ancestor| !chain.contains(ancestor));
            if !beside.is_empty() {
                self.beside.insert(*id, beside);
            }
        }
    }
}
