//! Plans: exactly what will run on which machines, and the hash an approval is bound to.

use crate::action::{Action, LocalFile};
use crate::inventory::{ConnectionKind, Os};
use crate::job::JobSummary;
use crate::reading::{Disposition, Intent, Reading, Risk};
use crate::schedule::{Schedule, When};
use crate::{CredentialId, PlanId, ScheduleId, TargetId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// The language of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shell {
    /// GNU bash 3.2 or newer, on anything but Windows.
    Bash,
    /// Windows PowerShell 5.1 or newer.
    Powershell,
}

impl Shell {
    /// The shell scripts use on this system; `None` where there is none of ours.
    pub fn for_os(os: Os) -> Option<Self> {
        match os {
            Os::Linux | Os::Macos | Os::Unix | Os::Unknown => Some(Self::Bash),
            Os::Windows => Some(Self::Powershell),
            Os::Network => None,
        }
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bash => "bash",
            Self::Powershell => "PowerShell",
        })
    }
}

/// One step's scripts for one shell, exactly as they will be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The language.
    pub shell: Shell,
    /// What does it.
    pub run: String,
    /// What looks whether it is done; exits 0 when it is. Read-only steps have none.
    pub verify: Option<String>,
    /// What undoes it, where it can be undone.
    pub rollback: Option<String>,
    /// How long `run` may take, in seconds.
    pub timeout_seconds: u32,
    /// Whether it needs root or an administrator.
    pub requires_admin: bool,
    /// A file of the operator's machine that is sent first; the script finds its path in `WH_FILE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<LocalFile>,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// What it does, in words: `restart nginx`.
    pub title: String,
    /// What it does, as data.
    pub action: Action,
    /// Whether it changes the machine.
    pub mutates: bool,
    /// Its scripts, one per shell among the targets.
    pub scripts: BTreeMap<Shell, Script>,
}

impl PlanStep {
    /// Whether every one of its scripts can be undone.
    pub fn reversible(&self) -> bool {
        !self.mutates || self.scripts.values().all(|s| s.rollback.is_some())
    }
}

/// One machine of a plan, with how it will be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTarget {
    /// Which.
    pub id: TargetId,
    /// Its name when the plan was made.
    pub name: String,
    /// Its operating system.
    pub os: Os,
    /// The shell its scripts are written for.
    pub shell: Shell,
    /// The protocol.
    pub connection: ConnectionKind,
    /// The address that will be dialled.
    pub address: String,
    /// The port that will be dialled; 0 for local.
    pub port: u16,
    /// The account, when the inventory names one.
    pub user: Option<String>,
    /// The vault entry.
    pub credential: Option<CredentialId>,
    /// Why it was chosen.
    pub why: String,
}

/// A machine that was asked for and cannot be part of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why, and what to do.
    pub reason: String,
}

/// How many targets go at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Batch {
    /// All at once, up to the limit.
    All,
    /// So many, then the next so many.
    Count(u32),
    /// This share of all, 1–100, then the next; at least one target.
    Percent(u8),
}

/// The order in which targets are worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strategy {
    /// The most targets at work at one moment, 1–1000.
    pub limit: u32,
    /// How many targets go through *all* steps before the next ones start.
    pub batch: Batch,
    /// So many targets go first, alone; the rest follow only if all of them succeeded.
    pub canary: u32,
    /// Start no further target once so many have failed; 0 = never stop.
    pub stop_after: u32,
}

impl Default for Strategy {
    fn default() -> Self {
        Self { limit: 32, batch: Batch::All, canary: 0, stop_after: 0 }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.batch {
            Batch::All => write!(f, "all together, {} at a time", self.limit)?,
            Batch::Count(1) => f.write_str("one after the other")?,
            Batch::Count(n) => write!(f, "rolling, {n} at a time")?,
            Batch::Percent(p) => write!(f, "rolling, {p} % at a time")?,
        }
        if self.canary > 0 {
            write!(f, ", {} first as canary", self.canary)?;
        }
        match self.stop_after {
            0 => Ok(()),
            1 => f.write_str(", stop after 1 failure"),
            n => write!(f, ", stop after {n} failures"),
        }
    }
}

/// SHA-256 of everything an approval is bound to, as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanHash(pub String);

impl PlanHash {
    /// The first eight digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Exactly what will run on which machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// The operator's words.
    pub request: String,
    /// One sentence: `Restart nginx on 4 hosts`.
    pub sentence: String,
    /// What the operator wants.
    pub intent: Intent,
    /// How much harm it could do.
    pub risk: Risk,
    /// The machines.
    pub targets: Vec<PlanTarget>,
    /// Machines that were asked for and are left out.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// What runs, in order.
    pub steps: Vec<PlanStep>,
    /// In which order machines are worked on.
    pub strategy: Strategy,
    /// The words to type before a critical plan can be approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_by_typing: Option<String>,
    /// When it is to run. Such a plan never runs at once: it becomes a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// The hash of all that an approval is bound to.
    pub hash: PlanHash,
}

/// The parts of a plan an approval is bound to. A change in any of them voids it.
#[derive(Serialize)]
struct Bound<'a> {
    id: PlanId,
    targets: &'a [PlanTarget],
    steps: &'a [PlanStep],
    strategy: &'a Strategy,
    risk: Risk,
    confirm_by_typing: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: &'a Option<When>,
}

impl Plan {
    /// The hash of what this plan would send now. The executor compares it with the approved one.
    pub fn compute_hash(&self) -> PlanHash {
        let bound = Bound {
            id: self.id,
            targets: &self.targets,
            steps: &self.steps,
            strategy: &self.strategy,
            risk: self.risk,
            confirm_by_typing: &self.confirm_by_typing,
            when: &self.when,
        };
        // Struct fields in order, vectors, and maps sorted by key: the same plan always gives the
        // same bytes. Plain data with string keys cannot fail to serialize; if it did, the empty
        // text's hash would match no approval.
        let bytes = serde_json::to_vec(&bound).unwrap_or_default();
        PlanHash(hex(&Sha256::digest(&bytes)))
    }

    /// Whether it may run only when somebody has approved it: it changes a machine, or it shows what not everybody may see
    /// (accounts, keys, passwords).
    pub fn needs_approval(&self) -> bool {
        self.mutates() || self.risk > Risk::Low
    }

    /// Whether any step changes a machine.
    pub fn mutates(&self) -> bool {
        self.steps.iter().any(|s| s.mutates)
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalState {
    /// It waits for the operator.
    Open,
    /// It was approved (or, read-only, started) and its job exists; or, for later, its schedule was made.
    Started,
    /// The operator said no.
    Rejected,
    /// A revised plan took its place.
    Superseded,
}

/// The schedule a plan became. It may have been deleted since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Its id.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
}

/// What the planner made of a request, kept until somebody decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The id of the plan, also when there is none to run.
    pub id: PlanId,
    /// What was understood.
    pub reading: Reading,
    /// What would run; only for [`crate::reading::Disposition::Plan`] and `Confirm`.
    pub plan: Option<Plan>,
    /// Whether a language model suggested how to read it. Such a plan always needs an approval, also one that only reads.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suggested_by_model: bool,
    /// Where it stands.
    pub state: ProposalState,
    /// The job that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<crate::JobId>,
    /// The schedule that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Scheduled>,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Proposal {
    /// Whether it runs only after an approval of exactly its plan: because it changes machines, because the
    /// words were such, or because a model suggested how to read them.
    pub fn needs_approval(&self) -> bool {
        self.suggested_by_model
            || self.reading.disposition == Disposition::Confirm
            || self.plan.as_ref().is_some_and(Plan::needs_approval)
    }
}

/// Makes a plan from words, outside any conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakePlan {
    /// The operator's words.
    pub text: String,
}
crate::command!(MakePlan, "plan.make", Operator, true => Proposal);

/// Shows one proposal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetPlan {
    /// Which.
    pub id: PlanId,
}
crate::command!(GetPlan, "plan.get", Viewer, false => Proposal);

/// Changes an open plan: leaves targets out, or changes the strategy. The result is a new plan with a new hash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevisePlan {
    /// Which.
    pub id: PlanId,
    /// Targets to leave out.
    #[serde(default)]
    pub without: Vec<TargetId>,
    /// The strategy to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
}
crate::command!(RevisePlan, "plan.revise", Operator, true => Proposal);

/// Approves exactly the plan with this hash, and starts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApprovePlan {
    /// Which.
    pub id: PlanId,
    /// The hash that was looked at.
    pub hash: PlanHash,
    /// For a critical plan: the words it asks to type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
}
crate::command!(ApprovePlan, "plan.approve", Approver, true => JobSummary);

/// Starts a plan that reads only. Refused for any other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunPlan {
    /// Which.
    pub id: PlanId,
    /// The hash that was looked at.
    pub hash: PlanHash,
}
crate::command!(RunPlan, "plan.run", Operator, true => JobSummary);

/// Makes a schedule of exactly the plan with this hash, which must say when: saves its steps as a recipe, and approves
/// every run that is as it was looked at. Critical risk cannot be approved so. Asked again, it answers the same schedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SchedulePlan {
    /// Which.
    pub id: PlanId,
    /// The hash that was looked at.
    pub hash: PlanHash,
    /// For a plan that asks to type words: these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// The name of the recipe and of the schedule; one from the request when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
crate::command!(SchedulePlan, "plan.schedule", Approver, true => Schedule);

/// Says no to an open plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectPlan {
    /// Which.
    pub id: PlanId,
}
crate::command!(RejectPlan, "plan.reject", Operator, true => ());
