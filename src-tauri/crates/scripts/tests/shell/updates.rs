//! Updating packages under every package manager.

use crate::machine::Machine;
use crate::packages::{MANAGERS, version, with_each};
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::job::Level;

fn update(package: &str) -> Action {
    Action::PackageUpdate { package: Name::plain(package), version: None }
}

fn update_to(package: &str, version: &str) -> Action {
    Action::PackageUpdate { package: Name::plain(package), version: Some(version.into()) }
}

#[test]
fn updates_verifies_and_undoes() {
    with_each(MANAGERS, |manager, machine| {
        machine.act(&update("hello")).assert_failed(&["hello is not installed here", "install it instead"]);
        assert!(!machine.path("fake/installed/hello").exists(), "{manager}: it was not installed in passing");
        machine.know("installed/hello", version("2.1"));
        machine.verify(&update("hello")).assert_failed(&["hello 2.1-r4 is installed", "newer"]);
        let outcome = machine.act(&update("hello"));
        assert_eq!(outcome.assert_changed().detail(), "hello was 2.1-r4 and is 2.10-r3 now", "{manager}");
        machine.verify(&update("hello")).assert_ok();
        machine.act(&update("hello")).assert_unchanged();
        // Some managers' sources hold one version only.
        let back = machine.roll_back(&update("hello"));
        if matches!(manager, "pacman" | "brew") {
            back.assert_failed(&["hello 2.1-r4", "by hand"]);
        } else {
            back.assert_changed();
            assert_eq!(machine.known("installed/hello"), "2.1-r4", "{manager}");
            machine.roll_back(&update("hello")).assert_unchanged();
        }
    });
}

#[test]
fn what_is_newest_is_unchanged_and_the_sources_are_read_first() {
    with_each(MANAGERS, |manager, machine| {
        machine.know("installed/hello", version("2.10"));
        machine.act(&update("hello")).assert_unchanged();
        assert_eq!(machine.known("refreshes"), "refreshed", "{manager}");
        machine.roll_back(&update("hello")).assert_unchanged();
        machine.next_step();
        machine.know("fresh/hello", "2.12-r1");
        let outcome = machine.act(&update("hello"));
        assert_eq!(outcome.assert_changed().detail(), "hello was 2.10-r3 and is 2.12-r1 now", "{manager}");
        machine.next_step();
        machine.know("offline", "");
        let outcome = machine.act(&update("hello"));
        assert_eq!(outcome.assert_unchanged().messages(Level::Warning).len(), 1, "{manager}: {outcome:#?}");
    });
}

#[test]
fn to_a_version_only_where_it_is_there() {
    with_each(&["apt-get", "dnf", "yum", "zypper", "apk"], |manager, machine| {
        let action = update_to("hello", "2.10");
        machine.act(&action).assert_failed(&["hello is not installed here"]);
        machine.know("installed/hello", version("2.1"));
        machine.verify(&action).assert_failed(&["hello 2.1-r4 is installed, not version 2.10"]);
        machine.act(&action).assert_changed();
        machine.verify(&action).assert_ok();
        machine.act(&action).assert_unchanged();
        machine.roll_back(&action).assert_changed();
        assert_eq!(machine.known("installed/hello"), "2.1-r4", "{manager}");
        machine.next_step();
        machine.act(&update_to("hello", "3")).assert_failed(&["not offered in version 3"]);
    });
}

#[test]
fn a_failed_update_says_why() {
    with_each(MANAGERS, |manager, machine| {
        machine.know("installed/hello", version("2.1"));
        machine.know("broken", "");
        machine.act(&update("hello")).assert_failed(&["hello could not be updated", manager, "post-installation"]);
        machine.roll_back(&update("hello")).assert_unchanged();
        machine.next_step();
        let outcome = machine.act(&Action::SystemUpdate);
        outcome.assert_failed(&["the update did not go through", manager, "post-installation"]);
    });
}

#[test]
fn everything_is_updated_and_counted() {
    with_each(MANAGERS, |manager, machine| {
        machine.act(&Action::SystemUpdate).assert_unchanged();
        machine.next_step();
        machine.know("installed/hello", version("2.1"));
        machine.know("installed/libhello", "0.6-r1");
        machine.know("self", "");
        machine.verify(&Action::SystemUpdate).assert_failed(&["not everything is up to date: hello, libhello"]);
        let outcome = machine.act(&Action::SystemUpdate);
        assert_eq!(outcome.assert_changed().detail(), "2 packages updated", "{manager}");
        assert_eq!(machine.known("installed/hello"), "2.10-r3", "{manager}");
        machine.verify(&Action::SystemUpdate).assert_ok();
        machine.act(&Action::SystemUpdate).assert_unchanged();
        machine.know("uid", "1000");
        if manager != "brew" {
            machine.act(&Action::SystemUpdate).assert_failed(&["root only"]);
        }
    });
    with_each(&["apt-get"], |_, machine| {
        machine.know("kept", "linux-image");
        let outcome = machine.act(&Action::SystemUpdate);
        assert_eq!(outcome.assert_unchanged().messages(Level::Warning).len(), 1, "{outcome:#?}");
    });
    Machine::new().act(&Action::SystemUpdate).assert_failed(&["no package manager found"]);
}
