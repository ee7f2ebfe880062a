//! Help by example, with the names of the inventory as it is.

use super::{follow_up, slot};
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::answer::Answer;
use wheelhouse_protocol::reading::{Choice, Reading};
use wheelhouse_store::Store;

/// Topics by the words that name them, with examples. `{group}` and `{host}` become real ones.
const TOPICS: [(&[&str], &[&str]); 9] = [
    (
        &["service", "restart", "start", "stop", "reload", "enable", "disable"],
        &[
            "check status of {service} on {group}", "restart {service} on {group}", "stop {service} on {host}",
            "start {service} on {host}",
        ],
    ),
    (
        &["copy", "file", "upload", "deploy", "delete", "directory"],
        &[
            "copy /tmp/app.conf to /etc/app.conf on {group}",
            "list /var/log on {host}",
            "show file /etc/hosts on {host}",
        ],
    ),
    (
        &["log", "logs", "tail", "search"],
        &[
            "tail /var/log/syslog on {host}",
            "show the last 100 lines of /var/log/syslog on {host}",
            "search for \"error\" in /var/log/syslog on {group}",
        ],
    ),
    (
        &["disk", "cpu", "memory", "uptime", "process", "check", "health", "status", "space", "load"],
        &[
            "check disk usage on {group}", "show uptime of {host}", "show running processes on {host}",
            "check status of {service} on {group}",
        ],
    ),
    (
        &["install", "uninstall", "update", "package", "upgrade"],
        &["install {package} on {host}", "update {package} on {group}", "uninstall {package} on {host}"],
    ),
    (
        &["command", "script", "run"],
        &["run \"{command}\" on {host}", "run \"{command}\" on {group}", "show uptime of {host}"],
    ),
    (
        &["schedule", "recipe", "later", "cron"],
        &[
            "every Sunday at 03:00 UTC restart {service} on {group}",
            "in 10 minutes check disk usage on {group}",
            "list schedules",
        ],
    ),
    (
        &["job", "jobs", "history", "alert", "alerts", "notification", "retry", "cancel"],
        &[
            "what jobs failed yesterday?",
            "what jobs are running right now?",
            "what steps failed in the last execution?",
            "show alerts from the last 24 hours",
        ],
    ),
    (
        &["target", "targets", "group", "groups", "inventory", "credential", "credentials", "host", "server"],
        &[
            "which targets are unreachable?", "show targets with missing credentials",
            "how many targets are in {group}?", "which targets have SSH access?",
        ],
    ),
];

/// A little of everything.
const ANYTHING: [&str; 6] = [
    "check disk usage on {group}", "restart {service} on {group}", "tail /var/log/syslog on {host}",
    "show uptime of {host}", "which targets are unreachable?", "what jobs failed yesterday?",
];

/// Examples that fit the topic.
pub(super) async fn answer(store: &Store, reading: &Reading) -> Result<Answer, Problem> {
    let topic = slot(reading, "topic").map(|topic| topic.to_lowercase().replace('_', " "));
    let windows = topic.as_deref().is_some_and(about_windows);
    let (mut groups, mut targets) = store.some_places(windows, 2).await?;
    let windows = windows && !targets.is_empty();
    if targets.is_empty() {
        // Nothing of the kind is there: any machine is a better example than none.
        (groups, targets) = store.some_places(!windows, 2).await?;
    }
    let asked = slot(reading, "service").map(str::to_owned);
    let service = asked.unwrap_or_else(|| if windows { "W3SVC" } else { "nginx" }.to_owned());
    let group = groups.first().or(targets.first()).map_or("localhost", String::as_str);
    let host = targets.first().map_or("localhost", String::as_str);
    let fill = |template: &str| {
        template
            .replace("{service}", &service)
            .replace("{package}", if windows { "7zip" } else { "curl" })
            .replace("{command}", if windows { "Get-Volume" } else { "df -h" })
            .replace("{group}", group)
            .replace("{host}", host)
    };
    let templates = topic.as_deref().and_then(of_topic).unwrap_or(&ANYTHING);
    let mut examples: Vec<String> = Vec::new();
    // Those about anything follow, for the case that few of the topic's can be understood here.
    let all = templates.iter().chain(&ANYTHING);
    for template in all.filter(|t| !windows || !t.contains("/var/") && !t.contains("/etc/")) {
        let example = fill(template);
        if !examples.contains(&example) {
            examples.push(example);
        }
    }
    let follow_ups: Vec<Choice> = examples.into_iter().map(follow_up).collect();
    // What the planner says to a question of its own (what if, how do I) stands; examples follow it.
    let sentence = if topic.is_none() && !reading.sentence.trim().is_empty() {
        reading.sentence.clone()
    } else {
        "Say it in your own words; you see the plan before anything runs, and nothing changes before you approve it. \
         For example:"
            .to_owned()
    };
    Ok(Answer { sentence, table: None, follow_ups })
}

fn words(topic: &str) -> impl Iterator<Item = &str> {
    topic.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn about_windows(topic: &str) -> bool {
    words(topic).any(|word| ["windows", "powershell", "iis", "winrm", "w3svc"].contains(&word))
}

fn of_topic(topic: &str) -> Option<&'static [&'static str]> {
    let fits = |known: &&str| words(topic).any(|word| word == *known || word.strip_suffix('s') == Some(known));
    TOPICS.iter().find(|(names, _)| names.iter().any(fits)).map(|(_, examples)| *examples)
}
