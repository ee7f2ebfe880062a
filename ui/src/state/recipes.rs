//! Recipes and schedules.

use super::load::Remote;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::recipe::{ListRecipes, Recipe};
use wheelhouse_protocol::schedule::{ListSchedules, Schedule};
use wheelhouse_protocol::{ConversationId, PlanId, RecipeId, ScheduleId};

/// Which of the two is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Recipes,
    Schedules,
}

/// What lies over the page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Over {
    /// Saving this plan.
    Save(PlanId),
    /// A schedule: for this recipe, or changing the one given.
    Schedule(String, Option<Box<Schedule>>),
}

/// Recipes and schedules.
pub(crate) struct Recipes {
    pub(crate) recipes: Remote<Vec<Recipe>>,
    pub(crate) schedules: Remote<Vec<Schedule>>,
    pub(crate) part: RwSignal<Part>,
    /// The recipe beside the list, by name.
    pub(crate) recipe: RwSignal<Option<String>>,
    /// The schedule beside the list, by name.
    pub(crate) schedule: RwSignal<Option<String>>,
    pub(crate) over: RwSignal<Option<Over>>,
    /// Counts what was told, so that details are asked for anew.
    pub(crate) told: RwSignal<u32>,
}

impl Default for Recipes {
    fn default() -> Self {
        Self {
            recipes: Remote::default(),
            schedules: Remote::default(),
            part: RwSignal::new(Part::Recipes),
            recipe: RwSignal::new(None),
            schedule: RwSignal::new(None),
            over: RwSignal::new(None),
            told: RwSignal::new(0),
        }
    }
}

impl Recipes {
    /// Asks for both lists.
    pub(crate) fn refresh(&'static self) {
        self.recipes.ask(ListRecipes::default);
        self.schedules.ask(ListSchedules::default);
        self.told.update(|n| *n = n.wrapping_add(1));
    }

    /// Goes to a recipe.
    pub(crate) fn show_recipe(&self, name: &str) {
        self.part.set(Part::Recipes);
        self.recipe.set(Some(name.to_owned()));
        stores().navigation.go(Screen::Recipes);
    }

    /// Goes to a schedule.
    pub(crate) fn show_schedule(&self, name: &str) {
        self.part.set(Part::Schedules);
        self.schedule.set(Some(name.to_owned()));
        stores().navigation.go(Screen::Recipes);
    }

    /// Goes to a recipe by its id; where it is gone, to the list.
    pub(crate) fn show_recipe_of(&self, id: RecipeId) {
        let name = self
            .recipes
            .value
            .with_untracked(|all| all.ready().and_then(|all| all.iter().find(|r| r.id == id).map(|r| r.name.clone())));
        self.part.set(Part::Recipes);
        self.recipe.set(name);
        stores().navigation.go(Screen::Recipes);
    }

    /// Goes to a schedule by its id; where it is gone, to the list.
    pub(crate) fn show_schedule_of(&self, id: ScheduleId) {
        let name = self
            .schedules
            .value
            .with_untracked(|s| s.ready().and_then(|s| s.iter().find(|s| s.id == id).map(|s| s.name.clone())));
        self.part.set(Part::Schedules);
        self.schedule.set(name);
        stores().navigation.go(Screen::Recipes);
    }

    /// The recipe of this name.
    pub(crate) fn named(&self, name: &str) -> Option<Recipe> {
        self.recipes.value.with(|r| r.ready().and_then(|r| r.iter().find(|r| r.name == name).cloned()))
    }
}

/// Goes to the conversation in which a plan waits.
pub(crate) fn decide_in(conversation: ConversationId) {
    stores().chat.open(conversation);
    stores().navigation.go(Screen::Chat);
}
