//! Two programs on one data directory.

use crate::support::*;
use std::collections::BTreeSet;
use wheelhouse_protocol::credential::VaultState;
use wheelhouse_protocol::{ProblemCode, SecretInput};
use wheelhouse_vault::{Vault, VaultError};

#[tokio::test]
async fn each_sees_what_the_other_writes() {
    let home = Home::new().await;
    let other = home.again().await;
    other.unlock(&PASSPHRASE.into()).await.unwrap();
    let id = home.vault.save(login("one", "a1"), WHO).await.unwrap().id;
    assert_eq!(value(&other.open_credential(id, "t").await.unwrap(), "password"), "a1");
    other.save(change(id, login("one", "a2")), WHO).await.unwrap();
    assert_eq!(value(&home.vault.open_credential(id, "t").await.unwrap(), "password"), "a2");
    assert_eq!(problem(home.vault.save(login("ONE", "x"), WHO).await).code, ProblemCode::Conflict, "the name is taken");
    other.delete(id, WHO).await.unwrap();
    assert_eq!(problem(home.vault.open_credential(id, "t").await).code, ProblemCode::NotFound);
    assert_eq!(home.vault.view().await.unwrap().entries, 0);
    other.lock().await.unwrap();
    assert_eq!(home.vault.view().await.unwrap().state, VaultState::Unlocked, "each locks for itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_write_at_the_same_time_and_lose_nothing() {
    let home = Home::new().await;
    let other = home.again().await;
    other.unlock(&PASSPHRASE.into()).await.unwrap();
    let write = async |vault: &Vault, tag: &str| {
        for n in 0..25 {
            let id = vault.save(login(&format!("{tag}{n}"), &format!("{tag}{n}-a")), WHO).await.unwrap().id;
            vault.save(change(id, login(&format!("{tag}{n}"), &format!("{tag}{n}-b"))), WHO).await.unwrap();
        }
    };
    tokio::join!(write(&home.vault, "x"), write(&other, "y"));
    let third = home.again().await;
    third.unlock(&PASSPHRASE.into()).await.unwrap();
    let views = third.list().await.unwrap();
    let names: BTreeSet<_> = views.iter().map(|view| view.name.clone()).collect();
    assert_eq!(names.len(), 50, "every entry of both is there");
    for view in &views {
        let open = third.open_credential(view.id, "t").await.unwrap();
        assert_eq!(value(&open, "password"), format!("{}-b", view.name), "at its last version");
    }
    assert!(home.store.verify_audit().await.unwrap().broken_at.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_create_it_one_does() {
    let directory = tempfile::tempdir().unwrap();
    let one = Vault::open(store(directory.path()).await, cheap()).await.unwrap();
    let two = Vault::open(store(directory.path()).await, cheap()).await.unwrap();
    let (mine, theirs) = (SecretInput::from(PASSPHRASE), SecretInput::from("copper kettle under loud bridge"));
    let (first, second) = tokio::join!(one.create(&mine, false, WHO), two.create(&theirs, false, "bob"));
    assert_eq!(u32::from(first.is_ok()) + u32::from(second.is_ok()), 1, "{first:?} {second:?}");
    let third = Vault::open(store(directory.path()).await, cheap()).await.unwrap();
    third.unlock(if first.is_ok() { &mine } else { &theirs }).await.expect("the one that was told so has the vault");
}

#[tokio::test]
async fn a_passphrase_changed_by_one_does_not_disturb_the_other() {
    let home = Home::new().await;
    let id = home.vault.save(login("one", "a1"), WHO).await.unwrap().id;
    let other = home.again().await;
    other.change_passphrase(&PASSPHRASE.into(), &"copper kettle under loud bridge".into(), "bob").await.unwrap();
    assert_eq!(value(&home.vault.open_credential(id, "t").await.unwrap(), "password"), "a1", "the key is the same");
    home.vault.save(login("two", "b1"), WHO).await.unwrap();
    let third = home.again().await;
    assert_eq!(third.unlock(&"copper kettle under loud bridge".into()).await.unwrap().entries, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_changes_to_one_entry_none_is_lost_unseen() {
    let home = Home::new().await;
    let other = home.again().await;
    other.unlock(&PASSPHRASE.into()).await.unwrap();
    let id = home.vault.save(login("one", "start"), WHO).await.unwrap().id;
    let write = async |vault: &Vault, tag: &str| {
        let mut done = 0;
        for n in 0..20 {
            match vault.save(change(id, login("one", &format!("{tag}{n}"))), WHO).await {
                Ok(_) => done += 1,
                Err(error) => assert!(matches!(error, VaultError::EntryConflict { .. }), "{error}"),
            }
        }
        done
    };
    let (one, two) = tokio::join!(write(&home.vault, "x"), write(&other, "y"));
    let version = home.vault.list().await.unwrap()[0].version;
    assert_eq!(version, 1 + one + two, "{one} and {two} changes were acknowledged, and each is a version");
    assert!(one + two < 40, "the test did not make them meet: {one} and {two}");
}
