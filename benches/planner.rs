//! How long a request takes to be read, beside spaCy's pattern matchers doing a part of the same work.
//!
//! `PEER` names a Python with spaCy; without it only ours is measured.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a benchmark says so by failing")]

use serde_json::{Value, json};
use std::process::Command;
use std::time::Instant;
use uuid::Uuid;
use wheelhouse_planner::Planner;
use wheelhouse_protocol::inventory::{ImportFormat, Snapshot};

fn main() {
    let examples: Value =
        serde_json::from_str(include_str!("../src-tauri/crates/planner/tests/cases/examples.json")).unwrap();
    let requests = requests();
    let small = examples["inventory"].clone();
    let large = large(&small);
    for (name, inventory, limit) in [("17 hosts", &small, 1.0), ("10 000 hosts", &large, 5.0)] {
        let planner = Planner::new(&snapshot(inventory), "").unwrap();
        let ours = measure(&planner, &requests);
        println!(
            "{name}: {} requests, p50 {:.3} ms, p99 {:.3} ms, slowest {:.3} ms; limit for p99 {limit} ms, ours is {:.2} of it",
            requests.len(),
            ours[0],
            ours[1],
            ours[2],
            ours[1] / limit
        );
        if let Some(peer) = peer(inventory, &requests) {
            println!(
                "  spaCy (EntityRuler and Matcher, no model): p50 {:.3} ms, p99 {:.3} ms; ours takes {:.2} of its p99",
                peer[0],
                peer[1],
                ours[1] / peer[1]
            );
        }
    }
}

/// What operators type: every case of the tests.
fn requests() -> Vec<String> {
    let files = [
        include_str!("../src-tauri/crates/planner/tests/cases/operators.jsonl"),
        include_str!("../src-tauri/crates/planner/tests/cases/judge-2.jsonl"),
        include_str!("../src-tauri/crates/planner/tests/cases/judge-3.jsonl"),
        include_str!("../src-tauri/crates/planner/tests/cases/judge-4.jsonl"),
    ];
    let cases = files.iter().flat_map(|file| file.lines()).map(|line| serde_json::from_str::<Value>(line).unwrap());
    cases.map(|case| case["utterance"].as_str().unwrap().to_owned()).filter(|u| u.len() < 2000).collect()
}

fn snapshot(inventory: &Value) -> Snapshot {
    let imported = wheelhouse_inventory::parse(ImportFormat::Json, &inventory.to_string()).unwrap();
    let mut next = 0;
    wheelhouse_inventory::snapshot(&imported, &mut |_| {
        next += 1;
        Uuid::from_u128(next)
    })
}

/// The same inventory with 10 000 hosts in 200 groups more.
fn large(small: &Value) -> Value {
    let mut inventory = small.clone();
    for group in 0..200 {
        let members: Vec<String> = (0..50).map(|n| format!("rack{group:03}-node{n:02}")).collect();
        for (n, name) in members.iter().enumerate() {
            let host = json!({"host": name, "fqdn": format!("{name}.example.com"), "ip": format!("10.20.{group}.{}", n + 1), "os": "linux",
                "services": [{"type": "ssh", "port": 22}]});
            inventory["hosts"].as_array_mut().unwrap().push(host);
        }
        inventory["groups"][format!("rack {group:03}")] = json!({"aliases": [], "members": members});
    }
    inventory
}

/// p50, p99 and the slowest over the requests, in milliseconds. Each request counts with the best of its five readings: what
/// else the machine does is not measured.
fn measure(planner: &Planner, requests: &[String]) -> [f64; 3] {
    let mut times: Vec<(f64, &String)> = requests
        .iter()
        .map(|request| {
            let best = (0..5).map(|_| {
                let began = Instant::now();
                std::hint::black_box(planner.reading(std::hint::black_box(request)));
                began.elapsed().as_secs_f64() * 1000.0
            });
            (best.fold(f64::MAX, f64::min), request)
        })
        .collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    if std::env::var("SLOWEST").is_ok() {
        for (time, request) in times.iter().rev().take(12) {
            println!("  {time:.3} ms  {}", request.chars().take(110).collect::<String>());
        }
    }
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
    [at(0.5), at(0.99), at(1.0)]
}

/// The same requests through spaCy: tokens, the inventory's names, the verbs.
fn peer(inventory: &Value, requests: &[String]) -> Option<[f64; 2]> {
    let python = std::env::var("PEER").ok()?;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.json");
    std::fs::write(&file, json!({"inventory": inventory, "requests": requests}).to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../benches/peers/run_spacy.py");
    let output = Command::new(python).arg(script).arg(&file).output().unwrap();
    if !output.status.success() {
        println!("  spaCy did not run: {}", String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default());
        return None;
    }
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    Some([seen["p50"].as_f64()?, seen["p99"].as_f64()?])
}
