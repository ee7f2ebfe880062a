//! Which targets there are, and what is known of them.

use super::clock::Clock;
use super::spoken::{Scope, names, number, sentence};
use super::{counts, follow_up, row, slot, table};
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::answer::{Answer, AnswerCell, AnswerLink, AnswerRow, MAX_ROWS};
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, TargetSpec};
use wheelhouse_protocol::reading::{Choice, Reading};
use wheelhouse_store::Store;
use wheelhouse_store::answers::{TargetFound, TargetQuestion, TargetsFound, Trait};

/// A target is stale when it has not answered for so many days, unless another time is asked about.
const STALE_DAYS: i64 = 7;
/// So many machines are named in a request on a button.
const NAMED: usize = 6;

const KINDS: [ConnectionKind; 5] = [
    ConnectionKind::Local,
    ConnectionKind::Ssh,
    ConnectionKind::WinrmHttps,
    ConnectionKind::Winrm,
    ConnectionKind::Telnet,
];

/// What is asked about a target.
#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    All,
    /// Has a connection of this kind, as it is called after “has”.
    Kind(&'static str),
    Credentials,
    NoCredentials,
    NoConnection,
    Unreachable,
    Maintenance,
    /// Silent for as long as this says.
    Stale(String),
}

/// Which targets are so.
pub(super) async fn answer(store: &Store, reading: &Reading, clock: &Clock) -> Result<Answer, Problem> {
    let scope = Scope::of(reading);
    let (about, with) = match about(reading, clock) {
        Ok(understood) => understood,
        Err(answer) => return Ok(answer),
    };
    let question = TargetQuestion { names: scope.targets.clone(), os: scope.os, with };
    let found = store.ask_targets(&question, MAX_ROWS).await?;
    let said = spoken(&about, &found, &scope, clock);
    let count_only = counts(reading);
    let follow_ups = follow_ups(&about, &found, &scope, count_only);
    if count_only {
        return Ok(Answer { follow_ups, ..Answer::of(said) });
    }
    let (head, cells) = columns(&about);
    let rows: Vec<AnswerRow> =
        found.first.iter().map(|target| row(Some(AnswerLink::Target(target.id)), cells(target))).collect();
    Ok(Answer { sentence: said, table: table(head, rows, found.total), follow_ups })
}

/// A row's cells.
type Cells = fn(&TargetFound) -> Vec<AnswerCell>;

/// The columns that tell what was asked, and what stands in them.
fn columns(about: &About) -> (&'static [&'static str], Cells) {
    match about {
        About::All | About::Kind(_) | About::Credentials => {
            (&["Target", "Address", "OS", "Reached by", "Last contact"], |t| {
                vec![
                    name(t),
                    address(t),
                    AnswerCell::text(t.os.to_string()),
                    ways(t),
                    AnswerCell::moment(t.last_contact),
                ]
            })
        }
        About::NoCredentials => {
            (&["Target", "Address", "Reached by", "Logs in with"], |t| vec![name(t), address(t), ways(t), login(t)])
        }
        About::NoConnection => (&["Target", "Address", "OS", "Why"], |t| {
            vec![name(t), address(t), AnswerCell::text(t.os.to_string()), no_way(t)]
        }),
        About::Unreachable => (&["Target", "Failed", "Why", "Last contact"], |t| {
            let why = AnswerCell::text(t.last_failure.as_str());
            vec![name(t), AnswerCell::moment(t.last_failure_at), why, last_contact(t)]
        }),
        About::Maintenance => (&["Target", "OS", "Last contact", "Notes"], |t| {
            let notes = AnswerCell::text(t.notes.lines().next().unwrap_or_default());
            vec![name(t), AnswerCell::text(t.os.to_string()), AnswerCell::moment(t.last_contact), notes]
        }),
        About::Stale(_) => (&["Target", "Last contact", "Last attempt"], |t| {
            vec![name(t), last_contact(t), AnswerCell::text(t.last_failure.as_str())]
        }),
    }
}

/// What is asked, and how the store is asked; or the answer that nobody can know.
fn about(reading: &Reading, clock: &Clock) -> Result<(About, Option<Trait>), Answer> {
    if let Some(service) = slot(reading, "service_type") {
        let (called, kinds) = match service.to_lowercase().as_str() {
            "winrm" => ("a WinRM", vec![ConnectionKind::Winrm, ConnectionKind::WinrmHttps]),
            "winrm-https" | "winrm_https" => ("a WinRM (HTTPS)", vec![ConnectionKind::WinrmHttps]),
            "ssh" => ("an SSH", vec![ConnectionKind::Ssh]),
            "telnet" => ("a telnet", vec![ConnectionKind::Telnet]),
            "local" => ("a local", vec![ConnectionKind::Local]),
            other => {
                return Err(Answer::of(format!(
                    "The inventory keeps how a target is reached (SSH, WinRM, telnet, local); it does not know which \
                     targets have {other}."
                )));
            }
        };
        return Ok((About::Kind(called), Some(Trait::Connection(kinds))));
    }
    Ok(match slot(reading, "filter") {
        None => (About::All, None),
        Some("credentials") => (About::Credentials, Some(Trait::Credentials)),
        Some("no_credentials") => (About::NoCredentials, Some(Trait::NoCredentials)),
        Some("no_connection") => (About::NoConnection, Some(Trait::NoConnection(spoken_kinds()))),
        Some("unreachable") => (About::Unreachable, Some(Trait::Unreachable)),
        Some("maintenance") => (About::Maintenance, Some(Trait::Maintenance)),
        Some("stale") => {
            let window = slot(reading, "window").and_then(|word| clock.window(word));
            match window.and_then(|w| Some((w.span.from?, w.said))) {
                Some((since, said)) => (About::Stale(said), Some(Trait::Silent(since))),
                None => {
                    let said = format!("in the last {STALE_DAYS} days");
                    (About::Stale(said), Some(Trait::Silent(clock.days_ago(STALE_DAYS))))
                }
            }
        }
        Some(other) => {
            return Err(Answer::of(format!(
                "Wheelhouse does not know which targets are “{}”. It knows which have no credentials, no connection, \
                 were unreachable, have been silent, or are in maintenance.",
                other.replace('_', " ")
            )));
        }
    })
}

/// The kinds this program can speak.
fn spoken_kinds() -> Vec<ConnectionKind> {
    let usable = |kind: &ConnectionKind| {
        TargetSpec { connections: vec![Connection::of(*kind)], ..TargetSpec::default() }.usable_connection().is_some()
    };
    KINDS.into_iter().filter(usable).collect()
}

fn spoken(about: &About, found: &TargetsFound, scope: &Scope, clock: &Clock) -> String {
    let n = found.total;
    let within = scope.within();
    let kind = &scope.kind;
    let number = |n| number(n, &format!("{kind}target"), &format!("{kind}targets"));
    let targets = if n == 0 { format!("No {kind}target") } else { number(n) };
    let one = n <= 1;
    if found.among == 0 {
        return match (within.is_empty(), kind.is_empty()) {
            (true, true) => "There are no targets in the inventory yet.".to_owned(),
            (true, false) => format!("There are no {kind}targets in the inventory."),
            (false, _) => format!("There are no {kind}targets {within}."),
        };
    }
    let of = |what: &str| {
        let among = if within.is_empty() { String::new() } else { format!("{within} ") };
        sentence(&[&targets, &format!("{among}{what}")])
    };
    let untried = |said: String| match found.untried {
        0 => said,
        1 => format!("{said} 1 target has never been tried, so nothing is known of it."),
        n => format!("{said} {n} targets have never been tried, so nothing is known of them."),
    };
    match about {
        About::All if within.is_empty() => {
            format!("There {} {} in the inventory.", if n == 1 { "is" } else { "are" }, number(n))
        }
        About::All => sentence(&[&number(n), if n == 1 { "is" } else { "are" }, &within]),
        About::Kind(called) => of(&format!("{} {called} connection", if one { "has" } else { "have" })),
        About::Credentials => of(&format!("{} a credential to log in with", if one { "has" } else { "have" })),
        About::NoCredentials => {
            let said = of(&format!("{} no credential to log in with", if one { "has" } else { "have" }));
            if n > 0 { format!("{said} SSH then tries your agent; the rest cannot log in.") } else { said }
        }
        About::NoConnection => of(&format!("{} no connection Wheelhouse can use", if one { "has" } else { "have" })),
        About::Unreachable => {
            let what = if one {
                "was unreachable when it was last tried"
            } else {
                "were unreachable when they were last tried"
            };
            let said = of(what);
            let latest = found.first.first().and_then(|t| Some((t, t.last_failure_at?)));
            let said = match latest {
                Some((target, at)) if n == 1 => format!("{} ({}).", said.trim_end_matches('.'), clock.when(at))
                    .replacen(&number(1), &target.name, 1),
                Some((target, at)) => format!("{said} The latest was {}, {}.", target.name, clock.when(at)),
                None => said,
            };
            untried(said)
        }
        About::Maintenance => of(&format!("{} in maintenance", if one { "is" } else { "are" })),
        About::Stale(window) => match n {
            0 => format!(
                "Every target {}answered {window}.",
                if within.is_empty() { String::new() } else { format!("{within} ") }
            ),
            _ => of(&format!("{} not answered {window}", if one { "has" } else { "have" })),
        },
    }
}

fn name(target: &TargetFound) -> AnswerCell {
    AnswerCell::text(target.name.as_str())
}

fn address(target: &TargetFound) -> AnswerCell {
    AnswerCell::text(target.addresses.first().map_or(target.name.as_str(), String::as_str))
}

/// `SSH`, `SSH, port 2222 or WinRM`.
fn ways(target: &TargetFound) -> AnswerCell {
    let ways: Vec<String> = target
        .connections
        .iter()
        .map(|c| match c.port.filter(|port| Some(*port) != c.kind.default_port()) {
            Some(port) => format!("{} port {port}", c.kind),
            None => c.kind.to_string(),
        })
        .collect();
    AnswerCell::text(if ways.is_empty() { "no connection".to_owned() } else { ways.join(", ") })
}

fn login(target: &TargetFound) -> AnswerCell {
    let dangling = target.connections.iter().any(|c| c.credential.is_some());
    let ssh = target.connections.iter().any(|c| c.kind == ConnectionKind::Ssh);
    AnswerCell::text(match (dangling, ssh) {
        (true, _) => "a credential that is no longer in the vault",
        (false, true) => "your SSH agent only",
        (false, false) => "nothing",
    })
}

fn no_way(target: &TargetFound) -> AnswerCell {
    if target.connections.is_empty() {
        return AnswerCell::text("no connection is set up");
    }
    let kinds: Vec<String> = target.connections.iter().map(|c| c.kind.to_string()).collect();
    AnswerCell::text(format!("only {}, which Wheelhouse does not speak", super::spoken::list(&kinds)))
}

fn last_contact(target: &TargetFound) -> AnswerCell {
    match target.last_contact {
        Some(at) => AnswerCell::Moment { at },
        None => AnswerCell::text("never"),
    }
}

fn follow_ups(about: &About, found: &TargetsFound, scope: &Scope, count_only: bool) -> Vec<Choice> {
    let mut choices = Vec::new();
    if count_only && found.total > 0 && *about == About::All && !scope.said.is_empty() {
        choices.push(follow_up(format!("list targets in {}", scope.said)));
    }
    if matches!(about, About::Unreachable | About::Stale(_)) && (1..=NAMED as u64).contains(&found.total) {
        let all: Vec<String> = found.first.iter().map(|t| t.name.clone()).collect();
        let request = format!("show uptime of {}", super::spoken::list(&all));
        choices.push(Choice { label: format!("Try {} again", names(&all)), request });
    }
    choices
}
