//! What the tests of this room share.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says so by failing, and no test uses all of this"
)]

use std::collections::BTreeSet;
use uuid::Uuid;
use wheelhouse_inventory::{Imported, ImportedTarget, snapshot};
use wheelhouse_protocol::inventory::{ImportSeverity, Snapshot};

/// The text of a fixture.
pub fn fixture(path: &str) -> String {
    let path = format!("{}/tests/fixtures/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The same id for the same text (FNV-1a, twice): enough for tests, which have a few hundred names.
pub fn id(text: &str) -> Uuid {
    let hash = |seed: u64| text.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    Uuid::from_u64_pair(hash(0xcbf2_9ce4_8422_2325), hash(0x84222325_cbf29ce4))
}

/// The inventory a text makes alone.
pub fn alone(imported: &Imported) -> Snapshot {
    snapshot(imported, &mut id)
}

/// The target of this name.
pub fn target<'a>(imported: &'a Imported, name: &str) -> &'a ImportedTarget {
    imported
        .targets
        .iter()
        .find(|t| t.name == name)
        .unwrap_or_else(|| panic!("no target {name}: {:?}", names(imported)))
}

/// The names of the targets.
pub fn names(imported: &Imported) -> Vec<&str> {
    imported.targets.iter().map(|t| t.name.as_str()).collect()
}

/// Every group a target is in, sub-groups followed.
pub fn all_groups(imported: &Imported, target: &ImportedTarget) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for group in &target.groups {
        let mut next = Some(group.clone());
        while let Some(group) = next {
            next = imported.groups.iter().find(|g| g.name == group).and_then(|g| g.parent.clone());
            all.insert(group);
        }
    }
    all
}

/// Whether a remark of this severity stands on this line and says this.
pub fn has_remark(imported: &Imported, line: usize, severity: ImportSeverity, says: &str) -> bool {
    imported.remarks.iter().any(|r| r.line == line && r.severity == severity && r.message.contains(says))
}

/// Fails unless a remark of this severity stands on this line and says this.
#[track_caller]
pub fn expect_remark(imported: &Imported, line: usize, severity: ImportSeverity, says: &str) {
    assert!(
        has_remark(imported, line, severity, says),
        "no {severity:?} on line {line} says {says:?}; there are: {:#?}",
        imported.remarks
    );
}
