//! A reply from what is stored: a sentence, the rows it is about, and what could be asked next.

use crate::components::icon::{icon, looked};
use crate::components::{Button, moment};
use crate::pure::format::count;
use crate::pure::icons::Icon;
use crate::pure::words;
use crate::screens::targets;
use crate::state::jobs::JobTab;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::answer::{AnswerCell, AnswerLink, AnswerRow, AnswerTable};
use wheelhouse_protocol::reading::{Choice, Reading};

/// Text up to so many characters is not broken into lines.
const SHORT: usize = 36;

/// Rows shown before anybody asks for more: a thread is read, not scrolled.
const FEW: usize = 8;

/// A reply without a job.
pub(crate) fn answer(reading: &Reading) -> AnyView {
    let (table, follow_ups) = match &reading.answer {
        Some(answer) => (answer.table.clone(), answer.follow_ups.clone()),
        None => (None, Vec::new()),
    };
    view! {
        <article class="card reply tone-plain" data-test="answer-card">
            <span class="reply-icon">{icon(Icon::Info)}</span>
            <div class="stack grow answer-inside">
                <p class="selectable" data-test="answer-sentence">{reading.sentence.clone()}</p>
                {table.map(rows)}
                {(!follow_ups.is_empty()).then(|| lead_on(follow_ups))}
            </div>
        </article>
    }
    .into_any()
}

/// Requests on buttons.
fn lead_on(choices: Vec<Choice>) -> AnyView {
    let buttons = choices
        .into_iter()
        .map(|choice| {
            let request = choice.request.clone();
            Button::new(choice.label)
                .title(choice.request)
                .test("follow-up")
                .on(move || stores().chat.send(request.clone()))
                .view()
        })
        .collect_view();
    view! { <div class="row wrap choices">{buttons}</div> }.into_any()
}

fn rows(table: AnswerTable) -> AnyView {
    let all = RwSignal::new(false);
    let here = table.rows.len();
    let cut = table.cut();
    let head = table.columns.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect_view();
    let body = move || table.rows.iter().take(if all.get() { here } else { FEW }).map(one_row).collect_view();
    let more = here > FEW;
    let label =
        Signal::derive(
            move || if all.get() { "Show fewer".to_owned() } else { format!("Show all {}", count(here as u64)) },
        );
    view! {
        <div class="answer-table-frame" tabindex="0" role="region" aria-label="What the answer is about">
            <table class="answer-table" data-test="answer-table">
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
        {(more || cut.is_some())
            .then(|| {
                view! {
                    <div class="row wrap">
                        {more.then(|| Button::new(label).quiet().small().expanded(all).test("answer-more").on(move || all.update(|a| *a = !*a)).view())}
                        {cut.map(|cut| view! { <span class="faint dense" data-test="answer-cut">{crate::pure::format::capital(&cut)}</span> })}
                    </div>
                }
            })}
    }
    .into_any()
}

fn one_row(row: &AnswerRow) -> AnyView {
    let Some(link) = row.link else {
        let cells = row.cells.iter().map(|cell| view! { <td>{shown(cell)}</td> }).collect_view();
        return view! { <tr data-test="answer-row">{cells}</tr> }.into_any();
    };
    let cells = row
        .cells
        .iter()
        .enumerate()
        .map(|(n, cell)| match n {
            // The keyboard's and the screen reader's way; the pointer may take the whole row.
            0 => view! { <td><button type="button" class="answer-open" title=hint(link)>{shown(cell)}</button></td> }
                .into_any(),
            _ => view! { <td>{shown(cell)}</td> }.into_any(),
        })
        .collect_view();
    view! { <tr class="opens" data-test="answer-row" on:click=move |_| open(link)>{cells}</tr> }.into_any()
}

fn shown(cell: &AnswerCell) -> AnyView {
    match cell {
        AnswerCell::None => view! { <span class="faint">"–"</span> }.into_any(),
        AnswerCell::Text { text } => {
            let class = if text.chars().count() <= SHORT { "answer-text short" } else { "answer-text" };
            view! { <span class=class title=text.clone()>{text.clone()}</span> }.into_any()
        }
        AnswerCell::Moment { at } => moment(*at),
        AnswerCell::Job { state } => looked(words::job(*state)),
        AnswerCell::Cell { state } => looked(words::cell(*state)),
        AnswerCell::Level { level } => looked(words::level(*level)),
    }
}

fn hint(link: AnswerLink) -> &'static str {
    match link {
        AnswerLink::Job(_) => "Open the job",
        AnswerLink::Target(_) => "Open the target",
        AnswerLink::Notification(_) => "Open the notification",
        AnswerLink::Schedule(_) => "Open the schedule",
        AnswerLink::Recipe(_) => "Open the recipe",
    }
}

fn open(link: AnswerLink) {
    match link {
        AnswerLink::Job(id) => stores().jobs.show(id, JobTab::Progress),
        AnswerLink::Target(id) => targets::open(id),
        AnswerLink::Notification(id) => {
            stores().notices.wanted.set(Some(id));
            stores().navigation.go(Screen::Notifications);
        }
        AnswerLink::Recipe(id) => stores().recipes.show_recipe_of(wheelhouse_protocol::RecipeId(id)),
        AnswerLink::Schedule(id) => stores().recipes.show_schedule_of(wheelhouse_protocol::ScheduleId(id)),
    }
}
