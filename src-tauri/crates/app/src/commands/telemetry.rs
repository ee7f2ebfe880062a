//! Telemetry, the MQTT link and the control loop.

use crate::app::no_telemetry;
use crate::{App, Caller, Handle};
use serde_json::json;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::control::{ControlStatus, GetControl, SetControl};
use wheelhouse_protocol::telemetry::{
    GetLink, GetSeries, LinkState, LinkStatus, ListSeries, SeriesData, SeriesInfo, SetLink,
};
use wheelhouse_telemetry::Telemetry;

impl App {
    fn telemetry(&self) -> Result<&Telemetry, Problem> {
        self.telemetry.as_ref().ok_or_else(no_telemetry)
    }

    /// The link as it stands; a program that has none shows how it is set up.
    async fn link_status(&self) -> Result<LinkStatus, Problem> {
        if let Some(telemetry) = &self.telemetry {
            return Ok(telemetry.link_status());
        }
        Ok(LinkStatus {
            settings: self.link_settings().await?,
            state: LinkState::Off,
            received: 0,
            rate: 0.0,
            dropped: 0,
            malformed: 0,
            last_malformed: String::new(),
            notice: String::new(),
        })
    }
}

impl Handle<ListSeries> for App {
    async fn handle(&self, _: &Caller, _: ListSeries) -> Result<Vec<SeriesInfo>, Problem> {
        Ok(self.telemetry()?.list_series().await?)
    }
}

impl Handle<GetSeries> for App {
    async fn handle(&self, _: &Caller, command: GetSeries) -> Result<Vec<SeriesData>, Problem> {
        Ok(self.telemetry()?.get_series(&command).await?)
    }
}

impl Handle<GetLink> for App {
    async fn handle(&self, _: &Caller, _: GetLink) -> Result<LinkStatus, Problem> {
        self.link_status().await
    }
}

impl Handle<SetLink> for App {
    async fn handle(&self, caller: &Caller, command: SetLink) -> Result<LinkStatus, Problem> {
        let record = Self::record(caller, "mqtt.changed", json!({ "settings": command.settings }));
        self.apply_link(command.settings).await?;
        self.store.append_audit(&record).await?;
        self.link_status().await
    }
}

impl Handle<GetControl> for App {
    async fn handle(&self, _: &Caller, _: GetControl) -> Result<ControlStatus, Problem> {
        Ok(self.telemetry()?.control_status())
    }
}

impl Handle<SetControl> for App {
    async fn handle(&self, caller: &Caller, command: SetControl) -> Result<ControlStatus, Problem> {
        let status = self.telemetry()?.set_control(&command).await?;
        let record = Self::record(caller, "control.changed", json!({ "change": command }));
        self.store.append_audit(&record).await?;
        Ok(status)
    }
}
