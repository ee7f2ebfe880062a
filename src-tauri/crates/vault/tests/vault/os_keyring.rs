//! The real Secret Service: this test program runs itself in a D-Bus session of its own.
#![cfg(target_os = "linux")]

use crate::support::*;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use wheelhouse_protocol::ProblemCode;
use wheelhouse_protocol::credential::{KeyringState, VaultState};
use wheelhouse_vault::{Keyring, OsKeyring, Vault, VaultOptions};

const PART: &str = "WHEELHOUSE_VAULT_KEYRING_PART";
const DIRECTORY: &str = "WHEELHOUSE_VAULT_KEYRING_DIRECTORY";

macro_rules! session {
    () => {
        " --foreground --components=secrets >/dev/null 2>&1 &
        daemon=$!; tries=0
        until dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
            org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q true
        do tries=$((tries + 1)); [ $tries -lt 200 ] || break; sleep 0.1; done
        \"$0\" \"$@\"; code=$?; kill $daemon; wait $daemon; exit $code"
    };
}

fn options() -> VaultOptions {
    VaultOptions { keyring: Some(Arc::new(OsKeyring)), ..cheap() }
}

fn is_there(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Runs one part of this file under `shell`, which ends the daemon it starts by its process id.
fn run(part: &str, home: &Path, shell: &str) -> bool {
    let mut command = this_program("os_keyring::part");
    if !shell.is_empty() {
        let mut session = Command::new("dbus-run-session");
        session.args(["--", "sh", "-c", shell]).arg(command.get_program()).args(command.get_args());
        command = session;
    }
    let output = command
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("share"))
        .env("XDG_RUNTIME_DIR", home)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env(DIRECTORY, home.join("data"))
        .env(PART, part)
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{part}: {out}\n{err}");
    out.contains(&format!("did {part}"))
}

/// Starts the daemon, waits until it answers, runs the part, ends the daemon.
const UNLOCKED: &str = concat!("printf pw | gnome-keyring-daemon --unlock", session!());
const LOCKED: &str = concat!("gnome-keyring-daemon", session!());

#[test]
fn the_secret_service_opens_the_vault_and_says_when_it_cannot() {
    if let Some(missing) =
        ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"].into_iter().find(|program| !is_there(program))
    {
        skip(&format!("{missing} is not installed"));
        return;
    }
    let home = tempfile::tempdir().unwrap();
    for (part, shell) in [("flow", UNLOCKED), ("locked", LOCKED), ("no-bus", "")] {
        assert!(run(part, home.path(), shell), "the part “{part}” ran");
    }
}

/// What runs inside the session; without one, nothing.
#[tokio::test]
async fn part() {
    let (Ok(part), Ok(directory)) = (std::env::var(PART), std::env::var(DIRECTORY)) else { return };
    let directory = Path::new(&directory);
    match part.as_str() {
        "flow" => flow(directory).await,
        "locked" => unavailable(directory, "locked").await,
        _ => unavailable(directory, "cannot be reached").await,
    }
    println!("did {part}");
}

async fn flow(directory: &Path) {
    let store = store(directory).await;
    let vault = Vault::open(store.clone(), options()).await.unwrap();
    assert_eq!(vault.view().await.unwrap().keyring, KeyringState::Working { opens_vault: false });
    let view = vault.create(&PASSPHRASE.into(), true, WHO).await.unwrap();
    assert_eq!(view.keyring, KeyringState::Working { opens_vault: true });
    let id = vault.save(login("web", "s3cret"), WHO).await.unwrap().id;
    drop(vault);

    let vault = Vault::open(store.clone(), options()).await.unwrap();
    assert_eq!(vault.view().await.unwrap().keyring, KeyringState::Working { opens_vault: true });
    vault.unlock_with_keyring().await.expect("without typing");
    assert_eq!(value(&vault.open_credential(id, "t").await.unwrap(), "password"), "s3cret");
    vault.lock().await.unwrap();

    let created = store.audit(1, None, "vault.created").await.unwrap();
    let account = format!("vault {}", created[0].detail["vault"].as_str().unwrap());
    assert!(OsKeyring.get(&account).unwrap().is_some(), "it is under the vault's id");
    OsKeyring.delete(&account).unwrap();
    OsKeyring.delete(&account).expect("removing nothing is no failure");
    let problem = problem(vault.unlock_with_keyring().await);
    assert_eq!(problem.code, ProblemCode::VaultLocked, "{problem}");
    assert!(problem.hint.contains("passphrase"), "{problem}");
    assert!(OsKeyring.get(&account).unwrap().is_none(), "no new key was made");
    assert_eq!(vault.view().await.unwrap().keyring, KeyringState::Working { opens_vault: false });

    vault.unlock(&PASSPHRASE.into()).await.unwrap();
    vault.set_keyring_unlock(true, WHO).await.unwrap();
    vault.lock().await.unwrap();
    vault.unlock_with_keyring().await.expect("set up anew");
    vault.set_keyring_unlock(false, WHO).await.unwrap();
    assert!(OsKeyring.get(&account).unwrap().is_none(), "switched off, nothing is kept");
    vault.set_keyring_unlock(true, WHO).await.unwrap();
}

/// The vault's key is in a keyring that is locked, or out of reach.
async fn unavailable(directory: &Path, why: &str) {
    let vault = Vault::open(store(directory).await, options()).await.unwrap();
    let view = vault.view().await.unwrap();
    assert!(matches!(&view.keyring, KeyringState::Unavailable { reason } if reason.contains(why)), "{view:?}");
    println!("{view:?}");
    let problem = problem(vault.unlock_with_keyring().await);
    assert_eq!(problem.code, ProblemCode::Unavailable, "{problem}");
    let view = vault.unlock(&PASSPHRASE.into()).await.unwrap();
    assert_eq!(view.state, VaultState::Unlocked, "the passphrase does not need it");
}
