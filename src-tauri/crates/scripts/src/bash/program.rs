//! Putting a file in place of the program a service runs. Where that lies is known on the machine only.

use super::changing;
use super::file::{CHANGE, FILE, seconds, sent};
use super::service::{SERVICE, SIMILAR, body};
use crate::ScriptError;
use wheelhouse_protocol::action::{LocalFile, Name};
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
const PROGRAM: &str = include_str!("parts/program.sh");

pub(super) fn replace(service: &Name, source: &LocalFile) -> Result<Script, ScriptError> {
    let body = sent(body(service)?, source)?;
    Ok(changing(
        body.script(&[STATE, SIMILAR, SERVICE, FILE, CHANGE, PROGRAM], "wh_program_replace"),
        body.script(&[SIMILAR, SERVICE, FILE, PROGRAM], "wh_program_has_content"),
        Some(body.script(&[STATE, FILE, CHANGE, PROGRAM], "wh_program_undo")),
        seconds(source),
        Some(source.clone()),
    ))
}
