//! From a recipe and values to steps and target words.

use super::draft::value_of;
use super::value::{Slot, check, is_plain_word, slots};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::recipe::{ParameterKind, RecipeBody};
use wheelhouse_protocol::{Problem, ProblemCode};

/// What a recipe comes to with values for its parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filled {
    pub(crate) steps: Vec<Action>,
    pub(crate) targets: String,
    /// Every parameter's value, defaults too.
    pub(crate) values: BTreeMap<String, String>,
}

impl Filled {
    /// Gives services and packages that were named by a parameter the names they go by.
    pub(crate) fn name_services(&mut self, name_of: impl Fn(&str) -> Name) {
        for action in &mut self.steps {
            let name = match action {
                Action::ServiceStatus { service }
                | Action::ServiceStart { service }
                | Action::ServiceStop { service }
                | Action::ServiceRestart { service }
                | Action::ServiceReload { service }
                | Action::ServiceEnable { service }
                | Action::ServiceDisable { service } => service,
                Action::PackageInstall { package, .. }
                | Action::PackageUninstall { package }
                | Action::PackageUpdate { package, .. } => package,
                Action::ServiceLog { service: Some(service), .. } => service,
                _ => continue,
            };
            // The candidates of a name that is fixed were found when it was saved.
            if name.candidates.is_empty() {
                *name = name_of(&name.asked);
            }
        }
    }
}

/// Puts values into a recipe.
///
/// # Errors
/// [`ProblemCode::InvalidInput`] for a parameter it does not have, and for a value its kind or its place
/// cannot have.
pub(crate) fn fill(body: &RecipeBody, chosen: &BTreeMap<String, String>) -> Result<Filled, Problem> {
    if let Some(unknown) = chosen.keys().find(|name| body.parameters.iter().all(|p| p.name != **name)) {
        let known: Vec<&str> = body.parameters.iter().map(|p| p.name.as_str()).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
        let detail = format!("The recipe has no parameter “{unknown}”; {known}.");
        return Err(Problem::invalid("parameters", detail).source(unknown.clone()));
    }
    let mut values = BTreeMap::new();
    for parameter in &body.parameters {
        let value = chosen.get(&parameter.name).unwrap_or(&parameter.default).trim().to_owned();
        check(&parameter.name, parameter.kind, &value)?;
        values.insert(parameter.name.clone(), value);
    }
    let mut steps = body.steps.iter().map(value_of).collect::<Result<Vec<_>, _>>()?;
    for step in &mut steps {
        for (pointer, slot) in slots(step) {
            if let Some(field) = step.pointer_mut(&pointer) {
                fill_field(field, slot, body, &values)?;
            }
        }
    }
    let mut steps = Value::Array(steps);
    for parameter in &body.parameters {
        for pointer in &parameter.fields {
            let value: u32 = values[&parameter.name].parse().map_err(|_| {
                Problem::invalid(&parameter.name, format!("{} must be a whole number.", parameter.name))
            })?;
            if let Some(field) = steps.pointer_mut(pointer).filter(|field| field.is_number()) {
                *field = json!(value);
            }
        }
    }
    let steps = serde_json::from_value(steps)
        .map_err(|e| Problem::new(ProblemCode::InvalidInput, "These values do not fit the steps", e.to_string()))?;
    let targets = substitute(&body.targets, &values);
    Ok(Filled { steps, targets, values })
}

fn fill_field(
    field: &mut Value,
    slot: Slot,
    body: &RecipeBody,
    values: &BTreeMap<String, String>,
) -> Result<(), Problem> {
    match slot {
        Slot::Name(_) => {
            let asked = field["asked"].as_str().unwrap_or_default();
            let filled = substitute(asked, values);
            if filled != asked {
                *field = json!({ "asked": filled, "candidates": [] });
            }
        }
        Slot::Text(_) => *field = json!(substitute(field.as_str().unwrap_or_default(), values)),
        Slot::Command => {
            let text = field.as_str().unwrap_or_default();
            for parameter in body.parameters.iter().filter(|p| text.contains(&format!("{{{}}}", p.name))) {
                let value = &values[&parameter.name];
                let data = !matches!(parameter.kind, ParameterKind::Path | ParameterKind::Text | ParameterKind::Target);
                if !data || !is_plain_word(value) {
                    let detail = format!(
                        "{} is “{value}”, which would go into the command “{text}”: there it can have only letters, digits and . _ + - : @.",
                        parameter.name
                    );
                    return Err(Problem::invalid(&parameter.name, detail));
                }
            }
            *field = json!(substitute(text, values));
        }
        Slot::Number => {}
    }
    Ok(())
}

/// `text` with `{name}` replaced by its value, once: a value that looks like a mark stays what it is, and
/// so do braces around anything else.
fn substitute(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let value = from.find('}').and_then(|close| values.get(&from[1..close]).map(|value| (close, value)));
        match value {
            Some((close, value)) => {
                out.push_str(value);
                rest = &from[close + 1..];
            }
            None => {
                out.push('{');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::super::draft::{found, make};
    use super::*;
    use wheelhouse_protocol::action::LocalFile;
    use wheelhouse_protocol::plan::Strategy;
    use wheelhouse_protocol::reading::Risk;
    use wheelhouse_protocol::recipe::NewParameter;

    fn steps() -> Vec<Action> {
        let source = LocalFile { path: "/srv/api-2.0.0.tar.gz".to_owned(), sha256: "a".repeat(64), size: 9 };
        vec![
            Action::ServiceStop { service: Name::plain("api") },
            Action::FileCopy { source, destination: "/opt/api/{old}/api-2.0.0.tar.gz".to_owned() },
            Action::RunCommand { command: "install-api 2.0.0 --log a2.0.0b".to_owned() },
            Action::ServiceStart { service: Name::plain("api") },
            Action::TailLog { path: "/var/log/api.log".to_owned(), lines: 50 },
        ]
    }

    fn new(name: &str, kind: ParameterKind, value: &str) -> NewParameter {
        NewParameter { name: name.to_owned(), kind, value: value.to_owned(), about: String::new() }
    }

    fn body(parameters: &[NewParameter]) -> RecipeBody {
        let template = make(&steps(), "web servers except web-03", parameters).unwrap();
        RecipeBody {
            request: String::new(),
            steps: template.steps,
            targets: template.targets,
            strategy: Strategy::default(),
            risk: Risk::Medium,
            parameters: template.parameters,
        }
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_value_goes_wherever_it_stood_and_nowhere_else() {
        let body = body(&[
            new("service", ParameterKind::Service, "api"),
            new("version", ParameterKind::Version, "2.0.0"),
            new("lines", ParameterKind::Number, "50"),
            new("where", ParameterKind::Target, "web servers"),
        ]);
        assert_eq!(body.targets, "{where} except web-03");
        let chosen = values(&[("service", "api2"), ("version", "2.1.0"), ("lines", "7"), ("where", "staging")]);
        let filled = fill(&body, &chosen).unwrap();
        assert_eq!(filled.targets, "staging except web-03");
        let titles: Vec<String> = filled.steps.iter().map(Action::title).collect();
        assert_eq!(
            titles,
            [
                "stop api2",
                "copy /srv/api-2.1.0.tar.gz to /opt/api/{old}/api-2.1.0.tar.gz",
                "run “install-api 2.1.0 --log a2.0.0b”",
                "start api2",
                "show the last 7 lines of /var/log/api.log",
            ],
            "braces that are no parameter and longer words that hold the value stay"
        );
        let untouched = fill(&body, &BTreeMap::new()).unwrap();
        let before: Vec<String> = steps().iter().map(Action::title).collect();
        let after: Vec<String> = untouched.steps.iter().map(Action::title).collect();
        assert_eq!(after, before, "the defaults give the plan it was saved from");
    }

    #[test]
    fn a_value_never_becomes_script_text() {
        let body = body(&[new("version", ParameterKind::Version, "2.0.0")]);
        for hostile in ["2;reboot", "$(reboot)", "2 && reboot", "`id`", "-rf", "2\nreboot", "~root", "a'b", ""] {
            let problem = fill(&body, &values(&[("version", hostile)])).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidInput, "{hostile:?}");
        }
        for kind in [ParameterKind::Text, ParameterKind::Path] {
            let refused = make(&steps(), "web", &[new("x", kind, "install-api")]);
            assert!(refused.is_err(), "a {kind} may not stand in a command, since its values can be anything");
        }
        // A stored recipe that was given another kind by hand is refused at the run, too.
        let mut forged = body;
        forged.parameters[0].kind = ParameterKind::Text;
        assert!(fill(&forged, &values(&[("version", "2.1.0")])).is_err());
    }

    #[test]
    fn a_value_that_looks_like_a_mark_stays_a_value() {
        let body =
            body(&[new("log", ParameterKind::Path, "/var/log/api.log"), new("lines", ParameterKind::Number, "50")]);
        let filled = fill(&body, &values(&[("log", "/tmp/{lines}")])).unwrap();
        assert!(filled.steps.iter().any(|s| s.title().ends_with("of /tmp/{lines}")), "{:?}", filled.steps);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let nowhere = make(&steps(), "web", &[new("v", ParameterKind::Version, "9.9")]).err().unwrap();
        assert_eq!(nowhere.source.as_deref(), Some("v"));
        let twice = [new("v", ParameterKind::Version, "2.0.0"), new("v", ParameterKind::Service, "api")];
        assert!(make(&steps(), "web", &twice).is_err(), "one name, two parameters");
        assert!(
            make(&steps(), "web", &[new("old", ParameterKind::Version, "2.0.0")]).is_err(),
            "{{old}} is text there"
        );
        let unknown = fill(&body(&[]), &values(&[("version", "1")])).unwrap_err();
        assert!(unknown.detail.contains("it has none"), "{}", unknown.detail);
        let number = fill(&body(&[new("lines", ParameterKind::Number, "50")]), &values(&[("lines", "many")]));
        assert!(number.is_err());
    }

    #[test]
    fn parameters_are_found_once_each() {
        let found = found(&steps(), "web servers").unwrap();
        let names: Vec<String> = found.iter().map(|f| format!("{}={}", f.name, f.value)).collect();
        assert_eq!(
            names,
            [
                "service=api",
                "destination=/opt/api/{old}/api-2.0.0.tar.gz",
                "source=/srv/api-2.0.0.tar.gz",
                "lines=50",
                "path=/var/log/api.log",
                "targets=web servers"
            ]
        );
        assert_eq!(found[0].places, ["stop api", "start api"]);
    }
}
