//! Deleting files, never directories, and nothing the system itself is made of.

use super::{Body, changing};
use crate::ScriptError;
use crate::validate::validate_destination;
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
const DELETE: &str = include_str!("parts/delete.sh");

/// How long it may take.
const SECONDS: u32 = 900;

/// Directories with all that is below them (but `/usr/local`) that belong to the system. The script compares them once more
/// with where the path really leads.
const TREES: &[&str] = &[
    "/System", "/bin", "/boot", "/dev", "/efi", "/etc/pam.d", "/etc/security", "/etc/ssh", "/etc/sudoers.d", "/lib",
    "/lib32", "/lib64", "/libx32", "/proc", "/run/systemd", "/sbin", "/sys", "/usr", "/var/lib/dpkg",
    "/var/lib/pacman", "/var/lib/rpm",
];
/// Directories whose own files belong to the system, but not everything below them.
const OWN: &[&str] = &["/", "/etc"];

pub(super) fn files(path: &str, older_than_days: Option<u32>) -> Result<Script, ScriptError> {
    let refuse = |reason| Err(ScriptError::value("path", path, reason));
    validate_destination(path).map_err(|error| match error {
        ScriptError::Value { value, reason, .. } => ScriptError::Value { field: "path", value, reason },
        other => other,
    })?;
    if path.chars().any(char::is_control) {
        return refuse("holds a control character, such as a newline");
    }
    let (directory, last) = path.rsplit_once('/').unwrap_or_default();
    if directory.contains(['*', '?']) {
        return refuse("has a * or ? before its last part; name the directory");
    }
    let parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| matches!(*part, "." | "..")) {
        return refuse("goes up and down the directories with “.” or “..”; write where it leads");
    }
    let directory = format!("/{}", parts.join("/"));
    let inside = |tree: &str| directory.strip_prefix(tree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let local = directory.starts_with("/usr/local/");
    if OWN.contains(&directory.as_str()) || TREES.iter().any(|tree| inside(tree) && !(local && *tree == "/usr")) {
        return refuse("belongs to the system; such files are not deleted");
    }
    let body = Body::new()
        .value("path", path)?
        .value("directory", &directory)?
        .value("name", if last.contains(['*', '?']) { "" } else { last })?
        .value("pattern", &pattern(last))?
        .value("days", &older_than_days.map(|days| days.to_string()).unwrap_or_default())?
        .values("trees", TREES)?
        .values("own", OWN)?;
    let parts = [STATE, DELETE];
    Ok(changing(body.script(&parts, "wh_delete_files"), body.script(&parts, "wh_files_are_gone"), None, SECONDS, None))
}

/// The last part of the path as a pattern in which nothing but `*` and `?` has a meaning.
fn pattern(last: &str) -> String {
    let mut pattern = String::with_capacity(last.len());
    for c in last.chars() {
        if matches!(c, '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
