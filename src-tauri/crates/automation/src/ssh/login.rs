//! Logging in, once: a wrong password is never tried again, since machines lock accounts.

use super::link::Link;
use crate::error::TransportError;
use crate::login::{Login, Proof};
use secrecy::{ExposeSecret, SecretString};
use ssh2::{KeyboardInteractivePrompt, Prompt, Session};
use std::time::Duration;
use tokio::time::timeout;

/// libssh2's errors for "the server said no" (−18) and "this key did not do" (−19).
const REFUSED: [ssh2::ErrorCode; 2] = [ssh2::ErrorCode::Session(-18), ssh2::ErrorCode::Session(-19)];

/// `LIBSSH2_ERROR_PASSWORD_EXPIRED`: the machine wants another one first.
const EXPIRED: ssh2::ErrorCode = ssh2::ErrorCode::Session(-15);

/// Logs in; the answer is how, in words. Asking what is accepted and proving may each take `limit`.
///
/// Until a proof has been shown, a failure may be tried again; after that, none may.
pub(super) async fn log_in(link: &Link, login: &Login, limit: Duration) -> Result<String, TransportError> {
    let accepted = timeout(limit, accepted_methods(link, &login.user))
        .await
        .unwrap_or(Err(TransportError::TimedOut { doing: "logging in", after: limit }))?;
    if link.session().authenticated() {
        return Ok("no proof asked for".to_owned());
    }
    let proven = async {
        match &login.proof {
            Proof::Password(password) => with_password(link, login, password, &accepted).await,
            Proof::Key { private, passphrase } => with_key(link, login, private, passphrase.as_ref(), &accepted).await,
            Proof::Agent => with_agent(link, login, &accepted, limit).await,
        }
    };
    match timeout(limit, proven).await {
        Ok(done) => done,
        Err(_) => Err(cut_short(format!("no answer within {} s", limit.as_secs_f64().ceil()))),
    }
}

fn cut_short(reason: impl Into<String>) -> TransportError {
    TransportError::CutShort { doing: "logging in", reason: reason.into() }
}

/// What the machine would accept, as RFC 4252 names it: `publickey,password`.
async fn accepted_methods(link: &Link, user: &str) -> Result<String, TransportError> {
    let methods = link.drive(|session| session.auth_methods(user).map(str::to_owned)).await;
    match methods {
        Ok(methods) => Ok(methods),
        // The list is empty when the machine lets the account in without any proof.
        Err(_) if link.session().authenticated() => Ok(String::new()),
        Err(error) => Err(TransportError::Lost { doing: "logging in", reason: error.message().to_owned() }),
    }
}

async fn with_password(
    link: &Link,
    login: &Login,
    password: &SecretString,
    accepted: &str,
) -> Result<String, TransportError> {
    if accepts(accepted, "password") {
        let done = link.drive(|session| session.userauth_password(&login.user, password.expose_secret())).await;
        return outcome(done, login, "the password was", accepted).map(|()| "password".to_owned());
    }
    if accepts(accepted, "keyboard-interactive") {
        let mut answers = Answers { password, asked_other: false };
        let done = link.drive(|session| session.userauth_keyboard_interactive(&login.user, &mut answers)).await;
        if done.is_err() && answers.asked_other {
            return Err(TransportError::Authentication {
                user: login.user.clone(),
                tried: "the password alone was".to_owned(),
                accepted: "a second proof, which Wheelhouse cannot give".to_owned(),
            });
        }
        return outcome(done, login, "the password was", accepted).map(|()| "keyboard-interactive".to_owned());
    }
    Err(refusal(login, "a password is", accepted))
}

async fn with_key(
    link: &Link,
    login: &Login,
    private: &SecretString,
    passphrase: Option<&SecretString>,
    accepted: &str,
) -> Result<String, TransportError> {
    if !accepts(accepted, "publickey") {
        return Err(refusal(login, "a key is", accepted));
    }
    let passphrase = passphrase.map(|p| p.expose_secret().to_owned());
    let done = link
        .drive(|session| {
            session.userauth_pubkey_memory(&login.user, None, private.expose_secret(), passphrase.as_deref())
        })
        .await;
    match done {
        // LIBSSH2_ERROR_FILE: the key itself could not be read.
        Err(error) if error.code() == ssh2::ErrorCode::Session(-16) => {
            Err(TransportError::Credential("the private key cannot be opened: is its passphrase right?".to_owned()))
        }
        done => outcome(done, login, "the key was", accepted).map(|()| "public key".to_owned()),
    }
}

/// libssh2 speaks with the agent by blocking calls, so this happens on a thread that may wait.
async fn with_agent(link: &Link, login: &Login, accepted: &str, limit: Duration) -> Result<String, TransportError> {
    if !accepts(accepted, "publickey") {
        return Err(refusal(login, "a key from the SSH agent is", accepted));
    }
    let (session, user) = (link.session().clone(), login.user.clone());
    let work = move || {
        let usual = session.timeout();
        session.set_blocking(true);
        session.set_timeout(u32::try_from(limit.as_millis()).unwrap_or(u32::MAX));
        let found = try_agent(&session, &user);
        session.set_timeout(usual);
        session.set_blocking(false);
        found
    };
    let found = tokio::task::spawn_blocking(work).await.map_err(|e| cut_short(format!("asking the SSH agent: {e}")))?;
    match found {
        Ok(()) => Ok("key from the SSH agent".to_owned()),
        Err(AgentFailure::Refused) => Err(refusal(login, "every key of the SSH agent was", accepted)),
        Err(AgentFailure::CutShort(reason)) => Err(cut_short(reason)),
        Err(AgentFailure::Unusable(reason)) => {
            Err(TransportError::Credential(format!("no credential is chosen, and the SSH agent cannot help: {reason}")))
        }
    }
}

/// Why no key of the agent let the account in.
enum AgentFailure {
    /// The machine said no to each.
    Refused,
    /// The connection ended before it had said so.
    CutShort(String),
    /// There is no agent, or no key in it.
    Unusable(String),
}

fn try_agent(session: &Session, user: &str) -> Result<(), AgentFailure> {
    let words = |e: ssh2::Error| AgentFailure::Unusable(e.message().to_owned());
    let mut agent = session.agent().map_err(words)?;
    agent.connect().map_err(|_| AgentFailure::Unusable("none is running (SSH_AUTH_SOCK)".to_owned()))?;
    agent.list_identities().map_err(words)?;
    let identities = agent.identities().map_err(words)?;
    if identities.is_empty() {
        return Err(AgentFailure::Unusable("it holds no key".to_owned()));
    }
    let mut found = Err(AgentFailure::Refused);
    for identity in &identities {
        found = match agent.userauth(user, identity) {
            Ok(()) => Ok(()),
            Err(error) if is_cut(&error) => Err(AgentFailure::CutShort(error.message().to_owned())),
            // The next key may do: this one was refused, or the agent would not sign with it.
            Err(_) => continue,
        };
        break;
    }
    // It closes with its session in any case.
    agent.disconnect().ok();
    found
}

fn accepts(accepted: &str, method: &str) -> bool {
    accepted.split(',').any(|m| m == method)
}

fn refusal(login: &Login, tried: &str, accepted: &str) -> TransportError {
    let accepted = if accepted.is_empty() { "nothing it would tell".to_owned() } else { accepted.replace(',', ", ") };
    TransportError::Authentication { user: login.user.clone(), tried: tried.to_owned(), accepted }
}

fn outcome(done: Result<(), ssh2::Error>, login: &Login, tried: &str, accepted: &str) -> Result<(), TransportError> {
    match done {
        Ok(()) => Ok(()),
        Err(error) if REFUSED.contains(&error.code()) && !is_cut(&error) => Err(refusal(login, tried, accepted)),
        Err(error) if error.code() == EXPIRED => Err(refusal(login, "the password has expired and was", accepted)),
        Err(error) => Err(cut_short(error.message())),
    }
}

/// Whether the connection ended before the machine had answered.
///
/// For a key, libssh2 says "unverified" (−19) both when the machine refuses it and when no answer
/// comes; only its words differ.
fn is_cut(error: &ssh2::Error) -> bool {
    match error.code() {
        // Receiving, disconnected, sending, timed out, socket timed out.
        ssh2::ErrorCode::Session(-43 | -13 | -7 | -9 | -30) => true,
        ssh2::ErrorCode::Session(-19) => {
            error.message().starts_with("Waiting for") || error.message().starts_with("Unable to send")
        }
        _ => false,
    }
}

/// Answers what is asked without echo with the password, and nothing else.
struct Answers<'a> {
    password: &'a SecretString,
    asked_other: bool,
}

impl KeyboardInteractivePrompt for Answers<'_> {
    fn prompt<'p>(&mut self, _user: &str, _instructions: &str, prompts: &[Prompt<'p>]) -> Vec<String> {
        prompts
            .iter()
            .map(|prompt| {
                let text = prompt.text.to_lowercase();
                let asks_password = !prompt.echo && (text.contains("password") || text.contains("passphrase"));
                self.asked_other |= !asks_password;
                if asks_password { self.password.expose_secret().to_owned() } else { String::new() }
            })
            .collect()
    }
}
