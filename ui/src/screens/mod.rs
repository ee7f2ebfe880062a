//! The screens.

pub(crate) mod chat;
pub(crate) mod jobs;
pub(crate) mod notifications;
pub(crate) mod recipes;
pub(crate) mod settings;
pub(crate) mod targets;
pub(crate) mod telemetry;
pub(crate) mod vault;
