//! Completions while an operator types: groups, hosts and tags where a place is due, services and recipes where a thing is.

use crate::lexicon::{Lexicon, Verb};
use crate::roster::Roster;
use crate::text::{Kind, tokenise};
use wheelhouse_protocol::reading::Intent;

/// The most completions that are offered.
const MOST: usize = 8;

/// What a completion names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A group of machines, with how many there are in it.
    Group(usize),
    /// One machine.
    Host,
    /// A tag, with how many machines have it.
    Tag(usize),
    /// A service.
    Service,
    /// A saved recipe.
    Recipe,
}

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The name.
    pub name: String,
    /// What it names.
    pub kind: CompletionKind,
    /// How many characters before the cursor it takes the place of.
    pub replaces: usize,
}

/// How what is typed before the cursor may go on. `recipes` are the names of the saved ones.
pub(crate) fn complete(roster: &Roster, lexicon: &Lexicon, typed: &str, recipes: &[String]) -> Vec<Completion> {
    if typed.len() > 2000 {
        return Vec::new();
    }
    let tokens = tokenise(typed).tokens;
    let open = !typed.ends_with(char::is_whitespace);
    let complete_tokens = if open { tokens.len().saturating_sub(1) } else { tokens.len() };
    let is_place = |n: usize| tokens.get(n).is_some_and(|t| t.kind == Kind::Word && lexicon.place.contains(&t.lower));
    // Where the place or the name began: the words behind the last preposition, or behind the verb.
    let place = (0..complete_tokens).rev().take(12).find(|&n| is_place(n));
    let verb =
        (0..complete_tokens).rev().find_map(|n| lexicon.verb(&tokens[n..]).map(|(length, verb)| (n + length, verb)));
    let (from, in_place) = match (place, verb) {
        (Some(place), Some((behind, _))) if place >= behind => (place + 1, true),
        (Some(place), None) => (place + 1, true),
        (_, Some((behind, _))) => (behind, false),
        (None, None) => return Vec::new(),
    };
    let begins = tokens.get(from).map_or(typed.chars().count(), |t| t.span.start);
    let said: String = typed.chars().skip(begins).collect::<String>().to_lowercase();
    let last: String = said.rsplit([' ', ',']).next().unwrap_or_default().to_owned();
    // A name unasked only where one must follow: "on ", "web-01, ", "except ", and not behind a name that is complete.
    let before = &tokens[..complete_tokens];
    let due = before.last().is_none_or(|t| {
        t.kind == Kind::Comma || t.is("and") || t.is("or") || (t.kind == Kind::Word && lexicon.place.contains(&t.lower))
    }) || (0..before.len())
        .rev()
        .take(4)
        .any(|n| lexicon.except.at(&before[n..]).is_some_and(|(length, ())| n + length == before.len()));
    let mut found = Vec::new();
    let mut offer = |name: &str, kind: CompletionKind| {
        // Ten thousand hosts may fit; what comes first is what is shown.
        if found.len() == MOST {
            return;
        }
        let lower = name.to_lowercase();
        let part = [said.trim_start(), last.as_str()].into_iter().find(|p| lower.starts_with(p) && lower != **p);
        if let Some(part) = part.filter(|p| !p.is_empty() || (in_place && due))
            && found.iter().all(|c: &Completion| c.name != name)
        {
            found.push(Completion { name: name.to_owned(), kind, replaces: part.chars().count() });
        }
    };
    let recipe = tokens[..complete_tokens].iter().any(|t| t.is("recipe"));
    if recipe && !in_place {
        recipes.iter().for_each(|name| offer(name, CompletionKind::Recipe));
    } else if in_place {
        roster.groups.iter().for_each(|g| offer(&g.name, CompletionKind::Group(g.members.len())));
        roster.tags.iter().for_each(|(tag, members)| offer(tag, CompletionKind::Tag(members.len())));
        roster.targets.iter().for_each(|t| offer(&t.spec.name, CompletionKind::Host));
    } else if said.is_empty()
        || matches!(
            verb,
            Some((_, Verb::Do(Intent::CopyFile | Intent::ReadFile | Intent::ListDirectory | Intent::UserAdmin)))
        )
    {
        return Vec::new();
    } else {
        lexicon.service_names().for_each(|name| offer(name, CompletionKind::Service));
        roster.targets.iter().for_each(|t| offer(&t.spec.name, CompletionKind::Host));
    }
    found
}
