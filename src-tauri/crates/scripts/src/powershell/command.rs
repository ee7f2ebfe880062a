//! Exactly the command the operator typed.

use super::{Body, PROGRAM, looking};
use crate::ScriptError;
use wheelhouse_protocol::plan::Script;

const COMMAND: &str = include_str!("parts/command.ps1");

/// The longest command, in UTF-16 code units: it travels in an environment variable, which holds 32 767.
const MAX_COMMAND: usize = 30_000;

/// Nobody but the operator knows what would verify or undo it, so there is neither. It runs as the account that connects.
pub(super) fn run(command: &str) -> Result<Script, ScriptError> {
    if command.trim().is_empty() {
        return Err(ScriptError::value("command", command, "is empty"));
    }
    if command.contains('\0') {
        return Err(ScriptError::value("command", command, "holds the character NUL"));
    }
    if command.encode_utf16().count() > MAX_COMMAND {
        return Err(ScriptError::value("command", command, "is longer than 30 000 characters; put it into a file"));
    }
    let body = Body::new().value("command", command)?;
    Ok(looking(body.script(&[PROGRAM, COMMAND], "Invoke-WhCommand"), 3600))
}
