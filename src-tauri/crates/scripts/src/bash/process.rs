//! Processes: which there are, and ending them.

use super::{Body, changing, looking};
use crate::ScriptError;
use crate::validate::unix_process;
use wheelhouse_protocol::action::ProcessOrder;
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
const KIN: &str = include_str!("parts/kin.sh");
const PROCESS: &str = include_str!("parts/process.sh");
const LIST: &str = include_str!("parts/process-list.sh");
const KILL: &str = include_str!("parts/process-kill.sh");

pub(super) fn list(name: Option<&str>, order: ProcessOrder) -> Result<Script, ScriptError> {
    if let Some(name) = name {
        unix_process(name)?;
    }
    let order = match order {
        ProcessOrder::Cpu => "cpu",
        ProcessOrder::Memory => "memory",
    };
    let body = Body::new().value("process", name.unwrap_or_default())?.value("order", order)?;
    Ok(looking(body.script(&[LIST], "wh_process_list"), 60))
}

/// There is no rollback: nothing brings a process back.
pub(super) fn kill(process: &str) -> Result<Script, ScriptError> {
    unix_process(process)?;
    if process.bytes().all(|b| b.is_ascii_digit()) {
        match process.parse::<u32>() {
            Ok(0 | 1) => return Err(ScriptError::value("process", process, "is what all others depend on")),
            Ok(_) => {}
            Err(_) => return Err(ScriptError::value("process", process, "is larger than a process id may be")),
        }
    }
    let body = Body::new().value("process", process)?;
    let parts = [STATE, KIN, PROCESS, KILL];
    Ok(changing(body.script(&parts, "wh_process_kill"), body.script(&parts, "wh_process_is_gone"), None, 90, None))
}
