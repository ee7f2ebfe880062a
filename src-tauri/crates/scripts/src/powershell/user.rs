//! The machine's own accounts.

use super::validate::validate_user;
use super::{Body, PROGRAM, STATE, changing, looking};
use crate::ScriptError;
use wheelhouse_protocol::action::UserChange;
use wheelhouse_protocol::plan::Script;

const USER: &str = include_str!("parts/user.ps1");
const CHANGE: &str = include_str!("parts/user-change.ps1");

pub(super) fn list() -> Result<Script, ScriptError> {
    Ok(looking(Body::new().script(&[USER], "Show-WhUser"), 60))
}

pub(super) fn change(user: &str, change: UserChange) -> Result<Script, ScriptError> {
    validate_user(user)?;
    // What is removed cannot be made again: a new account of that name would have another SID.
    let (run, wanted, undo) = match change {
        UserChange::Lock => ("Lock-WhUser", "disabled", Some("Undo-WhUser")),
        UserChange::Unlock => ("Unlock-WhUser", "enabled", Some("Undo-WhUser")),
        UserChange::Create => ("Add-WhUser", "present", Some("Undo-WhUser")),
        UserChange::Delete => ("Remove-WhUser", "absent", None),
    };
    let body = Body::new().value("user", user)?;
    let all = [STATE, PROGRAM, USER, CHANGE];
    Ok(changing(
        body.script(&all, run),
        Body::new().value("user", user)?.value("wanted", wanted)?.script(&[USER], "Test-WhUser"),
        undo.map(|undo| body.script(&all, undo)),
        120,
        None,
    ))
}
