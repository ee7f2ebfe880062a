//! `wh settings`.

use crate::args::SettingsCommand;
use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use serde_json::Value;
use wheelhouse_protocol::settings::{GetSettings, SetSettings, Settings};
use wheelhouse_protocol::{Problem, ProblemCode};

pub(crate) async fn settings(session: &Session, command: SettingsCommand) -> Result<Outcome, Problem> {
    let settings = match command {
        SettingsCommand::Show => session.call(GetSettings {}).await?,
        SettingsCommand::Set { name, value } => {
            let settings = changed(&session.call(GetSettings {}).await?, &name, &value)?;
            session.call(SetSettings { settings }).await?
        }
    };
    session.print(&settings, |settings| {
        if let Ok(Value::Object(fields)) = serde_json::to_value(settings) {
            fields.iter().for_each(|(name, value)| show::line(format!("{name:<26} {value}")));
        }
    });
    Ok(Outcome::Done)
}

/// The settings with one of them changed; the value is read as JSON where it is, else as text.
fn changed(settings: &Settings, name: &str, value: &str) -> Result<Settings, Problem> {
    let invalid = |e: serde_json::Error| {
        Problem::new(ProblemCode::InvalidInput, "That value cannot be used", e.to_string()).source(name)
    };
    let mut all = serde_json::to_value(settings).map_err(invalid)?;
    let field =
        all.get_mut(name).ok_or_else(|| Problem::not_found("setting", name).hint("List them: wh settings show"))?;
    *field = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    serde_json::from_value(all).map_err(invalid)
}
