//! Answers from a real store, to readings as the planner gives them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use super::clock::Clock;
use super::{fill_in, look_up};
use crate::{App, AppOptions, Caller, Door};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;
use wheelhouse_planner::Planner;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::answer::{Answer, AnswerCell, AnswerLink};
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Group, GroupSpec, Os, Snapshot, TargetSpec};
use wheelhouse_protocol::job::{CellState, Counts, JobEvent, JobEventKind, JobState, JobSummary, Level};
use wheelhouse_protocol::notification::{Notification, Source};
use wheelhouse_protocol::plan::{MakePlan, Plan, PlanHash, PlanStep, PlanTarget, Shell, Strategy};
use wheelhouse_protocol::reading::{Disposition, Intent, Reading, Risk, TargetReading};
use wheelhouse_protocol::{CredentialId, GroupId, InstanceId, JobId, NotificationId, PlanId, TargetId, Timestamp};
use wheelhouse_store::Store;
use wheelhouse_store::audit::Entry;
use wheelhouse_store::inventory::InventoryWrite;
use wheelhouse_store::jobs::{JobUpdate, JobWrite, NewJob};
use wheelhouse_store::vault::VaultWrite;

/// Friday evening in Berlin.
const NOW: &str = "2026-11-20T19:00[Europe/Berlin]";

struct Room {
    store: Store,
    _home: tempfile::TempDir,
}

impl Room {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { store: Store::open(home.path(), "test").await.unwrap(), _home: home }
    }

    async fn targets(&self, specs: Vec<TargetSpec>) -> Vec<TargetId> {
        let targets: Vec<_> = specs.into_iter().map(|spec| (TargetId(Uuid::now_v7()), spec)).collect();
        let ids = targets.iter().map(|(id, _)| *id).collect();
        self.store.write_inventory(&InventoryWrite { groups: Vec::new(), targets }).await.unwrap();
        ids
    }

    async fn ask(&self, intent: Intent, slots: Value, targets: TargetReading) -> Answer {
        let clock = Clock { now: NOW.parse().unwrap() };
        let answer = look_up(&self.store, &reading(intent, slots, targets), &clock).await.unwrap().expect("an answer");
        for row in answer.table.iter().flat_map(|t| &t.rows) {
            assert_eq!(row.cells.len(), answer.table.as_ref().unwrap().columns.len(), "{answer:?}");
        }
        answer
    }

    /// The reading as a door gets it.
    async fn filled(&self, mut reading: Reading) -> Reading {
        let (targets, groups) = (self.store.targets().await.unwrap(), self.store.groups().await.unwrap());
        let planner = Planner::new(&Snapshot { targets, groups, services: BTreeMap::new() }, "").unwrap();
        fill_in(&self.store, &planner, &mut reading, NOW.parse().unwrap()).await.unwrap();
        let said = reading.answer.as_ref().map_or(&reading.sentence, |answer| &answer.sentence);
        assert_eq!(&reading.sentence, said, "whoever knows only the sentence is told the same");
        reading
    }

    async fn jobs(&self, slots: Value) -> Answer {
        self.ask(Intent::ListJobs, slots, TargetReading::default()).await
    }

    async fn list(&self, slots: Value) -> Answer {
        self.ask(Intent::ListTargets, slots, TargetReading::default()).await
    }

    /// A job on these targets that began (and, where its state is final, ended a minute later) then.
    async fn job(&self, sentence: &str, state: JobState, began: &str, on: &[(TargetId, &str)]) -> JobId {
        self.job_of(sentence, &["check disk usage"], state, began, on, Vec::new()).await
    }

    async fn job_of(
        &self,
        sentence: &str,
        steps: &[&str],
        state: JobState,
        began: &str,
        on: &[(TargetId, &str)],
        events: Vec<JobEventKind>,
    ) -> JobId {
        let began: Timestamp = began.parse().unwrap();
        let (new, update) = made(sentence, steps, state, began, on);
        let id = new.summary.id;
        self.store.accept_job(&new, &[]).await.unwrap();
        let events =
            events.into_iter().zip(1..).map(|(what, seq)| JobEvent { job: id, seq, at: began, what }).collect();
        let write = JobWrite { events, update: Some(update), ..JobWrite::default() };
        self.store.write_job(id, &write).await.unwrap();
        id
    }
}

fn made(
    sentence: &str,
    steps: &[&str],
    state: JobState,
    began: Timestamp,
    on: &[(TargetId, &str)],
) -> (NewJob, JobUpdate) {
    let (id, plan, hash) = (JobId(Uuid::now_v7()), PlanId(Uuid::now_v7()), PlanHash("0".repeat(64)));
    let counts = match state {
        JobState::Failed => Counts { failed: 1, unchanged: on.len() as u32 - 1, ..Counts::default() },
        JobState::Succeeded => Counts { unchanged: on.len() as u32, ..Counts::default() },
        _ => Counts { open: on.len() as u32, ..Counts::default() },
    };
    let summary = JobSummary {
        id,
        plan,
        hash: hash.clone(),
        request: sentence.to_lowercase(),
        sentence: sentence.to_owned(),
        state: JobState::Queued,
        risk: Risk::Low,
        who: "ada".to_owned(),
        instance: InstanceId(Uuid::nil()),
        created_at: began,
        started_at: None,
        finished_at: None,
        counts,
        steps: steps.len() as u32,
    };
    let plan = Plan {
        id: plan,
        request: sentence.to_lowercase(),
        sentence: sentence.to_owned(),
        intent: Intent::DiskUsage,
        risk: Risk::Low,
        targets: on
            .iter()
            .map(|(id, name)| PlanTarget {
                id: *id,
                name: (*name).to_owned(),
                os: Os::Linux,
                shell: Shell::Bash,
                connection: ConnectionKind::Ssh,
                address: (*name).to_owned(),
                port: 22,
                user: None,
                credential: None,
                why: "named".to_owned(),
            })
            .collect(),
        left_out: Vec::new(),
        steps: steps
            .iter()
            .map(|title| PlanStep {
                title: (*title).to_owned(),
                action: Action::Uptime {},
                mutates: false,
                scripts: BTreeMap::new(),
            })
            .collect(),
        strategy: Strategy::default(),
        confirm_by_typing: None,
        when: None,
        hash,
    };
    let update = JobUpdate {
        state,
        started_at: (state != JobState::Queued).then_some(began),
        finished_at: state.is_final().then(|| began + Duration::from_secs(60)),
        counts,
    };
    (NewJob { summary, plan, approval: None, closes_proposal: false }, update)
}

fn reading(intent: Intent, slots: Value, targets: TargetReading) -> Reading {
    Reading {
        intent,
        disposition: Disposition::Answer,
        risk: Risk::Low,
        targets,
        os: None,
        os_hint: None,
        slots: serde_json::from_value(slots).unwrap(),
        steps: Vec::new(),
        questions: Vec::new(),
        reasons: Vec::new(),
        sentence: String::new(),
        answer: None,
    }
}

fn group(name: &str, resolved: &[&str]) -> TargetReading {
    TargetReading {
        groups: vec![name.to_owned()],
        resolved: resolved.iter().map(|&n| n.to_owned()).collect(),
        ..TargetReading::default()
    }
}

fn target(name: &str, os: Os, kinds: &[ConnectionKind]) -> TargetSpec {
    TargetSpec {
        name: name.to_owned(),
        os,
        connections: kinds.iter().map(|&kind| Connection::of(kind)).collect(),
        ..TargetSpec::default()
    }
}

/// The first cell of every row.
fn firsts(answer: &Answer) -> Vec<String> {
    answer.table.iter().flat_map(|t| &t.rows).map(|row| text(&row.cells[0])).collect()
}

fn text(cell: &AnswerCell) -> String {
    match cell {
        AnswerCell::None => String::new(),
        AnswerCell::Text { text } => text.clone(),
        AnswerCell::Moment { at } => at.to_string(),
        AnswerCell::Job { state } => state.to_string(),
        AnswerCell::Cell { state } => state.to_string(),
        AnswerCell::Level { level } => level.as_str().to_owned(),
    }
}

fn requests(answer: &Answer) -> Vec<&str> {
    answer.follow_ups.iter().map(|choice| choice.request.as_str()).collect()
}

#[tokio::test]
async fn failed_yesterday_is_by_the_operators_own_day_and_by_the_end() {
    let room = Room::new().await;
    let ids = room.targets(vec![target("web-01", Os::Linux, &[ConnectionKind::Ssh])]).await;
    let on = [(ids[0], "web-01")];
    room.job("Ended the day before", JobState::Failed, "2026-11-18T22:58Z", &on).await;
    // 23:59:30 UTC+1 on the 18th; its end is on the 19th.
    room.job("Ended after midnight", JobState::Failed, "2026-11-18T22:59:30Z", &on).await;
    room.job("Noon", JobState::Failed, "2026-11-19T11:00Z", &on).await;
    room.job("It went well", JobState::Succeeded, "2026-11-19T12:00Z", &on).await;
    let interrupted = room.job("Cut off", JobState::Interrupted, "2026-11-19T22:00Z", &on).await;
    // Midnight in Berlin is 23:00 UTC.
    room.job("Today already", JobState::Failed, "2026-11-19T22:59:00Z", &on).await;

    let answer = room.jobs(json!({"status": "failed", "window": "yesterday"})).await;
    assert_eq!(answer.sentence, "2 jobs failed and 1 was interrupted yesterday.");
    assert_eq!(firsts(&answer), ["Cut off", "Noon", "Ended after midnight"], "newest first");
    let table = answer.table.as_ref().unwrap();
    assert_eq!(table.rows[0].link, Some(AnswerLink::Job(interrupted)));
    assert_eq!(table.rows[0].cells[1], AnswerCell::Job { state: JobState::Interrupted });
    assert_eq!(table.cut(), None);
    assert!(requests(&answer).is_empty(), "the last job is not among them, so nothing offers to retry it");

    let today = room.jobs(json!({"status": "failed", "window": "today"})).await;
    assert_eq!(today.sentence, "1 job failed today.");
    assert_eq!(requests(&today), ["what steps failed in the last execution?", "retry the failed ones"]);
    let none = room.jobs(json!({"status": "failed", "window": "1h"})).await;
    assert_eq!(none.sentence, "No job failed in the last hour.");
    assert_eq!(none.table, None);
    assert_eq!(requests(&none), ["show jobs in the last hour"]);
}

#[tokio::test]
async fn jobs_in_any_state_and_only_those_on_these_machines() {
    let room = Room::new().await;
    let specs = ["web-01", "db-01"].map(|name| target(name, Os::Linux, &[ConnectionKind::Ssh]));
    let ids = room.targets(specs.to_vec()).await;
    let (web, db) = ((ids[0], "web-01"), (ids[1], "db-01"));
    room.job("On both", JobState::Succeeded, "2026-11-20T09:00Z", &[web, db]).await;
    room.job("On web", JobState::Failed, "2026-11-20T10:00Z", &[web]).await;
    room.job("On db", JobState::Running, "2026-11-19T11:00Z", &[db]).await;
    room.job("Later", JobState::Queued, "2026-11-20T12:00Z", &[db]).await;

    let all = room.jobs(json!({"window": "today"})).await;
    assert_eq!(all.sentence, "3 jobs were started today: 1 failed, 1 succeeded and 1 is waiting to start.");
    let on_db = room.ask(Intent::ListJobs, json!({}), group("databases", &["DB-01"])).await;
    assert_eq!(
        on_db.sentence,
        "3 jobs were started on databases: 1 succeeded, 1 is running and 1 is waiting to start."
    );
    assert_eq!(firsts(&on_db), ["Later", "On both", "On db"]);
    let running = room.jobs(json!({"status": "running", "window": "today"})).await;
    assert_eq!(running.sentence, "1 job is running.", "it began yesterday, and runs now");
    let waiting = room.jobs(json!({"status": "waiting", "count": true})).await;
    assert_eq!(waiting.sentence, "1 job is waiting to start.");
    assert_eq!(waiting.table, None, "only the number was asked for");
    let empty = room.ask(Intent::ListJobs, json!({}), group("empty", &[])).await;
    assert_eq!(empty.sentence, "No job was started on empty.", "an empty group is not every machine");
    let odd = room.jobs(json!({"status": "failed", "window": "some_time"})).await;
    assert!(odd.sentence.ends_with("“some time” names no time Wheelhouse knows, so this is of all time."), "{odd:?}");
}

#[tokio::test]
async fn the_last_job_by_target_and_by_step() {
    let room = Room::new().await;
    assert_eq!(room.jobs(json!({"scope": "last_execution"})).await.sentence, "There is no job yet.");
    let specs = ["web-01", "web-02"].map(|name| target(name, Os::Linux, &[ConnectionKind::Ssh]));
    let ids = room.targets(specs.to_vec()).await;
    let on = [(ids[0], "web-01"), (ids[1], "web-02")];
    room.job("Earlier", JobState::Failed, "2026-11-20T08:00Z", &on).await;
    let cell = |step, target, state, detail: &str| JobEventKind::Cell {
        step,
        target,
        state,
        detail: detail.to_owned(),
        exit_code: None,
        rollback: None,
    };
    let events = vec![
        cell(0, 0, CellState::Running, ""),
        cell(0, 1, CellState::Running, ""),
        cell(0, 0, CellState::Unchanged, ""),
        cell(0, 1, CellState::Unchanged, ""),
        cell(1, 1, CellState::Running, ""),
        cell(1, 1, CellState::Failed, "no space left on device"),
        cell(1, 0, CellState::Running, ""),
        cell(1, 0, CellState::Changed, ""),
        cell(2, 1, CellState::Skipped, "an earlier step failed"),
        cell(2, 0, CellState::Unchanged, ""),
        JobEventKind::Job { state: JobState::Failed, detail: String::new() },
    ];
    let steps = ["stop nginx", "copy a to b", "start nginx"];
    let id = room.job_of("Copy a to b", &steps, JobState::Failed, "2026-11-20T13:02Z", &on, events).await;

    let failed = room.jobs(json!({"status": "failed", "scope": "last_execution_steps"})).await;
    assert_eq!(
        failed.sentence,
        "1 step did not succeed on 1 host in the last job, “Copy a to b” by ada, which failed today at 14:03."
    );
    let row = &failed.table.as_ref().unwrap().rows[0];
    let cells: Vec<String> = row.cells.iter().map(text).collect();
    assert_eq!(cells, ["copy a to b", "web-02", "failed", "no space left on device"]);
    assert_eq!(row.link, Some(AnswerLink::Job(id)));
    assert_eq!(requests(&failed), ["retry the failed ones"]);

    let steps = room.jobs(json!({"scope": "last_execution_steps"})).await;
    assert_eq!(firsts(&steps), ["stop nginx", "copy a to b", "start nginx"]);
    assert_eq!(text(&steps.table.as_ref().unwrap().rows[1].cells[1]), "1 changed, 1 failed");
    let whole = room.jobs(json!({"scope": "last_execution"})).await;
    assert!(whole.sentence.starts_with("The last job, “Copy a to b” by ada, failed today at 14:03:"), "{whole:?}");
    assert_eq!(firsts(&whole), ["web-02", "web-01"], "what did not go well comes first");
    assert_eq!(whole.table.unwrap().rows[0].link, Some(AnswerLink::Target(ids[1])));
    let skipped = room.jobs(json!({"status": "cancelled", "scope": "last_execution_steps"})).await;
    assert!(skipped.sentence.starts_with("1 step was skipped on 1 host"), "{skipped:?}");
}

#[tokio::test]
async fn unreachable_is_what_was_seen() {
    let room = Room::new().await;
    let specs = ["web-01", "web-02", "web-03", "web-04"].map(|name| target(name, Os::Linux, &[ConnectionKind::Ssh]));
    let ids = room.targets(specs.to_vec()).await;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let unreachable = || room.list(json!({"filter": "unreachable"}));
    assert_eq!(
        unreachable().await.sentence,
        "No target was unreachable when it was last tried. 4 targets have never been tried, so nothing is known of them."
    );
    room.store.note_failure(ids[0], at("2026-11-19T08:00Z"), "connection refused").await.unwrap();
    room.store.note_failure(ids[1], at("2026-11-20T13:03Z"), "no route to host").await.unwrap();
    room.store.note_contact(ids[1], at("2026-11-20T13:30Z"), None).await.unwrap();
    room.store.note_contact(ids[2], at("2026-11-01T12:00Z"), None).await.unwrap();
    let one = unreachable().await;
    assert_eq!(
        one.sentence,
        "web-01 was unreachable when it was last tried (yesterday at 09:00). \
         1 target has never been tried, so nothing is known of it.",
        "web-02 failed once and answered since"
    );
    room.store.note_failure(ids[2], at("2026-11-20T13:03Z"), "timed out").await.unwrap();
    let two = unreachable().await;
    assert_eq!(firsts(&two), ["web-03", "web-01"], "the latest failure first");
    assert!(
        two.sentence.starts_with(
            "2 targets were unreachable when they were last tried. The latest was web-03, today at 14:03."
        )
    );
    let cells: Vec<String> = two.table.as_ref().unwrap().rows[0].cells.iter().map(text).collect();
    assert_eq!(cells, ["web-03", "2026-11-20T13:03:00Z", "timed out", "2026-11-01T12:00:00Z"]);
    assert_eq!(requests(&two), ["show uptime of web-03 and web-01"]);
    assert_eq!(two.table.unwrap().rows[1].link, Some(AnswerLink::Target(ids[0])));

    let stale = room.list(json!({"filter": "stale"})).await;
    assert_eq!(stale.sentence, "3 targets have not answered in the last 7 days.");
    assert_eq!(firsts(&stale), ["web-01", "web-04", "web-03"], "never before long ago");
    let stale = room.list(json!({"filter": "stale", "window": "4w"})).await;
    assert_eq!(stale.sentence, "2 targets have not answered in the last 4 weeks.");
}

#[tokio::test]
async fn what_a_target_has_and_lacks() {
    let room = Room::new().await;
    assert_eq!(room.list(json!({})).await.sentence, "There are no targets in the inventory yet.");
    let (kept, gone) = (CredentialId(Uuid::now_v7()), CredentialId(Uuid::now_v7()));
    let with = |name: &str, credential| TargetSpec {
        connections: vec![Connection { credential: Some(credential), ..Connection::of(ConnectionKind::Ssh) }],
        ..target(name, Os::Linux, &[])
    };
    let entry = Entry { at: Timestamp::UNIX_EPOCH, who: "ada".to_owned(), what: "test", detail: json!({}) };
    let write = VaultWrite { put: vec![(kept, vec![1])], ..VaultWrite::default() };
    room.store.write_vault(&write, &entry).await.unwrap();
    let mut quiet = target("iis-01", Os::Windows, &[ConnectionKind::WinrmHttps, ConnectionKind::Ssh]);
    quiet.maintenance = true;
    room.targets(vec![
        with("kept", kept),
        with("gone", gone),
        target("agent", Os::Linux, &[ConnectionKind::Ssh]),
        target("here", Os::Linux, &[ConnectionKind::Local]),
        target("bare", Os::Unknown, &[]),
        target("switch", Os::Network, &[ConnectionKind::Telnet]),
        quiet,
    ])
    .await;

    let lacking = room.list(json!({"filter": "no_credentials"})).await;
    assert!(lacking.sentence.starts_with("4 targets have no credential to log in with."), "{}", lacking.sentence);
    let table = lacking.table.unwrap();
    let login: Vec<(String, String)> = table.rows.iter().map(|r| (text(&r.cells[0]), text(&r.cells[3]))).collect();
    let login: Vec<(&str, &str)> = login.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        login,
        [
            ("agent", "your SSH agent only"),
            ("gone", "a credential that is no longer in the vault"),
            ("iis-01", "your SSH agent only"),
            ("switch", "nothing"),
        ]
    );
    let having = room.list(json!({"filter": "credentials"})).await;
    assert_eq!(
        (having.sentence.as_str(), firsts(&having)),
        ("1 target has a credential to log in with.", vec!["kept".to_owned()])
    );
    let closed = room.list(json!({"filter": "no_connection"})).await;
    let names = firsts(&closed);
    assert!(names.contains(&"bare".to_owned()) && !names.contains(&"here".to_owned()), "{names:?}");
    assert_eq!(firsts(&room.list(json!({"service_type": "winrm"})).await), ["iis-01"], "over HTTPS, too");
    assert_eq!(room.list(json!({"service_type": "ssh"})).await.sentence, "4 targets have an SSH connection.");
    assert_eq!(room.list(json!({"filter": "maintenance"})).await.sentence, "1 target is in maintenance.");
    let odd = room.list(json!({"service_type": "rdp"})).await;
    assert!(odd.sentence.contains("does not know which targets have rdp") && odd.table.is_none(), "{odd:?}");

    let counted = room.ask(Intent::ListTargets, json!({"count": true}), group("CIS servers", &["Kept", "agent"])).await;
    assert_eq!(counted.sentence, "2 targets are in CIS servers.");
    assert_eq!((counted.table.as_ref(), requests(&counted)), (None, vec!["list targets in CIS servers"]));
    let empty = room.ask(Intent::ListTargets, json!({}), group("CIS servers", &[])).await;
    assert_eq!(empty.sentence, "There are no targets in CIS servers.");
    let mut windows = reading(Intent::ListTargets, json!({}), TargetReading::default());
    windows.os_hint = Some(Os::Windows);
    let windows = room.filled(windows).await;
    assert_eq!(windows.sentence, "There is 1 Windows target in the inventory.");
}

#[tokio::test]
async fn alerts_by_time_subject_level_and_state() {
    let room = Room::new().await;
    let ids = room.targets(vec![target("web-01", Os::Linux, &[ConnectionKind::Ssh])]).await;
    let job = room.job("Check disk usage", JobState::Failed, "2026-11-20T13:00Z", &[(ids[0], "web-01")]).await;
    let put = |message: &'static str, level, at: &str, about: Option<JobId>| {
        let at: Timestamp = at.parse().unwrap();
        let entry = Notification {
            id: NotificationId(Uuid::now_v7()),
            at,
            first_at: at,
            count: 1,
            source: Source::Job,
            level,
            service: "job".to_owned(),
            message: message.to_owned(),
            details: String::new(),
            fingerprint: message.to_owned(),
            action_required: level > Level::Warning,
            job: about,
            acknowledged_by: None,
            acknowledged_at: None,
            note: String::new(),
        };
        let store = &room.store;
        async move { store.put_notification(&entry, 0).await.unwrap().id }
    };
    let disk = put("Check disk usage failed", Level::Error, "2026-11-20T13:00Z", Some(job)).await;
    put("The disk is full", Level::Critical, "2026-11-18T13:00Z", None).await;
    put("Disk check went well", Level::Info, "2026-11-20T13:00Z", None).await;
    let link = put("The MQTT link was lost", Level::Warning, "2026-11-20T12:00Z", None).await;
    room.store.acknowledge(&[link], "ada", Timestamp::UNIX_EPOCH, "").await.unwrap();
    let alerts = |slots| room.ask(Intent::ListAlerts, slots, TargetReading::default());

    let day = alerts(json!({"window": "24h"})).await;
    assert_eq!(day.sentence, "There are 2 alerts in the last 24 hours. 1 is not acknowledged.");
    let about = alerts(json!({"window": "24h", "metric": "disk"})).await;
    assert_eq!(about.sentence, "There is 1 alert about disk in the last 24 hours. None of them is acknowledged.");
    let row = &about.table.as_ref().unwrap().rows[0];
    let cells: Vec<String> = row.cells.iter().map(text).collect();
    assert_eq!(cells, ["error", "Check disk usage failed", "needs action", "2026-11-20T13:00:00Z"]);
    assert_eq!(row.link, Some(AnswerLink::Notification(disk)));
    assert_eq!(requests(&about), ["check disk usage on web-01"], "looking now is offered");
    assert_eq!(alerts(json!({})).await.sentence, "There are 2 open alerts.", "nobody looks for what is done with");
    assert_eq!(alerts(json!({"level": "critical"})).await.sentence, "There is 1 open critical alert.");
    let done = alerts(json!({"status": "acknowledged"})).await;
    assert_eq!(done.sentence, "There is 1 acknowledged alert.");
    assert_eq!(text(&done.table.unwrap().rows[0].cells[2]), "acknowledged by ada");
    let none = alerts(json!({"metric": "ram"})).await;
    assert!(none.sentence.starts_with("There is no open alert about ram. Alerts are raised by"), "{none:?}");
    let here = room.ask(Intent::ListAlerts, json!({}), group("web", &["web-01"])).await;
    assert_eq!(firsts(&here), ["error"], "only what a job on these machines told");
}

#[tokio::test]
async fn help_names_what_is_there_and_every_example_is_understood() {
    let room = Room::new().await;
    let ids = room
        .targets(vec![
            target("app-07", Os::Linux, &[ConnectionKind::Ssh]),
            target("iis-01", Os::Windows, &[ConnectionKind::Ssh]),
        ])
        .await;
    for (name, member) in [("billing", ids[0]), ("front", ids[1])] {
        let group =
            Group { id: GroupId(Uuid::now_v7()), spec: GroupSpec { name: name.to_owned(), ..GroupSpec::default() } };
        room.store.write_group(&group, Some(&[member])).await.unwrap();
    }
    let help = |topic: &'static str| room.ask(Intent::Help, json!({ "topic": topic }), TargetReading::default());
    let restart = help("restart_service").await;
    assert!(requests(&restart).contains(&"restart nginx on billing"), "{:?}", requests(&restart));
    let windows = help("windows services").await;
    assert!(requests(&windows).contains(&"restart W3SVC on front"), "{:?}", requests(&windows));

    let (targets, groups) = (room.store.targets().await.unwrap(), room.store.groups().await.unwrap());
    let planner = Planner::new(&Snapshot { targets, groups, services: BTreeMap::new() }, "").unwrap();
    for topic in ["service", "files", "logs", "disk", "package", "command", "anything", "windows", "schedule"] {
        let filled = room.filled(reading(Intent::Help, json!({ "topic": topic }), TargetReading::default())).await;
        let answer = filled.answer.unwrap();
        assert!((3..=6).contains(&answer.follow_ups.len()), "{topic}: {:?}", requests(&answer));
        for example in requests(&answer) {
            let said = planner.reading(example);
            let good = matches!(said.disposition, Disposition::Plan | Disposition::Confirm | Disposition::Answer)
                && !matches!(said.intent, Intent::Unknown | Intent::OutOfScope);
            assert!(good, "{topic}: “{example}” would not be understood: {}", said.sentence);
        }
    }
    let mut own = reading(Intent::Help, json!({}), TargetReading::default());
    own.sentence = "Nothing was planned.".to_owned();
    let own = room.filled(own).await;
    assert_eq!(own.sentence, "Nothing was planned.", "the planner's own words stand; examples follow");
    assert!(own.answer.unwrap().follow_ups.len() >= 3);
}

#[tokio::test]
async fn what_is_not_kept_yet_is_not_made_up() {
    let room = Room::new().await;
    for (intent, said) in [
        (Intent::ListSchedules, "There are no schedules stored yet."),
        (Intent::ListRecipes, "There are no recipes stored yet."),
    ] {
        assert_eq!(room.ask(intent, json!({}), TargetReading::default()).await.sentence, said);
    }
    let mut said = reading(Intent::OutOfScope, json!({}), TargetReading::default());
    said.sentence = "That is not something Wheelhouse can do.".to_owned();
    let other = room.filled(said.clone()).await;
    assert_eq!(other, said, "the planner's own reply stands");
    let mut asked = reading(Intent::ListJobs, json!({}), TargetReading::default());
    asked.disposition = Disposition::Clarify;
    let asked = room.filled(asked).await;
    assert_eq!(asked.answer, None, "a question to the operator is not answered for them");
}

#[tokio::test]
async fn an_answer_comes_by_the_command_and_is_kept_as_it_was_said() {
    let home = tempfile::tempdir().unwrap();
    let app = App::open(AppOptions::new(home.path().to_owned(), Door::Terminal)).await.unwrap();
    let caller = Caller::operator();
    let made = app.call(&caller, MakePlan { text: "how do I restart a service".to_owned() }).await.unwrap();
    let answer = made.reading.answer.clone().expect("an answer");
    assert!(requests(&answer).iter().any(|r| r.ends_with(" on localhost")), "{answer:?}");
    let kept = app.call(&caller, wheelhouse_protocol::plan::GetPlan { id: made.id }).await.unwrap();
    assert_eq!(kept.reading.answer, Some(answer));
    let plain = app.call(&caller, MakePlan { text: "show uptime of localhost".to_owned() }).await.unwrap();
    let json = serde_json::to_value(&plain).unwrap();
    assert!(json["reading"].get("answer").is_none(), "a plan carries none: {json}");
}
