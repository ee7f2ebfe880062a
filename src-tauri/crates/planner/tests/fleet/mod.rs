//! The inventory of the examples.

use serde_json::Value;
use uuid::Uuid;
use wheelhouse_protocol::inventory::{ImportFormat, Snapshot};

/// 17 hosts in 10 groups.
pub(crate) fn of_the_examples() -> Snapshot {
    let examples: Value = serde_json::from_str(include_str!("../cases/examples.json")).unwrap();
    let imported = wheelhouse_inventory::parse(ImportFormat::Json, &examples["inventory"].to_string()).unwrap();
    let mut next = 0;
    wheelhouse_inventory::snapshot(&imported, &mut |_| {
        next += 1;
        Uuid::from_u128(next)
    })
}
