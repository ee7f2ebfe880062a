//! How a target is reached, in words: its connections, and how far a test of one came.

use wheelhouse_protocol::inventory::{Connection, ConnectionKind, TestResult};
use wheelhouse_protocol::{CredentialId, Problem, ProblemCode};

/// `SSH :2222 as deploy`, without what is the default.
pub(crate) fn connection(of: &Connection) -> String {
    let mut text = of.kind.to_string();
    if let Some(port) = of.port.filter(|p| Some(*p) != of.kind.default_port()) {
        text.push_str(&format!(" :{port}"));
    }
    if let Some(user) = &of.user {
        text.push_str(&format!(" as {user}"));
    }
    text
}

/// Whether this program speaks it.
pub(crate) fn is_spoken(kind: ConnectionKind) -> bool {
    matches!(kind, ConnectionKind::Local | ConnectionKind::Ssh)
}

/// A connection from what is typed in a form.
///
/// # Errors
/// A problem about the field `port` when that is no port, or about `user` when no account is called so.
pub(crate) fn typed(
    kind: ConnectionKind,
    port: &str,
    user: &str,
    credential: Option<CredentialId>,
) -> Result<Connection, Problem> {
    if kind == ConnectionKind::Local {
        return Ok(Connection::of(kind));
    }
    let port = match port.trim() {
        "" => None,
        text => match text.parse::<u16>() {
            Ok(port) if port > 0 => Some(port),
            _ => return Err(Problem::invalid("port", format!("“{text}” is no port; it can be 1 to 65535."))),
        },
    };
    let user = Some(user.trim().to_owned()).filter(|u| !u.is_empty());
    if user.as_ref().is_some_and(|u| u.starts_with('-') || u.chars().any(char::is_whitespace)) {
        return Err(Problem::invalid("user", "An account's name has no spaces and does not begin with “-”."));
    }
    Ok(Connection { kind, port, user, credential })
}

/// How one phase of a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It went well.
    Through,
    /// A person has to look.
    Waits,
    /// Here it ended.
    Failed,
    /// The test did not come that far.
    NotReached,
}

/// One phase of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phase {
    pub(crate) name: &'static str,
    pub(crate) came: Came,
    /// What is known of it: a time, how it logged in.
    pub(crate) note: String,
}

/// The phases of a test, as far as its result tells them apart.
pub(crate) fn phases(local: bool, result: &TestResult) -> Vec<Phase> {
    let names: &[&'static str] =
        if local { &["Run a command"] } else { &["Connect", "Host key", "Log in", "Run a command"] };
    let (ended, came) = match result {
        TestResult::Ok { .. } => (names.len(), Came::Through),
        TestResult::HostKeyUnknown { .. } => (1, Came::Waits),
        TestResult::HostKeyChanged { .. } => (1, Came::Failed),
        TestResult::Failed { problem } => match problem.code {
            ProblemCode::HostKeyUnknown | ProblemCode::HostKeyChanged | ProblemCode::Refused => (1, Came::Failed),
            ProblemCode::AuthenticationFailed
            | ProblemCode::WrongSecret
            | ProblemCode::VaultLocked
            | ProblemCode::InvalidInput => (2, Came::Failed),
            ProblemCode::Unreachable | ProblemCode::Timeout => (0, Came::Failed),
            _ => (3, Came::Failed),
        },
    };
    let ended = if local && came != Came::Through { 0 } else { ended };
    let mut phases: Vec<Phase> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let came = match n.cmp(&ended) {
                std::cmp::Ordering::Less => Came::Through,
                std::cmp::Ordering::Equal => came,
                std::cmp::Ordering::Greater => Came::NotReached,
            };
            Phase { name, came, note: String::new() }
        })
        .collect();
    if let TestResult::Ok { latency_ms, connect_ms, authentication, .. } = result {
        let rest = latency_ms.saturating_sub(*connect_ms);
        match phases.as_mut_slice() {
            [connect, key, login, run] => {
                connect.note = time(*connect_ms);
                key.note = "accepted".to_owned();
                login.note.clone_from(authentication);
                run.note = format!("{}, log-in included", time(rest));
            }
            [run] => run.note = time(*latency_ms),
            _ => {}
        }
    }
    phases
}

/// `12 ms`; a figure of 0 would look like none at all.
fn time(milliseconds: u64) -> String {
    if milliseconds == 0 { "under 1 ms".to_owned() } else { format!("{milliseconds} ms") }
}

/// Whether every word of a query is in one of these texts, without regard to case.
pub(crate) fn found<'a>(query: &str, texts: impl IntoIterator<Item = &'a str>) -> bool {
    let texts: Vec<String> = texts.into_iter().map(str::to_lowercase).collect();
    query.to_lowercase().split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn failed(code: ProblemCode) -> TestResult {
        TestResult::Failed { problem: Problem::new(code, "", "") }
    }

    fn ways(local: bool, result: &TestResult) -> Vec<Came> {
        phases(local, result).into_iter().map(|p| p.came).collect()
    }

    #[test]
    fn only_what_differs_from_the_default_is_said() {
        let mut way = Connection::of(ConnectionKind::Ssh);
        assert_eq!(connection(&way), "SSH");
        way.port = Some(22);
        assert_eq!(connection(&way), "SSH", "22 is what SSH means");
        way.port = Some(2222);
        way.user = Some("deploy".to_owned());
        assert_eq!(connection(&way), "SSH :2222 as deploy");
        assert_eq!(connection(&Connection::of(ConnectionKind::Local)), "local");
    }

    #[test]
    fn a_port_is_a_number_from_1_to_65535_or_nothing() {
        let port = |text: &str| typed(ConnectionKind::Ssh, text, " deploy ", None);
        assert_eq!(port(" 2222 ").unwrap().port, Some(2222));
        assert_eq!(port("").unwrap().port, None);
        assert_eq!(port("22").unwrap().user.as_deref(), Some("deploy"));
        for wrong in ["0", "65536", "-1", "ssh"] {
            assert_eq!(
                port(wrong).unwrap_err().source.as_deref(),
                Some("port"),
                "{wrong} must be refused at its field"
            );
        }
        for wrong in ["two words", "-oProxyCommand=x"] {
            let problem = typed(ConnectionKind::Ssh, "", wrong, None).unwrap_err();
            assert_eq!(problem.source.as_deref(), Some("user"), "{wrong} must be refused at its field");
        }
        let local = typed(ConnectionKind::Local, "nonsense", "root", None).unwrap();
        assert_eq!(local, Connection::of(ConnectionKind::Local), "a local connection has neither port nor account");
    }

    #[test]
    fn a_failure_is_shown_at_the_phase_it_belongs_to() {
        use Came::{Failed, NotReached, Through};
        assert_eq!(ways(false, &failed(ProblemCode::Unreachable)), [Failed, NotReached, NotReached, NotReached]);
        assert_eq!(ways(false, &failed(ProblemCode::Refused)), [Through, Failed, NotReached, NotReached]);
        assert_eq!(
            ways(false, &failed(ProblemCode::AuthenticationFailed)),
            [Through, Through, Failed, NotReached],
            "the machine was reached and its key known"
        );
        assert_eq!(ways(false, &failed(ProblemCode::Unavailable)), [Through, Through, Through, Failed]);
        assert_eq!(ways(true, &failed(ProblemCode::Timeout)), [Failed], "a local test has one phase");
    }

    #[test]
    fn every_word_must_be_found_somewhere() {
        assert!(found("WEB prod", ["web-01", "production"]));
        assert!(!found("web staging", ["web-01", "production"]));
        assert!(found("  ", ["anything"]), "nothing typed finds everything");
    }
}
