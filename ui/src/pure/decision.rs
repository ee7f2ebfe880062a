//! Which plan or choice a key may decide on: only one the operator is looking at, and nothing else.

use wheelhouse_protocol::chat::{Content, Message};
use wheelhouse_protocol::plan::{Proposal, ProposalState};
use wheelhouse_protocol::reading::{Disposition, Reading};
use wheelhouse_protocol::{MessageId, PlanId};

/// Choices that have a key of their own: 1 to 9.
pub(crate) const KEYS: usize = 9;

/// Whether a plan waits for a decision.
pub(crate) fn waits(proposal: &Proposal) -> bool {
    proposal.state == ProposalState::Open && proposal.plan.is_some()
}

/// The plan a key may approve in a conversation. It must be the last word: with anything said after it, or
/// something being typed, the key would mean that, and the plan may have been forgotten above it.
pub(crate) fn by_key(messages: &[Message], draft: &str) -> Option<PlanId> {
    match &messages.last()?.content {
        Content::Proposal { proposal } if waits(proposal) && draft.trim().is_empty() => Some(proposal.id),
        _ => None,
    }
}

/// Whether a reply's choices are the next thing to say: it is the last word, and it is a question.
pub(crate) fn asks(messages: &[Message], reply: MessageId) -> bool {
    messages.last().is_some_and(|last| last.id == reply && question(last).is_some())
}

/// The request that a key means: the number of one of the choices of the question that is the last word, over all
/// parts of that question, while nothing is being typed.
pub(crate) fn chosen(messages: &[Message], draft: &str, key: &str) -> Option<String> {
    let n: usize = key.parse().ok().filter(|n| (1..=KEYS).contains(n) && draft.trim().is_empty())?;
    let reading = question(messages.last()?)?;
    reading.questions.iter().flat_map(|q| &q.choices).nth(n - 1).map(|choice| choice.request.clone())
}

fn question(message: &Message) -> Option<&Reading> {
    match &message.content {
        Content::Proposal { proposal }
            if proposal.plan.is_none() && proposal.reading.disposition == Disposition::Clarify =>
        {
            Some(&proposal.reading)
        }
        _ => None,
    }
}

/// Whether enough of a card is seen to decide on it: half of it, or half the view. Both as top and bottom
/// edge in the same pixels.
pub(crate) fn in_sight(card: (f64, f64), view: (f64, f64)) -> bool {
    let seen = card.1.min(view.1) - card.0.max(view.0);
    let needed = (card.1 - card.0).min(view.1 - view.0) / 2.0;
    seen > 0.0 && seen >= needed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::{Value, json};

    fn id(n: u32) -> String {
        format!("0197c0de-0000-7000-8000-00000000000{n}")
    }

    fn plan(n: u32, state: &str) -> Value {
        json!({ "id": id(n), "at": "2026-03-12T12:00:00Z", "kind": "proposal", "proposal": {
            "id": id(n), "state": state, "made_at": "2026-03-12T12:00:00Z",
            "reading": { "intent": "restart", "disposition": "confirm", "risk": "medium", "os": null, "slots": {}, "steps": [],
                "targets": { "groups": [], "hosts": [], "exclude": [], "tags": [], "resolved": [], "why": [] },
                "questions": [], "reasons": [], "sentence": "Restart nginx on 1 host" },
            "plan": { "id": id(n), "request": "restart nginx", "sentence": "Restart nginx on 1 host", "intent": "restart",
                "risk": "medium", "hash": "abc", "targets": [], "steps": [],
                "strategy": { "limit": 32, "batch": "all", "canary": 0, "stop_after": 1 } } } })
    }

    fn request(n: u32) -> Value {
        json!({ "id": id(n), "at": "2026-03-12T12:00:00Z", "kind": "request", "text": "is web-1 up?" })
    }

    fn thread(messages: &[Value]) -> Vec<Message> {
        serde_json::from_value(json!(messages)).unwrap()
    }

    fn plan_id(n: u32) -> PlanId {
        serde_json::from_value(json!(id(n))).unwrap()
    }

    #[test]
    fn a_key_approves_the_last_word_only() {
        assert_eq!(by_key(&thread(&[request(1), plan(2, "open")]), ""), Some(plan_id(2)));
        assert_eq!(by_key(&thread(&[plan(2, "open"), request(3)]), ""), None, "another request came after the plan");
        assert_eq!(by_key(&thread(&[plan(2, "open"), plan(3, "rejected")]), ""), None, "the last plan is decided on");
        assert_eq!(by_key(&thread(&[]), ""), None);
    }

    #[test]
    fn what_is_being_typed_comes_first() {
        let thread = thread(&[plan(2, "open")]);
        assert_eq!(by_key(&thread, "stop nginx"), None, "the key may be meant for what is in the input");
        assert_eq!(by_key(&thread, " \n"), Some(plan_id(2)), "nothing but space is nothing");
    }

    /// Two questions with choices, as one reply.
    fn asked(n: u32) -> Value {
        let choice = |name: &str| json!({ "label": name, "request": format!("restart nginx on {name}") });
        json!({ "id": id(n), "at": "2026-03-12T12:00:00Z", "kind": "proposal", "proposal": {
            "id": id(n), "state": "open", "made_at": "2026-03-12T12:00:00Z", "plan": null,
            "reading": { "intent": "restart", "disposition": "clarify", "risk": "medium", "os": null, "slots": {}, "steps": [],
                "targets": { "groups": [], "hosts": [], "exclude": [], "tags": [], "resolved": [], "why": [] },
                "questions": [
                    { "about": "targets", "text": "On which machines?", "choices": [choice("web"), choice("db")] },
                    { "about": "time", "text": "When?", "choices": [choice("now")] }],
                "reasons": [], "sentence": "On which machines?" } } })
    }

    #[test]
    fn a_number_is_an_answer_to_the_last_question() {
        let open = thread(&[request(1), asked(2)]);
        assert_eq!(chosen(&open, "", "2").as_deref(), Some("restart nginx on db"));
        assert_eq!(chosen(&open, "", "3").as_deref(), Some("restart nginx on now"), "numbers run on over its parts");
        for key in ["0", "4", "a", "10", "-1", ""] {
            assert_eq!(chosen(&open, "", key), None, "{key:?} is no choice");
        }
        assert_eq!(chosen(&open, "keep ", "1"), None, "the number belongs to what is being typed");
        assert_eq!(chosen(&thread(&[asked(2), request(3)]), "", "1"), None, "it was answered");
        assert_eq!(chosen(&thread(&[plan(2, "open")]), "", "1"), None, "a plan is no question");
    }

    #[test]
    fn only_the_last_question_has_numbers() {
        let of = |n| serde_json::from_value::<MessageId>(json!(id(n))).unwrap();
        let thread = thread(&[asked(1), asked(2)]);
        assert!(asks(&thread, of(2)) && !asks(&thread, of(1)));
    }

    #[test]
    fn a_card_out_of_sight_is_not_decided_on() {
        let view = (100.0, 700.0);
        assert!(in_sight((200.0, 500.0), view));
        assert!(in_sight((-900.0, 680.0), view), "a card longer than the view fills it");
        assert!(!in_sight((-400.0, 90.0), view), "it was scrolled away");
        assert!(!in_sight((690.0, 990.0), view), "only its edge is seen");
        assert!(!in_sight((300.0, 300.0), view), "a card without height is not drawn");
    }
}
