//! The inventory, indexed by what people call things.

use crate::machines::Set;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use wheelhouse_protocol::GroupId;
use wheelhouse_protocol::inventory::{ConnectionKind, Os, Snapshot, Target};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Named {
    Host(usize),
    Group(usize),
    Tag(usize),
    Environment(usize),
}

/// One group, with every target in it and in its sub-groups.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) members: Set,
    pub(crate) everything: bool,
}

/// The inventory, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Roster {
    pub(crate) targets: Vec<Target>,
    pub(crate) groups: Vec<Group>,
    pub(crate) tags: Vec<(String, Set)>,
    pub(crate) environments: Vec<(String, Set)>,
    /// Exact names and addresses, in lower case.
    hosts: HashMap<String, usize>,
    /// Names without case and separators; several when they clash.
    keys: HashMap<String, Vec<Named>>,
    longest_key: usize,
    every: Set,
    none: Set,
    systems: HashMap<Os, Set>,
    /// Every key with which characters it has, by its length: what a mistyped name is compared with.
    by_length: HashMap<usize, Vec<(u64, String)>>,
}

/// A name without case and without what people leave out or put in: spaces, hyphens, underscores.
pub(crate) fn key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | ':')).flat_map(char::to_lowercase).collect()
}

impl Roster {
    /// Indexes an inventory.
    pub(crate) fn new(snapshot: &Snapshot, machine_nouns: &HashSet<String>) -> Self {
        let targets = snapshot.targets.clone();
        let groups = groups(snapshot);
        let mut tags: Vec<(String, Set)> = Vec::new();
        let mut environments: Vec<(String, Set)> = Vec::new();
        let mut hosts = HashMap::new();
        for (i, target) in targets.iter().enumerate() {
            hosts.insert(target.spec.name.to_lowercase(), i);
            target.spec.tags.iter().for_each(|tag| add(&mut tags, tag, i));
            target.spec.environment.iter().for_each(|env| add(&mut environments, env, i));
        }
        for (i, target) in targets.iter().enumerate() {
            for address in &target.spec.addresses {
                hosts.entry(address.to_lowercase()).or_insert(i);
            }
        }
        let mut systems: HashMap<Os, Set> = HashMap::new();
        for (i, target) in targets.iter().enumerate() {
            systems.entry(target.spec.os).or_default().insert(i);
        }
        let mut roster = Self {
            every: (0..targets.len()).collect(),
            none: Set::default(),
            systems,
            targets,
            groups,
            tags,
            environments,
            hosts,
            keys: HashMap::new(),
            longest_key: 0,
            by_length: HashMap::new(),
        };
        roster.index(machine_nouns);
        roster
    }

    fn index(&mut self, machine_nouns: &HashSet<String>) {
        let mut names: Vec<(String, Named)> = Vec::new();
        for (i, group) in self.groups.iter().enumerate() {
            for name in std::iter::once(&group.name).chain(&group.aliases) {
                for variant in variants(name) {
                    names.push((variant, Named::Group(i)));
                }
            }
        }
        for (i, target) in self.targets.iter().enumerate() {
            names.push((target.spec.name.clone(), Named::Host(i)));
            // `web-01` for `web-01.example.org`, unless that is another machine.
            if let Some((label, _)) = target.spec.name.split_once('.')
                && label.parse::<u32>().is_err()
            {
                names.push((label.to_owned(), Named::Host(i)));
            }
        }
        for (i, (tag, _)) in self.tags.iter().enumerate() {
            names.push((tag.clone(), Named::Tag(i)));
        }
        for (i, (environment, _)) in self.environments.iter().enumerate() {
            names.push((environment.clone(), Named::Environment(i)));
        }
        for (name, named) in names {
            self.add_key(key(&name), named);
        }
        // "web" for "web servers", where nothing else goes by it.
        for i in 0..self.groups.len() {
            let group = &self.groups[i];
            if group.everything {
                continue;
            }
            let names: Vec<String> =
                std::iter::once(&group.name).chain(&group.aliases).map(|n| n.to_lowercase()).collect();
            for name in names {
                let Some((head, last)) = name.rsplit_once([' ', '-', '_']) else { continue };
                let head = key(head);
                if machine_nouns.contains(last) && !self.keys.contains_key(&head) {
                    self.add_key(head, Named::Group(i));
                }
            }
        }
        for key in self.keys.keys() {
            self.by_length.entry(key.chars().count()).or_default().push((characters(key), key.clone()));
        }
    }

    fn add_key(&mut self, key: String, named: Named) {
        if key.is_empty() {
            return;
        }
        self.longest_key = self.longest_key.max(key.chars().count());
        let list = self.keys.entry(key).or_default();
        if !list.contains(&named) {
            list.push(named);
        }
    }

    /// The host with exactly this name or address.
    pub(crate) fn host(&self, name: &str) -> Option<usize> {
        self.hosts.get(&name.to_lowercase()).copied()
    }

    /// What goes by this name, give or take case, spaces and hyphens.
    pub(crate) fn named(&self, name: &str) -> &[Named] {
        // A pattern is no name, though its letters may be one's.
        if name.contains(['*', '?', '[', '{']) {
            return &[];
        }
        let key = key(name);
        if key.chars().count() > self.longest_key {
            return &[];
        }
        self.keys.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The tag with this name.
    pub(crate) fn tag(&self, name: &str) -> Option<Named> {
        self.tags.iter().position(|(tag, _)| tag.eq_ignore_ascii_case(name)).map(Named::Tag)
    }

    /// Everything it goes by.
    pub(crate) fn names_of(&self, named: Named) -> Vec<String> {
        match named {
            Named::Group(i) => {
                let group = &self.groups[i];
                std::iter::once(&group.name).chain(&group.aliases).cloned().collect()
            }
            other => vec![self.display(other)],
        }
    }

    /// The targets something stands for.
    pub(crate) fn members(&self, named: Named) -> Cow<'_, Set> {
        match named {
            Named::Host(i) => Cow::Owned(Set::from_iter([i])),
            Named::Group(i) => Cow::Borrowed(&self.groups[i].members),
            Named::Tag(i) => Cow::Borrowed(&self.tags[i].1),
            Named::Environment(i) => Cow::Borrowed(&self.environments[i].1),
        }
    }

    /// The targets with this operating system.
    pub(crate) fn with_os(&self, os: Os) -> &Set {
        self.systems.get(&os).unwrap_or(&self.none)
    }

    /// The operator's own machine, if it is a target.
    pub(crate) fn here(&self) -> Option<usize> {
        self.targets.iter().position(|t| t.spec.connections.iter().any(|c| c.kind == ConnectionKind::Local))
    }

    /// Every target.
    pub(crate) fn all(&self) -> &Set {
        &self.every
    }

    /// The group that holds every target, if there is one.
    pub(crate) fn everything(&self) -> Option<usize> {
        self.groups.iter().position(|g| g.everything)
    }

    /// Groups and hosts whose names are near a mistyped one, nearest first, with their distance.
    pub(crate) fn near(&self, name: &str) -> Vec<(usize, Named)> {
        let wanted = key(name);
        let length = wanted.chars().count();
        let reach = match length {
            0..=3 => 0,
            4..=8 => 1,
            _ => 2,
        };
        let mask = characters(&wanted);
        let mut near: Vec<(usize, Named)> = (length.saturating_sub(reach)..=length + reach)
            .filter_map(|n| self.by_length.get(&n))
            .flatten()
            // Each wrong letter takes one character away and brings one in, at most.
            .filter(|(other, _)| (mask ^ other).count_ones() as usize <= 2 * reach)
            .filter_map(|(_, candidate)| {
                let distance = strsim::damerau_levenshtein(candidate, &wanted);
                let named = self.keys.get(candidate)?;
                (distance > 0 && distance <= reach).then_some((distance, named))
            })
            .flat_map(|(distance, named)| named.iter().map(move |n| (distance, *n)))
            .filter(|(_, named)| matches!(named, Named::Host(_) | Named::Group(_)))
            .collect();
        near.sort_by_key(|(distance, named)| (*distance, self.display(*named)));
        near.dedup_by_key(|(_, named)| *named);
        near
    }

    /// What something is called in the inventory.
    pub(crate) fn display(&self, named: Named) -> String {
        match named {
            Named::Host(i) => self.targets[i].spec.name.clone(),
            Named::Group(i) => self.groups[i].name.clone(),
            Named::Tag(i) => self.tags[i].0.clone(),
            Named::Environment(i) => self.environments[i].0.clone(),
        }
    }
}

/// Which characters a key has, as a set of 64: the letters and digits, and the rest folded.
fn characters(key: &str) -> u64 {
    key.chars().fold(0, |mask, c| {
        let bit = match c {
            'a'..='z' => c as u32 - 'a' as u32,
            '0'..='9' => 26 + (c as u32 - '0' as u32),
            other => 36 + other as u32 % 28,
        };
        mask | 1 << bit
    })
}

fn add(list: &mut Vec<(String, Set)>, name: &str, target: usize) {
    match list.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, members)) => {
            members.insert(target);
        }
        None => list.push((name.to_owned(), Set::from_iter([target]))),
    }
}

/// The groups with all their members: direct ones, and those of sub-groups.
fn groups(snapshot: &Snapshot) -> Vec<Group> {
    let place: HashMap<GroupId, usize> = snapshot.groups.iter().enumerate().map(|(i, g)| (g.id, i)).collect();
    let mut groups: Vec<Group> = snapshot
        .groups
        .iter()
        .map(|g| Group {
            name: g.spec.name.clone(),
            aliases: g.spec.aliases.clone(),
            members: if g.spec.everything { (0..snapshot.targets.len()).collect() } else { Set::default() },
            everything: g.spec.everything,
        })
        .collect();
    for (i, target) in snapshot.targets.iter().enumerate() {
        for id in &target.spec.groups {
            let mut next = Some(*id);
            let mut seen = HashSet::new();
            while let Some(id) = next.filter(|id| seen.insert(*id)) {
                let Some(&at) = place.get(&id) else { break };
                groups[at].members.insert(i);
                next = snapshot.groups[at].spec.parent;
            }
        }
    }
    groups
}

/// A group's name, and the same in the singular or plural of its last word.
fn variants(name: &str) -> Vec<String> {
    let mut variants = vec![name.to_owned()];
    match name.strip_suffix('s') {
        Some(singular) if singular.len() >= 3 && !singular.ends_with('s') => variants.push(singular.to_owned()),
        _ if name.len() >= 3 && name.ends_with(char::is_alphabetic) => variants.push(format!("{name}s")),
        _ => {}
    }
    variants
}

/// Hosts a range or pattern names: `web-0[1-3]`, `web-[01:03]`, `db-{1,2}`, `web-{01..03}`, `web-*`.
/// `None` when it is not a pattern; unknown names are given back too.
pub(crate) fn expand(roster: &Roster, pattern: &str) -> Option<Vec<Result<usize, String>>> {
    if pattern.contains('*') && pattern.chars().any(char::is_alphanumeric) {
        let pieces: Vec<String> = pattern.to_lowercase().split('*').map(str::to_owned).collect();
        let mut found: Vec<_> = roster
            .targets
            .iter()
            .enumerate()
            .filter(|(_, t)| glob(&pieces, &t.spec.name.to_lowercase()))
            .map(|(i, _)| Ok(i))
            .collect();
        if found.is_empty() {
            found.push(Err(pattern.to_owned()));
        }
        return Some(found);
    }
    let open = pattern.find(['[', '{'])?;
    let close = open + pattern[open..].find([']', '}'])?;
    let (head, body, tail) = (&pattern[..open], &pattern[open + 1..close], &pattern[close + 1..]);
    let mut names = Vec::new();
    for part in body.split(',') {
        let bounds = ["..", ":", "-"].iter().find_map(|mark| part.split_once(mark));
        match bounds.map(|(from, to)| (from, from.parse::<u32>(), to.parse::<u32>())) {
            Some((from, Ok(first), Ok(last))) if first <= last && last - first < 1000 => {
                let width = if from.starts_with('0') { from.len() } else { 0 };
                names.extend((first..=last).map(|n| format!("{head}{n:0width$}{tail}")));
            }
            Some(_) => return Some(vec![Err(pattern.to_owned())]),
            None => names.push(format!("{head}{part}{tail}")),
        }
    }
    Some(names.into_iter().map(|name| roster.host(&name).ok_or(name)).collect())
}

/// The hosts from one to another by the number at the end of their names; `to` may be the number alone.
pub(crate) fn range(roster: &Roster, from: &str, to: &str) -> Option<Vec<Result<usize, String>>> {
    let split = |name: &str| {
        let digits = name.len() - name.chars().rev().take_while(char::is_ascii_digit).count();
        (name[..digits].to_owned(), name[digits..].to_owned())
    };
    let ((stem, first), (other, last)) = (split(from), split(to));
    if stem.is_empty() || first.is_empty() || last.is_empty() || stem.contains('.') || first.len() > 6 || last.len() > 6
    {
        return None;
    }
    if !other.is_empty() && !other.eq_ignore_ascii_case(&stem) {
        return None;
    }
    // The first one must be there: "copy a1 to b2" is no range.
    roster.host(from)?;
    let (low, high) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
    if low > high || high - low >= 1000 {
        return Some(vec![Err(format!("{from}–{to}"))]);
    }
    let width = first.len();
    Some((low..=high).map(|n| format!("{stem}{n:0width$}")).map(|name| roster.host(&name).ok_or(name)).collect())
}

fn glob(pieces: &[String], name: &str) -> bool {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return false };
    if name.len() < first.len() + last.len() || !name.starts_with(first) || !name.ends_with(last) {
        return false;
    }
    let mut rest = &name[first.len()..name.len() - last.len()];
    for piece in &pieces[1..pieces.len() - 1] {
        match rest.find(piece.as_str()) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}
