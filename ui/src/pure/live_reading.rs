//! The line under the chat's input: what would happen with what is typed so far, and on which machines.

use super::format::{count, names};
use super::icons::Icon;
use super::words::{self, Tone};
use wheelhouse_planner::Understood;
use wheelhouse_protocol::reading::{Disposition, Question, Reading, TargetReading};

/// Machines listed; a person reads no more of them in passing.
const LISTED: usize = 200;

/// Milliseconds a reading may take and still be made for every picture: half of one.
const CHEAP: f64 = 8.0;

/// What is typed so far, as it would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) line: Line,
    pub(crate) hosts: Hosts,
}

/// The line, in parts that are set differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) icon: Icon,
    pub(crate) tone: Tone,
    /// What it comes to, up to the machines: `Restart nginx on `; or all of it, the question, the refusal.
    pub(crate) before: String,
    /// `4 hosts`, which opens their list; empty without any.
    pub(crate) hosts: String,
    /// What the sentence says behind them.
    pub(crate) after: String,
    /// The first of them by name.
    pub(crate) where_: String,
    /// `medium risk`.
    pub(crate) risk: String,
    /// The pieces that are not there yet: `service missing`.
    pub(crate) missing: Vec<String>,
    /// The whole request this is read as, where the conversation made another of it than what is typed.
    pub(crate) read_as: Option<String>,
    /// What Enter does.
    pub(crate) enter: &'static str,
}

/// The machines of a reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Hosts {
    /// Each with why it was chosen.
    pub(crate) rows: Vec<(String, String)>,
    /// How many there are beside these.
    pub(crate) more: usize,
    /// Groups and machines that were left out by name.
    pub(crate) without: Vec<String>,
}

/// What is shown of a reading.
pub(crate) fn live(understood: &Understood) -> Live {
    let line = Line { read_as: understood.read_as().map(str::to_owned), ..line(&understood.reading) };
    Live { line, hosts: hosts(&understood.reading.targets) }
}

/// How long to wait before the next reading, in milliseconds, after one that took `cost`; `None` for the next picture.
/// Typing is never held up: what is slow to read is read when the fingers rest.
pub(crate) fn rest(cost: f64) -> Option<u32> {
    (cost > CHEAP).then(|| (cost * 2.0).clamp(30.0, 200.0) as u32)
}

fn line(reading: &Reading) -> Line {
    let all = reading.targets.resolved.len();
    let runs = matches!(reading.disposition, Disposition::Plan | Disposition::Confirm);
    let asks = reading.disposition == Disposition::Clarify;
    let (before, hosts, after) = match all {
        _ if !runs && !asks => (reading.sentence.clone(), String::new(), String::new()),
        0 => (reading.sentence.clone(), String::new(), String::new()),
        _ => around(&reading.sentence, all),
    };
    let risk = words::risk(reading.risk);
    let (icon, tone, enter) = match reading.disposition {
        Disposition::Plan | Disposition::Confirm => (risk.icon, risk.tone, "to plan"),
        Disposition::Clarify => (Icon::Question, Tone::Info, "to be asked"),
        Disposition::Reject => (Icon::Error, Tone::Error, ""),
        Disposition::Answer => (Icon::Info, Tone::Plain, "to send"),
    };
    Line {
        icon,
        tone,
        before,
        where_: if hosts.is_empty() {
            String::new()
        } else {
            names(reading.targets.resolved.iter().map(String::as_str), 3)
        },
        hosts,
        after,
        risk: if runs { risk.word.to_owned() } else { String::new() },
        missing: if asks { reading.questions.iter().filter_map(|q| missing(q, reading)).collect() } else { Vec::new() },
        read_as: None,
        enter,
    }
}

/// The sentence, taken apart around `4 hosts`. One that does not say it has it behind.
fn around(sentence: &str, all: usize) -> (String, String, String) {
    let word = if all == 1 { "host" } else { "hosts" };
    let said = format!("{all} {word}");
    let whole = |at: usize| {
        let next = sentence[at + said.len()..].chars().next();
        !sentence[..at].ends_with(|c: char| c.is_alphanumeric()) && !next.is_some_and(char::is_alphanumeric)
    };
    let label = format!("{} {word}", count(all as u64));
    match sentence.rfind(&said).filter(|at| whole(*at)) {
        Some(at) => (sentence[..at].to_owned(), label, sentence[at + said.len()..].to_owned()),
        None => (format!("{sentence} · "), label, String::new()),
    }
}

/// What a question is for, where it is a piece of the request; other questions stand for themselves.
fn missing(question: &Question, reading: &Reading) -> Option<String> {
    let piece = match question.about.as_str() {
        "targets" => "machines",
        about @ ("service" | "package" | "path" | "process" | "user" | "command" | "source" | "destination"
        | "time" | "recipe") => about,
        _ => return None,
    };
    let targets = &reading.targets;
    let said = match piece {
        "machines" => [&targets.groups, &targets.hosts, &targets.tags].iter().any(|named| !named.is_empty()),
        slot => reading.slots.contains_key(slot),
    };
    Some(format!("{piece} {}", if said { "unclear" } else { "missing" }))
}

fn hosts(targets: &TargetReading) -> Hosts {
    let mut why = targets.why.iter().cloned();
    let named = targets.resolved.iter().take(LISTED);
    let rows = named.map(|name| (name.clone(), why.next().unwrap_or_default())).collect();
    Hosts { rows, more: targets.resolved.len().saturating_sub(LISTED), without: targets.exclude.clone() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use uuid_of::id;
    use wheelhouse_planner::{Context, Planner, Turn};
    use wheelhouse_protocol::inventory::{
        Connection, ConnectionKind, Group, GroupSpec, Os, Snapshot, Target, TargetSpec,
    };

    mod uuid_of {
        pub(super) fn id<T: serde::de::DeserializeOwned>(n: usize) -> T {
            serde_json::from_value(serde_json::json!(format!("0197c0de-0000-7000-8000-{n:012}"))).unwrap()
        }
    }

    /// `localhost`, and two groups of so many machines each.
    fn planner(each: usize) -> Planner {
        let group = |n, name: &str| Group {
            id: id(n),
            spec: GroupSpec { name: name.to_owned(), aliases: Vec::new(), parent: None, everything: false },
        };
        let target = |n, name: String, groups| {
            let spec = TargetSpec {
                name,
                os: Os::Linux,
                groups,
                connections: vec![Connection::of(ConnectionKind::Local)],
                ..TargetSpec::default()
            };
            Target { id: id(n), spec, facts: None, last_contact: None, last_failure: String::new() }
        };
        let mut targets = vec![target(10, "localhost".to_owned(), Vec::new())];
        for n in 1..=each {
            targets.push(target(10 + n, format!("web-{n:02}"), vec![id(1)]));
            targets.push(target(20_000 + n, format!("stage-{n:02}"), vec![id(2)]));
        }
        let groups = vec![group(1, "web servers"), group(2, "staging")];
        Planner::new(&Snapshot { targets, groups, ..Snapshot::default() }, "").unwrap()
    }

    fn read(text: &str) -> Live {
        live(&planner(4).read(text))
    }

    #[test]
    fn a_complete_request_says_what_where_and_how_risky() {
        let line = read("restart nginx on localhost").line;
        assert_eq!((line.before.as_str(), line.hosts.as_str()), ("Restart nginx on ", "1 host"));
        assert_eq!((line.where_.as_str(), line.after.as_str()), ("localhost", ""));
        assert_eq!((line.risk.as_str(), line.enter), ("medium risk", "to plan"));
        assert_eq!(line.read_as, None, "it is read as it is typed");
    }

    #[test]
    fn what_is_missing_is_asked_and_named() {
        let line = read("restart nginx").line;
        assert_eq!((line.before.as_str(), line.enter), ("On which machines?", "to be asked"));
        assert_eq!((line.missing, line.hosts.as_str()), (vec!["machines missing".to_owned()], ""));
        let line = read("restart on web servers").line;
        assert_eq!(line.missing, ["service missing"]);
        assert_eq!(line.hosts, "4 hosts", "what is understood is shown all the same");
    }

    #[test]
    fn a_refusal_offers_nothing_to_press() {
        let line = read("restart nginx on localhost; rm -rf /").line;
        assert_eq!((line.tone, line.enter), (Tone::Error, ""), "{}", line.before);
        assert_eq!((line.hosts.as_str(), line.missing.len()), ("", 0), "nothing of it is taken up");
    }

    #[test]
    fn in_a_conversation_it_says_what_it_is_read_as() {
        let planner = planner(4);
        let asked = "restart nginx on web servers".to_owned();
        let turns = vec![Turn::Said(asked.clone()), Turn::Waits(Some(asked))];
        let memory = planner.recall(&Context { turns, now: None });
        let line = live(&planner.read_after("no, the staging ones", &memory)).line;
        assert_eq!(line.read_as.as_deref(), Some("restart nginx on staging"));
        assert_eq!((line.before.as_str(), line.hosts.as_str()), ("Restart nginx on ", "4 hosts"));
    }

    #[test]
    fn hosts_are_listed_with_why_and_bounded() {
        let hosts = read("restart nginx on web servers and localhost except web-02").hosts;
        let names: Vec<&str> = hosts.rows.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["localhost", "web-01", "web-03", "web-04"]);
        assert!(hosts.rows.iter().all(|(_, why)| !why.is_empty()), "{:?}", hosts.rows);
        assert_eq!((hosts.more, hosts.without), (0, vec!["web-02".to_owned()]));
        let many = live(&planner(LISTED + 5).read("check uptime on web servers"));
        assert_eq!((many.hosts.rows.len(), many.hosts.more), (LISTED, 5));
    }

    #[test]
    fn the_hosts_are_found_in_the_sentence_or_put_behind_it() {
        let parts = |sentence: &str, n| {
            let (before, hosts, after) = around(sentence, n);
            format!("{before}|{hosts}|{after}")
        };
        assert_eq!(
            parts("Restart nginx on 4 hosts, one after another", 4),
            "Restart nginx on |4 hosts|, one after another"
        );
        assert_eq!(parts("Read a log on 14 hosts", 4), "Read a log on 14 hosts · |4 hosts|", "14 hosts are not 4");
        assert_eq!(parts("Which service?", 1), "Which service? · |1 host|");
        assert_eq!(parts("Restart nginx on 10000 hosts", 10_000), "Restart nginx on |10\u{202f}000 hosts|");
    }

    #[test]
    fn what_is_slow_to_read_waits_for_the_fingers() {
        assert_eq!(rest(3.0), None, "a quick one is made for the next picture");
        assert_eq!((rest(20.0), rest(9.0), rest(4000.0)), (Some(40), Some(30), Some(200)));
    }
}
