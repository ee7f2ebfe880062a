//! A plan as a card in the thread: what would run where, and the decision on it. Once decided, the same
//! card shows the job.

use super::{hosts, job_card, later, replies, steps, strategy};
use crate::components::field::Input;
use crate::components::icon::look_badge;
use crate::components::keys::{command_held, with_command};
use crate::components::unlock::unlock;
use crate::components::{Button, badge, problem_card};
use crate::pure::decision::{in_sight, waits};
use crate::pure::icons::Icon;
use crate::pure::words::{self, Tone};
use crate::state::load::Doing;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::html;
use leptos::prelude::*;
use std::collections::HashSet;
use wheelhouse_protocol::plan::{
    ApprovePlan, Plan, Proposal, ProposalState, RejectPlan, RevisePlan, RunPlan, SchedulePlan, Strategy,
};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::{JobId, PlanId, ProblemCode, TargetId};

/// Where the card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Started(JobId),
    /// It is for later, and became a schedule.
    Scheduled,
    Rejected,
    Superseded,
}

/// What the card remembers while it is on show.
#[derive(Clone, Copy)]
pub(super) struct Card {
    pub(super) proposal: Memo<Proposal>,
    /// Approving, rejecting, revising.
    pub(super) doing: Doing,
    /// Whether hosts and strategy are being changed.
    pub(super) changing: RwSignal<bool>,
    /// Hosts to leave out.
    pub(super) without: RwSignal<HashSet<TargetId>>,
    /// The strategy as it is being changed.
    pub(super) strategy: RwSignal<Strategy>,
    /// The words a critical plan asks to type.
    typed: RwSignal<String>,
    /// Who wants to know that this plan was decided on, or which one took its place.
    decided: Callback<PlanId>,
}

impl Card {
    pub(super) fn plan(self) -> Option<Plan> {
        self.proposal.with(|p| p.plan.clone())
    }

    fn phase(self) -> Phase {
        self.proposal.with(|p| match (p.state, p.job) {
            (ProposalState::Started, Some(job)) => Phase::Started(job),
            (ProposalState::Started, None) if p.schedule.is_some() => Phase::Scheduled,
            (ProposalState::Open, _) => Phase::Open,
            (ProposalState::Rejected, _) => Phase::Rejected,
            (ProposalState::Superseded | ProposalState::Started, _) => Phase::Superseded,
        })
    }

    /// Whether it may run with one click.
    fn only_reads(self) -> bool {
        self.proposal.with(|p| p.plan.is_some() && !p.needs_approval())
    }

    /// Whether it is for later: then it is scheduled, never run at once.
    fn for_later(self) -> bool {
        self.proposal.with(|p| p.plan.as_ref().is_some_and(|plan| plan.when.is_some()))
    }

    /// Whether a person is needed each time, so that there is nothing to schedule.
    fn cannot_wait(self) -> bool {
        let critical = |plan: &Plan| plan.when.is_some() && plan.risk >= Risk::Critical;
        self.proposal.with(|p| p.plan.as_ref().is_some_and(critical))
    }

    /// The words that must be typed first, while they are not.
    fn to_type(self) -> Option<String> {
        let words = self.proposal.with(|p| p.plan.as_ref().and_then(|plan| plan.confirm_by_typing.clone()))?;
        (!self.typed.with(|t| t.trim().eq_ignore_ascii_case(&words))).then_some(words)
    }

    fn approve(self) {
        // Opening the vault takes its time, and the card may be gone when it is done.
        let Some(proposal) = self.proposal.try_get_untracked() else { return };
        let needs_approval = proposal.needs_approval();
        let Some(plan) = proposal.plan.filter(|_| proposal.state == ProposalState::Open) else { return };
        if self.changing.get_untracked() {
            return;
        }
        if plan.when.is_some() {
            if untrack(|| self.cannot_wait()) {
                return;
            }
            let command = SchedulePlan { id: plan.id, hash: plan.hash, typed: None, name: None };
            self.doing.run(command, move |_| {
                stores().recipes.refresh();
                self.decided.try_run(proposal.id);
            });
            return;
        }
        let started = move |job| {
            stores().jobs.changed(job);
            self.decided.try_run(proposal.id);
        };
        if needs_approval {
            if untrack(|| self.to_type()).is_some() {
                return;
            }
            let typed = plan.confirm_by_typing.is_some().then(|| self.typed.get_untracked());
            self.doing.run(ApprovePlan { id: plan.id, hash: plan.hash, typed }, started);
        } else {
            self.doing.run(RunPlan { id: plan.id, hash: plan.hash }, started);
        }
    }

    fn reject(self) {
        let id = self.proposal.with_untracked(|p| p.id);
        self.doing.run(RejectPlan { id }, move |()| {
            self.decided.try_run(id);
        });
    }

    /// Makes the changed plan.
    pub(super) fn revise(self) {
        let id = self.proposal.with_untracked(|p| p.id);
        let without = self.without.get_untracked().into_iter().collect();
        let strategy = Some(self.strategy.get_untracked());
        self.doing.run(RevisePlan { id, without, strategy }, move |revised| {
            self.decided.try_run(revised.id);
            self.changing.try_set(false);
            self.without.try_set(HashSet::new());
        });
    }

    /// Begins to change hosts and strategy.
    fn change(self) {
        if let Some(plan) = self.proposal.with_untracked(|p| p.plan.clone()) {
            self.strategy.set(plan.strategy);
            self.without.set(HashSet::new());
            self.changing.set(true);
        }
    }
}

/// The card. `decided` is told when something was decided on it, beside what a conversation hears anyway.
pub(crate) fn plan_card(proposal: Memo<Proposal>, recent: bool, decided: Callback<PlanId>) -> AnyView {
    let card = Card {
        proposal,
        doing: Doing::new(),
        changing: RwSignal::new(false),
        without: RwSignal::new(HashSet::new()),
        strategy: RwSignal::new(Strategy::default()),
        typed: RwSignal::new(String::new()),
        decided,
    };
    let node = NodeRef::<html::Article>::new();
    approve_by_key(card, node);
    let phase = Memo::new(move |_| card.phase());
    view! {
        <article
            node_ref=node
            class="card plan"
            class:closed=move || matches!(phase.get(), Phase::Rejected | Phase::Superseded)
            data-test="plan-card"
            data-plan=move || proposal.with(|p| p.id.to_string())
            aria-label=move || card.plan().map(|p| p.sentence)
        >
            {move || {
                let suggested = proposal.with(|p| p.suggested_by_model);
                card.plan().map(|plan| head(&plan, phase.get(), suggested))
            }}
            {move || match phase.get() {
                Phase::Open => open(card),
                Phase::Started(job) => view! {
                    {job_card::job_card(job, recent)}
                    {folded_plan(card)}
                }.into_any(),
                Phase::Scheduled => view! {
                    {proposal.with(|p| p.schedule.clone()).map(later::scheduled)}
                    {folded_plan(card)}
                }.into_any(),
                Phase::Rejected | Phase::Superseded => folded_plan(card),
            }}
        </article>
    }
    .into_any()
}

/// Ctrl+Enter approves the plan that is the last word and in sight, wherever the keyboard is.
fn approve_by_key(card: Card, node: NodeRef<html::Article>) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() != "Enter" || !command_held(&event) || event.repeat() {
            return;
        }
        let all = stores();
        let ours = match all.navigation.screen.get_untracked() {
            Screen::Chat => card.proposal.with_untracked(|p| all.chat.by_key() == Some(p.id)),
            // A job's page shows at most one plan: the one to try again.
            Screen::Jobs => card.proposal.with_untracked(waits),
            _ => false,
        };
        if ours && seen(node) && !all.navigation.palette.get_untracked() {
            event.prevent_default();
            card.approve();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether the card is before the operator's eyes.
fn seen(node: NodeRef<html::Article>) -> bool {
    let Some(card) = node.get_untracked() else { return false };
    // What lies under the head or the input of the screen is out of sight, although it is in the window.
    let view = card.closest(".scroller").ok().flatten().map(|scroller| scroller.get_bounding_client_rect());
    let card = card.get_bounding_client_rect();
    view.is_some_and(|view| in_sight((card.top(), card.bottom()), (view.top(), view.bottom())))
}

fn head(plan: &Plan, phase: Phase, suggested: bool) -> AnyView {
    let hash = plan.hash.to_string();
    let short = plan.hash.short().to_owned();
    let closed = match phase {
        Phase::Rejected => Some(badge(Tone::Plain, Some(Icon::Cross), "rejected")),
        Phase::Superseded => Some(badge(Tone::Plain, Some(Icon::Edit), "revised")),
        Phase::Open | Phase::Started(_) | Phase::Scheduled => None,
    };
    view! {
        <header class="card-head">
            <h2 class="grow selectable">{plan.sentence.clone()}</h2>
            {closed}
            {suggested.then(suggested_mark)}
            {look_badge(words::risk(plan.risk))}
            {Button::new(format!("plan {short}"))
                .quiet()
                .small()
                .class("hash mono")
                .title(format!("SHA-256 of what would run where: {hash}. Click to copy."))
                .test("plan-hash")
                .on(move || stores().toasts.copy("Plan hash", hash.clone()))
                .view()}
        </header>
    }
    .into_any()
}

/// The mark of a reading that is a model's and not the planner's own.
fn suggested_mark() -> AnyView {
    view! {
        <span
            data-test="model-mark"
            title="Your words were not understood for certain; a language model suggested this reading. Check that it is what you meant."
        >
            {badge(Tone::Info, Some(Icon::Info), "suggested by a model")}
        </span>
    }
    .into_any()
}

/// The plan in full, folded away.
fn folded_plan(card: Card) -> AnyView {
    view! {
        <details class="plan-folded">
            <summary data-test="plan-folded">"What was planned"</summary>
            {body(card)}
        </details>
    }
    .into_any()
}

fn body(card: Card) -> AnyView {
    view! {
        <div class="plan-body">
            {move || card.plan().map(|plan| later::when(&plan, card.phase() == Phase::Open))}
            {move || card.plan().map(|plan| hosts::hosts(&plan, card))}
            {move || card.plan().map(|plan| steps::steps(&plan))}
            <div class="plan-row">
                <span class="plan-label">"Strategy"</span>
                <div class="grow">
                    {move || {
                        if card.changing.get() {
                            strategy::editor(card)
                        } else {
                            card.plan().map(|plan| view! { <p class="selectable">{crate::pure::format::capital(&plan.strategy.to_string())}</p> }).into_any()
                        }
                    }}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn open(card: Card) -> AnyView {
    let label = move || match (card.for_later(), card.only_reads()) {
        (true, _) => "Schedule",
        (false, true) => "Run",
        (false, false) => "Approve and run",
    };
    let missing = Signal::derive(move || {
        card.changing.get() || if card.for_later() { card.cannot_wait() } else { card.to_type().is_some() }
    });
    let tip = move || match (card.to_type(), card.changing.get()) {
        (_, true) => "Update the plan first, or keep it as it was.".to_owned(),
        _ if card.cannot_wait() => "Critical needs a person each time.".to_owned(),
        _ if card.for_later() && card.only_reads() => {
            "Makes a schedule of exactly this. It only reads, so it needs no approval.".to_owned()
        }
        _ if card.for_later() => "Makes a schedule, and approves every run that is exactly this plan.".to_owned(),
        (Some(words), _) => format!("Type “{words}” first."),
        (None, false) if card.only_reads() => "It only reads, so it needs no approval.".to_owned(),
        (None, false) => "Approves exactly this plan, bound to its hash, and starts it.".to_owned(),
    };
    view! {
        {body(card)}
        {move || card.proposal.with(|p| replies::reasons(&p.reading)).map(|r| view! { <div class="plan-reasons">{r}</div> })}
        {move || {
            card.proposal
                .with(|p| p.plan.as_ref().filter(|plan| plan.when.is_none()).and_then(|plan| plan.confirm_by_typing.clone()))
                .map(|words| confirm_by_typing(card, &words))
        }}
        {move || card.doing.problem.get().map(|problem| match problem.code {
            ProblemCode::VaultLocked => locked(card, problem),
            _ => view! { <div class="plan-problem">{problem_card(problem)}</div> }.into_any(),
        })}
        <footer class="card-foot">
            {move || {
                (!card.changing.get())
                    .then(|| {
                        Button::new("Change hosts and strategy")
                            .quiet()
                            .icon(Icon::Settings)
                            .test("change-plan")
                            .on(move || card.change())
                            .view()
                    })
            }}
            {crate::screens::recipes::save_button(card.proposal.with_untracked(|p| p.id))}
            <span class="grow"></span>
            {Button::new("Reject").icon(Icon::Cross).test("reject").disabled(card.doing.busy).on(move || card.reject()).view()}
            {Button::new("Edit")
                .icon(Icon::Edit)
                .title("Puts the request back into the input.")
                .test("edit")
                .on(move || {
                    if let Some(plan) = card.proposal.with_untracked(|p| p.plan.clone()) {
                        stores().chat.put_into_input(plan.request);
                    }
                })
                .view()}
            {Button::new(Signal::derive(move || label().to_owned()))
                .primary()
                .icon(if untrack(|| card.for_later()) { Icon::Clock } else { Icon::Play })
                .title(Signal::derive(tip))
                .test("approve")
                .keys(with_command("⏎"))
                .busy(card.doing.busy)
                .disabled(missing)
                .on(move || card.approve())
                .view()}
        </footer>
    }
    .into_any()
}

fn confirm_by_typing(card: Card, words: &str) -> AnyView {
    view! {
        <div class="plan-typing tone-critical">
            <label class="row wrap">
                <span>"This is critical. To approve it, type "<strong class="selectable">{words.to_owned()}</strong></span>
                {Input::text(card.typed).label("Words that confirm a critical plan").test("confirm-typing").on_enter(move || card.approve()).view()}
            </label>
        </div>
    }
    .into_any()
}

/// The vault is needed: it can be opened right here.
fn locked(card: Card, problem: wheelhouse_protocol::Problem) -> AnyView {
    view! {
        <div class="plan-problem stack">
            {problem_card(problem)}
            {unlock(true, move || card.approve())}
        </div>
    }
    .into_any()
}
