//! Our reading compared with that of the tools the formats belong to.
//!
//! The `.expected.json` files beside the fixtures were written by ansible-core 2.19.14 and OpenSSH
//! 9.2p1 (see `_from` in each). Two differences are meant, and are stated where they show: a group here
//! has one parent and three levels (who is in it is the same), and an `ssh_config` line with several
//! names for one machine is one target.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{all_groups, fixture, names, target};
use serde_json::Value;
use std::collections::BTreeSet;
use wheelhouse_inventory::{Imported, parse};
use wheelhouse_protocol::inventory::{ConnectionKind, ImportFormat, MAX_GROUP_DEPTH, Os};

fn expected(path: &str) -> serde_json::Map<String, Value> {
    let mut file: Value = serde_json::from_str(&fixture(path)).unwrap();
    match file["hosts"].take() {
        Value::Object(hosts) => hosts,
        other => panic!("{path} has no hosts: {other}"),
    }
}

/// Of several names for one thing Ansible takes the last that is set.
fn last<'a>(host: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().rev().find_map(|name| host[*name].as_str())
}

fn compare_with_ansible(format: ImportFormat, name: &str) -> Imported {
    let (stem, _) = name.split_once('.').unwrap();
    let imported = parse(format, &fixture(&format!("ansible/{name}"))).unwrap();
    let expected = expected(&format!("ansible/{stem}.expected.json"));
    let ours: BTreeSet<&str> = names(&imported).into_iter().collect();
    let theirs: BTreeSet<&str> = expected.keys().map(String::as_str).collect();
    assert_eq!(ours, theirs, "the hosts of {name}");
    for (host, theirs) in &expected {
        let ours = target(&imported, host);
        let groups: BTreeSet<String> =
            theirs["groups"].as_array().unwrap().iter().map(|g| g.as_str().unwrap().to_owned()).collect();
        assert_eq!(all_groups(&imported, ours), groups, "the groups of {host} in {name}");
        assert_eq!(
            ours.addresses.first().map(String::as_str),
            last(theirs, &["ansible_host", "ansible_ssh_host"]),
            "the address of {host}"
        );
        let Some(connection) = ours.connections.first() else {
            assert_eq!(
                last(theirs, &["ansible_connection"]),
                Some("community.docker.docker"),
                "{host} has no connection"
            );
            continue;
        };
        assert_eq!(
            connection.port.map(|p| p.to_string()).as_deref(),
            last(theirs, &["ansible_port", "ansible_ssh_port"]),
            "the port of {host}"
        );
        assert_eq!(
            connection.user.as_deref(),
            last(theirs, &["ansible_user", "ansible_ssh_user"]),
            "the user of {host}"
        );
        assert_eq!(
            connection.assumed,
            last(theirs, &["ansible_connection"]).is_none(),
            "whether {host} names a connection"
        );
    }
    for group in &imported.groups {
        let depth =
            std::iter::successors(Some(group), |g| imported.groups.iter().find(|p| Some(&p.name) == g.parent.as_ref()));
        assert!(depth.count() <= MAX_GROUP_DEPTH, "{} lies too deep", group.name);
    }
    imported
}

#[test]
fn a_data_centre_in_ini() {
    let imported = compare_with_ansible(ImportFormat::AnsibleIni, "data_centre.ini");
    assert_eq!(target(&imported, "sw-core-1").os, Os::Network, "network_cli is spoken by appliances");
    assert_eq!(target(&imported, "sw-core-1").connections[0].kind, ConnectionKind::Ssh);
}

#[test]
fn which_variable_wins() {
    let imported = compare_with_ansible(ImportFormat::AnsibleIni, "precedence.ini");
    let parent = |name: &str| imported.groups.iter().find(|g| g.name == name).unwrap().parent.clone();
    assert_eq!(parent("l3").as_deref(), Some("l2"));
    assert_eq!(parent("l4").as_deref(), Some("l2"), "the fourth level is put beside the third");
    assert_eq!(parent("l5").as_deref(), Some("l2"));
    assert_eq!(parent("leaf").as_deref(), Some("middle"), "of two parents the first one stays");
}

#[test]
fn windows_hosts_in_ini() {
    let imported = compare_with_ansible(ImportFormat::AnsibleIni, "windows.ini");
    for (host, kind, os) in [
        ("win-dc-01", ConnectionKind::WinrmHttps, Os::Windows),
        ("win-old", ConnectionKind::Winrm, Os::Windows),
        ("win-plain", ConnectionKind::Winrm, Os::Windows),
        ("win-core", ConnectionKind::WinrmHttps, Os::Windows),
        ("win-ssh", ConnectionKind::Ssh, Os::Windows),
        ("here", ConnectionKind::Local, Os::Unknown),
    ] {
        let target = target(&imported, host);
        assert_eq!((target.connections[0].kind, target.os), (kind, os), "{host}");
    }
}

#[test]
fn a_site_in_yaml() {
    let imported = compare_with_ansible(ImportFormat::AnsibleYaml, "site.yml");
    assert!(imported.groups.iter().any(|g| g.name == "db_empty"), "a group without hosts is a group");
}

#[test]
fn an_ssh_configuration() {
    let imported = parse(ImportFormat::SshConfig, &fixture("ssh/config")).unwrap();
    let expected = expected("ssh/config.expected.json");
    for (host, theirs) in &expected {
        // `gateway` and `gw.example.net` lead to the machine `gw` leads to: they are names of it here.
        let ours = match host.as_str() {
            "gateway" | "gw.example.net" => {
                assert!(target(&imported, "gw").addresses.contains(host), "{host} is a name of gw");
                target(&imported, "gw")
            }
            host => target(&imported, host),
        };
        let address = ours.addresses.first().unwrap_or(&ours.name);
        assert_eq!(Some(address.as_str()), theirs["hostname"].as_str(), "the address of {host}");
        let connection = &ours.connections[0];
        assert_eq!(
            Some(connection.port.unwrap_or(22).to_string().as_str()),
            theirs["port"].as_str(),
            "the port of {host}"
        );
        assert_eq!(connection.user.as_deref(), theirs["user"].as_str(), "the user of {host}");
    }
    assert_eq!(imported.targets.len(), expected.len() - 2, "nothing else is a target");
}
