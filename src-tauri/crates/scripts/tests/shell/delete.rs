//! Deleting files.

use crate::machine::{Machine, script};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::plan::Shell;
use wheelhouse_scripts::render;

fn delete(path: &str) -> Action {
    Action::DeleteFiles { path: path.into(), older_than_days: None }
}

fn at(machine: &Machine, name: &str) -> String {
    machine.path("root").join(name).to_str().expect("UTF-8").to_owned()
}

fn write(machine: &Machine, name: &str, days_old: u64) {
    let path = at(machine, name);
    std::fs::create_dir_all(Path::new(&path).parent().expect("a parent")).expect("made");
    std::fs::write(&path, "x".repeat(1024)).expect("written");
    let file = std::fs::File::options().write(true).open(&path).expect("opened");
    file.set_modified(SystemTime::now() - Duration::from_secs(days_old * 86_400 + 60)).expect("set");
}

fn left(machine: &Machine, name: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(at(machine, name))
        .expect("listed")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn files_go_and_nothing_else() {
    let machine = Machine::new();
    for name in [
        "d/a.log", "d/b.log", "d/two\nlines.log", "d/-rf.log", "d/$(touch canary).log", "d/.hidden.log", "d/keep",
        "d/sub/x.log",
    ] {
        write(&machine, name, 0);
    }
    std::fs::create_dir(at(&machine, "d/dir.log")).expect("made");
    symlink(at(&machine, "d/keep"), at(&machine, "d/link.log")).expect("linked");
    let action = delete(&at(&machine, "d/*.log"));
    machine.verify(&action).assert_failed(&["5 files (5.0 KiB) still there"]);
    let outcome = machine.act(&action);
    assert!(outcome.assert_changed().detail().starts_with("5 files deleted (5.0 KiB): "), "{outcome:#?}");
    assert_eq!(left(&machine, "d"), [".hidden.log", "dir.log", "keep", "link.log", "sub"]);
    assert_eq!(left(&machine, "d/sub"), ["x.log"], "a directory further down is another one");
    machine.verify(&action).assert_ok();
    machine.act(&action).assert_unchanged();
    // What writes its log anew is no failure of the deletion.
    write(&machine, "d/a.log", 0);
    let now = std::fs::File::options().write(true).open(at(&machine, "d/a.log")).expect("opened");
    now.set_modified(SystemTime::now() + Duration::from_secs(5)).expect("set");
    machine.verify(&action).assert_ok();
    machine.next_step();
    machine.act(&delete(&at(&machine, "d/.hidden*"))).assert_changed();
    machine.next_step();
    machine.act(&delete(&at(&machine, "nowhere/*"))).assert_unchanged();
}

#[test]
fn one_file_by_its_name_and_what_is_none() {
    let machine = Machine::new();
    write(&machine, "d/[a].log", 0);
    write(&machine, "d/a.log", 0);
    write(&machine, "d/b\\.log", 0);
    let outcome = machine.act(&delete(&at(&machine, "d/[a].log")));
    assert!(outcome.assert_changed().detail().starts_with("1 file deleted"), "{outcome:#?}");
    assert_eq!(left(&machine, "d"), ["a.log", "b\\.log"], "brackets are brackets");
    machine.next_step();
    machine.act(&delete(&at(&machine, "d/b\\.log"))).assert_changed();
    machine.next_step();
    machine.act(&delete(&at(&machine, "d/absent"))).assert_unchanged();
    machine.act(&delete(&at(&machine, "d"))).assert_failed(&["d is a directory", "/*.log"]);
    symlink("a.log", at(&machine, "d/link")).expect("linked");
    machine.act(&delete(&at(&machine, "d/link"))).assert_failed(&["symbolic link"]);
    assert_eq!(left(&machine, "d"), ["a.log", "link"]);
}

#[test]
fn only_what_is_old_enough() {
    let machine = Machine::new();
    for (name, days) in [("d/0", 0), ("d/6", 6), ("d/7", 7), ("d/30", 30)] {
        write(&machine, name, days);
    }
    let action = Action::DeleteFiles { path: at(&machine, "d/*"), older_than_days: Some(7) };
    machine.act(&action).assert_changed();
    assert_eq!(left(&machine, "d"), ["0", "6"]);
    machine.verify(&action).assert_ok();
    machine.act(&action).assert_unchanged();
}

#[test]
fn the_systems_own_files_stay() {
    for path in [
        "/etc/passwd", "/etc/*", "//etc//shadow", "/bin/*", "/bin/sh", "/usr/bin/x", "/usr/lib/x/y", "/boot/vmlinuz*",
        "/dev/sda", "/proc/1/x", "/sys/x", "/*", "/vmlinuz", "/etc/ssh/sshd_config", "/var/lib/dpkg/status",
        "/home/../etc/passwd", "/home/./x", "/var/*/x.log", "/var/log/", "/var/log/..", "/usr/local", "/tmp/a\nb",
    ] {
        assert!(render(&delete(path), Shell::Bash).is_err(), "{path} must not become a script");
    }
    for path in
        ["/var/log/*.gz", "/etc/nginx/conf.d/old.conf", "/usr/local/share/x", "/binary/x", "/srv/dev/x", "/opt/a?"]
    {
        assert!(render(&delete(path), Shell::Bash).is_ok(), "{path}");
    }
    // By another name they are the same. (Nothing there is called like this.)
    let machine = Machine::new();
    for (link, to) in [("a", "/etc"), ("b", "/usr/lib"), ("c", "/"), ("d", "/dev"), ("e", "/proc/self")] {
        if Path::new(to).exists() {
            symlink(to, at(&machine, link)).expect("linked");
            let action = delete(&at(&machine, &format!("{link}/wheelhouse-no-such-file")));
            machine.act(&action).assert_failed(&["belong to the system"]);
            machine.verify(&action).assert_failed(&["belong to the system"]);
        }
    }
}

#[test]
fn what_cannot_be_deleted_is_a_failure() {
    let machine = Machine::new();
    write(&machine, "d/a", 0);
    // Root may delete everything, so this rm may not.
    machine.install("rm", "#!/bin/sh\necho \"rm: cannot remove '$3': Operation not permitted\" >&2\nexit 1\n");
    machine.act(&delete(&at(&machine, "d/*"))).assert_failed(&["1 of 1 files could not be deleted", "not permitted"]);
    assert!(script(&delete("/srv/x")).rollback.is_none());
}
