//! Jobs.

use crate::{App, Caller, Handle};
use uuid::Uuid;
use wheelhouse_protocol::job::{
    CancelJob, GetJob, GetJobEvents, GetJobLog, JobDetail, JobEvent, JobSummary, ListJobs, LogHit, LogLine, RetryJob,
    SearchJobLogs, VerifyJob,
};
use wheelhouse_protocol::picture::JobPicture;
use wheelhouse_protocol::plan::Proposal;
use wheelhouse_protocol::{Event, JobId, MessageId, Problem, ProblemCode};

impl Handle<ListJobs> for App {
    async fn handle(&self, _: &Caller, command: ListJobs) -> Result<Vec<JobSummary>, Problem> {
        Ok(self.store.jobs(&command).await?)
    }
}

impl Handle<GetJob> for App {
    async fn handle(&self, _: &Caller, command: GetJob) -> Result<JobDetail, Problem> {
        Ok(self.store.job_detail(command.job).await?)
    }
}

impl Handle<GetJobEvents> for App {
    async fn handle(&self, _: &Caller, command: GetJobEvents) -> Result<Vec<JobEvent>, Problem> {
        Ok(self.store.job_events(command.job, command.after).await?)
    }
}

impl Handle<GetJobLog> for App {
    async fn handle(&self, _: &Caller, command: GetJobLog) -> Result<Vec<LogLine>, Problem> {
        let job = command.job.ok_or_else(|| Problem::invalid("job", "Say which job's log is wanted."))?;
        Ok(self.store.job_log(job, &command).await?)
    }
}

impl Handle<SearchJobLogs> for App {
    async fn handle(&self, _: &Caller, command: SearchJobLogs) -> Result<Vec<LogHit>, Problem> {
        let text = command.text.trim();
        if text.chars().count() < 2 {
            return Err(Problem::invalid("text", "Search for at least two characters."));
        }
        let limit = if command.limit == 0 { 200 } else { command.limit.min(10_000) };
        Ok(self.store.search_job_logs(text, limit).await?)
    }
}

impl Handle<CancelJob> for App {
    async fn handle(&self, caller: &Caller, command: CancelJob) -> Result<JobSummary, Problem> {
        self.engine.cancel(command.job, command.interrupt, &caller.who).await
    }
}

impl Handle<VerifyJob> for App {
    async fn handle(&self, caller: &Caller, command: VerifyJob) -> Result<JobDetail, Problem> {
        self.engine.verify(&command, &caller.who).await
    }
}

impl Handle<RetryJob> for App {
    async fn handle(&self, _: &Caller, command: RetryJob) -> Result<Proposal, Problem> {
        let job = self.store.job_detail(command.job).await?;
        if !job.summary.state.is_final() {
            return Err(not_yet(command.job, "It still runs. Wait for it, or cancel it."));
        }
        let mut picture = JobPicture::new(job.plan.steps.len(), job.plan.targets.len());
        job.events.iter().for_each(|event| picture.apply(event));
        let failed: Vec<_> = job
            .plan
            .targets
            .iter()
            .enumerate()
            .filter(|(i, _)| !picture.target_state(*i).is_good())
            .map(|(_, target)| target.id)
            .collect();
        if failed.is_empty() {
            return Err(not_yet(command.job, "Every target succeeded; there is nothing to try again."));
        }
        let old = self.store.proposal(job.summary.plan).await?;
        let strategy = job.plan.strategy;
        let proposal = self.propose_again(&old, job.plan, failed, strategy).await?;
        match self.store.proposal_conversation(old.id).await? {
            Some(conversation) => {
                self.store.add_proposal(conversation, MessageId(Uuid::now_v7()), &proposal).await?;
                self.bus.publish(Event::Chat(conversation));
            }
            None => self.store.put_proposal(&proposal).await?,
        }
        Ok(proposal)
    }
}

fn not_yet(job: JobId, detail: &str) -> Problem {
    Problem::new(ProblemCode::Conflict, "There is nothing to retry", detail).source(job.to_string())
}
