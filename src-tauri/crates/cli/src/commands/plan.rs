//! `wh plan` and `wh reject`.

use super::schedule::next_for_people;
use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use jiff::Zoned;
use sha2::{Digest, Sha256};
use std::path::Path;
use uuid::Uuid;
use wheelhouse_app::{preview_schedule, propose};
use wheelhouse_inventory::{MAX_BYTES, parse, recognise, snapshot};
use wheelhouse_planner::{Context, Planner};
use wheelhouse_protocol::answer::{Answer, AnswerCell};
use wheelhouse_protocol::plan::{GetPlan, MakePlan, Plan, Proposal, RejectPlan, Strategy};
use wheelhouse_protocol::reading::{Disposition, Reading};
use wheelhouse_protocol::{PlanId, Problem, ProblemCode, Timestamp};

/// Plans against the stored inventory.
pub(crate) async fn plan(session: &Session, text: &str) -> Result<Outcome, Problem> {
    let proposal = session.call(MakePlan { text: text.to_owned() }).await?;
    session.print(&proposal, proposal_for_people);
    Ok(outcome_of(&proposal.reading))
}

/// Says no to a plan.
pub(crate) async fn reject(session: &Session, plan: &str) -> Result<Outcome, Problem> {
    let id = plan_id(plan)?;
    session.call(RejectPlan { id }).await?;
    let proposal = session.call(GetPlan { id }).await?;
    session.print(&proposal, |p| show::line(format!("Rejected: {}", p.reading.sentence)));
    Ok(Outcome::Done)
}

/// The id a person typed.
pub(crate) fn plan_id(text: &str) -> Result<PlanId, Problem> {
    PlanId::parse(text).ok_or_else(|| Problem::invalid("plan", format!("“{text}” is not a plan's id.")))
}

/// A planner for the inventory in a file, without any data directory.
pub(super) fn planner_of(file: &Path) -> Result<Planner, Problem> {
    let refuse = |reason: String| {
        Problem::new(
            ProblemCode::InvalidInput,
            "That inventory cannot be used",
            format!("{}: {reason}.", file.display()),
        )
    };
    let bytes = std::fs::metadata(file).map_err(|e| refuse(e.to_string()))?.len();
    if bytes > MAX_BYTES as u64 {
        return Err(refuse(format!("it is larger than {} MiB", MAX_BYTES / 1024 / 1024)));
    }
    let content = std::fs::read_to_string(file).map_err(|e| refuse(e.to_string()))?;
    let name = file.display().to_string();
    let format = recognise(&name, &content).ok_or_else(|| refuse("its format is not recognised".to_owned()))?;
    let imported = parse(format, &content)?;
    Planner::new(&snapshot(&imported, &mut id_of), "").map_err(|e| refuse(e.to_string()))
}

/// Plans against a file, without any data directory.
pub(crate) fn against_file(text: &str, file: &Path, json: bool) -> Result<Outcome, Problem> {
    let planner = planner_of(file)?;
    let now = Zoned::now();
    let context = Context { turns: Vec::new(), now: Some(now.datetime()) };
    let proposal = propose(&planner, text, &context, &now, Strategy::default())?;
    if json {
        show::json(&proposal);
    } else {
        proposal_for_people(&proposal);
    }
    Ok(outcome_of(&proposal.reading))
}

/// An id made from a name: the same name always gives the same id.
fn id_of(name: &str) -> Uuid {
    let hash = Sha256::digest(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// How `wh` ends after a reading.
pub(crate) fn outcome_of(reading: &Reading) -> Outcome {
    match reading.disposition {
        Disposition::Plan | Disposition::Confirm | Disposition::Answer => Outcome::Done,
        Disposition::Clarify => Outcome::Waits,
        Disposition::Reject => Outcome::Refused,
    }
}

/// A proposal for people.
pub(crate) fn proposal_for_people(proposal: &Proposal) {
    let reading = &proposal.reading;
    if proposal.suggested_by_model {
        show::line("Suggested by a language model: check that this is what you meant.");
    }
    match (&proposal.plan, reading.disposition) {
        (Some(plan), _) => plan_for_people(plan),
        (None, Disposition::Reject) => show::line(format!("Refused: {}", reading.sentence)),
        (None, Disposition::Clarify) => {
            for question in &reading.questions {
                show::line(format!("? {}", question.text));
                for choice in &question.choices {
                    show::line(format!("    {}  {}", choice.label, show::dim(&format!("wh run {:?}", choice.request))));
                }
            }
        }
        (None, _) => match &reading.answer {
            Some(answer) => answer_for_people(answer),
            None => show::line(&reading.sentence),
        },
    }
}

fn answer_for_people(answer: &Answer) {
    show::line(&answer.sentence);
    if let Some(table) = &answer.table {
        let head: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.cells.iter().map(cell_text).collect()).collect();
        show::table(&head, &rows);
        if let Some(cut) = table.cut() {
            show::line(show::dim(&format!("({cut})")));
        }
    }
    for choice in &answer.follow_ups {
        show::line(format!("    {}", show::dim(&format!("wh run {:?}", choice.request))));
    }
}

fn cell_text(cell: &AnswerCell) -> String {
    match cell {
        AnswerCell::None => show::or_dash(""),
        AnswerCell::Text { text } => text.clone(),
        AnswerCell::Moment { at } => show::moment(*at),
        AnswerCell::Job { state } => state.to_string(),
        AnswerCell::Cell { state } => show::state(*state),
        AnswerCell::Level { level } => level.as_str().to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn plan_for_people(plan: &Plan) {
    show::line(format!("{}   {} risk · plan {}", plan.sentence, plan.risk.as_str(), plan.hash.short()));
    if let Some(when) = &plan.when {
        show::line(format!("When  {}", capital(&when.words())));
        match preview_schedule(when, Timestamp::now()) {
            Ok(preview) => next_for_people(&preview.next),
            Err(problem) => show::line(format!("  {}", problem.detail)),
        }
    }
    show::line("Hosts");
    for target in &plan.targets {
        let way = match target.connection.default_port() {
            None => target.connection.to_string(),
            Some(_) => format!("{} to {}:{}", target.connection, target.address, target.port),
        };
        show::line(format!("  {:<24} {:<40} {}", target.name, way, show::dim(&target.why)));
    }
    for left in &plan.left_out {
        show::line(format!("  {:<24} left out: {}", left.name, left.reason));
    }
    show::line("Steps");
    for (i, step) in plan.steps.iter().enumerate() {
        let undo = match (step.mutates, step.reversible()) {
            (false, _) => "reads only",
            (true, true) => "can be undone",
            (true, false) => "cannot be undone",
        };
        show::line(format!("  {} {}  {}", i + 1, step.title, show::dim(undo)));
    }
    show::line(format!("Strategy  {}", plan.strategy));
    show::line(show::dim(&format!("plan {}  hash {}", plan.id, plan.hash)));
}
