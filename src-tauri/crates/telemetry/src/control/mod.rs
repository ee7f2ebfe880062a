//! The control loop: its thread, what it is told and what it tells.

mod clock;
pub(crate) mod thread;

use crate::hub::{Hub, Reading};
use crate::{Options, TelemetryError};
use hdrhistogram::Histogram;
use rtrb::{Consumer, Producer};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thread::{Beat, LoopThread, Order, Running};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use wheelhouse_control::{Certificate, Gains, Setpoint, Station, Vector, check_reference};
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::control::{ControlStatus, Mode, PoleSettings, SetControl};
use wheelhouse_protocol::event::{Event, Publisher};

/// The loop's state reaches the hub so often.
const TO_HUB: Duration = Duration::from_millis(50);
/// And the doors every so many of those: ten times a second.
const HUB_PER_EVENT: u64 = 2;
/// And the disk every so many: once a second. Twenty times would be gigabytes in a week.
const HUB_PER_STORED: u64 = 20;
/// How long the loop may take to confirm an order, beside two of its periods.
const CONFIRM: Duration = Duration::from_secs(1);
/// Latenesses above this are counted as this [ns].
const WORST: u64 = 60_000_000_000;

/// What the operator wants, with what was computed for it.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    mode: Mode,
    reference: [f64; 3],
    poles: PoleSettings,
    gains: Gains,
    lipschitz: f64,
}

impl Wanted {
    /// Checks the poles and computes their certificate.
    fn new(mode: Mode, reference: [f64; 3], poles: PoleSettings, rate_hz: f64) -> Result<Self, TelemetryError> {
        check_reference(&reference)?;
        let gains = Gains::place(&poles)?;
        let certificate = Certificate::compute(&poles, rate_hz)?;
        Ok(Self { mode, reference, poles, gains, lipschitz: certificate.lipschitz })
    }

    fn setpoint(&self) -> Setpoint {
        Setpoint { mode: self.mode, reference: Vector::from(self.reference), gains: self.gains }
    }
}

/// What is known of the loop.
struct Book {
    /// What it does now.
    current: Wanted,
    /// What it was told and has not confirmed.
    ordered: Option<(u64, Wanted)>,
    beat: Option<Beat>,
    lateness: Histogram<u64>,
}

/// The loop as the rest of the room sees it.
pub(crate) struct ControlLoop {
    rate_hz: f64,
    book: Mutex<Book>,
    orders: tokio::sync::Mutex<Orders>,
    confirmed: watch::Sender<u64>,
}

struct Orders {
    slot: Producer<Order>,
    last: u64,
}

/// What the loop's owner keeps: the thread, and the far end of its ring.
pub(crate) struct Engine {
    pub(crate) beats: Consumer<Beat>,
    pub(crate) running: Running,
}

impl ControlLoop {
    /// Starts the loop's thread.
    pub(crate) fn start(options: &Options) -> Result<(Self, Engine), TelemetryError> {
        let rate_hz = options.station.rate_hz;
        let mut station = Station::new(&options.station, &options.poles)?;
        let wanted = Wanted::new(options.mode, [0.0; 3], options.poles, rate_hz)?;
        station.set(&wanted.setpoint());
        // Preallocated for its whole range: recording never grows it.
        let lateness = Histogram::new_with_bounds(1, WORST, 3)
            .map_err(|error| TelemetryError::NoThread { reason: error.to_string() })?;
        let LoopThread { orders, beats, running } = thread::start(options.thread_name, station, rate_hz)
            .map_err(|error| TelemetryError::NoThread { reason: error.to_string() })?;
        let book = Book { current: wanted, ordered: None, beat: None, lateness };
        let this = Self {
            rate_hz,
            book: Mutex::new(book),
            orders: tokio::sync::Mutex::new(Orders { slot: orders, last: 0 }),
            confirmed: watch::Sender::new(0),
        };
        Ok((this, Engine { beats, running }))
    }

    /// Its state as of the last beat.
    pub(crate) fn status(&self) -> ControlStatus {
        let book = self.lock();
        let snapshot = book.beat.map(|beat| beat.snapshot);
        let vector =
            |of: fn(&wheelhouse_control::Snapshot) -> Vector| snapshot.as_ref().map_or([0.0; 3], |s| of(s).into());
        let microseconds = |nanoseconds: u64| nanoseconds as f64 / 1000.0;
        ControlStatus {
            mode: book.current.mode,
            rate_hz: self.rate_hz,
            poles: book.current.poles,
            lipschitz: book.current.lipschitz,
            reference: book.current.reference,
            position_error: vector(|s| s.position_error),
            velocity_error: vector(|s| s.velocity_error),
            thrust: vector(|s| s.thrust),
            time: snapshot.map_or(0.0, |s| s.time),
            ticks: snapshot.map_or(0, |s| s.ticks),
            overruns: book.beat.map_or(0, |beat| beat.overruns),
            lateness_us: [
                microseconds(book.lateness.value_at_quantile(0.5)),
                microseconds(book.lateness.value_at_quantile(0.99)),
                microseconds(book.lateness.max()),
            ],
        }
    }

    /// Changes what the loop does; answers when the loop has taken it up.
    pub(crate) async fn set(&self, change: &SetControl) -> Result<ControlStatus, TelemetryError> {
        // One at a time: each builds on what the one before made of the loop.
        let mut orders = self.orders.lock().await;
        let current = self.lock().current;
        let wanted = Wanted::new(
            change.mode.unwrap_or(current.mode),
            change.reference.unwrap_or(current.reference),
            change.poles.unwrap_or(current.poles),
            self.rate_hz,
        )?;
        let patience = CONFIRM + Duration::from_secs_f64(2.0 / self.rate_hz);
        let silent = || TelemetryError::LoopSilent { seconds: patience.as_secs_f64() };
        let number = orders.last + 1;
        let mut confirmed = self.confirmed.subscribe();
        orders.slot.push(Order { number, setpoint: wanted.setpoint() }).map_err(|_| silent())?;
        orders.last = number;
        self.lock().ordered = Some((number, wanted));
        let answer = tokio::time::timeout(patience, confirmed.wait_for(|seen| *seen >= number)).await;
        match answer {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => return Err(silent()),
        }
        tracing::info!(
            mode = wanted.mode.as_str(), reference = ?wanted.reference, poles = ?wanted.poles,
            lipschitz = wanted.lipschitz, "the control loop was set"
        );
        Ok(self.status())
    }

    /// Takes what the loop told; says how late its latest ticks were at worst [ns], if there were any.
    fn listen(&self, beats: &mut Consumer<Beat>) -> Option<u64> {
        let mut book = self.lock();
        let mut worst = None;
        while let Ok(beat) = beats.pop() {
            // Inside the histogram's range by construction; there is nobody to tell a failure to.
            book.lateness.saturating_record(beat.lateness.clamp(1, WORST));
            worst = worst.max(Some(beat.lateness));
            book.beat = Some(beat);
        }
        let seen = book.beat.map_or(0, |beat| beat.order);
        if let Some((_, wanted)) = book.ordered.take_if(|(number, _)| *number <= seen) {
            book.current = wanted;
        }
        drop(book);
        self.confirmed.send_if_modified(|confirmed| std::mem::replace(confirmed, seen) != seen);
        worst
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes on what the loop tells until `stop`: to the hub, to the doors, and to who waits for an answer.
pub(crate) async fn pass_on(
    control: Arc<ControlLoop>,
    mut beats: Consumer<Beat>,
    hub: Arc<Hub>,
    publisher: Publisher,
    stop: CancellationToken,
) {
    let mut tick = interval(TO_HUB);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut turn = 0u64;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let Some(worst) = control.listen(&mut beats) else { continue };
        let status = control.status();
        feed(&hub, &status, worst, turn.is_multiple_of(HUB_PER_STORED));
        if turn.is_multiple_of(HUB_PER_EVENT) {
            publisher.tell(Event::Control(status));
        }
        turn += 1;
    }
}

/// Gives the loop's state to the hub as series.
fn feed(hub: &Hub, status: &ControlStatus, worst: u64, keep: bool) {
    let at = Timestamp::now().as_microsecond();
    let norm = |v: &[f64; 3]| Vector::from(*v).norm();
    let readings = [
        ("control/position_error_x", "m", status.position_error[0]),
        ("control/position_error_y", "m", status.position_error[1]),
        ("control/position_error_z", "m", status.position_error[2]),
        ("control/position_error_norm", "m", norm(&status.position_error)),
        ("control/velocity_error_norm", "m/s", norm(&status.velocity_error)),
        ("control/thrust_x", "N", status.thrust[0]),
        ("control/thrust_y", "N", status.thrust[1]),
        ("control/thrust_z", "N", status.thrust[2]),
        ("control/thrust_norm", "N", norm(&status.thrust)),
        ("control/lipschitz", "", status.lipschitz),
        ("control/lateness", "µs", worst as f64 / 1000.0),
    ];
    hub.accept(
        readings
            .into_iter()
            // A simulation that diverged must not take the plots with it.
            .filter(|(_, _, value)| value.is_finite())
            .map(|(name, unit, value)| Reading { name, unit, at, value, keep }),
    );
}
