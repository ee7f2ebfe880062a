//! A whole request: refuse, answer, ask, or understand.

use crate::clause::{Clause, ClauseReader, Draft, Earlier, Gap};
use crate::lexicon::{Lexicon, Verb};
use crate::pace::{self, Pace};
use crate::places::{PlaceReader, Places};
use crate::query;
use crate::roster::Roster;
use crate::safety::{self, Refusal};
use crate::speech::{self, Speech};
use crate::steps::clauses;
use crate::text::{Kind, Text, Token, tokenise};
use crate::when::{self, When};
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::plan::Shell;
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
    /// What was said about the order of the machines.
    pub(crate) pace: Pace,
    /// Where the request speaks of the place, for corrections.
    pub(crate) place_span: Option<Range<usize>>,
    /// What is missing, for answers.
    pub(crate) gaps: Vec<Gap>,
    /// What it spoke of, for "it" and "the same hosts".
    pub(crate) earlier: Earlier,
    /// The request it was read as, when that is not what was typed.
    pub(crate) read_as: Option<String>,
}

impl Understood {
    fn of(reading: Reading) -> Self {
        Self {
            reading,
            drafts: Vec::new(),
            targets: Vec::new(),
            pace: Pace::default(),
            place_span: None,
            gaps: Vec::new(),
            earlier: Earlier::default(),
            read_as: None,
        }
    }

    /// The request this was read as, where a conversation made another of it than what was typed.
    pub fn read_as(&self) -> Option<&str> {
        self.read_as.as_deref()
    }
}

/// Reads requests against one inventory.
pub(crate) struct Reader<'a> {
    pub(crate) roster: &'a Roster,
    pub(crate) lexicon: &'a Lexicon,
    /// The operator's date and time; without it, only what is wrong at any time is noticed.
    pub(crate) now: Option<DateTime>,
    /// What was spoken of before, for "it" and "there".
    pub(crate) before: Earlier,
}

impl Reader<'_> {
    pub(crate) fn places(&self) -> PlaceReader<'_> {
        PlaceReader { roster: self.roster, lexicon: self.lexicon }
    }

    /// Why the text may not even be read, if it may not.
    pub(crate) fn refused(&self, text: &Text) -> Option<Understood> {
        if self.is_ticket_line(&text.tokens) {
            let text = self.without_pipes(text.clone());
            return self.refused(&text);
        }
        let typed = self.typed_command(&text.tokens);
        self.refusal(text, typed).map(|refusal| self.refuse(text, refusal))
    }

    pub(crate) fn read(&self, request: &str) -> Understood {
        let text = tokenise(request);
        if !text.tokens.iter().any(Token::is_text) && !text.tokens.iter().any(|t| t.kind == Kind::Operator) {
            return ask(
                Intent::Unknown,
                "request",
                "Say what you want done, for example: check disk usage on localhost.",
            );
        }
        if let Some(refused) = self.refused(&text) {
            return refused;
        }
        if text.cut {
            return ask(
                Intent::Unknown,
                "request",
                "This is too long to be one request. Say in a sentence or two what you want done.",
            );
        }
        if text.disguised {
            let question = "There are characters in this that cannot be seen, within a word or turning the direction of writing, so it is not what it looks like. Type it anew.";
            return ask(Intent::Unknown, "request", question);
        }
        if let Some(word) = &text.mixed {
            let question = format!(
                "“{word}” mixes letters of several alphabets, so it is not the name it looks like. Type it anew."
            );
            return ask(Intent::Unknown, "request", &question);
        }
        if let Some(mark) = self.strange_mark(&text, request) {
            let question =
                format!("What does “{mark}” mean here? Leave machines out with “except”, and say each step in words.");
            return ask(Intent::Unknown, "words", &question);
        }
        let text = self.without_pipes(text);
        let foreign =
            text.tokens.iter().filter(|t| t.kind == Kind::Word && self.lexicon.foreign.contains(&t.lower)).count();
        let tokens = self.without_label(&text.tokens);
        let (tokens, corrected) = self.corrected(tokens);
        let mut understood =
            if foreign >= 2 { self.foreign(&tokens) } else { self.read_tokens(request, &text, &tokens) };
        understood.reading.reasons.extend(corrected);
        if text.hidden {
            understood.reading.reasons.push("characters that cannot be seen were left out of the request".to_owned());
        }
        understood
    }

    fn read_tokens(&self, request: &str, text: &Text, tokens: &[Token]) -> Understood {
        let places = self.places();
        // "why did the last run fail" is about a job, not about what would be.
        if tokens.iter().find(|t| t.is_text()).is_some_and(|t| t.is("why"))
            && let Some(query) = query::read(tokens, self.lexicon, &places).filter(|q| q.intent == Intent::ListJobs)
        {
            return self.stored(query);
        }
        match speech::kind(tokens, self.lexicon) {
            Some(Speech::Script) => return self.script(text, tokens),
            Some(Speech::Negation) => return self.negated(request, text, tokens),
            Some(Speech::Secret) => return help(SECRETS),
            Some(Speech::HowTo) => return help(HELP),
            Some(Speech::WhatIf) => return help(WHAT_IF),
            Some(Speech::Greeting) => return help(HELLO),
            None => {}
        }
        if let Some(query) = query::read(tokens, self.lexicon, &places) {
            return self.stored(query);
        }
        let mut tokens: Vec<Token> = tokens.to_vec();
        let dry = take_dry_run(&mut tokens);
        let pace = pace::take(&mut tokens);
        let when = when::take(&mut tokens, self.now);
        let cut =
            tokens.iter().take_while(|t| matches!(t.kind, Kind::Colon | Kind::Comma | Kind::Line | Kind::Stop)).count();
        tokens.drain(..cut);
        let mut understood = self.understand(request, text, &tokens);
        if understood.reading.disposition == Disposition::Confirm && is_a_question(&text.tokens) {
            let text = "This is put as a question. Is it asked for?".to_owned();
            let order = request.trim().trim_end_matches(['?', '!', '.', ' ']).to_owned();
            let choice = Choice { label: understood.reading.sentence.clone(), request: format!("please {order}") };
            add_question(&mut understood, Question { about: "question".to_owned(), text, choices: vec![choice] });
            understood.drafts.clear();
            understood.targets.clear();
        }
        understood.pace = pace;
        if understood.reading.intent != Intent::Unknown {
            pace.slots(&mut understood.reading.slots);
        }
        if let Some(when) = when {
            self.schedule(&mut understood, &when);
        }
        if dry {
            dry_run(&mut understood);
        }
        understood
    }

    /// Without mentions and emoji, and with mistyped nouns put right, each with a word about it. Names of the inventory stay.
    fn corrected(&self, tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
        let mut reasons = Vec::new();
        let mut on: Vec<String> = Vec::new();
        let emoji = |t: &Token| t.kind == Kind::Word && t.text.len() > 2 && t.text.starts_with(':');
        let lead = tokens.iter().position(|t| t.is_text()).unwrap_or(0);
        let mention = |i: usize, t: &Token| {
            i == lead
                && t.kind == Kind::Word
                && t.text.len() > 2
                && t.text.starts_with('@')
                && (["bot", "wheelhouse", "ops"].iter().any(|w| t.lower.contains(w)))
        };
        let acts = matches!(
            tokens
                .iter()
                .position(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower))
                .and_then(|at| self.lexicon.verb(&tokens[at..])),
            Some((_, Verb::Do(_) | Verb::Remove | Verb::Clean | Verb::Create))
        );
        let kept = tokens
            .iter()
            .enumerate()
            .filter(|(i, t)| !emoji(t) && !mention(*i, t))
            .map(|(_, token)| {
                let known = acts
                    || token.kind != Kind::Word
                    || self.roster.host(&token.text).is_some()
                    || !self.roster.named(&token.text).is_empty()
                    || self.lexicon.is_word(&token.lower);
                // `web-01:/etc/x`, as scp writes it: the path, and the machine at the end.
                if token.kind == Kind::Word
                    && let Some((host, path)) = token.text.split_once(":/")
                    && self.roster.host(host).is_some()
                {
                    on.push(host.to_owned());
                    let path = format!("/{path}");
                    return Token { kind: Kind::Path, lower: path.to_lowercase(), text: path, ..token.clone() };
                }
                match self.lexicon.mistyped_noun(&token.lower).filter(|_| !known) {
                    Some(noun) => {
                        reasons.push(format!("read “{}” as “{noun}”", token.text));
                        Token { text: noun.to_owned(), lower: noun.to_owned(), ..token.clone() }
                    }
                    None => token.clone(),
                }
            })
            .collect();
        let mut kept: Vec<Token> = kept;
        for host in on {
            let span = kept.last().map_or(0..0, |t| t.span.clone());
            for word in ["on", &host] {
                kept.push(Token {
                    kind: Kind::Word,
                    text: word.to_owned(),
                    lower: word.to_lowercase(),
                    span: span.clone(),
                });
            }
        }
        (kept, reasons)
    }

    /// A sign that may turn a request into its opposite: "!prod", "web != web-02", a crossed-out or commented line.
    fn strange_mark(&self, text: &Text, request: &str) -> Option<String> {
        if let Some(sign) = request
            .chars()
            .find(|c| matches!(c, '\u{274c}' | '\u{1f6ab}' | '\u{1f6d1}' | '\u{26d4}' | '\u{274e}' | '\u{1f645}'))
        {
            return Some(sign.to_string());
        }
        let tokens = &text.tokens;
        for (i, token) in
            tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Word || t.kind == Kind::Stop && t.text == "!")
        {
            let next = tokens.get(i + 1).filter(|t| t.is_text());
            let named = |t: &Token| self.roster.host(&t.text).is_some() || !self.roster.named(&t.text).is_empty();
            let first = i == 0 || tokens[i - 1].kind == Kind::Line;
            let signs = ["!=", "<>", "!", "~", "\\", "¬", "≠"];
            let negated = token.text.strip_prefix(['!', '~', '\\', '-']).is_some_and(|rest| {
                !rest.is_empty()
                    && (!token.text.starts_with('-')
                        || !self.roster.named(rest).is_empty()
                        || self.roster.host(rest).is_some())
                    && rest.starts_with(char::is_alphanumeric)
                    && !token.text.starts_with("\\\\")
            });
            let minus = token.text == "-" && !first && next.is_some_and(named);
            let standing = signs.contains(&token.text.as_str()) && token.kind == Kind::Word && next.is_some();
            let shout = token.kind == Kind::Stop
                && text.chars.get(token.span.start.wrapping_sub(1)) == Some(&' ')
                && next.is_some_and(named);
            let comment = first
                && (token.text.starts_with('#') && !token.text[1..].starts_with(|c: char| c.is_ascii_digit())
                    || token.text.starts_with("//"));
            if negated || minus || standing || shout || comment {
                return Some(token.text.clone());
            }
        }
        None
    }

    /// A line of a ticket system, "INC0048812 | spooler hung | print-01 | …": its bars are commas.
    fn without_pipes(&self, mut text: Text) -> Text {
        if self.is_ticket_line(&text.tokens) {
            for token in text.tokens.iter_mut().filter(|t| t.kind == Kind::Operator && t.text == "|") {
                token.kind = Kind::Stop;
            }
        }
        text
    }

    /// Whether bars separate the fields of a ticket, and no command stands behind one.
    fn is_ticket_line(&self, tokens: &[Token]) -> bool {
        let bars: Vec<usize> =
            (0..tokens.len()).filter(|&i| tokens[i].text == "|" && tokens[i].kind == Kind::Operator).collect();
        let others = tokens.iter().any(|t| t.kind == Kind::Operator && t.text != "|" || t.kind == Kind::Semicolon);
        let command = bars.iter().any(|&i| {
            tokens.get(i + 1).is_none_or(|t| {
                t.kind == Kind::Path
                    || self.lexicon.shell.contains(&t.lower)
                    || self.lexicon.commands.contains(&t.lower)
            })
        });
        bars.len() >= 2 && !others && !command && self.without_label(tokens).len() < tokens.len()
    }

    /// A request in a language that is not read.
    fn foreign(&self, tokens: &[Token]) -> Understood {
        let mut understood = ask(
            Intent::Unknown,
            "language",
            "Wheelhouse reads English. Say it in English, for example: restart nginx on web-01.",
        );
        self.name_the_place(&mut understood, tokens);
        understood
    }

    /// The machines a request that is not planned speaks of, for the answer.
    fn name_the_place(&self, understood: &mut Understood, tokens: &[Token]) {
        let places = self.places();
        let place = (0..tokens.len()).filter_map(|at| places.read(tokens, at).map(|(p, _)| p)).find(Places::is_clear);
        if let Some(place) = place {
            let targets: Vec<usize> = place.resolved.iter().collect();
            understood.reading.os = self.os_of(&targets, Disposition::Clarify);
            understood.reading.targets = place.reading(self.roster);
        }
    }

    /// The tokens behind "INC0012345:", "Subject:", "[OPS-12]" and the like.
    fn without_label<'t>(&self, tokens: &'t [Token]) -> &'t [Token] {
        let mut rest = tokens;
        loop {
            let ticket = |t: &Token| {
                let prefix = [
                    "inc", "chg", "ritm", "req", "task", "prb", "sctask", "jira", "ops", "sr", "cr", "tkt", "ticket",
                    "srq", "bug", "issue", "case", "sup", "help", "itsm", "scr",
                ];
                let named = t.lower.trim_matches(|c: char| !c.is_alphanumeric());
                let known = prefix.iter().any(|p| {
                    named.strip_prefix(p).is_some_and(|rest| {
                        let digits = rest.trim_start_matches(['-', '#', '_']);
                        digits.len() >= 2 && digits.chars().all(|c| c.is_ascii_digit())
                    })
                });
                if known && self.roster.host(&t.text).is_none() {
                    return true;
                }
                let name = t.text.trim_matches(|c: char| !c.is_alphanumeric());
                let letters = name.chars().take_while(char::is_ascii_alphabetic).count();
                let digits = name[letters..].trim_start_matches(['-', '#']);
                (2..=8).contains(&letters)
                    && !digits.is_empty()
                    && digits.chars().all(|c| c.is_ascii_digit())
                    && (name[letters..].starts_with(['-', '#'])
                        && name[..letters].chars().all(|c| c.is_ascii_uppercase())
                        || digits.len() >= 5)
                    && self.roster.host(&t.text).is_none()
                    || t.text.starts_with('#') && t.text[1..].chars().all(|c| c.is_ascii_digit()) && t.text.len() > 1
            };
            let label = |t: &Token| t.kind == Kind::Word && self.lexicon.labels.contains(&t.lower);
            let cut = match rest {
                [first, second, ..]
                    if ticket(first)
                        && (matches!(second.kind, Kind::Colon | Kind::Comma | Kind::Line | Kind::Stop)
                            || second.text == "-") =>
                {
                    2
                }
                [first, second, ..] if ticket(first) && second.text == "|" => 2,
                [first, ..] if ticket(first) => 1,
                [first, second, ..] if label(first) && second.kind == Kind::Colon => 2,
                [first, second, third, ..]
                    if label(first) && (label(second) || ticket(second)) && third.kind == Kind::Colon =>
                {
                    3
                }
                [first, ..]
                    if matches!(first.kind, Kind::Line | Kind::Colon | Kind::Comma | Kind::Stop)
                        || first.text == "-" =>
                {
                    1
                }
                _ => break,
            };
            if rest.len() <= cut {
                break;
            }
            rest = &rest[cut..];
        }
        rest
    }

    /// Where the operator's own command stands in quotes.
    fn typed_command(&self, tokens: &[Token]) -> Option<usize> {
        let run = (0..tokens.len())
            .find(|&at| matches!(self.lexicon.verb(&tokens[at..]), Some((_, Verb::Do(Intent::RunCommand)))))?;
        let quoted = (run..tokens.len()).find(|&at| tokens[at].kind == Kind::Quoted)?;
        // A recipe's name is no command.
        let recipe = tokens.iter().any(|t| ["recipe", "runbook", "template", "plan"].iter().any(|w| t.is(w)));
        (!recipe).then_some(quoted)
    }

    fn refusal(&self, text: &Text, typed: Option<usize>) -> Option<Refusal> {
        let run = (0..text.tokens.len())
            .find(|&at| matches!(self.lexicon.verb(&text.tokens[at..]), Some((_, Verb::Do(Intent::RunCommand)))))
            .map(|at| text.slice(text.tokens[at].span.end..text.chars.len()));
        let command = typed.map(|at| text.tokens[at].text.clone()).or(run);
        safety::harm(&text.tokens, command.as_deref(), self.lexicon)
            .or_else(|| safety::injection(text, typed, self.lexicon))
            .or_else(|| safety::persuasion(&text.tokens, self.lexicon))
            .or_else(|| self.stray_semicolon(&text.tokens))
    }

    /// A semicolon separates steps only where a step follows; anything else after it is for a shell.
    fn stray_semicolon(&self, tokens: &[Token]) -> Option<Refusal> {
        let tokens = self.without_label(tokens);
        let headed = self.heading(tokens, &self.places()).0.is_some();
        let mut pieces = tokens.split(|t| t.kind == Kind::Semicolon);
        pieces.next()?;
        let stray = pieces.find(|piece| {
            let mut words = piece.iter().filter(|t| t.is_text()).peekable();
            let Some(_) = words.peek() else { return false };
            let lead = piece.iter().position(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower)).unwrap_or(0);
            let first = &piece[lead];
            let shell = first.kind == Kind::Path || self.lexicon.shell.contains(&first.lower);
            let sensitive = piece.iter().any(|t| t.kind == Kind::Path && self.lexicon.is_sensitive(&t.text));
            if shell && (!headed || sensitive) {
                return true;
            }
            self.lexicon.verb(&piece[lead..]).is_none() && self.lexicon.then.at(&piece[lead..]).is_none()
        })?;
        let said = stray.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        Some(Refusal {
            why: format!("“; {said}” is not a step but text for a shell, so nothing was planned"),
            critical: false,
        })
    }

    fn refuse(&self, text: &Text, refusal: Refusal) -> Understood {
        let lead = text.tokens.iter().position(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower)).unwrap_or(0);
        let lead_verb = text.tokens.get(lead..).and_then(|rest| self.lexicon.verb(rest)).map(|(_, verb)| verb);
        let has = |words: &[&str]| text.tokens.iter().any(|t| words.iter().any(|w| t.is(w)));
        let meant = |verb: Verb| match verb {
            Verb::Do(intent) => Some(intent),
            Verb::Create if has(&["user", "account"]) => Some(Intent::UserAdmin),
            Verb::Remove if has(&["users", "user", "accounts"]) => Some(Intent::UserAdmin),
            Verb::Remove | Verb::Clean if has(&["package"]) => Some(Intent::Uninstall),
            Verb::Remove | Verb::Clean => Some(Intent::DeleteFiles),
            Verb::Find => Some(Intent::SearchLog),
            _ => None,
        };
        let shell = text.tokens.iter().any(|t| matches!(t.kind, Kind::Operator | Kind::Semicolon | Kind::Quoted));
        // What is asked first; else what is asked at all; a look by what it looks at.
        let later = || {
            (lead..text.tokens.len())
                .find_map(|at| self.lexicon.verb(&text.tokens[at..]).and_then(|(_, verb)| meant(verb)))
        };
        let intent = match lead_verb {
            Some(Verb::Look | Verb::Connect) if shell => self.intent_of_look(&text.tokens),
            Some(verb) => meant(verb).or_else(later).unwrap_or(Intent::Check),
            None if self.lexicon.looks.at(text.tokens.get(lead..).unwrap_or_default()).is_some() => {
                self.intent_of_look(&text.tokens)
            }
            None => later().filter(|_| !shell).unwrap_or(Intent::Unknown),
        };
        let mut reading = empty(intent, Disposition::Reject, refusal.why.clone());
        reading.risk = if refusal.critical { Risk::Critical } else { Risk::High };
        reading.reasons.push(refusal.why);
        Understood::of(reading)
    }

    /// What a refused look was about.
    fn intent_of_look(&self, tokens: &[Token]) -> Intent {
        let acts = (0..tokens.len()).find_map(|at| match self.lexicon.verb(&tokens[at..]) {
            Some((_, Verb::Do(intent))) if intent.changes() => Some(intent),
            _ => None,
        });
        let look = self.lexicon.looks.anywhere(tokens).map(|(_, _, look)| *look);
        match look {
            Some(crate::lexicon::Look::Log) => Intent::TailLog,
            Some(crate::lexicon::Look::Disk) => Intent::DiskUsage,
            Some(crate::lexicon::Look::Uptime) => Intent::Uptime,
            Some(crate::lexicon::Look::Processes) => Intent::ListProcesses,
            _ if tokens.iter().any(|t| t.is("you")) => acts.unwrap_or(Intent::Check),
            _ => Intent::Check,
        }
    }

    /// "don't restart anything, just check nginx on web-01": what is left when the "not" is taken out may look, never act.
    fn negated(&self, request: &str, text: &Text, tokens: &[Token]) -> Understood {
        let mut pieces: Vec<&[Token]> = tokens
            .split(|t| {
                matches!(t.kind, Kind::Comma | Kind::Semicolon | Kind::Stop | Kind::Line)
                    || t.is("but")
                    || t.is("just")
                    || t.is("only")
            })
            .filter(|piece| piece.iter().any(Token::is_text))
            .collect();
        let all = pieces.len();
        pieces.retain(|piece| !speech::is_negated(piece, self.lexicon));
        let excepts = tokens.iter().any(|t| ["except", "excluding", "unless"].iter().any(|w| t.is(w)));
        if pieces.len() == 1 && all > 1 && !excepts {
            // "don't stop tomcat on app-01, restart it": what was spoken of.
            let places = self.places();
            let before = Earlier {
                name: (0..tokens.len())
                    .find_map(|at| self.lexicon.service_at(&tokens[at..]).map(|(_, name)| name.clone())),
                places: (0..tokens.len())
                    .filter_map(|at| places.read(tokens, at).map(|(p, _)| p))
                    .find(Places::is_clear),
                ..Earlier::default()
            };
            let reader = Reader { before, ..*self };
            let mut understood = reader.understand(request, text, pieces[0]);
            if understood.reading.disposition == Disposition::Plan {
                return understood;
            }
            // "don't stop mysql, restart it": another step than the one that is not wanted.
            let verbs = |tokens: &[Token]| -> Vec<Verb> {
                (0..tokens.len())
                    .filter_map(|at| self.lexicon.verb(&tokens[at..]).map(|(_, verb)| verb))
                    .filter(|verb| matches!(verb, Verb::Do(_)))
                    .collect()
            };
            let denied: Vec<Verb> = tokens
                .split(|t| matches!(t.kind, Kind::Comma | Kind::Semicolon | Kind::Stop | Kind::Line) || t.is("but"))
                .filter(|piece| speech::is_negated(piece, self.lexicon))
                .flat_map(verbs)
                .collect();
            let wanted = verbs(pieces[0]);
            let other = !wanted.is_empty() && wanted.iter().all(|verb| !denied.contains(verb));
            if other && understood.reading.intent != Intent::Unknown {
                let said = pieces[0].iter().find(|t| t.is_text()).zip(pieces[0].iter().rev().find(|t| t.is_text()));
                let rest = said.map(|(a, b)| text.slice(a.span.start..b.span.end)).unwrap_or_default();
                let choice = Choice { label: rest.clone(), request: rest.clone() };
                let question = format!("Part of this says what not to do. Is it only “{rest}” that is wanted?");
                add_question(
                    &mut understood,
                    Question { about: "negation".to_owned(), text: question, choices: vec![choice] },
                );
                understood.drafts.clear();
                understood.targets.clear();
                return understood;
            }
        }
        let mut understood = ask(
            Intent::Unknown,
            "negation",
            "This says what not to do, so nothing was planned. Say what you do want done, and leave machines out with “except”.",
        );
        let acts = (0..tokens.len())
            .any(|at| matches!(self.lexicon.verb(&tokens[at..]), Some((_, Verb::Do(intent))) if intent.changes()));
        if acts {
            understood.reading.risk = Risk::Medium;
        }
        let acts = (0..tokens.len())
            .any(|at| matches!(self.lexicon.verb(&tokens[at..]), Some((_, Verb::Do(intent))) if intent.changes()));
        if acts {
            understood.reading.risk = Risk::Medium;
        }
        self.name_the_place(&mut understood, tokens);
        understood
    }

    fn stored(&self, query: query::Query) -> Understood {
        let running = query.intent == Intent::RunRecipe;
        let unclear = running && query.places.as_ref().is_some_and(|p| !p.is_clear());
        let missing = running && !query.slots.contains_key("recipe") || unclear;
        let disposition = match running {
            true if missing => Disposition::Clarify,
            true => Disposition::Confirm,
            false => Disposition::Answer,
        };
        let sentence = match query.intent {
            Intent::RunRecipe if unclear => "On which machines? The inventory does not have these.".to_owned(),
            Intent::RunRecipe if missing => "Which recipe?".to_owned(),
            Intent::RunRecipe => format!("Run the recipe {}", query.slots["recipe"].as_str().unwrap_or_default()),
            Intent::ListJobs => "The jobs that fit.".to_owned(),
            Intent::ListAlerts => "The notifications that fit.".to_owned(),
            Intent::ListSchedules => "The schedules there are.".to_owned(),
            Intent::ListRecipes => "The recipes there are.".to_owned(),
            _ => "The targets that fit.".to_owned(),
        };
        let mut reading = empty(query.intent, disposition, sentence.clone());
        if missing {
            reading.questions.push(Question { about: "recipe".to_owned(), text: sentence, choices: Vec::new() });
        }
        reading.slots = query.slots;
        reading.reasons.push(query.reason);
        if running {
            reading.risk = Risk::High;
        }
        let mut understood = Understood::of(reading);
        if let Some(places) = query.places {
            understood.reading.reasons.extend(places.reasons.iter().cloned());
            understood.reading.targets = places.reading(self.roster);
            understood.reading.os_hint = places.os_hint;
            if running {
                understood.targets = places.resolved.iter().collect();
                understood.reading.os = self.os_of(&understood.targets, disposition);
            }
        }
        understood
    }

    /// The text of a script, which is shown and not run.
    fn script(&self, text: &Text, tokens: &[Token]) -> Understood {
        let windows =
            ["powershell", "windows", "ps1", "cmdlet", "batch"].iter().any(|w| tokens.iter().any(|t| t.is(w)));
        let bash = ["bash", "shell", "linux", "sh"].iter().any(|w| tokens.iter().any(|t| t.is(w)));
        let nouns = [
            "script", "scripts", "playbook", "one-liner", "oneliner", "snippet", "cmdlet", "runbook", "ps1", "commands",
        ];
        let noun = tokens.iter().position(|t| nouns.iter().any(|w| t.is(w))).unwrap_or(0);
        let rest: Vec<Token> = tokens[(noun + 1).min(tokens.len())..]
            .iter()
            .skip_while(|t| ["to", "that", "which", "for", "will", "can", "called", "me"].iter().any(|w| t.is(w)))
            .cloned()
            .collect();
        let reader = ClauseReader { lexicon: self.lexicon, places: self.places(), text };
        let clause = reader.read(&rest, &Earlier::default());
        let mut reading = empty(Intent::GenerateScript, Disposition::Answer, String::new());
        reading.os_hint = if windows { Some(Os::Windows) } else { bash.then_some(Os::Linux) };
        let mut shown = Vec::new();
        if let Some(clause) = clause {
            if let Some(hint) = clause.places.as_ref().and_then(|p| p.os_hint) {
                reading.os_hint = reading.os_hint.or(Some(hint));
            }
            let shell = if reading.os_hint == Some(Os::Windows) { Shell::Powershell } else { Shell::Bash };
            reading.slots = clause.step.slots;
            for draft in &clause.drafts {
                let Draft::Ready(action) = draft else { continue };
                if let Ok(script) = wheelhouse_scripts::render(action, shell) {
                    shown.push(format!("{} ({shell}):\n{}", action.title(), script.run));
                }
            }
        }
        if shown.is_empty() && rest.iter().all(|t| !t.is_text() || self.lexicon.filler.contains(&t.lower)) {
            return ask(
                Intent::GenerateScript,
                "request",
                "What is the script to do? For example: create a bash script to restart nginx.",
            );
        }
        reading.sentence = if shown.is_empty() {
            "Say what the script is to do, for example “create a bash script to restart nginx”. Nothing is run."
                .to_owned()
        } else {
            format!("This is what Wheelhouse would run; nothing was run.\n\n{}", shown.join("\n\n"))
        };
        Understood::of(reading)
    }

    fn understand(&self, request: &str, text: &Text, tokens: &[Token]) -> Understood {
        let reader = ClauseReader { lexicon: self.lexicon, places: self.places(), text };
        let (heading, body) = self.heading(tokens, &reader.places);
        let mut read: Vec<Clause> = Vec::new();
        let mut earlier = self.before.clone();
        if heading.is_some() {
            earlier.places.clone_from(&heading);
        }
        let mut left_over = Vec::new();
        let mut stated: Option<Places> = None;
        let pieces = self.with_shared_objects(clauses(body, self.lexicon));
        for piece in pieces.iter().map(Vec::as_slice) {
            // "…, drop it", "… STOP": taken back.
            if !read.is_empty() && self.takes_back(piece) {
                left_over.push(piece);
                continue;
            }
            // "without restarting it, tell me …"
            if piece.first().is_some_and(|t| t.is("without"))
                && piece.get(1).is_some_and(|t| self.lexicon.inflected(t).is_some())
            {
                continue;
            }
            match reader.read(piece, &earlier) {
                Some(clause) => {
                    for slot in ["service", "package", "process"] {
                        if let Some(name) = clause.step.slots.get(slot).and_then(Value::as_str) {
                            earlier.name = Some(name.to_owned());
                            break;
                        }
                    }
                    earlier.stopped |= clause.step.intent == Intent::Stop;
                    earlier.intent = Some(clause.step.intent);
                    if clause.places.as_ref().is_some_and(Places::is_clear) {
                        earlier.places.clone_from(&clause.places);
                    }
                    let mut clause = clause;
                    // "… then reboot the machine": the machines spoken of before.
                    if clause.places.as_ref().is_some_and(|p| {
                        p.vague
                            && p.groups.is_empty()
                            && p.hosts.is_empty()
                            && p.os_hint.is_none()
                            && p.unknown.is_empty()
                    }) && earlier.places.as_ref().is_some_and(Places::is_clear)
                    {
                        clause.places = None;
                    }
                    let said: Vec<&Token> = piece.iter().filter(|t| t.is_text()).collect();
                    let only_connects = said.first().is_some_and(|t| t.is("connect") || t.is("ssh") || t.is("log"))
                        && clause.places.is_some()
                        && clauses(body, self.lexicon).len() > 1;
                    if only_connects {
                        stated.clone_from(&clause.places);
                    } else {
                        read.push(clause);
                    }
                }
                // What comes behind a request may take it back or restrict it: only a bare place that is still missing is taken.
                None if !read.is_empty() => {
                    let missing = read.iter().all(|c| c.places.is_none()) && stated.is_none() && heading.is_none();
                    match self.whole_place(piece, &reader).filter(|_| missing) {
                        Some((places, _)) => {
                            earlier.places = places.clone().or(earlier.places);
                            stated = places;
                        }
                        None => left_over.push(piece),
                    }
                }
                None => match self.whole_place(piece, &reader).or_else(|| self.statement(piece, &reader)) {
                    Some((places, name)) => {
                        earlier.name = name.or(earlier.name);
                        earlier.places = places.clone().or(earlier.places);
                        stated = stated.or(places);
                    }
                    None => left_over.push(piece),
                },
            }
        }
        let heading = heading.or_else(|| stated.filter(|_| read.iter().all(|c| c.places.is_none())));
        let known: Vec<Clause> = read.iter().filter(|c| c.step.intent != Intent::Unknown).cloned().collect();
        if known.is_empty() {
            return self.not_understood(tokens, heading);
        }
        let known = without_repeats(known);
        let lost = left_over.iter().find(|tokens| self.says_something(tokens));
        // What is told in front of a look changes nothing about it.
        let looks_only = known.iter().all(|c| !c.drafts.is_empty() && !c.drafts.iter().any(Draft::mutates));
        let restricts = |t: &Token| {
            [
                "if", "unless", "only", "except", "excluding", "but", "without", "skip", "not", "when", "until",
                "after", "before",
            ]
            .iter()
            .any(|w| t.is(w))
        };
        let told_before = lost.filter(|lost| !lost.iter().any(restricts)).is_some_and(|lost| {
            let first =
                body.iter().position(|t| read.iter().any(|_| self.lexicon.verb(std::slice::from_ref(t)).is_some()));
            looks_only && first.is_some_and(|at| lost.first().is_some_and(|t| t.span.start < body[at].span.start))
        });
        let lost = lost.filter(|_| !told_before);
        let mut understood = self.judge(request, &known, heading, earlier);
        if read.iter().any(|c| c.step.intent == Intent::Unknown) || lost.is_some() {
            let said =
                lost.map(|t| t.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")).unwrap_or_default();
            let question = if said.is_empty() {
                "Part of this was not understood. What is to be done?".to_owned()
            } else {
                format!("“{said}” was not understood. What is to be done?")
            };
            add_question(&mut understood, Question { about: "step".to_owned(), text: question, choices: Vec::new() });
            understood.reading.os = self.os_of(&understood.targets, Disposition::Clarify);
            understood.drafts.clear();
            understood.targets.clear();
        }
        understood
    }

    /// "drop it", "stop", "no", "wait": a piece of its own that takes back what was said.
    fn takes_back(&self, piece: &[Token]) -> bool {
        let words: Vec<Token> = piece.iter().filter(|t| t.is_text()).cloned().collect();
        let sorry =
            words.iter().take_while(|t| ["sorry", "oops", "actually", "please", "ok"].iter().any(|w| t.is(w))).count();
        let rest = &words[sorry..];
        let whole = self.lexicon.talk.at(rest).is_some_and(|(length, talk)| {
            length == rest.len() && matches!(talk, crate::lexicon::Talk::Cancel | crate::lexicon::Talk::No)
        });
        whole
            || matches!(rest, [one] if ["stop", "no", "wait", "abort", "cancel", "nevermind", "halt", "hold", "jk", "drop", "not"].iter().any(|w| one.is(w)))
    }

    /// "stop then start nginx", "enable and start sshd": a verb alone has what the next one has.
    fn with_shared_objects(&self, pieces: Vec<&[Token]>) -> Vec<Vec<Token>> {
        let mut whole: Vec<Vec<Token>> = pieces.iter().map(|piece| piece.to_vec()).collect();
        for at in (0..whole.len().saturating_sub(1)).rev() {
            let words: Vec<&Token> =
                whole[at].iter().filter(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower)).collect();
            let alone = words.len() == 1
                && matches!(self.lexicon.verb(std::slice::from_ref(words[0])), Some((1, Verb::Do(intent))) if intent.changes());
            if !alone {
                continue;
            }
            let lead = whole[at + 1].iter().position(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower));
            let verb = lead.and_then(|lead| self.lexicon.verb(&whole[at + 1][lead..]).map(|(length, _)| lead + length));
            if let Some(from) = verb {
                let shared: Vec<Token> = whole[at + 1][from..].to_vec();
                whole[at].extend(shared);
            }
        }
        whole
    }

    /// "host: stg-01", "→ web-01, web-02": nothing but where.
    fn whole_place(&self, tokens: &[Token], reader: &ClauseReader<'_>) -> Option<(Option<Places>, Option<String>)> {
        let label = |t: &Token| {
            !t.is_text()
                || self.lexicon.place.contains(&t.lower)
                || self.lexicon.filler.contains(&t.lower)
                || self.lexicon.labels.contains(&t.lower)
                || ["host", "hosts", "server", "servers", "target", "targets", "machine", "machines", "where", "box"]
                    .iter()
                    .any(|w| t.is(w))
        };
        let starts = (0..tokens.len()).take_while(|&at| at == 0 || label(&tokens[at - 1]));
        for from in starts {
            if let Some((places, end)) = reader.places.read(tokens, from)
                && places.is_clear()
                && tokens[end..].iter().all(label)
            {
                return Some((Some(places), None));
            }
        }
        None
    }

    /// "nginx is down on web-01": what is wrong, told in front of what is to be done.
    fn statement(&self, tokens: &[Token], reader: &ClauseReader<'_>) -> Option<(Option<Places>, Option<String>)> {
        let symptoms = &self.lexicon.symptoms;
        if !tokens.iter().any(|t| t.kind == Kind::Word && symptoms.contains(&t.lower)) {
            return None;
        }
        let found = (0..tokens.len())
            .filter(|&at| {
                at == 0
                    || self.lexicon.place.contains(&tokens[at - 1].lower)
                    || self.roster.host(&tokens[at].text).is_some()
            })
            .filter_map(|at| reader.places.read(tokens, at).map(|(places, end)| (at, end, places)))
            .find(|(.., places)| places.is_clear());
        let service = (0..tokens.len()).find_map(|at| {
            let (length, name) = self.lexicon.service_at(&tokens[at..])?;
            Some((at, length, name.clone()))
        });
        let covered = |i: usize| {
            found.as_ref().is_some_and(|(from, end, _)| (*from..*end).contains(&i))
                || service.as_ref().is_some_and(|(at, length, _)| (*at..at + length).contains(&i))
        };
        let plain = tokens.iter().enumerate().all(|(i, t)| {
            !t.is_text()
                || covered(i)
                || t.kind == Kind::Word
                    && (symptoms.contains(&t.lower)
                        || self.lexicon.filler.contains(&t.lower)
                        || self.lexicon.place.contains(&t.lower)
                        || self.lexicon.service_nouns.contains(&t.lower)
                        || self.lexicon.machines.contains(&t.lower))
        });
        plain.then(|| (found.map(|(.., places)| places), service.map(|(.., name)| name)))
    }

    /// "on web servers: …" and "web servers: …" say the place once for all steps.
    fn heading<'t>(&self, tokens: &'t [Token], places: &PlaceReader<'_>) -> (Option<Places>, &'t [Token]) {
        let Some(colon) = tokens.iter().position(|t| t.kind == Kind::Colon) else { return (None, tokens) };
        let body = &tokens[colon + 1..];
        if !body.iter().any(Token::is_text) {
            return (None, tokens);
        }
        let head = &tokens[..colon];
        let plain = |t: &Token| {
            !t.is_text()
                || t.kind == Kind::Word
                    && (self.lexicon.filler.contains(&t.lower)
                        || self.lexicon.place.contains(&t.lower)
                        || self.lexicon.labels.contains(&t.lower)
                        || [
                            "following", "do", "perform", "run", "execute", "these", "steps", "sequence", "order",
                            "carry", "out", "things", "actions", "below", "in", "this",
                        ]
                        .iter()
                        .any(|w| t.is(w)))
        };
        if head.iter().all(plain) {
            return (None, body);
        }
        for from in 0..colon {
            if !head[..from].iter().all(plain) {
                break;
            }
            if self.lexicon.place.contains(&head[from].lower) && head[from].kind == Kind::Word {
                continue;
            }
            let runs = head.iter().any(|t| t.is("run") || t.is("execute"));
            let command = body
                .iter()
                .find(|t| t.is_text())
                .is_some_and(|t| t.kind != Kind::Word || self.lexicon.commands.contains(&t.lower));
            if runs && command {
                return (None, tokens);
            }
            let prepared = from > 0 && self.lexicon.place.contains(&head[from - 1].lower);
            if let Some((found, end)) = places.read(head, from)
                && (prepared || found.unknown.is_empty())
                && head[end..].iter().all(plain)
                && !found.is_empty()
            {
                return (Some(found), body);
            }
        }
        (None, tokens)
    }

    fn says_something(&self, tokens: &[Token]) -> bool {
        let mut rest: Vec<Token> = tokens.to_vec();
        while let Some((at, length, ())) = self.lexicon.given.anywhere(&rest) {
            rest.drain(at..at + length);
        }
        if let Some((0, ..)) = self.lexicon.because.anywhere(&rest) {
            return false;
        }
        rest.iter().any(|t| {
            t.is_text()
                && !self.lexicon.filler.contains(&t.lower)
                && !(t.kind == Kind::Word && t.text.chars().all(|c| !c.is_alphanumeric()))
        })
    }

    fn not_understood(&self, tokens: &[Token], heading: Option<Places>) -> Understood {
        let places = self.places();
        let names = |p: &Places| {
            !p.resolved.is_empty()
                || !p.groups.is_empty()
                || !p.tags.is_empty()
                || p.os_hint.is_some()
                || p.unknown.iter().any(|u| crate::places::is_host_like(&u.name))
        };
        let place = heading.or_else(|| {
            (0..tokens.len())
                .filter(|&at| self.lexicon.place.contains(&tokens[at].lower))
                .filter_map(|at| places.read(tokens, at + 1).map(|(p, _)| p))
                .find(names)
        });
        let place = place.or_else(|| {
            (0..tokens.len())
                .filter(|&at| tokens[at].is_text())
                .filter_map(|at| places.read(tokens, at).map(|(p, end)| (p, end - at)))
                .find(|(p, words)| p.is_clear() && (!p.hosts.is_empty() || *words > 1))
                .map(|(p, _)| p)
        });
        let place = place.filter(names);
        let about_work = place.is_some()
            || (0..tokens.len()).any(|at| {
                self.lexicon.looks.at(&tokens[at..]).is_some_and(|(length, _)| length > 1 || !tokens[at].is("up") && !tokens[at].is("down") && !tokens[at].is("who"))
                    || self.lexicon.service_at(&tokens[at..]).is_some()
                    || matches!(self.lexicon.verb(&tokens[at..]), Some((_, verb)) if verb != Verb::Look && verb != Verb::Create && verb != Verb::Find)
            })
            || tokens.iter().any(|t| {
                self.lexicon.machines.contains(&t.lower)
                    || self.lexicon.service_nouns.contains(&t.lower)
                    || t.kind == Kind::Path
                    || ["website", "site", "slow", "outage", "broken", "error", "errors", "it", "them", "backup", "backups", "database", "network", "vpn", "certificate", "dns", "config", "prod", "production", "staging", "deploy"]
                        .iter()
                        .any(|w| t.is(w))
            });
        if !about_work {
            let answer = "That is not something Wheelhouse can do. It looks after machines: ask it to check, start, stop, restart, install, copy or run something on them.";
            let spoken = [
                "what", "what's", "whats", "is", "the", "a", "an", "me", "you", "tell", "who", "how", "why", "my",
                "your", "i", "can", "to", "of", "for", "are", "do", "does", "will", "into", "some", "play", "sing",
                "joke", "poem", "please", "translate", "order", "book", "write",
            ];
            if tokens.iter().filter(|t| t.is_text()).count() > 1
                && tokens.iter().any(|t| spoken.iter().any(|w| t.is(w)))
            {
                return Understood::of(empty(Intent::OutOfScope, Disposition::Answer, answer.to_owned()));
            }
            let checks = matches!(
                tokens.iter().find(|t| t.is_text()).and_then(|t| self.lexicon.verb(std::slice::from_ref(t))),
                Some((_, Verb::Look))
            );
            return ask(if checks { Intent::Check } else { Intent::Unknown }, "intent", answer);
        }
        let lead = tokens.iter().position(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower)).unwrap_or(0);
        let alone = tokens.iter().filter(|t| t.is_text() && !self.lexicon.filler.contains(&t.lower)).count() == 1;
        let intent = match tokens.get(lead..).and_then(|rest| self.lexicon.verb(rest)) {
            Some((_, Verb::Look)) if alone => Intent::Check,
            _ => Intent::Unknown,
        };
        let mut understood = ask(
            intent,
            "intent",
            "What is to be done? For example: check, restart, start or stop a service, check disk usage or uptime, tail a log.",
        );
        if let Some(place) = place {
            let targets: Vec<usize> = place.resolved.iter().collect();
            understood.reading.os = self.os_of(&targets, Disposition::Clarify);
            understood.reading.targets = place.reading(self.roster);
            understood.reading.os_hint = place.os_hint;
            understood.earlier.places = Some(place);
        }
        understood
    }

    /// Puts the clauses together and decides what happens.
    fn judge(&self, request: &str, clauses: &[Clause], heading: Option<Places>, earlier: Earlier) -> Understood {
        let mut questions = Vec::new();
        let mut reasons: Vec<String> = clauses.iter().flat_map(|c| c.reasons.iter().cloned()).collect();
        let mut spoken: Vec<&Places> = heading.iter().chain(clauses.iter().filter_map(|c| c.places.as_ref())).collect();
        spoken.dedup_by(|a, b| a.resolved.set().same(b.resolved.set()) && a.unknown == b.unknown);
        if let Some(heading) = &heading {
            reasons.extend(heading.reasons.iter().cloned());
        }
        let inherited = self.before.places.clone().filter(|_| spoken.is_empty());
        if let Some(places) = &inherited {
            reasons.push("on the machines spoken of before".to_owned());
            spoken.push(places);
        }
        let places = spoken.first().map(|p| (*p).clone()).unwrap_or_default();
        if spoken.len() > 1 {
            questions.push(Question {
                about: "targets".to_owned(),
                text: "The steps name different machines. Ask for them one after the other, or name the machines once for all steps.".to_owned(),
                choices: Vec::new(),
            });
        }
        let gaps: Vec<Gap> = clauses.iter().flat_map(|c| c.gaps.iter().cloned()).collect();
        for gap in &gaps {
            questions.push(question_of(gap, request, clauses));
        }
        let drafts: Vec<Draft> = clauses.iter().flat_map(|c| c.drafts.iter().cloned()).collect();
        if let Some(text) = contradiction(&drafts) {
            questions.push(Question { about: "steps".to_owned(), text, choices: Vec::new() });
        }
        let elsewhere = !drafts.is_empty()
            && drafts.iter().all(|d| matches!(d, Draft::Ready(Action::Reach { .. })))
            && places.resolved.is_empty()
            && places.unknown.iter().all(|u| crate::places::is_host_like(&u.name));
        let service = clauses
            .iter()
            .find_map(|c| ["service", "package"].iter().find_map(|s| c.step.slots.get(*s)).and_then(Value::as_str));
        self.probe_or_ask(request, &places, clauses, elsewhere, service, &mut questions);
        // An address that is no target is looked at from here, itself and not the machine that looks.
        let from_here = places.resolved.is_empty() && questions.is_empty() && !elsewhere;
        let drafts: Vec<Draft> = if from_here {
            let reach =
                |u: &crate::places::Unknown| Draft::Ready(Action::Reach { address: u.name.clone(), port: None });
            places.unknown.iter().map(reach).collect()
        } else {
            drafts
        };

        let mutates = clauses
            .iter()
            .any(|c| if c.drafts.is_empty() { c.step.intent.changes() } else { c.drafts.iter().any(Draft::mutates) });
        let sensitive = clauses.iter().any(|c| c.sensitive);
        let same = clauses.iter().all(|c| c.step.intent == clauses[0].step.intent) && !mutates;
        let intent = if clauses.len() > 1 && !same { Intent::MultiStep } else { clauses[0].step.intent };
        let mut slots: BTreeMap<String, Value> = BTreeMap::new();
        for clause in clauses {
            for (name, value) in &clause.step.slots {
                slots.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        if from_here {
            slots.insert("metric".to_owned(), json!("connectivity"));
        }
        if let Some(expected) = places.expected {
            slots.insert("expected_target_count".to_owned(), json!(expected));
        }
        let disposition = if !questions.is_empty() {
            Disposition::Clarify
        } else if mutates || sensitive {
            Disposition::Confirm
        } else {
            Disposition::Plan
        };
        let risk = self.risk(clauses, &places, mutates).max(if sensitive { Risk::Medium } else { Risk::Low });
        let steps: Vec<StepReading> =
            if clauses.len() > 1 { clauses.iter().map(|c| c.step.clone()).collect() } else { Vec::new() };
        let targets: Vec<usize> = places.resolved.iter().collect();
        let sentence = if questions.is_empty() {
            // From here: the one machine that looks.
            summary(&drafts, targets.len().max(1))
        } else {
            sentence_of_questions(&questions)
        };
        let reading = Reading {
            intent,
            disposition,
            risk,
            os: self.os_of(&targets, disposition),
            os_hint: places.os_hint,
            targets: places.reading(self.roster),
            slots,
            steps,
            questions,
            reasons,
            sentence,
            answer: None,
        };
        let complete = reading.disposition != Disposition::Clarify;
        let place_span = clauses.iter().find_map(|c| c.place_span.clone());
        let mut earlier = earlier;
        if !places.resolved.is_empty() {
            earlier.places = Some(Places { reasons: Vec::new(), ..places });
        }
        Understood {
            drafts: if complete { drafts } else { Vec::new() },
            targets: if complete { targets } else { Vec::new() },
            place_span,
            gaps,
            earlier,
            ..Understood::of(reading)
        }
    }

    /// A look from here at an address that is no target needs no target; everything else does.
    fn probe_or_ask(
        &self,
        request: &str,
        places: &Places,
        clauses: &[Clause],
        elsewhere: bool,
        service: Option<&str>,
        questions: &mut Vec<Question>,
    ) {
        let reachability = clauses.iter().all(|c| {
            matches!(
                c.drafts.as_slice(),
                [Draft::Ready(Action::Measure { metric: wheelhouse_protocol::action::Metric::Reachability })]
            )
        });
        let address = places.groups.is_empty()
            && !places.unknown.is_empty()
            && places.unknown.iter().all(|u| u.name.parse::<std::net::IpAddr>().is_ok());
        let network =
            clauses.iter().any(|c| c.reasons.iter().any(|r| ["ping", "connectivity"].iter().any(|w| r.contains(w))))
                || ["connectivity", "ping", "reach"].iter().any(|w| request.to_lowercase().contains(w));
        if elsewhere || reachability && address && network && places.resolved.is_empty() {
            return;
        }
        self.ask_about_places(request, places, service, questions);
    }

    fn ask_about_places(&self, request: &str, places: &Places, service: Option<&str>, questions: &mut Vec<Question>) {
        let mut ask = |text: String, choices: Vec<Choice>| {
            questions.push(Question { about: "targets".to_owned(), text, choices })
        };
        if places.is_empty() {
            let choices = self
                .some_places(service)
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

    /// A few places to choose from: where the service is known to be; else the groups, then hosts.
    fn some_places(&self, service: Option<&str>) -> Vec<String> {
        if let Some(crate::roster::Named::Tag(tag)) = service.and_then(|s| self.roster.tag(s)) {
            let members = &self.roster.tags[tag].1;
            let group = self.roster.groups.iter().filter(|g| g.members.same(members)).map(|g| g.name.clone()).take(1);
            let hosts = members.iter().map(|i| self.roster.targets[i].spec.name.clone());
            return group.chain(hosts).take(6).collect();
        }
        let groups =
            self.roster.groups.iter().filter(|g| !g.everything && !g.members.is_empty()).map(|g| g.name.clone());
        let hosts = self.roster.targets.iter().map(|t| t.spec.name.clone());
        groups.chain(hosts).take(4).collect()
    }

    /// The systems of the machines. While something is still to be asked, several systems are not told yet: the answer may
    /// leave one.
    fn os_of(&self, targets: &[usize], disposition: Disposition) -> Option<String> {
        let systems: BTreeSet<Os> = targets.iter().map(|&t| self.roster.targets[t].spec.os).collect();
        match systems.len() {
            0 => None,
            1 => systems.first().map(|os| os.as_str().to_owned()),
            _ => (disposition != Disposition::Clarify).then(|| "mixed".to_owned()),
        }
    }

    /// A request for later: the same steps, and when. It never runs at once.
    fn schedule(&self, understood: &mut Understood, when: &When) {
        let reading = &mut understood.reading;
        if matches!(reading.disposition, Disposition::Answer | Disposition::Reject) {
            return;
        }
        if reading.steps.is_empty() && reading.intent != Intent::Unknown {
            let step = StepReading { intent: reading.intent, slots: reading.slots.clone() };
            reading.steps = vec![step];
        }
        reading.intent = Intent::Schedule;
        when.slots(&mut reading.slots);
        reading.reasons.push("says when it is to run".to_owned());
        if reading.disposition == Disposition::Plan {
            reading.disposition = Disposition::Confirm;
        }
        if let Some(question) = when.question() {
            add_question(
                understood,
                Question { about: "time".to_owned(), text: question.clone(), choices: Vec::new() },
            );
            understood.gaps.push(Gap::new("time", question));
            understood.drafts.clear();
        }
    }

    fn risk(&self, clauses: &[Clause], places: &Places, mutates: bool) -> Risk {
        if !mutates {
            return Risk::Low;
        }
        let intents: Vec<Intent> = clauses.iter().map(|c| c.step.intent).collect();
        let production = |name: &str| {
            name.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == "prod" || w == "production")
        };
        let names_production = places.groups.iter().any(|&g| production(&self.roster.groups[g].name))
            || places.tags.iter().any(|t| production(t))
            || places.unknown.iter().any(|u| production(&u.name));
        let sweeping = clauses.iter().any(|c| c.sweeping && (names_production || c.step.intent == Intent::DeleteFiles));
        if places.everything || sweeping {
            return Risk::Critical;
        }
        let is_group = !places.groups.is_empty()
            || places.resolved.len() > 1
            || places.unknown.iter().any(|u| !crate::places::is_host_like(&u.name))
            || places.os_hint.is_some();
        let has = |wanted: &[Intent]| intents.iter().any(|i| wanted.contains(i));
        let deletes_user = clauses.iter().any(|c| c.step.slots.get("action").is_some_and(|a| a == "delete"));
        let high = names_production
            || places.resolved.len() >= MANY
            || places.expected.is_some_and(|n| n >= MANY)
            || clauses.len() > 1
            || has(&[Intent::RunCommand, Intent::Update, Intent::Reboot, Intent::Shutdown, Intent::DeleteFiles])
            || deletes_user
            || has(&[Intent::Stop]) && is_group;
        if high { Risk::High } else { Risk::Medium }
    }
}

/// "reboot web-01?", "should nginx be restarted": put as a question, and not as a polite order ("can you …?").
fn is_a_question(tokens: &[Token]) -> bool {
    let words: Vec<&Token> = tokens.iter().filter(|t| t.is_text()).collect();
    let at = |n: usize, list: &[&str]| words.get(n).is_some_and(|t| list.iter().any(|w| t.is(w)));
    let polite = (0..words.len().min(4)).any(|n| {
        at(n, &["can", "could", "would", "will", "please", "pls", "plz", "mind"])
            && (at(n, &["please", "pls", "plz"])
                || at(n + 1, &["you", "u", "someone", "somebody", "we", "anyone", "i"]))
    });
    let asks = tokens
        .iter()
        .rev()
        .find(|t| !matches!(t.kind, Kind::Line))
        .is_some_and(|t| t.kind == Kind::Stop && t.text == "?");
    let doubts =
        at(0, &["should", "shall", "may", "might", "must"]) || at(0, &["can", "could", "would", "will"]) && !polite;
    // "I would restart it", "web-01 will reboot", "trying to reboot it": told, thought or announced.
    let told = words.windows(2).enumerate().any(|(n, pair)| {
        let modal = ["would", "could", "might", "will", "were", "was"].iter().any(|w| pair[0].is(w));
        let intent = [
            "trying", "going", "about", "planning", "decided", "used", "love", "forgot", "tried", "failed", "wanted",
            "hope", "plan",
        ]
        .iter()
        .any(|w| pair[0].is(w))
            && pair[1].is("to");
        let behind_you = n > 0 && ["you", "u", "someone", "somebody", "anyone"].iter().any(|w| words[n - 1].is(w));
        let wish = [
            "you", "u", "like", "love", "appreciate", "be", "someone", "somebody", "anyone", "need", "want", "i", "we",
        ]
        .iter()
        .any(|w| pair[1].is(w));
        modal && !wish && !behind_you && n < 4 || intent && n < 4
    }) || at(0, &["i'll", "we'll", "they'll", "he'll", "she'll", "it'll"])
        || at(0, &["someone", "somebody"]) && at(1, &["could", "should", "might", "will", "would"]);
    asks && !polite || doubts || told
}

/// Steps that undo each other: starting and then stopping, enabling and disabling.
fn contradiction(drafts: &[Draft]) -> Option<String> {
    let actions: Vec<&Action> =
        drafts.iter().filter_map(|d| if let Draft::Ready(a) = d { Some(a) } else { None }).collect();
    actions.windows(2).find_map(|pair| {
        let undone = match (pair[0], pair[1]) {
            (Action::ServiceStart { service: a }, Action::ServiceStop { service: b })
            | (Action::ServiceEnable { service: a }, Action::ServiceDisable { service: b })
            | (Action::ServiceDisable { service: a }, Action::ServiceEnable { service: b }) => a == b,
            (Action::PackageInstall { package: a, .. }, Action::PackageUninstall { package: b }) => a == b,
            _ => false,
        };
        undone.then(|| {
            format!("“{}” and then “{}” undo each other. Which of them is wanted?", pair[0].title(), pair[1].title())
        })
    })
}

/// "what eats the cpu? show processes": the same look asked for twice is one.
fn without_repeats(clauses: Vec<Clause>) -> Vec<Clause> {
    let mut kept: Vec<Clause> = Vec::new();
    for clause in clauses {
        let twin = kept
            .iter_mut()
            .find(|k| !k.drafts.is_empty() && k.drafts == clause.drafts && !clause.drafts.iter().any(Draft::mutates));
        match twin {
            Some(twin) if twin.places.is_none() || clause.places.is_none() => {
                if twin.places.is_none() {
                    twin.places = clause.places;
                    twin.place_span = clause.place_span;
                }
            }
            _ => kept.push(clause),
        }
    }
    kept
}

const HELP: &str = "Say it in your own words, and you will see the plan before anything runs. For example: \
    “check disk usage on localhost”, “restart nginx on web servers except web-03”, \
    “copy /tmp/app.conf to /etc/app.conf on app servers”, “run \"df -h\" on db-01”.";
const WHAT_IF: &str = "Nothing was planned, since this asks what would be. Ask for it plainly, and the plan shows \
    exactly what would run, on which machines, before you approve it.";
const SECRETS: &str = "Secrets are shown by the vault alone: open the Vault, choose the credential and hold “Show”. \
    They are never told in chat.";
const HELLO: &str = "Hello. Say what you want done, for example “check disk usage on localhost”.";

fn help(answer: &str) -> Understood {
    Understood::of(empty(Intent::Help, Disposition::Answer, answer.to_owned()))
}

fn take_dry_run(tokens: &mut Vec<Token>) -> bool {
    let says = |tokens: &[Token], at: usize| -> usize {
        let is = |n: usize, word: &str| tokens.get(at + n).is_some_and(|t| t.is(word));
        if is(0, "dry-run") || is(0, "simulate") || is(0, "--check") || is(0, "--dry-run") {
            1
        } else if is(0, "dry") && is(1, "run") || is(0, "test") && is(1, "run") || is(0, "check") && is(1, "mode") {
            2
        } else {
            0
        }
    };
    let Some(at) = (0..tokens.len()).find(|&at| says(tokens, at) > 0) else { return false };
    let mut end = at + says(tokens, at);
    while tokens.get(end).is_some_and(|t| {
        matches!(t.kind, Kind::Colon | Kind::Comma) || t.is("of") || t.is("for") || t.is("a") || t.is("only")
    }) {
        end += 1;
    }
    let mut from = at;
    while from > 0 && ["do", "a", "as", "in", "just", "perform", "the"].iter().any(|w| tokens[from - 1].is(w)) {
        from -= 1;
    }
    tokens.drain(from..end);
    true
}

/// Each step looks at what it would change, and changes nothing.
fn dry_run(understood: &mut Understood) {
    if understood.reading.disposition != Disposition::Confirm {
        return;
    }
    let looks: Option<Vec<Draft>> = understood
        .drafts
        .iter()
        .map(|draft| match draft {
            Draft::Ready(
                Action::ServiceRestart { service }
                | Action::ServiceStart { service }
                | Action::ServiceStop { service }
                | Action::ServiceReload { service }
                | Action::ServiceEnable { service }
                | Action::ServiceDisable { service },
            ) => Some(Draft::Ready(Action::ServiceStatus { service: service.clone() })),
            draft if !draft.mutates() => Some(draft.clone()),
            _ => None,
        })
        .collect();
    match looks.filter(|_| understood.reading.intent != Intent::Schedule) {
        Some(looks) => {
            understood.drafts = looks;
            understood.reading.disposition = Disposition::Plan;
            understood.reading.risk = Risk::Low;
            understood.reading.sentence = summary(&understood.drafts, understood.targets.len());
            understood.reading.reasons.push("a dry run only looks at what it would change".to_owned());
        }
        None => {
            let text = "This cannot be tried without doing it. Ask for it plainly: the plan shows what would run, and nothing runs before you approve it.";
            add_question(
                understood,
                Question { about: "dry_run".to_owned(), text: text.to_owned(), choices: Vec::new() },
            );
            understood.drafts.clear();
        }
    }
}

fn add_question(understood: &mut Understood, question: Question) {
    let reading = &mut understood.reading;
    reading.questions.push(question);
    reading.disposition = Disposition::Clarify;
    // Several systems are not told yet: the answer may leave one.
    reading.os.take_if(|os| os == "mixed");
    reading.sentence = sentence_of_questions(&reading.questions);
}

/// A gap as a question, with whole requests that would fill it.
fn question_of(gap: &Gap, request: &str, clauses: &[Clause]) -> Question {
    let text = tokenise(request);
    let choices = gap
        .fillers
        .iter()
        .map(|filler| {
            let request = match &gap.at {
                Some(span) => text.replaced(span, filler),
                None => format!("{request} {filler}"),
            };
            Choice { label: if filler.is_empty() { "Leave it out".to_owned() } else { filler.clone() }, request }
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
    crate::plan::sentence(&drafts.iter().map(Draft::title).collect::<Vec<_>>(), hosts)
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
        answer: None,
    }
}

pub(crate) fn ask(intent: Intent, about: &str, text: &str) -> Understood {
    let mut reading = empty(intent, Disposition::Clarify, text.to_owned());
    reading.questions.push(Question { about: about.to_owned(), text: text.to_owned(), choices: Vec::new() });
    Understood::of(reading)
}

pub(crate) fn answer(intent: Intent, sentence: &str) -> Understood {
    Understood::of(empty(intent, Disposition::Answer, sentence.to_owned()))
}
