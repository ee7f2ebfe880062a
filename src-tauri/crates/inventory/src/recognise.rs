//! Which format a text is in.

use crate::{table, text};
use wheelhouse_protocol::inventory::ImportFormat;

/// How much of a text is looked at.
const LOOK_AT: usize = 64 * 1024;

/// Recognises the format by the file's name and by what the text begins with; `None` when nothing fits.
///
/// The name may be empty (pasted text) or a path.
pub fn recognise(name: &str, text: &str) -> Option<ImportFormat> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() || text::is_binary(text) {
        return None;
    }
    let end = text.len().min(LOOK_AT);
    let beginning = (0..=end).rev().find_map(|end| text.get(..end)).unwrap_or_default();
    by_name(name, beginning).or_else(|| by_text(beginning))
}

fn by_name(name: &str, text: &str) -> Option<ImportFormat> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match extension {
        // Ansible's inventory may be written in JSON too; ours says “hosts” at the top.
        "json" => json(text),
        "yml" | "yaml" => ImportFormat::AnsibleYaml,
        "ini" => ImportFormat::AnsibleIni,
        "csv" | "tsv" => ImportFormat::Csv,
        "conf" if file.contains("ssh") => ImportFormat::SshConfig,
        _ if file == "ssh_config" || name.replace('\\', "/").ends_with(".ssh/config") => ImportFormat::SshConfig,
        _ => return None,
    })
}

fn by_text(text: &str) -> Option<ImportFormat> {
    if text.trim_start().starts_with('{') {
        return Some(json(text));
    }
    let lines = || {
        text::lines(text)
            .map(|(_, line)| line)
            .filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with(['#', ';']))
    };
    let first = lines().next()?;
    let word = first.split([' ', '\t', '=']).next().unwrap_or_default().to_ascii_lowercase();
    if first.trim() == "---" || is_yaml_key(first) {
        return Some(ImportFormat::AnsibleYaml);
    }
    // `host` and a tab may begin a table as well as a block for ssh: two known columns tell.
    let columns = table::columns_named(text);
    if columns > 1 {
        return Some(ImportFormat::Csv);
    }
    if matches!(word.as_str(), "host" | "match" | "include")
        && first.trim().contains([' ', '\t', '='])
        && !first.contains([',', ';'])
    {
        return Some(ImportFormat::SshConfig);
    }
    if lines().any(|l| l.trim_start().starts_with('[') && l.trim_end().ends_with(']')) {
        return Some(ImportFormat::AnsibleIni);
    }
    if columns == 1 {
        return Some(ImportFormat::Csv);
    }
    // Settings for every host may stand before the first `Host`.
    let is_host = |line: &str| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|w| w.eq_ignore_ascii_case("host")) && words.next().is_some()
    };
    if lines().any(is_host) {
        return Some(ImportFormat::SshConfig);
    }
    // What is left is a list of names, perhaps with variables.
    let is_name = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        name.chars().all(|c| c.is_alphanumeric() || ".-_:[]".contains(c))
            && words.next().is_none_or(|w| w.contains('='))
    };
    lines().take(20).all(is_name).then_some(ImportFormat::AnsibleIni)
}

/// Ours has “hosts” or “inventory” at the top, Ansible's the names of groups.
fn json(text: &str) -> ImportFormat {
    // The beginning of a large text is no whole document, so the keys are found by their looks.
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut is_escaped = false;
    let mut key = String::new();
    for c in text.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if in_text => is_escaped = true,
            '"' => {
                in_text = !in_text;
                if in_text {
                    key.clear();
                }
            }
            c if in_text => key.push(c),
            // Only now is it known that the text before was a key.
            ':' if depth == 1 => match key.as_str() {
                "hosts" | "inventory" => return ImportFormat::Json,
                "all" | "ungrouped" | "_meta" => return ImportFormat::AnsibleYaml,
                _ => {}
            },
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    ImportFormat::Json
}

/// Whether a line is `name:` or `name: value` at the left edge.
fn is_yaml_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, value)| {
        let key = key.trim_matches(['"', '\'']);
        !key.is_empty()
            && key.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c))
            && !line.starts_with([' ', '\t'])
            && (value.trim().is_empty() || value.starts_with(' '))
            && !key.contains(' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_tell_the_format() {
        use ImportFormat::{AnsibleIni, AnsibleYaml, Csv, Json, SshConfig};
        for (name, text, format) in [
            ("inventory.ini", "web1\n", Some(AnsibleIni)),
            ("hosts", "[web]\nweb1\n", Some(AnsibleIni)),
            ("", "web1 ansible_host=10.0.0.1\nweb2\n", Some(AnsibleIni)),
            ("", "web[1:3].example.com:2222\n", Some(AnsibleIni)),
            ("", "# mine\n\nweb1\n[db:children]\nx\n", Some(AnsibleIni)),
            ("hosts.yml", "all:\n", Some(AnsibleYaml)),
            ("", "---\nall:\n  hosts:\n", Some(AnsibleYaml)),
            ("", "all:\n  hosts:\n    web1:\n", Some(AnsibleYaml)),
            ("", "webservers:\n  hosts: web1\n", Some(AnsibleYaml)),
            ("x.json", "{\"hosts\": []}", Some(Json)),
            ("", "{\"note\": \"all\", \"inventory\": {\"hosts\": []}}", Some(Json)),
            ("", "{\"all\": {\"hosts\": {\"web1\": {}}}}", Some(AnsibleYaml)),
            ("C:\\Users\\me\\.ssh\\config", "Host a\n", Some(SshConfig)),
            ("/home/me/.ssh/config", "ForwardAgent yes\n", Some(SshConfig)),
            ("config", "Host web1\n  HostName 10.0.0.1\n", Some(SshConfig)),
            ("", "ServerAliveInterval 30\n\nHost web1\n  User x\n", Some(SshConfig)),
            ("hosts.csv", "name,ip\n", Some(Csv)),
            ("", "name;address;os\nweb1;10.0.0.1;linux\n", Some(Csv)),
            ("", "Host,IP Address\nweb1,10.0.0.1\n", Some(Csv)),
            ("", "hostname\tip\nweb1\t10.0.0.1\n", Some(Csv)),
            ("", "host\tip\nweb1\t10.0.0.1\n", Some(Csv)),
            ("", "Host\tweb1\n  User x\n", Some(SshConfig)),
            ("", "\u{feff}name,ip\r\nweb1,10.0.0.1\r\n", Some(Csv)),
            ("", "", None),
            ("hosts.csv", " \n", None),
            ("", "Dear all, please find attached what you asked for.\n", None),
        ] {
            assert_eq!(recognise(name, text), format, "{name:?} {text:?}");
        }
        let picture: String = std::iter::repeat_n("\u{fffd}PNG\u{1}\u{0}", 50).collect();
        assert_eq!(recognise("hosts.csv", &picture), None, "a picture is no table, whatever its name");
    }
}
