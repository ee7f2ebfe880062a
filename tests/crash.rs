//! Killed at random moments of a job, fifty times: what the store says afterwards is true.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use wheelhouse_testbed::{Account, AccountOptions, Sshd, SshdOptions, missing};

const ROUNDS: u64 = 50;
const TARGETS: u64 = 4;

struct Place<'a> {
    folder: &'a Path,
}

impl Place<'_> {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wh"));
        command
            .args(words)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder)
            .env("USER", "ada")
            .env("WHEELHOUSE_HOME", self.folder.join("data"))
            .env("WHEELHOUSE_PASSPHRASE_FILE", self.folder.join("passphrase"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn json(&self, words: &[&str]) -> Value {
        let out = self.command(&[words, &["--json"]].concat()).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }
}

/// A small generator: the same fifty moments in every run, spread over the job's length.
fn moment(round: u64) -> Duration {
    let mut x = round.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xdead_beef;
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 32;
    Duration::from_micros(x % 450_000)
}

#[test]
fn killed_fifty_times_it_never_lies() {
    if missing("sshd (as root)", Sshd::is_available()) {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let account = Account::create(AccountOptions::default());
    let folder = tempfile::tempdir().unwrap();
    let place = Place { folder: folder.path() };
    for (name, text) in [("passphrase", "a long walk along the harbour wall"), ("password", account.password())] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    // Opening the vault takes as long as it takes; the jobs here need none, so that the kills fall into them.
    let key = wheelhouse_testbed::KeyPair::generate("ed25519", "");
    account.authorize(&key.public());
    let agent_socket = folder.path().join("agent");
    let mut agent =
        Command::new("ssh-agent").arg("-D").arg("-a").arg(&agent_socket).stdout(Stdio::null()).spawn().unwrap();
    for _ in 0..100 {
        if agent_socket.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Command::new("ssh-add").arg("-q").arg(key.path()).env("SSH_AUTH_SOCK", &agent_socket).status().unwrap();
    let port = sshd.port().to_string();
    for n in 1..=TARGETS {
        let name = format!("t-{n}");
        place.json(&[
            "target",
            "add",
            &name,
            "--address",
            "127.0.0.1",
            "--port",
            &port,
            "--user",
            account.name(),
            "--os",
            "linux",
            "--group",
            "all of them",
        ]);
    }
    let fingerprint = sshd.host_keys()[0].fingerprint();
    let tested = place
        .command(&["target", "test", "t-1", "--accept-host-key", &fingerprint])
        .env("SSH_AUTH_SOCK", &agent_socket)
        .output()
        .unwrap();
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));

    let marks = account.home().join("marks");
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for round in 0..ROUNDS {
        let request =
            format!("run \"echo round-{round}- $PPID >> marks; sleep 0.1; echo end-{round}- >> marks\" on all of them");
        let mut running = place
            .command(&["run", &request, "--approve", "--json"])
            .env("SSH_AUTH_SOCK", &agent_socket)
            .spawn()
            .unwrap();
        std::thread::sleep(moment(round));
        running.kill().unwrap();
        running.wait().unwrap();

        // The next program on the same data finds the job and tells how it stands.
        let jobs = place.json(&["job", "list", "--limit", "1"]);
        let Some(job) = jobs.as_array().unwrap().first().filter(|j| j["request"] == request.as_str()) else {
            assert!(!content(&marks).contains(&format!("round-{round}-")), "round {round}: it ran, and no job says so");
            *seen.entry("no job".to_owned()).or_default() += 1;
            continue;
        };
        let state = job["state"].as_str().unwrap().to_owned();
        assert!(["interrupted", "succeeded"].contains(&state.as_str()), "round {round}: the job is {state}");
        let shown = place.json(&["job", "show", job["id"].as_str().unwrap()]);
        // What is in flight on the machines goes on there; then it is still.
        std::thread::sleep(Duration::from_millis(250));
        let text = content(&marks);
        let began = text.matches(&format!("round-{round}-")).count();
        let ended = text.matches(&format!("end-{round}-")).count();
        let states: Vec<&str> =
            shown["targets"].as_array().unwrap().iter().map(|t| t["state"].as_str().unwrap()).collect();
        let count = |state: &str| states.iter().filter(|s| **s == state).count();
        assert_eq!(count("changed") + count("skipped") + count("unknown"), states.len(), "round {round}: {states:?}");
        assert!(ended >= count("changed"), "round {round}: {states:?}, and only {ended} ended there");
        assert!(began <= count("changed") + count("unknown"), "round {round}: {states:?}, and yet {began} began there");
        *seen.entry(state).or_default() += 1;
        let report = place.json(&["audit", "verify"]);
        assert!(report["broken_at"].is_null(), "round {round}: {report}");
    }
    let text = content(&marks);
    for round in 0..ROUNDS {
        let began = text.matches(&format!("round-{round}-")).count() as u64;
        assert!(began <= TARGETS, "round {round}: {began} runs on {TARGETS} targets: something ran twice");
    }
    agent.kill().ok();
    agent.wait().ok();
    assert!(seen.get("interrupted").copied().unwrap_or(0) >= 5, "the kills must fall into the jobs: {seen:?}");
    eprintln!("how the {ROUNDS} rounds ended: {seen:?}");
}

fn content(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
