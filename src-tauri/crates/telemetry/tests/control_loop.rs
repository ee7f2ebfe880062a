//! The control loop as it runs: on its own thread, told and telling.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Room, eventually};
use std::time::Duration;
use wheelhouse_control::StationSettings;
use wheelhouse_protocol::control::{ControlStatus, Mode, PoleSettings, SetControl};
use wheelhouse_protocol::event::Event;
use wheelhouse_protocol::telemetry::GetSeries;
use wheelhouse_protocol::{Problem, ProblemCode};
use wheelhouse_telemetry::Options;

fn norm(v: [f64; 3]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_flies_from_the_first_moment() {
    let room = Room::open(Options::default()).await;
    let begin = async || room.telemetry.control_status().ticks > 0;
    assert!(eventually(begin).await, "it ticks");
    let start = room.telemetry.control_status();
    assert_eq!((start.mode, start.rate_hz), (Mode::StationKeep, 100.0));
    assert!((0.8915..0.8930).contains(&start.lipschitz), "L = {}", start.lipschitz);
    assert!(norm(start.position_error) > 1.0, "it begins off station: {:?}", start.position_error);
    let closer = async || norm(room.telemetry.control_status().position_error) < norm(start.position_error) / 2.0;
    assert!(eventually(closer).await, "and comes closer");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let status = room.telemetry.control_status();
    assert!((status.time - (status.ticks - 1) as f64 / 100.0).abs() < 1e-9, "simulated time is ticks at 100 Hz");
    let [median, p99, worst] = status.lateness_us;
    assert!(0.0 < median && median <= p99 && p99 <= worst, "{:?}", status.lateness_us);
    assert!(median < 100_000.0, "half of its ticks within a tenth of a second: {median} µs");
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_does_can_be_changed() {
    let room = Room::open(Options::default()).await;
    let set = async |change: SetControl| room.telemetry.set_control(&change).await;
    let idle = set(SetControl { mode: Some(Mode::Idle), ..SetControl::default() }).await.unwrap();
    assert_eq!((idle.mode, idle.thrust), (Mode::Idle, [0.0; 3]), "the answer is from after the change");
    let poles = PoleSettings { lambda: 0.2, omega: 1.4, zeta: 0.8 };
    let other = set(SetControl { poles: Some(poles), ..SetControl::default() }).await.unwrap();
    assert_eq!((other.mode, other.poles), (Mode::Idle, poles), "what is absent stays");
    assert!(other.lipschitz < 0.83, "λ = 0.2 decays by e^−0.2 = 0.819 a second: {}", other.lipschitz);
    let change =
        SetControl { mode: Some(Mode::StationKeep), reference: Some([0.0, 40.0, 0.0]), ..SetControl::default() };
    let held = set(change).await.unwrap();
    assert_eq!((held.mode, held.reference), (Mode::StationKeep, [0.0, 40.0, 0.0]));
    assert!(norm(held.thrust) > 100.0, "it is on its way: {:?}", held.thrust);
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_safe_is_refused_and_changes_nothing() {
    let room = Room::open(Options::default()).await;
    let good = PoleSettings::default();
    let poles = |poles| SetControl { poles: Some(poles), ..SetControl::default() };
    let reference = |reference| SetControl { reference: Some(reference), ..SetControl::default() };
    for (change, code) in [
        (poles(PoleSettings { omega: 250.0, ..good }), ProblemCode::Refused),
        (poles(PoleSettings { lambda: 1e-7, ..good }), ProblemCode::Refused),
        (poles(PoleSettings { lambda: -0.1, ..good }), ProblemCode::InvalidInput),
        (poles(PoleSettings { zeta: f64::NAN, ..good }), ProblemCode::InvalidInput),
        (reference([10_000.5, 0.0, 0.0]), ProblemCode::InvalidInput),
        (reference([0.0, f64::NAN, 0.0]), ProblemCode::InvalidInput),
    ] {
        let problem = Problem::from(room.telemetry.set_control(&change).await.unwrap_err());
        assert_eq!(problem.code, code, "{change:?}: {problem}");
        assert!(!problem.detail.is_empty() && problem.source.is_some(), "{problem:?}");
    }
    let status = room.telemetry.control_status();
    assert_eq!((status.poles, status.reference), (good, [0.0; 3]));
    room.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_state_reaches_the_doors_and_the_plots_at_a_set_rate() {
    let room = Room::open(Options::default()).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    room.telemetry.shutdown().await;
    let heard = room.ear.heard();
    let states: Vec<&ControlStatus> =
        heard.iter().filter_map(|e| if let Event::Control(s) = e { Some(s) } else { None }).collect();
    assert!((5..=32).contains(&states.len()), "at most ten a second: {} in three", states.len());
    assert!(states.is_sorted_by_key(|s| s.ticks), "in order");
    let frames = heard.iter().filter(|e| matches!(e, Event::Frame(_))).count();
    assert!((5..=47).contains(&frames), "at most fifteen frames a second: {frames} in three");
    let list = room.telemetry.list_series().await.unwrap();
    for (name, unit) in [
        ("control/position_error_x", "m"),
        ("control/position_error_norm", "m"),
        ("control/thrust_x", "N"),
        ("control/lipschitz", ""),
    ] {
        let series = list.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("{name} is listed"));
        assert_eq!(series.unit, unit, "{name}");
        assert!((10..=62).contains(&series.count), "twenty a second: {} of {name} in three", series.count);
        let stored = room.stored(name).await;
        assert!((1..=5).contains(&stored), "one a second reaches the disk: {stored} of {name}");
    }
    let wanted = GetSeries {
        names: vec!["control/position_error_norm".to_owned(), "control/none".to_owned()],
        from: None,
        to: None,
        seconds: 60.0,
        width: 10,
    };
    let series = room.telemetry.get_series(&wanted).await.unwrap();
    assert!((10..=20).contains(&series[0].points.len()), "two points per pixel: {}", series[0].points.len());
    assert_eq!(
        (series[1].name.as_str(), series[1].points.len()),
        ("control/none", 0),
        "unknown is empty, not an error"
    );
    room.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_that_cannot_be_is_refused_at_the_start() {
    let home = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(wheelhouse_store::Store::open(home.path(), "test").await.unwrap());
    let publisher = wheelhouse_protocol::event::Publisher::nobody;
    for rate_hz in [0.0, 2000.0, f64::NAN] {
        let station = StationSettings { rate_hz, ..StationSettings::default() };
        let options = Options { station, ..Options::default() };
        let refused = wheelhouse_telemetry::Telemetry::start(store.clone(), publisher(), options).await;
        assert!(refused.is_err(), "{rate_hz} Hz");
    }
    store.close().await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_ends_the_thread() {
    let threads = || {
        std::fs::read_dir("/proc/self/task")
            .unwrap()
            .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok())
            .filter(|name| name.trim() == "wh-shutdown")
            .count()
    };
    let station = StationSettings { rate_hz: 50.0, ..StationSettings::default() };
    let options = Options { station, thread_name: "wh-shutdown", ..Options::default() };
    let room = Room::open(options.clone()).await;
    assert!(eventually(async || threads() == 1).await, "it has a thread of its own");
    room.telemetry.shutdown().await;
    // The system's list may be a moment behind.
    assert!(eventually(async || threads() == 0).await, "the thread is gone");
    room.telemetry.shutdown().await;
    let late = room.telemetry.set_control(&SetControl { mode: Some(Mode::Idle), ..SetControl::default() }).await;
    assert_eq!(Problem::from(late.unwrap_err()).code, ProblemCode::Timeout, "nobody is there to take it up");
    drop(room);
    let dropped = Room::open(options).await;
    drop(dropped);
    assert!(eventually(async || threads() == 0).await, "dropping without a farewell ends it too");
}
