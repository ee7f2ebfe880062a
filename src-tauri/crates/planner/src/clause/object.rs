//! What a clause speaks of, besides its verb and place: words that are taken one after the other, until none is left.
//!
//! A word that nothing takes is one the request may hang on ("… unless", "… twice"), so it is asked about.

use crate::lexicon::{Lexicon, Phrases};
use crate::text::{Kind, Token};
use std::ops::Range;

/// The words of a clause's object, and which of them have been taken.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) tokens: Vec<Token>,
    used: Vec<bool>,
}

impl Object {
    pub(crate) fn new(tokens: Vec<Token>) -> Self {
        let used = vec![false; tokens.len()];
        Self { tokens, used }
    }

    /// Whether any of these words is there, taken or not.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        self.tokens.iter().any(|t| words.iter().any(|w| t.is(w)))
    }

    /// Takes these words wherever they stand; whether any did.
    pub(crate) fn take(&mut self, words: &[&str]) -> bool {
        let mut found = false;
        for (token, used) in self.tokens.iter().zip(&mut self.used) {
            if !*used && words.iter().any(|w| token.is(w)) {
                *used = true;
                found = true;
            }
        }
        found
    }

    /// Takes the words of a set wherever they stand.
    pub(crate) fn take_set(&mut self, words: &std::collections::HashSet<String>) {
        for (token, used) in self.tokens.iter().zip(&mut self.used) {
            *used |= token.kind == Kind::Word && words.contains(&token.lower);
        }
    }

    /// Takes the first of these phrases, written with spaces.
    pub(crate) fn take_phrase(&mut self, phrases: &[&str]) -> bool {
        for phrase in phrases {
            let words: Vec<&str> = phrase.split(' ').collect();
            let found = (0..self.tokens.len()).find(|&at| {
                at + words.len() <= self.tokens.len()
                    && words.iter().enumerate().all(|(i, w)| self.tokens[at + i].is(w) && !self.used[at + i])
            });
            if let Some(at) = found {
                self.mark(at..at + words.len());
                return true;
            }
        }
        false
    }

    /// Every phrase of the lexicon that stands here untaken, with where.
    pub(crate) fn find_all<T: Clone>(&self, phrases: &Phrases<T>) -> Vec<(Range<usize>, T)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match phrases.at(&self.tokens[at..]) {
                Some((length, value)) if self.used[at..at + length].iter().all(|used| !used) => {
                    found.push((at..at + length, value.clone()));
                    at += length;
                }
                _ => at += 1,
            }
        }
        found
    }

    /// Whether one of these phrases stands here, taken or not.
    pub(crate) fn find_any<T: Clone>(&self, phrases: &Phrases<T>) -> bool {
        phrases.anywhere(&self.tokens).is_some()
    }

    pub(crate) fn mark(&mut self, range: Range<usize>) {
        for used in &mut self.used[range] {
            *used = true;
        }
    }

    /// The untaken tokens, with where they stand.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (usize, &Token)> {
        self.tokens.iter().enumerate().filter(|(i, t)| !self.used[*i] && t.is_text())
    }

    /// The untaken tokens that mean something.
    pub(crate) fn words(&self, lexicon: &Lexicon) -> Vec<(usize, Token)> {
        self.rest()
            .filter(|(_, t)| t.kind != Kind::Word || !lexicon.filler.contains(&t.lower))
            .map(|(i, t)| (i, t.clone()))
            .collect()
    }

    /// Takes the first untaken token of a kind.
    pub(crate) fn take_kind(&mut self, kind: Kind) -> Option<Token> {
        let at = self.rest().find(|(_, t)| t.kind == kind).map(|(i, _)| i)?;
        self.used[at] = true;
        Some(self.tokens[at].clone())
    }

    /// Takes the first untaken token that fits.
    pub(crate) fn take_if(&mut self, fits: impl Fn(&Token) -> bool) -> Option<Token> {
        let at = self.rest().find(|(_, t)| fits(t)).map(|(i, _)| i)?;
        self.used[at] = true;
        Some(self.tokens[at].clone())
    }

    /// Takes the token behind one of these words, with the word.
    pub(crate) fn take_after(&mut self, words: &[&str]) -> Option<Token> {
        let at = (0..self.tokens.len().saturating_sub(1)).find(|&at| {
            words.iter().any(|w| self.tokens[at].is(w)) && !self.used[at + 1] && self.tokens[at + 1].is_text()
        })?;
        self.mark(at..at + 2);
        Some(self.tokens[at + 1].clone())
    }

    /// What nothing has taken: the words, and where they stand in the request.
    pub(crate) fn left_over(&self, lexicon: &Lexicon) -> Option<(String, Range<usize>)> {
        let neutral = |t: &Token| {
            t.kind == Kind::Word
                && (lexicon.filler.contains(&t.lower)
                    || lexicon.place.contains(&t.lower)
                    || t.text.chars().all(|c| !c.is_alphanumeric()))
        };
        let left: Vec<&Token> = self.rest().map(|(_, t)| t).filter(|t| !neutral(t)).collect();
        let (first, last) = (left.first()?, left.last()?);
        let said = left.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        Some((said, first.span.start..last.span.end))
    }
}
