//! The program behind the window, from before it is open.

use std::sync::Arc;
use tokio::sync::watch;
use wheelhouse_app::{App, AppOptions};
use wheelhouse_protocol::Problem;

/// How far the start is.
#[derive(Debug, Clone, Default)]
enum State {
    #[default]
    Opening,
    Open(Arc<App>),
    Failed(Problem),
}

/// The program behind the window. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Backend {
    state: Arc<watch::Sender<State>>,
}

impl Default for Backend {
    fn default() -> Self {
        Self { state: Arc::new(watch::Sender::new(State::Opening)) }
    }
}

impl Backend {
    /// Opens the program; whoever waits for it goes on, or learns why not.
    pub(crate) async fn open(&self, options: AppOptions) {
        match App::open(options).await {
            Ok(app) => {
                self.state.send_replace(State::Open(app));
            }
            Err(problem) => self.fail(problem),
        }
    }

    /// The program cannot be opened.
    pub(crate) fn fail(&self, problem: Problem) {
        tracing::error!(%problem, "the program cannot be opened");
        self.state.send_replace(State::Failed(problem));
    }

    /// The program, once it is open.
    pub(crate) async fn app(&self) -> Result<Arc<App>, Problem> {
        let mut state = self.state.subscribe();
        loop {
            match &*state.borrow_and_update() {
                State::Open(app) => return Ok(Arc::clone(app)),
                State::Failed(problem) => return Err(problem.clone()),
                State::Opening => {}
            }
            if state.changed().await.is_err() {
                // The sender is `self`.
                return Err(Problem::new(wheelhouse_protocol::ProblemCode::Internal, "The program has ended", ""));
            }
        }
    }

    /// The program, if it is open now.
    pub(crate) fn now(&self) -> Option<Arc<App>> {
        match &*self.state.borrow() {
            State::Open(app) => Some(Arc::clone(app)),
            _ => None,
        }
    }
}
