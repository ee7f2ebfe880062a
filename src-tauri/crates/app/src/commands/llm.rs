//! The language model: how it stands, and whether it answers.

use crate::{App, Caller, Handle};
use serde_json::json;
use std::sync::atomic::Ordering;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::llm::{GetLlm, LlmStatus, LlmTest, TestLlm};

impl Handle<GetLlm> for App {
    async fn handle(&self, _: &Caller, _: GetLlm) -> Result<LlmStatus, Problem> {
        Ok(LlmStatus {
            settings: self.settings().await?.llm,
            breaker: self.llm.breaker(),
            asked: self.llm.asked(),
            used: self.suggestions_used.load(Ordering::Relaxed),
            last_failure: self.llm.last_failure(),
        })
    }
}

impl Handle<TestLlm> for App {
    async fn handle(&self, caller: &Caller, _: TestLlm) -> Result<LlmTest, Problem> {
        let settings = self.settings().await?.llm;
        self.note(caller, "llm.tested", json!({ "endpoint": settings.endpoint, "model": settings.model })).await;
        let key = self.llm_key(&settings).await?;
        Ok(match self.llm.test(&settings, key.as_ref()).await {
            Ok((took, understood)) => {
                LlmTest::Ok { latency_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX), understood }
            }
            Err(error) => LlmTest::Failed { problem: error.into() },
        })
    }
}
