//! Files: putting one in place with a way back, looking into them, deleting them.

use super::validate::{lines, validate_deletion, validate_file, validate_path, validate_text};
use super::{Body, STATE, changing, looking};
use crate::ScriptError;
use wheelhouse_protocol::action::LocalFile;
use wheelhouse_protocol::plan::Script;

pub(super) const FILE: &str = include_str!("parts/file.ps1");
pub(super) const CHANGE: &str = include_str!("parts/file-change.ps1");
const TEXT: &str = include_str!("parts/text.ps1");
const DIRECTORY: &str = include_str!("parts/directory.ps1");
const DELETE: &str = include_str!("parts/delete.ps1");

/// How long a copy may take at least, in seconds.
const SECONDS: u64 = 300;
/// The slowest disk reckoned with, in bytes a second, over all that is read and written for one byte of the file.
const BYTES_A_SECOND: u64 = 5_000_000;
/// The most days: a century.
const MAX_DAYS: u32 = 36_500;

pub(super) fn copy(source: &LocalFile, destination: &str) -> Result<Script, ScriptError> {
    validate_file("destination", destination)?;
    let body = sent(Body::new().value("destination", destination)?, source)?;
    let mut script = changing(
        body.script(&[STATE, FILE, CHANGE], "Copy-WhSentFile -Destination $wh_destination"),
        body.script(&[FILE], "Test-WhFileContent -Destination $wh_destination"),
        Some(body.script(&[STATE, FILE, CHANGE], "Undo-WhFileCopy -Destination $wh_destination")),
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
    let name = source.path.rsplit(['/', '\\']).next().unwrap_or(&source.path);
    body.value("sha256", &source.sha256)?.value("name", name)
}

/// How long putting a file of this size in place may take.
pub(super) fn seconds(source: &LocalFile) -> u32 {
    u32::try_from(SECONDS + source.size / BYTES_A_SECOND).unwrap_or(u32::MAX)
}

pub(super) fn tail(path: &str, count: u32) -> Result<Script, ScriptError> {
    validate_file("path", path)?;
    let body = Body::new().value("path", path)?.value("lines", &lines(count)?)?;
    Ok(looking(body.script(&[TEXT], "Show-WhTail"), 60))
}

pub(super) fn read(path: &str, count: u32) -> Result<Script, ScriptError> {
    validate_file("path", path)?;
    let body = Body::new().value("path", path)?.value("lines", &lines(count)?)?;
    Ok(looking(body.script(&[TEXT], "Show-WhHead"), 60))
}

pub(super) fn search(path: &str, text: &str, count: u32) -> Result<Script, ScriptError> {
    validate_file("path", path)?;
    validate_text(text)?;
    let body = Body::new().value("path", path)?.value("text", text)?.value("lines", &lines(count)?)?;
    Ok(looking(body.script(&[TEXT], "Search-WhText"), 300))
}

pub(super) fn list(path: &str) -> Result<Script, ScriptError> {
    validate_path("path", path)?;
    let body = Body::new().value("path", path)?;
    Ok(looking(body.script(&[DIRECTORY], "Show-WhDirectory"), 60))
}

/// Without a rollback: to keep what is deleted would free no space, which is why files are deleted.
pub(super) fn delete(path: &str, older_than_days: Option<u32>) -> Result<Script, ScriptError> {
    validate_deletion(path)?;
    if let Some(days) = older_than_days.filter(|days| *days > MAX_DAYS) {
        return Err(ScriptError::value("number of days", &days.to_string(), "must be at most 36 500"));
    }
    let days = older_than_days.map_or_else(String::new, |days| days.to_string());
    let body = Body::new().value("path", path)?.value("days", &days)?;
    let mut script = changing(
        body.script(&[STATE, DELETE], "Remove-WhFile"),
        body.script(&[STATE, DELETE], "Test-WhFileGone"),
        None,
        300,
        None,
    );
    script.requires_admin = !belongs_to_people(path);
    Ok(script)
}

/// Whether the path lies where accounts keep their own files, which the account that connects may do itself. (Paths that
/// climb out again are refused.)
fn belongs_to_people(path: &str) -> bool {
    let mut parts = path.split(['\\', '/']);
    let drive = parts.next().is_some_and(|drive| drive.ends_with(':'));
    drive && parts.next().is_some_and(|top| top.eq_ignore_ascii_case("Users"))
}
