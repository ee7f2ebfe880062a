//! Which values a parameter of each kind can have, and where a parameter can stand.

use serde_json::Value;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::recipe::ParameterKind;

/// The longest value, in characters.
const MAX_VALUE: usize = 2000;

/// Checks a value for a parameter.
///
/// # Errors
/// [`wheelhouse_protocol::ProblemCode::InvalidInput`] about `name`.
pub(crate) fn check(name: &str, kind: ParameterKind, value: &str) -> Result<(), Problem> {
    let refuse = |why: &str| Err(Problem::invalid(name, format!("{name} is “{value}”: {why}.")));
    if value.trim().is_empty() {
        return refuse("a value is needed");
    }
    if value.chars().any(char::is_control) || value.chars().count() > MAX_VALUE {
        return refuse("it must be one line of at most 2000 characters");
    }
    match kind {
        ParameterKind::Number if value.parse::<u32>().is_err() => refuse("it must be a whole number"),
        ParameterKind::Service | ParameterKind::Package
            if value.starts_with('-') || !value.chars().all(|c| plain(c) || matches!(c, '$' | '/' | ' ')) =>
        {
            refuse("it is not a name a service or package can have")
        }
        ParameterKind::Version if value.starts_with('-') || !value.chars().all(|c| plain(c) || c == '~') => {
            refuse("it is not a version")
        }
        _ => Ok(()),
    }
}

/// Characters no shell reads anything into.
fn plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | ':' | '@')
}

/// Whether a value can be put into a command an operator typed: names are data, never script text.
pub(crate) fn is_plain_word(value: &str) -> bool {
    !value.is_empty() && !value.starts_with('-') && value.chars().all(|c| c.is_ascii() && plain(c))
}

/// What stands in one field of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A service's or package's [`wheelhouse_protocol::action::Name`].
    Name(ParameterKind),
    /// A text of this kind.
    Text(ParameterKind),
    /// The command line an operator typed.
    Command,
    /// A number.
    Number,
}

/// The fields of a step a parameter can stand in, as JSON pointers within it.
pub(crate) fn slots(step: &Value) -> Vec<(String, Slot)> {
    let Some(fields) = step.as_object() else { return Vec::new() };
    fields
        .iter()
        .filter_map(|(field, value)| {
            let pointer = format!("/{field}");
            match field.as_str() {
                "service" if value.is_object() => Some((pointer, Slot::Name(ParameterKind::Service))),
                "package" if value.is_object() => Some((pointer, Slot::Name(ParameterKind::Package))),
                "source" if value.is_object() => Some((format!("{pointer}/path"), Slot::Text(ParameterKind::Path))),
                "version" if value.is_string() => Some((pointer, Slot::Text(ParameterKind::Version))),
                "path" | "destination" if value.is_string() => Some((pointer, Slot::Text(ParameterKind::Path))),
                "command" => Some((pointer, Slot::Command)),
                "text" | "name" | "process" | "user" | "address" if value.is_string() => {
                    Some((pointer, Slot::Text(ParameterKind::Text)))
                }
                _ if value.is_number() => Some((pointer, Slot::Number)),
                _ => None,
            }
        })
        .collect()
}
