//! Jobs: one run of a plan, and the events that tell its story.

use crate::plan::{Plan, PlanHash};
use crate::reading::Risk;
use crate::{InstanceId, JobId, PlanId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Accepted, not started.
    Queued,
    /// At work.
    Running,
    /// Asked to stop; what has started finishes or is interrupted.
    Cancelling,
    /// Every target did what was asked, and that was verified where it changed something.
    Succeeded,
    /// At least one target did not.
    Failed,
    /// Stopped by a person.
    Cancelled,
    /// The program ended while it ran. What was in flight is unknown.
    Interrupted,
}

impl JobState {
    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::Interrupted)
    }

    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state a stored name means.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Running,
            Self::Cancelling,
            Self::Succeeded,
            Self::Failed,
            Self::Cancelled,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|s| s.as_str() == name)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where one step on one target stands. The last six are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum CellState {
    /// Not started.
    #[default]
    Pending,
    /// Dialling, checking the host key, authenticating, sending the file.
    Connecting,
    /// The script runs (from the moment before its first byte was sent).
    Running,
    /// The script ended; its effect is being looked at.
    Verifying,
    /// The verify step said no; the change is being undone.
    RollingBack,
    /// Done, verified, and something is different now.
    Changed,
    /// Done; it was already so, or the step only reads.
    Unchanged,
    /// It did not work; the detail says what the machine said.
    Failed,
    /// Not attempted, because of what happened before.
    Skipped,
    /// No connection could be made; nothing was sent.
    Unreachable,
    /// It was sent and nobody saw how it ended.
    Unknown,
}

impl CellState {
    /// Whether nothing more will happen to it (but a person's *verify now*).
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Changed | Self::Unchanged | Self::Failed | Self::Skipped | Self::Unreachable | Self::Unknown
        )
    }

    /// Whether it ended as asked.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Changed | Self::Unchanged)
    }

    /// Whether `next` may follow. Final states stay, except that looking again settles an unknown one.
    pub fn may_become(self, next: Self) -> bool {
        use CellState::*;
        match self {
            Pending => next != Pending,
            Connecting => matches!(next, Running | Failed | Skipped | Unreachable),
            Running => matches!(next, Verifying | RollingBack | Changed | Unchanged | Failed | Unknown | Skipped),
            Verifying => matches!(next, RollingBack | Changed | Unchanged | Failed | Unknown),
            RollingBack => matches!(next, Failed | Unknown),
            Unknown => matches!(next, Changed | Failed),
            Changed | Unchanged | Failed | Skipped | Unreachable => false,
        }
    }

    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Connecting => "connecting",
            Self::Running => "running",
            Self::Verifying => "verifying",
            Self::RollingBack => "rolling back",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Unreachable => "unreachable",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for CellState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What undoing a failed step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackOutcome {
    /// The machine is as it was.
    RolledBack,
    /// Undoing failed too: somebody must look.
    Stuck,
}

/// Which of a step's scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Getting there.
    Connect,
    /// The change itself.
    Run,
    /// Looking at the effect.
    Verify,
    /// Undoing it.
    Rollback,
}

impl Phase {
    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Run => "run",
            Self::Verify => "verify",
            Self::Rollback => "rollback",
        }
    }

    /// The phase a stored name means.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Connect, Self::Run, Self::Verify, Self::Rollback].into_iter().find(|p| p.as_str() == name)
    }
}

/// Where a log line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// A structured line of our own scripts.
    Script,
    /// Wheelhouse itself.
    Wheelhouse,
}

impl Stream {
    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Err => "err",
            Self::Script => "script",
            Self::Wheelhouse => "wheelhouse",
        }
    }

    /// The stream a stored name means.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Out, Self::Err, Self::Script, Self::Wheelhouse].into_iter().find(|s| s.as_str() == name)
    }
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For whoever looks closely.
    Debug,
    /// As it should be.
    Info,
    /// Worth a look.
    Warning,
    /// Something failed.
    Error,
    /// Somebody must act now.
    Critical,
}

impl Level {
    /// Every level, least first.
    pub const ALL: [Self; 5] = [Self::Debug, Self::Info, Self::Warning, Self::Error, Self::Critical];

    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }

    /// The level a stored name means.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.as_str() == name)
    }
}

/// One line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Its place in the job's log, from 1, without holes.
    pub n: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// The target's place in the plan.
    pub target: u32,
    /// The step's place in the plan.
    pub step: u32,
    /// Which of the step's scripts.
    pub phase: Phase,
    /// Where it came from.
    pub stream: Stream,
    /// How much it matters.
    pub level: Level,
    /// The text, without terminal escapes.
    pub text: String,
}

/// One thing that happened in a job.
///
/// `seq` counts from 1 without holes. A reader that gets events twice, late or in another order
/// ends with the same [`crate::picture::JobPicture`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobEvent {
    /// The job.
    pub job: JobId,
    /// Its place in the job's story.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: JobEventKind,
}

/// What happened in a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum JobEventKind {
    /// The job's state changed.
    Job {
        /// To this.
        state: JobState,
        /// Why, where it needs saying.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// One step on one target changed.
    Cell {
        /// The step's place in the plan.
        step: u32,
        /// The target's place in the plan.
        target: u32,
        /// To this.
        state: CellState,
        /// One sentence: what the machine said, or why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
        /// The script's exit code, when it ended by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit_code: Option<i32>,
        /// What undoing came to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rollback: Option<RollbackOutcome>,
    },
    /// The script said how far it is.
    Percent {
        /// The step's place in the plan.
        step: u32,
        /// The target's place in the plan.
        target: u32,
        /// 0–100.
        percent: u8,
    },
}

/// How many targets ended (or stand) in which way. A target counts by its worst step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[allow(missing_docs, reason = "each field is the count of the state it is named after")]
pub struct Counts {
    pub changed: u32,
    pub unchanged: u32,
    pub failed: u32,
    pub skipped: u32,
    pub unreachable: u32,
    pub unknown: u32,
    /// Not finished yet.
    pub open: u32,
}

impl Counts {
    /// Counts one more target.
    pub fn add(&mut self, state: CellState) {
        *match state {
            CellState::Changed => &mut self.changed,
            CellState::Unchanged => &mut self.unchanged,
            CellState::Failed => &mut self.failed,
            CellState::Skipped => &mut self.skipped,
            CellState::Unreachable => &mut self.unreachable,
            CellState::Unknown => &mut self.unknown,
            _ => &mut self.open,
        } += 1;
    }

    /// How many targets there are.
    pub fn total(&self) -> u32 {
        self.changed + self.unchanged + self.failed + self.skipped + self.unreachable + self.unknown + self.open
    }

    /// `3 changed, 1 unreachable`.
    pub fn sentence(&self) -> String {
        let parts: Vec<String> = [
            (self.changed, "changed"),
            (self.unchanged, "unchanged"),
            (self.failed, "failed"),
            (self.unreachable, "unreachable"),
            (self.unknown, "unknown"),
            (self.skipped, "skipped"),
            (self.open, "open"),
        ]
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
        if parts.is_empty() { "no targets".to_owned() } else { parts.join(", ") }
    }
}

/// A job in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSummary {
    /// Its id.
    pub id: JobId,
    /// The plan it runs.
    pub plan: PlanId,
    /// The plan's hash.
    pub hash: PlanHash,
    /// The operator's words.
    pub request: String,
    /// One sentence: `Restart nginx on 4 hosts`.
    pub sentence: String,
    /// Where it stands.
    pub state: JobState,
    /// How much harm it could do.
    pub risk: Risk,
    /// Who started it.
    pub who: String,
    /// The program that runs it.
    pub instance: InstanceId,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How its targets ended.
    pub counts: Counts,
    /// How many steps it has.
    pub steps: u32,
}

/// A job with all that a reader needs to follow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobDetail {
    /// In one line.
    pub summary: JobSummary,
    /// What runs where, as approved.
    pub plan: Plan,
    /// Who approved it and when; absent for a plan that only reads.
    pub approved_by: Option<String>,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// Everything that happened so far.
    pub events: Vec<JobEvent>,
    /// The highest log line so far.
    pub log_lines: u64,
}

/// Which jobs to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListJobs {
    /// Only in these states; all when empty.
    #[serde(default)]
    pub states: Vec<JobState>,
    /// Only those whose request, sentence or target names contain this.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// At most so many, newest first; 100 when 0.
    #[serde(default)]
    pub limit: u32,
    /// Only those older than this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<JobId>,
}
crate::command!(ListJobs, "job.list", Viewer, false => Vec<JobSummary>);

/// Shows one job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetJob {
    /// Which.
    pub job: JobId,
}
crate::command!(GetJob, "job.get", Viewer, false => JobDetail);

/// What happened in a job after an event: how a reader fills a hole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetJobEvents {
    /// Which.
    pub job: JobId,
    /// Only what came after this one.
    pub after: u64,
}
crate::command!(GetJobEvents, "job.events", Viewer, false => Vec<JobEvent>);

/// Lines of a job's log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetJobLog {
    /// Which job.
    pub job: Option<JobId>,
    /// Only of this target, by its place in the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
    /// Only of this step, by its place in the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Only at this level or worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Only lines with this text in them, without regard to case.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Only lines after this one.
    #[serde(default)]
    pub after: u64,
    /// At most so many; 1 000 when 0.
    #[serde(default)]
    pub limit: u32,
}
crate::command!(GetJobLog, "job.log", Viewer, false => Vec<LogLine>);

/// One place where a text stands in a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHit {
    /// The job.
    pub job: JobId,
    /// What the job was.
    pub sentence: String,
    /// The target's name.
    pub target: String,
    /// The line.
    pub line: LogLine,
}

/// Searches the logs of all jobs, newest job first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchJobLogs {
    /// What to look for, without regard to case; at least two characters.
    pub text: String,
    /// At most so many; 200 when 0.
    #[serde(default)]
    pub limit: u32,
}
crate::command!(SearchJobLogs, "job.search", Viewer, false => Vec<LogHit>);

/// Stops a running job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CancelJob {
    /// Which.
    pub job: JobId,
    /// Whether running scripts are interrupted. Otherwise they finish, and nothing new starts.
    #[serde(default)]
    pub interrupt: bool,
}
crate::command!(CancelJob, "job.cancel", Operator, true => JobSummary);

/// Proposes the same plan for the targets that did not succeed. It needs its own approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RetryJob {
    /// Which.
    pub job: JobId,
}
crate::command!(RetryJob, "job.retry", Operator, true => crate::plan::Proposal);

/// Looks again at targets whose outcome is unknown, with the verify scripts only. Changes no machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VerifyJob {
    /// Which.
    pub job: JobId,
}
crate::command!(VerifyJob, "job.verify", Operator, true => JobDetail);
