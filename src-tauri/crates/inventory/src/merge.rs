//! What taking an import in would do to the inventory that is there.
//!
//! Targets and groups are matched by name without regard to case. What the import does not speak of
//! stays; tags, groups and aliases are united; nothing is ever removed. Importing the same text twice
//! therefore changes nothing the second time.

mod parents;
mod target;

use crate::imported::{Imported, ImportedGroup, ImportedTarget};
use crate::names::{key, same, shown};
use parents::Parents;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;
use wheelhouse_protocol::inventory::{
    Group, GroupSpec, ImportChange, ImportFormat, ImportGroup, ImportPreview, ImportRemark, ImportSeverity,
    ImportTarget, Snapshot, Target, TargetSpec,
};
use wheelhouse_protocol::{CredentialId, GroupId, TargetId};

/// What there is to write, and how to show it first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merge {
    /// The targets that are new or change.
    pub targets: Vec<(TargetId, TargetSpec)>,
    /// The groups that are new or change, parents before their children.
    pub groups: Vec<Group>,
    /// Everything the import speaks of, with what would happen to it.
    pub preview: Preview,
}

/// The parts of an [`ImportPreview`] a merge knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// The targets in the text.
    pub targets: Vec<ImportTarget>,
    /// The groups in the text.
    pub groups: Vec<ImportGroup>,
    /// What needs a look.
    pub remarks: Vec<ImportRemark>,
}

impl Preview {
    /// The whole preview. `digest` is the SHA-256 of the text.
    pub fn complete(self, format: ImportFormat, digest: String) -> ImportPreview {
        ImportPreview { format, targets: self.targets, groups: self.groups, remarks: self.remarks, digest }
    }
}

/// Works out what taking `imported` in would do to `current`.
///
/// `new_ids` gives a fresh id for each target and group that is not there yet. `credential` is what the
/// imported connections log in with where none is chosen yet.
pub fn merge(
    imported: &Imported,
    current: &Snapshot,
    new_ids: &mut dyn FnMut() -> Uuid,
    credential: Option<CredentialId>,
) -> Merge {
    place(imported, current, &mut |_| new_ids(), credential)
}

/// The inventory a text makes alone, for planning without a store.
///
/// `ids` gives the id for `target:<name>` and `group:<name>`, names in lower case: the same for the same
/// name, so that a plan made twice is the same plan.
pub fn snapshot(imported: &Imported, ids: &mut dyn FnMut(&str) -> Uuid) -> Snapshot {
    let merge = place(imported, &Snapshot::default(), ids, None);
    let mut targets: Vec<Target> = merge
        .targets
        .into_iter()
        .map(|(id, spec)| Target { id, spec, facts: None, last_contact: None, last_failure: String::new() })
        .collect();
    let mut groups = merge.groups;
    targets.sort_by_cached_key(|t| key(&t.spec.name));
    groups.sort_by_cached_key(|g| key(&g.spec.name));
    Snapshot { targets, groups, services: imported.services.clone() }
}

fn place(
    imported: &Imported,
    current: &Snapshot,
    ids: &mut dyn FnMut(&str) -> Uuid,
    credential: Option<CredentialId>,
) -> Merge {
    let mut remarks = imported.remarks.clone();
    let known_groups: HashMap<String, &Group> = current.groups.iter().map(|g| (key(&g.spec.name), g)).collect();
    let id_of_group: HashMap<String, GroupId> = imported
        .groups
        .iter()
        .map(|g| {
            let id = known_groups.get(&key(&g.name)).map(|known| known.id);
            (key(&g.name), id.unwrap_or_else(|| GroupId(ids(&format!("group:{}", key(&g.name))))))
        })
        .collect();
    let parents = Parents::settle(imported, current, &id_of_group, &mut remarks);
    let mut merge = Merge::default();
    let names: HashMap<GroupId, &str> = current
        .groups
        .iter()
        .map(|g| (g.id, g.spec.name.as_str()))
        .chain(imported.groups.iter().filter_map(|g| {
            // A group that is there keeps its spelling.
            let known = known_groups.contains_key(&key(&g.name));
            id_of_group.get(&key(&g.name)).filter(|_| !known).map(|id| (*id, g.name.as_str()))
        }))
        .collect();
    let aliases: HashMap<String, &str> = current
        .groups
        .iter()
        .flat_map(|g| g.spec.aliases.iter().map(|alias| (key(alias), g.spec.name.as_str())))
        .collect();
    let members = members(imported);
    let mut groups = Vec::new();
    for group in &imported.groups {
        let Some(&id) = id_of_group.get(&key(&group.name)) else { continue };
        let known = known_groups.get(&key(&group.name)).copied();
        let spec = united(group, known, parents.parent(id));
        let change = match known {
            None => ImportChange::New,
            Some(known) if known.spec == spec => ImportChange::Same,
            Some(_) => ImportChange::Changed,
        };
        if let (None, Some(other)) = (known, aliases.get(&key(&group.name))) {
            remarks.push(also_an_alias(group, other));
        }
        merge.preview.groups.push(ImportGroup {
            name: spec.name.clone(),
            parent: spec.parent.and_then(|p| names.get(&p)).map(|name| (*name).to_owned()),
            members: if spec.everything {
                imported.targets.len()
            } else {
                members.get(&key(&group.name)).copied().unwrap_or_default()
            },
            change,
        });
        if change != ImportChange::Same {
            groups.push(Group { id, spec });
        }
    }
    groups.sort_by_key(|g| parents.depth(g.id));
    merge.groups = groups;

    let known_targets: HashMap<String, &Target> = current.targets.iter().map(|t| (key(&t.spec.name), t)).collect();
    for target in &imported.targets {
        let known = known_targets.get(&key(&target.name)).copied();
        let groups = direct_groups(target, &id_of_group, &parents);
        let (spec, differences) =
            target::united(target, known.map(|t| &t.spec), &groups, credential, &names, &mut remarks);
        let change = match known {
            None => ImportChange::New,
            Some(_) if differences.is_empty() => ImportChange::Same,
            Some(_) => ImportChange::Changed,
        };
        merge.preview.targets.push(ImportTarget {
            name: spec.name.clone(),
            address: spec.address().to_owned(),
            connection: target::connection(&spec),
            groups: target::group_names(&spec.groups, &names),
            change,
            differences,
        });
        if change != ImportChange::Same {
            let id = known.map_or_else(|| TargetId(ids(&format!("target:{}", key(&target.name)))), |t| t.id);
            merge.targets.push((id, spec));
        }
    }
    merge.preview.remarks = remarks;
    merge
}

/// A group as it would be: what is there, and what the import adds.
fn united(group: &ImportedGroup, known: Option<&Group>, parent: Option<GroupId>) -> GroupSpec {
    let mut spec =
        known.map_or_else(|| GroupSpec { name: group.name.clone(), ..GroupSpec::default() }, |k| k.spec.clone());
    for alias in &group.aliases {
        if !same(&spec.name, alias) && !spec.aliases.iter().any(|a| same(a, alias)) {
            spec.aliases.push(alias.clone());
        }
    }
    spec.parent = parent;
    spec.everything |= group.everything;
    spec
}

/// The groups a target is put in directly: those the import says, and those its groups could not be part of.
fn direct_groups(target: &ImportedTarget, ids: &HashMap<String, GroupId>, parents: &Parents) -> Vec<GroupId> {
    let mut groups: Vec<GroupId> = Vec::new();
    for id in target.groups.iter().filter_map(|name| ids.get(&key(name))) {
        for group in std::iter::once(*id).chain(parents.beside(*id).iter().copied()) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
    }
    groups
}

/// How many targets the import puts in each group, by the group's name in lower case.
fn members(imported: &Imported) -> HashMap<String, usize> {
    let parent: HashMap<String, Option<String>> =
        imported.groups.iter().map(|g| (key(&g.name), g.parent.as_deref().map(key))).collect();
    let mut members = HashMap::new();
    for target in &imported.targets {
        let mut all = BTreeSet::new();
        for group in &target.groups {
            let mut next = Some(key(group));
            while let Some(group) = next
                && all.insert(group.clone())
            {
                next = parent.get(&group).cloned().flatten();
            }
        }
        for group in all {
            *members.entry(group).or_default() += 1;
        }
    }
    members
}

/// A new group whose name is another group's alias would make requests ambiguous: worth knowing.
fn also_an_alias(group: &ImportedGroup, other: &str) -> ImportRemark {
    ImportRemark {
        line: group.line,
        severity: ImportSeverity::Note,
        message: format!(
            "The group {} is new, though {} also goes by that name: requests will mean the new one.",
            shown(&group.name),
            shown(other)
        ),
    }
}
