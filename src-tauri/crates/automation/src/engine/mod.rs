//! The job engine.

mod cell;
mod journal;
mod order;
mod recover;
mod run;
mod verify;

use crate::approved::ApprovedPlan;
use crate::connect::{Connector, Pool, Route};
use crate::error::TransportError;
use crate::host_keys::Trust;
use crate::login::Login;
use crate::{facts, local};
use cell::Stop;
use journal::Journal;
use run::Run;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Target, TestResult};
use wheelhouse_protocol::job::{CellState, JobState, JobSummary};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::{Plan, PlanTarget};
use wheelhouse_protocol::{CredentialId, Event, JobId, Problem, ProblemCode, Timestamp};
use wheelhouse_store::Store;
use wheelhouse_store::audit::Entry;
use wheelhouse_store::jobs::NewJob;
use wheelhouse_vault::Vault;

/// What a person can set.
#[derive(Debug, Clone, Copy)]
pub struct EngineOptions {
    /// How long dialling, agreeing on encryption and logging in may take, each.
    pub connect_limit: Duration,
    /// Whether host keys accepted by OpenSSH count.
    pub read_known_hosts: bool,
}

/// Runs jobs and tests connections.
#[derive(Debug)]
pub struct Engine {
    store: Arc<Store>,
    vault: Arc<Vault>,
    publisher: Publisher,
    pool: Arc<Pool>,
    options: Mutex<EngineOptions>,
    running: Arc<Mutex<HashMap<JobId, Stop>>>,
    tasks: TaskTracker,
    tidy: JoinHandle<()>,
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.tidy.abort();
    }
}

/// Logins of one job: each credential is opened once, however many targets use it.
type Logins = HashMap<(Option<CredentialId>, Option<String>), Result<Arc<Login>, TransportError>>;

impl Engine {
    /// An engine on a store and a vault, telling its events to `publisher`. Needs a tokio runtime.
    pub fn new(store: Arc<Store>, vault: Arc<Vault>, publisher: Publisher, options: EngineOptions) -> Self {
        let pool = Arc::new(Pool::default());
        let kept = Arc::clone(&pool);
        let tidy = tokio::spawn(async move {
            let mut often = tokio::time::interval(Duration::from_secs(30));
            loop {
                often.tick().await;
                kept.tidy();
            }
        });
        Self {
            store,
            vault,
            publisher,
            pool,
            options: Mutex::new(options),
            running: Arc::default(),
            tasks: TaskTracker::new(),
            tidy,
        }
    }

    /// Changes the options for jobs that start from now on.
    pub fn set_options(&self, options: EngineOptions) {
        *self.options.lock().unwrap_or_else(PoisonError::into_inner) = options;
    }

    /// Closes kept sessions: a host key or a credential has changed.
    pub fn forget_sessions(&self) {
        self.pool.clear();
    }

    /// How many sessions are kept for the next job.
    pub fn kept_sessions(&self) -> usize {
        self.pool.len()
    }

    /// Accepts a plan as a job and starts it.
    ///
    /// # Errors
    /// When the vault is locked and a target needs it, when another job works on a target, when the
    /// plan was started or decided on already, or when the disk refuses. Nothing has run then.
    pub async fn start(&self, plan: ApprovedPlan, who: &str, from_proposal: bool) -> Result<JobSummary, Problem> {
        let (routes, connector) = tokio::try_join!(self.routes(plan.plan()), self.connector())?;
        let now = Timestamp::now();
        let body = plan.plan();
        let mut counts = wheelhouse_protocol::job::Counts::default();
        body.targets.iter().for_each(|_| counts.add(CellState::Pending));
        let summary = JobSummary {
            id: JobId(uuid::Uuid::now_v7()),
            plan: body.id,
            hash: body.hash.clone(),
            request: body.request.clone(),
            sentence: body.sentence.clone(),
            state: JobState::Queued,
            risk: body.risk,
            who: who.to_owned(),
            instance: self.store.instance().id(),
            created_at: now,
            started_at: None,
            finished_at: None,
            counts,
            steps: u32::try_from(body.steps.len()).unwrap_or(u32::MAX),
        };
        let new = NewJob {
            summary: summary.clone(),
            plan: body.clone(),
            approval: plan.approval().cloned(),
            closes_proposal: from_proposal,
        };
        self.store.accept_job(&new, &records(&new, who, now)).await?;
        self.publisher.tell(Event::JobChanged(summary.clone()));

        let picture = JobPicture::new(body.steps.len(), body.targets.len());
        let stop = Stop::default();
        let (store, publisher) = (Arc::clone(&self.store), self.publisher.clone());
        let (journal, written) = Journal::start(store, publisher, summary.clone(), picture, stop.finish.clone());
        let job = summary.id;
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(job, stop.clone());
        let run = Run { job, who: who.to_owned(), plan, routes, journal, connector, stop };
        let (running, store, publisher) = (Arc::clone(&self.running), Arc::clone(&self.store), self.publisher.clone());
        self.tasks.spawn(async move {
            let targets = run.plan.plan().targets.clone();
            run.work().await;
            // The journal ends when its last sender has gone with the run.
            let broken = match written.await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(error) => Some(error.to_string()),
            };
            if let Some(error) = broken {
                tracing::error!(%job, error, "a job's journal ended before the job");
                let what = "the job's story could not be written any more";
                if let Err(problem) = recover::close_interrupted(&store, &publisher, job, what).await {
                    tracing::error!(%job, %problem, "and the job could not be closed");
                }
            }
            running.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
            note_contacts(&store, job, &targets).await;
        });
        Ok(summary)
    }

    /// Stops a job: nothing new starts, and with `interrupt` what runs is ended.
    ///
    /// A job of another program is asked to stop there; a job whose program has ended is not running.
    pub async fn cancel(&self, job: JobId, interrupt: bool, who: &str) -> Result<JobSummary, Problem> {
        let summary = self.store.job(job).await?;
        if summary.state.is_final() {
            return Err(Problem::new(
                ProblemCode::Conflict,
                "The job has ended",
                format!("“{}” is {} already.", summary.sentence, summary.state),
            ));
        }
        let record = Entry {
            at: Timestamp::now(),
            who: who.to_owned(),
            what: "job.cancel",
            detail: json!({ "job": job, "interrupt": interrupt }),
        };
        self.store.append_audit(&record).await?;
        if self.stop(job, interrupt) {
            return Ok(JobSummary { state: JobState::Cancelling, ..summary });
        }
        self.store.request_cancel(job, interrupt).await?;
        Ok(JobSummary { state: JobState::Cancelling, ..summary })
    }

    /// Stops jobs of ours that another program asked to stop.
    pub async fn obey_cancel_requests(&self) -> Result<(), Problem> {
        for (job, interrupt) in self.store.requested_cancels(self.store.instance().id()).await? {
            self.stop(job, interrupt);
        }
        Ok(())
    }

    fn stop(&self, job: JobId, interrupt: bool) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stop) = running.get(&job) else { return false };
        stop.finish.cancel();
        if interrupt {
            stop.interrupt.cancel();
        }
        true
    }

    /// Connects to a target, logs in, looks what it is, and notes it.
    pub async fn test(&self, target: &Target, who: &str) -> Result<TestResult, Problem> {
        let began = Instant::now();
        let tested = self.try_test(target, who).await;
        match tested {
            Ok((connect, authentication, facts)) => {
                self.store.note_contact(target.id, facts.seen_at, Some(&facts)).await?;
                Ok(TestResult::Ok {
                    latency_ms: millis(began.elapsed()),
                    connect_ms: millis(connect),
                    authentication,
                    facts: Box::new(facts),
                })
            }
            Err(TestFailure::Transport(TransportError::HostKeyUnknown(presented))) => {
                Ok(TestResult::HostKeyUnknown { presented: *presented })
            }
            Err(TestFailure::Transport(TransportError::HostKeyChanged { presented, accepted })) => {
                self.store.note_failure(target.id, Timestamp::now(), "its host key has changed").await?;
                Ok(TestResult::HostKeyChanged { presented: *presented, accepted })
            }
            Err(TestFailure::Transport(error)) => {
                self.store.note_failure(target.id, Timestamp::now(), &error.to_string()).await?;
                Ok(TestResult::Failed { problem: Problem::from(error).source(target.spec.name.clone()) })
            }
            Err(TestFailure::Problem(problem)) => Err(problem),
        }
    }

    async fn try_test(
        &self,
        target: &Target,
        who: &str,
    ) -> Result<(Duration, String, wheelhouse_protocol::inventory::Facts), TestFailure> {
        let connection = target.spec.usable_connection().cloned().ok_or_else(|| {
            TransportError::Missing("the target has no connection that Wheelhouse can use (SSH or local)".to_owned())
        })?;
        let connector = self.connector().await.map_err(TestFailure::Problem)?;
        let login = self.login(&connection, &format!("testing {}", target.spec.name)).await?;
        let route = Route {
            kind: connection.kind,
            host: target.spec.address().to_owned(),
            port: connection.effective_port(),
            login: Arc::new(login),
        };
        tracing::debug!(target = target.spec.name, who, "testing a connection");
        let session = connector.open_new(&route).await?;
        let (connect, authentication) = match &session {
            crate::session::Session::Ssh { ssh, .. } => (ssh.connect_time, ssh.authentication.clone()),
            crate::session::Session::Local { .. } => (Duration::ZERO, "none needed".to_owned()),
        };
        let facts = facts::look(&session).await?;
        connector.give_back(&route, session);
        Ok((connect, authentication, facts))
    }

    /// Waits until every job has ended, for at most `limit`; says whether they have.
    pub async fn drain(&self, limit: Duration) -> bool {
        self.tasks.close();
        tokio::time::timeout(limit, self.tasks.wait()).await.is_ok()
    }

    /// How many jobs run in this program.
    pub fn running(&self) -> usize {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    async fn connector(&self) -> Result<Connector, Problem> {
        let options = *self.options.lock().unwrap_or_else(PoisonError::into_inner);
        let trust = Trust::new(self.store.host_keys().await?);
        let trust = if options.read_known_hosts {
            // Files of any size on any disk: not on a thread that others wait for.
            tokio::task::spawn_blocking(|| trust.with_openssh_files())
                .await
                .map_err(|e| Problem::new(ProblemCode::Internal, "known_hosts cannot be read", e.to_string()))?
        } else {
            trust
        };
        Ok(Connector { pool: Arc::clone(&self.pool), trust: Arc::new(trust), limit: options.connect_limit })
    }

    /// How each of a plan's targets is reached. A credential that cannot be used fails its targets; a
    /// vault that is locked fails the whole.
    async fn routes(&self, plan: &Plan) -> Result<Vec<Result<Route, TransportError>>, Problem> {
        let mut logins = Logins::new();
        let mut routes = Vec::with_capacity(plan.targets.len());
        for target in &plan.targets {
            let connection = connection_of(target);
            let key = (connection.credential, connection.user.clone());
            let login = match logins.get(&key) {
                Some(login) => login.clone(),
                None => {
                    let login = match self.login(&connection, &plan.sentence).await {
                        Ok(login) => Ok(Arc::new(login)),
                        Err(TestFailure::Transport(error)) => Err(error),
                        Err(TestFailure::Problem(problem)) => return Err(problem),
                    };
                    logins.insert(key, login.clone());
                    login
                }
            };
            let (kind, host, port) = (target.connection, target.address.clone(), target.port);
            routes.push(login.map(|login| Route { kind, host, port, login }));
        }
        Ok(routes)
    }

    async fn login(&self, connection: &Connection, used_by: &str) -> Result<Login, TestFailure> {
        let Some(id) = connection.credential else {
            let user = connection.user.clone().unwrap_or_else(local::user_name);
            return Ok(Login::with_agent(user));
        };
        let credential = self.vault.open_credential(id, used_by).await.map_err(|e| TestFailure::Problem(e.into()))?;
        if connection.kind == ConnectionKind::Local {
            return Ok(Login::for_sudo(&credential));
        }
        let user = connection.user.clone();
        // Opening an encrypted key is meant to be slow.
        tokio::task::spawn_blocking(move || Login::with_credential(user.as_deref(), &credential))
            .await
            .map_err(|e| TransportError::Credential(e.to_string()))?
            .map_err(TestFailure::Transport)
    }
}

/// Why something could not be tried: the machine's side, or ours.
enum TestFailure {
    Transport(TransportError),
    Problem(Problem),
}

impl From<TransportError> for TestFailure {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

fn connection_of(target: &PlanTarget) -> Connection {
    Connection {
        kind: target.connection,
        port: Some(target.port),
        user: target.user.clone(),
        credential: target.credential,
    }
}

/// What the audit chain keeps of a job's beginning.
fn records(new: &NewJob, who: &str, at: Timestamp) -> Vec<Entry> {
    let plan = &new.plan;
    let mut records = Vec::new();
    if let Some(approval) = &new.approval {
        records.push(Entry {
            at: approval.at,
            who: approval.who.clone(),
            what: "plan.approved",
            detail: json!({ "approval": approval.id, "plan": plan.id, "hash": approval.hash, "request": plan.request }),
        });
    }
    let targets: Vec<&str> = plan.targets.iter().map(|t| t.name.as_str()).collect();
    records.push(Entry {
        at,
        who: who.to_owned(),
        what: "job.started",
        detail: json!({
            "job": new.summary.id,
            "plan": plan.id,
            "hash": plan.hash,
            "request": plan.request,
            "risk": plan.risk,
            "targets": targets,
            "steps": plan.steps.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(),
            "approval": new.approval.as_ref().map(|a| a.id),
        }),
    });
    records
}

/// Notes on each target whether it answered.
async fn note_contacts(store: &Store, job: JobId, targets: &[PlanTarget]) {
    let noted = async {
        let detail = store.job_detail(job).await?;
        let mut picture = JobPicture::new(detail.plan.steps.len(), targets.len());
        detail.events.iter().for_each(|event| picture.apply(event));
        for (i, target) in targets.iter().enumerate() {
            let Some(first) = picture.cells.first().and_then(|row| row.get(i)) else { continue };
            match first.state {
                CellState::Unreachable => {
                    store
                        .note_failure(target.id, first.finished_at.unwrap_or_else(Timestamp::now), &first.detail)
                        .await?;
                }
                CellState::Changed | CellState::Unchanged => {
                    store.note_contact(target.id, first.finished_at.unwrap_or_default(), None).await?;
                }
                _ => {}
            }
        }
        Ok::<(), wheelhouse_store::StoreError>(())
    };
    if let Err(error) = noted.await {
        tracing::warn!(%job, %error, "the contact with a job's targets could not be noted");
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
