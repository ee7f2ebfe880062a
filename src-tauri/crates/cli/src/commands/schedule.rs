//! `wh schedule`.

use super::recipe::values;
use crate::args::{AddScheduleArgs, ScheduleCommand, WhenArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use jiff::civil;
use jiff::tz::TimeZone;
use wheelhouse_protocol::schedule::{
    ApproveSchedule, DeleteSchedule, EnableSchedule, GetSchedule, ListSchedules, PreviewSchedule, RevokeSchedule,
    SaveSchedule, Schedule, ScheduleDetail, ScheduleSpec, StandingApproval, When,
};
use wheelhouse_protocol::{Problem, ProblemCode, Timestamp};

pub(crate) async fn schedule(session: &Session, command: ScheduleCommand) -> Result<Outcome, Problem> {
    match command {
        ScheduleCommand::List => {
            let schedules = session.call(ListSchedules {}).await?;
            session.print(&schedules, |schedules| {
                let rows: Vec<Vec<String>> = schedules.iter().map(row).collect();
                show::table(&["schedule", "recipe", "when", "next", "approval", "last"], &rows);
            });
        }
        ScheduleCommand::Show { name } => {
            let detail = session.call(GetSchedule { name }).await?;
            session.print(&detail, detail_for_people);
        }
        ScheduleCommand::Add(args) => {
            let schedule = session.call(new(args)?).await?;
            session.print(&schedule, |schedule| {
                show::line(format!("Saved schedule {}: {}", schedule.name, schedule.when));
                next_for_people(&schedule.next);
                if schedule.mutates && schedule.approval.is_none() {
                    show::aside(format!(
                        "It changes machines, so each run waits for an approval until a standing one is given: wh schedule show {}",
                        schedule.name
                    ));
                }
            });
        }
        ScheduleCommand::Enable { name } => return enable(session, name, true).await,
        ScheduleCommand::Disable { name } => return enable(session, name, false).await,
        ScheduleCommand::Delete { name } => {
            session.call(DeleteSchedule { name: name.clone() }).await?;
            session.print(&name, |name| show::line(format!("Deleted schedule {name}")));
        }
        ScheduleCommand::Approve { name, hash, max_targets, expires } => {
            let hash = whole_hash(session, &name, &hash).await?;
            let expires_at = expires.as_deref().map(moment).transpose()?;
            let approval = session.call(ApproveSchedule { name, hash, max_targets, expires_at }).await?;
            session.print(&approval, |approval| show::line(format!("Approved: {}", approval_words(approval))));
        }
        ScheduleCommand::Revoke { name } => {
            let schedule = session.call(RevokeSchedule { name }).await?;
            session.print(&schedule, |schedule| {
                show::line(format!("Taken back: runs of {} wait for an approval from now on", schedule.name));
            });
        }
        ScheduleCommand::Next { name: Some(name), .. } => {
            let schedule = session.call(GetSchedule { name }).await?.schedule;
            session.print(&schedule.next, |next| next_for_people(next));
        }
        ScheduleCommand::Next { name: None, when } => {
            let preview = session.call(PreviewSchedule { when: when_of(when)? }).await?;
            session.print(&preview, |preview| {
                show::line(&preview.words);
                preview.local.iter().for_each(show::line);
            });
        }
    }
    Ok(Outcome::Done)
}

async fn enable(session: &Session, name: String, enabled: bool) -> Result<Outcome, Problem> {
    let schedule = session.call(EnableSchedule { name, enabled }).await?;
    session.print(&schedule, |schedule| {
        let how = if schedule.enabled { "runs from now on" } else { "is held" };
        show::line(format!("{} {how}", schedule.name));
        next_for_people(&schedule.next);
    });
    Ok(Outcome::Done)
}

fn new(args: AddScheduleArgs) -> Result<SaveSchedule, Problem> {
    let spec = ScheduleSpec {
        name: args.name,
        recipe: args.recipe,
        version: args.recipe_version,
        parameters: values(&args.parameters)?,
        targets: args.on,
        when: when_of(args.when)?,
    };
    Ok(SaveSchedule { spec, replace: args.replace })
}

fn when_of(args: WhenArgs) -> Result<When, Problem> {
    let here = || TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
    match (args.cron, args.at) {
        (Some(expression), _) => Ok(When::Cron { expression, zone: args.zone.unwrap_or_else(here) }),
        (None, Some(at)) => {
            // `2026-12-01 03:00 Europe/Berlin` says the zone with the time.
            let said = at.trim().rsplit_once(' ').filter(|(_, last)| last.starts_with(char::is_alphabetic));
            let (at, zone) = match said {
                Some((at, zone)) => (at.to_owned(), zone.to_owned()),
                None => (at.clone(), args.zone.unwrap_or_else(here)),
            };
            Ok(When::Once { at, zone })
        }
        (None, None) => Err(Problem::invalid("when", "Say when: --cron PATTERN, or --at TIME.")),
    }
}

/// A moment on this machine's clock.
fn moment(text: &str) -> Result<Timestamp, Problem> {
    let zone = TimeZone::system();
    let civil = text.trim().parse::<civil::DateTime>().ok().or_else(|| {
        // A day alone is meant to its end.
        text.trim().parse::<civil::Date>().ok().map(|day| day.at(23, 59, 59, 0))
    });
    let day_only = text.trim().len() <= 10;
    let civil = civil.map(|at| if day_only { at.date().at(23, 59, 59, 0) } else { at });
    civil
        .and_then(|at| zone.to_ambiguous_timestamp(at).compatible().ok())
        .ok_or_else(|| Problem::invalid("expires", format!("“{text}” is no time. Write it as 2026-12-31 18:00.")))
}

/// The hash whose beginning was given.
async fn whole_hash(session: &Session, name: &str, given: &str) -> Result<String, Problem> {
    let given = given.trim().to_lowercase();
    let detail = session.call(GetSchedule { name: name.to_owned() }).await?;
    let Some(coverage) = detail.coverage else { return Ok(given) };
    if given.len() < 8 || !coverage.hash.starts_with(&given) {
        let said = format!("What would be approved has the hash {}, and {given} was given.", coverage.hash);
        return Err(Problem::new(ProblemCode::Stale, "That is not the schedule's hash", said)
            .hint("Look at what it covers again: wh schedule show."));
    }
    Ok(coverage.hash)
}

fn row(schedule: &Schedule) -> Vec<String> {
    let next = match (schedule.enabled, schedule.next.first()) {
        (false, _) => "held".to_owned(),
        (true, None) => "never again".to_owned(),
        (true, Some(at)) => show::moment(*at),
    };
    let approval = match (&schedule.approval, schedule.mutates) {
        (_, false) => "reads only".to_owned(),
        (None, true) => "waits each time".to_owned(),
        (Some(approval), true) => format!("standing, by {}", approval.who),
    };
    let last = schedule
        .last
        .as_ref()
        .map_or("–".to_owned(), |run| format!("{} {}", run.state.as_str(), show::moment(run.due_at)));
    let recipe = format!("{} v{}", schedule.recipe_name, schedule.version);
    vec![schedule.name.clone(), recipe, schedule.when.to_string(), next, approval, last]
}

pub(super) fn next_for_people(next: &[Timestamp]) {
    for at in next {
        show::line(format!("  next {}", show::moment(*at)));
    }
}

fn approval_words(approval: &StandingApproval) -> String {
    let until = approval.expires_at.map_or("for good".to_owned(), |at| format!("until {}", show::moment(at)));
    format!("by {} at {}, {until}, at most {} machines", approval.who, show::moment(approval.at), approval.max_targets)
}

fn detail_for_people(detail: &ScheduleDetail) {
    let schedule = &detail.schedule;
    show::line(format!("{}   {} v{} · {}", schedule.name, schedule.recipe_name, schedule.version, schedule.when));
    if !schedule.enabled {
        show::line("It is held.");
    }
    next_for_people(&schedule.next);
    if let Some(view) = &detail.coverage {
        show::line(format!("Would do  {}, {} risk", view.sentence, view.risk.as_str()));
        show::line(format!("On        {} ({})", view.covers.targets, view.machines.join(", ")));
        for (name, value) in &view.covers.parameters {
            show::line(format!("With      {name}={value}"));
        }
        show::line(format!("Strategy  {}", view.covers.strategy));
        match &schedule.approval {
            Some(approval) => show::line(format!("Approved  {}", approval_words(approval))),
            None => show::line("Approved  not for good: each run waits"),
        }
        show::line(show::dim(&format!("hash {}", view.hash)));
    }
    if !detail.hindrance.is_empty() {
        show::line(format!("A run of now would wait: {}.", detail.hindrance));
    }
    if detail.runs.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = detail
        .runs
        .iter()
        .map(|run| {
            let job = run.job.map_or("–".to_owned(), |job| job.short());
            vec![show::moment(run.due_at), run.state.as_str().to_owned(), job, run.detail.clone()]
        })
        .collect();
    show::table(&["due", "state", "job", "why"], &rows);
}
