//! Telemetry: series of numbers over time, and the MQTT link they arrive on.

use crate::{CredentialId, Timestamp};
use serde::{Deserialize, Serialize};

/// One measured value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When, in milliseconds since 1970 (UTC).
    pub t: f64,
    /// How much, in the series' unit. Always finite.
    pub v: f64,
}

/// What is known of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesInfo {
    /// Its name: the topic, and for an object's field `topic#field`.
    pub name: String,
    /// Its unit; empty when nobody said.
    pub unit: String,
    /// Samples since the program started.
    pub count: u64,
    /// Samples per second over the last ten seconds.
    pub rate: f64,
    /// The newest sample.
    pub last: Option<Point>,
}

/// Samples of one series, at most about two per pixel, extremes kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesData {
    /// The series.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The points, oldest first.
    pub points: Vec<Point>,
}

/// New samples, for the live plots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Per series, what is new since the last frame.
    pub series: Vec<SeriesData>,
}

/// Lists the series there are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListSeries {}
crate::command!(ListSeries, "telemetry.series", Viewer, false => Vec<SeriesInfo>);

/// Shows one or more series over a stretch of time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetSeries {
    /// Their names.
    pub names: Vec<String>,
    /// From, in milliseconds since 1970; the last `seconds` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// To, in milliseconds since 1970; now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// How far back from `to`, when `from` is absent.
    #[serde(default = "minute")]
    pub seconds: f64,
    /// The plot's width in pixels: at most two points per pixel come back.
    #[serde(default = "width")]
    pub width: u32,
}
crate::command!(GetSeries, "telemetry.get", Viewer, false => Vec<SeriesData>);

fn minute() -> f64 {
    60.0
}

fn width() -> u32 {
    1000
}

/// How the MQTT link is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSettings {
    /// Whether to connect at all.
    pub enabled: bool,
    /// The broker's host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The account; none for an anonymous broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialId>,
    /// The topic filters to subscribe to.
    pub topics: Vec<String>,
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            host: "localhost".to_owned(),
            port: 1883,
            credential: None,
            topics: vec!["motorhand/#".to_owned()],
        }
    }
}

/// Where the link stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "link", rename_all = "kebab-case")]
pub enum LinkState {
    /// Switched off.
    Off,
    /// Dialling, or waiting to dial again.
    Connecting {
        /// What the last attempt said; empty for the first.
        problem: String,
    },
    /// Connected and subscribed.
    Connected {
        /// Since when.
        since: Timestamp,
    },
}

/// The link in one look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkStatus {
    /// How it is set up.
    pub settings: LinkSettings,
    /// Where it stands.
    pub state: LinkState,
    /// Messages since the program started.
    pub received: u64,
    /// Messages per second over the last ten seconds.
    pub rate: f64,
    /// Messages that could not be kept because the program was behind.
    pub dropped: u64,
    /// Messages whose payload could not be read.
    pub malformed: u64,
    /// The last of those: its topic and what was wrong.
    pub last_malformed: String,
    /// What an operator should know although the link works: topics the broker refused, series beyond
    /// the limit. Empty when there is nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notice: String,
}

/// Shows how the MQTT link stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetLink {}
crate::command!(GetLink, "mqtt.get", Viewer, false => LinkStatus);

/// Sets the MQTT link up, and dials anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetLink {
    /// How.
    pub settings: LinkSettings,
}
crate::command!(SetLink, "mqtt.set", Admin, true => LinkStatus);
