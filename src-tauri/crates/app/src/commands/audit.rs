//! The audit chain.

use crate::{App, Caller, Handle};
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::audit::{AuditRecord, AuditReport, ListAudit, VerifyAudit};

impl Handle<ListAudit> for App {
    async fn handle(&self, _: &Caller, command: ListAudit) -> Result<Vec<AuditRecord>, Problem> {
        let limit = if command.limit == 0 { 200 } else { command.limit.min(10_000) };
        Ok(self.store.audit(limit, command.before, &command.text).await?)
    }
}

impl Handle<VerifyAudit> for App {
    async fn handle(&self, _: &Caller, _: VerifyAudit) -> Result<AuditReport, Problem> {
        Ok(self.store.verify_audit().await?)
    }
}
