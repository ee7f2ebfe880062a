//! Saving, listing, opening and removing entries.

use crate::support::*;
use std::sync::Arc;
use wheelhouse_protocol::ProblemCode;
use wheelhouse_protocol::TargetId;
use wheelhouse_protocol::credential::{CredentialKind, SaveCredential};
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Os, TargetSpec};
use wheelhouse_store::inventory::InventoryWrite;
use wheelhouse_vault::Vault;

#[tokio::test]
async fn what_is_saved_is_opened_again_also_by_another_program() {
    let home = Home::new().await;
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n";
    let fields = [("username", false, "root"), ("private_key", true, key), ("passphrase", true, "“ключ”\t✓")];
    let save = SaveCredential { notes: "by the door".into(), ..entry("web root", CredentialKind::SshKey, &fields) };
    let view = home.vault.save(save, WHO).await.unwrap();
    assert_eq!((view.version, view.fields[0].shown.as_str(), view.fields[1].shown.as_str()), (1, "root", "••••"));

    let other = home.again().await;
    other.unlock(&PASSPHRASE.into()).await.unwrap();
    let open = other.open_credential(view.id, "restart nginx on web").await.unwrap();
    assert_eq!((open.name(), open.kind(), open.version()), ("web root", CredentialKind::SshKey, 1));
    assert_eq!(value(&open, "private_key"), key, "line breaks and all");
    assert_eq!(value(&open, "PASSPHRASE"), "“ключ”\t✓", "names are compared without regard to case");
    assert!(open.field("password").is_none());
    let listed = other.list().await.unwrap();
    assert_eq!(listed[0].notes, "by the door");
    assert_eq!(listed[0].last_used_by, "restart nginx on web");
    assert!(listed[0].last_used_at.is_some());
    let again = home.vault.list().await.unwrap();
    assert_eq!(again, listed, "each program shows the same");
}

#[tokio::test]
async fn a_change_keeps_what_has_no_value_and_removes_what_is_not_named() {
    let home = Home::new().await;
    let view = home.vault.save(login("web", "s3cret-one"), WHO).await.unwrap();
    let save = SaveCredential {
        fields: vec![field("password", true, None), field("sudo_password", true, Some("s3cret-two"))],
        ..change(view.id, login("web 2", ""))
    };
    let changed = home.vault.save(save, WHO).await.unwrap();
    assert_eq!((changed.id, changed.version, changed.name.as_str()), (view.id, 2, "web 2"));
    assert_eq!(changed.created_at, view.created_at);
    let open = home.vault.open_credential(view.id, "t").await.unwrap();
    assert_eq!(value(&open, "password"), "s3cret-one", "kept");
    assert_eq!(value(&open, "sudo_password"), "s3cret-two");
    assert!(open.username().is_none(), "not named, so removed");
    home.vault.delete(view.id, WHO).await.unwrap();
    assert_eq!(problem(home.vault.open_credential(view.id, "t").await).code, ProblemCode::NotFound);
    assert_eq!(problem(home.vault.delete(view.id, WHO).await).code, ProblemCode::NotFound);
    assert_eq!(problem(home.vault.save(change(view.id, login("x", "y")), WHO).await).code, ProblemCode::NotFound);
}

#[tokio::test]
async fn only_a_changed_secret_is_a_rotation() {
    let home = Home::new().await;
    let first = home.vault.save(login("web", "s3cret-one"), WHO).await.unwrap();
    let keep = |user: &str| SaveCredential {
        fields: vec![field("username", false, Some(user)), field("password", true, None)],
        ..change(first.id, login("web", ""))
    };
    let same = home.vault.save(keep("other"), WHO).await.unwrap();
    assert_eq!(same.rotated_at, first.rotated_at, "a plain field is no secret");
    let same = home.vault.save(change(first.id, login("web", "s3cret-one")), WHO).await.unwrap();
    assert_eq!(same.rotated_at, first.rotated_at, "the same value again is no change");
    let new = home.vault.save(change(first.id, login("web", "s3cret-two")), WHO).await.unwrap();
    assert!(new.rotated_at > first.rotated_at, "a new secret is");
    assert_eq!(new.created_at, first.created_at);
}

#[tokio::test]
async fn a_secret_cannot_be_made_plain_without_knowing_it() {
    let home = Home::new().await;
    let save = entry("free", CredentialKind::Free, &[("recovery code", true, "s3cret-one")]);
    let id = home.vault.save(save, WHO).await.unwrap().id;
    let reveal = SaveCredential {
        fields: vec![field("Recovery Code", false, None)],
        ..change(id, entry("free", CredentialKind::Free, &[]))
    };
    let refused = problem(home.vault.save(reveal, WHO).await);
    assert_eq!(refused.code, ProblemCode::InvalidInput, "it would be listed in the clear: {refused}");
    for (kind, name) in [
        (CredentialKind::Password, "Password"),
        (CredentialKind::ApiKey, "key"),
        (CredentialKind::BearerToken, "token"),
        (CredentialKind::ConnectionUrl, "url"),
    ] {
        let view = home.vault.save(entry(name, kind, &[(name, false, "s3cret-one")]), WHO).await.unwrap();
        assert!(view.fields[0].secret, "“{name}” is a secret, whatever the request says");
        assert_eq!(view.fields[0].shown, "••••");
    }
}

#[tokio::test]
async fn long_tokens_show_their_end_and_nothing_else_does() {
    let home = Home::new().await;
    let token = "ghp_0123456789abcdefWXYZ";
    let view = home.vault.save(entry("t", CredentialKind::BearerToken, &[("token", true, token)]), WHO).await.unwrap();
    assert_eq!(view.fields[0].shown, "••••WXYZ");
    let view = home.vault.save(entry("p", CredentialKind::Password, &[("password", true, token)]), WHO).await.unwrap();
    assert_eq!(view.fields[0].shown, "••••");
}

#[tokio::test]
async fn names_are_unique_without_regard_to_case() {
    let home = Home::new().await;
    let one = home.vault.save(login("Wéb root", "a"), WHO).await.unwrap();
    let taken = problem(home.vault.save(login("  WÉB ROOT ", "b"), WHO).await);
    assert_eq!(taken.code, ProblemCode::Conflict, "{taken}");
    assert!(taken.detail.contains("Wéb root"), "as the other one has it: {taken}");
    home.vault.save(change(one.id, login("WÉB root", "a")), WHO).await.expect("its own name in another case");
    let two = home.vault.save(login("db", "b"), WHO).await.unwrap();
    assert_eq!(problem(home.vault.save(change(two.id, login("wéb ROOT", "b")), WHO).await).code, ProblemCode::Conflict);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_by_name() {
    let home = Home::new().await;
    let password = |fields: &[(&str, bool, &str)]| entry("web", CredentialKind::Password, fields);
    let huge = "x".repeat(1024 * 1024 + 1);
    for (save, source, says) in [
        (login("  ", "a"), "name", "needs a name"),
        (login("a\nb", "a"), "name", "line break"),
        (login(&"n".repeat(201), "a"), "name", "201 characters"),
        (login("web", ""), "password", "empty"),
        (login("web", &huge), "password", "1048577 bytes"),
        (login("web", "a\0b"), "password", "NUL"),
        (password(&[("username", false, "ro\0ot"), ("password", true, "x")]), "username", "NUL"),
        (password(&[("Username", false, "root\n"), ("password", true, "x")]), "Username", "line break"),
        (password(&[("username", false, "root")]), "fields", "needs a field “password”"),
        (password(&[]), "fields", "at least one field"),
        (password(&[("password", true, "x"), ("PASSWORD", true, "y")]), "PASSWORD", "two fields"),
        (password(&[("password", true, "x"), (" ", true, "y")]), "fields", "needs a name"),
        (
            SaveCredential { fields: vec![field("password", true, None)], ..login("web", "") },
            "password",
            "no value yet",
        ),
        (SaveCredential { rotate_after_days: 4000, ..login("web", "a") }, "rotate_after_days", "4000 days"),
        (SaveCredential { notes: "n".repeat(70_000), ..login("web", "a") }, "notes", "70000 bytes"),
        (SaveCredential { tags: vec![String::new(); 51], ..login("web", "a") }, "tags", "51 tags"),
        (SaveCredential { fields: vec![field("f", true, Some("x")); 65], ..login("web", "a") }, "fields", "65 fields"),
    ] {
        let problem = problem(home.vault.save(save, WHO).await);
        assert_eq!(problem.code, ProblemCode::InvalidInput, "{problem}");
        assert_eq!(problem.source.as_deref(), Some(source), "{problem}");
        assert!(problem.detail.contains(says), "{says}: {problem}");
    }
    assert_eq!(home.vault.view().await.unwrap().entries, 0, "nothing of it was stored");
    let largest = "x".repeat(1024 * 1024);
    let id = home.vault.save(login("web", &largest), WHO).await.expect("the most that is allowed").id;
    assert_eq!(value(&home.vault.open_credential(id, "t").await.unwrap(), "password"), largest);
}

#[tokio::test]
async fn how_many_targets_use_it_is_shown() {
    let home = Home::new().await;
    let id = home.vault.save(login("web", "s3cret"), WHO).await.unwrap().id;
    let connection = Connection { credential: Some(id), ..Connection::of(ConnectionKind::Ssh) };
    let spec = TargetSpec {
        name: "web-01".to_owned(),
        addresses: Vec::new(),
        os: Os::Unknown,
        tags: Vec::new(),
        groups: Vec::new(),
        environment: None,
        maintenance: false,
        notes: String::new(),
        connections: vec![connection.clone(), connection],
    };
    let write = InventoryWrite { targets: vec![(TargetId(uuid::Uuid::now_v7()), spec)], ..InventoryWrite::default() };
    home.store.write_inventory(&write).await.unwrap();
    assert_eq!(home.vault.list().await.unwrap()[0].used_by_targets, 1, "one target, two connections");
}

#[tokio::test]
async fn debug_shows_nothing_of_a_secret() {
    let home = Home::new().await;
    let canary = "c4nary-7f3a91";
    let save = SaveCredential { fields: vec![field("password", true, Some(canary))], ..login("web", "") };
    let mut texts = vec![format!("{save:?}")];
    let view = home.vault.save(save, WHO).await.unwrap();
    let open = home.vault.open_credential(view.id, "t").await.unwrap();
    texts.push(format!("{view:?} {open:?} {:#?} {:?}", open, open.fields().collect::<Vec<_>>()));
    texts.push(format!("{:?} {:?} {:?}", home.vault, cheap(), home.vault.list().await.unwrap()));
    let vault: Arc<Vault> = Arc::new(home.again().await);
    let error = vault.unlock(&canary.into()).await.expect_err("not the passphrase");
    texts.push(format!("{vault:?} {error:?} {error} {}", wheelhouse_protocol::Problem::from(error.clone())));
    for bad in [login("web", canary), login("", canary), login("b", &canary.repeat(90_000))] {
        let error = home.vault.save(bad, WHO).await.expect_err("refused");
        texts.push(format!("{error:?} {error} {}", wheelhouse_protocol::Problem::from(error.clone())));
    }
    for text in &texts {
        assert!(!text.contains(canary), "{}", &text[..text.len().min(400)]);
    }
    assert!(texts[1].contains("password"), "it shows what is there, though");
}
