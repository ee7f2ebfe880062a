//! A command on the other side of an SSH session.

use super::link::{Link, again, is_again};
use crate::error::TransportError;
use crate::pipe::{End, Heard};
use ssh2::{Channel, ExtendedData};
use std::io::{self, Read, Write};
use std::time::Duration;

/// How long the other side may take to open a channel, or to close one.
const CHANNEL_LIMIT: Duration = Duration::from_secs(20);
/// The largest piece read or written at once.
const CHUNK: usize = 32 * 1024;

/// A command on its own channel.
pub(crate) struct SshPipe {
    link: Link,
    channel: Channel,
    queue: Vec<u8>,
    sent: usize,
    close: bool,
    closed: bool,
    ended: bool,
}

impl std::fmt::Debug for SshPipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SshPipe").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl SshPipe {
    /// Opens a channel and starts `command` by the account's login shell.
    ///
    /// Until this succeeds, nothing has run: whoever fails here may try again.
    pub(crate) async fn start(link: &Link, command: &'static str) -> Result<Self, TransportError> {
        let mut channel =
            link.drive_within("opening a channel", CHANNEL_LIMIT, |session| session.channel_session()).await?;
        link.drive_within("starting a shell", CHANNEL_LIMIT, |_| channel.handle_extended_data(ExtendedData::Normal))
            .await?;
        link.drive_within("starting a shell", CHANNEL_LIMIT, |_| channel.exec(command)).await?;
        Ok(Self { link: link.clone(), channel, queue: Vec::new(), sent: 0, close: false, closed: false, ended: false })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.queue.extend_from_slice(bytes);
    }

    pub(crate) fn close_input(&mut self) {
        self.close = true;
    }

    pub(crate) async fn heard(&mut self) -> Result<Heard, TransportError> {
        let lost =
            |e: ssh2::Error| TransportError::Lost { doing: "running the script", reason: e.message().to_owned() };
        let link = self.link.clone();
        if !self.ended {
            match link.drive(|_| self.step()).await.map_err(lost)? {
                Some(heard) => return Ok(heard),
                None => self.ended = true,
            }
        }
        // libssh2 wants to have sent its own end before it waits for the other's close.
        link.drive_within("ending the script", CHANNEL_LIMIT, |_| self.channel.close()).await?;
        link.drive_within("ending the script", CHANNEL_LIMIT, |_| self.channel.wait_close()).await?;
        let signal = self.channel.exit_signal().ok().and_then(|s| s.exit_signal);
        let end = match signal {
            Some(signal) => End::Signal(signal),
            None => End::Code(self.channel.exit_status().map_err(lost)?),
        };
        Ok(Heard::End(end))
    }

    /// One round over everything that could move. `None`: the other side has said all.
    ///
    /// Both outputs are read in turn and input is written in between, so that neither side can wait
    /// for the other with full buffers.
    fn step(&mut self) -> Result<Option<Heard>, ssh2::Error> {
        let mut wrote = false;
        while self.sent < self.queue.len() {
            let end = self.queue.len().min(self.sent + CHUNK);
            match self.channel.write(&self.queue[self.sent..end]) {
                Ok(0) => break,
                Ok(n) => {
                    self.sent += n;
                    wrote = true;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // It does not read any more. Whether it ended or the connection did, reading tells.
                Err(_) => {
                    self.sent = self.queue.len();
                    self.closed = true;
                }
            }
        }
        if self.sent == self.queue.len() {
            self.queue.clear();
            self.sent = 0;
            if self.close && !self.closed {
                match self.channel.send_eof() {
                    Ok(()) => self.closed = true,
                    Err(error) if is_again(&error) => {}
                    Err(_) => self.closed = true,
                }
            }
        }
        let mut bytes = vec![0; CHUNK];
        for stream in [0, 1] {
            match self.channel.stream(stream).read(&mut bytes) {
                Ok(0) => {}
                Ok(n) => {
                    bytes.truncate(n);
                    return Ok(Some(if stream == 0 { Heard::Out(bytes) } else { Heard::Err(bytes) }));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(ssh_error(&error)),
            }
        }
        if self.channel.eof() {
            return Ok(None);
        }
        // What was written may let the other side go on: look again before waiting.
        if wrote { self.step() } else { Err(again()) }
    }
}

fn ssh_error(error: &io::Error) -> ssh2::Error {
    tracing::debug!(%error, "an SSH channel failed");
    // LIBSSH2_ERROR_SOCKET_DISCONNECT: the reason a channel fails in the middle.
    ssh2::Error::new(ssh2::ErrorCode::Session(-13), "the other side ended the connection")
}
