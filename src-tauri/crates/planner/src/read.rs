//! A whole request: refuse, answer, ask, or understand.

use crate::clause::{Clause, ClauseReader, Draft, Earlier, Gap};
use crate::lexicon::Lexicon;
use crate::places::{PlaceReader, Places};
use crate::roster::Roster;
use crate::safety::{self, Refusal};
use crate::steps::clauses;
use crate::text::{Kind, Text, Token, tokenise};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::reading::{Choice, Disposition, Intent, Question, Reading, Risk, StepReading, TargetReading};

/// From so many targets on, a change is risky for their number alone.
const MANY: usize = 10;

/// What was understood, with what a plan is made of.
#[derive(Debug, Clone)]
pub struct Understood {
    /// For the doors.
    pub reading: Reading,
    /// The steps; complete only when the reading's disposition is `plan` or `confirm`.
    pub(crate) drafts: Vec<Draft>,
    /// The targets' places in the roster.
    pub(crate) targets: Vec<usize>,
}

/// Reads requests against one inventory.
pub(crate) struct Reader<'a> {
    pub(crate) roster: &'a Roster,
    pub(crate) lexicon: &'a Lexicon,
}

impl Reader<'_> {
    pub(crate) fn read(&self, request: &str) -> Understood {
        let text = tokenise(request);
        if !text.tokens.iter().any(Token::is_text) && !text.tokens.iter().any(|t| t.kind == Kind::Operator) {
            return ask(
                Intent::Unknown,
                "request",
                "Say what you want done, for example: check disk usage on localhost.",
            );
        }
        let typed = self.typed_command(&text.tokens);
        if let Some(refusal) = self.refusal(&text, typed) {
            return self.refuse(&text, refusal);
        }
        if text.cut {
            return ask(
                Intent::Unknown,
                "request",
                "This is too long to be one request. Say in a sentence or two what you want done.",
            );
        }
        if let Some(answer) = self.answer(&text.tokens) {
            return answer;
        }
        let mut understood = self.understand(request, &text.tokens);
        if text.hidden {
            understood.reading.reasons.push("characters that cannot be seen were left out of the request".to_owned());
        }
        understood
    }

    /// Where the operator's own command stands in quotes.
    fn typed_command(&self, tokens: &[Token]) -> Option<usize> {
        let run =
            (0..tokens.len()).find(|&at| matches!(self.lexicon.verb(&tokens[at..]), Some((_, Intent::RunCommand))))?;
        (run..tokens.len()).find(|&at| tokens[at].kind == Kind::Quoted)
    }

    fn refusal(&self, text: &Text, typed: Option<usize>) -> Option<Refusal> {
        let command = typed.map(|at| text.tokens[at].text.as_str());
        safety::harm(&text.tokens, command, self.lexicon)
            .or_else(|| safety::injection(text, typed, self.lexicon))
            .or_else(|| self.stray_semicolon(&text.tokens))
    }

    /// A semicolon separates steps only where a step follows; anything else after it is for a shell.
    fn stray_semicolon(&self, tokens: &[Token]) -> Option<Refusal> {
        let mut pieces = tokens.split(|t| t.kind == Kind::Semicolon);
        pieces.next()?;
        let stray = pieces.find(|piece| {
            let mut words = piece.iter().filter(|t| t.is_text()).peekable();
            let Some(_) = words.peek() else { return false };
            let lead = piece.iter().position(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower)).unwrap_or(0);
            self.lexicon.verb(&piece[lead..]).is_none() && self.lexicon.then.at(&piece[lead..]).is_none()
        })?;
        let said = stray.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        Some(Refusal {
            why: format!("“; {said}” is not a step but text for a shell, so nothing was planned"),
            critical: false,
        })
    }

    fn refuse(&self, text: &Text, refusal: Refusal) -> Understood {
        let intent = (0..text.tokens.len())
            .find_map(|at| self.lexicon.verb(&text.tokens[at..]))
            .map_or(Intent::Unknown, |(_, intent)| intent);
        let mut reading = empty(intent, Disposition::Reject, refusal.why.clone());
        reading.risk = if refusal.critical { Risk::Critical } else { Risk::High };
        reading.reasons.push(refusal.why);
        Understood { reading, drafts: Vec::new(), targets: Vec::new() }
    }

    /// Questions about how, and thoughts about what if, are answered; they never act.
    fn answer(&self, tokens: &[Token]) -> Option<Understood> {
        let lead =
            tokens.iter().position(|t| t.is_text() && !["hey", "hi", "hello", "so", "ok"].iter().any(|w| t.is(w)))?;
        if self.lexicon.how_to.at(&tokens[lead..]).is_some() {
            let answer = "Say it in your own words, and you will see the plan before anything runs. For example: \
                “check disk usage on localhost”, “restart nginx on web servers except web-03”, \
                “copy /tmp/app.conf to /etc/app.conf on app servers”, “run \"df -h\" on db-01”.";
            return Some(Understood {
                reading: empty(Intent::Help, Disposition::Answer, answer.to_owned()),
                drafts: Vec::new(),
                targets: Vec::new(),
            });
        }
        let anywhere =
            |phrases: &crate::lexicon::Phrases<()>| (0..tokens.len()).any(|at| phrases.at(&tokens[at..]).is_some());
        if anywhere(&self.lexicon.hypothetical) {
            let answer = "Nothing was planned, since this asks what would be. Ask for it plainly, and the plan shows \
                exactly what would run, on which machines, before you approve it.";
            return Some(Understood {
                reading: empty(Intent::Help, Disposition::Answer, answer.to_owned()),
                drafts: Vec::new(),
                targets: Vec::new(),
            });
        }
        if anywhere(&self.lexicon.negation) {
            return Some(ask(
                Intent::Unknown,
                "negation",
                "This says what not to do, so nothing was planned. Say what you do want done, and leave machines out with “except”.",
            ));
        }
        None
    }

    fn understand(&self, request: &str, tokens: &[Token]) -> Understood {
        let reader =
            ClauseReader { lexicon: self.lexicon, places: PlaceReader { roster: self.roster, lexicon: self.lexicon } };
        let (heading, body) = self.heading(tokens, &reader.places);
        let mut read: Vec<Clause> = Vec::new();
        let mut earlier = Earlier::default();
        let mut left_over = Vec::new();
        for tokens in clauses(body, self.lexicon) {
            match reader.read(tokens, &earlier) {
                Some(clause) => {
                    for slot in ["service", "package"] {
                        if let Some(name) = clause.step.slots.get(slot).and_then(Value::as_str) {
                            earlier.name = Some(name.to_owned());
                        }
                    }
                    read.push(clause);
                }
                None => left_over.push(tokens),
            }
        }
        let known: Vec<Clause> = read.iter().filter(|c| c.step.intent != Intent::Unknown).cloned().collect();
        if known.is_empty() {
            return self.not_understood(tokens, heading);
        }
        if known.len() < read.len() || left_over.iter().any(|tokens| self.says_something(tokens)) {
            let said = left_over
                .first()
                .map(|t| t.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "))
                .unwrap_or_default();
            let mut understood = self.judge(request, &known, heading);
            let question = Question {
                about: "step".to_owned(),
                text: if said.is_empty() {
                    "Part of this was not understood. What is to be done?".to_owned()
                } else {
                    format!("“{said}” was not understood. What is to be done?")
                },
                choices: Vec::new(),
            };
            understood.reading.questions.push(question);
            understood.reading.disposition = Disposition::Clarify;
            understood.reading.sentence = sentence_of_questions(&understood.reading.questions);
            understood.drafts.clear();
            return understood;
        }
        self.judge(request, &known, heading)
    }

    /// "on web servers: …" and "web servers: …" say the place once for all steps.
    fn heading<'t>(&self, tokens: &'t [Token], places: &PlaceReader<'_>) -> (Option<Places>, &'t [Token]) {
        let Some(colon) = tokens.iter().position(|t| t.kind == Kind::Colon) else { return (None, tokens) };
        let from =
            tokens[..colon].iter().position(|t| t.is_text() && !self.lexicon.place.contains(&t.lower)).unwrap_or(0);
        match places.read(&tokens[..colon], from) {
            Some((found, end)) if end == colon && !found.is_empty() => (Some(found), &tokens[colon + 1..]),
            _ => (None, tokens),
        }
    }

    fn says_something(&self, tokens: &[Token]) -> bool {
        tokens.iter().any(|t| {
            t.is_text()
                && !self.lexicon.filler.contains(&t.lower)
                && !(t.kind == Kind::Word && t.text.chars().all(|c| !c.is_alphanumeric()))
        })
    }

    fn not_understood(&self, tokens: &[Token], heading: Option<Places>) -> Understood {
        let places = PlaceReader { roster: self.roster, lexicon: self.lexicon };
        let place = heading.or_else(|| {
            (0..tokens.len())
                .filter(|&at| self.lexicon.place.contains(&tokens[at].lower))
                .find_map(|at| places.read(tokens, at + 1))
                .map(|(p, _)| p)
        });
        let about_work = place.as_ref().is_some_and(|p| !p.is_empty())
            || (0..tokens.len()).any(|at| {
                self.lexicon.looks.at(&tokens[at..]).is_some() || self.lexicon.service_at(&tokens[at..]).is_some()
            })
            || tokens.iter().any(|t| {
                self.lexicon.machines.contains(&t.lower)
                    || self.lexicon.service_nouns.contains(&t.lower)
                    || ["website", "site", "users", "slow", "outage", "broken", "error", "errors"]
                        .iter()
                        .any(|w| t.is(w))
            });
        if !about_work {
            let answer = "That is not something Wheelhouse can do. It looks after machines: ask it to check, start, stop, restart, install, copy or run something on them.";
            let intent =
                if tokens.iter().filter(|t| t.is_text()).count() > 1 { Intent::OutOfScope } else { Intent::Unknown };
            let disposition = if intent == Intent::OutOfScope { Disposition::Answer } else { Disposition::Clarify };
            let mut understood = Understood {
                reading: empty(intent, disposition, answer.to_owned()),
                drafts: Vec::new(),
                targets: Vec::new(),
            };
            if disposition == Disposition::Clarify {
                understood.reading.questions.push(Question {
                    about: "intent".to_owned(),
                    text: answer.to_owned(),
                    choices: Vec::new(),
                });
            }
            return understood;
        }
        let mut understood = ask(
            Intent::Unknown,
            "intent",
            "What is to be done? For example: check, restart, start or stop a service, check disk usage or uptime, tail a log.",
        );
        if let Some(place) = place {
            understood.reading.targets = place.reading(self.roster);
            understood.reading.os_hint = place.os_hint;
        }
        understood
    }

    /// Puts the clauses together and decides what happens.
    fn judge(&self, request: &str, clauses: &[Clause], heading: Option<Places>) -> Understood {
        let mut questions = Vec::new();
        let mut reasons: Vec<String> = clauses.iter().flat_map(|c| c.reasons.iter().cloned()).collect();
        let mut spoken: Vec<&Places> = heading.iter().chain(clauses.iter().filter_map(|c| c.places.as_ref())).collect();
        spoken.dedup_by(|a, b| a.resolved.keys().eq(b.resolved.keys()) && a.unknown == b.unknown);
        if let Some(heading) = &heading {
            reasons.extend(heading.reasons.iter().cloned());
        }
        let places = spoken.first().map(|p| (*p).clone()).unwrap_or_default();
        if spoken.len() > 1 {
            questions.push(Question {
                about: "targets".to_owned(),
                text: "The steps name different machines. Ask for them one after the other, or name the machines once for all steps.".to_owned(),
                choices: Vec::new(),
            });
        }
        for gap in clauses.iter().flat_map(|c| &c.gaps) {
            questions.push(question_of(gap, request, clauses));
        }
        self.ask_about_places(request, &places, &mut questions);

        let drafts: Vec<Draft> = clauses.iter().filter_map(|c| c.draft.clone()).collect();
        let mutates = clauses.iter().any(|c| c.draft.as_ref().map_or(c.step.intent.changes(), Draft::mutates));
        let intent = if clauses.len() > 1 { Intent::MultiStep } else { clauses[0].step.intent };
        let mut slots: BTreeMap<String, Value> = BTreeMap::new();
        for clause in clauses {
            for (name, value) in &clause.step.slots {
                slots.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        if let Some(expected) = places.expected {
            slots.insert("expected_target_count".to_owned(), json!(expected));
        }
        let disposition = if !questions.is_empty() {
            Disposition::Clarify
        } else if mutates {
            Disposition::Confirm
        } else {
            Disposition::Plan
        };
        let risk = self.risk(clauses, &places, mutates);
        let steps: Vec<StepReading> =
            if clauses.len() > 1 { clauses.iter().map(|c| c.step.clone()).collect() } else { Vec::new() };
        let targets: Vec<usize> = places.resolved.keys().copied().collect();
        let sentence =
            if questions.is_empty() { summary(&drafts, targets.len()) } else { sentence_of_questions(&questions) };
        let reading = Reading {
            intent,
            disposition,
            risk,
            os: self.os_of(&targets),
            os_hint: places.os_hint,
            targets: places.reading(self.roster),
            slots,
            steps,
            questions,
            reasons,
            sentence,
        };
        let complete = reading.disposition != Disposition::Clarify;
        Understood {
            reading,
            drafts: if complete { drafts } else { Vec::new() },
            targets: if complete { targets } else { Vec::new() },
        }
    }

    fn ask_about_places(&self, request: &str, places: &Places, questions: &mut Vec<Question>) {
        let mut ask = |text: String, choices: Vec<Choice>| {
            questions.push(Question { about: "targets".to_owned(), text, choices })
        };
        if places.is_empty() {
            let choices = self
                .some_places()
                .into_iter()
                .map(|name| Choice {
                    request: format!("{} on {name}", request.trim_end_matches(['.', '!', '?', ' '])),
                    label: name,
                })
                .collect();
            return ask("On which machines?".to_owned(), choices);
        }
        if let Some(unknown) = places.unknown.first() {
            let text = match (unknown.ambiguous, unknown.near.is_empty()) {
                (true, _) => format!("“{}” can mean several: {}. Which one?", unknown.name, unknown.near.join(", ")),
                (false, true) => {
                    format!("There is no host or group “{}” in the inventory. On which machines?", unknown.name)
                }
                (false, false) => format!(
                    "There is no host or group “{}” in the inventory. Did you mean {}?",
                    unknown.name,
                    unknown.near.join(" or ")
                ),
            };
            let choices = if unknown.ambiguous { Vec::new() } else { places.choices(request) };
            return ask(text, choices);
        }
        if places.vague {
            return ask("Which machines exactly?".to_owned(), Vec::new());
        }
        if places.resolved.is_empty() {
            let named: Vec<String> =
                places.groups.iter().map(|&g| format!("“{}”", self.roster.groups[g].name)).collect();
            let text = if places.exclude.is_empty() {
                match named.as_slice() {
                    [] => "No machine in the inventory is like that. On which machines?".to_owned(),
                    [one] => format!("The group {one} has no machine in it (or none like that). On which machines?"),
                    several => format!("No machine is in all of {}. On which machines?", several.join(" and ")),
                }
            } else {
                "Nothing is left when those are left out. On which machines?".to_owned()
            };
            return ask(text, Vec::new());
        }
        if let Some(expected) = places.expected.filter(|&n| n != places.resolved.len()) {
            ask(
                format!("You said {expected}, and the inventory has {} there. Is that right?", places.resolved.len()),
                Vec::new(),
            );
        }
    }

    /// A few places to choose from: the groups first, then hosts.
    fn some_places(&self) -> Vec<String> {
        let groups =
            self.roster.groups.iter().filter(|g| !g.everything && !g.members.is_empty()).map(|g| g.name.clone());
        let hosts = self.roster.targets.iter().map(|t| t.spec.name.clone());
        groups.chain(hosts).take(4).collect()
    }

    fn os_of(&self, targets: &[usize]) -> Option<String> {
        let systems: BTreeSet<Os> = targets.iter().map(|&t| self.roster.targets[t].spec.os).collect();
        match systems.len() {
            0 => None,
            1 => systems.first().map(|os| os.as_str().to_owned()),
            _ => Some("mixed".to_owned()),
        }
    }

    fn risk(&self, clauses: &[Clause], places: &Places, mutates: bool) -> Risk {
        if !mutates {
            return Risk::Low;
        }
        let intents: Vec<Intent> = clauses.iter().map(|c| c.step.intent).collect();
        if places.everything {
            return Risk::Critical;
        }
        let production = |name: &str| {
            name.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == "prod" || w == "production")
        };
        let names_production = places.groups.iter().any(|&g| production(&self.roster.groups[g].name))
            || places.tags.iter().any(|t| production(t))
            || places.unknown.iter().any(|u| production(&u.name));
        let is_group = !places.groups.is_empty()
            || places.resolved.len() > 1
            || places.unknown.iter().any(|u| !crate::places::is_host_like(&u.name))
            || places.os_hint.is_some();
        let high = names_production
            || places.resolved.len() >= MANY
            || clauses.len() > 1
            || intents.contains(&Intent::RunCommand)
            || (intents.contains(&Intent::Stop) && is_group);
        if high { Risk::High } else { Risk::Medium }
    }
}

/// A gap as a question, with whole requests that would fill it.
fn question_of(gap: &Gap, request: &str, clauses: &[Clause]) -> Question {
    let choices = gap
        .fillers
        .iter()
        .map(|filler| {
            let request = if gap.instead_of.is_empty() || !request.contains(&gap.instead_of) {
                format!("{request} {filler}")
            } else {
                request.replacen(&gap.instead_of, filler, 1)
            };
            Choice { label: filler.clone(), request }
        })
        .collect();
    let text = if clauses.len() > 1 {
        format!(
            "{} (to {})",
            gap.question,
            clauses.iter().find(|c| c.gaps.contains(gap)).map_or("", |c| c.step.intent.as_str()).replace('_', " ")
        )
    } else {
        gap.question.clone()
    };
    Question { about: gap.about.to_owned(), text, choices }
}

fn sentence_of_questions(questions: &[Question]) -> String {
    questions.iter().map(|q| q.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// What would be done, on how many hosts.
fn summary(drafts: &[Draft], hosts: usize) -> String {
    let title = |draft: &Draft| match draft {
        Draft::Ready(action) => action.title(),
        Draft::Copy { source, destination } => format!("copy {source} to {destination}"),
    };
    crate::plan::sentence(&drafts.iter().map(title).collect::<Vec<_>>(), hosts)
}

fn empty(intent: Intent, disposition: Disposition, sentence: String) -> Reading {
    Reading {
        intent,
        disposition,
        risk: Risk::Low,
        targets: TargetReading::default(),
        os: None,
        os_hint: None,
        slots: BTreeMap::new(),
        steps: Vec::new(),
        questions: Vec::new(),
        reasons: Vec::new(),
        sentence,
    }
}

fn ask(intent: Intent, about: &str, text: &str) -> Understood {
    let mut reading = empty(intent, Disposition::Clarify, text.to_owned());
    reading.questions.push(Question { about: about.to_owned(), text: text.to_owned(), choices: Vec::new() });
    Understood { reading, drafts: Vec::new(), targets: Vec::new() }
}
