//! A job to take along: as Markdown for a ticket, as JSON for a program.

use super::audit::records;
use crate::components::Button;
use crate::components::menu::{MenuItem, menu};
use crate::pure::export;
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::job::LiveJob;
use crate::state::load::Doing;
use crate::state::stores;
use crate::{api, web};
use leptos::prelude::*;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::job::{GetJob, GetJobLog, LogLine};
use wheelhouse_protocol::picture::JobPicture;

/// Lines asked for at once.
const PAGE: u32 = 5000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Markdown,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Save,
    Copy,
}

/// The button with its ways.
pub(super) fn menu_of(job: LiveJob, doing: Doing) -> AnyView {
    menu(Button::new("Export").icon(Icon::Download).test("export-job").busy(doing.busy), move || {
        let item = |icon, label: &str, hint: &str, test: &str, form, way| {
            MenuItem::new(icon, label, test, move || export_job(job, doing, form, way)).hint(hint)
        };
        let (page, whole) = ("What was asked, approved, run and seen", "Plan, events, every log line, audit records");
        vec![
            item(Icon::File, "Save as Markdown", page, "export-markdown", Form::Markdown, Way::Save),
            item(Icon::Copy, "Copy as Markdown", page, "copy-markdown", Form::Markdown, Way::Copy),
            item(Icon::File, "Save as JSON", whole, "export-json", Form::Json, Way::Save),
            item(Icon::Copy, "Copy as JSON", whole, "copy-json", Form::Json, Way::Copy),
        ]
    })
}

fn export_job(job: LiveJob, doing: Doing, form: Form, way: Way) {
    let end = if form == Form::Markdown { "md" } else { "json" };
    let exported = async move {
        let text = write(job, form).await?;
        match way {
            Way::Copy => {
                stores().toasts.copy("The job", text);
                Ok(None)
            }
            Way::Save => api::save_file("Save the job", &format!("job-{}.{end}", job.id.short()), &text).await,
        }
    };
    doing.run_future(exported, |saved| {
        if let Some(path) = saved {
            stores().toasts.say(Tone::Ok, format!("Saved as {path}"));
        }
    });
}

/// Everything is asked for anew: the page holds only what is looked at.
async fn write(job: LiveJob, form: Form) -> Result<String, Problem> {
    let detail = api::call(GetJob { job: job.id }).await?;
    let audit = records(&detail).await?;
    if form == Form::Markdown {
        let mut picture = JobPicture::new(detail.plan.steps.len(), detail.plan.targets.len());
        detail.events.iter().for_each(|event| picture.apply(event));
        return Ok(export::markdown(&detail, &picture, &audit, &web::local_at(web::now())));
    }
    let mut log: Vec<LogLine> = Vec::new();
    loop {
        let after = log.last().map_or(0, |line| line.n);
        let page = GetJobLog { job: Some(job.id), after, limit: PAGE, ..GetJobLog::default() };
        let lines = api::call(page).await?;
        let more = lines.len() as u32 == PAGE;
        log.extend(lines);
        if !more {
            return Ok(export::json(&detail, &log, &audit));
        }
    }
}
