//! Whether the machine reaches another one.

use super::{Body, looking};
use crate::ScriptError;
use crate::validate::host_address;
use wheelhouse_protocol::plan::Script;

const REACH: &str = include_str!("parts/reach.sh");

pub(super) fn other(address: &str, port: Option<u16>) -> Result<Script, ScriptError> {
    host_address(address)?;
    if port == Some(0) {
        return Err(ScriptError::value("port", "0", "must be from 1 to 65 535"));
    }
    let port = port.map(|port| port.to_string()).unwrap_or_default();
    let body = Body::new().value("address", address)?.value("port", &port)?;
    Ok(looking(body.script(&[REACH], "wh_reach_other"), 60))
}
