//! `wh recipe`.

use super::plan::plan_id;
use super::run::decide;
use crate::args::{RecipeCommand, RunRecipeArgs, SaveRecipeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::show;
use std::collections::BTreeMap;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::job::GetJob;
use wheelhouse_protocol::recipe::{
    DeleteRecipe, GetRecipe, GetRecipeHistory, ListRecipes, NewParameter, ParameterKind, Recipe, RunRecipe, SaveRecipe,
};

pub(crate) async fn recipe(session: &Session, command: RecipeCommand) -> Result<Outcome, Problem> {
    match command {
        RecipeCommand::List => {
            let recipes = session.call(ListRecipes {}).await?;
            session.print(&recipes, |recipes| {
                let rows: Vec<Vec<String>> = recipes
                    .iter()
                    .map(|recipe| {
                        vec![
                            recipe.name.clone(),
                            recipe.version.to_string(),
                            show::or_dash(&recipe.description),
                            recipe.body.targets.clone(),
                            show::or_dash(&parameters(recipe).join(" ")),
                        ]
                    })
                    .collect();
                show::table(&["recipe", "version", "what for", "on", "parameters"], &rows);
            });
        }
        RecipeCommand::Show { name, recipe_version } => {
            let recipe = session.call(GetRecipe { name, version: recipe_version }).await?;
            session.print(&recipe, for_people);
        }
        RecipeCommand::Save(args) => return save(session, args).await,
        RecipeCommand::Run(args) => return run(session, args).await,
        RecipeCommand::Delete { name } => {
            session.call(DeleteRecipe { name: name.clone() }).await?;
            session.print(&name, |name| show::line(format!("Deleted recipe {name}")));
        }
        RecipeCommand::History { name } => {
            let history = session.call(GetRecipeHistory { name }).await?;
            session.print(&history, |history| {
                let rows: Vec<Vec<String>> = history
                    .iter()
                    .map(|recipe| {
                        vec![
                            recipe.version.to_string(),
                            recipe.hash.get(..8).unwrap_or_default().to_owned(),
                            show::moment(recipe.saved_at),
                            recipe.saved_by.clone(),
                            recipe.body.steps.iter().map(Action::title).collect::<Vec<_>>().join(", "),
                        ]
                    })
                    .collect();
                show::table(&["version", "hash", "saved", "by", "steps"], &rows);
            });
        }
    }
    Ok(Outcome::Done)
}

async fn save(session: &Session, args: SaveRecipeArgs) -> Result<Outcome, Problem> {
    let plan = match (&args.plan, &args.job) {
        (Some(plan), _) => plan_id(plan)?,
        (None, Some(job)) => session.call(GetJob { job: session.job(job).await? }).await?.summary.plan,
        (None, None) => return Err(Problem::invalid("plan", "Say which plan or job is to be saved.")),
    };
    let parameters = args.parameters.iter().map(|text| parameter(text)).collect::<Result<_, _>>()?;
    let command = SaveRecipe { plan, name: args.name, description: args.description, targets: args.on, parameters };
    let recipe = session.call(command).await?;
    session.print(&recipe, |recipe| {
        show::line(format!("Saved recipe {} version {}", recipe.name, recipe.version));
        for_people(recipe);
    });
    Ok(Outcome::Done)
}

async fn run(session: &Session, args: RunRecipeArgs) -> Result<Outcome, Problem> {
    let parameters = values(&args.parameters)?;
    let command =
        RunRecipe { name: args.name, version: args.recipe_version, parameters, targets: args.on, in_chat: false };
    let made = session.call(command).await?;
    decide(session, made.proposal, args.approve, args.confirm, args.quiet).await
}

/// `version:version=2.1.0`.
fn parameter(text: &str) -> Result<NewParameter, Problem> {
    let refuse = || {
        let kinds = ParameterKind::ALL.map(ParameterKind::as_str).join(", ");
        let detail = format!("“{text}” is no parameter. Write NAME:KIND=VALUE; the kinds are {kinds}.");
        Problem::invalid("parameter", detail)
    };
    let (name, rest) = text.split_once(':').ok_or_else(refuse)?;
    let (kind, value) = rest.split_once('=').ok_or_else(refuse)?;
    let kind = ParameterKind::parse(kind.trim()).ok_or_else(refuse)?;
    Ok(NewParameter { name: name.trim().to_owned(), kind, value: value.trim().to_owned(), about: String::new() })
}

/// Values by name, from `name=value`.
pub(super) fn values(texts: &[String]) -> Result<BTreeMap<String, String>, Problem> {
    texts
        .iter()
        .map(|text| match text.split_once('=') {
            Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
            None => Err(Problem::invalid("parameter", format!("“{text}” is no value. Write NAME=VALUE."))),
        })
        .collect()
}

fn parameters(recipe: &Recipe) -> Vec<String> {
    recipe.body.parameters.iter().map(|p| format!("{}={}", p.name, p.default)).collect()
}

fn for_people(recipe: &Recipe) {
    show::line(format!("{} version {}   hash {}", recipe.name, recipe.version, recipe.hash.get(..8).unwrap_or("")));
    if !recipe.description.is_empty() {
        show::line(&recipe.description);
    }
    show::line("Steps");
    for (n, action) in recipe.body.steps.iter().enumerate() {
        show::line(format!("  {} {}", n + 1, action.title()));
    }
    show::line(format!("On        {}", recipe.body.targets));
    show::line(format!("Strategy  {}", recipe.body.strategy));
    if !recipe.body.parameters.is_empty() {
        show::line("Parameters");
    }
    for parameter in &recipe.body.parameters {
        let about = show::dim(&parameter.about);
        show::line(format!("  {:<16} {:<8} {}  {about}", parameter.name, parameter.kind, parameter.default));
    }
    show::line(show::dim(&format!("saved by {} at {}", recipe.saved_by, show::moment(recipe.saved_at))));
}
