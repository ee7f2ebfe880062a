//! Scripts for Windows PowerShell 5.1 and PowerShell 7 on Windows.
//!
//! What is fixed stands in `parts/*.ps1`, whole functions that can be read, parsed and run as they are. What varies enters at one
//! place only: assignments at the top of the script to variables called `$wh_…`, every value in the quotes of [`quote`].
//! No value is ever part of a line that does anything, nor of a comment, a pattern or a query.
//!
//! # What differs from bash in the contract with the engine
//!
//! One text is run: `$WH_STATE = '…'` and, for a step with a file, `$WH_FILE = '…'` (quoted by [`quote`], or set in the
//! environment), then [`prelude`], then the script. PowerShell must get it whole before it runs any of it (a file, an encoded command
//! or a script block made of it; never lines on standard input), without a profile and not interactively. The text may hold any
//! character: as a file it needs a byte order mark, because Windows PowerShell reads others in the machine's code page. It is longer
//! than a command line may be, and it holds the token, so it does not belong into one.
//!
//! Everything is written to the host line by line in UTF-8: [`crate::parse_line`] reads it. The last report is
//! [`crate::Report::Ended`]; without it the run has failed whatever the exit code. There is no `sudo`: a script that
//! needs an administrator says so when the session is not one.
//!
//! The functions follow three rules that keep them right in both PowerShells: a function writes nothing to the pipeline but its result,
//! whatever may be several is put into `@( )` before it is counted, and no output of a program is understood by its words, which
//! depend on the language of the machine.

mod command;
mod file;
mod look;
mod package;
mod power;
mod prelude;
mod process;
mod program;
mod quote;
mod service;
mod user;
mod validate;

pub use prelude::prelude;
pub use quote::quote;

use crate::ScriptError;
use wheelhouse_protocol::action::{Action, LocalFile};
use wheelhouse_protocol::plan::{Script, Shell};

const STATE: &str = include_str!("parts/state.ps1");
const PROGRAM: &str = include_str!("parts/program.ps1");
const SIMILAR: &str = include_str!("parts/similar.ps1");

/// The scripts for one action. Every action has them.
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
        Action::TailLog { path, lines } => file::tail(path, *lines),
        Action::ReadFile { path, lines } => file::read(path, *lines),
        Action::SearchFile { path, text, lines } => file::search(path, text, *lines),
        Action::ListDirectory { path } => file::list(path),
        Action::DeleteFiles { path, older_than_days } => file::delete(path, *older_than_days),
        Action::DiskUsage { path } => look::disk_usage(path.as_deref()),
        Action::Uptime => look::uptime(),
        Action::ServiceLog { service, text, lines } => look::log(service.as_ref(), text.as_deref(), *lines),
        Action::LoggedInUsers => look::sessions(),
        Action::Reach { address, port } => look::reach(address, *port),
        Action::Measure { metric } => look::measure(*metric),
        Action::ListProcesses { name, order } => process::list(name.as_deref(), *order),
        Action::KillProcess { process } => process::kill(process),
        Action::ListUsers => user::list(),
        Action::UserChange { user, change } => user::change(user, *change),
        Action::Reboot => power::reboot(),
        Action::Shutdown => power::shut_down(),
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

    /// The variable `$wh_name` holds `value`.
    fn value(mut self, name: &str, value: &str) -> Result<Self, ScriptError> {
        self.values.push_str(&format!("$wh_{name} = {}\n", quote(value)?));
        Ok(self)
    }

    /// The variable `$wh_name` holds the array `values`.
    fn values(mut self, name: &str, values: &[&str]) -> Result<Self, ScriptError> {
        let quoted: Result<Vec<String>, ScriptError> = values.iter().map(|value| quote(value)).collect();
        self.values.push_str(&format!("$wh_{name} = @({})\n", quoted?.join(", ")));
        Ok(self)
    }

    /// The script that has these parts and does this.
    fn script(&self, parts: &[&str], call: &str) -> String {
        prelude::assemble(&self.values, parts, call)
    }
}

/// A step that only looks.
fn looking(run: String, timeout_seconds: u32) -> Script {
    Script {
        shell: Shell::Powershell,
        run,
        verify: None,
        rollback: None,
        timeout_seconds,
        requires_admin: false,
        file: None,
    }
}

/// A step that changes something, as an administrator.
fn changing(
    run: String,
    verify: String,
    rollback: Option<String>,
    timeout_seconds: u32,
    file: Option<LocalFile>,
) -> Script {
    Script {
        shell: Shell::Powershell,
        run,
        verify: Some(verify),
        rollback,
        timeout_seconds,
        requires_admin: true,
        file,
    }
}
