//! Restarting and turning off. No real program that could do it is within reach of these scripts.

use crate::machine::Machine;
use std::time::{Duration, Instant};
use wheelhouse_protocol::action::Action;

/// Without systemd: a process waits and then calls shutdown(8).
#[test]
fn it_is_said_before_it_happens() {
    for (action, arguments) in [(Action::Reboot, "-r now"), (Action::Shutdown, "-P now")] {
        let machine = Machine::new();
        machine.install("shutdown", "#!/bin/sh\necho \"$*\" >>\"$FAKE/shut\"\n");
        machine.verify(&action).assert_failed(&["nothing is scheduled", "up "]);
        let outcome = machine.act(&action);
        outcome.assert_changed();
        assert!(outcome.took < Duration::from_secs(8), "the script does not wait for it: {:?}", outcome.took);
        assert_eq!(machine.known("shut"), "", "there is time to look");
        machine.verify(&action).assert_ok();
        machine.act(&action).assert_unchanged();
        let began = Instant::now();
        while machine.known("shut").is_empty() && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(100));
        }
        if std::env::consts::OS == "linux" || action == Action::Reboot {
            assert_eq!(machine.known("shut"), arguments, "once, and what was asked for");
        }
    }
}

#[test]
fn systemd_is_given_a_timer() {
    let machine = Machine::new();
    machine.install("shutdown", "#!/bin/sh\necho \"$*\" >>\"$FAKE/shut\"\n");
    machine.install("systemctl", include_str!("fakes/systemctl.sh"));
    machine.install(
        "systemd-run",
        "#!/bin/sh\n\
         case \"$*\" in\n\
         \"--quiet --unit=wheelhouse-reboot --on-active=10 --timer-property=AccuracySec=100ms -- $(command -v shutdown) -r now\") ;;\n\
         *) echo \"systemd-run $*\" >>\"$FAKE/complaints\"; exit 64 ;;\n\
         esac\nmkdir -p \"$FAKE/timers\"\n: >\"$FAKE/timers/wheelhouse-reboot.timer\"\n",
    );
    machine.act(&Action::Reboot).assert_changed();
    machine.verify(&Action::Reboot).assert_ok();
    machine.act(&Action::Reboot).assert_unchanged();
    machine.verify(&Action::Shutdown).assert_failed(&["nothing is scheduled"]);
    std::fs::remove_dir_all(machine.path("fake/timers")).expect("removed");
    machine.know("system", "stopping");
    machine.verify(&Action::Reboot).assert_ok();
    machine.know("system", "running");
    machine.verify(&Action::Reboot).assert_failed(&["nothing is scheduled"]);
    // Who comes back later with what the first script noted sees that the machine is another one.
    std::fs::write(machine.path("state/boot"), "another boot\n").expect("written");
    let outcome = machine.verify(&Action::Reboot);
    assert!(outcome.assert_ok().detail().starts_with("the machine has restarted: up "), "{outcome:#?}");
    machine.verify(&Action::Shutdown).assert_failed(&["nothing is scheduled"]);
}

#[test]
fn only_root_and_only_with_a_way_back_for_the_words() {
    let machine = Machine::new();
    machine.know("uid", "1000");
    machine.act(&Action::Reboot).assert_failed(&["only root"]);
    machine.know("uid", "0");
    std::fs::remove_dir_all(machine.path("state")).expect("removed");
    machine.act(&Action::Shutdown).assert_failed(&["private directory"]);
}
