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
    prepositions: Prepositions,
    words: Words,
    services: BTreeMap<String, Vec<String>>,
    service_words: BTreeMap<String, String>,
    packages: BTreeMap<String, Vec<String>>,
    dangerous: Dangerous,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Prepositions {
    place: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Words {
    filler: Vec<String>,
    service: Vec<String>,
    package: Vec<String>,
    vague: Vec<String>,
    machines: Vec<String>,
    group: Vec<String>,
    all: Vec<String>,
    except: Vec<String>,
    neutral: Vec<String>,
    negation: Vec<String>,
    hypothetical: Vec<String>,
    how_to: Vec<String>,
    then: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Dangerous {
    phrases: Vec<String>,
}

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Disk,
    Uptime,
    Metric(Metric),
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
}

/// The words, ready to be looked up.
#[derive(Debug, Clone)]
pub struct Lexicon {
    pub(crate) verbs: Phrases<Intent>,
    stems: HashMap<String, Intent>,
    pub(crate) looks: Phrases<Look>,
    pub(crate) place: HashSet<String>,
    pub(crate) filler: HashSet<String>,
    pub(crate) service_nouns: HashSet<String>,
    pub(crate) package_nouns: HashSet<String>,
    pub(crate) vague: Phrases<()>,
    pub(crate) machines: HashSet<String>,
    pub(crate) group_nouns: HashSet<String>,
    pub(crate) all: HashSet<String>,
    pub(crate) except: Phrases<()>,
    pub(crate) neutral: HashSet<String>,
    pub(crate) negation: Phrases<()>,
    pub(crate) hypothetical: Phrases<()>,
    pub(crate) how_to: Phrases<()>,
    pub(crate) then: Phrases<()>,
    pub(crate) dangerous: Phrases<()>,
    services: BTreeMap<String, Vec<String>>,
    service_words: HashMap<String, String>,
    service_phrases: Phrases<String>,
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
        for (name, words) in aliases {
            let canonical = name.to_lowercase();
            let known = file.services.entry(canonical.clone()).or_insert_with(|| vec![name.clone()]);
            for word in words {
                if !word.contains(char::is_whitespace) && !known.iter().any(|k| k.eq_ignore_ascii_case(word)) {
                    known.push(word.clone());
                }
                file.service_words.insert(word.to_lowercase(), canonical.clone());
            }
        }
        file.into_lexicon()
    }

    /// The intent of the verb that begins at `tokens[0]`, with its length in tokens.
    pub(crate) fn verb(&self, tokens: &[Token]) -> Option<(usize, Intent)> {
        if let Some((length, intent)) = self.verbs.at(tokens) {
            return Some((length, *intent));
        }
        let first = tokens.first().filter(|t| t.kind == Kind::Word)?;
        stems(&first.lower).find_map(|stem| self.stems.get(&stem)).map(|intent| (1, *intent))
    }

    /// The verb a mistyped word probably is: one letter off, and no other verb as near.
    pub(crate) fn mistyped_verb(&self, token: &Token) -> Option<(&str, Intent)> {
        if token.kind != Kind::Word || token.lower.len() < 5 || !token.lower.chars().all(char::is_alphabetic) {
            return None;
        }
        let mut near = self
            .stems
            .iter()
            .filter(|(stem, _)| stem.len() >= 4 && strsim::damerau_levenshtein(stem, &token.lower) == 1);
        let (stem, intent) = near.next()?;
        near.all(|(_, other)| other == intent).then_some((stem.as_str(), *intent))
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

    /// What to try for a service on a machine.
    pub(crate) fn service(&self, name: &str) -> Name {
        self.name_from(&self.services, name, &self.canonical_service(name))
    }

    /// What to try for a package on a machine.
    pub(crate) fn package(&self, name: &str) -> Name {
        self.name_from(&self.packages, name, &self.canonical_service(name))
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

impl File {
    fn add(&mut self, own: Self) {
        fn merge(into: &mut BTreeMap<String, Vec<String>>, from: BTreeMap<String, Vec<String>>) {
            for (key, values) in from {
                into.entry(key.to_lowercase()).or_default().extend(values);
            }
        }
        merge(&mut self.verbs, own.verbs);
        merge(&mut self.looks, own.looks);
        merge(&mut self.services, own.services);
        merge(&mut self.packages, own.packages);
        self.service_words.extend(own.service_words.into_iter().map(|(k, v)| (k.to_lowercase(), v.to_lowercase())));
        self.dangerous.phrases.extend(own.dangerous.phrases);
        self.prepositions.place.extend(own.prepositions.place);
        let (words, own) = (&mut self.words, own.words);
        for (into, from) in [
            (&mut words.filler, own.filler),
            (&mut words.service, own.service),
            (&mut words.package, own.package),
            (&mut words.vague, own.vague),
            (&mut words.machines, own.machines),
            (&mut words.group, own.group),
            (&mut words.all, own.all),
            (&mut words.except, own.except),
            (&mut words.neutral, own.neutral),
            (&mut words.negation, own.negation),
            (&mut words.hypothetical, own.hypothetical),
            (&mut words.how_to, own.how_to),
            (&mut words.then, own.then),
        ] {
            into.extend(from);
        }
    }

    fn into_lexicon(self) -> Result<Lexicon, LexiconError> {
        let mut verbs = Vec::new();
        let mut stems = HashMap::new();
        for (name, phrases) in self.verbs {
            let intent = Intent::parse(&name).ok_or_else(|| LexiconError(format!("[verbs] has no intent “{name}”")))?;
            for phrase in phrases {
                // "running" describes something; it does not ask to run a command.
                if !phrase.contains(' ') && phrase.chars().all(char::is_alphabetic) && intent != Intent::RunCommand {
                    stems.insert(phrase.to_lowercase(), intent);
                }
                verbs.push((phrase, intent));
            }
        }
        let mut looks = Vec::new();
        for (name, phrases) in self.looks {
            let look = look(&name).ok_or_else(|| LexiconError(format!("[looks] has no measure “{name}”")))?;
            looks.extend(phrases.into_iter().map(|phrase| (phrase, look)));
        }
        let plain = |list: Vec<String>| Phrases::new(list.into_iter().map(|phrase| (phrase, ())));
        let set = |list: Vec<String>| list.into_iter().map(|w| w.to_lowercase()).collect::<HashSet<_>>();
        let service_words: HashMap<String, String> = self.service_words.into_iter().collect();
        let service_phrases = Phrases::new(
            service_words
                .iter()
                .map(|(word, name)| (word.clone(), name.clone()))
                .chain(self.services.keys().map(|name| (name.clone(), name.clone()))),
        );
        Ok(Lexicon {
            verbs: Phrases::new(verbs),
            stems,
            looks: Phrases::new(looks),
            place: set(self.prepositions.place),
            filler: set(self.words.filler),
            service_nouns: set(self.words.service),
            package_nouns: set(self.words.package),
            vague: plain(self.words.vague),
            machines: set(self.words.machines),
            group_nouns: set(self.words.group),
            all: set(self.words.all),
            except: plain(self.words.except),
            neutral: set(self.words.neutral),
            negation: plain(self.words.negation),
            hypothetical: plain(self.words.hypothetical),
            how_to: plain(self.words.how_to),
            then: plain(self.words.then),
            dangerous: plain(self.dangerous.phrases),
            services: self.services,
            service_words,
            service_phrases,
            packages: self.packages,
        })
    }
}

fn look(name: &str) -> Option<Look> {
    Some(match name {
        "disk_usage" => Look::Disk,
        "uptime" => Look::Uptime,
        "cpu" => Look::Metric(Metric::Cpu),
        "memory" => Look::Metric(Metric::Memory),
        "health" => Look::Metric(Metric::Health),
        "reachability" => Look::Metric(Metric::Reachability),
        _ => return None,
    })
}

/// What a word may be an inflection of: restarting, restarted, restarts → restart; stopped → stop;
/// copies → copy.
fn stems(word: &str) -> impl Iterator<Item = String> {
    let mut stems = vec![word.to_owned()];
    for ending in ["ing", "ed", "es", "s"] {
        let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 3) else { continue };
        stems.push(stem.to_owned());
        stems.push(format!("{stem}e"));
        let mut letters = stem.chars().rev();
        if let (Some(last), Some(before)) = (letters.next(), letters.next())
            && last == before
        {
            stems.push(stem[..stem.len() - last.len_utf8()].to_owned());
        }
        if let Some(stem) = stem.strip_suffix('i') {
            stems.push(format!("{stem}y"));
        }
    }
    stems.into_iter()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use crate::text::tokenise;

    fn verb(text: &str) -> Option<(usize, Intent)> {
        Lexicon::english().unwrap().verb(&tokenise(text).tokens)
    }

    #[test]
    fn verbs_in_every_form() {
        assert_eq!(verb("restarting nginx"), Some((1, Intent::Restart)));
        assert_eq!(verb("stopped"), Some((1, Intent::Stop)));
        assert_eq!(verb("shut down nginx"), Some((2, Intent::Stop)));
        assert_eq!(verb("copies"), Some((1, Intent::CopyFile)));
        assert_eq!(verb("removing htop"), Some((1, Intent::Uninstall)));
        assert_eq!(verb("nginx"), None);
    }

    #[test]
    fn a_mistyped_verb_is_recognised_only_when_it_is_clear() {
        let lexicon = Lexicon::english().unwrap();
        let near = |word: &str| lexicon.mistyped_verb(&tokenise(word).tokens[0]).map(|(_, i)| i);
        assert_eq!(near("restrat"), Some(Intent::Restart));
        assert_eq!(near("isntall"), Some(Intent::Install));
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
    }

    #[test]
    fn a_site_adds_words_and_is_told_where_it_is_wrong() {
        let aliases = BTreeMap::from([("billing".to_owned(), vec!["invoices".to_owned()])]);
        let lexicon = Lexicon::with_site("[verbs]\nrestart = [\"jolt\"]", &aliases).unwrap();
        assert_eq!(lexicon.verb(&tokenise("jolt it").tokens), Some((1, Intent::Restart)));
        assert_eq!(lexicon.canonical_service("invoices"), "billing");
        let wrong = Lexicon::with_site("[verbs]\ndance = [\"dance\"]", &BTreeMap::new());
        assert!(wrong.unwrap_err().to_string().contains("dance"));
        assert!(Lexicon::with_site("[oops", &BTreeMap::new()).is_err());
    }
}
