//! `true` on 64 loopback sshds: Wheelhouse beside asyncssh, parallel-ssh and ansible, in turn, in one run.
//!
//! Ours is the whole engine: approval check, journal flushed to disk before each step, host keys checked,
//! outcome stored. The libraries' time is theirs alone, without the start of their interpreter; ansible is
//! a program, so its whole run counts. The key exchange is pinned to the same one for all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made stops")]

#[path = "../src-tauri/crates/automation/tests/common/mod.rs"]
mod common;

use common::{Bench, command, with_strategy};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use wheelhouse_protocol::credential::field::{PRIVATE_KEY, USERNAME};
use wheelhouse_protocol::inventory::{HostKey, Target};
use wheelhouse_protocol::job::JobState;
use wheelhouse_testbed::{Account, AccountOptions, KeyPair, Sshd, SshdOptions};

const ROUNDS: usize = 5;

fn main() {
    let hosts: usize = std::env::var("HOSTS").ok().and_then(|n| n.parse().ok()).unwrap_or(64);
    assert!(Sshd::is_available(), "this needs sshd, and root to make an account");
    let account = Account::create(AccountOptions::default());
    let key = KeyPair::generate("ed25519", "");
    account.authorize(&key.public());
    let pinned = SshdOptions { config: vec!["KexAlgorithms curve25519-sha256".to_owned()], ..SshdOptions::default() };
    eprintln!("starting {hosts} sshds …");
    let sshds: Vec<Sshd> = (0..hosts).map(|_| Sshd::start(&pinned)).collect();
    let folder = tempfile::tempdir().unwrap();
    let setup = write_setup(folder.path(), &sshds, &account, &key);
    let peers = Peers::find();

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (bench, targets) = runtime.block_on(prepare(&sshds, &account, &key));
    let mut rows: Vec<(&str, Vec<f64>)> = Vec::new();
    let mut note = |name: &'static str, seconds: f64| match rows.iter_mut().find(|(known, _)| *known == name) {
        Some((_, times)) => times.push(seconds),
        None => rows.push((name, vec![seconds])),
    };
    for round in 0..=ROUNDS {
        // The first round warms everything up and is not counted.
        let counts = round > 0;
        bench.engine.forget_sessions();
        let cold = runtime.block_on(ours(&bench, &targets));
        let warm = runtime.block_on(ours(&bench, &targets));
        let asyncssh = peers.library("run_asyncssh.py", &setup);
        let again = peers.library("run_asyncssh_again.py", &setup);
        let parallel = peers.library("run_parallel_ssh.py", &setup);
        let quick = std::env::var_os("LIBRARIES_ONLY").is_some();
        let ansible = (round <= 2 && !quick).then(|| peers.ansible(folder.path(), hosts, "raw"));
        let module = (round == 1 && !quick).then(|| peers.ansible(folder.path(), hosts, "command"));
        if counts {
            note("wheelhouse, new connections", cold);
            note("wheelhouse, second job", warm);
            note("asyncssh", asyncssh);
            note("asyncssh, second command", again);
            note("parallel-ssh", parallel);
            if let Some(seconds) = ansible {
                note("ansible, raw", seconds);
            }
            if let Some(seconds) = module {
                note("ansible, its command module", seconds);
            }
        }
    }
    report(hosts, &rows);
}

fn report(hosts: usize, rows: &[(&str, Vec<f64>)]) {
    let median = |times: &[f64]| {
        let mut sorted = times.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let ours = median(&rows[0].1);
    println!("`true` on {hosts} sshds on loopback, {} rounds in turn, median (min – max), seconds", rows[0].1.len());
    println!("| | median | min – max | ours ÷ it |\n|---|---|---|---|");
    for (name, times) in rows {
        let (low, high) = times.iter().fold((f64::MAX, 0.0_f64), |(l, h), t| (l.min(*t), h.max(*t)));
        println!("| {name} | {:.3} | {low:.3} – {high:.3} | {:.2} |", median(times), ours / median(times));
    }
}

fn write_setup(folder: &Path, sshds: &[Sshd], account: &Account, key: &KeyPair) -> PathBuf {
    let ports: Vec<u16> = sshds.iter().map(Sshd::port).collect();
    let known: String =
        sshds.iter().map(|s| format!("[127.0.0.1]:{} {}", s.port(), s.host_keys()[0].public())).collect();
    let known_hosts = folder.join("known_hosts");
    fs::write(&known_hosts, known).unwrap();
    let inventory: String = ports
        .iter()
        .map(|port| {
            format!(
                "h{port} ansible_host=127.0.0.1 ansible_port={port} ansible_user={} ansible_ssh_private_key_file={}\n",
                account.name(),
                key.path().display()
            )
        })
        .collect();
    fs::write(folder.join("hosts"), inventory).unwrap();
    fs::write(
        folder.join("ansible.cfg"),
        format!(
            "[defaults]\nhost_key_checking = True\nforks = 64\n[ssh_connection]\nssh_args = -o KexAlgorithms=curve25519-sha256 \
             -o UserKnownHostsFile={} -o ControlMaster=no\n",
            known_hosts.display()
        ),
    )
    .unwrap();
    let setup = folder.join("setup.json");
    let text = json!({ "ports": ports, "user": account.name(), "key": key.path(), "known_hosts": known_hosts });
    fs::write(&setup, text.to_string()).unwrap();
    setup
}

async fn prepare(sshds: &[Sshd], account: &Account, key: &KeyPair) -> (Bench, Vec<Target>) {
    let bench = Bench::new().await;
    let credential = bench.credential("key", &[(USERNAME, account.name()), (PRIVATE_KEY, &key.private())]).await;
    let mut targets = Vec::new();
    for sshd in sshds {
        let line = sshd.host_keys()[0].public();
        let mut words = line.split_whitespace().map(str::to_owned);
        let key = HostKey {
            host: "127.0.0.1".to_owned(),
            port: sshd.port(),
            key_type: words.next().unwrap(),
            key: words.next().unwrap(),
            fingerprint: sshd.host_keys()[0].fingerprint(),
        };
        bench.accept(&key, false).await;
        targets.push(bench.target(&format!("h{}", sshd.port()), sshd.port(), None, Some(credential)).await);
    }
    (bench, targets)
}

async fn ours(bench: &Bench, targets: &[Target]) -> f64 {
    let plan = with_strategy(command(targets, "true"), |strategy| strategy.limit = 64);
    let began = Instant::now();
    let job = bench.start(plan).await.unwrap();
    loop {
        let now = bench.store.job(job.id).await.unwrap();
        if now.state.is_final() {
            assert_eq!(now.state, JobState::Succeeded, "{}", now.counts.sentence());
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    bench.end_of(job.id).await;
    seconds
}

struct Peers {
    bin: PathBuf,
    scripts: PathBuf,
}

impl Peers {
    fn find() -> Self {
        let bin = std::env::var_os("PEERS").map(PathBuf::from).expect("PEERS: `cargo xtask bench ssh` sets it");
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../benches/peers");
        Self { bin: bin.join("bin"), scripts }
    }

    fn library(&self, script: &str, setup: &Path) -> f64 {
        let out = Command::new(self.bin.join("python")).arg(self.scripts.join(script)).arg(setup).output().unwrap();
        assert!(out.status.success(), "{script}: {}", String::from_utf8_lossy(&out.stderr));
        let said: Value = serde_json::from_slice(&out.stdout).unwrap();
        said["seconds"].as_f64().unwrap()
    }

    fn ansible(&self, folder: &Path, hosts: usize, module: &str) -> f64 {
        let began = Instant::now();
        let out = Command::new(self.bin.join("ansible"))
            .args(["all", "-i"])
            .arg(folder.join("hosts"))
            .args(["-f", &hosts.to_string(), "-m", module, "-a", "true"])
            .env("ANSIBLE_CONFIG", folder.join("ansible.cfg"))
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let seconds = began.elapsed().as_secs_f64();
        assert!(out.status.success(), "ansible: {}", String::from_utf8_lossy(&out.stdout));
        seconds
    }
}
