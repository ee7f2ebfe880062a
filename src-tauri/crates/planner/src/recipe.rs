//! Steps that are known already, on machines that words name: how a recipe becomes a plan again.
//!
//! Everything here goes through the same reading as an operator's own words, so that "web servers except
//! web-03" in a recipe means what it means in the chat.

use crate::{Files, Planner};
use std::collections::{BTreeMap, BTreeSet};
use wheelhouse_protocol::action::{Action, LocalFile, Name, UserChange};
use wheelhouse_protocol::inventory::{ConnectionKind, Os};
use wheelhouse_protocol::plan::{Plan, PlanHash, PlanStep, PlanTarget, Shell, Strategy};
use wheelhouse_protocol::reading::{Disposition, Intent, Reading, Risk, TargetReading};
use wheelhouse_protocol::{PlanId, Problem, ProblemCode, TargetId};

/// Steps, and the words for where.
#[derive(Debug, Clone, Copy)]
pub struct StepsOn<'a> {
    /// What the plan shows as its request.
    pub request: &'a str,
    /// What is done, in order.
    pub steps: &'a [Action],
    /// The words that name the machines: `web servers except web-03`.
    pub targets: &'a str,
    /// The least risk it has.
    pub risk: Risk,
}

/// Nothing here needs a file of the operator's machine.
struct NoFiles;

impl Files for NoFiles {
    fn pin(&self, _: &str) -> Result<LocalFile, String> {
        Err("no file is read for this".to_owned())
    }
}

impl Planner {
    /// The machines that words name now.
    ///
    /// # Errors
    /// [`ProblemCode::InvalidInput`] with the question the words leave open, or when they say more than
    /// where.
    pub fn machines(&self, words: &str) -> Result<TargetReading, Problem> {
        let refuse = |detail: String| {
            Problem::new(ProblemCode::InvalidInput, "These words do not name machines", detail)
                .hint("Name groups, hosts or tags as in the chat: web servers except web-03.")
                .source("targets")
        };
        let words = words.trim();
        if words.is_empty() || words.chars().any(char::is_control) {
            return Err(refuse("Say on which machines, on one line.".to_owned()));
        }
        let reading = self.reading(&format!("show uptime of {words}"));
        if reading.disposition == Disposition::Clarify {
            return Err(refuse(format!("“{words}”: {}", reading.sentence)));
        }
        // Words that bring a step of their own, or a refusal, are no place.
        if reading.intent != Intent::Uptime || reading.disposition != Disposition::Plan || !reading.steps.is_empty() {
            return Err(refuse(format!("“{words}” says more than on which machines.")));
        }
        Ok(reading.targets)
    }

    /// Words that name exactly these machines now, as general as the request allows: its own words where
    /// they do, else the names of hosts.
    pub fn target_words(&self, request: &str, reading: &TargetReading, machines: &BTreeSet<String>) -> String {
        let mut candidates = Vec::new();
        let lower = request.to_lowercase();
        // Lower-casing can move bytes outside ASCII; then the request's own words are not looked at.
        if lower.len() == request.len() {
            for word in [" on ", " of ", " in ", " to ", " from ", " at "] {
                candidates.extend(lower.match_indices(word).map(|(at, _)| request[at + word.len()..].to_owned()));
            }
            if let Some((head, _)) = request.split_once(':') {
                candidates.push(head.trim().trim_start_matches("on ").to_owned());
            }
        }
        let named = [&reading.groups, &reading.hosts, &reading.tags].into_iter().flatten();
        candidates.push(named.map(String::as_str).collect::<Vec<_>>().join(" and "));
        for (group, tag) in reading.groups.iter().flat_map(|g| reading.tags.iter().map(move |t| (g, t))) {
            candidates.push(format!("{group} in {tag}"));
        }
        let excluded: Vec<String> = candidates
            .iter()
            .filter(|words| !words.trim().is_empty() && !reading.exclude.is_empty())
            .map(|words| format!("{words} except {}", reading.exclude.join(" and ")))
            .collect();
        candidates.extend(excluded);
        let found = |words: &str| -> Option<BTreeSet<String>> {
            self.machines(words).ok().map(|reading| reading.resolved.into_iter().collect())
        };
        let candidates: Vec<String> = candidates
            .into_iter()
            .map(|words| words.trim().trim_end_matches(['.', '!', '?']).to_owned())
            .filter(|words| !words.is_empty())
            .collect();
        if let Some(words) = candidates.iter().find(|words| found(words).as_ref() == Some(machines)) {
            return words.clone();
        }
        // Machines that were left out of the plan by hand.
        for words in &candidates {
            let Some(more) = found(words).filter(|more| more.is_superset(machines)) else { continue };
            let without: Vec<&str> = more.difference(machines).map(String::as_str).collect();
            let words = format!("{words} except {}", without.join(" and "));
            if found(&words).as_ref() == Some(machines) {
                return words;
            }
        }
        machines.iter().map(String::as_str).collect::<Vec<_>>().join(" and ")
    }

    /// A service or package by the name it is asked for, with what it may be called on a machine.
    pub fn name_of(&self, asked: &str) -> Name {
        // A plan that is thrown away needs some id; a target's is at hand.
        let Some(target) = self.roster.targets.first() else { return Name::plain(asked) };
        let (host, id) = (&target.spec.name, PlanId(target.id.0));
        let request = format!("check status of service {asked} on {host}");
        let understood = self.read(&request);
        let plan = self.plan(&understood, &request, id, Strategy::default(), &NoFiles);
        match plan.ok().and_then(|plan| plan.steps.into_iter().next()).map(|step| step.action) {
            Some(Action::ServiceStatus { service }) if service.asked.eq_ignore_ascii_case(asked) => {
                Name { asked: asked.to_owned(), candidates: service.candidates }
            }
            _ => Name::plain(asked),
        }
    }

    /// The plan of these steps on the machines the words name now, with its reading.
    ///
    /// # Errors
    /// As [`Self::machines`] and [`Self::plan`].
    pub fn plan_steps(
        &self,
        wanted: &StepsOn<'_>,
        id: PlanId,
        strategy: Strategy,
        files: &dyn Files,
    ) -> Result<(Plan, Reading), Problem> {
        let places = self.machines(wanted.targets)?;
        let mutates = wanted.steps.iter().any(Action::mutates);
        let risk = self.risk_of(wanted, mutates);
        let mut reading = self.reading(&format!("show uptime of {}", wanted.targets.trim()));
        let typed = || places.groups.first().cloned().unwrap_or_else(|| "all targets".to_owned());
        let targets: Vec<PlanTarget> = self
            .roster
            .targets
            .iter()
            .filter_map(|target| {
                let at = places.resolved.iter().position(|name| *name == target.spec.name)?;
                Some(named(target.id, &target.spec.name, places.why.get(at).cloned().unwrap_or_default()))
            })
            .collect();
        let keep: Vec<TargetId> = targets.iter().map(|t| t.id).collect();
        let steps = wanted
            .steps
            .iter()
            .map(|action| PlanStep {
                title: action.title(),
                mutates: action.mutates(),
                action: action.clone(),
                scripts: BTreeMap::new(),
            })
            .collect();
        // Only its steps, and which machines: everything else is filled in from the inventory as it is now.
        let outline = Plan {
            id,
            request: wanted.request.to_owned(),
            sentence: String::new(),
            intent: Intent::RunRecipe,
            risk,
            targets,
            left_out: Vec::new(),
            steps,
            strategy,
            confirm_by_typing: (risk == Risk::Critical).then(typed),
            when: None,
            hash: PlanHash(String::new()),
        };
        let plan = self.plan_again(&outline, &keep, id, strategy, files)?;
        reading.intent = Intent::RunRecipe;
        reading.risk = risk;
        reading.disposition = if plan.needs_approval() { Disposition::Confirm } else { Disposition::Plan };
        reading.slots.clear();
        // The words around the place were ours, not the operator's.
        reading.reasons.retain(|reason| !reason.starts_with("“show”"));
        reading.sentence.clone_from(&plan.sentence);
        Ok((plan, reading))
    }

    /// The worst of: what it was when it was saved, what its steps are, what changing these machines is.
    fn risk_of(&self, wanted: &StepsOn<'_>, mutates: bool) -> Risk {
        if !mutates {
            // A value chosen for the run can name a file not everybody may see.
            let sensitive = wanted.steps.iter().filter_map(read_path).any(|path| self.lexicon.is_sensitive(path));
            return wanted.risk.max(if sensitive { Risk::Medium } else { Risk::Low });
        }
        let place = self.reading(&format!("restart service wheelhouse on {}", wanted.targets.trim())).risk;
        let many = wanted.steps.len() > 1;
        let grave = |action: &Action| {
            matches!(
                action,
                Action::Reboot
                    | Action::Shutdown
                    | Action::SystemUpdate
                    | Action::RunCommand { .. }
                    | Action::DeleteFiles { .. }
                    | Action::UserChange { change: UserChange::Delete, .. }
            )
        };
        let steps = if many || wanted.steps.iter().any(grave) { Risk::High } else { Risk::Medium };
        wanted.risk.max(place).max(steps)
    }
}

/// The file a step shows something of.
fn read_path(action: &Action) -> Option<&str> {
    match action {
        Action::TailLog { path, .. }
        | Action::ReadFile { path, .. }
        | Action::SearchFile { path, .. }
        | Action::ListDirectory { path } => Some(path),
        _ => None,
    }
}

/// A machine by its id; how it is reached is filled in when the plan is made.
fn named(id: TargetId, name: &str, why: String) -> PlanTarget {
    PlanTarget {
        id,
        name: name.to_owned(),
        os: Os::Unknown,
        shell: Shell::Bash,
        connection: ConnectionKind::Local,
        address: String::new(),
        port: 0,
        user: None,
        credential: None,
        why,
    }
}
