//! Accounts.

use crate::machine::{Machine, Outcome, elsewhere, find, script, skip};
use std::os::unix::fs::{MetadataExt, symlink};
use wheelhouse_protocol::action::{Action, UserChange};

fn machine() -> Machine {
    let machine = Machine::new();
    machine.install("getent", include_str!("fakes/getent.sh"));
    for program in ["useradd", "usermod", "userdel"] {
        machine.install(program, include_str!("fakes/accounts.sh"));
    }
    let home = machine.path("fake/home").to_str().expect("UTF-8").to_owned();
    machine.know(
        "passwd",
        &format!(
            "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\ntoor:x:0:0::/root:/bin/sh\n\
             bob:x:1001:1001:Bob,,,:{home}/bob:/bin/bash\neve:x:1002:1002::{home}/eve:/bin/sh\n\
             keys:x:1003:1003::{home}/keys:/bin/sh\nbackup:x:1004:1004::/srv:/usr/sbin/nologin\nnobody:x:65534:65534::/:/bin/sh"
        ),
    );
    machine.know(
        "shadow",
        "root:$6$r:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\ntoor:$6$t:20000:0:99999:7:::\n\
         bob:$6$salt$hash:20000:0:99999:7:::\neve:!$6$e:20000:0:99999:7::1:\nkeys:!:20000:0:99999:7::99000:\n\
         backup:*:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::",
    );
    for name in ["bob", "eve", "keys"] {
        std::fs::create_dir_all(machine.path("fake/home").join(name)).expect("made");
    }
    machine
}

fn change(user: &str, change: UserChange) -> Action {
    Action::UserChange { user: user.into(), change }
}

fn shadow(machine: &Machine, user: &str) -> String {
    let text = machine.known("shadow");
    text.lines().find(|line| line.starts_with(&format!("{user}:"))).unwrap_or_default().to_owned()
}

#[test]
fn locks_verifies_and_undoes() {
    let machine = machine();
    let lock = change("bob", UserChange::Lock);
    machine.verify(&lock).assert_failed(&["bob is not locked"]);
    machine.act(&lock).assert_changed();
    assert_eq!(shadow(&machine, "bob"), "bob:!$6$salt$hash:20000:0:99999:7::1:", "neither password nor key");
    machine.verify(&lock).assert_ok();
    machine.act(&lock).assert_unchanged();
    machine.roll_back(&lock).assert_changed();
    assert_eq!(shadow(&machine, "bob"), "bob:$6$salt$hash:20000:0:99999:7:::");
    machine.roll_back(&lock).assert_unchanged();
    machine.next_step();
    // Without a password, and with a day on which it ends.
    let lock = change("keys", UserChange::Lock);
    machine.act(&lock).assert_changed();
    machine.verify(&lock).assert_ok();
    machine.roll_back(&lock).assert_changed();
    assert_eq!(shadow(&machine, "keys"), "keys:!:20000:0:99999:7::99000:", "the day is the old one");
}

#[test]
fn unlocks_verifies_and_undoes() {
    let machine = machine();
    let unlock = change("eve", UserChange::Unlock);
    machine.verify(&unlock).assert_failed(&["eve is still locked"]);
    machine.act(&unlock).assert_changed();
    assert_eq!(shadow(&machine, "eve"), "eve:$6$e:20000:0:99999:7:::");
    machine.verify(&unlock).assert_ok();
    machine.roll_back(&unlock).assert_changed();
    assert_eq!(shadow(&machine, "eve"), "eve:!$6$e:20000:0:99999:7::1:");
    machine.next_step();
    let unlock = change("keys", UserChange::Unlock);
    machine.act(&unlock).assert_unchanged();
    machine.know("shadow", "keys:!:20000:0:99999:7::1:");
    machine.next_step();
    machine.act(&unlock).assert_changed();
    assert_eq!(shadow(&machine, "keys"), "keys:!:20000:0:99999:7:::", "nobody gets in without a password");
}

#[test]
fn creates_verifies_and_undoes() {
    let machine = machine();
    let create = change("new", UserChange::Create);
    machine.verify(&create).assert_failed(&["no account new"]);
    machine.act(&create).assert_changed();
    machine.verify(&create).assert_ok();
    machine.act(&create).assert_unchanged();
    machine.roll_back(&create).assert_changed();
    assert!(!machine.path("fake/home/new").exists(), "its home came with it");
    machine.roll_back(&create).assert_unchanged();
    machine.next_step();
    // The home that somebody left behind stays.
    std::fs::create_dir_all(machine.path("fake/home/new")).expect("made");
    machine.act(&create).assert_changed();
    machine.roll_back(&create).assert_changed();
    assert!(machine.path("fake/home/new").exists());
    machine.next_step();
    machine.act(&change("bob", UserChange::Create)).assert_unchanged();
    machine.roll_back(&change("bob", UserChange::Create)).assert_unchanged();
    assert!(!shadow(&machine, "bob").is_empty(), "who was there before is not undone");
}

#[test]
fn deletes_and_keeps_the_home() {
    let machine = machine();
    let delete = change("bob", UserChange::Delete);
    machine.verify(&delete).assert_failed(&["bob is still there"]);
    machine.know("busy", "");
    machine.act(&delete).assert_failed(&["bob could not be changed", "currently used by process 77"]);
    std::fs::remove_file(machine.path("fake/busy")).expect("removed");
    machine.act(&delete).assert_changed();
    machine.verify(&delete).assert_ok();
    assert!(machine.path("fake/home/bob").exists());
    machine.act(&delete).assert_unchanged();
}

#[test]
fn root_and_who_is_connected_stay() {
    let machine = machine();
    for what in [UserChange::Lock, UserChange::Unlock, UserChange::Delete] {
        machine.act(&change("toor", what)).assert_failed(&["toor is root by another name"]);
        let run = script(&change("bob", what)).run;
        let by_number: Outcome = machine.run(&format!("SUDO_UID=1001\n{run}"));
        by_number.assert_failed(&["bob is the account this connection came by"]);
        machine.run(&format!("SUDO_USER=bob\n{run}")).assert_failed(&["bob is the account this connection came by"]);
    }
    machine.act(&change("absent", UserChange::Lock)).assert_failed(&["there is no account absent"]);
    machine.know("uid", "1000");
    machine.act(&change("bob", UserChange::Lock)).assert_failed(&["root only", "operator"]);
    assert_eq!(machine.known("asked"), "", "nothing was tried");
}

#[test]
fn the_accounts_of_people_are_listed() {
    let machine = machine();
    let outcome = machine.act(&Action::ListUsers);
    assert_eq!(outcome.assert_ok().detail(), "5 accounts people log in with, 1 of them locked", "{outcome:#?}");
    let row = |name: &str| {
        let found = outcome.output.iter().find(|line| line.split_whitespace().next() == Some(name));
        found.unwrap_or_else(|| panic!("no {name}: {outcome:#?}")).clone()
    };
    assert!(row("bob").contains(" open ") && row("eve").contains(" locked ") && row("keys").contains(" no password "));
    assert!(!outcome.output.iter().any(|line| line.contains("hash")), "{outcome:#?}");
    machine.know("uid", "1000");
    let outcome = machine.act(&Action::ListUsers);
    assert!(outcome.assert_ok().output[1].contains("unknown"), "{outcome:#?}");
}

#[test]
fn who_is_logged_in_is_told() {
    let machine = Machine::new();
    machine.install("who", "#!/bin/sh\n[ $# -eq 0 ] || exit 64\ncat \"$FAKE/who\"\n");
    machine.know(
        "who",
        "bob pts/0 2026-11-20 10:00 (10.0.0.9)\nbob pts/1 2026-11-20 10:01 (10.0.0.9)\neve tty1 2026-11-20 09:00",
    );
    let outcome = machine.act(&Action::LoggedInUsers);
    assert_eq!(outcome.assert_ok().detail(), "3 sessions of bob, eve");
    assert_eq!(outcome.output.len(), 3);
    std::fs::write(machine.path("fake/who"), "").expect("written");
    assert_eq!(machine.act(&Action::LoggedInUsers).assert_ok().detail(), "nobody is logged in");
    machine.install(
        "loginctl",
        "#!/bin/sh\n[ \"$*\" = '--no-pager --no-legend list-sessions' ] || exit 64\necho '  4 1000 bob seat0 tty2'\n",
    );
    assert_eq!(machine.act(&Action::LoggedInUsers).assert_ok().detail(), "1 session of bob");
}

/// Takes the account away again however the test ends.
struct Account(String);

impl Drop for Account {
    fn drop(&mut self) {
        let removed = std::process::Command::new("userdel").args(["-r", &self.0]).output();
        assert!(removed.is_ok() || std::thread::panicking(), "userdel runs: {removed:?}");
    }
}

/// The real programs of this computer, with an account of this test's own.
#[test]
fn a_real_account_comes_and_goes() {
    let tools = ["useradd", "usermod", "userdel", "getent"];
    let at = |tool: &str| {
        find(tool).or_else(|| Some(format!("/usr/sbin/{tool}").into()).filter(|p: &std::path::PathBuf| p.is_file()))
    };
    if tools.iter().any(|tool| at(tool).is_none()) {
        return elsewhere("shadow-utils");
    }
    if !std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        return skip("root, to make an account");
    }
    let machine = Machine::new();
    for tool in tools {
        let place = machine.path("bin").join(tool);
        if place.exists() {
            std::fs::remove_file(&place).expect("removed");
        }
        symlink(at(tool).expect("it is there"), place).expect("a link");
    }
    let name = format!("wh-test-{}", std::process::id());
    let entry = |base: &str| {
        let text = std::fs::read_to_string(format!("/etc/{base}")).expect("read");
        text.lines().find(|line| line.starts_with(&format!("{name}:"))).map(str::to_owned)
    };
    let days = || entry("shadow").expect("it is there").split(':').nth(7).unwrap_or_default().to_owned();
    let _removed = Account(name.clone());
    let create = change(&name, UserChange::Create);
    machine.act(&create).assert_changed();
    machine.verify(&create).assert_ok();
    let home = entry("passwd").expect("it is there").split(':').nth(5).expect("a home").to_owned();
    std::fs::rename(machine.path("state"), machine.path("first step")).expect("kept for later");
    std::fs::create_dir(machine.path("state")).expect("made");

    // A new account has no password: only the day on which it ends locks it.
    let (lock, unlock) = (change(&name, UserChange::Lock), change(&name, UserChange::Unlock));
    machine.act(&lock).assert_changed();
    machine.verify(&lock).assert_ok();
    assert_eq!(days(), "1");
    machine.act(&lock).assert_unchanged();
    machine.roll_back(&lock).assert_changed();
    assert_eq!(days(), "");
    machine.next_step();
    let usermod = |args: &[&str]| {
        let status = std::process::Command::new(at("usermod").expect("it is there")).args(args).arg(&name).status();
        assert!(status.expect("usermod runs").success(), "{args:?}");
    };
    usermod(&["-p", "$6$salt$hash", "-e", "2030-01-01"]);
    machine.act(&lock).assert_changed();
    assert!(entry("shadow").expect("it is there").contains(":!$6$salt$hash:"));
    machine.roll_back(&lock).assert_changed();
    assert!(entry("shadow").expect("it is there").contains(":$6$salt$hash:"));
    assert_eq!(days(), "21915", "2030 begins as it did before");
    machine.next_step();
    machine.act(&lock).assert_changed();
    machine.next_step();
    machine.act(&unlock).assert_changed();
    machine.verify(&unlock).assert_ok();
    machine.roll_back(&unlock).assert_changed();
    machine.verify(&lock).assert_ok();

    std::fs::remove_dir_all(machine.path("state")).expect("removed");
    std::fs::rename(machine.path("first step"), machine.path("state")).expect("brought back");
    machine.roll_back(&create).assert_changed();
    assert!(entry("passwd").is_none() && !std::path::Path::new(&home).exists(), "the computer is as it was");
}
