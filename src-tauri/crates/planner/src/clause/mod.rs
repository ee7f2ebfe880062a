//! One clause: what to do, with what, where.

mod file;
mod look;
mod machine;
mod object;
mod package;
mod process;
mod service;

use crate::lexicon::{Form, Lexicon, Verb};
use crate::places::{PlaceReader, Places, is_host_like};
use crate::text::{Kind, Text, Token};
use object::Object;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::reading::{Intent, StepReading};

/// What a step will do, once the files it names have been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Draft {
    /// Complete.
    Ready(Action),
    /// A copy: the source's content is pinned when the plan is made.
    Copy { source: String, destination: String },
    /// A program put in place of another: the source's content is pinned likewise.
    Replace { service: Name, source: String },
}

impl Draft {
    pub(crate) fn mutates(&self) -> bool {
        match self {
            Self::Ready(action) => action.mutates(),
            Self::Copy { .. } | Self::Replace { .. } => true,
        }
    }

    /// What it does, without the targets.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Ready(action) => action.title(),
            Self::Copy { source, destination } => format!("copy {source} to {destination}"),
            Self::Replace { service, source } => format!("replace {service}'s program by {source}"),
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
    /// Where in the request the fillers belong: in place of these words, or at this point.
    pub(crate) at: Option<Range<usize>>,
}

impl Gap {
    pub(crate) fn new(about: &'static str, question: impl Into<String>) -> Self {
        Self { about, question: question.into(), fillers: Vec::new(), at: None }
    }

    fn instead_of(mut self, at: Range<usize>, fillers: Vec<String>) -> Self {
        self.at = Some(at);
        self.fillers = fillers;
        self
    }
}

/// What one clause says.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) step: StepReading,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) places: Option<Places>,
    /// Where in the request the place stands.
    pub(crate) place_span: Option<Range<usize>>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) reasons: Vec<String>,
    /// It speaks of everything of a kind: "all services", "all logs".
    pub(crate) sweeping: bool,
    /// It shows what only some may see.
    pub(crate) sensitive: bool,
}

impl Clause {
    fn new(intent: Intent) -> Self {
        Self {
            step: StepReading { intent, slots: BTreeMap::new() },
            drafts: Vec::new(),
            places: None,
            place_span: None,
            gaps: Vec::new(),
            reasons: Vec::new(),
            sweeping: false,
            sensitive: false,
        }
    }

    /// A complete clause.
    fn ready(intent: Intent, action: Action) -> Self {
        Self { drafts: vec![Draft::Ready(action)], ..Self::new(intent) }
    }

    fn lacking(intent: Intent, gap: Gap) -> Self {
        Self { gaps: vec![gap], ..Self::new(intent) }
    }

    /// A verb that asks, about nothing that is known.
    fn unknown() -> Self {
        Self::new(Intent::Unknown)
    }

    fn slot(mut self, name: &str, value: Value) -> Self {
        self.step.slots.insert(name.to_owned(), value);
        self
    }

    fn text(self, name: &str, value: &str) -> Self {
        self.slot(name, json!(value))
    }

    fn gap(mut self, gap: Gap) -> Self {
        self.gaps.push(gap);
        self
    }
}

/// What earlier clauses spoke of, for "… and restart the service".
#[derive(Debug, Clone, Default)]
pub(crate) struct Earlier {
    pub(crate) name: Option<String>,
    /// It was stopped before.
    pub(crate) stopped: bool,
    pub(crate) places: Option<Places>,
    pub(crate) intent: Option<Intent>,
}

/// Reads clauses.
pub(crate) struct ClauseReader<'a> {
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) places: PlaceReader<'a>,
    pub(crate) text: &'a Text,
}

/// A clause taken apart.
struct Parts<'a> {
    verb: Verb,
    /// The verb's own words.
    said: String,
    object: Object,
    place: Option<&'a Places>,
    place_span: Option<Range<usize>>,
    earlier: &'a Earlier,
    /// There was no verb: "uptime of web-01".
    implicit: bool,
}

impl Parts<'_> {
    /// The systems of the machines the clause speaks of.
    fn systems(&self, reader: &ClauseReader<'_>) -> Vec<Os> {
        let places = self.place.or(self.earlier.places.as_ref());
        let mut systems: Vec<Os> = places
            .map(|p| p.resolved.iter().map(|i| reader.places.roster.targets[i].spec.os).collect())
            .unwrap_or_default();
        systems.sort();
        systems.dedup();
        systems
    }
}

/// A verb as it was found.
struct Found {
    range: Range<usize>,
    verb: Verb,
    reason: String,
    gap: Option<Gap>,
    /// The verb a mistyped one was read as.
    meant: Option<String>,
    /// What belongs to the verb and stands elsewhere: "turn nginx off".
    particles: Vec<usize>,
}

impl ClauseReader<'_> {
    /// Reads a clause; `None` when it asks for nothing.
    pub(crate) fn read(&self, tokens: &[Token], earlier: &Earlier) -> Option<Clause> {
        let (tokens, condition) = self.without_asides(tokens);
        let tokens = tokens.as_slice();
        let found = self.verb(tokens);
        let implicit = found.is_none();
        let range = found.as_ref().map_or(0..0, |f| f.range.clone());
        let verb = found.as_ref().map_or(Verb::Look, |f| f.verb);
        let particles = found.as_ref().map_or(&[][..], |f| f.particles.as_slice());
        let place = self.place(tokens, &range, verb, particles);
        let (place_range, places) = place.map_or((None, None), |(range, places)| (Some(range), Some(places)));
        let object: Vec<Token> = (0..tokens.len())
            .filter(|i| !range.contains(i) && !place_range.as_ref().is_some_and(|p| p.contains(i)))
            .filter(|i| !found.as_ref().is_some_and(|f| f.particles.contains(i)))
            .map(|i| tokens[i].clone())
            .collect();
        let place_span = place_range.map(|r| tokens[r.start].span.start..tokens[r.end - 1].span.end);
        let said = tokens[range].iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" ");
        let said = found.as_ref().and_then(|f| f.meant.clone()).unwrap_or(said);
        let mut parts = Parts {
            verb,
            said,
            object: Object::new(object),
            place: places.as_ref(),
            place_span: place_span.clone(),
            earlier,
            implicit,
        };
        let mut clause = self.act(&mut parts);
        self.condition(&mut clause, &mut parts, condition);
        parts.object.take_phrase(&[
            "via ssh", "over ssh", "using ssh", "through ssh", "via winrm", "over winrm", "using winrm",
        ]);
        let left = parts.object.left_over(self.lexicon);
        if implicit {
            // "nginx down on web-01" tells something; "nginx status on web-01" asks for it.
            let lines = parts.object.has(&["lines", "line", "entries", "any"])
                && parts.object.tokens.iter().any(|t| t.kind == Kind::Path || t.text.contains('.'));
            let looks = parts.object.find_any(&self.lexicon.looks) || lines;
            let symptom = tokens.first().is_some_and(|t| t.is("there") || t.is("we") || t.is("they"))
                || parts.object.has(&[
                    "down", "dead", "failed", "stopped", "inactive", "not", "high", "full", "slow", "failing", "is",
                    "are",
                ]);
            if left.is_some() || clause.drafts.is_empty() || !looks || symptom {
                return None;
            }
        }
        if clause.step.intent != Intent::Unknown
            && clause.gaps.iter().all(|gap| gap.at.is_none())
            && let Some((said, span)) = left
        {
            // Words that would be passed over may be the ones that matter: "… every Sunday", "… unless".
            let question = format!("What does “{said}” mean here? Say it without that, or in other words.");
            clause.gaps.push(Gap::new("words", question).instead_of(span, vec![String::new()]));
        }
        // An exception that no place took in must not be lost, whatever else became of the words.
        let restricts = [
            "except", "excepting", "excluding", "exclude", "excluded", "besides", "minus", "omit", "omitting", "skip",
            "skipping", "but", "unless",
        ];
        let lost = parts
            .object
            .tokens
            .iter()
            .find(|t| restricts.iter().any(|w| t.is(w)) || t.is("not") && clause.drafts.iter().any(Draft::mutates));
        if let Some(lost) = lost.filter(|_| clause.gaps.is_empty() && clause.step.intent != Intent::Unknown) {
            let question =
                format!("What does “{}” leave out? Name the machines to leave out behind “except”.", lost.text);
            clause.gaps.push(Gap::new("words", question).instead_of(lost.span.clone(), Vec::new()));
        }
        if let Some(found) = found {
            clause.reasons.insert(0, found.reason);
            clause.gaps.extend(found.gap);
        }
        if let Some(places) = &places {
            let at = clause.reasons.len().min(1);
            clause.reasons.splice(at..at, places.reasons.iter().cloned());
        }
        clause.places = places.or(clause.places);
        clause.place_span = place_span;
        Some(clause)
    }

    /// Takes out what is said besides: why it is asked, and "if it is running".
    fn without_asides(&self, tokens: &[Token]) -> (Vec<Token>, Option<String>) {
        let mut tokens: Vec<Token> = tokens.to_vec();
        // A new sentence about users or the thing itself is a reason only behind a comma or a dash: "unless users are logged
        // in" is a condition.
        let subjects = ["users", "customers", "people", "they", "nobody", "no", "clients", "everyone", "it", "it's"];
        let reason = (2..tokens.len()).find(|&at| {
            let parted = matches!(tokens[at - 1].kind, Kind::Comma | Kind::Stop) || tokens[at - 1].text == "-";
            // "since yesterday" is a time, "since it hangs" a reason.
            let time = tokens[at].is("since")
                && tokens.get(at + 1).is_some_and(|t| {
                    [
                        "yesterday", "today", "this", "last", "midnight", "noon", "monday", "tuesday", "wednesday",
                        "thursday", "friday", "saturday", "sunday",
                    ]
                    .iter()
                    .any(|w| t.is(w))
                        || t.lower.starts_with(|c: char| c.is_ascii_digit())
                });
            !time
                && self.lexicon.because.at(&tokens[at..]).is_some()
                && (parted || !subjects.iter().any(|w| tokens[at].is(w)))
        });
        // What restricts is never part of a reason.
        let restricts =
            ["if", "unless", "once", "until", "when", "except", "but", "only", "wait", "after", "before", "excluding"];
        if let Some(at) = reason.filter(|&at| !tokens[at..].iter().any(|t| restricts.iter().any(|w| t.is(w)))) {
            tokens.truncate(at);
        }
        while let Some((at, length, ())) = self.lexicon.given.anywhere(&tokens) {
            tokens.drain(at..at + length);
        }
        // "(approved by CAB)": who approved it elsewhere changes nothing here.
        if let Some(at) =
            (1..tokens.len()).find(|&i| tokens[i].is("approved") && tokens.get(i + 1).is_some_and(|t| t.is("by")))
            && tokens.len() - at <= 5
        {
            tokens.truncate(at);
        }
        // "… without restarting it": another verb than the one asked for.
        if let Some(at) = (1..tokens.len().saturating_sub(1))
            .find(|&i| tokens[i].is("without") && self.lexicon.inflected(&tokens[i + 1]).is_some())
        {
            let mut end = at + 2;
            while tokens.get(end).is_some_and(|t| {
                ["it", "them", "the", "service", "server", "anything", "machine", "process"].iter().any(|w| t.is(w))
            }) {
                end += 1;
            }
            tokens.drain(at..end);
        }
        self.drop_asides(&mut tokens);
        let mut condition = None;
        let at = (1..tokens.len()).find(|&i| {
            ["if", "unless", "when", "once", "until", "where", "whenever", "while"].iter().any(|w| tokens[i].is(w))
                || (tokens[i].is("only") && tokens.get(i + 1).is_some_and(|t| t.is("if") || t.is("when")))
        });
        // "check if …" and "see whether …" are no conditions.
        let lead = self.lead(&tokens);
        if let Some(at) = at
            && at > lead
            && !(tokens[at].is("if")
                && matches!(self.lexicon.verb(&tokens[lead..]), Some((length, Verb::Look)) if lead + length >= at))
        {
            let mut end = (at..tokens.len()).find(|&i| tokens[i].kind == Kind::Comma).unwrap_or(tokens.len());
            // "… if it's running on web-01": the place goes on behind it.
            if let Some(place) = (at + 1..end).find(|&i| tokens[i].is("on") || tokens[i].is("in") || tokens[i].is("at"))
            {
                end = place;
            }
            condition = Some(tokens[at..end].iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" "));
            tokens.drain(at..end);
        }
        (tokens, condition)
    }

    /// ", third time this week", "(config changed)", " - left the company": what is told besides, after a comma, in
    /// brackets or behind a dash. Only words that can neither act, nor name a machine or service, nor restrict anything.
    fn drop_asides(&self, tokens: &mut Vec<Token>) {
        let lead = self.lead(tokens);
        // Behind a step that changes something, only what tells how bad it is may be passed over.
        let looks =
            matches!(tokens.get(lead..).and_then(|rest| self.lexicon.verb(rest)), Some((_, Verb::Look | Verb::Find)));
        let history = [
            "third", "second", "time", "times", "week", "month", "today", "ticket", "priority", "p1", "p2", "p3",
            "sev1", "sev2", "min", "mins", "minutes", "hours", "hour", "days", "ago", "open", "urgent",
        ];
        let mark = |t: &Token| t.kind == Kind::Comma || t.text == "-" || t.text == "--" && t.kind == Kind::Word;
        let blocks = [
            "not", "no", "never", "without", "except", "but", "only", "just", "unless", "if", "when", "once",
            "whenever", "where", "provided", "providing", "assuming", "given", "should", "must", "wait", "hold",
            "until", "till", "while", "case", "long", "soon", "otherwise", "else", "maybe", "perhaps", "later", "ask",
            "check", "confirm", "than", "instead", "other", "another", "same", "next", "new", "old", "skip", "leave",
            "keep", "careful", "mind", "after", "before", "then", "and", "or", "twice", "again", "rather", "also",
            "too", "during", "all", "every", "each", "any", "both", "excluded", "excluding", "first", "last", "one",
            "two", "three", "force", "forced", "quietly", "dry", "test", "as", "with", "to", "from", "into", "via",
            "using", "by",
        ];
        let mut from = 1;
        while let Some(at) = (from..tokens.len()).find(|&i| mark(&tokens[i])) {
            let end = (at + 1..tokens.len()).find(|&i| mark(&tokens[i])).unwrap_or(tokens.len());
            let words: Vec<&Token> = tokens[at + 1..end].iter().filter(|t| t.is_text()).collect();
            let plain = words.len() >= 2
                && words.iter().enumerate().all(|(i, t)| {
                    t.kind == Kind::Word
                        && !blocks.iter().any(|w| t.is(w))
                        && (looks
                            || self.lexicon.symptoms.contains(&t.lower)
                            || self.lexicon.filler.contains(&t.lower)
                            || history.iter().any(|w| t.is(w))
                            || t.lower.chars().all(|c| c.is_ascii_digit()))
                        && self.lexicon.except.at(&tokens[at + 1 + i..]).is_none()
                        && !match self.lexicon.verb(std::slice::from_ref(t)) {
                            Some((_, Verb::Do(intent))) => intent.changes(),
                            Some((_, verb)) => matches!(verb, Verb::Remove | Verb::Clean),
                            None => false,
                        }
                        && !self.lexicon.knows_service(&t.lower)
                        && !self.lexicon.knows_package(&t.lower)
                        && !t.text.contains(['=', '/', '\\', '*', '%'])
                        && !(t.lower.chars().any(|c| c.is_ascii_digit()) && t.text.contains(['.', '-', '_']))
                })
                && !(at + 1..end).any(|i| self.places.is_name(tokens, i));
            if plain {
                let bracket = tokens[at].text == "(" && tokens.get(end).is_some_and(|t| t.text == ")");
                tokens.drain(at..end + usize::from(bracket));
            } else {
                from = at + 1;
            }
        }
    }

    /// A condition the step meets anyway is noted; any other is asked about.
    fn condition(&self, clause: &mut Clause, parts: &mut Parts<'_>, condition: Option<String>) {
        let Some(condition) = condition else { return };
        let says = |words: &[&str]| condition.split(' ').any(|w| words.contains(&w));
        let not = says(&[
            "not", "isn't", "isnt", "aren't", "missing", "stopped", "down", "dead", "absent", "inactive", "unless",
        ]);
        let runs = says(&["running", "active", "up", "runs", "started", "alive", "open"]);
        let there = says(&["installed", "exists", "exist", "present", "there", "available"]);
        let known: &[&str] = &[
            "if", "only", "when", "where", "it", "it's", "its", "is", "they", "are", "the", "service", "process",
            "not", "isn't", "isnt", "aren't", "running", "active", "up", "runs", "started", "alive", "open",
            "installed", "exists", "exist", "present", "there", "missing", "stopped", "down", "dead", "absent",
            "inactive", "already", "currently", "unless", "still", "package", "file", "files", "available", "and",
            "that", "yet",
        ];
        let says_what = condition.split(' ').count() > 1;
        let plain = says_what
            && condition.split(' ').all(|w| {
                known.contains(&w)
                    || clause.step.slots.values().any(|v| v.as_str().is_some_and(|v| v.eq_ignore_ascii_case(w)))
            });
        let name = match (clause.step.intent, not, runs, there) {
            (Intent::Stop | Intent::KillProcess, false, true, _) => "if_running",
            (Intent::Start, true, ..) => "if_not_running",
            (Intent::Uninstall | Intent::DeleteFiles | Intent::Update, false, _, true) => "if_present",
            (Intent::Install, true, ..) => "if_not_present",
            _ => "",
        };
        if plain && !name.is_empty() {
            clause.step.slots.insert("condition".to_owned(), json!(name));
            clause
                .reasons
                .push(format!("“{condition}” holds anyway: the step does nothing where there is nothing to do"));
        } else if clause.step.intent != Intent::Unknown {
            clause.gaps.push(Gap::new(
                "condition",
                format!("“{condition}” cannot be decided here. Check it first, then ask for the step on the machines where it holds."),
            ));
        }
        parts.object.take(&["only"]);
    }

    /// Where the clause's first word with a meaning stands.
    fn lead(&self, tokens: &[Token]) -> usize {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let verb = self.lexicon.verb(&tokens[at..]).filter(|(length, _)| *length > 1);
            let filler = token.kind == Kind::Word && self.lexicon.filler.contains(&token.lower);
            if token.is_text() && (!filler || verb.is_some()) {
                return at;
            }
            at += 1;
        }
        0
    }

    /// The clause's verb: at its beginning, behind words without meaning, or later in its plain form.
    fn verb(&self, tokens: &[Token]) -> Option<Found> {
        let lead = self.lead(tokens);
        let first = tokens.get(lead)?;
        let reason = |range: &Range<usize>, verb: Verb| {
            let words = tokens[range.clone()].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
            format!("“{words}” asks to {}", verb_name(verb))
        };
        let found = |range: Range<usize>, verb: Verb, gap: Option<Gap>| {
            Some(Found { reason: reason(&range, verb), range, verb, gap, meant: None, particles: Vec::new() })
        };
        if let Some((verb, particle)) = self.split_verb(tokens, lead) {
            let mut found = found(lead..lead + 1, verb, None)?;
            found.meant = matches!(verb, Verb::Do(Intent::Stop)).then(|| "shut down".to_owned());
            found.particles = particle;
            return Some(found);
        }
        // "there is high memory usage", "we have 503s": told, not asked.
        let told = lead > 0
            && ["there", "we", "i", "they", "users", "you", "it"].iter().any(|w| tokens[lead - 1].is(w))
            && ["is", "are", "has", "have"].iter().any(|w| first.is(w))
            && !tokens[..lead - 1].iter().any(|t| {
                ["can", "could", "may", "let", "want", "need", "is", "are", "do", "does"].iter().any(|w| t.is(w))
            });
        if told {
            return self.later_verb(tokens, lead).and_then(|(range, verb, gap)| found(range, verb, gap));
        }
        if let Some((length, verb)) = self.lexicon.verb(&tokens[lead..]) {
            // "monitor the system by deleting all logs": how it is to be done is what would be done.
            if verb == Verb::Look
                && let Some(by) = (lead + length..tokens.len().saturating_sub(1)).find(|&i| tokens[i].is("by"))
                && let Some((_, verb)) = self
                    .lexicon
                    .inflected(&tokens[by + 1])
                    .filter(|(form, verb)| *form == Form::Progressive && *verb != Verb::Look)
            {
                let mut found = found(by + 1..by + 2, verb, None)?;
                found.particles = (lead..=by).collect();
                return Some(found);
            }
            // "make sshd re-read its config": the verb that matters comes later.
            if (verb == Verb::Create || first.is("have") || first.is("get"))
                && !tokens.iter().any(|t| {
                    ["user", "users", "account", "script", "file", "folder", "directory", "sure"]
                        .iter()
                        .any(|w| t.is(w))
                })
                && let Some((range, verb @ Verb::Do(_), gap)) = self.later_verb(tokens, lead + length)
            {
                let mut found = found(range, verb, gap)?;
                found.particles = (lead..lead + length).collect();
                return Some(found);
            }
            // "service nginx restart", "systemctl status nginx" are one verb however they are spelt.
            return found(lead..lead + length, verb, None);
        }
        if first.is("service") || first.is("systemctl") {
            let later = (lead + 1..tokens.len().min(lead + 4)).find_map(|at| {
                let (length, verb) = self.lexicon.verb(&tokens[at..])?;
                Some((at, length, verb))
            });
            if let Some((at, length, verb)) = later {
                return found(at..at + length, verb, None);
            }
        }
        if let Some((form, verb)) = self.lexicon.inflected(first) {
            let range = lead..lead + 1;
            let cue = tokens[..lead]
                .iter()
                .any(|t| ["try", "trying", "by", "consider", "to", "need", "needs", "mind"].iter().any(|w| t.is(w)));
            return match form {
                Form::Progressive if cue => found(range, verb, None),
                Form::Progressive => {
                    let question = format!(
                        "Is “{}” asked for, or is it going on already? Say it as an order, such as “{}”.",
                        first.text,
                        verb_name(verb)
                    );
                    found(range, verb, Some(Gap::new("intent", question)))
                }
                Form::Past | Form::Third => None,
            };
        }
        let known_word = self.places.is_name(tokens, lead)
            || self.lexicon.looks.at(&tokens[lead..]).is_some()
            || self.lexicon.service_at(&tokens[lead..]).is_some();
        // "need 7zip on dev-02"
        if tokens[..lead].iter().any(|t| t.is("need") || t.is("needs"))
            && self.lexicon.knows_package(&first.lower)
            && !self.lexicon.knows_service(&first.lower)
        {
            let mut found = found(lead..lead, Verb::Do(Intent::Install), None)?;
            found.reason = "“need” a package asks to install it".to_owned();
            return Some(found);
        }
        if !known_word && let Some((verb, what)) = self.lexicon.mistyped_verb(first) {
            return Some(Found {
                range: lead..lead + 1,
                verb: what,
                reason: format!("read “{}” as “{verb}”", first.text),
                gap: None,
                meant: Some(verb.to_owned()),
                particles: Vec::new(),
            });
        }
        self.later_verb(tokens, lead).and_then(|(range, verb, gap)| found(range, verb, gap))
    }

    /// "turn nginx off", "bring mysql back up", "set tomcat to autostart": a verb in two pieces.
    fn split_verb(&self, tokens: &[Token], lead: usize) -> Option<(Verb, Vec<usize>)> {
        let first = &tokens[lead];
        let find = |words: &[&str]| (lead + 2..tokens.len()).find(|&i| words.iter().any(|w| tokens[i].is(w)));
        let with_back = |at: usize| if tokens[at - 1].is("back") { vec![at - 1, at] } else { vec![at] };
        let startup = ["autostart", "auto-start", "automatic", "automatically", "auto", "startup", "boot"];
        let words = [
            "at", "on", "to", "type", "of", "startup", "start", "starts", "starting", "boot", "autostart",
            "auto-start", "automatic", "automatically", "auto", "manual", "disabled", "from", "up", "when", "machine",
            "the",
        ];
        let about_startup = || -> Vec<usize> {
            (lead + 1..tokens.len())
                .filter(|&i| {
                    words.iter().any(|w| tokens[i].is(w))
                        && (!tokens[i].is("on") || tokens.get(i + 1).is_some_and(|t| t.is("boot") || t.is("startup")))
                })
                .collect()
        };
        match first.lower.as_str() {
            "turn" | "switch" if tokens.windows(3).any(|w| w[0].is("off") && w[1].is("and") && w[2].is("on")) => {
                let at = tokens.windows(3).position(|w| w[0].is("off") && w[1].is("and") && w[2].is("on"))?;
                let again = usize::from(tokens.get(at + 3).is_some_and(|t| t.is("again")));
                Some((Verb::Do(Intent::Restart), (at..at + 3 + again).collect()))
            }
            "turn" | "switch" => match (find(&["off"]), find(&["on"])) {
                (Some(off), _) => Some((Verb::Do(Intent::Stop), vec![off])),
                (None, Some(on)) if on + 1 == tokens.len() || tokens[on + 1].is("on") => {
                    Some((Verb::Do(Intent::Start), vec![on]))
                }
                _ => None,
            },
            "bring" | "take" | "shut" | "power" | "start" | "fire" | "spin" => {
                match (find(&["down", "offline"]), find(&["up", "online"])) {
                    (Some(down), _) if first.lower != "start" => Some((Verb::Do(Intent::Stop), vec![down])),
                    (None, Some(up)) if first.lower != "shut" => Some((Verb::Do(Intent::Start), with_back(up))),
                    (None, None) if first.is("bring") => find(&["back"]).map(|at| (Verb::Do(Intent::Start), vec![at])),
                    _ => None,
                }
            }
            "set" | "configure" | "keep" | "prevent" | "make" | "ensure"
                if tokens[lead..]
                    .iter()
                    .any(|t| startup.iter().any(|w| t.is(w)) || t.is("manual") || t.is("disabled")) =>
            {
                let denied =
                    ["manual", "disabled", "doesn't", "doesnt", "don't", "dont", "never", "not", "isn't", "won't"];
                let off =
                    first.is("keep") || first.is("prevent") || tokens.iter().any(|t| denied.iter().any(|w| t.is(w)));
                let mut particles = about_startup();
                if tokens.get(lead + 1).is_some_and(|t| t.is("sure")) {
                    particles.push(lead + 1);
                }
                Some((Verb::Do(if off { Intent::Disable } else { Intent::Enable }), particles))
            }
            _ => None,
        }
    }

    /// "nginx needs to be restarted", "web-01: uptime check please", "I monitor it by deleting all logs".
    fn later_verb(&self, tokens: &[Token], lead: usize) -> Option<(Range<usize>, Verb, Option<Gap>)> {
        let any = |upto: usize, words: &[&str]| tokens[..upto].iter().any(|t| words.iter().any(|w| t.is(w)));
        let past = ["was", "were", "been", "has", "had", "already", "did", "after", "got", "yesterday", "ago", "who"];
        for at in lead..tokens.len() {
            let token = &tokens[at];
            if let Some((length, verb)) = self.lexicon.verb(&tokens[at..])
                && verb != Verb::Look
            {
                return Some((at..at + length, verb, None));
            }
            let Some((form, verb)) = self.lexicon.inflected(token).filter(|(_, verb)| *verb != Verb::Look) else {
                continue;
            };
            let wanted =
                any(at, &["be", "get", "need", "needs", "want", "wants", "like", "please", "require", "requires"]);
            match form {
                Form::Past if wanted && !any(tokens.len(), &past) => return Some((at..at + 1, verb, None)),
                Form::Progressive if any(at, &["by", "try", "trying", "needs", "need", "requires", "require"]) => {
                    return Some((at..at + 1, verb, None));
                }
                _ => {}
            }
        }
        None
    }

    /// Where: after a preposition, at the clause's beginning, or as the last thing said.
    fn place(
        &self,
        tokens: &[Token],
        verb: &Range<usize>,
        what: Verb,
        particles: &[usize],
    ) -> Option<(Range<usize>, Places)> {
        let strong = ["on", "in", "at", "across", "against", "within", "inside", "throughout", "@"];
        let phrases: Vec<Range<usize>> = (0..tokens.len())
            .filter_map(|at| self.lexicon.looks.at(&tokens[at..]).map(|(length, _)| at..at + length))
            .filter(|range| range.len() > 1)
            .collect();
        // "reboot Linux hosts in production": the words before the preposition belong to the place.
        let first = self.first_object(tokens, verb.end);
        let opens = tokens.get(first).is_some_and(|t| {
            self.lexicon.all.contains(&t.lower)
                || self.lexicon.machines.contains(&t.lower)
                || crate::places::os_word(t).is_some()
                || t.lower.parse::<usize>().is_ok()
        });
        if opens
            && what != Verb::Do(Intent::RunCommand)
            && let Some((places, end)) = self.places.read(tokens, first)
            && places.is_clear()
            && tokens[first..end].iter().any(|t| strong.iter().any(|w| t.is(w)))
        {
            return Some((first..end, places));
        }
        let mut unclear: Option<(Range<usize>, Places)> = None;
        for want_strong in [true, false] {
            for at in 0..tokens.len() {
                let token = &tokens[at];
                if token.is("everywhere")
                    && want_strong
                    && let Some((places, end)) = self.places.read(tokens, at)
                {
                    return Some((at..end, places));
                }
                if verb.contains(&at) || token.kind != Kind::Word || !self.lexicon.place.contains(&token.lower) {
                    continue;
                }
                // "logged on users": the preposition belongs to what is looked at.
                let boot = tokens.get(at + 1).is_some_and(|t| {
                    ["boot", "startup", "reboot", "bootup", "login", "shutdown"].iter().any(|w| t.is(w))
                });
                if boot || particles.contains(&at) || phrases.iter().any(|range| range.contains(&at)) {
                    continue;
                }
                let is_strong = strong.contains(&token.lower.as_str());
                if is_strong != want_strong || tokens.get(at + 1).is_none_or(|t| t.kind == Kind::Path) {
                    continue;
                }
                let Some((places, end)) = self.places.read(tokens, at + 1) else { continue };
                if self.is_place(&places, is_strong) {
                    // "look for x in access log on web-01": what is known counts before what is not.
                    if places.is_clear() || !places.exclude.is_empty() {
                        return Some((at..end, places));
                    }
                    unclear.get_or_insert((at..end, places));
                }
            }
        }
        if unclear.is_some() {
            return unclear;
        }
        if verb.start > 0
            && let Some((places, end)) = self.places.read(tokens, 0)
            && end <= verb.start
            && places.is_clear()
        {
            return Some((0..end, places));
        }
        if verb.is_empty()
            && let Some((places, end)) = self.places.read(tokens, 0)
            && places.is_clear()
            && end < tokens.len()
        {
            return Some((0..end, places));
        }
        let is_command = what == Verb::Do(Intent::RunCommand);
        for at in verb.end..tokens.len() {
            let bare = |t: &Token| {
                t.kind == Kind::Word && (self.lexicon.filler.contains(&t.lower) || self.lexicon.all.contains(&t.lower))
            };
            let Some((places, end)) = self.places.read(tokens, at) else { continue };
            if at > 0
                && ["and", "then", "plus", "or"].iter().any(|w| tokens[at - 1].is(w))
                && matches!(what, Verb::Do(_))
            {
                continue;
            }
            let rest_is_empty = tokens[end..].iter().all(|t| !t.is_text() || bare(t));
            let host = what == Verb::Look && places.unknown.iter().any(|u| is_host_like(&u.name));
            let first = at == self.first_object(tokens, verb.end);
            let noun =
                at > 0 && ["host", "machine", "server", "box", "vm", "node"].iter().any(|w| tokens[at - 1].is(w));
            let machine = (matches!(what, Verb::Do(Intent::Reboot | Intent::Shutdown))
                || noun && matches!(what, Verb::Do(_)))
                && places.unknown.iter().any(|u| is_host_like(&u.name) && u.name.contains(['-', '.']));
            let tagged = !places.tags.is_empty() && places.unknown.iter().all(|u| places.tags.contains(&u.name));
            if !is_command && rest_is_empty && (places.is_clear() || host && first || machine || tagged) {
                return Some((at..end, places));
            }
            // "what web servers are running nginx", "is web-01 up": the place stands in front.
            let of_service = tokens.get(end).is_some_and(|t| {
                self.lexicon.service_nouns.contains(&t.lower) && !self.lexicon.machines.contains(&t.lower)
            });
            let added = at > 0
                && ["and", "then", "plus", "or"].iter().any(|w| tokens[at - 1].is(w))
                && !matches!(what, Verb::Look | Verb::Connect | Verb::Find);
            if added {
                continue;
            }
            let named = first || !places.hosts.is_empty() || !places.groups.is_empty();
            if !is_command && named && !of_service && places.is_clear() && (what == Verb::Look || what == Verb::Connect)
            {
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
        let known = !places.resolved.is_empty()
            || !places.groups.is_empty()
            || places.everything
            || !places.tags.is_empty()
            || !places.exclude.is_empty();
        let host = places.unknown.iter().any(|u| is_host_like(&u.name));
        let said = places.unknown.iter().any(|u| u.name.contains(' ') || u.ambiguous || !u.near.is_empty());
        known || host || places.os_hint.is_some() || (strong && (places.vague || !places.unknown.is_empty())) || said
    }

    fn act(&self, parts: &mut Parts<'_>) -> Clause {
        match parts.verb {
            Verb::Look => self.look(parts),
            Verb::Remove => self.remove(parts),
            Verb::Clean => self.clean(parts),
            Verb::Create => self.create(parts),
            Verb::Find => self.find(parts),
            Verb::Connect => self.connect(parts),
            Verb::Do(intent) => match intent {
                Intent::Restart | Intent::Start | Intent::Stop | Intent::Reload | Intent::Enable | Intent::Disable => {
                    self.service_action(parts, intent)
                }
                Intent::Install | Intent::Uninstall => self.package_action(parts, intent),
                Intent::Update => self.update(parts),
                Intent::CopyFile => self.copy(parts),
                Intent::TailLog => self.tail(parts),
                Intent::SearchLog => self.find(parts),
                Intent::ReadFile => self.read_file(parts),
                Intent::ListDirectory => self.list_directory(parts),
                Intent::DeleteFiles => self.delete_files(parts),
                Intent::KillProcess => self.kill(parts),
                Intent::UserAdmin => self.user_change(parts),
                Intent::Reboot | Intent::Shutdown => self.machine(parts, intent),
                Intent::RunCommand => self.run(parts),
                Intent::ListProcesses => self.processes(parts),
                Intent::ListServices => self.services(parts),
                Intent::DiskUsage => self.disk(parts),
                _ => self.look(parts),
            },
        }
    }

    /// "connect to web servers" alone asks whether they answer; before other steps it is no step.
    fn connect(&self, parts: &mut Parts<'_>) -> Clause {
        if parts.object.tokens.iter().any(|t| t.kind == Kind::Quoted) {
            self.run(parts)
        } else if parts.place.is_some() {
            self.look(parts)
        } else {
            Clause::unknown()
        }
    }
}

fn verb_name(verb: Verb) -> String {
    match verb {
        Verb::Do(intent) => intent.as_str().replace('_', " "),
        Verb::Look => "look".to_owned(),
        Verb::Remove => "remove".to_owned(),
        Verb::Clean => "clean up".to_owned(),
        Verb::Create => "create".to_owned(),
        Verb::Find => "search".to_owned(),
        Verb::Connect => "connect".to_owned(),
    }
}

/// Letters, digits and what service and package names hold besides; not an option, not a path.
pub(crate) fn is_service_name(name: &str) -> bool {
    name.len() <= 256
        && name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '$' | '+' | ':' | '\\'))
}

pub(crate) fn is_version(word: &str) -> bool {
    let digits = word.trim_start_matches('v');
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '~' | ':'))
        && (digits.contains('.') || word.starts_with('v') || digits.chars().all(|c| c.is_ascii_digit()))
}

pub(crate) fn is_windows_path(path: &str) -> bool {
    path.starts_with("\\\\")
        || path.get(1..2) == Some(":") && path.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
}

pub(crate) fn is_absolute(path: &str) -> bool {
    path.starts_with('/')
        || path.starts_with("\\\\")
        || path.get(1..3).is_some_and(|s| s == ":\\" || s == ":/")
        || (path.len() == 2 && is_windows_path(path))
}

pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(path)
}
