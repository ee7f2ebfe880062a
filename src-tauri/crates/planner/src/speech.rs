//! What kind of thing was said: a question about how or what if, a wish for a script, a greeting, a "not".

use crate::lexicon::{Lexicon, Talk, Verb};
use crate::text::{Kind, Token};
use wheelhouse_protocol::reading::Intent;

/// Things that are answered or asked about, and never planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    HowTo,
    WhatIf,
    Script,
    Greeting,
    Negation,
    Secret,
}

/// Where the first word with a meaning stands.
pub(crate) fn lead(tokens: &[Token], lexicon: &Lexicon) -> usize {
    tokens
        .iter()
        .position(|t| {
            t.is_text()
                && ![
                    "hey", "hi", "hello", "so", "ok", "okay", "please", "well", "um", "uh", "quick", "question",
                    "just", "wondering",
                ]
                .iter()
                .any(|w| t.is(w))
        })
        .filter(|&at| at < tokens.len())
        .unwrap_or_else(|| usize::from(lexicon.filler.is_empty()))
}

/// What kind of saying this is, when it is none that acts.
pub(crate) fn kind(tokens: &[Token], lexicon: &Lexicon) -> Option<Speech> {
    let lead = lead(tokens, lexicon);
    let rest = tokens.get(lead..)?;
    if is_greeting(tokens, lexicon) {
        return Some(Speech::Greeting);
    }
    if asks_for_a_secret(tokens) {
        return Some(Speech::Secret);
    }
    if asks_for_a_script(tokens, lexicon) {
        return Some(Speech::Script);
    }
    let polite = ["get", "see", "have", "check", "know", "view", "look", "please"];
    let may = ["can", "could", "may"].iter().any(|w| rest.first().is_some_and(|t| t.is(w)))
        && rest.get(1).is_some_and(|t| t.is("i") || t.is("we"))
        && !rest.get(2).is_some_and(|t| polite.iter().any(|w| t.is(w)));
    if lexicon.how_to.at(rest).is_some_and(|(length, ())| !is_help_wish(rest, length, lexicon)) {
        return Some(Speech::HowTo);
    }
    let later_how = (0..tokens.len()).any(|at| lexicon.how_to.at(&tokens[at..]).is_some_and(|(length, ())| length > 1));
    if later_how {
        return Some(Speech::HowTo);
    }
    if may || lexicon.hypothetical.anywhere(tokens).is_some() {
        return Some(Speech::WhatIf);
    }
    is_negated(tokens, lexicon).then_some(Speech::Negation)
}

/// "help me restart nginx on web-01" wants it done; "help" and "help with services" want an explanation.
fn is_help_wish(rest: &[Token], length: usize, lexicon: &Lexicon) -> bool {
    rest.first().is_some_and(|t| t.is("help"))
        && length == 1
        && rest.get(1).is_some_and(|t| t.is("me") || t.is("us"))
        && rest[2..].iter().any(|t| matches!(lexicon.verb(std::slice::from_ref(t)), Some((_, Verb::Do(_)))))
}

/// Whether something is not to be done.
pub(crate) fn is_negated(tokens: &[Token], lexicon: &Lexicon) -> bool {
    if lexicon.negation.anywhere(tokens).is_some() {
        return true;
    }
    // "stop restarting nginx", "quit rebooting it"
    tokens.windows(2).any(|pair| {
        (pair[0].is("stop") || pair[0].is("quit") || pair[0].is("cease"))
            && matches!(lexicon.inflected(&pair[1]), Some((crate::lexicon::Form::Progressive, _)))
    })
}

fn is_greeting(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let words: Vec<&Token> = tokens.iter().filter(|t| t.is_text()).collect();
    if words.is_empty() || words.len() > 6 {
        return false;
    }
    let mut at = 0;
    let owned: Vec<Token> = words.into_iter().cloned().collect();
    while at < owned.len() {
        match lexicon.talk.at(&owned[at..]) {
            Some((length, Talk::Greeting)) => at += length,
            _ if at > 0
                && [
                    "there", "all", "team", "everyone", "you", "wheelhouse", "so", "much", "a", "lot", "bot", "that",
                    "worked", "it", "works", "did", "job", "work", "one", "this",
                ]
                .iter()
                .any(|w| owned[at].is(w)) =>
            {
                at += 1
            }
            _ => return false,
        }
    }
    true
}

/// "what's the password for web-01": secrets are shown by the vault alone.
fn asks_for_a_secret(tokens: &[Token]) -> bool {
    let has = |words: &[&str]| tokens.iter().any(|t| words.iter().any(|w| t.is(w)));
    has(&["password", "passwords", "passphrase", "secret", "secrets", "private"])
        && has(&[
            "what", "what's", "whats", "show", "tell", "give", "reveal", "print", "display", "get", "read", "send",
        ])
        && !has(&[
            "reset", "change", "missing", "without", "expired", "lock", "unlock", "log", "logs", "policy", "user",
            "users",
        ])
        && !tokens.iter().any(|t| matches!(t.kind, Kind::Path | Kind::Quoted))
}

/// "create a PowerShell script to restart IIS": the text of a script is wanted, not its run.
fn asks_for_a_script(tokens: &[Token], lexicon: &Lexicon) -> bool {
    let nouns = [
        "script", "scripts", "playbook", "one-liner", "oneliner", "liner", "snippet", "cmdlet", "runbook", "ps1",
        "commands",
    ];
    let makes = [
        "create", "write", "generate", "make", "give", "build", "draft", "compose", "produce", "provide", "need",
        "want", "prepare", "code", "author", "get", "show", "creat", "craete", "wirte", "genrate", "geneate", "craft",
    ];
    let Some(noun) = tokens.iter().position(|t| nouns.iter().any(|w| t.is(w))) else { return false };
    let make = tokens[..noun].iter().position(|t| makes.iter().any(|w| t.is(w)));
    let to = tokens.get(noun + 1).is_some_and(|t| t.is("to") || t.is("that") || t.is("which") || t.is("for"));
    let Some(make) = make else {
        return to
            && tokens[..noun].iter().all(|t| {
                !t.is_text()
                    || lexicon.filler.contains(&t.lower)
                    || ["powershell", "bash", "shell", "python", "ansible", "batch"].iter().any(|w| t.is(w))
            });
    };
    // "run the script", "copy the script": something that is there already.
    let acts = tokens[..noun].iter().enumerate().any(|(i, t)| {
        i != make
            && matches!(
                lexicon.verb(std::slice::from_ref(t)),
                Some((_, Verb::Do(Intent::RunCommand | Intent::CopyFile | Intent::Stop | Intent::Restart)))
            )
    });
    let path = tokens.get(noun + 1).is_some_and(|t| t.kind == Kind::Path);
    let asks_for_list = tokens[make].is("show") || tokens[make].is("get");
    !acts
        && !path
        && (!asks_for_list || tokens[make..noun].iter().any(|t| t.is("a") || t.is("me")) && noun + 1 < tokens.len())
}
