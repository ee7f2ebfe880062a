//! What was taken in reaches the disk, comes back, and goes when it is old.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Room, eventually};
use std::sync::Arc;
use wheelhouse_protocol::event::Publisher;
use wheelhouse_protocol::telemetry::{GetSeries, Point};
use wheelhouse_protocol::{Problem, Timestamp};
use wheelhouse_store::Store;
use wheelhouse_telemetry::{Options, Telemetry};

const HOUR: f64 = 3_600_000.0;

fn now() -> f64 {
    Timestamp::now().as_millisecond() as f64
}

fn window(name: &str, from: f64, to: f64, width: u32) -> GetSeries {
    GetSeries { names: vec![name.to_owned()], from: Some(from), to: Some(to), seconds: 60.0, width }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_one_line_from_store_and_memory() {
    let room = Room::open(Options::default()).await;
    let start = now() - 100_000.0;
    let record = |telemetry: &Telemetry, n: u32| {
        let spike = if n == 3333 { 1000.0 } else { f64::from(n % 10) };
        telemetry.record("probe", "V", Point { t: start + f64::from(n), v: spike }).unwrap();
    };
    (0..10_000).for_each(|n| record(&room.telemetry, n));
    room.telemetry.shutdown().await;
    // The next run remembers nothing but what is stored, and goes on.
    let telemetry = Telemetry::start(Arc::clone(&room.store), Publisher::nobody(), Options::default()).await.unwrap();
    (10_000..20_000).for_each(|n| record(&telemetry, n));
    let series = telemetry.get_series(&window("probe", start, start + 20_000.0, 100)).await.unwrap().remove(0);
    assert_eq!(series.unit, "V");
    assert!((150..=200).contains(&series.points.len()), "at most two per pixel: {}", series.points.len());
    assert!(series.points.is_sorted_by(|a, b| a.t < b.t), "in order, nothing twice");
    let (first, last) = (series.points[0].t, series.points[series.points.len() - 1].t);
    assert_eq!((first, last), (start, start + 19_999.0), "from the first to the last");
    assert!(series.points.contains(&Point { t: start + 3333.0, v: 1000.0 }), "a lone spike in the stored half is seen");
    let whole = telemetry.get_series(&window("probe", start, start + 20_000.0, 10_000)).await.unwrap().remove(0);
    assert_eq!(whole.points.len(), 20_000, "all of it where there are pixels enough");
    let part = telemetry.get_series(&window("probe", start + 9_990.0, start + 10_009.0, 100)).await.unwrap().remove(0);
    assert_eq!(part.points.len(), 20, "across the seam");
    let listed = telemetry.list_series().await.unwrap();
    let probe = listed.iter().find(|s| s.name == "probe").unwrap();
    assert_eq!((probe.count, probe.unit.as_str()), (10_000, "V"), "counted since the program started");
    telemetry.shutdown().await;
    room.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_a_moment_before_the_end_is_stored() {
    let room = Room::open(Options::default()).await;
    for n in 0..10 {
        room.telemetry.record("late", "", Point { t: now() + f64::from(n), v: 1.0 }).unwrap();
    }
    room.telemetry.shutdown().await;
    assert_eq!(room.stored("late").await, 10);
    room.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_samples_go_and_young_ones_stay() {
    let room = Room::open(Options { telemetry_days: 30, ..Options::default() }).await;
    let days = |n: f64| now() - n * 24.0 * HOUR;
    for (age, v) in [(40.0, 1.0), (10.0, 2.0), (3.0, 3.0), (0.0, 4.0)] {
        room.telemetry.record("aged", "", Point { t: days(age), v }).unwrap();
    }
    assert!(eventually(async || room.telemetry.figures().stored >= 4).await, "stored");
    room.telemetry.set_retention(30);
    assert!(eventually(async || room.stored("aged").await == 3).await, "forty days are too old");
    room.telemetry.set_retention(5);
    assert!(eventually(async || room.stored("aged").await == 2).await, "now ten are, too");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sample_is_refused() {
    let room = Room::open(Options { series: 20, ..Options::default() }).await;
    let good = Point { t: now(), v: 1.0 };
    for (name, point) in [
        ("x", Point { v: f64::NAN, ..good }),
        ("x", Point { v: f64::INFINITY, ..good }),
        ("x", Point { t: f64::NAN, ..good }),
        ("x", Point { t: 1e300, ..good }),
        ("", good),
    ] {
        let problem = Problem::from(room.telemetry.record(name, "", point).unwrap_err());
        assert!(problem.source.is_some(), "{problem}");
    }
    for n in 0..50 {
        room.telemetry.record(&format!("s{n}"), "", good).unwrap();
    }
    let figures = room.telemetry.figures();
    assert!(figures.series <= 20 && figures.refused_series >= 30, "{figures:?}");
    let notice = room.telemetry.link_status().notice;
    assert!(notice.contains("20 series are the most") && notice.contains("further series"), "{notice}");
    let too_many = GetSeries { names: vec!["s".to_owned(); 65], ..window("s", 0.0, 1.0, 1) };
    assert!(room.telemetry.get_series(&too_many).await.is_err(), "sixty-five at once");
    room.close().await;
}

/// A file system of a few megabytes, unmounted at the end.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(at: std::path::PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let mounted =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|out| out.status.success()).then_some(Self(at))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        std::process::Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_bounded_memory_and_is_got_over() {
    const WAITING: usize = 20_000;
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(home.path().join("disk")) else {
        let why = "SKIPPED: mounting a small tmpfs needs root";
        assert!(std::env::var_os("WHEELHOUSE_TEST_REQUIRE").is_none(), "{why}");
        eprintln!("{why}");
        return;
    };
    let store = Arc::new(Store::open(&disk.0.join("data"), "test").await.unwrap());
    let options = Options { waiting_samples: WAITING, ..Options::default() };
    let telemetry = Telemetry::start(Arc::clone(&store), Publisher::nobody(), options).await.unwrap();
    let mut sent = 0u32;
    let start = now();
    let mut send = |telemetry: &Telemetry, n: u32| {
        for _ in 0..n {
            sent += 1;
            telemetry.record("flood", "", Point { t: start + f64::from(sent), v: f64::from(sent) }).unwrap();
        }
        sent
    };
    let full = async || {
        send(&telemetry, 2000);
        telemetry.figures().problem.is_some()
    };
    assert!(eventually(full).await, "three megabytes are soon full");
    let problem = telemetry.figures().problem.unwrap();
    assert_eq!(problem.title, "The disk is full", "{problem}");
    assert!(store.health().borrow().is_some(), "the status light knows");
    let sent = send(&telemetry, 50_000);
    let figures = telemetry.figures();
    assert!(figures.waiting <= WAITING, "memory is bounded: {figures:?}");
    assert!(figures.lost >= 30_000, "what gave way is counted: {figures:?}");

    let grown = std::process::Command::new("mount").args(["-o", "remount,size=64m"]).arg(&disk.0).status().unwrap();
    assert!(grown.success(), "growing the small disk");
    let over = async || telemetry.figures().problem.is_none() && telemetry.figures().waiting < 100;
    assert!(eventually(over).await, "it goes on by itself: {:?}", telemetry.figures());
    telemetry.shutdown().await;
    let figures = telemetry.figures();
    let flood = store.samples("flood", 0, i64::MAX / 4, 10_000_000).await.unwrap().1;
    let control: usize = {
        let mut all = 0;
        for (name, _) in store.stored_series().await.unwrap() {
            all += store.samples(&name, 0, i64::MAX / 4, 10_000_000).await.unwrap().1.len();
        }
        all - flood.len()
    };
    assert_eq!(figures.stored as usize, flood.len() + control, "what it says is stored is stored");
    assert!(
        flood.len() as u64 + figures.lost >= u64::from(sent) && flood.len() as u64 <= u64::from(sent),
        "sent {sent}, stored {}, {figures:?}",
        flood.len()
    );
    assert_eq!(flood.last().map(|s| s.1), Some(f64::from(sent)), "the newest is there");
    store.close().await;
}
