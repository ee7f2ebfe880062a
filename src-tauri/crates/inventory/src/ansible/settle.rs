//! Ansible's precedence, and what the variables mean for a target.

use super::AnsibleDraft;
use super::variables::Variables;
use crate::draft::Draft;
use crate::forest::Forest;
use crate::imported::{Imported, ImportedConnection};
use crate::names::{check_user, key, listed, shown};
use crate::{InventoryError, MAX_MEMBERSHIPS, system};
use std::collections::HashSet;
use wheelhouse_protocol::inventory::{ConnectionKind, Os};

/// How much looking up of groups for targets there may be: far beyond any real inventory.
const MAX_STEPS: usize = 20_000_000;

/// What a way of reaching a target is, in our words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// By this protocol, which tells this much about the system.
    By(ConnectionKind, Os),
    /// By something there is no word for here; what it tells about the system.
    Unknown(Os),
}

/// Settles every target's variables and makes the tree of groups.
pub(super) fn settle(mut read: AnsibleDraft) -> Result<Imported, InventoryError> {
    read.closing_remarks();
    read.of_group.resize_with(read.draft.groups.len(), Variables::default);
    let forest = Forest::plant(&mut read.draft)?;
    let order = precedence(&read, &forest);
    let mut assumed = 0_usize;
    let mut steps = 0_usize;
    for target in 0..read.draft.targets.len() {
        let direct = &read.draft.groups_of[target];
        let mut groups: Vec<usize> = Vec::new();
        for &group in direct {
            steps += 1 + forest.ancestors(group).len();
            if steps > MAX_STEPS {
                return Err(InventoryError::TooMany { what: "groups within groups", limit: MAX_MEMBERSHIPS });
            }
            groups.extend(std::iter::once(group).chain(forest.ancestors(group).iter().copied()));
        }
        groups.retain(|g| !read.of_group[*g].is_empty());
        groups.sort_unstable_by_key(|g| order[*g]);
        groups.dedup();
        let mut variables = read.of_all.clone();
        if direct.is_empty() {
            variables.overlay(&read.of_ungrouped);
        }
        for group in groups {
            variables.overlay(&read.of_group[group]);
        }
        variables.overlay(&read.of_target[target]);
        assumed += usize::from(describe(&mut read.draft, target, &variables));
        if let Some(name) = variables.text("wheelhouse_credential") {
            *read.draft.credentials.entry(name.to_owned()).or_default() += 1;
        }
    }
    if assumed > 0 {
        read.draft.remarks.note(
            0,
            format!(
                "Targets that name no connection: {assumed}. SSH is assumed for them, as Ansible does. What group_vars/ \
                 and host_vars/ beside the inventory say is not read."
            ),
        );
    }
    both_group_and_target(&mut read.draft);
    rename(&mut read);
    read.draft.finish(&forest)
}

/// Each group's place in the order in which variables are laid over each other: the deeper group's
/// later, then the higher `ansible_group_priority`, then by name (`inventory/helpers.py`, `sort_groups`).
fn precedence(read: &AnsibleDraft, forest: &Forest) -> Vec<usize> {
    let mut groups: Vec<usize> = (0..read.draft.groups.len()).collect();
    groups.sort_by_cached_key(|g| {
        let priority = read.of_group[*g].text("ansible_group_priority").and_then(|p| p.parse::<i64>().ok());
        (forest.depth(*g), priority.unwrap_or(1), read.draft.groups[*g].name.clone())
    });
    let mut order = vec![0; groups.len()];
    for (place, group) in groups.into_iter().enumerate() {
        order[group] = place;
    }
    order
}

/// Writes what the variables mean into the target; whether its connection is only assumed is the answer.
fn describe(draft: &mut Draft, target: usize, variables: &Variables) -> bool {
    let stated = variables.text("ansible_connection");
    let reach = stated.map_or_else(|| unstated(variables), |word| reach(word, variables));
    let family = match reach {
        Reach::By(ConnectionKind::Winrm | ConnectionKind::WinrmHttps, _) => match stated.map(last_part) {
            Some("psrp") => "psrp",
            _ => "winrm",
        },
        _ => "ssh",
    };
    let of = |what: &str| {
        let (general, special) = (format!("ansible_{what}"), format!("ansible_{family}_{what}"));
        variables.last(&[&general, &special]).map(str::to_owned)
    };
    let (address, port, user) = (of("host"), of("port").and_then(|p| p.parse().ok()), of("user"));
    let os = os(variables, reach);
    let further = variables.list("wheelhouse_connections");
    let line = draft.targets[target].line;
    let name = shown(&draft.targets[target].name);

    let known = &mut draft.targets[target];
    known.os = os;
    known.addresses = address.into_iter().collect();
    for other in variables.list("wheelhouse_addresses").unwrap_or_default() {
        if !known.addresses.iter().any(|a| key(a) == key(other)) {
            known.addresses.push(other.clone());
        }
    }
    known.tags = variables.list("wheelhouse_tags").unwrap_or_default().to_vec();
    known.environment = variables.text("wheelhouse_environment").map(str::to_owned);
    known.maintenance = variables.text("wheelhouse_maintenance").map(|flag| flag == "true");
    known.notes = variables.text("wheelhouse_notes").filter(|n| !n.is_empty()).map(str::to_owned);
    let mut is_assumed = false;
    match reach {
        // Our own export says so where a target has no connection at all.
        Reach::By(..) if stated.is_none() && further.is_some_and(<[String]>::is_empty) => {}
        Reach::By(kind, _) => {
            is_assumed = stated.is_none() && port.is_none() && user.is_none();
            let connection = ImportedConnection { kind, port, user, assumed: stated.is_none() };
            known.connections.push(connection);
        }
        Reach::Unknown(_) => draft.remarks.warning(
            line,
            format!(
                "{name} is reached by {} in Ansible, which is not spoken here: it has no connection until you give it one.",
                shown(stated.unwrap_or_default())
            ),
        ),
    }
    for text in further.unwrap_or_default() {
        match connection(text) {
            Some(connection) if draft.targets[target].connections.iter().all(|c| c.kind != connection.kind) => {
                draft.targets[target].connections.push(connection);
            }
            Some(_) => {}
            None => draft.remarks.warning(
                line,
                format!(
                    "A further connection of {name} is left out: it is written “kind:port user”, as “telnet:23 admin”."
                ),
            ),
        }
    }
    is_assumed
}

/// The last part of a plugin's full name: `ansible.builtin.ssh` is `ssh`.
fn last_part(word: &str) -> &str {
    word.rsplit('.').next().unwrap_or(word)
}

/// What is assumed without a word: SSH, as Ansible does, but not on a port that is surely WinRM's (the
/// word then stands in group_vars).
fn unstated(variables: &Variables) -> Reach {
    match variables.text("ansible_port") {
        Some("5986") => Reach::By(ConnectionKind::WinrmHttps, Os::Windows),
        Some("5985") => Reach::By(ConnectionKind::Winrm, Os::Windows),
        _ => Reach::By(ConnectionKind::Ssh, Os::Unknown),
    }
}

/// What a connection plugin is here.
fn reach(word: &str, variables: &Variables) -> Reach {
    // Both plugins speak HTTP where they are told to, or on its port (`winrm.py`, `psrp.py`).
    let windows = |scheme: &str, ports: [&str; 2]| {
        let http = match variables.text(scheme) {
            Some(scheme) => scheme == "http",
            None => matches!(variables.last(&ports), Some("5985" | "80")),
        };
        Reach::By(if http { ConnectionKind::Winrm } else { ConnectionKind::WinrmHttps }, Os::Windows)
    };
    match last_part(word) {
        "ssh" | "smart" | "paramiko" | "paramiko_ssh" | "libssh" | "openssh" => {
            Reach::By(ConnectionKind::Ssh, Os::Unknown)
        }
        "network_cli" => Reach::By(ConnectionKind::Ssh, Os::Network),
        "netconf" | "httpapi" => Reach::Unknown(Os::Network),
        "local" => Reach::By(ConnectionKind::Local, Os::Unknown),
        "telnet" => Reach::By(ConnectionKind::Telnet, Os::Unknown),
        "winrm" => windows("ansible_winrm_scheme", ["ansible_port", "ansible_winrm_port"]),
        "psrp" => windows("ansible_psrp_protocol", ["ansible_port", "ansible_psrp_port"]),
        _ => Reach::Unknown(Os::Unknown),
    }
}

/// The system a target runs, stated or told by how it is reached.
fn os(variables: &Variables, reach: Reach) -> Os {
    let stated = ["wheelhouse_os", "ansible_os_family", "ansible_system", "ansible_distribution"]
        .iter()
        .find_map(|name| variables.text(name).and_then(system::family).filter(|os| *os != Os::Unknown));
    let told = match reach {
        Reach::By(_, os) | Reach::Unknown(os) => os,
    };
    match (stated, told) {
        (Some(os), _) => os,
        (None, Os::Unknown) if variables.text("ansible_network_os").is_some() => Os::Network,
        (None, Os::Unknown) if matches!(variables.text("ansible_shell_type"), Some("powershell" | "cmd")) => {
            Os::Windows
        }
        (None, told) => told,
    }
}

/// A connection as our export writes it: `kind`, `kind:port`, `kind:port user`.
fn connection(text: &str) -> Option<ImportedConnection> {
    let (way, user) = match text.split_once(' ') {
        Some((way, user)) => (way, Some(user.trim())),
        None => (text, None),
    };
    let (kind, port) = match way.split_once(':') {
        Some((kind, port)) => (kind, Some(super::pattern::port(port).ok()?)),
        None => (way, None),
    };
    if user.is_some_and(|user| check_user(user).is_err()) {
        return None;
    }
    Some(ImportedConnection { kind: ConnectionKind::parse(kind)?, port, user: user.map(str::to_owned), assumed: false })
}

/// Ansible warns of such names too: in a request they could mean either.
fn both_group_and_target(draft: &mut Draft) {
    let groups: HashSet<String> = draft.groups.iter().map(|g| key(&g.name)).collect();
    let both: Vec<&str> = draft.targets.iter().map(|t| t.name.as_str()).filter(|t| groups.contains(&key(t))).collect();
    if !both.is_empty() {
        let message = format!("These names are both a group's and a target's: {}.", listed(both));
        draft.remarks.note(0, message);
    }
}

/// Gives targets and groups the names they had before an export to Ansible made them plain.
fn rename(read: &mut AnsibleDraft) {
    for (target, own) in read.of_target.iter().enumerate() {
        if let Some(name) = own.text("wheelhouse_name") {
            let line = read.draft.targets[target].line;
            read.draft.rename_target(target, name, line);
        }
    }
    for (group, own) in read.of_group.iter().enumerate() {
        let line = read.draft.groups[group].line;
        if let Some(name) = own.text("wheelhouse_group_name") {
            read.draft.rename_group(group, name, line);
        }
        for alias in own.list("wheelhouse_group_aliases").unwrap_or_default() {
            read.draft.add_alias(group, alias, line);
        }
        read.draft.groups[group].everything |= own.text("wheelhouse_group_everything") == Some("true");
    }
}
