//! Requests for later: what is shown, what becomes of it, and that it never runs at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wheelhouse_app::{App, AppOptions, Caller, Clock, Door, Handle};
use wheelhouse_protocol::audit::{ListAudit, VerifyAudit};
use wheelhouse_protocol::job::{GetJob, JobState, ListJobs};
use wheelhouse_protocol::plan::{
    ApprovePlan, GetPlan, MakePlan, Plan, Proposal, ProposalState, RejectPlan, RevisePlan, RunPlan, SchedulePlan,
    Strategy,
};
use wheelhouse_protocol::reading::Disposition;
use wheelhouse_protocol::recipe::ListRecipes;
use wheelhouse_protocol::schedule::{
    DeleteSchedule, GetSchedule, ListSchedules, RunState, Schedule, ScheduleDetail, When,
};
use wheelhouse_protocol::{Command, PlanId, Problem, ProblemCode, Timestamp};
use wheelhouse_store::Store;

/// A clock that a test sets.
#[derive(Debug)]
struct SetClock(Mutex<Timestamp>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A program at 02:00 UTC on 1 December 2026, with no task that looks at the clock.
struct Bench {
    app: Arc<App>,
    clock: Arc<SetClock>,
    home: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(SetClock(Mutex::new("2026-12-01T02:00:00Z".parse().unwrap())));
        let given: Arc<dyn Clock> = Arc::<SetClock>::clone(&clock);
        let options = AppOptions { clock: given, ..AppOptions::new(home.path().join("data"), Door::Terminal) };
        std::fs::write(home.path().join("app.conf"), "one\n").unwrap();
        Self { app: App::open(options).await.unwrap(), clock, home }
    }

    fn set(&self, text: &str) {
        *self.clock.0.lock().unwrap() = text.parse().unwrap();
    }

    async fn call<C: Command>(&self, command: C) -> Result<C::Output, Problem>
    where
        App: Handle<C>,
    {
        self.app.call(&Caller::operator(), command).await
    }

    /// A request that changes this machine, and can do no harm.
    fn copy(&self) -> String {
        let path = |name: &str| self.home.path().join(name).display().to_string();
        format!("copy {} to {} on localhost", path("app.conf"), path("there.conf"))
    }

    fn there(&self) -> Option<String> {
        std::fs::read_to_string(self.home.path().join("there.conf")).ok()
    }

    async fn proposal(&self, text: &str) -> Proposal {
        self.call(MakePlan { text: text.to_owned() }).await.unwrap()
    }

    async fn plan(&self, text: &str) -> Plan {
        let proposal = self.proposal(text).await;
        proposal.plan.unwrap_or_else(|| panic!("“{text}” gives no plan: {}", proposal.reading.sentence))
    }

    async fn schedule(&self, plan: &Plan) -> Result<Schedule, Problem> {
        self.call(press(plan)).await
    }

    /// What waits, changed in the store by somebody who is not Wheelhouse.
    async fn tampered(&self, text: &str, change: impl FnOnce(&mut Proposal)) -> Plan {
        let mut proposal = self.proposal(text).await;
        let id = PlanId(uuid::Uuid::now_v7());
        proposal.id = id;
        let plan = proposal.plan.as_mut().unwrap();
        plan.id = id;
        plan.hash = plan.compute_hash();
        change(&mut proposal);
        let store = Store::open(&self.home.path().join("data"), "elsewhere").await.unwrap();
        store.put_proposal(&proposal).await.unwrap();
        proposal.plan.unwrap()
    }

    async fn shown(&self, name: &str) -> ScheduleDetail {
        self.call(GetSchedule { name: name.to_owned() }).await.unwrap()
    }

    /// How many jobs, schedules and recipes there are.
    async fn stored(&self) -> (usize, usize, usize) {
        let jobs = self.call(ListJobs::default()).await.unwrap().len();
        let schedules = self.call(ListSchedules {}).await.unwrap().len();
        (jobs, schedules, self.call(ListRecipes {}).await.unwrap().len())
    }

    async fn ended(&self, name: &str) -> JobState {
        let job = self.shown(name).await.runs[0].job.expect("a job was started");
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

fn press(plan: &Plan) -> SchedulePlan {
    SchedulePlan { id: plan.id, hash: plan.hash.clone(), typed: plan.confirm_by_typing.clone(), name: None }
}

fn approve(plan: &Plan) -> ApprovePlan {
    ApprovePlan { id: plan.id, hash: plan.hash.clone(), typed: plan.confirm_by_typing.clone() }
}

const NOTHING: (usize, usize, usize) = (0, 0, 0);

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_later_runs_when_it_is_due_and_once() {
    let bench = Bench::new().await;
    let plan = bench.plan(&format!("every day at 03:00 UTC {}", bench.copy())).await;
    assert_eq!(plan.when, Some(When::Cron { expression: "0 3 * * *".to_owned(), zone: "UTC".to_owned() }));
    assert_eq!((plan.steps.len(), plan.targets.len()), (1, 1), "it is shown like any other plan");

    let schedule = bench.schedule(&plan).await.unwrap();
    assert_eq!(Some(&schedule.when), plan.when.as_ref());
    assert_eq!(schedule.next[0].to_string(), "2026-12-01T03:00:00Z");
    assert!(schedule.approval.is_some(), "the operator has just looked at exactly this");
    assert_eq!(bench.shown(&schedule.name).await.hindrance, "", "a run of now would run");
    let proposal = bench.call(GetPlan { id: plan.id }).await.unwrap();
    assert_eq!(proposal.state, ProposalState::Started);
    assert_eq!(proposal.schedule.map(|s| (s.id, s.name)), Some((schedule.id, schedule.name.clone())));
    assert_eq!(bench.there(), None, "scheduling runs nothing");

    bench.set("2026-12-01T02:59:59Z");
    assert_eq!(bench.app.run_due().await.unwrap(), 0, "not yet");
    bench.set("2026-12-01T03:00:20Z");
    assert_eq!(bench.app.run_due().await.unwrap(), 1);
    let run = bench.shown(&schedule.name).await.runs[0].clone();
    assert_eq!(run.state, RunState::Started, "{run:?}");
    assert_eq!(bench.ended(&schedule.name).await, JobState::Succeeded);
    assert_eq!(bench.there().as_deref(), Some("one\n"));
    assert_eq!(bench.app.run_due().await.unwrap(), 0, "a due time runs once");
    assert_eq!(bench.stored().await, (1, 1, 1));

    let listed = bench.proposal("list schedules").await.reading.answer.unwrap().table.unwrap();
    assert_eq!(listed.columns, ["Schedule", "Recipe", "When", "Next", "Approval", "Last"]);
    let cells = serde_json::to_string(&listed.rows[0]).unwrap();
    for word in [&schedule.name, "every day at 03:00 UTC", "2026-12-02T03:00:00Z", "\"standing\"", "started, "] {
        assert!(cells.contains(word), "{word}: {cells}");
    }
    let listed = bench.proposal("list recipes").await.reading.answer.unwrap().table.unwrap();
    assert!(listed.rows[0].link.is_some(), "a row opens its recipe");

    let audit = bench.call(ListAudit::default()).await.unwrap();
    let kinds: Vec<&str> = audit.iter().rev().map(|r| r.what.as_str()).collect();
    let order = ["recipe.saved", "plan.scheduled", "schedule.saved", "schedule.approved", "schedule.started"];
    let told: Vec<&str> = kinds.iter().copied().filter(|kind| order.contains(kind)).collect();
    assert_eq!(told, order, "{kinds:?}");
    assert_eq!(bench.call(VerifyAudit {}).await.unwrap().broken_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_time_runs_once_and_never_again() {
    let bench = Bench::new().await;
    let plan = bench.plan(&format!("in 10 minutes {}", bench.copy())).await;
    let schedule = bench.schedule(&plan).await.unwrap();
    assert_eq!(schedule.next.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-12-01T02:10:00Z"]);
    for (now, due) in [("02:09:59", 0), ("02:10:00", 1), ("02:10:01", 0), ("03:10:00", 0)] {
        bench.set(&format!("2026-12-01T{now}Z"));
        assert_eq!(bench.app.run_due().await.unwrap(), due, "{now}");
    }
    assert_eq!(bench.ended(&schedule.name).await, JobState::Succeeded);
    assert!(bench.shown(&schedule.name).await.schedule.next.is_empty());
    assert_eq!(bench.stored().await, (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_never_runs_at_once() {
    let bench = Bench::new().await;
    let plan = bench.plan(&format!("every day at 03:00 UTC {}", bench.copy())).await;
    assert_eq!(bench.call(approve(&plan)).await.unwrap_err().code, ProblemCode::Refused);
    let run = |plan: &Plan| RunPlan { id: plan.id, hash: plan.hash.clone() };
    assert_eq!(bench.call(run(&plan)).await.unwrap_err().code, ProblemCode::Refused);

    let reads = bench.proposal("every day at 03:00 UTC check disk usage on localhost").await;
    assert_eq!(reads.reading.disposition, Disposition::Confirm, "one click does not start what is for later");
    let reads = reads.plan.unwrap();
    assert!(!reads.needs_approval());
    let problem = bench.call(run(&reads)).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Refused);
    assert!(problem.detail.contains("every day at 03:00 UTC"), "{problem}");

    let strategy = Some(Strategy { limit: 1, ..plan.strategy });
    let revised = bench.call(RevisePlan { id: plan.id, without: Vec::new(), strategy }).await.unwrap();
    let revised = revised.plan.unwrap();
    assert_eq!(revised.when, plan.when, "revised, it is still for later");
    assert_eq!(bench.call(approve(&revised)).await.unwrap_err().code, ProblemCode::Refused);
    assert_eq!(bench.stored().await, NOTHING);
    assert_eq!(bench.there(), None);
    assert!(bench.schedule(&revised).await.unwrap().approval.is_some());
    assert_eq!(bench.schedule(&reads).await.unwrap().approval, None, "reading needs none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_for_now_is_not_scheduled() {
    let bench = Bench::new().await;
    let plan = bench.plan(&bench.copy()).await;
    assert_eq!(plan.when, None);
    assert_eq!(bench.schedule(&plan).await.unwrap_err().code, ProblemCode::Conflict);
    assert_eq!(bench.stored().await, NOTHING);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_plan_neither_runs_nor_is_scheduled() {
    let bench = Bench::new().await;
    let request = format!("every day at 03:00 UTC {}", bench.copy());
    // Its time taken away: it would be a plan for now.
    let plan = bench.tampered(&request, |p| p.plan.as_mut().unwrap().when = None).await;
    assert_eq!(bench.call(approve(&plan)).await.unwrap_err().code, ProblemCode::Refused, "it was asked for later");
    // The same, thoroughly: a new hash, and another intent.
    let plan = bench
        .tampered(&request, |p| {
            let plan = p.plan.as_mut().unwrap();
            plan.when = None;
            plan.intent = wheelhouse_protocol::reading::Intent::CopyFile;
        })
        .await;
    assert_eq!(bench.call(approve(&plan)).await.unwrap_err().code, ProblemCode::Stale, "the hash covers the time");
    // Another time than the one that was looked at.
    let hourly = When::Cron { expression: "0 * * * *".to_owned(), zone: "UTC".to_owned() };
    let plan = bench.tampered(&request, |p| p.plan.as_mut().unwrap().when = Some(hourly)).await;
    assert_eq!(bench.schedule(&plan).await.unwrap_err().code, ProblemCode::Stale);
    // A time put on a plan for now.
    let daily = When::Cron { expression: "0 3 * * *".to_owned(), zone: "UTC".to_owned() };
    let plan = bench.tampered(&bench.copy(), |p| p.plan.as_mut().unwrap().when = Some(daily)).await;
    assert_eq!(bench.schedule(&plan).await.unwrap_err().code, ProblemCode::Stale);
    // Another command in the script.
    let plan = bench
        .tampered(&request, |p| {
            let plan = p.plan.as_mut().unwrap();
            plan.steps[0].scripts.values_mut().for_each(|s| s.run.push_str("\necho more"));
            plan.hash = plan.compute_hash();
        })
        .await;
    let problem = bench.schedule(&plan).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Stale, "a schedule sends what is rendered, so it must be what was shown");
    assert_eq!(bench.stored().await, NOTHING);
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_rejected_revised_and_too_old() {
    let bench = Bench::new().await;
    let request = format!("every day at 03:00 UTC {}", bench.copy());
    let (first, second) = (bench.plan(&request).await, bench.plan(&request).await);
    let replay = SchedulePlan { hash: first.hash.clone(), ..press(&second) };
    assert_eq!(bench.call(replay).await.unwrap_err().code, ProblemCode::Stale, "each plan has a hash of its own");
    bench.call(RejectPlan { id: first.id }).await.unwrap();
    assert_eq!(bench.schedule(&first).await.unwrap_err().code, ProblemCode::Conflict, "rejected");
    let revised = bench.call(RevisePlan { id: second.id, without: Vec::new(), strategy: None }).await.unwrap();
    assert_eq!(bench.schedule(&second).await.unwrap_err().code, ProblemCode::Conflict, "revised");
    let old = bench.tampered(&request, |p| p.made_at -= Duration::from_secs(16 * 60)).await;
    let problem = bench.schedule(&old).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Stale, "15 minutes are the default: {problem}");
    assert!(problem.title.contains("too old"), "{problem}");
    assert_eq!(bench.stored().await, NOTHING);

    let revised = revised.plan.unwrap();
    let schedule = bench.schedule(&revised).await.unwrap();
    let wrong = SchedulePlan { hash: first.hash, ..press(&revised) };
    assert_eq!(bench.call(wrong).await.unwrap_err().code, ProblemCode::Conflict, "a second press needs the same hash");
    assert_eq!(bench.call(approve(&revised)).await.unwrap_err().code, ProblemCode::Conflict, "its approval is used");
    bench.call(DeleteSchedule { name: schedule.name }).await.unwrap();
    let problem = bench.schedule(&revised).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Conflict, "what was taken back does not come back: {problem}");
    assert!(problem.detail.contains("deleted"), "{problem}");
    assert_eq!(bench.stored().await, (0, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_twice_it_is_one_schedule() {
    let bench = Bench::new().await;
    let request = format!("every day at 03:00 UTC {}", bench.copy());
    let plan = bench.plan(&request).await;
    let presses = (0..8).map(|_| {
        let (app, command) = (Arc::clone(&bench.app), press(&plan));
        tokio::spawn(async move { app.call(&Caller::operator(), command).await })
    });
    let presses: Vec<_> = presses.collect();
    let mut ids = Vec::new();
    for press in presses {
        ids.push(press.await.unwrap().unwrap().id);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "every press answers the same schedule");
    assert_eq!(bench.stored().await, (0, 1, 1));

    let names =
        [bench.schedule(&bench.plan(&request).await).await.unwrap().name, plan_name(&bench, &request, "put").await];
    let first = bench.call(ListSchedules {}).await.unwrap().into_iter().find(|s| s.id == ids[0]).unwrap().name;
    assert_eq!(names, [format!("{first}-2"), "put".to_owned()], "a name of its own, or the one that was given");
    let taken = SchedulePlan { name: Some("Put".to_owned()), ..press(&bench.plan(&request).await) };
    assert_eq!(bench.call(taken).await.unwrap_err().code, ProblemCode::Conflict, "that name is taken");
    assert_eq!(bench.stored().await, (0, 3, 3));
}

async fn plan_name(bench: &Bench, request: &str, name: &str) -> String {
    let command = SchedulePlan { name: Some(name.to_owned()), ..press(&bench.plan(request).await) };
    bench.call(command).await.unwrap().name
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_or_has_passed_is_not_scheduled() {
    let bench = Bench::new().await;
    for past in ["on 2026-11-30 at 03:00 UTC", "on 2026-12-01 at 01:59 UTC"] {
        let proposal = bench.proposal(&format!("{past} {}", bench.copy())).await;
        assert!(proposal.plan.is_none(), "{past}");
        assert_eq!(proposal.reading.disposition, Disposition::Clarify, "{past}");
        assert!(proposal.reading.sentence.contains("past"), "{past}: {}", proposal.reading.sentence);
    }
    let plan = bench.plan(&format!("on 2026-12-01 at 03:00 UTC {}", bench.copy())).await;
    bench.set("2026-12-01T03:00:00Z");
    let problem = bench.schedule(&plan).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput, "it passed while it was looked at: {problem}");
    assert_eq!(bench.stored().await, NOTHING);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_looked_at_is_not_scheduled() {
    let bench = Bench::new().await;
    let request = format!("every day at 03:00 UTC {}", bench.copy());
    let plan = bench.plan(&request).await;
    std::fs::write(bench.home.path().join("app.conf"), "two\n").unwrap();
    assert_eq!(bench.schedule(&plan).await.unwrap_err().code, ProblemCode::Stale, "another file");
    assert_eq!(bench.stored().await, NOTHING);
    assert_eq!(bench.call(GetPlan { id: plan.id }).await.unwrap().state, ProposalState::Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn critical_needs_a_person_each_time() {
    let bench = Bench::new().await;
    let everything =
        json!({ "spec": { "name": "all servers", "aliases": [], "parent": null, "everything": true }, "members": [] });
    bench.app.call_by_name(&Caller::operator(), "group.save", everything).await.unwrap();
    let plan = bench.plan("every day at 03:00 UTC restart nginx on all servers").await;
    let problem = bench.schedule(&plan).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Refused);
    assert!(problem.detail.contains("critical"), "{problem}");
    assert_eq!(bench.call(approve(&plan)).await.unwrap_err().code, ProblemCode::Refused);
    assert_eq!(bench.stored().await, NOTHING);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_can_be_planned_can_be_scheduled_as_it_was_shown() {
    let bench = Bench::new().await;
    for what in [
        "restart nginx on localhost",
        "update nginx on localhost",
        "install htop on localhost",
        "show the last 50 lines of /var/log/syslog on localhost",
        "run \"uptime -p\" on localhost",
        "stop nginx on localhost then start nginx on localhost",
        "reboot localhost",
        "kill process java on localhost",
    ] {
        for request in [format!("every Sunday at 03:00 UTC {what}"), format!("{what} every Sunday at 03:00 UTC")] {
            let proposal = bench.proposal(&request).await;
            let Some(plan) = proposal.plan else {
                assert_ne!(
                    proposal.reading.disposition,
                    Disposition::Confirm,
                    "{request}: {}",
                    proposal.reading.sentence
                );
                println!("no plan for “{request}”: {}", proposal.reading.sentence);
                continue;
            };
            let schedule = bench.schedule(&plan).await.unwrap_or_else(|problem| panic!("{request}: {problem}"));
            assert_eq!(schedule.approval.is_some(), plan.needs_approval(), "{request}");
            assert_eq!(bench.shown(&schedule.name).await.hindrance, "", "{request}: it would run under its approval");
        }
    }
}
