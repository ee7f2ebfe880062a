//! `wh plan` and `wh reject`.

use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;
use uuid::Uuid;
use wheelhouse_inventory::{MAX_BYTES, parse, recognise, snapshot};
use wheelhouse_planner::{Files, Planner};
use wheelhouse_protocol::action::LocalFile;
use wheelhouse_protocol::answer::{Answer, AnswerCell};
use wheelhouse_protocol::plan::{GetPlan, MakePlan, Plan, Proposal, ProposalState, RejectPlan, Strategy};
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

/// Plans against a file, without any data directory.
pub(crate) fn against_file(text: &str, file: &Path, json: bool) -> Result<Outcome, Problem> {
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
    let inventory = snapshot(&imported, &mut id_of);
    let planner = Planner::new(&inventory, "").map_err(|e| refuse(e.to_string()))?;
    let understood = planner.read(text);
    let id = PlanId(id_of(text));
    let complete = matches!(understood.reading.disposition, Disposition::Plan | Disposition::Confirm);
    // What cannot be worked on from here (a file that is not there, a transport) does not change what was understood.
    let made = complete.then(|| planner.plan(&understood, text, id, Strategy::default(), &Disk)).transpose();
    let (plan, problem) = match made {
        Ok(plan) => (plan, None),
        Err(problem) => (None, Some(problem)),
    };
    let made_at = Timestamp::now();
    let proposal = Proposal { id, reading: understood.reading, plan, state: ProposalState::Open, job: None, made_at };
    if json {
        show::json(&proposal);
    } else {
        proposal_for_people(&proposal);
        if let Some(problem) = &problem {
            show::problem(problem);
        }
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

struct Disk;

impl Files for Disk {
    fn pin(&self, path: &str) -> Result<LocalFile, String> {
        let mut file = std::fs::File::open(path).map_err(|e| e.to_string())?;
        let (mut hash, mut size, mut chunk) = (Sha256::new(), 0, vec![0; 1024 * 1024]);
        loop {
            let n = file.read(&mut chunk).map_err(|e| e.to_string())?;
            if n == 0 {
                break;
            }
            hash.update(&chunk[..n]);
            size += n as u64;
        }
        let sha256 = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        Ok(LocalFile { path: path.to_owned(), sha256, size })
    }
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

fn plan_for_people(plan: &Plan) {
    show::line(format!("{}   {} risk · plan {}", plan.sentence, plan.risk.as_str(), plan.hash.short()));
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
