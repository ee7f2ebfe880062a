//! The inventory: targets, the groups they are in, how each is reached, and whose host keys are trusted.

use crate::{CredentialId, GroupId, Problem, TargetId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The family of operating system a target runs, as far as scripts must care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// Any Linux distribution.
    Linux,
    /// Windows, desktop or server.
    Windows,
    /// macOS.
    Macos,
    /// Another Unix: a BSD, Solaris, AIX.
    Unix,
    /// A switch, router or other appliance without a shell of ours.
    Network,
    /// Nobody has said and nobody has looked yet. First contact finds out.
    #[default]
    Unknown,
}

impl Os {
    /// The name in lower case, as stored and as shown in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Windows => "windows",
            Self::Macos => "macos",
            Self::Unix => "unix",
            Self::Network => "network",
            Self::Unknown => "unknown",
        }
    }

    /// The family a word names, if it names one.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "linux" | "gnu/linux" => Self::Linux,
            "windows" | "win" | "win32nt" | "win64" => Self::Windows,
            "macos" | "mac" | "osx" | "darwin" => Self::Macos,
            "unix" | "bsd" | "freebsd" | "openbsd" | "netbsd" | "solaris" | "aix" => Self::Unix,
            "network" | "ios" | "junos" | "switch" | "router" => Self::Network,
            "unknown" | "" => Self::Unknown,
            _ => return None,
        })
    }
}

impl fmt::Display for Os {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linux => "Linux",
            Self::Windows => "Windows",
            Self::Macos => "macOS",
            Self::Unix => "Unix",
            Self::Network => "network device",
            Self::Unknown => "unknown OS",
        })
    }
}

/// How a target is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionKind {
    /// The operator's own machine, without a network.
    Local,
    /// SSH, RFC 4251.
    Ssh,
    /// WS-Management over HTTPS.
    WinrmHttps,
    /// WS-Management over HTTP (messages are still encrypted by NTLM or Kerberos).
    Winrm,
    /// Telnet, RFC 854: everything in the clear.
    Telnet,
}

impl ConnectionKind {
    /// The port used when none is given; `None` for local.
    pub fn default_port(self) -> Option<u16> {
        match self {
            Self::Local => None,
            Self::Ssh => Some(22),
            Self::WinrmHttps => Some(5986),
            Self::Winrm => Some(5985),
            Self::Telnet => Some(23),
        }
    }

    /// The name as stored and as shown in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ssh => "ssh",
            Self::WinrmHttps => "winrm-https",
            Self::Winrm => "winrm",
            Self::Telnet => "telnet",
        }
    }

    /// The kind a word names, if it names one.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().replace('_', "-").as_str() {
            "local" => Self::Local,
            "ssh" | "paramiko" | "smart" | "openssh" => Self::Ssh,
            "winrm-https" | "psrp" => Self::WinrmHttps,
            "winrm" | "winrm-http" => Self::Winrm,
            "telnet" => Self::Telnet,
            _ => return None,
        })
    }
}

impl fmt::Display for ConnectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "local",
            Self::Ssh => "SSH",
            Self::WinrmHttps => "WinRM (HTTPS)",
            Self::Winrm => "WinRM",
            Self::Telnet => "telnet",
        })
    }
}

/// One way to reach a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The protocol.
    pub kind: ConnectionKind,
    /// The port; the kind's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The account. When absent, the credential's user name; without a credential, the operator's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The vault entry to log in with. Without one, SSH tries the operator's agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialId>,
}

impl Connection {
    /// A connection of this kind with every default.
    pub fn of(kind: ConnectionKind) -> Self {
        Self { kind, port: None, user: None, credential: None }
    }

    /// The port that will be dialled; 0 for local.
    pub fn effective_port(&self) -> u16 {
        self.port.or(self.kind.default_port()).unwrap_or(0)
    }
}

/// What a person says about a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct TargetSpec {
    /// The name operators use; unique, compared without regard to case.
    pub name: String,
    /// Host names and IP addresses. The first is dialled; the others are names it also goes by.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// The operating system; [`Os::Unknown`] until somebody says or first contact finds out.
    #[serde(default)]
    pub os: Os,
    /// Free words to select by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The groups it is in directly.
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// `production`, `staging`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// While set, plans that change it say so and jobs skip it.
    #[serde(default)]
    pub maintenance: bool,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// The ways to reach it, best first.
    #[serde(default)]
    pub connections: Vec<Connection>,
}

impl TargetSpec {
    /// The address that is dialled: the first one, or the name itself.
    pub fn address(&self) -> &str {
        self.addresses.first().map_or(self.name.as_str(), String::as_str)
    }

    /// The connection that is used: the first one this program can speak.
    pub fn usable_connection(&self) -> Option<&Connection> {
        self.connections.iter().find(|c| matches!(c.kind, ConnectionKind::Local | ConnectionKind::Ssh))
    }
}

/// What first contact found out about a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The family.
    pub os: Os,
    /// `Debian GNU/Linux 12 (bookworm)`, from `/etc/os-release`, `sw_vers` or `uname`.
    pub distribution: String,
    /// `6.1.0-18-amd64`.
    pub kernel: String,
    /// `x86_64`.
    pub architecture: String,
    /// The host's own name.
    pub host_name: String,
    /// `apt`, `dnf`, …; empty when none was found.
    pub package_manager: String,
    /// `systemd`, `openrc`, `sysvinit`, `launchd`; empty when none is in charge.
    pub init_system: String,
    /// What the login account may do.
    pub privilege: Privilege,
    /// When this was seen.
    pub seen_at: Timestamp,
}

/// What an account may do on its machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privilege {
    /// It is root (or an administrator).
    Root,
    /// sudo, without asking.
    SudoWithoutPassword,
    /// sudo is there; whether it lets this account through needs its password.
    SudoMayAsk,
    /// No way to become root was found.
    None,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its id.
    pub id: TargetId,
    /// What a person said about it.
    #[serde(flatten)]
    pub spec: TargetSpec,
    /// What first contact found, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// When it last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<Timestamp>,
    /// Why the last attempt to reach it failed; empty when it did not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_failure: String,
}

/// What a person says about a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct GroupSpec {
    /// The name; unique, compared without regard to case.
    pub name: String,
    /// Other names it goes by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The group it is part of. At most three levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<GroupId>,
    /// Whether it holds every target there is.
    #[serde(default)]
    pub everything: bool,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// What a person said about it.
    #[serde(flatten)]
    pub spec: GroupSpec,
}

/// The deepest a group may be nested.
pub const MAX_GROUP_DEPTH: usize = 3;

/// The whole inventory at one moment: what the planner reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Snapshot {
    /// Every target, by name.
    pub targets: Vec<Target>,
    /// Every group, by name.
    pub groups: Vec<Group>,
    /// Site words for services: what operators say → the names it has on machines.
    #[serde(default)]
    pub services: BTreeMap<String, Vec<String>>,
}

/// A host key somebody accepted, or one a machine just presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostKey {
    /// The host as dialled.
    pub host: String,
    /// The port as dialled.
    pub port: u16,
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, …
    pub key_type: String,
    /// The public key, base64, as in `known_hosts`.
    pub key: String,
    /// `SHA256:…`, as OpenSSH prints it.
    pub fingerprint: String,
}

/// An accepted host key with who accepted it and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedHostKey {
    /// The key.
    #[serde(flatten)]
    pub key: HostKey,
    /// Who accepted it, or the file it was read from.
    pub accepted_by: String,
    /// When; absent for keys read from a file.
    pub accepted_at: Option<Timestamp>,
}

/// What a connection test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum TestResult {
    /// It connected, authenticated and ran a command that does nothing.
    Ok {
        /// From dialling to the command's answer, in milliseconds.
        latency_ms: u64,
        /// From dialling to an open TCP connection, in milliseconds; 0 for local.
        connect_ms: u64,
        /// How it logged in: `password`, `public key`, `agent`, …
        authentication: String,
        /// What the machine is.
        facts: Box<Facts>,
    },
    /// It presented a key nobody has accepted. Nothing was sent to it.
    HostKeyUnknown {
        /// The presented key.
        presented: HostKey,
    },
    /// It presented another key than the accepted one. Nothing was sent to it.
    HostKeyChanged {
        /// The presented key.
        presented: HostKey,
        /// The accepted one(s).
        accepted: Vec<TrustedHostKey>,
    },
    /// It failed; the problem says where and why.
    Failed {
        /// What happened.
        problem: Problem,
    },
}

/// The formats an inventory can be imported from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportFormat {
    /// Ansible's INI inventory.
    AnsibleIni,
    /// Ansible's YAML inventory.
    AnsibleYaml,
    /// An OpenSSH client configuration.
    SshConfig,
    /// Comma-, semicolon- or tab-separated values with a header line.
    Csv,
    /// Wheelhouse's own JSON: `{"hosts": […], "groups": {…}}`.
    Json,
}

impl fmt::Display for ImportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnsibleIni => "Ansible inventory (INI)",
            Self::AnsibleYaml => "Ansible inventory (YAML)",
            Self::SshConfig => "SSH client configuration",
            Self::Csv => "CSV",
            Self::Json => "JSON inventory",
        })
    }
}

/// Where the text of an import comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum ImportSource {
    /// A file on the operator's machine.
    Path {
        /// Its path; a leading `~/` is the home directory.
        path: String,
    },
    /// Text that was pasted or dropped.
    Text {
        /// The file's name, to guess the format by; may be empty.
        name: String,
        /// The text.
        text: String,
    },
}

/// What an import would do to one target or group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportChange {
    /// It is not there yet.
    New,
    /// It is there and would change.
    Changed,
    /// It is there just so.
    Same,
}

/// One target in an import preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportTarget {
    /// Its name.
    pub name: String,
    /// The address that would be dialled.
    pub address: String,
    /// How it would be reached: `SSH, port 22, as deploy`.
    pub connection: String,
    /// The names of the groups it would be in.
    pub groups: Vec<String>,
    /// What would happen.
    pub change: ImportChange,
    /// What would change, as `field: old → new`.
    pub differences: Vec<String>,
}

/// One group in an import preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportGroup {
    /// Its name.
    pub name: String,
    /// The group it would be part of.
    pub parent: Option<String>,
    /// How many targets the import puts in it, those of its sub-groups included.
    pub members: usize,
    /// What would happen.
    pub change: ImportChange,
}

/// How bad a line of an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportSeverity {
    /// Worth knowing.
    Note,
    /// Something on this line is left out.
    Warning,
    /// This line is left out.
    Error,
}

/// A line of an import that needs a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRemark {
    /// The line, from 1; 0 when it is about the whole text.
    pub line: usize,
    /// How bad.
    pub severity: ImportSeverity,
    /// What, and what to do.
    pub message: String,
}

/// What an import would do, before it does anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// The format that was recognised.
    pub format: ImportFormat,
    /// The targets in the text.
    pub targets: Vec<ImportTarget>,
    /// The groups in the text.
    pub groups: Vec<ImportGroup>,
    /// What needs a look.
    pub remarks: Vec<ImportRemark>,
    /// SHA-256 of the text that was read, so that what is applied is what was looked at.
    pub digest: String,
}

/// Lists every target and what is known of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListTargets {
    /// Only those in this group (its sub-groups included), by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}
crate::command!(ListTargets, "target.list", Viewer, false => Vec<Target>);

/// Creates a target, or changes the one with this id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveTarget {
    /// The target to change; absent to create one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TargetId>,
    /// What to say about it.
    pub spec: TargetSpec,
}
crate::command!(SaveTarget, "target.save", Operator, true => Target);

/// Removes a target from the inventory. Its jobs stay in the history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeleteTarget {
    /// Which.
    pub id: TargetId,
}
crate::command!(DeleteTarget, "target.delete", Operator, true => ());

/// Connects, authenticates, runs a command that does nothing, and looks what machine it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestTarget {
    /// Which.
    pub id: TargetId,
}
crate::command!(TestTarget, "target.test", Operator, true => TestResult);

/// Lists every group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListGroups {}
crate::command!(ListGroups, "group.list", Viewer, false => Vec<Group>);

/// Creates a group, or changes the one with this id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveGroup {
    /// The group to change; absent to create one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<GroupId>,
    /// What to say about it.
    pub spec: GroupSpec,
    /// When given, exactly these targets are in it directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<TargetId>>,
}
crate::command!(SaveGroup, "group.save", Operator, true => Group);

/// Removes a group. Its targets stay; its sub-groups move up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeleteGroup {
    /// Which.
    pub id: GroupId,
}
crate::command!(DeleteGroup, "group.delete", Operator, true => ());

/// Shows what an import would do. Stores nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewImport {
    /// The text.
    pub source: ImportSource,
    /// Its format; recognised from the name and the text when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ImportFormat>,
}
crate::command!(PreviewImport, "inventory.preview", Operator, false => ImportPreview);

/// Does what a preview showed, in one transaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApplyImport {
    /// The text.
    pub source: ImportSource,
    /// The format the preview recognised.
    pub format: ImportFormat,
    /// The preview's digest: refused when the text has changed since.
    pub digest: String,
    /// The credential the imported connections use where they name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialId>,
}
crate::command!(ApplyImport, "inventory.import", Operator, true => ImportPreview);

/// Writes the inventory in another tool's format.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportInventory {
    /// [`ImportFormat::AnsibleIni`], [`ImportFormat::AnsibleYaml`], [`ImportFormat::Csv`] or [`ImportFormat::Json`].
    pub format: ImportFormat,
}
crate::command!(ExportInventory, "inventory.export", Viewer, false => String);

/// Lists the accepted host keys.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListHostKeys {}
crate::command!(ListHostKeys, "host_key.list", Viewer, false => Vec<TrustedHostKey>);

/// Accepts a host key that a person has looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AcceptHostKey {
    /// The key, as the test presented it.
    pub key: HostKey,
    /// Whether other keys of that host are forgotten: needed when a key has changed.
    #[serde(default)]
    pub replace: bool,
}
crate::command!(AcceptHostKey, "host_key.accept", Operator, true => ());

/// Forgets the accepted keys of a host.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForgetHostKey {
    /// The host as dialled.
    pub host: String,
    /// The port as dialled.
    pub port: u16,
}
crate::command!(ForgetHostKey, "host_key.forget", Operator, true => ());
