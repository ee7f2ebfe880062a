//! SSH by libssh2: connecting, checking the host key, logging in.

mod link;
mod login;
mod pipe;
mod upload;

pub(crate) use pipe::SshPipe;

use crate::error::TransportError;
use crate::host_keys::{Trust, Verdict, host_key};
use crate::login::Login;
use link::Link;
use ssh2::MethodType;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Where a machine listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// An authenticated session. One command at a time, with a second channel to interrupt it.
#[derive(Debug)]
pub(crate) struct SshSession {
    link: Link,
    /// The account it is logged in as.
    pub(crate) user: String,
    /// How it logged in, in words.
    pub(crate) authentication: String,
    /// From dialling to an open TCP connection.
    pub(crate) connect_time: Duration,
}

impl SshSession {
    /// Dials, checks the host key before anything else is said, and logs in once.
    ///
    /// `limit` bounds each of the three.
    pub(crate) async fn connect(
        endpoint: &Endpoint,
        login: &Login,
        trust: &Trust,
        limit: Duration,
    ) -> Result<Self, TransportError> {
        let began = Instant::now();
        let socket = dial(endpoint, limit).await?;
        let connect_time = began.elapsed();
        let link = Link::new(socket)?;
        prefer_known_host_keys(&link, trust, endpoint)?;
        let greeted = timeout(limit, link.drive(|session| session.clone().handshake())).await;
        match greeted {
            Err(_) => return Err(TransportError::TimedOut { doing: "agreeing on encryption", after: limit }),
            Ok(Err(error)) => return Err(handshake_error(&error)),
            Ok(Ok(())) => {}
        }
        check_host_key(&link, trust, endpoint)?;
        let authentication = login::log_in(&link, login, limit).await?;
        link.session().set_keepalive(true, 30);
        Ok(Self { link, user: login.user.clone(), authentication, connect_time })
    }

    /// Starts a command by the account's login shell.
    pub(crate) async fn start(&self, command: &'static str) -> Result<SshPipe, TransportError> {
        SshPipe::start(&self.link, command).await
    }

    /// Whether the other side answers: it is asked for one more channel, and "no" is an answer, too.
    pub(crate) async fn answers(&self, limit: Duration) -> bool {
        /// `LIBSSH2_ERROR_CHANNEL_FAILURE`: as many channels as it allows are open.
        const NO_MORE: ssh2::ErrorCode = ssh2::ErrorCode::Session(-21);
        let asked = timeout(limit, self.link.drive(|session| session.channel_session())).await;
        match asked {
            Err(_) => false,
            Ok(Err(error)) => error.code() == NO_MORE,
            Ok(Ok(mut channel)) => {
                let closed = timeout(limit, self.link.drive(|_| channel.close())).await;
                matches!(closed, Ok(Ok(())))
            }
        }
    }

    /// Sends a file by SFTP into a directory that it creates for this account only.
    pub(crate) async fn upload(
        &self,
        from: &Path,
        sha256: &str,
        directory: &str,
        limit: Duration,
    ) -> Result<String, TransportError> {
        upload::upload(&self.link, from, sha256, directory, limit).await
    }

    /// Says goodbye without waiting for an answer.
    pub(crate) fn close(self) {
        // Whether the other side hears it does not matter: the socket closes next.
        self.link.session().disconnect(None, "done", None).ok();
    }
}

async fn dial(endpoint: &Endpoint, limit: Duration) -> Result<TcpStream, TransportError> {
    let name = endpoint.host.trim_matches(['[', ']']);
    let address = format!("{name} port {}", endpoint.port);
    let found = timeout(limit, tokio::net::lookup_host((name, endpoint.port))).await;
    let unresolved = |reason: String| TransportError::Resolve { host: name.to_owned(), reason };
    let addresses: Vec<SocketAddr> = match found {
        Err(_) => return Err(TransportError::TimedOut { doing: "looking up the name", after: limit }),
        Ok(Err(error)) => return Err(unresolved(error.to_string())),
        Ok(Ok(addresses)) => addresses.collect(),
    };
    let mut failure = unresolved("it has no address".to_owned());
    for socket_address in addresses {
        match timeout(limit, TcpStream::connect(socket_address)).await {
            Ok(Ok(socket)) => {
                // Small packets at once: what is sent here are keystrokes, in effect. A socket that
                // refuses the option works all the same.
                socket.set_nodelay(true).ok();
                return Ok(socket);
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                failure = TransportError::Refused { address: address.clone() };
            }
            Ok(Err(error)) => {
                failure = TransportError::Network { address: address.clone(), reason: plain(&error) };
            }
            Err(_) => failure = TransportError::TimedOut { doing: "connecting", after: limit },
        }
    }
    Err(failure)
}

/// The system's words without its error number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// Asks for a key of a type that is already known, as OpenSSH does: a machine with several keys would
/// else show one nobody has seen, and look changed.
fn prefer_known_host_keys(link: &Link, trust: &Trust, endpoint: &Endpoint) -> Result<(), TransportError> {
    let protocol = |e: ssh2::Error| TransportError::Protocol { reason: e.message().to_owned() };
    let known = trust.key_types(&endpoint.host, endpoint.port);
    if known.is_empty() {
        return Ok(());
    }
    let supported = link.session().supported_algs(MethodType::HostKey).map_err(protocol)?;
    let is_known = |algorithm: &&str| {
        known
            .iter()
            .any(|key_type| key_type == algorithm || (key_type == "ssh-rsa" && algorithm.starts_with("rsa-sha2-")))
    };
    let (first, rest): (Vec<&str>, Vec<&str>) = supported.into_iter().partition(is_known);
    let order = [first, rest].concat().join(",");
    link.session().method_pref(MethodType::HostKey, &order).map_err(protocol)
}

fn check_host_key(link: &Link, trust: &Trust, endpoint: &Endpoint) -> Result<(), TransportError> {
    let Some((blob, _)) = link.session().host_key() else {
        return Err(TransportError::Protocol { reason: "the machine showed no host key".to_owned() });
    };
    let presented = Box::new(host_key(&endpoint.host, endpoint.port, blob));
    match trust.check(&presented) {
        Verdict::Trusted => Ok(()),
        Verdict::Unknown => Err(TransportError::HostKeyUnknown(presented)),
        Verdict::Changed(accepted) => Err(TransportError::HostKeyChanged { presented, accepted }),
        Verdict::Revoked(file) => Err(TransportError::HostKeyRevoked { presented, file }),
    }
}

fn handshake_error(error: &ssh2::Error) -> TransportError {
    let reason = error.message().to_owned();
    // Socket errors (-43, -13, -7) are the network's; the rest is that the two cannot agree.
    match error.code() {
        ssh2::ErrorCode::Session(-43 | -13 | -7) => TransportError::Lost { doing: "agreeing on encryption", reason },
        _ => TransportError::Protocol { reason },
    }
}
