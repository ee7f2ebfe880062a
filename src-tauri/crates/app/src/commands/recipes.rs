//! Recipes.

use crate::recipe::{Chosen, found, make, whole};
use crate::{App, Caller, Handle};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;
use wheelhouse_protocol::plan::{Plan, Proposal};
use wheelhouse_protocol::recipe::{
    DeleteRecipe, DraftRecipe, GetRecipe, GetRecipeHistory, ListRecipes, Recipe, RecipeBody, RecipeDraft,
    RecipeProposal, RunRecipe, SaveRecipe, check_name,
};
use wheelhouse_protocol::{ConversationId, Event, MessageId, PlanId, Problem, ProblemCode, Timestamp};
use wheelhouse_store::recipes::NewRecipe;

impl Handle<ListRecipes> for App {
    async fn handle(&self, _: &Caller, _: ListRecipes) -> Result<Vec<Recipe>, Problem> {
        Ok(self.store.recipes().await?)
    }
}

impl Handle<GetRecipe> for App {
    async fn handle(&self, _: &Caller, command: GetRecipe) -> Result<Recipe, Problem> {
        self.recipe(&command.name, command.version).await
    }
}

impl Handle<GetRecipeHistory> for App {
    async fn handle(&self, _: &Caller, command: GetRecipeHistory) -> Result<Vec<Recipe>, Problem> {
        Ok(self.store.recipe_history(&command.name).await?)
    }
}

impl Handle<DraftRecipe> for App {
    async fn handle(&self, _: &Caller, command: DraftRecipe) -> Result<RecipeDraft, Problem> {
        let (proposal, plan) = self.planned(command.plan).await?;
        let targets = self.words_for(&proposal, &plan).await?;
        let machines = self.planner().await?.machines(&targets)?.resolved;
        let actions: Vec<_> = plan.steps.iter().map(|step| step.action.clone()).collect();
        let name: String = plan.steps.first().map_or("", |step| step.title.as_str()).to_lowercase();
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Ok(RecipeDraft {
            name: words.take(4).collect::<Vec<_>>().join("-"),
            steps: plan.steps.iter().map(|step| step.title.clone()).collect(),
            parameters: found(&actions, &targets)?,
            targets,
            machines,
        })
    }
}

impl Handle<SaveRecipe> for App {
    async fn handle(&self, caller: &Caller, command: SaveRecipe) -> Result<Recipe, Problem> {
        check_name("name", &command.name)?;
        let (proposal, plan) = self.planned(command.plan).await?;
        let targets = match command.targets.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
            Some(words) => words.to_owned(),
            None => self.words_for(&proposal, &plan).await?,
        };
        self.planner().await?.machines(&targets)?;
        let actions: Vec<_> = plan.steps.iter().map(|step| step.action.clone()).collect();
        let template = make(&actions, &targets, &command.parameters)?;
        let new = NewRecipe {
            name: command.name,
            description: command.description.trim().to_owned(),
            body: RecipeBody {
                request: plan.request,
                steps: template.steps,
                targets: template.targets,
                strategy: plan.strategy,
                risk: plan.risk,
                parameters: template.parameters,
            },
            who: caller.who.clone(),
            at: Timestamp::now(),
        };
        let saved = self.store.save_recipe(&new).await?;
        self.bus.publish(Event::RecipesChanged);
        whole(saved)
    }
}

impl Handle<DeleteRecipe> for App {
    async fn handle(&self, caller: &Caller, command: DeleteRecipe) -> Result<(), Problem> {
        let recipe = self.store.recipe(&command.name, None).await?;
        let detail = json!({ "recipe": recipe.id, "name": recipe.name, "versions": recipe.version });
        let record = Self::record(caller, "recipe.deleted", detail);
        self.store.delete_recipe(recipe.id, &record).await?;
        self.bus.publish(Event::RecipesChanged);
        Ok(())
    }
}

impl Handle<RunRecipe> for App {
    async fn handle(&self, _: &Caller, command: RunRecipe) -> Result<RecipeProposal, Problem> {
        let chosen = Chosen { parameters: &command.parameters, targets: command.targets.as_deref() };
        let proposal = self.propose_recipe(&command.name, command.version, chosen).await?;
        if !command.in_chat {
            self.store.put_proposal(&proposal).await?;
            return Ok(RecipeProposal { proposal, conversation: None });
        }
        let conversation = ConversationId(Uuid::now_v7());
        self.store.start_conversation(conversation, Timestamp::now()).await?;
        let said = proposal.plan.as_ref().map(|plan| plan.request.clone()).unwrap_or_default();
        let (request, reply) = (MessageId(Uuid::now_v7()), MessageId(Uuid::now_v7()));
        self.store.add_exchange(conversation, (request, &said), reply, &proposal).await?;
        self.bus.publish(Event::Chat(conversation));
        Ok(RecipeProposal { proposal, conversation: Some(conversation) })
    }
}

impl App {
    /// A proposal that has a plan, whatever was decided on it.
    async fn planned(&self, id: PlanId) -> Result<(Proposal, Plan), Problem> {
        let proposal = self.store.proposal(id).await?;
        match proposal.plan.clone() {
            Some(plan) => Ok((proposal, plan)),
            None => {
                Err(Problem::new(ProblemCode::NeedsAnswer, "There is no plan to save yet", proposal.reading.sentence))
            }
        }
    }

    /// The words that name a plan's machines.
    pub(super) async fn words_for(&self, proposal: &Proposal, plan: &Plan) -> Result<String, Problem> {
        let chosen = plan.targets.iter().map(|t| &t.name).chain(plan.left_out.iter().map(|l| &l.name));
        let machines: BTreeSet<String> = chosen.cloned().collect();
        Ok(self.planner().await?.target_words(&plan.request, &proposal.reading.targets, &machines))
    }
}
