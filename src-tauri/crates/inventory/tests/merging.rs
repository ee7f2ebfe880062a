//! What a merge changes, and how it says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{alone, id};
use wheelhouse_inventory::{Merge, merge, parse};
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::inventory::{ImportChange, ImportFormat, Snapshot};

fn ini(text: &str) -> Snapshot {
    alone(&parse(ImportFormat::AnsibleIni, text).unwrap())
}

fn into(current: &Snapshot, format: ImportFormat, text: &str, credential: Option<CredentialId>) -> Merge {
    let mut n = 0_u128;
    let mut new_ids = || {
        n += 1;
        uuid::Uuid::from_u128(n)
    };
    merge(&parse(format, text).unwrap(), current, &mut new_ids, credential)
}

#[test]
fn what_is_new_is_shown_as_it_would_be() {
    let text = "[web]\nweb1 ansible_host=10.0.0.1 ansible_port=2222 ansible_user=deploy\nweb2\n[site:children]\nweb\n";
    let merge = into(&Snapshot::default(), ImportFormat::AnsibleIni, text, None);
    let [web1, web2] = merge.preview.targets.as_slice() else { panic!("{:?}", merge.preview) };
    assert_eq!((web1.address.as_str(), web1.connection.as_str()), ("10.0.0.1", "SSH, port 2222, as deploy"));
    assert_eq!((web2.address.as_str(), web2.connection.as_str()), ("web2", "SSH, port 22"));
    assert_eq!(
        (web1.change, &web1.differences[..], &web1.groups[..]),
        (ImportChange::New, &[][..], &["web".to_owned()][..])
    );
    let groups: Vec<_> =
        merge.preview.groups.iter().map(|g| (g.name.as_str(), g.parent.as_deref(), g.members, g.change)).collect();
    assert_eq!(groups, [("web", Some("site"), 2, ImportChange::New), ("site", None, 2, ImportChange::New)]);
    assert_eq!(merge.groups[0].spec.name, "site", "the parent is written first");
    assert_eq!(merge.groups[1].spec.parent, Some(merge.groups[0].id));
}

#[test]
fn what_changes_is_told_field_by_field() {
    let current = ini("[web]\nWeb1 ansible_host=10.0.0.1 ansible_user=root ansible_connection=ssh\n");
    let text = "name,address,os,connection,port,user,groups,tags,environment,maintenance,notes\n\
                web1,10.0.0.2;web1.example,Debian,ssh,2222,deploy,db,a;b,production,yes,\"moved\nsee wiki\"\n";
    let merge = into(&current, ImportFormat::Csv, text, None);
    assert_eq!(merge.preview.targets[0].change, ImportChange::Changed);
    assert_eq!(
        merge.preview.targets[0].differences,
        [
            "addresses: 10.0.0.1 → 10.0.0.2, web1.example",
            "system: unknown OS → Linux",
            "connections: SSH, port 22, as root → SSH, port 2222, as deploy",
            "groups: web → web, db",
            "tags: none → a, b",
            "environment: none → production",
            "maintenance: no → yes",
            "notes: none → moved…",
        ]
    );
    let (written, spec) = &merge.targets[0];
    assert_eq!(
        (*written, spec.name.as_str()),
        (current.targets[0].id, "Web1"),
        "it is the known target, spelled as known"
    );
}

#[test]
fn what_the_text_does_not_speak_of_stays() {
    let mut current = ini("[web]\nweb1 ansible_host=10.0.0.1\n[old]\nweb1\n");
    let credential = CredentialId(id("key"));
    let spec = &mut current.targets[0].spec;
    spec.notes = "by hand".to_owned();
    spec.maintenance = true;
    spec.tags = vec!["kept".to_owned()];
    spec.environment = Some("staging".to_owned());
    spec.connections[0].credential = Some(credential);
    spec.addresses.push("web1.example".to_owned());
    let merge = into(&current, ImportFormat::AnsibleIni, "[web]\nweb1 ansible_host=10.0.0.1\n", None);
    assert_eq!(merge.preview.targets[0].change, ImportChange::Same, "{:?}", merge.preview.targets[0].differences);
    assert!(merge.targets.is_empty() && merge.groups.is_empty(), "what is the same is not written");

    let merge = into(
        &current,
        ImportFormat::AnsibleIni,
        "[web]\nweb1 ansible_host=10.0.0.9 ansible_user=x\n",
        Some(CredentialId(id("other"))),
    );
    let spec = &merge.targets[0].1;
    assert_eq!((spec.notes.as_str(), spec.maintenance, &spec.tags[..]), ("by hand", true, &["kept".to_owned()][..]));
    assert_eq!(spec.connections[0].credential, Some(credential), "a chosen credential is not replaced");
    assert_eq!(spec.addresses, ["10.0.0.9", "web1.example"], "the address where it no longer is goes, its name stays");
    assert_eq!(spec.groups.len(), 2, "the other group stays");
}

#[test]
fn an_assumed_protocol_changes_nothing_that_is_known() {
    let current = ini("win1 ansible_connection=winrm ansible_user=admin\n");
    let merge = into(&current, ImportFormat::AnsibleIni, "[all]\nwin1\n", None);
    assert_eq!(merge.preview.targets[0].change, ImportChange::Same, "a name alone says nothing about how to reach it");
    let merge = into(&current, ImportFormat::AnsibleIni, "win1 ansible_user=other\n", None);
    assert_eq!(merge.preview.targets[0].change, ImportChange::Same, "the user is for SSH, which is not spoken here");
    assert!(
        merge.preview.remarks.iter().any(|r| r.line == 1 && r.message.contains("without this port and user")),
        "{:?}",
        merge.preview.remarks
    );
    let merge = into(&current, ImportFormat::AnsibleIni, "win1 ansible_connection=ssh\n", None);
    assert_eq!(
        merge.preview.targets[0].differences,
        ["connections: WinRM (HTTPS), port 5986, as admin → SSH, port 22; WinRM (HTTPS), port 5986, as admin"]
    );
}

#[test]
fn the_credential_goes_where_none_is_chosen() {
    let credential = CredentialId(id("key"));
    let text = "web1\nhere ansible_connection=local\n";
    let merge = into(&Snapshot::default(), ImportFormat::AnsibleIni, text, Some(credential));
    let credentials: Vec<_> = merge.targets.iter().map(|(_, spec)| spec.connections[0].credential).collect();
    assert_eq!(credentials, [Some(credential), None], "one's own machine needs none");
    let merge = into(&ini(text), ImportFormat::AnsibleIni, text, Some(credential));
    assert_eq!(merge.preview.targets[0].differences, ["credential: none → the chosen one"]);
}

#[test]
fn groups_never_form_a_cycle_or_nest_too_deep() {
    // There: a holds b. The text: b holds a.
    let current = ini("[a:children]\nb\n[b]\nx\n[a]\n");
    let merge = into(&current, ImportFormat::AnsibleIni, "[b:children]\na\n[a]\ny\n[b]\n", None);
    assert!(merge.groups.is_empty(), "the link is not made: {:?}", merge.groups);
    assert!(
        merge.preview.remarks.iter().any(|r| r.line == 3 && r.message.contains("it holds that group itself")),
        "{:?}",
        merge.preview.remarks
    );
    let groups = &merge.preview.targets[0].groups;
    assert_eq!(groups, &["a", "b"], "y is put in b directly");

    // There: three levels. The text puts a fourth on top.
    let current = ini("[one:children]\ntwo\n[two:children]\nthree\n[three]\nx\n");
    let merge = into(&current, ImportFormat::AnsibleIni, "[zero:children]\none\n[one]\ny\n", None);
    assert_eq!(
        merge.groups.iter().map(|g| g.spec.name.as_str()).collect::<Vec<_>>(),
        ["zero"],
        "one stays where it was"
    );
    assert!(
        merge.preview.remarks.iter().any(|r| r.message.contains("deeper than three levels")),
        "{:?}",
        merge.preview.remarks
    );
    assert_eq!(merge.preview.targets[0].groups, ["one", "zero"]);
}

#[test]
fn a_group_that_moves_away_makes_room() {
    let current = ini("[top:children]\nmid\n[mid:children]\nleaf\n[leaf]\nx\n");
    let text = "[root:children]\ntop\n[top]\n[other:children]\nleaf\n[leaf]\nx\n";
    let merge = into(&current, ImportFormat::AnsibleIni, text, None);
    assert_eq!(merge.preview.remarks.iter().filter(|r| r.line > 0).count(), 0, "{:?}", merge.preview.remarks);
    let parents: Vec<_> = merge.preview.groups.iter().map(|g| (g.name.as_str(), g.parent.as_deref())).collect();
    assert_eq!(parents, [("root", None), ("top", Some("root")), ("other", None), ("leaf", Some("other"))]);
}

#[test]
fn a_new_group_that_takes_an_alias_is_told_of() {
    let current =
        alone(&parse(ImportFormat::Json, r#"{"hosts": [], "groups": {"web servers": {"aliases": ["web"]}}}"#).unwrap());
    let merge = into(&current, ImportFormat::AnsibleIni, "[Web]\nweb1\n", None);
    assert!(
        merge.preview.remarks.iter().any(|r| r.line == 1 && r.message.contains("“web servers” also goes by that name")),
        "{:?}",
        merge.preview.remarks
    );
}

#[test]
fn a_group_of_everything_counts_everything() {
    let text = r#"{"hosts": ["a", "b"], "groups": {"all servers": {"members": "*"}}}"#;
    let merge = into(&Snapshot::default(), ImportFormat::Json, text, None);
    assert_eq!(merge.preview.groups[0].members, 2);
    assert!(merge.groups[0].spec.everything);
}
