//! The columns of a table, by the many names they go by.

use super::records::Record;
use crate::InventoryError;
use crate::ansible::is_secret;
use crate::draft::Draft;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Address,
    System,
    Connection,
    Port,
    User,
    Groups,
    Tags,
    Environment,
    Maintenance,
    Notes,
    Credential,
}

/// Each column's names, letters and digits only; the first is the one that is exported.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "name", "target", "targetname", "server", "servername", "machine", "machinename", "computer",
            "computername", "node", "nodename", "device", "devicename", "vm", "vmname", "inventoryhostname",
        ],
    ),
    (
        Column::Address,
        &[
            "address", "addresses", "ip", "ips", "ipaddress", "ipaddresses", "ipv4", "ipv4address", "ipv6",
            "ipv6address", "primaryip", "primaryipaddress", "managementip", "fqdn", "dns", "dnsname", "domainname",
            "ansiblehost", "ansiblesshhost",
        ],
    ),
    (Column::System, &["os", "operatingsystem", "osname", "ostype", "osfamily", "platform", "system", "guestos"]),
    (
        Column::Connection,
        &[
            "connection", "connections", "connectiontype", "protocol", "protocols", "transport", "method",
            "ansibleconnection",
        ],
    ),
    (Column::Port, &["port", "ports", "sshport", "ansibleport", "portnumber"]),
    (
        Column::User,
        &["user", "users", "username", "login", "loginname", "account", "sshuser", "ansibleuser", "remoteuser"],
    ),
    (Column::Groups, &["groups", "group", "groupname"]),
    (Column::Tags, &["tags", "tag", "labels", "label", "keywords"]),
    (Column::Environment, &["environment", "env", "stage"]),
    (Column::Maintenance, &["maintenance", "inmaintenance", "maintenancemode"]),
    (Column::Notes, &["notes", "note", "description", "comment", "comments", "remark", "remarks", "purpose"]),
    (Column::Credential, &["credential", "credentials", "credentialname", "vaultentry"]),
];

/// Names that mean the target's name, unless the table has a column that surely is it: then an address.
const HOST: &[&str] = &["host", "hostname", "hosts"];

/// The names a header may use, for messages.
pub(super) fn recognised() -> String {
    "name (or host, hostname, server), address (or ip, fqdn), os, connection (or protocol), port, user (or username), \
     groups (separated by ; or |), tags, environment (or env), maintenance, notes (or description), credential"
        .to_owned()
}

/// A table's header.
#[derive(Debug)]
pub(super) struct Header {
    columns: Vec<Option<Column>>,
}

impl Header {
    /// Reads the header; remarks tell which columns are left out.
    pub(super) fn read(record: &Record, draft: &mut Draft) -> Result<Self, InventoryError> {
        let plain: Vec<String> = record.cells.iter().map(|cell| plain(cell)).collect();
        let mut columns: Vec<Option<Column>> = plain
            .iter()
            .map(|name| NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column))
            .collect();
        for host in plain.iter().enumerate().filter(|(_, name)| HOST.contains(&name.as_str())).map(|(n, _)| n) {
            let has_name = columns.contains(&Some(Column::Name));
            columns[host] = Some(if has_name { Column::Address } else { Column::Name });
        }
        if !columns.iter().any(|c| matches!(c, Some(Column::Name | Column::Address))) {
            return Err(super::no_header());
        }
        let (mut unknown, mut secret) = (Vec::new(), Vec::new());
        let mut seen = Vec::new();
        for (n, column) in columns.iter_mut().enumerate() {
            let title = record.cells[n].trim();
            match *column {
                // Several columns may hold addresses; of the others the first counts.
                Some(known) if known != Column::Address && seen.contains(&known) => {
                    *column = None;
                    unknown.push(title.to_owned());
                }
                Some(known) => seen.push(known),
                None if title.is_empty() => {}
                None if is_secret(title) => secret.push(title.to_owned()),
                None => unknown.push(title.to_owned()),
            }
        }
        super::tell_columns(draft, record.line, &unknown, &secret);
        Ok(Self { columns })
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// How many of the columns are known.
    pub(super) fn named(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&Some(column))
    }

    /// The cell of a column, unless it is empty.
    pub(super) fn cell<'r>(&self, record: &'r Record, column: Column) -> Option<&'r str> {
        self.cells(record, column).next()
    }

    /// The cells of every such column that are not empty.
    pub(super) fn cells<'r>(&self, record: &'r Record, column: Column) -> impl Iterator<Item = &'r str> {
        self.columns
            .iter()
            .zip(&record.cells)
            .filter(move |(c, _)| **c == Some(column))
            .map(|(_, cell)| cell.trim())
            .filter(|cell| !cell.is_empty())
    }
}

/// How many columns of a header line are recognised, to tell the separator by.
pub(super) fn known<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    cells
        .map(|cell| plain(cell.trim_matches('"')))
        .filter(|cell| HOST.contains(&cell.as_str()) || NAMES.iter().any(|(_, names)| names.contains(&cell.as_str())))
        .count()
}

/// A column's name without case, blanks and signs: `IP Address`, `ip_address` and `ipAddress` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
