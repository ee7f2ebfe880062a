//! `wh`, as an operator and as a script uses it, on real machines.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod bad_input;
mod recipes;
mod wh;

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;
use wh::Wh;
use wheelhouse_testbed::{Account, AccountOptions, KeyPair, Sshd, SshdOptions, Sudo, missing, program};

fn skip() -> bool {
    missing("sshd (as root)", Sshd::is_available())
}

/// Accepts the key of a target by its fingerprint, as a person would after comparing it.
fn trust(wh: &Wh, name: &str, sshd: &Sshd) {
    let fingerprint = sshd.host_keys()[0].fingerprint();
    wh.ok(&["target", "test", name, "--accept-host-key", &fingerprint]);
}

/// The five steps: vault, targets, words, approval, result and audit.
#[test]
fn from_an_empty_folder_to_a_verified_result() {
    if skip() {
        return;
    }
    let sshds: Vec<Sshd> = (0..3).map(|_| Sshd::start(&SshdOptions::default())).collect();
    let account = Account::create(AccountOptions { sudo: Sudo::WithPassword, ..AccountOptions::default() });
    let wh = Wh::new();

    let localhost = wh.ok(&["target", "list", "--json"]).json();
    assert_eq!(localhost[0]["name"], "localhost", "alive with nothing configured");
    wh.ok(&["run", "check disk usage on localhost"]);

    assert_eq!(wh.ok(&["vault", "status", "--json"]).json()["state"], "missing");
    wh.ok(&["vault", "create"]);
    let password = wh.secret_file("password", account.password());
    let added = wh.ok(&["vault", "add", "ops", "--user", account.name(), "--password-file", &password, "--json"]);
    assert!(!added.all().contains(account.password()), "never shown again in clear");

    for (n, sshd) in sshds.iter().enumerate() {
        let (name, port) = (format!("web-0{}", n + 1), sshd.port().to_string());
        wh.ok(&[
            "target", "add", &name, "--address", "127.0.0.1", "--port", &port, "--os", "linux", "--credential", "ops",
            "--group", "web servers",
        ]);
        let untrusted = wh.run(&["target", "test", &name, "--json"]).expect(3).json();
        assert_eq!(untrusted["result"], "host-key-unknown");
        trust(&wh, &name, sshd);
        let tested = wh.ok(&["target", "test", &name, "--json"]).json();
        assert!(tested["latency_ms"].as_u64().is_some() && tested["facts"]["os"] == "linux", "{tested}");
    }

    // Three names for one machine: one after the other, so that each sees what the one before did.
    wh.ok(&["settings", "set", "parallel_targets", "1"]);
    let config = wh.file("app.conf", "answer = 42\n");
    let there = tempfile::tempdir_in("/usr/local").unwrap();
    let destination = there.path().join("app.conf").display().to_string();
    let words = format!("copy {config} to {destination} on web servers");
    let waiting = wh.run(&["run", &words, "--json"]).expect(3).json();
    assert_eq!(waiting["plan"]["targets"].as_array().unwrap().len(), 3);
    assert!(waiting["plan"]["steps"][0]["scripts"]["bash"]["run"].as_str().unwrap().contains("WH_FILE"));
    assert!(!fs::exists(&destination).unwrap(), "nothing runs without an approval");

    let plan = waiting["plan"]["id"].as_str().unwrap();
    wh.run(&["approve", plan, "--hash", "00000000"]).expect(2);
    let hash = waiting["plan"]["hash"].as_str().unwrap();
    let done = wh.ok(&["approve", plan, "--hash", &hash[..12], "--json"]).json();
    assert_eq!(fs::read_to_string(&destination).unwrap(), "answer = 42\n");
    let states: Vec<&str> = done["targets"].as_array().unwrap().iter().map(|t| t["state"].as_str().unwrap()).collect();
    assert_eq!(
        states.iter().filter(|s| **s == "changed").count(),
        1,
        "one machine, three names: the first changes it: {states:?}"
    );
    assert_eq!(states.iter().filter(|s| **s == "unchanged").count(), 2, "{states:?}");
    wh.run(&["approve", plan, "--hash", hash]).expect(2);

    let jobs = wh.ok(&["job", "list", "--json"]).json();
    assert_eq!(jobs[0]["state"], "succeeded");
    let job = jobs[0]["id"].as_str().unwrap();
    let shown = wh.ok(&["job", "show", job, "--json"]).json();
    assert_eq!(shown["approved_by"], wh::operator(), "the system says who, not a variable anybody can set");
    let records = wh.ok(&["audit", "list", "--text", job, "--json"]).json();
    let kinds: Vec<&str> = records.as_array().unwrap().iter().map(|r| r["what"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"job.started") && kinds.contains(&"job.finished"), "{kinds:?}");
    let unlocked = wh.ok(&["audit", "list", "--text", "vault.unlocked", "--json"]).json();
    assert!(!unlocked.as_array().unwrap().is_empty(), "opening the vault leaves a record");
    wh.secret_file("passphrase", "not the passphrase at all");
    wh.run(&["vault", "add", "other", "--user", "x", "--password-file", &password]).expect(2);
    wh.secret_file("passphrase", wh::PASSPHRASE);
    let refused = wh.ok(&["audit", "list", "--text", "vault.unlock-refused", "--json"]).json();
    assert_eq!(refused[0]["who"], wh::operator(), "so does an attempt: {refused}");
    assert!(wh.ok(&["audit", "verify", "--json"]).json()["broken_at"].is_null());

    let database = fs::read(wh.data().join("operations.db")).unwrap();
    let secret = account.password().as_bytes();
    assert!(!database.windows(secret.len()).any(|w| w == secret), "no password in the data");
}

#[test]
fn exit_codes_a_script_can_trust() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, wh) = (Account::create(AccountOptions::default()), Wh::new());
    let key = KeyPair::generate("ed25519", "");
    account.authorize(&key.public());
    wh.ok(&["vault", "create"]);
    wh.ok(&["vault", "add", "key", "--user", account.name(), "--key-file", &key.path().display().to_string()]);
    let port = sshd.port().to_string();
    wh.ok(&[
        "target", "add", "good", "--address", "127.0.0.1", "--port", &port, "--credential", "key", "--os", "linux",
    ]);
    wh.ok(&["target", "add", "gone", "--address", "127.0.0.1", "--port", "1", "--credential", "key", "--os", "linux"]);
    trust(&wh, "good", &sshd);

    wh.run(&["run", "run \"true\" on good", "--approve"]).expect(0);
    let partly = wh.run(&["run", "run \"true\" on good and gone", "--approve", "--json"]).expect(1).json();
    assert_eq!(partly["job"]["counts"]["unreachable"], 1);
    assert_eq!(partly["job"]["counts"]["changed"], 1);
    wh.run(&["run", "run \"false\" on good", "--approve"]).expect(1);
    wh.run(&["run", "restart nginx; rm -rf /", "--approve"]).expect(2);
    wh.run(&["run", "restart nginx on mars", "--approve"]).expect(3);
    wh.run(&["run", "restart nginx on good"]).expect(3);
    wh.run(&["run", "how do I restart a service"]).expect(0);
    wh.run(&["job", "show", "no-such-job"]).expect(2);
    wh.run(&["no-such-word"]).expect(2);

    let retried = wh.run(&["job", "retry", partly["job"]["id"].as_str().unwrap(), "--json"]).expect(3).json();
    let names: Vec<&str> =
        retried["plan"]["targets"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["gone"], "only what did not succeed, and only after an approval of its own");
}

#[test]
fn the_operators_agent_logs_in() {
    if skip() || missing("ssh-agent", program("ssh-agent").is_some()) {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, wh) = (Account::create(AccountOptions::default()), Wh::new());
    let key = KeyPair::generate("ed25519", "");
    account.authorize(&key.public());
    let socket = wh.folder().join("agent");
    let agent = Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn().unwrap();
    let _ended = Ended(agent);
    for _ in 0..100 {
        if socket.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let added = Command::new("ssh-add").arg("-q").arg(key.path()).env("SSH_AUTH_SOCK", &socket).status().unwrap();
    assert!(added.success(), "ssh-add");
    let port = sshd.port().to_string();
    wh.ok(&[
        "target",
        "add",
        "t",
        "--address",
        "127.0.0.1",
        "--port",
        &port,
        "--user",
        account.name(),
        "--os",
        "linux",
    ]);
    let fingerprint = sshd.host_keys()[0].fingerprint();
    let without = wh.run(&["target", "test", "t", "--accept-host-key", &fingerprint]).expect(1);
    assert!(without.all().contains("SSH agent"), "{}", without.all());
    let with = wh.command(&["target", "test", "t", "--json"]).env("SSH_AUTH_SOCK", &socket).output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&with.stdout).unwrap();
    assert_eq!(answer["authentication"], "key from the SSH agent", "{answer}");
}

struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn known_hosts_of_openssh_count_hashed_ones_too() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, wh) = (Account::create(AccountOptions::default()), Wh::new());
    wh.ok(&["vault", "create"]);
    let password = wh.secret_file("password", account.password());
    wh.ok(&["vault", "add", "ops", "--user", account.name(), "--password-file", &password]);
    let port = sshd.port().to_string();
    wh.ok(&["target", "add", "t", "--address", "127.0.0.1", "--port", &port, "--credential", "ops", "--os", "linux"]);
    let ssh = wh.folder().join(".ssh");
    fs::create_dir_all(&ssh).unwrap();
    let known = ssh.join("known_hosts");
    let key = sshd.host_keys()[0].public();
    fs::write(&known, format!("[127.0.0.1]:{port} {key}")).unwrap();
    // ssh-keygen itself hashes the name, so what is read is what OpenSSH writes.
    let hashed = Command::new("ssh-keygen").arg("-H").arg("-f").arg(&known).output().unwrap();
    assert!(hashed.status.success() && fs::read_to_string(&known).unwrap().starts_with("|1|"));
    wh.ok(&["target", "test", "t"]);
    wh.ok(&["settings", "set", "read_known_hosts", "false"]);
    wh.run(&["target", "test", "t"]).expect(3);
    wh.ok(&["settings", "set", "read_known_hosts", "true"]);
    fs::write(&known, format!("@revoked * {key}\n[127.0.0.1]:{port} {key}")).unwrap();
    let refused = wh.run(&["target", "test", "t"]).expect(1);
    assert!(refused.all().contains("revoked"), "{}", refused.all());
}

/// The job that runs, once it does.
fn running_job(wh: &Wh) -> String {
    for _ in 0..200 {
        let jobs = wh.ok(&["job", "list", "--json"]).json();
        if let Some(found) = jobs.as_array().unwrap().iter().find(|j| j["state"] == "running") {
            return found["id"].as_str().unwrap().to_owned();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("no job runs");
}

/// How a program ends, within half a minute.
fn ends(program: &mut Ended) -> Option<i32> {
    for _ in 0..600 {
        if let Some(status) = program.0.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it has not ended within 30 s");
}

#[test]
fn following_ends_when_the_program_that_runs_the_job_is_killed() {
    let wh = Wh::new();
    let run = ["run", "run \"sleep 60\" on localhost", "--approve", "--json"];
    let mut owner = Ended(wh.command(&run).stdout(Stdio::null()).spawn().unwrap());
    let job = running_job(&wh);
    let follow = wh.command(&["job", "follow", &job, "--json"]).stdout(Stdio::null()).spawn().unwrap();
    let mut follow = Ended(follow);
    std::thread::sleep(Duration::from_secs(1));
    assert!(follow.0.try_wait().unwrap().is_none(), "the job runs, so that there is something to follow");
    owner.0.kill().unwrap();
    owner.0.wait().unwrap();
    assert_eq!(ends(&mut follow), Some(1), "nobody knows how it ended");
}

#[test]
fn ctrl_c_stops_a_job_that_never_stops_talking() {
    let wh = Wh::new();
    let run = ["run", "run \"yes\" on localhost", "--approve"];
    let mut run = Ended(wh.command(&run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    running_job(&wh);
    for _ in 0..2 {
        std::thread::sleep(Duration::from_secs(1));
        let sent = Command::new("kill").args(["-INT", &run.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
    ends(&mut run);
}

#[test]
fn another_program_can_stop_a_job() {
    let wh = Wh::new();
    let mut running = wh
        .command(&["run", "run \"sleep 60\" on localhost", "--approve", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut job = None;
    for _ in 0..200 {
        let jobs = wh.ok(&["job", "list", "--json"]).json();
        if let Some(found) = jobs.as_array().unwrap().iter().find(|j| j["state"] == "running") {
            job = found["id"].as_str().map(str::to_owned);
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let job = job.expect("the job runs");
    wh.ok(&["job", "cancel", &job, "--interrupt"]);
    let status = running.wait().unwrap();
    assert_eq!(status.code(), Some(1), "it did not succeed");
    let shown = wh.ok(&["job", "show", &job, "--json"]).json();
    assert_eq!(shown["job"]["state"], "cancelled");
    assert_eq!(shown["targets"][0]["state"], "unknown", "it had begun, and nobody saw its end");
}
