//! What is exported comes back, and what is imported twice changes nothing the second time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{alone, fixture, id};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use wheelhouse_inventory::{
    Imported, InventoryError, Merge, check_address, check_name, check_user, export, merge, parse,
};
use wheelhouse_protocol::inventory::{
    Connection, ConnectionKind, Group, GroupSpec, ImportChange, ImportFormat, MAX_GROUP_DEPTH, Os, Snapshot, Target,
    TargetSpec,
};
use wheelhouse_protocol::{CredentialId, GroupId, TargetId};

const WRITTEN: [ImportFormat; 4] =
    [ImportFormat::AnsibleIni, ImportFormat::AnsibleYaml, ImportFormat::Csv, ImportFormat::Json];

/// What of an inventory a format holds, by name, so that two can be compared.
#[derive(Debug, PartialEq, Eq, Default)]
struct Held {
    targets: BTreeMap<String, HeldTarget>,
    groups: BTreeMap<String, (BTreeSet<String>, Option<String>, bool)>,
    services: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, PartialEq, Eq)]
struct HeldTarget {
    addresses: Vec<String>,
    os: Os,
    tags: Vec<String>,
    groups: BTreeSet<String>,
    environment: Option<String>,
    maintenance: bool,
    notes: String,
    /// Kind, the port that is dialled, and the user.
    connections: Vec<(ConnectionKind, u16, Option<String>)>,
}

impl Held {
    fn by(format: ImportFormat, snapshot: &Snapshot) -> Self {
        let group = |id: &GroupId| snapshot.groups.iter().find(|g| g.id == *id);
        let mut held = Self::default();
        for Target { spec, .. } in &snapshot.targets {
            // Membership in a group of everything is implied.
            let groups = spec.groups.iter().filter_map(group).filter(|g| !g.spec.everything);
            held.targets.insert(
                spec.name.clone(),
                HeldTarget {
                    // An address that is but the name says nothing.
                    addresses: if spec.addresses == [spec.name.clone()] { Vec::new() } else { spec.addresses.clone() },
                    os: match (spec.os, format, spec.connections.first().map(|c| c.kind)) {
                        // In Ansible whoever speaks WinRM is Windows.
                        (
                            Os::Unknown,
                            ImportFormat::AnsibleIni | ImportFormat::AnsibleYaml,
                            Some(ConnectionKind::Winrm | ConnectionKind::WinrmHttps),
                        ) => Os::Windows,
                        (os, ..) => os,
                    },
                    tags: spec.tags.clone(),
                    groups: groups.map(|g| g.spec.name.clone()).collect(),
                    environment: spec.environment.clone(),
                    maintenance: spec.maintenance,
                    notes: spec.notes.clone(),
                    connections: spec
                        .connections
                        .iter()
                        .map(|c| (c.kind, c.effective_port(), c.user.clone()))
                        .collect(),
                },
            );
        }
        for g in &snapshot.groups {
            let parent = g.spec.parent.as_ref().and_then(group).map(|p| p.spec.name.clone());
            held.groups
                .insert(g.spec.name.clone(), (g.spec.aliases.iter().cloned().collect(), parent, g.spec.everything));
        }
        match format {
            // A table knows groups by their targets alone.
            ImportFormat::Csv => {
                let used: BTreeSet<&String> = held.targets.values().flat_map(|t| &t.groups).collect();
                held.groups = used.into_iter().map(|g| (g.clone(), (BTreeSet::new(), None, false))).collect();
            }
            ImportFormat::Json => held.services = snapshot.services.clone(),
            _ => {}
        }
        held
    }
}

fn no_credential(_: CredentialId) -> Option<String> {
    None
}

#[track_caller]
fn comes_back(snapshot: &Snapshot) {
    for format in WRITTEN {
        let text = export(format, snapshot, &no_credential).unwrap();
        if snapshot.targets.is_empty() && format == ImportFormat::Csv {
            continue;
        }
        let imported = parse(format, &text).unwrap_or_else(|e| panic!("{format}: {e}\n{text}"));
        assert_eq!(
            Held::by(format, &alone(&imported)),
            Held::by(format, snapshot),
            "{format}:\n{text}\n{:#?}",
            imported.remarks
        );
    }
}

fn name() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        3 => "[a-z]{1,4}[-_.]?[0-9]{0,2}",
        2 => "[A-Za-zäßΩ0-9=+@#%:~,\\[\\]^][A-Za-z0-9äßΩ .,#=@%:~\\[\\]_^-]{0,8}",
        1 => prop::sample::select(vec!["all", "ungrouped", "True", "none", "1001", "1.10", "0x1F", "yes", "10.0.0.1", "::1", "12:30:45", "web servers", "web_servers", "sep=;", "CIS servers (2)"])
            .prop_map(str::to_owned),
    ]
    .prop_map(|n| n.trim().to_owned())
    .prop_filter("a name", |n| check_name("it", n).is_ok())
}

fn unique<T: std::fmt::Debug>(
    what: impl Strategy<Value = T>,
    name: fn(&T) -> String,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<T>> {
    vec(what, count).prop_map(move |all| {
        let mut seen = BTreeSet::new();
        all.into_iter().filter(|t| seen.insert(name(t).to_lowercase())).collect()
    })
}

fn notes() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[=+@a-z'\"\\\\{}$#;,\\[ \n\täΩ😀\u{2028}\u{85}-]{1,20}",
        Just("see {{ wiki }}\r\nand \"more\"".to_owned()),
    ]
    .prop_map(|n| n.trim().to_owned())
}

fn connections() -> impl Strategy<Value = Vec<Connection>> {
    let kind = prop::sample::select(vec![
        ConnectionKind::Local,
        ConnectionKind::Ssh,
        ConnectionKind::Winrm,
        ConnectionKind::WinrmHttps,
        ConnectionKind::Telnet,
    ]);
    let user = prop_oneof![
        "[a-z][a-z0-9_.-]{0,6}",
        Just("CORP\\John Smith".to_owned()),
        Just("svc$".to_owned()),
        Just("1001".to_owned())
    ]
    .prop_filter("an account", |u| check_user(u).is_ok());
    unique(
        (kind, option::of(1..=u16::MAX), option::of(user)).prop_map(|(kind, port, user)| Connection {
            kind,
            port,
            user,
            credential: None,
        }),
        |c| c.kind.to_string(),
        0..4,
    )
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof!["10\\.[0-9]\\.0\\.[1-9]", "2001:db8::[1-9a-f]", "[a-z]{1,3}\\.example", Just("fe80::1%eth0".to_owned())]
        .prop_filter("an address", |a| check_address(a).is_ok())
}

/// Few names, so that two inventories speak of the same targets and groups, spelled one way or another.
fn few_names() -> impl Strategy<Value = String> + Clone {
    prop::sample::select(vec!["a", "A", "b", "c", "C", "d", "e", "f"]).prop_map(str::to_owned)
}

fn inventory(name: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Snapshot> {
    let os = prop::sample::select(vec![Os::Linux, Os::Windows, Os::Macos, Os::Unix, Os::Network, Os::Unknown]);
    let target = (
        name.clone(),
        unique(address(), Clone::clone, 0..3),
        os,
        unique(name.clone().prop_filter("a tag", |t| !t.contains([';', '|'])), Clone::clone, 0..3),
        btree_set(0..8_usize, 0..4),
        (option::of(name.clone()), any::<bool>(), notes()),
        connections(),
    );
    let group = (name.clone(), unique(name, Clone::clone, 0..3), option::of(0..8_usize), prop::bool::weighted(0.1));
    let services = prop::collection::btree_map(
        "[a-z]{1,5}",
        vec(
            "[A-Za-z0-9$_. -]{1,8}"
                .prop_map(|n| n.trim().to_owned())
                .prop_filter("a name", |n| !n.is_empty() && !n.starts_with('-')),
            0..3,
        ),
        0..3,
    );
    (unique(target, |t| t.0.clone(), 0..8), unique(group, |g| g.0.clone(), 0..8), services).prop_map(
        |(targets, groups, services)| {
            let ids: Vec<GroupId> =
                groups.iter().map(|g| GroupId(id(&format!("group:{}", g.0.to_lowercase())))).collect();
            let names: BTreeSet<String> = groups.iter().map(|g| g.0.to_lowercase()).collect();
            let mut parents: Vec<Option<usize>> = Vec::new();
            for (n, (.., parent, _)) in groups.iter().enumerate() {
                // Only to an earlier one, and at most three levels.
                let depth = |mut g: usize| {
                    let mut depth = 1;
                    while let Some(parent) = parents[g] {
                        g = parent;
                        depth += 1;
                    }
                    depth
                };
                parents.push(parent.filter(|p| *p < n && depth(*p) < MAX_GROUP_DEPTH));
            }
            let groups: Vec<Group> = groups
                .into_iter()
                .enumerate()
                .map(|(n, (name, aliases, _, everything))| Group {
                    id: ids[n],
                    spec: GroupSpec {
                        // An alias that is a group's name is left out on import.
                        aliases: aliases.into_iter().filter(|a| !names.contains(&a.to_lowercase())).collect(),
                        name,
                        parent: parents[n].map(|p| ids[p]),
                        everything,
                    },
                })
                .collect();
            let targets = targets
                .into_iter()
                .map(|(name, addresses, os, tags, in_groups, (environment, maintenance, notes), connections)| Target {
                    id: TargetId(id(&format!("target:{}", name.to_lowercase()))),
                    spec: TargetSpec {
                        name,
                        addresses,
                        os,
                        tags,
                        groups: in_groups.into_iter().filter_map(|g| ids.get(g).copied()).collect(),
                        environment,
                        maintenance,
                        notes,
                        connections,
                    },
                    facts: None,
                    last_contact: None,
                    last_failure: String::new(),
                })
                .collect();
            Snapshot { targets, groups, services }
        },
    )
}

/// The inventory after a merge was written.
fn after(current: &Snapshot, merge: &Merge) -> Snapshot {
    let mut next = current.clone();
    for group in &merge.groups {
        match next.groups.iter_mut().find(|g| g.id == group.id) {
            Some(known) => *known = group.clone(),
            None => next.groups.push(group.clone()),
        }
    }
    for (id, spec) in &merge.targets {
        match next.targets.iter_mut().find(|t| t.id == *id) {
            Some(known) => known.spec = spec.clone(),
            None => next.targets.push(Target {
                id: *id,
                spec: spec.clone(),
                facts: None,
                last_contact: None,
                last_failure: String::new(),
            }),
        }
    }
    next
}

fn depth(snapshot: &Snapshot, group: &Group) -> usize {
    let parent = |g: &&Group| snapshot.groups.iter().find(|p| Some(p.id) == g.spec.parent);
    std::iter::successors(Some(group), parent).take(100).count()
}

/// Every group a target is in, sub-groups followed.
fn groups_of(snapshot: &Snapshot, name: &str) -> BTreeSet<String> {
    let target = snapshot.targets.iter().find(|t| t.spec.name.to_lowercase() == name.to_lowercase()).unwrap();
    let mut all = BTreeSet::new();
    for id in &target.spec.groups {
        let mut next = Some(*id);
        while let Some(group) = next.and_then(|id| snapshot.groups.iter().find(|g| g.id == id)) {
            all.insert(group.spec.name.to_lowercase());
            next = group.spec.parent;
        }
    }
    all
}

fn fresh_ids() -> impl FnMut() -> uuid::Uuid {
    let mut n = 0_u128;
    move || {
        n += 1;
        uuid::Uuid::from_u128(n << 64 | 7)
    }
}

/// Merges an import into an inventory and holds every promise of it against the result.
fn merged(
    current: &Snapshot,
    imported: &Imported,
    credential: Option<CredentialId>,
) -> Result<Snapshot, TestCaseError> {
    let mut ids = fresh_ids();
    let taken: BTreeSet<uuid::Uuid> =
        current.targets.iter().map(|t| t.id.0).chain(current.groups.iter().map(|g| g.id.0)).collect();
    let mut new_ids = || loop {
        let id = ids();
        if !taken.contains(&id) {
            return id;
        }
    };
    let first = merge(imported, current, &mut new_ids, credential);
    let next = after(current, &first);
    for group in &next.groups {
        prop_assert!(depth(&next, group) <= MAX_GROUP_DEPTH, "{} lies too deep or in a cycle", group.spec.name);
    }
    let mut written = BTreeSet::new();
    for group in &first.groups {
        let is_there =
            group.spec.parent.is_none_or(|p| written.contains(&p) || current.groups.iter().any(|g| g.id == p));
        prop_assert!(is_there, "{} is written before its parent", group.spec.name);
        written.insert(group.id);
    }
    for t in &current.targets {
        let now = &next.targets.iter().find(|n| n.id == t.id).unwrap().spec;
        prop_assert!(t.spec.tags.iter().all(|x| now.tags.contains(x)), "no tag goes");
        prop_assert!(t.spec.groups.iter().all(|x| now.groups.contains(x)), "no membership goes");
        prop_assert!(
            t.spec.connections.iter().all(|c| now
                .connections
                .iter()
                .any(|n| n.kind == c.kind && (c.credential.is_none() || n.credential == c.credential))),
            "no connection and no credential goes"
        );
        prop_assert_eq!(&t.spec.name, &now.name, "the known spelling stays");
        let spoken = imported.targets.iter().find(|i| i.name.to_lowercase() == t.spec.name.to_lowercase());
        if spoken.is_none() {
            prop_assert_eq!(&t.spec, now, "what is not in the text stays as it is");
        }
    }
    let alone = alone(imported);
    let everything: BTreeSet<String> =
        alone.groups.iter().filter(|g| g.spec.everything).map(|g| g.spec.name.to_lowercase()).collect();
    for target in &imported.targets {
        let wanted = groups_of(&alone, &target.name);
        let is = groups_of(&next, &target.name);
        prop_assert!(
            wanted.iter().all(|g| is.contains(g) || everything.contains(g)),
            "{}: {wanted:?} in {is:?}",
            target.name
        );
    }
    let second = merge(imported, &next, &mut new_ids, credential);
    prop_assert!(
        second.targets.is_empty() && second.groups.is_empty(),
        "the second time nothing is written: {:?}",
        second
    );
    prop_assert!(second.preview.targets.iter().all(|t| t.change == ImportChange::Same && t.differences.is_empty()));
    prop_assert!(second.preview.groups.iter().all(|g| g.change == ImportChange::Same));
    Ok(next)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_export_comes_back(snapshot in inventory(name())) {
        comes_back(&snapshot);
    }

    #[test]
    fn merging_keeps_its_promises(first in inventory(few_names()), second in inventory(few_names()), third in inventory(few_names()), secret in any::<bool>()) {
        let credential = secret.then(|| CredentialId(id("credential")));
        let mut current = first;
        for next in [second, third] {
            let imported = parse(ImportFormat::Json, &export(ImportFormat::Json, &next, &no_credential).unwrap()).unwrap();
            current = merged(&current, &imported, credential)?;
        }
    }
}

#[test]
fn fixtures_come_back() {
    for (format, path) in [
        (ImportFormat::AnsibleIni, "ansible/data_centre.ini"),
        (ImportFormat::AnsibleIni, "ansible/precedence.ini"),
        (ImportFormat::AnsibleIni, "ansible/windows.ini"),
        (ImportFormat::AnsibleYaml, "ansible/site.yml"),
        (ImportFormat::SshConfig, "ssh/config"),
        (ImportFormat::Json, "json/example.json"),
    ] {
        comes_back(&alone(&parse(format, &fixture(path)).unwrap()));
    }
}

#[test]
fn a_plain_name_is_nobody_elses() {
    let text = r#"{"hosts": ["web", "w_b", "w b"], "groups": {"a": {}, "web servers": {}, "web_servers": {"parent": "a"}, "web": {}, "w:b": {}}}"#;
    comes_back(&alone(&parse(ImportFormat::Json, text).unwrap()));
}

#[test]
fn nothing_is_written_as_an_ssh_configuration() {
    let answer = export(ImportFormat::SshConfig, &Snapshot::default(), &no_credential);
    assert_eq!(answer, Err(InventoryError::CannotWrite(ImportFormat::SshConfig)));
}

/// Names nobody has checked must not break out of their place in the text.
#[test]
fn hostile_names_stay_names_in_every_export() {
    let hostile = "x\n[evil]\nroot ansible_host=6.6.6.6\n\"; '\u{2028}";
    let group = Group {
        id: GroupId(id("g")),
        spec: GroupSpec {
            name: hostile.to_owned(),
            aliases: vec![hostile.to_owned()],
            parent: Some(GroupId(id("g"))),
            everything: false,
        },
    };
    let target = Target {
        id: TargetId(id("t")),
        spec: TargetSpec {
            name: hostile.to_owned(),
            addresses: vec![hostile.to_owned(), hostile.to_owned()],
            tags: vec![hostile.to_owned()],
            groups: vec![group.id],
            environment: Some(hostile.to_owned()),
            notes: hostile.to_owned(),
            connections: vec![
                Connection { user: Some(hostile.to_owned()), ..Connection::of(ConnectionKind::Ssh) },
                Connection { user: Some(hostile.to_owned()), ..Connection::of(ConnectionKind::Telnet) },
            ],
            ..TargetSpec::default()
        },
        facts: None,
        last_contact: None,
        last_failure: String::new(),
    };
    let snapshot = Snapshot {
        targets: vec![target],
        groups: vec![group],
        services: BTreeMap::from([(hostile.to_owned(), vec![hostile.to_owned()])]),
    };
    for format in WRITTEN {
        let text = export(format, &snapshot, &no_credential).unwrap();
        let imported = parse(format, &text).unwrap();
        assert!(imported.targets.iter().all(|t| t.name != "root" && t.addresses.is_empty()), "{format}: {text}");
        assert!(imported.targets.len() <= 1 && imported.groups.iter().all(|g| g.name != "evil"), "{format}: {text}");
    }
}

#[test]
fn cells_that_look_like_formulas_are_kept_from_being_computed() {
    for name in ["=1+1", "+x", "@x"] {
        let snapshot = Snapshot {
            targets: vec![Target {
                id: TargetId(id("t")),
                spec: TargetSpec {
                    name: name.to_owned(),
                    notes: "'=HYPERLINK(\"x\")".to_owned(),
                    ..TargetSpec::default()
                },
                facts: None,
                last_contact: None,
                last_failure: String::new(),
            }],
            ..Snapshot::default()
        };
        let text = export(ImportFormat::Csv, &snapshot, &no_credential).unwrap();
        assert!(text.contains(&format!("\n'{name},")) && text.contains("\"''=HYPERLINK"), "{text}");
        comes_back(&snapshot);
    }
}

#[test]
fn a_credential_is_written_by_name_alone() {
    let credential = CredentialId(id("c"));
    let snapshot = Snapshot {
        targets: vec![Target {
            id: TargetId(id("t")),
            spec: TargetSpec {
                name: "web1".to_owned(),
                connections: vec![Connection { credential: Some(credential), ..Connection::of(ConnectionKind::Ssh) }],
                ..TargetSpec::default()
            },
            facts: None,
            last_contact: None,
            last_failure: String::new(),
        }],
        ..Snapshot::default()
    };
    for format in WRITTEN {
        let text = export(format, &snapshot, &|id| (id == credential).then(|| "Deploy key 2024".to_owned())).unwrap();
        assert!(text.contains("Deploy key 2024"), "{text}");
        let imported = parse(format, &text).unwrap();
        common::expect_remark(&imported, 0, wheelhouse_protocol::inventory::ImportSeverity::Note, "“Deploy key 2024”");
    }
}
