//! What may be a name or a path in a script for Windows.
//!
//! Values cannot become script text ([`super::quote`]). They could still be read as a pattern, as a device, as a stream of another
//! file, or as another path than the one that was approved: these rules refuse them.

use crate::ScriptError;
use crate::validate::{any_name, is_invisible, usable};
use wheelhouse_protocol::action::Name;

/// The most lines of a file or log that are shown.
const MAX_LINES: u32 = 10_000;
/// The longest path, in UTF-16 code units, without the prefix Windows puts before it.
const MAX_PATH: usize = 32_000;
/// The longest part of a path, in UTF-16 code units.
const MAX_PART: usize = 255;
/// The longest text to look for, in characters.
const MAX_TEXT: usize = 1000;

/// Without these Windows stops, or nobody can work on it any more. Names as Win32_Process gives them.
pub(super) const PROTECTED: &[&str] = &[
    "System", "System Idle Process", "Registry", "Memory Compression", "Secure System", "smss.exe", "csrss.exe",
    "wininit.exe", "winlogon.exe", "services.exe", "lsass.exe", "lsaiso.exe", "svchost.exe", "fontdrvhost.exe",
    "dwm.exe", "vmms.exe", "vmwp.exe",
];

/// The candidates of a service that can exist on Windows, best first; at least one.
pub(super) fn services(name: &Name) -> Result<Vec<&str>, ScriptError> {
    usable("service", name, service)
}

/// The candidates of a package that can exist on Windows, best first; at least one.
pub(super) fn packages(name: &Name) -> Result<Vec<&str>, ScriptError> {
    usable("package", name, package)
}

fn service(field: &'static str, name: &str) -> Result<(), ScriptError> {
    if name.contains(['/', '\\']) {
        return Err(ScriptError::value(field, name, "holds a slash; give the service's name, not a path"));
    }
    plain(field, name)
}

fn package(field: &'static str, name: &str) -> Result<(), ScriptError> {
    if name.contains(['/', '\\']) {
        return Err(ScriptError::value(field, name, "holds a slash; give the package's name, not a path"));
    }
    plain(field, name)
}

/// No pattern, and no character that a command line or the file system gives a meaning to.
fn plain(field: &'static str, name: &str) -> Result<(), ScriptError> {
    if name.contains(['*', '?', '[', ']']) {
        return Err(ScriptError::value(field, name, "is a pattern; name one"));
    }
    if name.contains(['"', '<', '>', '|']) {
        return Err(ScriptError::value(field, name, "has a character that no such name has on Windows"));
    }
    if name.chars().all(|c| matches!(c, '.' | ' ')) {
        return Err(ScriptError::value(field, name, "is not a name"));
    }
    Ok(())
}

/// A program's name, with or without `.exe`, or a process id in digits.
pub(super) fn validate_process(process: &str) -> Result<(), ScriptError> {
    any_name("process", process)?;
    if process.contains(['/', '\\', ':']) {
        return Err(ScriptError::value("process", process, "is a path; give the program's name or a process id"));
    }
    plain("process", process)?;
    if process.bytes().all(|b| b.is_ascii_digit()) && process.parse::<u32>().is_err() {
        return Err(ScriptError::value("process", process, "is no process id"));
    }
    Ok(())
}

/// The name of an account of the machine (the rules of NetUserAdd: at most 20 characters).
pub(super) fn validate_user(user: &str) -> Result<(), ScriptError> {
    any_name("user", user)?;
    if user.contains('\\') || user.contains('@') {
        return Err(ScriptError::value("user", user, "is of a domain; only the machine's own accounts are changed"));
    }
    if user.contains(['"', '/', '[', ']', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>']) {
        return Err(ScriptError::value("user", user, "has a character that no account of Windows has"));
    }
    if user.encode_utf16().count() > 20 {
        return Err(ScriptError::value("user", user, "is longer than 20 characters"));
    }
    if user.ends_with(['.', ' ']) || user.starts_with(' ') {
        return Err(ScriptError::value("user", user, "begins or ends as no account of Windows does"));
    }
    Ok(())
}

/// A host name or an address.
pub(super) fn validate_address(address: &str) -> Result<(), ScriptError> {
    any_name("address", address)?;
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '_' | '%');
    if address.len() > 253 || !address.chars().all(allowed) {
        return Err(ScriptError::value("address", address, "is neither a host name nor an address"));
    }
    Ok(())
}

/// The text to look for in lines.
pub(super) fn validate_text(text: &str) -> Result<(), ScriptError> {
    if text.is_empty() {
        return Err(ScriptError::value("text", text, "is empty"));
    }
    if text.chars().count() > MAX_TEXT {
        return Err(ScriptError::value("text", text, "is longer than 1000 characters"));
    }
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(ScriptError::value("text", text, "holds a control character, such as a newline"));
    }
    Ok(())
}

/// The number of lines, for a script.
pub(super) fn lines(count: u32) -> Result<String, ScriptError> {
    if !(1..=MAX_LINES).contains(&count) {
        return Err(ScriptError::value("number of lines", &count.to_string(), "must be from 1 to 10 000"));
    }
    Ok(count.to_string())
}

/// Whether this is an absolute path of Windows: `C:\…` or `\\server\share\…`, with either slash.
pub(super) fn validate_path(field: &'static str, path: &str) -> Result<(), ScriptError> {
    parts(field, path, false).map(|_| ())
}

/// Whether this is the absolute path of a file.
pub(super) fn validate_file(field: &'static str, path: &str) -> Result<(), ScriptError> {
    file_parts(field, path, false).map(|_| ())
}

/// Whether files of this path may be deleted. The last part may hold `*` and `?`; no folder of the system is on the way. The script looks
/// again, at where the folders of that machine really are.
pub(super) fn validate_deletion(path: &str) -> Result<(), ScriptError> {
    let refuse = |reason| Err(ScriptError::value("path", path, reason));
    let (root, parts) = file_parts("path", path, true)?;
    // C:\PROGRA~1 is C:\Program Files.
    if parts.iter().any(|part| part.char_indices().any(|(at, c)| c == '~' && starts_with_digit(&part[at + 1..]))) {
        return refuse("holds a short name (such as PROGRA~1); give the long one");
    }
    if root.is_none() && parts.get(1).is_some_and(|share| share.ends_with('$')) {
        return refuse(
            "leads through an administrative share; name the path on that machine and that machine as the target",
        );
    }
    // Behind \\server\share the same folders may stand, so every part counts as a first one there.
    let folders = &parts[..parts.len() - 1];
    let is = |part: &&str, name: &str| part.eq_ignore_ascii_case(name);
    let system = match (root, folders) {
        (Some(_), [top, below @ ..]) => {
            SYSTEM.iter().any(|name| is(top, name))
                && !(is(top, "Windows") && below.first().is_some_and(|b| is(b, "Temp")))
                || is(top, "ProgramData") && below.first().is_some_and(|b| is(b, "Microsoft"))
        }
        (Some(drive), []) => drive.eq_ignore_ascii_case(&'c'),
        (None, folders) => folders.iter().any(|part| SYSTEM.iter().any(|name| is(part, name))),
    };
    if system {
        return refuse("belongs to the system; nothing there is deleted from here");
    }
    Ok(())
}

/// Folders of the system at the root of a drive.
const SYSTEM: &[&str] = &[
    "Windows", "Program Files", "Program Files (x86)", "Boot", "EFI", "Recovery", "System Volume Information",
    "$Recycle.Bin",
];

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// The parts of the path of a file, as [`parts`] gives them.
fn file_parts<'p>(
    field: &'static str,
    path: &'p str,
    pattern: bool,
) -> Result<(Option<char>, Vec<&'p str>), ScriptError> {
    let (root, parts) = parts(field, path, pattern)?;
    let least = if root.is_some() { 1 } else { 3 };
    if path.ends_with(['\\', '/']) || parts.len() < least {
        return Err(ScriptError::value(field, path, "names a directory; name the file too"));
    }
    Ok((root, parts))
}

/// The letter of the drive (none for a share) and the parts after it, server and share included. With `pattern` the last part
/// may hold `*` and `?`.
fn parts<'p>(field: &'static str, path: &'p str, pattern: bool) -> Result<(Option<char>, Vec<&'p str>), ScriptError> {
    let refuse = |reason| Err(ScriptError::value(field, path, reason));
    if path.is_empty() {
        return refuse("is empty");
    }
    if path.encode_utf16().count() > MAX_PATH {
        return refuse("is longer than a path may be");
    }
    if path.chars().any(char::is_control) {
        return refuse("holds a control character, such as a newline");
    }
    if path.chars().any(is_invisible) {
        return refuse("holds an invisible character, so it is not what it looks like");
    }
    let slash = |c: Option<char>| matches!(c, Some('\\' | '/'));
    let mut chars = path.chars();
    let (first, second, third) = (chars.next(), chars.next(), chars.next());
    let (root, rest) = match (first, second) {
        (Some(drive), Some(':')) if drive.is_ascii_alphabetic() && slash(third) => (Some(drive), &path[3..]),
        (Some('\\'), Some('\\')) => (None, &path[2..]),
        _ => return refuse("must be an absolute path of Windows, such as C:\\… or \\\\server\\share\\…"),
    };
    let rest = rest.strip_suffix(['\\', '/']).unwrap_or(rest);
    let parts: Vec<&str> = if rest.is_empty() { Vec::new() } else { rest.split(['\\', '/']).collect() };
    if root.is_none() && parts.len() < 2 {
        return refuse("names no share; it must begin with \\\\server\\share");
    }
    let last = parts.len().saturating_sub(1);
    for (at, part) in parts.iter().enumerate() {
        if part.is_empty() {
            return refuse("has two slashes in a row");
        }
        if matches!(*part, "." | "..") {
            return refuse("holds “.” or “..”; name the place itself");
        }
        if part.contains(['*', '?']) && !(pattern && at == last) {
            return refuse(if pattern {
                "may hold * and ? in its last part only"
            } else {
                "holds * or ?; name one place"
            });
        }
        if part.contains(['[', ']']) && at == 0 && root.is_none() || part.contains(['<', '>', '"', '|', ':']) {
            return refuse("holds a character that no path of Windows has there");
        }
        // Windows leaves such ends away, so another place would be meant than the one that was approved.
        if part.ends_with([' ', '.']) {
            return refuse("has a part that ends with a space or a dot, which Windows leaves away");
        }
        if part.encode_utf16().count() > MAX_PART {
            return refuse("has a part that is longer than 255 characters");
        }
        if is_device(part) {
            return refuse("names a device, not a file");
        }
    }
    Ok((root, parts))
}

/// Whether Windows takes this part of a path for a device, whatever comes after a dot (Naming Files, Paths, and Namespaces).
fn is_device(part: &str) -> bool {
    let base = part.split('.').next().unwrap_or(part).trim_end().to_ascii_uppercase();
    if matches!(base.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") {
        return true;
    }
    let number = base.strip_prefix("COM").or_else(|| base.strip_prefix("LPT"));
    let mut chars = number.unwrap_or_default().chars();
    matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn names_that_windows_has_survive() {
        for name in
            ["W3SVC", "MSSQL$INST", "Apache2.4", "my-app.exe", "Print Spooler", "SQL Server (INST)", "it's", "größe"]
        {
            assert_eq!(services(&Name::plain(name)), Ok(vec![name]));
        }
        for name in ["7zip", "Mozilla.Firefox", "Notepad++.Notepad++", "Chrome (64-bit)", "Visual C++ 2022 - 14.38"] {
            assert_eq!(packages(&Name::plain(name)), Ok(vec![name]));
        }
        for name in ["Max", "svc-backup", "Max Müller", "a.b", "user$"] {
            assert_eq!(validate_user(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_windows_would_misread_is_refused() {
        for name in
            ["", " ", "-Force", "a\nb", "a\0b", "W3*", "a?", "[a]", "..\\x", "a/b", "a\"b", "x\u{202e}y", ".", "a|b"]
        {
            assert!(services(&Name::plain(name)).is_err(), "service {name:?}");
            assert!(packages(&Name::plain(name)).is_err(), "package {name:?}");
            assert!(validate_process(name).is_err(), "process {name:?}");
            assert!(validate_user(name).is_err(), "user {name:?}");
            assert!(validate_address(name).is_err() || name == ".", "address {name:?}");
        }
        for user in ["CORP\\max", "max@corp", "a;b", "x=y", "ends.", "a name of 21 letters!", "*"] {
            assert!(validate_user(user).is_err(), "{user:?}");
        }
        for address in ["a b", "http://x", "x;y", "$(x)", "a/b"] {
            assert!(validate_address(address).is_err(), "{address:?}");
        }
        assert!(validate_process("99999999999").is_err(), "no process has such a number");
    }

    #[test]
    fn paths() {
        for path in [
            "C:\\", "c:/x/y.log", "\\\\server\\share", "\\\\server\\share\\a b\\c$d", "D:\\größe\\[1].txt",
            "C:\\com10\\x",
        ] {
            assert_eq!(validate_path("path", path), Ok(()), "{path}");
        }
        for path in [
            "",
            "x",
            "C:",
            "C:x",
            "\\x",
            "/etc/x",
            "C:\\a\\..\\b",
            "C:\\.\\b",
            "C:\\a*",
            "C:\\a?\\b",
            "C:\\a\\\\b",
            "C:\\x:stream",
            "C:\\a.\\b",
            "C:\\a \\b",
            "\\\\?\\C:\\x",
            "\\\\.\\PhysicalDrive0",
            "\\\\server",
            "C:\\nul",
            "C:\\x\\COM1.txt",
            "C:\\LPT²",
            "C:\\con .txt",
            "C:\\a\nb",
            "C:\\a\0b",
            "C:\\a\u{202e}b",
            "C:\\a\"b",
            "HKLM:\\x",
            "C::\\x",
            &format!("C:\\{}", "x".repeat(256)),
        ] {
            assert!(validate_path("path", path).is_err(), "{path:?}");
        }
        for path in ["C:\\", "C:\\x\\", "\\\\server\\share", "\\\\server\\share\\"] {
            assert!(validate_file("path", path).is_err(), "{path:?} is a directory");
        }
        assert_eq!(validate_file("path", "C:\\x"), Ok(()));
    }

    #[test]
    fn only_files_that_are_not_of_the_system_are_deleted() {
        for path in [
            "C:\\logs\\*.log", "D:\\x?.tmp", "C:\\Windows\\Temp\\*", "C:\\Users\\me\\a.txt",
            "\\\\server\\share\\old\\*.bak", "C:\\ProgramData\\app\\a~b.txt",
        ] {
            assert_eq!(validate_deletion(path), Ok(()), "{path}");
        }
        for path in [
            "C:\\*", "c:/pagefile.sys", "C:\\Windows\\*.dll", "c:/windows/System32/x", "D:\\WINDOWS\\x",
            "C:\\Windows\\Temperature\\x", "C:\\Program Files\\a\\*.exe", "C:\\Program Files (x86)\\a",
            "C:\\ProgramData\\Microsoft\\x", "C:\\PROGRA~1\\x", "C:\\Windows \\x", "C:\\logs\\*\\x", "C:\\logs\\",
            "C:\\$Recycle.Bin\\x", "\\\\localhost\\c$\\Windows\\x", "\\\\localhost\\admin$\\x",
            "\\\\server\\share\\Windows\\x", "\\\\server\\share",
        ] {
            assert!(validate_deletion(path).is_err(), "{path}");
        }
    }
}
