//! The machine itself: reboot, shut down, and the operator's own command.

use super::{Clause, ClauseReader, Gap, Parts};
use crate::text::{Kind, Token};
use serde_json::json;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::reading::Intent;

impl ClauseReader<'_> {
    pub(super) fn machine(&self, parts: &mut Parts<'_>, intent: Intent) -> Clause {
        parts.object.take_set(&self.lexicon.machines);
        parts.object.take_set(&self.lexicon.all);
        parts.object.take(&[
            "back", "cleanly", "-r", "-h", "-f", "/r", "/s", "/f", "-force", "force", "completely", "fully", "it",
            "them", "whole", "os", "operating", "down", "off",
        ]);
        let action = if intent == Intent::Shutdown { Action::Shutdown } else { Action::Reboot };
        Clause::ready(intent, action)
    }

    /// Exactly the command the operator typed: in quotes or backticks, or plainly a command line.
    pub(super) fn run(&self, parts: &mut Parts<'_>) -> Clause {
        parts
            .object
            .take(&["command", "commands", "following", "powershell", "bash", "shell", "cmdlet", "one-liner", "it"]);
        if let Some(quoted) = parts.object.take_kind(Kind::Quoted) {
            parts.object.take(&["in", "as", "root", "sudo"]);
            return self.command(quoted.text);
        }
        if parts.object.tokens.iter().any(|t| t.kind == Kind::Path) {
            parts.object.take(&["script", "file", "program", "job", "binary"]);
        }
        let words = parts.object.words(self.lexicon);
        let Some((at, first)) = words.first().cloned() else {
            return Clause::lacking(Intent::RunCommand, Gap::new("command", "Which command? Put it in quotes."));
        };
        // `Get-HotFix`: what PowerShell calls its commands.
        let cmdlet = first.text.split_once('-').is_some_and(|(verb, noun)| {
            let capital = |w: &str| {
                w.len() > 2
                    && w.starts_with(|c: char| c.is_ascii_uppercase())
                    && w.chars().all(|c| c.is_ascii_alphanumeric())
            };
            capital(verb) && capital(noun)
        });
        let is_command = cmdlet || first.kind == Kind::Path || self.lexicon.commands.contains(&first.lower);
        if is_command {
            // As long as nothing stands between the words, they are the command as it was typed.
            let rest: Vec<Token> = parts.object.tokens[at..].to_vec();
            let whole = rest.iter().all(|t| matches!(t.kind, Kind::Word | Kind::Path))
                && rest.windows(2).all(|pair| pair[1].span.start - pair[0].span.end <= 1)
                && parts.object.rest().all(|(i, t)| i >= at || self.lexicon.filler.contains(&t.lower));
            if whole {
                let span = rest[0].span.start..rest[rest.len() - 1].span.end;
                let end = parts.object.tokens.len();
                parts.object.mark(at..end);
                return self.command(self.text.slice(span));
            }
        }
        if let Some(clause) = self.run_in_words(parts) {
            return clause;
        }
        let span = words[0].1.span.start..words[words.len() - 1].1.span.end;
        let said = self.text.slice(span.clone());
        let question =
            format!("Which command is “{said}”? Put the command itself in quotes, or give the script's full path.");
        Clause::lacking(Intent::RunCommand, Gap::new("command", question).instead_of(span, vec![format!("\"{said}\"")]))
    }

    /// "run a health check", "run windows update": what Wheelhouse does itself.
    fn run_in_words(&self, parts: &mut Parts<'_>) -> Option<Clause> {
        if parts.object.has(&["update", "updates", "upgrade", "upgrades", "patching"]) {
            let clause = self.update(parts);
            return Some(clause);
        }
        if parts.object.has(&["check", "checks", "healthcheck", "report", "status"])
            && !parts.object.has(&["script", "playbook"])
        {
            let clause = self.look(parts);
            parts.object.take(&["check", "checks", "report"]);
            return Some(clause);
        }
        if parts.object.has(&["cleanup", "clean-up"]) {
            return Some(self.clean(parts));
        }
        None
    }

    fn command(&self, command: String) -> Clause {
        if command.trim().is_empty() {
            return Clause::lacking(Intent::RunCommand, Gap::new("command", "Which command? Put it in quotes."));
        }
        Clause::ready(Intent::RunCommand, Action::RunCommand { command: command.clone() })
            .slot("command", json!(command))
    }
}
