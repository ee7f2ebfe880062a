//! The words that cross a boundary: commands, their outputs and problems, events and domain types.
//!
//! This crate does no I/O, reads no clock and draws no random numbers, so that the front end can
//! use it in the browser (`wasm32-unknown-unknown`) exactly as the back end does. A value that
//! depends on the moment or on chance is passed in.
//!
//! A capability is a [`Command`]: a plain struct with the name the doors call it by, the [`Role`]
//! that may call it, and the type of its answer. [`for_each_command!`] is the one list of them;
//! the registry in `app`, the roles test and the documentation are generated from it.

pub mod action;
pub mod answer;
pub mod audit;
pub mod chat;
pub mod command;
pub mod control;
pub mod credential;
pub mod event;
pub mod ids;
pub mod inventory;
pub mod job;
pub mod llm;
pub mod notification;
pub mod picture;
pub mod plan;
pub mod problem;
pub mod reading;
pub mod recipe;
pub mod schedule;
mod schedule_words;
pub mod secret;
pub mod settings;
pub mod status;
pub mod telemetry;

pub use command::{Command, CommandInfo, Role};
pub use event::Event;
pub use ids::*;
pub use problem::{Problem, ProblemCode};
pub use secret::SecretInput;

/// A moment in time, UTC, with at least microsecond precision.
pub use jiff::Timestamp;
