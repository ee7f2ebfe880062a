//! How fast: "one at a time", "in batches of 2", "rolling 25%", "canary first", "stop after 2 failures".

use crate::text::{Kind, Token};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wheelhouse_protocol::plan::{Batch, Strategy};

/// What a request says about the order in which machines are worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pace {
    pub(crate) batch: Option<Batch>,
    pub(crate) canary: Option<u32>,
    pub(crate) stop_after: Option<u32>,
}

impl Pace {
    /// The strategy with what was said put in.
    pub(crate) fn apply(self, mut strategy: Strategy) -> Strategy {
        strategy.batch = self.batch.unwrap_or(strategy.batch);
        strategy.canary = self.canary.unwrap_or(strategy.canary);
        strategy.stop_after = self.stop_after.unwrap_or(strategy.stop_after);
        strategy
    }

    /// As the reading shows it.
    pub(crate) fn slots(self, slots: &mut BTreeMap<String, Value>) {
        match self.batch {
            Some(Batch::All) => slots.insert("batch".to_owned(), json!("all")),
            Some(Batch::Count(n)) => slots.insert("batch".to_owned(), json!(n)),
            Some(Batch::Percent(p)) => slots.insert("batch".to_owned(), json!(format!("{p}%"))),
            None => None,
        };
        if let Some(canary) = self.canary {
            slots.insert("canary".to_owned(), json!(canary));
        }
        if let Some(stop) = self.stop_after {
            slots.insert("stop_after".to_owned(), json!(stop));
        }
    }
}

/// Takes what is said about the pace out of the tokens.
pub(crate) fn take(tokens: &mut Vec<Token>) -> Pace {
    let mut pace = Pace::default();
    let mut at = 0;
    while at < tokens.len() {
        match read(&tokens[at..], &mut pace) {
            Some(length) => {
                tokens.drain(at..at + length);
            }
            None => at += 1,
        }
    }
    pace
}

fn read(tokens: &[Token], pace: &mut Pace) -> Option<usize> {
    let lead = usize::from(tokens.first().is_some_and(|t| t.kind == Kind::Comma));
    let rest = &tokens[lead..];
    let says = |phrase: &str| {
        let words: Vec<&str> = phrase.split(' ').collect();
        (words.len() <= rest.len() && words.iter().zip(rest).all(|(w, t)| t.is(w))).then_some(words.len() + lead)
    };
    for phrase in [
        "one server at a time", "one host at a time", "one node at a time", "one machine at a time", "one at a time",
        "one by one", "one after the other", "one after another", "serially", "sequentially", "in sequence",
        "in series",
    ] {
        if let Some(length) = says(phrase) {
            pace.batch = Some(Batch::Count(1));
            return Some(length);
        }
    }
    for phrase in ["in parallel", "all at once", "simultaneously", "at the same time", "all together", "concurrently"] {
        if let Some(length) = says(phrase) {
            pace.batch = Some(Batch::All);
            return Some(length);
        }
    }
    for phrase in ["with a canary first", "with a canary", "canary first", "with one canary", "one canary first"] {
        if let Some(length) = says(phrase) {
            pace.canary = Some(1);
            return Some(length);
        }
    }
    for phrase in [
        "stop on first failure", "stop on the first failure", "stop at the first failure", "stop at first failure",
        "stop after the first failure", "stop after first failure", "stop if one fails", "stop if any fails",
        "abort on first failure", "stop on failure", "stop on first error", "stop on error",
    ] {
        if let Some(length) = says(phrase) {
            pace.stop_after = Some(1);
            return Some(length);
        }
    }
    let number = |n: usize| rest.get(n).and_then(|t| t.lower.parse::<u32>().ok().or_else(|| small(&t.lower)));
    let percent = |n: usize| -> Option<(u8, usize)> {
        let t = rest.get(n)?;
        let (digits, length) = match t.lower.strip_suffix('%') {
            Some(digits) => (digits, 1),
            None if rest.get(n + 1).is_some_and(|u| u.is("percent") || u.is("%")) => (t.lower.as_str(), 2),
            None => return None,
        };
        digits.parse().ok().filter(|p| (1..=100).contains(p)).map(|p| (p, length))
    };
    if let Some(length) = says("stop after").or_else(|| says("abort after"))
        && let Some(n) = number(2)
        && rest.get(3).is_some_and(|t| ["failure", "failures", "errors", "fail"].iter().any(|w| t.is(w)))
    {
        pace.stop_after = Some(n);
        return Some(length + 2);
    }
    if let Some(n) = number(0).filter(|n| *n > 0)
        && [["at", "a", "time"]]
            .iter()
            .any(|p| p.iter().enumerate().all(|(i, w)| rest.get(1 + i).is_some_and(|t| t.is(w))))
    {
        pace.batch = Some(Batch::Count(n));
        return Some(4 + lead);
    }
    if let Some((p, length)) = percent(0)
        && ["at", "a", "time"].iter().enumerate().all(|(i, w)| rest.get(length + i).is_some_and(|t| t.is(w)))
    {
        pace.batch = Some(Batch::Percent(p));
        return Some(length + 3 + lead);
    }
    for (phrase, words) in [
        ("in batches of", 3),
        ("batches of", 2),
        ("in groups of", 3),
        ("batch size", 2),
        ("in waves of", 3),
        ("rolling", 1),
    ] {
        let Some(length) = says(phrase) else { continue };
        if let Some((p, more)) = percent(words) {
            pace.batch = Some(Batch::Percent(p));
            return Some(length + more);
        }
        if let Some(n) = number(words).filter(|n| *n > 0) {
            pace.batch = Some(Batch::Count(n));
            return Some(length + 1);
        }
    }
    None
}

fn small(word: &str) -> Option<u32> {
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        .iter()
        .position(|w| *w == word)
        .and_then(|n| u32::try_from(n + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;

    fn taken(request: &str) -> (Pace, String) {
        let mut tokens = tokenise(request).tokens;
        let pace = take(&mut tokens);
        (pace, tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn paces_people_ask_for() {
        for (said, batch) in [
            ("one at a time", Batch::Count(1)),
            ("2 at a time", Batch::Count(2)),
            ("two at a time", Batch::Count(2)),
            ("in batches of 5", Batch::Count(5)),
            ("rolling 25%", Batch::Percent(25)),
            ("20 percent at a time", Batch::Percent(20)),
            ("in parallel", Batch::All),
        ] {
            let (pace, rest) = taken(&format!("restart nginx on web servers {said}"));
            assert_eq!((pace.batch, rest.as_str()), (Some(batch), "restart nginx on web servers"), "{said}");
        }
        let (pace, rest) = taken("restart nginx on web, canary first, stop after 2 failures");
        assert_eq!((pace.canary, pace.stop_after, rest.as_str()), (Some(1), Some(2), "restart nginx on web"));
        assert_eq!(
            taken("restart nginx on 2 servers").0,
            Pace::default(),
            "a number alone says nothing about the pace"
        );
    }
}
