//! Every command, by capability.

mod audit;
mod chat;
mod import;
mod inventory;
mod jobs;
mod later;
mod llm;
mod notifications;
mod plans;
mod recipes;
mod schedules;
mod settings;
mod telemetry;
mod vault;

pub use vault::Disclosure;
