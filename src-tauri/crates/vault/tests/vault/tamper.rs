//! Somebody who can write the file changes it: whatever they do, it shows.

use crate::support::*;
use wheelhouse_protocol::credential::VaultState;
use wheelhouse_protocol::{CredentialId, ProblemCode};
use wheelhouse_vault::{Vault, VaultError};

/// A small vault that opens without a passphrase, so that thousands of tries take seconds.
struct Small {
    home: Home,
    keyring: MemoryKeyring,
    ids: Vec<CredentialId>,
}

impl Small {
    async fn new() -> Self {
        let keyring = MemoryKeyring::new();
        let home = Home::with(keyring.options(), true).await;
        let mut ids = Vec::new();
        for name in ["one", "two"] {
            ids.push(home.vault.save(login(name, "s3cret"), WHO).await.unwrap().id);
        }
        Self { home, keyring, ids }
    }

    /// What a program that starts now finds.
    async fn unlock(&self) -> Result<(), VaultError> {
        let vault = Vault::open(self.home.store.clone(), self.keyring.options()).await.unwrap();
        vault.unlock_with_keyring().await.map(drop)
    }
}

#[tokio::test]
async fn every_changed_byte_of_every_row_shows() {
    let small = Small::new().await;
    let raw = small.home.raw().await;
    let rows = raw.rows("current").await;
    small.unlock().await.expect("untouched, it opens");
    let mut tried = 0;
    let header = rows.header.clone().unwrap();
    for place in 0..header.len() {
        let mut changed = header.clone();
        changed[place] ^= 1;
        raw.set_header(Some(&changed)).await;
        let result = small.unlock().await;
        assert!(matches!(result, Err(VaultError::Damaged { .. })), "header, byte {place}: {result:?}");
        tried += 1;
    }
    raw.set_header(Some(&header)).await;
    for (id, row) in &rows.entries {
        for place in 0..row.len() {
            let mut changed = row.clone();
            changed[place] ^= 1;
            raw.set_entry(id, Some(&changed)).await;
            let result = small.unlock().await;
            assert!(matches!(result, Err(VaultError::Damaged { .. })), "entry {id}, byte {place}: {result:?}");
            tried += 1;
        }
        raw.set_entry(id, Some(row)).await;
    }
    small.unlock().await.expect("put right again, it opens");
    assert!(tried > 1500, "{tried} bytes is less than a vault");
}

#[tokio::test]
async fn exchanged_rolled_back_removed_and_added_entries_show() {
    let small = Small::new().await;
    let (one, two) = (small.ids[0], small.ids[1]);
    small.home.vault.save(change(one, login("one", "s3cret-new")), WHO).await.unwrap();
    let raw = small.home.raw().await;
    let (row_one, row_two) = (raw.entry("current", one).await.unwrap(), raw.entry("current", two).await.unwrap());
    let was = raw.entry("previous", one).await.expect("the row before the change is kept");
    assert_ne!(was, row_one);
    let says = |result: Result<(), VaultError>, what: &str| {
        let problem = problem(result);
        assert_eq!(problem.code, ProblemCode::Damaged, "{problem}");
        assert!(problem.detail.contains(what), "{what}: {problem}");
        assert!(problem.hint.contains("restore"), "what to do: {problem}");
    };

    raw.set_entry(one, Some(&row_two)).await;
    raw.set_entry(two, Some(&row_one)).await;
    says(small.unlock().await, &one.to_string());
    raw.set_entry(two, Some(&row_two)).await;

    raw.set_entry(one, Some(&was)).await;
    says(small.unlock().await, "“one” is at version 1, and should be at 2");

    raw.set_entry(one, None).await;
    says(small.unlock().await, "missing");

    raw.set_entry(one, Some(&row_one)).await;
    small.unlock().await.expect("as it was");
    let id = small.home.vault.save(login("three", "s3cret"), WHO).await.unwrap().id;
    let row = raw.entry("current", id).await.unwrap();
    small.home.vault.delete(id, WHO).await.unwrap();
    small.unlock().await.expect("removed properly");
    raw.set_entry(id, Some(&row)).await;
    says(small.unlock().await, "“three” is there and should not be");
}

#[tokio::test]
async fn what_is_clear_in_an_entry_is_bound_to_what_is_sealed() {
    let small = Small::new().await;
    let raw = small.home.raw().await;
    let row = raw.entry("current", small.ids[0]).await.unwrap();
    // The same length, so that everything still parses: "one" becomes "eno".
    let place = row.windows(6).position(|w| w == b":\"one\"").expect("the name is readable while locked") + 2;
    let mut renamed = row.clone();
    renamed[place..place + 3].copy_from_slice(b"eno");
    raw.set_entry(small.ids[0], Some(&renamed)).await;
    let result = small.unlock().await;
    assert!(matches!(result, Err(VaultError::Damaged { .. })), "{result:?}");
}

#[tokio::test]
async fn a_whole_header_put_back_shows_while_the_vault_is_open() {
    let small = Small::new().await;
    let vault = &small.home.vault;
    let raw = small.home.raw().await;
    let before = raw.rows("current").await;
    let id = vault.save(login("three", "s3cret"), WHO).await.unwrap().id;
    // Header and entries as they were a moment ago: consistent in themselves.
    raw.set_header(before.header.as_deref()).await;
    raw.set_entry(id, None).await;
    let error = vault.list().await.expect_err("it was rolled back");
    assert!(matches!(error, VaultError::RolledBack), "{error}");
    assert_eq!(vault.view().await.unwrap().state, VaultState::Locked, "and locked itself");
}

#[tokio::test]
async fn another_vault_in_its_place_shows_while_it_is_open() {
    let small = Small::new().await;
    let other = Small::new().await;
    let theirs = other.home.raw().await.rows("current").await;
    let raw = small.home.raw().await;
    raw.set_header(theirs.header.as_deref()).await;
    let error = small.home.vault.open_credential(small.ids[0], "t").await.expect_err("it was replaced");
    assert!(matches!(error, VaultError::Replaced), "{error}");
    let error = small.home.vault.save(login("x", "y"), WHO).await.expect_err("and locked");
    assert!(matches!(error, VaultError::Locked), "{error}");
}

#[tokio::test]
async fn damage_and_a_wrong_passphrase_are_told_apart() {
    let small = Small::new().await;
    let raw = small.home.raw().await;
    let header = raw.rows("current").await.header.unwrap();
    let vault = small.home.again().await;
    assert_eq!(problem(vault.unlock(&"not the passphrase".into()).await).code, ProblemCode::WrongSecret);
    let mut changed = header.clone();
    changed[header.len() / 2] ^= 1;
    raw.set_header(Some(&changed)).await;
    for _ in 0..5 {
        let problem = problem(vault.unlock(&PASSPHRASE.into()).await);
        assert_eq!(problem.code, ProblemCode::Damaged, "with the right one: {problem}");
        let problem = self::problem(vault.unlock(&"not the passphrase".into()).await);
        assert_eq!(problem.code, ProblemCode::Damaged, "with a wrong one: {problem}");
    }
    assert_eq!(vault.view().await.unwrap().wait_seconds, 0, "trying to open a damaged vault is no guess");
    assert_eq!(vault.view().await.unwrap().state, VaultState::Locked, "it is not missing");
    raw.set_header(Some(&header)).await;
    vault.unlock(&PASSPHRASE.into()).await.unwrap();
}

#[tokio::test]
async fn a_vault_without_its_header_is_damaged_not_missing() {
    let small = Small::new().await;
    let raw = small.home.raw().await;
    raw.set_header(None).await;
    let vault = small.home.again().await;
    for everything_gone in [false, true] {
        if everything_gone {
            raw.run("DELETE FROM vault_entries WHERE slot = 'current'").await;
        }
        assert_eq!(vault.view().await.unwrap().state, VaultState::Locked);
        assert_eq!(problem(vault.unlock(&PASSPHRASE.into()).await).code, ProblemCode::Damaged);
        let refused = problem(vault.create(&PASSPHRASE.into(), false, WHO).await);
        assert_eq!(refused.code, ProblemCode::Damaged, "a new one would bury what is left: {refused}");
    }
}
