//! Opening the data directory, when it is as it should be and when it is not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says so by failing")]

use std::fs;
use std::path::Path;
use wheelhouse_protocol::{Problem, ProblemCode};
use wheelhouse_store::{Store, StoreError};

async fn open(directory: &Path) -> Result<Store, StoreError> {
    Store::open(directory, "test").await
}

async fn raw(file: &Path, statement: &'static str) {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::query(statement).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_new_directory_is_private() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("data");
    let store = open(&directory).await.unwrap();
    store.close().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700, "nobody else may enter the data directory");
        assert_eq!(mode(&directory.join("operations.db")), 0o600, "nobody else may read the data");
    }
    assert!(!directory.join("backups").exists(), "there was nothing to back up");
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    open(home.path()).await.unwrap().close().await;
    let file = home.path().join("operations.db");
    raw(
        &file,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9001, 'later', 1, x'00', 0)",
    )
    .await;
    let before = fs::read(&file).unwrap();
    let error = open(home.path()).await.expect_err("a newer database must not be opened");
    assert!(matches!(error, StoreError::Newer { found: 9001, .. }), "{error:?}");
    let problem = Problem::from(error);
    assert!(problem.hint.contains("Nothing was changed"), "{problem}");
    assert_eq!(fs::read(&file).unwrap(), before, "not one byte may differ");
}

#[tokio::test]
async fn a_directory_in_the_files_place_is_named() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("operations.db")).unwrap();
    let problem = Problem::from(open(home.path()).await.expect_err("a folder is no database"));
    assert_eq!(problem.code, ProblemCode::Storage);
    assert!(problem.detail.contains("operations.db") && problem.detail.contains("is a folder"), "{problem}");
    assert!(!problem.hint.is_empty(), "it must say what to do");
}

#[tokio::test]
async fn something_else_in_the_files_place_is_called_damaged() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("operations.db"), "this is a letter to my aunt, not a database".repeat(50)).unwrap();
    let error = open(home.path()).await.expect_err("text is no database");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_in_the_directorys_place_is_named() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("data");
    fs::write(&path, "x").unwrap();
    let problem = Problem::from(open(&path).await.expect_err("a file is no directory"));
    assert!(problem.detail.contains("is a file"), "{problem}");
}

#[tokio::test]
async fn two_programs_can_start_at_once_on_an_empty_directory() {
    let home = tempfile::tempdir().unwrap();
    let (one, two) = tokio::join!(open(home.path()), open(home.path()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.instance().id(), two.instance().id(), "each is an instance of its own");
    assert!(one.claim_dead_instances().await.unwrap().is_empty(), "both live");
    let dead = two.instance().id();
    two.close().await;
    drop(two);
    let three = open(home.path()).await.unwrap();
    let mut claims = one.claim_dead_instances().await.unwrap();
    assert_eq!(claims.iter().map(|c| c.id()).collect::<Vec<_>>(), [dead], "the ended one is found, and only it");
    assert!(three.claim_dead_instances().await.unwrap().is_empty(), "only one program tidies up after it");
    one.forget_instance(claims.remove(0)).await.unwrap();
    assert!(three.claim_dead_instances().await.unwrap().is_empty(), "and it is gone");
}

#[tokio::test]
async fn another_programs_write_changes_the_counter() {
    let home = tempfile::tempdir().unwrap();
    let one = open(home.path()).await.unwrap();
    let two = open(home.path()).await.unwrap();
    let before = one.change_counter().await.unwrap();
    two.set_setting("x", &1).await.unwrap();
    assert_ne!(one.change_counter().await.unwrap(), before);
}
