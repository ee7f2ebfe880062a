//! What answers ask: of a database written before there were any, and of a large one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::path::Path;
use std::time::{Duration, Instant};
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::inventory::ConnectionKind;
use wheelhouse_protocol::job::{JobState, Level};
use wheelhouse_store::Store;
use wheelhouse_store::answers::{AlertQuestion, JobQuestion, Span, TargetQuestion, Trait};

async fn raw(home: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(home.join("operations.db")).create_if_missing(true);
    SqlitePool::connect_with(options).await.unwrap()
}

/// So many targets, each with an SSH connection; every hundredth failed when it was last tried.
const TARGETS: &str = "
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
    INSERT INTO targets (id, name, name_key, addresses, os, tags, maintenance, notes, connections, last_contact, last_failure)
    SELECT printf('00000000-0000-7000-8000-%012x', i), printf('node-%05d', i), printf('node-%05d', i), '[]', 'linux', '[]',
        0, '', '[{\"kind\":\"ssh\"}]', i * 1000000, CASE i % 100 WHEN 0 THEN 'connection refused' ELSE '' END
    FROM n";

/// So many jobs on twenty of them each, a minute apart, every tenth failed; with a plan as long as plans are.
const JOBS: &str = "
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
    INSERT INTO jobs (id, plan, hash, request, sentence, state, risk, who, instance, created_at, started_at,
        finished_at, counts, steps, body)
    SELECT printf('00000000-0000-7000-9000-%012x', i), printf('00000000-0000-7000-a000-%012x', i), '', 'request',
        'sentence', CASE i % 10 WHEN 0 THEN 'failed' ELSE 'succeeded' END, 'low', 'ada',
        '00000000-0000-7000-b000-000000000000', i * 60000000, i * 60000000, (i + 1) * 60000000,
        '{\"changed\":0,\"unchanged\":20,\"failed\":0,\"skipped\":0,\"unreachable\":0,\"unknown\":0,\"open\":0}', 1,
        json_object('targets', (WITH RECURSIVE m (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM m WHERE k < 19)
            SELECT json_group_array(json_object('id', printf('00000000-0000-7000-8000-%012x', (i * 20 + k) % 10000))) FROM m),
            'script', printf('%.2000c', 'x'))
    FROM n";

/// What accepting a job, and bringing an old database up to date, note about it.
const JOB_TARGETS: &str = "
    INSERT INTO job_targets (target, job)
    SELECT DISTINCT json_extract(t.value, '$.id'), j.id FROM jobs j, json_each(j.body, '$.targets') t";

const ALERTS: &str = "
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
    INSERT INTO notifications (id, at, first_at, count, source, level, severity, service, message, details, fingerprint,
        action_required)
    SELECT printf('00000000-0000-7000-c000-%012x', i), i * 60000000, i * 60000000, 1, 'job', 'error', 3, 'job',
        CASE i % 10 WHEN 0 THEN 'The disk is full' ELSE 'A job failed' END, '', i, 1
    FROM n";

#[tokio::test]
async fn jobs_from_before_are_found_by_their_machines() {
    let (home, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../migrations/operations");
    std::fs::copy(migrations.join("0001_first_floor.sql"), old.path().join("0001_first_floor.sql")).unwrap();
    let pool = raw(home.path()).await;
    sqlx::migrate::Migrator::new(old.path()).await.unwrap().run(&pool).await.unwrap();
    sqlx::query(TARGETS).execute(&pool).await.unwrap();
    let fewer: &'static str = Box::leak(JOBS.replace("i < 9999", "i < 999").into_boxed_str());
    sqlx::query(fewer).execute(&pool).await.unwrap();
    pool.close().await;

    let store = Store::open(home.path(), "test").await.unwrap();
    let question = JobQuestion { targets: Some(vec!["Node-00007".to_owned()]), ..JobQuestion::default() };
    let found = store.ask_jobs(&question, 5).await.unwrap();
    // Twenty of ten thousand a job: the same ones come round every five hundred jobs.
    assert_eq!((found.total(), found.newest.len()), (2, 2));
    let unreachable = TargetQuestion { with: Some(Trait::Unreachable), ..TargetQuestion::default() };
    let found = store.ask_targets(&unreachable, 50).await.unwrap();
    assert_eq!((found.total, found.among, found.first.len()), (100, 10_000, 50));
    assert_eq!(found.first[0].last_failure_at, None, "nobody kept the time then, and none is made up");
}

#[tokio::test]
async fn ten_thousand_of_each_are_answered_at_once() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path(), "test").await.unwrap();
    let pool = raw(home.path()).await;
    for statement in [TARGETS, JOBS, JOB_TARGETS, ALERTS] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let names: Vec<String> = (0..10_000).map(|n| format!("node-{n:05}")).collect();
    let minute = |n: i64| Timestamp::from_second(n * 60).unwrap();
    let failed = JobQuestion { states: vec![JobState::Failed, JobState::Interrupted], ..JobQuestion::default() };
    let hour = Span { from: Some(minute(9000)), to: Some(minute(9060)) };
    let some = || Some(names[..5000].to_vec());
    let jobs = [
        ("all", JobQuestion::default(), 10_000),
        ("failed", failed.clone(), 1000),
        ("failed within an hour", JobQuestion { span: hour, ..failed.clone() }, 6),
        ("on one machine", JobQuestion { targets: Some(names[7..8].to_vec()), ..JobQuestion::default() }, 20),
        ("on half of all", JobQuestion { targets: some(), ..failed.clone() }, 500),
        ("on none", JobQuestion { targets: Some(Vec::new()), ..JobQuestion::default() }, 0),
    ];
    let mut slowest = (Duration::ZERO, String::new());
    let mut took = |what: String, began: Instant| {
        let time = began.elapsed();
        println!("{time:>12.1?}  {what}");
        if time > slowest.0 {
            slowest = (time, what);
        }
    };
    for (what, question, n) in jobs {
        let began = Instant::now();
        let found = store.ask_jobs(&question, 50).await.unwrap();
        took(format!("jobs {what}"), began);
        assert_eq!(found.total(), n, "jobs {what}");
        assert_eq!(found.newest.len() as u64, n.min(50), "jobs {what}");
        assert!(found.newest.is_sorted_by(|a, b| a.created_at > b.created_at), "{what}: the newest first");
    }
    let (usable, silent) = (vec![ConnectionKind::Local, ConnectionKind::Ssh], minute(100));
    for (what, with, n) in [
        ("all", None, 10_000),
        ("no credentials", Some(Trait::NoCredentials), 10_000),
        ("no connection", Some(Trait::NoConnection(usable)), 0),
        ("unreachable", Some(Trait::Unreachable), 100),
        ("silent", Some(Trait::Silent(silent)), 6000),
    ] {
        for names in [None, Some(names.clone())] {
            let began = Instant::now();
            let named = if names.is_some() { ", all of them named" } else { "" };
            let question = TargetQuestion { names, os: None, with: with.clone() };
            let found = store.ask_targets(&question, 50).await.unwrap();
            took(format!("targets {what}{named}"), began);
            assert_eq!((found.total, found.first.len() as u64), (n, n.min(50)), "targets {what}");
        }
    }
    let words = vec!["disk".to_owned(), "no space".to_owned()];
    let alerts = AlertQuestion { level: Level::Warning, span: Span::default(), open: None, words, targets: None };
    let began = Instant::now();
    let found = store.ask_alerts(&alerts, 50).await.unwrap();
    took("alerts about disks".to_owned(), began);
    assert_eq!((found.total, found.open, found.newest.len()), (1000, 1000, 50));
    // Tens of milliseconds on a laptop; a plan read for every job, or a lookup for every pair, takes minutes.
    assert!(slowest.0 < Duration::from_secs(5), "{} took {:?}", slowest.1, slowest.0);
}
