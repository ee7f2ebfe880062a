//! What may be a name, an address, an account: one set of rules for imports, exports and forms.
//!
//! Names are shown to the person who approves, so nothing in them may be invisible or reorder the
//! text around it. They are never script text (values are quoted or passed beside the script), yet
//! what a shell would act on is refused here already: no honest name needs it.

use std::net::{IpAddr, Ipv6Addr};

/// The longest name or address, in characters: that of a DNS name (RFC 1035 §2.3.4).
pub const MAX_NAME: usize = 253;

/// The longest notes of one target, in bytes.
pub const MAX_NOTES: usize = 64 * 1024;

/// What a POSIX shell or PowerShell would act on.
const SHELL: &[char] = &[';', '&', '|', '$', '`', '<', '>', '(', ')', '{', '}', '"', '\'', '\\', '*', '?', '!'];

/// Whether `name` can be the name of a target, group, tag or environment.
///
/// `what` begins the answer: `a target's name`.
///
/// # Errors
/// Says in one sentence why not. The name itself is not in it.
pub fn check_name(what: &str, name: &str) -> Result<(), String> {
    check_visible(what, name)?;
    if let Some(c) = name.chars().find(|c| SHELL.contains(c)) {
        return Err(format!("{what} may not contain {}", spelled(c)));
    }
    Ok(())
}

/// Whether `address` can be dialled: a host name, an IPv4 or an IPv6 address (with a zone, as `fe80::1%eth0`).
///
/// # Errors
/// Says in one sentence why not. The address itself is not in it.
pub fn check_address(address: &str) -> Result<(), String> {
    const WHAT: &str = "an address";
    check_visible(WHAT, address)?;
    if address.contains(':') {
        let (number, zone) = address.split_once('%').unwrap_or((address, "0"));
        let zone_fits = !zone.is_empty() && zone.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        return match number.parse::<Ipv6Addr>() {
            Ok(_) if zone_fits => Ok(()),
            _ => Err(format!("{WHAT} with colons must be IPv6, without brackets; the port goes beside it")),
        };
    }
    match address.chars().find(|c| !c.is_alphanumeric() && !".-_".contains(*c)) {
        Some(c) => Err(format!("{WHAT} may not contain {}", spelled(c))),
        None if address.starts_with('.') || address.contains("..") => {
            Err(format!("{WHAT} may not have an empty part between dots"))
        }
        None => Ok(()),
    }
}

/// Whether `user` can be an account to log in with, `DOMAIN\user` and `user@REALM` included.
///
/// # Errors
/// Says in one sentence why not. The account itself is not in it.
pub fn check_user(user: &str) -> Result<(), String> {
    const WHAT: &str = "an account";
    check_visible(WHAT, user)?;
    // Windows accounts know `\` and end in `$` where they belong to a machine or service.
    match user.chars().find(|c| SHELL.contains(c) && !matches!(c, '\\' | '$') || matches!(c, ':' | '#' | '/')) {
        Some(c) => Err(format!("{WHAT} may not contain {}", spelled(c))),
        None => Ok(()),
    }
}

/// The form of a name by which two are the same, as in the store.
pub(crate) fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether two names are the same.
pub(crate) fn same(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

/// A name as it may appear in a remark, in quotation marks: one short line, without what may be a
/// password in a URL.
pub(crate) fn shown(name: &str) -> String {
    format!("“{}”", cleaned(name))
}

fn cleaned(name: &str) -> String {
    // `scheme://user:password@host`, and anything else with an `@` behind a colon.
    let end = match (name.find(':'), name.rfind('@')) {
        (Some(colon), Some(at)) if colon < at => colon + 1,
        _ => name.len(),
    };
    let mut out = String::new();
    let mut kept = 0;
    for c in name[..end].chars().take(60) {
        kept += c.len_utf8();
        if hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    if kept < name.len() {
        out.push('…');
    }
    out
}

/// The first few of many names, for one line of text.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const FEW: usize = 8;
    let mut out = String::new();
    let mut rest = 0;
    for (n, name) in names.into_iter().enumerate() {
        match n {
            0 => out.push_str(&cleaned(name)),
            n if n < FEW => {
                out.push_str(", ");
                out.push_str(&cleaned(name));
            }
            _ => rest += 1,
        }
    }
    if rest > 0 {
        out.push_str(&format!(" and {rest} more"));
    }
    out
}

/// Whether it is an IP address, a zone included.
pub(crate) fn is_ip(address: &str) -> bool {
    address.split('%').next().unwrap_or_default().parse::<IpAddr>().is_ok()
}

/// The rules every kind of name shares. Alone they are those of a service's name: `MSSQL$PROD` is one.
pub(crate) fn check_visible(what: &str, name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err(format!("{what} may not be blank"));
    }
    if name.trim() != name {
        return Err(format!("{what} may not begin or end with a blank"));
    }
    let length = name.chars().count();
    if length > MAX_NAME {
        return Err(format!("{what} may have at most {MAX_NAME} characters, not {length}"));
    }
    if name.starts_with('-') {
        return Err(format!("{what} may not begin with “-”: programs would take it for an option"));
    }
    match name.chars().find(|c| hidden(*c)) {
        Some(c) => Err(format!("{what} may not contain {}", spelled(c))),
        None => Ok(()),
    }
}

/// Control characters, line separators, and what is not seen or turns the direction of the text.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e0fff}')
}

/// One character, in words where it cannot be seen.
fn spelled(c: char) -> String {
    match c {
        '\0' => "a NUL character".to_owned(),
        '\n' | '\r' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        ' ' => "a space".to_owned(),
        c if hidden(c) => format!("the invisible character U+{:04X}", u32::from(c)),
        c => format!("“{c}”"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn honest_names_pass() {
        for name in
            ["web-01", "CIS servers", "192.168.50.12", "fe80::1", "Müller’s", "データベース", "a", "web.example.com"]
        {
            assert_eq!(check_name("a name", name), Ok(()), "{name}");
        }
        assert_eq!(check_name("a name", &"x".repeat(253)), Ok(()), "253 characters are a DNS name's limit");
    }

    #[test]
    fn each_forbidden_thing_is_named() {
        for (name, reason) in [
            ("", "blank"),
            ("  ", "blank"),
            (" a", "begin or end with a blank"),
            ("-rf", "begin with “-”"),
            ("a;b", "“;”"),
            ("$(reboot)", "“$”"),
            ("a`b", "“`”"),
            ("a\"b", "“\"”"),
            ("a'b", "“'”"),
            ("a\\b", "“\\”"),
            ("web*", "“*”"),
            ("a\nb", "a line break"),
            ("a\0b", "a NUL character"),
            ("a\tb", "a tab"),
            ("a\u{1b}[31mb", "U+001B"),
            ("a\u{85}b", "U+0085"),
            ("web\u{202e}10", "U+202E"),
            ("we\u{200b}b", "U+200B"),
        ] {
            let answer = check_name("a name", name).expect_err(name);
            assert!(answer.contains(reason), "{name:?}: {answer}");
        }
        let answer = check_name("a name", &"x".repeat(254)).unwrap_err();
        assert!(answer.contains("253") && answer.contains("254"), "{answer}");
    }

    #[test]
    fn addresses_are_host_names_or_ip_addresses() {
        for address in
            ["web-01.example.com", "10.0.0.1", "::1", "2001:db8::5", "fe80::1%eth0", "db_1", "münchen.example"]
        {
            assert_eq!(check_address(address), Ok(()), "{address}");
        }
        for address in
            ["", "a b", "web:22", "[::1]", "fe80::1%", "http://x", "a/b", "root@web", ".a", "a..b", "-a", "a;b"]
        {
            assert!(check_address(address).is_err(), "{address:?} cannot be dialled");
        }
    }

    #[test]
    fn windows_accounts_pass() {
        for user in ["root", "DOMAIN\\John Smith", "svc-web$", "deploy@EXAMPLE.COM"] {
            assert_eq!(check_user(user), Ok(()), "{user}");
        }
        for user in ["", "-l", "a;b", "a\nb", "root:secret", "a/b", "x # y"] {
            assert!(check_user(user).is_err(), "{user:?} is no account");
        }
    }

    #[test]
    fn what_may_be_a_password_is_not_shown() {
        assert_eq!(shown("ssh://root:hunter2@web"), "“ssh:…”");
        assert_eq!(shown("root:hunter2@web"), "“root:…”");
        assert_eq!(shown("a\0b"), "“a\\u{0}b”");
        assert_eq!(shown(&"x".repeat(100)), format!("“{}…”", "x".repeat(60)));
    }

    proptest! {
        #[test]
        fn whatever_passes_is_safe_to_show_and_to_pass_on(name in any::<String>()) {
            let ok = check_name("a name", &name).is_ok();
            prop_assert_eq!(ok && name.chars().any(|c| c.is_control() || SHELL.contains(&c)), false);
            prop_assert_eq!(ok && (name.starts_with('-') || name.trim().is_empty()), false);
            prop_assert!(!shown(&name).contains(['\n', '\0', '\u{1b}']), "a remark is one line");
        }
    }
}
