//! What was said before, as the planner takes it: the messages of a conversation and the last job.

use crate::App;
use wheelhouse_planner::{Context, LastJob};
use wheelhouse_protocol::chat::{Content, Message};
use wheelhouse_protocol::job::ListJobs;
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::{Proposal, ProposalState};
use wheelhouse_protocol::{ConversationId, JobId, PlanId, Problem};

impl App {
    /// The context of the next message.
    pub(crate) async fn context(&self, conversation: ConversationId) -> Result<Context, Problem> {
        let messages = self.store.messages(conversation).await?;
        let job = match Context::job_of(&messages) {
            Some(job) => Some(job),
            None => self.store.jobs(&ListJobs { limit: 1, ..ListJobs::default() }).await?.first().map(|job| job.id),
        };
        let last = match job {
            Some(job) => Some(self.last_job(job).await?),
            None => None,
        };
        Ok(Context::of(&messages, last, Some(self.wall().datetime())))
    }

    /// The newest plan of a conversation that waits for a decision.
    pub(crate) async fn waiting(&self, conversation: ConversationId) -> Result<Option<PlanId>, Problem> {
        let messages = self.store.messages(conversation).await?;
        Ok(messages
            .iter()
            .rev()
            .filter_map(proposal_of)
            .find(|p| p.plan.is_some() && p.state == ProposalState::Open)
            .map(|p| p.id))
    }

    async fn last_job(&self, id: JobId) -> Result<LastJob, Problem> {
        let detail = self.store.job_detail(id).await?;
        let mut picture = JobPicture::new(detail.plan.steps.len(), detail.plan.targets.len());
        detail.events.iter().for_each(|event| picture.apply(event));
        Ok(LastJob::of(&detail.summary, &detail.plan, &picture))
    }
}

fn proposal_of(message: &Message) -> Option<&Proposal> {
    match &message.content {
        Content::Proposal { proposal } => Some(proposal),
        Content::Request { .. } => None,
    }
}
