//! Reloading services, what starts with the machine, and lists of services.

use crate::machine::{Machine, find, script};
use wheelhouse_protocol::action::{Action, Name, ServiceFilter};
use wheelhouse_protocol::job::Level;

fn reload(service: &str) -> Action {
    Action::ServiceReload { service: Name::plain(service) }
}

fn enable(service: &str) -> Action {
    Action::ServiceEnable { service: Name::plain(service) }
}

fn disable(service: &str) -> Action {
    Action::ServiceDisable { service: Name::plain(service) }
}

fn list(filter: ServiceFilter) -> Action {
    Action::ListServices { filter }
}

fn systemd() -> Machine {
    let machine = Machine::new();
    machine.install("systemctl", include_str!("fakes/systemctl.sh"));
    machine.install("journalctl", include_str!("fakes/journalctl.sh"));
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
fn a_reload_is_never_a_restart() {
    let machine = systemd();
    unit(&machine, "nginx.service", &[("ActiveState", "active"), ("MainPID", "100")]);
    machine.act(&reload("nginx")).assert_changed();
    machine.verify(&reload("nginx")).assert_ok();
    assert_eq!(machine.known("units/nginx.service/MainPID"), "100", "the same process");
    unit(&machine, "db.service", &[("ActiveState", "active"), ("CanReload", "no")]);
    machine.next_step();
    machine.act(&reload("db")).assert_failed(&["db.service cannot be reloaded, only restarted"]);
    unit(&machine, "off.service", &[]);
    machine.next_step();
    machine.act(&reload("off")).assert_failed(&["off.service is not running", "start it instead"]);
    for unit in ["db", "off"] {
        assert_eq!(machine.known(&format!("units/{unit}.service/verbs")), "", "nothing was asked of it");
    }
    unit(&machine, "bad.service", &[("ActiveState", "active"), ("on-reload", "fail")]);
    machine.next_step();
    machine.act(&reload("bad")).assert_failed(&["bad.service failed to reload", "Job for bad.service failed"]);
    unit(&machine, "dies.service", &[("ActiveState", "active"), ("on-reload", "die")]);
    machine.next_step();
    machine.act(&reload("dies")).assert_failed(&["dies.service was reloaded and then did not become active"]);
    machine.verify(&reload("dies")).assert_failed(&["not running"]);
}

#[test]
fn other_systems_reload_what_can_be_reloaded() {
    let machine = systemd();
    machine.know("system", "offline");
    machine.know("scripts/nginx/state", "running");
    machine.know("scripts/nginx/reloads", "");
    machine.act(&reload("nginx")).assert_changed();
    machine.know("scripts/old/state", "running");
    machine.next_step();
    machine.act(&reload("old")).assert_failed(&["old cannot be reloaded, only restarted"]);

    let machine = Machine::new();
    machine.install("rc-service", include_str!("fakes/rc-service.sh"));
    machine.know("scripts/nginx/state", "started");
    machine.act(&reload("nginx")).assert_failed(&["nginx cannot be reloaded, only restarted"]);
    machine.know("scripts/nginx/reloads", "");
    machine.act(&reload("nginx")).assert_changed();

    let machine = Machine::new();
    machine.install("launchctl", include_str!("fakes/launchctl.sh"));
    machine.install("uname", include_str!("fakes/uname-darwin.sh"));
    machine.know("loaded/org.nginx/pid", "77");
    machine.act(&reload("org.nginx")).assert_failed(&["launchd cannot", "restart it instead"]);
    assert_eq!(machine.known("loaded/org.nginx/pid"), "77");
}

#[test]
fn systemd_enables_disables_and_undoes() {
    let machine = systemd();
    unit(&machine, "nginx.service", &[("UnitFileState", "disabled")]);
    machine.verify(&enable("nginx")).assert_failed(&["does not start with the machine", "disabled at boot"]);
    machine.act(&enable("nginx")).assert_changed();
    machine.verify(&enable("nginx")).assert_ok();
    machine.act(&enable("nginx")).assert_unchanged();
    machine.roll_back(&enable("nginx")).assert_changed();
    assert_eq!(machine.known("units/nginx.service/UnitFileState"), "disabled");
    machine.roll_back(&enable("nginx")).assert_unchanged();
    machine.next_step();
    machine.act(&disable("nginx")).assert_unchanged();
    machine.roll_back(&disable("nginx")).assert_unchanged();
    machine.next_step();
    unit(&machine, "nginx.service", &[("UnitFileState", "enabled")]);
    machine.verify(&disable("nginx")).assert_failed(&["may still start with the machine"]);
    machine.act(&disable("nginx")).assert_changed();
    machine.verify(&disable("nginx")).assert_ok();
    machine.roll_back(&disable("nginx")).assert_changed();
    assert_eq!(machine.known("units/nginx.service/UnitFileState"), "enabled");
    assert_eq!(machine.known("units/nginx.service/ActiveState"), "", "it was neither started nor stopped");
}

#[test]
fn what_cannot_be_switched_says_why() {
    let machine = systemd();
    unit(&machine, "s.service", &[("UnitFileState", "static")]);
    unit(&machine, "m.service", &[("UnitFileState", "masked")]);
    unit(&machine, "n.service", &[("UnitFileState", "disabled"), ("on-enable", "nothing")]);
    for action in [enable("s"), disable("s")] {
        machine.act(&action).assert_failed(&["s.service is static at boot"]);
        machine.next_step();
    }
    machine.act(&enable("m")).assert_failed(&["m.service is masked"]);
    machine.next_step();
    machine.act(&disable("m")).assert_unchanged();
    machine.next_step();
    machine.act(&enable("n")).assert_failed(&["n.service is still disabled at boot"]);
    machine.next_step();
    machine.act(&enable("absent")).assert_failed(&["the service absent is not installed here"]);
}

#[test]
fn openrc_keeps_the_runlevels() {
    let machine = Machine::new();
    machine.install("rc-service", include_str!("fakes/rc-service.sh"));
    machine.install("rc-update", include_str!("fakes/rc-update.sh"));
    machine.know("scripts/app/state", "stopped");
    machine.act(&enable("app")).assert_changed();
    assert_eq!(machine.known("levels/app"), "default");
    machine.verify(&enable("app")).assert_ok();
    machine.roll_back(&enable("app")).assert_changed();
    assert_eq!(machine.known("levels/app"), "");
    machine.next_step();
    machine.know("levels/app", "boot\nnonetwork");
    machine.act(&disable("app")).assert_changed();
    assert_eq!(machine.known("levels/app"), "");
    machine.verify(&disable("app")).assert_ok();
    machine.roll_back(&disable("app")).assert_changed();
    assert_eq!(machine.known("levels/app"), "boot\nnonetwork", "the levels it had, not just any");
}

#[test]
fn sysv_switches_the_links() {
    let machine = systemd();
    machine.know("system", "offline");
    machine.know("scripts/nginx/kind", "lsb");
    machine.install(
        "update-rc.d",
        "#!/bin/sh\n\
         complain() { echo \"update-rc.d $*\" >>\"$FAKE/complaints\"; exit 64; }\n\
         case \"$#:$2\" in\n\
         2:defaults) [ -e \"$FAKE/rc3.d/K01$1\" ] || { mkdir -p \"$FAKE/rc3.d\"; : >\"$FAKE/rc3.d/S01$1\"; } ;;\n\
         2:enable) mv -f \"$FAKE/rc3.d/K01$1\" \"$FAKE/rc3.d/S01$1\" 2>/dev/null || [ -e \"$FAKE/rc3.d/S01$1\" ] ;;\n\
         2:disable) mv \"$FAKE/rc3.d/S01$1\" \"$FAKE/rc3.d/K01$1\" ;;\n\
         *) complain \"$@\" ;;\nesac\n",
    );
    // The links stand under /etc; here they are the machine's.
    let here = |text: String| text.replace("/etc/rc[", &format!("{}/rc[", machine.path("fake").display()));
    let run = |action: &Action| machine.run(&here(script(action).run));
    run(&enable("nginx")).assert_changed();
    machine.run(&here(script(&enable("nginx")).verify.expect("a verify"))).assert_ok();
    run(&enable("nginx")).assert_unchanged();
    machine.run(&here(script(&enable("nginx")).rollback.expect("a rollback"))).assert_changed();
    machine.next_step();
    run(&disable("nginx")).assert_unchanged();
    machine.next_step();
    run(&enable("nginx")).assert_changed();
    assert!(machine.path("fake/rc3.d/S01nginx").exists());
}

#[test]
fn launchd_switches_and_undoes() {
    let machine = Machine::new();
    machine.install("launchctl", include_str!("fakes/launchctl.sh"));
    machine.install("uname", include_str!("fakes/uname-darwin.sh"));
    machine.know("loaded/org.nginx/label", "");
    machine.act(&enable("org.nginx")).assert_unchanged();
    machine.next_step();
    machine.act(&disable("org.nginx")).assert_changed();
    machine.verify(&disable("org.nginx")).assert_ok();
    machine.roll_back(&disable("org.nginx")).assert_changed();
    machine.verify(&enable("org.nginx")).assert_ok();
}

#[test]
fn systemd_lists() {
    let machine = systemd();
    unit(&machine, "a.service", &[("ActiveState", "active"), ("SubState", "running"), ("Description", "It = serves")]);
    unit(&machine, "done.service", &[("ActiveState", "active"), ("SubState", "exited")]);
    unit(&machine, "bad.service", &[("ActiveState", "failed"), ("SubState", "failed")]);
    unit(&machine, "loop.service", &[("ActiveState", "activating"), ("SubState", "auto-restart")]);
    unit(&machine, "idle.service", &[("ActiveState", "inactive")]);
    unit(&machine, "once.service", &[("Type", "oneshot")]);
    unit(&machine, "off.service", &[("UnitFileState", "disabled")]);
    unit(&machine, "socket.service", &[("TriggeredBy", "socket.socket")]);
    unit(&machine, "not-here.service", &[("ConditionResult", "no"), ("ConditionTimestampMonotonic", "77")]);
    machine.know("units/cold.service/LoadState", "unloaded");
    let all = machine.act(&list(ServiceFilter::All));
    assert_eq!(all.assert_ok().output.len(), 10, "{all:#?}");
    assert!(
        all.output.iter().any(|line| line.starts_with("a.service ") && line.ends_with("active (running): It = serves"))
    );
    assert!(all.output.iter().any(|line| line.starts_with("cold.service ") && line.contains("not loaded")), "{all:#?}");
    assert_eq!(all.detail(), "1 of 10 services run, 3 failed or do not run though they should");
    let running = machine.act(&list(ServiceFilter::Running));
    assert_eq!(running.assert_ok().output.len(), 1, "{running:#?}");
    let failed = machine.act(&list(ServiceFilter::Failed));
    assert_eq!(
        failed.assert_ok().messages(Level::Error),
        [
            "bad.service is failed (failed)",
            "idle.service is inactive (dead), though it is enabled at boot",
            "loop.service is activating (auto-restart)"
        ]
    );
    assert!(failed.detail().ends_with("bad.service, idle.service, loop.service"), "{failed:#?}");
}

#[test]
fn other_systems_list_too() {
    let machine = systemd();
    machine.know("system", "offline");
    machine.know("status-all", " [ + ]  cron\n [ - ]  nginx\n [ ? ]  odd");
    let running = machine.act(&list(ServiceFilter::Running));
    assert_eq!(running.assert_ok().detail(), "1 of 3 services run");
    machine.know("status-all", "crond (pid  1) is running...\nhttpd dead but pid file exists\nxinetd is stopped");
    let failed = machine.act(&list(ServiceFilter::Failed));
    assert_eq!(failed.assert_ok().messages(Level::Error).len(), 1, "{failed:#?}");

    let machine = Machine::new();
    machine.install("rc-service", include_str!("fakes/rc-service.sh"));
    machine.install("rc-update", include_str!("fakes/rc-update.sh"));
    machine.install(
        "rc-status",
        "#!/bin/sh\n[ \"$*\" = '--nocolor --servicelist' ] || exit 64\nprintf ' %-20s [  %s  ]\\n' nginx stopped sshd started app crashed other stopped\n",
    );
    let failed = machine.act(&list(ServiceFilter::Failed));
    assert_eq!(
        failed.assert_ok().messages(Level::Error),
        ["app is crashed", "nginx is stopped, though it should start with the machine"]
    );
    assert_eq!(machine.act(&list(ServiceFilter::All)).assert_ok().output.len(), 4);

    let machine = Machine::new();
    machine.install("launchctl", include_str!("fakes/launchctl.sh"));
    machine.install("uname", include_str!("fakes/uname-darwin.sh"));
    machine.know(
        "print-system",
        "com.apple.xpc.launchd.domain.system = {\n\ttype = system\n\tservices = {\n\t\t       0      - \tcom.a\n\t\t     123      - \tcom.b\n\t\t       0     78 \tcom.c\n\t}\n\n\tunmanaged processes = {\n\t\t 5 6 com.d\n\t}\n}",
    );
    let all = machine.act(&list(ServiceFilter::All));
    assert_eq!(all.assert_ok().detail(), "1 of 3 services run, 1 failed or do not run though they should");
}

#[test]
fn the_real_systemd_reads_what_we_ask() {
    // Without a running systemd it cannot answer; what can be seen is that it knows the options.
    let Some(systemctl) = find("systemctl") else {
        return crate::machine::elsewhere("systemd");
    };
    let output = std::process::Command::new(systemctl)
        .args(["--root=/nowhere", "is-enabled", "--", "nginx"])
        .output()
        .expect("systemctl runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("unrecognized option") && !said.contains("Unknown command"), "{said}");
}
