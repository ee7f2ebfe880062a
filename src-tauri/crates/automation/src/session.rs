//! A way into one machine, whatever the transport.

use crate::error::TransportError;
use crate::local::LocalPipe;
use crate::pipe::Pipe;
use crate::ssh::SshSession;
use secrecy::SecretString;
use std::path::Path;
use std::time::Duration;

/// An open way into one machine.
#[derive(Debug)]
pub(crate) enum Session {
    /// The operator's own machine.
    Local {
        /// What sudo asks for here, when a credential says so.
        sudo_password: Option<SecretString>,
    },
    /// A machine over SSH.
    Ssh {
        /// The authenticated session.
        ssh: Box<SshSession>,
        /// What sudo asks for there.
        sudo_password: Option<SecretString>,
    },
}

impl Session {
    /// Starts a command by the machine's shell.
    pub(crate) async fn start(&self, command: &'static str) -> Result<Pipe, TransportError> {
        match self {
            Self::Local { .. } => LocalPipe::start(command).map(|pipe| Pipe::Local(Box::new(pipe))),
            Self::Ssh { ssh, .. } => ssh.start(command).await.map(Pipe::Ssh),
        }
    }

    /// Puts a file where a script on the machine can read it; the answer is its path there. `limit` is
    /// how long the machine may take over one request.
    pub(crate) async fn upload(
        &self,
        from: &Path,
        sha256: &str,
        directory: &str,
        limit: Duration,
    ) -> Result<String, TransportError> {
        match self {
            // Copied, not read in place: what the script uses is what was hashed.
            Self::Local { .. } => crate::local::stage(from, sha256, Path::new(directory)).await,
            Self::Ssh { ssh, .. } => ssh.upload(from, sha256, directory, limit).await,
        }
    }

    /// Asks a machine that has been silent whether it is still there: it must answer to something.
    ///
    /// The network's own keep-alive sees a machine that is gone, and not one whose server hangs.
    pub(crate) async fn is_alive(&self, limit: Duration) -> bool {
        match self {
            Self::Local { .. } => true,
            Self::Ssh { ssh, .. } => ssh.answers(limit).await,
        }
    }

    /// Whether the account is root already, so that nobody needs to be asked.
    pub(crate) fn is_root(&self) -> bool {
        matches!(self, Self::Ssh { ssh, .. } if ssh.user == "root")
    }

    /// What sudo asks for.
    pub(crate) fn sudo_password(&self) -> Option<&SecretString> {
        match self {
            Self::Local { sudo_password } | Self::Ssh { sudo_password, .. } => sudo_password.as_ref(),
        }
    }
}
