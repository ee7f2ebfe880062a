//! From what was understood to exactly what will run.

use crate::clause::Draft;
use crate::read::Understood;
use crate::roster::Roster;
use std::collections::BTreeMap;
use wheelhouse_protocol::action::{Action, LocalFile};
use wheelhouse_protocol::inventory::Target;
use wheelhouse_protocol::plan::{LeftOut, Plan, PlanHash, PlanStep, PlanTarget, Shell, Strategy};
use wheelhouse_protocol::reading::{Intent, Risk};
use wheelhouse_protocol::schedule::When;
use wheelhouse_protocol::{PlanId, Problem, ProblemCode, TargetId};

/// Looks at a file on the operator's machine, which the planner itself cannot.
pub trait Files {
    /// The file's size and SHA-256.
    ///
    /// # Errors
    /// In words: it is not there, is a folder, may not be read.
    fn pin(&self, path: &str) -> Result<LocalFile, String>;
}

/// Makes the plan of a complete reading. A request for later needs `when`, and no other has one.
pub(crate) fn plan(
    roster: &Roster,
    understood: &Understood,
    (request, when): (&str, Option<When>),
    id: PlanId,
    strategy: Strategy,
    files: &dyn Files,
) -> Result<Plan, Problem> {
    let reading = &understood.reading;
    if (reading.intent == Intent::Schedule) != when.is_some() {
        let title = "A request for later is not run at once";
        return Err(Problem::new(ProblemCode::NeedsAnswer, title, reading.sentence.clone()));
    }
    if understood.drafts.is_empty() {
        let detail =
            "Nothing that is stored here can do that: there is no step that would, or no way back from what was done.";
        return Err(Problem::new(ProblemCode::InvalidInput, "There is no step for that", detail)
            .hint("Say what is to be done on which machines."));
    }
    let why = |n: usize| reading.targets.why.get(n).cloned().unwrap_or_default();
    let typed = || reading.targets.groups.first().cloned().unwrap_or_else(|| "all targets".to_owned());
    let wanted = Wanted {
        request,
        intent: reading.intent,
        risk: reading.risk,
        confirm_by_typing: (reading.risk == Risk::Critical).then(typed),
        when,
        drafts: &understood.drafts,
        targets: match understood.targets.as_slice() {
            // A look at an address that is no target is taken from this machine.
            [] => roster
                .here()
                .map(|place| (place, "it is this machine, and looks at the address from here".to_owned()))
                .into_iter()
                .collect(),
            targets => targets.iter().enumerate().map(|(n, &place)| (place, why(n))).collect(),
        },
    };
    assemble(roster, &wanted, id, strategy, files)
}

/// What a plan is made of.
struct Wanted<'a> {
    request: &'a str,
    intent: Intent,
    risk: Risk,
    confirm_by_typing: Option<String>,
    when: Option<When>,
    drafts: &'a [Draft],
    /// Places in the roster, each with why it was chosen.
    targets: Vec<(usize, String)>,
}

fn assemble(
    roster: &Roster,
    wanted: &Wanted<'_>,
    id: PlanId,
    strategy: Strategy,
    files: &dyn Files,
) -> Result<Plan, Problem> {
    if wanted.targets.is_empty() {
        let detail =
            "The address is no target, so it is looked at from this machine, and this machine is not in the inventory.";
        return Err(Problem::new(ProblemCode::InvalidInput, "There is no machine to look from", detail)
            .hint("Add a target with the connection “local”, or say from which target to look."));
    }
    let actions = wanted.drafts.iter().map(|draft| action(draft, files)).collect::<Result<Vec<_>, _>>()?;
    let mutates = actions.iter().any(Action::mutates);
    let mut targets: Vec<PlanTarget> = Vec::new();
    let mut left_out = Vec::new();
    for (place, why) in &wanted.targets {
        let target = &roster.targets[*place];
        let same = |known: &&PlanTarget, new: &PlanTarget| {
            (known.connection, &known.address, known.port) == (new.connection, &new.address, new.port)
        };
        match planned(target, why.clone(), mutates) {
            // Two jobs at once on one machine would undo each other.
            Ok(new) if mutates && targets.iter().any(|known| same(&known, &new)) => {
                let twin = targets.iter().find(|known| same(known, &new)).map_or("", |t| t.name.as_str());
                let reason = format!("it is the same machine as {twin} (same address and port).");
                left_out.push(LeftOut { name: new.name, reason });
            }
            Ok(target) => targets.push(target),
            Err(reason) => left_out.push(LeftOut { name: target.spec.name.clone(), reason }),
        }
    }
    if targets.is_empty() {
        let reasons: Vec<String> = left_out.iter().map(|l| format!("{}: {}", l.name, l.reason)).collect();
        let title = "None of these machines can be worked on";
        return Err(Problem::new(ProblemCode::InvalidInput, title, reasons.join(" ")));
    }
    // A machine that cannot be reached yet is left out, but what it would be sent is shown beside the rest.
    let shells: Vec<Shell> = [Shell::Bash, Shell::Powershell]
        .into_iter()
        .filter(|shell| {
            targets.iter().any(|t| t.shell == *shell)
                || wanted.targets.iter().any(|(place, _)| Shell::for_os(roster.targets[*place].spec.os) == Some(*shell))
        })
        .collect();
    let titles: Vec<String> = actions.iter().map(Action::title).collect();
    let steps = actions
        .into_iter()
        .map(|action| {
            let mut scripts = BTreeMap::new();
            for shell in &shells {
                match wheelhouse_scripts::render(&action, *shell) {
                    Ok(script) => {
                        scripts.insert(*shell, script);
                    }
                    // What fits only the one system stands in nobody's way where the other is left out anyway.
                    Err(error) if targets.iter().any(|t| t.shell == *shell) => return Err(Problem::from(error)),
                    Err(_) => {}
                }
            }
            Ok(PlanStep { title: action.title(), mutates: action.mutates(), action, scripts })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let mut plan = Plan {
        id,
        request: wanted.request.to_owned(),
        sentence: sentence(&titles, targets.len()),
        intent: wanted.intent,
        risk: wanted.risk,
        targets,
        left_out,
        steps,
        strategy,
        confirm_by_typing: wanted.confirm_by_typing.clone().filter(|_| mutates),
        when: wanted.when.clone(),
        hash: PlanHash(String::new()),
    };
    plan.hash = plan.compute_hash();
    Ok(plan)
}

/// `Restart nginx on 4 hosts`.
pub(crate) fn sentence(titles: &[String], hosts: usize) -> String {
    let what = match titles {
        [] => String::new(),
        [one] => one.clone(),
        [first, .., last] => format!("{first} … {last} ({} steps)", titles.len()),
    };
    let hosts = if hosts == 1 { "1 host".to_owned() } else { format!("{hosts} hosts") };
    let mut sentence = format!("{what} on {hosts}");
    if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
        sentence.replace_range(..1, &first);
    }
    sentence
}

fn action(draft: &Draft, files: &dyn Files) -> Result<Action, Problem> {
    match draft {
        Draft::Ready(action) => Ok(action.clone()),
        Draft::Replace { service, source } => {
            Ok(Action::ProgramReplace { service: service.clone(), source: pinned(source, files)? })
        }
        Draft::Copy { source, destination } => {
            Ok(Action::FileCopy { source: pinned(source, files)?, destination: destination.clone() })
        }
    }
}

/// A file of the operator's machine as it is now.
fn pinned(source: &str, files: &dyn Files) -> Result<LocalFile, Problem> {
    files.pin(source).map_err(|reason| {
        Problem::new(
            ProblemCode::InvalidInput,
            "That file cannot be copied",
            format!("{source} on this machine: {reason}."),
        )
        .hint("The source is on the machine Wheelhouse runs on. Check its path.")
        .source(source)
    })
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
        Some(Shell::Powershell) => {
            return Err("Wheelhouse cannot speak PowerShell over this connection yet.".to_owned());
        }
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

/// The same steps for some of a plan's targets, with what the inventory and the files hold now.
pub(crate) fn again(
    roster: &Roster,
    plan: &Plan,
    keep: &[TargetId],
    id: PlanId,
    strategy: Strategy,
    files: &dyn Files,
) -> Result<Plan, Problem> {
    let mut drafts = Vec::new();
    for step in &plan.steps {
        drafts.push(match &step.action {
            Action::ProgramReplace { service, source } => {
                Draft::Replace { service: service.clone(), source: source.path.clone() }
            }
            Action::FileCopy { source, destination } => {
                Draft::Copy { source: source.path.clone(), destination: destination.clone() }
            }
            other => Draft::Ready(other.clone()),
        });
    }
    let mut chosen = Vec::new();
    let mut gone = Vec::new();
    for target in plan.targets.iter().filter(|t| keep.contains(&t.id)) {
        match roster.targets.iter().position(|known| known.id == target.id) {
            Some(place) => chosen.push((place, target.why.clone())),
            None => {
                let reason = "it is not in the inventory any more.".to_owned();
                gone.push(LeftOut { name: target.name.clone(), reason });
            }
        }
    }
    let wanted = Wanted {
        request: &plan.request,
        intent: plan.intent,
        risk: plan.risk,
        confirm_by_typing: plan.confirm_by_typing.clone(),
        // A plan for later does not become one for now by being revised.
        when: plan.when.clone(),
        drafts: &drafts,
        targets: chosen,
    };
    let mut made = assemble(roster, &wanted, id, strategy, files)?;
    made.left_out.extend(gone);
    Ok(made)
}
