//! Restarting a machine, and turning it off.

use super::{Body, PROGRAM, STATE, changing};
use crate::ScriptError;
use wheelhouse_protocol::plan::Script;

const POWER: &str = include_str!("parts/power.ps1");

/// `verify` is for after the machine answers again: it compares when the machine was started with what `run` noted.
pub(super) fn reboot() -> Result<Script, ScriptError> {
    let parts = [STATE, PROGRAM, POWER];
    let body = Body::new();
    let run = "Stop-WhMachine -How '/r' -Text 'the machine restarts in ten seconds'";
    Ok(changing(body.script(&parts, run), body.script(&parts, "Test-WhRestart"), None, 120, None))
}

/// `verify` can only ever say that it did not work: that the machine can no longer be reached is for the engine to see.
pub(super) fn shut_down() -> Result<Script, ScriptError> {
    let parts = [STATE, PROGRAM, POWER];
    let body = Body::new();
    let run = "Stop-WhMachine -How '/s' -Text 'the machine turns off in ten seconds'";
    Ok(changing(body.script(&parts, run), body.script(&parts, "Test-WhTurnedOff"), None, 120, None))
}
