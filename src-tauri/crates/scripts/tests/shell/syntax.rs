//! Every script is well-formed, before any of it runs.

use crate::machine::{TOKEN, bash_under_test, find, script, skip};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use wheelhouse_protocol::action::{Action, LocalFile, Metric, Name, ProcessOrder, ServiceFilter, UserChange};
use wheelhouse_protocol::plan::Shell;
use wheelhouse_scripts::prelude;

/// One of every action.
pub(crate) fn every_action() -> Vec<Action> {
    let name = || Name { asked: "it's".into(), candidates: vec!["it's".into(), "b".into()] };
    let package = || Name { asked: "hello".into(), candidates: vec!["hello".into(), "g++".into()] };
    vec![
        Action::ServiceStatus { service: name() },
        Action::ServiceStart { service: name() },
        Action::ServiceStop { service: name() },
        Action::ServiceRestart { service: name() },
        Action::ServiceReload { service: name() },
        Action::ServiceEnable { service: name() },
        Action::ServiceDisable { service: name() },
        Action::ListServices { filter: ServiceFilter::All },
        Action::ListServices { filter: ServiceFilter::Running },
        Action::ListServices { filter: ServiceFilter::Failed },
        Action::PackageInstall { package: package(), version: None },
        Action::PackageInstall { package: package(), version: Some("1:2.3-4".into()) },
        Action::PackageUninstall { package: package() },
        Action::FileCopy {
            source: LocalFile { path: "C:\\it's\\x".into(), sha256: "0".repeat(64), size: 9 },
            destination: "/etc/it's".into(),
        },
        Action::ProgramReplace {
            service: name(),
            source: LocalFile { path: "C:\\it's\\app.exe".into(), sha256: "0".repeat(64), size: 9 },
        },
        Action::DiskUsage { path: None },
        Action::DiskUsage { path: Some("/it's".into()) },
        Action::PackageUpdate { package: package(), version: None },
        Action::PackageUpdate { package: package(), version: Some("1:2.3-4".into()) },
        Action::SystemUpdate,
        Action::ServiceLog { service: Some(name()), text: Some("it's".into()), lines: 5 },
        Action::ServiceLog { service: None, text: None, lines: 5 },
        Action::SearchFile { path: "/var/log/it's".into(), text: "it's".into(), lines: 5 },
        Action::ReadFile { path: "/etc/it's".into(), lines: 5 },
        Action::ListDirectory { path: "/var/it's".into() },
        Action::DeleteFiles { path: "/srv/it's*".into(), older_than_days: Some(30) },
        Action::ListProcesses { name: Some("it's".into()), order: ProcessOrder::Memory },
        Action::ListProcesses { name: None, order: ProcessOrder::Cpu },
        Action::KillProcess { process: "it's".into() },
        Action::LoggedInUsers,
        Action::ListUsers,
        Action::UserChange { user: "bob".into(), change: UserChange::Lock },
        Action::UserChange { user: "bob".into(), change: UserChange::Unlock },
        Action::UserChange { user: "bob".into(), change: UserChange::Create },
        Action::UserChange { user: "bob".into(), change: UserChange::Delete },
        Action::Reboot,
        Action::Shutdown,
        Action::Reach { address: "web-01".into(), port: Some(443) },
        Action::Reach { address: "::1".into(), port: None },
        Action::Uptime,
        Action::TailLog { path: "/var/log/it's".into(), lines: 10_000 },
        Action::Measure { metric: Metric::Reachability },
        Action::Measure { metric: Metric::Cpu },
        Action::Measure { metric: Metric::Memory },
        Action::Measure { metric: Metric::Health },
        Action::RunCommand { command: "echo 'it'\\''s'\nfalse".into() },
    ]
}

/// Every script of every action, with a name.
fn every_script() -> BTreeMap<String, String> {
    let mut scripts = BTreeMap::new();
    for action in every_action() {
        let rendered = script(&action);
        scripts.insert(format!("{action:?} run"), rendered.run);
        scripts.extend(rendered.verify.map(|text| (format!("{action:?} verify"), text)));
        scripts.extend(rendered.rollback.map(|text| (format!("{action:?} rollback"), text)));
    }
    scripts
}

#[test]
fn every_script_parses() {
    for (name, text) in every_script() {
        let text = prelude(TOKEN) + &text;
        let mut child = Command::new(bash_under_test())
            .args(["-n", "-s"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("bash");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{name}: {said}");
    }
}

#[test]
fn shellcheck_finds_nothing() {
    let Some(shellcheck) = find("shellcheck") else {
        return skip("shellcheck");
    };
    // A rollback has the functions of its run, and one action of a kind has them all.
    let needed =
        |name: &String| !name.ends_with("rollback") && !name.contains("version: Some") && !name.contains("path: Some");
    for (name, text) in every_script().into_iter().filter(|(name, _)| needed(name)) {
        // What the prelude defines is used by the scripts and the other way round, so both are looked at together.
        let text = format!("{}{text}", prelude(TOKEN));
        let mut child = Command::new(&shellcheck)
            // 1003: a quoted quote. 2034, 2154: a value of a part that this script does not use. 2317: reached through a trap.
            .args(["--shell=bash", "--severity=info", "--format=gcc", "--exclude=SC1003,SC2034,SC2154,SC2317", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("shellcheck starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("written").expect("written");
        assert!(output.status.success(), "{name}:\n{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn rendering_is_the_same_every_time_and_says_what_it_needs() {
    for action in every_action() {
        let first = script(&action);
        assert_eq!(first, script(&action), "an approval is bound to these bytes");
        assert_eq!(first.shell, Shell::Bash);
        assert!(first.timeout_seconds >= 30, "{action:?}");
        let sends = matches!(action, Action::FileCopy { .. } | Action::ProgramReplace { .. });
        assert_eq!(first.file.is_some(), sends, "{action:?}");
        let typed = matches!(action, Action::RunCommand { .. });
        assert_eq!(first.verify.is_some(), action.mutates() && !typed, "what changes is verified: {action:?}");
        assert_eq!(first.requires_admin, action.mutates() && !typed, "{action:?}");
        let no_way_back = matches!(
            action,
            Action::ServiceRestart { .. }
                | Action::ServiceReload { .. }
                | Action::SystemUpdate
                | Action::DeleteFiles { .. }
                | Action::KillProcess { .. }
                | Action::UserChange { change: UserChange::Delete, .. }
                | Action::Reboot
                | Action::Shutdown
        );
        let undone = action.mutates() && !typed && !no_way_back;
        assert_eq!(first.rollback.is_some(), undone, "{action:?}");
    }
}

#[test]
fn files_of_people_are_copied_by_their_account() {
    let needs_admin = |destination: &str| {
        let source = LocalFile { path: "x".into(), sha256: "0".repeat(64), size: 100_000_000_000 };
        let script = script(&Action::FileCopy { source, destination: destination.into() });
        assert!(script.timeout_seconds > 10_000, "100 GB take longer than five minutes");
        script.requires_admin
    };
    for path in ["/etc/x", "/root/x", "/opt/home/x", "/home/../etc/x", "/tmp/../etc/x", "/homework"] {
        assert!(needs_admin(path), "{path}");
    }
    for path in ["/home/deploy/x", "/tmp/x", "/Users/me/x"] {
        assert!(!needs_admin(path), "{path}");
    }
}
