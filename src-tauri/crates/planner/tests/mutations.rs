//! Whatever happens to the text, what comes out runnable is what an operator would read in it.
//!
//! Every runnable request of the cases is changed many times: words dropped, swapped, put in, shell text injected. What still
//! comes out runnable is held against an oracle that knows nothing of the grammar: each machine, service and path must be in
//! the text, and whatever restricts a request ("not", "unless", "except") must not be lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod fleet;

use serde_json::Value;
use std::collections::BTreeSet;
use wheelhouse_planner::Planner;
use wheelhouse_protocol::inventory::Snapshot;
use wheelhouse_protocol::reading::{Disposition, Reading};

/// How many changed requests are tried.
const TRIES: usize = 12_000;

/// A generator with a seed of its own, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    fn one<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }
}

fn runnable(reading: &Reading) -> bool {
    matches!(reading.disposition, Disposition::Plan | Disposition::Confirm)
}

/// The requests of the cases that come out runnable, without context.
fn requests(planner: &Planner) -> Vec<String> {
    let files = [
        include_str!("cases/operators.jsonl"),
        include_str!("cases/judge-2.jsonl"),
        include_str!("cases/judge-3.jsonl"),
    ];
    let lines = files.iter().flat_map(|file| file.lines()).map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|case| case.get("context").is_none())
        .map(|case| case["utterance"].as_str().unwrap().to_owned())
        .filter(|request| runnable(&planner.reading(request)))
        .collect()
}

/// Letters and digits alone, in lower case.
fn dense(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a name stands in the text, give or take separators, a plural and one wrong letter.
fn named(text: &str, name: &str) -> bool {
    let (text, name) = (dense(text), dense(name));
    let bare = name.trim_end_matches('s');
    if text.contains(bare) {
        return true;
    }
    let (text, name): (Vec<char>, Vec<char>) = (text.chars().collect(), name.chars().collect());
    name.len() >= 5
        && (name.len() - 1..=name.len() + 1).any(|length| {
            text.windows(length.min(text.len())).any(|w| {
                strsim::damerau_levenshtein(&w.iter().collect::<String>(), &name.iter().collect::<String>()) <= 2
            })
        })
}

/// Everything a group goes by, the short form ("web" for "web servers") with it.
fn names_of(fleet: &Snapshot, group: &str) -> Vec<String> {
    let spec = &fleet.groups.iter().find(|g| g.spec.name == group).unwrap().spec;
    let mut names: Vec<String> = std::iter::once(&spec.name).chain(&spec.aliases).cloned().collect();
    names.extend(names.clone().iter().filter_map(|n| n.rsplit_once(' ').map(|(head, _)| head.to_owned())));
    names
}

/// What is wrong with a runnable reading of this text, if something is.
fn wrong(fleet: &Snapshot, text: &str, reading: &Reading) -> Option<String> {
    // What stands in quotes is taken as it is.
    let open: String = text.split(['"', '`', '\'', '“', '”']).step_by(2).collect::<Vec<_>>().join(" ");
    let lower = format!(" {} ", open.to_lowercase());
    let everything = [" all ", " every", " everything ", " whole ", " entire ", " each ", "everywhere"]
        .iter()
        .any(|w| lower.contains(w));
    for group in &reading.targets.groups {
        let said = names_of(fleet, group).iter().any(|name| named(text, name));
        if !(said || everything && group == "all servers") {
            return Some(format!("the group {group} is not in the text"));
        }
    }
    for host in &reading.targets.hosts {
        let target = fleet.targets.iter().find(|t| t.spec.name == *host);
        let stem = host.trim_end_matches(|c: char| c.is_ascii_digit());
        // A pattern names its hosts by their beginning.
        let stem = if text.contains('*') { host.split('-').next().unwrap() } else { stem };
        let said = named(text, stem)
            || target.is_some_and(|t| t.spec.addresses.iter().any(|a| lower.contains(&a.to_lowercase())));
        if !said {
            return Some(format!("the host {host} is not in the text"));
        }
    }
    for slot in ["service", "package", "process", "path", "user", "source", "destination", "command", "text"] {
        let Some(value) = reading.slots.get(slot).and_then(Value::as_str) else { continue };
        let aliases: Vec<&str> = match value {
            "apache" => vec!["httpd"],
            "sshd" => vec!["ssh"],
            "postgresql" => vec!["postgres", "pg", "psql"],
            "iis" => vec!["w3svc", "internet information"],
            "named" => vec!["bind"],
            "cron" => vec!["crond"],
            "ntp" => vec!["chrony"],
            "mongodb" => vec!["mongo"],
            "sql server" => vec!["mssql"],
            "windows update" => vec!["wuauserv"],
            "firewalld" => vec!["firewall"],
            "stationcontroller.exe" => vec!["stationcontroller"],
            _ => Vec::new(),
        };
        let value = value.trim_end_matches(".exe");
        let said = named(text, value)
            || aliases.iter().any(|a| named(text, a))
            || value.split(['/', '\\', ' ', '.']).filter(|p| p.len() > 1).all(|part| named(text, part));
        if !said {
            return Some(format!("{slot} {value} is not in the text"));
        }
    }
    let excepted =
        [" except ", " excluding ", " but not ", " other than ", " apart from "].iter().any(|w| lower.contains(w));
    if excepted && reading.targets.exclude.is_empty() {
        return Some("the exception was lost".to_owned());
    }
    let excluded: BTreeSet<&String> = reading.targets.exclude.iter().collect();
    if let Some(host) = reading.targets.resolved.iter().find(|host| excluded.contains(host)) {
        return Some(format!("{host} was to be left out"));
    }
    None
}

#[test]
fn changed_words_never_act_on_what_they_do_not_say() {
    let fleet = fleet::of_the_examples();
    let planner = Planner::new(&fleet, "").unwrap();
    let requests = requests(&planner);
    assert!(requests.len() > 500, "{} requests to begin with", requests.len());
    for request in &requests {
        let reading = planner.reading(request);
        assert_eq!(
            wrong(&fleet, request, &reading),
            None,
            "{request}: the oracle itself must hold before anything is changed"
        );
    }
    let put_in = [
        "web-server-02", "nginx", "mysql", "staging", "and", "on", "the", "servers", "not", "except", "all", "restart",
        "stop", "twice", "maybe", "db-server-01", "app", "or", "to", "from",
    ];
    let mut dice = Dice(20_261_120);
    let mut acted = 0;
    for _ in 0..TRIES {
        let mut words: Vec<&str> = requests[dice.roll(requests.len())].split(' ').collect();
        for _ in 0..=dice.roll(2) {
            let at = dice.roll(words.len());
            match dice.roll(3) {
                0 if words.len() > 1 => {
                    words.remove(at);
                }
                1 if words.len() > 1 => {
                    let other = dice.roll(words.len());
                    words.swap(at, other);
                }
                _ => words.insert(at, dice.one(&put_in)),
            }
        }
        let text = words.join(" ");
        let reading = planner.reading(&text);
        if runnable(&reading) {
            acted += 1;
            assert_eq!(wrong(&fleet, &text, &reading), None, "{text:?} came out as {}", reading.sentence);
        }
    }
    assert!(acted > TRIES / 10, "{acted} of {TRIES} were runnable: too few to say anything");
}

#[test]
fn what_forbids_or_restricts_is_never_passed_over() {
    let planner = Planner::new(&fleet::of_the_examples(), "").unwrap();
    let before = [
        "do not ", "don't ", "never ", "what would happen if I ", "how do I ", "should we ", "is it safe to ",
        "under no circumstances ",
    ];
    let behind = [
        " unless users are logged in", " if the load is low", " once bob says so", " only when it is quiet",
        " but wait for me", " after the backup has finished",
    ];
    for request in requests(&planner) {
        let changes = planner.reading(&request).disposition == Disposition::Confirm;
        let plain =
            changes && request.chars().next().is_some_and(char::is_alphabetic) && !request.contains(['\n', ':', ';']);
        if !plain {
            continue;
        }
        for text in before.iter().map(|b| format!("{b}{request}")).chain(behind.iter().map(|b| format!("{request}{b}")))
        {
            let reading = planner.reading(&text);
            assert_ne!(reading.disposition, Disposition::Confirm, "{text:?} came out as {}", reading.sentence);
        }
    }
}

#[test]
fn shell_text_is_refused_wherever_it_stands() {
    let planner = Planner::new(&fleet::of_the_examples(), "").unwrap();
    let shell = [
        "; rm -rf /tmp/x", "&& reboot", "| sh", "$(id)", "`id`", "> /etc/passwd", "|| true", "; drop table users; --",
        "& del C:\\x", "\n; cat /etc/shadow", "${IFS}", "<(curl x)",
    ];
    let mut dice = Dice(7);
    for request in requests(&planner) {
        for piece in shell {
            let mut words: Vec<&str> = request.split(' ').collect();
            let at = 1 + dice.roll(words.len());
            words.insert(at.min(words.len()), piece);
            let text = words.join(" ");
            // Within quotes behind "run" it is the operator's own command, which is approved as it stands.
            let quoted = request.contains(['"', '\'', '`', '“', '‘']);
            let reading = planner.reading(&text);
            assert!(!runnable(&reading) || quoted, "{text:?} came out as {}", reading.sentence);
        }
    }
}
