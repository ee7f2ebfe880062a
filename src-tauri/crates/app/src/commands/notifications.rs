//! The inbox.

use crate::{App, Caller, Handle};
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::notification::{
    AcknowledgeNotifications, ListNotifications, NotificationCounts, NotificationPage,
};

impl Handle<ListNotifications> for App {
    async fn handle(&self, _: &Caller, command: ListNotifications) -> Result<NotificationPage, Problem> {
        Ok(self.inbox.list(&command).await?)
    }
}

impl Handle<AcknowledgeNotifications> for App {
    async fn handle(&self, caller: &Caller, command: AcknowledgeNotifications) -> Result<NotificationCounts, Problem> {
        Ok(self.inbox.acknowledge(&command, &caller.who).await?)
    }
}
