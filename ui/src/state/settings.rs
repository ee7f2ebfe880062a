//! The settings, and the theme they choose.

use super::load::{Doing, Remote};
use crate::web;
use leptos::prelude::*;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::audit::{AuditReport, VerifyAudit};
use wheelhouse_protocol::settings::{GetSettings, Settings, Theme};

/// The settings as stored.
pub(crate) struct SettingsStore {
    pub(crate) settings: Remote<Settings>,
    /// Checking the audit chain.
    pub(crate) verifying: Doing,
    /// What that found, and when.
    pub(crate) verified: RwSignal<Option<(Timestamp, AuditReport)>>,
    /// The part of the screen that is to be brought into sight.
    pub(crate) wanted: RwSignal<Option<&'static str>>,
}

impl Default for SettingsStore {
    fn default() -> Self {
        Self {
            settings: Remote::default(),
            verifying: Doing::new(),
            verified: RwSignal::new(None),
            wanted: RwSignal::new(None),
        }
    }
}

impl SettingsStore {
    /// Asks for them; the theme holds at once.
    pub(crate) fn refresh(&'static self) {
        self.settings.ask_then(|| GetSettings {}, |settings| apply_theme(settings.theme));
    }

    /// Checks the audit chain.
    pub(crate) fn verify_audit(&'static self) {
        self.verifying.run(VerifyAudit {}, |report| self.verified.set(Some((web::now(), report))));
    }

    /// The theme that is chosen.
    pub(crate) fn theme(&self) -> Theme {
        self.settings.value.with(|s| s.ready().map(|s| s.theme)).unwrap_or_default()
    }
}

/// Shows a theme.
pub(crate) fn apply_theme(theme: Theme) {
    let name = match theme {
        Theme::System => "",
        Theme::Dark => "dark",
        Theme::Light => "light",
    };
    web::remember_plain("theme", name);
    if let Some(root) = web::root() {
        // Setting or removing an attribute of that name does not fail.
        match name {
            "" => root.remove_attribute("data-theme").ok(),
            name => root.set_attribute("data-theme", name).ok(),
        };
    }
    crate::state::stores().telemetry.repaint.update(|n| *n += 1);
}
