//! The frame around every screen: rail, status bar, palette, keys.

pub(crate) mod commands;
pub(crate) mod drops;
pub(crate) mod failed;
pub(crate) mod fatal;
pub(crate) mod keyboard;
pub(crate) mod palette;
pub(crate) mod rail;
pub(crate) mod screen;
pub(crate) mod shortcuts;
pub(crate) mod status_bar;
