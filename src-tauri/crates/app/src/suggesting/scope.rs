//! Where a model may be asked at all, and what its suggestion may at most come to. All of it is taken
//! from the operator's words and the planner's own reading, never from the model.

use std::collections::{BTreeMap, BTreeSet};
use wheelhouse_planner::{Planner, Understood};
use wheelhouse_protocol::inventory::Snapshot;
use wheelhouse_protocol::reading::{Disposition, Intent, Reading, TargetReading};

/// The slots that can be said again, and so kept.
const KEPT: &[&str] = &["service", "package", "process", "path", "source", "destination", "version", "user", "lines"];
/// With such a word, "do it" is not all that was said: it is turned down, put off, or tied to a condition
/// or an order. A model that misses the word must not make a plain change of it.
const HOLDING: &[&str] = &[
    "not", "never", "no", "none", "nothing", "neither", "nor", "avoid", "refrain", "instead", "rather", "hold",
    "unless", "if", "when", "whenever", "once", "until", "till", "after", "before", "while", "would", "might", "maybe",
    "perhaps", "suppose", "imagine", "hypothetically", "what", "why", "how", "whether", "then", "afterwards", "later",
    "tomorrow", "tonight", "every", "daily", "weekly", "rolling", "canary", "batch", "batches", "serial", "serially",
    "percent", "gradually", "time", "simulate", "pretend", "dry-run", "dry", "test", "without", "cannot",
];
/// A request that begins so asks something.
const ASKING: &[&str] = &[
    "who", "where", "which", "did", "does", "do", "was", "were", "has", "have", "had", "should", "is", "are", "can",
    "could", "will", "may", "any",
];
/// With such a word some machines are left out.
const EXCEPTING: &[&str] = &[
    "except", "excluding", "exclude", "but", "besides", "apart", "leave", "leaving", "skip", "skipping", "save",
    "minus", "ignore", "ignoring", "other", "spare", "untouched", "alone", "only",
];

/// What a suggestion may come to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scope {
    /// The intent, where the planner knows it already.
    intent: Option<Intent>,
    /// What the planner understood already; it stands over whatever the model says.
    pub(super) slots: BTreeMap<String, serde_json::Value>,
    /// The machines the words name, where they name any.
    named: Option<BTreeSet<String>>,
    /// How the words say them.
    pub(super) places: Vec<String>,
    /// What they leave out.
    pub(super) except: Vec<String>,
    /// Whether nothing but a look may come of it.
    looks_only: bool,
}

impl Scope {
    /// The scope for a request the planner has a question about; `None` where a model is not asked. It is asked only where the planner did
    /// not know what is wanted, or misses a plain piece of it.
    pub(super) fn of(request: &str, reading: &Reading, planner: &Planner, snapshot: &Snapshot) -> Option<Self> {
        if reading.questions.is_empty() {
            return None;
        }
        let places = &reading.targets;
        let names_any = reading.os_hint.is_some()
            || [&places.groups, &places.hosts, &places.exclude, &places.tags, &places.resolved]
                .iter()
                .any(|list| !list.is_empty());
        let unknown = reading.intent == Intent::Unknown;
        for question in &reading.questions {
            let open = match question.about.as_str() {
                "intent" | "language" => unknown,
                // No machine was named, or by a name that is none; not one that can mean several, or another number.
                "targets" => !unknown && !names_any && question.text.ends_with("On which machines?"),
                about => !unknown && KEPT.contains(&about),
            };
            if !open {
                return None;
            }
        }
        let whole = reading.steps.is_empty() && reading.slots.keys().all(|slot| KEPT.contains(&slot.as_str()));
        if !whole || !unknown && !wheelhouse_llm::SUGGESTIBLE.contains(&reading.intent) {
            return None;
        }
        let mentions = Mentions::of(request, places, planner, snapshot);
        let named = match names_any {
            true => Some(places.resolved.iter().cloned().collect()),
            // Where the planner saw no place at all.
            false => (!mentions.machines.is_empty()).then_some(mentions.machines),
        };
        let says = |list: &[&str]| words(request).any(|word| list.contains(&word.as_str()));
        let polite = is_polite(request);
        let foreign = reading.questions.iter().any(|q| q.about == "language");
        let holds = words(request).skip(usize::from(polite)).any(|word| {
            let negated = word.ends_with("n't") || word.ends_with("n’t") || word == "dont" || word == "doesnt";
            negated || HOLDING.contains(&word.as_str()) || word.contains('%')
        });
        let asks = request.contains('?') || words(request).next().is_some_and(|word| ASKING.contains(&word.as_str()));
        let looks_only =
            foreign || holds || mentions.unaccounted || asks && !polite || says(EXCEPTING) && places.exclude.is_empty();
        Some(Self {
            intent: (!unknown).then_some(reading.intent),
            slots: reading.slots.clone(),
            named,
            places: if places.tags.is_empty() {
                [places.groups.clone(), places.hosts.clone()].concat()
            } else {
                places.resolved.clone()
            },
            except: places.exclude.clone(),
            looks_only,
        })
    }

    /// Why what came of a suggestion may not stand, if it may not.
    pub(super) fn refuses(&self, said: Intent, made: &Understood) -> Option<&'static str> {
        let reading = &made.reading;
        let resolved: BTreeSet<&String> = reading.targets.resolved.iter().collect();
        if !matches!(reading.disposition, Disposition::Plan | Disposition::Confirm) {
            return Some("it would have to be asked about or refused itself");
        }
        if reading.intent != said || self.intent.is_some_and(|known| known != said) {
            return Some("it is for something else than what was said");
        }
        if resolved.is_empty() {
            return Some("it names no machine");
        }
        match &self.named {
            Some(named) if !resolved.iter().all(|name| named.contains(*name)) => {
                return Some("it is for other machines than those that were named");
            }
            _ => {}
        }
        if self.looks_only && reading.disposition != Disposition::Plan {
            return Some("it would change machines, and the request did not plainly ask for that");
        }
        None
    }
}

/// The request's words, in lower case.
pub(super) fn words(request: &str) -> impl Iterator<Item = String> {
    request
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '!' | '?' | '(' | ')' | '"' | '“' | '”' | '…'))
        .map(|word| word.trim_matches(['.', ':', '\'', '‘', '`']).to_lowercase())
        .filter(|word| !word.is_empty())
}

/// "can you …?" and "would you …?" ask for something; they do not ask something.
fn is_polite(request: &str) -> bool {
    let mut words = words(request);
    let mut next = |list: &[&str]| words.next().is_some_and(|word| list.contains(&word.as_str()));
    next(&["can", "could", "would", "will"]) && next(&["you", "we"])
}

/// What of the inventory stands in the words by name.
#[derive(Default)]
struct Mentions {
    /// The machines all of it comes to.
    machines: BTreeSet<String>,
    /// Whether something of it is not in the planner's own reading of the place: it may have been named to
    /// be left alone.
    unaccounted: bool,
}

impl Mentions {
    fn of(request: &str, places: &TargetReading, planner: &Planner, snapshot: &Snapshot) -> Self {
        let text = format!(" {} ", words(request).collect::<Vec<_>>().join(" "));
        let stands = |name: &str| {
            let name = words(name).collect::<Vec<_>>().join(" ");
            !name.is_empty() && text.contains(&format!(" {name} "))
        };
        let seen: BTreeSet<String> =
            [&places.groups, &places.hosts, &places.exclude].into_iter().flatten().map(|n| n.to_lowercase()).collect();
        let mut all = Self::default();
        for target in &snapshot.targets {
            let spec = &target.spec;
            let mut names = std::iter::once(&spec.name).chain(&spec.addresses);
            if names.clone().any(|name| stands(name)) {
                all.unaccounted |= !names.any(|name| seen.contains(&name.to_lowercase()));
                all.machines.insert(spec.name.clone());
            }
        }
        for group in &snapshot.groups {
            let spec = &group.spec;
            let mut names = std::iter::once(&spec.name).chain(&spec.aliases);
            if names.clone().any(|name| stands(name)) {
                all.unaccounted |= !names.any(|name| seen.contains(&name.to_lowercase()));
                let reading = planner.reading(&format!("show uptime on \"{}\"", spec.name));
                all.machines.extend(reading.targets.resolved);
            }
        }
        all
    }
}
