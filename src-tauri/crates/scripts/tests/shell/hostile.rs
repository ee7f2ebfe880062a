//! Names are data: whatever they hold, nothing of them runs.

use crate::machine::{Machine, canary, hostile};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use wheelhouse_protocol::action::{Action, LocalFile, Name, ProcessOrder, UserChange};
use wheelhouse_protocol::plan::Shell;
use wheelhouse_scripts::render;

/// Every action that carries a value, with this value wherever it can stand. (A typed command is meant to run.)
fn actions(value: &str) -> Vec<Action> {
    let name = || Name { asked: value.into(), candidates: vec![value.into(), "nginx".into()] };
    let only = || Name::plain(value);
    let asked = || Name { asked: value.into(), candidates: vec!["hello".into()] };
    let file = |path: &str| LocalFile { path: path.into(), sha256: "0".repeat(64), size: 1 };
    vec![
        Action::ServiceStatus { service: name() },
        Action::ServiceStart { service: only() },
        Action::ServiceStart { service: asked() },
        Action::ServiceStop { service: only() },
        Action::ServiceRestart { service: name() },
        Action::PackageInstall { package: name(), version: None },
        Action::PackageInstall { package: asked(), version: None },
        Action::PackageInstall { package: only(), version: Some("1".into()) },
        Action::PackageInstall { package: Name::plain("hello"), version: Some(value.into()) },
        Action::PackageUninstall { package: asked() },
        Action::PackageUninstall { package: only() },
        Action::FileCopy { source: file(value), destination: "/nowhere/x".into() },
        Action::FileCopy { source: file("x"), destination: format!("/nowhere/{value}") },
        Action::ProgramReplace { service: name(), source: file(value) },
        Action::ProgramReplace { service: only(), source: file("x") },
        Action::ProgramReplace { service: asked(), source: file("x") },
        Action::DiskUsage { path: Some(format!("/{value}")) },
        Action::TailLog { path: format!("/{value}"), lines: 1 },
        Action::TailLog { path: value.into(), lines: 1 },
        Action::ServiceReload { service: name() },
        Action::ServiceEnable { service: only() },
        Action::ServiceDisable { service: name() },
        Action::PackageUpdate { package: asked(), version: None },
        Action::PackageUpdate { package: only(), version: Some("1".into()) },
        Action::PackageUpdate { package: Name::plain("hello"), version: Some(value.into()) },
        Action::ServiceLog { service: Some(only()), text: None, lines: 1 },
        Action::ServiceLog { service: None, text: Some(value.into()), lines: 1 },
        Action::SearchFile { path: format!("/{value}"), text: "x".into(), lines: 1 },
        Action::SearchFile { path: "/etc/hostname".into(), text: value.into(), lines: 1 },
        Action::ReadFile { path: format!("/{value}"), lines: 1 },
        Action::ListDirectory { path: format!("/{value}") },
        Action::DeleteFiles { path: format!("/nowhere/{value}"), older_than_days: None },
        Action::DeleteFiles { path: format!("/srv/{value}"), older_than_days: Some(3) },
        Action::DeleteFiles { path: format!("/{value}/x"), older_than_days: Some(3) },
        Action::ListProcesses { name: Some(value.into()), order: ProcessOrder::Cpu },
        Action::KillProcess { process: value.into() },
        Action::UserChange { user: value.into(), change: UserChange::Lock },
        Action::UserChange { user: value.into(), change: UserChange::Create },
        Action::Reach { address: value.into(), port: Some(1) },
        Action::Reach { address: value.into(), port: None },
    ]
}

/// A machine whose every program fails after noting its arguments, except for what scripts need to get further.
fn machine() -> Machine {
    let machine = Machine::new();
    machine.install("systemctl", include_str!("fakes/systemctl.sh"));
    machine.install("journalctl", include_str!("fakes/journalctl.sh"));
    machine.know("packages.sh", include_str!("fakes/packages.sh"));
    machine.install("apt-get", include_str!("fakes/apt-get.sh"));
    machine.install("apt-cache", include_str!("fakes/apt-cache.sh"));
    machine.install("dpkg-query", include_str!("fakes/dpkg-query.sh"));
    machine.know("offered/hello", "1-r1");
    machine
}

#[test]
fn no_value_is_ever_run() {
    let (ran, refused) = (AtomicU32::new(0), AtomicU32::new(0));
    let try_all = &|n: usize| {
        let machine = machine();
        let canary = canary(&machine);
        for action in actions(&hostile(&canary)[n]) {
            let Ok(script) = render(&action, Shell::Bash) else {
                refused.fetch_add(1, Relaxed);
                continue;
            };
            for text in [Some(script.run), script.verify, script.rollback].into_iter().flatten() {
                machine.run(&text);
                assert!(!canary.exists(), "{action:?} ran what it was given:\n{text}");
                ran.fetch_add(1, Relaxed);
            }
            machine.next_step();
        }
    };
    std::thread::scope(|scope| {
        for n in 0..hostile(Path::new("/")).len() {
            scope.spawn(move || try_all(n));
        }
    });
    let (ran, refused) = (ran.into_inner(), refused.into_inner());
    assert!(
        ran > 300 && refused > 50,
        "{ran} scripts ran, {refused} actions were refused: the test has lost its teeth"
    );
}

#[test]
fn a_service_may_be_called_anything_and_only_that_one_is_meant() {
    let values = [
        "x; touch canary", "$(touch canary)", "`touch canary`", "it's", "MSSQL$INST", "sshd@x", "a b", "back\\slash",
        "größe", "\"q\"", "%s", "a&b",
    ];
    let one = &|value: &str| {
        let machine = machine();
        for action in [
            Action::ServiceStart { service: Name::plain(value) },
            Action::ServiceRestart { service: Name::plain(value) },
            Action::ServiceStop { service: Name::plain(value) },
            Action::ServiceDisable { service: Name::plain(value) },
            Action::ServiceEnable { service: Name::plain(value) },
        ] {
            machine.know(&format!("units/{value}.service/LoadState"), "loaded");
            let outcome = machine.act(&action);
            assert!(outcome.assert_changed().detail().contains(value), "the name survives whole: {outcome:#?}");
            machine.verify(&action).assert_ok();
            machine.next_step();
        }
        assert_eq!(
            machine.known(&format!("units/{value}.service/verbs")),
            "start restart stop disable enable",
            "{value}"
        );
        assert!(!canary(&machine).exists(), "{value}");
    };
    std::thread::scope(|scope| {
        for value in values {
            scope.spawn(move || one(value));
        }
    });
}

#[test]
fn what_no_script_can_carry_is_refused_with_the_field() {
    for (value, why) in [
        ("", "empty"),
        ("-rf", "an option"),
        ("--force", "an option"),
        ("a\nb", "a newline"),
        ("a\0b", "NUL"),
        ("a\u{1b}[31m", "an escape"),
        ("*", "a pattern"),
        ("../../tmp/evil", "a path"),
    ] {
        for action in [
            Action::ServiceStatus { service: Name::plain(value) },
            Action::ServiceStart { service: Name::plain(value) },
            Action::ServiceStop { service: Name::plain(value) },
            Action::ServiceRestart { service: Name::plain(value) },
            Action::PackageInstall { package: Name::plain(value), version: None },
            Action::PackageInstall { package: Name::plain("hello"), version: Some(value.into()) },
            Action::PackageUninstall { package: Name::plain(value) },
            Action::ProgramReplace {
                service: Name::plain(value),
                source: LocalFile { path: "x".into(), sha256: "0".repeat(64), size: 1 },
            },
            Action::DiskUsage { path: Some(value.into()) },
            Action::TailLog { path: value.into(), lines: 5 },
            Action::ServiceReload { service: Name::plain(value) },
            Action::ServiceEnable { service: Name::plain(value) },
            Action::ServiceDisable { service: Name::plain(value) },
            Action::PackageUpdate { package: Name::plain(value), version: None },
            Action::PackageUpdate { package: Name::plain("hello"), version: Some(value.into()) },
            Action::ServiceLog { service: Some(Name::plain(value)), text: None, lines: 5 },
            Action::SearchFile { path: value.into(), text: "x".into(), lines: 5 },
            Action::ReadFile { path: value.into(), lines: 5 },
            Action::ListDirectory { path: value.into() },
            Action::DeleteFiles { path: value.into(), older_than_days: None },
            Action::UserChange { user: value.into(), change: UserChange::Lock },
            Action::Reach { address: value.into(), port: None },
        ] {
            let error = render(&action, Shell::Bash).expect_err(&format!("{why}: {action:?}"));
            let problem = wheelhouse_protocol::Problem::from(error);
            assert!(problem.source.is_some(), "the field is named: {problem}");
        }
    }
    for action in [
        Action::ServiceStart { service: Name { asked: "x".into(), candidates: vec![] } },
        Action::TailLog { path: "/x".into(), lines: 0 },
        Action::TailLog { path: "/x".into(), lines: 10_001 },
        Action::ReadFile { path: "/x".into(), lines: 0 },
        Action::ServiceLog { service: None, text: None, lines: 0 },
        Action::ServiceLog { service: None, text: Some("a\nb".into()), lines: 1 },
        Action::SearchFile { path: "/x".into(), text: String::new(), lines: 1 },
        Action::SearchFile { path: "/x".into(), text: "a\nb".into(), lines: 1 },
        Action::SearchFile { path: "/x".into(), text: "a".into(), lines: 10_001 },
        Action::KillProcess { process: "0".into() },
        Action::KillProcess { process: "0001".into() },
        Action::KillProcess { process: "99999999999".into() },
        Action::KillProcess { process: "-1".into() },
        Action::KillProcess { process: "a/b".into() },
        Action::UserChange { user: "root".into(), change: UserChange::Delete },
        Action::UserChange { user: "0".into(), change: UserChange::Lock },
        Action::Reach { address: "a".into(), port: Some(0) },
        Action::RunCommand { command: " \n".into() },
        Action::RunCommand { command: "a\0b".into() },
        Action::ProgramReplace {
            service: Name::plain("nginx"),
            source: LocalFile { path: "x".into(), sha256: "0".repeat(65), size: 0 },
        },
        Action::FileCopy {
            source: LocalFile { path: "x".into(), sha256: "0".repeat(63), size: 0 },
            destination: "/x".into(),
        },
        Action::FileCopy {
            source: LocalFile { path: "x".into(), sha256: "A".repeat(64), size: 0 },
            destination: "/x".into(),
        },
    ] {
        assert!(render(&action, Shell::Bash).is_err(), "{action:?}");
    }
}
