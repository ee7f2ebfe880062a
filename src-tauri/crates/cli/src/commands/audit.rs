//! `wh audit` and `wh notification`.

use crate::args::{AuditCommand, NotificationCommand};
use crate::outcome::Outcome;
use crate::session::{Session, by_end};
use crate::show;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::audit::{ListAudit, VerifyAudit};
use wheelhouse_protocol::notification::{AcknowledgeNotifications, ListNotifications};

pub(crate) async fn audit(session: &Session, command: AuditCommand) -> Result<Outcome, Problem> {
    match command {
        AuditCommand::Verify => {
            let report = session.call(VerifyAudit {}).await?;
            session.print(&report, |report| match report.broken_at {
                None => show::line(format!("The audit chain holds: {} records, head {}", report.records, report.head)),
                Some(at) => show::line(format!("THE AUDIT CHAIN IS BROKEN at record {at}: {}", report.reason)),
            });
            Ok(if report.broken_at.is_none() { Outcome::Done } else { Outcome::SomeFailed })
        }
        AuditCommand::List { limit, text } => {
            let records = session.call(ListAudit { limit, before: None, text }).await?;
            session.print(&records, |records| {
                let rows: Vec<Vec<String>> = records
                    .iter()
                    .map(|r| {
                        vec![
                            r.seq.to_string(),
                            show::moment(r.at),
                            r.who.clone(),
                            r.what.clone(),
                            r.detail.to_string().chars().take(120).collect(),
                        ]
                    })
                    .collect();
                show::table(&["seq", "at", "who", "what", "detail"], &rows);
            });
            Ok(Outcome::Done)
        }
    }
}

pub(crate) async fn notification(session: &Session, command: NotificationCommand) -> Result<Outcome, Problem> {
    match command {
        NotificationCommand::List { open, text } => {
            let page =
                session.call(ListNotifications { open_only: open, text, ..ListNotifications::default() }).await?;
            session.print(&page, |page| {
                let rows: Vec<Vec<String>> = page
                    .notifications
                    .iter()
                    .map(|n| {
                        let done = if n.acknowledged_at.is_some() { "yes" } else { "no" };
                        vec![
                            n.id.short(),
                            show::moment(n.at),
                            n.level.as_str().to_owned(),
                            n.source.as_str().to_owned(),
                            n.message.clone(),
                            n.count.to_string(),
                            done.to_owned(),
                        ]
                    })
                    .collect();
                show::table(&["id", "at", "level", "source", "message", "count", "acknowledged"], &rows);
                show::line(format!(
                    "Total {} · Unacknowledged {} · Action required {}",
                    page.counts.total, page.counts.unacknowledged, page.counts.action_required
                ));
            });
        }
        NotificationCommand::Acknowledge { ids, note } => {
            let mut wanted = Vec::new();
            if !ids.is_empty() {
                let page = session.call(ListNotifications { limit: 100_000, ..ListNotifications::default() }).await?;
                for id in &ids {
                    wanted.push(by_end(page.notifications.iter().map(|n| n.id), id, "notification")?);
                }
            }
            let counts = session.call(AcknowledgeNotifications { ids: wanted, note }).await?;
            session.print(&counts, |counts| show::line(format!("{} are left unacknowledged", counts.unacknowledged)));
        }
    }
    Ok(Outcome::Done)
}
