//! What to log in with.

use crate::error::TransportError;
use secrecy::{ExposeSecret, SecretString};
use ssh_key::{LineEnding, PrivateKey};
use std::sync::Arc;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::credential::field;
use wheelhouse_vault::OpenCredential;

/// An account and how to prove it.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// The account.
    pub(crate) user: String,
    /// The proof.
    pub(crate) proof: Proof,
    /// What sudo asks for; the login password where nothing else was given.
    pub(crate) sudo_password: Option<SecretString>,
    /// The vault entry and its version, by which sessions are told apart.
    pub(crate) credential: Option<(CredentialId, u64)>,
}

/// How an account is proven.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// The operator's own SSH agent.
    Agent,
    /// A password.
    Password(SecretString),
    /// A private key without a passphrase (any more), in OpenSSH or PEM form.
    Key {
        /// The key.
        private: Arc<SecretString>,
        /// Its passphrase, only for PEM keys, which libssh2 opens itself.
        passphrase: Option<SecretString>,
    },
}

impl Login {
    /// Without a credential: the operator's agent.
    pub(crate) fn with_agent(user: String) -> Self {
        Self { user, proof: Proof::Agent, sudo_password: None, credential: None }
    }

    /// For this machine, where only sudo may ask for something.
    pub(crate) fn for_sudo(credential: &OpenCredential) -> Self {
        let get = |field: &str| credential.field(field).filter(|s| !s.expose_secret().is_empty()).cloned();
        let sudo_password = get(field::SUDO_PASSWORD).or_else(|| get(field::PASSWORD));
        Self { sudo_password, ..Self::with_agent(crate::local::user_name()) }
    }

    /// With an entry of the vault. `user`, where given, is the account the inventory names.
    ///
    /// Opening an encrypted key takes a noticeable part of a second, so do this once a job, not once
    /// a target, and on a thread that may block.
    ///
    /// # Errors
    /// [`TransportError::Credential`] when the entry lacks an account or a proof, or its key cannot be opened.
    pub(crate) fn with_credential(user: Option<&str>, credential: &OpenCredential) -> Result<Self, TransportError> {
        let name = credential.name();
        let get = |field: &str| credential.field(field).filter(|s| !s.expose_secret().is_empty()).cloned();
        let user = match user {
            Some(user) => user.to_owned(),
            None => get(field::USERNAME).map(|u| u.expose_secret().to_owned()).ok_or_else(|| {
                TransportError::Credential(format!(
                    "the credential “{name}” names no account, and neither does the target"
                ))
            })?,
        };
        let password = get(field::PASSWORD);
        let sudo_password = get(field::SUDO_PASSWORD).or_else(|| password.clone());
        let proof = match (get(field::PRIVATE_KEY), password) {
            (Some(key), _) => open_key(&key, get(field::PASSPHRASE)).map_err(|reason| {
                TransportError::Credential(format!("the private key of “{name}” cannot be used: {reason}"))
            })?,
            (None, Some(password)) => Proof::Password(password),
            (None, None) => {
                return Err(TransportError::Credential(format!(
                    "the credential “{name}” has neither a password nor a key"
                )));
            }
        };
        Ok(Self { user, proof, sudo_password, credential: Some((credential.id(), credential.version())) })
    }
}

/// Checks a private key and its passphrase, and says what key it is (`ssh-ed25519 SHA256:…`).
///
/// # Errors
/// In words: not a key, a wrong or missing passphrase.
pub fn check_private_key(key: &SecretString, passphrase: Option<SecretString>) -> Result<String, String> {
    let text = key.expose_secret();
    if !text.contains("OPENSSH PRIVATE KEY") {
        return check_pem(text, passphrase.is_some());
    }
    let key = decrypt(text, passphrase.as_ref())?;
    Ok(format!("{} {}", key.algorithm(), key.fingerprint(ssh_key::HashAlg::Sha256)))
}

fn open_key(key: &SecretString, passphrase: Option<SecretString>) -> Result<Proof, String> {
    let text = key.expose_secret();
    if !text.contains("OPENSSH PRIVATE KEY") {
        check_pem(text, passphrase.is_some())?;
        return Ok(Proof::Key { private: Arc::new(key.clone()), passphrase });
    }
    let opened = decrypt(text, passphrase.as_ref())?;
    let plain = opened.to_openssh(LineEnding::LF).map_err(|e| e.to_string())?;
    Ok(Proof::Key { private: Arc::new(SecretString::from(plain.to_string())), passphrase: None })
}

fn decrypt(text: &str, passphrase: Option<&SecretString>) -> Result<PrivateKey, String> {
    let key = PrivateKey::from_openssh(text).map_err(|e| format!("it is not a private key in OpenSSH form ({e})"))?;
    if !key.is_encrypted() {
        return Ok(key);
    }
    let Some(passphrase) = passphrase else {
        return Err("it is protected by a passphrase, and none was given".to_owned());
    };
    key.decrypt(passphrase.expose_secret()).map_err(|_| "the passphrase does not open it".to_owned())
}

/// PEM keys (RFC 1421 headers, PKCS#1, PKCS#8, SEC 1) are opened by libssh2 itself when it logs in.
fn check_pem(text: &str, has_passphrase: bool) -> Result<String, String> {
    let kind = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("-----BEGIN ")?.strip_suffix("-----"))
        .ok_or("it does not begin with “-----BEGIN … PRIVATE KEY-----”")?;
    if kind.contains("PUBLIC KEY") || kind.contains("CERTIFICATE") {
        return Err(format!("it is a {}, not a private key", kind.to_lowercase()));
    }
    if !kind.ends_with("PRIVATE KEY") {
        return Err(format!("it is a {}, not a private key", kind.to_lowercase()));
    }
    let encrypted = kind.starts_with("ENCRYPTED") || text.contains("Proc-Type: 4,ENCRYPTED");
    if encrypted && !has_passphrase {
        return Err("it is protected by a passphrase, and none was given".to_owned());
    }
    Ok(kind.to_lowercase())
}
