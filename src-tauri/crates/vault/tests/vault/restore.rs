//! Putting a damaged vault together again.

use crate::support::*;
use std::path::Path;
use wheelhouse_protocol::ProblemCode;
use wheelhouse_protocol::credential::{RestoredVault, VaultState};

async fn names_and_passwords(home: &Home) -> Vec<(String, String)> {
    let vault = home.again().await;
    vault.unlock(&PASSPHRASE.into()).await.expect("it is whole");
    let mut found = Vec::new();
    for view in vault.list().await.unwrap() {
        let open = vault.open_credential(view.id, "t").await.unwrap();
        found.push((view.name, value(&open, "password")));
    }
    found
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

async fn restored(home: &Home) -> RestoredVault {
    let vault = home.again().await;
    let problem = problem(vault.unlock(&PASSPHRASE.into()).await);
    assert!(problem.hint.contains("vault.restore"), "it says that it can be restored: {problem}");
    let restored = vault.restore_previous(&PASSPHRASE.into(), WHO).await.unwrap();
    assert_eq!(restored.vault.state, VaultState::Unlocked);
    let copy = std::fs::read_to_string(Path::new(&restored.copy)).expect("everything was copied first");
    assert!(copy.contains("\"previous\""), "with what was kept");
    restored
}

#[tokio::test]
async fn a_damaged_header_costs_nothing() {
    let home = Home::new().await;
    let id = home.vault.save(login("one", "a1"), WHO).await.unwrap().id;
    home.vault.save(change(id, login("one", "a2")), WHO).await.unwrap();
    home.vault.save(login("two", "b1"), WHO).await.unwrap();
    let raw = home.raw().await;
    let mut header = raw.rows("current").await.header.unwrap();
    header[60] ^= 1;
    raw.set_header(Some(&header)).await;
    let restored = restored(&home).await;
    assert_eq!((restored.older.len(), restored.lost.len()), (0, 0), "{restored:?}");
    let expected = pairs(&[("one", "a2"), ("two", "b1")]);
    assert_eq!(names_and_passwords(&home).await, expected, "also what the last change added");

    // And once more with the header gone, after a change.
    home.again().await.restore_previous(&PASSPHRASE.into(), WHO).await.expect_err("it is whole");
    let vault = home.again().await;
    vault.unlock(&PASSPHRASE.into()).await.unwrap();
    vault.save(change(id, login("one", "a3")), WHO).await.unwrap();
    raw.set_header(None).await;
    let restored = self::restored(&home).await;
    assert!(restored.lost.is_empty() && restored.older.is_empty(), "{restored:?}");
    assert_eq!(names_and_passwords(&home).await, pairs(&[("one", "a3"), ("two", "b1")]));
}

#[tokio::test]
async fn a_damaged_entry_goes_back_to_what_it_was_and_says_so() {
    let home = Home::new().await;
    let one = home.vault.save(login("one", "a1"), WHO).await.unwrap().id;
    home.vault.save(change(one, login("one", "a2")), WHO).await.unwrap();
    home.vault.save(login("two", "b1"), WHO).await.unwrap();
    let raw = home.raw().await;
    let mut row = raw.entry("current", one).await.unwrap();
    let last = row.len() - 1;
    row[last] ^= 1;
    raw.set_entry(one, Some(&row)).await;
    let restored = restored(&home).await;
    assert_eq!(restored.older, ["the entry “one”"]);
    assert!(restored.lost.is_empty());
    assert_eq!(names_and_passwords(&home).await, pairs(&[("one", "a1"), ("two", "b1")]));
    let audit = home.store.audit(1, None, "vault.restored").await.unwrap();
    assert!(audit[0].detail.to_string().contains("one"), "the audit chain names it too");
}

#[tokio::test]
async fn an_entry_of_which_nothing_is_left_is_named_and_the_rest_opens() {
    let home = Home::new().await;
    let one = home.vault.save(login("one", "a1"), WHO).await.unwrap().id;
    let two = home.vault.save(login("two", "b1"), WHO).await.unwrap().id;
    home.vault.save(login("three", "c1"), WHO).await.unwrap();
    let raw = home.raw().await;
    let mut row = raw.entry("current", one).await.unwrap();
    let last = row.len() - 1;
    row[last] ^= 1;
    raw.set_entry(one, Some(&row)).await;
    raw.set_entry(two, None).await;
    let restored = restored(&home).await;
    assert_eq!(restored.lost, ["the entry “one”".to_owned(), format!("the entry {two}")]);
    assert_eq!(names_and_passwords(&home).await, pairs(&[("three", "c1")]));
    let copy = std::fs::read_to_string(&restored.copy).unwrap();
    assert!(copy.contains(&one.to_string()), "its damaged bytes are in the copy");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&restored.copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for its owner only");
    }
}

#[tokio::test]
async fn nothing_the_key_does_not_open_is_taken_and_a_whole_vault_is_left_alone() {
    let home = Home::new().await;
    let one = home.vault.save(login("one", "a1"), WHO).await.unwrap().id;
    let raw = home.raw().await;
    let before = raw.rows("current").await;
    let whole = problem(home.again().await.restore_previous(&PASSPHRASE.into(), WHO).await);
    assert_eq!(whole.code, ProblemCode::Conflict, "{whole}");
    assert_eq!(raw.rows("current").await, before, "nothing was changed");

    // An entry of another vault, under a new id: it parses, and the key does not open it.
    let other = Home::new().await;
    let theirs = other.vault.save(login("theirs", "x"), WHO).await.unwrap().id;
    let row = other.raw().await.entry("current", theirs).await.unwrap();
    raw.set_entry(theirs, Some(&row)).await;
    let mut header = before.header.unwrap();
    header[60] ^= 1;
    raw.set_header(Some(&header)).await;
    let vault = home.again().await;
    let wrong = problem(vault.restore_previous(&"not the passphrase".into(), WHO).await);
    assert_eq!(wrong.code, ProblemCode::WrongSecret, "{wrong}");
    let restored = restored(&home).await;
    assert_eq!(restored.lost, ["the entry “theirs”"], "it is not taken in");
    assert_eq!(names_and_passwords(&home).await, pairs(&[("one", "a1")]));
    assert!(raw.entry("current", one).await.is_some());
}

#[tokio::test]
async fn without_any_header_that_opens_there_is_nothing_to_choose_from() {
    let home = Home::new().await;
    home.vault.save(login("one", "a1"), WHO).await.unwrap();
    let raw = home.raw().await;
    raw.run("UPDATE vault_header SET body = x'00'").await;
    let vault = home.again().await;
    let problem = problem(vault.unlock(&PASSPHRASE.into()).await);
    assert_eq!(problem.code, ProblemCode::Damaged);
    assert!(problem.hint.contains("backup"), "restoring is not promised: {problem}");
    let error = self::problem(vault.restore_previous(&PASSPHRASE.into(), WHO).await);
    assert_eq!(error.code, ProblemCode::Damaged, "{error}");
    let empty = tempfile::tempdir().unwrap();
    let none = wheelhouse_vault::Vault::open(store(empty.path()).await, cheap()).await.unwrap();
    assert_eq!(self::problem(none.restore_previous(&PASSPHRASE.into(), WHO).await).code, ProblemCode::VaultMissing);
}

#[tokio::test]
async fn another_program_that_has_it_open_goes_on_after_a_restore() {
    let home = Home::new().await;
    home.vault.save(login("one", "a1"), WHO).await.unwrap();
    home.vault.save(login("two", "b1"), WHO).await.unwrap();
    let raw = home.raw().await;
    let mut header = raw.rows("current").await.header.unwrap();
    header[60] ^= 1;
    raw.set_header(Some(&header)).await;
    home.again().await.restore_previous(&PASSPHRASE.into(), WHO).await.unwrap();
    assert_eq!(home.vault.list().await.unwrap().len(), 2, "it is newer than what was open, not older");
}
