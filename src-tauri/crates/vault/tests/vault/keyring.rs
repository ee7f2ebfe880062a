//! The OS keyring, with one in memory that behaves well or badly.

use crate::support::*;
use std::time::{Duration, Instant};
use wheelhouse_protocol::ProblemCode;
use wheelhouse_protocol::credential::{KeyringState, VaultState};
use wheelhouse_vault::{Vault, VaultOptions};

async fn again(home: &Home, keyring: &MemoryKeyring) -> Vault {
    Vault::open(store(home.directory.path()).await, keyring.options()).await.unwrap()
}

#[tokio::test]
async fn the_keyring_opens_the_vault_and_is_never_the_only_way() {
    let keyring = MemoryKeyring::new();
    let home = Home::with(keyring.options(), true).await;
    assert_eq!(home.vault.view().await.unwrap().keyring, KeyringState::Working { opens_vault: true });
    assert_eq!(keyring.kept().len(), 1, "the probe left nothing behind");
    let vault = again(&home, &keyring).await;
    assert_eq!(vault.view().await.unwrap().keyring, KeyringState::Working { opens_vault: true });
    assert_eq!(vault.unlock_with_keyring().await.unwrap().state, VaultState::Unlocked);
    vault.lock().await.unwrap();
    vault.unlock(&PASSPHRASE.into()).await.expect("the passphrase opens it as well");
}

#[tokio::test]
async fn an_entry_that_is_gone_or_another_asks_for_the_passphrase_and_is_not_replaced() {
    let keyring = MemoryKeyring::new();
    let home = Home::with(keyring.options(), true).await;
    let vault = again(&home, &keyring).await;
    for spoil in [MemoryKeyring::garble, MemoryKeyring::clear] {
        spoil(&keyring);
        let before = keyring.kept();
        let problem = problem(vault.unlock_with_keyring().await);
        assert_eq!(problem.code, ProblemCode::VaultLocked, "{problem}");
        assert!(problem.hint.contains("passphrase"), "what to do: {problem}");
        assert_eq!(keyring.kept(), before, "no new key was made");
        let view = vault.view().await.unwrap();
        assert_eq!(view.keyring, KeyringState::Working { opens_vault: false });
        assert_eq!(view.wait_seconds, 0, "that is no guess at the passphrase");
    }
    vault.unlock(&PASSPHRASE.into()).await.unwrap();
    let view = vault.set_keyring_unlock(true, WHO).await.unwrap();
    assert_eq!(view.keyring, KeyringState::Working { opens_vault: true }, "set up anew");
    again(&home, &keyring).await.unlock_with_keyring().await.expect("it opens again");
}

#[tokio::test]
async fn switched_off_it_opens_nothing_and_keeps_nothing() {
    let keyring = MemoryKeyring::new();
    let home = Home::with(keyring.options(), true).await;
    let kept = keyring.kept();
    let view = home.vault.set_keyring_unlock(false, WHO).await.unwrap();
    assert_eq!(view.keyring, KeyringState::Working { opens_vault: false });
    assert!(keyring.kept().is_empty(), "its entry is removed");
    // Somebody who had copied the keyring's entry, and puts back the kept header.
    let (account, secret) = kept.into_iter().next().unwrap();
    wheelhouse_vault::Keyring::set(&keyring, &account, &secret).unwrap();
    let raw = home.raw().await;
    let previous = raw.rows("previous").await.header;
    raw.set_header(previous.as_deref()).await;
    let problem = problem(again(&home, &keyring).await.unlock_with_keyring().await);
    assert_eq!(problem.code, ProblemCode::VaultLocked, "{problem}");
}

#[tokio::test]
async fn a_locked_keyring_is_not_taken_for_an_empty_one() {
    let keyring = MemoryKeyring::new();
    let home = Home::with(keyring.options(), true).await;
    keyring.set_mood(Mood::Locked);
    let vault = again(&home, &keyring).await;
    let view = vault.view().await.unwrap();
    assert!(matches!(&view.keyring, KeyringState::Unavailable { reason } if reason.contains("unlock it")), "{view:?}");
    let locked = problem(vault.unlock_with_keyring().await);
    assert_eq!(
        locked.code,
        ProblemCode::Unavailable,
        "it says nothing is there, and a probe shows it is locked: {locked}"
    );
    vault.unlock(&PASSPHRASE.into()).await.unwrap();
    assert_eq!(problem(vault.set_keyring_unlock(true, WHO).await).code, ProblemCode::Unavailable);
    keyring.set_mood(Mood::Works);
    vault.unlock_with_keyring().await.expect("the keyring's own key was not overwritten");
    assert_eq!(vault.view().await.unwrap().keyring, KeyringState::Working { opens_vault: true }, "seen to work again");
}

#[tokio::test]
async fn creating_with_a_keyring_that_does_not_work_creates_nothing() {
    let keyring = MemoryKeyring::new();
    keyring.set_mood(Mood::Locked);
    let directory = tempfile::tempdir().unwrap();
    let vault = Vault::open(store(directory.path()).await, keyring.options()).await.unwrap();
    let problem = problem(vault.create(&PASSPHRASE.into(), true, WHO).await);
    assert_eq!(problem.code, ProblemCode::Unavailable, "{problem}");
    assert_eq!(vault.view().await.unwrap().state, VaultState::Missing);
    vault.create(&PASSPHRASE.into(), false, WHO).await.expect("without it");
}

#[tokio::test]
async fn a_keyring_that_waits_for_a_person_holds_up_nothing_else() {
    let keyring = MemoryKeyring::new();
    let home = Home::with(keyring.options(), true).await;
    let options = VaultOptions { keyring_patience: Duration::from_millis(200), ..keyring.options() };
    let vault = Vault::open(store(home.directory.path()).await, options).await.unwrap();
    keyring.set_mood(Mood::Silent);
    let began = Instant::now();
    for _ in 0..3 {
        let view = vault.view().await.unwrap();
        assert!(matches!(view.keyring, KeyringState::Unavailable { .. }), "{view:?}");
    }
    assert_eq!(problem(vault.unlock_with_keyring().await).code, ProblemCode::Unavailable);
    vault.unlock(&PASSPHRASE.into()).await.expect("the passphrase opens it meanwhile");
    vault.lock().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(20), "each wait is limited");
    assert!(keyring.sets() <= 3, "it was asked once, not at each look: {}", keyring.sets());
    keyring.set_mood(Mood::Works);
    let deadline = Instant::now() + Duration::from_secs(20);
    while vault.view().await.unwrap().keyring != (KeyringState::Working { opens_vault: true }) {
        assert!(Instant::now() < deadline, "the late answer is used");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn looking_does_not_ask_the_keyring_again_and_again() {
    let keyring = MemoryKeyring::new();
    let home = Home::with(keyring.options(), true).await;
    let vault = again(&home, &keyring).await;
    let before = keyring.sets();
    for _ in 0..10 {
        vault.view().await.unwrap();
    }
    assert_eq!(keyring.sets(), before + 1, "one probe");
}
