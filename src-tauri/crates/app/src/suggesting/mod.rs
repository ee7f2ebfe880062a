//! A language model's suggestion, where the planner would ask: off unless a person turned it on.
//!
//! What a model says is turned into a request by `wording` from values that were checked here, and that
//! is read by the planner as if it had been typed, within the bounds of `scope`. It never becomes a plan
//! that runs without an approval, and never anything the operator could not have typed.

mod scope;
#[cfg(all(test, unix))]
mod tests;
mod wording;

use crate::App;
use crate::files::Disk;
use crate::planning::{blocking, proposal};
use scope::Scope;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use uuid::Uuid;
use wheelhouse_llm::{Request, SecretString, Suggestion};
use wheelhouse_planner::Planner;
use wheelhouse_protocol::inventory::Snapshot;
use wheelhouse_protocol::llm::LlmSettings;
use wheelhouse_protocol::plan::{Proposal, Strategy};
use wheelhouse_protocol::reading::{Disposition, Intent};
use wheelhouse_protocol::{PlanId, Problem};

/// The fields of a credential that are a key, by what it is called.
const KEY_FIELDS: &[&str] = &["key", "token", "password"];

impl App {
    /// What a model makes of a request the planner has a question about; the question itself where a model
    /// is not asked, or where its suggestion does not stand.
    pub(crate) async fn with_suggestion(
        &self,
        request: &str,
        planner: &Arc<Planner>,
        mut asked: Proposal,
        strategy: Strategy,
    ) -> Result<Proposal, Problem> {
        let settings = self.settings().await?.llm;
        if !settings.enabled || asked.reading.disposition != Disposition::Clarify {
            return Ok(asked);
        }
        let snapshot = self.snapshot().await?;
        let Some(scope) = Scope::of(request, &asked.reading, planner, &snapshot) else { return Ok(asked) };
        let not_used = match self.suggestion(&settings, request, &snapshot).await {
            // The question is as good an answer as it was before there was a model.
            Err(problem) => format!("a language model was to be asked, too: {}", problem.title.to_lowercase()),
            Ok(said) if said.intent == Intent::Unknown => {
                "a language model was asked, too, and did not know".to_owned()
            }
            Ok(said) => match made_of(said, request, planner, &snapshot, &scope, strategy).await? {
                Ok(made) => {
                    self.suggestions_used.fetch_add(1, Ordering::Relaxed);
                    return Ok(made);
                }
                Err(why) => format!("a language model was asked, too, and its suggestion was not used: {why}"),
            },
        };
        asked.reading.reasons.push(not_used);
        Ok(asked)
    }

    async fn suggestion(
        &self,
        settings: &LlmSettings,
        words: &str,
        snapshot: &Snapshot,
    ) -> Result<Suggestion, Problem> {
        let key = self.llm_key(settings).await?;
        let names = snapshot.groups.iter().flat_map(|g| std::iter::once(&g.spec.name).chain(&g.spec.aliases));
        let request = Request {
            words: words.to_owned(),
            groups: names.cloned().collect(),
            services: snapshot.services.keys().cloned().collect(),
        };
        Ok(self.llm.suggest(settings, key.as_ref(), &request).await?)
    }

    /// The key the endpoint wants, from the vault.
    pub(crate) async fn llm_key(&self, settings: &LlmSettings) -> Result<Option<SecretString>, Problem> {
        let Some(credential) = settings.credential else { return Ok(None) };
        let opened = self.vault.open_credential(credential, "language model").await?;
        let key = KEY_FIELDS.iter().find_map(|name| opened.field(name)).cloned();
        key.map(Some).ok_or_else(|| {
            Problem::invalid("llm.credential", "The chosen credential holds no key, token or password.")
                .hint("Choose an API key or a bearer token.")
        })
    }
}

/// The proposal a suggestion comes to, or why it comes to none.
async fn made_of(
    said: Suggestion,
    request: &str,
    planner: &Arc<Planner>,
    snapshot: &Snapshot,
    scope: &Scope,
    strategy: Strategy,
) -> Result<Result<Proposal, &'static str>, Problem> {
    let Some(said) = checked(said, request, snapshot, scope) else {
        return Ok(Err("a name in it is neither in the request nor in the inventory"));
    };
    let intent = said.intent;
    let Some(mut wording) = wording::request(&said) else { return Ok(Err("a piece of it is missing")) };
    let mut understood = planner.read(&wording);
    if let Some(why) = scope.refuses(intent, &understood) {
        return Ok(Err(why));
    }
    // The same machines by the operator's own names for them: the risk goes by those, too.
    let own = wording::request(&Suggestion { targets: scope.places.clone(), ..said });
    if let Some(own) = own.filter(|_| !scope.places.is_empty()) {
        let again = planner.read(&own);
        let same = again.reading.targets.resolved == understood.reading.targets.resolved;
        if same && scope.refuses(intent, &again).is_none() {
            (wording, understood) = (own, again);
        }
    }
    let (planner, request) = (Arc::clone(planner), request.to_owned());
    blocking(move || {
        let id = PlanId(Uuid::now_v7());
        let Ok(plan) = planner.plan(&understood, &request, id, strategy, &Disk) else {
            return Ok(Err("it cannot be planned"));
        };
        let mut reading = understood.reading;
        reading.disposition = Disposition::Confirm;
        reading.reasons.insert(0, format!("read as “{wording}”, as a language model suggested"));
        Ok(Ok(Proposal { suggested_by_model: true, ..proposal(id, reading, Some(plan)) }))
    })
    .await
}

/// A suggestion of nothing but what the planner knew, words of the request, and names of the inventory.
/// `None` where a name is left over: what is left of such a suggestion could mean something else.
fn checked(mut said: Suggestion, request: &str, snapshot: &Snapshot, scope: &Scope) -> Option<Suggestion> {
    let typed = Typed::of(request);
    let services: BTreeSet<String> = snapshot.services.keys().map(|name| name.to_lowercase()).collect();
    let known_service = |name: &str| services.contains(&name.to_lowercase());
    let known = scope.slots.get("lines").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    said.lines = known.or(said.lines.filter(|n| typed.has(&n.to_string())));
    for (slot, value, may_be_service) in [
        ("service", &mut said.service, true),
        ("package", &mut said.package, true),
        ("process", &mut said.process, true),
        ("path", &mut said.path, false),
        ("source", &mut said.source, false),
        ("destination", &mut said.destination, false),
        ("version", &mut said.version, false),
        ("user", &mut said.user, false),
        ("words", &mut said.words, false),
    ] {
        match scope.slots.get(slot) {
            Some(heard) => *value = Some(heard.as_str()?.to_owned()),
            None => {
                if value.as_ref().is_some_and(|name| !(typed.has(name) || may_be_service && known_service(name))) {
                    return None;
                }
            }
        }
        if value.as_ref().is_some_and(|text| !is_plain(text)) {
            return None;
        }
    }
    // Nobody but the operator says "everything".
    let names: BTreeSet<String> = snapshot
        .groups
        .iter()
        .filter(|g| !g.spec.everything)
        .flat_map(|g| std::iter::once(&g.spec.name).chain(&g.spec.aliases))
        .chain(snapshot.targets.iter().flat_map(|t| std::iter::once(&t.spec.name).chain(&t.spec.addresses)))
        .map(|name| name.to_lowercase())
        .collect();
    let place = |name: &String| is_plain(name) && (names.contains(&name.to_lowercase()) || typed.has(name));
    if !said.targets.iter().chain(&said.except).all(place) {
        return None;
    }
    if said.targets.is_empty() {
        said.targets.clone_from(&scope.places);
    }
    for name in &scope.except {
        if !said.except.contains(name) {
            said.except.push(name.clone());
        }
    }
    said.targets.iter().chain(&said.except).all(|name| is_plain(name)).then_some(said)
}

/// Whether a value can stand in quotes.
fn is_plain(text: &str) -> bool {
    !text.trim().is_empty()
        && !text.chars().any(|c| c.is_control() || matches!(c, '"' | '“' | '”' | '`' | '\'' | '‘' | '’'))
}

/// What the operator typed: single words, and what stands in quotes.
struct Typed {
    words: BTreeSet<String>,
    quoted: BTreeSet<String>,
}

impl Typed {
    fn of(request: &str) -> Self {
        let mut words: BTreeSet<String> = scope::words(request).collect();
        // With the punctuation that may belong to a name, too.
        words.extend(request.split_whitespace().map(str::to_lowercase));
        let quoted = request.split(['"', '“', '”']).skip(1).step_by(2).map(|text| text.to_lowercase()).collect();
        Self { words, quoted }
    }

    fn has(&self, value: &str) -> bool {
        let value = value.to_lowercase();
        self.words.contains(&value) || self.quoted.contains(&value)
    }
}
