//! One connection to a broker, whatever speaks MQTT underneath.
//!
//! Everything above this file knows only [`Session`], [`Heard`] and [`Delivery`], so that another
//! version of the protocol, TLS or WebSocket is another way to dial and nothing else.

use super::v4;
use crate::link::Login;
use bytes::Bytes;
use std::fmt;
use std::time::Duration;
use wheelhouse_protocol::telemetry::LinkSettings;

/// How long dialling, and any single write, may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// A broker that is silent for twice this long is gone.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The largest message taken [bytes]. The library's own default of 10 KiB ends the connection.
pub(crate) const LARGEST: usize = 16 << 20;

/// What a connection has to say.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The broker took the subscriptions, but for these filters.
    Subscribed {
        /// The filters it refused.
        refused: Vec<String>,
    },
    /// A message.
    Message(Delivery),
    /// Something that concerns nobody above: a ping, an acknowledgement.
    Nothing,
}

/// A message, and the duty to acknowledge it.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    /// Whether the publisher wants to be sure (QoS 1 or 2).
    pub(crate) assured: bool,
    pub(crate) receipt: Receipt,
}

/// Tells the broker that a message was taken. It sends the next assured ones only after that: this is
/// the back-pressure of MQTT 3.1.1.
pub(crate) struct Receipt(Option<Box<dyn FnOnce() + Send>>);

impl Receipt {
    /// For a message nobody wants to be sure of.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Calls `tell` when the message was taken. It must not wait.
    pub(crate) fn new(tell: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(tell)))
    }

    /// The message was taken.
    pub(crate) fn give(self) {
        if let Some(tell) = self.0 {
            tell();
        }
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Receipt" } else { "Receipt(none)" })
    }
}

/// A connection that subscribes by itself as soon as the broker has let it in.
pub(crate) trait Session: Send {
    /// The next thing it has to say. An error is the end of it, as a sentence for an operator.
    fn hear(&mut self) -> impl Future<Output = Result<Heard, String>> + Send;

    /// Says goodbye and closes it, within a second.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// Prepares a connection; it is dialled by the first [`Session::hear`].
pub(crate) fn dial(settings: &LinkSettings, client_id: &str, login: Option<&Login>) -> impl Session + use<> {
    v4::dial(settings, client_id, login)
}
