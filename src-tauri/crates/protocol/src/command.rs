//! Commands: what a person or program can ask Wheelhouse to do.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize as SerializeDerive};

/// Who may call a command. Each role may do everything the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDerive, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything but secrets.
    Viewer,
    /// Proposes plans, runs read-only ones, edits the inventory.
    Operator,
    /// Approves plans that change machines.
    Approver,
    /// Manages the vault, settings and accounts.
    Admin,
}

/// A request with a name, a role and a typed answer.
///
/// ```
/// use wheelhouse_protocol::{Command, inventory::ListTargets};
/// assert_eq!(ListTargets::NAME, "target.list");
/// ```
pub trait Command: Serialize + DeserializeOwned + Send + 'static {
    /// The name by which every door calls it: `noun.verb`.
    const NAME: &'static str;
    /// The least role that may call it.
    const ROLE: Role;
    /// Whether it changes anything: the store, the vault or a machine.
    const CHANGES: bool;
    /// What it answers.
    type Output: Serialize + DeserializeOwned + Send;
}

/// A command's description, for the palette, the documentation and the roles test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SerializeDerive)]
pub struct CommandInfo {
    /// [`Command::NAME`].
    pub name: &'static str,
    /// [`Command::ROLE`].
    pub role: Role,
    /// [`Command::CHANGES`].
    pub changes: bool,
}

impl CommandInfo {
    /// The description of `C`.
    pub const fn of<C: Command>() -> Self {
        Self { name: C::NAME, role: C::ROLE, changes: C::CHANGES }
    }
}

/// Declares that a struct is a command.
#[macro_export]
macro_rules! command {
    ($type:ty, $name:literal, $role:ident, $changes:literal => $output:ty) => {
        impl $crate::Command for $type {
            const NAME: &'static str = $name;
            const ROLE: $crate::Role = $crate::Role::$role;
            const CHANGES: bool = $changes;
            type Output = $output;
        }
    };
}

/// Calls a macro with the list of every command type: the one list from which the registry,
/// the roles test and the documentation are generated.
#[macro_export]
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            $crate::status::GetStatus,
            $crate::settings::GetSettings,
            $crate::settings::SetSettings,
            $crate::llm::GetLlm,
            $crate::llm::TestLlm,
            $crate::inventory::ListTargets,
            $crate::inventory::SaveTarget,
            $crate::inventory::DeleteTarget,
            $crate::inventory::TestTarget,
            $crate::inventory::ListGroups,
            $crate::inventory::SaveGroup,
            $crate::inventory::DeleteGroup,
            $crate::inventory::PreviewImport,
            $crate::inventory::ApplyImport,
            $crate::inventory::ExportInventory,
            $crate::inventory::ListHostKeys,
            $crate::inventory::AcceptHostKey,
            $crate::inventory::ForgetHostKey,
            $crate::credential::GetVault,
            $crate::credential::CreateVault,
            $crate::credential::UnlockVault,
            $crate::credential::LockVault,
            $crate::credential::ChangePassphrase,
            $crate::credential::SetKeyringUnlock,
            $crate::credential::RestoreVault,
            $crate::credential::ListCredentials,
            $crate::credential::SaveCredential,
            $crate::credential::DeleteCredential,
            $crate::chat::ListConversations,
            $crate::chat::StartConversation,
            $crate::chat::GetConversation,
            $crate::chat::ClearConversation,
            $crate::chat::SearchChat,
            $crate::chat::SendMessage,
            $crate::plan::MakePlan,
            $crate::plan::GetPlan,
            $crate::plan::RevisePlan,
            $crate::plan::ApprovePlan,
            $crate::plan::SchedulePlan,
            $crate::plan::RejectPlan,
            $crate::plan::RunPlan,
            $crate::job::ListJobs,
            $crate::job::GetJob,
            $crate::job::GetJobEvents,
            $crate::job::GetJobLog,
            $crate::job::SearchJobLogs,
            $crate::job::CancelJob,
            $crate::job::RetryJob,
            $crate::job::VerifyJob,
            $crate::recipe::ListRecipes,
            $crate::recipe::GetRecipe,
            $crate::recipe::GetRecipeHistory,
            $crate::recipe::DraftRecipe,
            $crate::recipe::SaveRecipe,
            $crate::recipe::DeleteRecipe,
            $crate::recipe::RunRecipe,
            $crate::schedule::ListSchedules,
            $crate::schedule::GetSchedule,
            $crate::schedule::PreviewSchedule,
            $crate::schedule::SaveSchedule,
            $crate::schedule::EnableSchedule,
            $crate::schedule::DeleteSchedule,
            $crate::schedule::ApproveSchedule,
            $crate::schedule::RevokeSchedule,
            $crate::audit::ListAudit,
            $crate::audit::VerifyAudit,
            $crate::notification::ListNotifications,
            $crate::notification::AcknowledgeNotifications,
            $crate::telemetry::ListSeries,
            $crate::telemetry::GetSeries,
            $crate::telemetry::SetLink,
            $crate::telemetry::GetLink,
            $crate::control::GetControl,
            $crate::control::SetControl,
        }
    };
}

macro_rules! list {
    ($($command:ty),+ $(,)?) => {
        /// Every command, in the order of the list.
        pub const COMMANDS: &[CommandInfo] = &[$(CommandInfo::of::<$command>()),+];
    };
}
for_each_command!(list);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_noun_and_a_verb_and_is_used_once() {
        let mut seen = std::collections::BTreeSet::new();
        for command in COMMANDS {
            assert!(seen.insert(command.name), "{} is registered twice", command.name);
            let (noun, verb) = command.name.split_once('.').unwrap_or_default();
            assert!(
                [noun, verb]
                    .iter()
                    .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_')),
                "{} is not of the form noun.verb",
                command.name
            );
        }
    }

    #[test]
    fn viewers_change_nothing() {
        for command in COMMANDS.iter().filter(|c| c.role == Role::Viewer) {
            assert!(!command.changes, "{} lets a viewer change something", command.name);
        }
    }
}
