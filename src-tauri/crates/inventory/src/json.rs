//! Wheelhouse's own JSON: `{"hosts": […], "groups": {…}, "service_aliases": {…}}`, bare or under `"inventory"`.
//!
//! A host is a name or an object: `host`, `ip`, `fqdn` or `addresses`, `os`, `services` (how it is
//! reached: `[{"type": "ssh", "port": 22, "user": "deploy"}]`), `tags`, `installed` (taken as tags: what
//! is installed is something to select by), `groups`, `environment`, `maintenance`, `notes`. A group is
//! a list of members or an object: `members` (`"*"`: every target), `aliases`, `parent`.
//!
//! Each host and group is read by itself, so that a wrong one costs itself alone; the place of its text
//! in the whole gives its line.

mod groups;
mod hosts;

use crate::draft::Draft;
use crate::forest::Forest;
use crate::imported::Imported;
use crate::names::{check_name, listed, shown};
use crate::{InventoryError, ansible};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use wheelhouse_protocol::inventory::ImportFormat;

/// Reads an inventory in JSON.
pub(crate) fn parse(text: &str) -> Result<Imported, InventoryError> {
    let lines = Lines::of(text);
    let Pairs(mut top) = serde_json::from_str(text).map_err(|error| problem(&error, text))?;
    if !has(&top, "hosts")
        && let Some(Pairs(inner)) = find(&top, "inventory").and_then(|raw| serde_json::from_str(raw.get()).ok())
    {
        top = inner;
    }
    let mut read = Reading { lines, draft: Draft::default(), others: BTreeMap::new() };
    let Some(hosts) = find(&top, "hosts") else {
        let hint = if has(&top, "_meta") || has(&top, "all") {
            "This looks like Ansible's: choose Ansible YAML, which holds JSON too, or write it with \
             “ansible-inventory --list --yaml --export”."
        } else {
            "An inventory is {\"hosts\": [{\"host\": \"web1\"}], \"groups\": {…}}, or has that under \"inventory\"."
        };
        return Err(shape("it has no “hosts”", hint));
    };
    let Ok(hosts) = serde_json::from_str::<Vec<&RawValue>>(hosts.get()) else {
        return Err(shape("its “hosts” is no list", "Write {\"hosts\": [{\"host\": \"web1\"}, …]}."));
    };
    for host in hosts {
        read.host(host)?;
    }
    for (name, raw) in top {
        match name.as_str() {
            "groups" => read.groups(raw)?,
            "service_aliases" => read.services(raw),
            "hosts" | "note" | "notes" | "format" | "version" => {}
            name => read.other(name, raw, ""),
        }
    }
    read.finish()
}

fn shape(reason: &str, hint: &str) -> InventoryError {
    InventoryError::Shape { format: ImportFormat::Json, reason: reason.to_owned(), hint: hint.to_owned() }
}

/// What the library says of broken JSON. Its messages hold none of the text.
fn problem(error: &serde_json::Error, text: &str) -> InventoryError {
    if error.is_data() {
        return shape(
            &format!("it is {}, not an object", what(text)),
            "An inventory is {\"hosts\": [{\"host\": \"web1\"}], \"groups\": {…}}.",
        );
    }
    let said = error.to_string();
    let reason = said.split(" at line ").next().unwrap_or(&said).to_owned();
    InventoryError::Syntax { format: ImportFormat::Json, line: error.line().max(1), reason }
}

/// What a value is, told by its first character.
fn what(text: &str) -> &'static str {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b'n') => "null",
        Some(b't' | b'f') => "true or false",
        _ => "a number",
    }
}

/// An object's entries in order, each value still as text.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Entries).map(Self)
    }
}

fn find<'a>(entries: &[(String, &'a RawValue)], name: &str) -> Option<&'a RawValue> {
    entries.iter().find(|(n, _)| n == name).map(|(_, raw)| *raw)
}

fn has(entries: &[(String, &RawValue)], name: &str) -> bool {
    entries.iter().any(|(n, _)| n == name)
}

/// Where the lines of a text begin, to tell the line of a part of it.
struct Lines {
    text: usize,
    starts: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1).collect();
        Self { text: text.as_ptr().addr(), starts }
    }

    /// The line a part of the text begins on, from 1.
    fn line(&self, part: &RawValue) -> usize {
        let at = part.get().as_ptr().addr().saturating_sub(self.text);
        self.starts.partition_point(|start| *start <= at) + 1
    }
}

struct Reading {
    lines: Lines,
    draft: Draft,
    /// Fields nobody reads, with the line of their first mention.
    others: BTreeMap<String, usize>,
}

impl Reading {
    fn finish(mut self) -> Result<Imported, InventoryError> {
        if let Some(line) = self.others.values().min().copied() {
            let names = listed(self.others.keys().map(String::as_str));
            self.draft.remarks.note(line, format!("Fields that are not known are left out: {names}."));
        }
        let forest = Forest::plant(&mut self.draft)?;
        self.draft.finish(&forest)
    }

    /// A field nobody reads: told of, and a secret at once.
    fn other(&mut self, name: &str, raw: &RawValue, owner: &str) {
        let line = self.lines.line(raw);
        if ansible::is_secret(name) {
            let whose = if owner.is_empty() { String::new() } else { format!(" of {owner}") };
            self.draft.remarks.warning(
                line,
                format!("The field {}{whose} is a secret: it is not read. Add it to the vault and choose it for the target.", shown(name)),
            );
        } else if self.others.len() < 200 && check_name("", name).is_ok() {
            self.others.entry(name.to_owned()).or_insert(line);
        }
    }

    /// A text, or a number or truth value as text; `None`, with a remark, for anything deeper.
    fn text(&mut self, raw: &RawValue, field: &str, owner: &str) -> Option<String> {
        match serde_json::from_str::<serde_json::Value>(raw.get()) {
            Ok(serde_json::Value::String(text)) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            Ok(serde_json::Value::Number(number)) => Some(number.to_string()),
            Ok(serde_json::Value::Bool(flag)) => Some(flag.to_string()),
            Ok(serde_json::Value::Null) => None,
            _ => {
                let line = self.lines.line(raw);
                self.draft
                    .remarks
                    .warning(line, format!("“{field}” of {owner} is left out: it is {}, not a text.", what(raw.get())));
                None
            }
        }
    }

    /// A list of texts with their lines; one text is a list of one.
    fn texts(&mut self, raw: &RawValue, field: &str, owner: &str) -> Vec<(String, usize)> {
        let parts = match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
            Ok(parts) => parts,
            Err(_) => vec![raw],
        };
        let mut texts = Vec::with_capacity(parts.len());
        for part in parts {
            let line = self.lines.line(part);
            texts.extend(self.text(part, field, owner).map(|text| (text, line)));
        }
        texts
    }
}
