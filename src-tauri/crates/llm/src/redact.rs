//! What a model may read of an operator's words: secrets are cut out, addresses get stand-ins.
//!
//! It errs towards cutting: a model that misses a word suggests nothing, a secret that went out is out.

use std::net::IpAddr;

/// Stands where something was cut out.
pub(crate) const CUT: &str = "[cut]";

/// Words that announce a secret, as part of a name (`DB_PASSWORD=…`) or alone.
const SECRET_WORDS: &[&str] = &[
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "apikey", "api-key", "api_key",
    "accesskey", "access-key", "access_key", "privatekey", "private-key", "private_key", "credential", "bearer", "otp",
];
/// The same, too short to be looked for within other words.
const SECRET_NAMES: &[&str] = &["pass", "pw", "pin", "key", "psk", "creds", "auth", "basic", "authorization"];
/// Between the word and the secret.
const GIVERS: &[&str] = &["is", "=", ":", ":=", "to", "as", "be", "was", "->", "=>", "with"];
/// After the word, these say that no secret follows at once.
const JOINTS: &[&str] = &[
    "for", "of", "on", "in", "at", "from", "the", "a", "and", "or", "file", "policy", "new", "my", "our", "by", "that",
    "this", "user", "account", "should", "must", "set", "now",
];
/// How tokens of well-known makers begin.
const PREFIXES: &[&str] = &[
    "sk-", "pk-", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xapp-", "akia",
    "asia", "aiza", "eyj", "hvs.", "npm_", "pypi-", "dop_v1_", "sg.", "shpat_", "hf_", "ya29.", "age-secret-key-",
    "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$argon2",
];
/// From so many letters and digits in one run on, mixed, a word is taken for a token.
const OPAQUE: usize = 20;

/// Words as a model may read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redacted {
    pub(crate) text: String,
    /// What `address-1`, `address-2`, … stand for.
    addresses: Vec<String>,
}

impl Redacted {
    /// What a name of the model's stands for in the operator's words.
    pub(crate) fn restored(&self, name: String) -> String {
        let number = name.strip_prefix("address-").and_then(|n| n.parse::<usize>().ok());
        number.and_then(|n| self.addresses.get(n.checked_sub(1)?)).cloned().unwrap_or(name)
    }
}

/// Cuts secrets out, and gives addresses stand-ins.
pub(crate) fn redact(words: &str) -> Redacted {
    let words = without_pem(words);
    let mut out = Redacted { text: String::with_capacity(words.len()), addresses: Vec::new() };
    let mut watch = Watch::Nothing;
    // The quote that ends a cut text of several words.
    let mut until: Option<char> = None;
    for piece in words.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let space = &piece[word.len()..];
        if word.is_empty() {
            out.text.push_str(space);
            continue;
        }
        if let Some(quote) = until {
            if word.contains(quote) {
                until = None;
            }
            continue;
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let quoted = opening_quote(word).is_some();
        let giver = !quoted && (GIVERS.contains(&word) || GIVERS.contains(&bare.as_str()));
        let cut = match watch {
            Watch::Next if !giver => true,
            Watch::Follows if !giver && (quoted || !JOINTS.contains(&bare.as_str())) => true,
            _ => false,
        };
        if cut {
            // "Authorization: Bearer …": what was cut announces in its turn.
            watch = if announces(&bare) { Watch::Next } else { Watch::Nothing };
            until = opening_quote(word);
            out.text.push_str(CUT);
        } else {
            let kept = shown(word, &mut out.addresses);
            watch = match watch {
                _ if announces(&bare) && kept == word => {
                    if word.ends_with([':', '=']) {
                        Watch::Next
                    } else {
                        Watch::Follows
                    }
                }
                Watch::Follows | Watch::Later if giver => Watch::Next,
                Watch::Next => Watch::Next,
                Watch::Follows | Watch::Later => Watch::Later,
                Watch::Nothing => Watch::Nothing,
            };
            out.text.push_str(&kept);
        }
        out.text.push_str(space);
    }
    out
}

/// What is waited for after a word that announces a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    Nothing,
    /// The next word is the secret unless it is a joint.
    Follows,
    /// A giver ("is", "=") may yet come, and then the secret.
    Later,
    /// The next word is the secret.
    Next,
}

fn announces(bare: &str) -> bool {
    SECRET_WORDS.iter().any(|w| bare.contains(w)) || SECRET_NAMES.contains(&bare)
}

/// The quote a word opens without closing it.
fn opening_quote(word: &str) -> Option<char> {
    let first = word.chars().next()?;
    let closing = match first {
        '"' | '\'' | '`' => first,
        '“' => '”',
        '‘' => '’',
        _ => return None,
    };
    (word.chars().count() == 1 || !word.ends_with(closing)).then_some(closing)
}

/// One word, with what must not be seen of it cut out.
fn shown(word: &str, addresses: &mut Vec<String>) -> String {
    let core = word.trim_matches(|c: char| {
        matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | ',' | ';' | '(' | ')' | '.' | '?' | '!')
    });
    if let Some(at) = core.find(['=', ':']) {
        let name = core[..at].trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let value = core[at + 1..].trim_matches(|c: char| matches!(c, '=' | ':' | '"' | '\'' | '>'));
        if announces(&name) && !value.is_empty() {
            return format!("{}={CUT}", &core[..at]);
        }
    }
    if let Some((scheme, rest)) = core.split_once("://")
        && let Some((_, host)) = rest.rsplit_once('@')
    {
        return format!("{scheme}://{CUT}@{host}");
    }
    if is_address(core) {
        let at = addresses.iter().position(|known| known == core).unwrap_or_else(|| {
            addresses.push(core.to_owned());
            addresses.len() - 1
        });
        return word.replacen(core, &format!("address-{}", at + 1), 1);
    }
    if is_token(core) { CUT.to_owned() } else { word.to_owned() }
}

fn is_address(core: &str) -> bool {
    let bare = core.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok()
        || core.parse::<std::net::SocketAddr>().is_ok()
        || core.split_once('/').is_some_and(|(ip, bits)| ip.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok())
}

/// Whether a word looks like a token or a password rather than a name.
fn is_token(core: &str) -> bool {
    let lower = core.to_lowercase();
    if PREFIXES.iter().any(|p| lower.starts_with(p) && lower.len() >= p.len() + 8) {
        return true;
    }
    if lower.strip_prefix("-p").is_some_and(|rest| rest.len() >= 4 && !rest.starts_with('-')) {
        return true;
    }
    let has = |of: fn(char) -> bool| core.chars().any(of);
    let mixed = has(|c| c.is_ascii_digit()) && has(char::is_alphabetic);
    let run =
        core.split(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '=' | '_')).map(str::len).max().unwrap_or(0);
    if mixed && run >= OPAQUE {
        return true;
    }
    let strange = has(|c| matches!(c, '!' | '@' | '#' | '$' | '%' | '^' | '&' | '*' | '?'));
    core.len() >= 8 && mixed && strange && has(char::is_uppercase) && has(char::is_lowercase)
}

/// Without blocks between `-----BEGIN` and their end.
fn without_pem(words: &str) -> String {
    let mut rest = words;
    let mut out = String::new();
    while let Some(at) = rest.find("-----BEGIN") {
        out.push_str(&rest[..at]);
        out.push_str(CUT);
        rest = match rest[at..].find("-----END") {
            Some(end) => rest[at + end + "-----END".len()..].split_once("-----").map_or("", |(_, after)| after),
            None => "",
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_cut_however_they_are_said() {
        for said in [
            "set the password to hunter2 on web-01",
            "password hunter2",
            "the password of deploy is hunter2, restart nginx",
            "log in with password: hunter2",
            "DB_PASSWORD=hunter2 restart app",
            "connect with {\"password\":\"hunter2\"}",
            "use token hunter2 on web-01",
            "curl -H 'Authorization: Bearer hunter2'",
            "mysql -phunter2",
            "deploy --password hunter2",
            "backup to https://bob:hunter2@files.example.com/x",
            "password is \"correct hunter2 horse\" on web-01",
            "passphrase “my hunter2 words” for the key",
            "key sk-hunter2abcdef012345",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY----- restart nginx",
            "-----BEGIN OPENSSH PRIVATE KEY----- hunter2",
            "pwd=hunter2",
            "api_key: hunter2",
            "my creds are: admin / secret = hunter2",
            "hunter2hunter2hunter2hunter2",
            "Hunter2!hunter2",
        ] {
            let text = redact(said).text;
            assert!(!text.contains("hunter2"), "{said} became {text}");
        }
    }

    #[test]
    fn ordinary_words_stay() {
        for said in [
            "give nginx a kick on web servers except web-03",
            "restart MSSQL$INST on sql-01.prod.example.com",
            "reset password for deploy on web-01",
            "copy C:\\Users\\bob\\app.conf to /etc/nginx/sites-enabled/default.conf",
            "install postgresql-client version 15.4-1ubuntu0.22.04",
            "lock the account jane.doe on db-server-000123.eu-west-1.compute.example.com",
            "the key thing is that nginx is down",
        ] {
            let text = redact(said).text;
            if said.starts_with("the key") {
                assert!(text.contains("nginx is down"), "{text}");
            } else {
                assert_eq!(text, said);
            }
        }
    }

    #[test]
    fn addresses_get_stand_ins_that_come_back() {
        let redacted = redact("kick nginx on 10.0.0.5, fe80::1 and 10.0.0.5, port 10.1.2.3:80, net 10.0.0.0/8");
        assert_eq!(redacted.text, "kick nginx on address-1, address-2 and address-1, port address-3, net address-4");
        assert_eq!(redacted.restored("address-2".to_owned()), "fe80::1");
        for name in ["address-0", "address-9", "address-x", "web-01"] {
            assert_eq!(redacted.restored(name.to_owned()), name);
        }
    }

    proptest! {
        #[test]
        fn what_follows_a_giver_is_never_seen(before in "[a-z ]{0,20}", secret in "[A-Za-z0-9!#%&*_-]{6,30}q7", after in "[a-z ]{0,20}") {
            let said = format!("{before} password is {secret} {after}");
            prop_assert!(!redact(&said).text.contains(&secret), "{said}");
        }

        #[test]
        fn any_text_can_be_redacted(said in "\\PC{0,300}") {
            redact(&said);
        }
    }
}
