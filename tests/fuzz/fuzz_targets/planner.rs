//! Any text, alone and in a conversation: a reading comes out, and what may run is complete.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use uuid::Uuid;
use wheelhouse_planner::{Context, LastJob, Planner, Turn};
use wheelhouse_protocol::inventory::ImportFormat;
use wheelhouse_protocol::reading::Disposition;

static PLANNER: LazyLock<Planner> = LazyLock::new(|| {
    let examples: serde_json::Value =
        serde_json::from_str(include_str!("../../../src-tauri/crates/planner/tests/cases/examples.json")).unwrap();
    let imported = wheelhouse_inventory::parse(ImportFormat::Json, &examples["inventory"].to_string()).unwrap();
    let mut next = 0;
    let snapshot = wheelhouse_inventory::snapshot(&imported, &mut |_| {
        next += 1;
        Uuid::from_u128(next)
    });
    Planner::new(&snapshot, "").unwrap()
});

fuzz_target!(|text: &str| {
    let (before, request) = text.split_once('\u{1}').unwrap_or(("restart nginx on web servers", text));
    for context in [
        Context::default(),
        Context {
            turns: vec![
                Turn::Said(before.to_owned()),
                Turn::Job(LastJob { request: Some(before.to_owned()), failed: vec!["web-server-01".to_owned()], ..LastJob::default() }),
            ],
            now: None,
        },
    ] {
        let reading = PLANNER.read_in(request, &context).reading;
        let runnable = matches!(reading.disposition, Disposition::Plan | Disposition::Confirm);
        assert!(!runnable || reading.questions.is_empty(), "something is still to be asked: {reading:?}");
    }
    PLANNER.complete(request, &[]);
});
