//! What a model may say: one typed suggestion, in one strict form.

use crate::LlmError;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use wheelhouse_protocol::action::UserChange;
use wheelhouse_protocol::reading::Intent;

/// The intents a model may suggest. Absent on purpose: commands and scripts, several steps, schedules,
/// recipes, and whatever decides on a plan.
pub const SUGGESTIBLE: [Intent; 25] = [
    Intent::Check,
    Intent::Restart,
    Intent::Start,
    Intent::Stop,
    Intent::Reload,
    Intent::Enable,
    Intent::Disable,
    Intent::Update,
    Intent::Install,
    Intent::Uninstall,
    Intent::CopyFile,
    Intent::TailLog,
    Intent::SearchLog,
    Intent::ReadFile,
    Intent::ListDirectory,
    Intent::DeleteFiles,
    Intent::DiskUsage,
    Intent::Uptime,
    Intent::ListProcesses,
    Intent::KillProcess,
    Intent::UserQuery,
    Intent::UserAdmin,
    Intent::ListServices,
    Intent::Reboot,
    Intent::Shutdown,
];
/// The longest text of a field, in bytes.
const LONGEST: usize = 200;
/// The most names of a list.
const MOST: usize = 32;

/// What a model understood. Every value is a stranger's word: check it before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// What is wanted; one of [`SUGGESTIBLE`], or [`Intent::Unknown`] where the model does not know.
    #[serde(deserialize_with = "suggestible")]
    pub intent: Intent,
    /// The service.
    #[serde(default)]
    pub service: Option<String>,
    /// The package.
    #[serde(default)]
    pub package: Option<String>,
    /// The process.
    #[serde(default)]
    pub process: Option<String>,
    /// A file or folder on the machines.
    #[serde(default)]
    pub path: Option<String>,
    /// The file to copy.
    #[serde(default)]
    pub source: Option<String>,
    /// Where to copy it.
    #[serde(default)]
    pub destination: Option<String>,
    /// The version of a package.
    #[serde(default)]
    pub version: Option<String>,
    /// The account.
    #[serde(default)]
    pub user: Option<String>,
    /// What happens to the account.
    #[serde(default)]
    pub change: Option<UserChange>,
    /// What to look for in a log.
    #[serde(default)]
    pub words: Option<String>,
    /// How many lines of a log.
    #[serde(default)]
    pub lines: Option<u32>,
    /// Groups and hosts.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Groups and hosts that are left out.
    #[serde(default)]
    pub except: Vec<String>,
}

impl Suggestion {
    /// A suggestion of this intent and nothing else.
    pub fn of(intent: Intent) -> Self {
        Self {
            intent,
            service: None,
            package: None,
            process: None,
            path: None,
            source: None,
            destination: None,
            version: None,
            user: None,
            change: None,
            words: None,
            lines: None,
            targets: Vec::new(),
            except: Vec::new(),
        }
    }

    /// Reads a model's text: one JSON object of this form and nothing around it.
    ///
    /// # Errors
    /// [`LlmError::Form`] for anything else: prose around it, a field too many or twice, another type, an
    /// intent that may not be suggested, text too long or with control characters.
    pub fn read(text: &str) -> Result<Self, LlmError> {
        // serde also takes a list of values for a struct.
        if !text.trim_start().starts_with('{') {
            return Err(LlmError::Form);
        }
        let read: Self = serde_json::from_str(text).map_err(|_| LlmError::Form)?;
        let fits = |text: &String| text.len() <= LONGEST && !text.chars().any(char::is_control);
        let many = read.targets.len() > MOST || read.except.len() > MOST;
        let sound = read.texts().all(fits) && read.targets.iter().chain(&read.except).all(fits);
        if many || !sound { Err(LlmError::Form) } else { Ok(read) }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [
            &self.service, &self.package, &self.process, &self.path, &self.source, &self.destination, &self.version,
            &self.user, &self.words,
        ]
        .into_iter()
        .flatten()
    }
}

fn suggestible<'de, D: Deserializer<'de>>(from: D) -> Result<Intent, D::Error> {
    let intent = Intent::deserialize(from)?;
    if intent == Intent::Unknown || SUGGESTIBLE.contains(&intent) {
        Ok(intent)
    } else {
        Err(serde::de::Error::custom("this intent may not be suggested"))
    }
}

/// The form as a JSON schema, within what servers that force a model to one support: every field
/// required, absent ones null.
pub(crate) fn schema() -> Value {
    let intents: Vec<&str> = SUGGESTIBLE.iter().map(|i| i.as_str()).chain(["unknown"]).collect();
    let text = json!({ "type": ["string", "null"] });
    let names = json!({ "type": "array", "items": { "type": "string" } });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["intent", "service", "package", "process", "path", "source", "destination", "version", "user",
            "change", "words", "lines", "targets", "except"],
        "properties": {
            "intent": { "type": "string", "enum": intents },
            "service": text, "package": text, "process": text, "path": text, "source": text, "destination": text,
            "version": text, "user": text, "words": text,
            "change": { "type": ["string", "null"], "enum": ["lock", "unlock", "create", "delete", null] },
            "lines": { "type": ["integer", "null"] },
            "targets": names, "except": names,
        },
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn a_suggestion_is_read() {
        let read =
            Suggestion::read(r#" {"intent":"restart","service":"nginx","lines":null,"targets":["web servers"]} "#);
        let wanted = Suggestion {
            service: Some("nginx".to_owned()),
            targets: vec!["web servers".to_owned()],
            ..Suggestion::of(Intent::Restart)
        };
        assert_eq!(read, Ok(wanted));
    }

    #[test]
    fn anything_else_is_not() {
        let long = format!(r#"{{"intent":"restart","service":"{}"}}"#, "x".repeat(LONGEST + 1));
        let many = format!(r#"{{"intent":"restart","targets":[{}]}}"#, vec![r#""a""#; MOST + 1].join(","));
        let deep = format!(r#"{{"intent":{}"restart"{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        for (text, why) in [
            ("", "empty"),
            ("restart nginx", "prose"),
            (r#"Sure! {"intent":"restart"}"#, "prose in front"),
            (r#"{"intent":"restart"} Hope that helps."#, "prose behind"),
            ("```json\n{\"intent\":\"restart\"}\n```", "fences"),
            (r#"{"intent":"restart"}{"intent":"reboot"}"#, "two"),
            (r#"[{"intent":"restart"}]"#, "a list"),
            (
                r#"["restart","nginx",null,null,null,null,null,null,null,null,null,null,[],[]]"#,
                "a list in place of the object",
            ),
            (r#"{"service":"nginx"}"#, "no intent"),
            (r#"{"intent":"restart","intent":"reboot"}"#, "a field twice"),
            (r#"{"intent":"restart","service":"nginx","service":"sshd"}"#, "a field twice"),
            (r#"{"intent":"restart","script":"rm -rf /"}"#, "a field of its own"),
            (r#"{"intent":"restart","command":"id"}"#, "a field of its own"),
            (r#"{"intent":"run_command"}"#, "an intent that may not be"),
            (r#"{"intent":"multi_step"}"#, "an intent that may not be"),
            (r#"{"intent":"confirm"}"#, "an intent that may not be"),
            (r#"{"intent":"schedule"}"#, "an intent that may not be"),
            (r#"{"intent":"obliterate"}"#, "no intent at all"),
            (r#"{"intent":"restart","service":["nginx"]}"#, "a list for a text"),
            (r#"{"intent":"restart","service":7}"#, "a number for a text"),
            (r#"{"intent":"tail_log","lines":"7; id"}"#, "a text for a number"),
            (r#"{"intent":"tail_log","lines":-1}"#, "below zero"),
            (r#"{"intent":"tail_log","lines":1e99}"#, "no whole number"),
            (r#"{"intent":"restart","targets":"web servers"}"#, "a text for a list"),
            (r#"{"intent":"restart","targets":null}"#, "null for a list"),
            (r#"{"intent":"restart","service":"nginx\nrm -rf /"}"#, "a line end"),
            (r#"{"intent":"restart","targets":["web\u0000"]}"#, "a NUL"),
            (r#"{"intent":"user_admin","change":"root"}"#, "no change there is"),
            (long.as_str(), "too long"),
            (many.as_str(), "too many"),
            (deep.as_str(), "too deep"),
        ] {
            assert_eq!(Suggestion::read(text), Err(LlmError::Form), "{why}");
        }
    }

    #[test]
    fn the_schema_has_exactly_the_fields_of_the_form() {
        let schema = schema();
        let full = serde_json::to_value(Suggestion::of(Intent::Check)).unwrap();
        let names: Vec<&String> = full.as_object().unwrap().keys().collect();
        let told: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let mut required: Vec<&str> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        required.sort_unstable();
        assert_eq!(names, told);
        assert_eq!(names, required, "servers that force the schema want every field required");
        for change in schema["properties"]["change"]["enum"].as_array().unwrap() {
            assert!(serde_json::from_value::<Option<UserChange>>(change.clone()).is_ok(), "{change}");
        }
    }

    #[test]
    fn a_model_may_not_suggest_commands_or_decisions() {
        for never in [
            Intent::RunCommand,
            Intent::MultiStep,
            Intent::Schedule,
            Intent::RunRecipe,
            Intent::GenerateScript,
            Intent::Confirm,
            Intent::Cancel,
            Intent::Retry,
            Intent::Rollback,
            Intent::Unknown,
        ] {
            assert!(!SUGGESTIBLE.contains(&never), "{never:?}");
        }
    }
}
