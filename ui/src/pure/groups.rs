//! Groups within groups: the tree beside the table, who is in which, and where a group may hang.

use super::order::natural;
use std::collections::HashSet;
use wheelhouse_protocol::GroupId;
use wheelhouse_protocol::inventory::{Group, MAX_GROUP_DEPTH, Target};

/// One line of the tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    pub(crate) id: GroupId,
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    /// 0 for the outermost.
    pub(crate) depth: usize,
    /// Targets in it and in its sub-groups.
    pub(crate) count: usize,
    /// Whether it holds every target there is.
    pub(crate) everything: bool,
}

/// A group and every group below it.
pub(crate) fn with_sub_groups(groups: &[Group], id: GroupId) -> HashSet<GroupId> {
    let mut inside = HashSet::from([id]);
    // As often as there can be levels.
    for _ in 0..MAX_GROUP_DEPTH {
        for group in groups {
            if group.spec.parent.is_some_and(|parent| inside.contains(&parent)) {
                inside.insert(group.id);
            }
        }
    }
    inside
}

/// Whether a target is in a group or in one below it.
pub(crate) fn holds(groups: &[Group], id: GroupId, target: &Target) -> bool {
    if groups.iter().any(|g| g.id == id && g.spec.everything) {
        return true;
    }
    let inside = with_sub_groups(groups, id);
    target.spec.groups.iter().any(|g| inside.contains(g))
}

/// The tree, flat and in order.
pub(crate) fn branches(groups: &[Group], targets: &[Target]) -> Vec<Branch> {
    let mut all = Vec::with_capacity(groups.len());
    grow(groups, targets, None, 0, &mut all);
    all
}

fn grow(groups: &[Group], targets: &[Target], parent: Option<GroupId>, depth: usize, into: &mut Vec<Branch>) {
    if depth >= MAX_GROUP_DEPTH {
        return;
    }
    // A group whose parent is gone stands outermost rather than nowhere.
    let of = |group: &Group| group.spec.parent.filter(|p| groups.iter().any(|g| g.id == *p));
    let mut here: Vec<&Group> = groups.iter().filter(|g| of(g) == parent).collect();
    here.sort_by(|a, b| natural(&a.spec.name, &b.spec.name));
    for group in here {
        into.push(Branch {
            id: group.id,
            name: group.spec.name.clone(),
            aliases: group.spec.aliases.clone(),
            depth,
            count: targets.iter().filter(|t| holds(groups, group.id, t)).count(),
            everything: group.spec.everything,
        });
        grow(groups, targets, Some(group.id), depth + 1, into);
    }
}

/// The groups a group may be part of: not itself, none below it, and none that would make the tree too deep.
pub(crate) fn possible_parents(groups: &[Group], id: Option<GroupId>) -> Vec<&Group> {
    let below = id.map(|id| with_sub_groups(groups, id)).unwrap_or_default();
    let height = id.map_or(0, |id| height(groups, id));
    let fits = |group: &&Group| !below.contains(&group.id) && level(groups, group.id) + 1 + height < MAX_GROUP_DEPTH;
    let mut fitting: Vec<&Group> = groups.iter().filter(fits).collect();
    fitting.sort_by(|a, b| natural(&a.spec.name, &b.spec.name));
    fitting
}

/// How many groups lie above one.
fn level(groups: &[Group], id: GroupId) -> usize {
    let parent = |id: GroupId| groups.iter().find(|g| g.id == id).and_then(|g| g.spec.parent);
    std::iter::successors(parent(id), |above| parent(*above)).take(MAX_GROUP_DEPTH).count()
}

/// How many levels of groups lie below one.
fn height(groups: &[Group], id: GroupId) -> usize {
    fn below(groups: &[Group], id: GroupId, left: usize) -> usize {
        if left == 0 {
            return 0;
        }
        let children = groups.iter().filter(|g| g.spec.parent == Some(id));
        children.map(|g| 1 + below(groups, g.id, left - 1)).max().unwrap_or(0)
    }
    below(groups, id, MAX_GROUP_DEPTH)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use wheelhouse_protocol::TargetId;
    use wheelhouse_protocol::inventory::{GroupSpec, TargetSpec};

    fn id(n: u8) -> GroupId {
        GroupId::parse(&format!("00000000-0000-7000-8000-0000000000{n:02}")).unwrap()
    }

    fn group(n: u8, name: &str, parent: Option<u8>) -> Group {
        Group { id: id(n), spec: GroupSpec { name: name.to_owned(), parent: parent.map(id), ..GroupSpec::default() } }
    }

    fn target(name: &str, groups: &[u8]) -> Target {
        let spec = TargetSpec {
            name: name.to_owned(),
            groups: groups.iter().map(|g| id(*g)).collect(),
            ..TargetSpec::default()
        };
        let target = TargetId::parse("00000000-0000-7000-8000-0000000000ff").unwrap();
        Target { id: target, spec, facts: None, last_contact: None, last_failure: String::new() }
    }

    fn sites() -> Vec<Group> {
        vec![
            group(1, "web-10", Some(3)),
            group(2, "web-2", Some(3)),
            group(3, "web", None),
            group(4, "db", None),
            group(5, "canary", Some(2)),
        ]
    }

    #[test]
    fn the_tree_is_in_the_order_people_count_and_counts_what_is_below() {
        let targets = [target("a", &[1]), target("b", &[5]), target("c", &[3, 1]), target("d", &[])];
        let lines: Vec<(String, usize, usize)> =
            branches(&sites(), &targets).into_iter().map(|b| (b.name, b.depth, b.count)).collect();
        let expected = [("db", 0, 0), ("web", 0, 3), ("web-2", 1, 1), ("canary", 2, 1), ("web-10", 1, 2)];
        assert_eq!(lines, expected.map(|(n, d, c)| (n.to_owned(), d, c)), "a target in two sub-groups counts once");
    }

    #[test]
    fn a_group_of_everything_holds_what_is_in_no_group() {
        let mut groups = sites();
        groups[3].spec.everything = true;
        assert!(holds(&groups, id(4), &target("d", &[])));
        assert!(!holds(&groups, id(3), &target("d", &[])));
    }

    #[test]
    fn a_group_whose_parent_is_gone_is_still_seen() {
        let lines = branches(&[group(1, "orphan", Some(9))], &[]);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].depth, 0);
    }

    #[test]
    fn no_parent_makes_a_circle_or_a_fourth_level() {
        let groups = sites();
        let names =
            |of: Option<GroupId>| possible_parents(&groups, of).iter().map(|g| g.spec.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(None), ["db", "web", "web-2", "web-10"], "below canary there would be four levels");
        assert_eq!(names(Some(id(3))), Vec::<String>::new(), "web has two levels below it and must stay outermost");
        assert_eq!(names(Some(id(2))), ["db", "web"], "web-2 carries canary along");
    }
}
