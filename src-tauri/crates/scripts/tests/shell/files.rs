//! Putting files in place.

use crate::machine::{Machine, Outcome, kill_group, script};
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use wheelhouse_protocol::action::{Action, LocalFile};

/// What is sent to the machine.
pub(crate) fn upload(machine: &Machine, content: &[u8]) -> LocalFile {
    fs::write(machine.path("upload"), content).expect("written");
    let sha256 = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    LocalFile { path: "/home/op/app.conf".into(), sha256, size: content.len() as u64 }
}

fn copy(machine: &Machine, content: &[u8], destination: &Path) -> Action {
    let source = upload(machine, content);
    Action::FileCopy { source, destination: destination.to_str().expect("UTF-8").into() }
}

fn root(machine: &Machine) -> PathBuf {
    machine.path("root")
}

#[track_caller]
fn assert_nothing_left(machine: &Machine) {
    let left: Vec<_> = fs::read_dir(root(machine))
        .expect("listed")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name.starts_with(".wheelhouse"))
        .collect();
    assert!(left.is_empty(), "left lying about: {left:?}");
}

#[test]
fn a_new_file_verifies_and_is_removed_again() {
    let machine = Machine::new();
    let destination = root(&machine).join("app.conf");
    let action = copy(&machine, b"new\0binary\nno newline", &destination);
    machine.verify(&action).assert_failed(&["does not exist"]);
    machine.act(&action).assert_changed();
    assert_eq!(fs::read(&destination).expect("read"), b"new\0binary\nno newline");
    assert_eq!(fs::metadata(&destination).expect("there").mode() & 0o7777, 0o644);
    machine.verify(&action).assert_ok();
    machine.act(&action).assert_unchanged();
    machine.roll_back(&action).assert_changed();
    assert!(!destination.exists(), "it did not exist before");
    machine.roll_back(&action).assert_unchanged();
    assert_nothing_left(&machine);
}

#[test]
fn a_replaced_file_keeps_what_is_its_own_and_comes_back() {
    let machine = Machine::new();
    let destination = root(&machine).join("app.conf");
    for mode in [0o600, 0o444, 0o4755, 0o2751, 0o644] {
        fs::write(&destination, "old").expect("written");
        fs::set_permissions(&destination, fs::Permissions::from_mode(mode)).expect("set");
        let before = fs::metadata(&destination).expect("there");
        let action = copy(&machine, b"new", &destination);
        machine.act(&action).assert_changed();
        let after = fs::metadata(&destination).expect("there");
        assert_eq!(fs::read(&destination).expect("read"), b"new");
        assert_eq!(format!("{:o}", after.mode()), format!("{:o}", before.mode()));
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        machine.verify(&action).assert_ok();
        machine.roll_back(&action).assert_changed();
        let back = fs::metadata(&destination).expect("there");
        assert_eq!(fs::read(&destination).expect("read"), b"old");
        assert_eq!((back.mode(), back.mtime()), (before.mode(), before.mtime()));
        machine.roll_back(&action).assert_unchanged();
        machine.verify(&action).assert_failed(&["does not have the content that was sent"]);
        machine.next_step();
        fs::remove_file(&destination).expect("removed");
    }
    assert_nothing_left(&machine);
}

#[test]
fn another_owner_stays_the_owner() {
    let machine = Machine::new();
    let destination = root(&machine).join("app.conf");
    fs::write(&destination, "old").expect("written");
    if std::os::unix::fs::chown(&destination, Some(65534), Some(65534)).is_err() {
        return crate::machine::skip("root, to give a file to another account");
    }
    let action = copy(&machine, b"new", &destination);
    machine.act(&action).assert_changed();
    let after = fs::metadata(&destination).expect("there");
    assert_eq!((after.uid(), after.gid()), (65534, 65534));
    machine.roll_back(&action).assert_changed();
    let after = fs::metadata(&destination).expect("there");
    assert_eq!((after.uid(), after.gid()), (65534, 65534));
}

#[test]
fn without_hard_links_the_backup_is_a_copy() {
    let machine = Machine::new().without("ln");
    machine.install("ln", "#!/bin/sh\nexit 1\n");
    let destination = root(&machine).join("app.conf");
    fs::write(&destination, "old").expect("written");
    fs::set_permissions(&destination, fs::Permissions::from_mode(0o640)).expect("set");
    let action = copy(&machine, b"new", &destination);
    machine.act(&action).assert_changed();
    assert_eq!(fs::read(machine.path("state/backup")).expect("read"), b"old");
    machine.roll_back(&action).assert_changed();
    assert_eq!(fs::read(&destination).expect("read"), b"old");
    assert_eq!(fs::metadata(&destination).expect("there").mode() & 0o7777, 0o640);
    assert_nothing_left(&machine);
}

#[test]
fn other_hash_programs_serve_too() {
    for missing in [&["sha256sum"][..], &["sha256sum", "shasum"]] {
        let machine = missing.iter().fold(Machine::new(), |machine, tool| machine.without(tool));
        let action = copy(&machine, b"new", &root(&machine).join("app.conf"));
        machine.act(&action).assert_changed();
        machine.verify(&action).assert_ok();
    }
    let machine = ["sha256sum", "shasum", "openssl"].iter().fold(Machine::new(), |machine, tool| machine.without(tool));
    let action = copy(&machine, b"new", &root(&machine).join("app.conf"));
    machine.act(&action).assert_failed(&["nothing that computes SHA-256"]);
}

#[test]
fn a_symbolic_link_is_kept() {
    let machine = Machine::new();
    fs::create_dir(root(&machine).join("real")).expect("made");
    fs::write(root(&machine).join("real/app.conf"), "old").expect("written");
    symlink("real/app.conf", root(&machine).join("second")).expect("linked");
    symlink(root(&machine).join("second"), root(&machine).join("first")).expect("linked");
    let action = copy(&machine, b"new", &root(&machine).join("first"));
    machine.act(&action).assert_changed();
    assert!(root(&machine).join("first").symlink_metadata().expect("there").is_symlink());
    assert_eq!(fs::read(root(&machine).join("real/app.conf")).expect("read"), b"new");
    machine.verify(&action).assert_ok();
    machine.roll_back(&action).assert_changed();
    assert!(root(&machine).join("first").symlink_metadata().expect("there").is_symlink());
    assert_eq!(fs::read(root(&machine).join("first")).expect("read"), b"old");
    symlink("circle", root(&machine).join("circle")).expect("linked");
    machine.act(&copy(&machine, b"new", &root(&machine).join("circle"))).assert_failed(&["in a circle"]);
}

#[test]
fn a_link_that_anybody_could_have_planted_is_not_followed() {
    let machine = Machine::new();
    let shared = root(&machine).join("shared");
    fs::create_dir(&shared).expect("made");
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).expect("set");
    fs::write(root(&machine).join("precious"), "old").expect("written");
    symlink(root(&machine).join("precious"), shared.join("app.conf")).expect("linked");
    machine
        .act(&copy(&machine, b"new", &shared.join("app.conf")))
        .assert_failed(&["symbolic link in a directory that others"]);
    assert_eq!(fs::read(root(&machine).join("precious")).expect("read"), b"old");
}

#[test]
fn a_link_to_what_its_maker_may_not_write_is_not_followed() {
    let machine = Machine::new();
    let (link, target) = (root(&machine).join("link"), root(&machine).join("target"));
    fs::write(&target, "old").expect("written");
    symlink(&target, &link).expect("linked");
    if std::os::unix::fs::lchown(&link, Some(65534), None).is_err() {
        return crate::machine::skip("root, to give a link to another account");
    }
    let action = copy(&machine, b"new", &link);
    machine.act(&action).assert_failed(&["the user with the number 65534 made", "not theirs"]);
    assert_eq!(fs::read(&target).expect("read"), b"old");
    machine.next_step();
    // Their own file they may have replaced.
    std::os::unix::fs::chown(&target, Some(65534), None).expect("given");
    machine.act(&action).assert_changed();
    assert_eq!(fs::read(&target).expect("read"), b"new");
    assert_eq!(fs::metadata(&target).expect("there").uid(), 65534);
    machine.next_step();
    fs::remove_file(&target).expect("removed");
    machine.act(&action).assert_failed(&["not theirs"]);
    assert!(!target.exists(), "the directory is not theirs");
}

#[test]
fn what_others_put_in_the_way_is_not_written_through() {
    let machine = Machine::new();
    let destination = root(&machine).join("app.conf");
    let precious = root(&machine).join("precious");
    fs::create_dir(&precious).expect("made");
    fs::write(precious.join("new"), "precious").expect("written");
    let action = copy(&machine, b"new", &destination);
    let Action::FileCopy { source, .. } = &action else { panic!("it copies") };
    let trap = root(&machine).join(format!(".wheelhouse-{}", &source.sha256[..16]));
    symlink(&precious, &trap).expect("linked");
    machine.act(&action).assert_changed();
    assert_eq!(fs::read(precious.join("new")).expect("read"), b"precious");
    // And what a killed run left there is cleared away.
    fs::create_dir(&trap).expect("made");
    fs::write(trap.join("new"), "half").expect("written");
    fs::write(&destination, "old").expect("written");
    machine.next_step();
    machine.act(&action).assert_changed();
    assert_eq!(fs::read(&destination).expect("read"), b"new");
    assert_nothing_left(&machine);
}

#[test]
fn what_cannot_be_a_destination_says_why() {
    let machine = Machine::new();
    let at = |name: &str| root(&machine).join(name);
    fs::create_dir(at("dir")).expect("made");
    fs::write(at("file"), "old").expect("written");
    std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo");
    for (destination, words) in [
        ("dir", &["is a directory", "dir/app.conf"][..]),
        ("absent/app.conf", &["the directory", "absent does not exist"]),
        ("file/app.conf", &["file is not a directory"]),
        ("pipe", &["neither a file"]),
    ] {
        let action = copy(&machine, b"new", &at(destination));
        machine.act(&action).assert_failed(words);
        machine.roll_back(&action).assert_unchanged();
        machine.next_step();
    }
    machine.verify(&copy(&machine, b"new", &at("dir"))).assert_failed(&["is a directory"]);
    assert_nothing_left(&machine);
}

#[test]
fn what_did_not_arrive_whole_is_not_used() {
    let machine = Machine::new();
    let destination = root(&machine).join("app.conf");
    fs::write(&destination, "old").expect("written");
    let action = copy(&machine, b"new", &destination);
    fs::write(machine.path("upload"), b"ne").expect("written");
    machine.act(&action).assert_failed(&["did not arrive whole"]);
    fs::remove_file(machine.path("upload")).expect("removed");
    machine.act(&action).assert_failed(&["did not arrive on this machine"]);
    assert_eq!(fs::read(&destination).expect("read"), b"old");
}

#[test]
fn odd_names_are_names() {
    let machine = Machine::new();
    for name in [
        "with space",
        "-rf",
        "new\nline",
        "trailing\n",
        "back\\slash",
        "*",
        "$HOME",
        "ünï'cödé",
        "x".repeat(255).as_str(),
    ] {
        let destination = root(&machine).join(name);
        let action = copy(&machine, b"new", &destination);
        machine.act(&action).assert_changed();
        assert_eq!(fs::read(&destination).expect(name), b"new");
        machine.verify(&action).assert_ok();
        let again = copy(&machine, b"newer", &destination);
        machine.next_step();
        machine.act(&again).assert_changed();
        machine.roll_back(&again).assert_changed();
        assert_eq!(fs::read(&destination).expect(name), b"new");
        machine.next_step();
    }
}

#[test]
fn a_write_that_fails_leaves_the_old_file() {
    let machine = Machine::new();
    let destination = root(&machine).join("app.conf");
    fs::write(&destination, "old").expect("written");
    let action = copy(&machine, &vec![7; 300_000], &destination);
    // A disk that is full: no file may grow beyond 100 KiB (a block of 1024 bytes each). The signal is ignored, as for a full disk.
    let limited = format!("trap '' XFSZ; ulimit -f 100\n{}", script(&action).run);
    let outcome: Outcome = machine.run(&limited);
    outcome.assert_failed(&["cannot be written"]);
    assert_eq!(fs::read(&destination).expect("read"), b"old");
    assert_nothing_left(&machine);
    machine.roll_back(&action).assert_unchanged();
}

#[test]
fn killed_at_any_moment_the_file_is_the_old_or_the_new_one() {
    let machine = Machine::new();
    let destination = root(&machine).join("big");
    let old = vec![b'o'; 3_000_000];
    let new: Vec<u8> = (0..4_000_000u32).map(|n| (n % 251) as u8).collect();
    let action = copy(&machine, &new, &destination);
    let message = machine.message(&script(&action).run);
    // How long a whole run takes here, so that the moments are spread over all of it.
    fs::write(&destination, &old).expect("written");
    let whole = machine.act(&action).took;
    let (mut stayed_old, mut became_new) = (0, 0);
    for round in 0..30u32 {
        machine.next_step();
        fs::write(&destination, &old).expect("written");
        fs::set_permissions(&destination, fs::Permissions::from_mode(0o640)).expect("set");
        let mut child = machine.start(&message);
        std::thread::sleep(whole * round / 18);
        kill_group(&mut child);
        let seen = fs::read(&destination).expect("it is always there");
        assert!(seen == old || seen == new, "round {round}: {} bytes that are neither", seen.len());
        if seen == old {
            stayed_old += 1
        } else {
            became_new += 1
        }
        // Run again in the same step, then undo: it ends as it began.
        let outcome = machine.run(&script(&action).run);
        assert_eq!(outcome.assert_ok().exit, Some(0));
        assert!(fs::read(&destination).expect("read") == new, "round {round}");
        assert_eq!(fs::metadata(&destination).expect("there").mode() & 0o7777, 0o640, "round {round}");
        assert_nothing_left(&machine);
        if round % 4 == 0 {
            machine.roll_back(&action).assert_changed();
            assert!(fs::read(&destination).expect("read") == old, "round {round}");
        }
    }
    println!("killed 30 times: {stayed_old} times the old file, {became_new} times the new one");
}
