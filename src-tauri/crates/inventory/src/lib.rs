//! Inventories of other tools, read and written: Ansible (INI, YAML), OpenSSH, CSV, JSON.
//!
//! [`parse`] turns a text into [`Imported`]: targets and groups by name, and a remark for every line
//! that needs a look. [`merge`] says what taking it in would do to the inventory that is there;
//! [`snapshot`] makes an inventory of it alone. [`export`] writes one. [`check_name`] and its
//! siblings are the rules for names everywhere, forms included.
//!
//! Absent on purpose: no I/O, clock or randomness (ids are passed in), so that it also runs in the
//! browser. No secret: a password in an inventory is never kept and never shown, only told of. What
//! one line gets wrong costs that line alone; only a text that cannot be trusted as a whole (YAML or
//! JSON that breaks off, a picture) is an [`InventoryError`].
//!
//! Ansible's rules are those of ansible-core 2.19 (`plugins/inventory/{ini,yaml}.py`,
//! `inventory/{data,group}.py`, `parsing/utils/addresses.py`); OpenSSH's those of `ssh_config(5)`.

mod ansible;
mod described;
mod draft;
mod error;
mod export;
mod forest;
mod imported;
mod json;
mod merge;
mod names;
mod recognise;
mod remarks;
mod ssh_config;
mod system;
mod table;
mod text;

pub use error::InventoryError;
pub use export::export;
pub use imported::{Imported, ImportedConnection, ImportedGroup, ImportedTarget};
pub use merge::{Merge, Preview, merge, snapshot};
pub use names::{MAX_NAME, MAX_NOTES, check_address, check_name, check_user};
pub use recognise::recognise;
pub use remarks::MAX_REMARKS;

use wheelhouse_protocol::inventory::ImportFormat;

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// The most targets one text may hold.
pub const MAX_TARGETS: usize = 100_000;

/// The most groups one text may hold.
pub const MAX_GROUPS: usize = 10_000;

/// The most memberships of targets in groups one text may give rise to.
pub const MAX_MEMBERSHIPS: usize = 1_000_000;

/// Reads an inventory.
///
/// # Errors
/// Only what is wrong with the text as a whole; what is wrong with a line is in [`Imported::remarks`].
pub fn parse(format: ImportFormat, text: &str) -> Result<Imported, InventoryError> {
    let text = text::checked(text)?;
    match format {
        ImportFormat::AnsibleIni => ansible::ini::parse(text),
        ImportFormat::AnsibleYaml => ansible::yaml::parse(text),
        ImportFormat::SshConfig => ssh_config::parse(text),
        ImportFormat::Csv => table::parse(text),
        ImportFormat::Json => json::parse(text),
    }
}
