//! Bad input: each gives one clear message with what to do, and nothing is lost or half-done.

use crate::wh::Wh;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use wheelhouse_testbed::KeyPair;

/// Demands that a refusal names what it is about, and changes nothing.
fn refused(wh: &Wh, words: &[&str], names: &str) {
    let before = wh.ok(&["target", "list", "--json"]).out;
    let said = wh.run(words);
    assert!(said.code == 2 || said.code == 3, "{words:?}: exit {}\n{}", said.code, said.all());
    assert!(said.all().contains(names), "{words:?} must speak of “{names}”:\n{}", said.all());
    assert!(!said.all().contains("panicked"), "{}", said.all());
    assert_eq!(wh.ok(&["target", "list", "--json"]).out, before, "{words:?} changed something");
}

#[test]
fn names_that_could_do_harm() {
    let wh = Wh::new();
    for name in [
        "web;reboot",
        "$(reboot)",
        "`id`",
        "a\"b",
        "a'b",
        "a\nb",
        "-rf",
        "",
        "   ",
        "a|b",
        "a&b",
        "x>y",
        &"n".repeat(300),
    ] {
        refused(&wh, &["target", "add", "--", name], "target");
    }
    refused(&wh, &["target", "add", "ok", "--address", "10.0.0.1; reboot"], "address");
    refused(&wh, &["target", "add", "ok", "--user=-oProxyCommand=x"], "account");
    refused(&wh, &["target", "add", "ok", "--connection", "carrier-pigeon"], "carrier-pigeon");
    refused(&wh, &["target", "add", "ok", "--os", "plan9"], "plan9");
    refused(&wh, &["target", "add", "localhost"], "already a target");
    refused(&wh, &["target", "add", "LOCALHOST"], "already a target");
    refused(&wh, &["target", "add", "ok", "--credential", "none"], "none");
    refused(&wh, &["group", "set", "localhost"], "target “localhost”");
    refused(&wh, &["target", "test", "nobody"], "nobody");
    refused(&wh, &["target", "set", "nobody"], "nobody");
}

#[test]
fn groups_cannot_circle_or_go_too_deep() {
    let wh = Wh::new();
    wh.ok(&["group", "set", "a"]);
    wh.ok(&["group", "set", "b", "--parent", "a"]);
    wh.ok(&["group", "set", "c", "--parent", "b"]);
    refused(&wh, &["group", "set", "a", "--parent", "c"], "part of itself");
    refused(&wh, &["group", "set", "a", "--parent", "a"], "part of itself");
    refused(&wh, &["group", "set", "d", "--parent", "c"], "3 levels");
    wh.ok(&["group", "remove", "b"]);
    let groups = wh.ok(&["group", "list", "--json"]).json();
    let of = |name: &str| groups.as_array().unwrap().iter().find(|g| g["name"] == name).unwrap().clone();
    assert_eq!(of("c")["parent"], of("a")["id"], "sub-groups move up");
}

#[test]
fn requests_that_cannot_be_planned() {
    let wh = Wh::new();
    wh.ok(&["group", "set", "web servers"]);
    wh.ok(&["group", "set", "web servants", "--member", "localhost"]);
    let huge = "restart nginx on localhost and ".repeat(4000);
    for (request, names) in [
        ("restart nginx on mars-01", "mars-01"),
        ("restart nginx on web servers", "no machine in it"),
        ("restart nginx on web servans", "web serv"),
        ("restart ngi;nx on localhost", ";"),
        ("restart $(reboot) on localhost", "$("),
        ("restart \"a\nb\" on localhost", "shell text"),
        ("copy /no/such/file to /etc/x on localhost", "/no/such/file"),
        ("copy /etc to /etc/x on localhost", "folder"),
        (huge.as_str(), "too long"),
        ("", "Say what you want"),
    ] {
        refused(&wh, &["run", "--approve", "--", request], names);
    }
    assert_eq!(wh.ok(&["job", "list", "--json"]).json().as_array().unwrap().len(), 0, "nothing ran");
}

#[test]
fn key_files_that_cannot_be_used() {
    let wh = Wh::new();
    wh.ok(&["vault", "create"]);
    let key = KeyPair::generate("ed25519", "open sesame");
    let path = key.path().display().to_string();
    let wrong = wh.secret_file("wrong", "not the passphrase");
    let right = wh.secret_file("right", "open sesame");
    let add = |more: &[&str]| wh.run(&[&["vault", "add", "k", "--user", "ada", "--key-file"], more].concat());

    let said = add(&[&path, "--key-passphrase-file", &wrong]).expect(2);
    assert!(said.all().contains("passphrase does not open it"), "{}", said.all());
    fs::set_permissions(key.path(), fs::Permissions::from_mode(0o644)).unwrap();
    let said = add(&[&path, "--key-passphrase-file", &right]).expect(2);
    assert!(said.all().contains("0644") && said.all().contains("chmod 600"), "{}", said.all());
    fs::set_permissions(key.path(), fs::Permissions::from_mode(0o600)).unwrap();
    let said = add(&[&path]).expect(3);
    assert!(said.all().contains("Passphrase of the key"), "{}", said.all());
    let public = wh.secret_file("public", &key.public());
    let said = add(&[&public]).expect(2);
    assert!(said.all().contains("private key"), "{}", said.all());
    add(&[&wh.folder().display().to_string()]).expect(2);
    add(&["/no/such/key"]).expect(2);
    let list = wh.ok(&["vault", "list", "--json"]).json();
    assert_eq!(list.as_array().unwrap().len(), 0, "nothing half-stored");
    add(&[&path, "--key-passphrase-file", &right]).expect(0);
    let said = add(&[&path, "--key-passphrase-file", &right]).expect(2);
    assert!(said.all().contains("--replace"), "{}", said.all());
}

#[test]
fn vaults_that_cannot_be_opened() {
    let wh = Wh::new();
    let weak = wh.secret_file("weak", "password12");
    let said = wh.run(&["vault", "create", "--passphrase-file", &weak]).expect(2);
    assert!(!said.all().contains("password12"), "a refused passphrase is not repeated");
    wh.ok(&["vault", "create"]);
    wh.run(&["vault", "create"]).expect(2);
    let wrong = wh.secret_file("wrong", "this is not the passphrase at all");
    let said =
        wh.run(&["vault", "add", "x", "--user", "a", "--password-file", &weak, "--passphrase-file", &wrong]).expect(2);
    assert!(said.all().to_lowercase().contains("passphrase"), "{}", said.all());
    let said = wh
        .command(&["vault", "add", "x", "--user", "a", "--password-file", &weak])
        .env_remove("WHEELHOUSE_PASSPHRASE_FILE")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(3), "{text}");
    assert!(text.contains("--passphrase-file"), "{text}");
}

#[test]
fn data_that_cannot_be_opened() {
    let wh = Wh::new();
    fs::create_dir_all(wh.data().join("operations.db")).unwrap();
    let said = wh.run(&["target", "list"]).expect(2);
    assert!(said.all().contains("operations.db") && said.all().contains("is a folder"), "{}", said.all());

    let wh = Wh::new();
    fs::write(wh.data(), "a file").unwrap();
    let said = wh.run(&["target", "list"]).expect(2);
    assert!(said.all().contains("is a file"), "{}", said.all());
}

#[test]
fn inventories_with_faults() {
    let wh = Wh::new();
    let ini = wh.file(
        "hosts.ini",
        "[web]\nweb-01 ansible_host=10.0.0.1\nweb-02;reboot\nweb-01\n[a:children]\nb\n[b:children]\na\n[web:vars]\nansible_password=hunter2\n",
    );
    let preview = wh.ok(&["target", "import", &ini, "--json"]);
    assert!(!preview.all().contains("hunter2"), "a password is not shown");
    let remarks = preview.json()["remarks"].as_array().unwrap().len();
    assert!(remarks >= 3, "{}", preview.out);
    assert_eq!(wh.ok(&["target", "list", "--json"]).json().as_array().unwrap().len(), 1, "a preview stores nothing");
    wh.ok(&["target", "import", &ini, "--apply"]);
    let names: Vec<String> = wh
        .ok(&["target", "list", "--json"])
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["localhost", "web-01"]);
    let again = wh.ok(&["target", "import", &ini, "--apply", "--json"]).json();
    assert!(again["targets"].as_array().unwrap().iter().all(|t| t["change"] == "same"), "twice is once: {again}");

    let csv = wh.file("hosts.csv", "\u{feff}name;address;groups\nx-1;10.0.0.7;lab\nx-2\nx-3;10.0.0.9;lab;too;many\n");
    let preview = wh.ok(&["target", "import", &csv, "--json"]).json();
    assert!(
        preview["targets"].as_array().unwrap().iter().any(|t| t["name"] == "x-1"),
        "the mark at the beginning is not part of a name: {preview}"
    );
    wh.run(&["target", "import", "/no/such/file"]).expect(2);
    let empty = wh.file("empty.ini", "");
    wh.run(&["target", "import", &empty]).expect(2);
    let binary = wh.folder().join("hosts.bin");
    fs::write(&binary, [0u8, 159, 146, 150, 255, 0, 1]).unwrap();
    wh.run(&["target", "import", &binary.display().to_string()]).expect(2);
}

#[test]
fn an_input_comes_from_a_file_or_standard_input_and_is_never_quoted() {
    let wh = Wh::new();
    let group = r#"{ "spec": { "name": "web" } }"#;
    let by_stdin = wh.fed(&["call", "group.save", "--input", "-"], group).expect(0).json();
    assert_eq!(by_stdin["name"], "web");
    let file = wh.file("group.json", r#"{ "spec": { "name": "db" } }"#);
    assert_eq!(wh.ok(&["call", "group.save", "--input", &file]).json()["name"], "db");
    assert!(wh.ok(&["call", "target.list"]).json().is_array(), "a command without input needs none");

    wh.run(&["call", "vault.unlock", r#"{ "passphrase": "x" }"#]).expect(2);
    let secret = "correct-horse-battery";
    for text in [format!("{{ \"passphrase\": {secret} }}"), format!("[{{ \"a\": \"{secret}\" }}]")] {
        let said = wh.fed(&["call", "vault.unlock", "--input", "-"], &text).expect(2);
        assert!(!said.all().contains(secret), "the input is quoted: {}", said.all());
    }
    refused(&wh, &["call", "group.save", "--input", "no-such-file"], "no-such-file");
}
