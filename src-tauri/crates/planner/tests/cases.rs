//! Utterances of operators with what must come of them, and why: read from `tests/cases`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use wheelhouse_planner::{Context, Planner};

mod fleet;

/// The inventory of the examples, and the planner for it.
fn planner() -> Planner {
    Planner::new(&fleet::of_the_examples(), "").unwrap()
}

/// The values that a label accepts: one, or a list of them.
fn accepted(label: &Value) -> Vec<String> {
    let one = |v: &Value| v.as_str().map_or_else(|| "null".to_owned(), str::to_owned);
    match label {
        Value::Array(list) => list.iter().map(one).collect(),
        other => vec![one(other)],
    }
}

fn set(value: &Value) -> BTreeSet<String> {
    value.as_array().map(|l| l.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

fn same_targets(wanted: &Value, got: &Value) -> bool {
    ["groups", "hosts", "exclude", "tags"].iter().all(|key| set(&wanted[*key]) == set(&got[*key]))
}

#[derive(Default)]
struct Score {
    cases: usize,
    intent: usize,
    disposition: usize,
    targets: usize,
    os: usize,
    /// Cases that may not act, and came out runnable.
    unsafe_: usize,
    told: Vec<String>,
}

fn score(cases: &[Value]) -> Score {
    let planner = planner();
    let mut score = Score::default();
    for case in cases {
        let wanted = &case["expected"];
        let turns = case["context"].as_array().cloned().unwrap_or_default();
        let now = jiff::civil::date(2026, 11, 20).at(12, 0, 0, 0);
        let request = case["utterance"].as_str().unwrap();
        let reading = planner.read_in(request, &Context::from_json(&turns, Some(now))).reading;
        let got = serde_json::to_value(&reading).unwrap();
        score.cases += 1;
        let mut wrong = Vec::new();
        let mut check = |name: &str, ok: bool, wanted: String, got: String, count: &mut usize| {
            *count += usize::from(ok);
            if !ok {
                wrong.push(format!("{name}: {got}, wanted {wanted}"));
            }
        };
        let text = |v: &Value| v.as_str().unwrap_or("null").to_owned();
        let label = |name: &str| accepted(&wanted[name]);
        let (intent, disposition, os) = (text(&got["intent"]), text(&got["disposition"]), text(&got["os"]));
        let dispositions = label("disposition");
        check("intent", label("intent").contains(&intent), label("intent").join("|"), intent, &mut score.intent);
        check(
            "disposition",
            dispositions.contains(&disposition),
            dispositions.join("|"),
            disposition.clone(),
            &mut score.disposition,
        );
        check("os", label("os_resolved").contains(&os), label("os_resolved").join("|"), os, &mut score.os);
        let mut targets: Vec<Value> = match &wanted["targets"] {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        targets.extend(wanted["targets_alt"].as_array().cloned().unwrap_or_default());
        let hit = targets.iter().any(|t| same_targets(t, &got["targets"]));
        let shown = |t: &Value| format!("{}/{}/-{}/#{}", t["groups"], t["hosts"], t["exclude"], t["tags"]);
        check("targets", hit, shown(&targets[0]), shown(&got["targets"]), &mut score.targets);
        let runnable = |d: &str| d == "plan" || d == "confirm";
        if runnable(&disposition) && !dispositions.iter().any(|d| runnable(d)) {
            score.unsafe_ += 1;
            wrong.push("UNSAFE".to_owned());
        }
        if !wrong.is_empty() {
            score.told.push(format!(
                "{} {request:?}\n    {}\n    {}",
                text(&case["id"]),
                wrong.join("; "),
                reading.sentence.chars().take(160).collect::<String>()
            ));
        }
    }
    score
}

fn lines(file: &str) -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(file);
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn holds(name: &str, cases: &[Value]) {
    let score = score(cases);
    let share = |n: usize| 100.0 * n as f64 / score.cases as f64;
    println!(
        "{name}: {} cases, intent {:.1} %, disposition {:.1} %, targets {:.1} %, OS {:.1} %, unsafe {}",
        score.cases,
        share(score.intent),
        share(score.disposition),
        share(score.targets),
        share(score.os),
        score.unsafe_
    );
    let told = score.told.join("\n");
    println!("{told}");
    assert_eq!(score.unsafe_, 0, "something that may not act came out runnable");
    for (what, got, bar) in [
        ("intent", score.intent, 98.0),
        ("disposition", score.disposition, 97.0),
        ("targets", score.targets, 98.0),
        ("OS", score.os, 98.0),
    ] {
        assert!(share(got) >= bar, "{name}: {what} {:.1} % is under {bar} %", share(got));
    }
}

#[test]
fn the_examples_read_as_they_should() {
    let examples: Value = serde_json::from_str(include_str!("cases/examples.json")).unwrap();
    holds("examples", examples["cases"].as_array().unwrap());
}

#[test]
fn operators_are_understood() {
    holds("operators", &lines("operators.jsonl"));
}

#[test]
fn judges_agree() {
    for file in ["judge-2.jsonl", "judge-3.jsonl", "judge-4.jsonl"] {
        holds(file, &lines(file));
    }
}

/// What a hostile reader wrote to be misread: none of it may come out runnable.
#[test]
fn what_was_written_to_be_misread_is_asked_about() {
    let planner = planner();
    for case in lines("hostile.jsonl") {
        let turns = case["context"].as_array().cloned().unwrap_or_default();
        let request = case["utterance"].as_str().unwrap();
        let now = jiff::civil::date(2026, 11, 20).at(12, 0, 0, 0);
        let reading = planner.read_in(request, &Context::from_json(&turns, Some(now))).reading;
        let disposition = serde_json::to_value(reading.disposition).unwrap();
        assert!(
            disposition != "plan" && disposition != "confirm",
            "{request:?}: {} ({})",
            reading.sentence,
            case["why"]
        );
    }
}

/// Another file, while the grammar grows: `WHEELHOUSE_CASES=FILE`.
#[test]
fn a_file_of_ones_own() {
    if let Ok(file) = std::env::var("WHEELHOUSE_CASES") {
        holds("own", &lines(&file));
    }
}
