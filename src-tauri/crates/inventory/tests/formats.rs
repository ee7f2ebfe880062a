//! What each format says, read from texts as people write them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{alone, fixture, names, target};
use wheelhouse_inventory::{ImportedConnection, parse, recognise};
use wheelhouse_protocol::inventory::ImportFormat::{AnsibleIni, AnsibleYaml, Csv, Json, SshConfig};
use wheelhouse_protocol::inventory::{ConnectionKind, ImportSeverity, Os};

fn by(kind: ConnectionKind, port: Option<u16>, user: Option<&str>) -> ImportedConnection {
    ImportedConnection { kind, port, user: user.map(str::to_owned), assumed: false }
}

#[test]
fn the_example_inventory_is_taken_as_it_is() {
    let text = fixture("json/example.json");
    assert_eq!(recognise("nl_examples.json", &text), Some(Json));
    let imported = parse(Json, &text).unwrap();
    assert_eq!(imported.remarks, [], "nothing in it needs a look");
    assert_eq!((imported.targets.len(), imported.groups.len()), (17, 10));

    let cis = target(&imported, "cis-server-01");
    assert_eq!(cis.addresses, ["10.1.1.10", "cis-server-01.company.com"], "the IP address is dialled");
    assert_eq!(cis.os, Os::Windows);
    assert_eq!(cis.groups, ["CIS servers", "production servers"]);
    assert_eq!(
        cis.connections,
        [by(ConnectionKind::Winrm, Some(5985), None), by(ConnectionKind::WinrmHttps, Some(5986), None)]
    );
    assert_eq!(target(&imported, "stg-01").tags, ["linux", "staging"]);
    assert_eq!(target(&imported, "db-server-01").tags, ["mysql", "postgresql"], "what is installed is a tag");
    assert_eq!(target(&imported, "legacy-ap-01").connections, [by(ConnectionKind::Telnet, Some(23), None)]);
    assert_eq!(target(&imported, "192.168.50.12").addresses, [""; 0], "its name is its address");

    let group = |name: &str| imported.groups.iter().find(|g| g.name == name).unwrap();
    assert_eq!(group("CIS servers").aliases, ["CIS", "CIS server", "CIS group"], "“cis” is “CIS” in other letters");
    assert_eq!(group("production servers").aliases, ["prod servers", "production", "prod"]);
    assert!(group("all servers").everything && imported.groups.iter().filter(|g| g.everything).count() == 1);
    assert_eq!(imported.services["iis"], ["W3SVC", "Internet Information Services"]);

    // Bare, too: the object itself.
    let inside = text.trim().strip_suffix('}').unwrap();
    let bare = parse(Json, &inside[inside.find("\"inventory\":").unwrap() + 12..]).unwrap();
    assert_eq!(alone(&bare), alone(&imported), "under “inventory” or bare is the same inventory");
}

#[test]
fn ansible_variables_say_how_to_reach_a_target() {
    for (variables, connection, os) in [
        (
            "ansible_connection=ssh ansible_port=2222 ansible_user=x",
            by(ConnectionKind::Ssh, Some(2222), Some("x")),
            Os::Unknown,
        ),
        ("ansible_connection=ansible.builtin.paramiko_ssh", by(ConnectionKind::Ssh, None, None), Os::Unknown),
        ("ansible_connection=winrm", by(ConnectionKind::WinrmHttps, None, None), Os::Windows),
        ("ansible_connection=winrm ansible_port=5985", by(ConnectionKind::Winrm, Some(5985), None), Os::Windows),
        ("ansible_connection=winrm ansible_winrm_scheme=http", by(ConnectionKind::Winrm, None, None), Os::Windows),
        (
            "ansible_connection=winrm ansible_winrm_scheme=https ansible_port=5985",
            by(ConnectionKind::WinrmHttps, Some(5985), None),
            Os::Windows,
        ),
        (
            "ansible_connection=psrp ansible_psrp_protocol=http ansible_psrp_user=a",
            by(ConnectionKind::Winrm, None, Some("a")),
            Os::Windows,
        ),
        ("ansible_connection=local", by(ConnectionKind::Local, None, None), Os::Unknown),
        ("ansible_connection=ssh ansible_os_family=RedHat", by(ConnectionKind::Ssh, None, None), Os::Linux),
        ("ansible_connection=ssh ansible_os_family=Darwin", by(ConnectionKind::Ssh, None, None), Os::Macos),
        ("ansible_connection=ssh ansible_network_os=arista.eos.eos", by(ConnectionKind::Ssh, None, None), Os::Network),
        ("ansible_connection=ssh ansible_shell_type=cmd", by(ConnectionKind::Ssh, None, None), Os::Windows),
        ("ansible_connection=telnet ansible_port=2323", by(ConnectionKind::Telnet, Some(2323), None), Os::Unknown),
    ] {
        let imported = parse(AnsibleIni, &format!("web1 {variables}\n")).unwrap();
        assert_eq!(imported.targets[0].connections, [connection], "{variables}");
        assert_eq!(imported.targets[0].os, os, "{variables}");
    }
    let imported = parse(AnsibleIni, "web1 ansible_port=5986\n").unwrap();
    let assumed = ImportedConnection { assumed: true, ..by(ConnectionKind::WinrmHttps, Some(5986), None) };
    assert_eq!(imported.targets[0].connections, [assumed], "nobody listens there for SSH");
    let imported = parse(AnsibleIni, "here ansible_connection=local\n").unwrap();
    common::expect_remark(&imported, 0, ImportSeverity::Note, "own machine: here");
    let imported = parse(AnsibleIni, "web1 ansible_connection=httpapi\n").unwrap();
    assert_eq!(
        (imported.targets[0].connections.len(), imported.targets[0].os),
        (0, Os::Network),
        "told, but not spoken"
    );
}

#[test]
fn a_value_that_cannot_be_used_hides_the_outer_one() {
    // In Ansible the host's own value wins, whatever it works out to: the group's would be wrong.
    let text = "[web]\nweb1 ansible_host={{x}} ansible_user=\n[web:vars]\nansible_host=10.0.0.1\nansible_user=deploy\n";
    let imported = parse(AnsibleIni, text).unwrap();
    assert_eq!(target(&imported, "web1").addresses, [""; 0]);
    assert_eq!(target(&imported, "web1").connections[0].user, None);
}

#[test]
fn tables_go_by_many_names() {
    for (header, line) in [
        (
            "name,address,os,connection,port,user,groups,tags,environment,notes",
            "web1,10.0.0.1,linux,ssh,2222,deploy,web;prod,a|b,production,first",
        ),
        (
            "Host,IP,Operating System,Protocol,Port,Username,Group,Labels,Env,Description",
            "web1,10.0.0.1,Ubuntu 24.04,SSH,2222,deploy,web|prod,a;b,production,first",
        ),
        (
            "host_name;ip-address;Platform;Transport;ssh_port;Login;Groups;Tag;Stage;Comment",
            "web1;10.0.0.1;RHEL 9;ssh;2222;deploy;web|prod;a|b;production;first",
        ),
        (
            "Server\tIPv4 Address\tOS\tConnection Type\tports\tansible_user\tgroups\tkeywords\tenvironment\tRemarks",
            "web1\t10.0.0.1\tlinux\tssh\t2222\tdeploy\tweb;prod\ta;b\tproduction\tfirst",
        ),
        (
            "\"Name\", \"Host\", \"OS\", \"Connection\", \"Port\", \"User\", \"Groups\", \"Tags\", \"Env\", \"Notes\"",
            "\"web1\",\"10.0.0.1\",\"linux\",\"ssh\",\"2222\",\"deploy\",\"web;prod\",\"a;b\",\"production\",\"first\"",
        ),
    ] {
        let text = format!("{header}\n{line}\n");
        // A blank after the separator keeps a quote from being one, as in every reader of CSV.
        let text = text.replace(", \"", ",\"");
        assert_eq!(recognise("", &text), Some(Csv), "{header}");
        let imported = parse(Csv, &text).unwrap();
        assert_eq!(imported.remarks, [], "{header}");
        let web1 = target(&imported, "web1");
        assert_eq!(web1.addresses, ["10.0.0.1"], "{header}");
        assert_eq!(web1.os, Os::Linux, "{header}");
        assert_eq!(web1.connections, [by(ConnectionKind::Ssh, Some(2222), Some("deploy"))], "{header}");
        assert_eq!(
            (&web1.groups[..], &web1.tags[..]),
            (&["web".to_owned(), "prod".to_owned()][..], &["a".to_owned(), "b".to_owned()][..]),
            "{header}"
        );
        assert_eq!(
            (web1.environment.as_deref(), web1.notes.as_deref()),
            (Some("production"), Some("first")),
            "{header}"
        );
    }
}

#[test]
fn tables_that_say_little() {
    let imported = parse(Csv, "ip\n10.0.0.1\n2001:db8::1\nweb.example:2222\n").unwrap();
    assert_eq!(names(&imported), ["10.0.0.1", "2001:db8::1", "web.example"]);
    assert_eq!(
        target(&imported, "web.example").connections[0].port,
        Some(2222),
        "a port behind an address is its port"
    );
    let imported = parse(Csv, "fqdn,hostname,ip\nweb1.example,web1,10.0.0.1\n").unwrap();
    assert_eq!(target(&imported, "web1").addresses, ["web1.example", "10.0.0.1"], "the leftmost address is dialled");
    let imported = parse(Csv, "sep=;\r\nname;port\r\nweb1;5986\r\nweb2;5985\r\nweb3;23\r\nweb4;22\r\n").unwrap();
    let kinds: Vec<_> = imported.targets.iter().map(|t| t.connections[0].kind).collect();
    assert_eq!(kinds, [ConnectionKind::WinrmHttps, ConnectionKind::Winrm, ConnectionKind::Telnet, ConnectionKind::Ssh]);
    assert_eq!(imported.targets[0].line, 3, "the line with the separator counts");
}

#[test]
fn the_first_word_counts_and_nothing_is_there_twice() {
    let text = "name,ip,address,tags,os,environment\nweb1,10.0.0.1,10.0.0.1;10.0.0.2,a;A;b,linux,one\nweb1,10.0.0.3,,b;c,windows,two\n";
    let web1 = &parse(Csv, text).unwrap().targets[0];
    assert_eq!(web1.addresses, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    assert_eq!(web1.tags, ["a", "b", "c"]);
    assert_eq!((web1.os, web1.environment.as_deref()), (Os::Linux, Some("one")));
}

#[test]
fn hosts_of_an_ssh_configuration() {
    let text = "Host *.lab\n  User lab\nHost a.lab b\n  Port 2222\nHost *\n  User late\n  Port 22\n";
    let imported = parse(SshConfig, text).unwrap();
    assert_eq!(names(&imported), ["a.lab", "b"], "names without a HostName are machines of their own");
    assert_eq!(target(&imported, "a.lab").connections, [by(ConnectionKind::Ssh, Some(2222), Some("lab"))]);
    assert_eq!(target(&imported, "b").connections, [by(ConnectionKind::Ssh, Some(2222), Some("late"))]);
}

#[test]
fn yaml_in_json_is_ansible_too() {
    let text = "{\"all\": {\"hosts\": {\"web1\": {\"ansible_host\": \"10.0.0.1\", \"ansible_port\": 22}},\n\t\"children\": {\"web\": {\"hosts\": {\"web1\": null}}}}}";
    assert_eq!(recognise("hosts.json", text), Some(AnsibleYaml));
    let imported = parse(AnsibleYaml, text).unwrap();
    assert_eq!(target(&imported, "web1").groups, ["web"]);
    assert_eq!(target(&imported, "web1").addresses, ["10.0.0.1"]);
}

#[test]
fn ids_depend_on_names_alone() {
    let first = alone(&parse(AnsibleIni, "[web]\nweb1\nweb2\n").unwrap());
    let second = alone(&parse(AnsibleIni, "# other\nWEB2\n[x]\nweb1\n[Web]\nweb2\n").unwrap());
    let id = |s: &wheelhouse_protocol::inventory::Snapshot, name: &str| {
        s.targets.iter().find(|t| t.spec.name.eq_ignore_ascii_case(name)).map(|t| t.id)
    };
    assert_eq!(id(&first, "web2"), id(&second, "web2"), "the same name is the same target");
    assert_ne!(id(&first, "web1"), id(&first, "web2"));
    assert_eq!(first.groups[0].id, second.groups[0].id);
    let sorted: Vec<_> = second.targets.iter().map(|t| t.spec.name.as_str()).collect();
    assert_eq!(sorted, ["web1", "WEB2"], "by name, as the store lists them");
}

#[test]
fn membership_in_a_group_of_everything_is_implied() {
    let text = "[everyone]\nweb1\n[everyone:vars]\nwheelhouse_group_everything=True\n[web]\nweb1\n";
    let imported = parse(AnsibleIni, text).unwrap();
    assert_eq!(target(&imported, "web1").groups, ["web"], "a target that leaves no group of everything");
    assert!(imported.groups[0].everything);
}
