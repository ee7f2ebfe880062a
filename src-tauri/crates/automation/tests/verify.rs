//! *Verify now*: what a later look can tell is told, and nothing more.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Bench, cell, plan, scripted};
use std::time::Duration;
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::credential::field::{PASSWORD, PRIVATE_KEY, USERNAME};
use wheelhouse_protocol::inventory::Target;
use wheelhouse_protocol::job::{CellState, JobDetail, VerifyJob};
use wheelhouse_testbed::{Account, AccountOptions, KeyPair, Sshd, SshdOptions, missing};

fn skip() -> bool {
    missing("sshd (as root)", Sshd::is_available())
}

/// A job that lost its connection while it ran, on all of these targets.
async fn lost(bench: &Bench, sshd: &Sshd, targets: &[Target], action: Action, look: &str) -> JobDetail {
    let mut step = scripted("sleep 20; wh_changed", Some(look), None);
    step.title = action.title();
    step.action = action;
    let job = bench.start(plan(targets, vec![step])).await.unwrap();
    for place in 0..targets.len() {
        bench.until(job.id, 0, place, CellState::Running).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    sshd.end_sessions();
    let ended = bench.end_of(job.id).await;
    assert_eq!(cell(&ended, 0).0, CellState::Unknown, "{:?}", cell(&ended, 0));
    ended
}

async fn verify(bench: &Bench, job: &JobDetail) -> JobDetail {
    bench.engine.verify(&VerifyJob { job: job.summary.id }, "ada").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_no_trace_cannot_be_told_later() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&SshdOptions::default()), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let targets = [target];
    let restart = || Action::ServiceRestart { service: Name::plain("by-hand") };
    let start = || Action::ServiceStart { service: Name::plain("by-hand") };
    for (action, look, expected) in [
        (start(), "true", CellState::Changed),
        (start(), "exit 1", CellState::Failed),
        // It runs: it may never have been stopped.
        (restart(), "true", CellState::Unknown),
        (restart(), "exit 1", CellState::Failed),
    ] {
        let title = format!("{} ({look})", action.title());
        let job = lost(&bench, &sshd, &targets, action, look).await;
        let looked = verify(&bench, &job).await;
        assert_eq!(cell(&looked, 0).0, expected, "{title}: {:?}", cell(&looked, 0));
        let log = bench.log(job.summary.id).await;
        let told = log.iter().any(|line| line.contains("cannot be told"));
        assert_eq!(told, expected == CellState::Unknown, "{title}: why it stays unknown is told: {log:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_looked_at_is_told_with_the_reason() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&SshdOptions::default()), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let key = KeyPair::generate("ed25519", "");
    account.authorize(&key.public());
    let other = bench.credential("other", &[(USERNAME, account.name()), (PRIVATE_KEY, &key.private())]).await;
    let one = bench.target("one", sshd.port(), None, Some(credential)).await;
    let two = bench.target("two", sshd.port(), None, Some(other)).await;
    bench.trust(&one).await;
    let job = lost(&bench, &sshd, &[one, two], Action::ServiceStart { service: Name::plain("by-hand") }, "true").await;
    // The second target's credential is spoilt in between.
    let spoilt = [(USERNAME, account.name()), (PRIVATE_KEY, "no key at all")];
    bench.save_credential(Some(other), "other", &spoilt).await;
    let looked = verify(&bench, &job).await;
    assert_eq!((cell(&looked, 0).0, cell(&looked, 1).0), (CellState::Changed, CellState::Unknown));
    let log = bench.log(job.summary.id).await;
    assert!(log.iter().any(|line| line.contains("was not looked at: the private key of “other”")), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_look_at_once_do_not_collide() {
    if skip() {
        return;
    }
    let (sshd, account, bench) =
        (Sshd::start(&SshdOptions::default()), Account::create(AccountOptions::default()), Bench::new().await);
    let credential = bench.credential("c", &[(USERNAME, account.name()), (PASSWORD, account.password())]).await;
    let target = bench.target("t", sshd.port(), None, Some(credential)).await;
    bench.trust(&target).await;
    let start = Action::ServiceStart { service: Name::plain("by-hand") };
    let job = lost(&bench, &sshd, &[target], start, "sleep 1").await;
    let other = bench.beside().await;
    let command = VerifyJob { job: job.summary.id };
    let both = async { tokio::join!(bench.engine.verify(&command, "ada"), other.verify(&command, "grace")) };
    let (one, two) = tokio::time::timeout(Duration::from_secs(20), both).await.expect("neither waits without end");
    let (looked, refused) = match (one, two) {
        (Ok(looked), Err(refused)) | (Err(refused), Ok(looked)) => (looked, refused),
        (one, two) => panic!("one looks and the other is told so: {one:?}, {two:?}"),
    };
    assert_eq!(cell(&looked, 0).0, CellState::Changed, "{:?}", cell(&looked, 0));
    assert!(refused.detail.contains("is being looked at already"), "{refused}");
    assert!(bench.store.health().borrow().is_none(), "the disk is as good as before");
    let again = bench.engine.verify(&command, "ada").await.expect_err("it is known by now");
    assert_eq!(again.title, "There is nothing to look at again", "and whoever looked has let go of it: {again}");
}
