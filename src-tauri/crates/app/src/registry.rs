//! The one table of commands.

use crate::{App, Caller};
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

async fn by_json<C: Command>(app: &App, caller: &Caller, input: Value) -> Result<Value, Problem>
where
    App: Handle<C>,
{
    // A unit-like input may be left out.
    let input = if input.is_null() { Value::Object(serde_json::Map::new()) } else { input };
    let command: C = serde_json::from_value(input).map_err(|error| {
        // serde's words name the field; they never quote a secret's value, which is a string as expected.
        Problem::new(ProblemCode::InvalidInput, "The request cannot be read", format!("{}: {error}.", C::NAME))
    })?;
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
