//! Changing in which order hosts are worked on.

use super::plan_card::Card;
use crate::components::Button;
use crate::components::field::{Input, field, other_problem};
use crate::components::select::{choices, select};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use leptos::prelude::*;
use wheelhouse_protocol::plan::Batch;

/// The editor.
pub(super) fn editor(card: Card) -> AnyView {
    let now = card.strategy.get_untracked();
    let limit = RwSignal::new(now.limit.to_string());
    let kind = RwSignal::new(
        match now.batch {
            Batch::All => "all",
            Batch::Count(_) => "count",
            Batch::Percent(_) => "percent",
        }
        .to_owned(),
    );
    let size = RwSignal::new(match now.batch {
        Batch::All => "25".to_owned(),
        Batch::Count(n) => n.to_string(),
        Batch::Percent(n) => n.to_string(),
    });
    let canary = RwSignal::new(now.canary.to_string());
    let stop = RwSignal::new(now.stop_after.to_string());
    let problem = card.doing.problem;
    Effect::new(move |_| {
        // What cannot be a number is sent as 0, and the answer says what may be there.
        let number = |text: RwSignal<String>| text.with(|t| t.trim().parse::<u32>().unwrap_or(0));
        let batch = match kind.get().as_str() {
            "count" => Batch::Count(number(size)),
            "percent" => Batch::Percent(u8::try_from(number(size)).unwrap_or(u8::MAX)),
            _ => Batch::All,
        };
        card.strategy.update(|s| {
            s.limit = number(limit);
            s.batch = batch;
            s.canary = number(canary);
            s.stop_after = number(stop);
        });
    });
    let figure = |value: RwSignal<String>, test: &'static str| Input::text(value).class("figure").test(test).view();
    let left = move || card.without.with(|w| w.len());
    view! {
        <div class="strategy stack" data-test="strategy-editor">
            <p class="soft">{move || crate::pure::format::capital(&card.strategy.get().to_string())}</p>
            <div class="strategy-fields">
                {field("At work at once", "", "limit", problem, figure(limit, "strategy-limit"))}
                {field(
                    "Batches",
                    "",
                    "batch",
                    problem,
                    view! {
                        <span class="row">
                            {select(
                                "Batches",
                                choices(&[("all", "All together"), ("count", "So many hosts"), ("percent", "A share in %")]),
                                kind,
                                "strategy-batch",
                                move |v| kind.set(v),
                            )}
                            {move || (kind.get() != "all").then(|| Input::text(size).class("figure").label("Size of a batch").test("strategy-size").view())}
                        </span>
                    }
                        .into_any(),
                )}
                {field("Canaries first", "", "canary", problem, figure(canary, "strategy-canary"))}
                {field("Stop after failures", "0 = never", "stop_after", problem, figure(stop, "strategy-stop"))}
            </div>
            {other_problem(problem, &["limit", "batch", "canary", "stop_after"])}
            <div class="row wrap">
                {Button::new(Signal::derive(move || match left() {
                        0 => "Update the plan".to_owned(),
                        n => format!("Update the plan without {}", plural(n, "host", "hosts")),
                    }))
                    .primary()
                    .icon(Icon::Check)
                    .test("revise")
                    .busy(card.doing.busy)
                    .on(move || card.revise())
                    .view()}
                {Button::new("Keep it as it was")
                    .test("keep-plan")
                    .on(move || {
                        card.doing.problem.set(None);
                        card.without.update(|w| w.clear());
                        card.changing.set(false);
                    })
                    .view()}
            </div>
        </div>
    }
    .into_any()
}
