//! Conversation: what a message means after a question, a plan that waits, or a job.
//!
//! A message that leans on what was said before is turned into a request that stands alone, and that is read as any other:
//! nothing comes out of a conversation that could not be typed in one go, and the checks are the same.

use crate::clause::{Draft, Earlier, Gap};
use crate::lexicon::{Lexicon, Talk};
use crate::places::{PlaceReader, Places};
use crate::read::{Reader, Understood, answer, ask};
use crate::roster::Roster;
use crate::text::{Kind, Text, Token, tokenise};
use jiff::civil::DateTime;
use serde_json::Value;
use wheelhouse_protocol::action::{Action, UserChange};
use wheelhouse_protocol::reading::{Choice, Disposition, Intent};

/// How many earlier turns are looked at.
const MEMORY: usize = 20;

/// What was said before, oldest first, and when it is now.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The turns.
    pub turns: Vec<Turn>,
    /// The operator's date and time.
    pub now: Option<DateTime>,
}

/// One earlier turn.
#[derive(Debug, Clone)]
pub enum Turn {
    /// The operator said this.
    Said(String),
    /// A plan waits for approval; with its request where that is known.
    Waits(Option<String>),
    /// A question was put, in these words.
    Asked(String),
    /// Nothing waits any more: the plan was rejected, or its job was started.
    Settled,
    /// A job ran, or runs.
    Job(LastJob),
}

/// The last job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastJob {
    /// The request it came of.
    pub request: Option<String>,
    /// The hosts on which it failed.
    pub failed: Vec<String>,
    /// Every host it ran on.
    pub hosts: Vec<String>,
    /// It is still running.
    pub running: bool,
}

impl Context {
    /// The context as JSON gives it: `{"role": "user", "utterance"}`, `{"role": "assistant", "state": "awaiting_confirmation",
    /// "plan"}`, `{"role": "system", "last_job": {"failed_hosts": […]}}`. What is not understood is passed over.
    pub fn from_json(turns: &[Value], now: Option<DateTime>) -> Self {
        Self { turns: turns.iter().filter_map(turn).collect(), now }
    }
}

fn turn(turn: &Value) -> Option<Turn> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let hosts = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_array).map(|list| list.iter().filter_map(text).collect()).unwrap_or_default()
    };
    if let Some(job) = turn.get("last_job") {
        let failed =
            ["failed_hosts", "failed", "unreachable_hosts"].iter().flat_map(|key| hosts(job.get(*key))).collect();
        let request =
            ["request", "utterance"].iter().find_map(|key| job.get(*key).and_then(text)).or_else(|| described(job));
        let state =
            ["state", "status"].iter().find_map(|key| job.get(*key).and_then(Value::as_str)).unwrap_or_default();
        let running = state.contains("running");
        return Some(Turn::Job(LastJob { request, failed, hosts: hosts(job.get("hosts")), running }));
    }
    match turn.get("role").and_then(Value::as_str)? {
        "user" => ["utterance", "text", "content"].iter().find_map(|key| turn.get(*key).and_then(text)).map(Turn::Said),
        "assistant" if turn.get("state").and_then(Value::as_str).is_some_and(|s| s.starts_with("await")) => {
            Some(Turn::Waits(turn.get("plan").and_then(|plan| text(plan).or_else(|| described(plan)))))
        }
        "assistant" if turn.get("state").and_then(Value::as_str).is_some_and(is_settled) => Some(Turn::Settled),
        "assistant" => {
            ["question", "text", "content"].iter().find_map(|key| turn.get(*key).and_then(text)).map(Turn::Asked)
        }
        _ => None,
    }
}

/// Whether a state says that the plan no longer waits.
fn is_settled(state: &str) -> bool {
    ["reject", "cancel", "execut", "complete", "done", "start", "run", "expire", "fail", "succe"]
        .iter()
        .any(|word| state.starts_with(word))
}

/// A plan given as data, in words.
fn described(plan: &Value) -> Option<String> {
    for key in ["request", "utterance", "sentence", "text", "summary"] {
        if let Some(text) = plan.get(key).and_then(Value::as_str) {
            return Some(text.to_owned());
        }
    }
    let intent = plan.get("intent").and_then(Value::as_str)?.replace('_', " ");
    let slots = plan.get("slots");
    let slot = |name: &str| slots.and_then(|s| s.get(name)).or_else(|| plan.get(name)).and_then(Value::as_str);
    let object = ["service", "package", "process", "path", "user", "metric"]
        .iter()
        .find_map(|name| slot(name))
        .unwrap_or_default();
    let targets = plan.get("targets");
    let list = |name: &str| -> Vec<String> {
        targets
            .and_then(|t| t.get(name))
            .and_then(Value::as_array)
            .map(|l| l.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default()
    };
    let mut places = list("groups");
    places.extend(list("hosts"));
    if let Some(all) = targets.and_then(Value::as_array) {
        places.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    if let Some(one) = targets.and_then(Value::as_str) {
        places.push(one.to_owned());
    }
    let places = places.join(" and ");
    let on = if places.is_empty() { String::new() } else { format!(" on {places}") };
    Some(format!("{intent} {object}{on}").replace("  ", " "))
}

/// What the conversation has come to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    /// The last request that asked for something, standing alone.
    request: Option<String>,
    waits: bool,
    job: Option<LastJob>,
    /// The names a question offered, in its order.
    offered: Vec<String>,
}

impl Past {
    /// The request that ran last: the job's own, whatever was said or planned since.
    fn ran(&self) -> Option<&str> {
        self.job.as_ref().and_then(|job| job.request.as_deref()).or(self.request.as_deref())
    }
}

/// What a conversation has come to.
pub(crate) fn past(roster: &Roster, lexicon: &Lexicon, context: &Context) -> Past {
    let talk = Conversation { roster, lexicon, now: context.now };
    let mut past = Past::default();
    let from = context.turns.len().saturating_sub(MEMORY);
    for turn in &context.turns[from..] {
        match turn {
            Turn::Said(text) => {
                past.offered.clear();
                let understood = talk.message(text, &past);
                if understood.reading.intent == Intent::Cancel {
                    past.waits = false;
                }
                let asked = matches!(
                    understood.reading.disposition,
                    Disposition::Plan | Disposition::Confirm | Disposition::Clarify
                );
                if asked && !matches!(understood.reading.intent, Intent::Unknown | Intent::Confirm) {
                    past.request = Some(understood.read_as.unwrap_or_else(|| text.clone()));
                    past.waits = matches!(understood.reading.disposition, Disposition::Confirm);
                }
            }
            Turn::Waits(plan) => {
                past.waits = true;
                past.request = past.request.or_else(|| plan.clone());
            }
            Turn::Asked(question) => past.offered = talk.names_in(question),
            Turn::Settled => past.waits = false,
            Turn::Job(job) => {
                past.request = past.request.or_else(|| job.request.clone());
                past.waits = false;
                past.job = Some(job.clone());
            }
        }
    }
    past
}

/// Reads a message after what was said before.
pub(crate) fn read(
    roster: &Roster,
    lexicon: &Lexicon,
    request: &str,
    past: &Past,
    now: Option<DateTime>,
) -> Understood {
    Conversation { roster, lexicon, now }.message(request, past)
}

struct Conversation<'a> {
    roster: &'a Roster,
    lexicon: &'a Lexicon,
    now: Option<DateTime>,
}

impl Conversation<'_> {
    fn reader(&self) -> Reader<'_> {
        Reader { roster: self.roster, lexicon: self.lexicon, now: self.now, before: Earlier::default() }
    }

    fn places(&self) -> PlaceReader<'_> {
        PlaceReader { roster: self.roster, lexicon: self.lexicon }
    }

    fn message(&self, request: &str, past: &Past) -> Understood {
        let text = tokenise(request);
        let reader = self.reader();
        if text.cut || text.disguised || text.mixed.is_some() || reader.refused(&text).is_some() {
            return reader.read(request);
        }
        if let Some(said) = self.about_the_last(&text, past) {
            return said;
        }
        // "… on the ones that failed": the hosts by name.
        if let Some(named) = self.with_failed_hosts(&text, past) {
            return self.stands_for(&named);
        }
        if let Some(rewritten) = past.request.as_ref().and_then(|earlier| self.leaning(&text, earlier, &past.offered)) {
            return self.stands_for(&rewritten);
        }
        if let Some(earlier) = &past.request
            && let Some(before) = self.spoken_of(&text, earlier)
        {
            return Reader { before, ..self.reader() }.read(request);
        }
        reader.read(request)
    }

    /// Reads a request that a message stands for.
    fn stands_for(&self, request: &str) -> Understood {
        let mut understood = self.reader().read(request);
        understood.reading.reasons.insert(0, format!("read as “{request}”"));
        understood.read_as = Some(request.to_owned());
        understood
    }

    /// "yes", "cancel", "retry the failed ones", "undo that".
    fn about_the_last(&self, text: &Text, past: &Past) -> Option<Understood> {
        let tokens: Vec<Token> = text.tokens.iter().filter(|t| t.is_text()).cloned().collect();
        let polite = [
            "please", "pls", "plz", "can", "could", "you", "just", "now", "actually", "hey", "ok", "okay", "oh",
            "wait", "no", "sorry", "hmm", "let's", "lets", "we", "i", "want", "to", "like", "need",
        ];
        let lead = tokens.iter().position(|t| t.is_text() && !polite.iter().any(|w| t.is(w))).unwrap_or(0);
        let (length, kind) = self
            .lexicon
            .talk
            .at(&tokens[lead.min(tokens.len())..])
            .or_else(|| self.lexicon.talk.at(&tokens))
            .map(|(n, k)| (n, *k))?;
        let lead = if self.lexicon.talk.at(&tokens[lead.min(tokens.len())..]).is_some() { lead } else { 0 };
        let rest: Vec<&Token> = tokens[(lead + length).min(tokens.len())..].iter().filter(|t| t.is_text()).collect();
        let said = tokens[lead.min(tokens.len())..(lead + length).min(tokens.len())]
            .iter()
            .map(|t| t.lower.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        // Without anything to stop, "stop it" is about a service.
        if ["stop it", "stop that", "drop it", "discard"].contains(&said.as_str())
            && (!past.waits || rest_says_more(&tokens[(lead + length).min(tokens.len())..]))
            && !past.job.as_ref().is_some_and(|j| j.running)
        {
            return None;
        }
        let only = |words: &[&str]| {
            rest.iter().all(|t| words.iter().any(|w| t.is(w)) || self.lexicon.filler.contains(&t.lower))
        };
        match kind {
            Talk::Yes
                if lead == 0
                    && !text.tokens.iter().any(|t| t.kind == Kind::Stop && t.text == "?")
                    && !text.tokens.iter().any(|t| {
                        ["away", "right", "again", "by", "no", "not", "me", "but", "only"].iter().any(|w| t.is(w))
                    })
                    && only(&[
                        "it", "that", "with", "run", "this", "approved", "approve", "go", "ahead", "do", "yes",
                        "proceed", "looks", "good", "sounds", "sure", "confirm", "confirmed", "plan", "execute",
                        "please", "fine", "correct", "right", "is", "lgtm", "perfect", "great", "by", "all", "means",
                        "plan", "ship", "now",
                    ]) =>
            {
                if past.waits
                    && let Some(request) = &past.request
                {
                    let mut understood = self.stands_for(request);
                    if understood.reading.disposition == Disposition::Confirm {
                        understood.reading.intent = Intent::Confirm;
                        understood
                            .reading
                            .reasons
                            .push("a plan is approved by its button, or by its hash, never by a word".to_owned());
                    }
                    return Some(understood);
                }
                // "run" and "execute" begin requests, too.
                (rest.is_empty() || text.tokens.len() > 1 || !["run", "execute"].iter().any(|w| tokens[lead].is(w)))
                    .then(|| {
                        ask(
                            Intent::Unknown,
                            "request",
                            "There is no plan that waits for an answer. Say what you want done.",
                        )
                    })
            }
            Talk::No if rest.is_empty() => Some(self.dropped(past)),
            Talk::Cancel => self.cancel(&rest, past),
            Talk::Retry | Talk::Rollback if self.is_doubtful(text, &rest) => Some(ask(
                if kind == Talk::Retry { Intent::Retry } else { Intent::Rollback },
                "job",
                "Say plainly what is to be done again or undone, and on which machines.",
            )),
            Talk::Retry => self.retry(text, &rest, past),
            Talk::Rollback => self.undo(text, &rest, past),
            _ => None,
        }
    }

    /// A question, a refusal, an exception or another job's number: nothing that runs by itself.
    fn is_doubtful(&self, text: &Text, rest: &[&Token]) -> bool {
        let has = |words: &[&str]| text.tokens.iter().any(|t| words.iter().any(|w| t.is(w)));
        let asks =
            text.tokens.iter().any(|t| t.kind == Kind::Stop && t.text == "?") && !has(&["can", "could", "please"]);
        let excepts = (0..text.tokens.len()).any(|at| self.lexicon.except.at(&text.tokens[at..]).is_some());
        asks || excepts && !has(&["did", "didn't"])
            || has(&["no", "should", "don't", "dont", "never"])
            || rest.iter().any(|t| is_id(t) && self.roster.host(&t.text).is_none())
    }

    /// Whether the last job ran on all of these machines, as far as that is known.
    fn touched(&self, places: &Places, past: &Past) -> bool {
        let Some(job) = &past.job else { return true };
        let known: Vec<&String> = job.hosts.iter().chain(&job.failed).collect();
        places.resolved.iter().all(|i| known.contains(&&self.roster.targets[i].spec.name))
    }

    fn dropped(&self, past: &Past) -> Understood {
        if past.waits {
            answer(Intent::Cancel, "Nothing will run: the plan is dropped.")
        } else {
            answer(Intent::Cancel, "Nothing was waiting, and nothing runs.")
        }
    }

    fn cancel(&self, rest: &[&Token], past: &Past) -> Option<Understood> {
        let words = [
            "wrong", "host", "server", "group", "it", "that", "this", "job", "jobs", "run", "the", "last", "running",
            "current", "plan", "everything", "all", "request", "execution", "restart", "update", "deployment",
            "rollout", "one", "pending", "operation", "previous", "task", "changed", "mind", "my", "about", "install",
            "reboot", "scheduled", "of", "them", "what", "you're", "doing", "latest", "nothing", "never", "don't",
            "do", "approval", "proposal",
        ];
        let fits =
            rest.iter().all(|t| words.iter().any(|w| t.is(w)) || self.lexicon.filler.contains(&t.lower) || is_id(t));
        if !fits {
            return None;
        }
        if past.job.as_ref().is_some_and(|j| j.running) && !past.waits {
            return Some(answer(
                Intent::Cancel,
                "A job is running. Cancel it on its card: targets that have begun finish their step, or are interrupted.",
            ));
        }
        Some(self.dropped(past))
    }

    fn retry(&self, text: &Text, rest: &[&Token], past: &Past) -> Option<Understood> {
        let words = [
            "it", "that", "this", "job", "jobs", "run", "the", "last", "failed", "fail", "ones", "hosts", "servers",
            "targets", "machines", "only", "on", "for", "one", "previous", "again", "same", "thing", "those", "which",
            "that", "them", "nodes", "boxes", "execution", "deployment", "step", "steps", "all", "failures", "where",
            "unreachable", "did", "not", "work", "latest", "didn't", "with", "of", "errored", "host", "server",
            "target",
        ];
        let plain =
            rest.iter().all(|t| words.iter().any(|w| t.is(w)) || self.lexicon.filler.contains(&t.lower) || is_id(t));
        if !plain {
            // "retry on web-01", "rerun the nginx restart on db servers": what follows says more.
            if let Some(request) = past.ran()
                && let Some((places, place)) = self.whole_place(rest, text)
                && places.is_clear()
            {
                if !self.touched(&places, past) {
                    return Some(ask(
                        Intent::Retry,
                        "targets",
                        "The last job did not run on all of these machines. Ask for the step itself, with its machines.",
                    ));
                }
                let rewritten = self.moved(request, &place, Joined::Instead)?;
                let mut understood = self.stands_for(&rewritten);
                understood.reading.intent = Intent::Retry;
                return Some(understood);
            }
            return None;
        }
        let Some(job) = &past.job else {
            if past.request.is_some() && !past.waits && rest.iter().all(|t| !t.is("failed")) {
                let mut understood = self.stands_for(past.request.as_ref()?);
                understood.reading.intent = Intent::Retry;
                return Some(understood);
            }
            return Some(ask(
                Intent::Retry,
                "job",
                "No job has run in this conversation. What is to be done again, and on which machines?",
            ));
        };
        let all =
            !rest.iter().any(|t| ["failed", "fail", "failures", "ones", "those", "errored"].iter().any(|w| t.is(w)))
                && job.failed.is_empty();
        let hosts = if all { &job.hosts } else { &job.failed };
        if hosts.is_empty() {
            let text = if all {
                "What is to be done again, and on which machines?"
            } else {
                "The last job failed nowhere, so there is nothing to retry."
            };
            return Some(ask(Intent::Retry, "targets", text));
        }
        Some(self.on_hosts(past, hosts, Intent::Retry))
    }

    /// The last request on these hosts; without one, the hosts alone, for whoever keeps the job's plan.
    fn on_hosts(&self, past: &Past, hosts: &[String], intent: Intent) -> Understood {
        let place = hosts.join(" and ");
        let moved = past.ran().and_then(|request| self.moved(request, &place, Joined::Instead));
        let mut understood = match moved.map(|request| self.stands_for(&request)) {
            Some(understood) if matches!(understood.reading.disposition, Disposition::Plan | Disposition::Confirm) => {
                understood
            }
            _ => {
                let mut understood = self.reader().read(&format!("check uptime on {place}"));
                understood.drafts.clear();
                understood.reading.slots.clear();
                if understood.reading.disposition == Disposition::Plan {
                    understood.reading.disposition = Disposition::Confirm;
                    let what = if intent == Intent::Rollback { "Undo the last job" } else { "Do the last job again" };
                    understood.reading.sentence = format!("{what} on {place}");
                }
                understood.reading.reasons.push("the hosts of the last job".to_owned());
                understood
            }
        };
        understood.reading.intent = intent;
        understood
    }

    fn undo(&self, text: &Text, rest: &[&Token], past: &Past) -> Option<Understood> {
        let words = [
            "it", "that", "this", "job", "jobs", "change", "changes", "last", "previous", "deployment", "update",
            "everything", "run", "operation", "one", "all", "install", "the", "restart", "what", "you", "did", "step",
            "rollout", "upgrade", "installation", "recent", "latest", "execution", "action", "on", "for", "from", "to",
            "version", "of", "just", "done",
        ];
        let plain =
            rest.iter().all(|t| words.iter().any(|w| t.is(w)) || self.lexicon.filler.contains(&t.lower) || is_id(t));
        if !plain {
            let Some((places, place)) = self.whole_place(rest, text).filter(|_| past.ran().is_some()) else {
                let mut understood =
                    self.reader().read(&format!("check uptime {}", text.slice(rest[0].span.start..text.chars.len())));
                understood.drafts.clear();
                let targets = understood.reading.targets.clone();
                let os = understood.reading.os.clone();
                understood = ask(
                    Intent::Rollback,
                    "job",
                    "Which job is to be undone? Nothing of this conversation has changed these machines.",
                );
                understood.reading.targets = targets;
                understood.reading.os = os.filter(|os| os != "mixed");
                return Some(understood);
            };
            if !places.is_clear() {
                return None;
            }
            if !self.touched(&places, past) {
                return Some(ask(
                    Intent::Rollback,
                    "targets",
                    "The last job did not run on all of these machines. Ask for the step itself, with its machines.",
                ));
            }
            let request = past.ran()?;
            let moved = self.moved(request, &place, Joined::Instead)?;
            return Some(self.opposite(&moved));
        }
        if past.waits {
            return Some(self.dropped(past));
        }
        match (past.ran(), &past.job) {
            (Some(request), Some(job)) => {
                let hosts = if job.hosts.is_empty() { &job.failed } else { &job.hosts };
                let known = self.reader().read(request).reading.disposition == Disposition::Confirm;
                let whole = match hosts.is_empty() || known {
                    true => request.to_owned(),
                    false => self.moved(request, &hosts.join(" and "), Joined::Instead)?,
                };
                let understood = self.opposite(&whole);
                match understood.reading.disposition {
                    Disposition::Clarify if !hosts.is_empty() => Some(self.on_hosts(past, hosts, Intent::Rollback)),
                    _ => Some(understood),
                }
            }
            (None, Some(job)) if !job.hosts.is_empty() || !job.failed.is_empty() => {
                let hosts = if job.hosts.is_empty() { &job.failed } else { &job.hosts };
                Some(self.on_hosts(past, hosts, Intent::Rollback))
            }
            _ => Some(ask(
                Intent::Rollback,
                "job",
                "No job of this conversation has changed anything. What is to be undone, and on which machines?",
            )),
        }
    }

    /// The steps that undo a request, last one first; only where each has an opposite.
    fn opposite(&self, request: &str) -> Understood {
        let mut understood = self.stands_for(request);
        let opposites: Option<Vec<Draft>> = understood.drafts.iter().rev().map(opposite).collect();
        if understood.reading.disposition != Disposition::Confirm {
            return ask(Intent::Rollback, "job", "The last request changed nothing, so there is nothing to undo.");
        }
        understood.reading.intent = Intent::Rollback;
        match opposites {
            Some(drafts) => {
                understood.reading.sentence = crate::plan::sentence(
                    &drafts.iter().map(Draft::title).collect::<Vec<_>>(),
                    understood.targets.len(),
                );
                understood.drafts = drafts;
            }
            // What has no opposite is said to be meant, and then not planned: making the plan says why.
            None => {
                understood.drafts.clear();
                understood.reading.sentence = format!("Undo “{request}”");
            }
        }
        understood
    }

    /// "… on the failed ones" with their names.
    fn with_failed_hosts(&self, text: &Text, past: &Past) -> Option<String> {
        let job = past.job.as_ref().filter(|j| !j.failed.is_empty())?;
        let tokens = &text.tokens;
        let machines = |t: &Token| {
            [
                "ones", "those", "one", "hosts", "servers", "machines", "targets", "boxes", "nodes", "host", "server",
                "machine", "target",
            ]
            .iter()
            .any(|w| t.is(w))
        };
        let failed = |t: &Token| ["failed", "fail", "errored", "broke", "failing"].iter().any(|w| t.is(w));
        for at in 0..tokens.len() {
            let from = at - usize::from(at > 0 && ["the", "only", "just", "all"].iter().any(|w| tokens[at - 1].is(w)));
            let end = if failed(&tokens[at]) && tokens.get(at + 1).is_some_and(&machines) {
                at + 2
            } else if machines(&tokens[at])
                && tokens.get(at + 1).is_some_and(|t| t.is("that") || t.is("which") || t.is("where"))
                && (at + 2..tokens.len().min(at + 5)).any(|i| failed(&tokens[i]))
                && !tokens[at + 2..].iter().take(3).any(|t| {
                    [
                        "not", "never", "didn't", "didnt", "don't", "may", "might", "could", "haven't", "hasn't",
                        "won't", "will",
                    ]
                    .iter()
                    .any(|w| t.is(w))
                })
            {
                (at + 2..tokens.len().min(at + 5)).find(|&i| failed(&tokens[i]))? + 1
            } else {
                continue;
            };
            // "the db servers that failed" are fewer than all that failed.
            let behind = from.checked_sub(1).map(|i| &tokens[i]);
            let plain = behind.is_none_or(|t| {
                !t.is_text()
                    || self.lexicon.place.contains(&t.lower)
                    || self.lexicon.filler.contains(&t.lower)
                    || self.lexicon.all.contains(&t.lower)
                    || self.lexicon.verb(std::slice::from_ref(t)).is_some()
                    || self.lexicon.service_at(std::slice::from_ref(t)).is_some()
            });
            if !plain {
                return None;
            }
            let names = job.failed.join(" and ");
            return Some(text.replaced(&(tokens[from].span.start..tokens[end - 1].span.end), &names));
        }
        None
    }

    /// A message that says a part of a request: a place, a name, "the second one", "do the same on db-01".
    fn leaning(&self, text: &Text, earlier: &str, offered: &[String]) -> Option<String> {
        let (tokens, corrects) = self.without_cues(&text.tokens);
        if tokens.is_empty() {
            return None;
        }
        let before = self.reader().read(earlier);
        // "all but web-01": of what was spoken of, not of everything.
        let all_but = tokens.len() > 2
            && ["all", "everything", "everywhere"].iter().any(|w| tokens[0].is(w))
            && ["but", "except", "without"].iter().any(|w| tokens[1].is(w));
        let tokens = if all_but { tokens[1..].to_vec() } else { tokens };
        if let Some(chosen) = self.choice(&tokens, &before, earlier, offered) {
            return Some(chosen);
        }
        // "do the same on db-01", "same for the staging servers", "and db-01 too"
        let (rest, same) = without_same(&tokens);
        let joined = joined(rest);
        let rest: Vec<&Token> = rest.iter().collect();
        let alone = self.has_no_verb(&tokens);
        if (same || corrects || alone)
            && let Some((places, place)) = self.whole_place(&rest, text)
        {
            let known = places.is_clear()
                || (!places.unknown.is_empty()
                    && places.resolved.is_empty()
                    && (same || corrects || before.gaps.is_empty() && self.asks_for_place(&before)));
            if known && !places.everything {
                return self.moved(earlier, &place, joined);
            }
        }
        if !alone {
            return None;
        }
        self.fill(&tokens, text, earlier, &before)
    }

    /// The hosts and groups a question names.
    fn names_in(&self, question: &str) -> Vec<String> {
        let tokens = tokenise(question).tokens;
        let places = self.places();
        let mut names: Vec<String> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match places.name_at(&tokens, at) {
                Some((name, length)) => {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    at += length;
                }
                None => at += 1,
            }
        }
        names
    }

    fn asks_for_place(&self, before: &Understood) -> bool {
        before.reading.questions.iter().any(|q| q.about == "targets")
    }

    /// "no, …", "sorry, I meant …", "make it …": the rest, and that it corrects.
    fn without_cues(&self, tokens: &[Token]) -> (Vec<Token>, bool) {
        let mut tokens: Vec<Token> = tokens.to_vec();
        let mut corrects = false;
        let cues: &[&[&str]] = &[
            &["no"],
            &["nope"],
            &["not", "that"],
            &["wrong"],
            &["sorry"],
            &["oops"],
            &["wait"],
            &["actually"],
            &["i", "meant"],
            &["i", "mean"],
            &["i", "said"],
            &["meant"],
            &["make", "it"],
            &["make", "that"],
            &["make", "this"],
            &["forget", "that"],
            &["forget", "it"],
            &["scratch", "that"],
            &["change", "it", "to"],
            &["change", "that", "to"],
            &["switch", "to"],
            &["switch", "it", "to"],
            &["rather"],
            &["instead"],
            &["use"],
            &["let's", "do"],
            &["lets", "do"],
            &["correction"],
            &["my", "bad"],
            &["on", "second", "thought"],
            &["hold", "on"],
            &["change", "to"],
            &["hmm"],
            &["ah"],
            &["oh"],
            &["well"],
            &["yes"],
            &["ok"],
            &["okay"],
            &["please"],
            &["those", "on"],
            &["it", "should", "be"],
            &["it's"],
            &["that", "is"],
            &["i", "want"],
            &["just"],
        ];
        loop {
            while tokens
                .first()
                .is_some_and(|t| matches!(t.kind, Kind::Comma | Kind::Stop | Kind::Colon) || t.text == "-")
            {
                tokens.remove(0);
            }
            let Some(cue) =
                cues.iter().find(|cue| cue.len() <= tokens.len() && cue.iter().zip(&tokens).all(|(w, t)| t.is(w)))
            else {
                break;
            };
            corrects |= !matches!(cue, [one] if ["yes", "ok", "okay", "please", "well", "ah", "oh", "hmm", "just"].contains(one));
            tokens.drain(..cue.len());
        }
        while tokens
            .last()
            .is_some_and(|t| !t.is_text() || t.is("instead") || t.is("please") || t.is("rather") || t.is("thanks"))
        {
            corrects |= tokens.last().is_some_and(|t| t.is("instead") || t.is("rather"));
            tokens.pop();
        }
        // "mysql, not postgres"
        if let Some(comma) = tokens.iter().position(|t| t.kind == Kind::Comma)
            && tokens.get(comma + 1).is_some_and(|t| t.is("not"))
            && comma > 0
        {
            tokens.truncate(comma);
            corrects = true;
        }
        // "not web, db": what it is not is not said again.
        if tokens.first().is_some_and(|t| t.is("not"))
            && let Some(comma) = tokens.iter().position(|t| t.kind == Kind::Comma || t.is("but"))
        {
            tokens.drain(..=comma);
            corrects = true;
        }
        (tokens, corrects)
    }

    fn has_no_verb(&self, tokens: &[Token]) -> bool {
        let places = self.places();
        (0..tokens.len()).all(|at| {
            self.lexicon.verb(&tokens[at..]).is_none()
                || places.is_name(tokens, at)
                || ["new", "all"].iter().any(|w| tokens[at].is(w))
        })
    }

    /// The place, when these words name one and nothing else.
    fn whole_place(&self, rest: &[&Token], text: &Text) -> Option<(Places, String)> {
        let ends =
            ["too", "also", "well", "as", "only", "then", "please", "ones", "one", "again", "instead", "just", "now"];
        let tokens: Vec<Token> =
            rest.iter().filter(|t| t.is_text() || t.kind == Kind::Comma).map(|t| (*t).clone()).collect();
        let from = tokens.iter().position(|t| {
            t.is_text()
                && !(self.lexicon.place.contains(&t.lower) && t.kind == Kind::Word)
                && !["only", "just", "and", "also", "the", "but", "now", "except", "not", "without"]
                    .iter()
                    .any(|w| t.is(w))
        })?;
        let (places, end) = self.places().read(&tokens, from)?;
        if !tokens[end..].iter().all(|t| !t.is_text() || ends.iter().any(|w| t.is(w))) {
            return None;
        }
        Some((places, text.slice(tokens[from].span.start..tokens[end - 1].span.end)))
    }

    /// The earlier request on another place.
    fn moved(&self, earlier: &str, place: &str, joined: Joined) -> Option<String> {
        let before = self.reader().read(earlier);
        let text = tokenise(earlier);
        let said = before.place_span.clone().map(|span| text.slice(span));
        let place = place.trim_start_matches("the ").trim_end_matches(" ones").trim_end_matches(" one");
        Some(match (said, joined) {
            (Some(said), Joined::Also) => text.replaced(&before.place_span?, &format!("{said} and {place}")),
            (Some(said), Joined::Without) => text.replaced(&before.place_span?, &format!("{said} except {place}")),
            (None, Joined::Without) => return None,
            (Some(_), Joined::Instead) => text.replaced(&before.place_span?, &format!("on {place}")),
            (None, _) => format!("{} on {place}", earlier.trim_end_matches(['.', '!', '?', ' '])),
        })
    }

    /// "the second one", "both", "web-02 only", by the choices that were offered.
    fn choice(&self, tokens: &[Token], before: &Understood, earlier: &str, offered: &[String]) -> Option<String> {
        let named: Vec<Choice> = offered
            .iter()
            .filter_map(|name| {
                Some(Choice { label: name.clone(), request: self.moved(earlier, name, Joined::Instead)? })
            })
            .collect();
        let choices = if named.len() > 1 {
            &named
        } else {
            &before.reading.questions.iter().find(|q| !q.choices.is_empty())?.choices
        };
        let words: Vec<&str> = tokens
            .iter()
            .filter(|t| t.is_text())
            .map(|t| t.lower.as_str())
            .filter(|w| {
                ![
                    "the", "one", "please", "option", "number", "of", "them", "those", "choose", "pick", "take", "i",
                    "go", "with", "choice", "is", "yes",
                ]
                .contains(w)
            })
            .collect();
        let number = match words.as_slice() {
            ["first" | "1st" | "1" | "#1" | "former"] => Some(0),
            ["second" | "2nd" | "2" | "#2" | "latter"] => Some(1),
            ["third" | "3rd" | "3" | "#3"] => Some(2),
            ["fourth" | "4th" | "4" | "#4"] => Some(3),
            ["last"] => choices.len().checked_sub(1),
            _ => None,
        };
        if let Some(n) = number {
            return choices.get(n).map(|c| c.request.clone());
        }
        if let ["both"] | ["all"] | ["all", "two"] = words.as_slice()
            && let [first, second, ..] = choices.as_slice()
            && (words[0] != "both" || choices.len() == 2)
            && before.reading.questions.iter().any(|q| q.about == "targets")
        {
            let all: Vec<&str> = choices.iter().map(|c| c.label.as_str()).collect();
            let request = first.request.replacen(&first.label, &all.join(" and "), 1);
            return (first.request != second.request).then_some(request);
        }
        let said = words.join(" ");
        choices.iter().find(|c| c.label.to_lowercase() == said).map(|c| c.request.clone())
    }

    /// The answer to what was asked: a service, a path, a version, a time.
    fn fill(&self, tokens: &[Token], text: &Text, earlier: &str, before: &Understood) -> Option<String> {
        let gap = before.gaps.first()?;
        let first = tokens.iter().find(|t| t.is_text())?;
        let last = tokens.iter().rev().find(|t| t.is_text())?;
        let said = text.slice(first.span.start..last.span.end);
        let words = tokens.iter().filter(|t| t.is_text()).count();
        let old = tokenise(earlier);
        let is_path = |t: &Token| t.kind == Kind::Path || t.kind == Kind::Quoted;
        let fits = match gap.about {
            "service" | "package" | "process" | "user" | "what" => words <= 3,
            "source" | "destination" | "path" => tokens.iter().any(is_path) && words <= 3,
            "package_source_or_version" => {
                words <= 3 && (is_path(last) || last.lower.chars().any(|c| c.is_ascii_digit()) || last.is("latest"))
            }
            "text" | "command" => first.kind == Kind::Quoted || words <= 3,
            "time" => true,
            _ => false,
        };
        if !fits {
            return None;
        }
        let filler = filler(gap, &said, last);
        if let Some(span) = &gap.at {
            return Some(old.replaced(span, &filler));
        }
        let at_end = matches!(gap.about, "destination" | "package_source_or_version" | "time" | "text");
        Some(match &before.place_span {
            Some(place) if !at_end => old.replaced(&(place.start..place.start), &filler),
            _ => format!("{} {filler}", earlier.trim_end_matches(['.', '!', '?', ' '])),
        })
    }

    /// "now check it", "restart it there": what the words point back to.
    fn spoken_of(&self, text: &Text, earlier: &str) -> Option<Earlier> {
        let tokens = &text.tokens;
        let has = |words: &[&str]| tokens.iter().any(|t| words.iter().any(|w| t.is(w)));
        let same_place = has(&["there", "them", "same", "those", "these"])
            || has(&["it", "that", "its"])
            || tokens.first().is_some_and(|t| ["now", "then", "and", "also"].iter().any(|w| t.is(w)));
        if !same_place {
            return None;
        }
        let before = self.reader().read(earlier);
        let places = before.earlier.places.clone().filter(Places::is_clear)?;
        let name =
            before.earlier.name.clone().filter(|_| has(&["it", "its", "that", "them", "same", "service", "those"]));
        Some(Earlier { name, places: Some(places), ..Earlier::default() })
    }
}

/// "stop it instead": another step is meant, not the end of the one that waits.
fn rest_says_more(rest: &[Token]) -> bool {
    rest.iter().any(|t| t.is("instead") || t.is("on"))
}

/// A job's number.
fn is_id(token: &Token) -> bool {
    let text = token.text.trim_start_matches('#');
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
        && text.chars().any(|c| c.is_ascii_digit())
}

/// How a place is said beside the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joined {
    Instead,
    Also,
    Without,
}

fn joined(tokens: &[Token]) -> Joined {
    let first = tokens.iter().find(|t| t.is_text());
    let has = |words: &[&str]| tokens.iter().any(|t| words.iter().any(|w| t.is(w)));
    if has(&["only", "just"]) {
        return Joined::Instead;
    }
    if first.is_some_and(|t| ["except", "not", "without", "excluding", "but"].iter().any(|w| t.is(w))) {
        Joined::Without
    } else if first.is_some_and(|t| t.is("and") || t.is("also") || t.is("plus")) || has(&["too"]) || has(&["well"]) {
        Joined::Also
    } else {
        Joined::Instead
    }
}

fn without_same(tokens: &[Token]) -> (&[Token], bool) {
    let cues: &[&[&str]] = &[
        &["and", "do", "the", "same"],
        &["now", "do", "the", "same"],
        &["do", "the", "same", "thing"],
        &["do", "the", "same"],
        &["the", "same", "thing"],
        &["the", "same"],
        &["same", "thing"],
        &["same", "again"],
        &["same"],
        &["do", "it"],
        &["do", "that"],
        &["now", "do", "it"],
        &["now", "do"],
        &["now", "on"],
        &["and", "on"],
        &["and", "now"],
        &["repeat", "that"],
        &["repeat", "it"],
        &["repeat", "this"],
        &["repeat"],
        &["run", "it"],
        &["run", "that"],
        &["run", "the", "same"],
        &["again"],
        &["do", "this"],
        &["now"],
        &["also", "do", "it"],
        &["also", "do"],
        &["apply", "it"],
        &["apply", "the", "same"],
        &["then"],
        &["and", "then"],
    ];
    for cue in cues {
        if cue.len() < tokens.len() && cue.iter().zip(tokens).all(|(w, t)| t.is(w)) {
            return (&tokens[cue.len()..], true);
        }
    }
    (tokens, false)
}

fn filler(gap: &Gap, said: &str, last: &Token) -> String {
    let quoted = |text: &str| if text.starts_with(['"', '\'', '`']) { text.to_owned() } else { format!("\"{text}\"") };
    match gap.about {
        "destination" => format!("to {}", said.trim_start_matches("to ")),
        "package_source_or_version" if last.kind == Kind::Path || last.kind == Kind::Quoted => {
            format!("from {}", said.trim_start_matches("from "))
        }
        "package_source_or_version" => {
            format!("to version {}", said.trim_start_matches("to ").trim_start_matches("version "))
        }
        "text" => format!("for {}", quoted(said.trim_start_matches("for "))),
        "command" => quoted(said),
        _ => said.to_owned(),
    }
}

/// The step that brings back what a step changed, where there is one.
fn opposite(draft: &Draft) -> Option<Draft> {
    let Draft::Ready(action) = draft else { return None };
    Some(Draft::Ready(match action.clone() {
        Action::ServiceStart { service } => Action::ServiceStop { service },
        Action::ServiceStop { service } => Action::ServiceStart { service },
        Action::ServiceEnable { service } => Action::ServiceDisable { service },
        Action::ServiceDisable { service } => Action::ServiceEnable { service },
        Action::PackageInstall { package, .. } => Action::PackageUninstall { package },
        Action::PackageUninstall { package } => Action::PackageInstall { package, version: None },
        Action::UserChange { user, change: UserChange::Lock } => {
            Action::UserChange { user, change: UserChange::Unlock }
        }
        Action::UserChange { user, change: UserChange::Unlock } => {
            Action::UserChange { user, change: UserChange::Lock }
        }
        look if !look.mutates() => look,
        _ => return None,
    }))
}
