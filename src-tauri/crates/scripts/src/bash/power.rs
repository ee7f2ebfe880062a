//! Restarting the machine, and turning it off.

use super::{Body, changing};
use crate::ScriptError;
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
const SERVICE: &str = include_str!("parts/service.sh");
const UPTIME: &str = include_str!("parts/uptime.sh");
const POWER: &str = include_str!("parts/power.sh");

/// Whoever verifies it right away sees that it is scheduled; who keeps the step's directory and comes back after the restart,
/// that the machine has started anew (its boot id is another one).
pub(super) fn reboot() -> Result<Script, ScriptError> {
    power("reboot")
}

pub(super) fn shutdown() -> Result<Script, ScriptError> {
    power("shutdown")
}

fn power(what: &str) -> Result<Script, ScriptError> {
    let body = Body::new().value("power", what)?;
    let parts = [STATE, SERVICE, UPTIME, POWER];
    Ok(changing(body.script(&parts, "wh_power"), body.script(&parts, "wh_power_is_under_way"), None, 60, None))
}
