//! The lights of the status bar.

use super::load::Remote;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::control::ControlStatus;
use wheelhouse_protocol::status::{GetStatus, Status};
use wheelhouse_protocol::telemetry::LinkStatus;

/// What the status bar shows.
#[derive(Default)]
pub(crate) struct Lights {
    /// All of it, as last asked for.
    pub(crate) status: Remote<Status>,
    /// The MQTT link, as last told.
    pub(crate) link: RwSignal<Option<LinkStatus>>,
    /// The control loop, as last told.
    pub(crate) control: RwSignal<Option<ControlStatus>>,
    /// Why nothing can be stored, if that is so.
    pub(crate) store_problem: RwSignal<Option<Problem>>,
}

impl Lights {
    /// Asks for every light.
    pub(crate) fn refresh(&'static self) {
        self.status.ask_then(
            || GetStatus {},
            |status| {
                let lights = &stores().status;
                // Events may have been missed: what was asked for is how it stands.
                lights.link.set(status.link.clone());
                lights.control.set(status.control.clone());
                if status.store.healthy {
                    lights.store_problem.set(None);
                }
                stores().notices.counted(status.notifications);
            },
        );
    }
}
