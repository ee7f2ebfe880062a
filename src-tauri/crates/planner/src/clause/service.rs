//! Services: restart, start, stop, reload, enable, disable.

use super::{Clause, ClauseReader, Draft, Gap, Parts, is_service_name};
use crate::text::{Kind, Token};
use serde_json::json;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::reading::Intent;

impl ClauseReader<'_> {
    pub(super) fn service_action(&self, parts: &mut Parts<'_>, intent: Intent) -> Clause {
        if matches!(intent, Intent::Disable | Intent::Enable)
            && parts.object.has(&["user", "users", "account", "accounts", "login"])
        {
            return self.user_change(parts);
        }
        if intent == Intent::Disable || intent == Intent::Enable {
            parts.object.take_phrase(&[
                "at boot", "on boot", "at startup", "on startup", "at boot time", "from starting at boot",
                "from starting on boot", "to start at boot", "to start on boot", "automatically", "autostart",
                "auto start", "auto-start", "startup",
            ]);
        }
        if let Some(clause) = self.whole_machine(parts, intent) {
            return clause;
        }
        parts.object.take_phrase(&["back up", "up again", "back on", "if needed"]);
        parts.object.take(&["-name", "-force", "-displayname", "-verbose", "-n", "--now"]);
        parts.object.take(&["back", "named", "called", "it's", "graceful", "gracefully", "hard", "soft"]);
        if intent == Intent::Reload {
            parts.object.take(&[
                "cfg", "config", "configuration", "conf", "changed", "configs", "settings", "its", "file", "files",
            ]);
            parts.object.take_phrase(&[
                "no restart", "not restart", "without restart", "without restarting", "without a restart",
                "without downtime",
            ]);
        }
        let sweeping = parts.object.tokens.iter().any(|t| self.lexicon.all.contains(&t.lower) || t.is("everything"));
        let mut clause = match self.service_names(parts) {
            Ok(names) => {
                // "stop it, copy the file, restart it": what was stopped before is started.
                let started = intent == Intent::Restart
                    && parts.earlier.stopped
                    && matches!(names.as_slice(), [one] if parts.earlier.name.as_deref() == Some(one.name.as_str()));
                let intent = if started { Intent::Start } else { intent };
                let mut clause = Clause::new(intent);
                for name in &names {
                    let service = self.lexicon.service(&name.name);
                    clause.drafts.push(Draft::Ready(match intent {
                        Intent::Start => Action::ServiceStart { service },
                        Intent::Stop => Action::ServiceStop { service },
                        Intent::Reload => Action::ServiceReload { service },
                        Intent::Enable => Action::ServiceEnable { service },
                        Intent::Disable => Action::ServiceDisable { service },
                        _ => Action::ServiceRestart { service },
                    }));
                    clause.reasons.extend(name.reason.clone());
                }
                self.name_slots(clause, &names)
            }
            Err(gap) => Clause::lacking(intent, gap),
        };
        clause.sweeping = sweeping && !clause.gaps.is_empty();
        clause
    }

    /// The slots for one or several services.
    pub(super) fn name_slots(&self, clause: Clause, names: &[Named]) -> Clause {
        let canonical: Vec<String> = names.iter().map(|n| self.lexicon.canonical_service(&n.name)).collect();
        let clause = match canonical.as_slice() {
            [one] => clause.text("service", one),
            several => clause.slot("service", json!(several)),
        };
        match names {
            [one] if one.name.to_lowercase().ends_with(".exe") => clause.text("process", &one.name),
            [one] => match self.lexicon.site_process(&one.name) {
                Some(process) => clause.text("process", process),
                None => clause,
            },
            _ => clause,
        }
    }

    /// "restart the server web-01", "shut down db-02": the machine, not a service on it.
    fn whole_machine(&self, parts: &mut Parts<'_>, intent: Intent) -> Option<Clause> {
        let only_machines = parts.object.words(self.lexicon).iter().all(|(_, t)| {
            t.kind == Kind::Word && (self.lexicon.machines.contains(&t.lower) || self.lexicon.all.contains(&t.lower))
        });
        let off = ["shut down", "shutdown", "power off", "poweroff", "power down", "turn off", "switch off", "halt"]
            .contains(&parts.said.as_str());
        let vague = only_machines
            || parts
                .object
                .words(self.lexicon)
                .iter()
                .all(|(_, t)| ["it", "server", "host", "machine", "box", "that", "one"].iter().any(|w| t.is(w)));
        if off
            && intent == Intent::Stop
            && parts.place.is_none()
            && vague
            && parts.earlier.name.is_none()
            && !parts.object.words(self.lexicon).is_empty()
        {
            return Some(self.machine(parts, Intent::Shutdown));
        }
        // "power down the host 10.9.9.9": a machine that is not known.
        if off
            && intent == Intent::Stop
            && parts.place.is_none()
            && parts.object.has(&["host", "machine", "server", "box", "vm"])
        {
            return Some(self.machine(parts, Intent::Shutdown));
        }
        let place = parts.place.filter(|_| only_machines)?;
        let span = parts.place_span.clone()?;
        let said = self.text.slice(span).to_lowercase();
        let word = |words: &[&str]| said.split_whitespace().any(|w| words.contains(&w)) || parts.object.has(words);
        // "web servers" is a name; "the server web-01", "the machines" and "host db-02" are about machines.
        let names_machine = word(&[
            "machine", "machines", "host", "hosts", "box", "boxes", "node", "nodes", "vm", "vms", "computer",
            "computers", "pc", "workstation",
        ]) || (word(&["server", "servers", "system", "systems"])
            && !place.hosts.is_empty()
            && place.groups.is_empty());

        let on = intent == Intent::Start && (names_machine || parts.said == "turn on");
        if on {
            return Some(Clause::lacking(
                intent,
                Gap::new(
                    "service",
                    "A machine that is off cannot be reached, so it cannot be started from here. Which service is to be started?",
                ),
            ));
        }
        match intent {
            Intent::Stop if off => Some(self.machine(parts, Intent::Shutdown)),
            Intent::Restart if names_machine => Some(self.machine(parts, Intent::Reboot)),
            Intent::Restart | Intent::Stop => {
                let (machine, question) = if intent == Intent::Restart {
                    ("reboot", "Which service is to be restarted, or is the whole machine to be rebooted?")
                } else {
                    ("shut down", "Which service is to be stopped, or is the whole machine to be shut down?")
                };
                let verb = self.verb_span(&parts.said);
                let gap = Gap::new("service", question);
                parts.object.take_set(&self.lexicon.machines);
                parts.object.take_set(&self.lexicon.all);
                let gap = match verb {
                    Some(span) => gap.instead_of(span, vec![machine.to_owned()]),
                    None => gap,
                };
                Some(Clause::lacking(intent, gap))
            }
            _ => None,
        }
    }

    fn verb_span(&self, said: &str) -> Option<std::ops::Range<usize>> {
        let words: Vec<&str> = said.split(' ').collect();
        let tokens = &self.text.tokens;
        let at = (0..tokens.len()).find(|&at| {
            at + words.len() <= tokens.len() && words.iter().enumerate().all(|(i, w)| tokens[at + i].is(w))
        })?;
        Some(tokens[at].span.start..tokens[at + words.len() - 1].span.end)
    }

    /// The services a clause speaks of: one, or several joined by "and" and commas.
    pub(super) fn service_names(&self, parts: &mut Parts<'_>) -> Result<Vec<Named>, Gap> {
        let quoted: Vec<Token> = std::iter::from_fn(|| parts.object.take_kind(Kind::Quoted)).collect();
        if !quoted.is_empty() {
            parts.object.take_set(&self.lexicon.service_nouns);
            return quoted
                .into_iter()
                .map(|t| match is_quoted_name(&t.text) {
                    true => Ok(Named::plain(&t.text)),
                    false => {
                        Err(Gap::new("service", format!("“{}” cannot be a service's name. Which service?", t.text))
                            .instead_of(t.span, Vec::new()))
                    }
                })
                .collect();
        }
        let joined = |from: usize, to: usize, tokens: &[Token]| {
            tokens[from..to].iter().all(|t| {
                t.kind == Kind::Comma
                    || ["and", "the", "plus", "or", "as", "well", "service", "services", "then", "also"]
                        .iter()
                        .any(|w| t.is(w))
            }) && tokens[from..to].iter().any(|t| t.kind == Kind::Comma || t.is("and") || t.is("plus"))
        };
        // Known names, also of several words.
        let mut known: Vec<(std::ops::Range<usize>, String)> = Vec::new();
        let mut at = 0;
        while at < parts.object.tokens.len() {
            match self.lexicon.service_at(&parts.object.tokens[at..]) {
                Some((length, _)) => {
                    let text = parts.object.tokens[at..at + length]
                        .iter()
                        .map(|t| t.text.as_str())
                        .collect::<Vec<_>>()
                        .join(" ");
                    known.push((at..at + length, text));
                    at += length;
                }
                None => at += 1,
            }
        }
        let others: Vec<(usize, Token)> = parts
            .object
            .words(self.lexicon)
            .into_iter()
            .filter(|(i, t)| {
                !known.iter().any(|(range, _)| range.contains(i))
                    && !(t.kind == Kind::Word
                        && (self.lexicon.service_nouns.contains(&t.lower) || self.lexicon.all.contains(&t.lower)))
            })
            .collect();
        let all_words = parts.object.words(self.lexicon);
        let mut names: Vec<(std::ops::Range<usize>, Named)> =
            known.iter().map(|(range, text)| (range.clone(), Named::plain(text))).collect();
        let owned: Vec<Token> = all_words.iter().map(|(_, t)| t.clone()).collect();
        for (i, token) in &others {
            if token.kind == Kind::Word
                && is_service_name(&token.text)
                && !is_ordinary(&token.lower)
                && !self.is_vague(std::slice::from_ref(token))
            {
                let named = match self.lexicon.mistyped_service(&token.text) {
                    Some(meant) => Named { reason: Some(format!("read “{}” as {meant}", token.text)), name: meant },
                    None => Named::plain(&token.text),
                };
                names.push((*i..*i + 1, named));
            }
        }
        names.sort_by_key(|(range, _)| range.start);
        // Any word can stand behind a comma or an article: what no service is known by must look like a name, or be called one.
        let said_service = parts.object.tokens.iter().any(|t| {
            t.kind == Kind::Word
                && ["service", "services", "daemon", "process", "app", "application", "unit", "svc", "program"]
                    .iter()
                    .any(|w| t.is(w))
        });
        let doubtful = names.iter().enumerate().find(|(n, (range, named))| {
            let behind = range.start.checked_sub(1).map(|i| &parts.object.tokens[i]);
            let article = behind.is_some_and(|t| {
                ["the", "a", "an", "my", "our", "this", "that", "his", "her", "your"].iter().any(|w| t.is(w))
            });
            let word = &parts.object.tokens[range.start];
            let known = self.lexicon.knows_service(&named.name.to_lowercase());
            let another = !known
                && (self.lexicon.verb(std::slice::from_ref(word)).is_some()
                    || self.lexicon.looks.at(std::slice::from_ref(word)).is_some());
            let placeholder = named.name.chars().count() == 1 || named.name.to_lowercase().contains("service_name");
            another && word.kind == Kind::Word
                || placeholder
                || !self.looks_like_a_name(&named.name) && !said_service && (*n > 0 || article)
                || self.places.roster.host(&named.name).is_some()
                || named.name.chars().all(|c| c.is_ascii_digit())
        });
        if let Some((_, (range, named))) = doubtful {
            let span = parts.object.tokens[range.start].span.clone();
            return Err(Gap::new(
                "service",
                format!(
                    "Is “{}” a service? Then say “the {} service”. Which service is meant?",
                    named.name, named.name
                ),
            )
            .instead_of(span, Vec::new()));
        }
        let strangers = others.len() + known.len() - names.len();
        let connected = names.windows(2).all(|pair| joined(pair[0].0.end, pair[1].0.start, &parts.object.tokens));
        match names.as_slice() {
            [] => {
                parts.object.take_set(&self.lexicon.service_nouns);
                parts.object.take_set(&self.lexicon.all);
                let vague: Vec<&(usize, Token)> =
                    all_words.iter().filter(|(_, t)| !self.lexicon.all.contains(&t.lower)).collect();
                match vague.as_slice() {
                    [] => self.earlier_name(parts),
                    // "it", "the service": what was spoken of before.
                    only if parts.earlier.name.is_some()
                        && only.iter().all(|(_, t)| {
                            [
                                "it", "them", "that", "this", "service", "services", "process", "daemon", "app",
                                "application", "one",
                            ]
                            .iter()
                            .any(|w| t.is(w))
                        }) =>
                    {
                        let at: Vec<usize> = only.iter().map(|(i, _)| *i).collect();
                        at.into_iter().for_each(|i| parts.object.mark(i..i + 1));
                        self.earlier_name(parts)
                    }
                    several if self.is_vague(&owned) => {
                        let said = several.iter().map(|(_, t)| t.text.as_str()).collect::<Vec<_>>().join(" ");
                        let span = several[0].1.span.start..several[several.len() - 1].1.span.end;
                        Err(Gap::new("service", format!("Which service exactly is “{said}”?"))
                            .instead_of(span, Vec::new()))
                    }
                    several => {
                        let said = several.iter().map(|(_, t)| t.text.as_str()).collect::<Vec<_>>().join(" ");
                        let span = several[0].1.span.start..several[several.len() - 1].1.span.end;
                        Err(Gap::new("service", format!("“{said}” cannot be a service's name. Which service?"))
                            .instead_of(span, Vec::new()))
                    }
                }
            }
            found if connected && strangers == 0 => {
                let found: Vec<Named> = found.iter().map(|(_, named)| named.clone()).collect();
                for (range, _) in &names {
                    parts.object.mark(range.clone());
                }
                parts.object.take_set(&self.lexicon.service_nouns);
                parts.object.take_set(&self.lexicon.all);
                Ok(found)
            }
            // One known service with other words about it: they are left over, and asked about.
            _ if known.len() == 1 => {
                let (range, text) = known[0].clone();
                parts.object.mark(range);
                parts.object.take_set(&self.lexicon.service_nouns);
                Ok(vec![Named::plain(&text)])
            }
            _ => {
                let span = all_words[0].1.span.start..all_words[all_words.len() - 1].1.span.end;
                let said = self.text.slice(span.clone());
                let mut fillers: Vec<String> = names.iter().map(|(_, n)| n.name.clone()).take(3).collect();
                fillers.push(format!("\"{said}\""));
                Err(Gap::new("service", format!("Which service do you mean by “{said}”?")).instead_of(span, fillers))
            }
        }
    }

    fn earlier_name(&self, parts: &Parts<'_>) -> Result<Vec<Named>, Gap> {
        match &parts.earlier.name {
            Some(name) => Ok(vec![Named::plain(name)]),
            None => Err(Gap::new("service", "Which service?")),
        }
    }

    pub(super) fn is_vague(&self, words: &[Token]) -> bool {
        let words: Vec<Token> = words.iter().filter(|t| !self.lexicon.all.contains(&t.lower)).cloned().collect();
        let mut at = 0;
        while at < words.len() {
            match self.lexicon.vague.at(&words[at..]) {
                Some((length, ())) => at += length,
                None => return false,
            }
        }
        true
    }
}

/// A service's name, with what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) reason: Option<String>,
}

impl Named {
    pub(super) fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), reason: None }
    }
}

/// Words of any sentence, which name nothing: a service called so must be put in quotes.
pub(super) fn is_ordinary(word: &str) -> bool {
    [
        "nevermind", "cancel", "cancelled", "abort", "wait", "jk", "negative", "friends", "rest", "lights",
        "conversation", "bleeding", "hold", "pause", "stop", "start", "status", "history", "reason", "switch",
        "contention", "printer", "time", "times", "date", "traffic", "down", "biggest", "largest", "oldest", "newest",
        "inactive", "active", "hung", "stuck", "idle", "unused", "caches", "connections", "tables", "door", "world",
        "party", "war", "engine", "count", "counter", "errors", "error", "warnings", "users", "everyone", "everybody",
        "nobody", "someone", "people", "me", "you", "us", "him", "her", "except", "excepted", "excluding", "exclude",
        "excluded", "besides", "minus", "skip", "only", "just", "then", "to", "from", "on", "in", "at", "of", "for",
        "the", "it", "them", "both", "all", "please", "ok", "on", "too", "also", "either", "else", "only", "ever",
        "even", "still", "more", "less", "many", "much", "some", "any", "none", "other", "others", "another", "same",
        "such", "very", "here", "there", "where", "when", "why", "how", "what", "which", "who", "whose", "than",
        "though", "although", "while", "during", "before", "after", "until", "since", "because", "if", "unless", "not",
        "no", "yes", "off", "up", "down", "out", "over", "under", "through", "by", "with", "without", "about",
        "around", "near", "like", "via", "as", "but", "or", "and", "nor", "never", "always", "maybe", "usual", "first",
        "second", "third", "last", "next", "previous", "twice", "once", "soon", "later", "yesterday", "tomorrow",
        "tonight", "new", "old", "broken", "bad", "good", "slow", "wrong", "right", "left", "following", "above",
        "below", "necessary", "needed", "required", "relevant", "appropriate", "affected", "correct", "entire",
        "certain", "several", "few", "most", "least", "half", "whatever", "whichever", "anything", "nothing", "sure",
        "etc",
    ]
    .contains(&word)
}

/// In quotes a name may hold spaces ("Print Spooler"), but nothing that no name holds.
fn is_quoted_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= 256
        && !name.starts_with('-')
        && name.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '@' | '$' | '+' | ':' | '\\' | '(' | ')' | '#')
        })
}
