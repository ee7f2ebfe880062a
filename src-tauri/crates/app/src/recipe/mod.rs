//! Recipes: a plan's steps kept as a template, and the template made a plan again.

mod draft;
mod fill;
mod value;

pub(crate) use draft::{found, make};
pub(crate) use fill::{Filled, fill};

use crate::App;
use crate::files::Disk;
use crate::planning::{blocking, proposal};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;
use wheelhouse_planner::StepsOn;
use wheelhouse_protocol::plan::Proposal;
use wheelhouse_protocol::reading::Reading;
use wheelhouse_protocol::recipe::Recipe;
use wheelhouse_protocol::{PlanId, Problem, ProblemCode};

/// What a run of a recipe chooses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen<'a> {
    /// Values for its parameters.
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// Other words for the machines.
    pub(crate) targets: Option<&'a str>,
}

impl App {
    /// The version of a recipe, the newest without one; refused when its stored body was changed.
    pub(crate) async fn recipe(&self, name: &str, version: Option<u32>) -> Result<Recipe, Problem> {
        whole(self.store.recipe(name, version).await?)
    }

    /// A recipe by name, with values for its parameters and perhaps other words for the machines, as a
    /// proposal that waits for the same decision as any other. It is not stored yet.
    ///
    /// # Errors
    /// [`ProblemCode::NotFound`] without such a recipe, [`ProblemCode::InvalidInput`] for a parameter it
    /// does not have, a value its kind cannot be, or words that name no machines.
    pub(crate) async fn propose_recipe(
        &self,
        name: &str,
        version: Option<u32>,
        chosen: Chosen<'_>,
    ) -> Result<Proposal, Problem> {
        let recipe = self.recipe(name, version).await?;
        Ok(self.propose_filled(&recipe, chosen).await?.1)
    }

    /// As [`Self::propose_recipe`], with what the parameters came to.
    pub(crate) async fn propose_filled(
        &self,
        recipe: &Recipe,
        chosen: Chosen<'_>,
    ) -> Result<(Filled, Proposal), Problem> {
        let mut filled = fill(&recipe.body, chosen.parameters)?;
        if let Some(words) = chosen.targets.map(str::trim).filter(|words| !words.is_empty()) {
            words.clone_into(&mut filled.targets);
        }
        let planner = self.planner().await?;
        let request = request(recipe, chosen);
        let (strategy, risk) = (recipe.body.strategy, recipe.body.risk);
        let slots = BTreeMap::from([
            ("recipe".to_owned(), json!(recipe.name)),
            ("version".to_owned(), json!(recipe.version)),
            ("parameters".to_owned(), json!(filled.values)),
        ]);
        // Reading a file that is to be copied takes as long as its disk takes.
        blocking(move || {
            filled.name_services(|asked| planner.name_of(asked));
            let id = PlanId(Uuid::now_v7());
            let wanted = StepsOn { request: &request, steps: &filled.steps, targets: &filled.targets, risk };
            let (plan, mut reading) = planner.plan_steps(&wanted, id, strategy, &Disk)?;
            reading.slots = slots;
            Ok((filled, proposal(id, reading, Some(plan))))
        })
        .await
    }

    /// The recipe a request names, where the planner heard one: slots `recipe`, perhaps `version` and
    /// `parameters` (an object), and the machines it names, if any.
    pub(crate) async fn propose_heard(&self, request: &str, reading: &Reading) -> Result<Proposal, Problem> {
        let name = reading.slots.get("recipe").and_then(Value::as_str).unwrap_or_default();
        let version = reading.slots.get("version").and_then(Value::as_u64).and_then(|v| u32::try_from(v).ok());
        let parameters: BTreeMap<String, String> = reading
            .slots
            .get("parameters")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        let machines = reading.targets.resolved.iter().cloned().collect();
        let words = self.planner().await?.target_words(request, &reading.targets, &machines);
        let targets = (!reading.targets.resolved.is_empty()).then_some(words.as_str());
        self.propose_recipe(name, version, Chosen { parameters: &parameters, targets }).await
    }
}

/// A recipe whose body is the one that was saved.
pub(crate) fn whole(recipe: Recipe) -> Result<Recipe, Problem> {
    if recipe.body.hash() == recipe.hash {
        return Ok(recipe);
    }
    let detail = format!(
        "Version {} of “{}” is not the one that {} saved: its content does not give its hash.",
        recipe.version, recipe.name, recipe.saved_by
    );
    Err(Problem::new(ProblemCode::Damaged, "This recipe was changed outside Wheelhouse", detail)
        .hint("Save it again from a plan you have looked at; that makes a new version."))
}

/// `run recipe deploy-api with version=2.1.0 on staging`.
fn request(recipe: &Recipe, chosen: Chosen<'_>) -> String {
    let mut words = format!("run recipe {}", recipe.name);
    if !chosen.parameters.is_empty() {
        let values: Vec<String> = chosen.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        words = format!("{words} with {}", values.join(", "));
    }
    match chosen.targets.map(str::trim).filter(|targets| !targets.is_empty()) {
        Some(targets) => format!("{words} on {targets}"),
        None => words,
    }
}
