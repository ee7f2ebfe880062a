//! Identifiers. Each kind has its own type, so that a job's id cannot be used for a target's.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id whose text form is `text`, if it is one.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::parse_str(text).ok().map(Self)
            }

            /// The first eight digits: enough for a person to tell two apart.
            pub fn short(&self) -> String {
                // UUIDv7 begins with the time, which neighbours share: the random tail tells them apart.
                let text = self.0.simple().to_string();
                text[text.len() - 8..].to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

id! {
    /// One machine in the inventory.
    TargetId,
    /// One group of targets.
    GroupId,
    /// One entry of the vault.
    CredentialId,
    /// One proposal of what to run where.
    PlanId,
    /// One run of an approved plan.
    JobId,
    /// One person's "yes" to one plan.
    ApprovalId,
    /// One thread of chat.
    ConversationId,
    /// One message in a thread.
    MessageId,
    /// One entry of the inbox.
    NotificationId,
    /// One recipe, all its versions.
    RecipeId,
    /// One schedule.
    ScheduleId,
    /// One "yes" to every run of a schedule.
    StandingApprovalId,
    /// One running program (window, `wh`, headless server) on one data directory.
    InstanceId,
}
