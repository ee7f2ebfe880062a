//! Recipes by the clock: what runs, what waits, what was missed, and every way round an approval.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wheelhouse_app::{App, AppOptions, Caller, Clock, Door, Handle};
use wheelhouse_protocol::audit::{ListAudit, VerifyAudit};
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Os, SaveTarget, TargetSpec};
use wheelhouse_protocol::job::{GetJob, JobState, ListJobs};
use wheelhouse_protocol::notification::{ListNotifications, Source};
use wheelhouse_protocol::plan::{GetPlan, MakePlan, RunPlan};
use wheelhouse_protocol::reading::{Disposition, Intent};
use wheelhouse_protocol::recipe::{DeleteRecipe, NewParameter, ParameterKind, Recipe, RunRecipe, SaveRecipe};
use wheelhouse_protocol::schedule::{
    ApproveSchedule, EnableSchedule, GetSchedule, RevokeSchedule, RunState, SaveSchedule, ScheduleDetail, ScheduleRun,
    ScheduleSpec, StandingApproval, When,
};
use wheelhouse_protocol::{Command, Problem, ProblemCode, StandingApprovalId, Timestamp};
use wheelhouse_store::Store;
use wheelhouse_store::audit::Entry;

/// A clock that a test sets.
#[derive(Debug)]
struct SetClock(Mutex<Timestamp>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A program on a data directory of its own, with a clock of its own and no task that looks at it.
struct Bench {
    app: Arc<App>,
    clock: Arc<SetClock>,
    home: tempfile::TempDir,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Bench {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(SetClock(Mutex::new(at("2026-12-01T02:00:00Z"))));
        let app = open(home.path(), &clock).await;
        Self { app, clock, home }
    }

    /// A second program on the same data.
    async fn another(&self) -> Arc<App> {
        open(self.home.path(), &self.clock).await
    }

    fn set(&self, text: &str) {
        *self.clock.0.lock().unwrap() = at(text);
    }

    async fn call<C: Command>(&self, command: C) -> Result<C::Output, Problem>
    where
        App: Handle<C>,
    {
        self.app.call(&Caller::operator(), command).await
    }

    /// A recipe that copies a file on this machine: it changes something, and can do no harm.
    async fn recipe(&self, name: &str) -> Recipe {
        let source = self.source();
        std::fs::write(&source, "one\n").unwrap();
        let destination = self.destination();
        let text = format!("copy {} to {} on localhost", source.display(), destination.display());
        let plan = self.call(MakePlan { text }).await.unwrap();
        let parameter = NewParameter {
            name: "destination".to_owned(),
            kind: ParameterKind::Path,
            value: destination.display().to_string(),
            about: String::new(),
        };
        let save = SaveRecipe {
            plan: plan.id,
            name: name.to_owned(),
            description: String::new(),
            targets: None,
            parameters: vec![parameter],
        };
        self.call(save).await.unwrap()
    }

    fn source(&self) -> std::path::PathBuf {
        self.home.path().join("app.conf")
    }

    fn destination(&self) -> std::path::PathBuf {
        self.home.path().join("there.conf")
    }

    fn spec(&self, expression: &str) -> ScheduleSpec {
        ScheduleSpec {
            name: "nightly".to_owned(),
            recipe: "put".to_owned(),
            version: None,
            parameters: BTreeMap::new(),
            targets: None,
            when: When::Cron { expression: expression.to_owned(), zone: "UTC".to_owned() },
        }
    }

    async fn scheduled(&self) {
        self.recipe("put").await;
        self.call(SaveSchedule { spec: self.spec("0 3 * * *"), replace: false }).await.unwrap();
    }

    async fn shown(&self) -> ScheduleDetail {
        self.call(GetSchedule { name: "nightly".to_owned() }).await.unwrap()
    }

    async fn approve(&self) -> StandingApproval {
        let hash = self.shown().await.coverage.unwrap().hash;
        let approve = ApproveSchedule { name: "nightly".to_owned(), hash, max_targets: None, expires_at: None };
        self.call(approve).await.unwrap()
    }

    /// Runs what is due, and tells the newest due time's end.
    async fn due(&self) -> ScheduleRun {
        self.app.run_due().await.unwrap();
        self.shown().await.runs[0].clone()
    }

    async fn jobs(&self) -> usize {
        self.call(ListJobs::default()).await.unwrap().len()
    }

    async fn told(&self) -> Vec<String> {
        let page = self.call(ListNotifications::default()).await.unwrap();
        page.notifications
            .into_iter()
            .filter(|n| n.source == Source::Schedule)
            .map(|n| format!("{} {}", n.message, n.details))
            .collect()
    }

    async fn ended(&self, run: &ScheduleRun) -> JobState {
        let job = run.job.expect("a job was started");
        for _ in 0..200 {
            let state = self.call(GetJob { job }).await.unwrap().summary.state;
            if state.is_final() {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the job did not end in ten seconds");
    }
}

async fn open(home: &Path, clock: &Arc<SetClock>) -> Arc<App> {
    let clock: Arc<dyn Clock> = Arc::<SetClock>::clone(clock);
    App::open(AppOptions { clock, ..AppOptions::new(home.join("data"), Door::Terminal) }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_standing_approval_a_run_waits_and_with_one_it_runs() {
    let bench = Bench::new().await;
    bench.scheduled().await;
    assert_eq!(bench.app.run_due().await.unwrap(), 0, "it is 02:00, and it is due at 03:00");

    bench.set("2026-12-01T03:00:20Z");
    let waits = bench.due().await;
    assert_eq!((waits.state, waits.job), (RunState::Waiting, None), "{waits:?}");
    assert!(!bench.destination().exists(), "nothing runs without an approval");
    let plan = bench.call(GetPlan { id: waits.plan.unwrap() }).await.unwrap();
    assert!(plan.plan.is_some_and(|plan| plan.mutates()), "the plan waits where it can be approved");
    assert!(bench.told().await[0].contains("waits for an approval"), "{:?}", bench.told().await);

    let approval = bench.approve().await;
    bench.set("2026-12-02T03:00:01Z");
    let ran = bench.due().await;
    assert_eq!(ran.state, RunState::Started, "{ran:?}");
    assert_eq!(bench.ended(&ran).await, JobState::Succeeded);
    assert_eq!(std::fs::read_to_string(bench.destination()).unwrap(), "one\n");
    let detail = bench.call(GetJob { job: ran.job.unwrap() }).await.unwrap();
    let said = detail.approved_by.unwrap_or_default();
    assert!(said.contains("standing approval") && said.contains(&approval.who), "{said}");

    assert_eq!(bench.app.run_due().await.unwrap(), 0, "a due time runs once");
    assert_eq!(bench.jobs().await, 1);
    let audit = bench.call(ListAudit { text: "schedule.".to_owned(), ..ListAudit::default() }).await.unwrap();
    let kinds: Vec<&str> = audit.iter().rev().map(|r| r.what.as_str()).collect();
    assert_eq!(kinds, ["schedule.saved", "schedule.waits", "schedule.approved", "schedule.started"]);
    assert_eq!(bench.call(VerifyAudit {}).await.unwrap().broken_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_voids_the_approval() {
    let bench = Bench::new().await;
    bench.scheduled().await;
    let stale = bench.approve().await.hash;

    // A file that is not the one that was approved.
    std::fs::write(bench.source(), "two\n").unwrap();
    bench.set("2026-12-01T03:00:01Z");
    let run = bench.due().await;
    assert_eq!(run.state, RunState::Waiting, "the file's content is part of what was approved: {run:?}");
    assert!(run.detail.contains("scripts or files"), "{}", run.detail);
    std::fs::write(bench.source(), "one\n").unwrap();

    // The recipe saved again: the schedule stays with the version that was approved.
    bench.recipe("put").await;
    bench.set("2026-12-02T03:00:01Z");
    let run = bench.due().await;
    assert_eq!(run.state, RunState::Started, "version 1 is still what was approved: {run:?}");
    bench.ended(&run).await;

    // Other parameters.
    let mut spec = bench.spec("0 3 * * *");
    spec.version = Some(1);
    spec.parameters.insert("destination".to_owned(), bench.home.path().join("elsewhere").display().to_string());
    bench.call(SaveSchedule { spec, replace: true }).await.unwrap();
    assert!(bench.shown().await.schedule.approval.is_none(), "a change voids it");
    bench.set("2026-12-03T03:00:01Z");
    assert_eq!(bench.due().await.state, RunState::Waiting);
    assert!(!bench.home.path().join("elsewhere").exists());

    // The hash of before, replayed.
    let replay = ApproveSchedule { name: "nightly".to_owned(), hash: stale, max_targets: None, expires_at: None };
    assert_eq!(bench.call(replay).await.unwrap_err().code, ProblemCode::Stale);
    // And the schedule as it was, once more: it is still not approved.
    let spec = ScheduleSpec { version: Some(1), ..bench.spec("0 3 * * *") };
    bench.call(SaveSchedule { spec, replace: true }).await.unwrap();
    bench.set("2026-12-04T03:00:01Z");
    assert_eq!(bench.due().await.state, RunState::Waiting, "a void approval does not come back");
    assert_eq!(bench.jobs().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn revoked_expired_and_a_clock_set_back() {
    let bench = Bench::new().await;
    bench.scheduled().await;
    bench.approve().await;
    bench.call(RevokeSchedule { name: "nightly".to_owned() }).await.unwrap();
    bench.set("2026-12-01T03:00:01Z");
    assert_eq!(bench.due().await.state, RunState::Waiting, "revoked");

    let hash = bench.shown().await.coverage.unwrap().hash;
    let expires_at = Some(at("2026-12-02T03:00:00Z"));
    let approve = ApproveSchedule { name: "nightly".to_owned(), hash: hash.clone(), max_targets: None, expires_at };
    bench.call(approve).await.unwrap();
    bench.set("2026-12-02T03:00:00Z");
    let run = bench.due().await;
    assert_eq!(run.state, RunState::Waiting, "expired at this very moment: {run:?}");
    assert!(run.detail.contains("expired"), "{}", run.detail);

    // The clock set back lets an expired approval live again, and due times come twice: neither works.
    bench.set("2026-12-01T03:00:05Z");
    assert_eq!(bench.app.run_due().await.unwrap(), 0, "this due time has been dealt with");
    assert!(bench.told().await.iter().any(|t| t.contains("set back")), "{:?}", bench.told().await);
    bench.set("2026-11-30T10:00:00Z");
    // Saving anew lets it run from the clock of now; the approval of "later" is void with it.
    bench.call(SaveSchedule { spec: bench.spec("0 3 * * *"), replace: true }).await.unwrap();
    bench.set("2026-12-01T03:00:10Z");
    assert_eq!(bench.app.run_due().await.unwrap(), 0, "its due time of before is not run a second time");
    bench.approve().await;
    bench.set("2026-12-01T02:00:00Z");
    let shown = bench.shown().await;
    assert!(shown.hindrance.contains("before"), "an approval from the future counts for nothing: {}", shown.hindrance);
    assert_eq!(bench.jobs().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_differ_only_inside_what_was_approved() {
    let bench = Bench::new().await;
    bench.recipe("put").await;
    let local = |name: &str, tag: &str| TargetSpec {
        name: name.to_owned(),
        addresses: vec!["127.0.0.1".to_owned()],
        os: Os::Linux,
        tags: vec![tag.to_owned()],
        // One machine under several names would be left out of a plan that changes it.
        connections: vec![Connection {
            port: Some(u16::try_from(name.len()).unwrap() + 2000),
            ..Connection::of(ConnectionKind::Ssh)
        }],
        ..TargetSpec::default()
    };
    let save = async |spec: TargetSpec| bench.call(SaveTarget { id: None, spec }).await.unwrap();
    save(local("a1", "edge")).await;
    let spec = ScheduleSpec { targets: Some("edge".to_owned()), ..bench.spec("0 3 * * *") };
    bench.call(SaveSchedule { spec, replace: false }).await.unwrap();
    let coverage = bench.shown().await.coverage.unwrap();
    assert_eq!(coverage.machines, ["a1"]);
    let approve = |max: u32| ApproveSchedule {
        name: "nightly".to_owned(),
        hash: coverage.hash.clone(),
        max_targets: Some(max),
        expires_at: None,
    };
    assert!(bench.call(approve(0)).await.is_err(), "that would never run");
    bench.call(approve(2)).await.unwrap();
    save(local("a10", "edge")).await;
    save(local("b100", "core")).await;
    let shown = bench.shown().await;
    assert_eq!(shown.coverage.unwrap().machines, ["a1", "a10"], "the words decide, not who is in the inventory");
    assert_eq!(shown.hindrance, "", "two were approved, whichever they are");
    save(local("a1000", "edge")).await;
    assert!(bench.shown().await.hindrance.contains("at most 2"), "{}", bench.shown().await.hindrance);
    bench.set("2026-12-01T03:00:01Z");
    assert_eq!(bench.due().await.state, RunState::Waiting);
    assert_eq!(bench.jobs().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn critical_is_never_approved_for_good_and_reading_needs_none() {
    let bench = Bench::new().await;
    bench.recipe("put").await;
    let everything =
        json!({ "spec": { "name": "all servers", "aliases": [], "parent": null, "everything": true }, "members": [] });
    bench.app.call_by_name(&Caller::operator(), "group.save", everything).await.unwrap();
    let spec = ScheduleSpec { targets: Some("all servers".to_owned()), ..bench.spec("0 3 * * *") };
    bench.call(SaveSchedule { spec, replace: false }).await.unwrap();
    let hash = bench.shown().await.coverage.unwrap().hash;
    let approve = ApproveSchedule { name: "nightly".to_owned(), hash, max_targets: None, expires_at: None };
    assert_eq!(bench.call(approve).await.unwrap_err().code, ProblemCode::Refused);

    let plan = bench.call(MakePlan { text: "check disk usage on localhost".to_owned() }).await.unwrap();
    let save = SaveRecipe {
        plan: plan.id,
        name: "look".to_owned(),
        description: String::new(),
        targets: None,
        parameters: Vec::new(),
    };
    assert_eq!(bench.call(save).await.unwrap().body.targets, "localhost", "the request's own words");
    let spec = ScheduleSpec { name: "hourly".to_owned(), recipe: "look".to_owned(), ..bench.spec("5 * * * *") };
    bench.call(SaveSchedule { spec, replace: false }).await.unwrap();
    bench.set("2026-12-01T02:05:30Z");
    bench.app.run_due().await.unwrap();
    let run = bench.call(GetSchedule { name: "hourly".to_owned() }).await.unwrap().runs[0].clone();
    assert_eq!(run.state, RunState::Started, "{run:?}");
    assert_eq!(bench.ended(&run).await, JobState::Succeeded);
    let in_use = bench.call(DeleteRecipe { name: "look".to_owned() }).await.unwrap_err();
    assert!(in_use.detail.contains("hourly"), "{}", in_use.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_due_while_nothing_ran_is_reported_and_not_made_up_for() {
    let bench = Bench::new().await;
    bench.scheduled().await;
    bench.approve().await;
    bench.set("2026-12-04T10:00:00Z");
    assert_eq!(bench.app.run_due().await.unwrap(), 0);
    let runs = bench.shown().await.runs;
    assert!(runs.len() == 4 && runs.iter().all(|run| run.state == RunState::Missed), "{runs:?}");
    assert!(bench.told().await.iter().any(|t| t.contains("was not run 4 times")), "{:?}", bench.told().await);
    assert_eq!(bench.jobs().await, 0);

    // Held, and let go: what was due meanwhile was not missed, since nobody wanted it.
    let enable = |enabled| EnableSchedule { name: "nightly".to_owned(), enabled };
    bench.call(enable(false)).await.unwrap();
    bench.set("2026-12-06T10:00:00Z");
    bench.call(enable(true)).await.unwrap();
    bench.app.run_due().await.unwrap();
    assert_eq!(bench.shown().await.runs.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_run_a_due_time_once() {
    let bench = Bench::new().await;
    bench.scheduled().await;
    bench.approve().await;
    let others = [bench.another().await, bench.another().await, bench.another().await];
    bench.set("2026-12-01T03:00:01Z");
    let (a, b, c, d) = tokio::join!(bench.app.run_due(), others[0].run_due(), others[1].run_due(), others[2].run_due());
    assert_eq!([a, b, c, d].into_iter().map(Result::unwrap).sum::<usize>(), 1, "one of the four took it");
    let run = bench.shown().await.runs[0].clone();
    assert_eq!(bench.ended(&run).await, JobState::Succeeded);
    assert_eq!((bench.jobs().await, bench.shown().await.runs.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_program_had_taken_is_reported() {
    let bench = Bench::new().await;
    bench.scheduled().await;
    bench.approve().await;
    bench.set("2026-12-01T03:00:01Z");
    let schedule = bench.shown().await.schedule;
    let other = Store::open(&bench.home.path().join("data"), "window").await.unwrap();
    assert!(other.claim_run(&schedule, at("2026-12-01T03:00:00Z"), at("2026-12-01T03:00:01Z")).await.unwrap());
    assert_eq!(bench.app.run_due().await.unwrap(), 0, "another program has it");
    assert_eq!(bench.shown().await.runs[0].state, RunState::Claimed, "and lives, so it may be about to start");
    drop(other);
    assert_eq!(bench.app.run_due().await.unwrap(), 0, "it is not made up for");
    assert_eq!(bench.shown().await.runs[0].state, RunState::Missed);
    assert!(bench.told().await.iter().any(|t| t.contains("ended before it began")), "{:?}", bench.told().await);

    // One that got as far as its job is found by the plan.
    bench.set("2026-12-02T03:00:01Z");
    let due_at = at("2026-12-02T03:00:00Z");
    let other = Store::open(&bench.home.path().join("data"), "window").await.unwrap();
    assert!(other.claim_run(&schedule, due_at, at("2026-12-02T03:00:01Z")).await.unwrap());
    let plan = bench.call(MakePlan { text: "check disk usage on localhost".to_owned() }).await.unwrap();
    other.plan_run(schedule.id, due_at, plan.id).await.unwrap();
    let hash = plan.plan.unwrap().hash;
    let job = bench.call(RunPlan { id: plan.id, hash }).await.unwrap();
    drop(other);
    bench.app.run_due().await.unwrap();
    let run = bench.shown().await.runs[0].clone();
    assert_eq!((run.state, run.job), (RunState::Started, Some(job.id)));
    bench.ended(&run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_changed_behind_our_back_runs_nothing() {
    let bench = Bench::new().await;
    bench.scheduled().await;
    let approval = bench.approve().await;
    // Whoever can write the database: another maximum, other parameters, another body under the same hash.
    let mut forged = approval.clone();
    forged.covers.parameters.insert("destination".to_owned(), "/etc/passwd".to_owned());
    let store = Store::open(&bench.home.path().join("data"), "wh").await.unwrap();
    let record = |what| Entry { at: at("2026-12-01T02:00:00Z"), who: "mallory".to_owned(), what, detail: json!({}) };
    forged.id = StandingApprovalId(uuid::Uuid::now_v7());
    store.approve_schedule(&forged, &record("schedule.approved")).await.unwrap();
    bench.set("2026-12-01T03:00:01Z");
    let run = bench.due().await;
    assert_eq!(run.state, RunState::Waiting, "{run:?}");
    assert!(run.detail.contains("not the one that was given"), "{}", run.detail);
    assert_eq!(bench.jobs().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipe_run_by_name_waits_for_the_same_approval() {
    let bench = Bench::new().await;
    bench.recipe("put").await;
    let elsewhere = bench.home.path().join("b.conf").display().to_string();
    let run = RunRecipe {
        name: "PUT".to_owned(),
        parameters: BTreeMap::from([("destination".to_owned(), elsewhere.clone())]),
        in_chat: true,
        ..RunRecipe::default()
    };
    let made = bench.call(run).await.unwrap();
    let plan = made.proposal.plan.unwrap();
    assert!(plan.steps[0].title.contains(&elsewhere) && plan.request.contains("destination="), "{}", plan.request);
    assert!(made.conversation.is_some());
    assert_eq!(bench.jobs().await, 0, "nothing runs of itself");
    let listed = bench.call(MakePlan { text: "list recipes".to_owned() }).await.unwrap().reading;
    assert_eq!(listed.sentence, "There is 1 recipe.", "{listed:?}");
    bench.call(SaveSchedule { spec: bench.spec("0 3 * * *"), replace: false }).await.unwrap();
    let listed = bench.call(MakePlan { text: "list schedules".to_owned() }).await.unwrap().reading;
    assert_eq!(listed.answer.unwrap().table.unwrap().rows.len(), 1, "{}", listed.sentence);
    // The same in the chat's own words.
    let text = format!("run recipe put with destination={elsewhere} on localhost");
    let said = bench.call(MakePlan { text }).await.unwrap();
    assert_eq!(said.reading.intent, Intent::RunRecipe);
    assert!(said.plan.is_some_and(|p| p.steps[0].title.contains(&elsewhere)), "{:?}", said.reading);
    let text = "run recipe nothing on localhost".to_owned();
    let asked = bench.call(MakePlan { text }).await.unwrap();
    assert!(asked.plan.is_none() && asked.reading.disposition == Disposition::Clarify, "{:?}", asked.reading);
    let later =
        bench.call(MakePlan { text: "restart nginx on localhost every sunday at 03:00 UTC".to_owned() }).await.unwrap();
    assert!(later.plan.is_some_and(|plan| plan.when.is_some()), "it is for later, and says so: {:?}", later.reading);
    let unknown = RunRecipe {
        name: "put".to_owned(),
        parameters: BTreeMap::from([("colour".to_owned(), "red".to_owned())]),
        ..RunRecipe::default()
    };
    assert!(bench.call(unknown).await.unwrap_err().detail.contains("it has destination"));
    let more =
        RunRecipe { name: "put".to_owned(), targets: Some("localhost; reboot".to_owned()), ..RunRecipe::default() };
    let refused = bench.call(more).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::InvalidInput, "target words name machines and nothing else: {refused:?}");
    let sneaky = RunRecipe {
        name: "put".to_owned(),
        targets: Some("localhost and restart nginx on localhost".to_owned()),
        ..RunRecipe::default()
    };
    assert!(bench.call(sneaky).await.is_err());
}
