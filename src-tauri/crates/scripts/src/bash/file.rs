//! Putting a file in place: all of it or nothing, with a way back.

use super::{Body, changing};
use crate::ScriptError;
use crate::validate::validate_destination;
use wheelhouse_protocol::action::LocalFile;
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
pub(super) const FILE: &str = include_str!("parts/file.sh");
pub(super) const CHANGE: &str = include_str!("parts/file-change.sh");

/// How long it may take at least, in seconds.
const SECONDS: u64 = 300;
/// The slowest disk reckoned with, in bytes a second, over all that is read and written for one byte of the file.
const BYTES_A_SECOND: u64 = 5_000_000;

pub(super) fn copy(source: &LocalFile, destination: &str) -> Result<Script, ScriptError> {
    validate_destination(destination)?;
    let body = sent(Body::new().value("destination", destination)?, source)?;
    let mut script = changing(
        body.script(&[STATE, FILE, CHANGE], "wh_file_copy"),
        body.script(&[FILE], "wh_file_has_content"),
        Some(body.script(&[STATE, FILE, CHANGE], "wh_file_undo")),
        seconds(source),
        Some(source.clone()),
    );
    script.requires_admin = !belongs_to_people(destination);
    Ok(script)
}

/// What a script knows of the file that was sent.
pub(super) fn sent(body: Body, source: &LocalFile) -> Result<Body, ScriptError> {
    if source.path.contains('\0') {
        return Err(ScriptError::value("source", &source.path, "holds the character NUL"));
    }
    if source.sha256.len() != 64 || !source.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(ScriptError::value("SHA-256", &source.sha256, "is not 64 lower-case hexadecimal digits"));
    }
    body.value("sha256", &source.sha256)?.value("name", file_name(&source.path))
}

/// How long putting a file of this size in place may take.
pub(super) fn seconds(source: &LocalFile) -> u32 {
    u32::try_from(SECONDS + source.size / BYTES_A_SECOND).unwrap_or(u32::MAX)
}

/// Whether the path lies where accounts keep their own files. There the account that connects does the work: root would
/// leave files that their owner cannot change.
fn belongs_to_people(path: &str) -> bool {
    let inside = ["/home/", "/Users/", "/tmp/", "/var/tmp/", "/private/tmp/"].iter().any(|root| path.starts_with(root));
    // A path that climbs out again belongs to whatever it climbs to.
    inside && !path.split('/').any(|part| part == "..")
}

/// The last part of a path of the operator's machine, which may run Windows.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
