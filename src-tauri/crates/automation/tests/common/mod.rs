//! An engine on a fresh data directory, and plans made by hand.
#![allow(dead_code, reason = "each test file uses its own part")]

use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;
use wheelhouse_automation::{ApprovedPlan, Engine, EngineOptions};
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::credential::{CredentialKind, FieldInput, SaveCredential, field};
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, HostKey, Os, Target, TargetSpec, TestResult};
use wheelhouse_protocol::job::{CellState, GetJobLog, JobDetail, JobSummary};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::{Plan, PlanHash, PlanStep, PlanTarget, Script, Shell, Strategy};
use wheelhouse_protocol::reading::{Intent, Risk};
use wheelhouse_protocol::{ApprovalId, CredentialId, Event, JobId, PlanId, Problem, SecretInput, TargetId, Timestamp};
use wheelhouse_store::Store;
use wheelhouse_store::audit::Entry;
use wheelhouse_store::inventory::InventoryWrite;
use wheelhouse_store::jobs::NewApproval;
use wheelhouse_testbed::Account;
use wheelhouse_vault::{KdfCost, Vault, VaultOptions};

pub(crate) const PASSPHRASE: &str = "a long walk along the harbour wall";

/// An engine with its store and vault.
pub(crate) struct Bench {
    pub(crate) home: tempfile::TempDir,
    pub(crate) store: Arc<Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with_limit(Duration::from_secs(10)).await
    }

    pub(crate) async fn with_limit(connect_limit: Duration) -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(home.path(), "test").await.unwrap());
        let cost = KdfCost::FLOOR;
        let options = VaultOptions { cost, keyring: None, ..VaultOptions::default() };
        let vault = Arc::new(Vault::open(Arc::clone(&store), options).await.unwrap());
        vault.create(&SecretInput::new(PASSPHRASE), false, "ada").await.unwrap();
        let events: Arc<Mutex<Vec<Event>>> = Arc::default();
        let heard = Arc::clone(&events);
        let publisher = Publisher::new(move |event| heard.lock().unwrap().push(event));
        // Keys accepted on this machine by somebody else must not decide a test.
        let options = EngineOptions { connect_limit, read_known_hosts: false };
        let engine = Arc::new(Engine::new(Arc::clone(&store), Arc::clone(&vault), publisher, options));
        Self { home, store, vault, engine, events }
    }

    /// The engine of another program on the same data directory.
    pub(crate) async fn beside(&self) -> Engine {
        let store = Arc::new(Store::open(self.home.path(), "test").await.unwrap());
        let options = VaultOptions { cost: KdfCost::FLOOR, keyring: None, ..VaultOptions::default() };
        let vault = Arc::new(Vault::open(Arc::clone(&store), options).await.unwrap());
        vault.unlock(&SecretInput::new(PASSPHRASE)).await.unwrap();
        let options = EngineOptions { connect_limit: Duration::from_secs(10), read_known_hosts: false };
        Engine::new(store, vault, Publisher::new(|_| ()), options)
    }

    /// Stores a credential.
    pub(crate) async fn credential(&self, name: &str, fields: &[(&str, &str)]) -> CredentialId {
        self.save_credential(None, name, fields).await
    }

    /// Stores a credential, in the place of another where that is given.
    pub(crate) async fn save_credential(
        &self,
        id: Option<CredentialId>,
        name: &str,
        fields: &[(&str, &str)],
    ) -> CredentialId {
        let is_key = fields.iter().any(|(name, _)| *name == field::PRIVATE_KEY);
        let fields = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| FieldInput {
                name: (*name).to_owned(),
                secret: *name != field::USERNAME,
                value: Some(SecretInput::new(*value)),
            })
            .collect();
        let save = SaveCredential {
            id,
            name: name.to_owned(),
            service: "ssh".to_owned(),
            kind: if is_key { CredentialKind::SshKey } else { CredentialKind::Password },
            fields,
            tags: Vec::new(),
            notes: String::new(),
            rotate_after_days: 0,
        };
        self.vault.save(save, "ada").await.unwrap().id
    }

    /// Adds a target that is reached by SSH on loopback.
    pub(crate) async fn target(
        &self,
        name: &str,
        port: u16,
        user: Option<&str>,
        credential: Option<CredentialId>,
    ) -> Target {
        let way = Connection { kind: ConnectionKind::Ssh, port: Some(port), user: user.map(str::to_owned), credential };
        let spec = TargetSpec {
            name: name.to_owned(),
            addresses: vec!["127.0.0.1".to_owned()],
            os: Os::Linux,
            connections: vec![way],
            ..TargetSpec::default()
        };
        let id = TargetId(Uuid::now_v7());
        self.store.write_inventory(&InventoryWrite { groups: Vec::new(), targets: vec![(id, spec)] }).await.unwrap();
        self.store.target(id).await.unwrap()
    }

    /// Accepts whatever key the target presents.
    pub(crate) async fn trust(&self, target: &Target) {
        match self.engine.test(target, "ada").await.unwrap() {
            TestResult::HostKeyUnknown { presented } => self.accept(&presented, false).await,
            TestResult::Ok { .. } => {}
            other => panic!("no key to accept: {other:?}"),
        }
    }

    pub(crate) async fn accept(&self, key: &HostKey, replace: bool) {
        let record = Entry {
            at: Timestamp::now(),
            who: "ada".to_owned(),
            what: "host_key.accepted",
            detail: serde_json::Value::Null,
        };
        self.store.trust_host_key(key, replace, &record).await.unwrap();
    }

    /// Runs a plan to its end.
    pub(crate) async fn run(&self, plan: Plan) -> JobDetail {
        let job = self.start(plan).await.unwrap();
        self.end_of(job.id).await
    }

    /// Starts a plan with an approval of exactly it, where it needs one.
    pub(crate) async fn start(&self, plan: Plan) -> Result<JobSummary, Problem> {
        let hash = plan.hash.clone();
        let approved = if plan.mutates() {
            let now = Timestamp::now();
            let approval = NewApproval {
                id: ApprovalId(Uuid::now_v7()),
                hash,
                who: "grace".to_owned(),
                at: now,
                expires_at: now + Duration::from_secs(900),
            };
            ApprovedPlan::approved(plan, approval, now)?
        } else {
            ApprovedPlan::read_only(plan, &hash)?
        };
        self.put_proposal(approved.plan()).await;
        self.engine.start(approved, "ada", false).await
    }

    /// Approvals refer to proposals, so there must be one.
    pub(crate) async fn put_proposal(&self, plan: &Plan) {
        let reading = serde_json::from_value(serde_json::json!({
            "intent": "run_command", "disposition": "confirm", "risk": "low",
            "targets": { "groups": [], "hosts": [], "exclude": [], "tags": [], "resolved": [] },
            "os": null, "slots": {}, "steps": [], "questions": [], "reasons": [], "sentence": plan.sentence,
        }))
        .unwrap();
        let proposal = wheelhouse_protocol::plan::Proposal {
            id: plan.id,
            reading,
            plan: Some(plan.clone()),
            suggested_by_model: false,
            state: wheelhouse_protocol::plan::ProposalState::Open,
            job: None,
            schedule: None,
            made_at: Timestamp::now(),
        };
        self.store.put_proposal(&proposal).await.unwrap();
    }

    /// Waits until a job has ended and everything about it is stored.
    pub(crate) async fn end_of(&self, job: JobId) -> JobDetail {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(120);
        while !self.store.job(job).await.unwrap().state.is_final() {
            assert!(tokio::time::Instant::now() < deadline, "the job does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The engine lets go of it a moment later.
        while self.engine.running() > 0 {
            assert!(tokio::time::Instant::now() < deadline, "the engine does not let go of the job");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.store.job_detail(job).await.unwrap()
    }

    /// Waits until a cell of a running job is in this state.
    pub(crate) async fn until(&self, job: JobId, step: usize, target: usize, state: CellState) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            let detail = self.store.job_detail(job).await.unwrap();
            if paint(&detail).cells[step][target].state == state {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "the cell never is {state}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All lines of a job's log.
    pub(crate) async fn log(&self, job: JobId) -> Vec<String> {
        let filter = GetJobLog { limit: 100_000, ..GetJobLog::default() };
        self.store.job_log(job, &filter).await.unwrap().into_iter().map(|line| line.text).collect()
    }
}

/// The picture of a job.
pub(crate) fn paint(detail: &JobDetail) -> JobPicture {
    let mut picture = JobPicture::new(detail.plan.steps.len(), detail.plan.targets.len());
    detail.events.iter().for_each(|event| picture.apply(event));
    picture
}

/// The state and detail of a job's first step on a target.
pub(crate) fn cell(detail: &JobDetail, target: usize) -> (CellState, String) {
    let picture = paint(detail);
    let cell = &picture.cells[0][target];
    (cell.state, cell.detail.clone())
}

/// A plan of one typed command.
pub(crate) fn command(targets: &[Target], text: &str) -> Plan {
    let action = Action::RunCommand { command: text.to_owned() };
    let script = wheelhouse_scripts::render(&action, Shell::Bash).unwrap();
    plan(targets, vec![step(action, script)])
}

/// A plan of an action from the library.
pub(crate) fn action(targets: &[Target], action: Action) -> Plan {
    let script = wheelhouse_scripts::render(&action, Shell::Bash).unwrap();
    plan(targets, vec![step(action, script)])
}

/// A step with scripts written by hand.
pub(crate) fn scripted(run: &str, verify: Option<&str>, rollback: Option<&str>) -> PlanStep {
    let wrap = |body: &str| format!("{{\n{body}\n}} </dev/null\n");
    let script = Script {
        shell: Shell::Bash,
        run: wrap(run),
        verify: verify.map(wrap),
        rollback: rollback.map(wrap),
        timeout_seconds: 60,
        requires_admin: false,
        file: None,
    };
    step(Action::ServiceRestart { service: Name::plain("by-hand") }, script)
}

pub(crate) fn step(action: Action, script: Script) -> PlanStep {
    let mutates = action.mutates();
    PlanStep { title: action.title(), mutates, action, scripts: BTreeMap::from([(Shell::Bash, script)]) }
}

pub(crate) fn plan(targets: &[Target], steps: Vec<PlanStep>) -> Plan {
    let mut plan = Plan {
        id: PlanId(Uuid::now_v7()),
        request: "by hand".to_owned(),
        sentence: format!("{} on {} hosts", steps[0].title, targets.len()),
        intent: Intent::RunCommand,
        risk: Risk::Low,
        targets: targets.iter().map(planned).collect(),
        left_out: Vec::new(),
        steps,
        strategy: Strategy::default(),
        confirm_by_typing: None,
        when: None,
        hash: PlanHash(String::new()),
    };
    plan.hash = plan.compute_hash();
    plan
}

/// The plan with another strategy.
pub(crate) fn with_strategy(mut plan: Plan, change: impl FnOnce(&mut Strategy)) -> Plan {
    change(&mut plan.strategy);
    plan.hash = plan.compute_hash();
    plan
}

fn planned(target: &Target) -> PlanTarget {
    let way = &target.spec.connections[0];
    PlanTarget {
        id: target.id,
        name: target.spec.name.clone(),
        os: target.spec.os,
        shell: Shell::Bash,
        connection: way.kind,
        address: target.spec.address().to_owned(),
        port: way.effective_port(),
        user: way.user.clone(),
        credential: way.credential,
        why: "named".to_owned(),
    }
}

/// What a file holds; nothing when it is not there.
pub(crate) fn content(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// SHA-256 in lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Our folders on the machine that belong to this account. User ids are used again, so there may be some
/// of an account that is gone: count from what is there before.
pub(crate) fn owned_folders(account: &Account) -> BTreeSet<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(account.home()).unwrap().uid();
    let is_ours = |e: &std::fs::DirEntry| {
        e.file_name().to_string_lossy().starts_with(".wheelhouse-") && e.metadata().is_ok_and(|m| m.uid() == owner)
    };
    std::fs::read_dir("/var/tmp").unwrap().flatten().filter(is_ours).map(|e| e.path()).collect()
}

/// Waits until it is so, for ten seconds.
pub(crate) async fn wait(mut so: impl FnMut() -> bool, otherwise: &str) {
    for _ in 0..400 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{otherwise}");
}

pub(crate) fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

impl Bench {
    /// Accepts the key of a target that will not let the account in.
    pub(crate) async fn trust_unauthenticated(&self, target: &Target) {
        if let TestResult::HostKeyUnknown { presented } = self.engine.test(target, "ada").await.unwrap() {
            self.accept(&presented, false).await;
        }
    }
}
