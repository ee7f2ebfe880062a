//! Networks that fail, servers that hang, sessions that die: what is told must be true.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Bench, action, cell, command, content};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};
use wheelhouse_protocol::action::{Action, LocalFile};
use wheelhouse_protocol::credential::field::{PASSWORD, USERNAME};
use wheelhouse_protocol::inventory::{HostKey, TestResult};
use wheelhouse_protocol::job::{CellState, JobEvent, JobEventKind, JobState};
use wheelhouse_store::jobs::JobWrite;
use wheelhouse_testbed::{Account, AccountOptions, Fault, Proxy, Sshd, SshdOptions, free_port, missing};

fn skip() -> bool {
    missing("sshd (as root)", Sshd::is_available())
}

/// The server's key, as it is presented at another port.
fn key_at(sshd: &Sshd, port: u16) -> HostKey {
    let line = sshd.host_keys()[0].public();
    let mut words = line.split_whitespace();
    HostKey {
        host: "127.0.0.1".to_owned(),
        port,
        key_type: words.next().unwrap().to_owned(),
        key: words.next().unwrap().to_owned(),
        fingerprint: sshd.host_keys()[0].fingerprint(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exact_failure_is_told() {
    let bench = Bench::with_limit(Duration::from_secs(1)).await;
    let closed = Proxy::start(1, Fault::Closed);
    let silent = Proxy::start(1, Fault::Silent);
    let mut nowhere = bench.target("nowhere", 22, Some("ada"), None).await;
    nowhere.spec.addresses = vec!["no-such-host.invalid".to_owned()];
    for (target, words) in [
        (bench.target("refused", free_port(), Some("ada"), None).await, "connection refused"),
        (bench.target("closed", closed.port(), Some("ada"), None).await, "lost while agreeing on encryption"),
        (bench.target("silent", silent.port(), Some("ada"), None).await, "no answer within 1 s"),
        (nowhere, "cannot be resolved"),
    ] {
        let TestResult::Failed { problem } = bench.engine.test(&target, "ada").await.unwrap() else {
            panic!("{} cannot be reached", target.spec.name)
        };
        assert!(problem.detail.to_lowercase().contains(words), "{}: {problem}", target.spec.name);
        assert!(!problem.hint.is_empty(), "{}: it must say what to do", target.spec.name);
        let job = bench.run(command(&[target], "touch /tmp/never")).await;
        assert_eq!(cell(&job, 0).0, CellState::Unreachable, "{:?}", cell(&job, 0));
    }
    assert!(closed.connections() >= 4, "a connection that was lost before anything was sent is tried three times");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_at_any_moment_leaves_no_lie() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, bench) =
        (Account::create(AccountOptions::default()), Bench::with_limit(Duration::from_secs(3)).await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let mark = account.home().join("marks");
    let mut seen = std::collections::BTreeMap::new();
    // A whole exchange is about 4 kB from the server; the cuts fall into every phase of it.
    for n in 0..48u64 {
        let bytes = 21 + n * 83;
        let proxy = Proxy::start(sshd.port(), Fault::CutAfter(bytes));
        let target = bench.target(&format!("cut {bytes}"), proxy.port(), None, Some(credential)).await;
        bench.accept(&key_at(&sshd, proxy.port()), false).await;
        let job = bench.run(command(&[target], &format!("echo cut-{bytes}- >> marks; sleep 0.05"))).await;
        let (state, detail) = cell(&job, 0);
        let marked = content(&mark).contains(&format!("cut-{bytes}-"));
        match state {
            CellState::Changed => assert!(marked, "{bytes}: changed, and nothing happened there: {detail}"),
            CellState::Unreachable | CellState::Failed => {
                assert!(!marked, "{bytes}: “{detail}”, and yet it happened there");
            }
            CellState::Unknown => assert!(detail.contains("not known"), "{bytes}: {detail}"),
            other => panic!("{bytes}: {other}: {detail}"),
        }
        *seen.entry(state).or_insert(0) += 1;
        bench.engine.forget_sessions();
    }
    assert_eq!(
        content(&mark).lines().count(),
        content(&mark).lines().collect::<std::collections::BTreeSet<_>>().len(),
        "nothing ran twice"
    );
    assert!(seen.len() >= 2, "the cuts must fall into different phases: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_noticed() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, bench) =
        (Account::create(AccountOptions::default()), Bench::with_limit(Duration::from_secs(1)).await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let job = bench.start(command(&[target], "sleep 4; echo done")).await.unwrap();
    bench.until(job.id, 0, 0, CellState::Running).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    sshd.freeze(true);
    let began = Instant::now();
    let ended = bench.end_of(job.id).await;
    sshd.freeze(false);
    let (state, detail) = cell(&ended, 0);
    assert_eq!(state, CellState::Unknown, "{detail}");
    assert!(detail.contains("has not answered"), "{detail}");
    assert!(began.elapsed() < Duration::from_secs(30), "an hour's time limit must not be waited for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_silence_alone_is_no_failure() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions { config: vec!["MaxSessions 1".to_owned()], ..SshdOptions::default() });
    let (account, bench) =
        (Account::create(AccountOptions::default()), Bench::with_limit(Duration::from_secs(1)).await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let job = bench.run(command(&[target], "sleep 4; echo done")).await;
    assert_eq!(cell(&job, 0).0, CellState::Changed, "{:?}", cell(&job, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_dies_in_the_middle() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, bench) =
        (Account::create(AccountOptions::default()), Bench::with_limit(Duration::from_secs(2)).await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let job = bench.start(command(std::slice::from_ref(&target), "echo begun; sleep 20")).await.unwrap();
    bench.until(job.id, 0, 0, CellState::Running).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    sshd.end_sessions();
    let ended = bench.end_of(job.id).await;
    assert_eq!(cell(&ended, 0).0, CellState::Unknown, "{:?}", cell(&ended, 0));

    // A step that only reads changed nothing, whatever became of it.
    let log = account.home().join("big.log");
    std::fs::write(&log, "x".repeat(100_000) + "\n").unwrap();
    let looking = Action::TailLog { path: log.display().to_string(), lines: 10_000 };
    let proxy = Proxy::start(sshd.port(), Fault::CutAfter(30_000));
    let target = bench.target("cut", proxy.port(), None, Some(credential)).await;
    bench.accept(&key_at(&sshd, proxy.port()), false).await;
    let job = bench.run(action(&[target], looking)).await;
    assert_eq!(cell(&job, 0).0, CellState::Failed, "{:?}", cell(&job, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_network_is_noticed_in_every_phase() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, bench) =
        (Account::create(AccountOptions::default()), Bench::with_limit(Duration::from_secs(1)).await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    for bytes in [0, 30, 900, 1500, 2500, 3000] {
        let proxy = Proxy::start(sshd.port(), Fault::StallAfter(bytes));
        let target = bench.target(&format!("stall {bytes}"), proxy.port(), None, Some(credential)).await;
        bench.accept(&key_at(&sshd, proxy.port()), false).await;
        let began = Instant::now();
        let job = bench.run(command(&[target], "echo begun; sleep 0.2; echo done")).await;
        let (state, detail) = cell(&job, 0);
        assert!(
            matches!(state, CellState::Unreachable | CellState::Unknown | CellState::Failed | CellState::Changed),
            "{bytes}: {state} {detail}"
        );
        assert!(began.elapsed() < Duration::from_secs(60), "{bytes}: no wait is for ever");
        bench.engine.forget_sessions();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_sent_once_however_the_network_fails() {
    if skip() {
        return;
    }
    let (sshd, bench) = (Sshd::start(&SshdOptions::default()), Bench::with_limit(Duration::from_secs(1)).await);
    let (mut proxies, mut targets, mut users) = (Vec::new(), Vec::new(), Vec::new());
    // The server's answer to a password begins after about 1700 bytes from it.
    for bytes in (1400..2000).step_by(40) {
        for (way, fault) in [("cut", Fault::CutAfter(bytes)), ("stall", Fault::StallAfter(bytes))] {
            let proxy = Proxy::start(sshd.port(), fault);
            // Nobody of that name is there: the password travels all the same, and the log tells them apart.
            let user = format!("nobody-{way}-{bytes}-");
            let credential = bench.credential(&user, &[(USERNAME, &user), (PASSWORD, "not the password")]).await;
            targets.push(bench.target(&user, proxy.port(), None, Some(credential)).await);
            bench.accept(&key_at(&sshd, proxy.port()), false).await;
            proxies.push(proxy);
            users.push(user);
        }
    }
    let job = bench.run(command(&targets, "true")).await;
    let log = sshd.log();
    let mut cut_short = 0;
    for (place, user) in users.iter().enumerate() {
        let tries = log.lines().filter(|line| line.contains("Failed password") && line.contains(user)).count();
        assert!(
            tries <= 1,
            "{user}: machines lock accounts, and this was tried {tries} times: {:?}",
            cell(&job, place)
        );
        cut_short += usize::from(cell(&job, place).1.contains("it was not tried again"));
    }
    assert!(cut_short >= 2, "some must fail in that very moment");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_that_somebody_else_goes_on_with_is_not_written_for_ever() {
    if skip() {
        return;
    }
    let sshd = Sshd::start(&SshdOptions::default());
    let (account, bench) = (Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let second = account.home().join("second");
    let steps = vec![
        common::scripted("sleep 1; wh_changed", None, None),
        common::scripted(&format!("touch {}; wh_changed", second.display()), None, None),
    ];
    let job = bench.start(common::plan(&[target], steps)).await.unwrap();
    bench.until(job.id, 0, 0, CellState::Running).await;
    let last = bench.store.job_detail(job.id).await.unwrap().events.last().unwrap().clone();
    let what = JobEventKind::Percent { step: 0, target: 0, percent: 7 };
    let foreign = JobEvent { seq: last.seq + 1, what, ..last };
    bench.store.write_job(job.id, &JobWrite { events: vec![foreign], ..JobWrite::default() }).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), bench.end_of(job.id)).await;
    let ended = ended.expect("it can never be written, so it must not be tried for ever");
    assert_eq!(ended.summary.state, JobState::Interrupted);
    assert_eq!(cell(&ended, 0).0, CellState::Unknown, "{:?}", cell(&ended, 0));
    assert!(!second.exists(), "nothing runs that nobody would know of");
    assert!(bench.store.health().borrow().is_none(), "the disk is as good as before");
    assert!(bench.store.target_locks().await.unwrap().is_empty(), "the target is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sftp_server_that_falls_silent_is_noticed() {
    if skip() {
        return;
    }
    // It says hello, and then nothing.
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let only = folder.path().join("only");
    let text = "#!/bin/sh\ncase \"$SSH_ORIGINAL_COMMAND\" in\n*sftp*) printf '\\0\\0\\0\\5\\2\\0\\0\\0\\3'; exec sleep 60 ;;\nesac\nexec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n";
    std::fs::write(&only, text).unwrap();
    std::fs::set_permissions(&only, PermissionsExt::from_mode(0o755)).unwrap();
    let config = vec![format!("ForceCommand {}", only.display())];
    let sshd = Sshd::start(&SshdOptions { config, ..SshdOptions::default() });
    let (account, bench) =
        (Account::create(AccountOptions::default()), Bench::with_limit(Duration::from_secs(1)).await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let source = bench.home.path().join("file");
    std::fs::write(&source, b"x").unwrap();
    let file = LocalFile { path: source.display().to_string(), sha256: common::sha256(b"x"), size: 1 };
    let copy = Action::FileCopy { source: file, destination: account.home().join("f").display().to_string() };
    let job = bench.start(action(&[target], copy)).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(40), bench.end_of(job.id)).await;
    let ended = ended.expect("no wait is for ever");
    let (state, detail) = cell(&ended, 0);
    assert_eq!(state, CellState::Unreachable, "{detail}");
    assert!(detail.contains("no answer within 3 s while sending the file"), "{detail}");
    let log = bench.log(job.id).await;
    assert!(log.iter().any(|line| line.contains("could not be removed")), "what may be left is told: {log:?}");
}
