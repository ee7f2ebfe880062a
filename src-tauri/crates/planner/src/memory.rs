//! The messages of a conversation, as the planner takes them: the program and the page that reads along ask the same way.

use crate::talk::{Context, LastJob, Past, Turn};
use jiff::civil::DateTime;
use wheelhouse_protocol::JobId;
use wheelhouse_protocol::chat::{Content, Message};
use wheelhouse_protocol::job::{CellState, JobSummary};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::{Plan, Proposal, ProposalState};
use wheelhouse_protocol::reading::{Disposition, Intent};

/// How many of a conversation's messages count.
const MOST: usize = 40;

/// What a conversation has come to, ready for the next message.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    pub(crate) past: Past,
    pub(crate) now: Option<DateTime>,
}

impl Memory {
    /// The same, at another date and time.
    #[must_use]
    pub fn at(self, now: DateTime) -> Self {
        Self { now: Some(now), ..self }
    }
}

impl Context {
    /// The job a conversation's next message may lean on. A conversation without one has the newest job there is:
    /// "retry the failed ones" is said of what just ran, wherever it was started.
    pub fn job_of(messages: &[Message]) -> Option<JobId> {
        recent(messages).iter().rev().find_map(|message| proposal_of(message).and_then(|p| p.job))
    }

    /// The context of a conversation's next message. `last` is what became of [`Self::job_of`], or of the newest job
    /// there is.
    pub fn of(messages: &[Message], last: Option<LastJob>, now: Option<DateTime>) -> Self {
        let of_last = Self::job_of(messages);
        let mut last = last.map(Turn::Job);
        let mut turns = Vec::new();
        if of_last.is_none() {
            turns.extend(last.take());
        }
        for message in recent(messages) {
            match &message.content {
                Content::Request { text } => turns.push(Turn::Said(text.clone())),
                Content::Proposal { proposal } if proposal.job.is_some() => {
                    let ran = if proposal.job == of_last { last.take() } else { None };
                    turns.push(ran.unwrap_or(Turn::Settled));
                }
                Content::Proposal { proposal } => turns.extend(turn_of(proposal)),
            }
        }
        Self { turns, now }
    }
}

impl LastJob {
    /// What became of a job.
    pub fn of(summary: &JobSummary, plan: &Plan, picture: &JobPicture) -> Self {
        let failed = |n: usize| {
            let mut states = picture.cells.iter().filter_map(|step| step.get(n)).map(|cell| cell.state);
            states.any(|state| matches!(state, CellState::Failed | CellState::Unreachable))
        };
        let names = |wanted: &dyn Fn(usize) -> bool| {
            let targets = plan.targets.iter().enumerate();
            targets.filter(|(n, _)| wanted(*n)).map(|(_, target)| target.name.clone()).collect()
        };
        Self {
            request: Some(summary.request.clone()),
            failed: names(&failed),
            hosts: names(&|_| true),
            running: !summary.state.is_final(),
        }
    }
}

fn recent(messages: &[Message]) -> &[Message] {
    &messages[messages.len().saturating_sub(MOST)..]
}

fn proposal_of(message: &Message) -> Option<&Proposal> {
    match &message.content {
        Content::Proposal { proposal } => Some(proposal),
        Content::Request { .. } => None,
    }
}

/// What a reply without a job means for the next message.
fn turn_of(proposal: &Proposal) -> Option<Turn> {
    let reading = &proposal.reading;
    match (reading.disposition, proposal.state) {
        (Disposition::Clarify, ProposalState::Open) => {
            let questions: Vec<&str> = reading.questions.iter().map(|q| q.text.as_str()).collect();
            Some(Turn::Asked(questions.join(" ")))
        }
        (Disposition::Plan | Disposition::Confirm, ProposalState::Open) => {
            Some(Turn::Waits(proposal.plan.as_ref().map(|plan| plan.request.clone())))
        }
        (Disposition::Plan | Disposition::Confirm, _) => Some(Turn::Settled),
        _ if reading.intent == Intent::Cancel => Some(Turn::Settled),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;
    use serde_json::{Value, json};

    fn id(n: usize) -> String {
        format!("0197c0de-0000-7000-8000-{n:012}")
    }

    fn said(n: usize, text: &str) -> Value {
        json!({ "id": id(n), "at": "2026-03-12T12:00:00Z", "kind": "request", "text": text })
    }

    fn reply(n: usize, disposition: &str, state: &str, job: Option<usize>) -> Value {
        json!({ "id": id(n), "at": "2026-03-12T12:00:00Z", "kind": "proposal", "proposal": {
            "id": id(n), "state": state, "made_at": "2026-03-12T12:00:00Z", "plan": null, "job": job.map(id),
            "reading": { "intent": "restart", "disposition": disposition, "risk": "medium", "os": null, "slots": {},
                "steps": [], "targets": { "groups": [], "hosts": [], "exclude": [], "tags": [], "resolved": [], "why": [] },
                "questions": [{ "about": "targets", "text": "Which one?", "choices": [] }], "reasons": [], "sentence": "" } } })
    }

    fn thread(messages: &[Value]) -> Vec<Message> {
        serde_json::from_value(json!(messages)).unwrap()
    }

    fn ran(host: &str) -> Option<LastJob> {
        Some(LastJob { hosts: vec![host.to_owned()], ..LastJob::default() })
    }

    /// One letter a turn: said, waits, asked, settled (`-`), job.
    fn letters(context: &Context) -> String {
        let letter = |turn: &Turn| match turn {
            Turn::Said(_) => 's',
            Turn::Waits(_) => 'w',
            Turn::Asked(_) => 'a',
            Turn::Settled => '-',
            Turn::Job(_) => 'j',
        };
        context.turns.iter().map(letter).collect()
    }

    #[test]
    fn replies_mean_what_they_wait_for() {
        let messages = thread(&[
            said(1, "restart nginx"),
            reply(2, "clarify", "open", None),
            said(3, "web"),
            reply(4, "confirm", "open", None),
            said(5, "no"),
            reply(6, "confirm", "rejected", None),
            reply(7, "answer", "open", None),
        ]);
        assert_eq!(letters(&Context::of(&messages, None, None)), "sasws-");
        let asked = Context::of(&messages, None, None).turns.remove(1);
        assert!(matches!(&asked, Turn::Asked(text) if text == "Which one?"), "{asked:?}");
    }

    #[test]
    fn the_last_job_stands_where_it_was_started() {
        let messages = thread(&[
            said(1, "a"),
            reply(2, "confirm", "started", Some(20)),
            said(3, "b"),
            reply(4, "confirm", "started", Some(40)),
            said(5, "c"),
        ]);
        assert_eq!(Context::job_of(&messages), serde_json::from_value(json!(id(40))).ok());
        assert_eq!(letters(&Context::of(&messages, ran("web-01"), None)), "s-sjs", "an older job only settles");
        assert_eq!(letters(&Context::of(&messages, None, None)), "s-s-s", "nothing is known of it yet");
    }

    #[test]
    fn without_a_job_of_its_own_the_newest_comes_first() {
        let messages = thread(&[said(1, "retry the failed ones")]);
        assert_eq!(Context::job_of(&messages), None);
        assert_eq!(letters(&Context::of(&messages, ran("web-01"), None)), "js");
    }

    #[test]
    fn a_long_conversation_is_cut_at_its_beginning() {
        let all: Vec<Value> = (0..100).map(|n| said(n, &n.to_string())).collect();
        let turns = Context::of(&thread(&all), None, None).turns;
        assert_eq!(turns.len(), MOST);
        assert!(matches!(turns.last(), Some(Turn::Said(text)) if text == "99"), "{turns:?}");
    }
}
