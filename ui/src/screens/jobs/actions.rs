//! What can be done about a job: stop it, look again, try again, take it along.

use super::export;
use crate::api;
use crate::components::Button;
use crate::components::problem::maybe;
use crate::components::scroller::scroller;
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::screens::chat::{cancel_menu, plan_card};
use crate::state::job::LiveJob;
use crate::state::jobs::JobTab;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::PlanId;
use wheelhouse_protocol::job::{RetryJob, VerifyJob};
use wheelhouse_protocol::plan::{GetPlan, Proposal, ProposalState};

/// What is being done about one job while its page is open.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    job: LiveJob,
    cancel: Doing,
    retry: Doing,
    verify: Doing,
    export: Doing,
    /// The plan to try again, until it is decided on.
    pub(super) again: RwSignal<Option<Proposal>>,
}

impl Actions {
    /// Nothing yet.
    pub(super) fn new(job: LiveJob) -> Self {
        Self {
            job,
            cancel: Doing::new(),
            retry: Doing::new(),
            verify: Doing::new(),
            export: Doing::new(),
            again: RwSignal::new(None),
        }
    }

    /// The buttons that make sense as the job stands.
    pub(super) fn buttons(self) -> AnyView {
        let Self { job, cancel, retry, verify, .. } = self;
        let over = Memo::new(move |_| job.picture.with(|p| p.state.is_final()));
        let unknown = Memo::new(move |_| job.picture.with(|p| p.counts().unknown as usize));
        let not_good = Memo::new(move |_| {
            let c = job.picture.with(|p| p.counts());
            (c.failed + c.unreachable + c.unknown + c.skipped + c.open) as usize
        });
        let can_look = job.detail.with_untracked(|d| {
            let mut scripts = d.ready().into_iter().flat_map(|d| &d.plan.steps).flat_map(|step| step.scripts.values());
            scripts.any(|script| script.verify.is_some())
        });
        view! {
            {export::menu_of(job, self.export)}
            {move || {
                (over.get() && unknown.get() > 0)
                    .then(|| {
                        Button::new(format!("Verify {}", plural(unknown.get(), "unknown host", "unknown hosts")))
                            .icon(Icon::Eye)
                            .title(if can_look { "Looks again with the verify scripts only; changes nothing." } else { "No step of this plan has a verify script: look at the hosts yourself." }.to_owned())
                            .test("verify-job")
                            .busy(verify.busy)
                            .disabled(!can_look)
                            .on(move || self.look_again())
                            .view()
                    })
            }}
            {move || {
                (over.get() && not_good.get() > 0)
                    .then(|| {
                        Button::new(format!("Retry {}", plural(not_good.get(), "host", "hosts")))
                            .primary()
                            .icon(Icon::Retry)
                            .title("Proposes the same plan for the hosts that did not succeed. It needs its own approval.")
                            .test("retry-job")
                            .busy(retry.busy)
                            .disabled(Signal::derive(move || self.again.with(Option::is_some)))
                            .on(move || self.propose())
                            .view()
                    })
            }}
            {move || (!over.get()).then(|| cancel_menu(job, cancel, Button::new("Cancel")))}
        }
        .into_any()
    }

    /// What went wrong with them.
    pub(super) fn problems(self) -> AnyView {
        view! { {maybe(self.cancel.problem)}{maybe(self.retry.problem)}{maybe(self.verify.problem)}{maybe(self.export.problem)} }
            .into_any()
    }

    fn look_again(self) {
        let Self { job, verify, .. } = self;
        let unknown = move || job.picture.with_untracked(|p| p.counts().unknown as usize);
        let before = unknown();
        verify.run(VerifyJob { job: job.id }, move |detail| {
            job.show(detail);
            let (tone, said) = match (before.saturating_sub(unknown()), unknown()) {
                (0, still) => (Tone::Warn, format!("{} still unknown", plural(still, "host is", "hosts are"))),
                (settled, 0) => (Tone::Ok, format!("{} settled", plural(settled, "host is", "hosts are"))),
                (settled, still) => (Tone::Warn, format!("{settled} settled, {still} still unknown")),
            };
            stores().toasts.say(tone, said);
        });
    }

    fn propose(self) {
        self.retry.run(RetryJob { job: self.job.id }, move |proposal| {
            self.again.try_set(Some(proposal));
        });
    }

    /// The plan to try again, with the decision on it.
    pub(super) fn plan(self) -> AnyView {
        let Some(first) = self.again.get_untracked() else { return ().into_any() };
        let proposal = Memo::new(move |_| self.again.get().unwrap_or_else(|| first.clone()));
        let decided = Callback::new(move |plan: PlanId| self.follow(plan));
        let card = view! {
            <div class="again" data-test="retry-plan">
                <div class="row between">
                    <p class="soft">"The same plan for the hosts that did not succeed. Nothing runs before you approve it."</p>
                    {Button::new("Not now").quiet().icon(Icon::Cross).test("retry-later").on(move || self.again.set(None)).view()}
                </div>
                {plan_card(proposal, true, decided)}
            </div>
        };
        scroller("job-again", "page", card.into_any())
    }

    /// Looks what was decided: a new job is gone to, a revised plan is shown, a rejected one put away.
    fn follow(self, plan: PlanId) {
        spawn_local(async move {
            match api::call(GetPlan { id: plan }).await {
                Ok(proposal) => match (proposal.state, proposal.job) {
                    (ProposalState::Started, Some(job)) => {
                        self.again.try_set(None);
                        stores().jobs.show(job, JobTab::Progress);
                    }
                    (ProposalState::Rejected, _) => {
                        self.again.try_set(None);
                    }
                    _ => {
                        self.again.try_set(Some(proposal));
                    }
                },
                Err(problem) => {
                    self.retry.problem.try_set(Some(problem));
                }
            }
        });
    }
}
