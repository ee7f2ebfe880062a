//! Why an action cannot become a script.

use wheelhouse_protocol::{Problem, ProblemCode};

/// A failure of the script library. Nothing was sent anywhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// A value of the action cannot be used.
    #[error("the {field} {} {reason}", shown(.value))]
    Value {
        /// The action's field, in words: `service`, `destination`, `version`.
        field: &'static str,
        /// What it was.
        value: String,
        /// What is wrong with it, as the end of a sentence: `must be an absolute path`.
        reason: &'static str,
    },
    /// A value holds the character NUL, which no shell can carry.
    #[error("a value holds the character NUL, which no shell can carry")]
    Nul,
}

impl ScriptError {
    pub(crate) fn value(field: &'static str, value: &str, reason: &'static str) -> Self {
        Self::Value { field, value: value.to_owned(), reason }
    }
}

/// A value as it is safe and short enough to show: escaped, in quotes, at most 80 characters of it.
fn shown(value: &str) -> String {
    let mut text: String = value.chars().take(80).flat_map(char::escape_debug).collect();
    if value.chars().nth(80).is_some() {
        text.push('…');
    }
    format!("“{text}”")
}

impl From<ScriptError> for Problem {
    fn from(error: ScriptError) -> Self {
        let detail = format!("{error}.");
        match error {
            ScriptError::Value { field, .. } => Self::invalid(field, capitalized(&detail))
                .hint("Say it again with another value; nothing was sent to any machine."),
            ScriptError::Nul => Self::new(ProblemCode::InvalidInput, "That value cannot be used", capitalized(&detail))
                .hint("Type the value again instead of pasting it; nothing was sent to any machine."),
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_value_is_shown_escaped_and_short() {
        let error = ScriptError::value("service", &format!("a\u{1b}[2J\n{}", "x".repeat(200)), "is too long");
        let problem = Problem::from(error);
        assert_eq!(problem.source.as_deref(), Some("service"));
        assert!(
            !problem.detail.contains(['\u{1b}', '\n']),
            "control characters reach the screen: {:?}",
            problem.detail
        );
        assert!(problem.detail.len() < 200, "{} bytes", problem.detail.len());
        assert!(problem.detail.starts_with("The service "), "{}", problem.detail);
    }

    #[test]
    fn every_problem_says_what_to_do() {
        for error in [ScriptError::value("path", "x", "must be absolute"), ScriptError::Nul] {
            let problem = Problem::from(error);
            assert!(!problem.hint.is_empty(), "{problem}");
        }
    }
}
