//! Packages under every package manager.

use crate::machine::{Machine, Outcome};
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::job::Level;
use wheelhouse_scripts::Report;

pub(crate) const MANAGERS: &[&str] = &["apt-get", "dnf", "yum", "zypper", "pacman", "apk", "brew"];

/// Does the same with every one of these managers, at the same time.
pub(crate) fn with_each(managers: &[&str], check: impl Fn(&str, Machine) + Sync) {
    std::thread::scope(|scope| {
        for manager in managers {
            scope.spawn(|| check(manager, machine(manager)));
        }
    });
}

fn machine(manager: &str) -> Machine {
    let machine = Machine::new();
    machine.know("packages.sh", include_str!("fakes/packages.sh"));
    let programs: &[(&str, &str)] = match manager {
        "apt-get" => &[
            ("apt-get", include_str!("fakes/apt-get.sh")),
            ("apt-cache", include_str!("fakes/apt-cache.sh")),
            ("dpkg-query", include_str!("fakes/dpkg-query.sh")),
        ],
        "dnf" => &[("dnf", include_str!("fakes/dnf.sh")), ("rpm", include_str!("fakes/rpm.sh"))],
        "yum" => &[("yum", include_str!("fakes/dnf.sh")), ("rpm", include_str!("fakes/rpm.sh"))],
        "zypper" => &[("zypper", include_str!("fakes/zypper.sh")), ("rpm", include_str!("fakes/rpm.sh"))],
        "pacman" => &[("pacman", include_str!("fakes/pacman.sh"))],
        "apk" => &[("apk", include_str!("fakes/apk.sh"))],
        "brew" => &[("brew", include_str!("fakes/brew.sh")), ("sudo", include_str!("fakes/sudo.sh"))],
        other => panic!("{other}"),
    };
    for (name, text) in programs {
        machine.install(name, text);
    }
    machine.know("installed/base", version("1.0"));
    machine.know("offered/hello", &format!("{}\n{}", version("2.10"), version("2.1")));
    machine.know("offered/libhello", version("0.7"));
    machine
}

/// As every manager would write it.
pub(crate) fn version(upstream: &str) -> &'static str {
    match upstream {
        "1.0" => "1.0-r1",
        "0.7" => "0.7-r3",
        "2.1" => "2.1-r4",
        "2.10" => "2.10-r3",
        other => panic!("{other}"),
    }
}

fn install(package: &str) -> Action {
    Action::PackageInstall { package: Name::plain(package), version: None }
}

fn install_version(package: &str, version: &str) -> Action {
    Action::PackageInstall { package: Name::plain(package), version: Some(version.into()) }
}

fn uninstall(package: &str) -> Action {
    Action::PackageUninstall { package: Name::plain(package) }
}

fn installed(machine: &Machine) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(machine.path("fake/installed"))
        .expect("listed")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn installs_verifies_and_undoes() {
    with_each(MANAGERS, |manager, machine| {
        machine.know("needs/hello", "libhello");
        machine.verify(&install("hello")).assert_failed(&["hello is not installed"]);
        let outcome = machine.act(&install("hello"));
        assert_eq!(outcome.assert_changed().detail(), "hello 2.10-r3 was installed", "{manager}");
        machine.verify(&install("hello")).assert_ok();
        machine.act(&install("hello")).assert_unchanged();
        machine.roll_back(&install("hello")).assert_changed();
        assert_eq!(installed(&machine), ["base"], "{manager}: what came with it is gone too");
        machine.roll_back(&install("hello")).assert_unchanged();
        assert_eq!(machine.known("refreshes"), "", "{manager}: the index was fine");
    });
}

#[test]
fn uninstalls_verifies_and_undoes() {
    with_each(MANAGERS, |manager, machine| {
        machine.act(&uninstall("hello")).assert_unchanged();
        machine.know("installed/hello", version("2.10"));
        machine.verify(&uninstall("hello")).assert_failed(&["hello 2.10-r3 is still installed"]);
        machine.act(&uninstall("hello")).assert_changed();
        machine.verify(&uninstall("hello")).assert_ok();
        assert_eq!(installed(&machine), ["base"], "{manager}");
        machine.act(&uninstall("hello")).assert_unchanged();
        let outcome = machine.roll_back(&uninstall("hello"));
        assert_eq!(outcome.assert_changed().detail(), "hello 2.10-r3 is installed again", "{manager}");
        assert_eq!(machine.known("installed/hello"), "2.10-r3");
    });
}

#[test]
fn what_others_need_stays() {
    with_each(MANAGERS, |manager, machine| {
        machine.know("installed/libhello", version("0.7"));
        machine.know("installed/hello", version("2.10"));
        machine.know("needs/hello", "libhello");
        let outcome = machine.act(&uninstall("libhello"));
        outcome.assert_failed(&["libhello"]);
        assert!(
            manager == "apk" || outcome.detail().replace("libhello", "").contains("hello"),
            "{manager}: says who: {outcome:#?}"
        );
        assert_eq!(installed(&machine), ["base", "hello", "libhello"], "{manager}");
    });
}

#[test]
fn the_version_asked_for_is_the_one_installed() {
    with_each(&["apt-get", "dnf", "yum", "zypper", "apk"], |manager, machine| {
        let action = install_version("hello", "2.1");
        machine.act(&action).assert_changed();
        assert_eq!(machine.known("installed/hello"), "2.1-r4", "{manager}: not 2.10");
        machine.verify(&action).assert_ok();
        machine
            .verify(&install_version("hello", "2.10"))
            .assert_failed(&["hello 2.1-r4 is installed, not version 2.10"]);
        machine.act(&install_version("hello", "2.1-r4")).assert_unchanged();
        machine.next_step();
        // Up, and back again.
        machine.act(&install_version("hello", "2.10-r3")).assert_changed();
        assert_eq!(machine.known("installed/hello"), "2.10-r3", "{manager}");
        machine.roll_back(&install_version("hello", "2.10-r3")).assert_changed();
        assert_eq!(machine.known("installed/hello"), "2.1-r4", "{manager}");
        machine.next_step();
        machine.act(&install_version("hello", "3")).assert_failed(&["hello is not offered in version 3", "2.10-r3"]);
    });
    with_each(&["pacman", "brew"], |_, machine| {
        machine.act(&install_version("hello", "2.1")).assert_failed(&["not offered in version 2.1", "2.10-r3"]);
        machine.act(&install_version("hello", "2.10")).assert_changed();
    });
}

#[test]
fn the_index_is_read_again_when_it_does_not_know_the_package() {
    with_each(MANAGERS, |manager, machine| {
        machine.know("fresh/newer", "5-r1");
        let outcome = machine.act(&install("newer"));
        outcome.assert_changed();
        assert_eq!(machine.known("refreshes"), "refreshed", "{manager}: once");
    });
    let machine = machine("apt-get");
    machine.know("fresh/hello", "2.12-r1");
    machine.know("stale", "");
    let outcome = machine.act(&install("hello"));
    assert_eq!(outcome.assert_changed().detail(), "hello 2.12-r1 was installed", "an index with dead links");
}

#[test]
fn an_unknown_package_is_said_to_be_unknown() {
    with_each(MANAGERS, |manager, machine| {
        machine.act(&install("nosuch")).assert_failed(&["no package called nosuch", manager]);
        machine.next_step();
        machine.know("offline", "");
        machine.act(&install("nosuch")).assert_failed(&["no package called nosuch is known here", "could not be read"]);
    });
    let machine = machine("apt-get");
    machine.act(&install("helo")).assert_failed(&["with a similar name: hello"]);
}

#[test]
fn waits_for_another_package_manager() {
    // dnf and yum wait by themselves.
    with_each(&["apt-get", "zypper", "pacman", "apk"], |manager, machine| {
        machine.know("locked", "2");
        let outcome = machine.act(&install("hello"));
        outcome.assert_changed();
        assert!(outcome.messages(Level::Info).iter().any(|text| text.contains("waiting")), "{manager}: {outcome:#?}");
    });
}

#[test]
fn a_failed_installation_says_why() {
    with_each(MANAGERS, |manager, machine| {
        machine.know("broken", "");
        machine
            .act(&install("hello"))
            .assert_failed(&["hello could not be installed", manager, "post-installation script failed"]);
        machine.roll_back(&install("hello")).assert_unchanged();
    });
}

#[test]
fn candidates_in_order_but_what_is_installed_first() {
    with_each(MANAGERS, |manager, machine| {
        let package =
            Name { asked: "greeter".into(), candidates: vec!["greeter".into(), "hello".into(), "libhello".into()] };
        let action = Action::PackageInstall { package: package.clone(), version: None };
        assert!(machine.act(&action).assert_changed().detail().starts_with("hello "), "{manager}");
        machine.know("offered/greeter", "9-r9");
        machine.verify(&action).assert_ok();
        machine.act(&action).assert_unchanged();
        machine.next_step();
        assert!(
            machine.act(&Action::PackageUninstall { package }).assert_changed().detail().starts_with("hello "),
            "{manager}"
        );
    });
}

#[test]
fn only_root_changes_packages() {
    let machine = machine("apt-get");
    machine.know("uid", "1000");
    machine.act(&install("hello")).assert_failed(&["root only", "operator"]);
    machine.act(&install("base")).assert_unchanged();
}

#[test]
fn a_package_of_which_only_settings_are_left_is_not_installed() {
    let machine = machine("apt-get");
    machine.know("removed-hello", "");
    machine.act(&uninstall("hello")).assert_unchanged();
    machine.act(&install("hello")).assert_changed();
}

#[test]
fn apts_progress_is_ours() {
    let outcome: Outcome = machine("apt-get").act(&install("hello"));
    let percents: Vec<&Report> =
        outcome.reports.iter().filter(|report| matches!(report, Report::Progress(_))).collect();
    assert_eq!(percents, [&Report::Progress(25), &Report::Progress(70)]);
    assert!(!outcome.output.iter().any(|line| line.contains("status:")), "{outcome:#?}");
    assert!(outcome.output.iter().any(|line| line.starts_with("Setting up hello")), "{outcome:#?}");
}

#[test]
fn without_a_package_manager_it_says_what_it_looked_for() {
    let machine = Machine::new();
    let words = ["no package manager found (looked for apt-get, dnf, yum, zypper, pacman, apk, brew)"];
    for outcome in [machine.act(&install("hello")), machine.verify(&install("hello")), machine.act(&uninstall("hello"))]
    {
        outcome.assert_failed(&words);
    }
}

#[test]
fn what_cannot_be_brought_back_is_said() {
    with_each(&["apt-get", "dnf", "yum", "zypper", "pacman", "apk"], |manager, machine| {
        machine.know("installed/hello", "1.9-r1");
        machine.act(&uninstall("hello")).assert_changed();
        machine.roll_back(&uninstall("hello")).assert_failed(&["hello 1.9-r1", "by hand"]);
        assert_eq!(installed(&machine), ["base"], "{manager}: another version was not put in its place");
    });
}
