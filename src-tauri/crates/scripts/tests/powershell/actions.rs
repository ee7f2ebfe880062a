//! One or more of every action, for a Windows machine.

use wheelhouse_protocol::action::{Action, LocalFile, Metric, Name, ProcessOrder, ServiceFilter, UserChange};
use wheelhouse_protocol::plan::{Script, Shell};
use wheelhouse_scripts::render;

/// The scripts of an action.
pub(crate) fn script(action: &Action) -> Script {
    render(action, Shell::Powershell).unwrap_or_else(|error| panic!("{action:?}: {error}"))
}

/// The texts of a script, each with what it is.
pub(crate) fn texts(script: Script) -> Vec<(&'static str, String)> {
    let others = [script.verify.map(|text| ("verify", text)), script.rollback.map(|text| ("rollback", text))];
    [("run", script.run)].into_iter().chain(others.into_iter().flatten()).collect()
}

/// Every text of every action, with a name.
pub(crate) fn every_text() -> Vec<(String, String)> {
    let named = |action: Action| {
        texts(script(&action)).into_iter().map(move |(what, text)| (format!("{action:?} {what}"), text))
    };
    every_action().into_iter().flat_map(named).collect()
}

/// At least one of every variant.
pub(crate) fn every_action() -> Vec<Action> {
    let mut all = actions_with("it's");
    all.extend([
        Action::SystemUpdate,
        Action::Uptime,
        Action::LoggedInUsers,
        Action::ListUsers,
        Action::Reboot,
        Action::Shutdown,
        Action::DiskUsage { path: None },
        Action::ServiceLog { service: None, text: None, lines: 1 },
        Action::ListProcesses { name: None, order: ProcessOrder::Cpu },
        Action::RunCommand { command: "Get-Date # it's\nthrow 'x'".into() },
        Action::KillProcess { process: "4711".into() },
    ]);
    for filter in [ServiceFilter::All, ServiceFilter::Running, ServiceFilter::Failed] {
        all.push(Action::ListServices { filter });
    }
    for metric in [Metric::Reachability, Metric::Cpu, Metric::Memory, Metric::Health] {
        all.push(Action::Measure { metric });
    }
    all
}

/// Every action that carries a value, with this value wherever one can stand. (A typed command is meant to run.)
pub(crate) fn actions_with(value: &str) -> Vec<Action> {
    let name = || Name { asked: value.into(), candidates: vec![value.into(), "W3SVC".into()] };
    let asked = || Name { asked: value.into(), candidates: vec!["Mozilla.Firefox".into()] };
    let file = |path: &str| LocalFile { path: path.into(), sha256: "0".repeat(64), size: 1 };
    let path = || format!("C:\\data\\{value}");
    let mut all = vec![
        Action::ServiceStatus { service: name() },
        Action::ServiceStart { service: name() },
        Action::ServiceStart { service: asked() },
        Action::ServiceStop { service: name() },
        Action::ServiceRestart { service: name() },
        Action::ServiceReload { service: name() },
        Action::ServiceEnable { service: name() },
        Action::ServiceDisable { service: name() },
        Action::ServiceLog { service: Some(name()), text: Some(value.into()), lines: 200 },
        Action::PackageInstall { package: name(), version: None },
        Action::PackageInstall { package: asked(), version: Some("1.2.3".into()) },
        Action::PackageUninstall { package: name() },
        Action::PackageUpdate { package: name(), version: None },
        Action::FileCopy { source: file(value), destination: "C:\\data\\x".into() },
        Action::FileCopy { source: file("x"), destination: path() },
        Action::ProgramReplace { service: name(), source: file("x") },
        Action::ProgramReplace { service: Name::plain("my-app.exe"), source: file(value) },
        Action::DiskUsage { path: Some(path()) },
        Action::TailLog { path: path(), lines: 10_000 },
        Action::ReadFile { path: path(), lines: 1 },
        Action::SearchFile { path: path(), text: value.into(), lines: 5 },
        Action::ListDirectory { path: path() },
        Action::DeleteFiles { path: path(), older_than_days: None },
        Action::DeleteFiles { path: format!("C:\\data\\{value}*.log"), older_than_days: Some(30) },
        Action::ListProcesses { name: Some(value.into()), order: ProcessOrder::Memory },
        Action::KillProcess { process: value.into() },
        Action::Reach { address: "db-01.example".into(), port: Some(5432) },
        Action::Reach { address: "db-01.example".into(), port: None },
        Action::RunCommand { command: format!("Get-Date {value}") },
    ];
    for change in [UserChange::Lock, UserChange::Unlock, UserChange::Create, UserChange::Delete] {
        all.push(Action::UserChange { user: value.into(), change });
    }
    all
}

/// The name of an action's variant. A new variant does not compile until it stands here and in [`VARIANTS`].
pub(crate) fn variant(action: &Action) -> &'static str {
    match action {
        Action::ServiceStatus { .. } => "ServiceStatus",
        Action::ServiceStart { .. } => "ServiceStart",
        Action::ServiceStop { .. } => "ServiceStop",
        Action::ServiceRestart { .. } => "ServiceRestart",
        Action::ServiceReload { .. } => "ServiceReload",
        Action::ServiceEnable { .. } => "ServiceEnable",
        Action::ServiceDisable { .. } => "ServiceDisable",
        Action::ListServices { .. } => "ListServices",
        Action::PackageInstall { .. } => "PackageInstall",
        Action::PackageUninstall { .. } => "PackageUninstall",
        Action::PackageUpdate { .. } => "PackageUpdate",
        Action::SystemUpdate => "SystemUpdate",
        Action::FileCopy { .. } => "FileCopy",
        Action::ProgramReplace { .. } => "ProgramReplace",
        Action::DiskUsage { .. } => "DiskUsage",
        Action::Uptime => "Uptime",
        Action::TailLog { .. } => "TailLog",
        Action::ServiceLog { .. } => "ServiceLog",
        Action::SearchFile { .. } => "SearchFile",
        Action::ReadFile { .. } => "ReadFile",
        Action::ListDirectory { .. } => "ListDirectory",
        Action::DeleteFiles { .. } => "DeleteFiles",
        Action::ListProcesses { .. } => "ListProcesses",
        Action::KillProcess { .. } => "KillProcess",
        Action::LoggedInUsers => "LoggedInUsers",
        Action::ListUsers => "ListUsers",
        Action::UserChange { .. } => "UserChange",
        Action::Reboot => "Reboot",
        Action::Shutdown => "Shutdown",
        Action::Reach { .. } => "Reach",
        Action::Measure { .. } => "Measure",
        Action::RunCommand { .. } => "RunCommand",
    }
}

/// How many variants there are.
pub(crate) const VARIANTS: usize = 32;
