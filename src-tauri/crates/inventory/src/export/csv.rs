//! A table with a header line, a line for each target.

use super::writing;
use crate::InventoryError;
use crate::table::is_formula;
use std::collections::HashMap;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::inventory::{Connection, ImportFormat, Os, Snapshot};

const HEADER: [&str; 11] =
    ["name", "address", "os", "connection", "port", "user", "groups", "tags", "environment", "maintenance", "notes"];

pub(super) fn write(
    snapshot: &Snapshot,
    credential_name: &dyn Fn(CredentialId) -> Option<String>,
) -> Result<String, InventoryError> {
    let failed = writing(ImportFormat::Csv);
    let groups: HashMap<_, _> =
        snapshot.groups.iter().filter(|g| !g.spec.everything).map(|g| (g.id, g.spec.name.as_str())).collect();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER.iter().chain(&["credential"])).map_err(|e| failed(&e))?;
    for target in &snapshot.targets {
        let spec = &target.spec;
        let each = |value: &dyn Fn(&Connection) -> String| {
            let values: Vec<String> = spec.connections.iter().map(value).collect();
            // Places count where there are several; none at all is an empty cell.
            if values.iter().all(String::is_empty) { String::new() } else { values.join(";") }
        };
        let first = spec.connections.first();
        let cells = [
            spec.name.clone(),
            spec.addresses.join(";"),
            if spec.os == Os::Unknown { String::new() } else { spec.os.as_str().to_owned() },
            each(&|c| c.kind.as_str().to_owned()),
            each(&|c| c.port.map(|p| p.to_string()).unwrap_or_default()),
            each(&|c| c.user.clone().unwrap_or_default()),
            spec.groups.iter().filter_map(|g| groups.get(g).copied()).collect::<Vec<_>>().join(";"),
            spec.tags.join(";"),
            spec.environment.clone().unwrap_or_default(),
            if spec.maintenance { "yes".to_owned() } else { String::new() },
            spec.notes.clone(),
            first.and_then(|c| c.credential).and_then(credential_name).unwrap_or_default(),
        ];
        writer.write_record(cells.iter().map(|cell| guarded(cell))).map_err(|e| failed(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| failed(&e))?;
    String::from_utf8(bytes).map_err(|e| failed(&e))
}

/// A spreadsheet computes cells that begin like a formula, whoever wrote them (CWE-1236): an apostrophe
/// keeps it from that, and the import takes it off again.
fn guarded(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}
