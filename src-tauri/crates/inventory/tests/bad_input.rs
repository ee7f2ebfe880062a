//! What is wrong with a line costs that line and is told; what is wrong with the text is one clear problem.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{expect_remark, names, target};
use wheelhouse_inventory::{Imported, InventoryError, MAX_REMARKS, parse};
use wheelhouse_protocol::inventory::ImportFormat::{AnsibleIni, AnsibleYaml, Csv, Json, SshConfig};
use wheelhouse_protocol::inventory::ImportSeverity::{Error, Note, Warning};
use wheelhouse_protocol::inventory::{ConnectionKind, ImportFormat, Os};
use wheelhouse_protocol::{Problem, ProblemCode};

const ALL: [ImportFormat; 5] = [AnsibleIni, AnsibleYaml, SshConfig, Csv, Json];

fn read(format: ImportFormat, text: &str) -> Imported {
    parse(format, text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn texts_that_are_no_inventory_at_all() {
    for format in ALL {
        assert_eq!(parse(format, ""), Err(InventoryError::Empty), "{format}");
        assert_eq!(parse(format, "\u{feff} \r\n"), Err(InventoryError::Empty), "{format}");
        let binary: String = (0..400_u32).filter_map(|n| char::from_u32(n % 32)).collect();
        assert_eq!(parse(format, &binary), Err(InventoryError::Binary), "{format}");
        assert_eq!(parse(format, "$ANSIBLE_VAULT;1.1;AES256\n61626364\n"), Err(InventoryError::Encrypted), "{format}");
        let long = "#".repeat(32 * 1024 * 1024 + 1);
        assert_eq!(parse(format, &long), Err(InventoryError::TooLong { bytes: long.len() }), "{format}");
    }
    assert!(
        matches!(parse(AnsibleIni, &"#".repeat(32 * 1024 * 1024)), Ok(i) if i.targets.is_empty()),
        "32 MiB are still read"
    );
}

#[test]
fn problems_say_what_to_do_next() {
    for (error, code) in [
        (parse(Csv, "").unwrap_err(), ProblemCode::InvalidInput),
        (parse(Csv, "a,b\n1,2\n").unwrap_err(), ProblemCode::InvalidInput),
        (parse(AnsibleYaml, "a: [").unwrap_err(), ProblemCode::InvalidInput),
        (parse(AnsibleYaml, "- hosts: web\n").unwrap_err(), ProblemCode::InvalidInput),
        (parse(Json, "{").unwrap_err(), ProblemCode::InvalidInput),
        (parse(AnsibleIni, "x[1:100000]\ny\n").unwrap_err(), ProblemCode::InvalidInput),
        (InventoryError::CannotWrite(SshConfig), ProblemCode::InvalidInput),
    ] {
        let problem = Problem::from(error);
        assert_eq!(problem.code, code, "{problem}");
        assert!(!problem.title.is_empty() && !problem.hint.is_empty() && problem.detail.ends_with('.'), "{problem:?}");
    }
}

#[test]
fn broken_syntax_names_its_line() {
    for (format, text, line) in [
        (AnsibleYaml, "all:\n  hosts:\n\tweb1:\n", 3),
        (AnsibleYaml, "all:\n  hosts:\n    web1: {a: \"x\n", 3),
        (AnsibleYaml, "all: *nothing\n", 1),
        (AnsibleYaml, "a:\n---\nb:\n", 3),
        (Json, "{\"hosts\": [\n  {\"host\": \"web1\"},\n]}", 3),
        (Json, "{\"hosts\": [", 1),
    ] {
        match parse(format, text) {
            Err(InventoryError::Syntax { line: found, reason, .. }) => {
                assert!(found.abs_diff(line) <= 1, "{text:?}: line {found}, not {line}");
                assert!(!reason.is_empty() && !reason.contains('\n'), "{reason:?}");
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn other_documents_are_named() {
    for (format, text, says) in [
        (AnsibleYaml, "- hosts: web\n  tasks: []\n", "playbook"),
        (AnsibleYaml, "just text\n", "single value"),
        (AnsibleYaml, "plugin: aws_ec2\nregions: [x]\n", "inventory plugin"),
        (AnsibleYaml, "{\"_meta\": {\"hostvars\": {}}, \"all\": {\"children\": [\"x\"]}}", "ansible-inventory --list"),
        (Json, "[1, 2]", "a list"),
        (Json, "{\"all\": {\"hosts\": {}}}", "no “hosts”"),
        (Json, "{\"hosts\": \"web1\"}", "no list"),
        (Csv, "hunter2,10.0.0.1\nweb2,10.0.0.2\n", "no header"),
        (Csv, "os,port\nlinux,22\n", "no header"),
    ] {
        match parse(format, text) {
            Err(InventoryError::Shape { reason, hint, .. }) => {
                assert!(reason.contains(says), "{text:?}: {reason}");
                assert!(
                    !hint.is_empty() && !reason.contains("hunter2") && !hint.contains("hunter2"),
                    "{reason} {hint}"
                );
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
    let Err(InventoryError::Shape { hint, .. }) = parse(Csv, "x,y\n1,2\n") else { panic!("no header was found") };
    for name in ["name", "address", "os", "port", "user", "groups", "tags", "environment", "connection", "notes"] {
        assert!(hint.contains(name), "the recognised names are listed: {hint}");
    }
}

/// One line that is wrong, the remark on it, and the line after it that is still read.
#[test]
fn a_wrong_line_of_ini_costs_itself() {
    for (line, severity, says, kept) in [
        ("web;reboot", Error, "“;”", 0),
        ("web$(reboot)", Error, "“$”", 0),
        ("\"web`id`\"", Error, "“`”", 0),
        ("we\0b", Error, "NUL", 0),
        ("we\u{1b}b", Error, "U+001B", 0),
        ("-oProxyCommand=x", Error, "begin with “-”", 0),
        ("web*", Error, "“*”", 0),
        ("web[1:100000000]", Error, "100000000 targets", 0),
        ("web[3:1]", Error, "begin before it ends", 0),
        ("web[1:3", Error, "not closed", 0),
        ("[web servers]", Error, "no blanks", 0),
        ("[web:wars]", Error, "no kind of section", 0),
        ("web1 ansible_user='x", Error, "quote is opened", 0),
        ("web1 ansible_user=x\\", Error, "backslash", 0),
        ("web1:99999", Warning, "1 to 65535", 1),
        ("web1:ssh", Warning, "1 to 65535", 1),
        ("web1 ansible_port=99999", Warning, "1 to 65535", 1),
        ("web1 ansible_port=ssh", Warning, "1 to 65535", 1),
        ("web1 ansible_host='a b'", Warning, "a space", 1),
        ("web1 ansible_host='{{ lookup(\"env\", \"X\") }}'", Warning, "Jinja", 1),
        ("web1 ansible_host=$ANSIBLE_VAULT;1.1;AES256", Warning, "ansible-vault", 1),
        ("web1 word", Warning, "Word 1 behind “web1”", 1),
        ("web1 ansible_connection=docker", Warning, "not spoken here", 1),
    ] {
        let imported = read(AnsibleIni, &format!("first\n{line}\n[rest]\nlast ansible_host=10.0.0.9\n"));
        expect_remark(&imported, 2, severity, says);
        assert_eq!(imported.targets.len(), 2 + kept, "{line:?}: {:?}", names(&imported));
        assert_eq!(target(&imported, "last").addresses, ["10.0.0.9"], "{line:?} costs only itself");
        assert_eq!(target(&imported, "last").groups, ["rest"], "{line:?} costs only itself");
    }
}

#[test]
fn sections_that_lead_nowhere() {
    let imported = read(
        AnsibleIni,
        "[a:children]\nnobody\na\nall\n[ghost:vars]\nansible_user=x\n[a:vars]\nno equals sign\n[a]\nweb1\n[b c]\nweb2\n[a:odd]\nweb3\n",
    );
    expect_remark(&imported, 2, Error, "no group of that name");
    expect_remark(&imported, 3, Error, "itself part of");
    expect_remark(&imported, 4, Error, "“all”");
    expect_remark(&imported, 6, Error, "no group “ghost”");
    expect_remark(&imported, 8, Error, "name=value");
    expect_remark(&imported, 11, Error, "no blanks");
    expect_remark(&imported, 13, Error, "no kind of section");
    assert_eq!(
        names(&imported),
        ["web1", "web2"],
        "hosts of a group that cannot be are kept, unknown sections are not guessed"
    );
    assert_eq!(target(&imported, "web2").groups, [""; 0]);
}

#[test]
fn cycles_are_cut_and_nothing_else_is_lost() {
    let ini = "[a:children]\nb\n[b:children]\nc\n[c:children]\na\n[a]\nha\n[b]\nhb\n[c]\nhc\n";
    let imported = read(AnsibleIni, ini);
    expect_remark(&imported, 6, Error, "“a” cannot be part of “c”");
    assert_eq!(names(&imported), ["ha", "hb", "hc"]);
    let parent = |name: &str| imported.groups.iter().find(|g| g.name == name).unwrap().parent.clone();
    assert_eq!((parent("a"), parent("b"), parent("c")), (None, Some("a".to_owned()), Some("b".to_owned())));

    let yaml = "a:\n  children:\n    b:\n      hosts: {hb: }\n      children:\n        a:\n          hosts: {ha: }\n";
    let imported = read(AnsibleYaml, yaml);
    expect_remark(&imported, 6, Error, "“a” cannot be part of “b”");
    assert_eq!(names(&imported), ["hb", "ha"]);

    let json = "{\"hosts\": [\"x\"], \"groups\": {\n\"a\": {\"parent\": \"b\"},\n\"b\": {\"parent\": \"a\"}}}";
    let imported = read(Json, json);
    expect_remark(&imported, 3, Error, "cannot be part of");
}

#[test]
fn deep_groups_are_flattened_and_keep_their_members() {
    let text = "[l1:children]\nl2\n[l2:children]\nl3\n[l3:children]\nl4\n[l4]\nx\n";
    let imported = read(AnsibleIni, text);
    expect_remark(&imported, 6, Note, "deeper than 3 levels");
    let groups = common::all_groups(&imported, target(&imported, "x"));
    assert_eq!(groups.into_iter().collect::<Vec<_>>(), ["l1", "l2", "l3", "l4"], "x is in every one of them");
}

#[test]
fn names_are_compared_without_case() {
    let imported = read(AnsibleIni, "Web1\nweb1 ansible_user=x\n[Prod]\nweb1\n[prod]\nWEB1\n");
    assert_eq!(names(&imported), ["Web1"]);
    expect_remark(&imported, 2, Warning, "“web1” and “Web1” (line 1) are one target");
    expect_remark(&imported, 5, Warning, "“prod” and “Prod” (line 3) are one group");
    assert_eq!(target(&imported, "Web1").groups, ["Prod"]);
    assert_eq!(target(&imported, "Web1").connections[0].user.as_deref(), Some("x"));

    let imported = read(Csv, "name,user\nweb1,a\nWEB1,b\nweb1,c\n");
    assert_eq!(names(&imported), ["web1"]);
    expect_remark(&imported, 3, Warning, "one target");
    expect_remark(&imported, 4, Warning, "in line 2 already");
    assert_eq!(target(&imported, "web1").connections[0].user.as_deref(), Some("a"), "the first line counts");

    let imported = read(Json, "{\"hosts\": [{\"host\": \"a\"},\n{\"host\": \"A\", \"os\": \"linux\"}]}");
    assert_eq!(names(&imported), ["a"]);
    expect_remark(&imported, 2, Warning, "one target");

    let imported = read(SshConfig, "Host web\n User a\nHost WEB\n User b\n");
    assert_eq!(names(&imported), ["web"]);
    expect_remark(&imported, 3, Warning, "one target");
}

#[test]
fn the_same_host_twice_in_a_group() {
    let imported = read(AnsibleIni, "[web]\nweb1\nweb1\n[db]\nweb1\n");
    expect_remark(&imported, 3, Note, "in “web” twice");
    assert_eq!(imported.remarks.iter().filter(|r| r.line == 5).count(), 0, "in another group it is usual");
    assert_eq!(target(&imported, "web1").groups, ["web", "db"]);
}

#[test]
fn tables_with_faults() {
    let text = "\u{feff}Name;IP Address;OS;Port;Groups;Colour;Password\r\n\
        web1;10.0.0.1;Ubuntu 24.04;22;web|prod;red;hunter2\r\n\
        web2;10.0.0.2\r\n\
        web3;10.0.0.3;linux;22;web;red;x;surplus\r\n\
        web;4;10.0.0.4\r\n\
        web5;10.0.0.5;BeOS;ssh;web;;\r\n\
        ;;;;;;\r\n\
        ;;linux;;;;\r\n\
        \"we\nb6\";10.0.0.6;;;;;\r\n\
        web7;10.0.0 7;;;;;\r\n\
        web8;10.0.0.8;;;we`b;;\r\n\
        web9;10.0.0.9;windows;;a,b;;\r\n";
    let imported = read(Csv, text);
    assert_eq!(names(&imported), ["web1", "web2", "web3", "web", "web5", "web7", "web8", "web9"]);
    expect_remark(&imported, 1, Warning, "Password");
    expect_remark(&imported, 1, Note, "Colour");
    expect_remark(&imported, 3, Note, "2 cells of 7");
    expect_remark(&imported, 4, Warning, "Cells beyond the last column are left out (1)");
    expect_remark(&imported, 5, Warning, "The system “10.0.0.4” of “web” is left out");
    expect_remark(&imported, 6, Warning, "“BeOS”");
    expect_remark(&imported, 6, Warning, "1 to 65535");
    expect_remark(&imported, 8, Error, "neither a name nor an address");
    expect_remark(&imported, 9, Error, "a line break");
    expect_remark(&imported, 11, Warning, "a space");
    expect_remark(&imported, 12, Error, "“`”");
    expect_remark(&imported, 13, Note, "one group's name");
    assert_eq!(target(&imported, "web1").groups, ["web", "prod"]);
    assert_eq!(target(&imported, "web1").os, Os::Linux);
    assert_eq!(
        target(&imported, "web9").connections[0].kind,
        ConnectionKind::WinrmHttps,
        "Windows without a word about it"
    );
    assert!(!format!("{imported:?}").contains("hunter2"), "no password is kept");
}

#[test]
fn json_with_faults() {
    let text = r#"{"hosts": [
        {"host": "web1", "port": 99999, "os": "BeOS", "colour": "red"},
        {"host": "we;b2"},
        {"name": ""},
        {"ip": "10.0.0.1"},
        42,
        {"host": "web3", "services": [{"type": "carrier-pigeon"}, {"type": "ssh", "port": "x"}], "password": "hunter2"},
        {"host": "web4", "ip": "10.0.0.1; reboot", "notes": ["a"], "tags": ["ok", "$(x)"]},
        "web5",
        {"host": "a\u0000b"}
      ],
      "groups": {
        "good": {"members": ["web1", "nobody"], "aliases": ["g", "other"]},
        "b`ad": ["web1"],
        "other": ["web5"],
        "all of them": "*",
        "lost": {"parent": "nowhere"}
      }}"#;
    let imported = read(Json, text);
    assert_eq!(names(&imported), ["web1", "web3", "web4", "web5"]);
    expect_remark(&imported, 2, Warning, "1 to 65535");
    expect_remark(&imported, 2, Warning, "linux, windows");
    expect_remark(&imported, 2, Note, "colour");
    expect_remark(&imported, 3, Error, "“;”");
    expect_remark(&imported, 4, Error, "name is empty");
    expect_remark(&imported, 5, Error, "no “host”");
    expect_remark(&imported, 6, Error, "a number");
    expect_remark(&imported, 7, Warning, "its type is");
    expect_remark(&imported, 7, Warning, "1 to 65535");
    expect_remark(&imported, 7, Warning, "“password” of “web3” is a secret");
    expect_remark(&imported, 8, Warning, "“;”");
    expect_remark(&imported, 8, Warning, "The tag “$(x)”");
    expect_remark(&imported, 10, Error, "NUL");
    expect_remark(&imported, 13, Warning, "“nobody”");
    expect_remark(&imported, 13, Warning, "Aliases of “good”");
    expect_remark(&imported, 14, Error, "“`”");
    expect_remark(&imported, 17, Error, "no group of that name");
    assert_eq!(
        imported.groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(),
        ["good", "other", "all of them", "lost"]
    );
    assert!(imported.groups[2].everything, "“*” is every target");
    assert!(!format!("{imported:?}").contains("hunter2"), "no password is kept");
}

#[test]
fn yaml_with_faults() {
    let text = "all:\n  hosts:\n    1001:\n    web1: text\n    we;b:\n    ? [a, b]\n    : x\n    web2:\n      ansible_host: [1]\n      ansible_user: {a: b}\n      ansible_port: !vault |\n        $ANSIBLE_VAULT;1.1\n  children:\n    list:\n      hosts: [web3, web4: {ansible_port: 23}, {web5: }]\n    odd: 42\n    more:\n      host: x\n      hosts:\n        web6: {ansible_port: 1, ansible_user: gone}\n        web6: {ansible_port: 2}\n    7: {hosts: web7}\n";
    let imported = read(AnsibleYaml, text);
    assert_eq!(names(&imported), ["1001", "web1", "web2", "web3", "web4", "web5", "web6", "web7"]);
    expect_remark(&imported, 3, Note, "wants quotes");
    expect_remark(&imported, 4, Warning, "a mapping of variables");
    expect_remark(&imported, 5, Error, "“;”");
    expect_remark(&imported, 6, Error, "one word");
    expect_remark(&imported, 10, Warning, "one value");
    expect_remark(&imported, 11, Warning, "ansible-vault");
    expect_remark(&imported, 15, Note, "is a list");
    expect_remark(&imported, 16, Error, "“odd” is left out");
    expect_remark(&imported, 18, Warning, "“host”");
    expect_remark(&imported, 21, Warning, "“web6” is here twice");
    let web6 = &target(&imported, "web6").connections[0];
    assert_eq!((web6.port, &web6.user), (Some(2), &None), "the last one counts alone, as in Ansible");
    assert_eq!(target(&imported, "web4").connections[0].port, Some(23));
}

#[test]
fn ssh_configurations_with_faults() {
    let text = "Host web1 we;b -x\n  HostName \"open\n  Port 99999\n  User %r\nHost\nHost \"open\n  User wrong\nHost web2\n  HostName %n.example\n  ProxyCommand sshpass -p hunter2 ssh gw -W %h:%p\nInclude conf.d/*\nMatch user root\n  HostName evil.example\nHost web3 !web2\n";
    let imported = read(SshConfig, text);
    assert_eq!(names(&imported), ["web1", "web2", "web3"]);
    expect_remark(&imported, 1, Error, "“;”");
    expect_remark(&imported, 1, Error, "begin with “-”");
    expect_remark(&imported, 2, Error, "quote");
    expect_remark(&imported, 3, Warning, "1 to 65535");
    expect_remark(&imported, 4, Warning, "only when ssh runs");
    expect_remark(&imported, 5, Error, "no value");
    expect_remark(&imported, 6, Error, "quote");
    expect_remark(&imported, 9, Warning, "% marks");
    expect_remark(&imported, 10, Warning, "web2");
    expect_remark(&imported, 11, Warning, "import that file");
    expect_remark(&imported, 12, Warning, "Match is left out");
    assert!(imported.targets.iter().all(|t| t.addresses.is_empty() && t.connections[0].user.is_none()), "{imported:?}");
    assert!(!format!("{imported:?}").contains("hunter2"), "no password is kept or shown");
}

#[test]
fn secrets_are_told_of_and_never_kept() {
    let secrets = [
        "ansible_password", "ansible_ssh_pass", "ansible_ssh_password", "ansible_become_pass",
        "ansible_become_password", "ansible_sudo_pass", "ansible_winrm_password", "ansible_psrp_password",
        "ansible_ssh_private_key_passphrase", "vault_token", "db_password",
    ];
    for secret in secrets {
        for (format, text, line) in [
            (AnsibleIni, format!("web1 {secret}=hunter2 ansible_user=x\n"), 1),
            (AnsibleIni, format!("[web]\nweb1\n[web:vars]\n{secret} = 'hunter2'\n"), 4),
            (AnsibleIni, format!("web1\n[all:vars]\n{secret}=\"hunter2\"\n"), 3),
            (AnsibleYaml, format!("all:\n  hosts:\n    web1:\n      {secret}: hunter2\n"), 4),
            (AnsibleYaml, format!("web:\n  hosts: {{web1: }}\n  vars:\n    {secret}: hunter2\n"), 4),
            (AnsibleYaml, format!("web:\n  hosts: {{web1: }}\n  {secret}: hunter2\n"), 3),
            (Csv, format!("name,{secret}\nweb1,hunter2\n"), 1),
            (Json, format!("{{\"hosts\": [{{\"host\": \"web1\",\n\"{secret}\": \"hunter2\"}}]}}"), 2),
        ] {
            let imported = read(format, &text);
            assert_eq!(names(&imported), ["web1"], "{text}");
            expect_remark(&imported, line, Warning, "vault");
            assert!(!format!("{imported:?}").contains("hunter2"), "{text}: {imported:?}");
        }
    }
    // A password in pieces, in an address, in a broken line.
    for text in [
        "web1 ansible_password=my hunter2 phrase\nweb2\n",
        "web1 ansible_password='hunter2\nweb2\n",
        "ssh://root:hunter2@web1\nweb2\n",
        "web1 ansible_host=root:hunter2@web1\nweb2\n",
        "web1 ansible_user=root:hunter2\nweb2\n",
        "web1 ansible_connection='hunter2;x'\nweb2\n",
        "[web2]\nweb2\n[web2:vars]\nhunter2\n[web2:children]\nweb2 hunter2\n",
    ] {
        let imported = read(AnsibleIni, text);
        assert!(names(&imported).contains(&"web2"), "{text}");
        assert!(!imported.remarks.is_empty() && !format!("{imported:?}").contains("hunter2"), "{text}: {imported:?}");
    }
}

#[test]
fn too_many_of_anything_is_refused() {
    for text in ["a[1:60000]\nb[1:60000]\n", "a[1:100000]\nb\n"] {
        assert_eq!(parse(AnsibleIni, text), Err(InventoryError::TooMany { what: "targets", limit: 100_000 }), "{text}");
    }
    assert_eq!(read(AnsibleIni, "a[1:100000]\n").targets.len(), 100_000, "as many as that are taken in");
    let groups: String = (0..=10_000).map(|n| format!("[g{n}]\n")).collect();
    assert_eq!(parse(AnsibleIni, &groups), Err(InventoryError::TooMany { what: "groups", limit: 10_000 }));
    let memberships: String = (0..11).map(|n| format!("[g{n}]\na[1:100000]\n")).collect();
    assert!(matches!(parse(AnsibleIni, &memberships), Err(InventoryError::TooMany { limit: 1_000_000, .. })));
}

#[test]
fn references_cannot_multiply_without_end() {
    let mut laughs = String::from("a0: &a0 {hosts: {x: }}\n");
    for n in 1..30 {
        laughs.push_str(&format!("a{n}: &a{n} {{children: {{x{n}: *a{p}, y{n}: *a{p}}}}}\n", p = n - 1));
    }
    assert!(matches!(parse(AnsibleYaml, &laughs), Err(InventoryError::Syntax { .. })), "a billion laughs");
    let deep = "a: ".to_owned() + &"[".repeat(10_000);
    assert!(matches!(parse(AnsibleYaml, &deep), Err(InventoryError::Syntax { .. })));
    let deep =
        format!("{{\"hosts\": [{{\"host\": \"web1\", \"x\": {}{}}}]}}", "[".repeat(100_000), "]".repeat(100_000));
    match parse(Json, &deep) {
        Ok(imported) => assert_eq!(names(&imported), ["web1"]),
        Err(error) => assert!(matches!(error, InventoryError::Syntax { .. }), "{error}"),
    }
}

#[test]
fn remarks_are_bounded() {
    let text = "web;1\n".repeat(5_000) + "last\n";
    let imported = read(AnsibleIni, &text);
    assert_eq!(names(&imported), ["last"]);
    assert_eq!(imported.remarks.len(), MAX_REMARKS + 1);
    expect_remark(&imported, 0, Warning, "4001 more remarks");
    let text = "[web]\n".to_owned() + &"web1\n".repeat(5_000) + "web2 ansible_password=hunter2\n";
    let imported = read(AnsibleIni, &text);
    assert_eq!(imported.remarks.len(), MAX_REMARKS + 1);
    expect_remark(&imported, 5_002, Warning, "is a secret");
}

#[test]
fn line_ends_of_every_kind() {
    for (format, text) in [
        (AnsibleIni, "[web]\nweb1 ansible_user=x\n\nweb2\n"),
        (AnsibleYaml, "web:\n  hosts:\n    web1: {ansible_user: x}\n    web2:\n"),
        (SshConfig, "Host web1\n User x\nHost web2\n"),
        (Csv, "name,user\nweb1,x\nweb2,\n"),
        (Json, "{\"hosts\":\n[{\"host\": \"web1\", \"user\": \"x\"},\n\"web2\"]}\n"),
    ] {
        for end in ["\n", "\r\n"] {
            let imported = read(format, &format!("\u{feff}{}", text.replace('\n', end)));
            assert_eq!(names(&imported), ["web1", "web2"], "{format} with {end:?}");
            assert_eq!(target(&imported, "web1").connections[0].user.as_deref(), Some("x"), "{format} with {end:?}");
        }
    }
}
