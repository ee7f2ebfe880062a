//! MQTT 3.1.1 over TCP by `rumqttc`.
//!
//! What its source taught (0.25.1), and what is done about it:
//! - The event loop reconnects inside `poll` and hands out events of the old connection on the new one:
//!   so every connection gets an event loop of its own, and a failed one is dropped whole.
//! - Awaiting the request channel in the task that polls deadlocks when it is full: so only `try_`
//!   functions are used, and the channel is larger than what can be in it.
//! - `poll` is not safe to cancel between taking a request and writing it: so it is only ever cancelled
//!   to close the connection.
//! - Login and password stay in its options in the clear: so they are wiped when the broker let us in.

use super::session::{Delivery, Heard, KEEP_ALIVE, LARGEST, PATIENCE, Receipt, Session};
use crate::link::Login;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, Outgoing, Packet, Publish, QoS,
    StateError, SubscribeFilter, SubscribeReasonCode, mqttbytes,
};
use secrecy::ExposeSecret;
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::timeout;
use wheelhouse_protocol::telemetry::LinkSettings;

/// Requests that may wait to be written: an acknowledgement per packet identifier, a subscription, a goodbye.
const REQUESTS: usize = 65_535 + 2;

struct Connection {
    client: AsyncClient,
    events: EventLoop,
    filters: Vec<String>,
    /// `host:port`, for sentences.
    address: String,
    /// What had arrived when the connection broke.
    rest: VecDeque<Event>,
    /// Why it broke.
    end: Option<String>,
}

pub(super) fn dial(settings: &LinkSettings, client_id: &str, login: Option<&Login>) -> impl Session + use<> {
    let address = format!("{}:{}", settings.host, settings.port);
    // It joins host and port with a colon, so a bare IPv6 address needs its brackets.
    let host = if settings.host.contains(':') && !settings.host.starts_with('[') {
        format!("[{}]", settings.host)
    } else {
        settings.host.clone()
    };
    let mut options = MqttOptions::new(client_id, host, settings.port);
    options.set_keep_alive(KEEP_ALIVE).set_max_packet_size(LARGEST, LARGEST).set_clean_session(true);
    // Acknowledged when taken, not when read from the wire.
    options.set_manual_acks(true);
    if let Some(login) = login {
        options.set_credentials(login.username.clone(), login.password.expose_secret());
    }
    let (client, mut events) = AsyncClient::new(options, REQUESTS);
    events.network_options.set_connection_timeout(PATIENCE.as_secs());
    events.network_options.set_tcp_nodelay(true);
    Connection { client, events, filters: settings.topics.clone(), address, rest: VecDeque::new(), end: None }
}

impl Session for Connection {
    async fn hear(&mut self) -> Result<Heard, String> {
        if let Some(event) = self.rest.pop_front() {
            return Ok(self.heard(event));
        }
        if let Some(why) = &self.end {
            return Err(why.clone());
        }
        match self.events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                self.events.mqtt_options.set_credentials("", "");
                let filters = self.filters.iter().map(|f| SubscribeFilter::new(f.clone(), QoS::AtLeastOnce));
                match self.client.try_subscribe_many(filters) {
                    Ok(()) => Ok(Heard::Nothing),
                    Err(_) => Err("The subscription could not be sent.".to_owned()),
                }
            }
            Ok(event) => Ok(self.heard(event)),
            Err(error) => {
                let why = sentence(&error, &self.address);
                // Messages read together with the failure are whole, and some are acknowledged.
                self.rest = std::mem::take(&mut self.events.state.events);
                self.end = Some(why);
                Ok(Heard::Nothing)
            }
        }
    }

    async fn close(mut self) {
        if self.end.is_some() || self.events.network.is_none() || self.client.try_disconnect().is_err() {
            return;
        }
        let goodbye =
            async { while !matches!(self.events.poll().await, Ok(Event::Outgoing(Outgoing::Disconnect)) | Err(_)) {} };
        if timeout(Duration::from_secs(1), goodbye).await.is_err() {
            tracing::debug!(address = %self.address, "the broker was left without a goodbye");
        }
    }
}

impl Connection {
    fn heard(&self, event: Event) -> Heard {
        match event {
            Event::Incoming(Packet::Publish(publish)) => Heard::Message(self.delivery(publish)),
            Event::Incoming(Packet::SubAck(answer)) => Heard::Subscribed {
                refused: self
                    .filters
                    .iter()
                    .zip(&answer.return_codes)
                    .filter(|(_, code)| matches!(code, SubscribeReasonCode::Failure))
                    .map(|(filter, _)| filter.clone())
                    .collect(),
            },
            _ => Heard::Nothing,
        }
    }

    fn delivery(&self, publish: Publish) -> Delivery {
        let assured = publish.qos != QoS::AtMostOnce;
        let receipt = if assured {
            let client = self.client.clone();
            let stub = Publish { payload: bytes::Bytes::new(), topic: String::new(), ..publish };
            // A receipt that no longer finds its connection is no loss: the broker delivers again.
            Receipt::new(move || drop(client.try_ack(&stub)))
        } else {
            Receipt::none()
        };
        Delivery { topic: publish.topic, payload: publish.payload, assured, receipt }
    }
}

/// What a failure means, for an operator. None of the library's errors carries the login.
fn sentence(error: &ConnectionError, address: &str) -> String {
    match error {
        ConnectionError::ConnectionRefused(code) => match code {
            ConnectReturnCode::BadUserNamePassword => {
                format!("The broker at {address} does not accept this user name and password.")
            }
            ConnectReturnCode::NotAuthorized => {
                format!(
                    "The broker at {address} does not let this account in: user name or password are wrong, or missing."
                )
            }
            ConnectReturnCode::BadClientId => format!("The broker at {address} does not accept our client name."),
            ConnectReturnCode::ServiceUnavailable => format!("The broker at {address} says it is not available now."),
            ConnectReturnCode::RefusedProtocolVersion => format!("The broker at {address} does not speak MQTT 3.1.1."),
            ConnectReturnCode::Success => format!("The broker at {address} closed the connection."),
        },
        ConnectionError::NetworkTimeout => format!("{address} did not answer within {} s.", PATIENCE.as_secs()),
        ConnectionError::FlushTimeout => format!("The broker at {address} stopped reading."),
        ConnectionError::Io(error) => network(error, address),
        ConnectionError::MqttState(state) => match state {
            StateError::Io(error) => network(error, address),
            StateError::Deserialization(mqttbytes::Error::Io(error)) => network(error, address),
            StateError::AwaitPingResp => format!("The broker at {address} fell silent."),
            StateError::ConnectionAborted => format!("The broker at {address} closed the connection."),
            StateError::Deserialization(mqttbytes::Error::PayloadSizeLimitExceeded(size)) => format!(
                "The broker at {address} sent a message of {size} bytes; at most {LARGEST} can be taken. Narrow the topics."
            ),
            other => format!("The broker at {address} and this program do not understand each other: {other}."),
        },
        other => format!("What answers at {address} does not speak MQTT as expected: {other}."),
    }
}

fn network(error: &std::io::Error, address: &str) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => format!("Nothing listens at {address}."),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => {
            format!("The broker at {address} closed the connection.")
        }
        ErrorKind::TimedOut => format!("{address} did not answer in time."),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => format!("There is no way to {address} now."),
        _ => format!("No connection to {address}: {error}."),
    }
}
