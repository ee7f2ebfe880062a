//! The vault's rows, checked against the manifest.

use crate::cipher::{self, Key};
use crate::entry::{self, Row};
use crate::header::Header;
use crate::manifest::{Listed, Manifest};
use std::collections::BTreeMap;
use wheelhouse_protocol::CredentialId;

/// The rows of an open vault, each of them the one the manifest lists.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The header's row.
    pub(crate) raw_header: Vec<u8>,
    pub(crate) header: Header,
    pub(crate) manifest: Manifest,
    /// The entries' rows.
    pub(crate) rows: BTreeMap<CredentialId, Vec<u8>>,
}

impl Snapshot {
    /// Checks that these are all the rows the manifest lists, and no others.
    ///
    /// # Errors
    /// Everything that is wrong, in words.
    pub(crate) fn check(
        raw_header: Vec<u8>,
        header: Header,
        rows: Vec<(CredentialId, Vec<u8>)>,
        key: &Key,
    ) -> Result<Self, Vec<String>> {
        let Some(manifest) = header.manifest(key) else {
            return Err(vec!["the list of entries does not open: the vault's header was changed".to_owned()]);
        };
        let rows: BTreeMap<_, _> = rows.into_iter().collect();
        let identity = header.clear.identity();
        let mut flaws = Vec::new();
        for (id, listed) in &manifest.entries {
            match rows.get(id) {
                None => flaws.push(format!("the entry {id} is missing")),
                Some(row) if cipher::digest(row) == listed.digest => {}
                Some(row) => flaws.push(flaw(*id, *listed, row, key, &identity)),
            }
        }
        for (id, row) in rows.iter().filter(|(id, _)| !manifest.entries.contains_key(id)) {
            flaws.push(format!(
                "{} is there and should not be: it was removed, or comes from elsewhere",
                name(*id, row)
            ));
        }
        if flaws.is_empty() { Ok(Self { raw_header, header, manifest, rows }) } else { Err(flaws) }
    }

    /// One entry, opened.
    ///
    /// # Errors
    /// What is wrong with it. It cannot be, for its row is the one the manifest lists; but nothing is handed out
    /// that has not been checked.
    pub(crate) fn open(&self, id: CredentialId, key: &Key) -> Result<Option<(entry::Clear, entry::Content)>, String> {
        let Some(row) = self.rows.get(&id) else { return Ok(None) };
        let parsed = Row::parse(id, row).ok_or_else(|| format!("the entry {id} is not of an entry's form"))?;
        match parsed.open(key, &self.header.clear.identity()) {
            Some(content) => Ok(Some((parsed.clear, content))),
            None => Err(format!("the entry “{}” does not open", parsed.clear.name)),
        }
    }
}

/// What is wrong with a row that is not the one listed.
fn flaw(id: CredentialId, listed: Listed, row: &[u8], key: &Key, identity: &[u8]) -> String {
    let name = name(id, row);
    match Row::parse(id, row).filter(|row| row.open(key, identity).is_some()) {
        Some(row) => format!("{name} is at version {}, and should be at {}", row.clear.version, listed.version),
        None => format!("{name} was changed by something else"),
    }
}

/// What to call an entry whose row may be damaged.
pub(crate) fn name(id: CredentialId, row: &[u8]) -> String {
    match Row::parse(id, row) {
        Some(row) => format!("the entry “{}”", row.clear.name),
        None => format!("the entry {id}"),
    }
}

/// Flaws as one sentence, the first few by name.
pub(crate) fn sentence(flaws: &[String]) -> String {
    const NAMED: usize = 5;
    let mut text = flaws.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    if flaws.len() > NAMED {
        text.push_str(&format!("; and {} more", flaws.len() - NAMED));
    }
    text
}
