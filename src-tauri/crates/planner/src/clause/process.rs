//! Processes and accounts.

use super::{Clause, ClauseReader, Gap, Parts, is_service_name};
use crate::text::{Kind, Token};
use serde_json::json;
use wheelhouse_protocol::action::{Action, ProcessOrder, UserChange};
use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::reading::Intent;

impl ClauseReader<'_> {
    pub(super) fn processes(&self, parts: &mut Parts<'_>) -> Clause {
        let memory = parts.object.take(&["memory", "ram", "mem"]);
        parts.object.take(&["cpu", "processor"]);
        parts.object.take(&[
            "process", "processes", "procs", "running", "list", "top", "all", "most", "using", "consuming", "eating",
            "hungry", "hogging", "sorted", "by", "highest", "biggest", "heaviest", "what", "which", "are", "is",
            "tasks", "active", "usage", "use", "aux", "-ef", "-aux", "-e", "-f", "10", "5", "20", "five", "ten",
            "using:", "consumers", "hogs", "currently", "named", "called", "of", "any", "there",
        ]);
        parts.object.take_set(&self.lexicon.metrics);
        parts.object.take_set(&self.lexicon.machines);
        let name = parts
            .object
            .words(self.lexicon)
            .into_iter()
            .find(|(_, t)| matches!(t.kind, Kind::Word | Kind::Quoted) && is_service_name(&t.text));
        let order = if memory { ProcessOrder::Memory } else { ProcessOrder::Cpu };
        let found = name.map(|(at, token)| {
            parts.object.mark(at..at + 1);
            token.text
        });
        let clause = Clause::ready(Intent::ListProcesses, Action::ListProcesses { name: found.clone(), order });
        match found {
            Some(name) => clause.text("process", &name),
            None if memory => clause.text("sort", "memory"),
            None => clause,
        }
    }

    pub(super) fn kill(&self, parts: &mut Parts<'_>) -> Clause {
        if parts.object.has(&["job", "jobs", "run", "execution"]) {
            return Clause::unknown();
        }
        let sweeping = parts.object.has(&["all", "every", "everything"]);
        let process_said = parts.object.has(&["process", "processes", "proc", "app", "application", "program", "task"]);
        let by_number = parts.object.has(&["pid", "/pid"]);
        parts.object.take(&[
            "and", "process", "processes", "proc", "app", "application", "program", "task", "running", "all", "any",
            "every", "instances", "instance", "of", "named", "called", "-9", "-15", "-f", "/f", "/im", "/pid", "/t",
            "-kill", "-term", "pid", "id", "with", "hung", "stuck", "zombie", "the", "runaway", "frozen", "forcefully",
            "force", "-name", "off", "number", "rogue", "it's",
        ]);
        let words = parts.object.words(self.lexicon);
        let pids: Vec<(usize, String)> = words.iter().map(|(at, t)| (*at, t.text.clone())).collect();
        if pids.len() > 1 && pids.iter().all(|(_, p)| p.chars().all(|c| c.is_ascii_digit())) {
            let mut clause = Clause::new(Intent::KillProcess);
            for (at, process) in pids {
                parts.object.mark(at..at + 1);
                clause.drafts.push(super::Draft::Ready(Action::KillProcess { process }));
            }
            let numbers: Vec<u32> = words.iter().filter_map(|(_, t)| t.text.parse().ok()).collect();
            return clause.slot("pid", json!(numbers));
        }
        let article = |at: usize| {
            at.checked_sub(1)
                .is_some_and(|i| ["the", "a", "an", "my", "our"].iter().any(|w| parts.object.tokens[i].is(w)))
        };
        match words.as_slice() {
            [(_, one)] if super::service::is_ordinary(&one.lower) => {
                let question = format!("Which process exactly is “{}”?", one.text);
                Clause::lacking(
                    Intent::KillProcess,
                    Gap::new("process", question).instead_of(one.span.clone(), Vec::new()),
                )
            }
            [(at, one)]
                if article(*at)
                    && !process_said
                    && !self.looks_like_a_name(&one.text)
                    && self.lexicon.process(&one.text).is_none() =>
            {
                let question = format!(
                    "Is “{}” a process? Then say “the {} process”. Which process is meant?",
                    one.text, one.text
                );
                Clause::lacking(
                    Intent::KillProcess,
                    Gap::new("process", question).instead_of(one.span.clone(), Vec::new()),
                )
            }
            [(_, one)] if by_number && !one.text.chars().all(|c| c.is_ascii_digit()) => {
                let question = format!("“{}” is no process id. Which process?", one.text);
                Clause::lacking(
                    Intent::KillProcess,
                    Gap::new("process", question).instead_of(one.span.clone(), Vec::new()),
                )
            }
            [(at, one)]
                if one.kind != Kind::Path
                    && (is_service_name(&one.text) && !self.is_vague(std::slice::from_ref(one))) =>
            {
                let at = *at;
                let digits = one.text.chars().all(|c| c.is_ascii_digit());
                let windows = parts.systems(self) == [Os::Windows];
                let process = match self.lexicon.process(&one.text).filter(|_| windows) {
                    Some(exe) => exe.clone(),
                    None => one.text.clone(),
                };
                parts.object.mark(at..at + 1);
                let clause = Clause::ready(Intent::KillProcess, Action::KillProcess { process: process.clone() });
                if digits {
                    clause.slot("pid", json!(process.parse::<u32>().unwrap_or_default()))
                } else {
                    clause.text("process", &process)
                }
            }
            [] => {
                let mut clause = Clause::lacking(
                    Intent::KillProcess,
                    Gap::new("process", "Which process? Give its name or its process id."),
                );
                clause.sweeping = sweeping;
                clause
            }
            several => {
                let span = several[0].1.span.start..several[several.len() - 1].1.span.end;
                let said = self.text.slice(span.clone());
                let fillers = several
                    .iter()
                    .map(|(_, t)| t.text.clone())
                    .filter(|w| is_service_name(w) && several.len() > 1)
                    .take(3)
                    .collect();
                let mut clause = Clause::lacking(
                    Intent::KillProcess,
                    Gap::new("process", format!("Which process is “{said}”?")).instead_of(span, fillers),
                );
                clause.sweeping = sweeping;
                clause
            }
        }
    }

    pub(super) fn users(&self, parts: &mut Parts<'_>) -> Clause {
        if parts.object.has(&["not", "never", "without"]) {
            return Clause::unknown();
        }
        let logged_in = parts.object.has(&[
            "logged", "logged-in", "logged-on", "sessions", "session", "active", "who", "signed", "current",
            "connected", "on", "in",
        ]) || ["who", "who is", "who's", "whos", "who all"].contains(&parts.said.as_str());
        parts.object.take(&[
            "exist", "exists", "does", "loged", "logon", "someone", "did", "last", "when", "log", "logged",
            "logged-in", "logged-on", "in", "on", "users", "user", "accounts", "account", "sessions", "session",
            "active", "who", "signed", "current", "local", "list", "all", "connected", "currently", "login", "is",
            "are", "there", "any", "anyone", "right", "exist", "have", "names", "onto", "to", "into", "that", "box",
            "how", "many",
        ]);
        parts.object.take_set(&self.lexicon.machines);
        let words = parts.object.words(self.lexicon);
        let singular = parts.object.has(&["user", "account"]);
        if !words.is_empty() && !singular {
            return Clause::unknown();
        }
        if let [(at, one)] = words.as_slice()
            && is_user_name(&one.text)
        {
            let (at, name) = (*at, one.text.clone());
            parts.object.mark(at..at + 1);
            return Clause::ready(Intent::UserQuery, Action::ListUsers).text("user", &name);
        }
        if logged_in {
            Clause::ready(Intent::UserQuery, Action::LoggedInUsers)
        } else {
            Clause::ready(Intent::UserQuery, Action::ListUsers)
        }
    }

    pub(super) fn user_change(&self, parts: &mut Parts<'_>) -> Clause {
        let said = parts.said.as_str();
        let change = match said {
            "reset" | "reset password" => None,
            "lock" | "lock out" | "disable" | "suspend" | "deactivate" => Some((UserChange::Lock, said)),
            "unlock" | "enable" | "reactivate" => Some((UserChange::Unlock, said)),
            "useradd" | "adduser" | "create" | "add" | "make" | "new" | "register" => {
                Some((UserChange::Create, "create"))
            }
            "userdel" | "remove" | "delete" | "erase" | "drop" | "get rid of" | "purge" => {
                Some((UserChange::Delete, "delete"))
            }
            _ => None,
        };
        let user_said = parts.object.has(&["user", "account", "login"]);
        let object: Vec<Token> = parts.object.tokens.clone();
        let article = |at: usize| {
            at.checked_sub(1).is_some_and(|i| ["the", "a", "an", "my", "our", "down"].iter().any(|w| object[i].is(w)))
        };
        parts.object.take(&[
            "password", "user's", "user", "users", "account", "accounts", "login", "named", "called", "a", "new",
            "local", "linux", "windows", "username", "for", "of", "the", "out", "from", "to", "-m", "in",
        ]);
        let strip = |t: &Token| t.text.strip_suffix("'s").unwrap_or(&t.text).to_owned();
        let words = parts.object.words(self.lexicon);
        let name = match words.as_slice() {
            [(at, one)]
                if (user_said || !article(*at))
                    && !super::service::is_ordinary(&one.lower)
                    && is_user_name(&strip(one))
                    && !self.is_vague(std::slice::from_ref(one)) =>
            {
                let name = strip(one);
                let at = *at;
                parts.object.mark(at..at + 1);
                name
            }
            [] => {
                return Clause::lacking(Intent::UserAdmin, Gap::new("user", "Which user?"))
                    .text("action", change.map_or(said, |c| c.1));
            }
            several => {
                // "with sudo rights", "'s password": what an account has besides cannot be changed from here.
                let first = several.iter().find(|(_, t)| is_user_name(&strip(t)));
                let span = several[0].1.span.start..several[several.len() - 1].1.span.end;
                let words = self.text.slice(span.clone());
                let question =
                    format!("Which user is “{words}”? Accounts can be locked, unlocked, created and deleted.");
                let fillers = first.map(|(_, t)| strip(t)).into_iter().collect();
                return Clause::lacking(Intent::UserAdmin, Gap::new("user", question).instead_of(span, fillers))
                    .text("action", change.map_or(said, |c| c.1));
            }
        };
        match change {
            Some((change, word)) => Clause::ready(Intent::UserAdmin, Action::UserChange { user: name.clone(), change })
                .text("user", &name)
                .text("action", word),
            None => Clause::lacking(
                Intent::UserAdmin,
                Gap::new(
                    "action",
                    format!(
                        "What is to happen to the user {name}? Accounts can be locked, unlocked, created and deleted."
                    ),
                ),
            )
            .text("user", &name),
        }
    }

    pub(super) fn create(&self, parts: &mut Parts<'_>) -> Clause {
        if parts.object.has(&["user", "users", "account", "login"]) {
            return self.user_change(parts);
        }
        if parts.object.has(&["package"]) {
            return self.package_action(parts, Intent::Install);
        }
        Clause::unknown()
    }
}

fn is_user_name(name: &str) -> bool {
    name.len() <= 64
        && name.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '\\' | '$'))
}
