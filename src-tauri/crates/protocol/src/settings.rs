//! Settings a person can change.

use crate::llm::LlmSettings;
use serde::{Deserialize, Serialize};

/// Dark, light, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// Settings, each with its default. Unknown fields of a newer version are refused by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The window's colours.
    pub theme: Theme,
    /// The most targets at work at one moment, 1–1000.
    pub parallel_targets: u32,
    /// Seconds to wait for a connection, 1–300.
    pub connect_timeout_seconds: u32,
    /// Minutes without use after which the vault locks itself; 0 = never.
    pub auto_lock_minutes: u32,
    /// Minutes a plan that was shown can be approved, 1–1440. After that it must be made anew.
    pub approval_minutes: u32,
    /// Whether host keys accepted by OpenSSH (`~/.ssh/known_hosts`) count.
    pub read_known_hosts: bool,
    /// Days to keep telemetry samples, 1–3650.
    pub telemetry_days: u32,
    /// The optional language model.
    pub llm: LlmSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            parallel_targets: 32,
            connect_timeout_seconds: 15,
            auto_lock_minutes: 30,
            approval_minutes: 15,
            read_known_hosts: true,
            telemetry_days: 7,
            llm: LlmSettings::default(),
        }
    }
}

impl Settings {
    /// Says which value is out of its range, if one is.
    pub fn check(&self) -> Result<(), crate::Problem> {
        let ranges: [(&str, u32, u32, u32); 5] = [
            ("parallel_targets", self.parallel_targets, 1, 1000),
            ("connect_timeout_seconds", self.connect_timeout_seconds, 1, 300),
            ("auto_lock_minutes", self.auto_lock_minutes, 0, 10_080),
            ("approval_minutes", self.approval_minutes, 1, 1440),
            ("telemetry_days", self.telemetry_days, 1, 3650),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(crate::Problem::invalid(name, format!("{name} is {value}; it can be {low} to {high}.")));
            }
        }
        Ok(())
    }
}

/// Shows the settings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetSettings {}
crate::command!(GetSettings, "settings.get", Viewer, false => Settings);

/// Changes the settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetSettings {
    /// All of them.
    pub settings: Settings,
}
crate::command!(SetSettings, "settings.set", Admin, true => Settings);
