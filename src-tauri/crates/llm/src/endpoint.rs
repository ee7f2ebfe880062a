//! Where requests go: checked before anything is sent.

use crate::LlmError;
use reqwest::Url;
use std::net::IpAddr;
use wheelhouse_protocol::llm::{LlmKind, LlmSettings};

const FIELD: &str = "llm.endpoint";
/// The longest address or model name.
const LONGEST: usize = 500;

/// Says which setting cannot be used, if one cannot. What is off and empty is fine.
///
/// # Errors
/// [`LlmError::Setting`].
pub fn check(settings: &LlmSettings) -> Result<(), LlmError> {
    if settings.model.len() > LONGEST || settings.model.chars().any(char::is_control) {
        return Err(LlmError::Setting { field: "llm.model", reason: "That is no model's name.".to_owned() });
    }
    if settings.endpoint.trim().is_empty() && !settings.enabled {
        return Ok(());
    }
    if settings.enabled && settings.model.trim().is_empty() {
        let reason = "Name the model, as its server calls it, before you turn it on.".to_owned();
        return Err(LlmError::Setting { field: "llm.model", reason });
    }
    address(settings).map(|_| ())
}

/// The address requests are sent to.
pub(crate) fn address(settings: &LlmSettings) -> Result<Url, LlmError> {
    let refuse = |reason: &str| LlmError::Setting { field: FIELD, reason: reason.to_owned() };
    let text = settings.endpoint.trim();
    if text.is_empty() {
        return Err(refuse("Give the server's address, for example http://127.0.0.1:11434."));
    }
    if text.len() > LONGEST {
        return Err(refuse("The address is too long."));
    }
    let mut url = Url::parse(text).map_err(|_| refuse("That is no address. Write it with https:// or http://."))?;
    // A password in the address would stand in settings, errors and the audit chain.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("An address holds no user or password. Choose a credential instead."));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("An address ends before any ? or #. Choose a credential for the key."));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) || settings.allow_http => {}
        "http" => {
            return Err(refuse(
                "Plain HTTP goes to this machine only, since words and key would cross the network in the clear. Use https://, or allow it.",
            ));
        }
        _ => return Err(refuse("The address begins with https:// or http://.")),
    }
    let path = url.path().trim_end_matches('/');
    let full = match settings.kind {
        LlmKind::Openai if path.ends_with("/chat/completions") => path.to_owned(),
        LlmKind::Openai if path.ends_with("/v1") => format!("{path}/chat/completions"),
        LlmKind::Openai => format!("{path}/v1/chat/completions"),
        LlmKind::Ollama if path.ends_with("/api/chat") => path.to_owned(),
        LlmKind::Ollama => format!("{path}/api/chat"),
    };
    url.set_path(&full);
    Ok(url)
}

/// Whether the address is this machine by its number, or by the one name that must be.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn settings(endpoint: &str, kind: LlmKind) -> LlmSettings {
        LlmSettings {
            enabled: true,
            endpoint: endpoint.to_owned(),
            kind,
            model: "m".to_owned(),
            ..LlmSettings::default()
        }
    }

    #[test]
    fn plain_http_goes_to_this_machine_only_unless_allowed() {
        for here in [
            "http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:11434", "http://localhost:8080/v1",
            "https://llm.example.com",
        ] {
            assert_eq!(check(&settings(here, LlmKind::Openai)), Ok(()), "{here}");
        }
        for away in [
            "http://llm.example.com", "http://10.0.0.1", "http://localhost.example.com",
            "http://127.0.0.1.example.com", "http://0x0a000001", "http://[::ffff:10.0.0.1]",
            "http://localhost@10.0.0.1", "ftp://127.0.0.1", "file:///etc/passwd",
            "https://user:secret@llm.example.com", "https://llm.example.com?key=x", "llm", "",
        ] {
            assert!(check(&settings(away, LlmKind::Openai)).is_err(), "{away}");
        }
        let allowed = LlmSettings { allow_http: true, ..settings("http://10.0.0.1", LlmKind::Openai) };
        assert_eq!(check(&allowed), Ok(()));
    }

    #[test]
    fn the_path_is_completed_and_not_doubled() {
        for (given, kind, wanted) in [
            ("http://127.0.0.1:9", LlmKind::Openai, "http://127.0.0.1:9/v1/chat/completions"),
            ("http://127.0.0.1:9/v1/", LlmKind::Openai, "http://127.0.0.1:9/v1/chat/completions"),
            ("https://h/base/v1/chat/completions", LlmKind::Openai, "https://h/base/v1/chat/completions"),
            ("http://127.0.0.1:11434", LlmKind::Ollama, "http://127.0.0.1:11434/api/chat"),
            ("https://h/ollama/", LlmKind::Ollama, "https://h/ollama/api/chat"),
        ] {
            assert_eq!(address(&settings(given, kind)).unwrap().as_str(), wanted);
        }
    }

    #[test]
    fn a_refused_address_is_not_quoted() {
        let error = check(&settings("https://user:hunter2@llm.example.com", LlmKind::Openai)).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hunter2"), "a password typed into the address ends in a log");
    }

    #[test]
    fn off_and_empty_is_fine_and_on_needs_both() {
        assert_eq!(check(&LlmSettings::default()), Ok(()));
        assert!(check(&LlmSettings { enabled: true, ..LlmSettings::default() }).is_err());
        assert!(check(&LlmSettings { model: String::new(), ..settings("http://127.0.0.1", LlmKind::Ollama) }).is_err());
    }
}
