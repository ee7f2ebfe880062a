//! Recipes: steps that are kept under a name, with parameters, to be planned anew at each run.
//!
//! A recipe holds no machine and no script. It holds the typed steps, the words that name machines and
//! the strategy; a run reads the words against the inventory of that moment, renders the scripts of that
//! moment, and gives a proposal like any other.

use crate::action::Action;
use crate::plan::{Proposal, Strategy, hex};
use crate::reading::Risk;
use crate::{ConversationId, PlanId, Problem, RecipeId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// What a parameter's values can be. It decides which characters they may have, and where they may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParameterKind {
    /// A service's name, read with its aliases.
    Service,
    /// A package's name, read with its aliases.
    Package,
    /// A file or directory.
    Path,
    /// A version, also as a part of a path.
    Version,
    /// Any text on one line.
    Text,
    /// A whole number.
    Number,
    /// The words that name the machines.
    Target,
}

impl ParameterKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Service, Self::Package, Self::Path, Self::Version, Self::Text, Self::Number, Self::Target];

    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Package => "package",
            Self::Path => "path",
            Self::Version => "version",
            Self::Text => "text",
            Self::Number => "number",
            Self::Target => "target",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value of a recipe that a run can choose. It stands as `{name}` in the steps or the target words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name: a letter, then letters, digits, `_` and `-`.
    pub name: String,
    /// What it can be.
    pub kind: ParameterKind,
    /// Its value where a run does not choose one.
    pub default: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// For a number that stands where no text can: which fields, as JSON pointers into the steps (RFC 6901).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// What a recipe does: everything its hash is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipeBody {
    /// The words of the request it was saved from.
    pub request: String,
    /// What it does, in order, with `{name}` where a parameter stands.
    pub steps: Vec<Action>,
    /// The words that name the machines, read anew at each run.
    pub targets: String,
    /// In which order machines are worked on.
    pub strategy: Strategy,
    /// The least risk a run has: that of the plan it was saved from.
    pub risk: Risk,
    /// What a run can choose.
    pub parameters: Vec<Parameter>,
}

impl RecipeBody {
    /// SHA-256 of the body as canonical JSON, 64 lower-case hex digits.
    pub fn hash(&self) -> String {
        canonical_hash(self)
    }

    /// Whether a run needs an approval whatever is chosen: a step changes a machine, or it was saved from a plan
    /// that showed what not everybody may see.
    pub fn mutates(&self) -> bool {
        self.steps.iter().any(Action::mutates) || self.risk > Risk::Low
    }
}

/// SHA-256 of a value as canonical JSON: struct fields in their order, maps sorted by key, no white space.
/// Empty, which equals no hash, for a value that cannot be written.
pub fn canonical_hash<T: Serialize>(value: &T) -> String {
    serde_json::to_vec(value).map(|bytes| hex(&Sha256::digest(&bytes))).unwrap_or_default()
}

/// One version of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Which recipe.
    pub id: RecipeId,
    /// Its name.
    pub name: String,
    /// From 1; each save of the name makes the next.
    pub version: u32,
    /// What it is for.
    pub description: String,
    /// What it does.
    pub body: RecipeBody,
    /// [`RecipeBody::hash`] when it was saved.
    pub hash: String,
    /// Who saved it.
    pub saved_by: String,
    /// When.
    pub saved_at: Timestamp,
}

/// What could become a parameter of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundParameter {
    /// A name for it.
    pub name: String,
    /// What it is.
    pub kind: ParameterKind,
    /// Its value in the plan.
    pub value: String,
    /// Where it stands, in words.
    pub places: Vec<String>,
}

/// A plan as it would be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipeDraft {
    /// A name for it.
    pub name: String,
    /// The steps' titles.
    pub steps: Vec<String>,
    /// The words for its machines.
    pub targets: String,
    /// The machines these are now.
    pub machines: Vec<String>,
    /// What could become a parameter.
    pub parameters: Vec<FoundParameter>,
}

/// A value of the plan that becomes a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParameter {
    /// Its name.
    pub name: String,
    /// What it can be.
    pub kind: ParameterKind,
    /// Its value in the plan, which becomes the default.
    pub value: String,
    /// What it is for.
    #[serde(default)]
    pub about: String,
}

/// Lists the newest version of every recipe, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListRecipes {}
crate::command!(ListRecipes, "recipe.list", Viewer, false => Vec<Recipe>);

/// Shows one version of a recipe.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetRecipe {
    /// Its name.
    pub name: String,
    /// Which; the newest when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}
crate::command!(GetRecipe, "recipe.get", Viewer, false => Recipe);

/// Shows every version of a recipe, newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GetRecipeHistory {
    /// Its name.
    pub name: String,
}
crate::command!(GetRecipeHistory, "recipe.history", Viewer, false => Vec<Recipe>);

/// Says how a plan would be saved: its target words, and what could become a parameter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DraftRecipe {
    /// The plan, decided on or not.
    pub plan: PlanId,
}
crate::command!(DraftRecipe, "recipe.draft", Viewer, false => RecipeDraft);

/// Saves a plan under a name. A name that is taken gets a further version; the older ones are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveRecipe {
    /// The plan, decided on or not.
    pub plan: PlanId,
    /// The name: a letter or digit, then letters, digits, `.`, `_` and `-`.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The words for its machines; those of the request when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<String>,
    /// What a run can choose.
    #[serde(default)]
    pub parameters: Vec<NewParameter>,
}
crate::command!(SaveRecipe, "recipe.save", Operator, true => Recipe);

/// Deletes a recipe with all its versions. Refused while a schedule runs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeleteRecipe {
    /// Its name.
    pub name: String,
}
crate::command!(DeleteRecipe, "recipe.delete", Operator, true => ());

/// Plans a recipe anew. Nothing runs: the proposal waits for the same decision as any other.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RunRecipe {
    /// Its name.
    pub name: String,
    /// Which version; the newest when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Values for its parameters, by name.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Other words for the machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<String>,
    /// Whether a conversation is begun with it, so that it can be decided on there.
    #[serde(default)]
    pub in_chat: bool,
}
crate::command!(RunRecipe, "recipe.run", Operator, true => RecipeProposal);

/// A recipe's plan, waiting for a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipeProposal {
    /// The proposal.
    pub proposal: Proposal,
    /// The conversation it is in, where one was wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
}

/// The longest recipe and schedule names, in characters.
pub const MAX_NAME: usize = 80;

/// Whether a recipe, parameter or schedule can have this name: letters, digits, `.`, `_`, `-`, so that it
/// can be said in a sentence and typed in a terminal without quotes.
///
/// # Errors
/// In words, about `field`.
pub fn check_name(field: &str, name: &str) -> Result<(), Problem> {
    let good = name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
        && name.chars().count() <= MAX_NAME;
    if good {
        return Ok(());
    }
    let detail = format!(
        "“{name}” cannot be a name: it takes letters, digits, “.”, “_” and “-”, begins with a letter or digit, and has at most {MAX_NAME} characters."
    );
    Err(Problem::invalid(field, detail))
}
