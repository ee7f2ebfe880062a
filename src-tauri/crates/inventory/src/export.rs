//! An inventory in another tool's format.
//!
//! What a format has no word for: Ansible's get variables named `wheelhouse_…`, which Ansible ignores
//! and the import reads; the words for services are held by JSON alone, and CSV holds no group that has
//! no targets, no parents and no aliases of groups. No format holds what first contact found out or when
//! a target last answered. Of a credential only its name is written, for people to choose it again: an
//! import cannot. A port may come back written out where it was the usual one, and a target in a group
//! of everything comes back as in it by that alone. Of several connections of one kind the first is kept.

mod ansible;
mod csv;
mod json;

use crate::InventoryError;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::inventory::{ImportFormat, Snapshot};

/// Writes an inventory. `credential_name` gives the name of a vault entry; never a secret.
///
/// # Errors
/// [`InventoryError::CannotWrite`] for a format that is only read.
pub fn export(
    format: ImportFormat,
    snapshot: &Snapshot,
    credential_name: &dyn Fn(CredentialId) -> Option<String>,
) -> Result<String, InventoryError> {
    match format {
        ImportFormat::AnsibleIni => Ok(ansible::ini(snapshot, credential_name)),
        ImportFormat::AnsibleYaml => ansible::yaml(snapshot, credential_name),
        ImportFormat::Csv => csv::write(snapshot, credential_name),
        ImportFormat::Json => json::write(snapshot, credential_name),
        ImportFormat::SshConfig => Err(InventoryError::CannotWrite(format)),
    }
}

/// What a library says when it cannot write, as ours.
fn writing(format: ImportFormat) -> impl Fn(&dyn std::fmt::Display) -> InventoryError {
    move |reason| InventoryError::Writing { format, reason: reason.to_string() }
}
