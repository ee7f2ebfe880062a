//! Processes: what runs, and ending some of it.

use super::validate::{PROTECTED, validate_process};
use super::{Body, STATE, changing, looking};
use crate::ScriptError;
use wheelhouse_protocol::action::ProcessOrder;
use wheelhouse_protocol::plan::Script;

const PROCESS: &str = include_str!("parts/process.ps1");
const KILL: &str = include_str!("parts/process-kill.ps1");

pub(super) fn list(name: Option<&str>, order: ProcessOrder) -> Result<Script, ScriptError> {
    if let Some(name) = name {
        validate_process(name)?;
    }
    let order = match order {
        ProcessOrder::Cpu => "cpu",
        ProcessOrder::Memory => "memory",
    };
    let body = Body::new().value("process", name.unwrap_or_default())?.value("order", order)?;
    Ok(looking(body.script(&[PROCESS], "Show-WhProcess"), 60))
}

/// Without a rollback: nothing brings a process back.
pub(super) fn kill(process: &str) -> Result<Script, ScriptError> {
    validate_process(process)?;
    let program = process.to_ascii_lowercase();
    let program = program.strip_suffix(".exe").unwrap_or(&program);
    let number: Option<u32> = process.bytes().all(|b| b.is_ascii_digit()).then(|| process.parse().ok()).flatten();
    let system = PROTECTED.iter().map(|name| name.to_ascii_lowercase());
    if number.is_some_and(|number| number <= 4)
        || system.into_iter().any(|name| name.trim_end_matches(".exe") == program)
    {
        return Err(ScriptError::value("process", process, "belongs to Windows, which cannot run without it"));
    }
    let body = Body::new().value("process", process)?.values("protected", PROTECTED)?;
    let parts = [STATE, KILL];
    Ok(changing(body.script(&parts, "Stop-WhProcess"), body.script(&parts, "Test-WhProcessGone"), None, 120, None))
}
