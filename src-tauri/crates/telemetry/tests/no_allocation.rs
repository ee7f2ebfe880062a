//! Inside a tick the loop's thread asks the allocator for nothing and gives it nothing back.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::{Room, eventually};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use wheelhouse_control::StationSettings;
use wheelhouse_protocol::control::{Mode, PoleSettings, SetControl};
use wheelhouse_telemetry::Options;

/// Calls of the allocator per thread, by its id: a thread-local count could itself allocate.
static CALLS: [AtomicU64; 1 << 16] = [const { AtomicU64::new(0) }; 1 << 16];

struct Counting;

fn note() {
    // SAFETY: gettid has no preconditions and only returns a number.
    #[expect(unsafe_code, reason = "the only way to know the thread without allocating")]
    let id = unsafe { libc::gettid() };
    CALLS[id as usize % CALLS.len()].fetch_add(1, Ordering::Relaxed);
}

// SAFETY: every call is passed on to the system's allocator unchanged.
#[expect(unsafe_code, reason = "an allocator is an unsafe trait")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: as promised to us.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        note();
        // SAFETY: as promised to us.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as promised to us.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The calls the thread named `control-loop` made so far.
fn calls_of_the_loop() -> u64 {
    let id = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .map(|task| task.unwrap().path())
        .find(|task| std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "control-loop"))
        .and_then(|task| task.file_name()?.to_str()?.parse::<usize>().ok())
        .expect("the loop's thread is there");
    CALLS[id % CALLS.len()].load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_do_not_allocate() {
    let station = StationSettings { rate_hz: 1000.0, ..StationSettings::default() };
    let room = Room::open(Options { station, ..Options::default() }).await;
    let begun = async || room.telemetry.control_status().ticks > 100;
    assert!(eventually(begun).await, "it runs");
    let (calls, ticks) = (calls_of_the_loop(), room.telemetry.control_status().ticks);
    assert!(calls > 0, "the count works: starting a thread does allocate");
    for n in 0..10 {
        let change = SetControl {
            mode: Some(if n % 2 == 0 { Mode::Idle } else { Mode::StationKeep }),
            reference: Some([f64::from(n), 0.0, 0.0]),
            poles: Some(PoleSettings { lambda: 0.1 + f64::from(n) / 100.0, ..PoleSettings::default() }),
        };
        room.telemetry.set_control(&change).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let status = room.telemetry.control_status();
    assert!(status.ticks > ticks + 300, "it ticked on: {}", status.ticks - ticks);
    assert_eq!(calls_of_the_loop(), calls, "calls of the allocator in {} ticks", status.ticks - ticks);
    eprintln!("1000 Hz: lateness {:?} µs, {} overruns in {} ticks", status.lateness_us, status.overruns, status.ticks);
    room.close().await;
}
