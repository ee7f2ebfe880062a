//! The operator's own machine, without a network.

use crate::error::TransportError;
use crate::pipe::{End, Heard};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// A command of `sh` on this machine.
#[derive(Debug)]
pub(crate) struct LocalPipe {
    child: Child,
    input: Option<ChildStdin>,
    queue: Vec<u8>,
    sent: usize,
    close: bool,
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
}

impl LocalPipe {
    /// Starts `command` by `/bin/sh` in a process group of its own.
    pub(crate) fn start(command: &str) -> Result<Self, TransportError> {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Own group: cancelling ends the script with all it started, and not Wheelhouse.
        #[cfg(unix)]
        shell.process_group(0);
        shell.kill_on_drop(true);
        let mut child =
            shell.spawn().map_err(|e| TransportError::Missing(format!("/bin/sh cannot be started here: {e}")))?;
        Ok(Self {
            input: child.stdin.take(),
            out: child.stdout.take(),
            err: child.stderr.take(),
            queue: Vec::new(),
            sent: 0,
            close: false,
            child,
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.queue.extend_from_slice(bytes);
    }

    pub(crate) fn close_input(&mut self) {
        self.close = true;
    }

    pub(crate) async fn heard(&mut self) -> Result<Heard, TransportError> {
        let lost = |e: std::io::Error| TransportError::Lost { doing: "running the script", reason: e.to_string() };
        loop {
            if self.out.is_none() && self.err.is_none() {
                self.input = None;
                let status = self.child.wait().await.map_err(lost)?;
                return Ok(Heard::End(end(status)));
            }
            if self.close && self.sent == self.queue.len() {
                self.input = None;
            }
            let unsent = self.sent < self.queue.len();
            let mut out = [0; 16 * 1024];
            let mut err = [0; 16 * 1024];
            tokio::select! {
                written = write_some(self.input.as_mut(), &self.queue[self.sent..]), if unsent => match written {
                    Ok(n) => self.sent += n,
                    // It does not read any more: its exit code says why.
                    Err(_) => { self.sent = self.queue.len(); self.input = None; }
                },
                read = read_some(self.out.as_mut(), &mut out), if self.out.is_some() => match read.map_err(lost)? {
                    0 => self.out = None,
                    n => return Ok(Heard::Out(out[..n].to_vec())),
                },
                read = read_some(self.err.as_mut(), &mut err), if self.err.is_some() => match read.map_err(lost)? {
                    0 => self.err = None,
                    n => return Ok(Heard::Err(err[..n].to_vec())),
                },
            }
        }
    }
}

async fn write_some(input: Option<&mut ChildStdin>, bytes: &[u8]) -> std::io::Result<usize> {
    match input {
        Some(input) => input.write(bytes).await,
        None => Err(std::io::ErrorKind::BrokenPipe.into()),
    }
}

async fn read_some(from: Option<&mut (impl AsyncReadExt + Unpin)>, into: &mut [u8]) -> std::io::Result<usize> {
    match from {
        Some(from) => from.read(into).await,
        None => Ok(0),
    }
}

fn end(status: ExitStatus) -> End {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return End::Signal(signal.to_string());
    }
    End::Code(status.code().unwrap_or(-1))
}

/// Copies a file into a directory that is created for this account only, and checks that it is the
/// approved one; the answer is the copy's path.
pub(crate) async fn stage(from: &Path, sha256: &str, directory: &Path) -> Result<String, TransportError> {
    let shown = from.display().to_string();
    let failed = |what: &str, e: std::io::Error| TransportError::File(format!("{what}: {e}"));
    let mut builder = tokio::fs::DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(directory).await.map_err(|e| failed(&format!("creating {}", directory.display()), e))?;
    let copy = directory.join("file");
    let mut source = tokio::fs::File::open(from).await.map_err(|e| failed(&format!("reading {shown}"), e))?;
    let mut target = tokio::fs::File::create_new(&copy).await.map_err(|e| failed("copying it", e))?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 256 * 1024];
    loop {
        let n = source.read(&mut chunk).await.map_err(|e| failed(&format!("reading {shown}"), e))?;
        if n == 0 {
            break;
        }
        hash.update(&chunk[..n]);
        target.write_all(&chunk[..n]).await.map_err(|e| failed("copying it", e))?;
    }
    target.flush().await.map_err(|e| failed("copying it", e))?;
    if hex(&hash.finalize()) != sha256 {
        return Err(changed(&shown));
    }
    Ok(copy.display().to_string())
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A file that is not the approved one any more.
pub(crate) fn changed(path: &str) -> TransportError {
    TransportError::File(format!("{path} has changed since the plan was approved, and was not used"))
}

/// The account Wheelhouse runs as.
pub(crate) fn user_name() -> String {
    whoami::username().unwrap_or_else(|_| "root".to_owned())
}
