//! A checked suggestion as a request in plain English, as a person could have typed it. What it means is
//! decided by whoever reads it, with every check there is.

use wheelhouse_llm::Suggestion;
use wheelhouse_protocol::action::UserChange;
use wheelhouse_protocol::reading::Intent;

/// The request; `None` where a piece is missing that the planner would only ask for.
pub(super) fn request(said: &Suggestion) -> Option<String> {
    let what = what(said)?;
    let mut request = what;
    if !said.targets.is_empty() {
        request.push_str(" on ");
        request.push_str(&listed(&said.targets));
        if !said.except.is_empty() {
            request.push_str(" except ");
            request.push_str(&listed(&said.except));
        }
    }
    Some(request)
}

fn what(said: &Suggestion) -> Option<String> {
    let of = |value: &Option<String>| value.as_deref().map(quoted);
    let service = || of(&said.service);
    let verb = |verb: &str| Some(format!("{verb} service {}", service()?));
    let version = || of(&said.version).map(|v| format!(" version {v}")).unwrap_or_default();
    let log = || {
        let path = || of(&said.path);
        path().or_else(|| service().map(|s| format!("the {s} log")))
    };
    match said.intent {
        Intent::Check => match (service(), of(&said.process)) {
            (Some(service), _) => Some(format!("check status of service {service}")),
            (None, Some(process)) => Some(format!("check process {process}")),
            (None, None) => Some("check health".to_owned()),
        },
        Intent::Restart => verb("restart"),
        Intent::Start => verb("start"),
        Intent::Stop => verb("stop"),
        Intent::Reload => verb("reload"),
        Intent::Enable => verb("enable"),
        Intent::Disable => verb("disable"),
        Intent::Update => Some(format!("update package {}{}", of(&said.package)?, to_version(said))),
        Intent::Install => Some(format!("install package {}{}", of(&said.package)?, version())),
        Intent::Uninstall => Some(format!("uninstall package {}", of(&said.package)?)),
        Intent::CopyFile => Some(format!("copy {} to {}", of(&said.source)?, of(&said.destination)?)),
        Intent::TailLog => Some(match said.lines {
            Some(lines) => format!("tail the last {lines} lines of {}", log()?),
            None => format!("tail {}", log()?),
        }),
        Intent::SearchLog => Some(format!("search {} for {}", log()?, in_quotes(said.words.as_deref()?))),
        Intent::ReadFile => Some(format!("read file {}", of(&said.path)?)),
        Intent::ListDirectory => Some(format!("list directory {}", of(&said.path)?)),
        Intent::DeleteFiles => Some(format!("delete {}", of(&said.path)?)),
        Intent::DiskUsage => Some("check disk usage".to_owned()),
        Intent::Uptime => Some("show uptime".to_owned()),
        Intent::ListProcesses => Some("list processes".to_owned()),
        Intent::KillProcess => Some(format!("kill process {}", of(&said.process)?)),
        Intent::UserQuery => Some("show logged in users".to_owned()),
        Intent::UserAdmin => {
            let verb = match said.change? {
                UserChange::Lock => "lock",
                UserChange::Unlock => "unlock",
                UserChange::Create => "create",
                UserChange::Delete => "delete",
            };
            Some(format!("{verb} user {}", of(&said.user)?))
        }
        Intent::ListServices => Some("list services".to_owned()),
        Intent::Reboot => Some("reboot".to_owned()),
        Intent::Shutdown => Some("shut down".to_owned()),
        _ => None,
    }
}

fn to_version(said: &Suggestion) -> String {
    said.version.as_deref().map(|v| format!(" to version {}", quoted(v))).unwrap_or_default()
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(" and ")
}

/// A value as one word. What stands here has been checked to hold no quote.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._@$/\\:~+-".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { in_quotes(value) }
}

fn in_quotes(value: &str) -> String {
    format!("\"{value}\"")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use wheelhouse_llm::SUGGESTIBLE;
    use wheelhouse_planner::Planner;
    use wheelhouse_protocol::inventory::{
        Connection, ConnectionKind, Group, GroupSpec, Os, Snapshot, Target, TargetSpec,
    };
    use wheelhouse_protocol::reading::Disposition;
    use wheelhouse_protocol::{GroupId, TargetId};

    fn planner() -> Planner {
        let group = GroupId(uuid::Uuid::from_u128(1));
        let targets = ["web-01", "web-02"].iter().zip(10..).map(|(name, n)| Target {
            id: TargetId(uuid::Uuid::from_u128(n)),
            spec: TargetSpec {
                name: (*name).to_owned(),
                os: Os::Linux,
                groups: vec![group],
                connections: vec![Connection::of(ConnectionKind::Ssh)],
                ..TargetSpec::default()
            },
            facts: None,
            last_contact: None,
            last_failure: String::new(),
        });
        let groups =
            vec![Group { id: group, spec: GroupSpec { name: "web servers".to_owned(), ..GroupSpec::default() } }];
        Planner::new(&Snapshot { targets: targets.collect(), groups, ..Snapshot::default() }, "").unwrap()
    }

    /// The wording leans on the planner, which is another room: this says when the two part.
    #[test]
    fn every_intent_is_read_back_as_it_was_worded() {
        let planner = planner();
        let text = |text: &str| Some(text.to_owned());
        for intent in SUGGESTIBLE {
            let said = Suggestion {
                service: text("my-app@x"),
                package: text("htop"),
                process: text("station.exe"),
                path: text("/var/log/my app.log"),
                source: text("/tmp/a"),
                destination: text("/etc/a"),
                version: text("1.2.3"),
                user: text("jane"),
                change: Some(UserChange::Lock),
                words: text("connection refused"),
                lines: Some(40),
                targets: vec!["web servers".to_owned()],
                except: vec!["web-02".to_owned()],
                ..Suggestion::of(intent)
            };
            let request = request(&said).unwrap();
            let reading = planner.reading(&request);
            assert_eq!(reading.intent, intent, "{request}: {}", reading.sentence);
            let complete = matches!(reading.disposition, Disposition::Plan | Disposition::Confirm);
            assert!(complete, "{request}: {}", reading.sentence);
            assert_eq!(reading.targets.resolved, ["web-01"], "{request}");
        }
    }

    #[test]
    fn every_change_of_an_account_is_read_back() {
        for (change, name) in [
            (UserChange::Lock, "lock"),
            (UserChange::Unlock, "unlock"),
            (UserChange::Create, "create"),
            (UserChange::Delete, "delete"),
        ] {
            let said = Suggestion {
                user: Some("jane".to_owned()),
                change: Some(change),
                targets: vec!["web-01".to_owned()],
                ..Suggestion::of(Intent::UserAdmin)
            };
            let reading = planner().reading(&request(&said).unwrap());
            assert_eq!(reading.slots["action"], name, "{}", reading.sentence);
        }
    }

    #[test]
    fn looks_without_an_object_are_read_back() {
        for said in [
            Suggestion { process: Some("station.exe".to_owned()), ..Suggestion::of(Intent::Check) },
            Suggestion::of(Intent::Check),
            Suggestion { service: Some("nginx".to_owned()), ..Suggestion::of(Intent::TailLog) },
            Suggestion {
                service: Some("nginx".to_owned()),
                words: Some("timeout".to_owned()),
                ..Suggestion::of(Intent::SearchLog)
            },
        ] {
            let said = Suggestion { targets: vec!["web-01".to_owned()], ..said };
            let request = request(&said).unwrap();
            let reading = planner().reading(&request);
            assert_eq!(
                (reading.intent, reading.disposition),
                (said.intent, Disposition::Plan),
                "{request}: {}",
                reading.sentence
            );
        }
    }

    #[test]
    fn what_is_missing_makes_no_request() {
        for intent in [Intent::Restart, Intent::Install, Intent::CopyFile, Intent::KillProcess, Intent::DeleteFiles] {
            assert_eq!(request(&Suggestion::of(intent)), None, "{intent:?}");
        }
    }
}
