//! Exactly the command the operator typed.

use super::{Body, looking};
use crate::ScriptError;
use wheelhouse_protocol::plan::Script;

const COMMAND: &str = include_str!("parts/command.sh");

/// Nobody but the operator knows what would verify or undo it, so there is neither. It runs as the account that connects.
pub(super) fn run(command: &str) -> Result<Script, ScriptError> {
    if command.trim().is_empty() {
        return Err(ScriptError::value("command", command, "is empty"));
    }
    if command.contains('\0') {
        return Err(ScriptError::value("command", command, "holds the character NUL"));
    }
    let body = Body::new().value("command", command)?;
    Ok(looking(body.script(&[COMMAND], "wh_command"), 3600))
}
