//! A cancel that comes early: what had not begun never begins, what had is ended.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Bench, action, cell, owned_folders, plan, scripted, sha256, wait};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;
use wheelhouse_protocol::Event;
use wheelhouse_protocol::action::{Action, LocalFile};
use wheelhouse_protocol::credential::field::{PASSWORD, USERNAME};
use wheelhouse_protocol::inventory::Target;
use wheelhouse_protocol::job::{CellState, JobEventKind, JobState};
use wheelhouse_testbed::{Account, AccountOptions, Sshd, SshdOptions, Sudo, missing};

fn skip() -> bool {
    missing("sshd (as root)", Sshd::is_available())
}

/// An account whose shell takes so many seconds to begin, and says so in its home by a file `waiting`.
fn slow_account(seconds: f64, sudo: Sudo) -> (Account, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let shell = folder.path().join("slow-shell");
    std::fs::write(&shell, format!("#!/bin/sh\ntouch \"$HOME/waiting\"\nsleep {seconds}\nexec /bin/sh \"$@\"\n"))
        .unwrap();
    std::fs::set_permissions(&shell, PermissionsExt::from_mode(0o755)).unwrap();
    let shell = shell.display().to_string();
    (Account::create(AccountOptions { shell, sudo, ..AccountOptions::default() }), folder)
}

async fn target_of(bench: &Bench, sshd: &Sshd, account: &Account) -> Target {
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    target
}

#[tokio::test(flavor = "multi_thread")]
async fn while_its_file_is_sent_a_step_never_begins() {
    if skip() {
        return;
    }
    for hangs in [false, true] {
        cancel_while_sending(hangs).await;
    }
}

/// Cancels in the middle of a file, on a server that goes on at once or one that hangs.
async fn cancel_while_sending(hangs: bool) {
    let (sshd, account, bench) =
        (Sshd::start(&SshdOptions::default()), Account::create(AccountOptions::default()), Bench::new().await);
    let target = target_of(&bench, &sshd, &account).await;
    let source = bench.home.path().join("large");
    // Large enough that the server can be stopped in the middle of it.
    let body = vec![7; 48 * 1024 * 1024];
    std::fs::write(&source, &body).unwrap();
    let file = LocalFile { path: source.display().to_string(), sha256: sha256(&body), size: body.len() as u64 };
    let destination = account.home().join("arrived");
    let copy = Action::FileCopy { source: file, destination: destination.display().to_string() };
    let mut copy = action(&[target], copy);
    copy.steps[0].scripts.values_mut().for_each(|script| script.requires_admin = false);
    copy.hash = copy.compute_hash();

    let before = owned_folders(&account);
    let job = bench.start(copy).await.unwrap();
    wait(|| sent(&account, &before).is_some_and(|bytes| bytes > 0), "nothing is sent").await;
    sshd.freeze(true);
    assert!(sent(&account, &before).is_some_and(|bytes| bytes < body.len() as u64), "it was too fast for this test");
    bench.engine.cancel(job.id, false, "ada").await.unwrap();
    if !hangs {
        sshd.freeze(false);
    }
    let ended = tokio::time::timeout(Duration::from_secs(40), bench.end_of(job.id)).await;
    sshd.freeze(false);
    let ended = ended.expect("a server that hangs must not hold up a cancel");
    // Whatever is still on its way there has time to arrive.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(cell(&ended, 0).0, CellState::Skipped, "{:?}", cell(&ended, 0));
    assert_eq!(ended.summary.state, JobState::Cancelled);
    assert!(!destination.exists(), "cancelled before it began, and yet it was done");
    let log = bench.log(job.id).await;
    let left: Vec<PathBuf> = owned_folders(&account).difference(&before).cloned().collect();
    let told = log.iter().any(|line| line.contains("could not be removed"));
    assert_eq!((left.is_empty(), told), (!hangs, hangs), "what is left is told, and only that: {left:?} {log:?}");
    left.iter().for_each(|folder| std::fs::remove_dir_all(folder).unwrap());
}

/// How much of a file has arrived in a folder of ours on the machine.
fn sent(account: &Account, before: &BTreeSet<PathBuf>) -> Option<u64> {
    let folder = owned_folders(account).difference(before).next()?.clone();
    std::fs::metadata(folder.join("file")).ok().map(|m| m.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn while_sudo_is_waited_for_a_step_never_begins() {
    if skip() || missing("sudo", wheelhouse_testbed::program("sudo").is_some()) {
        return;
    }
    let (sshd, bench) = (Sshd::start(&SshdOptions::default()), Bench::new().await);
    let (account, _shell) = slow_account(1.5, Sudo::WithPassword);
    let target = target_of(&bench, &sshd, &account).await;
    let mark = account.home().join("mark");
    let mut step = scripted(&format!("touch {}; wh_changed", mark.display()), None, None);
    step.scripts.values_mut().for_each(|script| script.requires_admin = true);
    let job = begin(&bench, &account, plan(&[target], vec![step])).await;
    bench.engine.cancel(job, true, "ada").await.unwrap();
    let ended = bench.end_of(job).await;
    // The shell that was being opened has all the time it needs.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!mark.exists(), "interrupted before it was sent, and yet it ran");
    assert_eq!(cell(&ended, 0).0, CellState::Skipped, "{:?}", cell(&ended, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_and_has_not_said_where_it_runs_is_ended_too() {
    if skip() {
        return;
    }
    let (sshd, bench) = (Sshd::start(&SshdOptions::default()), Bench::new().await);
    let (account, _shell) = slow_account(1.5, Sudo::None);
    let target = target_of(&bench, &sshd, &account).await;
    let mark = account.home().join("mark");
    let step = scripted(&format!("sleep 4; touch {}; wh_changed", mark.display()), None, None);
    let job = begin(&bench, &account, plan(&[target], vec![step])).await;
    bench.engine.cancel(job, true, "ada").await.unwrap();
    let ended = bench.end_of(job).await;
    assert_eq!(cell(&ended, 0).0, CellState::Unknown, "{:?}", cell(&ended, 0));
    assert!(cell(&ended, 0).1.contains("interrupted"), "it was ended, and that is told: {:?}", cell(&ended, 0));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!mark.exists(), "interrupted, and yet it ran to its end");
}

/// Starts a job, and waits until its shell is being opened.
async fn begin(bench: &Bench, account: &Account, plan: wheelhouse_protocol::plan::Plan) -> wheelhouse_protocol::JobId {
    let waiting = account.home().join("waiting");
    let job = bench.start(plan).await.unwrap();
    wait(|| waiting.exists(), "no shell is opened").await;
    // What is to be sent has been, by now.
    tokio::time::sleep(Duration::from_millis(300)).await;
    job.id
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_job_is_being_cancelled_is_stored_and_told() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&SshdOptions::default()), Account::create(AccountOptions::default()), Bench::new().await);
    let target = target_of(&bench, &sshd, &account).await;
    let other = bench.beside().await;
    for by_another_program in [false, true] {
        let steps = vec![scripted("sleep 2", None, None), scripted("true", None, None)];
        let job = bench.start(plan(std::slice::from_ref(&target), steps)).await.unwrap().id;
        bench.until(job, 0, 0, CellState::Running).await;
        if by_another_program {
            other.cancel(job, false, "grace").await.unwrap();
            bench.engine.obey_cancel_requests().await.unwrap();
        } else {
            bench.engine.cancel(job, false, "ada").await.unwrap();
        }
        let ended = bench.end_of(job).await;
        let told: Vec<JobState> = ended
            .events
            .iter()
            .filter_map(|event| match &event.what {
                JobEventKind::Job { state, .. } => Some(*state),
                _ => None,
            })
            .collect();
        assert_eq!(told, [JobState::Running, JobState::Cancelling, JobState::Cancelled], "in this order, each once");
        let lines: Vec<JobState> = bench
            .events
            .lock()
            .unwrap()
            .iter()
            .filter_map(|event| match event {
                Event::JobChanged(line) if line.id == job => Some(line.state),
                _ => None,
            })
            .collect();
        assert!(lines.contains(&JobState::Cancelling), "the job's one line says so while it lasts: {lines:?}");
    }
}
