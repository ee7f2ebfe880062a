//! The scripts for Windows, as a parser sees them.
//!
//! PowerShell itself is not needed: every script is read by the grammar `tree-sitter-powershell`, and what that grammar does not know
//! (typographic quotes) by a reader of string literals that follows PowerShell's tokenizer. What only Windows can show is not
//! shown here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod actions;
mod check;
mod flow;
mod literal;
mod promises;
mod syntax;
mod tree;
mod values;
