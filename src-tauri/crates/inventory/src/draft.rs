//! An inventory while it is being read: targets and groups by index, links as they come.

use crate::forest::Forest;
use crate::imported::{Imported, ImportedGroup, ImportedTarget};
use crate::names::{check_name, key, listed, same, shown};
use crate::remarks::Remarks;
use crate::{InventoryError, MAX_GROUPS, MAX_MEMBERSHIPS, MAX_TARGETS};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use wheelhouse_protocol::inventory::ConnectionKind;

/// How much walking the search for cycles may take: far beyond any real inventory, yet under a second.
const MAX_STEPS: usize = 20_000_000;

/// A group while it is being read. Other tools let it have several parents.
#[derive(Debug)]
pub(crate) struct DraftGroup {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) everything: bool,
    /// The groups it is part of, with the line that says so; free of cycles.
    pub(crate) parents: Vec<(usize, usize)>,
}

/// The inventory read so far.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The targets; their `groups` are filled in by [`Draft::finish`].
    pub(crate) targets: Vec<ImportedTarget>,
    /// The groups.
    pub(crate) groups: Vec<DraftGroup>,
    pub(crate) services: BTreeMap<String, Vec<String>>,
    pub(crate) remarks: Remarks,
    /// How many connections name which credential of the place where the text was written.
    pub(crate) credentials: BTreeMap<String, usize>,
    /// The groups each target is in directly, in the order of mention.
    pub(crate) groups_of: Vec<Vec<usize>>,
    target_by_key: HashMap<String, usize>,
    group_by_key: HashMap<String, usize>,
    memberships: HashSet<(usize, usize)>,
    links: HashSet<(usize, usize)>,
    steps: usize,
}

impl Draft {
    /// The target of this name, created if need be; `None`, with a remark, when it cannot be a name.
    pub(crate) fn target(&mut self, name: &str, line: usize) -> Result<Option<usize>, InventoryError> {
        let name = name.trim();
        if let Err(reason) = check_name("a target's name", name) {
            self.remarks.error(line, format!("{} is left out: {reason}.", shown(name)));
            return Ok(None);
        }
        if let Some(&known) = self.target_by_key.get(&key(name)) {
            self.tell_apart(line, "target", name, known);
            return Ok(Some(known));
        }
        if self.targets.len() == MAX_TARGETS {
            return Err(InventoryError::TooMany { what: "targets", limit: MAX_TARGETS });
        }
        self.target_by_key.insert(key(name), self.targets.len());
        self.targets.push(ImportedTarget { line, name: name.to_owned(), ..ImportedTarget::default() });
        self.groups_of.push(Vec::new());
        Ok(Some(self.targets.len() - 1))
    }

    /// The target of this name, if there is one.
    pub(crate) fn find_target(&self, name: &str) -> Option<usize> {
        self.target_by_key.get(&key(name)).copied()
    }

    /// The group of this name, created if need be; `None`, with a remark, when it cannot be a name.
    pub(crate) fn group(&mut self, name: &str, line: usize) -> Result<Option<usize>, InventoryError> {
        let name = name.trim();
        if let Err(reason) = check_name("a group's name", name) {
            self.remarks.error(line, format!("The group {} is left out: {reason}. Its targets are kept.", shown(name)));
            return Ok(None);
        }
        if let Some(&known) = self.group_by_key.get(&key(name)) {
            self.tell_apart(line, "group", name, known);
            return Ok(Some(known));
        }
        if self.groups.len() == MAX_GROUPS {
            return Err(InventoryError::TooMany { what: "groups", limit: MAX_GROUPS });
        }
        self.group_by_key.insert(key(name), self.groups.len());
        self.groups.push(DraftGroup {
            line,
            name: name.to_owned(),
            aliases: Vec::new(),
            everything: false,
            parents: Vec::new(),
        });
        Ok(Some(self.groups.len() - 1))
    }

    /// The group of this name, if there is one.
    pub(crate) fn find_group(&self, name: &str) -> Option<usize> {
        self.group_by_key.get(&key(name)).copied()
    }

    /// Gives a group another name, for formats whose own names are poorer than ours.
    pub(crate) fn rename_group(&mut self, group: usize, name: &str, line: usize) {
        let taken = self.group_by_key.get(&key(name)).is_some_and(|other| *other != group);
        match check_name("a group's name", name) {
            Err(reason) => self.remarks.warning(line, format!("{} is no name for a group: {reason}.", shown(name))),
            Ok(()) if taken => self.remarks.warning(line, format!("{} is another group's name.", shown(name))),
            Ok(()) => {
                self.group_by_key.remove(&key(&self.groups[group].name));
                self.group_by_key.insert(key(name), group);
                name.clone_into(&mut self.groups[group].name);
            }
        }
    }

    /// Gives a target another name, for formats whose own names are poorer than ours.
    pub(crate) fn rename_target(&mut self, target: usize, name: &str, line: usize) {
        let taken = self.target_by_key.get(&key(name)).is_some_and(|other| *other != target);
        match check_name("a target's name", name) {
            Err(reason) => self.remarks.warning(line, format!("{} is no name for a target: {reason}.", shown(name))),
            Ok(()) if taken => self.remarks.warning(line, format!("{} is another target's name.", shown(name))),
            Ok(()) => {
                self.target_by_key.remove(&key(&self.targets[target].name));
                self.target_by_key.insert(key(name), target);
                name.clone_into(&mut self.targets[target].name);
            }
        }
    }

    /// Puts a target in a group. Saying so twice changes nothing; whether it was new is the answer.
    pub(crate) fn add_member(&mut self, group: usize, target: usize) -> Result<bool, InventoryError> {
        if !self.memberships.insert((group, target)) {
            return Ok(false);
        }
        if self.memberships.len() > MAX_MEMBERSHIPS {
            return Err(InventoryError::TooMany { what: "memberships in groups", limit: MAX_MEMBERSHIPS });
        }
        self.groups_of[target].push(group);
        Ok(true)
    }

    /// Makes a group part of another, unless that closes a cycle: then a remark says so.
    pub(crate) fn add_child(&mut self, parent: usize, child: usize, line: usize) -> Result<(), InventoryError> {
        if self.links.contains(&(parent, child)) {
            return Ok(());
        }
        if parent == child || self.reaches(parent, child)? {
            let (p, c) = (shown(&self.groups[parent].name), shown(&self.groups[child].name));
            self.remarks
                .error(line, format!("{c} cannot be part of {p}: {p} is itself part of {c}. This link is left out."));
            return Ok(());
        }
        self.links.insert((parent, child));
        self.groups[child].parents.push((parent, line));
        Ok(())
    }

    /// Adds another name of a group.
    pub(crate) fn add_alias(&mut self, group: usize, alias: &str, line: usize) {
        let alias = alias.trim();
        if let Err(reason) = check_name("an alias", alias) {
            self.remarks.warning(line, format!("The alias {} is left out: {reason}.", shown(alias)));
            return;
        }
        let known = &mut self.groups[group];
        if !same(&known.name, alias) && !known.aliases.iter().any(|a| same(a, alias)) {
            known.aliases.push(alias.to_owned());
        }
    }

    /// Whether `from` is, directly or not, part of `to`.
    fn reaches(&mut self, from: usize, to: usize) -> Result<bool, InventoryError> {
        let mut seen = HashSet::from([from]);
        let mut open = vec![from];
        while let Some(group) = open.pop() {
            for &(parent, _) in &self.groups[group].parents {
                self.steps += 1;
                if self.steps > MAX_STEPS {
                    return Err(InventoryError::TooMany { what: "links between groups", limit: MAX_MEMBERSHIPS });
                }
                if parent == to {
                    return Ok(true);
                }
                if seen.insert(parent) {
                    open.push(parent);
                }
            }
        }
        Ok(false)
    }

    /// Says when a known name is spelled another way.
    fn tell_apart(&mut self, line: usize, what: &str, name: &str, known: usize) {
        let (first, first_line) = match what {
            "group" => (&self.groups[known].name, self.groups[known].line),
            _ => (&self.targets[known].name, self.targets[known].line),
        };
        if first != name {
            let (name, first) = (shown(name), shown(first));
            self.remarks.warning(
                line,
                format!("{name} and {first} (line {first_line}) are one {what} here: names are compared without regard to case."),
            );
        }
    }

    /// The finished inventory: groups as a tree, every target in every group the text puts it in.
    pub(crate) fn finish(mut self, forest: &Forest) -> Result<Imported, InventoryError> {
        let (mut steps, mut memberships) = (0, 0);
        for (target, direct) in self.targets.iter_mut().zip(&self.groups_of) {
            steps += direct.iter().map(|g| forest.beside(*g).len()).sum::<usize>();
            if steps > MAX_STEPS {
                return Err(InventoryError::TooMany { what: "memberships in groups", limit: MAX_MEMBERSHIPS });
            }
            let implied: HashSet<usize> = direct.iter().flat_map(|g| forest.chain(*g)).collect();
            let further: BTreeSet<usize> =
                direct.iter().flat_map(|g| forest.beside(*g)).copied().filter(|g| !implied.contains(g)).collect();
            target.groups = direct
                .iter()
                .copied()
                .chain(further)
                .filter(|g| !self.groups[*g].everything)
                .map(|g| self.groups[g].name.clone())
                .collect();
            memberships += target.groups.len();
            if memberships > MAX_MEMBERSHIPS {
                return Err(InventoryError::TooMany { what: "memberships in groups", limit: MAX_MEMBERSHIPS });
            }
        }
        for (name, count) in &self.credentials {
            let name = shown(name);
            self.remarks.note(
                0,
                format!(
                    "Where this was written, {count} connections used the credential {name}: choose one for them here."
                ),
            );
        }
        let is_here = |t: &&ImportedTarget| t.connections.first().is_some_and(|c| c.kind == ConnectionKind::Local);
        let here: Vec<&str> = self.targets.iter().filter(is_here).map(|t| t.name.as_str()).collect();
        if !here.is_empty() {
            let message =
                format!("What is run on these targets is run on the operator's own machine: {}.", listed(here));
            self.remarks.note(0, message);
        }
        if self.targets.is_empty() {
            self.remarks.warning(0, "There are no targets in this text.");
        }
        self.settle_aliases();
        let names: Vec<String> = self.groups.iter().map(|g| g.name.clone()).collect();
        let groups = self
            .groups
            .into_iter()
            .enumerate()
            .map(|(n, g)| ImportedGroup {
                line: g.line,
                name: g.name,
                aliases: g.aliases,
                parent: forest.parent(n).map(|p| names[p].clone()),
                everything: g.everything,
            })
            .collect();
        Ok(Imported { targets: self.targets, groups, services: self.services, remarks: self.remarks.into_vec() })
    }

    /// An alias that is another group's name would never be understood as this group.
    fn settle_aliases(&mut self) {
        for n in 0..self.groups.len() {
            let (taken, free): (Vec<String>, Vec<String>) = std::mem::take(&mut self.groups[n].aliases)
                .into_iter()
                .partition(|alias| self.group_by_key.get(&key(alias)).is_some_and(|other| *other != n));
            self.groups[n].aliases = free;
            if !taken.is_empty() {
                let (line, name) = (self.groups[n].line, shown(&self.groups[n].name));
                let taken = listed(taken.iter().map(String::as_str));
                self.remarks
                    .warning(line, format!("Aliases of {name} are left out, as other groups have that name: {taken}."));
            }
        }
    }
}
