//! What can be done about a job: stop it, look again, try again, take it along.

use super::export;
use crate::api;
use crate::components::Button;
use crate::components::problem::maybe;
use crate::components::scroller::scroller;
use crate::pure::icons::Icon;
use crate::screens::chat::{cancel_menu, plan_card, retry_button, verify_button};
use crate::state::job::LiveJob;
use crate::state::jobs::JobTab;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::PlanId;
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
        view! {
            {job.detail.with_untracked(|d| d.ready().map(|d| crate::screens::recipes::save_button(d.summary.plan)))}
            {export::menu_of(job, self.export)}
            {move || over.get().then(|| verify_button(job, verify))}
            {move || over.get().then(|| {
                let waits = Signal::derive(move || self.again.with(Option::is_some));
                let again = self.again;
                retry_button(job, retry, move |button| button.primary().disabled(waits), move |proposal| {
                    again.try_set(Some(proposal));
                })
            })}
            {move || (!over.get()).then(|| cancel_menu(job, cancel, Button::new("Cancel")))}
        }
        .into_any()
    }

    /// What went wrong with them.
    pub(super) fn problems(self) -> AnyView {
        view! { {maybe(self.cancel.problem)}{maybe(self.retry.problem)}{maybe(self.verify.problem)}{maybe(self.export.problem)} }
            .into_any()
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
