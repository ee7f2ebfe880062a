//! Schedules: recipes that run by the clock, and the standing approvals they run under.

use crate::plan::{Shell, Strategy};
use crate::reading::Risk;
use crate::recipe::canonical_hash;
use crate::{ConversationId, JobId, PlanId, RecipeId, ScheduleId, StandingApprovalId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// When a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum When {
    /// Once.
    Once {
        /// The wall clock: `2026-12-01 03:00`.
        at: String,
        /// The IANA time zone: `Europe/Berlin`.
        zone: String,
    },
    /// Again and again.
    Cron {
        /// Minute, hour, day of month, month, day of week: `30 3 * * MON-FRI`.
        expression: String,
        /// The IANA time zone whose wall clock it means.
        zone: String,
    },
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once { at, zone } => write!(f, "once at {at} {zone}"),
            Self::Cron { expression, zone } => write!(f, "{expression} {zone}"),
        }
    }
}

/// What a person says about a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleSpec {
    /// Its name.
    pub name: String,
    /// The recipe's name.
    pub recipe: String,
    /// The recipe's version; the newest of now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Values for the recipe's parameters, by name.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Other words for the machines than the recipe's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<String>,
    /// When.
    pub when: When,
}

/// What a standing approval covers. Whatever is not here, or is no longer so, is not covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The schedule.
    pub schedule: ScheduleId,
    /// When it runs.
    pub when: When,
    /// The recipe.
    pub recipe: RecipeId,
    /// Its version.
    pub version: u32,
    /// The hash of that version's body.
    pub recipe_hash: String,
    /// Every parameter's value, defaults too.
    pub parameters: BTreeMap<String, String>,
    /// The words that name the machines.
    pub targets: String,
    /// In which order machines are worked on.
    pub strategy: Strategy,
    /// SHA-256 of the steps as rendered for each shell: actions, scripts, time limits.
    pub scripts: BTreeMap<Shell, String>,
}

impl Coverage {
    /// What a standing approval is bound to, 64 lower-case hex digits.
    pub fn hash(&self) -> String {
        canonical_hash(self)
    }
}

/// What a standing approval would cover now, for the person who is to give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageView {
    /// What it covers.
    pub covers: Coverage,
    /// Its hash, to be given with the approval.
    pub hash: String,
    /// One sentence: `Restart nginx on 4 hosts`.
    pub sentence: String,
    /// How much harm a run could do.
    pub risk: Risk,
    /// The machines it would be now.
    pub machines: Vec<String>,
    /// The steps' titles.
    pub steps: Vec<String>,
}

/// A person's "yes" to every run of a schedule that is as they saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingApproval {
    /// Its id.
    pub id: StandingApprovalId,
    /// What it covers.
    pub covers: Coverage,
    /// [`Coverage::hash`] when it was given.
    pub hash: String,
    /// The most machines a run may have.
    pub max_targets: u32,
    /// Who gave it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Until when; for good when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// How a due time ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// A program has taken it and is about to start it.
    Claimed,
    /// Its job was started.
    Started,
    /// Its plan waits for a decision.
    Waiting,
    /// Nothing was there to run it, or what was there ended before it began.
    Missed,
    /// It could not be planned or started.
    Failed,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Claimed, Self::Started, Self::Waiting, Self::Missed, Self::Failed];

    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Started => "started",
            Self::Waiting => "waiting",
            Self::Missed => "missed",
            Self::Failed => "failed",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// One due time of a schedule, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleRun {
    /// When it was due.
    pub due_at: Timestamp,
    /// How it ended.
    pub state: RunState,
    /// When it was dealt with.
    pub at: Timestamp,
    /// Its plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// Its job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// The conversation in which its plan waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// The recipe.
    pub recipe: RecipeId,
    /// The recipe's name.
    pub recipe_name: String,
    /// The recipe's version.
    pub version: u32,
    /// Whether that version changes machines.
    pub mutates: bool,
    /// Values for its parameters.
    pub parameters: BTreeMap<String, String>,
    /// Other words for the machines than the recipe's.
    pub targets: Option<String>,
    /// When.
    pub when: When,
    /// Whether it runs.
    pub enabled: bool,
    /// Who made or last changed it.
    pub saved_by: String,
    /// When.
    pub saved_at: Timestamp,
    /// The next due times, at most five.
    pub next: Vec<Timestamp>,
    /// The approval it runs under.
    pub approval: Option<StandingApproval>,
    /// Its last due time, and what became of it.
    pub last: Option<ScheduleRun>,
}

/// One schedule with all there is about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleDetail {
    /// The schedule.
    pub schedule: Schedule,
    /// What an approval would cover now; absent for a schedule that only reads.
    pub coverage: Option<CoverageView>,
    /// Why a run of now would wait or fail, in words; empty when it would run.
    pub hindrance: String,
    /// What became of its due times, newest first, 200 at most.
    pub runs: Vec<ScheduleRun>,
}

/// The next due times of a schedule that is not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulePreview {
    /// At most five.
    pub next: Vec<Timestamp>,
    /// The same on the zone's own wall clock: `2026-12-01 03:00 CET`.
    pub local: Vec<String>,
    /// The pattern in words.
    pub words: String,
}

/// Lists schedules by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListSchedules {}
crate::command!(ListSchedules, "schedule.list", Viewer, false => Vec<Schedule>);

/// Shows a schedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetSchedule {
    /// Its name.
    pub name: String,
}
crate::command!(GetSchedule, "schedule.get", Viewer, false => ScheduleDetail);

/// Says when something would run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewSchedule {
    /// When.
    pub when: When,
}
crate::command!(PreviewSchedule, "schedule.preview", Viewer, false => SchedulePreview);

/// Makes a schedule, or changes the one of that name. A change voids its standing approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveSchedule {
    /// All of it.
    pub spec: ScheduleSpec,
    /// Whether one of that name may be changed.
    #[serde(default)]
    pub replace: bool,
}
crate::command!(SaveSchedule, "schedule.save", Operator, true => Schedule);

/// Lets a schedule run, or holds it. What was due while it was held is not made up for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnableSchedule {
    /// Its name.
    pub name: String,
    /// Whether it runs.
    pub enabled: bool,
}
crate::command!(EnableSchedule, "schedule.enable", Operator, true => Schedule);

/// Deletes a schedule, its history and its standing approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeleteSchedule {
    /// Its name.
    pub name: String,
}
crate::command!(DeleteSchedule, "schedule.delete", Operator, true => ());

/// Approves every run of a schedule that is as it was looked at. Critical risk cannot be approved so.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveSchedule {
    /// Its name.
    pub name: String,
    /// [`CoverageView::hash`] as it was looked at.
    pub hash: String,
    /// The most machines a run may have; those of now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_targets: Option<u32>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}
crate::command!(ApproveSchedule, "schedule.approve", Approver, true => StandingApproval);

/// Takes a standing approval back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokeSchedule {
    /// The schedule's name.
    pub name: String,
}
crate::command!(RevokeSchedule, "schedule.revoke", Operator, true => Schedule);
