//! The line under the chat's input: what would happen with what is typed so far.

use super::format::names;
use super::icons::Icon;
use super::words::{self, Tone};
use wheelhouse_protocol::reading::{Disposition, Reading};

/// The line, in parts that are set differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) icon: Icon,
    pub(crate) tone: Tone,
    /// What it comes to: `Restart nginx on 4 hosts`, the question, the refusal.
    pub(crate) what: String,
    /// On which machines.
    pub(crate) where_: String,
    /// `medium risk`.
    pub(crate) risk: String,
    /// What Enter does.
    pub(crate) enter: &'static str,
}

/// The line for one reading.
pub(crate) fn line(reading: &Reading) -> Line {
    let says = |icon, tone, enter| Line {
        icon,
        tone,
        what: reading.sentence.clone(),
        where_: String::new(),
        risk: String::new(),
        enter,
    };
    match reading.disposition {
        Disposition::Plan | Disposition::Confirm => {
            let risk = words::risk(reading.risk);
            Line {
                icon: risk.icon,
                tone: risk.tone,
                what: reading.sentence.clone(),
                where_: names(reading.targets.resolved.iter().map(String::as_str), 4),
                risk: risk.word.to_owned(),
                enter: "to plan",
            }
        }
        Disposition::Clarify => says(Icon::Question, Tone::Info, "to be asked"),
        Disposition::Reject => says(Icon::Error, Tone::Error, ""),
        Disposition::Answer => says(Icon::Info, Tone::Plain, "to send"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use wheelhouse_planner::Planner;
    use wheelhouse_protocol::TargetId;
    use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Os, Snapshot, Target, TargetSpec};

    fn planner() -> Planner {
        let spec = TargetSpec {
            name: "localhost".to_owned(),
            os: Os::Linux,
            connections: vec![Connection::of(ConnectionKind::Local)],
            ..TargetSpec::default()
        };
        let id = TargetId::parse("0197c0de-0000-7000-8000-000000000001").unwrap();
        let target = Target { id, spec, facts: None, last_contact: None, last_failure: String::new() };
        Planner::new(&Snapshot { targets: vec![target], ..Snapshot::default() }, "").unwrap()
    }

    #[test]
    fn a_complete_request_says_what_where_and_how_risky() {
        let line = line(&planner().reading("restart nginx on localhost"));
        assert_eq!((line.what.as_str(), line.where_.as_str()), ("Restart nginx on 1 host", "localhost"));
        assert_eq!((line.risk.as_str(), line.enter), ("medium risk", "to plan"));
    }

    #[test]
    fn what_is_missing_is_asked() {
        let line = line(&planner().reading("restart nginx"));
        assert_eq!((line.what.as_str(), line.enter), ("On which machines?", "to be asked"));
    }

    #[test]
    fn a_refusal_offers_nothing_to_press() {
        let line = line(&planner().reading("restart nginx on localhost; rm -rf /"));
        assert_eq!((line.tone, line.enter), (Tone::Error, ""), "{}", line.what);
    }
}
