//! What the planner understood from an operator's words.

use crate::answer::Answer;
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
    Reload,
    Enable,
    Disable,
    Update,
    Install,
    Uninstall,
    CopyFile,
    TailLog,
    SearchLog,
    ReadFile,
    ListDirectory,
    DeleteFiles,
    DiskUsage,
    Uptime,
    ListProcesses,
    KillProcess,
    UserQuery,
    UserAdmin,
    ListServices,
    Reboot,
    Shutdown,
    RunCommand,
    MultiStep,
    Schedule,
    RunRecipe,
    ListJobs,
    ListTargets,
    ListAlerts,
    ListSchedules,
    ListRecipes,
    GenerateScript,
    Confirm,
    Cancel,
    Retry,
    Rollback,
    Help,
    OutOfScope,
    Unknown,
}

impl Intent {
    /// Every intent there is.
    pub const ALL: [Self; 42] = [
        Self::Check,
        Self::Restart,
        Self::Start,
        Self::Stop,
        Self::Reload,
        Self::Enable,
        Self::Disable,
        Self::Update,
        Self::Install,
        Self::Uninstall,
        Self::CopyFile,
        Self::TailLog,
        Self::SearchLog,
        Self::ReadFile,
        Self::ListDirectory,
        Self::DeleteFiles,
        Self::DiskUsage,
        Self::Uptime,
        Self::ListProcesses,
        Self::KillProcess,
        Self::UserQuery,
        Self::UserAdmin,
        Self::ListServices,
        Self::Reboot,
        Self::Shutdown,
        Self::RunCommand,
        Self::MultiStep,
        Self::Schedule,
        Self::RunRecipe,
        Self::ListJobs,
        Self::ListTargets,
        Self::ListAlerts,
        Self::ListSchedules,
        Self::ListRecipes,
        Self::GenerateScript,
        Self::Confirm,
        Self::Cancel,
        Self::Retry,
        Self::Rollback,
        Self::Help,
        Self::OutOfScope,
        Self::Unknown,
    ];

    /// The name as shown in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Restart => "restart",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Reload => "reload",
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Update => "update",
            Self::Install => "install",
            Self::Uninstall => "uninstall",
            Self::CopyFile => "copy_file",
            Self::TailLog => "tail_log",
            Self::SearchLog => "search_log",
            Self::ReadFile => "read_file",
            Self::ListDirectory => "list_directory",
            Self::DeleteFiles => "delete_files",
            Self::DiskUsage => "disk_usage",
            Self::Uptime => "uptime",
            Self::ListProcesses => "list_processes",
            Self::KillProcess => "kill_process",
            Self::UserQuery => "user_query",
            Self::UserAdmin => "user_admin",
            Self::ListServices => "list_services",
            Self::Reboot => "reboot",
            Self::Shutdown => "shutdown",
            Self::RunCommand => "run_command",
            Self::MultiStep => "multi_step",
            Self::Schedule => "schedule",
            Self::RunRecipe => "run_recipe",
            Self::ListJobs => "list_jobs",
            Self::ListTargets => "list_targets",
            Self::ListAlerts => "list_alerts",
            Self::ListSchedules => "list_schedules",
            Self::ListRecipes => "list_recipes",
            Self::GenerateScript => "generate_script",
            Self::Confirm => "confirm",
            Self::Cancel => "cancel",
            Self::Retry => "retry",
            Self::Rollback => "rollback",
            Self::Help => "help",
            Self::OutOfScope => "out_of_scope",
            Self::Unknown => "unknown",
        }
    }

    /// The intent with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|intent| intent.as_str() == name)
    }

    /// Whether it changes machines.
    pub fn changes(self) -> bool {
        matches!(
            self,
            Self::Restart
                | Self::Start
                | Self::Stop
                | Self::Reload
                | Self::Enable
                | Self::Disable
                | Self::Update
                | Self::Install
                | Self::Uninstall
                | Self::CopyFile
                | Self::DeleteFiles
                | Self::KillProcess
                | Self::UserAdmin
                | Self::Reboot
                | Self::Shutdown
                | Self::RunCommand
                | Self::MultiStep
                | Self::Schedule
                | Self::RunRecipe
        )
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
    /// What the store answers to a question about Wheelhouse itself. The planner cannot know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}
