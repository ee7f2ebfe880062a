//! From what was understood to exactly what will run.

use crate::clause::Draft;
use crate::read::Understood;
use crate::roster::Roster;
use std::collections::BTreeMap;
use wheelhouse_protocol::action::{Action, LocalFile};
use wheelhouse_protocol::inventory::Target;
use wheelhouse_protocol::plan::{LeftOut, Plan, PlanHash, PlanStep, PlanTarget, Shell, Strategy};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::{PlanId, Problem, ProblemCode};

/// Looks at a file on the operator's machine, which the planner itself cannot.
pub trait Files {
    /// The file's size and SHA-256.
    ///
    /// # Errors
    /// In words: it is not there, is a folder, may not be read.
    fn pin(&self, path: &str) -> Result<LocalFile, String>;
}

/// Makes the plan of a complete reading.
pub(crate) fn plan(
    roster: &Roster,
    understood: &Understood,
    request: &str,
    id: PlanId,
    strategy: Strategy,
    files: &dyn Files,
) -> Result<Plan, Problem> {
    let reading = &understood.reading;
    let actions = understood.drafts.iter().map(|draft| action(draft, files)).collect::<Result<Vec<_>, _>>()?;
    let mutates = actions.iter().any(Action::mutates);
    let mut targets = Vec::new();
    let mut left_out = Vec::new();
    for (n, &place) in understood.targets.iter().enumerate() {
        let why = reading.targets.why.get(n).cloned().unwrap_or_default();
        match planned(&roster.targets[place], why, mutates) {
            Ok(target) => targets.push(target),
            Err(reason) => left_out.push(LeftOut { name: roster.targets[place].spec.name.clone(), reason }),
        }
    }
    if targets.is_empty() {
        let reasons: Vec<String> = left_out.iter().map(|l| format!("{}: {}", l.name, l.reason)).collect();
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "None of these machines can be worked on",
            reasons.join(" "),
        ));
    }
    let shells: Vec<Shell> =
        [Shell::Bash, Shell::Powershell].into_iter().filter(|s| targets.iter().any(|t| t.shell == *s)).collect();
    let steps = actions
        .into_iter()
        .map(|action| {
            let scripts = shells
                .iter()
                .map(|shell| wheelhouse_scripts::render(&action, *shell).map(|script| (*shell, script)))
                .collect::<Result<BTreeMap<_, _>, _>>()
                .map_err(Problem::from)?;
            Ok(PlanStep { title: action.title(), mutates: action.mutates(), action, scripts })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let confirm_by_typing = (reading.risk == Risk::Critical && mutates)
        .then(|| reading.targets.groups.first().cloned().unwrap_or_else(|| "all targets".to_owned()));
    let mut plan = Plan {
        id,
        request: request.to_owned(),
        sentence: reading.sentence.clone(),
        intent: reading.intent,
        risk: reading.risk,
        targets,
        left_out,
        steps,
        strategy,
        confirm_by_typing,
        hash: PlanHash(String::new()),
    };
    plan.hash = plan.compute_hash();
    Ok(plan)
}

fn action(draft: &Draft, files: &dyn Files) -> Result<Action, Problem> {
    match draft {
        Draft::Ready(action) => Ok(action.clone()),
        Draft::Copy { source, destination } => {
            let source = files.pin(source).map_err(|reason| {
                Problem::new(
                    ProblemCode::InvalidInput,
                    "That file cannot be copied",
                    format!("{source} on this machine: {reason}."),
                )
                .hint("The source is on the machine Wheelhouse runs on. Check its path.")
                .source(source.clone())
            })?;
            Ok(Action::FileCopy { source, destination: destination.clone() })
        }
    }
}

/// A target as the plan holds it, or why it cannot be part of it.
fn planned(target: &Target, why: String, mutates: bool) -> Result<PlanTarget, String> {
    let spec = &target.spec;
    if mutates && spec.maintenance {
        return Err("it is in maintenance; take it out of maintenance first.".to_owned());
    }
    let Some(connection) = spec.usable_connection() else {
        return Err(match spec.connections.first() {
            None => "it has no connection; add one in its form.".to_owned(),
            Some(other) => format!("Wheelhouse cannot reach machines by {} yet; add an SSH connection.", other.kind),
        });
    };
    let shell = match Shell::for_os(spec.os) {
        Some(Shell::Bash) => Shell::Bash,
        Some(Shell::Powershell) => return Err("there are no scripts for Windows yet.".to_owned()),
        None => return Err("a network device has no shell that scripts can use.".to_owned()),
    };
    Ok(PlanTarget {
        id: target.id,
        name: spec.name.clone(),
        os: spec.os,
        shell,
        connection: connection.kind,
        address: spec.address().to_owned(),
        port: connection.effective_port(),
        user: connection.user.clone(),
        credential: connection.credential,
        why,
    })
}
