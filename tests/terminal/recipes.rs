//! Recipes and schedules from a terminal.

use crate::wh::Wh;
use std::fs;

fn saved(wh: &Wh) -> (String, String) {
    let source = wh.file("app-2.0.conf", "answer = 42\n");
    fs::write(wh.folder().join("app-2.1.conf"), "answer = 43\n").unwrap();
    let destination = wh.folder().join("there.conf").display().to_string();
    let words = format!("copy {source} to {destination} on localhost");
    let planned = wh.ok(&["plan", &words, "--json"]).json();
    let plan = planned["id"].as_str().unwrap().to_owned();
    wh.ok(&["recipe", "save", "put-app", "--plan", &plan, "--parameter", "version:version=2.0", "--description", "x"]);
    (plan, destination)
}

#[test]
fn a_plan_is_kept_run_again_with_other_values_and_kept_again() {
    let wh = Wh::new();
    let (plan, destination) = saved(&wh);
    let shown = wh.ok(&["recipe", "show", "put-app", "--json"]).json();
    assert_eq!(shown["body"]["targets"], "localhost", "the words of the request, not the machines they were");
    assert!(shown["body"]["steps"][0]["source"]["path"].as_str().unwrap().ends_with("app-{version}.conf"), "{shown}");

    let waiting = wh.run(&["recipe", "run", "put-app", "version=2.1", "--json"]).expect(3).json();
    assert!(waiting["plan"]["steps"][0]["title"].as_str().unwrap().contains("app-2.1.conf"), "{waiting}");
    assert!(!fs::exists(&destination).unwrap(), "nothing runs without an approval");
    wh.ok(&["recipe", "run", "put-app", "version=2.1", "--approve"]);
    assert_eq!(fs::read_to_string(&destination).unwrap(), "answer = 43\n");

    wh.ok(&["recipe", "save", "PUT-APP", "--plan", &plan]);
    let history = wh.ok(&["recipe", "history", "put-app", "--json"]).json();
    let versions: Vec<u64> = history.as_array().unwrap().iter().map(|r| r["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, [2, 1]);
    wh.run(&["recipe", "run", "put-app", "version=2.1"]).expect(2);
    wh.run(&["recipe", "run", "put-app", "version=$(reboot)", "--recipe-version", "1"]).expect(2);
    wh.run(&["recipe", "run", "nothing"]).expect(2);
    wh.run(&["recipe", "save", "bad name", "--plan", &plan]).expect(2);
    wh.run(&["recipe", "save", "x", "--plan", &plan, "--parameter", "v:colour=2.0"]).expect(2);
    assert!(wh.ok(&["recipe", "list"]).out.contains("put-app"));
    wh.ok(&["recipe", "delete", "put-app"]);
    wh.run(&["recipe", "show", "put-app"]).expect(2);
    assert!(wh.ok(&["audit", "verify", "--json"]).json()["broken_at"].is_null());
}

#[test]
fn a_schedule_is_made_approved_and_taken_back() {
    let wh = Wh::new();
    saved(&wh);
    let made = wh.ok(&[
        "schedule", "add", "nightly", "--recipe", "put-app", "--cron", "30 3 * * MON-FRI", "--zone", "Europe/Berlin",
        "--set", "version=2.1", "--json",
    ]);
    assert_eq!(made.json()["next"].as_array().unwrap().len(), 5);
    wh.run(&["schedule", "add", "nightly", "--recipe", "put-app", "--cron", "0 0 * * *"]).expect(2);
    wh.run(&["schedule", "add", "x", "--recipe", "put-app", "--cron", "0 0 31 2 *", "--zone", "UTC"]).expect(2);
    wh.run(&["schedule", "add", "x", "--recipe", "put-app", "--at", "2020-01-01 03:00 UTC"]).expect(2);
    wh.run(&["schedule", "add", "x", "--recipe", "put-app"]).expect(2);

    let shown = wh.ok(&["schedule", "show", "nightly", "--json"]).json();
    let hash = shown["coverage"]["hash"].as_str().unwrap();
    assert!(shown["schedule"]["approval"].is_null());
    wh.run(&["schedule", "approve", "nightly", "--hash", "00000000"]).expect(2);
    wh.run(&["schedule", "approve", "nightly", "--hash", hash, "--expires", "2020-01-01"]).expect(2);
    let given = wh.ok(&["schedule", "approve", "nightly", "--hash", &hash[..8], "--expires", "2099-12-31", "--json"]);
    assert_eq!(given.json()["max_targets"], 1);
    assert!(wh.ok(&["schedule", "list"]).out.contains("standing, by"));
    assert!(wh.ok(&["schedule", "show", "nightly"]).out.contains("version=2.1"), "what it covers is said in full");

    wh.ok(&["schedule", "add", "nightly", "--recipe", "put-app", "--cron", "30 4 * * *", "--zone", "UTC", "--replace"]);
    assert!(wh.ok(&["schedule", "list"]).out.contains("waits each time"), "a change voids the approval");
    wh.run(&["schedule", "approve", "nightly", "--hash", hash]).expect(2);
    wh.run(&["schedule", "revoke", "nightly"]).expect(2);
    wh.ok(&["schedule", "disable", "nightly"]);
    assert!(wh.ok(&["schedule", "list"]).out.contains("held"));
    wh.ok(&["schedule", "enable", "nightly"]);
    wh.run(&["recipe", "delete", "put-app"]).expect(2);
    let next = wh.ok(&["schedule", "next", "--cron", "30 2 * * *", "--zone", "Europe/Berlin"]);
    assert_eq!(next.out.lines().count(), 6, "the pattern in words, and five times: {}", next.out);
    wh.ok(&["schedule", "delete", "nightly"]);
    let kinds = wh.ok(&["audit", "list", "--text", "schedule.", "--json"]).json();
    let kinds: Vec<&str> = kinds.as_array().unwrap().iter().map(|r| r["what"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "schedule.deleted", "schedule.enabled", "schedule.disabled", "schedule.changed", "schedule.approved",
            "schedule.saved"
        ]
    );
}

#[test]
fn a_request_for_later_waits_and_becomes_a_schedule() {
    let wh = Wh::new();
    let (source, destination) = (wh.file("app.conf", "answer = 42\n"), wh.folder().join("later.conf"));
    let words = format!("every Sunday at 03:00 UTC copy {source} to {} on localhost", destination.display());
    let planned = wh.ok(&["plan", &words]).out;
    assert!(planned.contains("When  Every Sunday at 03:00 UTC") && planned.contains("next "), "{planned}");
    let waits = wh.run(&["run", &words, "--json"]).expect(3).json();
    assert_eq!(waits["plan"]["when"]["expression"], "0 3 * * 0", "{waits}");
    let (id, hash) = (waits["id"].as_str().unwrap(), waits["plan"]["hash"].as_str().unwrap());
    assert!(wh.ok(&["schedule", "list", "--json"]).json().as_array().unwrap().is_empty(), "nothing is scheduled yet");
    wh.run(&["approve", id, "--hash", "00000000"]).expect(2);

    let made = wh.ok(&["approve", id, "--hash", &hash[..8], "--json"]).json();
    assert!(made["approval"]["id"].is_string() && made["next"].as_array().unwrap().len() == 5, "{made}");
    let again = wh.ok(&["approve", id, "--hash", hash, "--json"]).json();
    assert_eq!(again["id"], made["id"], "the same once more is the same schedule");
    let told = wh.ok(&["run", &words, "--approve"]).out;
    assert!(told.contains("Scheduled as") && told.contains("every Sunday at 03:00 UTC"), "{told}");
    assert_eq!(wh.ok(&["schedule", "list", "--json"]).json().as_array().unwrap().len(), 2);
    assert!(!destination.exists(), "nothing has run");
    let past = wh.run(&["run", "on 2020-01-01 at 03:00 UTC restart nginx on localhost"]).expect(3);
    assert!(past.out.contains("past"), "{}", past.out);
    assert!(wh.ok(&["audit", "verify", "--json"]).json()["broken_at"].is_null());
}
