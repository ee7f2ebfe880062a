//! The MQTT link against a real Mosquitto.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Broker, Room, eventually, missing};
use secrecy::SecretString;
use std::process::Command;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;
use wheelhouse_protocol::event::Event;
use wheelhouse_protocol::telemetry::{GetSeries, LinkSettings, LinkState};
use wheelhouse_protocol::{CredentialId, Problem};
use wheelhouse_telemetry::{Login, Options};

fn problem_of(state: &LinkState) -> &str {
    if let LinkState::Connecting { problem } = state { problem } else { "" }
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_reach_the_hub_the_doors_and_the_store() {
    let room = Room::open(Options::default()).await;
    let Some(broker) = Broker::open(room.home.path()) else { return };
    assert_eq!(room.telemetry.link_status().state, LinkState::Off, "nothing is dialled unasked");
    room.telemetry.set_link(broker.settings(), None).unwrap();
    room.connected().await;
    broker.publish("motorhand/sensors/s1/temp", 0, br#"{"value": 21.5, "unit": "C", "deep": {"x": 3}}"#);
    broker.publish("motorhand/sensors/s1/raw", 1, b"7");
    broker.publish("motorhand/sensors/s1/triple", 2, b"[1, 2, 3]");
    broker.publish("elsewhere", 0, b"1");
    for (name, value) in [
        ("motorhand/sensors/s1/temp#value", 21.5),
        ("motorhand/sensors/s1/temp#deep.x", 3.0),
        ("motorhand/sensors/s1/raw", 7.0),
        ("motorhand/sensors/s1/triple#2", 3.0),
    ] {
        assert!(eventually(async || room.count(name).await == 1).await, "{name} is in the hub");
        assert!(eventually(async || room.stored(name).await == 1).await, "{name} is in the store");
        let wanted = GetSeries { names: vec![name.to_owned()], from: None, to: None, seconds: 60.0, width: 100 };
        let series = room.telemetry.get_series(&wanted).await.unwrap();
        assert_eq!(series[0].points.iter().map(|p| p.v).collect::<Vec<_>>(), [value], "{name}");
    }
    assert_eq!(room.count("elsewhere").await, 0, "only what was subscribed to");
    let told = |name: &str| {
        room.ear.heard().iter().any(|e| matches!(e, Event::Frame(f) if f.series.iter().any(|s| s.name == name)))
    };
    assert!(eventually(async || told("motorhand/sensors/s1/temp#value")).await, "a frame told it");
    let status = room.telemetry.link_status();
    assert_eq!((status.received, status.dropped, status.malformed), (3, 0, 0));
    room.telemetry.set_link(LinkSettings { enabled: false, ..broker.settings() }, None).unwrap();
    assert!(eventually(async || room.telemetry.link_status().state == LinkState::Off).await, "switched off");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_is_found_again_and_samples_flow() {
    let room = Room::open(Options::default()).await;
    let Some(mut broker) = Broker::open(room.home.path()) else { return };
    room.telemetry.set_link(broker.settings(), None).unwrap();
    room.connected().await;
    broker.publish("motorhand/a", 1, b"1");
    assert!(eventually(async || room.count("motorhand/a").await == 1).await, "the first sample");
    broker.down();
    let down = || problem_of(&room.telemetry.link_status().state).contains("Nothing listens");
    assert!(eventually(async || down()).await, "{:?}", room.telemetry.link_status().state);
    broker.up();
    room.connected().await;
    broker.publish("motorhand/a", 1, b"2");
    assert!(eventually(async || room.count("motorhand/a").await == 2).await, "subscribed again");
    let states = room.ear.link_states();
    let connected: Vec<usize> =
        (0..states.len()).filter(|n| matches!(states[*n], LinkState::Connected { .. })).collect();
    assert_eq!(connected.len(), 2, "up, down, up again was told: {states:?}");
    let between = &states[connected[0] + 1..connected[1]];
    assert!(between.iter().any(|s| !problem_of(s).is_empty()), "and why: {states:?}");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts() {
    let room = Room::open(Options::default()).await;
    let file = room.home.path().join("accounts");
    if missing("mosquitto_passwd") {
        return;
    }
    let made = Command::new("mosquitto_passwd").args(["-b", "-c"]).arg(&file).args(["probe", "right horse"]).status();
    assert!(made.unwrap().success(), "mosquitto_passwd");
    let extra = format!("allow_anonymous false\npassword_file {}", file.display());
    let Some(broker) = Broker::start(room.home.path(), &extra) else { return };
    let login = |password: &str| {
        Some(Login { username: "probe".to_owned(), password: SecretString::from(password.to_owned()) })
    };
    let settings =
        LinkSettings { credential: CredentialId::parse("0198c1de-0000-7000-8000-000000000001"), ..broker.settings() };
    let problem = || problem_of(&room.telemetry.link_status().state).to_owned();

    room.telemetry.set_link(settings.clone(), None).unwrap();
    assert!(eventually(async || problem().contains("unlock the vault")).await, "it waits: {}", problem());

    room.telemetry.set_link(settings.clone(), login("wrong horse")).unwrap();
    assert!(eventually(async || problem().contains("password")).await, "it says why: {}", problem());
    let everything = format!("{:?} {:?}", room.telemetry.link_status(), room.ear.heard());
    assert!(!everything.contains("horse"), "and keeps the password to itself");
    assert!(!format!("{:?}", login("wrong horse")).contains("horse"), "even when somebody logs the login");

    room.telemetry.set_link(settings, login("right horse")).unwrap();
    room.connected().await;
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_counted_and_shown_and_harms_nothing() {
    let room = Room::open(Options::default()).await;
    let Some(broker) = Broker::open(room.home.path()) else { return };
    room.telemetry.set_link(broker.settings(), None).unwrap();
    room.connected().await;
    broker.publish("motorhand/bad", 1, b"{\"x\": nonsense");
    let malformed = || room.telemetry.link_status().malformed;
    assert!(eventually(async || malformed() == 1).await, "counted");
    let shown = room.telemetry.link_status().last_malformed;
    assert!(shown.starts_with("motorhand/bad: it is not JSON"), "{shown}");
    // A megabyte of padding around a number, and a megabyte of nothing.
    let padded = format!("{{\"pad\": \"{}\", \"x\": 5}}", "p".repeat(1_000_000));
    broker.publish("motorhand/large", 1, padded.as_bytes());
    assert!(eventually(async || room.count("motorhand/large#x").await == 1).await, "a megabyte is taken");
    broker.publish("motorhand/bad", 1, &vec![0xff; 1_000_000]);
    assert!(eventually(async || malformed() == 2).await, "and refused when it is no text");
    broker.publish("motorhand/good", 0, b"1");
    assert!(eventually(async || room.count("motorhand/good").await == 1).await, "the link lives");
    let connections = room.ear.link_states().iter().filter(|s| matches!(s, LinkState::Connected { .. })).count();
    assert_eq!(connections, 1, "on the same connection");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firehose_is_bounded_and_the_totals_add_up() {
    const MESSAGES: u64 = 50_000;
    for (places, waiting) in [(8192, 500_000), (8, 5000)] {
        let options = Options { waiting_messages: places, waiting_samples: waiting, ..Options::default() };
        let room = Room::open(options).await;
        let Some(broker) = Broker::open(room.home.path()) else { return };
        room.telemetry.set_link(broker.settings(), None).unwrap();
        room.connected().await;
        broker.publish_lines("motorhand/hose", 0, (0..MESSAGES).map(|n| n.to_string()));
        let all = async || {
            let status = room.telemetry.link_status();
            status.received == MESSAGES && status.dropped + room.count("motorhand/hose").await == MESSAGES
        };
        assert!(eventually(all).await, "received = dropped + taken in: {:?}", room.telemetry.link_status());
        let status = room.telemetry.link_status();
        let taken = room.count("motorhand/hose").await;
        assert_eq!(status.malformed, 0, "{status:?}");
        assert!(room.telemetry.figures().waiting <= waiting, "what waits for the disk is bounded");
        room.telemetry.shutdown().await;
        let figures = room.telemetry.figures();
        assert_eq!(figures.waiting, 0, "shutting down writes what is left");
        let stored = room.stored("motorhand/hose").await as u64;
        let control = figures.stored - stored;
        assert!(control < 2000, "the rest of what was stored is the control loop's");
        assert!(
            stored <= taken && taken <= stored + figures.lost,
            "taken in = stored + lost: {taken} {stored} {figures:?}"
        );
        if places == 8192 {
            assert_eq!((figures.lost, stored), (0, taken), "with the usual bounds nothing is lost");
        }
        room.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn assured_messages_are_not_dropped_when_the_room_is_small() {
    const MESSAGES: u64 = 3000;
    let room = Room::open(Options { waiting_messages: 1, ..Options::default() }).await;
    let Some(broker) = Broker::open(room.home.path()) else { return };
    room.telemetry.set_link(broker.settings(), None).unwrap();
    room.connected().await;
    broker.publish_lines("motorhand/sure", 1, (0..MESSAGES).map(|n| n.to_string()));
    let all = async || room.count("motorhand/sure").await == MESSAGES;
    assert!(
        eventually(all).await,
        "{} of {MESSAGES} {:?}",
        room.count("motorhand/sure").await,
        room.telemetry.link_status()
    );
    assert_eq!(room.telemetry.link_status().dropped, 0);
    room.close().await;
}

/// A broker that lets one client in, says what it is told to, and hands over what the client answered.
async fn scripted(says: &'static [u8]) -> (u16, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = vec![0; 1000];
        assert!(stream.read(&mut heard).await.unwrap() > 0, "CONNECT");
        stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
        assert_eq!(stream.read(&mut heard).await.unwrap(), 2 + 2 + 2 + 11 + 1, "SUBSCRIBE to motorhand/#");
        stream.write_all(&[0x90, 3, heard[2], heard[3], 1]).await.unwrap();
        stream.write_all(says).await.unwrap();
        // Whatever comes in the next second.
        let mut answer = Vec::new();
        while let Ok(Ok(n @ 1..)) = timeout(Duration::from_secs(1), stream.read(&mut heard)).await {
            answer.extend_from_slice(&heard[..n]);
        }
        answer
    };
    (port, tokio::spawn(script))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assured_message_is_acknowledged_once() {
    let room = Room::open(Options::default()).await;
    // PUBLISH, QoS 1, topic "motorhand/x", packet 7, payload "5".
    let (port, answer) = scripted(b"\x32\x10\x00\x0bmotorhand/x\x00\x075").await;
    let settings = LinkSettings { enabled: true, host: "127.0.0.1".to_owned(), port, ..LinkSettings::default() };
    room.telemetry.set_link(settings, None).unwrap();
    assert_eq!(answer.await.unwrap(), [0x40, 2, 0, 7], "one PUBACK for packet 7");
    assert_eq!(room.count("motorhand/x").await, 1, "and the number was taken in");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_with_the_end_of_a_connection_is_taken_in() {
    let room = Room::open(Options::default()).await;
    // Two messages and then a packet type that does not exist: all in one read.
    let (port, _answer) = scripted(b"\x30\x0e\x00\x0bmotorhand/x5\x30\x0e\x00\x0bmotorhand/x6\xff\x00").await;
    let settings = LinkSettings { enabled: true, host: "127.0.0.1".to_owned(), port, ..LinkSettings::default() };
    room.telemetry.set_link(settings, None).unwrap();
    assert!(eventually(async || room.count("motorhand/x").await == 2).await, "{:?}", room.telemetry.link_status());
    let said = || problem_of(&room.telemetry.link_status().state).to_owned();
    assert!(eventually(async || !said().is_empty()).await, "and the end is said");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_the_broker_refuses_are_said() {
    let room = Room::open(Options::default()).await;
    // Mosquitto's plain access lists filter messages; only its plugin refuses subscriptions.
    let Some(plugin) = common::dynamic_security() else { return };
    let rules = room.home.path().join("rules.json");
    let allow = r#"{"acltype": "subscribePattern", "topic": "motorhand/#", "priority": 0, "allow": true}"#;
    let text = format!(
        r#"{{"defaultACLAccess": {{"publishClientSend": true, "publishClientReceive": true, "subscribe": false,
        "unsubscribe": true}}, "anonymousGroup": "all", "groups": [{{"groupname": "all", "roles": [{{"rolename": "r"}}]}}],
        "roles": [{{"rolename": "r", "acls": [{allow}]}}], "clients": []}}"#
    );
    std::fs::write(&rules, text).unwrap();
    let extra = format!("allow_anonymous true\nplugin {plugin}\nplugin_opt_config_file {}", rules.display());
    let Some(broker) = Broker::start(room.home.path(), &extra) else { return };
    let topics = |topics: &[&str]| LinkSettings {
        topics: topics.iter().map(|t| (*t).to_owned()).collect(),
        ..broker.settings()
    };
    room.telemetry.set_link(topics(&["motorhand/#", "secret/#"]), None).unwrap();
    room.connected().await;
    let notice = room.telemetry.link_status().notice;
    assert!(notice.contains("secret/#") && !notice.contains("motorhand"), "{notice}");
    room.telemetry.set_link(topics(&["secret/#"]), None).unwrap();
    let refused = || problem_of(&room.telemetry.link_status().state).contains("refused every topic");
    assert!(eventually(async || refused()).await, "{:?}", room.telemetry.link_status().state);
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_broker_is_said_so() {
    let room = Room::open(Options::default()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = LinkSettings {
        enabled: true,
        port: listener.local_addr().unwrap().port(),
        host: "127.0.0.1".to_owned(),
        ..LinkSettings::default()
    };
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.ok();
        }
    });
    room.telemetry.set_link(settings.clone(), None).unwrap();
    let said = || problem_of(&room.telemetry.link_status().state).to_owned();
    assert!(eventually(async || said().contains("MQTT") || said().contains("closed")).await, "{}", said());
    for (field, bad) in [
        ("host", LinkSettings { host: "mqtt://x".to_owned(), ..settings.clone() }),
        ("host", LinkSettings { host: String::new(), ..settings.clone() }),
        ("port", LinkSettings { port: 0, ..settings.clone() }),
        ("topics", LinkSettings { topics: vec!["a/#/b".to_owned()], ..settings.clone() }),
        ("topics", LinkSettings { topics: Vec::new(), ..settings.clone() }),
    ] {
        let problem = Problem::from(room.telemetry.set_link(bad, None).unwrap_err());
        assert_eq!(problem.source.as_deref(), Some(field), "{problem}");
        assert_eq!(room.telemetry.link_status().settings, settings, "what is refused changes nothing");
    }
    server.abort();
    room.close().await;
}
