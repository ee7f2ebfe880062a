//! Which family of systems a free word means.

use wheelhouse_protocol::inventory::Os;

/// Words that begin or are part of a system's name, the telling ones first: `Windows Subsystem for
/// Linux` and `Cisco IOS` would otherwise be taken for something else.
const WORDS: &[(&str, Os)] = &[
    ("cisco", Os::Network),
    ("junos", Os::Network),
    ("juniper", Os::Network),
    ("arista", Os::Network),
    ("fortios", Os::Network),
    ("fortigate", Os::Network),
    ("routeros", Os::Network),
    ("mikrotik", Os::Network),
    ("nxos", Os::Network),
    ("nx-os", Os::Network),
    ("ios-xe", Os::Network),
    ("ios xe", Os::Network),
    ("ios-xr", Os::Network),
    ("vyos", Os::Network),
    ("switch", Os::Network),
    ("router", Os::Network),
    ("firewall", Os::Network),
    ("windows", Os::Windows),
    ("macos", Os::Macos),
    ("mac os", Os::Macos),
    ("os x", Os::Macos),
    ("darwin", Os::Macos),
    ("bsd", Os::Unix),
    ("solaris", Os::Unix),
    ("illumos", Os::Unix),
    ("aix", Os::Unix),
    ("hp-ux", Os::Unix),
    ("linux", Os::Linux),
    ("debian", Os::Linux),
    ("ubuntu", Os::Linux),
    ("redhat", Os::Linux),
    ("red hat", Os::Linux),
    ("rhel", Os::Linux),
    ("centos", Os::Linux),
    ("fedora", Os::Linux),
    ("rocky", Os::Linux),
    ("opensuse", Os::Linux),
    ("suse", Os::Linux),
    ("sles", Os::Linux),
    ("gentoo", Os::Linux),
    ("raspbian", Os::Linux),
    ("amazon", Os::Linux),
    ("nixos", Os::Linux),
    ("win", Os::Windows),
];

/// The family `text` means: `Windows Server 2022`, `Ubuntu 24.04 LTS`, `RedHat`, `cisco.ios.ios`.
pub(crate) fn family(text: &str) -> Option<Os> {
    let text = text.trim().to_lowercase();
    if let Some(os) = Os::parse(&text) {
        return Some(os);
    }
    WORDS.iter().find(|(word, _)| begins_word(&text, word)).map(|(_, os)| *os)
}

/// Whether `word` is in `text`, for short words only where a word begins (`win2019`, not `darwin`).
fn begins_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        word.len() > 4 || !text[..at].chars().next_back().is_some_and(char::is_alphanumeric) || word == "bsd"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_from_what_people_write() {
        for (text, os) in [
            ("Windows Server 2022 Datacenter", Some(Os::Windows)),
            ("win2019", Some(Os::Windows)),
            ("Ubuntu 24.04 LTS", Some(Os::Linux)),
            ("RedHat", Some(Os::Linux)),
            ("Oracle Linux 9", Some(Os::Linux)),
            ("OpenSUSE Leap", Some(Os::Linux)),
            ("macOS 15.1", Some(Os::Macos)),
            ("Darwin", Some(Os::Macos)),
            ("FreeBSD 14", Some(Os::Unix)),
            ("DragonFlyBSD", Some(Os::Unix)),
            ("cisco.ios.ios", Some(Os::Network)),
            ("Cisco NX-OS", Some(Os::Network)),
            ("unknown", Some(Os::Unknown)),
            ("", Some(Os::Unknown)),
            ("BeOS", None),
        ] {
            assert_eq!(family(text), os, "{text}");
        }
    }
}
