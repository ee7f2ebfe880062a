//! Creating, unlocking, locking, waiting, changing the passphrase.

use crate::support::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use wheelhouse_protocol::credential::{KeyringState, VaultState};
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::{Event, ProblemCode, Timestamp};
use wheelhouse_vault::{KdfCost, Vault, VaultError, VaultOptions};

#[tokio::test]
async fn a_vault_is_created_locked_and_unlocked() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let vault = Vault::open(store.clone(), cheap()).await.unwrap();
    assert_eq!(vault.view().await.unwrap().state, VaultState::Missing);
    assert_eq!(problem(vault.unlock(&PASSPHRASE.into()).await).code, ProblemCode::VaultMissing);
    assert_eq!(problem(vault.save(login("a", "b"), WHO).await).code, ProblemCode::VaultMissing);
    assert!(vault.list().await.unwrap().is_empty(), "there is nothing to list, which is no failure");

    let view = vault.create(&PASSPHRASE.into(), false, WHO).await.unwrap();
    assert_eq!((view.state, view.entries), (VaultState::Unlocked, 0));
    let id = vault.save(login("web", "s3cret-one"), WHO).await.unwrap().id;
    assert_eq!(vault.lock().await.unwrap().state, VaultState::Locked);
    assert_eq!(vault.view().await.unwrap().entries, 1, "the number shows while it is locked");

    let locked = vault.list().await.unwrap();
    assert_eq!(locked[0].name, "web", "targets show the name of their credential");
    assert!(locked[0].fields.is_empty() && locked[0].notes.is_empty(), "nothing else of it shows");
    for problem in [
        problem(vault.open_credential(id, "job").await),
        problem(vault.save(login("b", "c"), WHO).await.map(drop)),
        problem(vault.delete(id, WHO).await),
        problem(vault.set_keyring_unlock(true, WHO).await.map(drop)),
    ] {
        assert_eq!(problem.code, ProblemCode::VaultLocked, "{problem}");
    }

    let wrong = problem(vault.unlock(&"brass lantern over quiet harbor".into()).await);
    assert_eq!(wrong.code, ProblemCode::WrongSecret, "{wrong}");
    assert!(wrong.detail.contains("undamaged"), "the operator is told that it is not damaged: {wrong}");
    assert_eq!(vault.unlock(&PASSPHRASE.into()).await.unwrap().state, VaultState::Unlocked);
    assert_eq!(value(&vault.open_credential(id, "job").await.unwrap(), "password"), "s3cret-one");
    let again = problem(vault.create(&PASSPHRASE.into(), false, WHO).await);
    assert_eq!(again.code, ProblemCode::Conflict, "{again}");
    assert!(store.verify_audit().await.unwrap().broken_at.is_none());
}

#[tokio::test]
async fn every_write_has_its_audit_record() {
    let home = Home::new().await;
    let id = home.vault.save(login("web", "s3cret-one"), WHO).await.unwrap().id;
    home.vault.save(change(id, login("web", "s3cret-two")), WHO).await.unwrap();
    home.vault.delete(id, WHO).await.unwrap();
    home.vault.change_passphrase(&PASSPHRASE.into(), &"copper kettle under loud bridge".into(), WHO).await.unwrap();
    let records = home.store.audit(100, None, "").await.unwrap();
    let what: Vec<&str> = records.iter().rev().map(|record| record.what.as_str()).collect();
    assert_eq!(
        what,
        ["vault.created", "credential.created", "credential.changed", "credential.deleted", "vault.passphrase-changed"]
    );
    assert!(records.iter().all(|record| record.who == WHO));
    let text = format!("{records:?}");
    assert!(text.contains("web"), "the entry is named");
    assert!(!text.contains("s3cret") && !text.contains("kettle"), "and no secret is: {text}");
}

#[tokio::test]
async fn weak_passphrases_are_refused_with_advice() {
    let directory = tempfile::tempdir().unwrap();
    let vault = Vault::open(store(directory.path()).await, cheap()).await.unwrap();
    for weak in ["short", "password1234", "aaaaaaaaaaaaaaaa"] {
        let problem = problem(vault.create(&weak.into(), false, WHO).await);
        assert_eq!(problem.code, ProblemCode::InvalidInput, "{problem}");
        assert!(!problem.hint.is_empty(), "what would be better: {problem}");
    }
    assert_eq!(vault.view().await.unwrap().state, VaultState::Missing, "nothing was created");
    vault.create(&PASSPHRASE.into(), false, WHO).await.unwrap();
    let weak = problem(vault.change_passphrase(&PASSPHRASE.into(), &"password1234".into(), WHO).await);
    assert_eq!(weak.code, ProblemCode::InvalidInput, "{weak}");
    vault.unlock(&PASSPHRASE.into()).await.expect("the old one still opens it");
}

#[tokio::test]
async fn changing_the_passphrase_seals_the_key_anew_and_nothing_else() {
    let home = Home::new().await;
    for n in 0..5 {
        home.vault.save(login(&format!("e{n}"), "s3cret-one"), WHO).await.unwrap();
    }
    let raw = home.raw().await;
    let before = raw.rows("current").await;
    let new = "copper kettle under loud bridge";
    let wrong = home.vault.change_passphrase(&"brass lantern over".into(), &new.into(), WHO).await;
    assert_eq!(problem(wrong).code, ProblemCode::WrongSecret);
    let view = home.vault.change_passphrase(&PASSPHRASE.into(), &new.into(), WHO).await.unwrap();
    assert_eq!(view.state, VaultState::Unlocked, "an open vault stays open");
    let after = raw.rows("current").await;
    assert_eq!(before.entries, after.entries, "the entries are the same, byte for byte");
    assert_ne!(before.header, after.header);
    home.vault.save(login("after", "s3cret"), WHO).await.expect("the open vault goes on");

    let other = home.again().await;
    assert_eq!(problem(other.unlock(&PASSPHRASE.into()).await).code, ProblemCode::WrongSecret, "the old one");
    assert_eq!(other.unlock(&new.into()).await.unwrap().entries, 6);
    other.lock().await.unwrap();
    let view = other.change_passphrase(&new.into(), &PASSPHRASE.into(), WHO).await.unwrap();
    assert_eq!(view.state, VaultState::Locked, "a locked vault stays locked");
    other.unlock(&PASSPHRASE.into()).await.unwrap();
}

#[tokio::test]
async fn the_old_passphrase_opens_nothing_that_is_left_in_the_database() {
    let home = Home::new().await;
    home.vault.save(login("a", "s3cret-one"), WHO).await.unwrap();
    let new = "copper kettle under loud bridge";
    home.vault.change_passphrase(&PASSPHRASE.into(), &new.into(), WHO).await.unwrap();
    let raw = home.raw().await;
    let previous = raw.rows("previous").await.header.unwrap();
    raw.set_header(Some(&previous)).await;
    let error = home.again().await.unlock(&PASSPHRASE.into()).await.expect_err("the kept header");
    assert!(matches!(error, VaultError::WrongPassphrase { .. }), "{error}");
}

#[tokio::test]
async fn wrong_passphrases_must_be_waited_for_and_success_ends_it() {
    let home = Home::new().await;
    let vault = home.again().await;
    for _ in 0..5 {
        let empty = problem(vault.unlock(&"".into()).await);
        assert_eq!(empty.code, ProblemCode::InvalidInput, "nobody meant that as a try: {empty}");
    }
    for _ in 0..3 {
        assert_eq!(vault.view().await.unwrap().wait_seconds, 0, "three tries are free");
        assert_eq!(problem(vault.unlock(&"wrong".into()).await).code, ProblemCode::WrongSecret);
    }
    // As after more of them, so that the wait is longer than a slow machine takes for what follows.
    let seed = async |wrong: u32, seconds_ago: i64| {
        let last = Timestamp::now().as_microsecond() - seconds_ago * 1_000_000;
        let count = serde_json::json!({ "wrong": wrong, "last": last });
        home.store.set_setting("vault.attempts", &count).await.unwrap();
    };
    seed(10, 0).await;
    let other = home.again().await;
    for vault in [&vault, &other] {
        let wait = vault.view().await.unwrap().wait_seconds;
        assert!((200..=256).contains(&wait), "{wait} s, also in another program or this one started anew");
        let refused = problem(vault.unlock(&PASSPHRASE.into()).await);
        assert_eq!(refused.title, "Too many wrong passphrases", "not even the right one is looked at");
    }
    let refused = problem(other.change_passphrase(&PASSPHRASE.into(), &"copper kettle under bridge".into(), WHO).await);
    assert_eq!(refused.title, "Too many wrong passphrases", "nor may it be guessed by changing it");
    let refused = problem(other.restore_previous(&PASSPHRASE.into(), WHO).await);
    assert_eq!(refused.title, "Too many wrong passphrases", "nor by restoring");
    seed(10, 257).await;
    other.unlock(&PASSPHRASE.into()).await.expect("after the wait");
    for _ in 0..2 {
        assert_eq!(problem(vault.unlock(&"wrong".into()).await).code, ProblemCode::WrongSecret, "it starts anew");
    }
    assert_eq!(vault.view().await.unwrap().wait_seconds, 0);
}

#[tokio::test]
async fn an_idle_vault_locks_itself_and_a_used_one_does_not() {
    let told = Arc::new(AtomicU32::new(0));
    let counter = told.clone();
    let publisher = Publisher::new(move |event| {
        assert_eq!(event, Event::VaultChanged);
        counter.fetch_add(1, Ordering::SeqCst);
    });
    let limit = Duration::from_secs(1);
    let home = Home::with(VaultOptions { auto_lock: limit, publisher, ..cheap() }, false).await;
    let id = home.vault.save(login("a", "s3cret-one"), WHO).await.unwrap().id;
    let began = Instant::now();
    while began.elapsed() < limit * 2 {
        let last = Instant::now();
        tokio::time::sleep(limit / 10).await;
        let used = home.vault.open_credential(id, "job").await;
        // A machine that stood still for so long has not used it.
        if last.elapsed() < limit / 2 {
            used.expect("it is in use");
        } else if used.is_err() {
            home.vault.unlock(&PASSPHRASE.into()).await.unwrap();
        }
    }
    let before = told.load(Ordering::SeqCst);
    let idle = Instant::now();
    while home.vault.view().await.unwrap().state == VaultState::Unlocked {
        assert!(idle.elapsed() < Duration::from_secs(20), "looking at it is no use");
        tokio::time::sleep(limit / 20).await;
    }
    assert_eq!(told.load(Ordering::SeqCst), before + 1, "the doors are told that it closed");
    home.vault.unlock(&PASSPHRASE.into()).await.expect("and it opens again");
}

#[tokio::test]
async fn an_idle_vault_locks_itself_though_nobody_looks() {
    let home = Home::with(VaultOptions { auto_lock: Duration::from_millis(50), ..cheap() }, false).await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let publisher = Publisher::new(move |_| assert!(tell.send(()).is_ok(), "somebody listens"));
    let options = VaultOptions { auto_lock: Duration::from_millis(50), publisher, ..cheap() };
    let vault = Vault::open(home.store.clone(), options).await.unwrap();
    vault.unlock(&PASSPHRASE.into()).await.unwrap();
    for what in ["opened", "locked"] {
        let waited = tokio::time::timeout(Duration::from_secs(20), told.recv()).await;
        assert_eq!(waited, Ok(Some(())), "it was {what}");
    }
    vault.set_auto_lock(7);
    assert_eq!(vault.view().await.unwrap().auto_lock_minutes, 7);
    vault.set_auto_lock(0);
    assert_eq!(vault.view().await.unwrap().auto_lock_minutes, 0);
}

#[tokio::test]
async fn options_cannot_go_below_the_floor() {
    let home = Home::new().await;
    let cost = KdfCost { memory_kib: KdfCost::FLOOR_KIB - 1, ..KdfCost::FLOOR };
    let error = Vault::open(home.store.clone(), VaultOptions { cost, ..cheap() }).await.expect_err("too cheap");
    assert!(matches!(error, VaultError::Cost { .. }), "{error}");
}

#[tokio::test]
async fn without_a_keyring_that_is_said() {
    let home = Home::new().await;
    let view = home.vault.view().await.unwrap();
    assert!(matches!(view.keyring, KeyringState::Unavailable { .. }), "{view:?}");
}

/// Prints what a passphrase costs at the parameters the program uses.
#[tokio::test]
async fn unlocking_at_the_default_cost_is_bearable() {
    let home = Home::with(VaultOptions { cost: KdfCost::default(), ..cheap() }, false).await;
    let vault = home.again().await;
    let began = Instant::now();
    vault.unlock(&PASSPHRASE.into()).await.unwrap();
    let took = began.elapsed();
    println!("unlocking at {:?} took {took:?}", KdfCost::default());
    let header = home.raw().await.rows("current").await.header.unwrap();
    let stored = br#""cost":{"memory_kib":262144,"passes":3,"lanes":4}"#;
    assert!(header.windows(stored.len()).any(|w| w == stored), "256 MiB, three passes, four lanes are what is stored");
    assert!(took < Duration::from_secs(30), "nobody waits longer");
}
