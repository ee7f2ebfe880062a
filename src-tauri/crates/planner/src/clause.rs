//! One clause: what to do, with what, where.

use crate::lexicon::{Lexicon, Look};
use crate::places::{PlaceReader, Places, is_host_like};
use crate::text::{Kind, Token};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;
use wheelhouse_protocol::action::{Action, Metric, Name};
use wheelhouse_protocol::reading::{Intent, StepReading};

/// How many lines of a log are shown when nobody says.
const DEFAULT_LINES: u32 = 50;

/// What a step will do, once the files it names have been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Draft {
    /// Complete.
    Ready(Action),
    /// A copy: the source's content is pinned when the plan is made.
    Copy { source: String, destination: String },
}

impl Draft {
    pub(crate) fn mutates(&self) -> bool {
        match self {
            Self::Ready(action) => action.mutates(),
            Self::Copy { .. } => true,
        }
    }
}

/// Something a clause lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) about: &'static str,
    pub(crate) question: String,
    /// Words that would fill it.
    pub(crate) fillers: Vec<String>,
    /// What the fillers stand in place of in the request; empty to add them after the verb.
    pub(crate) instead_of: String,
}

/// What one clause says.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) step: StepReading,
    pub(crate) draft: Option<Draft>,
    pub(crate) places: Option<Places>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) reasons: Vec<String>,
}

/// What earlier clauses spoke of, for "… and restart the service".
#[derive(Debug, Clone, Default)]
pub(crate) struct Earlier {
    pub(crate) name: Option<String>,
}

/// Reads clauses.
pub(crate) struct ClauseReader<'a> {
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) places: PlaceReader<'a>,
}

/// A clause taken apart.
struct Parts<'a> {
    intent: Intent,
    verb: Range<usize>,
    tokens: &'a [Token],
    /// Where the place is spoken of.
    place: Option<Range<usize>>,
}

impl<'a> Parts<'a> {
    /// The tokens that are neither verb nor place, in order.
    fn object(&self) -> Vec<&'a Token> {
        (0..self.tokens.len())
            .filter(|i| !self.verb.contains(i) && !self.place.as_ref().is_some_and(|p| p.contains(i)))
            .map(|i| &self.tokens[i])
            .collect()
    }
}

impl ClauseReader<'_> {
    /// Reads a clause; `None` when it has no verb.
    pub(crate) fn read(&self, tokens: &[Token], earlier: &Earlier) -> Option<Clause> {
        let mut reasons = Vec::new();
        let (verb, intent) = self.verb(tokens, &mut reasons)?;
        let (place, places) = match self.place(tokens, &verb, intent) {
            Some((range, places)) => (Some(range), Some(places)),
            None => (None, None),
        };
        if let Some(places) = &places {
            reasons.extend(places.reasons.iter().cloned());
        }
        let parts = Parts { intent, verb, tokens, place };
        let mut clause = self.act(&parts, earlier);
        if clause.step.intent != Intent::Unknown
            && clause.gaps.iter().all(|gap| gap.instead_of.is_empty())
            && let Some(said) = self.left_over(&parts, &clause.step)
        {
            // Words that would be passed over may be the ones that matter: "… every Sunday", "… unless".
            clause.gaps.push(Gap {
                about: "words",
                question: format!("What does “{said}” mean here? Say it without that, or in other words."),
                fillers: vec![String::new()],
                instead_of: said,
            });
        }
        clause.reasons.splice(0..0, reasons);
        clause.places = places;
        Some(clause)
    }

    /// The clause's verb: the first one, at its beginning or behind words without meaning; for a verb
    /// that asks ("is", "what is") only there.
    fn verb(&self, tokens: &[Token], reasons: &mut Vec<String>) -> Option<(Range<usize>, Intent)> {
        let lead = tokens
            .iter()
            .position(|t| t.is_text() && !(t.kind == Kind::Word && self.lexicon.filler.contains(&t.lower)))
            .unwrap_or(0);
        for at in 0..tokens.len() {
            let Some((length, intent)) = self.lexicon.verb(&tokens[at..]) else { continue };
            let asks = ["is", "are", "see", "report", "test", "monitor", "list", "view", "print"];
            if at > lead && asks.iter().any(|w| tokens[at].is(w)) {
                continue;
            }
            let words = tokens[at..at + length].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
            reasons.push(format!("“{words}” asks to {}", intent.as_str().replace('_', " ")));
            return Some((at..at + length, intent));
        }
        let first = tokens.get(lead)?;
        let (verb, intent) = self.lexicon.mistyped_verb(first)?;
        reasons.push(format!("read “{}” as “{verb}”", first.text));
        Some((lead..lead + 1, intent))
    }

    /// Where: after a preposition, at the clause's beginning, or as the last thing said.
    fn place(&self, tokens: &[Token], verb: &Range<usize>, intent: Intent) -> Option<(Range<usize>, Places)> {
        let strong = ["on", "in", "at", "across", "against", "over", "within", "inside", "throughout"];
        for want_strong in [true, false] {
            for at in 0..tokens.len() {
                let token = &tokens[at];
                if verb.contains(&at) || token.kind != Kind::Word || !self.lexicon.place.contains(&token.lower) {
                    continue;
                }
                let is_strong = strong.contains(&token.lower.as_str());
                if is_strong != want_strong || tokens.get(at + 1).is_none_or(|t| t.kind == Kind::Path) {
                    continue;
                }
                let Some((places, end)) = self.places.read(tokens, at + 1) else { continue };
                if self.is_place(&places, is_strong) {
                    return Some((at..end, places));
                }
            }
        }
        if verb.start > 0
            && let Some((places, end)) = self.places.read(tokens, 0)
            && end <= verb.start
            && places.is_clear()
        {
            return Some((0..end, places));
        }
        let reads_only = !matches!(intent, Intent::RunCommand);
        for at in verb.end..tokens.len() {
            let bare = |t: &Token| {
                t.kind == Kind::Word && (self.lexicon.filler.contains(&t.lower) || self.lexicon.all.contains(&t.lower))
            };
            let Some((places, end)) = self.places.read(tokens, at) else { continue };
            let rest_is_empty = tokens[end..].iter().all(|t| !t.is_text() || bare(t));
            let host = intent == Intent::Check && places.unknown.iter().any(|u| is_host_like(&u.name));
            if reads_only && rest_is_empty && (places.is_clear() || host && at == self.first_object(tokens, verb.end)) {
                return Some((at..end, places));
            }
        }
        None
    }

    fn first_object(&self, tokens: &[Token], from: usize) -> usize {
        (from..tokens.len())
            .find(|&i| tokens[i].is_text() && !self.lexicon.filler.contains(&tokens[i].lower))
            .unwrap_or(tokens.len())
    }

    /// "on foo" names a place that is not known; "of foo" more likely names a thing.
    fn is_place(&self, places: &Places, strong: bool) -> bool {
        let known =
            !places.resolved.is_empty() || !places.groups.is_empty() || places.everything || !places.tags.is_empty();
        let host = places.unknown.iter().any(|u| is_host_like(&u.name));
        let said = places.unknown.iter().any(|u| u.name.contains(' ') || u.ambiguous || !u.near.is_empty());
        known || host || places.os_hint.is_some() || (strong && (places.vague || !places.unknown.is_empty())) || said
    }

    /// Words that took no part in what was understood.
    fn left_over(&self, parts: &Parts<'_>, step: &StepReading) -> Option<String> {
        let object: Vec<Token> = parts.object().into_iter().filter(|t| t.is_text()).cloned().collect();
        let slots: Vec<String> =
            step.slots.values().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_lowercase)).collect();
        let mut words = Vec::new();
        let mut at = 0;
        while at < object.len() {
            let token = &object[at];
            let length = self.lexicon.looks.at(&object[at..]).map(|(n, _)| n);
            let length = length.or_else(|| self.lexicon.service_at(&object[at..]).map(|(n, _)| n));
            if let Some(length) = length {
                at += length;
                continue;
            }
            at += 1;
            let lists = [
                &self.lexicon.filler,
                &self.lexicon.neutral,
                &self.lexicon.service_nouns,
                &self.lexicon.package_nouns,
                &self.lexicon.machines,
                &self.lexicon.group_nouns,
                &self.lexicon.all,
            ];
            let said = slots.iter().any(|slot| {
                *slot == token.lower
                    || slot.split_whitespace().any(|w| w == token.lower)
                    || (token.lower.ends_with(slot.as_str()) && !slot.is_empty())
                    || (token.kind == Kind::Path && slot.starts_with(&token.lower))
            });
            // A word that a gap asks about already is not asked about twice.
            if !said && !lists.iter().any(|list| list.contains(&token.lower)) {
                words.push(token.text.as_str());
            }
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn act(&self, parts: &Parts<'_>, earlier: &Earlier) -> Clause {
        match parts.intent {
            Intent::Restart | Intent::Start | Intent::Stop => self.service_action(parts, earlier),
            Intent::Install | Intent::Uninstall => self.package_action(parts, earlier),
            Intent::CopyFile => self.copy(parts),
            Intent::TailLog => self.tail(parts),
            Intent::RunCommand => self.run(parts),
            Intent::DiskUsage => self.disk(parts),
            Intent::Uptime => ready(Intent::Uptime, BTreeMap::new(), Action::Uptime),
            _ => self.check(parts, earlier),
        }
    }

    fn service_action(&self, parts: &Parts<'_>, earlier: &Earlier) -> Clause {
        let intent = parts.intent;
        match self.service_name(parts, earlier) {
            Ok(name) => {
                let service = self.lexicon.service(&name);
                let slots = BTreeMap::from([("service".to_owned(), json!(self.lexicon.canonical_service(&name)))]);
                let action = match intent {
                    Intent::Start => Action::ServiceStart { service },
                    Intent::Stop => Action::ServiceStop { service },
                    _ => Action::ServiceRestart { service },
                };
                ready(intent, slots, action)
            }
            Err(gap) => lacking(intent, BTreeMap::new(), gap),
        }
    }

    /// The one service a clause speaks of.
    fn service_name(&self, parts: &Parts<'_>, earlier: &Earlier) -> Result<String, Gap> {
        let object = parts.object();
        let gap = |question: &str, fillers: Vec<String>, instead_of: String| Gap {
            about: "service",
            question: question.to_owned(),
            fillers,
            instead_of,
        };
        if let Some(quoted) = object.iter().find(|t| t.kind == Kind::Quoted) {
            return Ok(quoted.text.clone());
        }
        let words: Vec<&Token> = object
            .into_iter()
            .filter(|t| t.kind == Kind::Word)
            .filter(|t| {
                !self.lexicon.filler.contains(&t.lower)
                    && !["named", "called", "if", "running", "it's"].contains(&t.lower.as_str())
            })
            .collect();
        let owned: Vec<Token> = words.iter().map(|t| (*t).clone()).collect();
        let known: Vec<(usize, usize)> =
            (0..owned.len()).filter_map(|at| self.lexicon.service_at(&owned[at..]).map(|(n, _)| (at, n))).collect();
        if let [(at, length), rest @ ..] = known.as_slice()
            && rest.iter().all(|(other, _)| other < &(at + length))
        {
            return Ok(owned[*at..at + length].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "));
        }
        let names: Vec<&Token> = words
            .into_iter()
            .filter(|t| !self.lexicon.service_nouns.contains(&t.lower) && !self.lexicon.all.contains(&t.lower))
            .collect();
        match names.as_slice() {
            [] => match &earlier.name {
                Some(name) => Ok(name.clone()),
                None => Err(gap("Which service?", Vec::new(), String::new())),
            },
            [one] if self.is_vague(&owned) => {
                Err(gap(&format!("Which service exactly is “{}”?", one.text), Vec::new(), one.text.clone()))
            }
            [one] if is_service_name(&one.text) => Ok(one.text.clone()),
            [one] => Err(gap(
                &format!("“{}” cannot be a service's name. Which service?", one.text),
                Vec::new(),
                one.text.clone(),
            )),
            several => {
                let said = several.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
                let quoted = format!("\"{said}\"");
                let mut fillers: Vec<String> =
                    several.iter().map(|t| t.text.clone()).filter(|w| is_service_name(w)).take(3).collect();
                fillers.push(quoted);
                Err(gap(&format!("Which service do you mean by “{said}”?"), fillers, said))
            }
        }
    }

    fn is_vague(&self, words: &[Token]) -> bool {
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

    fn package_action(&self, parts: &Parts<'_>, earlier: &Earlier) -> Clause {
        let intent = parts.intent;
        let mut slots = BTreeMap::new();
        let mut version = None;
        let mut names: Vec<String> = Vec::new();
        let object = parts.object();
        let mut i = 0;
        while i < object.len() {
            let token = object[i];
            i += 1;
            match token.kind {
                Kind::Quoted | Kind::Path => names.push(token.text.clone()),
                Kind::Word if token.is("version") || token.is("latest") || token.is("newest") => {
                    if token.is("version")
                        && let Some(value) = object.get(i).filter(|t| t.kind == Kind::Word)
                    {
                        version = Some(value.text.trim_start_matches('v').to_owned());
                        i += 1;
                    }
                }
                Kind::Word if is_version(&token.text) && !names.is_empty() => {
                    version = Some(token.text.trim_start_matches('v').to_owned());
                }
                Kind::Word
                    if self.lexicon.filler.contains(&token.lower)
                        || self.lexicon.package_nouns.contains(&token.lower)
                        || self.lexicon.service_nouns.contains(&token.lower)
                        || token.is("new") => {}
                Kind::Word => names.push(token.text.clone()),
                _ => {}
            }
        }
        // `nginx=1.22` as apt writes it.
        if let [one] = names.as_mut_slice()
            && let Some((name, wanted)) =
                one.split_once('=').map(|(n, v)| (n.to_owned(), v.trim_start_matches('=').to_owned()))
        {
            version = Some(wanted);
            *one = name;
        }
        if let Some(version) = &version {
            slots.insert("version".to_owned(), json!(version));
        }
        let ask = |question: String, fillers: Vec<String>, instead_of: String| Gap {
            about: "package",
            question,
            fillers,
            instead_of,
        };
        let name = match (names.as_slice(), &earlier.name) {
            ([one], _) if is_service_name(one) && !self.is_vague(&[word(one)]) => one.clone(),
            ([], Some(name)) => name.clone(),
            ([], None) => return lacking(intent, slots, ask("Which package?".to_owned(), Vec::new(), String::new())),
            ([one], _) => {
                return lacking(
                    intent,
                    slots,
                    ask(format!("Which package exactly is “{one}”?"), Vec::new(), one.clone()),
                );
            }
            (several, _) => {
                let said = several.join(" ");
                let fillers = several.iter().filter(|n| is_service_name(n)).take(4).cloned().collect();
                return lacking(
                    intent,
                    slots,
                    ask(format!("One package at a time: which of “{said}”?"), fillers, said),
                );
            }
        };
        slots.insert("package".to_owned(), json!(self.lexicon.canonical_service(&name)));
        let package: Name = self.lexicon.package(&name);
        let action = match intent {
            Intent::Install => Action::PackageInstall { package, version },
            _ => Action::PackageUninstall { package },
        };
        ready(intent, slots, action)
    }

    fn copy(&self, parts: &Parts<'_>) -> Clause {
        let object = parts.object();
        let to = object
            .iter()
            .position(|t| t.kind == Kind::Word && ["to", "into", "onto", "as"].contains(&t.lower.as_str()));
        let is_file =
            |t: &&&Token| matches!(t.kind, Kind::Path | Kind::Quoted) || (t.kind == Kind::Word && t.text.contains('.'));
        let (before, after) = object.split_at(to.unwrap_or(object.len()));
        let source = before.iter().find(is_file).map(|t| t.text.clone());
        let destination = after.iter().find(is_file).map(|t| t.text.clone());
        let mut slots = BTreeMap::new();
        let mut gaps = Vec::new();
        let gap = |about, question: &str| Gap {
            about,
            question: question.to_owned(),
            fillers: Vec::new(),
            instead_of: String::new(),
        };
        match &source {
            None => gaps.push(gap("source", "Which file on this machine is to be copied? Give its full path.")),
            Some(path) => {
                slots.insert("source".to_owned(), json!(path));
                if !crate::text::is_path(path) || path.starts_with("./") || path.starts_with("../") {
                    gaps.push(gap("source", &format!("Where on this machine is “{path}”? Give its full path.")));
                }
            }
        }
        let destination = match (destination, &source) {
            (Some(path), Some(source)) if path.ends_with(['/', '\\']) => Some(format!("{path}{}", file_name(source))),
            (found, _) => found,
        };
        match &destination {
            None => gaps.push(gap("destination", "Where on the targets is it to go? Give the full path.")),
            Some(path) => {
                slots.insert("destination".to_owned(), json!(path));
                if !is_absolute(path) {
                    gaps.push(gap("destination", &format!("Where on the targets is “{path}”? Give the full path.")));
                }
            }
        }
        let draft = match (source, destination) {
            (Some(source), Some(destination)) if gaps.is_empty() => Some(Draft::Copy { source, destination }),
            _ => None,
        };
        Clause { step: StepReading { intent: Intent::CopyFile, slots }, draft, places: None, gaps, reasons: Vec::new() }
    }

    fn tail(&self, parts: &Parts<'_>) -> Clause {
        let object = parts.object();
        let mut slots = BTreeMap::new();
        let lines = object
            .iter()
            .filter_map(|t| t.text.trim_start_matches('-').trim_start_matches('n').parse::<u32>().ok())
            .next();
        if let Some(lines) = lines {
            slots.insert("lines".to_owned(), json!(lines));
        }
        let lines = lines.unwrap_or(DEFAULT_LINES).clamp(1, 10_000);
        let path = object.iter().find(|t| t.kind == Kind::Path || (t.kind == Kind::Quoted && is_absolute(&t.text)));
        match path {
            Some(path) => {
                slots.insert("path".to_owned(), json!(path.text));
                ready(Intent::TailLog, slots, Action::TailLog { path: path.text.clone(), lines })
            }
            None => {
                let question = "Which log? Give the file's full path on the machine.".to_owned();
                let fillers = vec!["/var/log/syslog".to_owned(), "/var/log/messages".to_owned()];
                lacking(Intent::TailLog, slots, Gap { about: "path", question, fillers, instead_of: String::new() })
            }
        }
    }

    fn run(&self, parts: &Parts<'_>) -> Clause {
        let object = parts.object();
        let command = match object.iter().find(|t| t.kind == Kind::Quoted) {
            Some(quoted) => quoted.text.clone(),
            None => {
                let skip = object
                    .iter()
                    .take_while(|t| {
                        t.kind == Kind::Word
                            && ["the", "a", "this", "command", "following", "script"].contains(&t.lower.as_str())
                            || !t.is_text()
                    })
                    .count();
                object[skip..].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
            }
        };
        let command = command.trim().to_owned();
        if command.is_empty() {
            let question = "Which command? Put it in quotes.".to_owned();
            let gap = Gap { about: "command", question, fillers: Vec::new(), instead_of: String::new() };
            return lacking(Intent::RunCommand, BTreeMap::new(), gap);
        }
        let slots = BTreeMap::from([("command".to_owned(), json!(command))]);
        ready(Intent::RunCommand, slots, Action::RunCommand { command })
    }

    fn disk(&self, parts: &Parts<'_>) -> Clause {
        let path = parts.object().into_iter().find(|t| t.kind == Kind::Path).map(|t| t.text.clone());
        let slots = path.iter().map(|p| ("path".to_owned(), json!(p))).collect();
        ready(Intent::DiskUsage, slots, Action::DiskUsage { path })
    }

    fn check(&self, parts: &Parts<'_>, earlier: &Earlier) -> Clause {
        let object = parts.object();
        let words: Vec<Token> = object.iter().filter(|t| t.is_text()).map(|t| (*t).clone()).collect();
        let has = |list: &[&str]| words.iter().any(|t| list.iter().any(|w| t.is(w)));
        let path = words.iter().find(|t| t.kind == Kind::Path);
        if let Some(path) = path
            && (has(&["lines", "line", "tail", "end", "last", "log", "logs"]) || path.lower.contains("log"))
            && !has(&["disk", "space", "usage"])
        {
            return self.tail(parts);
        }
        let service_said = words.iter().any(|t| t.kind == Kind::Quoted)
            || (0..words.len()).any(|at| self.lexicon.service_at(&words[at..]).is_some())
            || has(&["service", "services", "daemon", "running", "active", "installed"]);
        let look = (0..words.len()).find_map(|at| self.lexicon.looks.at(&words[at..]).map(|(_, look)| *look));
        match look {
            Some(Look::Disk) => return self.disk(parts),
            Some(Look::Uptime) => return ready(Intent::Uptime, BTreeMap::new(), Action::Uptime),
            Some(Look::Metric(metric)) if !service_said || metric != Metric::Reachability => return measure(metric),
            _ => {}
        }
        let status = has(&["status", "state"]);
        let meaningful = words.iter().any(|t| {
            t.kind != Kind::Word
                || !(self.lexicon.filler.contains(&t.lower)
                    || self.lexicon.place.contains(&t.lower)
                    || self.lexicon.machines.contains(&t.lower)
                    || self.lexicon.all.contains(&t.lower)
                    || ["status", "state", "of", "if", "whether", "hostname"].contains(&t.lower.as_str()))
        });
        if !meaningful && parts.place.is_some() {
            return measure(Metric::Reachability);
        }
        let about = Parts {
            intent: parts.intent,
            verb: 0..0,
            tokens: &words
                .iter()
                .filter(|t| {
                    ![
                        "status",
                        "state",
                        "if",
                        "whether",
                        "running",
                        "active",
                        "up",
                        "down",
                        "of",
                        "installed",
                        "still",
                        "all",
                    ]
                    .contains(&t.lower.as_str())
                        || t.kind != Kind::Word
                })
                .cloned()
                .collect::<Vec<_>>(),
            place: None,
        };
        match self.service_name(&about, earlier) {
            Ok(name) if service_said || status || parts.place.is_some() => {
                let slots = BTreeMap::from([("service".to_owned(), json!(self.lexicon.canonical_service(&name)))]);
                ready(Intent::Check, slots, Action::ServiceStatus { service: self.lexicon.service(&name) })
            }
            Ok(_) => unknown(),
            Err(gap) if service_said || status || parts.place.is_some() => {
                let question = "What is to be checked there?".to_owned();
                let gap = Gap {
                    about: if service_said { gap.about } else { "what" },
                    question: if service_said { gap.question } else { question },
                    ..gap
                };
                lacking(Intent::Check, BTreeMap::new(), gap)
            }
            Err(_) => unknown(),
        }
    }
}

fn ready(intent: Intent, slots: BTreeMap<String, Value>, action: Action) -> Clause {
    let draft = Some(Draft::Ready(action));
    Clause { step: StepReading { intent, slots }, draft, places: None, gaps: Vec::new(), reasons: Vec::new() }
}

fn lacking(intent: Intent, slots: BTreeMap<String, Value>, gap: Gap) -> Clause {
    Clause { step: StepReading { intent, slots }, draft: None, places: None, gaps: vec![gap], reasons: Vec::new() }
}

/// A verb that asks, about nothing that is known.
fn unknown() -> Clause {
    Clause {
        step: StepReading { intent: Intent::Unknown, slots: BTreeMap::new() },
        draft: None,
        places: None,
        gaps: Vec::new(),
        reasons: Vec::new(),
    }
}

fn measure(metric: Metric) -> Clause {
    let name = match metric {
        Metric::Reachability => "reachability",
        Metric::Cpu => "cpu",
        Metric::Memory => "memory",
        Metric::Health => "health",
    };
    ready(Intent::Check, BTreeMap::from([("metric".to_owned(), json!(name))]), Action::Measure { metric })
}

fn word(text: &str) -> Token {
    Token { kind: Kind::Word, text: text.to_owned(), lower: text.to_lowercase() }
}

/// Letters, digits and what service and package names hold besides; not an option, not a path.
pub(crate) fn is_service_name(name: &str) -> bool {
    name.len() <= 256
        && name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '$' | '+' | ':' | '\\'))
}

fn is_version(word: &str) -> bool {
    let digits = word.trim_start_matches('v');
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.contains('.')
        && digits.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '~' | ':'))
}

fn is_absolute(path: &str) -> bool {
    (path.starts_with('/') && path.len() > 1)
        || path.starts_with("\\\\")
        || path.get(1..3).is_some_and(|s| s == ":\\" || s == ":/")
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(path)
}
