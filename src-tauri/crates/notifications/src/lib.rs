//! One inbox for everything that wants a person's eye.
//!
//! [`from_event`] decides, purely, what of all that happens is worth an entry; [`Inbox`] keeps entries,
//! counts repetitions instead of listing them, and tells the doors. Who owns the bus connects the two:
//!
//! ```text
//! bus ─► from_event(event, memory) ─► Inbox::raise ─► store ─► bus (Notification, NotificationCounts)
//! ```
//!
//! Absent on purpose: no delivery to the outside, no patterns for other programs' logs.

mod error;
mod inbox;
mod rules;

pub use error::NotificationError;
pub use inbox::{Inbox, NewNotification};
pub use rules::{Memory, from_event};
