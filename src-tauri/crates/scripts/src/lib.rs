//! Typed actions as scripts: run, verify and rollback, with every value quoted.
//!
//! [`render`] makes a [`Script`] of an [`Action`]. It is pure: the same action always gives the same text, byte for byte, because
//! the approval of a plan is bound to it. [`parse_line`] reads what a running script reports.
//!
//! # The contract with the engine
//!
//! **Sending.** One script is one run of `bash -s` on the target, whose standard input gets, in this order:
//!
//! 1. `WH_STATE='…'` and, for a step with a [file](Script::file), `WH_FILE='…'`, each on a line, quoted by [`bash::quote`]
//!    (or set in the environment); both are absolute paths;
//! 2. [`prelude`] with a token drawn for this one run;
//! 3. the script's text exactly as approved; then end of file.
//!
//! There must be no terminal in between: it would change the text. The shell reads the script to its end before it starts any
//! of it, so a connection that breaks half-way runs nothing, and nothing the script starts can read the rest of it: its
//! standard input is `/dev/null`. Without bash on the target the shell says so with exit code 127.
//!
//! **`WH_STATE`** is a directory on the target that the engine makes for one step of one job on that target, with mode 0700,
//! and owned by the account the scripts run as (root where [`Script::requires_admin`]). It lasts from before `run` to after the
//! last `verify` or `rollback` of that step; the engine removes it. Scripts keep there what undoing needs: how it was before,
//! and the backup of a replaced file (a second link to the old file where the directory is on the same file system, so a
//! place on the system's own disk is better than one in memory). Scripts that change something fail without it;
//! `verify` works without what is in it, so that *verify now* is possible later. **`WH_FILE`** is the path of the
//! uploaded file; the engine removes it too.
//!
//! **Reading.** Every line of standard output goes through [`parse_line`]: it is either what the machine printed or a
//! [`Report`]. Standard error is the machine's own. A service that a script started never holds the output open; a typed
//! command may leave something behind that does, so the end of a run is [`Report::Ended`], not the end of its output.
//!
//! **Ending.** Exit code 0 of `run` means that it worked, and [`Report::Changed`] or [`Report::Unchanged`] says which; a step that
//! changes things and says neither counts as changed, one that only reads as unchanged. Any other code means that it failed; the last
//! [`Report::Detail`] is the sentence for the operator. `verify` exits 0 when the state asked for is there.
//! `rollback` exits 0 when it is as it was before `run`, also when there was nothing to undo; otherwise somebody must look, and the
//! detail says at what. A script that is ended by a signal from outside may be run again: what it noted first about
//! the state before stands.
//!
//! # What the actions promise
//!
//! | action | unchanged when | verify | rollback |
//! |---|---|---|---|
//! | start | it runs | it runs | stops it if it was stopped |
//! | stop | it does not run | it does not run | starts it if it ran |
//! | restart | never | it runs | none: nothing brings the old processes back |
//! | install | it is there, in the version asked for | the package database says so | removes it and what came with it, or brings the old version back |
//! | uninstall | it is not there | the package database says so | installs the version that was there |
//! | copy a file | the content is the same | SHA-256 | the old file itself, or no file |
//! | replace a service's program | the content is the same | SHA-256 | the old program itself |
//! | reload | never | it runs | none: what it has read it has read |
//! | enable, disable at boot | it is so | the machine's own word | as it was, in the same runlevels |
//! | update | it is the newest, or the version asked for | the version | the old version, where the sources still have it |
//! | update everything | nothing is newer | nothing is newer | none |
//! | delete files | there is none | there is none that is older than the step | none |
//! | end processes | there is none | there is none; one that came back is said | none |
//! | lock, unlock an account | it is so | the account's day of ending, and its password | password and day as they were |
//! | create an account | it is there | it and its home are there | removes it, and a home that was new |
//! | delete an account | it is not there | it is not there; its home stays | none |
//! | restart the machine, turn it off | it is about to happen | scheduled or under way; started anew where the state is kept | none |
//! | typed command | never | none | none |
//!
//! Started and restarted services must be active *and stay so* for a second. Uninstalling never takes another package along,
//! and installing never removes one; both fail and say why. A replaced file keeps its owner, mode and labels, a symbolic link
//! is followed and kept (unless somebody may have planted it), and at every moment there is the whole old or the whole new
//! content. What a killed copy may leave is one directory `.wheelhouse-…` beside the file, which the next copy clears away.
//!
//! Where the program of a service is, the service's own definition says. It is replaced only while nothing runs it, and never
//! when it is an interpreter or came with the system or, as far as the machine can tell, with a package.
//!
//! # Another shell
//!
//! Everything of bash is in [`bash`], everything of PowerShell in [`powershell`]: the same doors, the same reports, and what
//! differs in sending is said there.

pub mod bash;
mod error;
pub mod powershell;
mod report;
mod validate;

pub use bash::prelude;
pub use error::ScriptError;
pub use report::{Line, MAX_TOKEN, MIN_TOKEN, Report, is_token, parse_line};
pub use validate::{
    validate_destination, validate_package_name, validate_path, validate_service_name, validate_version,
};

use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::plan::{Script, Shell};

/// The scripts that do an action on a machine with this shell.
///
/// # Errors
/// [`ScriptError::Value`] names the field of the action that cannot be used and why.
pub fn render(action: &Action, shell: Shell) -> Result<Script, ScriptError> {
    match shell {
        Shell::Bash => bash::render(action),
        Shell::Powershell => powershell::render(action),
    }
}
