//! A connection test from this page, and whether it is still the newest that is known of its target.

use wheelhouse_protocol::inventory::{Target, TestResult};
use wheelhouse_protocol::{Problem, ProblemCode, Timestamp};

/// What is being done about a target's connection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trial {
    /// It is being dialled.
    Running,
    /// What was found.
    Done {
        /// When.
        at: Timestamp,
        result: Box<Result<TestResult, Problem>>,
    },
}

impl Trial {
    /// What came of it now.
    pub(crate) fn done(at: Timestamp, result: Result<TestResult, Problem>) -> Self {
        Self::Done { at, result: Box::new(result) }
    }

    /// Whether nothing newer is known of the target: a job may have reached it since, or failed to.
    pub(crate) fn holds(&self, target: &Target) -> bool {
        let Self::Done { at, result } = self else { return true };
        let answered = matches!(result.as_ref(), Ok(TestResult::Ok { .. }));
        // A test that went well takes the failure of before away, so that one which is there came after it.
        let failed_since = answered && !target.last_failure.is_empty();
        !failed_since && target.last_contact.is_none_or(|contact| contact <= *at)
    }

    /// Whether it could not be done because the vault was locked.
    pub(crate) fn wanted_vault(&self) -> bool {
        let Self::Done { result, .. } = self else { return false };
        let (Err(problem) | Ok(TestResult::Failed { problem })) = result.as_ref() else { return false };
        problem.code == ProblemCode::VaultLocked
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::json;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn target(contact: Option<i64>, failure: &str) -> Target {
        serde_json::from_value(json!({
            "id": "0197c0de-0000-7000-8000-000000000001", "name": "web-1", "addresses": ["10.0.0.1"], "os": "linux",
            "connections": [], "facts": null, "last_contact": contact.map(at), "last_failure": failure
        }))
        .unwrap()
    }

    fn problem(code: ProblemCode) -> Problem {
        Problem::new(code, "It failed", "no route to host.")
    }

    #[test]
    fn newer_contact_outranks_an_older_test() {
        let failed = Trial::done(at(100), Err(problem(ProblemCode::Unreachable)));
        assert!(failed.holds(&target(None, "no route to host")));
        assert!(failed.holds(&target(Some(100), "")), "the contact may be the test's own");
        assert!(!failed.holds(&target(Some(160), "")), "a job has reached it since");
        assert!(Trial::Running.holds(&target(Some(160), "")), "what is under way is always shown");
    }

    #[test]
    fn newer_failure_outranks_a_test_that_went_well() {
        let facts = json!({ "os": "linux", "distribution": "Debian 12", "kernel": "6.1", "architecture": "x86_64",
            "host_name": "web-1", "package_manager": "apt", "init_system": "systemd", "privilege": "root",
            "seen_at": at(100) });
        let ok =
            json!({ "result": "ok", "latency_ms": 40, "connect_ms": 2, "authentication": "password", "facts": facts });
        let answered = Trial::done(at(100), Ok(serde_json::from_value(ok).unwrap()));
        assert!(answered.holds(&target(Some(100), "")));
        assert!(!answered.holds(&target(Some(100), "connection refused")), "it has stopped answering since");
    }

    #[test]
    fn a_test_the_vault_kept_from_being_done_is_known() {
        assert!(Trial::done(at(0), Err(problem(ProblemCode::VaultLocked))).wanted_vault());
        let within = TestResult::Failed { problem: problem(ProblemCode::VaultLocked) };
        assert!(Trial::done(at(0), Ok(within)).wanted_vault());
        assert!(!Trial::done(at(0), Err(problem(ProblemCode::Unreachable))).wanted_vault());
        assert!(!Trial::Running.wanted_vault());
    }
}
