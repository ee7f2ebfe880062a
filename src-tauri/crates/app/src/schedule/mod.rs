//! Recipes by the clock.
//!
//! [`when`] says when something is due, [`said`] what time a request means, [`cover`] whether a standing approval covers what would run, and
//! [`scheduler`] takes each due time once, across programs, and reports what was not run.

mod clock;
pub(crate) mod cover;
pub(crate) mod run;
pub(crate) mod said;
pub(crate) mod scheduler;
pub(crate) mod when;

pub use clock::{Clock, SystemClock};
pub use said::preview_schedule;
