//! After a crash: what is told of a job nobody goes on with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Bench, action, cell};
use wheelhouse_protocol::action::{Action, LocalFile, Name};
use wheelhouse_protocol::job::{CellState, Counts, JobEvent, JobEventKind, JobState, JobSummary};
use wheelhouse_protocol::plan::Plan;
use wheelhouse_protocol::{JobId, Timestamp};
use wheelhouse_store::Store;
use wheelhouse_store::jobs::{JobWrite, NewJob};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_have_been_sent_is_not_denied() {
    let bench = Bench::new().await;
    let target = bench.target("t", 1, Some("ada"), None).await;
    let source = LocalFile { path: "/app.conf".to_owned(), sha256: "00".repeat(32), size: 1 };
    let copy = Action::FileCopy { source, destination: "/etc/app.conf".to_owned() };
    let start = Action::ServiceStart { service: Name::plain("nginx") };
    for (what, may_have_sent) in [(copy, true), (start, false)] {
        let job = abandoned(&bench, action(std::slice::from_ref(&target), what)).await;
        bench.engine.recover().await.unwrap();
        let detail = bench.store.job_detail(job).await.unwrap();
        assert_eq!(detail.summary.state, JobState::Interrupted);
        let (state, words) = cell(&detail, 0);
        assert_eq!(state, CellState::Skipped, "{words}");
        assert!(words.starts_with("Wheelhouse ended before its script was sent"), "{words}");
        assert_eq!(words.contains("its file may lie in"), may_have_sent, "{words}");
    }
}

/// A job of a program that ended while it connected to its one target.
async fn abandoned(bench: &Bench, plan: Plan) -> JobId {
    bench.put_proposal(&plan).await;
    let gone = Store::open(bench.home.path(), "test").await.unwrap();
    let (job, at) = (JobId(uuid::Uuid::now_v7()), Timestamp::now());
    let summary = JobSummary {
        id: job,
        plan: plan.id,
        hash: plan.hash.clone(),
        request: plan.request.clone(),
        sentence: plan.sentence.clone(),
        state: JobState::Queued,
        risk: plan.risk,
        who: "ada".to_owned(),
        instance: gone.instance().id(),
        created_at: at,
        started_at: None,
        finished_at: None,
        counts: Counts::default(),
        steps: 1,
    };
    gone.accept_job(&NewJob { summary, plan, approval: None, closes_proposal: false }, &[]).await.unwrap();
    let connecting = JobEventKind::Cell {
        step: 0,
        target: 0,
        state: CellState::Connecting,
        detail: String::new(),
        exit_code: None,
        rollback: None,
    };
    let events = vec![JobEvent { job, seq: 1, at, what: connecting }];
    gone.write_job(job, &JobWrite { events, ..JobWrite::default() }).await.unwrap();
    gone.close().await;
    job
}
