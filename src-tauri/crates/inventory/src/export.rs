//! An inventory in another tool's format.
//!
//! What a format has no word for: Ansible's get variables named `wheelhouse_…`, which Ansible ignores
//! and the import reads. JSON alone holds the words for services. CSV holds groups by their targets
//! alone: no empty group, parent, alias or group of everything. No format holds what first contact found
//! out or when a target last answered. Of a credential only its name is written, for people to choose it
//! again: an import cannot.
//!
//! What comes back another way: a port may be written out where it was the usual one; a target in a group
//! of everything is in it by that alone; of several connections of one kind the first is kept; in Ansible
//! whoever speaks WinRM runs Windows; names that [`crate::check_name`] refuses are refused again.

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
