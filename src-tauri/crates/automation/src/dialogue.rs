//! Running one script on one machine: becoming root where it must, sending it, hearing what it says,
//! and ending it when its time is up or a person says so.
//!
//! The script travels over standard input to `bash -s`; no part of it is ever a command line. Lines of
//! ours on the way carry a random token (`@wh-TOKEN …`), so that no output of the machine can pass for
//! one of them.

use crate::error::TransportError;
use crate::output::Lines;
use crate::pipe::{End, Heard, Pipe};
use crate::session::Session;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use wheelhouse_protocol::job::{Level, Stream};
use wheelhouse_scripts::{Line, Report, bash};

/// Output beyond this is heard but not kept, in bytes.
const MAX_OUTPUT: usize = 64 * 1024 * 1024;
/// How long becoming root may take: sudo's own delay after a wrong password is about 2 s.
const ROOT_LIMIT: Duration = Duration::from_secs(30);
/// How long a script that was told to end may take to do so, before it is killed.
const KILL_LIMIT: Duration = Duration::from_secs(15);
/// How long output may go on after the script has ended: a daemon it started can hold the pipe open.
const AFTER_END: Duration = Duration::from_secs(2);

/// One script to run.
#[derive(Debug)]
pub(crate) struct Invocation<'a> {
    /// The script, exactly as approved.
    pub(crate) script: &'a str,
    /// The folder the scripts of one step share on the machine; made if it is not there.
    pub(crate) state: Option<&'a str>,
    /// The path of the file that was sent for it.
    pub(crate) file: Option<&'a str>,
    /// Whether it needs root.
    pub(crate) admin: bool,
    /// How long it may take.
    pub(crate) limit: Duration,
    /// How long it may be silent before the machine is asked whether it is still there, and how long
    /// the machine may take to answer.
    pub(crate) patience: Duration,
}

/// What a running script says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// A line of text.
    Line { stream: Stream, level: Level, text: String },
    /// How far it is, 0–100.
    Percent(u8),
}

/// Who listens to it. Taking long here slows the script down, which is meant.
pub(crate) trait Listener {
    fn said(&mut self, said: Said) -> impl Future<Output = ()> + Send;
}

/// How a script ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) end: RunEnd,
    /// Whether it said that it changed something, or that it did not.
    pub(crate) changed: Option<bool>,
    /// The one sentence it gave as its result; empty when it gave none.
    pub(crate) detail: String,
    /// The last line it wrote to its standard error, for when there is no such sentence.
    pub(crate) last_error: String,
    /// Whether something it started still holds its output open.
    pub(crate) lingers: bool,
}

/// The end of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RunEnd {
    /// By itself.
    Exited(i32),
    /// By a signal that was not ours.
    Killed(String),
    /// Its time was up, and it was ended.
    TimedOut,
    /// A person said so, and it was ended.
    Cancelled,
}

/// A script whose end nobody saw.
#[derive(Debug, Clone)]
pub(crate) struct RunError {
    pub(crate) error: TransportError,
    /// Whether any of it may have run.
    pub(crate) may_have_run: bool,
}

/// Runs a script.
pub(crate) async fn run(
    session: &Session,
    invocation: &Invocation<'_>,
    listener: &mut impl Listener,
    cancel: &CancellationToken,
) -> Result<Ran, RunError> {
    let not_run = |error| RunError { error, may_have_run: false };
    let token = new_token().map_err(not_run)?;
    let payload = payload(&token, invocation).map_err(not_run)?;
    let mut pipe = tokio::select! {
        biased;
        () = cancel.cancelled() => return Err(not_run(TransportError::Cancelled)),
        pipe = open_shell(session, invocation.admin) => pipe.map_err(not_run)?,
    };
    pipe.write(payload.as_bytes());
    pipe.close_input();
    let mut hearing = Hearing::new(&token);
    let deadline = Instant::now() + invocation.limit;
    let may_have_run = |error| RunError { error, may_have_run: true };
    loop {
        let until = hearing.deadline.unwrap_or(deadline).min(deadline);
        let heard = tokio::select! {
            // What was queued is sent by hearing: whoever cancelled before that must win.
            biased;
            () = cancel.cancelled() => {
                let gone = stop(session, &mut pipe, &mut hearing, invocation.admin, listener).await;
                return gone.map(|()| hearing.ran(RunEnd::Cancelled)).map_err(may_have_run);
            }
            heard = timeout_at(until.min(Instant::now() + invocation.patience), pipe.heard()) => heard,
        };
        match heard {
            Err(_) => {
                if let Some(code) = hearing.exit_code.filter(|_| Instant::now() >= until) {
                    // It has ended; what holds its pipe open is something it left running on purpose.
                    hearing.flush(listener).await;
                    return Ok(Ran { lingers: true, ..hearing.ran(RunEnd::Exited(code)) });
                }
                if Instant::now() < until {
                    if session.is_alive(invocation.patience).await {
                        continue;
                    }
                    hearing.flush(listener).await;
                    let reason = format!("the machine has not answered for {} s", 2 * invocation.patience.as_secs());
                    return Err(may_have_run(TransportError::Lost { doing: "running the script", reason }));
                }
                let gone = stop(session, &mut pipe, &mut hearing, invocation.admin, listener).await;
                return gone.map(|()| hearing.ran(RunEnd::TimedOut)).map_err(may_have_run);
            }
            Ok(Err(error)) => {
                hearing.flush(listener).await;
                return match hearing.exit_code {
                    Some(code) => Ok(hearing.ran(RunEnd::Exited(code))),
                    None => Err(may_have_run(error)),
                };
            }
            Ok(Ok(Heard::Out(bytes))) => hearing.out(&bytes, listener).await,
            Ok(Ok(Heard::Err(bytes))) => hearing.err(&bytes, listener).await,
            Ok(Ok(Heard::End(end))) => {
                hearing.flush(listener).await;
                if hearing.pid.is_none() && matches!(end, End::Code(126 | 127)) {
                    let error =
                        TransportError::Missing("bash, which scripts are run by, is not installed there".into());
                    return Err(not_run(error));
                }
                let end = match (hearing.exit_code, end) {
                    (Some(code), _) | (None, End::Code(code)) => RunEnd::Exited(code),
                    (None, End::Signal(signal)) => RunEnd::Killed(signal),
                };
                return Ok(hearing.ran(end));
            }
        }
    }
}

/// A random token of 128 bits, as hex.
fn new_token() -> Result<String, TransportError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| TransportError::Missing(format!("no random numbers here: {e}")))?;
    Ok(crate::local::hex(&bytes))
}

/// What is sent: the marker with the shell's process id, where its folder and file are, the prelude, and
/// the script exactly as approved.
fn payload(token: &str, invocation: &Invocation<'_>) -> Result<String, TransportError> {
    let quote = |value: &str| bash::quote(value).map_err(|e| TransportError::Missing(e.to_string()));
    let mut text = format!("printf '@wh-%s pid %s\\n' {token} \"$$\"\n");
    if let Some(state) = invocation.state {
        let state = quote(state)?;
        // Somebody else's folder of that name would be a trap; nobody can foresee it, and it is checked.
        text.push_str(&format!(
            "mkdir -m 700 -- {state} 2>/dev/null || [ -O {state} ] || {{ echo 'no folder could be made in /var/tmp' >&2; exit 73; }}\nWH_STATE={state}\n"
        ));
    }
    if let Some(file) = invocation.file {
        text.push_str(&format!("WH_FILE={}\n", quote(file)?));
    }
    text.push_str(&wheelhouse_scripts::prelude(token));
    text.push_str(invocation.script);
    Ok(text)
}

/// Bash without becoming anybody else.
const PLAIN: &str = "exec bash -s";
/// A shell that is told how to become root.
const BOOTSTRAP: &str = "exec /bin/sh -s";

/// Opens a shell that waits for a script, as root if `admin`.
///
/// Its own token is not the script's: this one stands in sudo's arguments, where the machine's other
/// accounts can read it.
async fn open_shell(session: &Session, admin: bool) -> Result<Pipe, TransportError> {
    if !admin || session.is_root() {
        return session.start(PLAIN).await;
    }
    let token = &new_token()?;
    let mut pipe = session.start(BOOTSTRAP).await?;
    pipe.write(bootstrap(token).as_bytes());
    let mut answered = false;
    let done = timeout(ROOT_LIMIT, become_root(&mut pipe, token, session.sudo_password(), &mut answered)).await;
    match done.unwrap_or(Err(TransportError::TimedOut { doing: "waiting for sudo", after: ROOT_LIMIT })) {
        // The password was given, and whether it was right is not known: machines count wrong ones.
        Err(error) if answered && error.is_worth_retrying() => {
            Err(TransportError::CutShort { doing: "becoming root", reason: error.to_string() })
        }
        done => done.map(|()| pipe),
    }
}

/// Ends with a bash that reads its script from the same input, as root. sudo's prompt is ours, so it is
/// answered only when sudo really asks; with NOPASSWD it never does. `-k` asks even where an earlier
/// answer is still remembered, and remembers none.
fn bootstrap(token: &str) -> String {
    format!(
        r#"t={token}
command -v bash >/dev/null 2>&1 || {{ printf '@wh-%s no-bash\n' "$t"; exit 127; }}
if [ "$(id -u)" = 0 ]; then printf '@wh-%s ready\n' "$t"; exec bash -s; fi
command -v sudo >/dev/null 2>&1 || {{ printf '@wh-%s no-sudo\n' "$t"; exit 126; }}
exec sudo -S -k -p "@wh-$t password" -- /bin/sh -c 'printf "@wh-%s ready\n" "$1"; exec bash -s' sh "$t"
"#
    )
}

/// Answers sudo once, at most; `answered` says whether it has been.
async fn become_root(
    pipe: &mut Pipe,
    token: &str,
    password: Option<&SecretString>,
    answered: &mut bool,
) -> Result<(), TransportError> {
    let ready = format!("@wh-{token} ready\n");
    let prompt = format!("@wh-{token} password");
    let (mut out, mut err) = (String::new(), String::new());
    loop {
        match pipe.heard().await? {
            Heard::Out(bytes) => out.push_str(&String::from_utf8_lossy(&bytes)),
            Heard::Err(bytes) => err.push_str(&String::from_utf8_lossy(&bytes)),
            Heard::End(_) => return Err(refused_root(&out, &err, token)),
        }
        if out.contains(&ready) {
            return Ok(());
        }
        if let Some(at) = err.find(&prompt) {
            err.replace_range(at..at + prompt.len(), "");
            match password {
                _ if *answered => {
                    return Err(TransportError::Privilege("sudo does not accept the password it was given".to_owned()));
                }
                None => {
                    return Err(TransportError::Privilege(
                        "sudo asks for a password, and the credential has none for it".to_owned(),
                    ));
                }
                Some(password) => {
                    pipe.write(password.expose_secret().as_bytes());
                    pipe.write(b"\n");
                    *answered = true;
                }
            }
        }
    }
}

/// Why no root shell came, from what was said.
fn refused_root(out: &str, err: &str, token: &str) -> TransportError {
    if out.contains(&format!("@wh-{token} no-bash")) {
        return TransportError::Missing("bash, which scripts are run by, is not installed there".to_owned());
    }
    if out.contains(&format!("@wh-{token} no-sudo")) {
        return TransportError::Privilege("this needs root, and there is no sudo on the machine".to_owned());
    }
    let said = err.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it said nothing");
    TransportError::Privilege(format!("sudo refused: {}", crate::output::clean(said.as_bytes())))
}

/// Ends the script with everything it started, and hears it out.
async fn stop(
    session: &Session,
    pipe: &mut Pipe,
    hearing: &mut Hearing,
    admin: bool,
    listener: &mut impl Listener,
) -> Result<(), TransportError> {
    let lost = TransportError::Lost { doing: "ending the script", reason: "it may still run".to_owned() };
    // Where it runs is the first thing it says; until then there is nothing to end it by.
    let told = async {
        loop {
            if let Some(pid) = hearing.pid {
                return Ok(Some(pid));
            }
            match pipe.heard().await? {
                Heard::Out(bytes) => hearing.out(&bytes, listener).await,
                Heard::Err(bytes) => hearing.err(&bytes, listener).await,
                Heard::End(_) => return Ok(None),
            }
        }
    };
    let pid = match timeout(KILL_LIMIT, told).await {
        Ok(Ok(Some(pid))) => pid,
        Ok(Ok(None)) => {
            hearing.flush(listener).await;
            return Ok(());
        }
        Ok(Err(error)) => return Err(error),
        Err(_) => return Err(lost),
    };
    match timeout(KILL_LIMIT, kill(session, pid, admin)).await {
        Ok(done) => done?,
        Err(_) => return Err(lost),
    }
    let gone = async {
        loop {
            match pipe.heard().await? {
                Heard::Out(bytes) => hearing.out(&bytes, listener).await,
                Heard::Err(bytes) => hearing.err(&bytes, listener).await,
                Heard::End(_) => return Ok(()),
            }
        }
    };
    let gone = timeout(KILL_LIMIT, gone).await;
    hearing.flush(listener).await;
    gone.unwrap_or(Err(lost))
}

/// Asks the process group to end, and kills what has not after three seconds.
async fn kill(session: &Session, pid: u32, admin: bool) -> Result<(), TransportError> {
    let mut pipe = open_shell(session, admin).await?;
    let script = format!(
        r#"g=$(ps -o pgid= -p {pid} 2>/dev/null | tr -d ' ')
[ -n "$g" ] || g=$(sed 's/^.*) //' /proc/{pid}/stat 2>/dev/null | cut -d' ' -f3)
[ -n "$g" ] && [ "$g" -gt 1 ] || exit 0
kill -TERM -- "-$g" 2>/dev/null || exit 0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  kill -0 -- "-$g" 2>/dev/null || exit 0
  sleep 0.2
done
kill -KILL -- "-$g" 2>/dev/null
exit 0
"#
    );
    pipe.write(script.as_bytes());
    pipe.close_input();
    while !matches!(pipe.heard().await?, Heard::End(_)) {}
    Ok(())
}

/// What has been heard of a running script.
struct Hearing {
    token: String,
    marker: String,
    out: Lines,
    err: Lines,
    pid: Option<u32>,
    exit_code: Option<i32>,
    /// When hearing ends although the pipe is open: set once the script has ended.
    deadline: Option<Instant>,
    changed: Option<bool>,
    detail: String,
    last_error: String,
    kept: usize,
}

impl Hearing {
    fn new(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            marker: format!("@wh-{token} "),
            out: Lines::default(),
            err: Lines::default(),
            pid: None,
            exit_code: None,
            deadline: None,
            changed: None,
            detail: String::new(),
            last_error: String::new(),
            kept: 0,
        }
    }

    fn ran(&mut self, end: RunEnd) -> Ran {
        Ran {
            end,
            changed: self.changed,
            detail: std::mem::take(&mut self.detail),
            last_error: std::mem::take(&mut self.last_error),
            lingers: false,
        }
    }

    async fn out(&mut self, bytes: &[u8], listener: &mut impl Listener) {
        let mut lines = Vec::new();
        self.out.push(bytes, |line| lines.push(line));
        for line in lines {
            self.line(line, listener).await;
        }
    }

    async fn err(&mut self, bytes: &[u8], listener: &mut impl Listener) {
        let mut lines = Vec::new();
        self.err.push(bytes, |line| lines.push(line));
        for line in lines {
            self.error_line(line, listener).await;
        }
    }

    async fn flush(&mut self, listener: &mut impl Listener) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        self.out.finish(|line| out.push(line));
        self.err.finish(|line| err.push(line));
        for line in out {
            self.line(line, listener).await;
        }
        for line in err {
            self.error_line(line, listener).await;
        }
    }

    async fn line(&mut self, line: String, listener: &mut impl Listener) {
        if let Some(word) = line.strip_prefix(&self.marker) {
            self.marked(word);
            return;
        }
        let report = match wheelhouse_scripts::parse_line(&self.token, &line) {
            Line::Output(text) => return self.keep(Stream::Out, Level::Info, text.to_owned(), listener).await,
            Line::Report(report) => report,
            Line::OutputThenReport(text, report) => {
                self.keep(Stream::Out, Level::Info, text.to_owned(), listener).await;
                report
            }
        };
        match report {
            Report::Changed => self.changed = Some(true),
            Report::Unchanged => self.changed = Some(false),
            Report::Progress(percent) => listener.said(Said::Percent(percent)).await,
            Report::Detail(text) => self.detail = crate::output::clean(text.replace('\n', " ").as_bytes()),
            Report::Message { level, text } => {
                for line in text.lines() {
                    self.keep(Stream::Script, level, crate::output::clean(line.as_bytes()), listener).await;
                }
            }
            Report::Ended(code) => {
                self.exit_code = Some(code);
                self.deadline = Some(Instant::now() + AFTER_END);
            }
        }
    }

    async fn error_line(&mut self, line: String, listener: &mut impl Listener) {
        self.last_error.clone_from(&line);
        self.keep(Stream::Err, Level::Info, line, listener).await;
    }

    /// A marker of the dialogue itself.
    fn marked(&mut self, word: &str) {
        if let Some(pid) = word.strip_prefix("pid ") {
            self.pid = pid.parse().ok();
        }
    }

    async fn keep(&mut self, stream: Stream, level: Level, text: String, listener: &mut impl Listener) {
        if self.kept > MAX_OUTPUT {
            return;
        }
        self.kept += text.len() + 1;
        listener.said(Said::Line { stream, level, text }).await;
        if self.kept > MAX_OUTPUT {
            let text = "this is more than 64 MiB of output; the rest is not kept".to_owned();
            listener.said(Said::Line { stream: Stream::Wheelhouse, level: Level::Warning, text }).await;
        }
    }
}
