//! Credentials as a form shows them: which fields a kind has, and what of them is sent.

use wheelhouse_protocol::credential::{CredentialKind, FieldInput, field};
use wheelhouse_protocol::{SecretInput, Timestamp};

/// Every kind, in the order of the form.
pub(crate) const KINDS: [CredentialKind; 7] = [
    CredentialKind::Password,
    CredentialKind::SshKey,
    CredentialKind::ApiKey,
    CredentialKind::BearerToken,
    CredentialKind::Certificate,
    CredentialKind::ConnectionUrl,
    CredentialKind::Free,
];

/// A field that belongs to a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) secret: bool,
    /// Whether it has several lines: keys and certificates.
    pub(crate) lines: bool,
    /// Whether the kind can do without it.
    pub(crate) optional: bool,
}

const fn plain(name: &'static str, label: &'static str) -> Known {
    Known { name, label, hint: "", secret: false, lines: false, optional: false }
}

const fn secret(name: &'static str, label: &'static str) -> Known {
    Known { secret: true, ..plain(name, label) }
}

const USERNAME: Known = Known {
    optional: true,
    hint: "The account it belongs to. A target's connection can name another.",
    ..plain(field::USERNAME, "User name")
};
const SUDO: Known = Known {
    optional: true,
    hint: "Only where sudo asks for another password than the login's.",
    ..secret(field::SUDO_PASSWORD, "Password for sudo")
};
const KEY: Known = Known { lines: true, ..secret(field::PRIVATE_KEY, "Private key") };
const KEY_PASSPHRASE: Known =
    Known { optional: true, hint: "Only where the key has one.", ..secret(field::PASSPHRASE, "Passphrase of the key") };

/// The fields of a kind, in the order of the form.
pub(crate) fn known(kind: CredentialKind) -> &'static [Known] {
    const PASSWORD: &[Known] = &[USERNAME, secret(field::PASSWORD, "Password"), SUDO];
    const SSH: &[Known] = &[USERNAME, KEY, KEY_PASSPHRASE, SUDO];
    const API: &[Known] = &[secret("key", "API key")];
    const BEARER: &[Known] = &[secret("token", "Token")];
    const CERTIFICATE: &[Known] = &[
        Known { lines: true, ..plain("certificate", "Certificate") },
        Known { optional: true, ..KEY },
        KEY_PASSPHRASE,
    ];
    const URL: &[Known] = &[Known {
        hint: "With its user and password: postgres://user:password@host/name. It is kept like a secret.",
        ..secret("url", "URL")
    }];
    match kind {
        CredentialKind::Password => PASSWORD,
        CredentialKind::SshKey => SSH,
        CredentialKind::ApiKey => API,
        CredentialKind::BearerToken => BEARER,
        CredentialKind::Certificate => CERTIFICATE,
        CredentialKind::ConnectionUrl => URL,
        CredentialKind::Free => &[],
    }
}

/// What a field is called on the screen.
pub(crate) fn label(kind: CredentialKind, name: &str) -> String {
    known(kind).iter().find(|k| k.name == name).map_or_else(|| name.to_owned(), |k| k.label.to_owned())
}

/// One field as it stands in the form.
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) secret: bool,
    /// What was typed.
    pub(crate) value: String,
    /// Whether the vault has a value for it.
    pub(crate) stored: bool,
    /// Whether the stored value is to go.
    pub(crate) remove: bool,
    /// Whether it is one of the kind's own that can be left out.
    pub(crate) optional: bool,
}

/// What is sent of a form: nothing typed keeps what a secret is, and leaves out what is not needed.
pub(crate) fn inputs(drafts: Vec<Draft>) -> Vec<FieldInput> {
    let sent = |draft: Draft| {
        if draft.remove {
            return None;
        }
        let value = match draft.value.is_empty() {
            false => Some(SecretInput::new(draft.value)),
            true if draft.stored && draft.secret => None,
            true if draft.optional => return None,
            // The vault says what is missing.
            true => Some(SecretInput::default()),
        };
        Some(FieldInput { name: draft.name.trim().to_owned(), secret: draft.secret, value })
    };
    drafts.into_iter().filter_map(sent).collect()
}

/// Days until a secret should be changed; negative when that is past, `None` when nobody wants to be reminded.
pub(crate) fn days_left(rotated: Timestamp, after_days: u32, now: Timestamp) -> Option<i64> {
    let age = now.duration_since(rotated).as_secs() / 86_400;
    (after_days > 0).then(|| i64::from(after_days) - age)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn draft(name: &str, secret: bool, value: &str) -> Draft {
        Draft { name: name.to_owned(), secret, value: value.to_owned(), stored: false, remove: false, optional: false }
    }

    #[test]
    fn what_is_left_empty_keeps_a_secret_and_drops_a_plain_value() {
        let sent = inputs(vec![
            Draft { stored: true, ..draft("password", true, "") },
            Draft { stored: true, optional: true, ..draft("username", false, "") },
            Draft { stored: true, optional: true, ..draft("sudo_password", true, "new") },
            Draft { stored: true, optional: true, remove: true, ..draft("passphrase", true, "") },
            Draft { optional: true, ..draft("other", true, "") },
        ]);
        let names: Vec<_> = sent.iter().map(|f| (f.name.as_str(), f.value.as_ref().map(SecretInput::expose))).collect();
        assert_eq!(names, [("password", None), ("sudo_password", Some("new"))]);
    }

    #[test]
    fn what_is_needed_is_sent_even_empty_so_that_the_vault_can_say_so() {
        let sent = inputs(vec![draft("password", true, "")]);
        assert!(sent[0].value.as_ref().unwrap().is_empty());
    }

    #[test]
    fn every_kind_but_the_free_one_has_fields_of_its_own() {
        for kind in KINDS {
            assert_eq!(known(kind).is_empty(), kind == CredentialKind::Free, "{kind}");
            let mut names: Vec<_> = known(kind).iter().map(|k| k.name).collect();
            names.dedup();
            assert_eq!(names.len(), known(kind).len(), "{kind} names a field twice");
        }
        assert_eq!(label(CredentialKind::SshKey, "private_key"), "Private key");
        assert_eq!(label(CredentialKind::Free, "pin"), "pin");
    }

    #[test]
    fn reminders_count_down_and_past() {
        let at = |t: &str| t.parse::<Timestamp>().unwrap();
        let now = at("2026-03-12T12:00:00Z");
        assert_eq!(days_left(at("2026-03-02T12:00:00Z"), 30, now), Some(20));
        assert_eq!(days_left(at("2026-01-01T12:00:00Z"), 30, now), Some(-40));
        assert_eq!(days_left(at("2026-01-01T12:00:00Z"), 0, now), None, "0 is never");
    }
}
