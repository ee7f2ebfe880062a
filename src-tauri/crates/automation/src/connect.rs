//! Getting into machines: logins, trust, retries, and sessions that are kept for the next time.

use crate::error::TransportError;
use crate::host_keys::Trust;
use crate::login::Login;
use crate::session::Session;
use crate::ssh::{Endpoint, SshSession};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::inventory::ConnectionKind;

/// How often a connection is tried.
pub(crate) const ATTEMPTS: u32 = 3;
/// The wait after the first attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// How long an unused session is kept.
const KEEP: Duration = Duration::from_secs(120);
/// The most sessions kept.
const KEEP_AT_MOST: usize = 512;

/// What makes two sessions interchangeable: a changed credential, account or address makes a new one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    endpoint: Endpoint,
    user: String,
    credential: Option<(CredentialId, u64)>,
}

/// Sessions nobody uses at the moment.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: Mutex<HashMap<Key, Vec<(Instant, SshSession)>>>,
}

impl Pool {
    fn take(&self, key: &Key) -> Option<SshSession> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let sessions = idle.get_mut(key)?;
        sessions.retain(|(since, _)| since.elapsed() < KEEP);
        sessions.pop().map(|(_, session)| session)
    }

    fn put(&self, key: Key, session: SshSession) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.values().map(Vec::len).sum::<usize>() < KEEP_AT_MOST {
            idle.entry(key).or_default().push((Instant::now(), session));
        }
    }

    /// Closes what has not been used for a while; call it now and then.
    pub(crate) fn tidy(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|_, sessions| {
            sessions.retain(|(since, _)| since.elapsed() < KEEP);
            !sessions.is_empty()
        });
    }

    /// Closes everything: a host key or credential was changed.
    pub(crate) fn clear(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, session) in idle.drain().flat_map(|(_, sessions)| sessions) {
            session.close();
        }
    }

    /// How many sessions are kept.
    pub(crate) fn len(&self) -> usize {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }
}

/// Where and how one machine is reached.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) kind: ConnectionKind,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) login: Arc<Login>,
}

/// Opens sessions for one job (or one test): with its own view of whom to trust.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub(crate) pool: Arc<Pool>,
    pub(crate) trust: Arc<Trust>,
    pub(crate) limit: Duration,
}

impl Connector {
    /// Opens a session once, or takes one that is kept.
    pub(crate) async fn open(&self, route: &Route) -> Result<Session, TransportError> {
        match route.kind {
            ConnectionKind::Local => Ok(Session::Local { sudo_password: route.login.sudo_password.clone() }),
            ConnectionKind::Ssh => {
                let ssh = match self.pool.take(&key(route)) {
                    Some(ssh) => ssh,
                    None => self.dial(route).await?,
                };
                Ok(wrap(ssh, route))
            }
            other => Err(TransportError::Missing(format!("Wheelhouse cannot reach machines by {other} yet"))),
        }
    }

    /// Opens a session that is new, whatever is kept.
    pub(crate) async fn open_new(&self, route: &Route) -> Result<Session, TransportError> {
        match route.kind {
            ConnectionKind::Ssh => Ok(wrap(self.dial(route).await?, route)),
            _ => self.open(route).await,
        }
    }

    /// Keeps a session for the next one who goes there.
    pub(crate) fn give_back(&self, route: &Route, session: Session) {
        if let Session::Ssh { ssh, .. } = session {
            self.pool.put(key(route), *ssh);
        }
    }

    async fn dial(&self, route: &Route) -> Result<SshSession, TransportError> {
        let endpoint = Endpoint { host: route.host.clone(), port: route.port };
        SshSession::connect(&endpoint, &route.login, &self.trust, self.limit).await
    }
}

fn wrap(ssh: SshSession, route: &Route) -> Session {
    Session::Ssh { ssh: Box::new(ssh), sudo_password: route.login.sudo_password.clone() }
}

fn key(route: &Route) -> Key {
    Key {
        endpoint: Endpoint { host: route.host.clone(), port: route.port },
        user: route.login.user.clone(),
        credential: route.login.credential,
    }
}

/// The wait after so many failed attempts. It is spread by half, so that machines that failed together
/// are not dialled together again.
pub(crate) fn pause_after(attempts: u32) -> Duration {
    let mut byte = [128];
    // Without random numbers the wait is just not spread.
    getrandom::fill(&mut byte).ok();
    let doubled = FIRST_PAUSE * 2u32.saturating_pow(attempts.saturating_sub(1));
    doubled.mul_f64(0.5 + f64::from(byte[0]) / 255.0)
}
