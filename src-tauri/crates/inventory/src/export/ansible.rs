//! Ansible's formats.
//!
//! Ansible's names are plain (`web_servers`); the real ones stand beside them as variables.

use super::writing;
use crate::InventoryError;
use crate::names::{check_address, is_ip, key};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, ImportFormat, Os, Snapshot, TargetSpec};
use wheelhouse_protocol::{CredentialId, GroupId};

const GREETING: &str = "# Written by Wheelhouse. What is secret is in its vault, not here.\n";

/// The value of a variable.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Port(u16),
    Flag(bool),
    List(Vec<String>),
}

type Variables = BTreeMap<&'static str, Value>;

/// An inventory under names that are fit for Ansible.
struct Inventory {
    hosts: Vec<(String, Variables)>,
    groups: Vec<Group>,
}

struct Group {
    name: String,
    variables: Variables,
    hosts: Vec<String>,
    children: Vec<usize>,
    is_top: bool,
}

/// Writes INI: first every host with its variables, then the groups.
pub(super) fn ini(snapshot: &Snapshot, credential_name: &dyn Fn(CredentialId) -> Option<String>) -> String {
    let inventory = Inventory::of(snapshot, credential_name);
    let mut out = GREETING.to_owned();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    for (name, variables) in &inventory.hosts {
        let mut text = name.clone();
        for (name, value) in variables {
            text.push_str(&format!(" {name}={}", quoted(&literal(value))));
        }
        line(&text);
    }
    for group in &inventory.groups {
        line(&format!("\n[{}]", group.name));
        group.hosts.iter().for_each(|host| line(host));
        if !group.children.is_empty() {
            line(&format!("\n[{}:children]", group.name));
            group.children.iter().for_each(|child| line(&inventory.groups[*child].name));
        }
        if !group.variables.is_empty() {
            line(&format!("\n[{}:vars]", group.name));
            for (name, value) in &group.variables {
                line(&format!("{name}={}", literal(value)));
            }
        }
    }
    out
}

/// Writes YAML: `all`, its hosts with their variables, and the tree of groups.
pub(super) fn yaml(
    snapshot: &Snapshot,
    credential_name: &dyn Fn(CredentialId) -> Option<String>,
) -> Result<String, InventoryError> {
    #[derive(Serialize)]
    struct Node<'a> {
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        hosts: BTreeMap<&'a str, &'a Variables>,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        vars: &'a Variables,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        children: BTreeMap<&'a str, Node<'a>>,
    }
    let inventory = Inventory::of(snapshot, credential_name);
    let nothing = Variables::new();
    fn node<'a>(inventory: &'a Inventory, group: &'a Group, nothing: &'a Variables) -> Node<'a> {
        Node {
            hosts: group.hosts.iter().map(|host| (host.as_str(), nothing)).collect(),
            vars: &group.variables,
            // The tree was made free of cycles, at most three levels deep.
            children: group
                .children
                .iter()
                .map(|child| &inventory.groups[*child])
                .map(|child| (child.name.as_str(), node(inventory, child, nothing)))
                .collect(),
        }
    }
    let all = Node {
        hosts: inventory.hosts.iter().map(|(name, variables)| (name.as_str(), variables)).collect(),
        vars: &nothing,
        children: inventory
            .groups
            .iter()
            .filter(|g| g.is_top)
            .map(|g| (g.name.as_str(), node(&inventory, g, &nothing)))
            .collect(),
    };
    // What could be read as a number, a truth value or a time is quoted, for YAML 1.1 as for 1.2.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let body = serde_saphyr::to_string_with_options(&BTreeMap::from([("all", all)]), options)
        .map_err(|e| writing(ImportFormat::AnsibleYaml)(&e))?;
    Ok(format!("{GREETING}{body}"))
}

impl Inventory {
    fn of(snapshot: &Snapshot, credential_name: &dyn Fn(CredentialId) -> Option<String>) -> Self {
        let (host_names, group_names) = plain_names(snapshot);
        let hosts: Vec<(String, Variables)> = host_names
            .into_iter()
            .zip(&snapshot.targets)
            .map(|(name, target)| {
                let variables = of_host(&name, &target.spec, credential_name);
                (name, variables)
            })
            .collect();
        let index: HashMap<GroupId, usize> = snapshot.groups.iter().enumerate().map(|(n, g)| (g.id, n)).collect();
        let mut groups: Vec<Group> = Vec::with_capacity(snapshot.groups.len());
        for (group, name) in snapshot.groups.iter().zip(group_names) {
            let spec = &group.spec;
            let mut variables = Variables::new();
            if name != spec.name {
                variables.insert("wheelhouse_group_name", Value::Text(spec.name.clone()));
            }
            if !spec.aliases.is_empty() {
                variables.insert("wheelhouse_group_aliases", Value::List(spec.aliases.clone()));
            }
            let mut members = Vec::new();
            if spec.everything {
                variables.insert("wheelhouse_group_everything", Value::Flag(true));
                members.extend(hosts.iter().map(|(host, _)| host.clone()));
            }
            groups.push(Group { name, variables, hosts: members, children: Vec::new(), is_top: true });
        }
        for (target, (host, _)) in snapshot.targets.iter().zip(&hosts) {
            let of_target: HashSet<usize> = target.spec.groups.iter().filter_map(|g| index.get(g).copied()).collect();
            for group in of_target {
                if !snapshot.groups[group].spec.everything {
                    groups[group].hosts.push(host.clone());
                }
            }
        }
        for (n, group) in snapshot.groups.iter().enumerate() {
            // A cycle, which the store would not hold, must not be followed for ever.
            let ancestors = std::iter::successors(Some(n), |g| index.get(&snapshot.groups[*g].spec.parent?).copied());
            let ends = ancestors.take(groups.len() + 1).count() <= groups.len();
            if let Some(parent) = group.spec.parent.and_then(|p| index.get(&p)).filter(|_| ends) {
                groups[*parent].children.push(n);
                groups[n].is_top = false;
            }
        }
        Self { hosts, groups }
    }
}

/// Names Ansible takes for one and nothing else, each used once: those of the targets, then of the groups.
///
/// Who has a plain name keeps it, so that nobody's plain name is somebody else's real one.
fn plain_names(snapshot: &Snapshot) -> (Vec<String>, Vec<String>) {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let plain = |name: &str| -> String {
        let base: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        if base.is_empty() || base.starts_with('-') { format!("_{base}") } else { base }
    };
    // An address with a zone is none for Ansible, nor is `fe80::`, whose end it keeps for a port.
    let is_address = |name: &str| is_ip(name) && !name.contains('%') && !name.ends_with(':');
    let hosts = snapshot.targets.iter().map(|t| t.spec.name.as_str());
    let groups = snapshot.groups.iter().map(|g| g.spec.name.as_str());
    let wanted: Vec<(&str, String)> = hosts
        .map(|name| (name, if is_address(name) { name.to_owned() } else { plain(name) }))
        .chain(groups.map(|name| (name, plain(name))))
        .collect();
    let mut taken = HashSet::from(["all".to_owned(), "ungrouped".to_owned()]);
    let kept: Vec<bool> = wanted.iter().map(|(name, plain)| name == plain && taken.insert(key(plain))).collect();
    let mut names: Vec<String> = Vec::with_capacity(wanted.len());
    // Where counting goes on for a name that was wanted before, so that many alike take no longer.
    let mut counts: HashMap<String, usize> = HashMap::new();
    for ((_, plain), is_kept) in wanted.into_iter().zip(kept) {
        let mut name = plain.clone();
        while !is_kept && !taken.insert(key(&name)) {
            let count = counts.entry(key(&plain)).or_insert(1);
            *count += 1;
            name = format!("{plain}_{count}");
        }
        names.push(name);
    }
    let groups = names.split_off(snapshot.targets.len());
    (names, groups)
}

fn of_host(name: &str, spec: &TargetSpec, credential_name: &dyn Fn(CredentialId) -> Option<String>) -> Variables {
    let mut variables = Variables::new();
    if name != spec.name {
        variables.insert("wheelhouse_name", Value::Text(spec.name.clone()));
    }
    match spec.addresses.as_slice() {
        [] if name != spec.name && check_address(&spec.name).is_ok() => {
            // Ansible would dial the plain name.
            variables.insert("ansible_host", Value::Text(spec.name.clone()));
        }
        [] => {}
        [first, others @ ..] => {
            variables.insert("ansible_host", Value::Text(first.clone()));
            if !others.is_empty() {
                variables.insert("wheelhouse_addresses", Value::List(others.to_vec()));
            }
        }
    }
    if spec.os != Os::Unknown {
        variables.insert("wheelhouse_os", Value::Text(spec.os.as_str().to_owned()));
    }
    if !spec.tags.is_empty() {
        variables.insert("wheelhouse_tags", Value::List(spec.tags.clone()));
    }
    if let Some(environment) = &spec.environment {
        variables.insert("wheelhouse_environment", Value::Text(environment.clone()));
    }
    if spec.maintenance {
        variables.insert("wheelhouse_maintenance", Value::Flag(true));
    }
    if !spec.notes.is_empty() {
        variables.insert("wheelhouse_notes", Value::Text(spec.notes.clone()));
    }
    match spec.connections.as_slice() {
        [] => {
            variables.insert("wheelhouse_connections", Value::List(Vec::new()));
        }
        [first, others @ ..] => {
            reach(&mut variables, first);
            if let Some(name) = first.credential.and_then(credential_name) {
                variables.insert("wheelhouse_credential", Value::Text(name));
            }
            if !others.is_empty() {
                variables.insert("wheelhouse_connections", Value::List(others.iter().map(way).collect()));
            }
        }
    }
    variables
}

/// The first connection, as Ansible says it.
fn reach(variables: &mut Variables, connection: &Connection) {
    let (plugin, scheme) = match connection.kind {
        ConnectionKind::Local => ("local", None),
        ConnectionKind::Ssh => ("ssh", None),
        ConnectionKind::WinrmHttps => ("winrm", Some("https")),
        ConnectionKind::Winrm => ("winrm", Some("http")),
        // Ansible has no such connection; the inventory says what is so.
        ConnectionKind::Telnet => ("telnet", None),
    };
    variables.insert("ansible_connection", Value::Text(plugin.to_owned()));
    if let Some(scheme) = scheme {
        variables.insert("ansible_winrm_scheme", Value::Text(scheme.to_owned()));
    }
    // Ansible's WinRM goes to 5986 even over HTTP unless told otherwise.
    let usual = Some(connection.effective_port()).filter(|_| connection.kind == ConnectionKind::Winrm);
    if let Some(port) = connection.port.or(usual) {
        variables.insert("ansible_port", Value::Port(port));
    }
    if let Some(user) = &connection.user {
        variables.insert("ansible_user", Value::Text(user.clone()));
    }
}

/// A further connection: `telnet:23 admin`.
fn way(connection: &Connection) -> String {
    let mut text = connection.kind.as_str().to_owned();
    if let Some(port) = connection.port {
        text.push_str(&format!(":{port}"));
    }
    if let Some(user) = &connection.user {
        text.push_str(&format!(" {user}"));
    }
    text
}

/// A value as Ansible's INI reads it: bare where that cannot be taken for anything else, else a literal
/// that Python and JSON read alike.
fn literal(value: &Value) -> String {
    match value {
        Value::Port(port) => port.to_string(),
        Value::Flag(flag) => if *flag { "True" } else { "False" }.to_owned(),
        Value::Text(text) if is_bare(text) => text.clone(),
        Value::Text(text) => string(text),
        Value::List(items) => format!("[{}]", items.iter().map(|item| string(item)).collect::<Vec<_>>().join(", ")),
    }
}

/// Whether a text stays itself as a word of INI, read as a Python literal or not.
fn is_bare(text: &str) -> bool {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._@/-".contains(c));
    is_word && !matches!(text, "True" | "False" | "None") || text.parse::<std::net::IpAddr>().is_ok()
}

/// A string literal without apostrophes and without what ends a line in Python (`str.splitlines`).
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\'' | '\u{2028}' | '\u{2029}') => {
                // Writing to a string cannot fail.
                if write!(out, "\\u{:04x}", u32::from(c)).is_err() {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A literal as one word of a host's line.
fn quoted(literal: &str) -> String {
    let is_word = literal.chars().all(|c| c.is_ascii_alphanumeric() || "._@/:-".contains(c));
    if is_word { literal.to_owned() } else { format!("'{literal}'") }
}
