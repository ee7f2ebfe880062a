//! A command that runs somewhere: bytes in, bytes out, an end.

use crate::error::TransportError;
use crate::local::LocalPipe;
use crate::ssh::SshPipe;

/// What a running command tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Bytes of its standard output.
    Out(Vec<u8>),
    /// Bytes of its standard error.
    Err(Vec<u8>),
    /// It ended, and everything it wrote has been told.
    End(End),
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with this exit code.
    Code(i32),
    /// By a signal.
    Signal(String),
}

/// A running command, wherever it runs.
#[derive(Debug)]
pub(crate) enum Pipe {
    /// On the operator's own machine.
    Local(Box<LocalPipe>),
    /// Over SSH.
    Ssh(SshPipe),
}

impl Pipe {
    /// Queues bytes for its standard input. They are sent while [`Self::heard`] is awaited.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        match self {
            Self::Local(pipe) => pipe.write(bytes),
            Self::Ssh(pipe) => pipe.write(bytes),
        }
    }

    /// Ends its standard input, after what is queued.
    pub(crate) fn close_input(&mut self) {
        match self {
            Self::Local(pipe) => pipe.close_input(),
            Self::Ssh(pipe) => pipe.close_input(),
        }
    }

    /// Waits for what it tells next. May be dropped and called again without losing anything.
    pub(crate) async fn heard(&mut self) -> Result<Heard, TransportError> {
        match self {
            Self::Local(pipe) => pipe.heard().await,
            Self::Ssh(pipe) => pipe.heard().await,
        }
    }
}
