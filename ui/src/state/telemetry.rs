//! Live series. Samples come fifteen times a second, so they are kept beside the signals: the plot
//! paints when the next picture is due, and nothing else is woken.

use super::load::Remote;
use crate::pure::series::Samples;
use crate::{api, web};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::HashMap;
use wheelhouse_protocol::telemetry::{Frame, GetSeries, ListSeries, SeriesInfo};

/// The series chosen at first.
const FIRST: [&str; 3] = ["control/position_error_norm", "control/thrust_norm", "control/lipschitz"];
/// The most lines in the plot: the tokens have so many colours.
pub(crate) const MOST: usize = 8;
const CHOSEN: &str = "series";
const SPAN: &str = "span";
const BESIDE: &str = "telemetry.beside";

/// What is open beside the plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Beside {
    /// The list of series to choose from.
    Series,
    /// The control loop.
    Control,
    /// The MQTT link.
    Link,
}

/// What is known of one series.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) unit: String,
    pub(crate) samples: Samples,
}

/// Telemetry.
pub(crate) struct TelemetryStore {
    /// What series there are.
    pub(crate) series: Remote<Vec<SeriesInfo>>,
    /// Those in the plot, each with its place among the colours.
    pub(crate) chosen: RwSignal<Vec<String>>,
    /// Those hidden by the legend.
    pub(crate) hidden: RwSignal<Vec<String>>,
    /// Seconds the plot reaches back.
    pub(crate) span: RwSignal<f64>,
    /// The plot stands still at this moment [ms]; `None` follows.
    pub(crate) paused: RwSignal<Option<f64>>,
    /// Frames left out because the page was slow.
    pub(crate) dropped: RwSignal<u64>,
    /// Something else than new samples changed the picture.
    pub(crate) repaint: RwSignal<u64>,
    /// Why history could not be read.
    pub(crate) problem: RwSignal<Option<wheelhouse_protocol::Problem>>,
    /// What is open beside the plot.
    pub(crate) beside: RwSignal<Option<Beside>>,
    /// Samples, by series.
    pub(crate) held: RefCell<HashMap<String, Held>>,
}

impl TelemetryStore {
    /// As it was left.
    pub(crate) fn recalled() -> Self {
        let first = || FIRST.map(str::to_owned).to_vec();
        Self {
            series: Remote::default(),
            chosen: RwSignal::new(web::recall(CHOSEN).unwrap_or_else(first)),
            hidden: RwSignal::new(Vec::new()),
            span: RwSignal::new(web::recall(SPAN).unwrap_or(60.0)),
            paused: RwSignal::new(None),
            dropped: RwSignal::new(0),
            repaint: RwSignal::new(0),
            problem: RwSignal::new(None),
            beside: RwSignal::new(web::recall(BESIDE).unwrap_or(Some(Beside::Control))),
            held: RefCell::new(HashMap::new()),
        }
    }

    /// Opens something beside the plot, or closes it.
    pub(crate) fn put_beside(&self, what: Option<Beside>) {
        self.beside.set(what);
        web::remember(BESIDE, &what);
    }

    /// What is held of a series.
    pub(crate) fn held<T>(&self, name: &str, read: impl FnOnce(&Held) -> T) -> Option<T> {
        self.held.borrow().get(name).map(read)
    }

    /// Asks what series there are, and for the past of those in the plot.
    pub(crate) fn refresh(&'static self) {
        self.series.ask(ListSeries::default);
        self.load_past(self.chosen.get_untracked());
    }

    /// New samples.
    pub(crate) fn frame(&self, frame: Frame) {
        let chosen = self.chosen.read_untracked();
        let still = self.paused.get_untracked();
        let mut held = self.held.borrow_mut();
        for series in frame.series {
            if !chosen.contains(&series.name) {
                continue;
            }
            let there = held.entry(series.name).or_default();
            there.unit = series.unit;
            there.samples.add(series.points);
            there.samples.trim(still);
        }
    }

    /// Puts a series into the plot, or takes it out.
    pub(crate) fn toggle(&'static self, name: &str) {
        let mut added = false;
        self.chosen.update(|chosen| match chosen.iter().position(|c| c == name) {
            Some(at) => {
                chosen.remove(at);
            }
            None if chosen.len() < MOST => {
                chosen.push(name.to_owned());
                added = true;
            }
            None => {}
        });
        self.hidden.update(|hidden| hidden.retain(|h| h != name));
        web::remember(CHOSEN, &self.chosen.get_untracked());
        if added {
            self.load_past(vec![name.to_owned()]);
        } else {
            self.held.borrow_mut().remove(name);
        }
        self.repaint.update(|n| *n += 1);
    }

    /// Shows another stretch of time.
    pub(crate) fn reach(&'static self, seconds: f64) {
        self.span.set(seconds);
        web::remember(SPAN, &seconds);
        self.load_past(self.chosen.get_untracked());
    }

    /// Stands still at this moment, or goes on: then what came meanwhile is asked for.
    pub(crate) fn stand_still(&'static self, still: bool) {
        self.paused.set(still.then(|| web::now().as_millisecond() as f64));
        if !still {
            self.load_past(self.chosen.get_untracked());
        }
    }

    fn load_past(&'static self, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let seconds = self.span.get_untracked();
        let to = self.paused.get_untracked();
        spawn_local(async move {
            match api::call(GetSeries { names, from: None, to, seconds, width: 1600 }).await {
                Ok(series) => {
                    let mut held = self.held.borrow_mut();
                    for data in series {
                        let there = held.entry(data.name).or_default();
                        there.unit = data.unit;
                        there.samples.add(data.points);
                        there.samples.trim(self.paused.get_untracked());
                    }
                    drop(held);
                    self.problem.set(None);
                    self.repaint.update(|n| *n += 1);
                }
                Err(problem) => self.problem.set(Some(problem)),
            }
        });
    }
}
