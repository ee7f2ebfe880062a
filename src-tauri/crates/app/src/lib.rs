//! Puts the rooms together. [`App`] owns them, implements every command of the protocol exactly once,
//! and publishes every event on one [`bus`].
//!
//! Doors (the window, `wh`, later HTTP) know this crate and the protocol; the rooms do not know each
//! other beyond what the design's table allows, so what one must tell another goes through here.
//!
//! Absent on purpose: no SQL, no sockets, no scripts; nothing about windows, terminals or HTTP.

mod answers;
mod app;
pub mod bus;
mod caller;
mod commands;
mod conversation;
mod feed;
mod files;
mod planning;
mod recipe;
mod registry;
mod schedule;
mod suggesting;
#[cfg(test)]
mod testing;
mod watch;

pub use app::{App, AppOptions, Door, data_directory};
pub use caller::Caller;
pub use commands::Disclosure;
pub use planning::propose;
pub use registry::Handle;
pub use schedule::{Clock, SystemClock, preview_schedule};
pub use wheelhouse_vault::{ExposeSecret, SecretString};
