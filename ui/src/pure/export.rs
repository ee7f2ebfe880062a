//! A job as a document: what was asked, approved, run and seen.

use super::format::{Local, duration, seconds_between};
use serde::Serialize;
use std::fmt::Write;
use wheelhouse_protocol::audit::AuditRecord;
use wheelhouse_protocol::job::{JobDetail, LogLine};
use wheelhouse_protocol::picture::JobPicture;

/// Everything known of a job, as JSON.
pub(crate) fn json(detail: &JobDetail, log: &[LogLine], audit: &[AuditRecord]) -> String {
    #[derive(Serialize)]
    struct Whole<'a> {
        job: &'a JobDetail,
        log: &'a [LogLine],
        audit: &'a [AuditRecord],
    }
    // Plain data with string keys cannot fail to serialize.
    serde_json::to_string_pretty(&Whole { job: detail, log, audit }).unwrap_or_default()
}

/// A job as Markdown, for a ticket or a hand-over. Writing into a `String` cannot fail.
pub(crate) fn markdown(detail: &JobDetail, picture: &JobPicture, audit: &[AuditRecord], local: &Local) -> String {
    let mut text = String::new();
    head(&mut text, detail, local);
    targets(&mut text, detail, picture);
    steps(&mut text, detail);
    if !audit.is_empty() {
        text.push_str("\n## Audit records\n\n| # | When | Who | What | Hash |\n|---|---|---|---|---|\n");
        for record in audit {
            let hash = record.hash.get(..12).unwrap_or(&record.hash);
            line(
                &mut text,
                format_args!(
                    "| {} | {} | {} | {} | `{hash}` |",
                    record.seq,
                    local.full(record.at),
                    cell(&record.who),
                    record.what
                ),
            );
        }
    }
    text
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).ok();
    text.push('\n');
}

/// What would end a table's cell or begin a new row.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn head(text: &mut String, detail: &JobDetail, local: &Local) {
    let job = &detail.summary;
    line(text, format_args!("# {}\n", job.sentence));
    line(text, format_args!("> {}\n", job.request.replace('\n', "\n> ")));
    line(text, format_args!("- Outcome: **{}** ({})", job.state, job.counts.sentence()));
    line(text, format_args!("- Job: `{}`", job.id));
    line(text, format_args!("- Plan: `{}`, SHA-256 `{}`, {} risk", job.plan, job.hash, job.risk.as_str()));
    match (&detail.approved_by, detail.approved_at) {
        (Some(who), Some(at)) => line(text, format_args!("- Approved by {who}, {}", local.full(at))),
        _ => line(text, format_args!("- Started by {} (it only reads, so it needs no approval)", job.who)),
    }
    if let Some(started) = job.started_at {
        line(text, format_args!("- Started {}", local.full(started)));
        if let Some(finished) = job.finished_at {
            let took = duration(seconds_between(started, finished));
            line(text, format_args!("- Finished {} after {took}", local.full(finished)));
        }
    }
    line(text, format_args!("- Strategy: {}", detail.plan.strategy));
}

fn targets(text: &mut String, detail: &JobDetail, picture: &JobPicture) {
    text.push_str("\n## Targets\n\n| Target | Outcome | Detail |\n|---|---|---|\n");
    for (i, target) in detail.plan.targets.iter().enumerate() {
        let state = picture.target_state(i);
        // The step that decided speaks for the target.
        let said = picture.cells.iter().filter_map(|row| row.get(i)).find(|c| c.state == state && !c.detail.is_empty());
        line(
            text,
            format_args!("| {} | {state} | {} |", cell(&target.name), cell(said.map_or("", |c| c.detail.as_str()))),
        );
    }
    for left in &detail.plan.left_out {
        line(text, format_args!("| {} | left out | {} |", cell(&left.name), cell(&left.reason)));
    }
}

fn steps(text: &mut String, detail: &JobDetail) {
    text.push_str("\n## Steps\n");
    for (n, step) in detail.plan.steps.iter().enumerate() {
        line(text, format_args!("\n### {}. {}", n + 1, step.title));
        for script in step.scripts.values() {
            let parts = [
                ("run", Some(&script.run)),
                ("verify", script.verify.as_ref()),
                ("rollback", script.rollback.as_ref()),
            ];
            for (part, body) in parts {
                let Some(body) = body else { continue };
                let fence = fence(body);
                let language =
                    if script.shell == wheelhouse_protocol::plan::Shell::Bash { "bash" } else { "powershell" };
                line(
                    text,
                    format_args!("\n{} — {part}:\n\n{fence}{language}\n{}\n{fence}", script.shell, body.trim_end()),
                );
            }
        }
    }
}

/// A fence no line of the script can close.
fn fence(body: &str) -> String {
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use serde_json::json;

    fn detail() -> JobDetail {
        let id = "0197c0de-0000-7000-8000-00000000000";
        serde_json::from_value(json!({
            "summary": { "id": format!("{id}1"), "plan": format!("{id}2"), "hash": "abc", "request": "restart nginx\non web",
                "sentence": "Restart nginx on 2 hosts", "state": "failed", "risk": "medium", "who": "ada",
                "instance": format!("{id}3"), "created_at": "2026-03-12T12:00:00Z", "started_at": "2026-03-12T12:00:01Z",
                "finished_at": "2026-03-12T12:00:13Z", "steps": 1,
                "counts": { "changed": 1, "unchanged": 0, "failed": 0, "skipped": 0, "unreachable": 1, "unknown": 0, "open": 0 } },
            "plan": { "id": format!("{id}2"), "request": "restart nginx", "sentence": "Restart nginx on 2 hosts",
                "intent": "restart", "risk": "medium", "hash": "abc",
                "targets": [target("web-1", 4), target("we|b-2", 5)],
                "left_out": [{ "name": "web-3", "reason": "it is in maintenance" }],
                "steps": [{ "title": "restart nginx", "mutates": true,
                    "action": { "do": "service_restart", "service": { "asked": "nginx", "candidates": ["nginx"] } },
                    "scripts": { "bash": { "shell": "bash", "run": "echo '```'\n", "verify": "true", "rollback": null,
                        "timeout_seconds": 60, "requires_admin": true } } }],
                "strategy": { "limit": 32, "batch": "all", "canary": 0, "stop_after": 1 } },
            "approved_by": "ada", "approved_at": "2026-03-12T12:00:00Z", "log_lines": 0,
            "events": [
                { "job": format!("{id}1"), "seq": 1, "at": "2026-03-12T12:00:01Z", "event": "cell", "step": 0, "target": 0, "state": "changed" },
                { "job": format!("{id}1"), "seq": 2, "at": "2026-03-12T12:00:02Z", "event": "cell", "step": 0, "target": 1,
                  "state": "unreachable", "detail": "connection refused after 3 tries" }]
        }))
        .unwrap()
    }

    fn target(name: &str, n: u32) -> serde_json::Value {
        json!({ "id": format!("0197c0de-0000-7000-8000-00000000000{n}"), "name": name, "os": "linux", "shell": "bash",
            "connection": "ssh", "address": "10.0.0.1", "port": 22, "user": null, "credential": null, "why": "named" })
    }

    fn written() -> String {
        let detail = detail();
        let mut picture = JobPicture::new(1, 2);
        detail.events.iter().for_each(|e| picture.apply(e));
        markdown(&detail, &picture, &[], &Local::default())
    }

    #[test]
    fn it_says_what_happened_to_whom_and_by_whom() {
        let text = written();
        for said in [
            "# Restart nginx on 2 hosts",
            "> restart nginx\n> on web",
            "**failed** (1 changed, 1 unreachable)",
            "Approved by ada, 2026-03-12 12:00:00.000 UTC+00:00",
            "after 12 s",
            "| web-1 | changed |  |",
            "connection refused after 3 tries",
            "| web-3 | left out | it is in maintenance |",
        ] {
            assert!(text.contains(said), "“{said}” is missing in:\n{text}");
        }
    }

    #[test]
    fn names_and_scripts_cannot_break_the_document() {
        let text = written();
        assert!(text.contains("| we\\|b-2 | unreachable |"), "a bar in a name is no column:\n{text}");
        assert!(text.contains("````bash\necho '```'\n````"), "the fence is longer than any in the script:\n{text}");
    }

    #[test]
    fn json_holds_the_whole_job() {
        let whole: serde_json::Value = serde_json::from_str(&json(&detail(), &[], &[])).unwrap();
        assert_eq!(whole["job"]["plan"]["targets"][1]["name"], "we|b-2");
    }
}
