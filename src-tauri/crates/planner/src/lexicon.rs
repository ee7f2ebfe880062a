//! The words operators use, read from data.

use crate::text::{Kind, Token};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use wheelhouse_protocol::action::{Metric, Name};
use wheelhouse_protocol::reading::Intent;

/// The words every installation knows.
const ENGLISH: &str = include_str!("../../../../assets/lexicon/en.toml");

/// A lexicon that cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the lexicon cannot be read: {0}")]
pub struct LexiconError(String);

/// The file's own shape.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    verbs: BTreeMap<String, Vec<String>>,
    looks: BTreeMap<String, Vec<String>>,
    prepositions: BTreeMap<String, Vec<String>>,
    words: BTreeMap<String, Vec<String>>,
    store: BTreeMap<String, Vec<String>>,
    job_states: BTreeMap<String, Vec<String>>,
    talk: BTreeMap<String, Vec<String>>,
    services: BTreeMap<String, Vec<String>>,
    service_words: BTreeMap<String, String>,
    processes: BTreeMap<String, String>,
    packages: BTreeMap<String, Vec<String>>,
    known: BTreeMap<String, Vec<String>>,
    dangerous: BTreeMap<String, Vec<String>>,
}

/// What a verb asks for: an intent, or something its object decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    Do(Intent),
    Look,
    Remove,
    Clean,
    Create,
    Find,
    Connect,
}

/// What a look is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Disk,
    Uptime,
    Metric(Metric),
    Users,
    Services,
    Processes,
    Log,
    File,
    Directory,
    Status,
}

/// What a question to the store is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    Jobs,
    Alerts,
    Schedules,
    Recipes,
    Inventory,
    Credentials,
}

/// What is said about what was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Talk {
    Cancel,
    Retry,
    Rollback,
    Yes,
    No,
    Greeting,
}

/// Phrases by their first word, longest first.
#[derive(Debug, Clone)]
pub(crate) struct Phrases<T> {
    by_first: HashMap<String, Vec<(Vec<String>, T)>>,
}

impl<T: Clone> Phrases<T> {
    fn new(phrases: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut by_first: HashMap<String, Vec<(Vec<String>, T)>> = HashMap::new();
        for (phrase, value) in phrases {
            let words: Vec<String> = phrase.to_lowercase().split_whitespace().map(str::to_owned).collect();
            if let Some(first) = words.first() {
                by_first.entry(first.clone()).or_default().push((words, value));
            }
        }
        for list in by_first.values_mut() {
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Self { by_first }
    }

    /// The longest phrase that begins at `tokens[0]`, with its length in tokens.
    pub(crate) fn at(&self, tokens: &[Token]) -> Option<(usize, &T)> {
        let first = tokens.first().filter(|t| t.kind == Kind::Word)?;
        self.by_first.get(&first.lower)?.iter().find_map(|(words, value)| {
            let fits = words.len() <= tokens.len() && words.iter().zip(tokens).all(|(word, token)| token.is(word));
            fits.then_some((words.len(), value))
        })
    }

    /// The first phrase that stands anywhere, with where and its length.
    pub(crate) fn anywhere(&self, tokens: &[Token]) -> Option<(usize, usize, &T)> {
        (0..tokens.len()).find_map(|at| self.at(&tokens[at..]).map(|(length, value)| (at, length, value)))
    }
}

/// The words, ready to be looked up.
#[derive(Debug, Clone)]
pub struct Lexicon {
    verbs: Phrases<Verb>,
    stems: HashMap<String, Verb>,
    pub(crate) looks: Phrases<Look>,
    pub(crate) stored: Phrases<Stored>,
    pub(crate) job_states: Phrases<&'static str>,
    pub(crate) talk: Phrases<Talk>,
    pub(crate) place: HashSet<String>,
    pub(crate) filler: HashSet<String>,
    pub(crate) metrics: HashSet<String>,
    pub(crate) service_nouns: HashSet<String>,
    pub(crate) package_nouns: HashSet<String>,
    pub(crate) vague: Phrases<()>,
    pub(crate) machines: HashSet<String>,
    pub(crate) group_nouns: HashSet<String>,
    pub(crate) all: HashSet<String>,
    pub(crate) shell: HashSet<String>,
    pub(crate) commands: HashSet<String>,
    pub(crate) labels: HashSet<String>,
    pub(crate) symptoms: HashSet<String>,
    pub(crate) foreign: HashSet<String>,
    /// Nouns of five letters or more that are worth putting right when mistyped.
    nouns: Vec<String>,
    sensitive: Vec<String>,
    known_packages: HashSet<String>,
    pub(crate) except: Phrases<()>,
    pub(crate) because: Phrases<()>,
    pub(crate) given: Phrases<()>,
    pub(crate) negation: Phrases<()>,
    pub(crate) hypothetical: Phrases<()>,
    pub(crate) how_to: Phrases<()>,
    pub(crate) then: Phrases<()>,
    pub(crate) dangerous: Phrases<()>,
    pub(crate) persuasion: Phrases<()>,
    services: BTreeMap<String, Vec<String>>,
    service_words: HashMap<String, String>,
    service_phrases: Phrases<String>,
    processes: HashMap<String, String>,
    /// Programs of this site, from its service aliases.
    site_processes: HashMap<String, String>,
    site_services: HashSet<String>,
    packages: BTreeMap<String, Vec<String>>,
}

impl Lexicon {
    /// The lexicon every installation knows.
    ///
    /// # Errors
    /// Never for the file that is compiled in; a test reads it.
    pub fn english() -> Result<Self, LexiconError> {
        Self::with_site("", &BTreeMap::new())
    }

    /// The lexicon with a site's own words (TOML of the same shape) and service aliases added.
    ///
    /// # Errors
    /// Says where the site's text is wrong.
    pub fn with_site(site: &str, aliases: &BTreeMap<String, Vec<String>>) -> Result<Self, LexiconError> {
        let mut file: File = toml::from_str(ENGLISH).map_err(|e| LexiconError(e.to_string()))?;
        let own: File = toml::from_str(site).map_err(|e| LexiconError(e.to_string()))?;
        file.add(own);
        let mut site_processes = HashMap::new();
        let mut site_services = HashSet::new();
        for (name, words) in aliases {
            let canonical = name.to_lowercase();
            if !file.services.contains_key(&canonical) && !file.known_package(&canonical) {
                site_services.insert(canonical.clone());
            }
            let known = file.services.entry(canonical.clone()).or_insert_with(|| vec![name.clone()]);
            for word in words {
                if word.to_lowercase().ends_with(".exe") {
                    site_processes.insert(canonical.clone(), word.clone());
                }
                if !word.contains(char::is_whitespace) && !known.iter().any(|k| k.eq_ignore_ascii_case(word)) {
                    known.push(word.clone());
                }
                file.service_words.insert(word.to_lowercase(), canonical.clone());
            }
        }
        file.into_lexicon(site_processes, site_services)
    }

    /// The verb that begins at `tokens[0]` in its plain form, with its length in tokens.
    pub(crate) fn verb(&self, tokens: &[Token]) -> Option<(usize, Verb)> {
        self.verbs.at(tokens).map(|(length, verb)| (length, *verb))
    }

    /// The verb an inflected word is a form of (restarting, restarted, restarts).
    pub(crate) fn inflected(&self, token: &Token) -> Option<(Form, Verb)> {
        if token.kind != Kind::Word || self.stems.contains_key(&token.lower) {
            return None;
        }
        [("ing", Form::Progressive), ("ed", Form::Past), ("s", Form::Third)].into_iter().find_map(|(ending, form)| {
            let stem = token.lower.strip_suffix(ending).filter(|stem| stem.len() >= 2)?;
            stems(stem).into_iter().find_map(|stem| self.stems.get(&stem)).map(|verb| (form, *verb))
        })
    }

    /// The verb a mistyped word probably is: one letter off (two in a long one), and no other verb as near.
    pub(crate) fn mistyped_verb(&self, token: &Token) -> Option<(&str, Verb)> {
        let letters = token.lower.len();
        if token.kind != Kind::Word || letters < 4 || !token.lower.chars().all(char::is_alphabetic) {
            return None;
        }
        // Words that are one letter from a verb and mean something of their own.
        let own = [
            "smart", "remote", "restore", "stock", "shop", "state", "stage", "stats", "static", "status", "steps",
            "report", "resort", "cope", "tall", "look", "stark", "store", "story", "rest", "reset", "deliver",
            "update", "upload",
        ];
        if own.contains(&token.lower.as_str()) {
            return None;
        }
        let reach = if letters >= 8 { 2 } else { 1 };
        let distance = |stem: &str| strsim::damerau_levenshtein(stem, &token.lower);
        let mut best: Option<(usize, &str, Verb)> = None;
        let mut rivals = false;
        for (stem, verb) in self.stems.iter().filter(|(s, _)| {
            s.len() >= 4 && s.len().abs_diff(letters) <= reach && s.chars().next() == token.lower.chars().next()
        }) {
            let d = distance(stem);
            if d == 0 || d > reach {
                continue;
            }
            match best {
                Some((known, chosen, other)) if d == known => {
                    rivals |= other != *verb || matches!(verb, Verb::Do(Intent::UserAdmin));
                    // The order of a map must not decide.
                    if stem.as_str() < chosen {
                        best = Some((d, stem, *verb));
                    }
                }
                Some((known, ..)) if d >= known => {}
                _ => {
                    best = Some((d, stem, *verb));
                    rivals = false;
                }
            }
        }
        // Four letters have too many neighbours ("stat" is near start and stop) unless two changed places.
        let (_, stem, verb) = best.filter(|_| !rivals)?;
        (letters >= 5 || transposed(stem, &token.lower)).then_some((stem, verb))
    }

    /// The word every name of this service leads to: `httpd` → `apache`.
    pub(crate) fn canonical_service(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        let bare = lower.strip_suffix(".service").unwrap_or(&lower);
        if self.services.contains_key(bare) {
            return bare.to_owned();
        }
        self.service_words.get(bare).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// The longest known service name that begins at `tokens[0]`, with its length in tokens.
    pub(crate) fn service_at(&self, tokens: &[Token]) -> Option<(usize, &String)> {
        self.service_phrases.at(tokens)
    }

    /// The known service a mistyped word surely is: five letters or more, one of them wrong, nothing else as near.
    pub(crate) fn mistyped_service(&self, word: &str) -> Option<String> {
        let lower = word.to_lowercase();
        if lower.chars().count() < 5 || !lower.chars().all(char::is_alphabetic) || self.is_word(&lower) {
            return None;
        }
        let names = self.services.keys().chain(self.service_words.keys());
        let mut near: Vec<String> = names
            .filter(|name| {
                name.len() >= 4
                    && name.chars().next() == lower.chars().next()
                    && name.chars().last() == lower.chars().last()
            })
            .filter(|name| strsim::damerau_levenshtein(name, &lower) == 1)
            .map(|name| self.canonical_service(name))
            .collect();
        near.sort();
        near.dedup();
        match near.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// The noun a mistyped word surely is: one letter off, the same first letter, and no other noun as near.
    pub(crate) fn mistyped_noun(&self, lower: &str) -> Option<&str> {
        let letters = lower.chars().count();
        if letters < 4 || !lower.chars().all(char::is_alphabetic) {
            return None;
        }
        let mut near = self.nouns.iter().filter(|noun| {
            noun.len().abs_diff(letters) <= 1
                && noun.chars().next() == lower.chars().next()
                && strsim::damerau_levenshtein(noun, lower) == 1
        });
        let first = near.next()?;
        // "alrets" is near alert and alerts; the longest is what was meant, and all mean the same.
        let stem = |w: &str| w.trim_end_matches('s').to_owned();
        near.all(|other| stem(other) == stem(first)).then_some(first.as_str())
    }

    /// Whether a word has a meaning of its own, so that it is not mistyped.
    pub(crate) fn is_word(&self, lower: &str) -> bool {
        self.filler.contains(lower)
            || self.place.contains(lower)
            || self.metrics.contains(lower)
            || self.machines.contains(lower)
            || self.group_nouns.contains(lower)
            || self.service_nouns.contains(lower)
            || self.symptoms.contains(lower)
            || self.stems.contains_key(lower)
            || self.verbs.by_first.contains_key(lower)
            || self.looks.by_first.contains_key(lower)
            || self.stored.by_first.contains_key(lower)
            || self.talk.by_first.contains_key(lower)
            || self.knows_service(lower)
            || self.knows_package(lower)
    }

    /// Whether a service goes by this name.
    pub(crate) fn knows_service(&self, lower: &str) -> bool {
        self.services.contains_key(lower) || self.service_words.contains_key(lower)
    }

    /// Whether package managers have it under this name.
    pub(crate) fn knows_package(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        self.known_packages.contains(&lower) || self.packages.contains_key(&lower)
    }

    /// Whether it is a program of this site alone.
    pub(crate) fn is_site_service(&self, name: &str) -> bool {
        self.site_services.contains(&self.canonical_service(name))
    }

    /// What a program of this site runs as.
    pub(crate) fn site_process(&self, service: &str) -> Option<&String> {
        self.site_processes.get(&self.canonical_service(service))
    }

    /// What a program runs as on Windows: `notepad` → `notepad.exe`.
    pub(crate) fn process(&self, name: &str) -> Option<&String> {
        self.processes.get(&name.to_lowercase())
    }

    /// Whether reading this shows secrets or accounts.
    pub(crate) fn is_sensitive(&self, path: &str) -> bool {
        let path = path.to_lowercase();
        self.sensitive.iter().any(|part| match part.strip_prefix('.').filter(|rest| !rest.contains('/')) {
            Some(_) => path.ends_with(part.as_str()) || path.contains(&format!("{part}/")),
            None => path.contains(part.as_str()),
        })
    }

    /// What to try for a service on a machine.
    pub(crate) fn service(&self, name: &str) -> Name {
        self.name_from(&self.services, name, &self.canonical_service(name))
    }

    /// What to try for a package on a machine.
    pub(crate) fn package(&self, name: &str) -> Name {
        self.name_from(&self.packages, name, &self.canonical_service(name))
    }

    /// Every service's word, for completions.
    pub(crate) fn service_names(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    fn name_from(&self, table: &BTreeMap<String, Vec<String>>, asked: &str, canonical: &str) -> Name {
        let mut candidates = table.get(canonical).cloned().unwrap_or_default();
        // What the operator typed comes first where it is a name of its own: "httpd" means httpd.
        if candidates.is_empty() || (asked != canonical && !asked.contains(char::is_whitespace)) {
            candidates.retain(|c| c != asked);
            candidates.insert(0, asked.to_owned());
        }
        Name { asked: asked.to_owned(), candidates }
    }
}

/// The form of an inflected verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Progressive,
    Past,
    Third,
}

impl File {
    fn known_package(&self, name: &str) -> bool {
        self.known.get("packages").is_some_and(|list| list.iter().any(|known| known == name))
    }

    fn add(&mut self, own: Self) {
        fn merge(into: &mut BTreeMap<String, Vec<String>>, from: BTreeMap<String, Vec<String>>) {
            for (key, values) in from {
                into.entry(key.to_lowercase()).or_default().extend(values);
            }
        }
        let lower = |(key, value): (String, String)| (key.to_lowercase(), value.to_lowercase());
        merge(&mut self.verbs, own.verbs);
        merge(&mut self.looks, own.looks);
        merge(&mut self.prepositions, own.prepositions);
        merge(&mut self.words, own.words);
        merge(&mut self.store, own.store);
        merge(&mut self.job_states, own.job_states);
        merge(&mut self.talk, own.talk);
        merge(&mut self.services, own.services);
        merge(&mut self.packages, own.packages);
        merge(&mut self.known, own.known);
        merge(&mut self.dangerous, own.dangerous);
        self.service_words.extend(own.service_words.into_iter().map(lower));
        self.processes.extend(own.processes.into_iter().map(lower));
    }

    fn into_lexicon(
        mut self,
        site_processes: HashMap<String, String>,
        site_services: HashSet<String>,
    ) -> Result<Lexicon, LexiconError> {
        let (verbs, stems) = verbs(self.verbs)?;
        let single = |lists: &BTreeMap<String, Vec<String>>| -> Vec<String> {
            lists.values().flatten().filter(|w| w.len() >= 5 && w.chars().all(char::is_alphabetic)).cloned().collect()
        };
        let mut nouns = single(&self.looks);
        nouns.extend(single(&self.store));
        nouns.extend(single(&self.talk));
        nouns.sort();
        nouns.dedup();
        let looks = kinds("looks", self.looks, look)?;
        let stored = kinds("store", self.store, stored)?;
        let job_states = kinds("job_states", self.job_states, job_state)?;
        let talk = kinds("talk", self.talk, talk)?;
        let mut words = Lists { section: "words", lists: std::mem::take(&mut self.words) };
        let mut prepositions = Lists { section: "prepositions", lists: std::mem::take(&mut self.prepositions) };
        let mut known = Lists { section: "known", lists: std::mem::take(&mut self.known) };
        let mut dangerous = Lists { section: "dangerous", lists: std::mem::take(&mut self.dangerous) };
        let service_words: HashMap<String, String> = self.service_words.into_iter().collect();
        let service_phrases = Phrases::new(
            self.services
                .keys()
                .map(|name| (name.clone(), name.clone()))
                .chain(service_words.iter().map(|(word, name)| (word.clone(), name.clone()))),
        );
        let lexicon = Lexicon {
            verbs,
            stems,
            looks,
            stored,
            job_states,
            talk,
            place: prepositions.set("place"),
            filler: words.set("filler"),
            metrics: words.set("metrics"),
            service_nouns: words.set("service"),
            package_nouns: words.set("package"),
            vague: words.phrases("vague"),
            machines: words.set("machines"),
            group_nouns: words.set("group"),
            all: words.set("all"),
            shell: words.set("shell"),
            commands: words.set("commands"),
            labels: words.set("labels"),
            symptoms: words.set("symptoms"),
            foreign: words.set("foreign"),
            nouns,
            sensitive: words.take("sensitive").into_iter().map(|w| w.to_lowercase()).collect(),
            known_packages: known.set("packages"),
            except: words.phrases("except"),
            because: words.phrases("because"),
            given: words.phrases("given"),
            negation: words.phrases("negation"),
            hypothetical: words.phrases("hypothetical"),
            how_to: words.phrases("how_to"),
            then: words.phrases("then"),
            dangerous: Phrases::new(inflections(dangerous.take("phrases")).map(|phrase| (phrase, ()))),
            persuasion: dangerous.phrases("persuasion"),
            services: self.services,
            service_words,
            service_phrases,
            processes: self.processes.into_iter().collect(),
            site_processes,
            site_services,
            packages: self.packages,
        };
        for lists in [words, prepositions, known, dangerous] {
            lists.all_taken()?;
        }
        Ok(lexicon)
    }
}

/// The lists of one section, taken one after the other; what nobody takes is a mistake in the file.
struct Lists {
    section: &'static str,
    lists: BTreeMap<String, Vec<String>>,
}

impl Lists {
    fn take(&mut self, name: &str) -> Vec<String> {
        self.lists.remove(name).unwrap_or_default()
    }

    fn set(&mut self, name: &str) -> HashSet<String> {
        self.take(name).into_iter().map(|word| word.to_lowercase()).collect()
    }

    fn phrases(&mut self, name: &str) -> Phrases<()> {
        Phrases::new(self.take(name).into_iter().map(|phrase| (phrase, ())))
    }

    fn all_taken(self) -> Result<(), LexiconError> {
        match self.lists.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(LexiconError(format!("[{}] has no list “{name}”", self.section))),
        }
    }
}

/// Phrases with their first word in every form: wipe, wipes, wiping, wiped.
fn inflections(phrases: Vec<String>) -> impl Iterator<Item = String> {
    phrases.into_iter().flat_map(|phrase| {
        let (first, rest) =
            phrase.split_once(' ').map_or((phrase.as_str(), String::new()), |(f, r)| (f, format!(" {r}")));
        let stem = first.strip_suffix('e').unwrap_or(first);
        let mut forms = vec![phrase.clone()];
        if first.chars().all(char::is_alphabetic) {
            forms.extend([
                format!("{first}s{rest}"),
                format!("{stem}ing{rest}"),
                format!("{stem}ed{rest}"),
                format!("{stem}{}ing{rest}", first.chars().last().unwrap_or_default()),
            ]);
        }
        forms
    })
}

fn kinds<T: Clone>(
    section: &str,
    lists: BTreeMap<String, Vec<String>>,
    kind: fn(&str) -> Option<T>,
) -> Result<Phrases<T>, LexiconError> {
    let mut all = Vec::new();
    for (name, phrases) in lists {
        let kind = kind(&name).ok_or_else(|| LexiconError(format!("[{section}] has no “{name}”")))?;
        all.extend(phrases.into_iter().map(|phrase| (phrase, kind.clone())));
    }
    Ok(Phrases::new(all))
}

type Verbs = (Phrases<Verb>, HashMap<String, Verb>);

fn verbs(lists: BTreeMap<String, Vec<String>>) -> Result<Verbs, LexiconError> {
    let mut verbs = Vec::new();
    let mut stems = HashMap::new();
    for (name, phrases) in lists {
        let verb = verb(&name).ok_or_else(|| LexiconError(format!("[verbs] has no intent “{name}”")))?;
        for phrase in phrases {
            // "running" describes something; it does not ask to run a command.
            let is_word = !phrase.contains(' ') && phrase.chars().all(char::is_alphabetic);
            if is_word && verb != Verb::Do(Intent::RunCommand) {
                stems.insert(phrase.to_lowercase(), verb);
            }
            verbs.push((phrase, verb));
        }
    }
    Ok((Phrases::new(verbs), stems))
}

fn verb(name: &str) -> Option<Verb> {
    Some(match name {
        "look" => Verb::Look,
        "remove" => Verb::Remove,
        "clean" => Verb::Clean,
        "create" => Verb::Create,
        "find" => Verb::Find,
        "connect" => Verb::Connect,
        other => Verb::Do(Intent::parse(other)?),
    })
}

fn look(name: &str) -> Option<Look> {
    Some(match name {
        "disk_usage" => Look::Disk,
        "uptime" => Look::Uptime,
        "cpu" => Look::Metric(Metric::Cpu),
        "memory" => Look::Metric(Metric::Memory),
        "health" => Look::Metric(Metric::Health),
        "reachability" => Look::Metric(Metric::Reachability),
        "users" => Look::Users,
        "services" => Look::Services,
        "processes" => Look::Processes,
        "log" => Look::Log,
        "file" => Look::File,
        "directory" => Look::Directory,
        "status" => Look::Status,
        _ => return None,
    })
}

fn stored(name: &str) -> Option<Stored> {
    Some(match name {
        "jobs" => Stored::Jobs,
        "alerts" => Stored::Alerts,
        "schedules" => Stored::Schedules,
        "recipes" => Stored::Recipes,
        "inventory" => Stored::Inventory,
        "credentials" => Stored::Credentials,
        _ => return None,
    })
}

fn job_state(name: &str) -> Option<&'static str> {
    ["failed", "running", "succeeded", "cancelled", "waiting"].into_iter().find(|state| *state == name)
}

fn talk(name: &str) -> Option<Talk> {
    Some(match name {
        "cancel" => Talk::Cancel,
        "retry" => Talk::Retry,
        "rollback" => Talk::Rollback,
        "yes" => Talk::Yes,
        "no" => Talk::No,
        "greeting" => Talk::Greeting,
        _ => return None,
    })
}

/// What a word without its ending may be a form of: restart(ing), delet(ing) → delete, stopp(ed) → stop,
/// copi(ed) → copy.
fn stems(stem: &str) -> Vec<String> {
    let mut stems = vec![stem.to_owned(), format!("{stem}e")];
    let mut letters = stem.chars().rev();
    if let (Some(last), Some(before)) = (letters.next(), letters.next())
        && last == before
    {
        stems.push(stem[..stem.len() - last.len_utf8()].to_owned());
    }
    if let Some(stem) = stem.strip_suffix('i') {
        stems.push(format!("{stem}y"));
    }
    if let Some(stem) = stem.strip_suffix("ie") {
        stems.push(format!("{stem}y"));
    }
    if let Some(stem) = stem.strip_suffix('e') {
        stems.push(stem.to_owned());
    }
    stems
}

/// Whether two words differ by two neighbouring letters that changed places.
fn transposed(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let differ: Vec<usize> = (0..a.len().min(b.len())).filter(|&i| a[i] != b[i]).collect();
    a.len() == b.len() && matches!(differ.as_slice(), [i, j] if j - i == 1 && a[*i] == b[*j] && a[*j] == b[*i])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use crate::text::tokenise;

    fn verb(text: &str) -> Option<(usize, Verb)> {
        Lexicon::english().unwrap().verb(&tokenise(text).tokens)
    }

    fn inflected(text: &str) -> Option<(Form, Verb)> {
        Lexicon::english().unwrap().inflected(&tokenise(text).tokens[0])
    }

    #[test]
    fn verbs_in_every_form() {
        assert_eq!(verb("restart nginx"), Some((1, Verb::Do(Intent::Restart))));
        assert_eq!(verb("shut down nginx"), Some((2, Verb::Do(Intent::Stop))));
        assert_eq!(verb("nginx"), None);
        assert_eq!(inflected("restarting"), Some((Form::Progressive, Verb::Do(Intent::Restart))));
        assert_eq!(inflected("stopped"), Some((Form::Past, Verb::Do(Intent::Stop))));
        assert_eq!(inflected("copies"), Some((Form::Third, Verb::Do(Intent::CopyFile))));
        assert_eq!(inflected("removing"), Some((Form::Progressive, Verb::Remove)));
        assert_eq!(inflected("running"), None, "it describes something");
    }

    #[test]
    fn a_mistyped_verb_is_recognised_only_when_it_is_clear() {
        let lexicon = Lexicon::english().unwrap();
        let near = |word: &str| lexicon.mistyped_verb(&tokenise(word).tokens[0]).map(|(_, v)| v);
        assert_eq!(near("restrat"), Some(Verb::Do(Intent::Restart)));
        assert_eq!(near("isntall"), Some(Verb::Do(Intent::Install)));
        assert_eq!(near("sotp"), Some(Verb::Do(Intent::Stop)), "two letters changed places");
        assert_eq!(near("stat"), None, "start and stop are both near such a short word");
        assert_eq!(near("nginx"), None);
    }

    #[test]
    fn services_go_by_many_names() {
        let lexicon = Lexicon::english().unwrap();
        assert_eq!(lexicon.canonical_service("httpd"), "apache");
        assert_eq!(lexicon.canonical_service("SSH"), "sshd");
        assert_eq!(lexicon.canonical_service("nginx.service"), "nginx");
        assert_eq!(lexicon.canonical_service("my-app"), "my-app");
        assert_eq!(lexicon.service("apache").candidates[0], "apache2");
        assert_eq!(lexicon.service("httpd").candidates[0], "httpd", "what was typed is tried first");
        assert_eq!(lexicon.service("my-app@1").candidates, ["my-app@1"]);
        assert_eq!(lexicon.mistyped_service("ngnix").as_deref(), Some("nginx"));
        assert_eq!(lexicon.mistyped_service("billing"), None);
    }

    #[test]
    fn a_site_adds_words_and_is_told_where_it_is_wrong() {
        let aliases = BTreeMap::from([("billing".to_owned(), vec!["invoices".to_owned(), "billing.exe".to_owned()])]);
        let lexicon = Lexicon::with_site("[verbs]\nrestart = [\"jolt\"]", &aliases).unwrap();
        assert_eq!(lexicon.verb(&tokenise("jolt it").tokens), Some((1, Verb::Do(Intent::Restart))));
        assert_eq!(lexicon.canonical_service("invoices"), "billing");
        assert_eq!(lexicon.site_process("billing").map(String::as_str), Some("billing.exe"));
        for wrong in ["[verbs]\ndance = [\"dance\"]", "[words]\nmoods = [\"glad\"]", "[looks]\nstars = []"] {
            let name = wrong.split(['\n', ' ']).nth(1).unwrap();
            let error = Lexicon::with_site(wrong, &BTreeMap::new()).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
        assert!(Lexicon::with_site("[oops", &BTreeMap::new()).is_err());
    }

    #[test]
    fn what_shows_secrets() {
        let lexicon = Lexicon::english().unwrap();
        for path in
            ["/etc/passwd", "/root/.ssh/id_rsa", "/srv/app/.env", "C:\\certs\\web.pfx", "/etc/ssl/private/a.key"]
        {
            assert!(lexicon.is_sensitive(path), "{path}");
        }
        for path in
            ["/etc/hosts", "/var/log/syslog", "/etc/nginx/nginx.conf", "/opt/keyboard/a.conf", "/srv/environment"]
        {
            assert!(!lexicon.is_sensitive(path), "{path}");
        }
    }
}
