//! The MQTT link: one supervised connection to a broker, whatever happens to it.

mod backoff;
mod figures;
mod intake;
mod payload;
mod session;
mod v4;

pub(crate) use figures::Figures;
pub(crate) use intake::{HandOff, hand_off};

use crate::TelemetryError;
use crate::hub::Hub;
use backoff::Backoff;
use secrecy::SecretString;
use session::{Heard, Session};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::event::{Event, Publisher};
use wheelhouse_protocol::telemetry::{LinkSettings, LinkState};

/// The most topic filters.
const FILTERS: usize = 64;
/// The longest filter (MQTT 3.1.1, section 1.5.3).
const FILTER_BYTES: usize = 65_535;

/// The account the broker asks for. The password is not shown by `Debug`.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// How the link shall be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Counts the times somebody said so.
    pub(crate) order: u64,
    pub(crate) settings: LinkSettings,
    pub(crate) login: Option<Login>,
}

/// Says whether such a link can be tried.
pub fn check(settings: &LinkSettings) -> Result<(), TelemetryError> {
    let refuse =
        |field, reason: String, hint: &str| Err(TelemetryError::Invalid { field, reason, hint: hint.to_owned() });
    let host = settings.host.as_str();
    if host.is_empty() || host.len() > 253 || host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
        return refuse(
            "host",
            format!("“{}” is not a host.", payload::shorten(host)),
            "Give its name or address alone, without mqtt:// and without the port.",
        );
    }
    if settings.port == 0 {
        return refuse("port", "0 is not a port.".to_owned(), "MQTT's usual port is 1883.");
    }
    if settings.topics.is_empty() || settings.topics.len() > FILTERS {
        let reason = format!("There are {} topics; there must be 1 to {FILTERS}.", settings.topics.len());
        return refuse("topics", reason, "“#” stands for everything.");
    }
    for topic in &settings.topics {
        let fits = topic.len() <= FILTER_BYTES && !topic.contains(|c: char| c.is_control());
        if !fits || !rumqttc::valid_filter(topic) {
            return refuse(
                "topics",
                format!("“{}” is not a topic filter.", payload::shorten(topic)),
                "“+” stands for one whole level, “#” for all that follow and only at the end: motorhand/+/state, sensors/#.",
            );
        }
    }
    Ok(())
}

/// Keeps the link as it is wanted until `stop`.
pub(crate) struct Supervisor {
    pub(crate) wanted: watch::Receiver<Wanted>,
    pub(crate) client_id: String,
    pub(crate) figures: Arc<Figures>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) publisher: Publisher,
    pub(crate) hand_off: HandOff,
    pub(crate) stop: CancellationToken,
}

/// Why a connection ended.
enum End {
    /// It broke, or never came to be.
    Broke { problem: String, held: Duration },
    /// Other settings, or the program's end.
    Told,
}

impl Supervisor {
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new();
        let mut problem = String::new();
        let mut order = 0;
        while !self.stop.is_cancelled() {
            let wanted = self.wanted.borrow_and_update().clone();
            if wanted.order != order {
                order = wanted.order;
                backoff = Backoff::new();
                problem.clear();
            }
            if !wanted.settings.enabled {
                self.tell_state(LinkState::Off, Vec::new());
                told(&mut self.wanted, &self.stop).await;
                continue;
            }
            if wanted.settings.credential.is_some() && wanted.login.is_none() {
                // Never anonymously where an account was chosen.
                let problem = "Waiting for the credential: unlock the vault.".to_owned();
                self.tell_state(LinkState::Connecting { problem }, Vec::new());
                told(&mut self.wanted, &self.stop).await;
                continue;
            }
            self.tell_state(LinkState::Connecting { problem: problem.clone() }, Vec::new());
            match self.hold(&wanted).await {
                End::Told => {}
                End::Broke { problem: why, held } => {
                    let wait = backoff.wait(held);
                    tracing::warn!(%why, wait_ms = wait.as_millis(), "the MQTT link is down");
                    self.tell_state(LinkState::Connecting { problem: why.clone() }, Vec::new());
                    problem = why;
                    tokio::select! {
                        () = sleep(wait) => {}
                        () = told(&mut self.wanted, &self.stop) => {}
                    }
                }
            }
        }
        self.tell_state(LinkState::Off, Vec::new());
    }

    /// Connects and listens until the connection ends.
    async fn hold(&mut self, wanted: &Wanted) -> End {
        let mut session = session::dial(&wanted.settings, &self.client_id, wanted.login.as_ref());
        let mut since = None;
        loop {
            let heard = tokio::select! {
                heard = session.hear() => heard,
                () = told(&mut self.wanted, &self.stop) => {
                    session.close().await;
                    return End::Told;
                }
            };
            match heard {
                Ok(Heard::Message(delivery)) => self.hand_off.put(delivery),
                Ok(Heard::Subscribed { refused }) if refused.len() == wanted.settings.topics.len() => {
                    session.close().await;
                    let problem = format!("The broker refused every topic: {}.", refused.join(", "));
                    return End::Broke { problem, held: Duration::ZERO };
                }
                Ok(Heard::Subscribed { refused }) => {
                    since = Some(Instant::now());
                    tracing::info!(host = %wanted.settings.host, ?refused, "the MQTT link is up");
                    self.tell_state(LinkState::Connected { since: Timestamp::now() }, refused);
                }
                Ok(Heard::Nothing) => {}
                Err(problem) => return End::Broke { problem, held: since.map_or(Duration::ZERO, |s| s.elapsed()) },
            }
        }
    }

    fn tell_state(&self, state: LinkState, refused_filters: Vec<String>) {
        if self.figures.set_state(state, refused_filters) {
            self.publisher.tell(Event::Link(self.figures.status(&self.hub)));
        }
    }
}

/// Returns when there are other settings or the program ends.
async fn told(wanted: &mut watch::Receiver<Wanted>, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        changed = wanted.changed() => {
            if changed.is_err() {
                // Nobody can want anything else any more; the owner of `stop` is on its way.
                stop.cancelled().await;
            }
        }
    }
}
