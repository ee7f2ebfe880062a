//! What a standing approval covers, and whether it covers a plan of now. Pure.

use std::collections::BTreeMap;
use wheelhouse_protocol::plan::{Plan, Script, Shell};
use wheelhouse_protocol::reading::Risk;
use wheelhouse_protocol::recipe::{Recipe, canonical_hash};
use wheelhouse_protocol::schedule::{Coverage, StandingApproval, When};

use crate::recipe::Filled;
use wheelhouse_protocol::{ScheduleId, Timestamp};

/// What an approval of a schedule that runs then would cover with the plan it comes to now.
pub(crate) fn coverage(
    (schedule, when): (ScheduleId, &When),
    recipe: &Recipe,
    filled: &Filled,
    plan: &Plan,
) -> Coverage {
    let shells = plan.targets.iter().map(|target| target.shell);
    Coverage {
        schedule,
        when: when.clone(),
        recipe: recipe.id,
        version: recipe.version,
        recipe_hash: recipe.hash.clone(),
        parameters: filled.values.clone(),
        targets: filled.targets.clone(),
        strategy: plan.strategy,
        scripts: shells.map(|shell| (shell, scripts_hash(plan, shell))).collect::<BTreeMap<_, _>>(),
    }
}

/// SHA-256 over what every step does and sends to machines of one shell.
fn scripts_hash(plan: &Plan, shell: Shell) -> String {
    let steps: Vec<_> = plan.steps.iter().map(|step| (&step.action, step.scripts.get(&shell))).collect();
    canonical_hash::<Vec<(_, Option<&Script>)>>(&steps)
}

/// Whether an approval covers a run of now; if not, why, in words.
///
/// Everything fails closed: what is not equal to what was approved is not covered.
pub(crate) fn covers<'a>(
    approval: Option<&'a StandingApproval>,
    now: Timestamp,
    current: &Coverage,
    plan: &Plan,
) -> Result<&'a StandingApproval, String> {
    let Some(approval) = approval else { return Err("it has no standing approval".to_owned()) };
    let given = &approval.covers;
    if given.hash() != approval.hash {
        return Err(
            "its standing approval is not the one that was given: its content does not give its hash".to_owned()
        );
    }
    if now < approval.at {
        return Err(format!("the clock is before {}, when its standing approval was given", approval.at));
    }
    if let Some(expires_at) = approval.expires_at.filter(|expires_at| now >= *expires_at) {
        return Err(format!("its standing approval expired at {expires_at}"));
    }
    // The plan's own risk is asked, not the approved one: more machines can make it critical.
    if plan.risk >= Risk::Critical {
        return Err("its risk is critical now, and that needs an approval each time".to_owned());
    }
    let changed = [
        ("schedule", given.schedule == current.schedule),
        ("time", given.when == current.when),
        (
            "recipe",
            (given.recipe, given.version, &given.recipe_hash)
                == (current.recipe, current.version, &current.recipe_hash),
        ),
        ("parameters", given.parameters == current.parameters),
        ("target words", given.targets == current.targets),
        ("strategy", given.strategy == current.strategy),
    ];
    if let Some((what, _)) = changed.into_iter().find(|(_, same)| !same) {
        return Err(format!("its {what} changed since the standing approval was given"));
    }
    for (shell, hash) in &current.scripts {
        match given.scripts.get(shell) {
            Some(approved) if approved == hash => {}
            Some(_) => return Err(format!("its {shell} scripts or files are not the ones that were approved")),
            None => return Err(format!("it has machines now that need {shell} scripts, and none were approved")),
        }
    }
    let machines = u32::try_from(plan.targets.len()).unwrap_or(u32::MAX);
    if machines > approval.max_targets {
        return Err(format!("it would be {machines} machines, and at most {} were approved", approval.max_targets));
    }
    Ok(approval)
}
