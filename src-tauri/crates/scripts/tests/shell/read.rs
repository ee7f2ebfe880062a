//! Reading files, directories and logs.

use crate::machine::{Machine, Outcome};
use std::os::unix::fs::symlink;
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::job::Level;

fn at(machine: &Machine, name: &str) -> String {
    machine.path("root").join(name).to_str().expect("UTF-8").to_owned()
}

fn search(machine: &Machine, name: &str, text: &str, lines: u32) -> Outcome {
    machine.act(&Action::SearchFile { path: at(machine, name), text: text.into(), lines })
}

#[test]
fn a_file_is_searched_for_a_text_not_a_pattern() {
    let machine = Machine::new();
    std::fs::write(
        at(&machine, "my 'log"),
        "ERROR one\nfine\nerror two\n-e dash\na.c\nabc\nError three\n\u{1}odd error\nlast Error unfinished",
    )
    .expect("written");
    let outcome = search(&machine, "my 'log", "error", 2);
    assert_eq!(outcome.assert_ok().output, ["\u{1}odd error", "last Error unfinished"]);
    assert!(outcome.detail().starts_with("the last 2 of 5 lines of "), "{outcome:#?}");
    assert_eq!(search(&machine, "my 'log", "error", 100).assert_ok().output.len(), 5);
    assert_eq!(search(&machine, "my 'log", "a.c", 5).assert_ok().output, ["a.c"], "a dot is a dot");
    assert_eq!(search(&machine, "my 'log", "-e", 5).assert_ok().output, ["-e dash"], "no option");
    // A log that a crash has left holes in is still searched. (BusyBox ends a line at such a hole.)
    std::fs::write(at(&machine, "holes"), b"one error\n\0\0\0two error\n").expect("written");
    let whole = std::env::var_os("WHEELHOUSE_TEST_BUSYBOX").is_none();
    assert_eq!(search(&machine, "holes", "error", 5).assert_ok().output.len(), if whole { 2 } else { 1 });
    let none = search(&machine, "my 'log", "absent", 5);
    assert!(none.assert_ok().detail().starts_with("no line of ") && none.output.is_empty(), "{none:#?}");
    search(&machine, "nowhere", "x", 5).assert_failed(&["nowhere does not exist"]);
    std::fs::create_dir(at(&machine, "dir")).expect("made");
    search(&machine, "dir", "x", 5).assert_failed(&["dir is a directory"]);
}

#[test]
fn the_beginning_of_a_text_file_is_shown() {
    let machine = Machine::new();
    let read = |name: &str, lines| machine.act(&Action::ReadFile { path: at(&machine, name), lines });
    let text: String = (1..=100).map(|n| format!("Zeile {n} größer\n")).collect();
    std::fs::write(at(&machine, "file"), text + "unfinished").expect("written");
    assert_eq!(read("file", 2).assert_ok().output, ["Zeile 1 größer", "Zeile 2 größer"]);
    assert_eq!(read("file", 10_000).assert_ok().output.len(), 101);
    std::fs::write(at(&machine, "program"), b"\x7fELF\0\0\x01").expect("written");
    let outcome = read("program", 5);
    outcome.assert_failed(&["program is not a text file"]);
    assert!(outcome.output.is_empty(), "nothing of it is shown: {outcome:#?}");
    std::fs::write(at(&machine, "empty"), "").expect("written");
    assert!(read("empty", 5).assert_ok().detail().ends_with("is empty"));
    read("absent", 5).assert_failed(&["absent does not exist"]);
    read(".", 5).assert_failed(&["is a directory"]);
    machine.act(&Action::ReadFile { path: "/dev/zero".into(), lines: 5 }).assert_failed(&["not a file"]);
    if std::path::Path::new("/proc/version").exists() {
        let outcome = machine.act(&Action::ReadFile { path: "/proc/version".into(), lines: 5 });
        assert_eq!(outcome.assert_ok().output.len(), 1, "a file that says it is empty: {outcome:#?}");
    }
}

#[test]
fn a_directory_is_listed_up_to_a_bound() {
    let machine = Machine::new();
    let list = |name: &str| machine.act(&Action::ListDirectory { path: at(&machine, name) });
    std::fs::create_dir(at(&machine, "dir")).expect("made");
    assert!(list("dir").assert_ok().detail().ends_with("is empty"));
    for name in ["größe", ".hidden", "two\nlines", "-rf", "a ."] {
        std::fs::write(at(&machine, &format!("dir/{name}")), "x").expect("written");
    }
    let outcome = list("dir");
    assert_eq!(outcome.assert_ok().output.len(), 5, "one row for each: {outcome:#?}");
    assert!(outcome.detail().ends_with(": 5"), "{outcome:#?}");
    for word in [".hidden", "two?lines", "-rf"] {
        assert!(outcome.output.iter().any(|line| line.contains(word)), "{word}: {outcome:#?}");
    }
    symlink("dir", at(&machine, "link")).expect("linked");
    assert_eq!(list("link").assert_ok().output.len(), 5, "where a link leads is what is meant");
    std::fs::create_dir(at(&machine, "big")).expect("made");
    for n in 0..2003 {
        std::fs::write(at(&machine, &format!("big/{n}")), "").expect("written");
    }
    let outcome = list("big");
    assert_eq!(outcome.assert_ok().output.len(), 2000);
    assert!(outcome.detail().contains("2003 entries") && outcome.detail().contains("3 more"), "{}", outcome.detail());
    list("absent").assert_failed(&["absent does not exist"]);
    list("big/1").assert_failed(&["big/1 is a file"]);
    symlink("nowhere", at(&machine, "dangling")).expect("linked");
    list("dangling").assert_failed(&["leads nowhere"]);
}

fn log(service: Option<&str>, text: Option<&str>, lines: u32) -> Action {
    Action::ServiceLog { service: service.map(Name::plain), text: text.map(str::to_owned), lines }
}

#[test]
fn the_journal_is_read() {
    let machine = Machine::new();
    machine.install("systemctl", include_str!("fakes/systemctl.sh"));
    machine.install("journalctl", include_str!("fakes/journalctl.sh"));
    machine.know("units/nginx.service/LoadState", "loaded");
    machine.know("journal", "one ERROR\ntwo\nthree error\nfour\nfive error");
    let outcome = machine.act(&log(Some("nginx"), None, 2));
    assert_eq!(outcome.assert_ok().output, ["four", "five error"]);
    assert!(outcome.detail().contains("nginx.service"), "{outcome:#?}");
    let outcome = machine.act(&log(Some("nginx"), Some("error"), 2));
    assert_eq!(outcome.assert_ok().output, ["three error", "five error"], "the last ones, in order");
    assert_eq!(machine.act(&log(None, None, 1)).assert_ok().output, ["five error"]);
    assert_eq!(machine.act(&log(None, Some("ERROR"), 9)).assert_ok().output.len(), 3);
    machine
        .act(&log(Some("ngin"), None, 2))
        .assert_failed(&["the service ngin is not installed here", "nginx.service"]);
    machine.know("uid", "1000");
    let outcome = machine.act(&log(Some("nginx"), Some("absent"), 2));
    assert!(outcome.assert_ok().detail().contains("no line"), "{outcome:#?}");
    assert_eq!(outcome.messages(Level::Warning).len(), 1, "it may be the account: {outcome:#?}");
}

#[test]
fn without_a_journal_the_files_are_read() {
    let machine = Machine::new();
    // The logs stand in /var/log; here they are the machine's.
    let run = |action: &Action| {
        let text = crate::machine::script(action).run;
        machine.run(&text.replace("/var/log", &at(&machine, "log")))
    };
    std::fs::create_dir_all(at(&machine, "log/nginx")).expect("made");
    run(&log(Some("nginx"), None, 2)).assert_failed(&["no log of nginx was found"]);
    std::fs::write(
        at(&machine, "log/messages"),
        "Nov 20 nginx[1]: up\nNov 20 cron[2]: Error\nNov 20 nginx[1]: Error\n",
    )
    .expect("written");
    assert_eq!(run(&log(Some("nginx"), None, 5)).assert_ok().output.len(), 2, "those that name it");
    assert_eq!(run(&log(Some("nginx"), Some("error"), 5)).assert_ok().output, ["Nov 20 nginx[1]: Error"]);
    assert_eq!(run(&log(None, None, 1)).assert_ok().output, ["Nov 20 nginx[1]: Error"]);
    std::fs::write(at(&machine, "log/nginx/access.log"), "GET /\n").expect("written");
    let old = std::fs::File::options().write(true).open(at(&machine, "log/nginx/access.log")).expect("opened");
    old.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(100)).expect("set");
    std::fs::write(at(&machine, "log/nginx/error.log"), "a\nb\nc\n").expect("written");
    let outcome = run(&log(Some("nginx"), None, 2));
    assert_eq!(outcome.assert_ok().output, ["b", "c"], "the one written to last");
    assert!(outcome.messages(Level::Info).iter().any(|text| text.contains("access.log")), "{outcome:#?}");
}
