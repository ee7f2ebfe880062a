//! The optional language model: its set-up, a test, and how its breaker stands.

use super::rows::Setting;
use super::{change, now};
use crate::components::field::bare_toggle;
use crate::components::select::{Choice, select};
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, ago, badge, problem_line};
use crate::pure::icons::Icon;
use crate::pure::model_words::{Said, state, tested, use_of};
use crate::state::load::Doing;
use crate::state::{Load, stores};
use leptos::prelude::*;
use std::time::Duration;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::credential::CredentialKind;
use wheelhouse_protocol::llm::{GetLlm, LlmKind, LlmSettings, LlmStatus, LlmTest, TestLlm};

/// How often the breaker's state is looked at while it is on show.
const LOOK: Duration = Duration::from_secs(5);

/// Everything about it.
pub(super) fn settings() -> Vec<Setting> {
    vec![enabled(), endpoint(), kind(), model(), credential(), allow_http(), check()]
}

fn edit(doing: Doing, to: impl FnOnce(&mut LlmSettings)) {
    change(doing, |settings| to(&mut settings.llm));
}

fn setting(title: &'static str, what: &'static str, default: &str, doing: Doing, control: AnyView) -> Setting {
    Setting {
        title,
        what,
        words: "llm language model ai assistant openai ollama endpoint suggestion",
        default: Some(default.to_owned()),
        problem: doing.problem,
        wide: false,
        control,
    }
}

fn enabled() -> Setting {
    let doing = Doing::new();
    let control = bare_toggle(
        "Ask a language model",
        Signal::derive(|| now().llm.enabled),
        doing.busy,
        "setting-llm.enabled",
        move |on| edit(doing, |llm| llm.enabled = on),
    );
    setting(
        "Ask a language model",
        "Only where Wheelhouse would ask back. The model sees your words without secrets and addresses, and the names of groups and services. What it suggests is checked like typed words and always waits for your approval.",
        "off",
        doing,
        control,
    )
}

fn endpoint() -> Setting {
    let doing = Doing::new();
    let control = text(
        doing,
        "Address of the language model",
        "https://llm.example.com/v1",
        "setting-llm.endpoint",
        |llm| &llm.endpoint,
        |llm, text| llm.endpoint = text,
    );
    setting(
        "Address",
        "Where its server listens. HTTPS, or plain HTTP on this machine. Redirects are not followed.",
        "none",
        doing,
        control,
    )
}

fn kind() -> Setting {
    let doing = Doing::new();
    let control = tabs(
        "Kind of endpoint",
        vec![
            Tab::new(LlmKind::Openai, "OpenAI-compatible", "llm-openai"),
            Tab::new(LlmKind::Ollama, "Ollama", "llm-ollama"),
        ],
        Signal::derive(|| now().llm.kind),
        move |kind| edit(doing, |llm| llm.kind = kind),
    );
    setting("Kind of endpoint", "The protocol its server speaks.", "OpenAI-compatible", doing, control)
}

fn model() -> Setting {
    let doing = Doing::new();
    let control = text(
        doing,
        "Name of the model",
        "as its server calls it",
        "setting-llm.model",
        |llm| &llm.model,
        |llm, text| llm.model = text,
    );
    setting("Model", "Its name, as its server calls it.", "none", doing, control)
}

fn credential() -> Setting {
    let doing = Doing::new();
    let choices = Signal::derive(|| {
        let mut choices: Vec<Choice> = vec![(String::new(), "None".to_owned())];
        let fitting = stores().vault.credentials.get_or_default().into_iter().filter(|c| {
            matches!(
                c.kind,
                CredentialKind::ApiKey | CredentialKind::BearerToken | CredentialKind::Password | CredentialKind::Free
            )
        });
        choices.extend(fitting.map(|c| (c.id.to_string(), format!("{} ({})", c.name, c.kind))));
        choices
    });
    let value = Signal::derive(|| now().llm.credential.map(|c| c.to_string()).unwrap_or_default());
    let control = select("Credential of the language model", choices, value, "setting-llm.credential", move |id| {
        edit(doing, |llm| llm.credential = CredentialId::parse(&id));
    });
    setting(
        "Credential",
        "The key its server wants, from the vault. While the vault is locked, the model is not asked.",
        "none",
        doing,
        control,
    )
}

fn allow_http() -> Setting {
    let doing = Doing::new();
    let control = bare_toggle(
        "Allow plain HTTP to other machines",
        Signal::derive(|| now().llm.allow_http),
        doing.busy,
        "setting-llm.allow_http",
        move |on| edit(doing, |llm| llm.allow_http = on),
    );
    setting(
        "Allow plain HTTP to other machines",
        "Your words and the key then cross the network in the clear.",
        "off",
        doing,
        control,
    )
}

/// A line of text: stored on Enter, and when the field is left.
fn text(
    doing: Doing,
    label: &'static str,
    placeholder: &'static str,
    test: &'static str,
    get: fn(&LlmSettings) -> &String,
    set: fn(&mut LlmSettings, String),
) -> AnyView {
    let stored = Memo::new(move |_| get(&now().llm).clone());
    let typed = RwSignal::new(String::new());
    // What is stored counts, also when something else stored it.
    Effect::new(move |_| typed.set(stored.get()));
    let keep = move || {
        // It may come after the screen was left.
        let Some(text) = typed.try_get_untracked() else { return };
        let text = text.trim().to_owned();
        if text == stored.get_untracked() {
            doing.problem.set(None);
        } else {
            edit(doing, |llm| set(llm, text));
        }
    };
    view! {
        <input
            class="input long"
            class:wrong=move || doing.problem.with(Option::is_some)
            type="text"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            aria-label=label
            placeholder=placeholder
            data-test=test
            prop:value=move || typed.get()
            on:input=move |event| typed.set(event_target_value(&event))
            on:change=move |_| keep()
        />
    }
    .into_any()
}

/// A request to try it, and how it stands.
fn check() -> Setting {
    let (testing, asking) = (Doing::new(), Doing::new());
    let status = RwSignal::new(None::<LlmStatus>);
    let found = RwSignal::new(None::<LlmTest>);
    let look = move || {
        asking.run(GetLlm {}, move |now| {
            status.try_set(Some(now));
        });
    };
    // With other settings it stands otherwise, and what a test found is no longer true.
    let set_up = Memo::new(|_| now().llm);
    Effect::new(move |_| {
        set_up.track();
        found.set(None);
        look();
    });
    // A breaker that is open closes by itself.
    if let Ok(timer) = set_interval_with_handle(look, LOOK) {
        on_cleanup(move || timer.clear());
    }
    let test = move || {
        testing.run(TestLlm {}, move |result| {
            found.try_set(Some(result));
            look();
        });
    };
    let ready = Memo::new(move |_| {
        stores()
            .settings
            .settings
            .value
            .with(|s| matches!(s, Load::Ready(s) if !s.llm.endpoint.is_empty() && !s.llm.model.is_empty()))
    });
    let control = view! {
        <div class="audit-verify">
            {Button::new("Test")
                .icon(Icon::Send)
                .title("Sends a sample request, with nothing of yours in it.")
                .test("llm-test")
                .busy(testing.busy)
                .disabled(Signal::derive(move || !ready.get()))
                .on(test)
                .view()}
            <div class="row wrap end" role="status" data-test="llm-result">
                {move || found.get().as_ref().map(outcome)}
            </div>
            <div class="row wrap end" data-test="llm-state">
                {move || status.get().map(|s| standing(&s))}
            </div>
        </div>
    };
    Setting {
        title: "How it stands",
        what: "After 5 failures in a row it is left alone for a minute; a test that succeeds brings it back at once.",
        words: "llm language model breaker test latency",
        default: None,
        problem: testing.problem,
        wide: false,
        control: control.into_any(),
    }
}

fn shown(said: Said) -> AnyView {
    badge(said.tone, Some(said.icon), said.text).into_any()
}

fn outcome(test: &LlmTest) -> AnyView {
    match test {
        LlmTest::Failed { problem } => problem_line(problem).into_any(),
        LlmTest::Ok { .. } => tested(test).map(shown).into_any(),
    }
}

fn standing(status: &LlmStatus) -> AnyView {
    let last = status.last_failure.clone();
    view! {
        {shown(state(status))}
        <span class="faint dense">{use_of(status)}</span>
        {last.map(|failure| view! {
            <span class="faint dense" title=failure.problem.to_string()>
                {format!("Last failure: {}, ", failure.problem.title)}{ago(failure.at)}
            </span>
        })}
    }
    .into_any()
}
