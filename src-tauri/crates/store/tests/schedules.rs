//! Recipes and schedules in the store: versions, claims, and what a killed program leaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use uuid::Uuid;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::plan::{Proposal, ProposalState, Strategy};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::recipe::{Recipe, RecipeBody};
use wheelhouse_protocol::schedule::{Coverage, RunState, ScheduleRun, StandingApproval, When};
use wheelhouse_protocol::{PlanId, RecipeId, ScheduleId, StandingApprovalId, Timestamp};
use wheelhouse_store::audit::Entry;
use wheelhouse_store::recipes::NewRecipe;
use wheelhouse_store::schedules::{NewSchedule, PlannedSchedule};
use wheelhouse_store::{Store, StoreError};

/// Where the child finds the data; it is this very test, started again.
const CHILD: &str = "WHEELHOUSE_TEST_CLAIMS_IN";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn record(what: &'static str) -> Entry {
    Entry { at: at(0), who: "ada".to_owned(), what, detail: json!({}) }
}

async fn open(path: &Path) -> Store {
    Store::open(path, "wh").await.unwrap()
}

async fn save(store: &Store, name: &str, targets: &str) -> Recipe {
    let body = RecipeBody {
        request: "check uptime".to_owned(),
        steps: vec![Action::Uptime],
        targets: targets.to_owned(),
        strategy: Strategy::default(),
        risk: Risk::Low,
        parameters: Vec::new(),
    };
    let new = NewRecipe { name: name.to_owned(), description: String::new(), body, who: "ada".to_owned(), at: at(0) };
    store.save_recipe(&new).await.unwrap()
}

async fn schedule(store: &Store, recipe: &Recipe) -> NewSchedule {
    let new = NewSchedule {
        id: ScheduleId(Uuid::now_v7()),
        name: "hourly".to_owned(),
        recipe: recipe.id,
        version: recipe.version,
        parameters: BTreeMap::new(),
        targets: None,
        when: When::Cron { expression: "0 * * * *".to_owned(), zone: "UTC".to_owned() },
        who: "ada".to_owned(),
        at: at(0),
    };
    store.add_schedule(&new, &record("schedule.saved")).await.unwrap();
    new
}

#[tokio::test]
async fn a_name_gets_versions_and_the_old_ones_stay() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let first = save(&store, "Deploy", "web").await;
    let second = save(&store, "deploy", "db").await;
    assert_eq!((second.id, second.version, second.name.as_str()), (first.id, 2, "Deploy"), "case makes no other name");
    let history = store.recipe_history("DEPLOY").await.unwrap();
    let targets: Vec<&str> = history.iter().map(|r| r.body.targets.as_str()).collect();
    assert_eq!(targets, ["db", "web"], "newest first");
    assert_ne!(history[0].hash, history[1].hash);
    assert_eq!(store.recipe("deploy", Some(1)).await.unwrap(), first);
    assert!(matches!(store.recipe("deploy", Some(3)).await, Err(StoreError::NotFound { .. })));
    let new = schedule(&store, &first).await;
    let refused = store.delete_recipe(first.id, &record("recipe.deleted")).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Conflict(why) if why.contains("hourly")), "{refused}");
    store.delete_schedule(new.id, &record("schedule.deleted")).await.unwrap();
    store.delete_recipe(first.id, &record("recipe.deleted")).await.unwrap();
    assert!(store.recipes().await.unwrap().is_empty());
    let again = save(&store, "deploy", "web").await;
    assert!(again.id != first.id && again.version == 1, "a deleted recipe does not come back under its name");
    let report = store.verify_audit().await.unwrap();
    assert_eq!((report.records, report.broken_at), (6, None), "one record for each change");
}

#[tokio::test]
async fn a_due_time_is_taken_once_and_only_as_it_was_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let (one, two) = (open(home.path()).await, open(home.path()).await);
    let recipe = save(&one, "look", "web").await;
    let new = schedule(&one, &recipe).await;
    let shown = one.schedule("hourly").await.unwrap().schedule;
    let (a, b) = tokio::join!(one.claim_run(&shown, at(60), at(61)), two.claim_run(&shown, at(60), at(61)));
    assert!(a.unwrap() ^ b.unwrap(), "one of the two");
    assert_eq!(one.schedule("hourly").await.unwrap().handled_until, at(60));
    one.enable_schedule(new.id, false, at(100), &record("schedule.disabled")).await.unwrap();
    assert!(!one.claim_run(&shown, at(120), at(121)).await.unwrap(), "it is held");
    one.enable_schedule(new.id, true, at(130), &record("schedule.enabled")).await.unwrap();
    let changed = NewSchedule { at: at(140), targets: Some("db".to_owned()), ..new };
    one.change_schedule(&changed, &record("schedule.changed")).await.unwrap();
    assert!(!two.claim_run(&shown, at(180), at(181)).await.unwrap(), "it is not the one that was looked at");
    let run = ScheduleRun {
        due_at: at(60),
        state: RunState::Started,
        at: at(62),
        plan: None,
        job: None,
        conversation: None,
        detail: String::new(),
    };
    let ours = one.schedule_runs(changed.id, 1).await.unwrap();
    assert_eq!(ours[0].state, RunState::Claimed);
    let mut finished = 0;
    for store in [&one, &two, &one, &two] {
        let ended = store.finish_run(changed.id, store.instance().id(), &run, &record("schedule.started")).await;
        finished += u32::from(ended.unwrap());
    }
    assert_eq!(finished, 1, "only who took it ends it, and once");
    let missed = one.note_missed(changed.id, &[at(60), at(240)], at(240), "asleep", &record("schedule.missed")).await;
    assert_eq!(missed.unwrap(), 1, "what has run was not missed");
}

#[tokio::test]
async fn what_a_killed_program_had_taken_is_found() {
    if let Some(home) = std::env::var_os(CHILD) {
        let store = open(Path::new(&home)).await;
        let shown = store.schedule("hourly").await.unwrap().schedule;
        assert!(store.claim_run(&shown, at(60), at(61)).await.unwrap());
        println!("\nclaimed");
        std::thread::sleep(std::time::Duration::from_secs(60));
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let recipe = save(&store, "look", "web").await;
    let new = schedule(&store, &recipe).await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_a_killed_program_had_taken_is_found", "--nocapture"])
        .env(CHILD, home.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "claimed"), "the child ended before it had taken the due time");
    assert!(store.abandoned_claims().await.unwrap().is_empty(), "its program lives");
    let shown = store.schedule("hourly").await.unwrap().schedule;
    assert!(!store.claim_run(&shown, at(60), at(62)).await.unwrap());
    // SIGKILL: it gets no chance to tidy up.
    child.kill().unwrap();
    child.wait().unwrap();
    let abandoned = store.abandoned_claims().await.unwrap();
    assert_eq!(abandoned.len(), 1);
    assert_eq!((abandoned[0].schedule, abandoned[0].due_at, abandoned[0].plan), (new.id, at(60), None));
    assert!(!store.claim_run(&shown, at(60), at(63)).await.unwrap(), "it is not run a second time");
}

/// A plan for later, waiting, as it would be stored with all that comes of it.
async fn planned(store: &Store) -> (Proposal, PlannedSchedule) {
    let id = PlanId(Uuid::now_v7());
    let proposal: Proposal = serde_json::from_value(json!({
        "id": id, "state": "open", "made_at": at(0),
        "reading": { "intent": "schedule", "disposition": "confirm", "risk": "low", "os": null, "slots": {}, "steps": [],
            "targets": { "groups": [], "hosts": [], "exclude": [], "tags": [], "resolved": [] },
            "questions": [], "reasons": [], "sentence": "Check uptime on 1 host" },
        "plan": { "id": id, "request": "hourly check uptime", "sentence": "Check uptime on 1 host", "intent": "schedule",
            "risk": "low", "hash": "abc", "targets": [], "steps": [],
            "strategy": { "limit": 32, "batch": "all", "canary": 0, "stop_after": 1 } },
    }))
    .unwrap();
    store.put_proposal(&proposal).await.unwrap();
    let body = RecipeBody {
        request: "check uptime".to_owned(),
        steps: vec![Action::Uptime],
        targets: "web".to_owned(),
        strategy: Strategy::default(),
        risk: Risk::Low,
        parameters: Vec::new(),
    };
    let recipe = Recipe {
        id: RecipeId(Uuid::now_v7()),
        name: "look".to_owned(),
        version: 1,
        description: String::new(),
        hash: body.hash(),
        body,
        saved_by: "ada".to_owned(),
        saved_at: at(0),
    };
    let when = When::Cron { expression: "0 * * * *".to_owned(), zone: "UTC".to_owned() };
    let schedule = NewSchedule {
        id: ScheduleId(Uuid::now_v7()),
        name: "look".to_owned(),
        recipe: recipe.id,
        version: 1,
        parameters: BTreeMap::new(),
        targets: None,
        when: when.clone(),
        who: "ada".to_owned(),
        at: at(0),
    };
    let covers = Coverage {
        schedule: schedule.id,
        when,
        recipe: recipe.id,
        version: 1,
        recipe_hash: recipe.hash.clone(),
        parameters: BTreeMap::new(),
        targets: "web".to_owned(),
        strategy: Strategy::default(),
        scripts: BTreeMap::new(),
    };
    let approval = StandingApproval {
        id: StandingApprovalId(Uuid::now_v7()),
        hash: covers.hash(),
        covers,
        max_targets: 1,
        who: "ada".to_owned(),
        at: at(0),
        expires_at: None,
    };
    (proposal, PlannedSchedule { plan: id, recipe, schedule, approval: Some(approval) })
}

#[tokio::test]
async fn a_plan_becomes_a_schedule_with_all_of_it_or_not_at_all() {
    // Ended at each step in turn: nothing of the ones before may stay.
    for table in ["recipes", "recipe_versions", "schedules", "standing_approvals", "audit", "settings"] {
        let home = tempfile::tempdir().unwrap();
        let store = open(home.path()).await;
        let (proposal, new) = planned(&store).await;
        let records = [record("plan.scheduled"), record("schedule.saved"), record("schedule.approved")];
        let file = home.path().join("operations.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let fail = format!("CREATE TRIGGER stop BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'ended here'); END");
        sqlx::query(sqlx::AssertSqlSafe(fail)).execute(&pool).await.unwrap();
        store.schedule_plan(&new, &records).await.expect_err(table);
        sqlx::query("DROP TRIGGER stop").execute(&pool).await.unwrap();
        assert_eq!(store.proposal(new.plan).await.unwrap(), proposal, "it waits as before, ended at {table}");
        assert!(store.recipes().await.unwrap().is_empty(), "ended at {table}");
        assert!(store.schedules().await.unwrap().is_empty(), "ended at {table}");
        assert_eq!(store.verify_audit().await.unwrap().records, 0, "ended at {table}");

        store.schedule_plan(&new, &records).await.unwrap();
        let started = store.proposal(new.plan).await.unwrap();
        assert_eq!(started.state, ProposalState::Started);
        assert_eq!(started.schedule.map(|s| (s.id, s.name)), Some((new.schedule.id, "look".to_owned())));
        let stored = store.schedule("look").await.unwrap().schedule;
        assert_eq!((stored.id, stored.recipe, stored.approval), (new.schedule.id, new.recipe.id, new.approval.clone()));
        assert_eq!(store.recipe("look", None).await.unwrap(), new.recipe);
        assert_eq!(store.verify_audit().await.unwrap().records, 4, "the recipe's, and the three that were given");
        let again = store.schedule_plan(&new, &records).await.unwrap_err();
        assert!(matches!(again, StoreError::Conflict(_)), "a plan is used once: {again}");
    }
}

#[tokio::test]
async fn a_plan_takes_no_name_that_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    save(&store, "LOOK", "web").await;
    let (proposal, new) = planned(&store).await;
    let taken = store.schedule_plan(&new, &[]).await.unwrap_err();
    assert!(matches!(&taken, StoreError::Conflict(why) if why.contains("recipe")), "{taken}");
    assert_eq!(store.proposal(new.plan).await.unwrap(), proposal, "it waits as before");
}
