//! The hosts of a plan: which, why, and how each is reached; and those that are left out.

use super::plan_card::Card;
use super::steps::way;
use crate::components::{Button, small_icon};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use leptos::prelude::*;
use wheelhouse_protocol::plan::{LeftOut, Plan, PlanTarget};

/// Chips shown at first.
const FEW: usize = 24;

/// The hosts.
pub(super) fn hosts(plan: &Plan, card: Card) -> AnyView {
    let all = RwSignal::new(false);
    let details = RwSignal::new(plan.targets.len() <= 2);
    let total = plan.targets.len();
    let (targets, listed) = (plan.targets.clone(), plan.targets.clone());
    let left_out = plan.left_out.iter().map(left_out_row).collect_view();
    let any_left = !plan.left_out.is_empty();
    view! {
        <div class="plan-row" data-test="plan-hosts">
            <span class="plan-label">"Hosts"</span>
            <div class="grow stack">
                {move || {
                    if details.get() && !card.changing.get() {
                        ways(&listed, all)
                    } else {
                        groups(&targets, all, card)
                    }
                }}
                <div class="row wrap">
                    {(total > 2)
                        .then(|| {
                            Button::new(Signal::derive(move || {
                                    if details.get() { "Fewer details".to_owned() } else { "How each is reached".to_owned() }
                                }))
                                .quiet()
                                .small()
                                .class("link")
                                .test("host-details")
                                .on(move || details.update(|d| *d = !*d))
                                .view()
                        })}
                    {(total > FEW)
                        .then(|| {
                            Button::new(Signal::derive(move || {
                                    if all.get() { "Show fewer".to_owned() } else { format!("Show all {total}") }
                                }))
                                .quiet()
                                .small()
                                .class("link")
                                .on(move || all.update(|a| *a = !*a))
                                .view()
                        })}
                </div>
                {any_left.then(|| view! { <ul class="left-out" data-test="left-out">{left_out}</ul> })}
            </div>
        </div>
    }
    .into_any()
}

fn left_out_row(left: &LeftOut) -> AnyView {
    view! {
        <li class="look tone-warn">
            {small_icon(Icon::Skip)}
            <span><span class="strong">{left.name.clone()}</span><span class="soft">" is left out: "{left.reason.clone()}</span></span>
        </li>
    }
    .into_any()
}

/// Names as chips, those chosen for the same reason together.
fn groups(targets: &[PlanTarget], all: RwSignal<bool>, card: Card) -> AnyView {
    let limit = if all.get() || card.changing.get() { usize::MAX } else { FEW };
    let mut groups: Vec<(&str, Vec<&PlanTarget>)> = Vec::new();
    for target in targets.iter().take(limit) {
        match groups.iter_mut().find(|(why, _)| *why == target.why) {
            Some((_, members)) => members.push(target),
            None => groups.push((&target.why, vec![target])),
        }
    }
    let more = targets.len().saturating_sub(limit);
    let rows = groups
        .into_iter()
        .map(|(why, members)| {
            let chips = members.into_iter().map(|target| chip(target, card)).collect_view();
            view! {
                <div class="host-group">
                    <span class="chips">{chips}</span>
                    {(!why.is_empty()).then(|| view! { <span class="faint dense">"why: "{why.to_owned()}</span> })}
                </div>
            }
        })
        .collect_view();
    view! { {rows}{(more > 0).then(|| view! { <span class="soft dense">{plural(more, "more host", "more hosts")}</span> })} }.into_any()
}

fn chip(target: &PlanTarget, card: Card) -> AnyView {
    let id = target.id;
    let name = target.name.clone();
    let title = format!("{} · {} · {}", target.os, way(target), target.why);
    let out = move || card.without.with(|w| w.contains(&id));
    let label = name.clone();
    view! {
        <span class="chip" class:out=out title=title data-test="host">
            <span>{name}</span>
            {move || {
                let label = label.clone();
                card.changing
                    .get()
                    .then(|| {
                        let text = if out() { format!("Keep {label}") } else { format!("Leave {label} out") };
                        Button::new(text)
                            .quiet()
                            .class("chip-remove")
                            .only_icon(if out() { Icon::Plus } else { Icon::Cross })
                            .test("leave-out")
                            .on(move || {
                                card.without
                                    .update(|w| {
                                        if !w.remove(&id) {
                                            w.insert(id);
                                        }
                                    })
                            })
                            .view()
                    })
            }}
        </span>
    }
    .into_any()
}

/// One line per host.
fn ways(targets: &[PlanTarget], all: RwSignal<bool>) -> AnyView {
    let limit = if all.get() { usize::MAX } else { FEW };
    let rows = targets
        .iter()
        .take(limit)
        .map(|target| {
            view! {
                <div class="host-line" data-test="host">
                    <span class="strong truncate">{target.name.clone()}</span>
                    <span class="soft truncate mono">{way(target)}</span>
                    <span class="faint truncate" title=target.why.clone()>{target.why.clone()}</span>
                </div>
            }
        })
        .collect_view();
    view! { <div class="host-lines selectable">{rows}</div> }.into_any()
}
