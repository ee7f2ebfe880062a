//! The prelude and the wrapping of scripts.

use crate::machine::{Machine, TOKEN, any_text, bash_under_test, canary, script, shell_output};
use proptest::prelude::*;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::job::Level;
use wheelhouse_scripts::{Line, Report, bash::quote, is_token, parse_line, prelude};

fn touch(machine: &Machine) -> Action {
    Action::RunCommand { command: format!("touch {}", canary(machine).display()) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// What a script reports arrives as it was, whatever it holds.
    #[test]
    fn reported_text_round_trips(texts in proptest::collection::vec(any_text(), 1..40)) {
        let mut script = prelude(TOKEN);
        for text in &texts {
            script.push_str(&format!("wh_warn {0}\nwh_detail {0}\n", quote(text).expect("no NUL")));
        }
        let output = shell_output(bash_under_test().as_os_str(), &["-s"], "C.UTF-8", &script);
        let output = String::from_utf8(output).expect("UTF-8 stays UTF-8");
        let seen: Vec<Line> = output.strip_suffix('\n').unwrap_or(&output).split('\n').map(|line| parse_line(TOKEN, line)).collect();
        let wanted: Vec<Line> = texts
            .iter()
            .flat_map(|text| [
                Line::Report(Report::Message { level: Level::Warning, text: text.clone() }),
                Line::Report(Report::Detail(text.clone())),
            ])
            .chain([Line::Report(Report::Ended(0))])
            .collect();
        prop_assert_eq!(seen, wanted);
    }
}

#[test]
fn every_report_is_read_back() {
    let machine = Machine::new();
    let outcome =
        machine.run("wh_info a\nwh_warn b\nwh_error c\nwh_progress 42\nwh_changed\nwh_unchanged\nwh_detail d\n");
    assert_eq!(
        outcome.reports,
        [
            Report::Message { level: Level::Info, text: "a".into() },
            Report::Message { level: Level::Warning, text: "b".into() },
            Report::Message { level: Level::Error, text: "c".into() },
            Report::Progress(42),
            Report::Changed,
            Report::Unchanged,
            Report::Detail("d".into()),
        ]
    );
}

#[test]
fn a_failure_nobody_foresaw_is_a_failure_with_a_word() {
    let machine = Machine::new();
    let whole = script(&Action::Uptime).run;
    for fault in [
        "false", "ls /nowhere | cat", "echo \"$no_such_variable\"", "no_such_program",
        "f() { false | cat; }; f >/dev/null",
    ] {
        let text = whole.replace("\nwh_uptime\n", &format!("\n{fault}\nREPLY=fine\n"));
        assert_ne!(text, whole, "the fault is in it");
        let outcome = machine.run(&text);
        assert!(outcome.exit.is_some_and(|code| code != 0), "{fault}: {outcome:#?}");
        assert!(outcome.detail().contains("the script ended with exit code"), "{fault}: {outcome:#?}");
    }
}

#[test]
fn a_message_that_breaks_off_runs_nothing_of_the_script() {
    let machine = Machine::new();
    let whole = machine.message(&script(&touch(&machine)).run);
    let body = whole.len() - script(&touch(&machine)).run.len();
    // Every length near the end, and a sample of all others that are within the script.
    let last_brace = whole.rfind('}').expect("the group's end");
    for cut in (body + 1..last_brace).filter(|cut| cut % 23 == 0 || last_brace - cut < 40) {
        let mut child = machine.start(&whole[..cut]);
        let status = child.wait().expect("it ends");
        assert!(!status.success(), "cut at {cut} of {} looks like success", whole.len());
        assert!(!canary(&machine).exists(), "cut at {cut}, something ran");
    }
    // Within the prelude it must not look like success either.
    for cut in (60..body - 1).filter(|cut| cut % 97 == 0) {
        let start = whole.find("trap 'exit 70'").expect("the first line of the prelude") + 20;
        let status = machine.start(&whole[..cut.max(start)]).wait().expect("it ends");
        assert!(!status.success(), "cut at {cut} in the prelude looks like success");
    }
    let outcome = machine.run(&script(&touch(&machine)).run);
    assert_eq!(outcome.exit, Some(0), "{outcome:#?}");
    assert!(canary(&machine).exists(), "whole, it runs");
}

#[test]
fn programs_have_no_input_even_where_there_is_more() {
    let machine = Machine::new();
    let action = Action::RunCommand { command: "cat".into() };
    let outcome = machine.run(&format!("{}leftover\n", script(&action).run));
    assert_eq!((outcome.exit, outcome.output.as_slice()), (Some(0), &[][..]), "{outcome:#?}");
}

#[test]
fn programs_cannot_read_the_script_nor_learn_the_token() {
    let machine = Machine::new();
    let action = Action::RunCommand { command: "cat; env; set; ps -p $PPID -o args= || true".into() };
    let outcome = machine.act(&action);
    assert_eq!(outcome.exit, Some(0), "{outcome:#?}");
    let output = outcome.output.join("\n");
    assert!(output.contains("PATH="), "the environment is shown: {output}");
    assert!(!output.contains(TOKEN), "the token leaks to what the script starts: {output}");
    assert!(!output.contains("exit 0"), "the rest of the script was read as input: {output}");
}

#[test]
fn the_machine_cannot_forge_a_report() {
    let machine = Machine::new();
    let action = Action::RunCommand {
        command: "echo '@wh::changed:'; echo '@wh:$wh_token:changed:'; echo \"@wh:$wh_token:changed:\"".into(),
    };
    let outcome = machine.act(&action);
    assert_eq!(outcome.reports, [], "{outcome:#?}");
    assert_eq!(outcome.output.len(), 3, "{outcome:#?}");
}

#[test]
fn a_token_that_is_none_runs_nothing() {
    let machine = Machine::new();
    for token in ["", "short", "x'; touch canary; 'xxxxxxxxxx", "sixteen letters!", &"x".repeat(129)] {
        assert!(!is_token(token), "{token}");
        let mut child = machine.start(&format!("{}{}", prelude(token), script(&touch(&machine)).run));
        assert_eq!(child.wait().expect("it ends").code(), Some(78), "token {token:?}");
        assert!(!canary(&machine).exists(), "token {token:?}");
    }
}
