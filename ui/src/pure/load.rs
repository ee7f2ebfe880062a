//! Something that is asked for and may not have come yet, and whose turn it is when it is asked for often.

use wheelhouse_protocol::Problem;

/// How far an answer is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Load<T> {
    /// Asked for.
    Waiting,
    /// It came.
    Ready(T),
    /// It did not.
    Failed(Problem),
}

impl<T> Load<T> {
    /// The answer, if it came.
    pub(crate) fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }

    /// From what a command came to.
    pub(crate) fn from_result(result: Result<T, Problem>) -> Self {
        match result {
            Ok(value) => Self::Ready(value),
            Err(problem) => Self::Failed(problem),
        }
    }
}

/// Questions of one kind, one under way at a time. While one is, only the newest of those asked since is
/// kept: it is what is wanted now.
#[derive(Debug)]
pub(crate) struct Turns<Q> {
    under_way: bool,
    next: Option<Q>,
}

impl<Q> Default for Turns<Q> {
    fn default() -> Self {
        Self { under_way: false, next: None }
    }
}

impl<Q> Turns<Q> {
    /// Asks: what comes back is to be sent now. Nothing comes back while another is under way.
    pub(crate) fn ask(&mut self, question: Q) -> Option<Q> {
        if self.under_way {
            self.next = Some(question);
            return None;
        }
        self.under_way = true;
        Some(question)
    }

    /// The one under way was answered: what comes back is to be sent next.
    pub(crate) fn answered(&mut self) -> Option<Q> {
        let next = self.next.take();
        self.under_way = next.is_some();
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_question_has_the_next_turn() {
        let mut turns = Turns::default();
        assert_eq!(turns.ask("all"), Some("all"));
        assert_eq!((turns.ask("web"), turns.ask("web-1")), (None, None), "one at a time");
        assert_eq!(turns.answered(), Some("web-1"), "not the first one again, and not the one in between");
        assert_eq!(turns.ask("web-12"), None, "the next one is under way");
        assert_eq!(turns.answered(), Some("web-12"));
        assert_eq!(turns.answered(), None);
        assert_eq!(turns.ask("all"), Some("all"), "nothing is under way any more");
    }
}
