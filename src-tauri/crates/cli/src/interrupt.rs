//! Ctrl-C, as a stream that loses none.

use wheelhouse_protocol::{Problem, ProblemCode};

/// Listens from when it is made on; what is pressed while nobody waits is kept until somebody does.
pub(crate) struct Interrupts {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Interrupts {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub(crate) fn listen() -> Result<Self, Problem> {
        #[cfg(unix)]
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt());
        #[cfg(windows)]
        let signal = tokio::signal::windows::ctrl_c();
        let failed = |error: std::io::Error| {
            Problem::new(ProblemCode::Unavailable, "Ctrl-C cannot be listened to", format!("{error}."))
        };
        Ok(Self { signal: signal.map_err(failed)? })
    }

    /// The next one. Several pressed while nobody waited count as one.
    pub(crate) async fn next(&mut self) {
        if self.signal.recv().await.is_none() {
            // There will be none any more.
            std::future::pending::<()>().await;
        }
    }
}
