//! Replies that are no plan and no answer: a question, a refusal.

use crate::components::{Button, icon};
use crate::pure::decision::KEYS;
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::MessageId;
use wheelhouse_protocol::reading::{Question, Reading};

/// Something must be said before anything can run. While it is the last word, its choices have keys.
pub(crate) fn question(reply: MessageId, reading: &Reading) -> AnyView {
    let waits = Memo::new(move |_| stores().chat.asks(reply));
    let idle = Memo::new(|_| stores().chat.draft.with(|d| !d.trim().is_empty()));
    let mut first = 0;
    let questions = reading
        .questions
        .iter()
        .map(|question| {
            let from = first;
            first += question.choices.len();
            one_question(question, from, waits)
        })
        .collect_view();
    view! {
        <article class="card reply tone-info" class:keys-idle=move || idle.get() data-test="question-card">
            <span class="reply-icon">{icon(Icon::Question)}</span>
            <div class="stack grow">
                {questions}
                {reasons(reading)}
            </div>
        </article>
    }
    .into_any()
}

fn one_question(question: &Question, from: usize, waits: Memo<bool>) -> AnyView {
    let choices = question.choices.clone();
    let any = !choices.is_empty();
    let buttons = move || {
        let numbered = waits.get();
        let buttons = choices.iter().zip(from + 1..).map(|(choice, n)| {
            let request = choice.request.clone();
            let button = Button::new(choice.label.clone()).title(choice.request.clone()).test("choice");
            let button = if numbered && n <= KEYS { button.keys(n.to_string()) } else { button };
            button.on(move || stores().chat.send(request.clone())).view()
        });
        buttons.collect_view()
    };
    view! {
        <p class="strong selectable">{question.text.clone()}</p>
        {any.then(|| view! { <div class="row wrap choices">{buttons}</div> })}
    }
    .into_any()
}

/// It is refused, and why.
pub(crate) fn refusal(reading: &Reading) -> AnyView {
    view! {
        <article class="card reply tone-error" data-test="refusal-card">
            <span class="reply-icon">{icon(Icon::Error)}</span>
            <div class="stack grow">
                <p class="selectable"><span class="strong">"Refused. "</span>{crate::pure::format::capital(&reading.sentence)}"."</p>
                <p class="soft">"Nothing was planned and nothing ran."</p>
            </div>
        </article>
    }
    .into_any()
}

/// What matched what.
pub(crate) fn reasons(reading: &Reading) -> Option<AnyView> {
    let said = reading.reasons.join(" · ");
    (!said.is_empty()).then(|| view! { <p class="faint dense selectable">"Understood: "{said}</p> }.into_any())
}
