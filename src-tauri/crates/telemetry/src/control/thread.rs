//! The loop's own thread. Between two deadlines it does exactly one tick, and in a tick it neither
//! allocates, nor locks, nor logs: what others want comes through a slot, what it has to tell leaves
//! through a ring, and neither ever makes it wait.

use super::clock::Clock;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use wheelhouse_control::{Setpoint, Snapshot, Station};

/// Ticks the ring holds: four seconds at 1000 Hz.
const RING: usize = 4096;

/// A wish, with the number by which the loop confirms it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) number: u64,
    pub(crate) setpoint: Setpoint,
}

/// What one tick has to tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beat {
    /// The last order taken up.
    pub(crate) order: u64,
    pub(crate) snapshot: Snapshot,
    /// How late the tick began [ns].
    pub(crate) lateness: u64,
    /// Ticks so far that ended after the next one should have begun.
    pub(crate) overruns: u64,
}

/// The running thread, and the near ends of its slot and ring.
pub(crate) struct LoopThread {
    pub(crate) orders: Producer<Order>,
    pub(crate) beats: Consumer<Beat>,
    pub(crate) running: Running,
}

/// What ends the thread.
pub(crate) struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the thread `name` with `station` at `rate_hz` ticks per second.
pub(crate) fn start(name: &str, station: Station, rate_hz: f64) -> std::io::Result<LoopThread> {
    let (orders, slot) = RingBuffer::new(1);
    let (ring, beats) = RingBuffer::new(RING);
    let stop = Arc::new(AtomicBool::new(false));
    let ticker = Ticker { station, rate_hz, slot, ring, order: 0, overruns: 0, stop: Arc::clone(&stop) };
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || ticker.run())?;
    Ok(LoopThread { orders, beats, running: Running { stop, thread: Some(thread) } })
}

struct Ticker {
    station: Station,
    rate_hz: f64,
    slot: Consumer<Order>,
    ring: Producer<Beat>,
    order: u64,
    overruns: u64,
    stop: Arc<AtomicBool>,
}

impl Ticker {
    fn run(mut self) {
        let mut clock = Clock::new();
        let start = Instant::now();
        // From the start every time, so that no error piles up.
        let since_start = |k: u64| Duration::from_nanos((k as f64 * 1e9 / self.rate_hz) as u64);
        let mut k = 1;
        while !self.stop.load(Ordering::Relaxed) {
            let deadline = start + since_start(k);
            clock.wait_until(deadline);
            let lateness = deadline.elapsed();
            if let Ok(order) = self.slot.pop() {
                self.station.set(&order.setpoint);
                self.order = order.number;
            }
            let snapshot = self.station.tick();
            if Instant::now() > start + since_start(k + 1) {
                self.overruns += 1;
                // Of what was missed the last one follows at once and the rest is left out, or a machine
                // that slept would tick like mad on waking.
                let passed = (start.elapsed().as_secs_f64() * self.rate_hz) as u64;
                k = k.max(passed.saturating_sub(1));
            }
            let lateness = lateness.as_nanos() as u64;
            let beat = Beat { order: self.order, snapshot, lateness, overruns: self.overruns };
            // Full only when nobody has listened for seconds; the next beat tells enough.
            self.ring.push(beat).ok();
            k += 1;
        }
    }
}

impl Running {
    /// Asks the thread to end; it does within one period.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Waits for its end.
    pub(crate) fn join(mut self) {
        self.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the control loop's thread ended by a panic");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}
