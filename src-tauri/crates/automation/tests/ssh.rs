//! Real `sshd`s: every way to log in, every way to be refused, and becoming root.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Bench, action, cell, command, content, owned_folders, plan, scripted, sha256, wait, with_strategy};
use std::os::unix::fs::PermissionsExt;
use wheelhouse_protocol::action::{Action, LocalFile};
use wheelhouse_protocol::credential::field::{PASSPHRASE, PASSWORD, PRIVATE_KEY, SUDO_PASSWORD, USERNAME};
use wheelhouse_protocol::inventory::TestResult;
use wheelhouse_protocol::job::{CellState, JobState, RollbackOutcome};
use wheelhouse_protocol::plan::Batch;
use wheelhouse_protocol::{Problem, ProblemCode};
use wheelhouse_testbed::{Account, AccountOptions, KeyPair, Sshd, SshdOptions, Sudo, descendants, missing};

fn skip() -> bool {
    missing("sshd (as root)", Sshd::is_available())
}

fn options(config: &[&str]) -> SshdOptions {
    SshdOptions { config: config.iter().map(|line| (*line).to_owned()).collect(), ..SshdOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_and_a_password_log_in() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&options(&[])), Account::create(AccountOptions::default()), Bench::new().await);
    let keys = [
        ("ed25519", KeyPair::generate("ed25519", ""), ""),
        ("rsa", KeyPair::generate_with("rsa", "", &["-b", "2048"]), ""),
        ("ecdsa", KeyPair::generate("ecdsa", ""), ""),
        ("ed25519 with passphrase", KeyPair::generate("ed25519", "open sesame"), "open sesame"),
        ("rsa in PEM", KeyPair::generate_with("rsa", "", &["-b", "2048", "-m", "PEM"]), ""),
        (
            "rsa in PEM with passphrase",
            KeyPair::generate_with("rsa", "open sesame", &["-b", "2048", "-m", "PEM"]),
            "open sesame",
        ),
    ];
    let mut targets = Vec::new();
    for (name, key, passphrase) in &keys {
        account.authorize(&key.public());
        let fields = [(USERNAME, account.name()), (PRIVATE_KEY, &key.private()), (PASSPHRASE, passphrase)];
        let credential = bench.credential(name, &fields).await;
        targets.push(bench.target(name, sshd.port(), None, Some(credential)).await);
    }
    let password = bench.credential("password", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    targets.push(bench.target("password", sshd.port(), None, Some(password)).await);
    bench.trust(&targets[0]).await;
    for target in &targets {
        match bench.engine.test(target, "ada").await.unwrap() {
            TestResult::Ok { authentication, facts, .. } => {
                let wanted = if target.spec.name == "password" { "password" } else { "public key" };
                assert_eq!(authentication, wanted, "{}", target.spec.name);
                assert!(facts.distribution.contains("Debian") || !facts.distribution.is_empty());
            }
            other => panic!("{}: {other:?}", target.spec.name),
        }
    }
    let job = bench.run(command(&targets, "id -un")).await;
    assert_eq!(job.summary.state, JobState::Succeeded, "{}", job.summary.counts.sentence());
    let log = bench.log(job.summary.id).await;
    assert_eq!(log.iter().filter(|line| *line == account.name()).count(), targets.len(), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keyboard_interactive_answers_the_password_prompt() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&options(&["UsePAM yes", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"]));
    let (account, bench) = (Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    match bench.engine.test(&target, "ada").await.unwrap() {
        TestResult::Ok { authentication, .. } => assert_eq!(authentication, "keyboard-interactive"),
        other => panic!("{other:?}\n{}", sshd.log()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_key_must_be_accepted_and_a_changed_one_stops_everything() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&options(&[]));
    let (account, bench) = (Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    let targets = [target.clone()];

    let job = bench.run(command(&targets, "touch /tmp/never")).await;
    let (state, detail) = cell(&job, 0);
    assert_eq!(state, CellState::Failed, "{detail}");
    assert!(detail.contains("has not been accepted"), "{detail}");
    let TestResult::HostKeyUnknown { presented } = bench.engine.test(&target, "ada").await.unwrap() else {
        panic!("nobody has accepted it")
    };
    assert_eq!(presented.fingerprint, sshd.host_keys()[0].fingerprint(), "as ssh-keygen prints it");
    assert!(
        !sshd.log().contains("Failed password") && !sshd.log().contains("Accepted"),
        "nothing was sent:\n{}",
        sshd.log()
    );

    bench.accept(&presented, false).await;
    assert_eq!(bench.run(command(&targets, "true")).await.summary.state, JobState::Succeeded);

    let (port, _) = sshd.stop();
    let other = Sshd::start(&SshdOptions { port: Some(port), ..options(&[]) });
    let job = bench.run(command(&targets, "touch /tmp/never")).await;
    let (state, detail) = cell(&job, 0);
    assert_eq!(state, CellState::Failed, "{detail}");
    assert!(
        detail.contains(&presented.fingerprint) && detail.contains(&other.host_keys()[0].fingerprint()),
        "{detail}"
    );
    assert!(!other.log().contains("password"), "the password must not reach whoever stands there:\n{}", other.log());
    let TestResult::HostKeyChanged { presented: new, accepted } = bench.engine.test(&target, "ada").await.unwrap()
    else {
        panic!("it has changed")
    };
    assert_eq!(accepted[0].key.fingerprint, presented.fingerprint);
    bench.accept(&new, true).await;
    assert_eq!(bench.run(command(&targets, "true")).await.summary.state, JobState::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_with_several_keys_is_asked_for_the_known_one() {
    if skip() {
        return;
    }
    let kinds = ["rsa", "ecdsa", "ed25519"].map(str::to_owned).to_vec();
    let sshd = Sshd::start(&SshdOptions { host_keys: kinds, ..options(&[]) });
    let (account, bench) = (Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    // Only the RSA key is known, although the server would rather show another.
    let line = sshd.host_keys()[0].public();
    let mut words = line.split_whitespace();
    let (key_type, key) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let known = wheelhouse_protocol::inventory::HostKey {
        host: "127.0.0.1".to_owned(),
        port: sshd.port(),
        key_type,
        key,
        fingerprint: sshd.host_keys()[0].fingerprint(),
    };
    bench.accept(&known, false).await;
    assert!(matches!(bench.engine.test(&target, "ada").await.unwrap(), TestResult::Ok { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&options(&[]));
    let (account, bench) = (Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, "not the password at all")]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust_unauthenticated(&target).await;
    let job = bench.run(command(&[target], "true")).await;
    let (state, detail) = cell(&job, 0);
    assert_eq!(state, CellState::Failed, "{detail}");
    assert!(detail.contains("was not let in") && detail.contains("password"), "{detail}");
    assert_eq!(sshd.log().matches("Failed password").count(), 1, "machines lock accounts:\n{}", sshd.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_proof_that_ends_the_connection_is_tried_once() {
    if skip() {
        return;
    }
    // Such a server does not say "no" to the first wrong proof: it hangs up.
    let sshd = Sshd::start(&options(&["MaxAuthTries 1"]));
    let (account, bench) = (Account::create(AccountOptions::default()), Bench::new().await);
    let key = KeyPair::generate("ed25519", "");
    let password = [(USERNAME, account.name()), (PASSWORD, "not the password at all")];
    let key = [(USERNAME, account.name()), (PRIVATE_KEY, &key.private())];
    for (name, fields) in [("password", &password), ("key", &key)] {
        let credential = bench.credential(name, &fields[..]).await;
        let target = bench.target(name, sshd.port(), None, Some(credential)).await;
        bench.trust_unauthenticated(&target).await;
        let before = sshd.log().matches("Too many authentication failures").count();
        let job = bench.run(command(&[target], "true")).await;
        let (state, detail) = cell(&job, 0);
        let tries = sshd.log().matches("Too many authentication failures").count() - before;
        assert_eq!(tries, 1, "{name}: machines lock accounts: {detail}\n{}", sshd.log());
        assert_eq!(state, CellState::Failed, "{name}: {detail}");
        assert!(detail.contains("may count this as a wrong password"), "{name}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_for_sudo_is_given_once() {
    if skip() {
        return;
    }
    // A sudo that asks, notes each answer, and takes its time to say whether it was right.
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let sudo = folder.path().join("sudo");
    std::fs::write(&sudo, "#!/bin/sh\nprintf %s \"$4\" >&2\nread answer\necho \"$answer\" >>given\nsleep 5\n").unwrap();
    std::fs::set_permissions(&sudo, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("SetEnv PATH={}:/usr/bin:/bin", folder.path().display());
    let (sshd, bench) = (Sshd::start(&options(&[&path])), Bench::new().await);
    let account = Account::create(AccountOptions::default());
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let mut step = scripted("touch never", None, None);
    step.scripts.values_mut().for_each(|script| script.requires_admin = true);
    let job = bench.start(plan(&[target], vec![step])).await.unwrap();
    let given = || content(&account.home().join("given")).lines().count();
    wait(|| given() > 0, "sudo is not answered").await;
    sshd.end_sessions();
    let ended = bench.end_of(job.id).await;
    let (state, detail) = cell(&ended, 0);
    assert_eq!(given(), 1, "machines lock accounts: {detail}");
    assert_eq!(state, CellState::Failed, "{detail}");
    assert!(detail.contains("becoming root was cut short"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn becoming_root() {
    if skip() || missing("sudo", wheelhouse_testbed::program("sudo").is_some()) {
        return;
    }
    let (sshd, bench) = (Sshd::start(&options(&[])), Bench::new().await);
    let asks = Account::create(AccountOptions { sudo: Sudo::WithPassword, ..AccountOptions::default() });
    let free = Account::create(AccountOptions { sudo: Sudo::WithoutPassword, ..AccountOptions::default() });
    let none = Account::create(AccountOptions::default());
    let wrong = [(USERNAME, asks.name()), (PASSWORD, asks.password()), (SUDO_PASSWORD, "not it")];
    let key = KeyPair::generate("ed25519", "");
    asks.authorize(&key.public());
    let no_password = [(USERNAME, asks.name()), (PRIVATE_KEY, &key.private())];
    let mut targets = Vec::new();
    for (name, fields) in [
        ("asks", &[(USERNAME, asks.name()), (PASSWORD, asks.password())][..]),
        ("free", &[(USERNAME, free.name()), (PASSWORD, free.password())][..]),
        ("none", &[(USERNAME, none.name()), (PASSWORD, none.password())][..]),
        ("wrong", &wrong[..]),
        ("key only", &no_password[..]),
    ] {
        let credential = bench.credential(name, fields).await;
        targets.push(bench.target(name, sshd.port(), None, Some(credential)).await);
    }
    bench.trust(&targets[0]).await;
    let mut whoami = scripted("id -un; wh_unchanged", None, None);
    whoami.scripts.values_mut().for_each(|script| script.requires_admin = true);
    let job = bench.run(plan(&targets, vec![whoami])).await;
    let log = bench.log(job.summary.id).await;
    assert_eq!(log.iter().filter(|line| *line == "root").count(), 2, "{log:?}");
    for place in [0, 1] {
        assert_eq!(cell(&job, place).0, CellState::Unchanged, "{:?}", cell(&job, place));
    }
    for (place, words) in [(2, "sudo refused"), (3, "does not accept"), (4, "the credential has none")] {
        let (state, detail) = cell(&job, place);
        assert_eq!(state, CellState::Failed, "{detail}");
        assert!(detail.contains(words), "{}: {detail}", targets[place].spec.name);
    }
    let text = log.join("\n") + &sshd.log();
    assert!(!text.contains(asks.password()) && !text.contains("not it\n"), "no password in any log");
}

#[tokio::test(flavor = "multi_thread")]
async fn output_of_both_kinds_flows_however_much_it_is() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&options(&[])), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let text = "for i in $(seq 1 20000); do echo out $i; echo \"err $i xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" >&2; done";
    let job = bench.run(command(&[target], text)).await;
    assert_eq!(job.summary.state, JobState::Succeeded, "{:?}", cell(&job, 0));
    let log = bench.log(job.summary.id).await;
    assert_eq!(log.iter().filter(|l| l.starts_with("out ")).count(), 20_000, "no line is lost");
    assert_eq!(log.iter().filter(|l| l.starts_with("err ")).count(), 20_000, "no line is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_so_many_work_at_one_moment() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&options(&[])), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let mut targets = Vec::new();
    for n in 0..12 {
        targets.push(bench.target(&format!("t{n}"), sshd.port(), None, Some(credential)).await);
    }
    bench.trust(&targets[0]).await;
    // Each counts who is there with it, in a folder of the account.
    let text = "mkdir -p busy; touch busy/$$; ls busy | wc -l; sleep 0.3; rm busy/$$";
    let job = bench.run(with_strategy(command(&targets, text), |s| s.limit = 4)).await;
    assert_eq!(job.summary.state, JobState::Succeeded);
    let most = bench.log(job.summary.id).await.iter().filter_map(|l| l.trim().parse::<u32>().ok()).max().unwrap();
    assert!((2..=4).contains(&most), "the limit is 4, and {most} were at work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_and_a_failure_limit_hold_the_rest_back() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&options(&[])), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let mut targets = Vec::new();
    for n in 0..6 {
        targets.push(bench.target(&format!("t{n}"), sshd.port(), None, Some(credential)).await);
    }
    bench.trust(&targets[0]).await;
    let job = bench.run(with_strategy(command(&targets, "exit 3"), |s| s.canary = 1)).await;
    assert_eq!(job.summary.counts.sentence(), "1 failed, 5 skipped");
    let job = bench
        .run(with_strategy(command(&targets, "exit 3"), |s| {
            s.batch = Batch::Count(2);
            s.stop_after = 2;
        }))
        .await;
    assert_eq!(job.summary.counts.sentence(), "2 failed, 4 skipped");
    assert!(cell(&job, 0).1.contains("3"), "the exit code is told: {:?}", cell(&job, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_decides_and_rollback_undoes() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&options(&[])), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let targets = [target];
    let before = owned_folders(&account).len();
    let run = "touch mark; cp mark \"$WH_STATE/before\"; wh_changed";
    let undo = "[ -e \"$WH_STATE/before\" ]; rm mark";

    let good = bench.run(plan(&targets, vec![scripted(run, Some("[ -e mark ]"), Some(undo))])).await;
    assert_eq!(cell(&good, 0).0, CellState::Changed);
    assert!(account.home().join("mark").exists());

    let bad = bench.run(plan(&targets, vec![scripted(run, Some("wh_fail 'it is blue, not green'"), Some(undo))])).await;
    let picture = common::paint(&bad);
    let (state, detail) = cell(&bad, 0);
    assert_eq!(
        (state, picture.cells[0][0].rollback),
        (CellState::Failed, Some(RollbackOutcome::RolledBack)),
        "{detail}"
    );
    assert!(detail.contains("it is blue, not green"), "{detail}");
    assert!(!account.home().join("mark").exists(), "rolled back means undone");

    let stuck =
        bench.run(plan(&targets, vec![scripted(run, Some("exit 1"), Some("wh_fail 'the disk is gone'"))])).await;
    let picture = common::paint(&stuck);
    assert_eq!(picture.cells[0][0].rollback, Some(RollbackOutcome::Stuck));
    assert!(cell(&stuck, 0).1.contains("the disk is gone"), "{:?}", cell(&stuck, 0));

    let two = vec![scripted("exit 1", None, None), scripted("touch second; wh_changed", None, None)];
    let skipped = bench.run(plan(&targets, two)).await;
    assert_eq!(common::paint(&skipped).cells[1][0].state, CellState::Skipped, "after a failed step");
    assert!(!account.home().join("second").exists());
    // What a stuck rollback may still need stays for the person who looks.
    assert_eq!(owned_folders(&account).len() - before, 1, "folders on the machine are removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_arrives_as_approved_or_not_at_all() {
    if skip() {
        return;
    }
    let (sshd, bench) = (Sshd::start(&options(&[])), Bench::new().await);
    let account = Account::create(AccountOptions { sudo: Sudo::WithPassword, ..AccountOptions::default() });
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let before = owned_folders(&account);
    let source = bench.home.path().join("app.conf");
    let body: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&source, &body).unwrap();
    let file = LocalFile { path: source.display().to_string(), sha256: sha256(&body), size: body.len() as u64 };
    // A folder of the system's: the file is put there as root.
    let there = tempfile::tempdir_in("/usr/local").unwrap();
    let destination = there.path().join("etc app.conf");
    let copy = Action::FileCopy { source: file, destination: destination.display().to_string() };

    let job = bench.run(action(std::slice::from_ref(&target), copy.clone())).await;
    assert_eq!(cell(&job, 0).0, CellState::Changed, "{:?}", cell(&job, 0));
    assert_eq!(std::fs::read(&destination).unwrap(), body);
    let again = bench.run(action(std::slice::from_ref(&target), copy.clone())).await;
    assert_eq!(cell(&again, 0).0, CellState::Unchanged, "{:?}", cell(&again, 0));

    // The file changes between the approval and the sending.
    std::fs::write(&source, b"something else").unwrap();
    let job = bench.run(action(&[target], copy)).await;
    let (state, detail) = cell(&job, 0);
    assert_eq!(state, CellState::Failed, "{detail}");
    assert!(detail.contains("has changed since the plan was approved"), "{detail}");
    assert_eq!(std::fs::read(&destination).unwrap(), body, "nothing was touched");
    assert_eq!(owned_folders(&account), before, "what was sent of it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_step_cannot_begin_is_taken_back() {
    if skip() || missing("sudo", wheelhouse_testbed::program("sudo").is_some()) {
        return;
    }
    let (sshd, bench) = (Sshd::start(&options(&[])), Bench::new().await);
    let account = Account::create(AccountOptions::default());
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let before = owned_folders(&account);
    let source = bench.home.path().join("app.conf");
    std::fs::write(&source, b"x = 1\n").unwrap();
    let file = LocalFile { path: source.display().to_string(), sha256: sha256(b"x = 1\n"), size: 6 };
    let copy = Action::FileCopy { source: file, destination: "/etc/never".to_owned() };
    let job = bench.run(action(&[target], copy)).await;
    let (state, detail) = cell(&job, 0);
    assert_eq!(state, CellState::Failed, "{detail}");
    assert!(detail.contains("sudo refused"), "it must fail after the file was sent: {detail}");
    assert_eq!(owned_folders(&account), before, "what was sent of it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_job_uses_the_same_sessions() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&options(&[])), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let targets = [target];
    bench.run(command(&targets, "true")).await;
    let logins = || sshd.log().matches("Accepted password").count();
    let before = logins();
    bench.run(command(&targets, "true")).await;
    assert_eq!(logins(), before, "no new login");
    // The other end of a kept session goes away unnoticed; the next job connects anew.
    sshd.end_sessions();
    let job = bench.run(command(&targets, "true")).await;
    assert_eq!(job.summary.state, JobState::Succeeded, "{:?}", cell(&job, 0));
    assert_eq!(logins(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupting_ends_what_runs_there() {
    if skip() {
        return;
    }
    let (sshd, bench) = (Sshd::start(&options(&[])), Bench::new().await);
    let account = Account::create(AccountOptions { sudo: Sudo::WithPassword, ..AccountOptions::default() });
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    for admin in [false, true] {
        let mut sleeper = scripted("sleep 4711 & wait; wh_changed", Some("true"), None);
        sleeper.scripts.values_mut().for_each(|script| script.requires_admin = admin);
        let job = bench.start(plan(std::slice::from_ref(&target), vec![sleeper])).await.unwrap();
        bench.until(job.id, 0, 0, CellState::Running).await;
        wait(|| sleepers(&sshd) > 0, "it never began").await;
        bench.engine.cancel(job.id, true, "ada").await.unwrap();
        let ended = bench.end_of(job.id).await;
        assert_eq!(ended.summary.state, JobState::Cancelled);
        assert_eq!(cell(&ended, 0).0, CellState::Unknown, "it had begun, and nobody saw its end");
        wait(|| sleepers(&sshd) == 0, &format!("it still runs there (admin: {admin})")).await;
    }
}

/// Processes of sessions of this server that sleep for us.
fn sleepers(sshd: &Sshd) -> usize {
    let ours = descendants(sshd.pid());
    let all = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|pid| {
        let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        words.starts_with(b"sleep\x004711") && (ours.contains(pid) || ours.is_empty())
    })
    .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_changed_by_one_job_at_a_time() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&options(&[])), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let targets = [target];
    let first = bench.start(command(&targets, "sleep 2")).await.unwrap();
    let refused = bench.start(command(&targets, "true")).await.expect_err("it is locked");
    assert_eq!(refused.code, ProblemCode::Conflict);
    assert!(refused.detail.contains("sleep 2") && refused.detail.contains("ada"), "it names the holder: {refused}");
    let looking = bench.run(action(&targets, Action::Uptime)).await;
    assert_eq!(looking.summary.state, JobState::Succeeded, "looking is allowed meanwhile");
    assert_eq!(bench.end_of(first.id).await.summary.state, JobState::Succeeded);
    assert_eq!(bench.run(command(&targets, "true")).await.summary.state, JobState::Succeeded, "and then it is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_for_exactly_one_plan() {
    let bench = Bench::new().await;
    let target = bench.target("t", 1, None, None).await;
    let plan = command(&[target], "true");
    let approve = |plan: &wheelhouse_protocol::plan::Plan, hash: &wheelhouse_protocol::plan::PlanHash, seconds: i64| {
        let now = wheelhouse_protocol::Timestamp::now();
        let at = wheelhouse_protocol::Timestamp::from_second(now.as_second() - 1000).unwrap();
        let approval = wheelhouse_store::jobs::NewApproval {
            id: wheelhouse_protocol::ApprovalId(uuid::Uuid::now_v7()),
            hash: hash.clone(),
            who: "grace".to_owned(),
            at,
            expires_at: wheelhouse_protocol::Timestamp::from_second(now.as_second() + seconds).unwrap(),
        };
        wheelhouse_automation::ApprovedPlan::approved(plan.clone(), approval, now)
    };
    let stale = |result: Result<_, Problem>| result.err().map(|p: Problem| p.code) == Some(ProblemCode::Stale);
    assert!(approve(&plan, &plan.hash, 60).is_ok());
    assert!(stale(approve(&plan, &plan.hash, -60).map(|_| ())), "it has expired");
    let mut edited = plan.clone();
    edited.steps[0].scripts.values_mut().for_each(|s| s.run.push_str("\nreboot\n"));
    assert!(stale(approve(&edited, &plan.hash, 60).map(|_| ())), "the script was edited");
    let mut edited = plan.clone();
    edited.targets[0].address = "10.9.9.9".to_owned();
    assert!(stale(approve(&edited, &plan.hash, 60).map(|_| ())), "the address was edited");
    let mut forged = edited.clone();
    forged.hash = forged.compute_hash();
    assert!(stale(approve(&forged, &plan.hash, 60).map(|_| ())), "the hash was computed anew");
    let unapproved = wheelhouse_automation::ApprovedPlan::read_only(plan.clone(), &plan.hash);
    assert_eq!(unapproved.err().map(|p| p.code), Some(ProblemCode::NeedsApproval));
    let mut disguised = plan;
    disguised.steps[0].mutates = false;
    disguised.hash = disguised.compute_hash();
    let hash = disguised.hash.clone();
    let unapproved = wheelhouse_automation::ApprovedPlan::read_only(disguised, &hash);
    assert_eq!(unapproved.err().map(|p| p.code), Some(ProblemCode::NeedsApproval), "the action itself is asked too");
}

/// Ended by its process id when it is dropped.
struct Agent(std::process::Child);

impl Drop for Agent {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_the_agent_are_let_in_refused_or_cut_short() {
    const HERE: &str = "WHEELHOUSE_TEST_WITH_AGENT";
    let tools = ["ssh-agent", "ssh-add"].iter().all(|name| wheelhouse_testbed::program(name).is_some());
    if skip() || missing("ssh-agent and ssh-add", tools) {
        return;
    }
    if std::env::var_os(HERE).is_none() {
        // An agent is found by the environment, which other tests share: this one runs itself in its own.
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let command = |name: &str| std::process::Command::new(wheelhouse_testbed::program(name).unwrap());
        let _agent = Agent(
            command("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(std::process::Stdio::null()).spawn().unwrap(),
        );
        wait(|| socket.exists(), "the agent does not start").await;
        let key = KeyPair::generate("ed25519", "");
        let added = command("ssh-add").arg(key.path()).env("SSH_AUTH_SOCK", &socket).output().unwrap();
        assert!(added.status.success(), "{added:?}");
        let itself = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "keys_of_the_agent_are_let_in_refused_or_cut_short", "--nocapture"])
            .env("SSH_AUTH_SOCK", &socket)
            .env(HERE, key.public())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&itself.stdout).into_owned() + &String::from_utf8_lossy(&itself.stderr);
        assert!(itself.status.success(), "{text}");
        return;
    }
    let account = Account::create(AccountOptions::default());
    for (config, known, state, words) in [
        (&[][..], false, CellState::Failed, "every key of the SSH agent was refused"),
        (&["MaxAuthTries 1"][..], false, CellState::Failed, "may count this as a wrong password"),
        (&[][..], true, CellState::Changed, ""),
    ] {
        let (sshd, bench) = (Sshd::start(&options(config)), Bench::new().await);
        if known {
            account.authorize(&std::env::var(HERE).unwrap());
        }
        let target = bench.target("t", sshd.port(), Some(account.name()), None).await;
        bench.trust_unauthenticated(&target).await;
        let job = bench.run(command(&[target], "true")).await;
        let (now, detail) = cell(&job, 0);
        assert_eq!(now, state, "{config:?}: {detail}");
        assert!(detail.contains(words), "{config:?}: {detail}");
    }
}
