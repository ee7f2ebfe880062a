//! Any bytes as an inventory of each format: targets, remarks or an error, and never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use uuid::Uuid;
use wheelhouse_inventory::{parse, recognise, snapshot};
use wheelhouse_planner::Planner;
use wheelhouse_protocol::inventory::ImportFormat;

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let formats = [
        ImportFormat::AnsibleIni,
        ImportFormat::AnsibleYaml,
        ImportFormat::SshConfig,
        ImportFormat::Csv,
        ImportFormat::Json,
    ];
    recognise("hosts", text);
    if let Ok(imported) = parse(formats[usize::from(*first) % formats.len()], text) {
        let mut next = 0;
        let snapshot = snapshot(&imported, &mut |_| {
            next += 1;
            Uuid::from_u128(next)
        });
        // What was imported must be fit to plan with.
        if let Ok(planner) = Planner::new(&snapshot, "") {
            planner.reading("check uptime on all servers");
        }
    }
});
