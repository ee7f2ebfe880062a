//! The inbox on a real store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use std::path::Path;
use std::sync::{Arc, Mutex};
use wheelhouse_notifications::{Inbox, Memory, NewNotification, from_event};
use wheelhouse_protocol::event::{Event, Publisher};
use wheelhouse_protocol::job::Level;
use wheelhouse_protocol::notification::{AcknowledgeNotifications, ListNotifications, NotificationCounts, Source};
use wheelhouse_protocol::{Problem, ProblemCode};
use wheelhouse_store::Store;

type Heard = Arc<Mutex<Vec<Event>>>;

async fn inbox(directory: &Path) -> (Inbox, Arc<Store>, Heard) {
    let store = Arc::new(Store::open(directory, "test").await.unwrap());
    let heard = Heard::default();
    let ear = Arc::clone(&heard);
    let publisher = Publisher::new(move |event| ear.lock().unwrap().push(event));
    (Inbox::new(Arc::clone(&store), publisher), store, heard)
}

fn news(fingerprint: &str, level: Level) -> NewNotification {
    NewNotification {
        source: Source::Mqtt,
        level,
        service: "broker:1883".to_owned(),
        message: format!("{fingerprint} happened"),
        details: "in detail".to_owned(),
        fingerprint: fingerprint.to_owned(),
        action_required: level >= Level::Error,
        job: None,
    }
}

#[tokio::test]
async fn the_same_again_is_counted_and_told() {
    let home = tempfile::tempdir().unwrap();
    let (inbox, store, heard) = inbox(home.path()).await;
    let first = inbox.raise(news("a", Level::Warning)).await.unwrap();
    let again = inbox.raise(news("a", Level::Error)).await.unwrap();
    assert_eq!((again.id, again.count, again.level), (first.id, 2, Level::Error), "one entry, as bad as it ever was");
    inbox.raise(news("b", Level::Info)).await.unwrap();
    let expected = NotificationCounts { total: 2, unacknowledged: 2, action_required: 1, worst: Some(Level::Error) };
    assert_eq!(inbox.counts().await.unwrap(), expected);
    let told = heard.lock().unwrap().clone();
    assert_eq!(told.len(), 6, "each entry and the figures after it: {told:?}");
    assert!(matches!(&told[2], Event::Notification(n) if n.count == 2), "{:?}", told[2]);
    assert_eq!(told[5], Event::NotificationCounts(expected));
    store.close().await;
}

#[tokio::test]
async fn acknowledging_closes_an_entry_and_the_next_time_is_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    let (inbox, store, heard) = inbox(home.path()).await;
    let first = inbox.raise(news("a", Level::Error)).await.unwrap();
    inbox.raise(news("b", Level::Error)).await.unwrap();
    let one = AcknowledgeNotifications { ids: vec![first.id], note: "known".to_owned() };
    let counts = inbox.acknowledge(&one, "ada").await.unwrap();
    assert_eq!((counts.total, counts.unacknowledged, counts.action_required), (2, 1, 1));
    assert_eq!(heard.lock().unwrap().last(), Some(&Event::NotificationCounts(counts)), "the doors are told");
    let page = inbox.list(&ListNotifications::default()).await.unwrap();
    assert_eq!(page.counts, counts);
    let order: Vec<&str> = page.notifications.iter().map(|n| n.fingerprint.as_str()).collect();
    assert_eq!(order, ["b", "a"], "what needs somebody comes first");
    let closed = &page.notifications[1];
    assert_eq!((closed.acknowledged_by.as_deref(), closed.note.as_str()), (Some("ada"), "known"));
    let new = inbox.raise(news("a", Level::Error)).await.unwrap();
    assert!(new.id != first.id && new.count == 1, "a closed entry is not counted up: {new:?}");
    let open = ListNotifications { open_only: true, ..ListNotifications::default() };
    assert_eq!(inbox.list(&open).await.unwrap().notifications.len(), 2);
    let all = inbox.acknowledge(&AcknowledgeNotifications::default(), "ada").await.unwrap();
    assert_eq!((all.total, all.unacknowledged, all.worst), (3, 0, None), "none named means all");
    store.close().await;
}

#[tokio::test]
async fn entries_survive_the_program() {
    let home = tempfile::tempdir().unwrap();
    let (first, store, _) = inbox(home.path()).await;
    first.raise(news("a", Level::Critical)).await.unwrap();
    store.close().await;
    let (second, store, _) = inbox(home.path()).await;
    let again = second.raise(news("a", Level::Critical)).await.unwrap();
    assert_eq!(again.count, 2, "it goes on counting");
    store.close().await;
}

#[tokio::test]
async fn an_entry_needs_words() {
    let home = tempfile::tempdir().unwrap();
    let (inbox, store, _) = inbox(home.path()).await;
    let silent = NewNotification { message: "  ".to_owned(), ..news("a", Level::Info) };
    assert_eq!(Problem::from(inbox.raise(silent).await.unwrap_err()).code, ProblemCode::InvalidInput);
    assert!(inbox.raise(news("", Level::Info)).await.is_err(), "what makes it the same must be said");
    let endless = NewNotification { details: "x".repeat(1_000_000), ..news("a", Level::Info) };
    assert!(inbox.raise(endless).await.unwrap().details.len() < 21_000, "cut, not refused");
    store.close().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_news_that_the_disk_is_full_needs_no_disk() {
    use std::process::Command;
    struct SmallDisk(std::path::PathBuf);
    impl Drop for SmallDisk {
        fn drop(&mut self) {
            Command::new("umount").arg("-l").arg(&self.0).status().ok();
        }
    }
    let home = tempfile::tempdir().unwrap();
    let at = home.path().join("disk");
    std::fs::create_dir_all(&at).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(&at).output();
    if !mounted.is_ok_and(|out| out.status.success()) {
        let why = "SKIPPED: mounting a small tmpfs needs root";
        assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "{why}");
        eprintln!("{why}");
        return;
    }
    let disk = SmallDisk(at);
    let (inbox, store, heard) = inbox(&disk.0.join("data")).await;
    inbox.raise(news("before", Level::Info)).await.unwrap();
    // A write-ahead log can be used again after a failure: only a row of failures is a full disk.
    std::fs::write(disk.0.join("rest"), vec![0; 2 << 20]).expect_err("not a byte is left");
    let (mut failures, mut n) = (0, 0);
    while failures < 20 {
        let filler = if failures < 10 { "x".repeat(20_000) } else { "x".to_owned() };
        let refused = store.set_setting(&format!("k{n}"), &filler).await.is_err();
        failures = if refused { failures + 1 } else { 0 };
        n += 1;
        assert!(n < 5000, "two megabytes cannot hold this");
    }

    let mut memory = Memory::default();
    let problem = store.health().borrow().clone();
    let full = from_event(&Event::Store(problem), &mut memory).expect("it is worth an entry");
    let told = inbox.raise(full.clone()).await.expect("it waits in memory");
    assert_eq!((told.level, told.action_required), (Level::Critical, true));
    assert_eq!(inbox.raise(full).await.unwrap().count, 2, "it is counted while it waits");
    assert!(heard.lock().unwrap().iter().any(|e| matches!(e, Event::Notification(n) if n.id == told.id)), "told");
    let page = inbox.list(&ListNotifications::default()).await.unwrap();
    assert_eq!(page.notifications[0].id, told.id, "listed, and first");
    assert_eq!((page.counts.total, page.counts.worst), (2, Some(Level::Critical)));
    assert!(
        inbox.acknowledge(&AcknowledgeNotifications::default(), "ada").await.is_err(),
        "it cannot be closed before it is stored"
    );

    let grown = Command::new("mount").args(["-o", "remount,size=16m"]).arg(&disk.0).status().unwrap();
    assert!(grown.success(), "growing the small disk");
    let better = from_event(&Event::Store(None), &mut memory).expect("the recovery is worth one, too");
    inbox.raise(better).await.unwrap();
    assert_eq!(inbox.counts().await.unwrap().total, 3, "what was stored no longer waits");
    store.close().await;
    drop((inbox, store));

    let (after, store, _) = crate::inbox(&disk.0.join("data")).await;
    let page = after.list(&ListNotifications::default()).await.unwrap();
    let kept: Vec<(&str, u32)> = page.notifications.iter().map(|n| (n.fingerprint.as_str(), n.count)).collect();
    assert_eq!(kept, [("store/failing", 2), ("store/recovered", 1), ("before", 1)], "all of it is stored now");
    store.close().await;
}
