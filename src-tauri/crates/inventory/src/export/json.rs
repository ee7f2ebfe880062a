//! Wheelhouse's own JSON: the format that holds the most.

use super::writing;
use crate::InventoryError;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::inventory::{ImportFormat, Os, Snapshot};

#[derive(Serialize)]
struct Document<'a> {
    hosts: Vec<Host<'a>>,
    groups: BTreeMap<&'a str, Group<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    service_aliases: &'a BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct Host<'a> {
    host: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    addresses: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<&'static str>,
    services: Vec<Service<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    maintenance: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    notes: &'a str,
}

#[derive(Serialize)]
struct Service<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
}

#[derive(Serialize)]
struct Group<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    aliases: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    members: Members<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Members<'a> {
    Everything(&'static str),
    These(Vec<&'a str>),
}

pub(super) fn write(
    snapshot: &Snapshot,
    credential_name: &dyn Fn(CredentialId) -> Option<String>,
) -> Result<String, InventoryError> {
    let names: HashMap<_, _> = snapshot.groups.iter().map(|g| (g.id, g.spec.name.as_str())).collect();
    let mut members: HashMap<_, Vec<&str>> = HashMap::new();
    for target in &snapshot.targets {
        for group in &target.spec.groups {
            members.entry(*group).or_default().push(&target.spec.name);
        }
    }
    let document = Document {
        hosts: snapshot
            .targets
            .iter()
            .map(|t| Host {
                host: &t.spec.name,
                addresses: &t.spec.addresses,
                os: (t.spec.os != Os::Unknown).then(|| t.spec.os.as_str()),
                services: t
                    .spec
                    .connections
                    .iter()
                    .map(|c| Service {
                        r#type: c.kind.as_str(),
                        port: c.port,
                        user: c.user.as_deref(),
                        credential: c.credential.and_then(credential_name),
                    })
                    .collect(),
                tags: &t.spec.tags,
                environment: t.spec.environment.as_deref(),
                maintenance: t.spec.maintenance,
                notes: &t.spec.notes,
            })
            .collect(),
        groups: snapshot
            .groups
            .iter()
            .map(|g| {
                let members = match g.spec.everything {
                    true => Members::Everything("*"),
                    false => Members::These(members.remove(&g.id).unwrap_or_default()),
                };
                let parent = g.spec.parent.and_then(|p| names.get(&p).copied());
                (g.spec.name.as_str(), Group { aliases: &g.spec.aliases, parent, members })
            })
            .collect(),
        service_aliases: &snapshot.services,
    };
    let mut text = serde_json::to_string_pretty(&document).map_err(|e| writing(ImportFormat::Json)(&e))?;
    text.push('\n');
    Ok(text)
}
