//! The hosts of a JSON inventory.

use super::{Pairs, Reading, find, what};
use crate::InventoryError;
use crate::imported::ImportedConnection;
use crate::names::shown;
use serde_json::value::RawValue;
use wheelhouse_protocol::inventory::{ConnectionKind, Os};

impl Reading {
    /// Reads one host: an object, or a name alone.
    pub(super) fn host(&mut self, raw: &RawValue) -> Result<(), InventoryError> {
        let line = self.lines.line(raw);
        let fields = match (serde_json::from_str::<Pairs<'_>>(raw.get()), serde_json::from_str::<String>(raw.get())) {
            (Ok(Pairs(fields)), _) => fields,
            (Err(_), Ok(name)) => {
                if let Some(target) = self.draft.target(&name, line)? {
                    self.assume(target);
                }
                return Ok(());
            }
            _ => {
                let message = format!("This host is left out: it is {}, not an object or a name.", what(raw.get()));
                self.draft.remarks.error(line, message);
                return Ok(());
            }
        };
        let named = ["host", "name", "hostname"].iter().find_map(|n| find(&fields, n).map(|raw| (*n, raw)));
        let Some((name_field, name)) = named else {
            self.draft.remarks.error(line, "This host is left out: it has no “host” with its name.");
            return Ok(());
        };
        let Some(name) = self.text(name, name_field, "a host") else {
            self.draft.remarks.error(line, "This host is left out: its name is empty.");
            return Ok(());
        };
        let known = self.draft.targets.len();
        let Some(target) = self.draft.target(&name, line)? else { return Ok(()) };
        if target < known {
            let first = self.draft.targets[target].line;
            self.draft.remarks.warning(
                line,
                format!("{} is in line {first} already: this adds what was not said there.", shown(&name)),
            );
        }
        let (mut port, mut user) = (None, None);
        let mut ways: Option<Vec<ImportedConnection>> = None;
        let owner = shown(&name);
        // An IP address is dialled before a name, whichever stands first: it needs no name server.
        let mut addresses = Vec::new();
        for (field, raw) in &fields {
            let rank = ["addresses", "address", "ip", "ips", "fqdn"].iter().position(|f| f == field);
            match field.as_str() {
                f if f == name_field => {}
                _ if let Some(rank) = rank => {
                    addresses.extend(self.texts(raw, field, &owner).into_iter().map(|(text, at)| (rank, text, at)));
                }
                "services" | "connections" => ways = Some(self.connections(raw, target, &owner)),
                "tags" | "installed" => {
                    for (tag, at) in self.texts(raw, field, &owner) {
                        self.draft.add_tag(target, &tag, at);
                    }
                }
                "groups" => {
                    for (group, at) in self.texts(raw, field, &owner) {
                        self.draft.add_to_group(target, &group, at)?;
                    }
                }
                "os" | "operating_system" | "port" | "user" | "environment" | "env" | "maintenance" | "notes"
                | "note" | "description" => {
                    let at = self.lines.line(raw);
                    let Some(text) = self.text(raw, field, &owner) else { continue };
                    match field.as_str() {
                        "os" | "operating_system" => self.draft.set_system(target, &text, at),
                        "port" => port = self.draft.port(target, &text, at),
                        "user" => user = self.draft.user(target, &text, at),
                        "environment" | "env" => self.draft.set_environment(target, &text, at),
                        "maintenance" => self.draft.set_maintenance(target, &text, at),
                        _ => self.draft.set_notes(target, &text, at),
                    }
                }
                field => self.other(field, raw, &owner),
            }
        }
        addresses.sort_by_key(|(rank, ..)| *rank);
        for (_, address, at) in addresses {
            self.draft.add_address(target, &address, at);
        }
        self.reach(target, ways, port, user);
        Ok(())
    }

    /// Sets how a target is reached: by what `services` says, or by a port and a user beside it.
    fn reach(&mut self, target: usize, ways: Option<Vec<ImportedConnection>>, port: Option<u16>, user: Option<String>) {
        if !self.draft.targets[target].connections.iter().all(ImportedConnection::is_bare) {
            return;
        }
        if let Some(ways) = ways {
            self.draft.targets[target].connections = ways;
        } else {
            self.assume(target);
        }
        if let Some(first) = self.draft.targets[target].connections.first_mut() {
            first.port = first.port.or(port);
            first.user = first.user.take().or(user);
        }
    }

    /// Without a word about it a target is reached as its system usually is.
    fn assume(&mut self, target: usize) {
        let known = &mut self.draft.targets[target];
        if known.connections.is_empty() {
            let kind = if known.os == Os::Windows { ConnectionKind::WinrmHttps } else { ConnectionKind::Ssh };
            known.connections.push(ImportedConnection { kind, port: None, user: None, assumed: true });
        }
    }

    /// Reads the ways to reach a target: objects, or names of protocols.
    fn connections(&mut self, raw: &RawValue, target: usize, owner: &str) -> Vec<ImportedConnection> {
        let mut out: Vec<ImportedConnection> = Vec::new();
        let parts = match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
            Ok(parts) => parts,
            Err(_) => vec![raw],
        };
        for part in parts {
            let line = self.lines.line(part);
            let fields = match serde_json::from_str::<Pairs<'_>>(part.get()) {
                Ok(Pairs(fields)) => fields,
                Err(_) => vec![("type".to_owned(), part)],
            };
            let (mut kind, mut port, mut user) = (None, None, None);
            for (field, raw) in &fields {
                if !["type", "kind", "connection", "protocol", "port", "user", "credential"].contains(&field.as_str()) {
                    self.other(field, raw, owner);
                    continue;
                }
                let Some(text) = self.text(raw, field, owner) else { continue };
                match field.as_str() {
                    "port" => port = self.draft.port(target, &text, self.lines.line(raw)),
                    "user" => user = self.draft.user(target, &text, self.lines.line(raw)),
                    "credential" => *self.draft.credentials.entry(text).or_default() += 1,
                    _ => kind = ConnectionKind::parse(&text),
                }
            }
            match kind {
                Some(kind) if out.iter().all(|c| c.kind != kind) => {
                    out.push(ImportedConnection { kind, port, user, assumed: false });
                }
                Some(kind) => {
                    let what = format!("A second {kind} connection");
                    self.draft.left_out(line, &what, target, "one of each kind is kept");
                }
                None => {
                    let reason = "its type is ssh, winrm, winrm-https, telnet or local";
                    self.draft.left_out(line, "A connection", target, reason);
                }
            }
        }
        out
    }
}
