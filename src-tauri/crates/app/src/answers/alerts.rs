//! What the inbox holds.

use super::clock::Clock;
use super::spoken::{Scope, number, sentence};
use super::{counts, follow_up, row, slot, table};
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::answer::{Answer, AnswerCell, AnswerLink, AnswerRow, MAX_ROWS};
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::Notification;
use wheelhouse_protocol::reading::{Choice, Reading};
use wheelhouse_store::Store;
use wheelhouse_store::answers::{AlertQuestion, Span};

/// Which alerts there are: entries of the inbox that are at least a warning.
pub(super) async fn answer(store: &Store, reading: &Reading, clock: &Clock) -> Result<Answer, Problem> {
    let scope = Scope::of(reading);
    let named = slot(reading, "window");
    let window = named.and_then(|word| clock.window(word));
    let status = slot(reading, "status");
    let open = match status {
        Some("open") => Some(true),
        Some("acknowledged") => Some(false),
        // Without a time, what matters is what nobody has looked at yet.
        _ if window.is_none() => Some(true),
        _ => None,
    };
    let metric = slot(reading, "metric").map(str::to_lowercase);
    let level = slot(reading, "level").and_then(Level::parse).unwrap_or(Level::Warning);
    let question = AlertQuestion {
        level,
        span: window.as_ref().map_or(Span::default(), |w| w.span),
        open,
        words: metric.as_deref().map(words).unwrap_or_default(),
        targets: scope.targets.clone(),
    };
    let limit = if counts(reading) { 0 } else { MAX_ROWS };
    let found = store.ask_alerts(&question, limit).await?;

    let time = window.as_ref().map(|w| w.said.clone()).unwrap_or_default();
    let kind = match (level, found.total) {
        (Level::Critical, 0 | 1) => "critical alert",
        (Level::Critical, _) => "critical alerts",
        (Level::Error, 0 | 1) => "alert at error or worse",
        (Level::Error, _) => "alerts at error or worse",
        (_, 0 | 1) => "alert",
        _ => "alerts",
    };
    let state = match open {
        Some(true) => "open ",
        Some(false) => "acknowledged ",
        None => "",
    };
    let about = metric.as_deref().map(|m| format!("about {m}")).unwrap_or_default();
    let what = format!("{state}{kind}");
    let mut said = match found.total {
        0 => sentence(&["There is no", &what, &about, &scope.on(), &time]),
        n => sentence(&[
            if n == 1 { "There is" } else { "There are" },
            &n.to_string(),
            &what,
            &about,
            &scope.on(),
            &time,
        ]),
    };
    if open.is_none() && found.total > 0 {
        let open = match found.open {
            0 => "All of them are acknowledged.".to_owned(),
            n if n == found.total => "None of them is acknowledged.".to_owned(),
            n => format!("{} not acknowledged.", number(n, "is", "are")),
        };
        said = format!("{said} {open}");
    }
    if metric.is_some() && found.total == 0 {
        said.push_str(" Alerts are raised by what Wheelhouse does; machines are looked at when somebody asks.");
    }
    if let (None, Some(word)) = (&window, named) {
        said.push_str(&format!(
            " “{}” names no time Wheelhouse knows, so this is of all time.",
            word.replace('_', " ")
        ));
    }
    let rows: Vec<AnswerRow> = found.newest.iter().map(alert_row).collect();
    Ok(Answer {
        sentence: said,
        table: table(&["Level", "What happened", "State", "Last"], rows, found.total),
        follow_ups: follow_ups(store, metric.as_deref()).await?,
    })
}

/// What alerts about something say.
fn words(metric: &str) -> Vec<String> {
    let words: &[&str] = match metric {
        "disk" | "disks" | "disk space" | "space" | "storage" => &["disk", "filesystem", "file system", "no space"],
        "cpu" | "processor" | "load" => &["cpu", "processor"],
        "memory" | "ram" | "swap" => &["memory", "swap"],
        "mqtt" | "link" | "broker" => &["mqtt"],
        other => return vec![other.to_owned()],
    };
    words.iter().map(|&word| word.to_owned()).collect()
}

fn alert_row(entry: &Notification) -> AnswerRow {
    let state = match (&entry.acknowledged_by, entry.acknowledged_at) {
        (Some(who), Some(_)) => format!("acknowledged by {who}"),
        (None, Some(_)) => "acknowledged".to_owned(),
        _ if entry.action_required => "needs action".to_owned(),
        _ => "open".to_owned(),
    };
    let message = match entry.count {
        0 | 1 => entry.message.clone(),
        n => format!("{} ({n} times)", entry.message),
    };
    row(
        Some(AnswerLink::Notification(entry.id)),
        [
            AnswerCell::Level { level: entry.level },
            AnswerCell::text(message),
            AnswerCell::text(state),
            AnswerCell::Moment { at: entry.at },
        ],
    )
}

/// Looking now is better than what was once told.
async fn follow_ups(store: &Store, metric: Option<&str>) -> Result<Vec<Choice>, Problem> {
    let look = match metric {
        Some("disk" | "disks" | "disk space" | "space" | "storage") => "check disk usage on",
        Some("memory" | "ram" | "swap") => "check memory on",
        Some("cpu" | "processor" | "load") => "check cpu on",
        _ => return Ok(Vec::new()),
    };
    let (groups, targets) = store.some_places(false, 1).await?;
    Ok(groups.into_iter().chain(targets).take(1).map(|place| follow_up(format!("{look} {place}"))).collect())
}
