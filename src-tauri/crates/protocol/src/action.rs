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

/// Which of a machine's services a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceFilter {
    /// Every one.
    All,
    /// Those that run.
    Running,
    /// Those that stopped with an error, or should run by themselves and do not.
    Failed,
}

/// What a list of processes is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessOrder {
    /// The busiest first.
    Cpu,
    /// The largest first.
    Memory,
}

/// What happens to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserChange {
    /// It can no longer log in. What it owns stays.
    Lock,
    /// It can log in again.
    Unlock,
    /// It is made, with a home directory and no password: nobody can log in until one is set.
    Create,
    /// It is removed. Its home directory stays.
    Delete,
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
    /// Have it read its configuration again, without stopping.
    ServiceReload {
        /// Which.
        service: Name,
    },
    /// Start it whenever the machine starts.
    ServiceEnable {
        /// Which.
        service: Name,
    },
    /// No longer start it when the machine starts. It runs on if it runs.
    ServiceDisable {
        /// Which.
        service: Name,
    },
    /// The services there are.
    ListServices {
        /// Which of them.
        filter: ServiceFilter,
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
    /// Bring a package that is there to a version, or to the newest one.
    PackageUpdate {
        /// Which.
        package: Name,
        /// The version; the newest the machine's sources have when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// Bring every package of the machine to the newest version its sources have.
    SystemUpdate,
    /// Put a file of the operator's machine on the target, keeping a backup of what it replaces.
    FileCopy {
        /// What.
        source: LocalFile,
        /// The absolute path on the target.
        destination: String,
    },
    /// Put a file of the operator's machine in place of the program a service runs, keeping a backup. The service must be
    /// stopped; where its program lies is read from the service itself.
    ProgramReplace {
        /// Whose program.
        service: Name,
        /// What.
        source: LocalFile,
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
    /// The last lines a service wrote to the system's log; the system's own log without a service.
    ServiceLog {
        /// Whose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<Name>,
        /// Only lines that hold this, in upper or lower case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// How many lines, 1 to 10 000.
        lines: u32,
    },
    /// Lines of a file that hold a text, in upper or lower case.
    SearchFile {
        /// The absolute path on the target.
        path: String,
        /// What to look for, as it is (not a pattern).
        text: String,
        /// The most lines, 1 to 10 000, newest last.
        lines: u32,
    },
    /// The first lines of a file.
    ReadFile {
        /// The absolute path on the target.
        path: String,
        /// How many lines, 1 to 10 000.
        lines: u32,
    },
    /// What a directory holds.
    ListDirectory {
        /// The absolute path on the target.
        path: String,
    },
    /// Delete files, never directories.
    DeleteFiles {
        /// The absolute path on the target. Its last part may hold `*` and `?`.
        path: String,
        /// Only files last changed more than so many days ago.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        older_than_days: Option<u32>,
    },
    /// What runs, with processor time and memory.
    ListProcesses {
        /// Only those with this name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// In which order.
        order: ProcessOrder,
    },
    /// End processes: first asked, after ten seconds by force.
    KillProcess {
        /// The name of the program, or a process id in digits.
        process: String,
    },
    /// Who is logged in.
    LoggedInUsers,
    /// The accounts people log in with.
    ListUsers,
    /// Change an account.
    UserChange {
        /// Which.
        user: String,
        /// How.
        change: UserChange,
    },
    /// Restart the machine.
    Reboot,
    /// Turn the machine off. Somebody has to turn it on again.
    Shutdown,
    /// Whether the target can reach another machine.
    Reach {
        /// The other machine's name or address.
        address: String,
        /// A TCP port; only whether it answers at all when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        port: Option<u16>,
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
            | Self::ServiceReload { .. }
            | Self::ServiceEnable { .. }
            | Self::ServiceDisable { .. }
            | Self::PackageInstall { .. }
            | Self::PackageUninstall { .. }
            | Self::PackageUpdate { .. }
            | Self::SystemUpdate
            | Self::FileCopy { .. }
            | Self::ProgramReplace { .. }
            | Self::DeleteFiles { .. }
            | Self::KillProcess { .. }
            | Self::UserChange { .. }
            | Self::Reboot
            | Self::Shutdown
            | Self::RunCommand { .. } => true,
            Self::ServiceStatus { .. }
            | Self::ListServices { .. }
            | Self::ServiceLog { .. }
            | Self::SearchFile { .. }
            | Self::ReadFile { .. }
            | Self::ListDirectory { .. }
            | Self::ListProcesses { .. }
            | Self::LoggedInUsers
            | Self::ListUsers
            | Self::Reach { .. }
            | Self::DiskUsage { .. }
            | Self::Uptime
            | Self::TailLog { .. }
            | Self::Measure { .. } => false,
        }
    }

    /// Whether a later look at the machine can tell that it was done.
    ///
    /// A service that runs may have been restarted or never stopped; a package that is there was
    /// installed. What only reads leaves nothing to look for.
    pub fn leaves_a_trace(&self) -> bool {
        match self {
            Self::ServiceStart { .. }
            | Self::ServiceStop { .. }
            | Self::ServiceEnable { .. }
            | Self::ServiceDisable { .. }
            | Self::PackageInstall { .. }
            | Self::PackageUninstall { .. }
            | Self::PackageUpdate { .. }
            | Self::SystemUpdate
            | Self::FileCopy { .. }
            | Self::ProgramReplace { .. }
            | Self::DeleteFiles { .. }
            | Self::KillProcess { .. }
            | Self::UserChange { .. } => true,
            Self::ServiceRestart { .. }
            | Self::ServiceReload { .. }
            | Self::Reboot
            | Self::Shutdown
            | Self::RunCommand { .. }
            | Self::ServiceStatus { .. }
            | Self::ListServices { .. }
            | Self::ServiceLog { .. }
            | Self::SearchFile { .. }
            | Self::ReadFile { .. }
            | Self::ListDirectory { .. }
            | Self::ListProcesses { .. }
            | Self::LoggedInUsers
            | Self::ListUsers
            | Self::Reach { .. }
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
            Self::ServiceReload { service } => format!("reload {service}"),
            Self::ServiceEnable { service } => format!("enable {service}"),
            Self::ServiceDisable { service } => format!("disable {service}"),
            Self::ListServices { filter: ServiceFilter::All } => "list services".to_owned(),
            Self::ListServices { filter: ServiceFilter::Running } => "list running services".to_owned(),
            Self::ListServices { filter: ServiceFilter::Failed } => "list failed services".to_owned(),
            Self::PackageUpdate { package, version: None } => format!("update {package}"),
            Self::PackageUpdate { package, version: Some(version) } => format!("update {package} to {version}"),
            Self::SystemUpdate => "update all packages".to_owned(),
            Self::ServiceLog { service: Some(service), text: None, lines } => {
                format!("show the last {lines} lines of {service}'s log")
            }
            Self::ServiceLog { service: None, text: None, lines } => format!("show the last {lines} lines of the log"),
            Self::ServiceLog { service: Some(service), text: Some(text), .. } => {
                format!("search {service}'s log for “{text}”")
            }
            Self::ServiceLog { service: None, text: Some(text), .. } => format!("search the log for “{text}”"),
            Self::SearchFile { path, text, .. } => format!("search {path} for “{text}”"),
            Self::ReadFile { path, lines } => format!("show the first {lines} lines of {path}"),
            Self::ListDirectory { path } => format!("list {path}"),
            Self::DeleteFiles { path, older_than_days: None } => format!("delete {path}"),
            Self::DeleteFiles { path, older_than_days: Some(days) } => {
                format!("delete {path} where older than {days} days")
            }
            Self::ListProcesses { name: None, order: ProcessOrder::Cpu } => "list processes by CPU".to_owned(),
            Self::ListProcesses { name: None, order: ProcessOrder::Memory } => "list processes by memory".to_owned(),
            Self::ListProcesses { name: Some(name), .. } => format!("list processes named {name}"),
            Self::KillProcess { process } => format!("kill {process}"),
            Self::LoggedInUsers => "show who is logged in".to_owned(),
            Self::ListUsers => "list users".to_owned(),
            Self::UserChange { user, change: UserChange::Lock } => format!("lock user {user}"),
            Self::UserChange { user, change: UserChange::Unlock } => format!("unlock user {user}"),
            Self::UserChange { user, change: UserChange::Create } => format!("create user {user}"),
            Self::UserChange { user, change: UserChange::Delete } => format!("delete user {user}"),
            Self::Reboot => "reboot".to_owned(),
            Self::Shutdown => "shut down".to_owned(),
            Self::Reach { address, port: None } => format!("check the connection to {address}"),
            Self::Reach { address, port: Some(port) } => format!("check the connection to {address} port {port}"),
            Self::PackageInstall { package, version: None } => format!("install {package}"),
            Self::PackageInstall { package, version: Some(version) } => format!("install {package} {version}"),
            Self::PackageUninstall { package } => format!("uninstall {package}"),
            Self::FileCopy { source, destination } => format!("copy {} to {destination}", source.path),
            Self::ProgramReplace { service, source } => format!("replace {service}'s program by {}", source.path),
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
