//! The operator's own command.

use crate::machine::Machine;
use wheelhouse_protocol::action::Action;

fn command(text: &str) -> Action {
    Action::RunCommand { command: text.into() }
}

#[test]
fn runs_exactly_what_was_typed() {
    let machine = Machine::new();
    let outcome = machine.act(&command("printf '%s|' \"it's\" '$x' $((1+2)) *; echo; false; echo 'after a failure' | cat; unset nothing; echo $nothing end"));
    assert_eq!(outcome.exit, Some(0), "{outcome:#?}");
    assert_eq!(outcome.output, ["it's|$x|3|*|", "after a failure", "end"], "no strict mode of ours is left in it");
    let outcome = machine.act(&command("echo one\necho two >&2\n# comment"));
    assert_eq!((outcome.output.as_slice(), outcome.stderr.as_str()), (&["one".to_owned()][..], "two\n"));
}

#[test]
fn its_exit_code_is_ours() {
    let machine = Machine::new();
    for code in [1, 2, 3, 42, 124, 126, 127, 255] {
        let outcome = machine.act(&command(&format!("printf 'no newline'; exit {code}")));
        assert_eq!(outcome.exit, Some(code));
        assert_eq!(outcome.output[0], "no newline", "output is not lost: {outcome:#?}");
        outcome.assert_failed(&[&format!("exit code {code}")]);
    }
    let outcome = machine.act(&command("kill -TERM $$"));
    assert_eq!(outcome.exit, Some(143), "{outcome:#?}");
    let outcome = machine.act(&command("exec nosuchprogram"));
    assert_eq!(outcome.exit, Some(127), "{outcome:#?}");
}

#[test]
fn what_looks_like_an_option_is_a_command() {
    let machine = Machine::new();
    machine.install("-x", "#!/bin/sh\necho ran\n");
    let outcome = machine.act(&command("-x"));
    assert_eq!(outcome.output, ["ran"], "{outcome:#?}");
}

#[test]
fn it_has_the_accounts_own_locale_and_no_input() {
    let machine = Machine::new();
    let outcome = machine.act(&command("echo \"[$LC_ALL]\"; cat; pwd"));
    assert_eq!(outcome.output, ["[]".to_owned(), machine.path("root").display().to_string()]);
    let text = format!(
        "LC_ALL=C.UTF-8\nexport LC_ALL\n{}",
        machine.message(&crate::machine::script(&command("echo \"[$LC_ALL]\"")).run)
    );
    let output = machine.start(&text).wait_with_output().expect("it ends");
    assert!(output.stdout.starts_with(b"[C.UTF-8]\n"), "{output:?}");
}
