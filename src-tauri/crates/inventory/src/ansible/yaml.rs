//! Ansible's YAML inventories, and those in JSON of the same shape.

use super::node::{self, Kind, Node};
use super::settle::settle;
use super::value::Value;
use super::{AnsibleDraft, GroupRef};
use crate::InventoryError;
use crate::imported::Imported;
use crate::names::shown;
use wheelhouse_protocol::inventory::ImportFormat;

/// Reads an inventory in YAML.
pub(crate) fn parse(text: &str) -> Result<Imported, InventoryError> {
    let (document, twice) = node::load(text)?;
    let mut read = AnsibleDraft::default();
    for twice in twice {
        let message = match twice.left_out {
            Some((key, line)) => {
                format!("{} is here twice: this one counts, as in Ansible; line {line} is left out.", shown(&key))
            }
            None => "A name is here twice: the last one counts, as in Ansible; the others are left out.".to_owned(),
        };
        read.draft.remarks.warning(twice.line, message);
    }
    let entries = match document.kind {
        Kind::Map(entries) => entries,
        Kind::List(_) => {
            return Err(shape(
                "it is a list, as a playbook is",
                "An inventory is a mapping of groups: “all:”, then “hosts:”.",
            ));
        }
        _ => return Err(shape("it is a single value", "An inventory is a mapping of groups: “all:”, then “hosts:”.")),
    };
    let has = |name: &str| entries.iter().any(|(key, _)| key.scalar() == Some(name));
    if has("plugin") {
        return Err(shape(
            "it configures an inventory plugin, which asks another system for the targets",
            "Let Ansible ask it: “ansible-inventory --list --yaml --export” writes an inventory that can be read.",
        ));
    }
    if has("_meta") {
        return Err(shape(
            "it is what “ansible-inventory --list” answers",
            "Write it with “ansible-inventory --list --yaml --export” instead.",
        ));
    }
    for (key, value) in &entries {
        group(&mut read, key, value, None)?;
    }
    settle(read)
}

fn shape(reason: &str, hint: &str) -> InventoryError {
    InventoryError::Shape { format: ImportFormat::AnsibleYaml, reason: reason.to_owned(), hint: hint.to_owned() }
}

/// Reads one group and, inside it, those that are part of it. The depth is bounded by [`node::load`].
fn group(read: &mut AnsibleDraft, key: &Node, value: &Node, parent: Option<GroupRef>) -> Result<(), InventoryError> {
    let Some(name) = key.scalar() else {
        read.draft
            .remarks
            .error(key.line, format!("A group's name must be one word, not {}. It is left out.", key.what()));
        return Ok(());
    };
    if !matches!(value.kind, Kind::Map(_) | Kind::Null) {
        read.draft.remarks.error(
            key.line,
            format!(
                "{} is left out: a group is a mapping with “hosts”, “vars” and “children”, not {}.",
                shown(name),
                value.what()
            ),
        );
        return Ok(());
    }
    let this = read.group(name, key.line)?;
    match (parent, this) {
        (Some(GroupRef::Group(parent)), GroupRef::Group(child)) => read.draft.add_child(parent, child, key.line)?,
        (Some(_), GroupRef::All) => {
            read.draft
                .remarks
                .error(key.line, "“all” holds every group and cannot be part of one. This link is left out.");
        }
        _ => {}
    }
    let Kind::Map(sections) = &value.kind else { return Ok(()) };
    for (section, content) in sections {
        match section.scalar() {
            Some("hosts") => hosts(read, this, name, content)?,
            Some("vars") => vars(read, this, name, content),
            Some("children") => children(read, this, name, content)?,
            Some(other) if crate::ansible::is_secret(other) => read.draft.remarks.warning(
                section.line,
                format!("A secret in {} is not read, and it is outside “vars”. Add it to the vault.", shown(name)),
            ),
            _ => read.draft.remarks.warning(
                section.line,
                format!(
                    "{} in {} is left out: a group has “hosts”, “vars” and “children”.",
                    what_key(section),
                    shown(name)
                ),
            ),
        }
    }
    Ok(())
}

/// The entries of a section: a mapping as it should be; a list or one name, which people also write.
fn entries<'a>(
    read: &mut AnsibleDraft,
    section: &str,
    group: &str,
    content: &'a Node,
) -> Vec<(&'a Node, Option<&'a Node>)> {
    match &content.kind {
        Kind::Null => Vec::new(),
        Kind::Map(entries) => entries.iter().map(|(key, value)| (key, Some(value))).collect(),
        Kind::Text(_) | Kind::Plain(_) => vec![(content, None)],
        Kind::List(items) => {
            read.draft.remarks.note(
                content.line,
                format!("“{section}” of {} is a list; Ansible wants a mapping (“name:” on each line). It is read all the same.", shown(group)),
            );
            let mut entries = Vec::new();
            for item in items {
                match &item.kind {
                    // `- web1: {ansible_port: 22}`
                    Kind::Map(inner) => entries.extend(inner.iter().map(|(key, value)| (key, Some(value)))),
                    Kind::Null => {}
                    _ => entries.push((item, None)),
                }
            }
            entries
        }
    }
}

fn hosts(read: &mut AnsibleDraft, this: GroupRef, group: &str, content: &Node) -> Result<(), InventoryError> {
    for (key, value) in entries(read, "hosts", group, content) {
        let Some(pattern) = key.scalar() else {
            read.draft
                .remarks
                .error(key.line, format!("A target's name must be one word, not {}. It is left out.", key.what()));
            continue;
        };
        if matches!(key.kind, Kind::Plain(_)) {
            read.draft.remarks.note(
                key.line,
                format!(
                    "{} is a number or truth value; Ansible wants quotes around it. It is read as a name.",
                    shown(pattern)
                ),
            );
        }
        let targets = read.hosts(pattern, this, key.line)?;
        if targets.is_empty() {
            continue;
        }
        match value.map(|v| &v.kind) {
            None | Some(Kind::Null) => {}
            Some(Kind::Map(variables)) => {
                let owner = shown(pattern);
                for (name, value) in variables {
                    match name.scalar() {
                        Some(text) => read.set_of_targets(&targets, &owner, text, &self::value(value), name.line),
                        None => not_a_name(read, name, &owner),
                    }
                }
            }
            Some(_) => read.draft.remarks.warning(
                key.line,
                format!("What stands behind {} is left out: a target has a mapping of variables.", shown(pattern)),
            ),
        }
    }
    Ok(())
}

fn vars(read: &mut AnsibleDraft, this: GroupRef, group: &str, content: &Node) {
    let owner = shown(group);
    match &content.kind {
        Kind::Null => {}
        Kind::Map(variables) => {
            for (name, value) in variables {
                match name.scalar() {
                    Some(text) => read.set_of_group(this, &owner, text, &self::value(value), name.line),
                    None => not_a_name(read, name, &owner),
                }
            }
        }
        _ => read.draft.remarks.warning(content.line, format!("“vars” of {owner} is left out: it must be a mapping.")),
    }
}

fn children(read: &mut AnsibleDraft, this: GroupRef, group: &str, content: &Node) -> Result<(), InventoryError> {
    let nothing = Node { line: content.line, tag: None, kind: Kind::Null };
    for (key, value) in entries(read, "children", group, content) {
        self::group(read, key, value.unwrap_or(&nothing), Some(this))?;
    }
    Ok(())
}

fn not_a_name(read: &mut AnsibleDraft, name: &Node, owner: &str) {
    read.draft.remarks.warning(name.line, format!("A variable of {owner} is left out: its name must be one word."));
}

fn what_key(key: &Node) -> String {
    key.scalar().map_or_else(|| "A key".to_owned(), shown)
}

/// A node as the value of a variable.
fn value(node: &Node) -> Value {
    let text = |node: &Node| node.scalar().map(str::to_owned);
    let is_encrypted = |node: &Node| {
        node.tag.as_deref().is_some_and(|tag| tag.contains("vault"))
            || node.scalar().is_some_and(|text| text.contains("$ANSIBLE_VAULT;"))
    };
    match &node.kind {
        _ if is_encrypted(node) => Value::Encrypted,
        Kind::Text(text) | Kind::Plain(text) => Value::Text(text.to_string()),
        Kind::Null => Value::Text(String::new()),
        Kind::List(items) if items.iter().any(is_encrypted) => Value::Encrypted,
        Kind::List(items) => items.iter().map(text).collect::<Option<Vec<_>>>().map_or(Value::Nested, Value::List),
        Kind::Map(_) => Value::Nested,
    }
}
