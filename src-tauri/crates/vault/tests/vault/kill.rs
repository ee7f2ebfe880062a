//! `kill -9` in the middle of saving: what was acknowledged is there, and the vault opens.
#![cfg(unix)]

use crate::support::*;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};
use wheelhouse_vault::Vault;

const DIRECTORY: &str = "WHEELHOUSE_VAULT_KILL_DIRECTORY";
const ROUNDS: u32 = 20;

fn password(name: &str, version: u64) -> String {
    format!("{name}-s3cret-{version}")
}

/// The child: saves until it is killed, and says so after each.
#[tokio::test]
async fn child() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let vault = Vault::open(store(directory.as_ref()).await, cheap()).await.unwrap();
    vault.unlock(&PASSPHRASE.into()).await.unwrap();
    let first = vault.list().await.unwrap().len();
    let mut out = std::io::stdout();
    for n in first.. {
        let name = format!("e{n}");
        let mut save = login(&name, &password(&name, 1));
        for version in 1..=3 {
            let view = vault.save(save, WHO).await.unwrap();
            writeln!(out, "saved {name} {version}").unwrap();
            out.flush().unwrap();
            save = change(view.id, login(&name, &password(&name, version + 1)));
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_killed_program() {
    let home = Home::new().await;
    let mut acknowledged: HashMap<String, u64> = HashMap::new();
    for round in 0..ROUNDS {
        let mut child = this_program("kill::child")
            .env(DIRECTORY, home.directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed at another moment each time, counted from its first save.
        let life = Duration::from_millis(u64::from(round * 37 % 60));
        let mut until = None;
        for line in lines.by_ref() {
            if note(&line.unwrap(), &mut acknowledged)
                && Instant::now() >= *until.get_or_insert_with(|| Instant::now() + life)
            {
                break;
            }
        }
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success(), "it was killed, it did not end by itself");
        // What it had said before it was killed, and nobody had read yet.
        for line in lines.map_while(Result::ok) {
            note(&line, &mut acknowledged);
        }
        check(&home, &acknowledged).await;
    }
    assert!(acknowledged.len() >= ROUNDS as usize, "{} entries: every child did save", acknowledged.len());
    assert!(home.store.verify_audit().await.unwrap().broken_at.is_none(), "nor does the audit chain break");
}

/// Whether the line says that something was saved.
fn note(line: &str, acknowledged: &mut HashMap<String, u64>) -> bool {
    // The first one stands behind what the test program says by itself; the last one may be cut off.
    let said = line.split_once("saved ").and_then(|(_, rest)| rest.split_once(' '));
    let Some((name, Ok(version))) = said.map(|(name, version)| (name, version.parse())) else { return false };
    acknowledged.insert(name.to_owned(), version);
    true
}

async fn check(home: &Home, acknowledged: &HashMap<String, u64>) {
    let vault = home.again().await;
    vault.unlock(&PASSPHRASE.into()).await.expect("it opens after every kill");
    let views = vault.list().await.unwrap();
    for (name, version) in acknowledged {
        let view = views.iter().find(|view| view.name == *name).unwrap_or_else(|| panic!("{name} was acknowledged"));
        assert!(view.version >= *version, "{name} is at {}, and {version} was acknowledged", view.version);
        let open = vault.open_credential(view.id, "t").await.unwrap();
        assert_eq!(value(&open, "password"), password(name, view.version), "whole, and of its version");
    }
}
