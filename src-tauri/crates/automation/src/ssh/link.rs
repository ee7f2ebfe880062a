//! libssh2 without waiting threads.
//!
//! libssh2 in non-blocking mode says `EAGAIN` and in which direction it is stuck; tokio says when the
//! socket can go on. One session is one mutex inside `ssh2`, so only one task uses a [`Link`] at a time.

use crate::error::TransportError;
use ssh2::{BlockDirections, ErrorCode, Session};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// libssh2's `LIBSSH2_ERROR_EAGAIN`.
const EAGAIN: ErrorCode = ErrorCode::Session(-37);

/// How long the `ssh2` crate may block a thread, in milliseconds: a file or an SFTP channel that is
/// dropped says goodbye by blocking calls, and a machine that hangs would be waited for without end.
const GOODBYE_MS: u32 = 1000;

/// A session with the socket it runs on.
#[derive(Clone)]
pub(crate) struct Link {
    session: Session,
    socket: Arc<TcpStream>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("socket", &self.socket).finish_non_exhaustive()
    }
}

/// The socket as libssh2 wants it: something with a descriptor that stays open.
struct Shared(Arc<TcpStream>);

#[cfg(unix)]
impl std::os::fd::AsRawFd for Shared {
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.0.as_raw_fd()
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsRawSocket for Shared {
    fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
        self.0.as_raw_socket()
    }
}

impl Link {
    /// A session on a connected socket, before the handshake.
    pub(crate) fn new(socket: TcpStream) -> Result<Self, TransportError> {
        let refused = |e: ssh2::Error| TransportError::Protocol { reason: e.message().to_owned() };
        let socket = Arc::new(socket);
        let mut session = Session::new().map_err(refused)?;
        session.set_compress(false);
        session.set_blocking(false);
        session.set_timeout(GOODBYE_MS);
        session.set_tcp_stream(Shared(Arc::clone(&socket)));
        Ok(Self { session, socket })
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Repeats `step` until libssh2 is not stuck in it any more.
    pub(crate) async fn drive<T>(
        &self,
        mut step: impl FnMut(&Session) -> Result<T, ssh2::Error>,
    ) -> Result<T, ssh2::Error> {
        loop {
            match step(&self.session) {
                Err(error) if is_again(&error) => {
                    if let Some(done) = self.once_ready(&mut step).await {
                        return done;
                    }
                }
                done => return done,
            }
        }
    }

    /// As [`Self::drive`], for at most `limit`; a failure is that the connection was lost.
    pub(crate) async fn drive_within<T>(
        &self,
        doing: &'static str,
        limit: Duration,
        step: impl FnMut(&Session) -> Result<T, ssh2::Error>,
    ) -> Result<T, TransportError> {
        match timeout(limit, self.drive(step)).await {
            Err(_) => Err(TransportError::TimedOut { doing, after: limit }),
            Ok(result) => result.map_err(|e| TransportError::Lost { doing, reason: e.message().to_owned() }),
        }
    }

    /// Waits until the socket can go on in the direction libssh2 is stuck in, and tries `step` there.
    ///
    /// The try happens inside tokio's `try_io`, so that a readiness that turns out stale is cleared,
    /// and one that comes in between is kept. A readiness is cleared for the direction that is stuck
    /// only: clearing "writable" when nothing tried to write would wait for an edge that never comes.
    async fn once_ready<T>(
        &self,
        step: &mut impl FnMut(&Session) -> Result<T, ssh2::Error>,
    ) -> Option<Result<T, ssh2::Error>> {
        let interest = interest(self.session.block_directions());
        if let Err(error) = self.socket.ready(interest).await {
            return Some(Err(io_error(&error)));
        }
        let mut done = None;
        let tried = self.socket.try_io(interest, || match step(&self.session) {
            Err(error) if is_again(&error) => {
                if self::interest(self.session.block_directions()) == interest {
                    Err(io::ErrorKind::WouldBlock.into())
                } else {
                    Ok(())
                }
            }
            result => {
                done = Some(result);
                Ok(())
            }
        });
        match tried {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Some(Err(io_error(&error))),
            _ => done,
        }
    }
}

/// Whether libssh2 only wants to be called again.
pub(crate) fn is_again(error: &ssh2::Error) -> bool {
    error.code() == EAGAIN
}

/// The error by which a step of several operations says that all of them are stuck.
pub(crate) fn again() -> ssh2::Error {
    ssh2::Error::new(EAGAIN, "would block")
}

fn interest(stuck: BlockDirections) -> Interest {
    match stuck {
        BlockDirections::Outbound => Interest::WRITABLE,
        BlockDirections::Both => Interest::READABLE.add(Interest::WRITABLE),
        // Stuck in no direction is waiting for the other side: something to read.
        BlockDirections::Inbound | BlockDirections::None => Interest::READABLE,
    }
}

fn io_error(error: &io::Error) -> ssh2::Error {
    // LIBSSH2_ERROR_SOCKET_RECV; the text is what is shown.
    let text: &'static str = if error.kind() == io::ErrorKind::ConnectionReset {
        "connection reset by the other side"
    } else {
        "the socket failed"
    };
    ssh2::Error::new(ErrorCode::Session(-43), text)
}
