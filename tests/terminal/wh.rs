//! Running `wh` on a data directory of its own.

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) const PASSPHRASE: &str = "a long walk along the harbour wall";

/// The account these tests run as.
pub(crate) fn operator() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

/// `wh` on a data directory of its own.
pub(crate) struct Wh {
    home: tempfile::TempDir,
}

/// What one run of it said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("not JSON ({e}):\n{}\n{}", self.out, self.err))
    }

    /// Demands an exit code.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code\nout: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Everything it said.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

impl Wh {
    pub(crate) fn new() -> Self {
        let wh = Self { home: tempfile::tempdir().unwrap() };
        wh.secret_file("passphrase", PASSPHRASE);
        wh
    }

    /// The folder everything of this run is in; the data is in `data` below it.
    pub(crate) fn folder(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// A file only its owner can read.
    pub(crate) fn secret_file(&self, name: &str, text: &str) -> String {
        let path = self.file(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The command, ready to be run.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wh"));
        command
            .args(words)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("USER", "somebody-else")
            .env("LC_ALL", "C.UTF-8")
            .env("WHEELHOUSE_HOME", self.data())
            .env("WHEELHOUSE_PASSPHRASE_FILE", self.home.path().join("passphrase"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Said {
        let Output { status, stdout, stderr } = self.command(words).output().unwrap();
        Said {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// Runs it with this on its standard input.
    pub(crate) fn fed(&self, words: &[&str], text: &str) -> Said {
        let path = self.secret_file("stdin", text);
        let Output { status, stdout, stderr } =
            self.command(words).stdin(fs::File::open(path).unwrap()).output().unwrap();
        Said {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// Runs it and demands that it succeeds.
    pub(crate) fn ok(&self, words: &[&str]) -> Said {
        self.run(words).expect(0)
    }
}
