//! Replies that are no plan and no answer: a question, a refusal.

use crate::components::{Button, icon};
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::reading::{Question, Reading};

/// Something must be said before anything can run.
pub(crate) fn question(reading: &Reading) -> AnyView {
    let questions = reading.questions.iter().map(one_question).collect_view();
    view! {
        <article class="card reply tone-info" data-test="question-card">
            <span class="reply-icon">{icon(Icon::Question)}</span>
            <div class="stack grow">
                {questions}
                {reasons(reading)}
            </div>
        </article>
    }
    .into_any()
}

fn one_question(question: &Question) -> AnyView {
    let choices = question
        .choices
        .iter()
        .map(|choice| {
            let request = choice.request.clone();
            Button::new(choice.label.clone())
                .title(choice.request.clone())
                .test("choice")
                .on(move || stores().chat.send(request.clone()))
                .view()
        })
        .collect_view();
    let any = !question.choices.is_empty();
    view! {
        <p class="strong selectable">{question.text.clone()}</p>
        {any.then(|| view! { <div class="row wrap choices">{choices}</div> })}
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
