//! Values are data: whatever they hold, they are string literals in assignments at the top, and nothing else of the script changes.

use crate::actions::{actions_with, script, texts};
use crate::literal::{any_text, read};
use crate::tree::{all, children, of_kind, parse, statements};
use proptest::prelude::*;
use std::cell::Cell;
use wheelhouse_protocol::action::{Action, LocalFile, Name};
use wheelhouse_protocol::plan::Shell;
use wheelhouse_scripts::render;

const TOP: &str = "$ErrorActionPreference = 'Stop'\nSet-StrictMode -Version 2\n";

/// The values at the top of a script, as PowerShell reads them, and the rest of the script.
fn values(text: &str) -> (Vec<String>, &str) {
    let mut rest = text.strip_prefix(TOP).expect("strict mode comes first");
    let mut values = Vec::new();
    while let Some(line) = rest.strip_prefix("$wh_") {
        let (name, after) = line.split_once(" = ").expect("an assignment");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{name}");
        rest = match after.strip_prefix("@(") {
            Some(mut list) => loop {
                if let Some(end) = list.strip_prefix(')') {
                    break end;
                }
                let (value, after) = read(list).expect("a literal");
                values.push(value);
                list = after.strip_prefix(", ").unwrap_or(after);
            },
            None => {
                let (value, after) = read(after).expect("a literal");
                values.push(value);
                after
            }
        };
        rest = rest.strip_prefix('\n').expect("nothing comes after a value");
    }
    (values, rest)
}

/// In the tree too, each value is one string literal of one of the assignments at the top.
fn assert_structure(text: &str) {
    let tree = parse(text);
    let root = tree.root_node();
    for node in all(root) {
        assert!(!node.is_error() && !node.is_missing(), "{}: {}", node.start_position(), &text[..text.len().min(400)]);
    }
    let top = statements(root);
    assert_eq!(&text[top[0].byte_range()], "$ErrorActionPreference = 'Stop'");
    assert_eq!(text[top[1].byte_range()].trim_end(), "Set-StrictMode -Version 2");
    let mut at = 2;
    while text[top[at].byte_range()].starts_with("$wh_") {
        let assignment = of_kind(top[at], "assignment_expression");
        assert_eq!(assignment.len(), 1, "one assignment: {}", &text[top[at].byte_range()]);
        for node in all(top[at]).into_iter().filter(|node| children(*node).is_empty() && node.is_named()) {
            let fine = matches!(node.kind(), "verbatim_string_characters" | "variable" | "empty_statement");
            assert!(fine, "a {} among the values: {}", node.kind(), &text[top[at].byte_range()]);
        }
        assert_eq!(of_kind(top[at], "variable").len(), 1, "a value reads no variable: {}", &text[top[at].byte_range()]);
        at += 1;
    }
    assert!(
        top[at..top.len() - 1].iter().all(|node| node.kind() == "function_statement"),
        "functions come after values"
    );
    assert!(
        text[top[top.len() - 1].byte_range()].starts_with("Invoke-WhStep -Step {"),
        "and what is done at the very end"
    );
}

/// Looks at every action with this value, at the whole scripts or at their values only; how many could carry it.
fn look_at(value: &str, whole: bool) -> usize {
    let mut carried = 0;
    for (action, plain) in actions_with(value).iter().zip(actions_with("plain")) {
        let Ok(hostile) = render(action, Shell::Powershell) else {
            continue;
        };
        let plain = script(&plain);
        assert_eq!(hostile.shell, plain.shell);
        for ((what, hostile), (_, plain)) in texts(hostile).into_iter().zip(texts(plain)) {
            let (held, rest) = values(&hostile);
            let (expected, fixed) = values(&plain);
            assert_eq!(rest, fixed, "{action:?} {what}: a value changes what is done");
            // A candidate that Windows cannot have is left out; of the source's path its last part is shown; nothing else is derived.
            let known = |held: &String| {
                expected.iter().any(|plain| *held == plain.replace("plain", value)) || value.ends_with(held.as_str())
            };
            assert!(held.len() <= expected.len() && held.iter().all(known), "{action:?}: {held:?}");
            // The rest has been seen to be the same for every value.
            let head = &hostile[..hostile.len() - rest.len()];
            assert_structure(&if whole { hostile.clone() } else { format!("{head}Invoke-WhStep -Step {{\n  x\n}}\n") });
            carried += 1;
        }
    }
    carried
}

#[test]
fn hostile_values_stay_values() {
    let mut carried = 0;
    for value in [
        "x; Stop-Computer", "$(Stop-Computer)", "$env:PATH", "`n`$x", "it's", "'; Stop-Computer; '",
        "’; Stop-Computer; ’", "‘‚‛", "'’; Stop-Computer #", "'@\nStop-Computer\n@'", "\"; Stop-Computer; \"",
        "\"$(Stop-Computer)\"", "@(Stop-Computer)", "x') } ; Stop-Computer", "#> Stop-Computer <#", "{0} {9} %s %25",
        "MSSQL$INST", "a`", "--% x", "名前 é\u{a0}", "@TOKEN@", "x\u{2028}y", "–Force",
    ] {
        carried += look_at(value, value == "it's");
    }
    assert!(carried > 500, "only {carried} scripts carried a value: the test has lost its teeth");
}

#[test]
fn any_value_stays_a_value() {
    let carried = Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(96)
    });
    let outcome = runner.run(&any_text(), |value| {
        carried.set(carried.get() + look_at(&value, false));
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(carried.get() > 200, "only {} scripts carried a value", carried.get());
}

#[test]
fn the_looks_see_a_value_that_is_not_quoted() {
    let text = script(&Action::ServiceStatus { service: Name::plain("plain") }).run;
    let escaped = text.replacen("'plain'", "'plain’; Stop-Computer", 1);
    let looked = std::panic::catch_unwind(|| values(&escaped).0);
    assert!(looked.is_err(), "a typographic quote ended the value: {looked:?}");
    for bare in ["plain", "\"plain\"", "'a' + $x", "(Stop-Computer)", "'a"] {
        let bare = text.replacen("'plain'", bare, 1);
        assert!(std::panic::catch_unwind(|| assert_structure(&bare)).is_err(), "{bare}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_the_field() {
    for value in ["", "-Force", "a\nb", "a\0b", "a\u{1b}[31m", "\u{202e}x"] {
        for action in actions_with(value) {
            if let Err(error) = render(&action, Shell::Powershell) {
                let problem = wheelhouse_protocol::Problem::from(error);
                assert!(problem.source.is_some() && !problem.hint.is_empty(), "the field is named: {problem}");
            } else {
                // These hold it where it is harmless: in a text to look for, a path of the operator's, after "C:\data\".
                let free = matches!(
                    action,
                    Action::RunCommand { .. }
                        | Action::FileCopy { .. }
                        | Action::ProgramReplace { .. }
                        | Action::Reach { .. }
                        | Action::SearchFile { .. }
                        | Action::DeleteFiles { .. }
                        | Action::ReadFile { .. }
                        | Action::TailLog { .. }
                        | Action::ListDirectory { .. }
                        | Action::DiskUsage { .. }
                );
                assert!(free, "{value:?} is accepted by {action:?}");
            }
        }
    }
    for action in [
        Action::ServiceStop { service: Name::plain("W3*") },
        Action::ServiceStop { service: Name::plain("..\\x") },
        Action::PackageUninstall { package: Name::plain("*") },
        Action::ProgramReplace {
            service: Name::plain("W3*"),
            source: LocalFile { path: "x".into(), sha256: "0".repeat(64), size: 1 },
        },
        Action::ProgramReplace {
            service: Name::plain("C:\\Windows\\x.exe"),
            source: LocalFile { path: "x".into(), sha256: "0".repeat(64), size: 1 },
        },
        Action::ProgramReplace {
            service: Name::plain("app"),
            source: LocalFile { path: "x".into(), sha256: "G".repeat(64), size: 1 },
        },
        Action::UserChange { user: "*".into(), change: wheelhouse_protocol::action::UserChange::Delete },
        Action::KillProcess { process: "*".into() },
        Action::TailLog { path: "C:\\x".into(), lines: 0 },
        Action::ReadFile { path: "/etc/x".into(), lines: 1 },
        Action::SearchFile { path: "C:\\x".into(), text: String::new(), lines: 1 },
        Action::DeleteFiles { path: "C:\\Windows\\*".into(), older_than_days: None },
        Action::DeleteFiles { path: "C:\\x\\y".into(), older_than_days: Some(100_000) },
        Action::KillProcess { process: "lsass".into() },
        Action::KillProcess { process: "SVCHOST.EXE".into() },
        Action::KillProcess { process: "4".into() },
        Action::Reach { address: "x".into(), port: Some(0) },
        Action::RunCommand { command: " \n".into() },
        Action::RunCommand { command: "x".repeat(30_001) },
        Action::PackageInstall { package: Name::plain("x"), version: Some("1 --force".into()) },
        Action::ServiceStart { service: Name { asked: "x".into(), candidates: vec![] } },
    ] {
        assert!(render(&action, Shell::Powershell).is_err(), "{action:?}");
    }
}
