//! The audit chain: what was changed behind its back is found, and where.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says so by failing")]

use serde_json::json;
use wheelhouse_protocol::Timestamp;
use wheelhouse_store::Store;
use wheelhouse_store::audit::Entry;

async fn chain(home: &std::path::Path, records: u64) -> Store {
    let store = Store::open(home, "test").await.unwrap();
    for n in 1..=records {
        let entry =
            Entry { at: Timestamp::now(), who: "ada".to_owned(), what: "test.record", detail: json!({ "n": n }) };
        store.append_audit(&entry).await.unwrap();
    }
    store
}

/// Changes the table as an intruder with the file would: without the triggers.
async fn tamper(store: &Store, statement: &'static str) {
    let file = store.directory().join("operations.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    for statement in ["DROP TRIGGER audit_is_never_changed", "DROP TRIGGER audit_is_never_cut", statement] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
}

#[tokio::test]
async fn an_untouched_chain_holds() {
    let home = tempfile::tempdir().unwrap();
    let store = chain(home.path(), 2500).await;
    let report = store.verify_audit().await.unwrap();
    assert_eq!((report.records, report.broken_at), (2500, None), "{}", report.reason);
}

#[tokio::test]
async fn every_way_to_change_it_is_found_at_its_place() {
    let ways: [(&'static str, u64); 7] = [
        ("UPDATE audit SET detail = '{\"n\":9}' WHERE seq = 3", 3),
        ("UPDATE audit SET who = 'eve' WHERE seq = 2", 2),
        ("UPDATE audit SET at = at + 1 WHERE seq = 4", 4),
        ("UPDATE audit SET what = 'nothing' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("UPDATE audit SET seq = 6 WHERE seq = 5", 5),
        ("UPDATE audit SET hash = previous WHERE seq = 5", 5),
    ];
    for (statement, place) in ways {
        let home = tempfile::tempdir().unwrap();
        let store = chain(home.path(), 5).await;
        tamper(&store, statement).await;
        let report = store.verify_audit().await.unwrap();
        assert_eq!(report.broken_at, Some(place), "{statement}: {}", report.reason);
    }
}

#[tokio::test]
async fn the_program_itself_cannot_change_it() {
    let home = tempfile::tempdir().unwrap();
    let store = chain(home.path(), 3).await;
    let file = store.directory().join("operations.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    for statement in ["UPDATE audit SET who = 'eve'", "DELETE FROM audit"] {
        let error = sqlx::query(statement).execute(&pool).await.expect_err("the triggers must refuse it");
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}
