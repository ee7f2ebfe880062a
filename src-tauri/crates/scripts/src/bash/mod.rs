//! Scripts for bash 3.2 or newer, on anything but Windows.
//!
//! What is fixed stands in `parts/*.sh`, whole functions that can be read, checked and run as they are. What varies (names,
//! paths, the operator's command) enters at one place only: assignments at the top of the script, every value in the
//! quotes of [`quote`]. No value is ever part of a line that does anything, nor of a comment.

mod command;
mod delete;
mod file;
mod look;
mod package;
mod power;
mod prelude;
mod process;
mod program;
mod quote;
mod reach;
mod read;
mod service;
mod user;

pub use prelude::prelude;
pub use quote::quote;

use crate::ScriptError;
use wheelhouse_protocol::action::{Action, LocalFile};
use wheelhouse_protocol::plan::{Script, Shell};

/// The scripts for one action.
pub(crate) fn render(action: &Action) -> Result<Script, ScriptError> {
    match action {
        Action::ServiceStatus { service } => service::status(service),
        Action::ServiceStart { service } => service::start(service),
        Action::ServiceStop { service } => service::stop(service),
        Action::ServiceRestart { service } => service::restart(service),
        Action::ServiceReload { service } => service::reload(service),
        Action::ServiceEnable { service } => service::enable(service),
        Action::ServiceDisable { service } => service::disable(service),
        Action::ListServices { filter } => service::list(*filter),
        Action::PackageInstall { package, version } => package::install(package, version.as_deref()),
        Action::PackageUninstall { package } => package::uninstall(package),
        Action::PackageUpdate { package, version } => package::update(package, version.as_deref()),
        Action::SystemUpdate => package::update_all(),
        Action::ProgramReplace { service, source } => program::replace(service, source),
        Action::FileCopy { source, destination } => file::copy(source, destination),
        Action::DiskUsage { path } => look::disk_usage(path.as_deref()),
        Action::Uptime => look::uptime(),
        Action::TailLog { path, lines } => read::tail_log(path, *lines),
        Action::ServiceLog { service, text, lines } => read::service_log(service.as_ref(), text.as_deref(), *lines),
        Action::SearchFile { path, text, lines } => read::search_file(path, text, *lines),
        Action::ReadFile { path, lines } => read::read_file(path, *lines),
        Action::ListDirectory { path } => read::list_directory(path),
        Action::DeleteFiles { path, older_than_days } => delete::files(path, *older_than_days),
        Action::ListProcesses { name, order } => process::list(name.as_deref(), *order),
        Action::KillProcess { process } => process::kill(process),
        Action::LoggedInUsers => user::logged_in(),
        Action::ListUsers => user::list(),
        Action::UserChange { user, change } => user::change(user, *change),
        Action::Reboot => power::reboot(),
        Action::Shutdown => power::shutdown(),
        Action::Reach { address, port } => reach::other(address, *port),
        Action::Measure { metric } => look::measure(*metric),
        Action::RunCommand { command } => command::run(command),
    }
}

/// A script in the making: values, then functions, then what is done.
struct Body {
    values: String,
}

impl Body {
    fn new() -> Self {
        Self { values: String::new() }
    }

    /// The variable `name` holds `value`.
    fn value(mut self, name: &str, value: &str) -> Result<Self, ScriptError> {
        self.values.push_str(&format!("{name}={}\n", quote(value)?));
        Ok(self)
    }

    /// The array `name` holds `values`, of which there is at least one.
    fn values(mut self, name: &str, values: &[&str]) -> Result<Self, ScriptError> {
        let quoted: Result<Vec<String>, ScriptError> = values.iter().map(|value| quote(value)).collect();
        self.values.push_str(&format!("{name}=({})\n", quoted?.join(" ")));
        Ok(self)
    }

    /// The script that has these parts and does this.
    fn script(&self, parts: &[&str], call: &str) -> String {
        let mut body = self.values.clone();
        for part in parts {
            body.push('\n');
            body.push_str(part);
        }
        body.push_str(&format!("\n{call}\n"));
        prelude::group(&body)
    }
}

/// A step that only looks.
fn looking(run: String, timeout_seconds: u32) -> Script {
    Script { shell: Shell::Bash, run, verify: None, rollback: None, timeout_seconds, requires_admin: false, file: None }
}

/// A step that changes something, as root.
fn changing(
    run: String,
    verify: String,
    rollback: Option<String>,
    timeout_seconds: u32,
    file: Option<LocalFile>,
) -> Script {
    Script { shell: Shell::Bash, run, verify: Some(verify), rollback, timeout_seconds, requires_admin: true, file }
}
