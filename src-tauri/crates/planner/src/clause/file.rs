//! Files and logs: copy, show, search, list, delete.

use super::{Clause, ClauseReader, Draft, Gap, Parts, file_name, is_absolute, is_windows_path};
use crate::text::{Kind, Token};
use serde_json::json;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::reading::Intent;

/// How many lines of a log or file are shown when nobody says.
const DEFAULT_LINES: u32 = 50;

impl ClauseReader<'_> {
    pub(super) fn copy(&self, parts: &mut Parts<'_>) -> Clause {
        parts.object.take(&["file", "files", "new", "the", "a", "-r", "over", "it"]);
        let is_file = |t: &Token| {
            matches!(t.kind, Kind::Path | Kind::Quoted)
                || (t.kind == Kind::Word && t.text.contains('.') && !t.text.ends_with('.'))
        };
        let to = parts
            .object
            .tokens
            .iter()
            .position(|t| ["to", "into", "onto", "as", "in", "at", "under", "->"].iter().any(|w| t.is(w)));
        let files: Vec<(usize, Token)> =
            parts.object.rest().filter(|(_, t)| is_file(t)).map(|(i, t)| (i, t.clone())).collect();
        if files.is_empty() && parts.said == "roll out" {
            return self.package_action(parts, Intent::Install);
        }
        // "put 7zip on cis-02": a package, not a file.
        if files.is_empty() && to.is_none() && ["put", "push", "roll out", "place"].contains(&parts.said.as_str()) {
            let words = parts.object.words(self.lexicon);
            if let [(_, one)] = words.as_slice()
                && self.lexicon.knows_package(&one.text)
            {
                return self.package_action(parts, Intent::Install);
            }
        }
        let source = files.iter().find(|(i, _)| to.is_none_or(|to| *i < to)).cloned();
        let destination = files.iter().find(|(i, _)| to.is_some_and(|to| *i > to)).cloned();
        for (at, _) in source.iter().chain(&destination) {
            parts.object.mark(*at..*at + 1);
        }
        parts.object.take(&["to", "into", "onto", "as", "under", "from"]);
        let mut clause = Clause::new(Intent::CopyFile);
        match &source {
            None => {
                clause.gaps.push(Gap::new("source", "Which file on this machine is to be copied? Give its full path."))
            }
            Some((_, file)) => {
                clause = clause.text("source", &file.text);
            }
        }
        let source = source.map(|(_, t)| t.text);
        let destination = match (destination.map(|(_, t)| t.text), &source) {
            (Some(path), Some(source)) if path.ends_with(['/', '\\']) => Some(format!("{path}{}", file_name(source))),
            (found, _) => found,
        };
        match &destination {
            None => clause.gaps.push(Gap::new("destination", "Where on the targets is it to go? Give the full path.")),
            Some(path) => {
                clause = clause.text("destination", path);
                if !is_absolute(path) {
                    clause.gaps.push(Gap::new(
                        "destination",
                        format!("Where on the targets is “{path}”? Give the full path."),
                    ));
                }
            }
        }
        if let (Some(source), Some(destination)) = (source, destination)
            && clause.gaps.is_empty()
        {
            if let Some(gap) = self.misplaced(parts, &destination) {
                return clause.gap(gap);
            }
            clause.drafts.push(Draft::Copy { source, destination });
        }
        clause
    }

    /// A path of the one system on machines of the other.
    fn misplaced(&self, parts: &Parts<'_>, path: &str) -> Option<Gap> {
        let systems = parts.systems(self);
        let windows = is_windows_path(path);
        let fits = |os: &Os| *os == Os::Unknown || (*os == Os::Windows) == windows;
        let wrong = !systems.iter().all(fits);
        let what = if windows {
            "a Windows path, and these machines do not run Windows"
        } else {
            "not a Windows path, and these machines run Windows"
        };
        wrong.then(|| Gap::new("path", format!("“{path}” is {what}. Which path is it?")))
    }

    /// How many lines: "last 10 lines", "-n 50", "20 lines".
    fn lines(&self, parts: &mut Parts<'_>) -> Option<u32> {
        let number = |t: &Token| -> Option<u32> {
            let digits = t.lower.trim_start_matches('-').trim_start_matches('n').trim_start_matches("=");
            digits.parse().ok().or_else(|| {
                let small = [
                    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty", "thirty",
                    "fifty", "hundred",
                ];
                let values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 50, 100];
                small.iter().position(|w| *w == t.lower).map(|i| values[i])
            })
        };
        let token = parts.object.take_if(|t| t.kind == Kind::Word && number(t).is_some())?;
        parts.object.take(&["-n", "-f", "lines", "line", "rows", "entries", "-10"]);
        number(&token)
    }

    /// The path spoken of: `/var/log/x`, `"C:\Program Files\x"`, "C: drive".
    fn path(&self, parts: &mut Parts<'_>) -> Option<String> {
        let token = parts
            .object
            .take_if(|t| t.kind == Kind::Path || t.kind == Kind::Quoted && is_absolute(&t.text))
            .or_else(|| {
                let at = parts.object.tokens.windows(2).position(|w| {
                    w[0].kind == Kind::Word
                        && w[0].text.len() == 1
                        && w[0].text.chars().all(|c| c.is_ascii_alphabetic() && !matches!(c, 'a' | 'A'))
                        && w[1].is("drive")
                })?;
                parts.object.mark(at..at + 2);
                let mut token = parts.object.tokens[at].clone();
                token.text.push(':');
                Some(token)
            })?;
        parts.object.take(&["drive", "root"]);
        let path = token.text;
        Some(if path.len() == 2 && is_windows_path(&path) { format!("{}\\", path.to_uppercase()) } else { path })
    }

    pub(super) fn tail(&self, parts: &mut Parts<'_>) -> Clause {
        parts.object.take(&[
            "final", "last", "recent", "latest", "end", "tail", "bottom", "newest", "most", "-f", "out", "content",
            "contents", "file", "files", "live", "follow", "me",
        ]);
        let lines = self.lines(parts);
        let path = self.path(parts);
        let looks = parts.object.find_all(&self.lexicon.looks);
        let relative = parts.object.take_if(|t| {
            t.kind == Kind::Word
                && ["log", "out", "err", "txt", "conf", "cfg", "csv", "json"]
                    .iter()
                    .any(|e| t.lower.ends_with(&format!(".{e}")))
        });
        if let Some(file) = relative.filter(|_| path.is_none()) {
            let question = format!("Where is “{}”? Give its full path.", file.text);
            let end = parts.object.tokens.len();
            parts.object.mark(0..end);
            return Clause::lacking(Intent::TailLog, Gap::new("path", question).instead_of(file.span, Vec::new()));
        }
        let mut clause = match path {
            Some(path) => {
                for (range, _) in looks
                    .iter()
                    .filter(|(_, look)| *look == crate::lexicon::Look::Log || *look == crate::lexicon::Look::File)
                {
                    parts.object.mark(range.clone());
                }
                parts.object.take(&["log", "logs", "lines", "line", "entries", "error", "errors", "of", "messages"]);
                let gap = self.misplaced(parts, &path);
                let action =
                    Action::TailLog { path: path.clone(), lines: lines.unwrap_or(DEFAULT_LINES).clamp(1, 10_000) };
                let mut clause = Clause::ready(Intent::TailLog, action).text("path", &path);
                clause.sensitive = self.lexicon.is_sensitive(&path);
                clause.gaps.extend(gap);
                clause
            }
            None => self.service_log(parts, Intent::TailLog, None, lines),
        };
        if let Some(lines) = lines {
            clause = clause.slot("lines", json!(lines));
        }
        clause
    }

    /// The log of a service, or of the system: "nginx logs", "syslog", "the event log".
    fn service_log(&self, parts: &mut Parts<'_>, intent: Intent, text: Option<String>, lines: Option<u32>) -> Clause {
        let system = parts.object.has(&[
            "syslog", "syslogs", "system", "journal", "event", "eventlog", "messages", "kernel", "dmesg", "windows",
        ]);
        let kind = ["error", "access"].into_iter().find(|k| parts.object.has(&[k]));
        let spoken =
            parts.object.find_all(&self.lexicon.looks).iter().any(|(_, look)| *look == crate::lexicon::Look::Log);
        parts.object.take(&[
            "log", "logs", "logfile", "entries", "lines", "line", "file", "files", "syslog", "syslogs", "system",
            "journal", "event", "events", "eventlog", "messages", "message", "error", "errors", "access", "kernel",
            "dmesg", "for", "of", "from", "in", "output", "journalctl", "-u", "application", "security", "service",
            "services", "server", "windows", "recent", "latest", "last", "new", "any",
        ]);
        parts.object.take_set(&self.lexicon.machines);
        let named = match self.service_names(parts) {
            Ok(names) => match names.as_slice() {
                [one] => Some(one.name.clone()),
                _ => return Clause::lacking(intent, Gap::new("service", "One service's log at a time: which one?")),
            },
            Err(gap) if gap.at.is_some() => return Clause::lacking(intent, gap),
            Err(_) => None,
        };
        if named.is_none() && !system {
            let about = if spoken || intent == Intent::SearchLog {
                "Which log? Give its path, or name the service."
            } else {
                "Which log or file? Give its path, or name the service."
            };
            let clause = Clause::lacking(intent, Gap::new("path", about));
            return match text {
                Some(text) => clause.text("text", &text),
                None => clause,
            };
        }
        let service = named.as_ref().map(|name| self.lexicon.service(name));
        let action =
            Action::ServiceLog { service, text: text.clone(), lines: lines.unwrap_or(DEFAULT_LINES).clamp(1, 10_000) };
        let mut clause = Clause::ready(intent, action);
        if let Some(name) = named {
            clause = clause.text("service", &self.lexicon.canonical_service(&name));
        } else {
            clause = clause.text("log", "system");
        }
        if let Some(kind) = kind {
            clause = clause.text("kind", kind);
        }
        match text {
            Some(text) => clause.text("text", &text),
            None => clause,
        }
    }

    /// "search /var/log/x for error", "grep timeout /var/log/y", "find 'oom' in the nginx logs".
    pub(super) fn find(&self, parts: &mut Parts<'_>) -> Clause {
        parts.object.take(&[
            "-i", "-r", "-n", "-in", "-ri", "-rn", "-e", "any", "all", "lines", "line", "containing", "matching",
            "with", "string", "text", "word", "phrase", "occurrences", "of", "mentions", "pattern", "entries", "that",
            "mention", "contain", "show", "me", "keyword", "the", "count", "last",
        ]);
        let lines = self.lines(parts);
        let path = self.path(parts);
        if parts.object.has(&["not", "without", "-v", "since", "or", "but", "between", "before", "after"]) {
            return Clause::lacking(
                Intent::SearchLog,
                Gap::new("text", "Only one text can be searched for, as it is. Which one? Put it in quotes."),
            );
        }
        let quoted = parts.object.take_kind(Kind::Quoted).map(|t| t.text);
        let text = quoted.or_else(|| {
            let after = parts.object.tokens.iter().position(|t| t.is("for"));
            let words = parts.object.words(self.lexicon);
            let log_word = |t: &Token| {
                [
                    "log", "logs", "syslog", "file", "files", "journal", "messages", "event", "eventlog", "in", "on",
                    "from", "within", "of", "at", "inside",
                ]
                .iter()
                .any(|w| t.is(w))
            };
            let candidates: Vec<(usize, Token)> = match after {
                Some(at) => words.into_iter().filter(|(i, _)| *i > at).take_while(|(_, t)| !log_word(t)).collect(),
                None => words
                    .into_iter()
                    .take_while(|(_, t)| !log_word(t))
                    .filter(|(i, t)| {
                        path.is_some()
                            || t.kind == Kind::Word
                                && *i < parts.object.tokens.len().saturating_sub(1)
                                && self.lexicon.service_at(&parts.object.tokens[*i..]).is_none()
                    })
                    .collect(),
            };
            let stop =
                candidates.windows(2).position(|pair| pair[1].0 - pair[0].0 > 1).map_or(candidates.len(), |n| n + 1);
            let candidates = &candidates[..stop.min(candidates.len())];
            let (first, last) = candidates.first().zip(candidates.last())?;
            let said = self.text.slice(first.1.span.start..last.1.span.end);
            parts.object.mark(first.0..last.0 + 1);
            Some(said)
        });
        parts.object.take(&["for", "in", "through", "inside", "from", "within"]);
        let Some(text) = text else {
            let about =
                parts.object.find_all(&self.lexicon.looks).iter().any(|(_, look)| *look == crate::lexicon::Look::Log)
                    || path.is_some();
            if !about && !["grep", "search", "search for", "look for", "scan"].contains(&parts.said.as_str()) {
                return self.look(parts);
            }
            let mut clause =
                Clause::lacking(Intent::SearchLog, Gap::new("text", "What is to be searched for? Put it in quotes."));
            if let Some(path) = path {
                clause = clause.text("path", &path);
            }
            let end = parts.object.tokens.len();
            parts.object.mark(0..end);
            return clause;
        };
        let mut clause = match path {
            Some(path) => {
                parts.object.take(&["log", "logs", "file", "entries"]);
                let gap = self.misplaced(parts, &path);
                let action = Action::SearchFile {
                    path: path.clone(),
                    text: text.clone(),
                    lines: lines.unwrap_or(200).clamp(1, 10_000),
                };
                let mut clause = Clause::ready(Intent::SearchLog, action).text("path", &path).text("text", &text);
                clause.sensitive = self.lexicon.is_sensitive(&path);
                clause.gaps.extend(gap);
                clause
            }
            None => self.service_log(parts, Intent::SearchLog, Some(text), lines),
        };
        if let Some(lines) = lines {
            clause = clause.slot("lines", json!(lines));
        }
        clause
    }

    pub(super) fn read_file(&self, parts: &mut Parts<'_>) -> Clause {
        let last = parts.object.has(&["last", "tail", "end", "bottom"]);
        if last {
            return self.tail(parts);
        }
        parts.object.take(&[
            "first", "top", "contents", "content", "file", "files", "of", "inside", "what's", "head", "beginning",
            "start", "config", "configuration", "the", "in", "me", "out", "text",
        ]);
        let lines = self.lines(parts);
        let path = self.path(parts);
        let Some(path) = path else {
            let words = parts.object.words(self.lexicon);
            let end = parts.object.tokens.len();
            parts.object.mark(0..end);
            let said = words.iter().map(|(_, t)| t.text.as_str()).collect::<Vec<_>>().join(" ");
            let question = if said.is_empty() {
                "Which file? Give its full path.".to_owned()
            } else {
                format!("Where is “{said}”? Give its full path.")
            };
            return Clause::lacking(Intent::ReadFile, Gap::new("path", question));
        };
        let gap = self.misplaced(parts, &path);
        let action = Action::ReadFile { path: path.clone(), lines: lines.unwrap_or(200).clamp(1, 10_000) };
        let mut clause = Clause::ready(Intent::ReadFile, action).text("path", &path);
        clause.sensitive = self.lexicon.is_sensitive(&path);
        if let Some(lines) = lines {
            clause = clause.slot("lines", json!(lines));
        }
        clause.gaps.extend(gap);
        clause
    }

    pub(super) fn list_directory(&self, parts: &mut Parts<'_>) -> Clause {
        parts.object.take(&[
            "directory", "directories", "folder", "folders", "dir", "files", "file", "contents", "content", "listing",
            "list", "of", "in", "under", "inside", "-la", "-l", "-lah", "-al", "-lh", "-a", "-ltr", "-lrt", "/b", "/s",
            "all", "what", "are", "is", "there", "drive", "me", "from", "everything", "what's",
        ]);
        let Some(path) = self.path(parts) else {
            let words = parts.object.words(self.lexicon);
            let end = parts.object.tokens.len();
            parts.object.mark(0..end);
            let said = words.iter().map(|(_, t)| t.text.as_str()).collect::<Vec<_>>().join(" ");
            let question = if said.is_empty() {
                "Which directory? Give its full path.".to_owned()
            } else {
                format!("Where is “{said}”? Give the directory's full path.")
            };
            return Clause::lacking(Intent::ListDirectory, Gap::new("path", question));
        };
        let gap = self.misplaced(parts, &path);
        let mut clause =
            Clause::ready(Intent::ListDirectory, Action::ListDirectory { path: path.clone() }).text("path", &path);
        clause.sensitive = self.lexicon.is_sensitive(&path);
        clause.gaps.extend(gap);
        clause
    }

    pub(super) fn delete_files(&self, parts: &mut Parts<'_>) -> Clause {
        let sweeping = parts.object.has(&["all", "every", "everything"]);
        let plural = parts.object.has(&["files", "logs", "contents", "everything", "content"]);
        let logs = parts.object.has(&["log", "logs"]);
        let days = self.older_than(parts);
        parts.object.take(&[
            "file", "files", "all", "the", "old", "-f", "/q", "every", "from", "in", "at", "under", "matching", "temp",
            "temporary", "log", "logs", "any", "up", "out", "named", "called", "disk", "space", "directory", "folder",
            "contents", "of", "everything", "cleanup", "cache", "backups", "backup",
        ]);
        let path = self.path(parts).or({
            // `*.tmp in /var/tmp`
            None
        });
        let pattern = parts.object.take_if(|t| {
            matches!(t.kind, Kind::Word | Kind::Quoted)
                && (t.text.contains('*') || t.text.contains('?'))
                && !t.text.contains(['/', '\\'])
        });
        // ".log files in /var/log/nginx"
        let ending = parts.object.take_if(|t| {
            t.kind == Kind::Word
                && t.text.len() > 1
                && t.text.starts_with('.')
                && t.text[1..].chars().all(char::is_alphanumeric)
        });
        let pattern = pattern.or(ending.map(|mut t| {
            t.text.insert(0, '*');
            t
        }));
        let path = match (path, pattern) {
            (Some(folder), Some(pattern)) => {
                let mark = if is_windows_path(&folder) { '\\' } else { '/' };
                Some(format!("{}{mark}{}", folder.trim_end_matches(['/', '\\']), pattern.text))
            }
            (path, _) => path,
        };
        let Some(path) = path else {
            let words = parts.object.words(self.lexicon);
            let end = parts.object.tokens.len();
            parts.object.mark(0..end);
            let said = words.iter().map(|(_, t)| t.text.as_str()).collect::<Vec<_>>().join(" ");
            let question = if said.is_empty() {
                "Which files exactly? Give a full path; its last part may hold * and ?.".to_owned()
            } else {
                format!("Which files are “{said}”? Give a full path; its last part may hold * and ?.")
            };
            let mut clause = Clause::lacking(Intent::DeleteFiles, Gap::new("path", question));
            clause.sweeping = sweeping;
            return clause;
        };
        let mut clause = Clause::new(Intent::DeleteFiles).text("path", &path);
        if let Some(days) = days {
            clause = clause.slot("older_than_days", json!(days));
        }
        clause.sweeping = sweeping;
        if let Some(gap) = self.misplaced(parts, &path) {
            return clause.gap(gap);
        }
        if !is_absolute(&path) {
            return clause.gap(Gap::new("path", format!("Where is “{path}”? Give its full path.")));
        }
        let whole_folder = plural && !super::file_name(&path).contains(['.', '*', '?']);
        if whole_folder && days.is_none() {
            let question =
                format!("Which files in “{path}”? For example {}/*.log.", path.trim_end_matches(['/', '\\']));
            return clause.gap(Gap::new("path", question));
        }
        // "files older than 30 days in /tmp": whichever they are.
        let mark = if is_windows_path(&path) { '\\' } else { '/' };
        let ending = if logs { ".log" } else { "" };
        let path = if whole_folder { format!("{}{mark}*{ending}", path.trim_end_matches(['/', '\\'])) } else { path };
        let (folder, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", &path));
        if folder.contains(['*', '?']) || name.is_empty() || is_windows_path(name) {
            return clause.gap(Gap::new(
                "path",
                format!(
                    "“{path}” is a folder. Which files in it? For example {}*.log.",
                    path.trim_end_matches(['/', '\\']).to_owned() + "/"
                ),
            ));
        }
        let roots = [
            "", "/", "/etc", "/usr", "/usr/bin", "/usr/lib", "/bin", "/sbin", "/lib", "/lib64", "/boot", "/dev",
            "/proc", "/sys", "/var", "/home", "/root", "c:", "c:\\windows", "c:\\windows\\system32",
        ];
        if roots.contains(&folder.to_lowercase().as_str()) && name.starts_with('*') {
            return clause
                .gap(Gap::new("path", format!("“{path}” would take what the machine needs. Which files exactly?")));
        }
        clause.drafts.push(Draft::Ready(Action::DeleteFiles { path, older_than_days: days }));
        clause
    }

    /// "older than 7 days", "from more than 2 weeks ago".
    fn older_than(&self, parts: &mut Parts<'_>) -> Option<u32> {
        let tokens = &parts.object.tokens;
        let at = (0..tokens.len()).find(|&i| {
            tokens[i].is("older") || tokens[i].is("over") && tokens.get(i + 3).is_some_and(|t| t.is("old"))
        })?;
        let mut end = at + 1;
        while tokens.get(end).is_some_and(|t| t.is("than")) {
            end += 1;
        }
        let token = tokens.get(end)?;
        let digits: String = token.lower.chars().take_while(char::is_ascii_digit).collect();
        let number: u32 = match digits.parse() {
            Ok(n) => n,
            Err(_) if token.is("a") || token.is("one") => 1,
            Err(_) => return None,
        };
        let rest = &token.lower[digits.len()..];
        let (unit, more) = if rest.is_empty() { (tokens.get(end + 1)?.lower.clone(), 2) } else { (rest.to_owned(), 1) };
        let days = match unit.as_str() {
            "d" | "day" | "days" => 1,
            "w" | "week" | "weeks" => 7,
            "month" | "months" => 30,
            "year" | "years" => 365,
            _ => return None,
        };
        let end = end + more + usize::from(tokens.get(end + more).is_some_and(|t| t.is("old")));
        parts.object.mark(at..end);
        parts.object.take(&["older", "than", "that", "are"]);
        number.checked_mul(days)
    }

    /// "remove" takes away a file, an account or a package, by what it is said of.
    pub(super) fn remove(&self, parts: &mut Parts<'_>) -> Clause {
        let object = &parts.object;
        let file = object.tokens.iter().any(|t| t.kind == Kind::Path || t.kind == Kind::Quoted && is_absolute(&t.text))
            || object.has(&[
                "file", "files", "log", "logs", "folder", "directory", "temp", "tmp", "cache", "backups", "backup",
                "data", "everything",
            ])
            || object.tokens.iter().any(|t| t.text.contains('*'));
        if object.has(&["user", "users", "account"]) && !file {
            return self.user_change(parts);
        }
        if file {
            return self.delete_files(parts);
        }
        let delete = ["delete", "erase", "wipe", "nuke"].contains(&parts.said.as_str());
        if delete && !object.has(&["package", "packages"]) {
            return self.delete_files(parts);
        }
        self.package_action(parts, Intent::Uninstall)
    }

    /// "clean up /tmp", "clear the logs": deleting, by another word.
    pub(super) fn clean(&self, parts: &mut Parts<'_>) -> Clause {
        if parts.object.has(&["dns", "arp", "queue", "session", "sessions", "iptables", "print"]) {
            return Clause::unknown();
        }
        self.delete_files(parts)
    }
}
