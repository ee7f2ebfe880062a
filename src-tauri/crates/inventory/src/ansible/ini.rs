//! Ansible's INI inventories.

use super::settle::settle;
use super::value::Value;
use super::words::{self, Unfinished};
use super::{AnsibleDraft, GroupRef};
use crate::imported::Imported;
use crate::names::shown;
use crate::{InventoryError, text};

/// What the lines of a section are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Section {
    /// Hosts of this group.
    Hosts(GroupRef),
    /// Variables of the group of this name, which may be declared further down.
    Vars(String),
    /// Groups that are part of the group of this name.
    Children(String),
    /// Nobody can say what they are.
    Unknown,
}

/// Lines that can only be understood once every group is known.
#[derive(Debug)]
struct Later<'a> {
    line: usize,
    group: String,
    text: &'a str,
}

/// Reads an inventory in INI.
pub(crate) fn parse(text: &str) -> Result<Imported, InventoryError> {
    let mut read = AnsibleDraft::default();
    let mut section = Section::Hosts(GroupRef::Ungrouped);
    let (mut variables, mut children) = (Vec::new(), Vec::new());
    for (number, line) in text::lines(text) {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with('[')
            && let Some(inside) = header(line)
        {
            section = open(&mut read, inside, number)?;
            continue;
        }
        match &section {
            Section::Hosts(group) => hosts(&mut read, *group, line, number)?,
            Section::Vars(group) => variables.push(Later { line: number, group: group.clone(), text: line }),
            Section::Children(group) => children.push(Later { line: number, group: group.clone(), text: line }),
            Section::Unknown => {}
        }
    }
    for child in children {
        link(&mut read, &child)?;
    }
    for variable in variables {
        set(&mut read, &variable);
    }
    settle(read)
}

/// What is between the brackets, if the line is a section's header. `[2001:db8::1]:22` is a host.
fn header(line: &str) -> Option<&str> {
    let (inside, after) = line.strip_prefix('[')?.split_once(']')?;
    let after = after.trim_start();
    (after.is_empty() || after.starts_with('#') || after.starts_with(';')).then_some(inside)
}

/// Begins a section.
fn open(read: &mut AnsibleDraft, inside: &str, line: usize) -> Result<Section, InventoryError> {
    let (name, kind) = inside.split_once(':').unwrap_or((inside, "hosts"));
    if name.is_empty() || name.contains(char::is_whitespace) {
        read.draft.remarks.error(
            line,
            format!(
                "{} cannot be a section: a group's name in INI has no blanks. Its hosts are kept without it.",
                shown(inside)
            ),
        );
        // What follows is not of the section before.
        return Ok(if kind == "hosts" { Section::Hosts(GroupRef::Refused) } else { Section::Unknown });
    }
    Ok(match kind {
        "hosts" => Section::Hosts(read.group(name, line)?),
        "children" => {
            read.group(name, line)?;
            Section::Children(name.to_owned())
        }
        "vars" => Section::Vars(name.to_owned()),
        kind => {
            read.draft.remarks.error(
                line,
                format!(
                    "{} is no kind of section (hosts, children, vars): it is left out up to the next one.",
                    shown(kind)
                ),
            );
            Section::Unknown
        }
    })
}

/// Reads a line of hosts: a pattern, then variables.
fn hosts(read: &mut AnsibleDraft, group: GroupRef, line: &str, number: usize) -> Result<(), InventoryError> {
    // What follows the name may hold a password in pieces, so no remark quotes it.
    let words = match words::split(line) {
        Ok(words) => words,
        Err(unfinished) => {
            let what = match unfinished {
                Unfinished::Quote => "a quote is opened and not closed",
                Unfinished::Escape => "it ends with a backslash",
            };
            read.draft.remarks.error(number, format!("This line is left out: {what}."));
            return Ok(());
        }
    };
    let Some((pattern, assignments)) = words.split_first() else { return Ok(()) };
    if pattern == "---" {
        read.draft.remarks.error(number, "“---” begins a YAML file: choose Ansible YAML if this is one.");
        return Ok(());
    }
    let targets = read.hosts(pattern, group, number)?;
    if targets.is_empty() {
        return Ok(());
    }
    let owner = shown(pattern);
    for (n, assignment) in assignments.iter().enumerate() {
        match assignment.split_once('=') {
            Some((name, value)) => read.set_of_targets(&targets, &owner, name, &Value::from_ini(value), number),
            None => read
                .draft
                .remarks
                .warning(number, format!("Word {} behind {owner} is left out: it is not written name=value.", n + 1)),
        }
    }
    Ok(())
}

/// Makes a group part of another.
fn link(read: &mut AnsibleDraft, later: &Later<'_>) -> Result<(), InventoryError> {
    let child = later.text.split(['#', ' ', '\t']).next().unwrap_or_default();
    let rest = later.text[child.len()..].trim_start();
    if !rest.is_empty() && !rest.starts_with('#') {
        read.draft
            .remarks
            .error(later.line, "This line is left out: in a children section each line is one group's name.");
        return Ok(());
    }
    let parent = read.find_group(&later.group);
    match (parent, read.find_group(child)) {
        (Some(GroupRef::Group(parent)), Some(GroupRef::Group(child))) => {
            read.draft.add_child(parent, child, later.line)
        }
        (_, None) => {
            read.draft.remarks.error(
                later.line,
                format!(
                    "{} is left out of {}: there is no group of that name in this text.",
                    shown(child),
                    shown(&later.group)
                ),
            );
            Ok(())
        }
        (_, Some(GroupRef::All)) => {
            read.draft
                .remarks
                .error(later.line, "“all” holds every group and cannot be part of one. This link is left out.");
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Sets a variable of a group.
fn set(read: &mut AnsibleDraft, later: &Later<'_>) {
    let owner = shown(&later.group);
    let Some((name, value)) = later.text.split_once('=') else {
        read.draft
            .remarks
            .error(later.line, format!("A variable of {owner} is left out: it is not written name=value."));
        return;
    };
    match read.find_group(&later.group) {
        Some(group) => read.set_of_group(group, &owner, name.trim(), &Value::from_ini(value), later.line),
        None => read
            .draft
            .remarks
            .error(later.line, format!("A variable is left out: there is no group {owner} in this text.")),
    }
}
