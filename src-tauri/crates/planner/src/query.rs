//! Questions that are answered from the store: jobs, alerts, schedules, recipes, the inventory.
//!
//! A question about what a machine does now ("which web servers run nginx") is no such question: it takes a look.

use crate::lexicon::{Lexicon, Look, Stored, Verb};
use crate::places::{PlaceReader, Places};
use crate::text::{Kind, Token};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wheelhouse_protocol::reading::Intent;

/// A question to the store.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) intent: Intent,
    pub(crate) slots: BTreeMap<String, Value>,
    pub(crate) places: Option<Places>,
    pub(crate) reason: String,
}

struct Asked<'a> {
    tokens: &'a [Token],
    lexicon: &'a Lexicon,
    places: &'a PlaceReader<'a>,
}

/// The question, when the words ask for something that is stored.
pub(crate) fn read(tokens: &[Token], lexicon: &Lexicon, places: &PlaceReader<'_>) -> Option<Query> {
    let asked = Asked { tokens, lexicon, places };
    asked
        .recipes()
        .or_else(|| asked.schedules())
        .or_else(|| asked.jobs())
        .or_else(|| asked.alerts())
        .or_else(|| asked.targets())
}

impl Asked<'_> {
    fn has(&self, words: &[&str]) -> bool {
        self.tokens.iter().any(|t| words.iter().any(|w| t.is(w)))
    }

    fn says(&self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split(' ').collect();
        self.tokens.windows(words.len()).any(|w| w.iter().zip(&words).all(|(t, word)| t.is(word)))
    }

    fn stored(&self, kind: Stored) -> Option<(usize, usize)> {
        (0..self.tokens.len()).find_map(|at| {
            let (length, found) = self.lexicon.stored.at(&self.tokens[at..])?;
            (*found == kind).then_some((at, length))
        })
    }

    /// The first word with a meaning.
    fn lead(&self) -> Option<usize> {
        (0..self.tokens.len()).find(|&at| {
            let t = &self.tokens[at];
            t.is_text()
                && (!self.lexicon.filler.contains(&t.lower)
                    || self.verb_at(at).is_some()
                    || ["have", "do", "any", "was", "were", "did", "has"].iter().any(|w| t.is(w)))
        })
    }

    fn verb_at(&self, at: usize) -> Option<(usize, Verb)> {
        self.lexicon.verb(&self.tokens[at..])
    }

    /// Whether it is put as a question or as a wish to see: not as an order.
    fn asks(&self) -> bool {
        let Some(lead) = self.lead() else { return false };
        let words = [
            "what", "which", "who", "when", "why", "how", "did", "do", "does", "has", "have", "is", "are", "was",
            "were", "any", "show", "list", "tell", "give", "where", "whose", "what's", "whats", "display", "get",
            "see", "view", "count", "pull", "find", "report", "print", "check", "query", "look", "who's", "fetch",
            "summarize", "summarise", "enumerate", "status", "result", "results", "outcome", "summary", "failed",
            "running", "describe",
        ];
        let noun =
            !self.tokens[lead].is("schedule")
                && self.lexicon.stored.at(&self.tokens[lead..]).is_some_and(|(_, kind)| {
                    *kind != Stored::Inventory || self.has(&["without", "missing", "lacking"])
                });
        noun || words.iter().any(|w| self.tokens[lead].is(w))
            || matches!(self.verb_at(lead), Some((_, Verb::Look | Verb::Find)))
    }

    fn orders(&self) -> bool {
        self.lead().is_some_and(
            |lead| matches!(self.verb_at(lead), Some((_, verb)) if !matches!(verb, Verb::Look | Verb::Find)),
        )
    }

    fn count(&self, slots: &mut BTreeMap<String, Value>) {
        if self.says("how many") || self.has(&["count", "number"]) {
            slots.insert("count".to_owned(), json!(true));
        }
    }

    fn query(&self, intent: Intent, slots: BTreeMap<String, Value>, reason: &str) -> Option<Query> {
        Some(Query { intent, slots, places: self.place(), reason: reason.to_owned() })
    }

    /// The machines the question is about.
    fn place(&self) -> Option<Places> {
        (0..self.tokens.len())
            .filter(|&at| self.lexicon.place.contains(&self.tokens[at].lower) && self.tokens[at].kind == Kind::Word)
            .filter_map(|at| self.places.read(self.tokens, at + 1))
            .map(|(places, _)| places)
            .find(|places| places.is_clear() && !places.everything)
            .or_else(|| {
                (0..self.tokens.len())
                    .filter(|&at| self.tokens[at].is_text())
                    .filter_map(|at| self.places.read(self.tokens, at))
                    .map(|(places, _)| places)
                    .find(|places| {
                        places.is_clear()
                            && !places.everything
                            && (!places.hosts.is_empty()
                                || !places.groups.is_empty()
                                || !places.tags.is_empty()
                                || places.os_hint.is_some())
                    })
            })
    }

    fn recipes(&self) -> Option<Query> {
        let (at, _) = self.stored(Stored::Recipes)?;
        let run = self.tokens.iter().position(|t| {
            ["run", "execute", "start", "launch", "apply", "use", "kick", "trigger"].iter().any(|w| t.is(w))
        });
        if let Some(run) = run.filter(|run| *run < at || self.tokens.len() > at + 1)
            && !self.says("how many")
            && (run == self.lead().unwrap_or(run) || run < at)
        {
            return self.run_recipe(at);
        }
        (self.asks() && !self.orders() || self.tokens.iter().filter(|t| t.is_text()).count() <= 3 && !self.orders())
            .then(|| Query {
                intent: Intent::ListRecipes,
                slots: BTreeMap::new(),
                places: None,
                reason: "asks for saved recipes".to_owned(),
            })
    }

    /// "run recipe deploy-api with version=2.1.0 on staging", "run the weekly-cleanup recipe".
    fn run_recipe(&self, noun: usize) -> Option<Query> {
        let ok = |t: &Token| {
            t.kind == Kind::Quoted
                || t.kind == Kind::Word
                    && !self.lexicon.filler.contains(&t.lower)
                    && !self.lexicon.place.contains(&t.lower)
                    && !t.text.contains('=')
                    && !t.is("with")
                    && !t.is("again")
        };
        let verbs = ["run", "execute", "start", "launch", "apply", "use", "trigger", "kick", "off"];
        let after =
            self.tokens.get(noun + 1).filter(|t| t.is("named") || t.is("called")).map_or(noun + 1, |_| noun + 2);
        let name = self.tokens.get(after).filter(|t| ok(t)).or_else(|| {
            noun.checked_sub(1)
                .map(|i| &self.tokens[i])
                .filter(|t| ok(t) && !verbs.iter().any(|w| t.is(w)) && !t.is("saved"))
        });
        let mut slots = BTreeMap::new();
        if let Some(name) = name {
            slots.insert("recipe".to_owned(), json!(name.text));
        }
        // A recipe runs as it was saved: what would restrict it is asked about, not passed over.
        let place = self.place();
        let restricted = self
            .has(&["except", "excluding", "not", "but", "unless", "if", "without", "when", "only", "after", "once"]);
        if restricted && place.as_ref().is_none_or(|p| p.exclude.is_empty()) {
            slots.remove("recipe");
        }
        let parameters: BTreeMap<String, Value> = self
            .tokens
            .iter()
            .filter_map(|t| t.text.split_once('='))
            .filter(|(k, v)| !k.is_empty() && !v.is_empty())
            .map(|(k, v)| (k.to_owned(), json!(v)))
            .collect();
        if !parameters.is_empty() {
            slots.insert("parameters".to_owned(), json!(parameters));
        }
        let unknown = (0..self.tokens.len())
            .filter(|&at| self.lexicon.place.contains(&self.tokens[at].lower) && self.tokens[at].kind == Kind::Word)
            .filter_map(|at| self.places.read(self.tokens, at + 1))
            .map(|(places, _)| places)
            .find(|places| !places.unknown.is_empty() || places.vague);
        if unknown.is_some() {
            let reason = "asks to run a saved recipe on machines that are not known".to_owned();
            return Some(Query { intent: Intent::RunRecipe, slots, places: unknown, reason });
        }
        self.query(Intent::RunRecipe, slots, "asks to run a saved recipe")
    }

    fn schedules(&self) -> Option<Query> {
        let found = self.stored(Stored::Schedules).is_some()
            || self.says("scheduled") && self.asks()
            || self.says("runs next")
            || self.says("run next")
            || self.says("next run") && self.asks();
        (found && self.asks() && !self.orders() && !self.has(&["spooler"]))
            .then(|| self.query(Intent::ListSchedules, BTreeMap::new(), "asks for schedules"))
            .flatten()
    }

    fn jobs(&self) -> Option<Query> {
        let noun = self.stored(Stored::Jobs);
        let state = self.lexicon.job_states.anywhere(self.tokens).map(|(_, _, state)| *state);
        let past_act = self
            .tokens
            .iter()
            .any(|t| matches!(self.lexicon.inflected(t), Some((crate::lexicon::Form::Past, Verb::Do(_)))))
            || self.has(&["ran", "run", "happened", "changed", "executed", "done", "approved", "broke"]);
        let lead = self.lead()?;
        let lead_word = |words: &[&str]| words.iter().any(|w| self.tokens[lead].is(w));
        let window = self.window();
        // "what failed yesterday", "who restarted nginx", "when did we last reboot db-01", "did you restart it"
        let machine = self.has(&["rebooted", "booted", "reboot", "log", "logged", "login"])
            && !self.has(&["we", "i", "you", "job"])
            && !lead_word(&["who"]);
        let history = !machine
            && ((lead_word(&["who", "when", "did", "has", "have", "was", "were"])
                && (past_act || self.has(&["last"]) && !lead_word(&["who"]))
                && self.says_we_did())
                || (lead_word(&["what", "whats", "what's", "anything", "why", "which"])
                    && (state == Some("failed") || self.has(&["happened", "changed"]))
                    && self.no_live_subject())
                || (lead_word(&["what", "which"]) && self.says_we_did() && past_act && window.is_some()));
        // "was nginx restarted on web-01 last night", "everything that ran on db-01 last week"
        let acted = self
            .tokens
            .iter()
            .any(|t| matches!(self.lexicon.inflected(t), Some((crate::lexicon::Form::Past, Verb::Do(_)))));
        let history = history
            || lead_word(&["was", "were", "did", "has", "have"]) && acted && !self.has(&["up", "running"])
            || self.has(&["ran", "executed", "happened"]) && window.is_some();
        let noun = noun.filter(|(at, _)| !self.noun_is_verb(*at));
        if noun.is_none() && !history {
            return None;
        }
        let short = self.tokens.iter().filter(|t| t.is_text()).count() <= 3;
        let asked = !self.orders() && (self.asks() || state.is_some() || short);
        if noun.is_some() && !asked {
            return None;
        }
        let mut slots = BTreeMap::new();
        if let Some(state) = state {
            slots.insert("status".to_owned(), json!(state));
        }
        if let Some(window) = window {
            slots.insert("window".to_owned(), json!(window));
        }
        let last = self.has(&["last", "latest", "previous", "recent", "most"])
            && !self.says_last_span()
            && self.has(&["job", "execution", "run", "deployment", "rollout"]);
        if self.has(&["step", "steps"]) {
            slots.insert("scope".to_owned(), json!("last_execution_steps"));
        } else if last {
            slots.insert("scope".to_owned(), json!("last_execution"));
        }
        self.count(&mut slots);
        self.query(Intent::ListJobs, slots, "asks about jobs")
    }

    /// "run" as in "run df": the verb, not the noun.
    fn noun_is_verb(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let verbal = ["run", "runs", "history", "operations", "changes", "activity", "playbook"];
        if !verbal.iter().any(|w| token.is(w)) {
            return false;
        }
        let article = at.checked_sub(1).and_then(|i| self.tokens.get(i)).is_some_and(|t| {
            [
                "the", "last", "a", "my", "latest", "previous", "failed", "job", "recent", "this", "that", "first",
                "of", "our", "your",
            ]
            .iter()
            .any(|w| t.is(w))
        });
        !(article || token.is("runs") && self.has(&["failed", "last", "recent", "all"]))
    }

    fn says_we_did(&self) -> bool {
        self.has(&[
            "we", "i", "you", "who", "someone", "anyone", "last", "job", "it", "they", "finish", "finished", "succeed",
            "work", "anybody",
        ])
    }

    fn no_live_subject(&self) -> bool {
        !self.has(&["service", "services", "process", "unit", "units", "login", "logins"])
            && self.lexicon.looks.anywhere(self.tokens).is_none_or(|(_, _, look)| *look == Look::Status)
            && (0..self.tokens.len()).all(|at| self.lexicon.service_at(&self.tokens[at..]).is_none())
    }

    fn says_last_span(&self) -> bool {
        self.tokens.windows(2).any(|w| {
            w[0].is("last")
                && (w[1].lower.chars().all(|c| c.is_ascii_digit())
                    || ["hour", "day", "week", "month", "night", "few", "hours", "days"].iter().any(|u| w[1].is(u)))
        })
    }

    fn alerts(&self) -> Option<Query> {
        self.stored(Stored::Alerts)?;
        let live = self.has(&["log", "logs", "eventlog", "file"]) || self.tokens.iter().any(|t| t.kind == Kind::Path);
        let short = self.tokens.iter().filter(|t| t.is_text()).count() <= 5;
        if live || self.orders() || !(self.asks() || short) {
            return None;
        }
        let mut slots = BTreeMap::new();
        if let Some(window) = self.window() {
            slots.insert("window".to_owned(), json!(window));
        }
        for (word, name) in [
            ("disk", "disk"),
            ("storage", "disk"),
            ("cpu", "cpu"),
            ("memory", "memory"),
            ("ram", "memory"),
            ("network", "network"),
        ] {
            if self.has(&[word]) {
                slots.entry("metric".to_owned()).or_insert_with(|| json!(name));
            }
        }
        for (words, level) in [
            (&["critical", "crit", "severe"][..], "critical"),
            (&["error", "errors"], "error"),
            (&["warning", "warnings"], "warning"),
        ] {
            if self.has(words) {
                slots.entry("level".to_owned()).or_insert_with(|| json!(level));
            }
        }
        for (words, status) in [
            (
                &["open", "active", "unacknowledged", "unacked", "unresolved", "current", "outstanding", "firing"][..],
                "open",
            ),
            (&["acknowledged", "acked", "closed", "resolved"], "acknowledged"),
        ] {
            if self.has(words) {
                slots.entry("status".to_owned()).or_insert_with(|| json!(status));
            }
        }
        self.count(&mut slots);
        self.query(Intent::ListAlerts, slots, "asks about alerts")
    }

    fn targets(&self) -> Option<Query> {
        if self.orders() || !self.asks() {
            return None;
        }
        let credentials = self.stored(Stored::Credentials).is_some();
        let noun = self.stored(Stored::Inventory).is_some();
        let group_named = self
            .place()
            .is_some_and(|p| !p.groups.is_empty() || !p.hosts.is_empty() || !p.tags.is_empty() || p.os_hint.is_some());
        if !noun && !credentials && !group_named {
            return None;
        }
        let mut slots = BTreeMap::new();
        if credentials {
            let lacking = self.has(&[
                "missing", "without", "no", "lack", "lacking", "need", "needs", "don't", "dont", "not", "unassigned",
                "lacks", "coverage",
            ]);
            if !lacking && !noun && !self.has(&["list", "which", "what", "show", "do", "have"]) {
                return None;
            }
            slots.insert("filter".to_owned(), json!(if lacking { "no_credentials" } else { "credentials" }));
            self.count(&mut slots);
            return self.query(Intent::ListTargets, slots, "asks which targets have credentials");
        }
        let lead = self.lead()?;
        let lead_word = |words: &[&str]| words.iter().any(|w| self.tokens[lead].is(w));
        let lists = lead_word(&[
            "which", "list", "what", "show", "how", "any", "are", "who", "do", "count", "display", "get", "give",
            "tell", "find", "see", "view", "enumerate", "whats", "what's", "where", "describe", "print", "have", "is",
            "pull",
        ]);
        if !lists {
            return None;
        }
        let service_type = ["ssh", "winrm", "telnet", "rdp"].into_iter().find(|w| self.has(&[w]));
        if let Some(kind) = service_type
            && !self.has(&["service", "running", "status", "daemon", "port", "start", "check"])
            && (lead_word(&["which", "what", "list", "show", "how", "any", "get", "give", "find", "do"]))
            && noun
        {
            slots.insert("service_type".to_owned(), json!(kind));
            self.count(&mut slots);
            return self.query(Intent::ListTargets, slots, "asks which targets are reached that way");
        }
        let wide = lead_word(&[
            "which", "what", "list", "show", "how", "any", "are", "get", "give", "find", "display", "tell", "do",
            "have", "see", "view",
        ]);
        for (words, filter) in [
            (
                &["unreachable", "offline", "down", "unresponsive", "disconnected", "cannot", "can't", "cant"][..],
                "unreachable",
            ),
            (&["maintenance"], "maintenance"),
            (
                if self.has(&["without", "no", "missing"]) { &["connection", "connections"] } else { &[] },
                "no_connection",
            ),
            (&["stale"], "stale"),
        ] {
            let single = self.place().is_some_and(|p| p.resolved.len() == 1 && p.groups.is_empty());
            let service = (0..self.tokens.len()).any(|at| self.lexicon.service_at(&self.tokens[at..]).is_some());
            if self.has(words) && wide && noun && !single && !service {
                slots.insert("filter".to_owned(), json!(filter));
                self.count(&mut slots);
                return self.query(Intent::ListTargets, slots, "asks for targets in that state");
            }
        }
        if self.is_plain_list() {
            self.count(&mut slots);
            return self.query(Intent::ListTargets, slots, "asks what the inventory holds");
        }
        None
    }

    /// "list all Windows hosts", "how many servers are in the CIS group", "what groups are there": nothing besides machines.
    fn is_plain_list(&self) -> bool {
        let Some(lead) = self.lead() else { return false };
        let lead_word = |words: &[&str]| words.iter().any(|w| self.tokens[lead].is(w));
        if lead_word(&["who", "who's", "whos"]) && self.has(&["on", "logged", "in", "using"])
            || lead_word(&["check", "verify", "test", "ping", "is"])
            || self.says("show me the status")
        {
            return false;
        }
        let mut at = 0;
        let mut machines = false;
        let words = [
            "in", "are", "what's", "whats", "who", "who's", "hostname", "owner", "connection", "connections", "port",
            "there", "is", "the", "all", "of", "have", "do", "we", "what", "which", "how", "many", "list", "show",
            "me", "inventory", "group", "groups", "belong", "belongs", "to", "member", "members", "exist", "exists",
            "known", "configured", "registered", "tagged", "tag", "tags", "run", "runs", "running", "on", "os",
            "operating", "system", "address", "addresses", "ip", "ips", "fqdn", "name", "names", "count", "number",
            "get", "give", "tell", "about", "display", "does", "a", "for", "each", "every", "total", "currently", "by",
            "part", "contains", "contain", "with", "part", "managed", "manage", "our", "my", "i", "you", "can", "full",
            "please", "has", "hosts?", "it", "up", "contained", "out", "environment", "see", "view", "within", "and",
            "or",
        ];
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            if !token.is_text() {
                at += 1;
                continue;
            }
            if let Some((places, end)) = self.places.read(self.tokens, at)
                && end > at
                && (places.is_clear() || places.vague)
                && !words[..2].iter().any(|w| token.is(w))
            {
                machines = true;
                at = end;
                continue;
            }
            let listed = words.iter().any(|w| token.is(w))
                || self.lexicon.machines.contains(&token.lower)
                || self.lexicon.group_nouns.contains(&token.lower)
                || self.lexicon.filler.contains(&token.lower);
            if !listed {
                return false;
            }
            machines |= self.lexicon.machines.contains(&token.lower)
                || self.lexicon.group_nouns.contains(&token.lower)
                || ["inventory", "groups", "tags", "members"].iter().any(|w| token.is(w));
            at += 1;
        }
        let running_up = self.has(&["up", "running"]) && !self.has(&["windows", "linux", "os", "run"]);
        machines && !running_up
    }

    /// "yesterday", "the last 24 hours", "since Monday", "this week".
    fn window(&self) -> Option<String> {
        window(self.tokens)
    }
}

/// A span of time that lies behind, as a question gives it.
pub(crate) fn window(tokens: &[Token]) -> Option<String> {
    let says = |phrase: &str| {
        let words: Vec<&str> = phrase.split(' ').collect();
        tokens.windows(words.len()).any(|w| w.iter().zip(&words).all(|(t, word)| t.is(word)))
    };
    for (phrase, window) in [
        ("yesterday", "yesterday"),
        ("today", "today"),
        ("last night", "yesterday"),
        ("overnight", "24h"),
        ("this morning", "today"),
        ("last week", "last_week"),
        ("this week", "this_week"),
        ("last month", "last_month"),
        ("this month", "this_month"),
        ("last hour", "1h"),
        ("past hour", "1h"),
        ("last day", "24h"),
        ("past day", "24h"),
        ("past week", "7d"),
        ("last few hours", "6h"),
        ("last few days", "3d"),
        ("past month", "30d"),
        ("recently", "24h"),
        ("tonight", "today"),
    ] {
        if says(phrase) {
            return Some(window.to_owned());
        }
    }
    for w in tokens.windows(2) {
        let digits: String = w[0].lower.chars().take_while(char::is_ascii_digit).collect();
        let number = digits.parse::<u32>().ok().or_else(|| {
            ["one", "two", "three", "four", "five", "six", "seven"]
                .iter()
                .position(|n| w[0].is(n))
                .and_then(|n| u32::try_from(n + 1).ok())
        });
        let Some(number) = number else { continue };
        let unit = if digits.len() < w[0].lower.len() && !digits.is_empty() {
            &w[0].lower[digits.len()..]
        } else {
            w[1].lower.as_str()
        };
        let unit = match unit {
            "minute" | "minutes" | "min" | "mins" | "m" => "m",
            "hour" | "hours" | "hr" | "hrs" | "h" => "h",
            "day" | "days" | "d" => "d",
            "week" | "weeks" | "w" => "w",
            _ => continue,
        };
        return Some(format!("{number}{unit}"));
    }
    if let Some(last) = tokens.last() {
        let digits: String = last.lower.chars().take_while(char::is_ascii_digit).collect();
        let unit = &last.lower[digits.len()..];
        if !digits.is_empty() && ["m", "h", "d", "w"].contains(&unit) {
            return Some(format!("{digits}{unit}"));
        }
    }
    tokens
        .iter()
        .position(|t| t.is("since"))
        .and_then(|at| tokens.get(at + 1))
        .filter(|t| t.is_text())
        .map(|t| format!("since {}", t.lower))
}
