//! What is shown of a secret.

use wheelhouse_protocol::credential::CredentialKind;

/// What stands for a secret.
pub(crate) const MASK: &str = "••••";
/// Tokens at least this long are told apart by their last characters.
const LONG: usize = 20;
const TAIL: usize = 4;

/// The mask of a secret field. Of the token itself of an API key or bearer token, when it is long, the
/// last four characters are shown; of passwords, keys and passphrases never anything.
pub(crate) fn mask(kind: CredentialKind, field: &str, value: &str) -> String {
    let is_token = match kind {
        CredentialKind::ApiKey => field.eq_ignore_ascii_case("key"),
        CredentialKind::BearerToken => field.eq_ignore_ascii_case("token"),
        _ => false,
    };
    // Something with spaces or lines is no token, whatever it is called.
    if !is_token || value.len() < LONG || !value.bytes().all(|b| b.is_ascii_graphic()) {
        return MASK.to_owned();
    }
    format!("{MASK}{}", &value[value.len() - TAIL..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use CredentialKind::*;

    #[test]
    fn only_long_tokens_show_their_end() {
        let token = "ghp_0123456789abcdefWXYZ";
        assert_eq!(mask(ApiKey, "key", token), "••••WXYZ");
        assert_eq!(mask(BearerToken, "token", token), "••••WXYZ");
        for (kind, field, value) in [
            (ApiKey, "key", "0123456789abcdefghi"),
            (ApiKey, "password", token),
            (ApiKey, "token", token),
            (BearerToken, "refresh", token),
            (Password, "password", token),
            (Password, "key", token),
            (SshKey, "private_key", token),
            (SshKey, "passphrase", token),
            (Certificate, "private_key", token),
            (ConnectionUrl, "url", token),
            (Free, "key", token),
            (ApiKey, "key", "a passphrase of several words"),
            (ApiKey, "key", "-----BEGIN KEY-----\nAAAA\n-----END KEY-----"),
            (BearerToken, "token", "ключключключключключ"),
        ] {
            assert_eq!(mask(kind, field, value), MASK, "{kind:?} {field} {value}");
        }
    }
}
