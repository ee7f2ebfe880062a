//! What the planner understood from an operator's words.

use crate::inventory::Os;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the operator wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each name is the operator's own verb")]
pub enum Intent {
    Check,
    Restart,
    Start,
    Stop,
    Install,
    Uninstall,
    CopyFile,
    DiskUsage,
    Uptime,
    TailLog,
    RunCommand,
    MultiStep,
    Help,
    OutOfScope,
    Unknown,
}

impl Intent {
    /// The name as shown in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Restart => "restart",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Install => "install",
            Self::Uninstall => "uninstall",
            Self::CopyFile => "copy_file",
            Self::DiskUsage => "disk_usage",
            Self::Uptime => "uptime",
            Self::TailLog => "tail_log",
            Self::RunCommand => "run_command",
            Self::MultiStep => "multi_step",
            Self::Help => "help",
            Self::OutOfScope => "out_of_scope",
            Self::Unknown => "unknown",
        }
    }
}

/// What happens with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Read-only and complete: may run with one click.
    Plan,
    /// Changes something and is complete: runs after an approval.
    Confirm,
    /// A piece is missing or ambiguous: a question, nothing can run.
    Clarify,
    /// Refused, with the reason. Nothing runs.
    Reject,
    /// A question about Wheelhouse itself: a reply, no job.
    Answer,
}

/// How much harm a plan could do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Reads only.
    Low,
    /// One service, package or file on a small group.
    Medium,
    /// Many hosts, a production group, a reboot, a deletion, an update.
    High,
    /// Everything at once, or irreversible.
    Critical,
}

impl Risk {
    /// The name as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The targets a request names, and the machines they resolve to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct TargetReading {
    /// Group names, as in the inventory.
    pub groups: Vec<String>,
    /// Host names or addresses, as in the inventory where it knows them.
    pub hosts: Vec<String>,
    /// Groups and hosts left out.
    pub exclude: Vec<String>,
    /// Tags that select.
    pub tags: Vec<String>,
    /// The names of the machines all this comes to, in inventory order.
    pub resolved: Vec<String>,
    /// Why each resolved machine was chosen, in the same order.
    #[serde(default)]
    pub why: Vec<String>,
}

/// One choice of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the button shows.
    pub label: String,
    /// The whole request that choosing it means.
    pub request: String,
}

/// Something the operator must say before anything can run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The missing or unclear piece: `targets`, `service`, `source`, …
    pub about: String,
    /// The question, in one sentence.
    pub text: String,
    /// Answers to choose from; may be empty.
    pub choices: Vec<Choice>,
}

/// One step the planner heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReading {
    /// What.
    pub intent: Intent,
    /// With what: `service`, `package`, `source`, `destination`, `path`, `lines`, `command`, …
    #[serde(flatten)]
    pub slots: BTreeMap<String, Value>,
}

/// What the planner understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What the operator wants.
    pub intent: Intent,
    /// What happens with it.
    pub disposition: Disposition,
    /// How much harm it could do.
    pub risk: Risk,
    /// Where.
    pub targets: TargetReading,
    /// The operating system of the resolved targets: `linux`, …, `mixed`, or absent.
    pub os: Option<String>,
    /// The operating system the words themselves name.
    #[serde(default)]
    pub os_hint: Option<Os>,
    /// With what.
    pub slots: BTreeMap<String, Value>,
    /// The steps, for a request with several.
    pub steps: Vec<StepReading>,
    /// What must be asked.
    pub questions: Vec<Question>,
    /// What matched what, and what decided.
    pub reasons: Vec<String>,
    /// One sentence to the operator: the summary, the refusal, or the answer.
    pub sentence: String,
}
