//! What may be a name, a version or a path in a script.
//!
//! Quoting keeps a value from being script text. It does not keep a program from reading it as an option (`-rf`), a
//! pattern (`systemctl stop '*'` stops everything) or a path (`apt-get install ./x.deb`): these rules do.

use crate::ScriptError;
use wheelhouse_protocol::action::Name;

/// The longest name or version, in bytes: what a file name may have.
const MAX_NAME: usize = 255;
/// The longest path, in bytes (Linux `PATH_MAX` without its NUL).
const MAX_PATH: usize = 4095;

/// Whether a service may be called this on a Unix machine.
///
/// # Errors
/// [`ScriptError::Value`] for an empty, overlong or option-like name, one with control or invisible characters, a slash
/// (names of init scripts are file names) or one of `*?[]` (systemctl takes them as a pattern over all units).
pub fn validate_service_name(name: &str) -> Result<(), ScriptError> {
    any_name("service", name)?;
    unix_service("service", name)
}

/// Whether a package may be called this on a Unix machine.
///
/// # Errors
/// [`ScriptError::Value`] for what [`validate_service_name`] refuses, and for every character that no Unix package name has:
/// package managers read `=`, `~`, `*`, `/`, `@` in front or `-` at the end as something other than a name.
pub fn validate_package_name(name: &str) -> Result<(), ScriptError> {
    any_name("package", name)?;
    unix_package("package", name)
}

/// Whether this may be a version of a package.
///
/// # Errors
/// [`ScriptError::Value`] unless it is a letter or digit followed by letters, digits and `. + ~ : _ ^ -`.
pub fn validate_version(version: &str) -> Result<(), ScriptError> {
    any_name("version", version)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".+~:_^-".contains(c);
    if !version.starts_with(|c: char| c.is_ascii_alphanumeric()) || !version.chars().all(allowed) {
        return Err(ScriptError::value("version", version, "has a character that no version has"));
    }
    Ok(())
}

/// Whether this is an absolute path of a Unix machine.
///
/// # Errors
/// [`ScriptError::Value`] (with this field) unless it begins with `/`, has no NUL and at most 4095 bytes.
pub fn validate_path(field: &'static str, path: &str) -> Result<(), ScriptError> {
    if path.is_empty() {
        return Err(ScriptError::value(field, path, "is empty"));
    }
    if path.contains('\0') {
        return Err(ScriptError::value(field, path, "holds the character NUL"));
    }
    if path.len() > MAX_PATH {
        return Err(ScriptError::value(field, path, "is longer than a path may be"));
    }
    if !path.starts_with('/') {
        return Err(ScriptError::value(field, path, "must be an absolute path, beginning with /"));
    }
    Ok(())
}

/// Whether a file may be put at this path of a Unix machine.
///
/// # Errors
/// [`ScriptError::Value`] for what [`validate_path`] refuses, and for a path that can only be a directory.
pub fn validate_destination(path: &str) -> Result<(), ScriptError> {
    validate_path("destination", path)?;
    if matches!(path.rsplit('/').next(), None | Some("" | "." | "..")) {
        return Err(ScriptError::value("destination", path, "names a directory; name the file too"));
    }
    Ok(())
}

/// Whether a process may be called this, or have this id, on a Unix machine.
///
/// # Errors
/// [`ScriptError::Value`] for what no name may be, and for one with a slash.
pub(crate) fn unix_process(name: &str) -> Result<(), ScriptError> {
    any_name("process", name)?;
    if name.contains('/') {
        return Err(ScriptError::value("process", name, "holds a slash; give the program's name, not its path"));
    }
    Ok(())
}

/// Whether an account may be called this on a Unix machine.
///
/// # Errors
/// [`ScriptError::Value`] unless it is at most 32 letters, digits and `. _ -` that begin with a letter or `_` (useradd(8);
/// digits alone would be taken for a number), with a `$` at the end if need be.
pub(crate) fn unix_user(name: &str) -> Result<(), ScriptError> {
    any_name("user", name)?;
    let plain = name.strip_suffix('$').unwrap_or(name);
    let begins = plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !begins || !plain.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) {
        return Err(ScriptError::value("user", name, "has a character that no account's name has"));
    }
    if name.len() > 32 {
        return Err(ScriptError::value("user", name, "is longer than an account's name may be"));
    }
    Ok(())
}

/// Whether this may be the name or address of a machine.
///
/// # Errors
/// [`ScriptError::Value`] unless it is a name of letters, digits and `. _ -`, or an IPv4 or IPv6 address (with a zone after
/// `%` if need be), of at most 253 bytes.
pub(crate) fn host_address(address: &str) -> Result<(), ScriptError> {
    any_name("address", address)?;
    let (host, zone) = address.split_once('%').unwrap_or((address, "0"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name = host.starts_with(|c: char| c.is_alphanumeric() || c == '_') && host.chars().all(plain);
    let sixth = host.parse::<std::net::Ipv6Addr>().is_ok();
    if address.len() > 253 || !(sixth || (name && host == address)) || zone.is_empty() || !zone.chars().all(plain) {
        return Err(ScriptError::value("address", address, "is neither a machine's name nor an address"));
    }
    Ok(())
}

/// Whether lines can be searched for this text.
///
/// # Errors
/// [`ScriptError::Value`] for an empty text, one of more than 1000 bytes, and one with a control character: no line holds a
/// newline, and grep would take it for "or".
pub(crate) fn search_text(text: &str) -> Result<(), ScriptError> {
    let refuse = |reason| Err(ScriptError::value("text", text, reason));
    if text.is_empty() {
        return refuse("is empty");
    }
    if text.len() > 1000 {
        return refuse("is longer than 1000 bytes");
    }
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return refuse("holds a control character, such as a newline");
    }
    Ok(())
}

/// The candidates of a service that can exist on a Unix machine, best first; at least one.
pub(crate) fn unix_services(name: &Name) -> Result<Vec<&str>, ScriptError> {
    usable("service", name, unix_service)
}

/// The candidates of a package that can exist on a Unix machine, best first; at least one.
pub(crate) fn unix_packages(name: &Name) -> Result<Vec<&str>, ScriptError> {
    usable("package", name, unix_package)
}

/// Every candidate must be a possible name somewhere. One that only another system could have (the display name of a
/// Windows program beside the name of a Debian package) is left out as long as one stays.
pub(crate) fn usable<'n>(
    field: &'static str,
    name: &'n Name,
    here: fn(&'static str, &str) -> Result<(), ScriptError>,
) -> Result<Vec<&'n str>, ScriptError> {
    any_name(field, &name.asked)?;
    let mut refused = ScriptError::value(field, &name.asked, "has no name to look for on the machine");
    let mut usable: Vec<&str> = Vec::new();
    for candidate in name.candidates.iter().rev() {
        any_name(field, candidate)?;
        match here(field, candidate) {
            Ok(()) => usable.push(candidate),
            Err(error) => refused = error,
        }
    }
    usable.reverse();
    if usable.is_empty() { Err(refused) } else { Ok(usable) }
}

/// What holds for a name on every system.
pub(crate) fn any_name(field: &'static str, name: &str) -> Result<(), ScriptError> {
    let refuse = |reason| Err(ScriptError::value(field, name, reason));
    if name.trim().is_empty() {
        return refuse("is empty");
    }
    if name.len() > MAX_NAME {
        return refuse("is longer than a name may be");
    }
    if name.starts_with('-') {
        return refuse("begins with “-”, which programs read as an option");
    }
    if name.chars().any(char::is_control) {
        return refuse("holds a control character, such as a newline");
    }
    if name.chars().any(is_invisible) {
        return refuse("holds an invisible character, so it is not what it looks like");
    }
    Ok(())
}

/// Zero-width characters, line separators and those that turn the direction of writing: a name with one of them looks like
/// another name in the plan that a person approves (Unicode Technical Report 36, section 2).
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn unix_service(field: &'static str, name: &str) -> Result<(), ScriptError> {
    if name.contains('/') {
        return Err(ScriptError::value(field, name, "holds a slash; give the service's name, not a path"));
    }
    if name.contains(['*', '?', '[', ']']) {
        return Err(ScriptError::value(field, name, "is a pattern; name one service"));
    }
    if name.chars().all(|c| c == '.') {
        return Err(ScriptError::value(field, name, "is not a name"));
    }
    Ok(())
}

fn unix_package(field: &'static str, name: &str) -> Result<(), ScriptError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+._@: -".contains(c);
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(allowed) || name.ends_with('-') {
        return Err(ScriptError::value(
            field,
            name,
            "has a character that no package name has; give the package's plain name",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn names_that_machines_have_survive() {
        for name in [
            "nginx", "nginx.service", "sshd@x", "MSSQL$INST", "my-app.exe", "my app", "dev-disk\\x2d1.swap", "größe",
            "a;b",
        ] {
            assert_eq!(validate_service_name(name), Ok(()), "{name}");
        }
        for name in [
            "nginx", "g++", "libstdc++6", "libc6:i386", "python@3.12", "7zip", "java-17-openjdk-headless",
            "Google Chrome",
        ] {
            assert_eq!(validate_package_name(name), Ok(()), "{name}");
        }
        for version in ["1", "1.24.0-1~deb12u1", "2:8.39-13", "1.2.4-r2", "20240101^git1", "1.0+dfsg"] {
            assert_eq!(validate_version(version), Ok(()), "{version}");
        }
    }

    #[test]
    fn what_a_program_would_misread_is_refused() {
        for name in ["", " ", "-rf", "--now", "a\nb", "a\0b", "a\u{1b}[2J", "a\u{85}b", "ngin\u{200b}x", "x\u{202e}y"] {
            assert!(validate_service_name(name).is_err(), "service {name:?}");
            assert!(validate_package_name(name).is_err(), "package {name:?}");
            assert!(validate_version(name).is_err(), "version {name:?}");
        }
        for name in ["*", "nginx*", "ngin?", "[a]", "../../tmp/x", "/bin/sh", ".", "..", &"x".repeat(256)] {
            assert!(validate_service_name(name).is_err(), "service {name:?}");
        }
        for name in [
            "./x.deb", "/tmp/x.rpm", "http://x/y.rpm", "@core", "~nlib", "?name(x)", "hello-", "hello=1", "hello<2",
            "!hello", "*", "perl(Foo)", "$(id)",
        ] {
            assert!(validate_package_name(name).is_err(), "package {name:?}");
        }
        for version in ["1 --force", "1;reboot", "$(id)", "*", "=1", "~1"] {
            assert!(validate_version(version).is_err(), "version {version:?}");
        }
    }

    #[test]
    fn paths() {
        assert_eq!(validate_path("path", "/var/log/my app\n.log"), Ok(()), "odd, but a path");
        for path in
            ["", "var/log", "~/x", "C:\\x", "\\\\server\\share", "/a\0b", "-x", &format!("/{}", "x".repeat(4095))]
        {
            assert!(validate_path("path", path).is_err(), "{path:?}");
        }
        for path in ["/", "/etc/", "/etc/.", "/etc/..", "etc/x"] {
            assert!(validate_destination(path).is_err(), "{path:?}");
        }
        assert_eq!(validate_destination("/etc/nginx/nginx.conf"), Ok(()));
    }

    #[test]
    fn processes_accounts_machines_and_texts() {
        for name in ["nginx", "kworker/0:1", "123", "Web Content", "größe", "a;b"] {
            assert_eq!(unix_process(name).is_ok(), !name.contains('/'), "{name}");
        }
        for name in ["deploy", "_apt", "web-01.x", "HOST$", "a1"] {
            assert_eq!(unix_user(name), Ok(()), "{name}");
        }
        for name in ["", "-rf", "1000", "1a", "a b", "a:b", "a/b", "größe", "$", "a$b", "*", "a;b", &"x".repeat(33)] {
            assert!(unix_user(name).is_err(), "{name:?}");
        }
        for address in ["web-01", "a.example.org", "10.0.0.1", "::1", "fe80::1%eth0", "_x.y"] {
            assert_eq!(host_address(address), Ok(()), "{address}");
        }
        for address in
            ["", "-c", "a b", "a/b", "a:80", "a%b", "fe80::1%", "::1%a/b", "$(id)", "a;b", ".a", &"a.".repeat(127)]
        {
            assert!(host_address(address).is_err(), "{address:?}");
        }
        for text in ["error", "-e", "it's", "\tx", " ", "a*b[c]"] {
            assert_eq!(search_text(text), Ok(()), "{text:?}");
        }
        for text in ["", "a\nb", "\u{1b}[2J", &"x".repeat(1001)] {
            assert!(search_text(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn candidates_of_other_systems_are_left_out() {
        let name = |candidates: &[&str]| Name {
            asked: "chrome".into(),
            candidates: candidates.iter().map(|&s| s.to_owned()).collect(),
        };
        assert_eq!(
            unix_packages(&name(&["google-chrome", "Chrome (64-bit)", "chromium"])),
            Ok(vec!["google-chrome", "chromium"])
        );
        assert!(unix_packages(&name(&["Chrome (64-bit)"])).is_err(), "none is left");
        assert!(unix_packages(&name(&["google-chrome", "a\nb"])).is_err(), "that is nobody's name");
        assert!(unix_packages(&name(&[])).is_err(), "there is none");
    }
}
