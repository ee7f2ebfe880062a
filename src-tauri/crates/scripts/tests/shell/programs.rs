//! Putting a file in place of the program a service runs.

use crate::files::upload;
use crate::machine::{Machine, Outcome, canary, find, hostile, kill_group, script, skip};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use wheelhouse_protocol::action::{Action, Name};

/// What programs begin with on Linux. The rest is a different one each time.
const NEW: &[u8] = b"\x7fELF\0new\n";

fn replace(machine: &Machine, service: &str) -> Action {
    Action::ProgramReplace { service: Name::plain(service), source: upload(machine, NEW) }
}

fn systemd() -> Machine {
    let machine = Machine::new();
    machine.install("systemctl", include_str!("fakes/systemctl.sh"));
    machine.install("service", include_str!("fakes/service.sh"));
    machine
}

/// A program of the site's own below the machine's directory.
fn program(machine: &Machine, name: &str) -> PathBuf {
    let file = machine.path("root").join(name);
    fs::create_dir_all(file.parent().expect("a parent")).expect("made");
    fs::write(&file, b"\x7fELF\0old\n").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("set");
    file
}

/// As systemctl shows a command.
fn command(path: &Path) -> String {
    let path = path.to_str().expect("UTF-8");
    format!("{{ path={path} ; argv[]={path} --config /etc/app.conf ; ignore_errors=no ; start_time=[n/a] ; pid=0 }}")
}

/// A stopped unit that runs this.
fn unit(machine: &Machine, name: &str, path: &Path) {
    // Tests may run as root: a refusal that fails must not cost this computer a program.
    assert!(path.is_relative() || path.starts_with(machine.path("")), "{} is this computer's own", path.display());
    machine.know(&format!("units/{name}/LoadState"), "loaded");
    machine.know(&format!("units/{name}/ExecStart"), &command(path));
}

fn is_old(file: &Path) -> bool {
    fs::read(file).expect("read") == b"\x7fELF\0old\n"
}

/// Runs the whole way there and back.
#[track_caller]
fn there_and_back(machine: &Machine, action: &Action, file: &Path, with: &dyn Fn(&str) -> Outcome) {
    let script = script(action);
    let (verify, rollback) = (script.verify.expect("it has one"), script.rollback.expect("it has one"));
    let before = fs::metadata(file).expect("there");
    with(&rollback).assert_unchanged();
    with(&verify).assert_failed(&["does not have the content that was sent"]);
    with(&script.run).assert_changed();
    assert_eq!(fs::read(file).expect("read"), NEW);
    let after = fs::metadata(file).expect("there");
    assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
    with(&verify).assert_ok();
    with(&script.run).assert_unchanged();
    with(&rollback).assert_changed();
    assert!(is_old(file), "the old program itself");
    let back = fs::metadata(file).expect("there");
    assert_eq!((back.mode(), back.mtime()), (before.mode(), before.mtime()));
    with(&rollback).assert_unchanged();
    machine.next_step();
    with(&script.run).assert_changed();
    // Verify now, possible later: what the step noted is gone, and the service runs again.
    fs::remove_dir_all(machine.path("state")).expect("removed");
    with(&verify).assert_ok();
    fs::create_dir(machine.path("state")).expect("made");
    fs::write(file, b"\x7fELF\0old\n").expect("written");
}

#[test]
fn systemd_says_where_the_program_is() {
    let machine = systemd();
    for (service, place) in [("app", "opt/app/bin/app"), ("it's", "opt/with space; $(touch canary)/it's & 'more'")] {
        let file = program(&machine, place);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o4750)).expect("set");
        unit(&machine, &format!("{service}.service"), &file);
        there_and_back(&machine, &replace(&machine, service), &file, &|text| machine.run(text));
        machine.next_step();
    }
    assert!(!canary(&machine).exists());
    // An instance of a template, and a candidate that is another system's.
    let file = program(&machine, "opt/worker");
    unit(&machine, "worker@1.service", &file);
    let service = Name { asked: "worker".into(), candidates: vec!["worker.exe".into(), "worker@1".into()] };
    let action = Action::ProgramReplace { service, source: upload(&machine, NEW) };
    there_and_back(&machine, &action, &file, &|text| machine.run(text));
    assert_eq!(machine.known("units/app.service/verbs"), "", "nothing was asked of a service");
}

#[test]
fn a_link_to_the_program_is_kept() {
    let machine = systemd();
    let file = program(&machine, "releases/7/app");
    symlink("releases/7", machine.path("root").join("current")).expect("linked");
    symlink("current/app", machine.path("root").join("app")).expect("linked");
    unit(&machine, "app.service", &machine.path("root").join("app"));
    there_and_back(&machine, &replace(&machine, "app"), &file, &|text| machine.run(text));
    assert!(machine.path("root").join("app").symlink_metadata().expect("there").is_symlink());
}

#[test]
fn what_runs_is_stopped_first() {
    let machine = systemd();
    let file = program(&machine, "app");
    unit(&machine, "app.service", &file);
    for (state, sub) in [("active", "running"), ("activating", "auto-restart"), ("deactivating", "stop-sigterm")] {
        machine.know("units/app.service/ActiveState", state);
        machine.know("units/app.service/SubState", sub);
        machine.act(&replace(&machine, "app")).assert_failed(&["app.service is still running", state, "stop it first"]);
        machine.roll_back(&replace(&machine, "app")).assert_unchanged();
    }
    assert!(is_old(&file));
    machine.know("units/app.service/ActiveState", "failed");
    machine.act(&replace(&machine, "app")).assert_changed();
}

#[test]
fn a_process_that_runs_the_program_is_seen() {
    let (Some(sleep), true) = (find("sleep"), Path::new("/proc/self/exe").exists()) else {
        return skip("/proc and sleep, to run a program that is to be replaced");
    };
    let machine = systemd();
    let file = program(&machine, "bin/app");
    fs::copy(&sleep, &file).expect("copied");
    symlink("bin/app", machine.path("root").join("link")).expect("linked");
    unit(&machine, "app.service", &machine.path("root").join("link"));
    // A small tool that is one of many in one file would look at its name.
    let mut child = Command::new(&file).arg("60").spawn().expect("it starts");
    let began = Instant::now();
    while fs::read_link(format!("/proc/{}/exe", child.id())).ok().as_deref() != fs::canonicalize(&file).ok().as_deref()
    {
        assert!(began.elapsed() < Duration::from_secs(20), "it does not run");
        std::thread::sleep(Duration::from_millis(5));
    }
    let outcome = machine.act(&replace(&machine, "app"));
    child.kill().expect("ended");
    child.wait().expect("ended");
    outcome.assert_failed(&["link is still running as process", &child.id().to_string(), "stop it first"]);
    assert_eq!(fs::metadata(&file).expect("there").len(), fs::metadata(&sleep).expect("there").len());
    machine.act(&replace(&machine, "app")).assert_changed();
}

#[test]
fn what_runs_other_programs_is_left_alone() {
    let machine = systemd();
    for name in [
        "bash", "sh", "python3", "python3.11", "java", "dotnet", "node", "perl", "php8.2", "env", "docker", "ruby",
        "busybox", "start-stop-daemon",
    ] {
        let file = program(&machine, &format!("bin/{name}"));
        unit(&machine, "app.service", &file);
        let outcome = machine.act(&replace(&machine, "app"));
        outcome.assert_failed(&["app.service is started by", name, "copy the file to the program's own path"]);
        assert!(is_old(&file), "{name}");
    }
    // By another name it is one too.
    symlink("bin/python3.11", machine.path("root").join("app-server")).expect("linked");
    unit(&machine, "app.service", &machine.path("root").join("app-server"));
    machine.act(&replace(&machine, "app")).assert_failed(&["is started by python3.11"]);
    // What only begins so is none.
    for name in ["python-app", "javad", "node_exporter", "shd", "environment"] {
        let file = program(&machine, &format!("bin/{name}"));
        unit(&machine, "app.service", &file);
        machine.act(&replace(&machine, "app")).assert_changed();
        machine.next_step();
    }
}

#[test]
fn a_script_that_starts_the_program_is_not_the_program() {
    let machine = systemd();
    let file = program(&machine, "run.sh");
    fs::write(&file, "#!/bin/sh\nexec /opt/app\n").expect("written");
    unit(&machine, "app.service", &file);
    machine.act(&replace(&machine, "app")).assert_failed(&["run.sh", "is a script that starts the program"]);
    // Another script may take its place.
    let source = upload(&machine, b"#!/bin/sh\nexec /opt/app --new\n");
    machine.act(&Action::ProgramReplace { service: Name::plain("app"), source }).assert_changed();
}

#[test]
fn what_a_package_brought_is_for_the_package() {
    let machine = systemd();
    machine.know("packages.sh", include_str!("fakes/packages.sh"));
    machine.install("dpkg-query", include_str!("fakes/dpkg-query.sh"));
    let file = program(&machine, "[o]pt/a*p");
    let shown = file.to_str().expect("UTF-8");
    unit(&machine, "app.service", &file);
    machine.know("owners", &format!("diversion by other from: {shown}\nvendor-app: {shown}"));
    let outcome = machine.act(&replace(&machine, "app"));
    outcome.assert_failed(&["a*p", "belongs to the package vendor-app", "update that instead"]);
    assert!(is_old(&file));
    // Only the file itself is meant, not what its name would match as a pattern.
    machine.know("owners", &format!("vendor-app: {}", shown.replace("a*p", "axp")));
    there_and_back(&machine, &replace(&machine, "app"), &file, &|text| machine.run(text));
    // Where it really is counts.
    symlink("[o]pt", machine.path("root").join("link")).expect("linked");
    unit(&machine, "app.service", &machine.path("root").join("link/a*p"));
    machine.next_step();
    let real = fs::canonicalize(&file).expect("there");
    machine.know("owners", &format!("vendor-app: {}", real.display()));
    machine.act(&replace(&machine, "app")).assert_failed(&["belongs to the package vendor-app"]);
}

#[test]
fn other_package_databases_are_asked_too() {
    let rpm = include_str!("fakes/rpm.sh");
    let pacman =
        "#!/bin/sh\n[ \"$1 $2\" = '-Qoq --' ] || exit 64\ngrep -Fxq -- \"$3\" \"$FAKE/owned\" && echo vendor-app\n";
    let apk = "#!/bin/sh\n[ \"$1 $2\" = 'info --who-owns' ] || exit 64\n\
               grep -Fxq -- \"$3\" \"$FAKE/owned\" && echo \"$3 is owned by vendor-app-1.2-r0\"\n";
    for (manager, fake) in [("rpm", rpm), ("pacman", pacman), ("apk", apk)] {
        let machine = systemd();
        machine.know("packages.sh", include_str!("fakes/packages.sh"));
        machine.install(manager, fake);
        let file = program(&machine, "opt/app");
        unit(&machine, "app.service", &file);
        machine.know("owned", file.to_str().expect("UTF-8"));
        machine.act(&replace(&machine, "app")).assert_failed(&["belongs to the package vendor-app"]);
        machine.know("owned", "/opt/other");
        machine.act(&replace(&machine, "app")).assert_changed();
    }
    let machine = systemd();
    let file = program(&machine, "Cellar/redis/7.2/bin/redis-server");
    unit(&machine, "redis.service", &file);
    machine.act(&replace(&machine, "redis")).assert_failed(&["belongs to the package redis;"]);
}

/// Whom a file of this computer belongs to, as the script that replaces a program sees it. Only the question is run: there is
/// nothing in its place that could write.
fn owner(machine: &Machine, path: &str) -> Outcome {
    let call = "\nwh_program_replace\n";
    let run = script(&replace(machine, "app")).run;
    assert_eq!(run.matches(call).count(), 1, "the one thing that the script does");
    let question = format!(
        "\nif wh_owner_package {}; then wh_detail \"$REPLY\"; else wh_detail nobody; fi\n",
        wheelhouse_scripts::bash::quote(path).expect("no NUL")
    );
    machine.run(&run.replace(call, &question))
}

#[test]
fn without_a_package_database_the_system_is_left_alone() {
    let machine = systemd();
    for path in
        ["/usr/bin/x", "/bin/x", "/sbin/x", "/usr/lib/x/y", "/lib64/x", "/System/x", "/nix/store/x", "/snap/x/1/y"]
    {
        assert_eq!(owner(&machine, path).assert_ok().detail(), "the system", "{path}");
    }
    for path in ["/usr/local/bin/x", "/opt/x", "/srv/usr/bin/x", "/home/x/bin/x", "/var/lib/x/x"] {
        assert_eq!(owner(&machine, path).assert_ok().detail(), "nobody", "{path}");
    }
    // Where one can be asked and does not know it, an operator has put it there.
    machine.know("owned", "/opt/other");
    machine.know("packages.sh", include_str!("fakes/packages.sh"));
    machine.install("rpm", include_str!("fakes/rpm.sh"));
    assert_eq!(owner(&machine, "/usr/bin/x").assert_ok().detail(), "nobody");
    assert_eq!(owner(&machine, "/snap/x/1/y").assert_ok().detail(), "the system");
}

#[test]
fn a_real_package_database_knows_its_programs() {
    let Some(real) = find("dpkg-query").filter(|_| Path::new("/var/lib/dpkg/info/coreutils.list").exists()) else {
        return crate::machine::elsewhere("a Debian machine");
    };
    let machine = systemd();
    symlink(real, machine.path("bin/dpkg-query")).expect("linked");
    // On a merged /usr one of the two is in the database, and both are the same file.
    for path in ["/bin/ls", "/usr/bin/ls", "/usr/bin/[", "/bin/["] {
        assert_eq!(owner(&machine, path).assert_ok().detail(), "the package coreutils", "{path}");
    }
    assert_eq!(owner(&machine, "/usr/bin/no such program").assert_ok().detail(), "nobody");
}

#[test]
fn what_is_not_said_plainly_is_not_guessed() {
    let machine = systemd();
    let file = program(&machine, "app");
    machine.act(&replace(&machine, "app")).assert_failed(&["the service app is not installed here"]);
    machine.know("units/app.service/LoadState", "loaded");
    let unclear = &["app.service", "does not say plainly which one program", "copy the file to"];
    machine.act(&replace(&machine, "app")).assert_failed(unclear);
    machine.verify(&replace(&machine, "app")).assert_failed(unclear);
    machine.know("units/app.service/ExecStart", &format!("{}\n{}", command(&file), command(&file)));
    machine.act(&replace(&machine, "app")).assert_failed(unclear);
    unit(&machine, "app.service", Path::new("bin/app"));
    machine.act(&replace(&machine, "app")).assert_failed(&["does not say in which directory"]);
    unit(&machine, "app.service", &file);
    machine.know("units/app.service/RootDirectory", "/srv/jail");
    machine.act(&replace(&machine, "app")).assert_failed(&["a root directory of its own (/srv/jail)"]);
    machine.know("units/app.service/RootDirectory", "");
    fs::remove_file(&file).expect("removed");
    machine.act(&replace(&machine, "app")).assert_failed(&["the program that app.service runs", "does not exist"]);
    assert!(!file.exists(), "it is not made");
    machine.verify(&replace(&machine, "app")).assert_failed(&["does not exist"]);
    fs::create_dir(&file).expect("made");
    machine.act(&replace(&machine, "app")).assert_failed(&["is not a file"]);
}

#[test]
fn what_did_not_arrive_whole_replaces_nothing() {
    let machine = systemd();
    let file = program(&machine, "app");
    unit(&machine, "app.service", &file);
    let action = replace(&machine, "app");
    fs::write(machine.path("upload"), b"\x7fELF\0ne").expect("written");
    machine.act(&action).assert_failed(&["did not arrive whole"]);
    fs::remove_file(machine.path("upload")).expect("removed");
    machine.act(&action).assert_failed(&["did not arrive on this machine"]);
    machine.roll_back(&action).assert_unchanged();
    assert!(is_old(&file));
    fs::remove_dir_all(machine.path("state")).expect("removed");
    machine.act(&action).assert_failed(&["private directory"]);
    machine.roll_back(&action).assert_failed(&["private directory"]);
}

#[test]
fn the_way_back_needs_no_service() {
    let machine = systemd();
    let file = program(&machine, "app");
    unit(&machine, "app.service", &file);
    let action = replace(&machine, "app");
    machine.act(&action).assert_changed();
    fs::remove_dir_all(machine.path("fake/units")).expect("removed");
    machine.roll_back(&action).assert_changed();
    assert!(is_old(&file));
}

#[test]
fn killed_at_any_moment_it_can_be_run_again_and_undone() {
    let machine = systemd();
    let file = program(&machine, "app");
    unit(&machine, "app.service", &file);
    let action = replace(&machine, "app");
    let message = machine.message(&script(&action).run);
    let whole = machine.act(&action).took;
    for round in 0..8u32 {
        machine.next_step();
        fs::write(&file, b"\x7fELF\0old\n").expect("written");
        let mut child = machine.start(&message);
        std::thread::sleep(whole * round / 6);
        kill_group(&mut child);
        assert!(is_old(&file) || fs::read(&file).expect("there") == NEW, "round {round}");
        machine.act(&action).assert_ok();
        assert_eq!(fs::read(&file).expect("there"), NEW, "round {round}");
        machine.roll_back(&action).assert_ok();
        assert!(is_old(&file), "round {round}");
    }
}

#[test]
fn openrc_says_where_the_program_is() {
    let machine = Machine::new();
    machine.install("rc-service", include_str!("fakes/rc-service.sh"));
    let file = program(&machine, "opt/app");
    let path = file.to_str().expect("UTF-8");
    let dir = file.parent().expect("a parent").display();
    machine.know("scripts/app/state", "stopped");
    for line in [
        format!("command=\"{path}\""),
        format!("\tcommand={path} # the program"),
        format!("name=app\ncommand='{path}'; command_args=\"-c x\"\r"),
        format!("command=\"{dir}/${{RC_SVCNAME}}\"\ncommand_background=true"),
        format!("command={dir}/$SVCNAME"),
        format!("command={path}\nif x; then\n  command={path}\nfi"),
    ] {
        machine.know("scripts/app/script", &format!("#!/sbin/openrc-run\n{line}"));
        there_and_back(&machine, &replace(&machine, "app"), &file, &|text| machine.run(text));
        machine.next_step();
    }
    for line in [
        String::new(),
        "command=".into(),
        format!("command=\"${{command:-{path}}}\""),
        format!("command=\"$({path} --where)\""),
        format!("command=`echo {path}`"),
        format!("command={path}\\ x"),
        format!("command=\"{path}"),
        format!("command={path} other"),
        format!("command={path}\ncommand={dir}/other"),
        format!("command=\"{dir}\"/app"),
        format!("command_args={path}"),
    ] {
        machine.know("scripts/app/script", &format!("#!/sbin/openrc-run\n{line}"));
        machine.act(&replace(&machine, "app")).assert_failed(&["how app is started does not say plainly"]);
    }
    machine.know("scripts/app/script", &format!("command={path}"));
    machine.know("scripts/app/state", "started");
    machine.act(&replace(&machine, "app")).assert_failed(&["app is still running (started)", "stop it first"]);
    assert!(is_old(&file));
}

#[test]
fn init_scripts_say_where_the_program_is() {
    let machine = systemd();
    machine.know("system", "offline");
    let file = program(&machine, "opt/app");
    let path = file.to_str().expect("UTF-8").to_owned();
    // The scripts of this computer are not for tests.
    let fake = machine.path("fake");
    let here = |text: &str| machine.run(&text.replace("/etc/", &format!("{}/etc/", fake.display())));
    let run = |machine: &Machine| here(&script(&replace(machine, "app")).run);
    machine.know("scripts/app/kind", "lsb");
    machine.know("etc/init.d/app", &format!("#!/bin/sh\nNAME=app\nDAEMON={path}\ntest -x $DAEMON || exit 0"));
    there_and_back(&machine, &replace(&machine, "app"), &file, &here);
    machine.next_step();
    for line in ["DAEMON=/usr/sbin/$NAME", "DAEMON=$(which app)", "PROGRAM=/opt/app"] {
        machine.know("etc/init.d/app", line);
        run(&machine).assert_failed(&["how app is started does not say plainly"]);
    }
    // What an operator set wins.
    machine.know("etc/init.d/app", &format!("DAEMON={path}.other"));
    machine.know("etc/default/app", &format!("DAEMON={path}"));
    run(&machine).assert_changed();
    machine.next_step();
    machine.know("etc/default/app", "DAEMON=$(which app)");
    run(&machine).assert_failed(&["does not say plainly"]);
    machine.know("etc/default/app", "OPTIONS=-x");
    machine.know("etc/init.d/app", &format!("DAEMON={path}"));
    fs::write(&file, b"\x7fELF\0old\n").expect("written");
    machine.know("scripts/app/state", "running");
    run(&machine).assert_failed(&["app is still running", "stop it first"]);
    // A script that cannot say whether it runs: the processes can.
    machine.know("scripts/app/kind", "mute");
    run(&machine).assert_changed();
    machine.next_step();
    // systemd calls the init script; the program is another.
    machine.know("system", "running");
    fs::write(&file, b"\x7fELF\0old\n").expect("written");
    unit(&machine, "app.service", &fake.join("etc/init.d/app"));
    there_and_back(&machine, &replace(&machine, "app"), &file, &here);
}

#[test]
fn launchd_says_where_the_program_is() {
    let machine = Machine::new();
    machine.install("launchctl", include_str!("fakes/launchctl.sh"));
    machine.install("uname", include_str!("fakes/uname-darwin.sh"));
    machine.install("PlistBuddy", include_str!("fakes/PlistBuddy.sh"));
    let file = program(&machine, "Applications/My App/app");
    let path = file.to_str().expect("UTF-8");
    for plist in [
        format!("ProgramArguments:0={path}\nProgramArguments:1=--config"),
        format!("Program={path}\nProgramArguments:0=app"),
    ] {
        machine.know("loaded/org.app/plist", &plist);
        there_and_back(&machine, &replace(&machine, "org.app"), &file, &|text| machine.run(text));
        machine.next_step();
    }
    machine.know("loaded/org.app/plist", "ProgramArguments:0=app");
    machine.act(&replace(&machine, "org.app")).assert_failed(&["org.app runs app", "in which directory"]);
    machine.know("loaded/org.app/plist", "KeepAlive=true");
    machine.act(&replace(&machine, "org.app")).assert_failed(&["does not say plainly"]);
    machine.know("loaded/org.app/plist", &format!("Program={path}"));
    machine.know("loaded/org.app/pid", "77");
    machine.act(&replace(&machine, "org.app")).assert_failed(&["org.app is still running", "stop it first"]);
    // Once it is stopped, launchd has forgotten it, and its property list lies where it always does.
    fs::remove_dir_all(machine.path("fake/loaded/org.app")).expect("removed");
    let daemons = machine.path("fake/daemons");
    machine.know("daemons/org.app.plist", &format!("Program={path}"));
    let here = |text: &str| machine.run(&text.replace("/Library/LaunchDaemons", daemons.to_str().expect("UTF-8")));
    there_and_back(&machine, &replace(&machine, "org.app"), &file, &here);
}

#[test]
fn no_path_is_ever_run() {
    let machine = systemd();
    let canary = canary(&machine);
    for value in hostile(&canary) {
        // A path cannot hold what the name of a directory in it cannot.
        let file = program(&machine, &format!("dir/{}", value.replace('/', "\u{2215}")));
        unit(&machine, "app.service", &file);
        there_and_back(&machine, &replace(&machine, "app"), &file, &|text| machine.run(text));
        machine.next_step();
        machine.know("units/app.service/ExecStart", &value);
        machine.act(&replace(&machine, "app")).assert_failed(&["does not say plainly"]);
        machine.know("units/app.service/ExecStart", &command(Path::new(&value)));
        machine.act(&replace(&machine, "app")).assert_failed(&["does not say in which directory"]);
        assert!(!canary.exists(), "{value}");
    }
}
