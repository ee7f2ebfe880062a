//! What each word after `wh` does.

mod audit;
mod batch;
mod chat;
mod inventory;
mod job;
mod plan;
mod recipe;
mod run;
mod schedule;
mod settings;
mod vault;

use crate::args::{Args, Command};
use crate::outcome::Outcome;
use crate::secret;
use crate::session::Session;
use crate::show;
use serde_json::{Value, json};
use std::path::PathBuf;
use wheelhouse_protocol::command::COMMANDS;
use wheelhouse_protocol::status::GetStatus;
use wheelhouse_protocol::{Problem, ProblemCode};

/// Does what was typed.
pub(crate) async fn run(args: Args) -> Result<Outcome, Problem> {
    // Planning against a file needs no data directory, so it makes none.
    if let Command::Plan(plan) = &args.command
        && let Some(file) = &plan.inventory
    {
        return match &plan.batch {
            Some(cases) => batch::read(cases, file),
            None => plan::against_file(&plan.text.join(" "), file, args.json),
        };
    }
    let session = Session::open(&args).await?;
    let outcome = dispatch(&session, args.command).await;
    session.close().await;
    outcome
}

async fn dispatch(session: &Session, command: Command) -> Result<Outcome, Problem> {
    match command {
        Command::Status => status(session).await,
        Command::Plan(args) => plan::plan(session, &args.text.join(" ")).await,
        Command::Run(args) => run::run(session, args).await,
        Command::Approve(args) => run::approve(session, args).await,
        Command::Reject { plan } => plan::reject(session, &plan).await,
        Command::Target(command) => inventory::target(session, command).await,
        Command::Group(command) => inventory::group(session, command).await,
        Command::HostKey(command) => inventory::host_key(session, command).await,
        Command::Vault(command) => vault::vault(session, command).await,
        Command::Job(command) => job::job(session, command).await,
        Command::Recipe(command) => recipe::recipe(session, command).await,
        Command::Schedule(command) => schedule::schedule(session, command).await,
        Command::Audit(command) => audit::audit(session, command).await,
        Command::Chat(command) => chat::chat(session, command).await,
        Command::Notification(command) => audit::notification(session, command).await,
        Command::Settings(command) => settings::settings(session, command).await,
        Command::Call { name, input } => call(session, name, input).await,
    }
}

async fn status(session: &Session) -> Result<Outcome, Problem> {
    let status = session.call(GetStatus {}).await?;
    session.print(&status, |status| {
        let store = if status.store.healthy { "healthy".to_owned() } else { status.store.problem.clone() };
        let link = status.link.as_ref().map_or("runs in the window".to_owned(), |l| format!("{:?}", l.state));
        let rows = [
            ("operator", status.operator.clone()),
            ("data", status.store.directory.clone()),
            ("store", store),
            ("vault", format!("{:?}", status.vault).to_lowercase()),
            ("jobs running", status.jobs_running.to_string()),
            (
                "notifications",
                format!(
                    "{} open, {} need action",
                    status.notifications.unacknowledged, status.notifications.action_required
                ),
            ),
            ("mqtt", link),
        ];
        for (name, value) in rows {
            show::line(format!("{name:<14} {value}"));
        }
    });
    Ok(Outcome::Done)
}

async fn call(session: &Session, name: Option<String>, input: Option<PathBuf>) -> Result<Outcome, Problem> {
    let Some(name) = name else {
        session.print(&COMMANDS, |commands| {
            let rows: Vec<Vec<String>> = commands
                .iter()
                .map(|c| {
                    vec![
                        c.name.to_owned(),
                        format!("{:?}", c.role).to_lowercase(),
                        if c.changes { "yes" } else { "no" }.to_owned(),
                    ]
                })
                .collect();
            show::table(&["command", "role", "changes"], &rows);
        });
        return Ok(Outcome::Done);
    };
    let input: Value = match input {
        None => json!({}),
        Some(file) => secret::json_input(&file)?,
    };
    let output = match session.app.call_by_name(&session.caller, &name, input.clone()).await {
        Err(problem) if problem.code == ProblemCode::VaultLocked => {
            session.unlock().await?;
            session.app.call_by_name(&session.caller, &name, input).await?
        }
        done => done?,
    };
    show::json(&output);
    Ok(Outcome::Done)
}
