//! Fifty canaries go through every path; then nothing on the disk or in the log shows one of them.

use crate::support::*;
use base64::Engine;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;
use wheelhouse_protocol::credential::{CredentialKind, SaveCredential};

const CHILD: &str = "WHEELHOUSE_VAULT_CANARY";

/// A random text nobody else has.
fn canary() -> String {
    uuid::Uuid::now_v7().simple().to_string().chars().rev().chain("-Kan4rie".chars()).collect()
}

/// The forms in which a secret may leak.
fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![
        ("raw", secret.as_bytes().to_vec()),
        ("hex", hex::encode(secret).into_bytes()),
        ("HEX", hex::encode_upper(secret).into_bytes()),
        ("UTF-16LE", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    // Base64 of a text that has it somewhere inside: three ways to fall on the groups of three bytes.
    for shift in 0..3 {
        let text = base64::engine::general_purpose::STANDARD.encode([&b"xxx"[..shift], secret.as_bytes()].concat());
        let inner = &text.as_bytes()[(shift * 8).div_ceil(6)..text.trim_end_matches('=').len() - 2];
        forms.push(("base64", inner.to_vec()));
    }
    forms
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// One pass over the bytes for all forms of all secrets.
struct Search(HashMap<[u8; 4], Vec<(String, Vec<u8>)>>);

impl Search {
    fn for_all(secrets: &[String]) -> Self {
        let mut needles: HashMap<[u8; 4], Vec<_>> = HashMap::new();
        for (n, secret) in secrets.iter().enumerate() {
            for (form, needle) in forms(secret) {
                let begin = *needle.first_chunk().unwrap();
                needles.entry(begin).or_default().push((format!("secret {n} as {form}"), needle));
            }
        }
        Self(needles)
    }

    fn leaks(&self, bytes: &[u8]) -> Vec<String> {
        let candidates = bytes.windows(4).enumerate().filter_map(|(at, begin)| Some((at, self.0.get(begin)?)));
        let here =
            candidates.flat_map(|(at, list)| list.iter().filter(move |(_, needle)| bytes[at..].starts_with(needle)));
        here.map(|(what, _)| what.clone()).collect()
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// In a process of its own, so that the log of every thread is its own too.
#[test]
fn no_canary_is_found_on_the_disk_or_in_the_log() {
    let output = this_program("canary::child").env(CHILD, "1").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("nothing was found"), "{out}\n{err}");
}

#[tokio::test]
async fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let log = Log::default();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).init();
    let secrets: Vec<String> = (0..50).map(|_| canary()).collect();
    let keyring = MemoryKeyring::new();
    let home = Home::with(keyring.options(), true).await;
    let vault = &home.vault;
    let mut ids = Vec::new();
    let kinds = [CredentialKind::Password, CredentialKind::ApiKey, CredentialKind::Free, CredentialKind::ConnectionUrl];
    for (n, secret) in secrets[..40].iter().enumerate() {
        let kind = kinds[n % kinds.len()];
        let fields = [
            ("username", false, "deploy"),
            ("password", true, secret.as_str()),
            ("key", true, secret),
            ("url", true, secret),
        ];
        let save =
            SaveCredential { notes: format!("the old one was {secret}"), ..entry(&format!("e{n}"), kind, &fields) };
        ids.push(vault.save(save, WHO).await.unwrap().id);
    }
    for (n, secret) in secrets[40..45].iter().enumerate() {
        vault.save(change(ids[n], login(&format!("e{n}"), secret)), WHO).await.unwrap();
    }
    // Paths that fail, with the secret in hand.
    vault.save(login("e1", &secrets[45]), WHO).await.expect_err("the name is taken");
    vault.save(login("x", &(secrets[46].clone() + "\0")), WHO).await.expect_err("NUL");
    let other = home.again().await;
    other.unlock(&secrets[47].as_str().into()).await.expect_err("not the passphrase");
    vault.change_passphrase(&PASSPHRASE.into(), &secrets[48].as_str().into(), WHO).await.unwrap();
    vault.change_passphrase(&secrets[48].as_str().into(), &secrets[49].as_str().into(), WHO).await.unwrap();
    for id in &ids {
        drop(vault.open_credential(*id, "a job").await.unwrap());
    }
    vault.delete(ids[39], WHO).await.unwrap();
    let mut views = vault.list().await.unwrap();
    // Notes are for people, and shown to them; nothing else may have a secret in it.
    views.iter_mut().for_each(|view| view.notes.clear());
    let shown = format!("{views:?} {:?}", home.store.audit(1000, None, "").await.unwrap());
    vault.lock().await.unwrap();
    let raw = home.raw().await;
    let mut header = raw.rows("current").await.header.unwrap();
    header[60] ^= 1;
    raw.set_header(Some(&header)).await;
    other.restore_previous(&secrets[49].as_str().into(), WHO).await.unwrap();

    let search = Search::for_all(&secrets);
    let mut seen = 0;
    for file in files(home.directory.path()) {
        let bytes = std::fs::read(&file).unwrap();
        seen += bytes.len();
        assert_eq!(search.leaks(&bytes), Vec::<String>::new(), "{}", file.display());
    }
    assert!(seen > 50_000, "{seen} bytes: the rows are there to be searched");
    let log = log.0.lock().unwrap().clone();
    assert!(log.len() > 10_000, "there is a log, also of the database");
    assert_eq!(search.leaks(&log), Vec::<String>::new(), "in the log at its finest");
    assert_eq!(search.leaks(shown.as_bytes()), Vec::<String>::new(), "in what is listed");
    assert!(shown.contains("••••"), "secrets are listed masked");

    // The search itself finds each form.
    for (form, needle) in forms(&secrets[7]) {
        let found = search.leaks(&[b"before ".as_slice(), &needle, b" after"].concat());
        assert_eq!(found, [format!("secret 7 as {form}")], "the search finds it");
    }
    println!("nothing was found");
}
