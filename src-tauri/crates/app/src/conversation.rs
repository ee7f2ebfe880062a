//! What was said before, as the planner takes it: the messages of a conversation and the last job.

use crate::App;
use wheelhouse_planner::{Context, LastJob, Turn};
use wheelhouse_protocol::chat::{Content, Message};
use wheelhouse_protocol::job::{CellState, ListJobs};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::{Proposal, ProposalState};
use wheelhouse_protocol::reading::{Disposition, Intent};
use wheelhouse_protocol::{ConversationId, JobId, PlanId, Problem};

/// How many of a conversation's messages the planner looks at.
const MEMORY: usize = 40;

impl App {
    /// The context of the next message. A conversation without a job of its own has the newest job there is: "retry the
    /// failed ones" is said of what just ran, wherever it was started.
    pub(crate) async fn context(&self, conversation: ConversationId) -> Result<Context, Problem> {
        let messages = self.store.messages(conversation).await?;
        let recent = &messages[messages.len().saturating_sub(MEMORY)..];
        let last = recent.iter().rev().find_map(|message| proposal_of(message).and_then(|p| p.job));
        let mut turns = Vec::new();
        if last.is_none()
            && let Some(newest) = self.store.jobs(&ListJobs { limit: 1, ..ListJobs::default() }).await?.first()
        {
            turns.push(Turn::Job(self.last_job(newest.id).await?));
        }
        for message in recent {
            match &message.content {
                Content::Request { text } => turns.push(Turn::Said(text.clone())),
                Content::Proposal { proposal } => match proposal.job {
                    Some(job) if Some(job) == last => turns.push(Turn::Job(self.last_job(job).await?)),
                    Some(_) => turns.push(Turn::Settled),
                    None => turns.extend(turn_of(proposal)),
                },
            }
        }
        Ok(Context { turns, now: Some(self.wall().datetime()) })
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
        let failed = |n: usize| {
            picture.cells.iter().any(|step| matches!(step[n].state, CellState::Failed | CellState::Unreachable))
        };
        let names = |wanted: &dyn Fn(usize) -> bool| {
            let targets = detail.plan.targets.iter().enumerate();
            targets.filter(|(n, _)| wanted(*n)).map(|(_, target)| target.name.clone()).collect()
        };
        Ok(LastJob {
            request: Some(detail.summary.request.clone()),
            failed: names(&failed),
            hosts: names(&|_| true),
            running: !detail.summary.state.is_final(),
        })
    }
}

fn proposal_of(message: &Message) -> Option<&Proposal> {
    match &message.content {
        Content::Proposal { proposal } => Some(proposal),
        Content::Request { .. } => None,
    }
}

/// What a reply means for the next message.
fn turn_of(proposal: &Proposal) -> Option<Turn> {
    let reading = &proposal.reading;
    match (reading.disposition, proposal.state) {
        (Disposition::Clarify, ProposalState::Open) => {
            let questions: Vec<&str> = reading.questions.iter().map(|q| q.text.as_str()).collect();
            Some(Turn::Asked(questions.join(" ")))
        }
        (Disposition::Plan | Disposition::Confirm, ProposalState::Open) => {
            Some(Turn::Waits(proposal.plan.as_ref().map(|plan| plan.request.clone())))
        }
        (Disposition::Plan | Disposition::Confirm, _) => Some(Turn::Settled),
        _ if reading.intent == Intent::Cancel => Some(Turn::Settled),
        _ => None,
    }
}
