//! What can be done with every ticked target at once.

use super::list::Row;
use super::place::{Place, place};
use crate::api;
use crate::components::menu::{MenuItem, menu};
use crate::components::{Button, problem_card};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::tally::Tally;
use crate::state::stores;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;
use std::sync::Arc;
use wheelhouse_protocol::inventory::{DeleteTarget, SaveTarget, Target, TargetSpec};
use wheelhouse_protocol::{GroupId, Problem};

/// Work on several targets: how far it is, and what went wrong.
#[derive(Clone, Copy)]
pub(super) struct Work {
    /// What is under way.
    going: RwSignal<Option<Tally>>,
    /// What went wrong last time.
    problem: RwSignal<Option<Problem>>,
}

impl Work {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { going: RwSignal::new(None), problem: RwSignal::new(None) }
    }

    fn begin<F: Future<Output = Result<(), Problem>>>(
        self,
        what: &'static str,
        done: &'static str,
        targets: Vec<Target>,
        one: impl Fn(Target) -> F + 'static,
    ) {
        if self.going.with_untracked(Option::is_some) || targets.is_empty() {
            return;
        }
        self.problem.set(None);
        self.going.set(Some(Tally::new(what, done, targets.len())));
        spawn_local(async move {
            for target in targets {
                if self.going.with_untracked(|g| g.as_ref().is_some_and(|tally| tally.stopped)) {
                    break;
                }
                let name = target.spec.name.clone();
                let result = one(target).await;
                self.going.update(|g| {
                    if let Some(tally) = g {
                        tally.tried(name, result);
                    }
                });
            }
            let Some(tally) = self.going.get_untracked() else { return };
            self.going.set(None);
            self.problem.set(tally.problem());
            let (tone, said) = tally.outcome();
            stores().toasts.say(tone, said);
        });
    }

    /// Begins no further target; the one under way ends as it does.
    fn stop(self) {
        self.going.update(|g| {
            if let Some(tally) = g {
                tally.stopped = true;
            }
        });
    }

    /// Changes what is said about each; those that are so already are left alone.
    fn change(
        self,
        what: &'static str,
        done: &'static str,
        targets: Vec<Target>,
        change: impl Fn(&mut TargetSpec) + 'static,
    ) {
        self.begin(what, done, targets, move |target| {
            let mut spec = target.spec.clone();
            change(&mut spec);
            async move {
                if spec == target.spec {
                    return Ok(());
                }
                api::call(SaveTarget { id: Some(target.id), spec }).await.map(|_| ())
            }
        });
    }
}

/// The bar over the table, while something is ticked.
pub(super) fn bulk(rows: Memo<Arc<Vec<Row>>>) -> AnyView {
    let Place { ticked, work, .. } = place();
    // What is out of sight is not meant: a tick ends with its row.
    Effect::new(move |_| {
        let there: HashSet<String> = rows.with(|rows| rows.iter().map(|r| r.target.id.to_string()).collect());
        if ticked.with_untracked(|t| t.iter().any(|id| !there.contains(id))) {
            ticked.update(|t| t.retain(|id| there.contains(id)));
        }
    });
    let meant = Memo::new(move |_| {
        let ticked = ticked.get();
        rows.with(|rows| {
            let meant = rows.iter().filter(|r| ticked.contains(&r.target.id.to_string()));
            meant.map(|r| r.target.clone()).collect::<Vec<Target>>()
        })
    });
    let any = Memo::new(move |_| meant.with(|m| !m.is_empty()) || work.going.with(Option::is_some));
    view! {
        {move || any.get().then(|| bar(work, meant))}
        {move || {
            work.problem.get().map(|problem| view! {
                <div class="bulk-problem row">
                    <div class="grow">{problem_card(problem)}</div>
                    {Button::new("Put it away").quiet().small().only_icon(Icon::Cross).test("bulk-problem-close").on(move || work.problem.set(None)).view()}
                </div>
            })
        }}
    }
    .into_any()
}

fn bar(work: Work, meant: Memo<Vec<Target>>) -> AnyView {
    let busy = Signal::derive(move || work.going.with(Option::is_some));
    let said = move || match work.going.get() {
        Some(tally) => tally.progress(),
        None => format!("{} selected", meant.with(Vec::len)),
    };
    let stopped = Memo::new(move |_| work.going.with(|g| g.as_ref().map(|tally| tally.stopped)));
    let test = move || {
        let ids = meant.with_untracked(|m| m.iter().map(|t| t.id).collect());
        stores().inventory.test_all(ids);
    };
    let maintain = move |on: bool| {
        let what = if on { "Beginning maintenance" } else { "Ending maintenance" };
        let done = if on { "in maintenance" } else { "out of maintenance" };
        work.change(what, done, meant.get_untracked(), move |spec| spec.maintenance = on);
    };
    let remove = move || {
        let removed = |target: Target| async move { api::call(DeleteTarget { id: target.id }).await };
        work.begin("Removing", "removed", meant.get_untracked(), removed);
    };
    let remove_label = Signal::derive(move || {
        meant.with(|m| match m.as_slice() {
            [one] => format!("Remove “{}”", one.spec.name),
            many => format!("Remove {}", plural(many.len(), "target", "targets")),
        })
    });
    view! {
        <div class="bulk" role="toolbar" aria-label="With what is selected" data-test="bulk">
            <span class="strong nowrap" role="status" data-test="bulk-count">{said}</span>
            {Button::new("Test").small().icon(Icon::Link).test("bulk-test").disabled(busy).on(test).view()}
            {menu(
                Button::new("Add to group").small().icon(Icon::Group).test("bulk-group").disabled(busy),
                move || group_items(work, meant),
            )}
            {menu(
                Button::new("Maintenance").small().icon(Icon::Wrench).test("bulk-maintenance").disabled(busy),
                move || {
                    vec![
                        MenuItem::new(Icon::Wrench, "Begin maintenance", "bulk-maintenance-on", move || maintain(true))
                            .hint("Jobs leave them out"),
                        MenuItem::new(Icon::Ok, "End maintenance", "bulk-maintenance-off", move || maintain(false)),
                    ]
                },
            )}
            {Button::new(remove_label).small().danger().icon(Icon::Trash).test("bulk-remove").disabled(busy).on(remove).view()}
            <span class="grow"></span>
            {move || {
                stopped.get().map(|stopped| {
                    Button::new(if stopped { "Stopping…" } else { "Stop" })
                        .small()
                        .icon(Icon::Stop)
                        .title("Begins no further target. What was done stays.")
                        .test("bulk-stop")
                        .disabled(stopped)
                        .on(move || work.stop())
                        .view()
                })
            }}
            {Button::new("Clear").quiet().small().test("bulk-clear").on(|| place().ticked.set(HashSet::new())).view()}
        </div>
    }
    .into_any()
}

fn group_items(work: Work, meant: Memo<Vec<Target>>) -> Vec<MenuItem> {
    let add = move |group: GroupId| {
        work.change("Adding to the group", "in the group", meant.get_untracked(), move |spec| {
            if !spec.groups.contains(&group) {
                spec.groups.push(group);
            }
        });
    };
    let groups = stores().inventory.groups.value.with_untracked(|g| g.ready().cloned().unwrap_or_default());
    let mut items: Vec<MenuItem> = groups
        .into_iter()
        .filter(|g| !g.spec.everything)
        .map(|group| {
            let hook = format!("bulk-group-{}", group.spec.name);
            MenuItem::new(Icon::Group, group.spec.name, hook, move || add(group.id))
        })
        .collect();
    items.push(MenuItem::new(Icon::Plus, "New group of these…", "bulk-group-new", move || {
        place().show_new_group(meant.with_untracked(|m| m.iter().map(|t| t.id).collect()));
    }));
    items
}
