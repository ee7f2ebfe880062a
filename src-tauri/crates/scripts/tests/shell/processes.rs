//! Processes: real ones, of this test.

use crate::machine::{Machine, Outcome, find, script};
use std::process::{Child, Command, Stdio};
use wheelhouse_protocol::action::{Action, ProcessOrder};
use wheelhouse_protocol::job::Level;

/// A process of its own name, which nothing else on this computer has.
fn begin(machine: &Machine, name: &str, body: &str) -> Child {
    let file = machine.path("root").join(name);
    if !file.exists() {
        std::fs::copy(find("bash").expect("bash is needed"), &file).expect("copied");
    }
    let mut child =
        Command::new(&file).args(["-c", body]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    // It says when it is ready.
    let mut out = [0; 1];
    std::io::Read::read_exact(child.stdout.as_mut().expect("a pipe"), &mut out).expect("it is ready");
    child
}

const WAITS: &str = "echo; read -r line";
const STUBBORN: &str = "trap '' TERM; echo; while read -r line; do :; done";

fn kill(process: &str) -> Action {
    Action::KillProcess { process: process.into() }
}

/// Names of at most 15 bytes, one for each test of this run.
fn unique(what: &str) -> String {
    format!("wh{what}{}", std::process::id())
}

#[test]
fn processes_are_asked_to_end_and_then_are_gone() {
    let machine = Machine::new();
    let name = unique("a");
    let (mut one, mut two) = (begin(&machine, &name, WAITS), begin(&machine, &name, WAITS));
    machine.verify(&kill(&name)).assert_failed(&["still runs"]);
    let outcome: Outcome = machine.act(&kill(&name));
    // Nobody has waited for them yet: what has ended is gone, even where its parent has not noticed.
    assert_eq!(outcome.assert_changed().detail(), format!("2 processes of {name} were ended"));
    machine.verify(&kill(&name)).assert_ok();
    for child in [&mut one, &mut two] {
        assert!(!child.wait().expect("it ended").success(), "by a signal");
    }
    machine.act(&kill(&name)).assert_unchanged();
    let mut again = begin(&machine, &name, WAITS);
    machine.verify(&kill(&name)).assert_failed(&["runs again as process", "stop the service"]);
    again.kill().expect("killed");
    again.wait().expect("it ended");
}

#[test]
fn one_process_by_its_number() {
    let machine = Machine::new();
    let name = unique("b");
    let (mut one, mut two) = (begin(&machine, &name, WAITS), begin(&machine, &name, WAITS));
    machine.act(&kill(&one.id().to_string())).assert_changed();
    machine.verify(&kill(&one.id().to_string())).assert_ok();
    assert!(!one.wait().expect("it ended").success());
    assert!(two.try_wait().expect("asked").is_none(), "the other one was not meant");
    two.kill().expect("killed");
    two.wait().expect("it ended");
}

#[test]
fn a_process_may_be_called_anything_and_only_that_one_is_meant() {
    let machine = Machine::new();
    for name in ["wh$(x);'", "wh a b", "wh*", "wh[x]\\"] {
        let name = format!("{name}{}", std::process::id() % 1000);
        let mut decoy = begin(&machine, &unique("e"), WAITS);
        let mut meant = begin(&machine, &name, WAITS);
        let outcome = machine.act(&kill(&name));
        assert!(outcome.assert_changed().detail().contains(&name), "{outcome:#?}");
        machine.verify(&kill(&name)).assert_ok();
        assert!(!meant.wait().expect("it ended").success(), "{name}");
        assert!(decoy.try_wait().expect("asked").is_none(), "{name}: nobody else ends");
        decoy.kill().expect("killed");
        decoy.wait().expect("it ended");
    }
}

#[test]
fn what_does_not_listen_is_ended_by_force() {
    let machine = Machine::new();
    // Longer than what the kernel keeps of a name.
    let name = format!("wheelhouse-stubborn-{}", std::process::id());
    let mut child = begin(&machine, &name, STUBBORN);
    let outcome = machine.act(&kill(&name));
    assert!(outcome.assert_changed().detail().ends_with("by force"), "{outcome:#?}");
    assert!(outcome.took.as_secs() >= 10, "it had its ten seconds: {:?}", outcome.took);
    assert!(!child.wait().expect("it ended").success());
}

#[test]
fn what_the_connection_runs_in_is_never_ended() {
    let machine = Machine::new();
    let me = std::process::id().to_string();
    // Before anything is tried for real: it knows what it runs in, all the way up.
    let run = script(&kill(&me)).run;
    let asked = run.replace("\nwh_process_kill\n", "\nwh_find_kin\nwh_info \"$kin\"\n");
    assert_ne!(run, asked, "the test has lost its grip");
    let kin = machine.run(&asked);
    let parent = std::os::unix::process::parent_id().to_string();
    for up in [&me, &parent] {
        let word = format!(" {up} ");
        assert!(up == "0" || up == "1" || kin.messages(Level::Info)[0].contains(&word), "{up}: {kin:#?}");
    }
    machine.act(&kill(&me)).assert_failed(&["nothing was ended", "which this connection runs in"]);
    machine.verify(&kill(&me)).assert_ok();
    // A name that is also the name of the shell itself: the others of that name end, it does not.
    let name = unique("d");
    let mut other = begin(&machine, &name, WAITS);
    let shell = machine.path("root").join(&name);
    let text = format!("exec {} -s\n", shell.display());
    let mut child = machine.start(&format!("{text}{}", machine.message(&script(&kill(&name)).run)));
    let mut said = String::new();
    std::io::Read::read_to_string(child.stdout.as_mut().expect("a pipe"), &mut said).expect("read");
    assert!(child.wait().expect("it ended").success(), "{said}");
    assert!(said.contains("which this connection runs in"), "it says what it left alone: {said}");
    assert!(!other.wait().expect("it ended").success(), "the other one was meant");
}

#[test]
fn processes_are_listed() {
    let machine = Machine::new();
    for order in [ProcessOrder::Cpu, ProcessOrder::Memory] {
        let outcome = machine.act(&Action::ListProcesses { name: None, order });
        assert!((3..=26).contains(&outcome.assert_ok().output.len()), "{outcome:#?}");
    }
    let name = unique("c");
    let mut child = begin(&machine, &name, WAITS);
    let list = Action::ListProcesses { name: Some(name.clone()), order: ProcessOrder::Memory };
    let outcome = machine.act(&list);
    assert_eq!(outcome.assert_ok().output.len(), 2, "a header and one: {outcome:#?}");
    assert!(outcome.output[1].contains(&child.id().to_string()), "{outcome:#?}");
    child.kill().expect("killed");
    let outcome = machine.act(&list);
    assert_eq!(
        outcome.assert_ok().detail(),
        format!("no process called {name} runs"),
        "one that has ended does not run"
    );
    child.wait().expect("it ended");
}

#[test]
fn the_list_is_in_order_and_bounded() {
    let machine = Machine::new();
    let rows: String = (1..=30).map(|n| format!("{n} bob {n}.5 1.0 {} S p {n}\n", 100_000 - n * 1024)).collect();
    machine.install(
        "ps",
        "#!/bin/sh\n[ \"$1\" = -eo ] && [ ! -e \"$FAKE/busybox\" ] || [ \"$1\" = -o ] || exit 1\ncat \"$FAKE/ps\"\n",
    );
    machine.know("ps", &rows);
    let first = |order| machine.act(&Action::ListProcesses { name: None, order });
    let outcome = first(ProcessOrder::Cpu);
    assert_eq!(outcome.assert_ok().output.len(), 26);
    assert!(outcome.output[1].ends_with(" p 30") && outcome.output[25].ends_with(" p 6"), "{outcome:#?}");
    assert!(outcome.detail().contains("30 processes (the first 25 are shown)"), "{outcome:#?}");
    assert!(first(ProcessOrder::Memory).output[1].ends_with(" p 1"));
    machine.know("busybox", "");
    machine.know("ps", "1 root 0:09 1m 900 S init\n7 root 1:02 9m 2m S app");
    let outcome = first(ProcessOrder::Cpu);
    assert!(outcome.assert_ok().output[1].ends_with(" app"), "{outcome:#?}");
    assert_eq!(outcome.messages(Level::Info).len(), 1);
    assert!(first(ProcessOrder::Memory).output[1].ends_with(" app"), "2m is more than 900");
}
