//! `wh settings`.

use crate::args::SettingsCommand;
use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use serde_json::Value;
use wheelhouse_protocol::settings::{GetSettings, SetSettings, Settings};
use wheelhouse_protocol::{Problem, ProblemCode};

/// The setting that is a credential.
const CREDENTIAL: &str = "llm.credential";

pub(crate) async fn settings(session: &Session, command: SettingsCommand) -> Result<Outcome, Problem> {
    let settings = match command {
        SettingsCommand::Show => session.call(GetSettings {}).await?,
        SettingsCommand::Set { name, value } => {
            // Credentials go by their names everywhere in `wh`.
            let value = match name.as_str() {
                CREDENTIAL if value != "null" => session.credential(&value).await?.id.to_string(),
                _ => value,
            };
            let settings = changed(&session.call(GetSettings {}).await?, &name, &value)?;
            session.call(SetSettings { settings }).await?
        }
    };
    session.print(&settings, |settings| {
        if let Ok(Value::Object(fields)) = serde_json::to_value(settings) {
            for (name, value) in &fields {
                match value {
                    Value::Object(parts) => {
                        parts.iter().for_each(|(part, value)| line(&format!("{name}.{part}"), value));
                    }
                    value => line(name, value),
                }
            }
        }
    });
    Ok(Outcome::Done)
}

fn line(name: &str, value: &Value) {
    show::line(format!("{name:<26} {value}"));
}

/// The settings with one of them changed; a text stays text, and any other value is read as JSON.
fn changed(settings: &Settings, name: &str, value: &str) -> Result<Settings, Problem> {
    let invalid = |e: serde_json::Error| {
        Problem::new(ProblemCode::InvalidInput, "That value cannot be used", e.to_string()).source(name)
    };
    let mut all = serde_json::to_value(settings).map_err(invalid)?;
    let unknown = || Problem::not_found("setting", name).hint("List them: wh settings show");
    let field = name.split('.').try_fold(&mut all, |of, part| of.get_mut(part)).ok_or_else(unknown)?;
    if field.is_object() {
        return Err(unknown());
    }
    let text = || Value::String(value.to_owned());
    *field = if field.is_string() { text() } else { serde_json::from_str(value).unwrap_or_else(|_| text()) };
    serde_json::from_value(all).map_err(invalid)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn a_part_of_a_setting_is_changed_by_its_whole_name() {
        let mut settings = Settings::default();
        for (name, value) in
            [("llm.enabled", "true"), ("llm.model", "7"), ("llm.kind", "ollama"), ("approval_minutes", "20")]
        {
            settings = changed(&settings, name, value).unwrap();
        }
        assert!(settings.llm.enabled);
        assert_eq!((settings.llm.model.as_str(), settings.llm.kind.as_str()), ("7", "ollama"), "text stays text");
        assert_eq!(settings.approval_minutes, 20);
        for name in ["llm", "llm.script", "enabled", "llm.model.x", ""] {
            assert!(changed(&settings, name, "true").is_err(), "{name}");
        }
    }
}
