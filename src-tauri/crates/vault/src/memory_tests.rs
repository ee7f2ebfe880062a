//! A locked vault keeps nothing: this test program searches its own memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use crate::state::State;
use crate::{KdfCost, Vault, VaultOptions};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use wheelhouse_protocol::SecretInput;
use wheelhouse_protocol::credential::{CredentialKind, FieldInput, SaveCredential};
use wheelhouse_store::Store;

const ROLE: &str = "WHEELHOUSE_VAULT_MEMORY_ROLE";
const DIRECTORY: &str = "WHEELHOUSE_VAULT_MEMORY_DIRECTORY";
const HIDDEN_PASSPHRASE: &str = "WHEELHOUSE_VAULT_MEMORY_PASSPHRASE";
const MASK: u8 = 0x5a;

/// Bytes that are never in memory as they are, but by the code under test.
#[derive(Clone)]
struct Hidden(Vec<u8>);

impl Hidden {
    fn random() -> Self {
        let mut bytes = vec![0; 32];
        getrandom::fill(&mut bytes).unwrap();
        Self(bytes.into_iter().map(|byte| (b'A' + byte % 26) ^ MASK).collect())
    }

    fn of(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| byte ^ MASK).collect())
    }

    /// As a person types it.
    fn typed(&self) -> SecretInput {
        let mut text = String::with_capacity(self.0.len());
        self.0.iter().for_each(|byte| text.push(char::from(byte ^ MASK)));
        SecretInput::new(text)
    }

    /// How often its second half is in this program's memory. What is freed without being overwritten
    /// loses its first bytes to the allocator, which keeps its lists there.
    fn found(&self) -> usize {
        const CHUNK: usize = 1 << 20;
        let half = &self.0[self.0.len() / 2..];
        let memory = File::open("/proc/self/mem").unwrap();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let mut chunk = vec![0; CHUNK + half.len()];
        let own = chunk.as_ptr().addr();
        let mut found = 0;
        for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|flags| flags.starts_with("rw"))) {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let (mut at, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
            while at < to {
                let length = usize::try_from(to - at).unwrap().min(chunk.len());
                // Parts of a mapping may be out of reach (guard pages): there is nothing in them.
                if memory.read_exact_at(&mut chunk[..length], at).is_ok() {
                    found += count(half, &chunk[..length], usize::try_from(at).unwrap(), own..own + CHUNK);
                }
                at += CHUNK as u64;
            }
        }
        found
    }
}

/// How often the hidden bytes are in `bytes`, which are from `address`; not counting those in `own`.
fn count(hidden: &[u8], bytes: &[u8], address: usize, own: std::ops::Range<usize>) -> usize {
    let first = hidden[0] ^ MASK;
    let is_here = |at: &usize| bytes[*at..].iter().zip(hidden).all(|(byte, hidden)| *byte == *hidden ^ MASK);
    (0..bytes.len().saturating_sub(hidden.len() - 1))
        .filter(|at| bytes[*at] == first && !own.contains(&(address + at)))
        .filter(is_here)
        .count()
}

fn run(role: &str, directory: &Path, passphrase: &Hidden) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["memory_tests::child", "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env(DIRECTORY, directory)
        .env(HIDDEN_PASSPHRASE, hex::encode(&passphrase.0))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains(&format!("did {role}")), "{role}: {out}\n{err}");
}

#[test]
fn a_locked_vault_keeps_neither_key_nor_passphrase_nor_secret_in_memory() {
    let directory = tempfile::tempdir().unwrap();
    let passphrase = Hidden::random();
    // Creating is another program's: the estimate of a new passphrase's strength leaves copies of it.
    run("create", directory.path(), &passphrase);
    run("use", directory.path(), &passphrase);
}

#[tokio::test]
async fn child() {
    let (Ok(role), Ok(directory)) = (std::env::var(ROLE), std::env::var(DIRECTORY)) else { return };
    let passphrase = Hidden(hex::decode(std::env::var(HIDDEN_PASSPHRASE).unwrap()).unwrap());
    let store = Arc::new(Store::open(Path::new(&directory), "test").await.unwrap());
    let options = VaultOptions { cost: KdfCost::FLOOR, keyring: None, ..VaultOptions::default() };
    let vault = Vault::open(store, options).await.unwrap();
    if role == "create" {
        vault.create(&passphrase.typed(), false, "ada").await.unwrap();
    } else {
        use_and_lock(&vault, &passphrase).await;
    }
    println!("did {role}");
}

async fn use_and_lock(vault: &Vault, passphrase: &Hidden) {
    let secret = Hidden::random();
    vault.unlock(&passphrase.typed()).await.unwrap();
    let key = match &*vault.shared.state.lock().await {
        State::Open(open) => Hidden::of(open.key.expose()),
        State::Closed(_) => panic!("it was unlocked"),
    };
    let field = FieldInput { name: "password".to_owned(), secret: true, value: Some(secret.typed()) };
    let mut save = SaveCredential {
        id: None,
        name: "web".to_owned(),
        service: String::new(),
        kind: CredentialKind::Password,
        fields: vec![field],
        tags: Vec::new(),
        notes: String::new(),
        rotate_after_days: 0,
    };
    let id = vault.save(save.clone(), "ada").await.unwrap().id;
    save.id = Some(id);
    vault.save(save, "ada").await.unwrap();
    vault.list().await.unwrap();
    let open = vault.open_credential(id, "a job").await.unwrap();
    assert!(key.found() > 0, "the search finds the key of an open vault");
    assert!(secret.found() > 0, "the search finds an open credential");
    drop(open);
    let all = [("the key", key), ("the passphrase", passphrase.clone()), ("the secret", secret)];
    // What locking does, and nothing after it: other work would soon write over what was freed.
    vault.shared.close(&mut *vault.shared.state.lock().await);
    for (what, hidden) in &all {
        assert_eq!(hidden.found(), 0, "{what} is in the memory of a program whose vault is locked");
    }
}
