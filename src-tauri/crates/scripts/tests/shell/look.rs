//! Looking at a machine.

use crate::machine::{Machine, Outcome};
use std::os::unix::fs::symlink;
use wheelhouse_protocol::action::{Action, Metric};
use wheelhouse_protocol::job::Level;

fn fake_df(machine: &Machine, accepts: &str, table: &str) {
    machine.install("df", &format!("#!/bin/sh\ncase \"$*\" in {accepts}) cat \"$FAKE/df\" ;; *) echo 'df: unrecognized option' >&2; exit 1 ;; esac\n"));
    machine.know("df", table);
}

fn disks(machine: &Machine) -> Outcome {
    machine.act(&Action::DiskUsage { path: None })
}

#[test]
fn full_disks_are_told() {
    let machine = Machine::new();
    fake_df(
        &machine,
        "-PkTl",
        "Filesystem Type 1024-blocks Used Available Capacity Mounted on\n\
         /dev/sda1 ext4 52428800 41000000 11428800 79% /\n\
         udev devtmpfs 100 100 0 100% /dev\n\
         /dev/loop1 squashfs 100 100 0 100% /snap/core/1\n\
         tmpfs tmpfs 1000 950 50 95% /run\n\
         tmpfs tmpfs 1000 850 150 85% /tmp\n\
         /dev/sda1 ext4 52428800 41000000 11428800 79% /mnt/the same again\n\
         //nas/my share cifs 1048576 1048000 576 100% /mnt/my files\n\
         /dev/sdb1 xfs 1073741824 966367641 107374183 90% /data\n",
    );
    let outcome = disks(&machine);
    outcome.assert_ok();
    assert_eq!(
        outcome.messages(Level::Error),
        ["/mnt/my files is 100 % full, 576 KiB of 1.0 GiB free", "/data is 90 % full, 102 GiB of 1.0 TiB free"]
    );
    assert_eq!(outcome.messages(Level::Warning), ["/tmp is 85 % full, 150 KiB of 1000 KiB free"]);
    assert_eq!(outcome.detail(), "/mnt/my files is 100 % full, 576 KiB of 1.0 GiB free");
    assert_eq!(outcome.output.len(), 5, "a header and four file systems: {:#?}", outcome.output);
}

#[test]
fn a_mac_and_a_small_linux_are_read_too() {
    let machine = Machine::new();
    fake_df(
        &machine,
        "-Pkl",
        "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
         /dev/disk3s1s1 482797652 9000000 300000000 3% /\n\
         devfs 200 200 0 100% /dev\n\
         /dev/disk3s6 482797652 20 300000000 1% /System/Volumes/VM\n\
         /dev/disk3s5 482797652 170000000 300000000 37% /System/Volumes/Data\n\
         map auto_home 0 0 0 100% /System/Volumes/Data/home\n",
    );
    let outcome = disks(&machine);
    assert_eq!(outcome.assert_ok().detail(), "/System/Volumes/Data is 37 % full, 286 GiB of 460 GiB free");
    fake_df(
        &machine,
        "-PkT",
        "Filesystem Type 1024-blocks Used Available Capacity Mounted on\n/dev/root ext4 1000 10 990 1% /\n",
    );
    assert_eq!(disks(&machine).assert_ok().detail(), "/ is 1 % full, 990 KiB of 1000 KiB free");
    fake_df(&machine, "nothing", "");
    disks(&machine).assert_failed(&["df shows no file system"]);
}

#[test]
fn the_real_disks_are_read() {
    let machine = Machine::new();
    let outcome = disks(&machine);
    outcome.assert_ok();
    assert!(outcome.detail().contains(" % full, "), "{outcome:#?}");
    let at = |path: &str| machine.act(&Action::DiskUsage { path: Some(path.into()) });
    assert_eq!(at("/").assert_ok().output.len(), 2);
    at(machine.path("root").to_str().expect("UTF-8")).assert_ok();
    at("/nowhere").assert_failed(&["/nowhere does not exist"]);
}

#[test]
fn uptime_is_read() {
    let outcome = Machine::new().act(&Action::Uptime);
    let detail = outcome.assert_ok().detail();
    assert!(detail.starts_with("up ") && detail.contains(" UTC") && detail.contains("load "), "{detail}");
}

#[test]
fn measures_are_taken() {
    let machine = Machine::new();
    let measure = |metric| machine.act(&Action::Measure { metric });
    assert!(measure(Metric::Reachability).assert_ok().detail().contains(" answers: "));
    assert!(measure(Metric::Cpu).assert_ok().detail().contains(" % busy"));
    assert!(measure(Metric::Memory).assert_ok().detail().contains(" GiB"));
    let outcome = measure(Metric::Health);
    for word in [" % full", " % busy", " % in use", "up "] {
        assert!(outcome.assert_ok().detail().contains(word), "no {word}: {outcome:#?}");
    }
}

#[test]
fn the_end_of_a_log_is_shown() {
    let machine = Machine::new();
    let log = machine.path("root").join("app's\nlog");
    let text: String = (1..=100).map(|n| format!("line {n}\n")).collect();
    std::fs::write(&log, text + "unfinished").expect("written");
    let tail = |lines| machine.act(&Action::TailLog { path: log.to_str().expect("UTF-8").into(), lines });
    let outcome = tail(3);
    assert_eq!(outcome.assert_ok().output, ["line 99", "line 100", "unfinished"]);
    assert_eq!(tail(10_000).output.len(), 101);
    std::fs::write(&log, "").expect("written");
    assert!(tail(3).assert_ok().detail().ends_with("is empty"));
}

#[test]
fn a_log_that_cannot_be_shown_says_why() {
    let machine = Machine::new();
    let at = |name: &str| machine.path("root").join(name);
    let tail = |name: &str| machine.act(&Action::TailLog { path: at(name).to_str().expect("UTF-8").into(), lines: 5 });
    std::fs::create_dir(at("dir")).expect("made");
    symlink("nowhere", at("dangling")).expect("linked");
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo").success());
    tail("absent").assert_failed(&["absent does not exist"]);
    tail("dir").assert_failed(&["dir is a directory"]);
    tail("dangling").assert_failed(&["leads nowhere"]);
    tail("pipe").assert_failed(&["is not a file"]);
    // Root may read everything, so this one is asked of the shell's own test.
    std::fs::write(at("secret"), "x").expect("written");
    std::fs::set_permissions(at("secret"), std::os::unix::fs::PermissionsExt::from_mode(0o000)).expect("set");
    if std::fs::read(at("secret")).is_err() {
        tail("secret").assert_failed(&["may not read"]);
    }
}
