//! Typed actions: what a step does, before it is a script.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A service or package by what the operator called it, and the names it may have on a machine.
///
/// `apache` is `apache2` on Debian, `httpd` on Fedora and `Apache2.4` on Windows: the script tries
/// the candidates in order and takes the first that exists there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Name {
    /// As the operator called it.
    pub asked: String,
    /// What to try on the machine, best first. Never empty.
    pub candidates: Vec<String>,
}

impl Name {
    /// A name that is what it is called.
    pub fn plain(name: impl Into<String>) -> Self {
        let asked = name.into();
        Self { candidates: vec![asked.clone()], asked }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.asked)
    }
}

/// A file on the operator's machine, pinned to its content when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalFile {
    /// Its path on the operator's machine.
    pub path: String,
    /// SHA-256 of its content, lower-case hex. The job refuses to send anything else.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What is measured or looked at by a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Does it answer at all?
    Reachability,
    /// Processor load.
    Cpu,
    /// Memory in use.
    Memory,
    /// All of the above with disk and uptime.
    Health,
}

/// What one step does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Is the service installed, enabled, running?
    ServiceStatus {
        /// Which.
        service: Name,
    },
    /// Start it unless it runs.
    ServiceStart {
        /// Which.
        service: Name,
    },
    /// Stop it unless it is stopped.
    ServiceStop {
        /// Which.
        service: Name,
    },
    /// Stop and start it.
    ServiceRestart {
        /// Which.
        service: Name,
    },
    /// Install the package unless it is there.
    PackageInstall {
        /// Which.
        package: Name,
        /// The version; the newest the machine's sources have when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// Remove the package unless it is not there. Configuration files stay.
    PackageUninstall {
        /// Which.
        package: Name,
    },
    /// Put a file of the operator's machine on the target, keeping a backup of what it replaces.
    FileCopy {
        /// What.
        source: LocalFile,
        /// The absolute path on the target.
        destination: String,
    },
    /// Space used and free, for one path or every file system.
    DiskUsage {
        /// The path; every local file system when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// How long it has been up, and its load.
    Uptime,
    /// The last lines of a log file.
    TailLog {
        /// The absolute path on the target.
        path: String,
        /// How many lines, 1 to 10 000.
        lines: u32,
    },
    /// One measure of the machine.
    Measure {
        /// Which.
        metric: Metric,
    },
    /// Exactly the command the operator typed.
    RunCommand {
        /// The command line, for the target's own shell.
        command: String,
    },
}

impl Action {
    /// Whether it may change the machine. A typed command may do anything, so it counts.
    pub fn mutates(&self) -> bool {
        match self {
            Self::ServiceStart { .. }
            | Self::ServiceStop { .. }
            | Self::ServiceRestart { .. }
            | Self::PackageInstall { .. }
            | Self::PackageUninstall { .. }
            | Self::FileCopy { .. }
            | Self::RunCommand { .. } => true,
            Self::ServiceStatus { .. }
            | Self::DiskUsage { .. }
            | Self::Uptime
            | Self::TailLog { .. }
            | Self::Measure { .. } => false,
        }
    }

    /// What it does, as a short sentence without the targets: `restart nginx`.
    pub fn title(&self) -> String {
        match self {
            Self::ServiceStatus { service } => format!("check {service}"),
            Self::ServiceStart { service } => format!("start {service}"),
            Self::ServiceStop { service } => format!("stop {service}"),
            Self::ServiceRestart { service } => format!("restart {service}"),
            Self::PackageInstall { package, version: None } => format!("install {package}"),
            Self::PackageInstall { package, version: Some(version) } => format!("install {package} {version}"),
            Self::PackageUninstall { package } => format!("uninstall {package}"),
            Self::FileCopy { source, destination } => format!("copy {} to {destination}", source.path),
            Self::DiskUsage { path: None } => "check disk usage".to_owned(),
            Self::DiskUsage { path: Some(path) } => format!("check disk usage of {path}"),
            Self::Uptime => "check uptime".to_owned(),
            Self::TailLog { path, lines } => format!("show the last {lines} lines of {path}"),
            Self::Measure { metric: Metric::Reachability } => "check that it answers".to_owned(),
            Self::Measure { metric: Metric::Cpu } => "check CPU usage".to_owned(),
            Self::Measure { metric: Metric::Memory } => "check memory usage".to_owned(),
            Self::Measure { metric: Metric::Health } => "check system health".to_owned(),
            Self::RunCommand { command } => format!("run “{command}”"),
        }
    }
}
