//! Services under systemd, SysV, OpenRC and launchd.

use crate::machine::Machine;
use std::time::Duration;
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::job::Level;

fn name(candidates: &[&str]) -> Name {
    Name { asked: candidates[0].into(), candidates: candidates.iter().map(|&s| s.to_owned()).collect() }
}

fn start(service: &str) -> Action {
    Action::ServiceStart { service: Name::plain(service) }
}

fn stop(service: &str) -> Action {
    Action::ServiceStop { service: Name::plain(service) }
}

fn restart(service: &str) -> Action {
    Action::ServiceRestart { service: Name::plain(service) }
}

fn status(service: &str) -> Action {
    Action::ServiceStatus { service: Name::plain(service) }
}

fn systemd() -> Machine {
    let machine = Machine::new();
    machine.install("systemctl", include_str!("fakes/systemctl.sh"));
    machine.install("journalctl", include_str!("fakes/journalctl.sh"));
    // Installed side by side on Debian: systemd must win where it runs.
    machine.install("service", include_str!("fakes/service.sh"));
    machine
}

fn unit(machine: &Machine, name: &str, properties: &[(&str, &str)]) {
    machine.know(&format!("units/{name}/LoadState"), "loaded");
    for (property, value) in properties {
        machine.know(&format!("units/{name}/{property}"), value);
    }
}

#[test]
fn systemd_starts_verifies_and_undoes() {
    let machine = systemd();
    unit(&machine, "nginx.service", &[]);
    machine.verify(&start("nginx")).assert_failed(&["nginx.service is not running", "inactive (dead)"]);
    machine.act(&start("nginx")).assert_changed();
    assert_eq!(machine.known("units/nginx.service/ActiveState"), "active");
    machine.verify(&start("nginx")).assert_ok();
    machine.act(&start("nginx")).assert_unchanged();
    // The second run of the same step did not take "running" for how it was before.
    machine.roll_back(&start("nginx")).assert_changed();
    assert_eq!(machine.known("units/nginx.service/ActiveState"), "inactive");
    machine.roll_back(&start("nginx")).assert_unchanged();
}

#[test]
fn systemd_stops_verifies_and_undoes() {
    let machine = systemd();
    unit(&machine, "nginx.service", &[("ActiveState", "active")]);
    machine.verify(&stop("nginx.service")).assert_failed(&["is not stopped"]);
    machine.act(&stop("nginx.service")).assert_changed();
    machine.verify(&stop("nginx.service")).assert_ok();
    machine.act(&stop("nginx.service")).assert_unchanged();
    machine.roll_back(&stop("nginx.service")).assert_changed();
    assert_eq!(machine.known("units/nginx.service/ActiveState"), "active");
}

#[test]
fn undoing_what_changed_nothing_changes_nothing() {
    let machine = systemd();
    unit(&machine, "nginx.service", &[("ActiveState", "active")]);
    machine.roll_back(&stop("nginx")).assert_unchanged();
    machine.act(&start("nginx")).assert_unchanged();
    machine.roll_back(&start("nginx")).assert_unchanged();
    assert_eq!(machine.known("units/nginx.service/ActiveState"), "active");
    machine.next_step();
    unit(&machine, "failed.service", &[("ActiveState", "failed")]);
    machine.act(&stop("failed")).assert_unchanged();
    machine.roll_back(&stop("failed")).assert_unchanged();
    assert_eq!(machine.known("units/failed.service/verbs"), "", "nothing was asked of it");
}

#[test]
fn systemd_restarts_what_runs_and_what_does_not() {
    let machine = systemd();
    unit(&machine, "a.service", &[("ActiveState", "active"), ("MainPID", "100")]);
    unit(&machine, "b.service", &[]);
    for service in ["a", "b"] {
        machine.act(&restart(service)).assert_changed();
        machine.verify(&restart(service)).assert_ok();
        machine.next_step();
    }
    assert_eq!(machine.known("units/a.service/MainPID"), "101", "another process");
    assert_eq!(machine.known("units/a.service/verbs"), "restart");
}

#[test]
fn a_service_that_does_not_come_up_fails_with_what_it_said() {
    let machine = systemd();
    unit(&machine, "nginx.service", &[("on-start", "fail")]);
    machine.know(
        "journal",
        "Nov 20 13:01:02 web systemd[1]: Starting nginx.service...\n\
         Nov 20 13:01:02 web nginx[12]: nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n\
         Nov 20 13:01:02 web systemd[1]: nginx.service: Failed with result 'exit-code'.\n",
    );
    let outcome = machine.act(&start("nginx"));
    outcome.assert_failed(&["nginx.service", "[emerg] bind() to 0.0.0.0:80 failed"]);
    machine.verify(&start("nginx")).assert_failed(&["failed"]);
    machine.next_step();
    machine.know("journal", "");
    machine.act(&start("nginx")).assert_failed(&["Job for nginx.service failed"]);
}

#[test]
fn a_service_that_does_not_stay_up_fails() {
    let cases = [
        ("die", "did not stay active"),
        ("quit", "did not stay active"),
        ("flap", "did not stay active"),
        ("loop", "did not become active"),
    ];
    std::thread::scope(|scope| {
        for (behaviour, words) in cases {
            scope.spawn(move || {
                let machine = systemd();
                unit(&machine, "app.service", &[("on-start", behaviour)]);
                let outcome = machine.act(&start("app"));
                outcome.assert_failed(&["app.service", words]);
                assert!(outcome.took < Duration::from_secs(60), "{behaviour} took {:?}", outcome.took);
            });
        }
    });
}

#[test]
fn a_service_that_comes_back_is_not_stopped() {
    let machine = systemd();
    unit(&machine, "app.service", &[("ActiveState", "active"), ("on-stop", "back")]);
    machine.act(&stop("app")).assert_failed(&["did not stay stopped"]);
    unit(&machine, "app.service", &[("ActiveState", "active"), ("on-stop", "fail")]);
    machine.act(&stop("app")).assert_failed(&["failed to stop", "Access denied"]);
    unit(&machine, "app.service", &[("ActiveState", "active"), ("on-stop", "killed")]);
    machine.act(&stop("app")).assert_changed();
}

#[test]
fn slow_services_and_those_that_run_once_are_understood() {
    let machine = systemd();
    unit(&machine, "slow.service", &[("on-start", "slow")]);
    machine.act(&start("slow")).assert_changed();
    machine.next_step();
    unit(&machine, "once.service", &[("Type", "oneshot")]);
    machine.act(&start("once")).assert_changed();
    machine.verify(&start("once")).assert_ok();
}

#[test]
fn a_daemon_that_keeps_its_output_open_does_not_keep_us() {
    let machine = systemd();
    unit(&machine, "holds.service", &[("on-start", "holds")]);
    let outcome = machine.act(&start("holds"));
    outcome.assert_changed();
    assert!(outcome.took < Duration::from_secs(20), "it waited {:?} for the daemon", outcome.took);
}

#[test]
fn the_first_candidate_that_exists_is_taken() {
    let machine = systemd();
    unit(&machine, "httpd.service", &[]);
    unit(&machine, "Apache2.4.service", &[]);
    let service = name(&["apache2", "httpd", "Apache2.4"]);
    let outcome = machine.act(&Action::ServiceStart { service: service.clone() });
    assert!(outcome.assert_changed().detail().contains("httpd.service"), "{outcome:#?}");
    // Another candidate that appears meanwhile does not mislead the rest of the step.
    unit(&machine, "apache2.service", &[]);
    machine.verify(&Action::ServiceStart { service: service.clone() }).assert_ok();
    machine.roll_back(&Action::ServiceStart { service }).assert_changed();
    assert_eq!(machine.known("units/httpd.service/ActiveState"), "inactive");
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let machine = systemd();
    for present in ["nginx-full.service", "php-fpm.service", "nginy.service"] {
        unit(&machine, present, &[]);
    }
    for action in [start("nginx"), stop("nginx"), restart("nginx"), status("nginx")] {
        machine.act(&action).assert_failed(&[
            "the service nginx is not installed here",
            "nginx-full.service",
            "nginy.service",
        ]);
    }
    let outcome = machine.act(&start("ngnix"));
    assert!(!outcome.detail().contains("php"), "{outcome:#?}");
    machine.act(&start("zzzzz")).assert_failed(&["the service zzzzz is not installed here"]);
}

#[test]
fn a_masked_service_says_so() {
    let machine = systemd();
    unit(&machine, "x.service", &[("LoadState", "masked")]);
    machine.act(&start("x")).assert_failed(&["x.service is masked"]);
}

#[test]
fn status_is_an_answer_not_a_failure() {
    let machine = systemd();
    unit(&machine, "up.service", &[("ActiveState", "active"), ("SubState", "running"), ("MainPID", "77")]);
    let outcome = machine.act(&status("up"));
    assert_eq!(outcome.assert_ok().detail(), "up.service is active (running), main process 77, enabled at boot");
    unit(&machine, "down.service", &[("UnitFileState", "disabled")]);
    let outcome = machine.act(&status("down"));
    assert_eq!(outcome.assert_ok().messages(Level::Warning), ["down.service is inactive (dead), disabled at boot"]);
    unit(&machine, "bad.service", &[("ActiveState", "failed"), ("SubState", "failed")]);
    let outcome = machine.act(&status("bad"));
    assert_eq!(outcome.assert_ok().messages(Level::Error).len(), 1, "{outcome:#?}");
    assert_eq!(machine.known("units/bad.service/verbs"), "", "looking does nothing");
}

#[test]
fn without_its_directory_a_step_changes_nothing() {
    let machine = systemd();
    unit(&machine, "nginx.service", &[]);
    std::fs::remove_dir_all(machine.path("state")).expect("removed");
    machine.act(&start("nginx")).assert_failed(&["private directory"]);
    machine.roll_back(&start("nginx")).assert_failed(&["private directory"]);
    assert_eq!(machine.known("units/nginx.service/verbs"), "");
    unit(&machine, "nginx.service", &[("ActiveState", "active")]);
    machine.verify(&start("nginx")).assert_ok();
}

/// systemctl is installed and systemd does not run: containers, chroots, WSL.
fn sysv() -> Machine {
    let machine = systemd();
    machine.know("system", "offline");
    machine
}

#[test]
fn sysv_starts_stops_and_restarts() {
    let machine = sysv();
    machine.know("scripts/nginx/kind", "lsb");
    for service in ["nginx", "nginx.service"] {
        machine.act(&start(service)).assert_changed();
        machine.verify(&start(service)).assert_ok();
        machine.act(&start(service)).assert_unchanged();
        machine.roll_back(&start(service)).assert_changed();
        machine.verify(&stop(service)).assert_ok();
        machine.next_step();
    }
    machine.act(&restart("nginx")).assert_changed();
    machine.next_step();
    machine.act(&stop("nginx")).assert_changed();
    machine.act(&stop("nginx")).assert_unchanged();
    machine.roll_back(&stop("nginx")).assert_changed();
    assert_eq!(machine.known("scripts/nginx/state"), "running");
    machine.next_step();
    machine.act(&start("unheard-of")).assert_failed(&["the service unheard-of is not installed here"]);
}

#[test]
fn sysv_failures_and_oddities() {
    let machine = sysv();
    machine.know("scripts/bad/on-start", "fail");
    machine.act(&start("bad")).assert_failed(&["bad", "cannot bind to port 80"]);
    machine.next_step();
    machine.know("scripts/late/on-start", "late");
    machine.act(&start("late")).assert_changed();
    machine.next_step();
    machine.know("scripts/crashed/state", "crashed");
    machine.act(&start("crashed")).assert_changed();
    machine.next_step();
    machine.know("scripts/holds/on-start", "holds");
    let outcome = machine.act(&start("holds"));
    outcome.assert_changed();
    assert!(outcome.took < Duration::from_secs(20), "{:?}", outcome.took);
    machine.next_step();
    // A script that knows no "status": nobody can say that it worked, so nobody does.
    machine.know("scripts/mute/kind", "mute");
    machine.act(&start("mute")).assert_changed();
    machine.verify(&start("mute")).assert_failed(&["its init script cannot say"]);
    machine.roll_back(&start("mute")).assert_failed(&["nobody could tell"]);
}

#[test]
fn openrc_starts_stops_and_restarts() {
    let machine = Machine::new();
    machine.install("rc-service", include_str!("fakes/rc-service.sh"));
    machine.install("rc-update", include_str!("fakes/rc-update.sh"));
    machine.know("scripts/nginx/state", "stopped");
    machine.act(&start("nginx.service")).assert_changed();
    machine.verify(&start("nginx")).assert_ok();
    machine.roll_back(&start("nginx")).assert_changed();
    machine.verify(&stop("nginx")).assert_ok();
    machine.next_step();
    machine.act(&restart("nginx")).assert_changed();
    machine.act(&stop("nginx")).assert_changed();
    machine.know("scripts/nginx/state", "crashed");
    let outcome = machine.act(&status("nginx"));
    assert_eq!(outcome.assert_ok().messages(Level::Error), ["nginx is crashed, enabled at boot"]);
    machine.next_step();
    machine.know("scripts/app/broken", "");
    machine.act(&start("app")).assert_failed(&["app", "cannot bind to port 80"]);
    machine.next_step();
    machine.act(&start("ngin")).assert_failed(&["not installed here", "nginx"]);
}

#[test]
fn launchd_starts_stops_and_restarts() {
    let machine = Machine::new();
    machine.install("launchctl", include_str!("fakes/launchctl.sh"));
    machine.install("uname", include_str!("fakes/uname-darwin.sh"));
    machine.know("loaded/org.nginx/label", "");
    machine.act(&start("org.nginx")).assert_changed();
    machine.verify(&start("org.nginx")).assert_ok();
    machine.act(&restart("org.nginx")).assert_changed();
    machine.next_step();
    machine.know("loaded/homebrew.mxcl.redis/pid", "77");
    let outcome = machine.act(&status("redis"));
    assert_eq!(outcome.assert_ok().detail(), "homebrew.mxcl.redis is running, main process 77");
    machine.act(&stop("redis")).assert_changed();
    machine.act(&start("absent")).assert_failed(&["the service absent is not installed here"]);
}
