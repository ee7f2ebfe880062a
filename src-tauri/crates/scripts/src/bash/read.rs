//! Reading files, directories and logs.

use super::{Body, looking};
use crate::ScriptError;
use crate::validate::{search_text, unix_services, validate_path};
use wheelhouse_protocol::action::Name;
use wheelhouse_protocol::plan::Script;

const READABLE: &str = include_str!("parts/readable.sh");
const TAIL: &str = include_str!("parts/tail.sh");
const READ: &str = include_str!("parts/read.sh");
const SEARCH: &str = include_str!("parts/search.sh");
const DIRECTORY: &str = include_str!("parts/list-directory.sh");
const LOG: &str = include_str!("parts/log.sh");
const SIMILAR: &str = include_str!("parts/similar.sh");
const SERVICE: &str = include_str!("parts/service.sh");

/// The most lines of a file that are shown.
const MAX_LINES: u32 = 10_000;
/// How long a whole file or journal may take to be searched.
const SEARCH_SECONDS: u32 = 300;

pub(super) fn tail_log(path: &str, lines: u32) -> Result<Script, ScriptError> {
    Ok(looking(of_file(path, lines)?.script(&[READABLE, TAIL], "wh_tail"), 60))
}

pub(super) fn read_file(path: &str, lines: u32) -> Result<Script, ScriptError> {
    Ok(looking(of_file(path, lines)?.script(&[READABLE, READ], "wh_read"), 60))
}

pub(super) fn search_file(path: &str, text: &str, lines: u32) -> Result<Script, ScriptError> {
    search_text(text)?;
    let body = of_file(path, lines)?.value("text", text)?;
    Ok(looking(body.script(&[READABLE, SEARCH], "wh_search"), SEARCH_SECONDS))
}

pub(super) fn list_directory(path: &str) -> Result<Script, ScriptError> {
    validate_path("path", path)?;
    Ok(looking(Body::new().value("path", path)?.script(&[DIRECTORY], "wh_list_directory"), 60))
}

/// It runs as the account that connects: what that account may not see of the log, it does not see here either.
pub(super) fn service_log(service: Option<&Name>, text: Option<&str>, lines: u32) -> Result<Script, ScriptError> {
    if let Some(text) = text {
        search_text(text)?;
    }
    let (asked, candidates) = match service {
        Some(service) => (service.asked.as_str(), unix_services(service)?),
        None => ("", vec![""]),
    };
    let body = Body::new()
        .value("asked", asked)?
        .values("candidates", &candidates)?
        .value("text", text.unwrap_or_default())?
        .value("lines", &count(lines)?)?;
    Ok(looking(body.script(&[READABLE, SIMILAR, SERVICE, LOG], "wh_log"), SEARCH_SECONDS))
}

fn of_file(path: &str, lines: u32) -> Result<Body, ScriptError> {
    validate_path("path", path)?;
    Body::new().value("path", path)?.value("lines", &count(lines)?)
}

fn count(lines: u32) -> Result<String, ScriptError> {
    if !(1..=MAX_LINES).contains(&lines) {
        return Err(ScriptError::value("number of lines", &lines.to_string(), "must be from 1 to 10 000"));
    }
    Ok(lines.to_string())
}
