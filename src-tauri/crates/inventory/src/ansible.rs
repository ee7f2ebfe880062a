//! Ansible's static inventories: what INI and YAML share.
//!
//! Variables are read where they are defined (so that a remark has its line), kept only where they
//! say how to reach a target, and settled per target at the end by Ansible's precedence: the
//! target's own, then its groups from the innermost outwards, then `all`.

pub(crate) mod ini;
mod node;
mod pattern;
mod settle;
mod value;
mod variables;
mod words;
pub(crate) mod yaml;

pub(crate) use pattern::port;
pub(crate) use variables::{flag, is_secret};

use crate::InventoryError;
use crate::draft::Draft;
use crate::names::{check_name, listed, shown};
use std::collections::BTreeMap;
use value::Value;
use variables::Variables;

/// How many different names of variables that are left out are remembered, to be told together.
const MAX_OTHERS: usize = 500;

/// Which group a section speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GroupRef {
    /// `all`: no group here, as everything is in it.
    All,
    /// `ungrouped`: no group here either.
    Ungrouped,
    /// This one.
    Group(usize),
    /// One whose name cannot be used; its targets are kept.
    Refused,
}

/// An Ansible inventory while it is being read.
#[derive(Debug, Default)]
struct AnsibleDraft {
    draft: Draft,
    /// Each target's own variables.
    of_target: Vec<Variables>,
    /// Each group's variables.
    of_group: Vec<Variables>,
    of_all: Variables,
    of_ungrouped: Variables,
    /// Variables that do not say how to reach a target, with the line of their first mention.
    others: BTreeMap<String, usize>,
    /// Whose private keys are told by a file's name, and where.
    key_owners: Vec<(String, usize)>,
    /// Where privilege escalation is first asked for.
    becomes: Option<usize>,
}

impl AnsibleDraft {
    fn group(&mut self, name: &str, line: usize) -> Result<GroupRef, InventoryError> {
        Ok(match name {
            "all" => GroupRef::All,
            "ungrouped" => GroupRef::Ungrouped,
            name => match self.draft.group(name, line)? {
                Some(group) => {
                    self.of_group.resize_with(self.draft.groups.len(), Variables::default);
                    GroupRef::Group(group)
                }
                None => GroupRef::Refused,
            },
        })
    }

    fn find_group(&self, name: &str) -> Option<GroupRef> {
        match name {
            "all" => Some(GroupRef::All),
            "ungrouped" => Some(GroupRef::Ungrouped),
            name => self.draft.find_group(name).map(GroupRef::Group),
        }
    }

    /// Puts the targets a pattern names in a group; those that cannot be names are remarked on and missing.
    fn hosts(&mut self, pattern: &str, group: GroupRef, line: usize) -> Result<Vec<usize>, InventoryError> {
        let pattern::Hosts { names, port } = match pattern::expand(pattern) {
            Ok(hosts) => hosts,
            Err(reason) => {
                self.draft.remarks.error(line, format!("{} is left out: {reason}.", shown(pattern)));
                return Ok(Vec::new());
            }
        };
        let mut targets = Vec::with_capacity(names.len());
        for name in names {
            if let Some(name_of) = self.draft.find_target(&name)
                && let Some(Ok(_)) = port
            {
                let name = shown(&self.draft.targets[name_of].name);
                self.draft.remarks.note(
                    line,
                    format!("The port of {name} is not changed here: as in Ansible, only the first mention's counts."),
                );
            }
            let known = self.draft.targets.len();
            let Some(target) = self.draft.target(&name, line)? else { continue };
            if self.draft.targets.len() > known {
                let mut own = Variables::default();
                match &port {
                    Some(Ok(port)) => own.put("ansible_port", port.to_string()),
                    Some(Err(reason)) => {
                        let name = shown(&name);
                        self.draft.remarks.warning(line, format!("The port of {name} is left out: {reason}."));
                        own.hide("ansible_port");
                    }
                    None => {}
                }
                self.of_target.push(own);
            }
            if let GroupRef::Group(group) = group
                && !self.draft.add_member(group, target)?
            {
                let (name, group) = (shown(&self.draft.targets[target].name), shown(&self.draft.groups[group].name));
                self.draft.remarks.note(line, format!("{name} is in {group} twice."));
            }
            targets.push(target);
        }
        Ok(targets)
    }

    /// Sets a variable of some targets, which are `owner` in remarks.
    fn set_of_targets(&mut self, targets: &[usize], owner: &str, name: &str, value: &Value, line: usize) {
        if let Some((name, stored)) = self.read(owner, name, value, line) {
            for target in targets {
                self.of_target[*target].set(name, stored.clone());
            }
        }
    }

    /// Sets a variable of a group.
    fn set_of_group(&mut self, group: GroupRef, owner: &str, name: &str, value: &Value, line: usize) {
        if let Some((name, stored)) = self.read(owner, name, value, line) {
            let variables = match group {
                GroupRef::All => &mut self.of_all,
                GroupRef::Ungrouped => &mut self.of_ungrouped,
                GroupRef::Group(group) => &mut self.of_group[group],
                GroupRef::Refused => return,
            };
            variables.set(name, stored);
        }
    }

    /// A variable as it is kept, if it is; a remark otherwise.
    fn read(
        &mut self,
        owner: &str,
        name: &str,
        value: &Value,
        line: usize,
    ) -> Option<(&'static str, variables::Stored)> {
        use variables::Meaning;
        match variables::meaning(name) {
            Meaning::Kept(name) => {
                let stored = variables::read(name, value).unwrap_or_else(|remark| {
                    self.draft.remarks.warning(line, format!("“{name}” of {owner} {remark}"));
                    variables::Stored::Hidden
                });
                return Some((name, stored));
            }
            Meaning::Secret => self.draft.remarks.warning(
                line,
                format!(
                    "“{}” of {owner} is a secret: its value is not read. Add it to the vault and choose it for the target.",
                    plain_name(name)
                ),
            ),
            Meaning::KeyFile => self.key_owners.push((owner.to_owned(), line)),
            Meaning::SshOptions => self.draft.remarks.warning(
                line,
                format!("SSH options of {owner} are left out (“{}”), jump hosts among them.", plain_name(name)),
            ),
            Meaning::Become => {
                self.becomes.get_or_insert(line);
            }
            Meaning::Other => {
                if self.others.len() < MAX_OTHERS && check_name("", name).is_ok() {
                    self.others.entry(name.to_owned()).or_insert(line);
                }
            }
        }
        None
    }

    /// What is told once about the whole text.
    fn closing_remarks(&mut self) {
        if let Some(line) = self.becomes {
            self.draft.remarks.note(
                line,
                "Variables about becoming another user are left out: whether a step needs root is decided step by step.",
            );
        }
        if let Some((_, line)) = self.key_owners.first() {
            let owners = listed(self.key_owners.iter().map(|(owner, _)| owner.as_str()));
            self.draft.remarks.note(
                *line,
                format!("Files of private keys are not read ({owners}): add them to the vault and choose them for the targets."),
            );
        }
        if let Some(line) = self.others.values().min().copied() {
            let names = listed(self.others.keys().map(String::as_str));
            self.draft
                .remarks
                .note(line, format!("Variables that do not say how to reach a target are left out: {names}."));
        }
    }
}

/// A variable's name for a remark; whatever is no plain name may be something else altogether.
fn plain_name(name: &str) -> &str {
    if name.len() <= 80 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') { name } else { "…" }
}
