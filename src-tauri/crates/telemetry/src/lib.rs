//! The MQTT link, the telemetry hub and the real-time control loop.
//!
//! ```text
//!  broker ─► link ─► hand-off ─► intake ─┐                 ┌─► frames (≤ 15 Hz) ─► doors
//!                    (bounded)           ├─► hub (memory) ─┤
//!  control thread ─► ring ─► pass on ────┘                 └─► backlog ─► writer ─► store
//! ```
//!
//! Nothing upstream ever waits for something downstream: every arrow has a bound, and what does not fit
//! is dropped, counted and said. The control loop has an operating-system thread of its own; everything
//! else is tasks on the caller's tokio runtime. All of them end with [`Telemetry::shutdown`].
//!
//! Absent on purpose: no vault (the caller hands a [`Login`] over), no settings of its own in the store
//! (the caller keeps [`LinkSettings`] and says them at start), no inventing of samples.

#![allow(rustdoc::broken_intra_doc_links, reason = "units stand in square brackets, as in [m/s]")]

mod backlog;
mod control;
mod error;
mod history;
mod hub;
mod link;
mod options;
mod writer;

pub use error::TelemetryError;
pub use link::{Login, check as check_link};
pub use options::Options;

use backlog::Backlog;
use control::{ControlLoop, Engine};
use hub::{Hub, Reading};
use link::{Figures, Supervisor, Wanted};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::control::{ControlStatus, SetControl};
use wheelhouse_protocol::event::{Event, Publisher};
use wheelhouse_protocol::telemetry::{GetSeries, LinkSettings, LinkStatus, Point, SeriesData, SeriesInfo};
use wheelhouse_store::Store;
use writer::{Writer, WriterBook};

/// How long each part may take to end.
const FAREWELL: Duration = Duration::from_secs(15);
/// The earliest and latest moments a sample can have: the years 1 and 9999, roughly [ms since 1970].
const MOMENTS: std::ops::Range<f64> = -62e12..253e12;

/// What goes through the hub, in numbers since the program started.
#[derive(Debug, Clone, PartialEq)]
pub struct HubFigures {
    /// Series of this run.
    pub series: usize,
    /// The most there can be.
    pub series_limit: usize,
    /// Further series that were refused, at least.
    pub refused_series: u64,
    /// Their samples.
    pub refused_samples: u64,
    /// Samples waiting for the disk.
    pub waiting: usize,
    /// Samples stored.
    pub stored: u64,
    /// Samples that gave way because the disk was behind for too long.
    pub lost: u64,
    /// What the last write said, when it failed.
    pub problem: Option<Problem>,
}

/// The telemetry room: owns its thread and tasks.
pub struct Telemetry {
    store: Arc<Store>,
    hub: Arc<Hub>,
    backlog: Arc<Backlog>,
    written: Arc<WriterBook>,
    control: Arc<ControlLoop>,
    figures: Arc<Figures>,
    wanted: watch::Sender<Wanted>,
    stop: CancellationToken,
    parts: Mutex<Option<Parts>>,
}

/// What must be ended, in this order.
struct Parts {
    thread: control::thread::Running,
    tasks: Vec<(&'static str, JoinHandle<()>)>,
    writer: JoinHandle<()>,
    writer_stop: CancellationToken,
}

impl Telemetry {
    /// Starts the control loop, the writer and the (switched-off) MQTT link on the current runtime.
    ///
    /// # Errors
    /// When an option is out of its range, the poles are not stable, or the system refuses a thread.
    pub async fn start(store: Arc<Store>, publisher: Publisher, options: Options) -> Result<Self, TelemetryError> {
        let (control, Engine { beats, running }) = ControlLoop::start(&options)?;
        let control = Arc::new(control);
        let backlog = Arc::new(Backlog::new(options.waiting_samples));
        let hub = Arc::new(Hub::new(options.series, Arc::clone(&backlog)));
        let written = Arc::new(WriterBook::new(options.telemetry_days));
        let figures = Arc::new(Figures::new());
        let wanted = watch::Sender::new(Wanted::default());
        let stop = CancellationToken::new();
        let writer_stop = CancellationToken::new();

        let writer = Writer::new(Arc::clone(&store), Arc::clone(&hub), Arc::clone(&backlog), Arc::clone(&written));
        let writer = tokio::spawn(writer.run(writer_stop.clone()));
        let (hand_off, intake) = link::hand_off(options.waiting_messages, &figures, &hub);
        let supervisor = Supervisor {
            wanted: wanted.subscribe(),
            client_id: client_id(&options.client_id),
            figures: Arc::clone(&figures),
            hub: Arc::clone(&hub),
            publisher: publisher.clone(),
            hand_off,
            stop: stop.clone(),
        };
        let beats = control::pass_on(Arc::clone(&control), beats, Arc::clone(&hub), publisher.clone(), stop.clone());
        let period = Duration::from_secs(1) / options.frames_per_second.clamp(1, 15);
        let pulse = pulse(Arc::clone(&hub), Arc::clone(&figures), publisher, period, stop.clone());
        let tasks = vec![
            ("MQTT link", tokio::spawn(supervisor.run())),
            // Ends by itself when the link has: what was received is still taken in.
            ("MQTT intake", tokio::spawn(intake.run())),
            ("control states", tokio::spawn(beats)),
            ("frames", tokio::spawn(pulse)),
        ];
        let parts = Mutex::new(Some(Parts { thread: running, tasks, writer, writer_stop }));
        Ok(Self { store, hub, backlog, written, control, figures, wanted, stop, parts })
    }

    /// Every series there is: those of this run and those only the store knows, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_series(&self) -> Result<Vec<SeriesInfo>, TelemetryError> {
        history::list(&self.hub, &self.store).await
    }

    /// Series over a stretch of time, at most two points per pixel: what memory has from memory, what is
    /// older from the store. A series nobody knows comes back without points.
    ///
    /// # Errors
    /// When the request makes no sense, or the store cannot be read.
    pub async fn get_series(&self, wanted: &GetSeries) -> Result<Vec<SeriesData>, TelemetryError> {
        history::get(&self.hub, &self.store, wanted).await
    }

    /// Takes in a sample from elsewhere than MQTT.
    ///
    /// # Errors
    /// When the name is empty, or time or value is not a number that can be kept.
    pub fn record(&self, name: &str, unit: &str, point: Point) -> Result<(), TelemetryError> {
        let refuse = |field, reason: String| Err(TelemetryError::Invalid { field, reason, hint: String::new() });
        if name.is_empty() || name.len() > 512 {
            return refuse("name", format!("A series' name has 1 to 512 bytes, not {}.", name.len()));
        }
        if !MOMENTS.contains(&point.t) {
            return refuse("t", format!("{} is not a moment in milliseconds since 1970.", point.t));
        }
        if !point.v.is_finite() {
            return refuse("v", format!("{name} is {}, which is not a finite number.", point.v));
        }
        let at = (point.t * 1000.0).round() as i64;
        self.hub.accept([Reading { name, unit, at, value: point.v, keep: true }]);
        Ok(())
    }

    /// Keeps samples for so many days from now on, and removes older ones.
    pub fn set_retention(&self, days: u32) {
        self.written.keep(days);
    }

    /// What goes through the hub, in numbers.
    pub fn figures(&self) -> HubFigures {
        let (series, series_limit) = self.hub.size();
        let refused = self.hub.refused();
        HubFigures {
            series,
            series_limit,
            refused_series: refused.series,
            refused_samples: refused.samples,
            waiting: self.backlog.len(),
            stored: self.written.stored.load(Ordering::Relaxed),
            lost: self.backlog.dropped(),
            problem: self.written.problem(),
        }
    }

    /// The control loop's state.
    pub fn control_status(&self) -> ControlStatus {
        self.control.status()
    }

    /// Changes what the control loop does; answers when it has taken it up. What is absent stays.
    ///
    /// # Errors
    /// When a number is not finite, the reference is beyond 10 km, the poles would not be stable (L ≥ 1),
    /// or the loop does not answer.
    pub async fn set_control(&self, change: &SetControl) -> Result<ControlStatus, TelemetryError> {
        self.control.set(change).await
    }

    /// The MQTT link's state and figures.
    pub fn link_status(&self) -> LinkStatus {
        self.figures.status(&self.hub)
    }

    /// Sets the MQTT link up and dials anew. Where the settings name a credential and `login` is none, the
    /// link waits for it instead of going without.
    ///
    /// # Errors
    /// When host, port or topics make no sense; then nothing changes.
    pub fn set_link(&self, settings: LinkSettings, login: Option<Login>) -> Result<LinkStatus, TelemetryError> {
        link::check(&settings)?;
        self.figures.set_settings(settings.clone());
        self.wanted.send_modify(|wanted| *wanted = Wanted { order: wanted.order + 1, settings, login });
        Ok(self.link_status())
    }

    /// Ends every task and the thread, and stores what is left. The second call does nothing.
    pub async fn shutdown(&self) {
        let Some(parts) = self.parts.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        self.stop.cancel();
        parts.thread.stop();
        for (name, task) in parts.tasks {
            end(name, task).await;
        }
        end("control loop", tokio::task::spawn_blocking(move || parts.thread.join())).await;
        // Last, so that nothing arrives after it has written what there was.
        parts.writer_stop.cancel();
        end("writer", parts.writer).await;
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(parts) = self.parts.lock().unwrap_or_else(PoisonError::into_inner).take() {
            parts.writer_stop.cancel();
        }
    }
}

async fn end(name: &'static str, task: JoinHandle<()>) {
    let abort = task.abort_handle();
    match timeout(FAREWELL, task).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(task = name, %error, "ended by a panic"),
        Err(_) => {
            tracing::error!(task = name, "did not end in time");
            abort.abort();
        }
    }
}

/// Tells what is new: frames at every period, the link's figures once a second.
async fn pulse(hub: Arc<Hub>, figures: Arc<Figures>, publisher: Publisher, period: Duration, stop: CancellationToken) {
    let mut frames = interval(period);
    frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = figures.status(&hub);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = frames.tick() => {
                if let Some(frame) = hub.frame() {
                    publisher.tell(Event::Frame(frame));
                }
            }
            _ = seconds.tick() => {
                let status = figures.status(&hub);
                if status != told {
                    told = status.clone();
                    publisher.tell(Event::Link(status));
                }
            }
        }
    }
}

/// A name no other client of the broker has: it would throw the other one out.
fn client_id(wanted: &str) -> String {
    if !wanted.is_empty() {
        return wanted.to_owned();
    }
    // Without the system's random numbers the process id has to do.
    let number = getrandom::u64().unwrap_or_else(|_| u64::from(std::process::id()));
    // 23 characters at most: what every broker must accept (MQTT 3.1.1, section 3.1.3.1).
    format!("wheelhouse-{:012x}", number & 0xffff_ffff_ffff)
}
