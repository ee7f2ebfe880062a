//! From a plan to a recipe: what can become a parameter, and the template with the chosen ones.

use super::value::{Slot, check, is_plain_word, slots};
use serde_json::{Value, json};
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::recipe::{FoundParameter, NewParameter, Parameter, ParameterKind, check_name};
use wheelhouse_protocol::{Problem, ProblemCode};

/// What could become a parameter of these steps and target words, each value once.
pub(crate) fn found(steps: &[Action], targets: &str) -> Result<Vec<FoundParameter>, Problem> {
    let mut all: Vec<FoundParameter> = Vec::new();
    for action in steps {
        let step = value_of(action)?;
        for (pointer, slot) in slots(&step) {
            let (kind, value) = match (slot, step.pointer(&pointer)) {
                (Slot::Name(kind), Some(name)) => (kind, name["asked"].as_str().unwrap_or_default().to_owned()),
                (Slot::Text(kind), Some(text)) => (kind, text.as_str().unwrap_or_default().to_owned()),
                (Slot::Number, Some(number)) => (ParameterKind::Number, number.to_string()),
                // A whole command is not a value; a version in it can be named by hand.
                (Slot::Command, _) | (_, None) => continue,
            };
            if check("value", kind, &value).is_err() {
                continue;
            }
            let place = action.title();
            match all.iter_mut().find(|known| known.kind == kind && known.value == value) {
                Some(known) => known.places.push(place),
                None => {
                    let last = pointer.trim_end_matches("/path").rsplit('/').next().unwrap_or("value");
                    let last = if last.is_empty() { "path" } else { last };
                    let taken = |name: &str| all.iter().any(|known| known.name == name);
                    let name = (1..)
                        .map(|n| if n == 1 { last.to_owned() } else { format!("{last}-{n}") })
                        .find(|name| !taken(name))
                        .unwrap_or_default();
                    all.push(FoundParameter { name, kind, value, places: vec![place] });
                }
            }
        }
    }
    all.push(FoundParameter {
        name: "targets".to_owned(),
        kind: ParameterKind::Target,
        value: targets.to_owned(),
        places: vec!["machines".to_owned()],
    });
    Ok(all)
}

/// Steps and target words with `{name}` where a chosen value stood.
pub(crate) struct Template {
    pub(crate) steps: Vec<Action>,
    pub(crate) targets: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// Makes the template.
///
/// # Errors
/// [`ProblemCode::InvalidInput`] for a name that is taken or none, a value its kind cannot be, and a value
/// that stands nowhere.
pub(crate) fn make(steps: &[Action], targets: &str, chosen: &[NewParameter]) -> Result<Template, Problem> {
    let mut values = steps.iter().map(value_of).collect::<Result<Vec<_>, _>>()?;
    for step in &mut values {
        // What a file holds is looked at when a run is planned; the recipe names the file only.
        if let Some(source) = step.get_mut("source").filter(|source| source.is_object()) {
            source["sha256"] = json!("");
            source["size"] = json!(0);
        }
    }
    let mut targets = targets.to_owned();
    let mut parameters: Vec<Parameter> = Vec::new();
    for new in chosen {
        check_name("parameters", &new.name)?;
        if parameters.iter().any(|known| known.name == new.name) {
            let detail = format!("Two parameters are called “{}”.", new.name);
            return Err(Problem::invalid("parameters", detail));
        }
        check(&new.name, new.kind, &new.value)?;
        let mark = format!("{{{}}}", new.name);
        if targets.contains(&mark) || values.iter().any(|step| step.to_string().contains(&mark)) {
            let detail = format!("“{mark}” stands in the plan already; choose another name for this parameter.");
            return Err(Problem::invalid("parameters", detail));
        }
        let mut fields = Vec::new();
        let mut places = 0;
        for (n, step) in values.iter_mut().enumerate() {
            for (pointer, slot) in slots(step) {
                let Some(field) = step.pointer_mut(&pointer) else { continue };
                if slot == Slot::Number
                    && new.kind == ParameterKind::Number
                    && new.value.parse::<u64>().is_ok_and(|n| field.as_u64() == Some(n))
                {
                    fields.push(format!("/{n}{pointer}"));
                }
                places += usize::from(put(field, slot, new, &mark));
            }
        }
        if new.kind == ParameterKind::Target && targets.contains(&new.value) {
            targets = targets.replace(&new.value, &mark);
            places += 1;
        }
        if places + fields.len() == 0 {
            let detail = format!("“{}” does not stand in the plan as a {} that could be chosen.", new.value, new.kind);
            return Err(Problem::invalid("parameters", detail).source(new.name.clone()));
        }
        parameters.push(Parameter {
            name: new.name.clone(),
            kind: new.kind,
            default: new.value.clone(),
            about: new.about.clone(),
            fields,
        });
    }
    let steps = values.into_iter().map(action_of).collect::<Result<_, _>>()?;
    Ok(Template { steps, targets, parameters })
}

/// Puts the mark into one field where the value stands there; says whether it did.
fn put(field: &mut Value, slot: Slot, new: &NewParameter, mark: &str) -> bool {
    let replaced = match slot {
        Slot::Name(kind) if kind == new.kind && field["asked"] == json!(new.value) => {
            json!({ "asked": mark, "candidates": [mark] })
        }
        Slot::Text(kind) if kind == new.kind && *field == json!(new.value) => json!(mark),
        // A version is part of many a path: /srv/releases/api-2.0.0.tar.gz.
        Slot::Text(ParameterKind::Path) if new.kind == ParameterKind::Version => match field.as_str() {
            Some(text) if text.contains(&new.value) => json!(text.replace(&new.value, mark)),
            _ => return false,
        },
        // Only what no shell reads anything into goes into a command.
        Slot::Command if !matches!(new.kind, ParameterKind::Path | ParameterKind::Text | ParameterKind::Target) => {
            match field.as_str() {
                Some(text) if is_plain_word(&new.value) => {
                    let filled = replace_word(text, &new.value, mark, new.kind);
                    if filled == text {
                        return false;
                    }
                    json!(filled)
                }
                _ => return false,
            }
        }
        _ => return false,
    };
    *field = replaced;
    true
}

/// `text` with `word` replaced where it is not part of a longer word. Where it is a version, a hyphen
/// before it ends a word: `api-2.0.0`.
fn replace_word(text: &str, word: &str, by: &str, kind: ParameterKind) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || (c == '-' && kind != ParameterKind::Version);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let inside = out.chars().chain(before.chars()).next_back().is_some_and(is_word)
            || after.chars().next().is_some_and(is_word);
        out.push_str(before);
        out.push_str(if inside { word } else { by });
        rest = after;
    }
    out.push_str(rest);
    out
}

pub(crate) fn value_of(action: &Action) -> Result<Value, Problem> {
    serde_json::to_value(action).map_err(|e| internal(&e))
}

pub(crate) fn action_of(value: Value) -> Result<Action, Problem> {
    serde_json::from_value(value).map_err(|e| internal(&e))
}

fn internal(error: &serde_json::Error) -> Problem {
    Problem::new(ProblemCode::Internal, "A step cannot be kept", error.to_string())
}
