//! A machine to run scripts on: a real bash, the real small tools, and whatever else a test puts on its PATH.

use proptest::prelude::*;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::plan::{Script, Shell};
use wheelhouse_scripts::{Line, Report, bash, parse_line, prelude, render};

/// The token of every run here. A real engine draws one for each.
pub(crate) const TOKEN: &str = "T0kenT0kenT0ken42";
/// Longer than any script here may take.
const LIMIT: Duration = Duration::from_secs(120);
/// What a plain Unix machine has, and scripts may use.
const TOOLS: &[&str] = &[
    "awk", "bash", "cat", "chmod", "chown", "cmp", "comm", "cp", "cut", "date", "df", "env", "find", "getconf", "grep",
    "head", "id", "ln", "ls", "mkdir", "mkfifo", "mv", "nproc", "openssl", "printf", "ps", "readlink", "rm", "rmdir",
    "sed", "setsid", "sh", "sha256sum", "shasum", "sleep", "sort", "sync", "tail", "touch", "tr", "uname", "uptime",
    "wc",
];

/// What would change the computer these tests run on.
const DANGEROUS: &[&str] = &[
    "adduser", "chkconfig", "deluser", "halt", "poweroff", "reboot", "shutdown", "systemd-run", "update-rc.d",
    "useradd", "userdel", "usermod",
];

/// The shells under test: the machine's bash, or the one that `WHEELHOUSE_TEST_BASH` names (such as macOS's 3.2).
pub(crate) fn bash_under_test() -> PathBuf {
    std::env::var_os("WHEELHOUSE_TEST_BASH").map_or_else(|| find("bash").expect("bash is needed"), PathBuf::from)
}

/// Where a program is on this computer.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// Whether a BusyBox has been built with this tool.
fn busybox_has(busybox: &Path, tool: &str) -> bool {
    let output = Command::new(busybox).arg("--list").output().expect("BusyBox runs");
    String::from_utf8_lossy(&output.stdout).lines().any(|line| line == tool)
}

/// Says that this computer is not one on which a test can run.
pub(crate) fn elsewhere(needed: &str) {
    println!("SKIPPED: this needs {needed}");
}

/// Says that a test cannot run here, or fails where everything must be there.
pub(crate) fn skip(missing: &str) {
    assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "missing: {missing}");
    println!("SKIPPED: {missing}");
}

/// A machine in a temporary directory.
pub(crate) struct Machine {
    dir: tempfile::TempDir,
}

/// How a script ended and what it said.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) exit: Option<i32>,
    pub(crate) output: Vec<String>,
    pub(crate) reports: Vec<Report>,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Machine {
    /// A machine without services or packages.
    pub(crate) fn new() -> Self {
        let machine = Self { dir: tempfile::tempdir().expect("a temporary directory") };
        for dir in ["bin", "fake", "state", "root"] {
            std::fs::create_dir(machine.path(dir)).expect("a directory");
        }
        // Alpine and its like: all small tools are one, with options of their own.
        let busybox = std::env::var_os("WHEELHOUSE_TEST_BUSYBOX").map(PathBuf::from);
        for tool in TOOLS {
            let real = match &busybox {
                Some(busybox) if busybox_has(busybox, tool) => Some(busybox.clone()),
                Some(_) if !matches!(*tool, "bash" | "getconf" | "openssl") => None,
                _ => find(tool),
            };
            if let Some(real) = real {
                std::os::unix::fs::symlink(real, machine.path("bin").join(tool)).expect("a link");
            }
        }
        // Scripts ask who they are; what they do to this machine needs no root.
        machine.install("id", include_str!("fakes/id.sh"));
        // The prelude also looks where the real ones are. Whoever means one of these puts a fake in its place.
        for dangerous in DANGEROUS {
            machine.install(dangerous, "#!/bin/sh\necho \"$0 $*\" >>\"$FAKE/complaints\"\nexit 64\n");
        }
        machine
    }

    /// Without one of the small tools.
    pub(crate) fn without(self, tool: &str) -> Self {
        let file = self.path("bin").join(tool);
        assert!(std::fs::remove_file(&file).is_ok() || !file.exists(), "{tool} is gone");
        self
    }

    /// A path in the machine's directory: `bin`, `fake` (what the fakes know), `state` (WH_STATE), `root` (for tests).
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts a program on the machine.
    pub(crate) fn install(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let file = self.path("bin").join(name);
        if file.symlink_metadata().is_ok() {
            std::fs::remove_file(&file).expect("removed");
        }
        std::fs::write(&file, text).expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
    }

    /// Writes what a fake knows, and a newline.
    pub(crate) fn know(&self, file: &str, text: &str) {
        let file = self.path("fake").join(file);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
        std::fs::write(file, format!("{text}\n")).expect("written");
    }

    /// Reads what a fake knows; empty when it knows nothing.
    pub(crate) fn known(&self, file: &str) -> String {
        std::fs::read_to_string(self.path("fake").join(file)).unwrap_or_default().trim().to_owned()
    }

    /// Forgets what earlier scripts of the step noted: the next script belongs to another step.
    pub(crate) fn next_step(&self) {
        std::fs::remove_dir_all(self.path("state")).expect("removed");
        std::fs::create_dir(self.path("state")).expect("made");
    }

    /// A shell on this machine that runs `text`, in a process group of its own.
    pub(crate) fn start(&self, text: &str) -> Child {
        let mut child = Command::new(bash_under_test())
            .arg("-s")
            .env_clear()
            .env("PATH", self.path("bin"))
            .env("HOME", self.path("root"))
            .env("FAKE", self.path("fake"))
            .env("SHELL", "/bin/sh")
            .current_dir(self.path("root"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("bash starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let text = text.to_owned();
        std::thread::spawn(move || stdin.write_all(text.as_bytes()).is_ok());
        child
    }

    /// What the engine sends for a script.
    pub(crate) fn message(&self, script: &str) -> String {
        let set = |name: &str, file: &str| {
            let path = self.path(file);
            format!("{name}={}\n", bash::quote(path.to_str().expect("UTF-8")).expect("no NUL"))
        };
        format!("{}{}{}{script}", set("WH_STATE", "state"), set("WH_FILE", "upload"), prelude(TOKEN))
    }

    /// Runs a text as the engine would.
    pub(crate) fn run(&self, script: &str) -> Outcome {
        let began = Instant::now();
        let mut child = self.start(&self.message(script));
        let read = |mut pipe: Box<dyn Read + Send>| {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                pipe.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
            })
        };
        let out = read(Box::new(child.stdout.take().expect("a pipe")));
        let err = read(Box::new(child.stderr.take().expect("a pipe")));
        let exit = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                break status.code();
            }
            assert!(began.elapsed() < LIMIT, "the script hangs:\n{script}");
            std::thread::sleep(Duration::from_millis(5));
        };
        let out = out.join().expect("read").expect("read");
        let stderr = err.join().expect("read").expect("read");
        let took = began.elapsed();
        let (mut output, mut reports) = (Vec::new(), Vec::new());
        for line in out.lines() {
            match parse_line(TOKEN, line) {
                Line::Output(text) => output.push(text.to_owned()),
                Line::Report(report) => reports.push(report),
                Line::OutputThenReport(text, report) => {
                    output.push(text.to_owned());
                    reports.push(report);
                }
            }
        }
        if let Some(Report::Ended(code)) = reports.last() {
            assert_eq!(Some(*code), exit, "what the script says of its end is how it ended");
            reports.pop();
        }
        assert!(
            !reports.iter().any(|report| matches!(report, Report::Ended(_))),
            "it ends once, at the end: {reports:?}"
        );
        let complaints = self.known("complaints");
        assert!(complaints.is_empty(), "a program was called in a way it does not know: {complaints}");
        Outcome { exit, output, reports, stderr, took }
    }

    /// Runs an action's `run`.
    pub(crate) fn act(&self, action: &Action) -> Outcome {
        self.run(&script(action).run)
    }

    /// Runs an action's `verify`.
    pub(crate) fn verify(&self, action: &Action) -> Outcome {
        self.run(&script(action).verify.expect("it has a verify"))
    }

    /// Runs an action's `rollback`.
    pub(crate) fn roll_back(&self, action: &Action) -> Outcome {
        self.run(&script(action).rollback.expect("it has a rollback"))
    }
}

/// The scripts of an action.
pub(crate) fn script(action: &Action) -> Script {
    render(action, Shell::Bash).unwrap_or_else(|error| panic!("{action:?}: {error}"))
}

impl Outcome {
    /// The last detail.
    pub(crate) fn detail(&self) -> &str {
        let details = self.reports.iter().rev().find_map(|report| match report {
            Report::Detail(text) => Some(text.as_str()),
            _ => None,
        });
        details.unwrap_or_default()
    }

    /// The messages at a level.
    pub(crate) fn messages(&self, wanted: Level) -> Vec<&str> {
        let text = |report| match report {
            &Report::Message { level, ref text } if level == wanted => Some(text.as_str()),
            _ => None,
        };
        self.reports.iter().filter_map(text).collect()
    }

    fn said(&self, report: &Report) -> bool {
        self.reports.contains(report)
    }

    /// It worked and changed something.
    #[track_caller]
    pub(crate) fn assert_changed(&self) -> &Self {
        self.assert_ok();
        assert!(self.said(&Report::Changed) && !self.said(&Report::Unchanged), "not changed: {self:#?}");
        self
    }

    /// It worked and there was nothing to change.
    #[track_caller]
    pub(crate) fn assert_unchanged(&self) -> &Self {
        self.assert_ok();
        assert!(self.said(&Report::Unchanged) && !self.said(&Report::Changed), "not unchanged: {self:#?}");
        self
    }

    /// It exited 0 and said something for the operator, and nothing that a shell complains about.
    #[track_caller]
    pub(crate) fn assert_ok(&self) -> &Self {
        assert_eq!(self.exit, Some(0), "{self:#?}");
        assert!(!self.detail().is_empty(), "no sentence for the operator: {self:#?}");
        assert!(!self.stderr.contains("bash: "), "the shell complains: {self:#?}");
        self
    }

    /// It failed, and the sentence for the operator has all these words.
    #[track_caller]
    pub(crate) fn assert_failed(&self, words: &[&str]) -> &Self {
        assert!(self.exit.is_some_and(|code| code != 0), "did not fail: {self:#?}");
        for word in words {
            assert!(self.detail().contains(word), "the detail lacks “{word}”: {self:#?}");
        }
        assert!(!self.detail().contains("the script ended with exit code"), "an unforeseen end: {self:#?}");
        assert!(!self.stderr.contains("bash: "), "the shell complains: {self:#?}");
        self
    }
}

/// Ends a process group at once, as a power cut would.
pub(crate) fn kill_group(child: &mut Child) {
    let group = format!("-{}", child.id());
    let status = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    assert!(status.is_ok(), "kill runs");
    child.wait().expect("it ended");
}

/// Runs a plain text in a shell and gives its standard output.
pub(crate) fn shell_output(shell: &OsStr, args: &[&str], locale: &str, text: &str) -> Vec<u8> {
    let mut child = Command::new(shell)
        .args(args)
        .env("LC_ALL", locale)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the shell starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{shell:?} ended with {}", output.status);
    writer.join().expect("written").expect("written");
    output.stdout
}

/// Any text without NUL, rich in what shells give a meaning to.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    let special = proptest::sample::select(
        "'\"`$\\(){}[]<>|&;*?!#~%=-+^@:,. \n\r\t\u{1}\u{7}\u{8}\u{1b}\u{7f}\u{81}\u{85}\u{a0}\u{200b}\u{202e}\u{feff}éßЁ中😀"
            .chars()
            .collect::<Vec<_>>(),
    );
    let any = any::<char>().prop_filter("NUL cannot be carried", |c| *c != '\0');
    proptest::collection::vec(prop_oneof![3 => special, 2 => any, 1 => proptest::char::range('a', 'z')], 0..40)
        .prop_map(|chars| chars.into_iter().collect())
}

/// The canary that hostile values try to make.
pub(crate) fn canary(machine: &Machine) -> PathBuf {
    machine.path("root").join("canary")
}

/// Values that would do harm if any of them became script text.
pub(crate) fn hostile(canary: &Path) -> Vec<String> {
    let canary = canary.to_str().expect("UTF-8");
    [
        "x; touch CANARY", "x && touch CANARY", "x | touch CANARY", "x & touch CANARY", "$(touch CANARY)",
        "`touch CANARY`", "${x:-$(touch CANARY)}", "'; touch CANARY; '", "'$(touch CANARY)'", "\"; touch CANARY; \"",
        "\\'; touch CANARY; \\'", "x') ; touch CANARY ; ('", "x}; touch CANARY; {", "x <(touch CANARY)",
        "a[$(touch CANARY)]", "%s%n%(touch CANARY)T", "~root $HOME !! {a,b} #comment", "名前 $(touch CANARY) é\u{a0}",
    ]
    .iter()
    .map(|text| text.replace("CANARY", canary))
    .collect()
}
