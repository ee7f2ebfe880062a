//! The real apt and dpkg of this computer, with the smallest of packages.

use crate::machine::{Machine, elsewhere, find, skip};
use std::os::unix::fs::MetadataExt;
use std::process::Command;
use wheelhouse_protocol::action::{Action, Name};

const TOOLS: &[&str] =
    &["apt-get", "apt-cache", "dpkg-query", "dpkg", "dpkg-deb", "dpkg-split", "tar", "gzip", "xz", "zstd"];

fn is_installed() -> bool {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", "hello"])
        .output()
        .expect("dpkg-query runs");
    output.stdout == b"installed"
}

#[test]
fn hello_comes_and_goes() {
    let root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if find("apt-get").is_none() || find("dpkg-query").is_none() {
        return elsewhere("a Debian machine");
    }
    if !root {
        return skip("root, to install a package");
    }
    let offered = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|output| !output.stdout.is_empty())
    };
    if is_installed() {
        return elsewhere("a machine without the package hello");
    }
    if !offered("apt-cache", &["madison", "hello"]) {
        return skip("the package hello in apt's sources");
    }
    let machine = Machine::new();
    for tool in TOOLS {
        if let Some(real) = find(tool) {
            std::os::unix::fs::symlink(real, machine.path("bin").join(tool)).expect("a link");
        }
    }
    let hello = || Name { asked: "hello".into(), candidates: vec!["no-such-greeter".into(), "hello".into()] };
    let install = Action::PackageInstall { package: hello(), version: None };
    let uninstall = Action::PackageUninstall { package: hello() };

    machine.verify(&install).assert_failed(&["hello is not installed"]);
    machine.act(&install).assert_changed();
    assert!(is_installed(), "dpkg knows it");
    let verified = machine.verify(&install);
    let version = verified.assert_ok().detail().split(' ').nth(1).expect("a version").to_owned();
    machine.act(&install).assert_unchanged();
    // What was installed just now is the newest.
    let update = Action::PackageUpdate { package: hello(), version: None };
    machine.verify(&update).assert_ok();
    std::fs::rename(machine.path("state"), machine.path("first step")).expect("kept for later");
    std::fs::create_dir(machine.path("state")).expect("made");

    // By the version as people write it, without the Debian revision.
    let upstream = version.split('-').next().expect("a part").to_owned();
    let exact = Action::PackageInstall { package: hello(), version: Some(upstream) };
    machine.act(&exact).assert_unchanged();
    machine.next_step();
    machine.act(&update).assert_unchanged();
    machine.roll_back(&update).assert_unchanged();
    machine.next_step();

    machine.act(&uninstall).assert_changed();
    machine.verify(&uninstall).assert_ok();
    assert!(!is_installed(), "dpkg knows it no more");
    machine.roll_back(&uninstall).assert_changed();
    assert!(is_installed(), "it is back");
    machine.verify(&exact).assert_ok();

    std::fs::remove_dir_all(machine.path("state")).expect("removed");
    std::fs::rename(machine.path("first step"), machine.path("state")).expect("brought back");
    machine.roll_back(&install).assert_changed();
    assert!(!is_installed(), "the computer is as it was");
}
