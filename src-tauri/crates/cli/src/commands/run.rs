//! `wh run` and `wh approve`: from words to the end of the job, or to a schedule.

use super::plan::{outcome_of, plan_id, proposal_for_people};
use super::schedule::next_for_people;
use crate::args::{ApproveArgs, RunArgs};
use crate::interrupt::Interrupts;
use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use wheelhouse_app::bus::Subscription;
use wheelhouse_protocol::job::{
    CancelJob, CellState, GetJob, GetJobEvents, GetJobLog, JobDetail, JobEventKind, JobState, JobSummary, Level,
    LogLine, Stream,
};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::{ApprovePlan, GetPlan, MakePlan, Plan, PlanHash, Proposal, RunPlan, SchedulePlan};
use wheelhouse_protocol::{Event, JobId, Problem, ProblemCode};

/// Plans, gets an approval where one is needed, and runs.
pub(crate) async fn run(session: &Session, args: RunArgs) -> Result<Outcome, Problem> {
    let proposal = session.call(MakePlan { text: args.text.join(" ") }).await?;
    decide(session, proposal, args.approve, args.confirm, args.quiet).await
}

/// Approves a plan that was shown.
pub(crate) async fn approve(session: &Session, args: ApproveArgs) -> Result<Outcome, Problem> {
    let proposal = session.call(GetPlan { id: plan_id(&args.plan)? }).await?;
    let needs_approval = proposal.needs_approval();
    let plan = proposal.plan.ok_or_else(|| Problem::not_found("plan to approve", &args.plan))?;
    let given = args.hash.trim().to_lowercase();
    if given.len() < 8 || !plan.hash.0.starts_with(&given) {
        return Err(Problem::new(
            ProblemCode::Stale,
            "That is not the plan's hash",
            format!("The plan has the hash {}, and {given} was given.", plan.hash),
        )
        .hint("Look at the plan again before you approve it."));
    }
    start(session, &plan, needs_approval, args.confirm, args.quiet).await
}

/// Shows a proposal, and runs it where that is allowed.
pub(crate) async fn decide(
    session: &Session,
    proposal: Proposal,
    approved: bool,
    confirm: Option<String>,
    quiet: bool,
) -> Result<Outcome, Problem> {
    let Some(plan) = proposal.plan.clone() else {
        session.print(&proposal, proposal_for_people);
        return Ok(outcome_of(&proposal.reading));
    };
    let needs_approval = proposal.needs_approval();
    if !session.json {
        proposal_for_people(&proposal);
    }
    if needs_approval && !approved && !(asks(session) && said_yes(&plan)) {
        if session.json {
            show::json(&proposal);
        } else {
            let waits = match &plan.when {
                Some(_) => "This is for later and waits to be scheduled",
                None if plan.mutates() => "This changes machines and waits for an approval",
                None => "This is to be looked at first and waits for an approval",
            };
            show::aside(format!("{waits}: wh approve {} --hash {}", plan.id, plan.hash.short()));
        }
        return Ok(Outcome::Waits);
    }
    let confirm = match (&plan.confirm_by_typing, confirm) {
        (Some(words), None) if asks(session) => Some(typed(&format!("This is critical. Type “{words}” to approve: "))),
        (_, given) => given,
    };
    start(session, &plan, needs_approval, confirm, quiet).await
}

/// Whether there is a person to ask.
fn asks(session: &Session) -> bool {
    !session.json && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

fn said_yes(plan: &Plan) -> bool {
    let answer = typed(&match &plan.when {
        Some(when) => format!("Run this {} without asking again? [y/N] ", when.words()),
        None => format!("Approve and run this on {} hosts? [y/N] ", plan.targets.len()),
    });
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

fn typed(prompt: &str) -> String {
    let mut answer = String::new();
    // Nothing typed is the careful answer to every question asked here.
    std::io::stdout().write_all(prompt.as_bytes()).and_then(|()| std::io::stdout().flush()).ok();
    std::io::stdin().lock().read_line(&mut answer).ok();
    answer.trim().to_owned()
}

async fn start(
    session: &Session,
    plan: &Plan,
    needs_approval: bool,
    confirm: Option<String>,
    quiet: bool,
) -> Result<Outcome, Problem> {
    if plan.when.is_some() {
        return schedule(session, plan, confirm).await;
    }
    let events = session.app.subscribe();
    let hash = PlanHash(plan.hash.0.clone());
    let job = if needs_approval {
        session.call(ApprovePlan { id: plan.id, hash, typed: confirm }).await?
    } else {
        session.call(RunPlan { id: plan.id, hash }).await?
    };
    follow_here(session, &job, plan, events, quiet).await
}

/// Makes a schedule of a plan for later.
async fn schedule(session: &Session, plan: &Plan, typed: Option<String>) -> Result<Outcome, Problem> {
    let command = SchedulePlan { id: plan.id, hash: plan.hash.clone(), typed, name: None };
    let schedule = session.call(command).await?;
    session.print(&schedule, |schedule| {
        show::line(format!("Scheduled as {}: {}", schedule.name, schedule.when.words()));
        next_for_people(&schedule.next);
        if schedule.approval.is_some() {
            show::line("Every run that is exactly as shown is approved; anything else waits for you.");
        }
        show::aside(format!("It runs while Wheelhouse is open. To take it back: wh schedule delete {}", schedule.name));
    });
    Ok(Outcome::Done)
}

/// Follows a job that runs in this process; Ctrl-C stops it, a second one interrupts it.
async fn follow_here(
    session: &Session,
    job: &JobSummary,
    plan: &Plan,
    mut events: Subscription,
    quiet: bool,
) -> Result<Outcome, Problem> {
    let mut picture = JobPicture::new(plan.steps.len(), plan.targets.len());
    let loud = !quiet && !session.json;
    // One for the whole job: one per event would miss what is pressed between two of them.
    let mut interrupts = Interrupts::listen()?;
    let (mut stops, mut last_line) = (0, 0);
    while !picture.state.is_final() {
        let event = tokio::select! {
            // A job that never stops talking must still be stopped.
            biased;
            () = interrupts.next() => {
                stops += 1;
                if stops > 2 {
                    return Ok(Outcome::SomeFailed);
                }
                show::aside(if stops == 1 {
                    "Stopping: what runs finishes, nothing new starts. Press Ctrl-C again to interrupt it."
                } else {
                    "Interrupting what runs."
                });
                match session.call(CancelJob { job: job.id, interrupt: stops > 1 }).await {
                    // It ended by itself in between.
                    Err(problem) if problem.code == ProblemCode::Conflict => {}
                    done => { done?; }
                }
                continue;
            }
            event = events.next() => event,
        };
        match event {
            Some(Event::Job(event)) if event.job == job.id => {
                picture.apply(&event);
                if loud {
                    tell(plan, &event.what);
                }
            }
            Some(Event::JobLog { job: of, lines }) if of == job.id && loud => {
                // After a gap was filled, lines that were under way come again.
                for line in lines.iter().filter(|line| line.n > last_line) {
                    tell_line(plan, line);
                }
                last_line = lines.last().map_or(last_line, |line| line.n.max(last_line));
            }
            Some(Event::Resync) => {
                for event in session.call(GetJobEvents { job: job.id, after: picture.contiguous() }).await? {
                    picture.apply(&event);
                    if loud {
                        tell(plan, &event.what);
                    }
                }
                if loud {
                    last_line = tell_lines_after(session, job.id, plan, last_line).await?;
                }
            }
            Some(_) => {}
            None => break,
        }
    }
    finish(session, job.id).await
}

/// Looks of [`follow_stored`] between two searches for programs that died.
const TIDY: u32 = 10;
/// Log lines asked for at once.
const PAGE: u32 = 5000;

/// Follows a job of any program, by what it writes.
pub(crate) async fn follow_stored(session: &Session, job: JobId) -> Result<Outcome, Problem> {
    let detail = session.call(GetJob { job }).await?;
    let mut picture = JobPicture::new(detail.plan.steps.len(), detail.plan.targets.len());
    let (mut seen_lines, mut looks) = (0, 0u32);
    loop {
        looks += 1;
        // A job whose program was killed ends when somebody says so.
        if looks.is_multiple_of(TIDY) {
            session.app.recover().await?;
        }
        for event in session.call(GetJobEvents { job, after: picture.contiguous() }).await? {
            picture.apply(&event);
            if !session.json {
                tell(&detail.plan, &event.what);
            }
        }
        if !session.json {
            seen_lines = tell_lines_after(session, job, &detail.plan, seen_lines).await?;
        }
        if picture.state.is_final() {
            return finish(session, job).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
}

/// Tells every stored line after one; answers the last.
async fn tell_lines_after(session: &Session, job: JobId, plan: &Plan, mut after: u64) -> Result<u64, Problem> {
    loop {
        let lines = session.call(GetJobLog { job: Some(job), after, limit: PAGE, ..GetJobLog::default() }).await?;
        lines.iter().for_each(|line| tell_line(plan, line));
        after = lines.last().map_or(after, |line| line.n);
        if lines.len() < PAGE as usize {
            return Ok(after);
        }
    }
}

fn tell(plan: &Plan, what: &JobEventKind) {
    let JobEventKind::Cell { step, target, state, detail, .. } = what else { return };
    if !state.is_final() && *state != CellState::RollingBack {
        return;
    }
    let name = plan.targets.get(*target as usize).map_or("?", |t| t.name.as_str());
    let title = plan.steps.get(*step as usize).map_or("?", |s| s.title.as_str());
    let detail = if detail.is_empty() { String::new() } else { format!(" — {detail}") };
    show::line(format!("{name}: {title}: {}{detail}", show::state(*state)));
}

fn tell_line(plan: &Plan, line: &LogLine) {
    let name = plan.targets.get(line.target as usize).map_or("?", |t| t.name.as_str());
    let mark = match (line.stream, line.level) {
        (_, Level::Error | Level::Critical) => "!",
        (_, Level::Warning) => "?",
        (Stream::Err, _) => "»",
        _ => "│",
    };
    show::line(format!("{} {mark} {}", show::dim(name), line.text));
}

/// Prints how a job ended.
async fn finish(session: &Session, job: JobId) -> Result<Outcome, Problem> {
    let detail = session.call(GetJob { job }).await?;
    let outcome = if detail.summary.state == JobState::Succeeded { Outcome::Done } else { Outcome::SomeFailed };
    let picture = paint(&detail);
    if session.json {
        show::json(&json!({ "job": detail.summary, "targets": targets_json(&detail.plan, &picture) }));
    } else {
        result_for_people(&detail, &picture);
    }
    Ok(outcome)
}

/// The picture a job's events paint.
pub(crate) fn paint(detail: &JobDetail) -> JobPicture {
    let mut picture = JobPicture::new(detail.plan.steps.len(), detail.plan.targets.len());
    detail.events.iter().for_each(|event| picture.apply(event));
    picture
}

/// Each target with how each of its steps ended.
pub(crate) fn targets_json(plan: &Plan, picture: &JobPicture) -> serde_json::Value {
    plan.targets
        .iter()
        .enumerate()
        .map(|(t, target)| {
            let steps: Vec<serde_json::Value> = plan
                .steps
                .iter()
                .zip(&picture.cells)
                .map(|(step, row)| {
                    let cell = &row[t];
                    json!({ "step": step.title, "state": cell.state, "detail": cell.detail,
                        "exit_code": cell.exit_code, "rollback": cell.rollback })
                })
                .collect();
            json!({ "target": target.name, "state": picture.target_state(t), "steps": steps })
        })
        .collect()
}

/// How a job ended, for people.
pub(crate) fn result_for_people(detail: &JobDetail, picture: &JobPicture) {
    let job = &detail.summary;
    let took = match (job.started_at, job.finished_at) {
        (Some(from), Some(to)) => format!(" in {}", show::duration(from, to)),
        _ => String::new(),
    };
    show::line(format!("{} {}{took}: {}   job {}", job.sentence, job.state, job.counts.sentence(), job.id.short()));
    for (t, target) in detail.plan.targets.iter().enumerate() {
        let state = picture.target_state(t);
        if !state.is_good() {
            let why = picture.cells.iter().map(|row| &row[t]).find(|cell| !cell.state.is_good());
            let why = why.map_or("", |cell| cell.detail.as_str());
            show::line(format!("  {:<24} {}  {why}", target.name, show::state(state)));
        }
    }
}
