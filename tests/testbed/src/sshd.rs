//! A real `sshd` on loopback.

use crate::process;
use crate::{free_port, program};
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An SSH key pair, made by `ssh-keygen`.
#[derive(Debug)]
pub struct KeyPair {
    folder: TempDir,
}

impl KeyPair {
    /// Makes a key: `kind` is `ed25519`, `rsa`, `ecdsa`; an empty passphrase leaves it open.
    pub fn generate(kind: &str, passphrase: &str) -> Self {
        Self::generate_with(kind, passphrase, &[])
    }

    /// As [`Self::generate`], with more arguments for `ssh-keygen`, such as `-m PEM`.
    pub fn generate_with(kind: &str, passphrase: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-N", passphrase, "-C", "test", "-f"])
            .arg(folder.path().join("key"))
            .args(more)
            .output()
            .unwrap();
        assert!(done.status.success(), "ssh-keygen: {}", String::from_utf8_lossy(&done.stderr));
        Self { folder }
    }

    /// The private key's file.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    /// The private key.
    pub fn private(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// The public key, as a line of `authorized_keys`.
    pub fn public(&self) -> String {
        fs::read_to_string(self.folder.path().join("key.pub")).unwrap()
    }

    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        let out = Command::new("ssh-keygen").arg("-lf").arg(self.folder.path().join("key.pub")).output().unwrap();
        String::from_utf8_lossy(&out.stdout).split_whitespace().nth(1).unwrap_or_default().to_owned()
    }
}

/// How a server is set up.
#[derive(Debug, Clone, Default)]
pub struct SshdOptions {
    /// Kinds of host keys; Ed25519 when empty.
    pub host_keys: Vec<String>,
    /// More lines for `sshd_config`; they come first, so they win.
    pub config: Vec<String>,
    /// The port; a free one when `None`.
    pub port: Option<u16>,
}

/// A running server. Dropping it ends it with every session it has.
#[derive(Debug)]
pub struct Sshd {
    child: Child,
    port: u16,
    folder: TempDir,
    keys: Vec<KeyPair>,
}

impl Sshd {
    /// Whether a server can be started here: `sshd` is installed, and this is root.
    pub fn is_available() -> bool {
        program("sshd").is_some() && crate::is_root()
    }

    /// Starts a server, and waits until it listens.
    ///
    /// # Panics
    /// When it does not within ten seconds.
    pub fn start(options: &SshdOptions) -> Self {
        let kinds = if options.host_keys.is_empty() { vec!["ed25519".to_owned()] } else { options.host_keys.clone() };
        let keys = kinds.iter().map(|kind| KeyPair::generate(kind, "")).collect();
        Self::start_with_keys(options, keys)
    }

    /// Starts a server with these host keys.
    ///
    /// # Panics
    /// When it does not listen within ten seconds.
    pub fn start_with_keys(options: &SshdOptions, keys: Vec<KeyPair>) -> Self {
        // sshd, as root, wants this folder; packages make it at boot, which there is none of in a container.
        fs::create_dir_all("/run/sshd").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut last = String::new();
        for _ in 0..5 {
            let port = options.port.unwrap_or_else(free_port);
            let config = folder.path().join("sshd_config");
            fs::write(&config, config_text(port, options, &keys, folder.path())).unwrap();
            let log = fs::File::create(folder.path().join("log")).unwrap();
            let mut child = Command::new(program("sshd").expect("sshd is installed"))
                .args(["-D", "-e", "-f"])
                .arg(&config)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap();
            if listens(port, &mut child) {
                return Self { child, port, folder, keys };
            }
            // Somebody else may have taken the port in between.
            process::end(child.id());
            child.wait().ok();
            last = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        }
        panic!("sshd does not start: {last}");
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its host keys.
    pub fn host_keys(&self) -> &[KeyPair] {
        &self.keys
    }

    /// The daemon's process id. Its sessions are [`crate::descendants`] of it.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends every session, as a network that breaks would; the server goes on.
    pub fn end_sessions(&self) {
        for pid in process::descendants(self.child.id()) {
            process::signal("KILL", pid);
        }
    }

    /// Stops the server and its sessions in their tracks, or lets them go on.
    pub fn freeze(&self, frozen: bool) {
        let name = if frozen { "STOP" } else { "CONT" };
        for pid in process::descendants(self.child.id()).into_iter().chain([self.child.id()]) {
            process::signal(name, pid);
        }
    }

    /// Ends the server, and answers with its port and keys so that another can take its place.
    pub fn stop(mut self) -> (u16, Vec<KeyPair>) {
        let keys = std::mem::take(&mut self.keys);
        (self.port, keys)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.freeze(false);
        process::end(self.child.id());
        self.child.wait().ok();
    }
}

fn config_text(port: u16, options: &SshdOptions, keys: &[KeyPair], folder: &Path) -> String {
    let mut lines = options.config.clone();
    lines.extend(keys.iter().map(|key| format!("HostKey {}", key.path().display())));
    lines.extend(
        [
            &format!("Port {port}"),
            "ListenAddress 127.0.0.1",
            &format!("PidFile {}", folder.join("pid").display()),
            "AuthorizedKeysFile .ssh/authorized_keys",
            "PasswordAuthentication yes",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password",
            "UsePAM no",
            "StrictModes no",
            "PrintMotd no",
            "MaxStartups 1000",
            "Subsystem sftp internal-sftp",
            "LogLevel VERBOSE",
        ]
        .map(str::to_owned),
    );
    lines.join("\n") + "\n"
}

fn listens(port: u16, child: &mut Child) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return false;
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}
