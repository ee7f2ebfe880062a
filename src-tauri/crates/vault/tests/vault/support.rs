//! Data directories, cheap vaults, raw rows and a keyring in memory.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wheelhouse_protocol::credential::{CredentialKind, FieldInput, SaveCredential};
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::{CredentialId, Problem};
use wheelhouse_store::Store;
use wheelhouse_vault::{ExposeSecret, KdfCost, Keyring, KeyringFault, OpenCredential, Vault, VaultOptions};

pub(crate) const PASSPHRASE: &str = "brass lantern over quiet harbour";
pub(crate) const WHO: &str = "ada";

/// The least cost that is accepted, no keyring, no auto-lock.
pub(crate) fn cheap() -> VaultOptions {
    VaultOptions {
        cost: KdfCost::FLOOR,
        keyring: None,
        keyring_patience: Duration::from_secs(20),
        auto_lock: Duration::ZERO,
        publisher: Publisher::nobody(),
    }
}

/// A data directory with a vault that has been created and is open.
pub(crate) struct Home {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) store: Arc<Store>,
    pub(crate) vault: Vault,
}

impl Home {
    pub(crate) async fn with(options: VaultOptions, use_keyring: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path()).await;
        let vault = Vault::open(store.clone(), options).await.unwrap();
        vault.create(&PASSPHRASE.into(), use_keyring, WHO).await.unwrap();
        Self { directory, store, vault }
    }

    pub(crate) async fn new() -> Self {
        Self::with(cheap(), false).await
    }

    /// Opens the rows for changing them behind the vault's back.
    pub(crate) async fn raw(&self) -> Raw {
        Raw::open(self.directory.path()).await
    }

    /// The vault as another program would have it: locked.
    pub(crate) async fn again(&self) -> Vault {
        Vault::open(store(self.directory.path()).await, cheap()).await.unwrap()
    }
}

pub(crate) async fn store(directory: &Path) -> Arc<Store> {
    Arc::new(Store::open(directory, "test").await.unwrap())
}

/// `username` and `password`.
pub(crate) fn login(name: &str, password: &str) -> SaveCredential {
    entry(name, CredentialKind::Password, &[("username", false, "deploy"), ("password", true, password)])
}

pub(crate) fn entry(name: &str, kind: CredentialKind, fields: &[(&str, bool, &str)]) -> SaveCredential {
    SaveCredential {
        id: None,
        name: name.to_owned(),
        service: "ssh".to_owned(),
        kind,
        fields: fields.iter().map(|(name, secret, value)| field(name, *secret, Some(value))).collect(),
        tags: vec!["prod".to_owned()],
        notes: String::new(),
        rotate_after_days: 30,
    }
}

pub(crate) fn field(name: &str, secret: bool, value: Option<&str>) -> FieldInput {
    FieldInput { name: name.to_owned(), secret, value: value.map(Into::into) }
}

/// The same entry, to be changed.
pub(crate) fn change(id: CredentialId, save: SaveCredential) -> SaveCredential {
    SaveCredential { id: Some(id), ..save }
}

pub(crate) fn value(open: &OpenCredential, field: &str) -> String {
    open.field(field).unwrap().expose_secret().to_owned()
}

/// What an operator would be told.
pub(crate) fn problem<T: std::fmt::Debug>(result: wheelhouse_vault::Result<T>) -> Problem {
    Problem::from(result.expect_err("this must fail"))
}

/// The rows, as somebody who can write the file sees them.
pub(crate) struct Raw(SqlitePool);

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    pub(crate) header: Option<Vec<u8>>,
    pub(crate) entries: Vec<(String, Vec<u8>)>,
}

impl Raw {
    pub(crate) async fn open(directory: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(directory.join("operations.db"))
            .synchronous(SqliteSynchronous::Off)
            .busy_timeout(Duration::from_secs(10));
        Self(SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap())
    }

    pub(crate) async fn rows(&self, slot: &str) -> Rows {
        let header = sqlx::query("SELECT body FROM vault_header WHERE slot = $1").bind(slot).fetch_optional(&self.0);
        let entries = sqlx::query("SELECT id, body FROM vault_entries WHERE slot = $1 ORDER BY id").bind(slot);
        Rows {
            header: header.await.unwrap().map(|row| row.get("body")),
            entries: entries.fetch_all(&self.0).await.unwrap().iter().map(|r| (r.get("id"), r.get("body"))).collect(),
        }
    }

    /// The row of one entry.
    pub(crate) async fn entry(&self, slot: &str, id: CredentialId) -> Option<Vec<u8>> {
        self.rows(slot).await.entries.into_iter().find(|(found, _)| *found == id.to_string()).map(|(_, body)| body)
    }

    pub(crate) async fn set_header(&self, body: Option<&[u8]>) {
        match body {
            Some(body) => {
                let query =
                    "INSERT INTO vault_header VALUES ('current', $1) ON CONFLICT (slot) DO UPDATE SET body = $1";
                sqlx::query(query).bind(body).execute(&self.0).await.unwrap();
            }
            None => {
                sqlx::query("DELETE FROM vault_header WHERE slot = 'current'").execute(&self.0).await.unwrap();
            }
        }
    }

    pub(crate) async fn set_entry(&self, id: impl ToString, body: Option<&[u8]>) {
        let id = id.to_string();
        match body {
            Some(body) => {
                let query = "INSERT INTO vault_entries VALUES ($1, 'current', $2) ON CONFLICT (id, slot) DO UPDATE SET body = $2";
                sqlx::query(query).bind(id).bind(body).execute(&self.0).await.unwrap();
            }
            None => {
                let query = "DELETE FROM vault_entries WHERE id = $1 AND slot = 'current'";
                sqlx::query(query).bind(id).execute(&self.0).await.unwrap();
            }
        }
    }

    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.0).await.unwrap();
    }
}

/// How the keyring in memory behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mood {
    Works,
    /// As a locked Secret Service does: nothing is found, nothing can be kept.
    Locked,
    /// As one that waits for a person does.
    Silent,
}

/// A keyring in memory.
#[derive(Clone)]
pub(crate) struct MemoryKeyring(Arc<Inside>);

struct Inside {
    kept: Mutex<HashMap<String, Vec<u8>>>,
    mood: Mutex<Mood>,
    sets: AtomicU32,
}

impl std::fmt::Debug for MemoryKeyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryKeyring")
    }
}

impl MemoryKeyring {
    pub(crate) fn new() -> Self {
        let (kept, mood) = (Mutex::default(), Mutex::new(Mood::Works));
        Self(Arc::new(Inside { kept, mood, sets: AtomicU32::new(0) }))
    }

    pub(crate) fn options(&self) -> VaultOptions {
        VaultOptions { keyring: Some(Arc::new(self.clone())), ..cheap() }
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        *self.0.mood.lock().unwrap() = mood;
    }

    pub(crate) fn kept(&self) -> HashMap<String, Vec<u8>> {
        self.0.kept.lock().unwrap().clone()
    }

    /// Removes everything, as an operator might in the keyring's own window.
    pub(crate) fn clear(&self) {
        self.0.kept.lock().unwrap().clear();
    }

    /// Puts something else under every name.
    pub(crate) fn garble(&self) {
        self.0.kept.lock().unwrap().values_mut().for_each(|value| value[0] ^= 1);
    }

    /// How often something was to be kept.
    pub(crate) fn sets(&self) -> u32 {
        self.0.sets.load(Ordering::SeqCst)
    }

    fn mood(&self) -> Mood {
        let mood = *self.0.mood.lock().unwrap();
        while *self.0.mood.lock().unwrap() == Mood::Silent {
            std::thread::sleep(Duration::from_millis(5));
        }
        mood
    }
}

impl Keyring for MemoryKeyring {
    fn get(&self, account: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeyringFault> {
        if self.mood() == Mood::Locked {
            return Ok(None);
        }
        Ok(self.0.kept.lock().unwrap().get(account).cloned().map(zeroize::Zeroizing::new))
    }

    fn set(&self, account: &str, secret: &[u8]) -> Result<(), KeyringFault> {
        self.0.sets.fetch_add(1, Ordering::SeqCst);
        if self.mood() == Mood::Locked {
            return Err(KeyringFault("the keyring is locked; unlock it".to_owned()));
        }
        self.0.kept.lock().unwrap().insert(account.to_owned(), secret.to_vec());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), KeyringFault> {
        self.mood();
        self.0.kept.lock().unwrap().remove(account);
        Ok(())
    }
}

/// Says that a test is skipped, or fails where everything must be there.
pub(crate) fn skip(what: &str) {
    let why = format!("SKIPPED: {what}");
    assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "{why}");
    eprintln!("{why}");
}

/// This test program, to run one of its tests in a process of its own.
pub(crate) fn this_program(test: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    command
}
