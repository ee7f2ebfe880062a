//! Accounts of the operating system, made for one test and removed after it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What an account may do by sudo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sudo {
    /// Nothing.
    None,
    /// Everything, after its password.
    WithPassword,
    /// Everything.
    WithoutPassword,
}

/// How an account is made.
#[derive(Debug, Clone)]
pub struct AccountOptions {
    /// Its password.
    pub password: String,
    /// What it may do by sudo.
    pub sudo: Sudo,
    /// Its login shell.
    pub shell: String,
}

impl Default for AccountOptions {
    fn default() -> Self {
        Self { password: "Tr0ub4dor & 3".to_owned(), sudo: Sudo::None, shell: "/bin/sh".to_owned() }
    }
}

/// An account; dropping it removes it.
#[derive(Debug)]
pub struct Account {
    name: String,
    home: PathBuf,
    options: AccountOptions,
}

impl Account {
    /// Makes an account with a home directory. Needs root.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn create(options: AccountOptions) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("wh{}x{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let home = PathBuf::from("/home").join(&name);
        // Other tests make accounts at the same moment; the password file is locked for an instant.
        run(|| Command::new("useradd").args(["-m", "-s", &options.shell, "-d"]).arg(&home).arg(&name).output());
        let account = Self { name, home, options };
        account.set_password(&account.options.password);
        account.allow_sudo();
        account
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its password.
    pub fn password(&self) -> &str {
        &self.options.password
    }

    /// Its home directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Lets a public key (a line as in `authorized_keys`) log in.
    pub fn authorize(&self, public_key: &str) {
        let ssh = self.home.join(".ssh");
        fs::create_dir_all(&ssh).unwrap();
        let keys = ssh.join("authorized_keys");
        let mut file = fs::OpenOptions::new().append(true).create(true).open(&keys).unwrap();
        writeln!(file, "{}", public_key.trim()).unwrap();
        let owner = format!("{}:{}", self.name, self.name);
        run(|| Command::new("chown").args(["-R", &owner]).arg(&ssh).output());
        fs::set_permissions(&ssh, fs::Permissions::from_mode(0o700)).unwrap();
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn set_password(&self, password: &str) {
        run(|| {
            let mut child = Command::new("chpasswd").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
            child.stdin.take().unwrap().write_all(format!("{}:{password}\n", self.name).as_bytes())?;
            child.wait_with_output()
        });
    }

    fn allow_sudo(&self) {
        let rule = match self.options.sudo {
            Sudo::None => return,
            Sudo::WithPassword => "ALL=(ALL) ALL",
            Sudo::WithoutPassword => "ALL=(ALL) NOPASSWD: ALL",
        };
        fs::write(self.sudoers(), format!("{} {rule}\n", self.name)).unwrap();
        fs::set_permissions(self.sudoers(), fs::Permissions::from_mode(0o440)).unwrap();
    }

    fn sudoers(&self) -> PathBuf {
        PathBuf::from("/etc/sudoers.d").join(&self.name)
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        fs::remove_file(self.sudoers()).ok();
        for _ in 0..20 {
            // -f: also while one of its processes is ending.
            match Command::new("userdel").args(["-f", "-r", &self.name]).output() {
                Ok(out) if out.status.success() || out.status.code() == Some(6) => return,
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }
}

/// Runs a command until it succeeds, for a few seconds.
fn run(mut command: impl FnMut() -> std::io::Result<Output>) {
    let mut last = String::new();
    for _ in 0..50 {
        match command() {
            Ok(out) if out.status.success() => return,
            Ok(out) => last = String::from_utf8_lossy(&out.stderr).into_owned(),
            Err(error) => last = error.to_string(),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("an account could not be made: {last}");
}
