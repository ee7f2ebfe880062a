//! Targets, groups, host keys, and the planner that reads along with the operator.

use super::load::{Load, Remote};
use crate::pure::trial::Trial;
use crate::state::stores;
use crate::{api, web};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use std::rc::Rc;
use wheelhouse_planner::{Completion, Context, Memory, Planner, Understood};
use wheelhouse_protocol::inventory::{
    Group, ListGroups, ListHostKeys, ListTargets, Snapshot, Target, TestTarget, TrustedHostKey,
};
use wheelhouse_protocol::{GroupId, TargetId};

/// The inventory.
pub(crate) struct Inventory {
    pub(crate) targets: Remote<Vec<Target>>,
    pub(crate) groups: Remote<Vec<Group>>,
    pub(crate) host_keys: Remote<Vec<TrustedHostKey>>,
    /// Connection tests since the page was opened, by target.
    pub(crate) trials: RwSignal<HashMap<TargetId, Trial>>,
    planner: RwSignal<Option<Rc<Planner>>, LocalStorage>,
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            targets: Remote::default(),
            groups: Remote::default(),
            host_keys: Remote::default(),
            trials: RwSignal::new(HashMap::new()),
            planner: RwSignal::new_local(None),
        }
    }
}

impl Inventory {
    /// Asks for all of it.
    pub(crate) fn refresh(&'static self) {
        self.targets.ask(ListTargets::default);
        self.groups.ask(ListGroups::default);
        self.host_keys.ask(ListHostKeys::default);
    }

    /// Keeps the planner in step with the inventory. Called once.
    pub(crate) fn keep_planner(&'static self) {
        Effect::new(move |_| {
            let snapshot = self.targets.value.with(|targets| {
                self.groups.value.with(|groups| {
                    let (targets, groups) = (targets.ready()?.clone(), groups.ready()?.clone());
                    Some(Snapshot { targets, groups, services: std::collections::BTreeMap::new() })
                })
            });
            // The words every installation knows can be read; a test of the planner's own says so.
            let planner = snapshot.and_then(|snapshot| Planner::new(&snapshot, "").ok());
            self.planner.set(planner.map(Rc::new));
        });
    }

    /// Hears of another planner.
    pub(crate) fn planner_changed(&self) {
        self.planner.track();
    }

    /// What a conversation has come to. It is told again when the inventory changes.
    pub(crate) fn recall(&self, context: &Context) -> Memory {
        self.planner.with(|planner| planner.as_ref().map(|p| p.recall(context)).unwrap_or_default())
    }

    /// What a message means after that; `None` until the inventory is there.
    pub(crate) fn read_after(&self, message: &str, memory: &Memory) -> Option<Understood> {
        self.planner.with_untracked(|planner| planner.as_ref().map(|p| p.read_after(message, memory)))
    }

    /// Names of the inventory, services and saved recipes with which what is typed before the cursor can go on.
    pub(crate) fn complete(&self, typed: &str) -> Vec<Completion> {
        let recipes: Vec<String> = stores().recipes.recipes.value.with_untracked(|recipes| {
            recipes.ready().map(|r| r.iter().map(|r| r.name.clone()).collect()).unwrap_or_default()
        });
        self.planner.with_untracked(|planner| planner.as_ref().map(|p| p.complete(typed, &recipes)).unwrap_or_default())
    }

    /// Three things to try, from the inventory as it is.
    pub(crate) fn suggestions(&self) -> Vec<String> {
        self.planner.with(|planner| planner.as_ref().map(|p| p.suggestions()).unwrap_or_default())
    }

    /// Shows a target as a command answered it; the event that follows confirms it.
    pub(crate) fn put_target(&self, target: Target) {
        self.targets.value.update(|load| {
            if let Load::Ready(targets) = load {
                targets.retain(|t| t.id != target.id);
                targets.push(target);
            }
        });
    }

    /// As [`Self::put_target`], for a group.
    pub(crate) fn put_group(&self, group: Group) {
        self.groups.value.update(|load| {
            if let Load::Ready(groups) = load {
                groups.retain(|g| g.id != group.id);
                groups.push(group);
            }
        });
    }

    /// One target.
    pub(crate) fn target(&self, id: TargetId) -> Option<Target> {
        self.targets.value.with(|t| t.ready().and_then(|t| t.iter().find(|t| t.id == id).cloned()))
    }

    /// One group's name.
    pub(crate) fn group_name(&self, id: GroupId) -> String {
        self.groups
            .value
            .with(|g| g.ready().and_then(|g| g.iter().find(|g| g.id == id).map(|g| g.spec.name.clone())))
            .unwrap_or_default()
    }

    /// Tests a connection.
    pub(crate) fn test(&'static self, id: TargetId) {
        if self.trials.with_untracked(|t| t.get(&id) == Some(&Trial::Running)) {
            return;
        }
        self.trials.update(|t| {
            t.insert(id, Trial::Running);
        });
        spawn_local(async move {
            let result = api::call(TestTarget { id }).await;
            self.trials.update(|t| {
                t.insert(id, Trial::done(web::now(), result));
            });
        });
    }

    /// Tests connections, a few at a time.
    pub(crate) fn test_all(&'static self, ids: Vec<TargetId>) {
        let mut lanes: Vec<Vec<TargetId>> = vec![Vec::new(); 8];
        for (n, id) in ids.into_iter().enumerate() {
            lanes[n % 8].push(id);
        }
        for lane in lanes.into_iter().filter(|lane| !lane.is_empty()) {
            self.trials.update(|t| t.extend(lane.iter().map(|id| (*id, Trial::Running))));
            spawn_local(async move {
                for id in lane {
                    let result = api::call(TestTarget { id }).await;
                    self.trials.update(|t| {
                        t.insert(id, Trial::done(web::now(), result));
                    });
                }
            });
        }
    }

    /// The vault is open: what a test said about its being locked holds no more.
    pub(crate) fn vault_opened(&self) {
        if self.trials.with_untracked(|t| t.values().any(Trial::wanted_vault)) {
            self.trials.update(|t| t.retain(|_, trial| !trial.wanted_vault()));
        }
    }

    /// Whether the targets have come.
    pub(crate) fn is_there(&self) -> bool {
        self.targets.value.with(|t| matches!(t, Load::Ready(_)))
    }
}
