//! One target: what is there, and what the import says.

use crate::imported::{ImportedConnection, ImportedTarget};
use crate::names::{is_ip, key, same, shown};
use std::collections::HashMap;
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, ImportRemark, ImportSeverity, Os, TargetSpec};
use wheelhouse_protocol::{CredentialId, GroupId};

/// The target as it would be, and what that changes, as `field: old → new`.
pub(super) fn united(
    target: &ImportedTarget,
    known: Option<&TargetSpec>,
    groups: &[GroupId],
    credential: Option<CredentialId>,
    names: &HashMap<GroupId, &str>,
    remarks: &mut Vec<ImportRemark>,
) -> (TargetSpec, Vec<String>) {
    let old = known.cloned().unwrap_or_else(|| TargetSpec { name: target.name.clone(), ..TargetSpec::default() });
    let mut new = old.clone();
    new.addresses = addresses(&target.addresses, &old.addresses);
    if target.os != Os::Unknown {
        new.os = target.os;
    }
    for tag in &target.tags {
        if !new.tags.iter().any(|t| same(t, tag)) {
            new.tags.push(tag.clone());
        }
    }
    for group in groups {
        if !new.groups.contains(group) {
            new.groups.push(*group);
        }
    }
    if let Some(environment) = &target.environment {
        new.environment = Some(environment.clone());
    }
    if let Some(maintenance) = target.maintenance {
        new.maintenance = maintenance;
    }
    if let Some(notes) = &target.notes {
        new.notes.clone_from(notes);
    }
    new.connections = connections(target, &old.connections, credential, remarks);
    let differences = known.map(|_| differences(&old, &new, names)).unwrap_or_default();
    (new, differences)
}

/// The imported addresses, then the known ones. The one that was dialled makes way for another of its
/// kind (an IP address for an IP address, a name for a name): it would be where the machine no longer is.
fn addresses(imported: &[String], known: &[String]) -> Vec<String> {
    let Some(first) = imported.first() else { return known.to_vec() };
    let mut out = imported.to_vec();
    for (n, address) in known.iter().enumerate() {
        let is_replaced = n == 0 && is_ip(address) == is_ip(first);
        if !is_replaced && !out.iter().any(|a| key(a) == key(address)) {
            out.push(address.clone());
        }
    }
    out
}

/// The ways to reach it: the imported ones first, each with what is known of that kind.
fn connections(
    target: &ImportedTarget,
    known: &[Connection],
    credential: Option<CredentialId>,
    remarks: &mut Vec<ImportRemark>,
) -> Vec<Connection> {
    let mut out: Vec<Connection> = Vec::new();
    let of_kind = |kind| known.iter().find(|c| c.kind == kind);
    for imported in &target.connections {
        let old = of_kind(imported.kind);
        if imported.assumed && old.is_none() && !known.is_empty() {
            if imported.port.is_some() || imported.user.is_some() {
                remarks.push(ImportRemark {
                    line: target.line,
                    severity: ImportSeverity::Note,
                    message: format!(
                        "{} names no connection; it would be {} here, but {} is known for it. That stays, without this port and user.",
                        shown(&target.name),
                        imported.kind,
                        known.first().map_or(imported.kind, |c| c.kind)
                    ),
                });
            }
            continue;
        }
        if out.iter().any(|c| c.kind == imported.kind) {
            continue;
        }
        out.push(connection_of(imported, old, credential));
    }
    let spoken = target.connections.iter().any(|c| !c.assumed);
    // An assumed protocol is no reason to prefer it to what is known.
    if spoken {
        for old in known {
            if out.iter().all(|c| c.kind != old.kind) {
                out.push(old.clone());
            }
        }
        out
    } else if known.is_empty() {
        out
    } else {
        known.iter().map(|old| out.iter().find(|c| c.kind == old.kind).unwrap_or(old).clone()).collect()
    }
}

fn connection_of(
    imported: &ImportedConnection,
    old: Option<&Connection>,
    credential: Option<CredentialId>,
) -> Connection {
    let mut new = old.cloned().unwrap_or_else(|| Connection::of(imported.kind));
    if let Some(port) = imported.port
        && port != new.effective_port()
    {
        new.port = Some(port);
    }
    if let Some(user) = &imported.user {
        new.user = Some(user.clone());
    }
    if new.kind != ConnectionKind::Local {
        new.credential = new.credential.or(credential);
    }
    new
}

/// What differs between the two, field by field.
fn differences(old: &TargetSpec, new: &TargetSpec, names: &HashMap<GroupId, &str>) -> Vec<String> {
    let mut out = Vec::new();
    let mut tell = |field: &str, old: String, new: String| {
        if old != new {
            out.push(format!("{field}: {} → {}", or_none(&old), or_none(&new)));
        }
    };
    tell("addresses", old.addresses.join(", "), new.addresses.join(", "));
    tell("system", old.os.to_string(), new.os.to_string());
    tell("connections", ways(&old.connections), ways(&new.connections));
    tell("groups", group_names(&old.groups, names).join(", "), group_names(&new.groups, names).join(", "));
    tell("tags", old.tags.join(", "), new.tags.join(", "));
    tell("environment", old.environment.clone().unwrap_or_default(), new.environment.clone().unwrap_or_default());
    tell("maintenance", yes_no(old.maintenance), yes_no(new.maintenance));
    tell("notes", first_line(&old.notes), first_line(&new.notes));
    // What is too long to show differs all the same.
    if old.notes != new.notes && first_line(&old.notes) == first_line(&new.notes) {
        out.push("notes: changed further down".to_owned());
    }
    let credential_set = |spec: &TargetSpec| spec.connections.iter().map(|c| c.credential).collect::<Vec<_>>();
    if ways(&old.connections) == ways(&new.connections) && credential_set(old) != credential_set(new) {
        out.push("credential: none → the chosen one".to_owned());
    }
    out
}

/// How a target would be reached: `SSH, port 22, as deploy`.
pub(super) fn connection(spec: &TargetSpec) -> String {
    spec.connections.first().map_or_else(|| "no connection".to_owned(), way)
}

fn ways(connections: &[Connection]) -> String {
    connections.iter().map(way).collect::<Vec<_>>().join("; ")
}

fn way(connection: &Connection) -> String {
    let port = match connection.effective_port() {
        0 => String::new(),
        port => format!(", port {port}"),
    };
    let user = connection.user.as_deref().map(|user| format!(", as {user}")).unwrap_or_default();
    format!("{}{port}{user}", connection.kind)
}

/// The names of groups, in the order of their ids in the target.
pub(super) fn group_names(groups: &[GroupId], names: &HashMap<GroupId, &str>) -> Vec<String> {
    groups.iter().filter_map(|g| names.get(g)).map(|name| (*name).to_owned()).collect()
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn yes_no(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(80).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
