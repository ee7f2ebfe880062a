//! Whose host keys are trusted: those accepted in Wheelhouse, and those in OpenSSH's `known_hosts`.
//!
//! The files are read as sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT", says: several names per line,
//! `[host]:port`, the wildcards `*` and `?`, `!` to except, names hashed with HMAC-SHA1
//! (`|1|salt|hash`), and `@revoked`. Lines with `@cert-authority` are passed over: libssh2 knows no
//! host certificates, so such a host counts as unknown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use wheelhouse_protocol::inventory::{HostKey, TrustedHostKey};

/// One line of a `known_hosts` file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    patterns: Vec<String>,
    key_type: String,
    key: String,
    revoked: bool,
    file: String,
}

/// Everything that decides whether a presented key is trusted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    accepted: Vec<TrustedHostKey>,
    lines: Vec<Line>,
}

/// What to do with a presented key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the accepted one.
    Trusted,
    /// No key of this kind is known for the host.
    Unknown,
    /// Another key is known for the host.
    Changed(Vec<TrustedHostKey>),
    /// It must never be trusted; the file that says so.
    Revoked(String),
}

impl Trust {
    /// Trusts what was accepted in Wheelhouse.
    pub(crate) fn new(accepted: Vec<TrustedHostKey>) -> Self {
        Self { accepted, lines: Vec::new() }
    }

    /// Also trusts what a `known_hosts` text says; `file` is its name, for messages.
    #[must_use]
    pub(crate) fn with_known_hosts(mut self, file: &str, text: &str) -> Self {
        self.lines.extend(text.lines().filter_map(|line| parse(file, line)));
        self
    }

    /// Also trusts OpenSSH's files of this account and machine, where they are.
    #[must_use]
    pub(crate) fn with_openssh_files(mut self) -> Self {
        for path in openssh_files() {
            // A file that is not there or may not be read trusts nobody.
            if let Ok(text) = std::fs::read(&path) {
                self = self.with_known_hosts(&path.display().to_string(), &String::from_utf8_lossy(&text));
            }
        }
        self
    }

    /// Decides on a presented key.
    pub(crate) fn check(&self, presented: &HostKey) -> Verdict {
        let lines: Vec<&Line> = self.lines.iter().filter(|line| line.names(&presented.host, presented.port)).collect();
        if let Some(line) = lines.iter().find(|line| line.revoked && line.key == presented.key) {
            return Verdict::Revoked(line.file.clone());
        }
        let known = self.known(&presented.host, presented.port);
        if known.iter().any(|k| k.key.key == presented.key) {
            return Verdict::Trusted;
        }
        // As OpenSSH does: another key of the same type is a change; a type never seen is unknown
        // only where nothing is known, else it could be used to get round the known one.
        if known.is_empty() { Verdict::Unknown } else { Verdict::Changed(known) }
    }

    /// The key types known for a host, so that the machine is asked for one of those.
    pub(crate) fn key_types(&self, host: &str, port: u16) -> Vec<String> {
        let mut types: Vec<String> = Vec::new();
        for known in self.known(host, port) {
            if !types.contains(&known.key.key_type) {
                types.push(known.key.key_type);
            }
        }
        types
    }

    fn known(&self, host: &str, port: u16) -> Vec<TrustedHostKey> {
        let own = self
            .accepted
            .iter()
            .filter(|k| k.key.host.eq_ignore_ascii_case(host) && k.key.port == port)
            .cloned()
            .collect::<Vec<_>>();
        // What a person decided here outweighs a file: after "accept the new key", the old one in
        // ~/.ssh/known_hosts must not be trusted any more.
        if !own.is_empty() {
            return own;
        }
        self.lines
            .iter()
            .filter(|line| !line.revoked && line.names(host, port))
            .map(|line| TrustedHostKey {
                key: HostKey {
                    host: host.to_owned(),
                    port,
                    key_type: line.key_type.clone(),
                    key: line.key.clone(),
                    fingerprint: STANDARD.decode(&line.key).map(|blob| fingerprint(&blob)).unwrap_or_default(),
                },
                accepted_by: line.file.clone(),
                accepted_at: None,
            })
            .collect()
    }
}

impl Line {
    /// Whether the line speaks of this host: at least one name matches, and none that excepts it.
    fn names(&self, host: &str, port: u16) -> bool {
        let host = host.to_lowercase();
        let name = if port == 22 { host } else { format!("[{host}]:{port}") };
        let mut found = false;
        for pattern in &self.patterns {
            match pattern.strip_prefix('!') {
                Some(except) if wildcard(&except.to_lowercase(), &name) => return false,
                Some(_) => {}
                None if pattern.starts_with("|1|") => found |= hashed(pattern, &name),
                None => found |= wildcard(&pattern.to_lowercase(), &name),
            }
        }
        found
    }
}

fn parse(file: &str, line: &str) -> Option<Line> {
    let mut words = line.split_whitespace().peekable();
    let marker = words.next_if(|word| word.starts_with('@'));
    let patterns = words.next().filter(|word| !word.starts_with('#'))?;
    let (key_type, key) = (words.next()?, words.next()?);
    let revoked = match marker {
        None => false,
        Some("@revoked") => true,
        Some(_) => return None,
    };
    STANDARD.decode(key).ok()?;
    Some(Line {
        patterns: patterns.split(',').map(str::to_owned).collect(),
        key_type: key_type.to_owned(),
        key: key.to_owned(),
        revoked,
        file: file.to_owned(),
    })
}

/// `|1|salt|hash`: HMAC-SHA1 of the name, keyed with the salt.
fn hashed(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('|').skip(2);
    let (Some(salt), Some(hash)) = (parts.next(), parts.next()) else { return false };
    let (Ok(salt), Ok(hash)) = (STANDARD.decode(salt), STANDARD.decode(hash)) else { return false };
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&salt) else { return false };
    mac.update(name.as_bytes());
    mac.verify_slice(&hash).is_ok()
}

/// `*` stands for any text, `?` for any one character.
fn wildcard(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if p < pattern.len() && (pattern[p] == '?' || pattern[p] == name[n]) && pattern[p] != '*' {
            p += 1;
            n += 1;
        } else if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, n));
            p += 1;
        } else if let Some((at, from)) = star {
            // The last star takes one character more.
            star = Some((at, from + 1));
            p = at + 1;
            n = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// `SHA256:…` of a public key blob, as OpenSSH prints it.
pub(crate) fn fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob)))
}

/// A presented key blob (RFC 4253, section 6.6) as a [`HostKey`]: its type is its first string.
pub(crate) fn host_key(host: &str, port: u16, blob: &[u8]) -> HostKey {
    let key_type = blob
        .first_chunk::<4>()
        .map(|length| u32::from_be_bytes(*length) as usize)
        .and_then(|length| blob.get(4..4 + length))
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .unwrap_or_default();
    HostKey { host: host.to_owned(), port, key_type, key: STANDARD.encode(blob), fingerprint: fingerprint(blob) }
}

fn openssh_files() -> Vec<PathBuf> {
    let home = std::env::home_dir().map(|home| home.join(".ssh"));
    let mut files: Vec<PathBuf> =
        home.iter().flat_map(|ssh| [ssh.join("known_hosts"), ssh.join("known_hosts2")]).collect();
    if cfg!(unix) {
        files.extend(["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"].map(PathBuf::from));
    } else if let Some(data) = std::env::var_os("ProgramData") {
        files.push(PathBuf::from(data).join("ssh").join("ssh_known_hosts"));
    }
    files
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    const ONE: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIHRoaXMgaXMgb25lIGtleSBvZiB0aGlydHkgdHdvIGI=";
    const TWO: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIHRoaXMgaXMgYW5vdGhlciBrZXkgb2YgMzIgYnl0ZXM=";

    fn presented(host: &str, port: u16, key: &str) -> HostKey {
        host_key(host, port, &STANDARD.decode(key).unwrap())
    }

    fn accepted(key: &HostKey) -> TrustedHostKey {
        TrustedHostKey { key: key.clone(), accepted_by: "ada".to_owned(), accepted_at: None }
    }

    #[test]
    fn the_type_is_read_from_the_key_itself() {
        assert_eq!(presented("h", 22, ONE).key_type, "ssh-ed25519");
        assert_eq!(host_key("h", 22, &[0, 0, 0, 200, 1]).key_type, "", "a cut blob has no type, and does not panic");
    }

    #[test]
    fn lines_name_hosts_as_openssh_says() {
        let text = format!(
            "# comment\nweb-1,10.0.0.1 ssh-ed25519 {ONE} a comment\n[web-2]:2222 ssh-ed25519 {ONE}\n\
             *.lab,!secret.lab ssh-ed25519 {ONE}\ndb-? ssh-ed25519 {ONE}\n\n garbage\nweb-9 ssh-ed25519 not*base64\n\
             @cert-authority *.corp ssh-ed25519 {ONE}\n"
        );
        let trust = Trust::default().with_known_hosts("known_hosts", &text);
        let cases = [
            ("web-1", 22, Verdict::Trusted),
            ("WEB-1", 22, Verdict::Trusted),
            ("10.0.0.1", 22, Verdict::Trusted),
            ("web-1", 2222, Verdict::Unknown),
            ("web-2", 2222, Verdict::Trusted),
            ("web-2", 22, Verdict::Unknown),
            ("a.lab", 22, Verdict::Trusted),
            ("secret.lab", 22, Verdict::Unknown),
            ("db-7", 22, Verdict::Trusted),
            ("db-77", 22, Verdict::Unknown),
            ("web-9", 22, Verdict::Unknown),
            ("x.corp", 22, Verdict::Unknown),
        ];
        for (host, port, verdict) in cases {
            assert_eq!(trust.check(&presented(host, port, ONE)), verdict, "{host}:{port}");
        }
    }

    #[test]
    fn a_changed_key_is_never_trusted() {
        let trust = Trust::default().with_known_hosts("known_hosts", &format!("web-1 ssh-ed25519 {ONE}"));
        let Verdict::Changed(known) = trust.check(&presented("web-1", 22, TWO)) else {
            unreachable!("another key of the same type is a change")
        };
        assert_eq!(known[0].key.key, ONE);
        assert_eq!(known[0].accepted_by, "known_hosts");
    }

    #[test]
    fn what_a_person_accepted_here_outweighs_the_file() {
        let file = format!("web-1 ssh-ed25519 {ONE}");
        let trust = Trust::new(vec![accepted(&presented("web-1", 22, TWO))]).with_known_hosts("known_hosts", &file);
        assert_eq!(trust.check(&presented("web-1", 22, TWO)), Verdict::Trusted);
        assert!(matches!(trust.check(&presented("web-1", 22, ONE)), Verdict::Changed(_)), "the old key is out");
    }

    #[test]
    fn a_revoked_key_is_refused_whoever_accepted_it() {
        let file = format!("@revoked * ssh-ed25519 {ONE}\nweb-1 ssh-ed25519 {ONE}");
        let trust = Trust::new(vec![accepted(&presented("web-1", 22, ONE))]).with_known_hosts("known_hosts", &file);
        assert_eq!(trust.check(&presented("web-1", 22, ONE)), Verdict::Revoked("known_hosts".to_owned()));
    }

    #[test]
    fn wildcards_are_linear_and_exact() {
        assert!(wildcard("*", "") && wildcard("a*c", "abbbc") && wildcard("**a", "xa"));
        assert!(!wildcard("a?c", "ac") && !wildcard("", "a") && !wildcard("*a", "ab"));
        let (pattern, name) = ("*a".repeat(200), "a".repeat(5000) + "b");
        assert!(!wildcard(&pattern, &name), "must end, and soon");
    }
}
