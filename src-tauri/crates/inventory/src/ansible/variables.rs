//! Which variables say how to reach a target, and what may be their values.

use super::pattern::port;
use super::value::Value;
use crate::names::{MAX_NOTES, check_address, check_name, check_user};
use crate::system;
use std::collections::BTreeMap;
use wheelhouse_protocol::inventory::Os;

/// A variable's value as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stored {
    /// A scalar that has passed its check.
    Text(String),
    /// A list of scalars.
    List(Vec<String>),
    /// Left out, with a remark. It still hides the value of an outer group, as it would in Ansible.
    Hidden,
}

/// The variables of one target or group that are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Variables(BTreeMap<&'static str, Stored>);

impl Variables {
    /// Sets a variable; the last word counts.
    pub(super) fn set(&mut self, name: &'static str, value: Stored) {
        self.0.insert(name, value);
    }

    /// Sets a variable to a checked text.
    pub(super) fn put(&mut self, name: &'static str, text: String) {
        self.set(name, Stored::Text(text));
    }

    /// Notes that a variable has a value that cannot be used.
    pub(super) fn hide(&mut self, name: &'static str) {
        self.set(name, Stored::Hidden);
    }

    /// Whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets everything the other has set.
    pub(super) fn overlay(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            self.set(name, value.clone());
        }
    }

    /// A variable's text, if it is set and was usable.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Stored::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of the last of these that is set: where Ansible knows several names for a thing, the
    /// last of its list wins (`config/manager.py`, `_loop_entries`).
    pub(super) fn last(&self, names: &[&str]) -> Option<&str> {
        names.iter().rev().find_map(|name| self.text(name))
    }

    /// A variable's list, if it is set and was usable.
    pub(super) fn list(&self, name: &str) -> Option<&[String]> {
        match self.0.get(name) {
            Some(Stored::List(list)) => Some(list),
            _ => None,
        }
    }
}

/// What a variable is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// How to reach a target, or what is known of it: kept under this name.
    Kept(&'static str),
    /// Something only the vault may hold.
    Secret,
    /// The file of a private key.
    KeyFile,
    /// Options for the `ssh` program.
    SshOptions,
    /// Becoming another user.
    Become,
    /// Anything else.
    Other,
}

/// Every variable that is kept, with what its value must be.
const KEPT: &[(&str, Check)] = &[
    ("ansible_host", Check::Address),
    ("ansible_ssh_host", Check::Address),
    ("ansible_winrm_host", Check::Address),
    ("ansible_psrp_host", Check::Address),
    ("ansible_port", Check::Port),
    ("ansible_ssh_port", Check::Port),
    ("ansible_winrm_port", Check::Port),
    ("ansible_psrp_port", Check::Port),
    ("ansible_user", Check::User),
    ("ansible_ssh_user", Check::User),
    ("ansible_winrm_user", Check::User),
    ("ansible_psrp_user", Check::User),
    ("ansible_connection", Check::Connection),
    ("ansible_winrm_scheme", Check::Scheme),
    ("ansible_psrp_protocol", Check::Scheme),
    ("ansible_shell_type", Check::Any),
    ("ansible_os_family", Check::Any),
    ("ansible_system", Check::Any),
    ("ansible_distribution", Check::Any),
    ("ansible_network_os", Check::Any),
    ("ansible_group_priority", Check::Number),
    // Ours, so that an export says what Ansible has no word for.
    ("wheelhouse_name", Check::Name),
    ("wheelhouse_addresses", Check::Addresses),
    ("wheelhouse_os", Check::System),
    ("wheelhouse_tags", Check::Names),
    ("wheelhouse_environment", Check::Name),
    ("wheelhouse_maintenance", Check::Flag),
    ("wheelhouse_notes", Check::Notes),
    ("wheelhouse_connections", Check::Lines),
    ("wheelhouse_credential", Check::Any),
    ("wheelhouse_group_name", Check::Name),
    ("wheelhouse_group_aliases", Check::Names),
    ("wheelhouse_group_everything", Check::Flag),
];

/// What the value of a variable must be.
#[derive(Debug, Clone, Copy)]
enum Check {
    Address,
    Port,
    User,
    Connection,
    Scheme,
    Any,
    Number,
    Name,
    Names,
    Addresses,
    System,
    Flag,
    Notes,
    Lines,
}

/// What a variable of this name is about.
pub(super) fn meaning(name: &str) -> Meaning {
    if let Some((name, _)) = KEPT.iter().find(|(known, _)| *known == name) {
        return Meaning::Kept(name);
    }
    let name = name.to_ascii_lowercase();
    if name.ends_with("private_key_file") {
        Meaning::KeyFile
    } else if is_secret(&name) {
        Meaning::Secret
    } else if name.starts_with("ansible_ssh_") && name.ends_with("_args") || name == "ansible_scp_extra_args" {
        Meaning::SshOptions
    } else if ["ansible_become", "ansible_sudo", "ansible_su"]
        .iter()
        .any(|b| name == *b || name.strip_prefix(b).is_some_and(|rest| rest.starts_with('_')))
    {
        Meaning::Become
    } else {
        Meaning::Other
    }
}

/// Whether the value of a variable, column or field of this name is a secret, as far as a name tells.
pub(crate) fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    name == "pass"
        || name == "pw"
        || name == "pwd"
        || name.ends_with("pass")
        || ["password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "accesskey", "vaultpass"]
            .iter()
            .any(|part| name.contains(part))
}

/// Reads the value of a kept variable; the error completes `“name” of web1 …` and holds no value.
pub(super) fn read(name: &str, value: &Value) -> Result<Stored, String> {
    let check = KEPT.iter().find(|(known, _)| *known == name).map_or(Check::Any, |(_, check)| *check);
    let texts: Vec<&str> = match value {
        Value::Text(text) => vec![text.trim()],
        Value::List(items) => items.iter().map(|item| item.trim()).collect(),
        Value::Encrypted => {
            return Err(
                "is encrypted with ansible-vault and left out: what is secret belongs in the vault here.".to_owned()
            );
        }
        Value::Nested => return Err("is left out: it must be one value.".to_owned()),
    };
    // Notes are for people, whatever they hold; everything else would have to be worked out.
    let is_worked_out = !matches!(check, Check::Notes) && texts.iter().any(|t| t.contains("{{") || t.contains("{%"));
    if is_worked_out {
        return Err("is left out: it is a Jinja expression, which only Ansible can work out.".to_owned());
    }
    let left_out = |reason: String| format!("is left out: {reason}.");
    let many = matches!(check, Check::Names | Check::Addresses | Check::Lines);
    if many {
        // One text stands for a list of words.
        let items: Vec<&str> = match value {
            Value::Text(text) => text.split([',', ';']).map(str::trim).filter(|t| !t.is_empty()).collect(),
            _ => texts,
        };
        for item in &items {
            match check {
                Check::Names => check_name("each of its words", item),
                Check::Addresses => check_address(item),
                _ => Ok(()),
            }
            .map_err(left_out)?;
        }
        return Ok(Stored::List(items.into_iter().map(str::to_owned).collect()));
    }
    let [text] = texts.as_slice() else { return Err("is left out: it must be one value.".to_owned()) };
    if text.is_empty() {
        return Ok(Stored::Hidden);
    }
    let text = match check {
        Check::Address => {
            let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
            check_address(bare).map(|()| bare.to_owned())
        }
        Check::Port => port(text).map(|port| port.to_string()),
        Check::User => check_user(text).map(|()| (*text).to_owned()),
        Check::Scheme => match text.to_ascii_lowercase().as_str() {
            scheme @ ("http" | "https") => Ok(scheme.to_owned()),
            _ => Err("it is http or https".to_owned()),
        },
        Check::Number => text.parse::<i64>().map(|n| n.to_string()).map_err(|_| "it is a whole number".to_owned()),
        Check::Name => check_name("it", text).map(|()| (*text).to_owned()),
        Check::System => system::family(text)
            .filter(|os| *os != Os::Unknown)
            .map(|os| os.as_str().to_owned())
            .ok_or_else(|| "it is linux, windows, macos, unix or network".to_owned()),
        Check::Flag => flag(text).map(|flag| flag.to_string()).ok_or_else(|| "it is true or false".to_owned()),
        Check::Notes if text.len() > MAX_NOTES => Err(format!("notes may have at most {MAX_NOTES} bytes")),
        Check::Connection => check_name("it", text).map(|()| text.to_ascii_lowercase()),
        _ => Ok((*text).to_owned()),
    };
    text.map(Stored::Text).map_err(left_out)
}

/// A truth value as Ansible writes it.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "y" | "x" => Some(true),
        "false" | "no" | "off" | "0" | "n" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "ansible_password", "ansible_ssh_pass", "ansible_ssh_password", "ansible_become_pass",
            "ansible_become_password", "ansible_sudo_pass", "ansible_winrm_password", "ansible_psrp_password",
            "ansible_ssh_private_key", "ansible_private_key_passphrase", "mysql_root_password", "API_TOKEN",
            "vault_pass",
        ] {
            assert_eq!(meaning(name), Meaning::Secret, "{name}");
        }
        for (name, expected) in [
            ("ansible_ssh_private_key_file", Meaning::KeyFile),
            ("ansible_private_key_file", Meaning::KeyFile),
            ("ansible_become", Meaning::Become),
            ("ansible_become_method", Meaning::Become),
            ("ansible_ssh_common_args", Meaning::SshOptions),
            ("ansible_host", Meaning::Kept("ansible_host")),
            ("http_port", Meaning::Other),
            ("wheelhouse_credential", Meaning::Kept("wheelhouse_credential")),
        ] {
            assert_eq!(meaning(name), expected, "{name}");
        }
    }

    #[test]
    fn values_that_cannot_be_used_are_refused_without_being_shown() {
        for (name, value) in [
            ("ansible_host", "hunter2;reboot"),
            ("ansible_host", "{{ hunter2 }}"),
            ("ansible_port", "hunter2"),
            ("ansible_port", "65536"),
            ("ansible_port", "0"),
            ("ansible_user", "root`hunter2`"),
            ("wheelhouse_os", "hunter2"),
            ("wheelhouse_tags", "ok,hunter2;$(x)"),
        ] {
            let remark = read(name, &Value::Text(value.to_owned())).expect_err(value);
            assert!(!remark.contains("hunter2"), "{remark}");
        }
        assert!(read("ansible_user", &Value::Encrypted).unwrap_err().contains("ansible-vault"));
        assert!(read("ansible_user", &Value::Nested).is_err());
    }
}
