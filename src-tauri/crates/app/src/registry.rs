//! The one table of commands.

use crate::{App, Caller};
use serde::de::DeserializeOwned;
use serde_json::Value;
use wheelhouse_protocol::{Command, Problem, ProblemCode, for_each_command};

/// Does a command.
pub trait Handle<C: Command> {
    /// Does it for `caller`, whose role has been checked.
    fn handle(&self, caller: &Caller, command: C) -> impl Future<Output = Result<C::Output, Problem>> + Send;
}

impl App {
    /// Does a command: the only way in, whatever the door.
    ///
    /// # Errors
    /// [`ProblemCode::Forbidden`] when the caller's role does not reach, and whatever the command says.
    pub async fn call<C: Command>(&self, caller: &Caller, command: C) -> Result<C::Output, Problem>
    where
        Self: Handle<C>,
    {
        if caller.role < C::ROLE {
            let detail = format!("{} needs the role {:?}, and {} has {:?}.", C::NAME, C::ROLE, caller.who, caller.role);
            return Err(Problem::new(ProblemCode::Forbidden, "Not allowed", detail.to_lowercase()));
        }
        let result = self.handle(caller, command).await;
        match &result {
            // Commands carry secrets, so only their names are logged.
            Ok(_) => tracing::debug!(command = C::NAME, who = caller.who, "done"),
            Err(problem) => tracing::debug!(command = C::NAME, who = caller.who, %problem, "refused"),
        }
        result
    }
}

/// Reads an input. serde quotes the value it stumbles over, which may be a secret put in the wrong place: only
/// where that is and what should be there is said.
fn read<C: DeserializeOwned>(name: &str, input: Value) -> Result<C, Problem> {
    serde_path_to_error::deserialize(input).map_err(|error| {
        let (path, said) = (error.path().to_string(), error.inner().to_string());
        let what = if said.starts_with("missing field `") || said.starts_with("unknown field `") {
            said
        } else {
            match said.rsplit_once(", expected ") {
                Some((_, expected)) => format!("something else was expected: {expected}"),
                None => "the value cannot be used".to_owned(),
            }
        };
        Problem::new(ProblemCode::InvalidInput, "The request cannot be read", format!("{name}, at {path}: {what}."))
            .source(path)
    })
}

async fn by_json<C: Command>(app: &App, caller: &Caller, input: Value) -> Result<Value, Problem>
where
    App: Handle<C>,
{
    // A unit-like input may be left out.
    let input = if input.is_null() { Value::Object(serde_json::Map::new()) } else { input };
    let command: C = read(C::NAME, input)?;
    let output = app.call(caller, command).await?;
    serde_json::to_value(output)
        .map_err(|error| Problem::new(ProblemCode::Internal, "The answer cannot be written", error.to_string()))
}

macro_rules! table {
    ($($command:ty),+ $(,)?) => {
        impl App {
            /// Does the command of this name, with its input and output as JSON.
            ///
            /// # Errors
            /// [`ProblemCode::NotFound`] for a name that is none, [`ProblemCode::InvalidInput`] for input that
            /// is not the command's, and whatever the command says.
            pub async fn call_by_name(&self, caller: &Caller, name: &str, input: Value) -> Result<Value, Problem> {
                $(
                    if name == <$command as Command>::NAME {
                        return Box::pin(by_json::<$command>(self, caller, input)).await;
                    }
                )+
                Err(Problem::not_found("command", name))
            }
        }
    };
}
for_each_command!(table);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::json;
    use wheelhouse_protocol::credential::{SaveCredential, UnlockVault};
    use wheelhouse_protocol::settings::SetSettings;

    #[test]
    fn an_input_that_cannot_be_read_is_not_quoted() {
        let secret = "correct horse, expected battery staple";
        let inputs = [
            read::<UnlockVault>("vault.unlock", json!(secret)).map(|_| ()),
            read::<UnlockVault>("vault.unlock", json!([{ "passphrase": secret }])).map(|_| ()),
            read::<SaveCredential>("credential.save", json!({ "credential": secret })).map(|_| ()),
            read::<SaveCredential>("credential.save", json!({ "id": secret })).map(|_| ()),
            read::<SaveCredential>("credential.save", json!({ "name": "x", "kind": secret, "fields": [] })).map(|_| ()),
            read::<SaveCredential>("credential.save", json!({ "name": "x", "kind": "password", "fields": secret }))
                .map(|_| ()),
            read::<SetSettings>("settings.set", json!({ "settings": { "theme": secret } })).map(|_| ()),
            read::<SetSettings>("settings.set", json!({ "settings": { "approval_minutes": secret } })).map(|_| ()),
        ];
        for (n, result) in inputs.into_iter().enumerate() {
            let problem = result.unwrap_err();
            let said = serde_json::to_string(&problem).unwrap();
            assert!(!said.contains("horse") && !said.contains("staple"), "input {n} is quoted: {said}");
        }
        let settings = json!({ "settings": { "approval_minutes": secret } });
        let problem = read::<SetSettings>("settings.set", settings).unwrap_err();
        assert_eq!(problem.source.as_deref(), Some("settings.approval_minutes"), "where it is must be said");
        assert!(problem.detail.contains("u32"), "and what should be there: {problem}");
        let problem = read::<SetSettings>("settings.set", json!({})).unwrap_err();
        assert!(problem.detail.contains("missing field `settings`"), "{problem}");
    }
}
