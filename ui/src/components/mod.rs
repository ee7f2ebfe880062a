//! Small parts every screen is made of.

pub(crate) mod button;
pub(crate) mod code;
pub(crate) mod combobox;
pub(crate) mod dialog;
pub(crate) mod empty;
pub(crate) mod field;
pub(crate) mod icon;
pub(crate) mod keys;
pub(crate) mod layers;
pub(crate) mod log_view;
pub(crate) mod menu;
pub(crate) mod moment;
pub(crate) mod panel;
pub(crate) mod plot;
pub(crate) mod problem;
pub(crate) mod progress;
pub(crate) mod scroller;
pub(crate) mod select;
pub(crate) mod table;
pub(crate) mod tabs;
pub(crate) mod toasts;
pub(crate) mod tree;
pub(crate) mod unlock;

pub(crate) use button::Button;
pub(crate) use empty::EmptyState;
pub(crate) use icon::{badge, icon, looked, small_icon};
pub(crate) use moment::{ago, moment};
pub(crate) use problem::{problem_card, problem_line};
