//! What the tests of this crate share: a broker of their own, an ear, and patience.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use wheelhouse_protocol::event::{Event, Publisher};
use wheelhouse_protocol::telemetry::{LinkSettings, LinkState};
use wheelhouse_store::Store;
use wheelhouse_telemetry::{Options, Telemetry};

/// A broker on a free loopback port, ended with the test.
pub(crate) struct Broker {
    pub(crate) port: u16,
    configuration: PathBuf,
    child: Option<Child>,
}

impl Broker {
    /// Starts Mosquitto with `extra` lines of configuration; none (and a word about it) when it is missing.
    pub(crate) fn start(home: &Path, extra: &str) -> Option<Self> {
        if missing("mosquitto") || missing("mosquitto_pub") {
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = home.join(format!("mosquitto-{port}.conf"));
        let text = format!("user root\npersistence false\nlog_dest none\nlistener {port} 127.0.0.1\n{extra}\n");
        std::fs::write(&configuration, text).unwrap();
        let mut broker = Self { port, configuration, child: None };
        broker.up();
        Some(broker)
    }

    /// One without accounts, that throws nothing away because a reader is slow.
    pub(crate) fn open(home: &Path) -> Option<Self> {
        Self::start(home, "allow_anonymous true\nmax_packet_size 4000000\nmax_queued_messages 0")
    }

    /// Starts it (again) on the same port.
    pub(crate) fn up(&mut self) {
        let child = Command::new("mosquitto")
            .arg("-c")
            .arg(&self.configuration)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let listening = patiently(|| std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok());
        assert!(listening, "Mosquitto listens on port {}", self.port);
    }

    /// Kills it by its process id, as an accident would.
    pub(crate) fn down(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Publishes one message.
    pub(crate) fn publish(&self, topic: &str, qos: u8, payload: &[u8]) {
        let mut client = self.client(topic, qos, &["-s"]);
        client.stdin.take().unwrap().write_all(payload).unwrap();
        assert!(client.wait().unwrap().success(), "mosquitto_pub");
    }

    /// Publishes each line as a message, as fast as it goes; waits until all are sent.
    pub(crate) fn publish_lines(&self, topic: &str, qos: u8, lines: impl Iterator<Item = String>) {
        let mut client = self.client(topic, qos, &["-l"]);
        let mut stdin = std::io::BufWriter::new(client.stdin.take().unwrap());
        for line in lines {
            writeln!(stdin, "{line}").unwrap();
        }
        drop(stdin);
        assert!(client.wait().unwrap().success(), "mosquitto_pub");
    }

    fn client(&self, topic: &str, qos: u8, more: &[&str]) -> Child {
        Command::new("mosquitto_pub")
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-t", topic, "-q", &qos.to_string()])
            .args(more)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// How to reach it.
    pub(crate) fn settings(&self) -> LinkSettings {
        LinkSettings {
            enabled: true,
            host: "127.0.0.1".to_owned(),
            port: self.port,
            credential: None,
            topics: vec!["motorhand/#".to_owned()],
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Whether a program is missing; says so, or fails where it must be there.
pub(crate) fn missing(program: &str) -> bool {
    let found = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).chain(["/usr/sbin".into()]).any(|dir| dir.join(program).is_file())
    });
    if !found {
        let why = format!("SKIPPED: {program} is not installed");
        assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "{why}");
        eprintln!("{why}");
    }
    !found
}

/// The path of Mosquitto's plugin that can refuse subscriptions.
pub(crate) fn dynamic_security() -> Option<String> {
    const NAME: &str = "mosquitto_dynamic_security.so";
    let arch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let found = [arch.as_str(), "/usr/lib", "/usr/lib64", "/usr/local/lib"]
        .into_iter()
        .map(|dir| format!("{dir}/{NAME}"))
        .find(|path| Path::new(path).is_file());
    if found.is_none() {
        let why = format!("SKIPPED: {NAME} is not installed");
        assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "{why}");
        eprintln!("{why}");
    }
    found
}

/// Remembers every event.
#[derive(Clone, Default)]
pub(crate) struct Ear(Arc<Mutex<Vec<Event>>>);

impl Ear {
    pub(crate) fn publisher(&self) -> Publisher {
        let heard = Arc::clone(&self.0);
        Publisher::new(move |event| heard.lock().unwrap().push(event))
    }

    pub(crate) fn heard(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn link_states(&self) -> Vec<LinkState> {
        let mut states: Vec<LinkState> = self
            .heard()
            .into_iter()
            .filter_map(|e| if let Event::Link(s) = e { Some(s.state) } else { None })
            .collect();
        states.dedup();
        states
    }
}

/// A telemetry room on a data directory of its own.
pub(crate) struct Room {
    pub(crate) home: tempfile::TempDir,
    pub(crate) store: Arc<Store>,
    pub(crate) ear: Ear,
    pub(crate) telemetry: Telemetry,
}

impl Room {
    pub(crate) async fn open(options: Options) -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&home.path().join("data"), "test").await.unwrap());
        let ear = Ear::default();
        let telemetry = Telemetry::start(Arc::clone(&store), ear.publisher(), options).await.unwrap();
        Self { home, store, ear, telemetry }
    }

    /// Samples of a series in the store.
    pub(crate) async fn stored(&self, name: &str) -> usize {
        self.store.samples(name, i64::MIN / 4, i64::MAX / 4, 1_000_000).await.unwrap().1.len()
    }

    /// Samples of a series that came in this run.
    pub(crate) async fn count(&self, name: &str) -> u64 {
        let list = self.telemetry.list_series().await.unwrap();
        list.into_iter().find(|s| s.name == name).map_or(0, |s| s.count)
    }

    pub(crate) async fn close(self) {
        self.telemetry.shutdown().await;
        self.store.close().await;
    }

    pub(crate) async fn connected(&self) {
        let up = || matches!(self.telemetry.link_status().state, LinkState::Connected { .. });
        assert!(eventually(async || up()).await, "the link comes up: {:?}", self.telemetry.link_status());
    }
}

/// Whether it becomes true within twenty seconds.
pub(crate) async fn eventually(mut it: impl AsyncFnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if it().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

fn patiently(mut it: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if it() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}
