//! `wh job`.

use super::run::{decide, follow_stored, paint, result_for_people, targets_json};
use crate::args::JobCommand;
use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use serde_json::json;
use wheelhouse_protocol::job::{
    CancelJob, GetJob, GetJobLog, JobDetail, JobState, ListJobs, RetryJob, SearchJobLogs, VerifyJob,
};
use wheelhouse_protocol::{JobId, Problem};

pub(crate) async fn job(session: &Session, command: JobCommand) -> Result<Outcome, Problem> {
    match command {
        JobCommand::List { limit, text } => {
            let jobs = session.call(ListJobs { limit, text, ..ListJobs::default() }).await?;
            session.print(&jobs, |jobs| {
                let rows: Vec<Vec<String>> = jobs
                    .iter()
                    .map(|j| {
                        let started = show::moment(j.created_at);
                        vec![
                            j.id.short(),
                            j.state.to_string(),
                            j.sentence.clone(),
                            j.counts.sentence(),
                            j.who.clone(),
                            started,
                        ]
                    })
                    .collect();
                show::table(&["job", "state", "what", "targets", "who", "started"], &rows);
            });
            Ok(Outcome::Done)
        }
        JobCommand::Show { job } => {
            let detail = session.call(GetJob { job: session.job(&job).await? }).await?;
            print(session, &detail);
            Ok(Outcome::Done)
        }
        JobCommand::Log { job, target, text } => log(session, session.job(&job).await?, target, text).await,
        JobCommand::Search { text } => {
            let hits = session.call(SearchJobLogs { text, limit: 0 }).await?;
            session.print(&hits, |hits| {
                for hit in hits {
                    show::line(format!(
                        "{} {} {}: {}",
                        show::dim(&hit.job.short()),
                        hit.target,
                        show::dim(&hit.sentence),
                        hit.line.text
                    ));
                }
            });
            Ok(Outcome::Done)
        }
        JobCommand::Follow { job } => follow_stored(session, session.job(&job).await?).await,
        JobCommand::Cancel { job, interrupt } => {
            let job = session.call(CancelJob { job: session.job(&job).await?, interrupt }).await?;
            session.print(&job, |job| show::line(format!("{}: {}", job.sentence, job.state)));
            Ok(Outcome::Done)
        }
        JobCommand::Retry { job, approve } => {
            let proposal = session.call(RetryJob { job: session.job(&job).await? }).await?;
            decide(session, proposal, approve, None, false).await
        }
        JobCommand::Verify { job } => {
            let detail = session.call(VerifyJob { job: session.job(&job).await? }).await?;
            print(session, &detail);
            let open = detail.summary.counts.unknown + detail.summary.counts.failed;
            Ok(if open == 0 || detail.summary.state == JobState::Succeeded {
                Outcome::Done
            } else {
                Outcome::SomeFailed
            })
        }
    }
}

fn print(session: &Session, detail: &JobDetail) {
    let picture = paint(detail);
    if session.json {
        let targets = targets_json(&detail.plan, &picture);
        return show::json(&json!({ "job": detail.summary, "approved_by": detail.approved_by,
            "approved_at": detail.approved_at, "targets": targets, "plan": detail.plan }));
    }
    result_for_people(detail, &picture);
    if let (Some(who), Some(at)) = (&detail.approved_by, detail.approved_at) {
        show::line(format!("approved by {who} at {}, plan {}", show::moment(at), detail.summary.hash.short()));
    }
    let mut rows = Vec::new();
    for (t, target) in detail.plan.targets.iter().enumerate() {
        for (step, row) in detail.plan.steps.iter().zip(&picture.cells) {
            let cell = &row[t];
            let code = cell.exit_code.map(|c| c.to_string()).unwrap_or_default();
            rows.push(vec![
                target.name.clone(),
                step.title.clone(),
                show::state(cell.state),
                show::or_dash(&code),
                cell.detail.clone(),
            ]);
        }
    }
    show::table(&["target", "step", "state", "exit", "detail"], &rows);
}

async fn log(session: &Session, job: JobId, target: Option<String>, text: String) -> Result<Outcome, Problem> {
    let detail = session.call(GetJob { job }).await?;
    let names: Vec<String> = detail.plan.targets.iter().map(|t| t.name.clone()).collect();
    let place = match &target {
        None => None,
        Some(name) => {
            let found = names.iter().position(|n| n.eq_ignore_ascii_case(name));
            let found = found.ok_or_else(|| Problem::not_found("target in this job", name))?;
            Some(u32::try_from(found).unwrap_or(u32::MAX))
        }
    };
    let mut after = 0;
    loop {
        let wanted =
            GetJobLog { job: Some(job), target: place, text: text.clone(), after, limit: 5000, ..GetJobLog::default() };
        let lines = session.call(wanted).await?;
        let Some(last) = lines.last() else { return Ok(Outcome::Done) };
        after = last.n;
        if session.json {
            show::json(&lines);
            continue;
        }
        for line in &lines {
            let name = names.get(line.target as usize).map_or("?", String::as_str);
            show::line(format!(
                "{} {} {} {}",
                show::dim(&show::moment(line.at)),
                name,
                show::dim(line.phase.as_str()),
                line.text
            ));
        }
    }
}
