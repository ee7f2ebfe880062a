//! The job engine and its transports.
//!
//! An [`Engine`] takes an [`ApprovedPlan`] (there is no other way to run anything), writes every change
//! to the store before it tells it, and runs the plan's scripts on its targets over SSH or on this
//! machine. What each script says is believed only where it was verified; what nobody saw is `unknown`.
//!
//! Absent on purpose: no deciding what to run (that is the planner's), no text of its own that changes a
//! machine (the library in `scripts` has it all), no retry of anything that may have run.

mod approved;
mod connect;
mod dialogue;
mod engine;
mod error;
mod facts;
mod host_keys;
mod local;
mod login;
mod output;
mod pipe;
mod session;
mod ssh;

pub use approved::ApprovedPlan;
pub use engine::{Engine, EngineOptions};
pub use error::TransportError;
pub use login::check_private_key;
