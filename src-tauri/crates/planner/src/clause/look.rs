//! Looking: what a check, a question or a bare noun is about.

use super::{Clause, ClauseReader, Draft, Gap, Parts, is_service_name};
use crate::lexicon::Look;
use crate::text::Kind;
use serde_json::json;
use wheelhouse_protocol::action::{Action, Metric, ServiceFilter};
use wheelhouse_protocol::reading::Intent;

impl ClauseReader<'_> {
    pub(super) fn look(&self, parts: &mut Parts<'_>) -> Clause {
        // "…, start tomcat, verify"
        if parts.place.is_none()
            && parts.object.words(self.lexicon).is_empty()
            && !parts.implicit
            && let Some(name) = &parts.earlier.name
        {
            let service = self.lexicon.service(name);
            return Clause::ready(Intent::Check, Action::ServiceStatus { service })
                .text("service", &self.lexicon.canonical_service(name));
        }
        parts.object.take(&["if", "whether", "that"]);
        let looks = parts.object.find_all(&self.lexicon.looks);
        let has = |look: Look| looks.iter().any(|(_, l)| *l == look);
        let path = parts
            .object
            .tokens
            .iter()
            .find(|t| t.kind == Kind::Path || t.kind == Kind::Quoted && super::is_absolute(&t.text))
            .map(|t| t.text.clone());
        let drive = parts.object.has(&["drive"]);
        // "any OOM kills in /var/log/kern.log"
        if path.is_some()
            && parts.object.has(&["any"])
            && !has(Look::Directory)
            && !has(Look::Disk)
            && parts.object.words(self.lexicon).len() > 2
        {
            parts.object.take(&["any", "are", "there", "in"]);
            return self.find(parts);
        }
        if ["how full"].contains(&parts.said.as_str()) {
            return self.disk(parts);
        }
        if path.is_some()
            && parts.object.tokens.iter().any(|t| t.kind == Kind::Quoted && !super::is_absolute(&t.text))
            && parts.object.has(&[
                "appear", "appears", "occur", "occurs", "times", "mentions", "mentioned", "containing", "contain",
                "matching", "occurrences",
            ])
        {
            parts.object.take(&[
                "many", "times", "does", "appear", "appears", "occur", "occurs", "mentioned", "how", "is", "are",
            ]);
            return self.find(parts);
        }
        let hungry = parts.object.has(&["eating", "hogging", "consuming", "using", "burning", "taking"])
            && (parts.object.has(&["cpu", "memory", "ram", "mem"]));
        if hungry
            && ["what", "what is", "what's", "whats", "which", "who", "who's", "who is", "show", "find", "show me"]
                .contains(&parts.said.as_str())
            && !parts.object.has(&["percent", "much"])
        {
            return self.processes(parts);
        }
        if ["what's", "whats", "what is"].contains(&parts.said.as_str())
            && let Some(path) = &path
            && parts.object.tokens.first().is_some_and(|t| t.is("in") || t.is("inside") || t.is("under"))
            && !is_known_file(path)
        {
            return self.list_directory(parts);
        }
        if parts.object.has(&["user", "account"])
            && !self.speaks_of_service(parts)
            && path.is_none()
            && !parts.object.has(&["process", "processes", "service"])
        {
            return self.users(parts);
        }
        if ["who", "who's", "whos", "who is", "who all"].contains(&parts.said.as_str())
            && (parts.place.is_some() || has(Look::Users) && parts.object.tokens.len() < 6)
        {
            return self.users(parts);
        }
        if let Some(path) = &path {
            return self.look_at_path(parts, path, &has);
        }
        if drive && has(Look::Directory) {
            return self.list_directory(parts);
        }
        if parts.object.has(&["lines", "line", "entries"]) && parts.object.has(&["first", "top"]) && has(Look::File) {
            return self.read_file(parts);
        }
        if has(Look::Log) {
            if parts.object.take(&["containing", "matching", "mentioning"]) {
                return self.find(parts);
            }
            return self.tail(parts);
        }
        if has(Look::Users)
            && !has(Look::Metric(Metric::Cpu))
            && !self.speaks_of_service(parts)
            && !parts.object.has(&["processes", "process"])
        {
            return self.users(parts);
        }
        if parts.object.has(&["process", "processes", "procs", "tasks"])
            && (has(Look::Processes) || !has(Look::Status))
            && !self.speaks_of_service(parts)
        {
            return self.processes(parts);
        }
        if has(Look::Processes) {
            return self.processes(parts);
        }
        if has(Look::Services) && !self.speaks_of_service(parts) {
            return self.services(parts);
        }
        if let Some(clause) = self.reach(parts) {
            return clause;
        }
        if has(Look::Directory) && !has(Look::Disk) {
            return self.list_directory(parts);
        }
        if has(Look::File) && !has(Look::Status) && !self.speaks_of_service(parts) {
            return self.read_file(parts);
        }
        if let Some(clause) = self.measures(parts) {
            return clause;
        }
        self.service_status(parts)
    }

    fn look_at_path(&self, parts: &mut Parts<'_>, path: &str, has: &dyn Fn(Look) -> bool) -> Clause {
        let last = parts.object.has(&["last", "tail", "end", "recent", "latest", "bottom"]);
        let lines = parts.object.has(&["lines", "line", "entries", "rows"]);
        if has(Look::Disk) || parts.object.has(&["usage", "full", "free", "space"]) {
            return self.disk(parts);
        }
        let folder = path.ends_with(['/', '\\']) || path.len() == 2 || parts.object.has(&["drive"]);
        let named_folder = parts.object.has(&["folder", "directory", "dir"]);
        if named_folder && !lines {
            return self.list_directory(parts);
        }
        if (has(Look::Directory)
            || folder
            || parts.object.has(&["contents"]) && !is_known_file(path)
            || ["ls", "list", "list out"].contains(&parts.said.as_str()))
            && (!has(Look::File) || parts.object.has(&["contents"]) && !is_known_file(path))
            && !lines
        {
            return self.list_directory(parts);
        }
        if last
            || has(Look::Log)
            || (path.to_lowercase().contains("log") && !parts.object.has(&["first", "head"]) && !has(Look::File))
        {
            return self.tail(parts);
        }
        if parts
            .object
            .has(&["exists", "exist", "there", "permissions", "size", "owner", "hash", "checksum", "version", "count"])
        {
            return Clause::unknown();
        }
        self.read_file(parts)
    }

    /// Whether a service is named: then "running", "sessions" and "users" are said of it.
    fn speaks_of_service(&self, parts: &Parts<'_>) -> bool {
        let known =
            (0..parts.object.tokens.len()).any(|at| self.lexicon.service_at(&parts.object.tokens[at..]).is_some());
        let named = parts
            .object
            .tokens
            .iter()
            .any(|t| t.kind == Kind::Quoted || t.lower.ends_with(".exe") || t.lower.ends_with(".service"));
        known || named
    }

    pub(super) fn services(&self, parts: &mut Parts<'_>) -> Clause {
        let filter = if parts.object.has(&["failed", "broken", "crashed", "dead", "failing"]) {
            ServiceFilter::Failed
        } else if parts.object.has(&["running", "active", "started"]) {
            ServiceFilter::Running
        } else {
            ServiceFilter::All
        };
        let stopped = parts.object.has(&["stopped", "inactive", "disabled"]);
        parts.object.take(&[
            "auto-start", "autostart", "automatic", "--type=service", "--all", "--failed", "list-units", "services",
            "service", "daemons", "running", "failed", "active", "started", "stopped", "list", "all", "windows",
            "systemd", "units", "of", "the", "status", "broken", "are", "is", "any", "which", "what", "there", "linux",
            "installed", "currently", "every", "have", "dead", "state", "enabled", "names", "inactive", "failing",
            "crashed",
        ]);
        parts.object.take_set(&self.lexicon.machines);
        let clause = Clause::ready(Intent::ListServices, Action::ListServices { filter });
        match filter {
            _ if stopped => clause.text("filter", "stopped"),
            ServiceFilter::All => clause,
            ServiceFilter::Running => clause.text("filter", "running"),
            ServiceFilter::Failed => clause.text("filter", "failed"),
        }
    }

    pub(super) fn disk(&self, parts: &mut Parts<'_>) -> Clause {
        let path = parts
            .object
            .take_if(|t| t.kind == Kind::Path || t.kind == Kind::Quoted && super::is_absolute(&t.text))
            .map(|t| t.text);
        self.take_measure_words(parts);
        parts.object.take(&[
            "-h", "-ht", "-hT", "-k", "-m", "disk", "disks", "space", "drive", "drives", "usage", "root", "partition",
            "partitions", "volume", "volumes", "storage", "filesystem", "filesystems", "hard", "how", "full", "c",
            "check",
        ]);
        let clause = Clause::ready(Intent::DiskUsage, Action::DiskUsage { path: path.clone() });
        match path {
            Some(path) => clause.text("path", &path),
            None => clause,
        }
    }

    fn take_measure_words(&self, parts: &mut Parts<'_>) {
        while parts.object.take_if(|t| t.text.ends_with('%') && t.text.len() <= 4).is_some() {}
        parts.object.take_set(&self.lexicon.metrics);
        parts.object.take_set(&self.lexicon.machines);
        parts.object.take_set(&self.lexicon.group_nouns);
        parts.object.take_set(&self.lexicon.all);
        parts.object.take(&[
            "first", "know", "please", "over", "above", "more", "than", "exceeding", "under", "below", "less", "least",
            "greater", "higher", "does", "did", "can", "eating", "final", "look", "status", "state", "if", "whether",
            "is", "are", "there", "it", "they", "much", "many", "how", "long", "has", "have", "been", "any", "what",
            "of", "doing", "using", "right", "enough", "still", "time", "when", "was", "did", "last", "full", "busy",
            "high", "each", "per", "check", "quick", "basic", "up", "get", "system", "systems", "loaded",
        ]);
    }

    /// Disk, uptime, CPU, memory, health, reachability: one of them or several.
    fn measures(&self, parts: &mut Parts<'_>) -> Option<Clause> {
        let looks = parts.object.find_all(&self.lexicon.looks);
        let service = self.speaks_of_service(parts);
        let measured: Vec<_> = looks
            .into_iter()
            .filter(|(_, look)| matches!(look, Look::Disk | Look::Uptime | Look::Metric(_)))
            .filter(|(_, look)| {
                !(service && matches!(look, Look::Metric(Metric::Reachability | Metric::Health) | Look::Uptime))
            })
            .collect();
        let rebooted = parts.object.has(&["rebooted", "booted", "reboot", "restarted"])
            && !service
            && (parts.object.has(&["last", "when"])
                || parts.said.starts_with("when")
                || parts.said.starts_with("how long"));
        if measured.is_empty() {
            let how_long = (parts.said == "how long" || parts.said == "since when")
                && parts.object.has(&["up", "running"])
                && !service;
            if rebooted || how_long {
                parts.object.take(&["rebooted", "booted", "reboot", "restarted", "up", "running", "last", "been"]);
                self.take_measure_words(parts);
                return Some(Clause::ready(Intent::Uptime, Action::Uptime));
            }
            if parts.said == "how busy" || parts.said == "how loaded" {
                self.take_measure_words(parts);
                return Some(measure(Metric::Cpu));
            }
            if parts.said == "how full" {
                return Some(self.disk(parts));
            }
            return self.whole_machine_check(parts);
        }
        let mut clauses: Vec<Clause> = Vec::new();
        for (range, look) in &measured {
            parts.object.mark(range.clone());
            let clause = match look {
                Look::Disk => self.disk(parts),
                Look::Uptime => Clause::ready(Intent::Uptime, Action::Uptime),
                Look::Metric(metric) => measure(*metric),
                _ => continue,
            };
            if clauses.iter().all(|c| c.drafts != clause.drafts) {
                clauses.push(clause);
            }
        }
        self.take_measure_words(parts);
        parts.object.take(&["and", "plus"]);
        // "ok" and "health" beside a real measure add nothing: "is the disk ok".
        if clauses.len() > 1 {
            clauses.retain(|c| {
                !matches!(
                    c.drafts.as_slice(),
                    [Draft::Ready(Action::Measure { metric: Metric::Health | Metric::Reachability })]
                )
            });
        }
        let mut clauses = clauses.into_iter();
        let mut first = clauses.next()?;
        let mut metrics: Vec<serde_json::Value> = first.step.slots.get("metric").cloned().into_iter().collect();
        for more in clauses {
            first.drafts.extend(more.drafts);
            let name = more.step.slots.get("metric").cloned().unwrap_or_else(|| json!(more.step.intent.as_str()));
            metrics.push(name);
            if more.step.intent != first.step.intent {
                first.step.intent = Intent::MultiStep;
            }
        }
        if metrics.len() > 1 {
            first.step.slots.insert("metric".to_owned(), json!(metrics));
        }
        Some(first)
    }

    /// "check web-01", "status of all web servers", "is db-01 up".
    fn whole_machine_check(&self, parts: &mut Parts<'_>) -> Option<Clause> {
        parts.place?;
        let meaningful = parts.object.words(self.lexicon).iter().any(|(_, t)| {
            t.kind != Kind::Word
                || !(self.lexicon.place.contains(&t.lower)
                    || self.lexicon.machines.contains(&t.lower)
                    || self.lexicon.all.contains(&t.lower)
                    || [
                        "status", "state", "of", "if", "whether", "hostname", "up", "down", "alive", "there", "still",
                        "is", "are", "running", "not", "or", "working", "fine", "good",
                    ]
                    .contains(&t.lower.as_str()))
        });
        if meaningful || parts.implicit && parts.object.words(self.lexicon).is_empty() {
            return None;
        }
        let end = parts.object.tokens.len();
        parts.object.mark(0..end);
        Some(measure(Metric::Reachability))
    }

    /// "connectivity to 10.0.1.50", "can web-01 reach db-01 on port 5432", "ping 8.8.8.8 from web-01".
    fn reach(&self, parts: &mut Parts<'_>) -> Option<Clause> {
        let spoken = parts.object.has(&[
            "reach", "connectivity", "ping", "connect", "telnet", "reachable", "traceroute", "connection", "port",
        ]) || parts.said == "ping";
        if !spoken {
            return None;
        }
        let port = {
            let at = parts.object.tokens.iter().position(|t| t.is("port"));
            match at.and_then(|at| parts.object.tokens.get(at + 1)).and_then(|t| t.lower.parse::<u16>().ok()) {
                Some(port) => {
                    parts.object.take_after(&["port"]);
                    Some(port)
                }
                None => None,
            }
        };
        let roster = self.places.roster;
        let there = parts.object.rest().find(|(_, t)| {
            matches!(t.kind, Kind::Word | Kind::Quoted)
                && (roster.host(&t.text).is_some()
                    || crate::places::is_host_like(&t.text)
                    || t.text.contains('.') && is_service_name(&t.text))
        });
        let there = there.map(|(i, t)| (i, t.text.clone()));
        let mut clause = match there {
            Some((at, address)) => {
                parts.object.mark(at..at + 1);
                let known = roster.host(&address).map(|i| roster.targets[i].spec.address().to_owned());
                let action = Action::Reach { address: known.unwrap_or_else(|| address.clone()), port };
                let mut clause = Clause::ready(Intent::Check, action).text("destination", &address);
                if parts.place.is_none() {
                    // "can you reach 10.0.1.50": from here, and the address is what it is about.
                    let token = parts.object.tokens[at].clone();
                    clause.places = self.places.read(&[token], 0).map(|(places, _)| places);
                    if clause.places.as_ref().is_some_and(|p| p.is_clear()) {
                        clause.drafts = vec![Draft::Ready(Action::Measure { metric: Metric::Reachability })];
                    }
                }
                clause
            }
            // "is port 443 open on web-01": on the machine itself.
            None if port.is_some() && parts.place.is_some() => {
                Clause::ready(Intent::Check, Action::Reach { address: "localhost".to_owned(), port })
            }
            None => return None,
        };
        clause = clause.text("metric", "connectivity");
        if let Some(port) = port {
            clause = clause.slot("port", json!(port));
        }
        parts.object.take(&[
            "reach", "connectivity", "ping", "connect", "connection", "to", "network", "reachable", "from", "can",
            "test", "port", "on", "telnet", "traceroute", "is", "if", "whether", "open", "listening", "closed", "does",
            "respond", "host", "server",
        ]);
        Some(clause)
    }

    fn service_status(&self, parts: &mut Parts<'_>) -> Clause {
        let service_said = self.speaks_of_service(parts)
            || parts.object.has(&["service", "services", "daemon", "running", "active", "installed", "enabled"]);
        let status = parts.object.has(&[
            "status", "state", "running", "active", "up", "down", "stopped", "health", "healthy", "working", "alive",
            "version", "installed", "enabled", "started", "failed", "dead",
        ]);
        let version = parts.object.has(&["version"]);
        parts.object.take(&[
            "come", "came", "back", "open", "listening", "status", "state", "if", "whether", "running", "active", "up",
            "down", "of", "installed", "still", "all", "enabled", "started", "stopped", "healthy", "health", "working",
            "ok", "okay", "fine", "alive", "properly", "correctly", "is", "are", "there", "not", "or", "dead",
            "failed", "inactive", "been", "startup", "what", "which", "have", "has", "online", "responding", "good",
            "state?", "check", "checks", "currently", "doing", "how", "process", "every", "each", "at", "least",
            "whatever", "does", "it's", "running?", "named", "called", "actually",
        ]);
        if version {
            // Which version is installed is another question than whether it runs.
            return Clause::unknown();
        }
        parts.object.take_set(&self.lexicon.machines);
        match self.service_names(parts) {
            // Any word can follow "check": one that no service is known by must at least be said to be one.
            Ok(names)
                if !service_said
                    && !names.iter().all(|n| self.looks_like_a_name(&n.name))
                    && (parts.implicit || !status) =>
            {
                let said = names.iter().map(|n| n.name.as_str()).collect::<Vec<_>>().join(", ");
                if parts.implicit || parts.place.is_none() && !status {
                    return Clause::unknown();
                }
                Clause::lacking(
                    Intent::Check,
                    Gap::new(
                        "what",
                        format!("Is “{said}” a service? Then say “check the {said} service”. What is to be checked?"),
                    ),
                )
            }
            Ok(names)
                if service_said
                    || status
                    || parts.place.is_some()
                    || names.iter().all(|n| self.looks_like_a_name(&n.name)) =>
            {
                let mut clause = Clause::new(Intent::Check);
                for name in &names {
                    clause
                        .drafts
                        .push(Draft::Ready(Action::ServiceStatus { service: self.lexicon.service(&name.name) }));
                    clause.reasons.extend(name.reason.clone());
                }
                self.name_slots(clause, &names)
            }
            Ok(_) => Clause::unknown(),
            Err(gap) if service_said || status || parts.place.is_some() => {
                let gap = if service_said {
                    gap
                } else {
                    Gap { about: "what", question: "What is to be checked there?".to_owned(), ..gap }
                };
                Clause::lacking(Intent::Check, gap)
            }
            Err(_) => Clause::unknown(),
        }
    }
}

impl ClauseReader<'_> {
    /// A known service, or a word no sentence has: with digits, dots, hyphens or such.
    pub(super) fn looks_like_a_name(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let bare = lower.strip_suffix(".service").unwrap_or(&lower);
        self.places.roster.tag(bare).is_some()
            || self.lexicon.knows_service(bare)
            || self.lexicon.knows_package(bare)
            || lower.contains(['.', '-', '_', '@', '$', ' '])
            || lower.chars().any(|c| c.is_ascii_digit())
    }
}

/// Files that carry no ending, or whose ending says that they are files.
fn is_known_file(path: &str) -> bool {
    let name = super::file_name(path).to_lowercase();
    name.contains('.')
        || [
            "hosts", "passwd", "fstab", "group", "crontab", "shadow", "sudoers", "hostname", "motd", "issue",
            "services", "exports", "makefile", "dockerfile", "syslog", "messages", "readme", "license",
            "authorized_keys", "known_hosts", "id_rsa", "profile", "environment", "mtab", "meminfo", "cpuinfo",
            "version", "shells", "protocols", "mdstat", "gshadow", "timezone", "machine-id",
        ]
        .contains(&name.as_str())
}

fn measure(metric: Metric) -> Clause {
    let name = match metric {
        Metric::Reachability => "reachability",
        Metric::Cpu => "cpu",
        Metric::Memory => "memory",
        Metric::Health => "health",
    };
    Clause::ready(Intent::Check, Action::Measure { metric }).text("metric", name)
}
