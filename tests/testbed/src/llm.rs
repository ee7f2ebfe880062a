//! A language model's server for tests: it says what the test tells it to, however bad.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What the server answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// This text of a model, in the envelope the request's path asks for.
    Says(String),
    /// This status with this body.
    Status(u16, String),
    /// A redirect there.
    Redirect(String),
    /// So many bytes; with their number announced or without.
    Flood {
        /// How many.
        bytes: u64,
        /// Whether `Content-Length` says so.
        announced: bool,
    },
    /// Nothing, for so long.
    Silence(Duration),
    /// One byte, again and again, for so long.
    Drip(Duration),
    /// The connection closed in the middle of the answer.
    Broken,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The request line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct FakeLlm {
    address: SocketAddr,
    state: Arc<State>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    reply: Mutex<Reply>,
    /// Whether requests with a JSON schema are refused, as by servers that do not know them.
    refuses_schemas: AtomicBool,
    heard: Mutex<Vec<Heard>>,
    sent: AtomicU64,
    over: AtomicBool,
}

impl FakeLlm {
    /// A server that answers so.
    pub fn new(reply: Reply) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(State {
            reply: Mutex::new(reply),
            refuses_schemas: AtomicBool::new(false),
            heard: Mutex::default(),
            sent: AtomicU64::new(0),
            over: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        let listening = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.over.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), state) = (stream, Arc::clone(&shared)) else { continue };
                // What a client does not wait for cannot be sent: that is the client's right.
                std::thread::spawn(move || serve(stream, &state).ok());
            }
        });
        Self { address, state, listening: Some(listening) }
    }

    /// A server whose model says this.
    pub fn saying(text: &str) -> Self {
        Self::new(Reply::Says(text.to_owned()))
    }

    /// `http://127.0.0.1:…`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers so from now on.
    pub fn reply(&self, reply: Reply) {
        *self.state.reply.lock().expect("the reply") = reply;
    }

    /// Says this from now on.
    pub fn say(&self, text: &str) {
        self.reply(Reply::Says(text.to_owned()));
    }

    /// Refuses JSON schemas from now on.
    pub fn refuse_schemas(&self) {
        self.state.refuses_schemas.store(true, Ordering::SeqCst);
    }

    /// Every request so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.state.heard.lock().expect("what was heard").clone()
    }

    /// Bytes of floods that went out.
    pub fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::SeqCst)
    }
}

impl Drop for FakeLlm {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // The listener waits for a connection: this is one.
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            listening.join().ok();
        }
    }
}

fn serve(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let length = head
        .lines()
        .find_map(|l| l.to_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap_or(0)))
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let ollama = head.starts_with("POST /api/chat");
    let schema = body.contains("json_schema");
    state.heard.lock().expect("what was heard").push(Heard { head, body });
    if schema && state.refuses_schemas.load(Ordering::SeqCst) {
        return whole(&mut stream, 400, "", r#"{"error":"response_format is not supported"}"#);
    }
    let reply = state.reply.lock().expect("the reply").clone();
    match reply {
        Reply::Says(text) => whole(&mut stream, 200, "", &envelope(&text, ollama)),
        Reply::Status(status, body) => whole(&mut stream, status, "", &body),
        Reply::Redirect(to) => whole(&mut stream, 307, &format!("Location: {to}\r\n"), ""),
        Reply::Flood { bytes, announced } => flood(&mut stream, bytes, announced, state),
        Reply::Silence(time) => {
            wait(time, state);
            Ok(())
        }
        Reply::Drip(time) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\nConnection: close\r\n\r\n")?;
            let began = Instant::now();
            while began.elapsed() < time && !state.over.load(Ordering::SeqCst) {
                stream.write_all(b" ")?;
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        }
        Reply::Broken => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\":[{"),
    }
}

fn wait(time: Duration, state: &State) {
    let began = Instant::now();
    while began.elapsed() < time && !state.over.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn whole(stream: &mut TcpStream, status: u16, headers: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn flood(stream: &mut TcpStream, bytes: u64, announced: bool, state: &State) -> std::io::Result<()> {
    let length = if announced { format!("Content-Length: {bytes}\r\n") } else { String::new() };
    write!(stream, "HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n")?;
    let piece = vec![b' '; 64 * 1024];
    let mut left = bytes;
    while left > 0 {
        let n = left.min(piece.len() as u64);
        stream.write_all(&piece[..usize::try_from(n).unwrap_or(piece.len())])?;
        state.sent.fetch_add(n, Ordering::SeqCst);
        left -= n;
    }
    Ok(())
}

/// A model's text as either protocol sends it, with the fields real servers add.
fn envelope(text: &str, ollama: bool) -> String {
    let text = json_text(text);
    if ollama {
        format!(
            r#"{{"model":"m","created_at":"2025-01-01T00:00:00Z","message":{{"role":"assistant","content":{text}}},"done":true,"done_reason":"stop","eval_count":9}}"#
        )
    } else {
        format!(
            r#"{{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":{text},"refusal":null}},"finish_reason":"stop"}}],"usage":{{"total_tokens":9}}}}"#
        )
    }
}

fn json_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}
