//! Target expressions: "web and db servers in production except web-03".

use crate::lexicon::Lexicon;
use crate::machines::{Machines, Set};
use crate::roster::{Named, Roster, expand, range};
use crate::text::{Kind, Token};
use std::net::IpAddr;
use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::reading::{Choice, TargetReading};

/// The most words a group's name is looked for in.
const MAX_NAME_WORDS: usize = 6;

/// What a target expression names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) groups: Vec<usize>,
    pub(crate) hosts: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) exclude: Vec<String>,
    pub(crate) os_hint: Option<Os>,
    /// The machines, each with why it was chosen.
    pub(crate) resolved: Machines,
    /// Names that are not in the inventory, each with what may have been meant.
    pub(crate) unknown: Vec<Unknown>,
    /// Machines in general, without saying which: "on the servers".
    pub(crate) vague: bool,
    /// Every machine there is.
    pub(crate) everything: bool,
    /// How many machines the operator said there are.
    pub(crate) expected: Option<usize>,
    /// What matched what.
    pub(crate) reasons: Vec<String>,
}

/// A name that is not in the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) name: String,
    /// Names that are, and are near.
    pub(crate) near: Vec<String>,
    /// Several things go by exactly this name.
    pub(crate) ambiguous: bool,
}

impl Places {
    /// Whether anything at all was named.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
            && self.hosts.is_empty()
            && self.tags.is_empty()
            && self.unknown.is_empty()
            && self.os_hint.is_none()
            && !self.vague
            && !self.everything
    }

    /// Whether it names machines that are there, and nothing else.
    pub(crate) fn is_clear(&self) -> bool {
        self.unknown.is_empty() && !self.vague && !self.resolved.is_empty()
    }

    /// As the reading shows it.
    pub(crate) fn reading(&self, roster: &Roster) -> TargetReading {
        let mut hosts = self.hosts.clone();
        hosts.extend(self.unknown.iter().filter(|u| is_host_like(&u.name)).map(|u| u.name.clone()));
        TargetReading {
            groups: self.groups.iter().map(|&g| roster.groups[g].name.clone()).collect(),
            hosts,
            exclude: self.exclude.clone(),
            tags: self.tags.clone(),
            resolved: self.resolved.iter().map(|i| roster.targets[i].spec.name.clone()).collect(),
            why: self.resolved.why().map(str::to_owned).collect(),
        }
    }

    /// Choices for the names that are not there: the same request with a near name in their place.
    pub(crate) fn choices(&self, request: &str) -> Vec<Choice> {
        self.unknown
            .iter()
            .flat_map(|u| u.near.iter().map(move |near| (u, near)))
            .take(6)
            .map(|(u, near)| Choice { label: near.clone(), request: replace_name(request, &u.name, near) })
            .collect()
    }

    fn unite(&mut self, other: Self) {
        for group in other.groups {
            if !self.groups.contains(&group) {
                self.groups.push(group);
            }
        }
        for host in other.hosts {
            if !self.hosts.contains(&host) {
                self.hosts.push(host);
            }
        }
        self.tags.extend(other.tags);
        self.unknown.extend(other.unknown);
        self.exclude.extend(other.exclude);
        self.reasons.extend(other.reasons);
        self.resolved.unite(other.resolved);
        self.os_hint = if self.os_hint == other.os_hint { self.os_hint } else { None };
        self.vague |= other.vague;
        self.everything |= other.everything;
        self.expected = self.expected.or(other.expected);
    }

    fn narrow(&mut self, other: &Self) {
        self.resolved.restrict(&other.resolved);
        self.os_hint = other.os_hint.or(self.os_hint);
        for host in &other.hosts {
            if !self.hosts.contains(host) {
                self.hosts.push(host.clone());
            }
        }
        self.tags.extend(other.tags.iter().cloned());
        self.everything = false;
        self.reasons.extend(other.reasons.iter().cloned());
    }

    fn exclude(&mut self, other: &Self, roster: &Roster) {
        let names = other.groups.iter().map(|&g| roster.groups[g].name.clone()).chain(other.hosts.iter().cloned());
        self.exclude.extend(names);
        self.exclude.extend(other.tags.iter().cloned());
        if let Some(os) = other.os_hint {
            self.exclude.push(os.as_str().to_owned());
        }
        self.resolved.remove(&other.resolved);
        // An exception that excepts nothing was meant otherwise.
        self.vague |= other.resolved.is_empty();
        self.unknown.extend(other.unknown.iter().cloned());
        self.vague |= other.vague;
        self.reasons.push(format!("left out {}", self.exclude.join(", ")));
    }
}

/// The request with one name replaced, wherever case and quotes differ.
fn replace_name(request: &str, name: &str, by: &str) -> String {
    let (lower, wanted) = (request.to_lowercase(), name.to_lowercase());
    // Lower-casing can change lengths outside ASCII; then the whole request is given with the name added.
    match lower.find(&wanted).filter(|_| lower.len() == request.len()) {
        Some(at) => format!("{}{by}{}", &request[..at], &request[at + wanted.len()..]),
        None => format!("{request} on {by}"),
    }
}

/// The targets of a range, or the names in it that are not there.
type Expanded = Vec<Result<usize, String>>;

/// Reads target expressions.
pub(crate) struct PlaceReader<'a> {
    pub(crate) roster: &'a Roster,
    pub(crate) lexicon: &'a Lexicon,
}

/// The parts of one term, all of which must hold.
#[derive(Default)]
struct Term {
    named: Vec<(Named, String)>,
    os: Option<Os>,
    all: bool,
    machines: bool,
    count: Option<usize>,
    pattern: Vec<(usize, String)>,
    unknown: Vec<Unknown>,
    foreign_tags: Vec<String>,
    reasons: Vec<String>,
}

impl Term {
    fn is_empty(&self) -> bool {
        self.named.is_empty()
            && self.os.is_none()
            && !self.machines
            && self.pattern.is_empty()
            && self.unknown.is_empty()
    }
}

impl PlaceReader<'_> {
    /// Reads an expression that begins at `from`; answers with it and where it ends. `None` when
    /// nothing there names machines.
    pub(crate) fn read(&self, tokens: &[Token], from: usize) -> Option<(Places, usize)> {
        let (mut places, mut at) = self.union(tokens, from)?;
        while let Some((narrower, end)) = self.narrowed(tokens, at) {
            places.narrow(&narrower);
            at = end;
        }
        loop {
            let comma = usize::from(tokens.get(at).is_some_and(|t| t.kind == Kind::Comma));
            let Some((length, ())) = tokens.get(at + comma..).and_then(|rest| self.lexicon.except.at(rest)) else {
                break;
            };
            let length = length + comma;
            // "all but one web server": which one?
            if tokens
                .get(at + length)
                .is_some_and(|t| counted(&t.lower).is_some() || ["some", "few", "a", "half"].iter().any(|w| t.is(w)))
            {
                places.vague = true;
                places.resolved = Machines::default();
            }
            let Some((left_out, end)) = self.union(tokens, at + length) else { break };
            let out = &tokens[at + length..end];
            // "(except web-01) and db servers", "except web-01 and on db servers", "not just web-01": who is left out?
            let again = out.windows(2).any(|w| w[0].is("and") && (w[1].is("on") || w[1].is("in")) || w[0].text == ")");
            let only = out.first().is_some_and(|t| t.is("just") || t.is("only"));
            places.vague |= again || only || !places.exclude.is_empty();
            places.exclude(&left_out, self.roster);
            at = end;
            // "… except web-01 and on db servers": added, or left out as well?
            if let Some(next) = self.after_connector(tokens, at)
                && self.restricted(tokens, next).is_some_and(|(more, _)| more.is_clear())
            {
                places.vague = true;
            }
        }
        Some((places, at))
    }

    /// "…, but only the Windows ones": what is left of the machines before.
    fn narrowed(&self, tokens: &[Token], at: usize) -> Option<(Places, usize)> {
        let mut from = at;
        while tokens.get(from).is_some_and(|t| t.kind == Kind::Comma || t.is("but")) {
            from += 1;
        }
        if !tokens.get(from).is_some_and(|t| t.is("only") || t.is("just")) {
            return None;
        }
        let (places, end) = self.restricted(tokens, from + 1)?;
        (places.unknown.is_empty() && !places.resolved.is_empty()).then_some((places, end))
    }

    fn union(&self, tokens: &[Token], from: usize) -> Option<(Places, usize)> {
        let (mut places, mut at) = self.restricted(tokens, from)?;
        while let Some(next) = self.after_connector(tokens, at) {
            // "on web and restart php": what follows "and" must name machines, and not be a new step.
            if self.lexicon.verb(&tokens[next..]).is_some()
                && self.known_name(tokens, next).is_none()
                && !self.lexicon.machines.contains(&tokens[next].lower)
            {
                break;
            }
            if let Some(more) = self.numbered_sibling(&places, &tokens[next]) {
                places.unite(more);
                at = next + 1;
                continue;
            }
            let Some((more, end)) = self.restricted(tokens, next) else { break };
            // "…, web-02 excluded"
            if tokens
                .get(end)
                .is_some_and(|t| ["excluded", "excepted", "excl", "aside", "exempt"].iter().any(|w| t.is(w)))
            {
                places.exclude(&more, self.roster);
                at = end + 1;
                continue;
            }
            if more.unknown.iter().any(|u| !is_host_like(&u.name)) && more.resolved.is_empty() {
                break;
            }
            // "web-01 or web-02", "windows and linux web servers": which machines that is, is not said.
            let either = tokens[at..next].iter().any(|t| t.is("or")) || more.everything != places.everything;
            let bare =
                |p: &Places| p.os_hint.is_some() && p.groups.is_empty() && p.hosts.is_empty() && p.tags.is_empty();
            let narrow = |p: &Places| p.groups.len() + p.tags.len() + usize::from(p.os_hint.is_some()) > 1;
            let named_machines = tokens[from..at].iter().any(|t| self.lexicon.machines.contains(&t.lower));
            let mixed = !named_machines
                && (bare(&places) && !bare(&more)
                    || narrow(&more) && places.groups.len() == 1 && places.hosts.is_empty());
            places.unite(more);
            places.vague |= either || mixed;
            at = end;
        }
        Some((places, at))
    }

    /// "web-01 and 02": the second host by its number alone.
    fn numbered_sibling(&self, places: &Places, token: &Token) -> Option<Places> {
        let digits =
            token.kind == Kind::Word && !token.text.is_empty() && token.text.chars().all(|c| c.is_ascii_digit());
        let last = places.hosts.last().filter(|_| digits)?;
        let stem = last.trim_end_matches(|c: char| c.is_ascii_digit());
        if stem.len() == last.len() || stem.contains('.') {
            return None;
        }
        let name = format!("{stem}{}", token.text);
        let tokens = crate::text::tokenise(&name).tokens;
        self.restricted(&tokens, 0).map(|(more, _)| more)
    }

    fn after_connector(&self, tokens: &[Token], at: usize) -> Option<usize> {
        let mut next = at;
        while tokens.get(next).is_some_and(|t| t.kind == Kind::Comma) {
            next += 1;
        }
        if tokens.get(next).is_some_and(|t| t.is("and") || t.is("plus") || t.is("or")) {
            next += 1;
        } else if tokens.get(next).is_some_and(|t| t.is("as")) && tokens.get(next + 1).is_some_and(|t| t.is("well")) {
            next += 3;
        }
        // "on web-01 and on web-02": the preposition is said again.
        if next > at && tokens.get(next).is_some_and(|t| t.is("on") || t.is("in")) {
            next += 1;
        }
        (next > at && next < tokens.len()).then_some(next)
    }

    /// The host or group that is named here, with its length in tokens.
    pub(crate) fn name_at(&self, tokens: &[Token], at: usize) -> Option<(String, usize)> {
        let (named, _, length) = self.known_name(tokens, at)?;
        let named = named.into_iter().find(|n| matches!(n, Named::Host(_) | Named::Group(_)))?;
        Some((self.roster.display(named), length))
    }

    /// Whether a name of the inventory begins here.
    pub(crate) fn is_name(&self, tokens: &[Token], at: usize) -> bool {
        self.known_name(tokens, at).is_some()
    }

    /// A term, and the groups it is restricted to: "Windows servers in group CIS".
    fn restricted(&self, tokens: &[Token], from: usize) -> Option<(Places, usize)> {
        let (term, mut at) = self.term(tokens, from)?;
        let mut terms = vec![term];
        while tokens.get(at).is_some_and(|t| ["in", "within", "inside", "of"].iter().any(|w| t.is(w))) {
            let Some((more, end)) = self.term(tokens, at + 1) else { break };
            terms.push(more);
            at = end;
        }
        Some((self.resolve(terms), at))
    }

    fn term(&self, tokens: &[Token], from: usize) -> Option<(Term, usize)> {
        let mut term = Term::default();
        let mut at = from;
        while let Some(token) = tokens.get(at) {
            // "a web server", "this db server": one, and nobody has said which.
            if ["a", "an", "this", "that"].iter().any(|w| token.is(w)) && term.is_empty() && term.count.is_none() {
                term.count = Some(1);
                at += 1;
                continue;
            }
            // "the whole box" is one machine, not all of them.
            let whole = token.is("whole") || token.is("entire");
            if whole
                && tokens
                    .get(at + 1)
                    .is_some_and(|t| self.lexicon.machines.contains(&t.lower) && !t.lower.ends_with('s'))
            {
                term.machines = true;
                at += 2;
                continue;
            }
            // "both servers": two, whichever they are.
            if token.is("both") && term.is_empty() {
                term.count = Some(2);
                at += 1;
                continue;
            }
            if token.kind == Kind::Word && self.lexicon.all.contains(&token.lower) && term.named.is_empty() {
                // "all servers" may itself be a group's name or alias.
                if let Some((named, name, length)) = self.known_name(tokens, at) {
                    self.take(&mut term, named, name);
                    at += length;
                    continue;
                }
                term.all = true;
                at += 1;
                continue;
            }
            if token.kind == Kind::Word
                && ["the", "my", "our", "these", "those", "of", "just", "only"].contains(&token.lower.as_str())
                && term.is_empty()
            {
                at += 1;
                continue;
            }
            if token.is("everywhere") && term.is_empty() {
                term.all = true;
                term.machines = true;
                at += 1;
                break;
            }
            if let Some(count) = counted(&token.lower).filter(|_| term.is_empty()) {
                if self.roster.host(&token.text).is_some() || !self.names_machines(tokens, at + 1) {
                    break;
                }
                term.count = Some(count);
                at += 1;
                continue;
            }
            if let Some((found, said, length)) = term.named.is_empty().then(|| self.spoken_range(tokens, at)).flatten()
            {
                for one in found {
                    match one {
                        Ok(target) => term.pattern.push((target, said.clone())),
                        Err(name) => term.unknown.push(self.unknown(&name)),
                    }
                }
                at += length;
                continue;
            }
            if let Some((named, name, length)) = self.known_name(tokens, at) {
                // "nginx" is a service first of all, also where machines are tagged with it: "nginx servers" are machines.
                let behind = at.checked_sub(1).and_then(|i| tokens.get(i));
                let placed = behind.is_some_and(|t| {
                    self.lexicon.place.contains(&t.lower)
                        || self.lexicon.all.contains(&t.lower)
                        || ["the", "and", "or", "only", "except", "not", "all"].iter().any(|w| t.is(w))
                });
                if named.iter().all(|n| matches!(n, Named::Tag(_)))
                    && (self.lexicon.knows_service(&name.to_lowercase()) || !placed)
                    && !tokens.get(at + length).is_some_and(|t| self.lexicon.machines.contains(&t.lower))
                {
                    break;
                }
                // "linux" is first of all what runs there, also where it is a tag as well.
                let only_tag = named.iter().all(|n| matches!(n, Named::Tag(_)));
                if let Some(os) = os_word(token).filter(|_| length == 1 && only_tag && term.os.is_none()) {
                    term.os = Some(os);
                } else {
                    self.take(&mut term, named, name);
                }
                at += length;
                continue;
            }
            if token.kind == Kind::Word && self.lexicon.group_nouns.contains(&token.lower) {
                at += 1;
                // "group X": what follows is the group's name, known or not.
                if let Some(name) = tokens.get(at).filter(|t| t.is_text() && term.named.is_empty())
                    && self.known_name(tokens, at).is_none()
                    && !self.is_end(name)
                {
                    term.unknown.push(self.unknown(&name.text));
                    at += 1;
                }
                continue;
            }
            if self.is_machines(token) {
                term.machines = true;
                at += 1;
                continue;
            }
            if let Some((tag, length)) = self.tagged(tokens, at) {
                match self.roster.tag(&tag) {
                    Some(named) => {
                        term.reasons.push(format!("“{tag}” is {}", self.describe(named)));
                        term.named.push((named, tag));
                    }
                    None => {
                        term.foreign_tags.push(tag.clone());
                        term.unknown.push(Unknown { name: tag, near: self.tag_names(), ambiguous: false });
                    }
                }
                at += length;
                continue;
            }
            if let Some(os) = os_word(token).filter(|_| term.os.is_none()) {
                term.os = Some(os);
                at += 1;
                continue;
            }
            if !term.is_empty() {
                break;
            }
            if let Some(found) = token.is_text().then(|| expand(self.roster, &token.text)).flatten() {
                for one in found {
                    match one {
                        Ok(target) => term.pattern.push((target, token.text.clone())),
                        Err(name) => term.unknown.push(self.unknown(&name)),
                    }
                }
                at += 1;
                continue;
            }
            let Some(length) = self.foreign_name(tokens, at, &mut term) else { break };
            at += length;
        }
        (!term.is_empty() || term.all && at > from && self.everything_meant(tokens, from)).then_some((term, at))
    }

    /// "everything" and "all" alone stand for every machine only as the whole place.
    fn everything_meant(&self, tokens: &[Token], from: usize) -> bool {
        tokens.get(from).is_some_and(|t| t.is("all") || t.is("every"))
    }

    fn take(&self, term: &mut Term, named: Vec<Named>, name: String) {
        match named.as_slice() {
            [one] => {
                term.reasons.push(format!("“{name}” is {}", self.describe(*one)));
                term.named.push((*one, name));
            }
            several => {
                // A tag or environment that means the same machines as a group is no second reading.
                let first = self.roster.members(several[0]);
                let same = several.iter().all(|named| self.roster.members(*named).same(&first));
                if same {
                    term.reasons.push(format!("“{name}” is {}", self.describe(several[0])));
                    term.named.push((several[0], name));
                } else {
                    let near = several.iter().map(|n| self.describe(*n)).collect();
                    term.unknown.push(Unknown { name, near, ambiguous: true });
                }
            }
        }
    }

    fn describe(&self, named: Named) -> String {
        let name = self.roster.display(named);
        match named {
            Named::Host(_) => format!("the host {name}"),
            Named::Group(_) => format!("the group “{name}”"),
            Named::Tag(_) => format!("the tag “{name}”"),
            Named::Environment(_) => format!("the environment “{name}”"),
        }
    }

    /// The longest name of the inventory that begins at `at`, with its length in tokens.
    fn known_name(&self, tokens: &[Token], at: usize) -> Option<(Vec<Named>, String, usize)> {
        let first = tokens.get(at)?;
        if first.is_text()
            && let Some(host) = self.roster.host(&first.text)
        {
            return Some((vec![Named::Host(host)], first.text.clone(), 1));
        }
        if first.kind == Kind::Quoted {
            let named = self.roster.named(&first.text);
            return (!named.is_empty()).then(|| (named.to_vec(), first.text.clone(), 1));
        }
        let words = tokens[at..].iter().take(MAX_NAME_WORDS).take_while(|t| t.kind == Kind::Word).count();
        (1..=words).rev().find_map(|length| {
            let name = tokens[at..at + length].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
            let named = self.roster.named(&name);
            if named.is_empty() || (length == 1 && self.is_common(&tokens[at])) {
                return None;
            }
            Some((named.to_vec(), name, length))
        })
    }

    /// `web-01..03`, "web-01 to web-03", "web-01 through 03".
    fn spoken_range(&self, tokens: &[Token], at: usize) -> Option<(Expanded, String, usize)> {
        let first = tokens.get(at).filter(|t| t.kind == Kind::Word)?;
        if let Some((from, to)) = first.text.split_once("..") {
            let found = range(self.roster, from, to.trim_start_matches('.'))?;
            return Some((found, first.text.clone(), 1));
        }
        let middle = tokens.get(at + 1).filter(|t| ["to", "through", "thru", "till", "-"].iter().any(|w| t.is(w)))?;
        let last = tokens.get(at + 2).filter(|t| t.kind == Kind::Word)?;
        let found = range(self.roster, &first.text, &last.text)?;
        Some((found, format!("{} {} {}", first.text, middle.text, last.text), 3))
    }

    /// "tagged x", "with tag x", "with the tag x", "tag:x": the tag, and how many tokens say so.
    fn tagged(&self, tokens: &[Token], at: usize) -> Option<(String, usize)> {
        let word = |n: usize| tokens.get(at + n).filter(|t| t.kind == Kind::Word);
        let first = word(0)?;
        if let Some(tag) =
            first.lower.strip_prefix("tag:").or_else(|| first.lower.strip_prefix("tag=")).filter(|t| !t.is_empty())
        {
            return Some((tag.to_owned(), 1));
        }
        let mut n = 0;
        if ["with", "having", "carrying", "that", "which", "are"].iter().any(|w| first.is(w)) {
            n += 1;
            while word(n).is_some_and(|t| ["the", "have", "has", "are", "a"].iter().any(|w| t.is(w))) {
                n += 1;
            }
        }
        let noun = word(n)?;
        if !["tagged", "tag", "tags", "labeled", "labelled"].iter().any(|w| noun.is(w)) {
            return None;
        }
        n += 1;
        while tokens.get(at + n).is_some_and(|t| t.kind == Kind::Colon || t.is("with") || t.is("as")) {
            n += 1;
        }
        let tag = tokens.get(at + n).filter(|t| t.is_text())?;
        Some((tag.text.clone(), n + 1))
    }

    /// Words of the language that do not become a name just because something is called so.
    fn is_common(&self, token: &Token) -> bool {
        self.lexicon.filler.contains(&token.lower)
            || self.lexicon.place.contains(&token.lower)
            || self.lexicon.machines.contains(&token.lower)
    }

    /// "servers", "hosts", …, also with one letter wrong.
    fn is_machines(&self, token: &Token) -> bool {
        let near = |noun: &String| strsim::damerau_levenshtein(noun, &token.lower) == 1;
        token.kind == Kind::Word
            && (self.lexicon.machines.contains(&token.lower)
                || token.lower.len() >= 6
                    && token.lower.chars().all(char::is_alphabetic)
                    && self.lexicon.machines.iter().any(near))
    }

    /// Whether the words from `at` go on to name machines, for "25 Windows systems".
    fn names_machines(&self, tokens: &[Token], at: usize) -> bool {
        tokens[at.min(tokens.len())..].iter().take(3).any(|t| {
            t.kind == Kind::Word
                && (self.lexicon.machines.contains(&t.lower) || self.lexicon.group_nouns.contains(&t.lower))
        }) || self.known_name(tokens, at).is_some()
    }

    /// A name the inventory does not have, where one is expected; answers its length in tokens.
    fn foreign_name(&self, tokens: &[Token], at: usize, term: &mut Term) -> Option<usize> {
        let token = tokens.get(at)?;
        if token.kind == Kind::Quoted {
            term.unknown.push(self.unknown(&token.text));
            return Some(1);
        }
        if token.kind != Kind::Word || self.is_end(token) {
            return None;
        }
        // "foo bar servers": everything up to the word for machines is the name.
        let run = tokens[at..]
            .iter()
            .take(MAX_NAME_WORDS)
            .take_while(|t| t.kind == Kind::Word && !self.is_end(t))
            .position(|t| self.lexicon.machines.contains(&t.lower) || self.lexicon.group_nouns.contains(&t.lower));
        let length = match run {
            Some(n) if n > 0 => n + 1,
            _ if is_host_like(&token.text) => 1,
            _ => 1,
        };
        let words = tokens[at..].iter().take(4).take_while(|t| t.kind == Kind::Word && !self.is_end(t)).count();
        for length in (1..=words.max(length)).rev() {
            let Some(said) = tokens.get(at..at + length) else { continue };
            let name = said.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
            if let Some((named, typed)) = self.surely_meant(&name) {
                let reason = format!("read “{typed}” as {}", self.describe(named));
                term.reasons.push(reason);
                term.named.push((named, typed));
                return Some(length);
            }
        }
        let name = tokens[at..at + length].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        if run.is_none() && !is_host_like(&token.text) && self.roster.near(&token.text).is_empty() && term.all {
            return None;
        }
        term.unknown.push(self.unknown(&name));
        Some(length)
    }

    /// The group a mistyped name means beyond doubt: one letter off, and nothing else as near. Host
    /// names are never guessed: web-02 and web-03 are one letter apart, too.
    fn surely_meant(&self, name: &str) -> Option<(Named, String)> {
        let near = self.roster.near(name);
        let (distance, named) = near.first()?;
        let alone = near.iter().skip(1).all(|(other, _)| *other > distance + 1);
        let letters = crate::roster::key(name).chars().count();
        // In a short word one letter makes another word: "prox" may be prod or proxy.
        let word = |text: &str| {
            text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
        };
        let said = word(name);
        let known = self
            .roster
            .names_of(*named)
            .into_iter()
            .filter(|n| word(n).len() == said.len())
            .min_by_key(|n| strsim::damerau_levenshtein(&n.to_lowercase(), &name.to_lowercase()))
            .map(|n| word(&n));
        let short = known.is_some_and(|known| known.iter().zip(&said).any(|(a, b)| a != b && a.chars().count() < 5));
        (!short && matches!(named, Named::Group(_)) && *distance == 1 && letters >= 7 && alone)
            .then(|| (*named, name.to_owned()))
    }

    fn unknown(&self, name: &str) -> Unknown {
        let near = self.roster.near(name).into_iter().take(5).map(|(_, named)| self.roster.display(named)).collect();
        Unknown { name: name.to_owned(), near, ambiguous: false }
    }

    fn tag_names(&self) -> Vec<String> {
        self.roster.tags.iter().take(5).map(|(tag, _)| tag.clone()).collect()
    }

    /// Words that end an expression.
    fn is_end(&self, token: &Token) -> bool {
        !token.is_text()
            || token.kind == Kind::Path
            || self.lexicon.place.contains(&token.lower)
            || self.lexicon.filler.contains(&token.lower)
            || ["with", "using", "if", "when", "and", "or", "by", "as", "via", "every", "until"]
                .contains(&token.lower.as_str())
            || self.lexicon.except.at(std::slice::from_ref(token)).is_some()
    }

    fn resolve(&self, terms: Vec<Term>) -> Places {
        let restricted = terms.len() > 1;
        let mut places = Places::default();
        let mut sets: Vec<(Set, String)> = Vec::new();
        let (mut all, mut machines) = (false, false);
        for term in terms {
            all |= term.all;
            machines |= term.machines;
            places.expected = places.expected.or(term.count);
            places.unknown.extend(term.unknown);
            places.tags.extend(term.foreign_tags);
            places.reasons.extend(term.reasons);
            for (named, _) in &term.named {
                let display = self.roster.display(*named);
                match named {
                    Named::Host(_) => places.hosts.push(display),
                    Named::Group(g) => places.groups.push(*g),
                    Named::Tag(_) | Named::Environment(_) => places.tags.push(display),
                }
            }
            // Several hosts side by side are several hosts, not what they have in common.
            let hosts: Set = term
                .named
                .iter()
                .filter_map(|(named, _)| if let Named::Host(h) = named { Some(*h) } else { None })
                .chain(term.pattern.iter().map(|(target, _)| *target))
                .collect();
            for (target, pattern) in &term.pattern {
                places.hosts.push(self.roster.targets[*target].spec.name.clone());
                if places.reasons.iter().all(|r| !r.contains(pattern.as_str())) {
                    places.reasons.push(format!("“{pattern}” is a pattern for several hosts"));
                }
            }
            if !hosts.is_empty() {
                sets.push((hosts, "named".to_owned()));
            }
            for (named, _) in &term.named {
                if !matches!(named, Named::Host(_)) {
                    sets.push((
                        self.roster.members(*named).into_owned(),
                        self.describe(*named).trim_start_matches("the ").to_owned(),
                    ));
                }
            }
            if let Some(os) = term.os {
                places.os_hint = Some(os);
                sets.push((self.roster.with_os(os).clone(), format!("runs {os}")));
            }
        }
        if sets.is_empty() && places.unknown.is_empty() {
            if all {
                places.everything = true;
                places.groups.extend(self.roster.everything());
                sets.push((self.roster.all().clone(), "every target".to_owned()));
            } else {
                places.vague = machines;
            }
        }
        let mut sets = sets.into_iter();
        if let Some((mut chosen, mut why)) = sets.next() {
            for (set, reason) in sets {
                chosen.restrict(&set);
                why = format!("{why}, {reason}");
            }
            if places.unknown.is_empty() {
                places.resolved = Machines::new(chosen, &why);
            }
        }
        // "web servers in 'Production Web'" is just that group where it lies within the other.
        if places.groups.len() > 1 && restricted {
            let all = places.resolved.set();
            if let Some(&exact) = places.groups.iter().rev().find(|&&g| self.roster.groups[g].members.same(all)) {
                places.groups = vec![exact];
            }
        }
        let is_all = |g: &usize| self.roster.groups[*g].everything;
        if !places.unknown.is_empty() {
            // "all servers in group X": without X, "all servers" would be far too many.
            places.groups.retain(|g| !is_all(g));
        }
        places.everything |= !places.groups.is_empty() && places.groups.iter().all(is_all) && places.os_hint.is_none();
        places
    }
}

/// A number in digits or, up to twelve, in words.
fn counted(word: &str) -> Option<usize> {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    word.parse().ok().or_else(|| words.iter().position(|w| *w == word).map(|n| n + 1))
}

/// The system a word names, as people write it before "servers".
pub(crate) fn os_word(token: &Token) -> Option<Os> {
    if token.kind != Kind::Word {
        return None;
    }
    match token.lower.as_str() {
        "windows" | "win" => Some(Os::Windows),
        "linux" => Some(Os::Linux),
        "macos" | "mac" | "macs" | "osx" => Some(Os::Macos),
        "unix" => Some(Os::Unix),
        _ => None,
    }
}

/// Whether a word looks like one machine's name or address: it has a digit, or dots within.
pub(crate) fn is_host_like(word: &str) -> bool {
    if word.parse::<IpAddr>().is_ok() {
        return true;
    }
    // "8.0.40" is a version.
    if word.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let host_characters = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    let starts = word.chars().next().is_some_and(char::is_alphanumeric);
    let digit = word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(char::is_alphabetic);
    let dotted = word.split('.').count() > 2 && word.split('.').all(|label| !label.is_empty());
    host_characters && starts && (digit || dotted || word.eq_ignore_ascii_case("localhost"))
}
