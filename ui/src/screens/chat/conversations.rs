//! The list of conversations.

use crate::components::field::Input;
use crate::components::menu::{MenuItem, menu};
use crate::components::problem::maybe;
use crate::components::{Button, ago};
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::time::Duration;
use wheelhouse_protocol::chat::ConversationSummary;

/// The pane on the left.
pub(crate) fn conversations() -> AnyView {
    let clearing = RwSignal::new(false);
    let shown = Signal::derive(|| stores().chat.list.get_or_default());
    let timer = RwSignal::new(None::<TimeoutHandle>);
    let search = move |_: String| {
        // While a person types, one question is enough.
        if let Some(timer) = timer.get_untracked() {
            timer.clear();
        }
        timer.set(set_timeout_with_handle(|| stores().chat.refresh_list(), Duration::from_millis(150)).ok());
    };
    let failed = Signal::derive(|| {
        stores().chat.list.value.with(|l| match l {
            crate::state::Load::Failed(problem) => Some(problem.clone()),
            _ => None,
        })
    });
    view! {
        <aside class="list-pane" aria-label="Conversations">
            <header class="list-pane-head">
                <h1 class="grow">"Chat"</h1>
                {menu(
                    Button::new("More").quiet().only_icon(Icon::More).test("chat-more"),
                    move || {
                        vec![
                            MenuItem::new(Icon::Trash, "Clear all conversations…", "clear-conversations", move || clearing.set(true))
                                .hint("Jobs and the audit chain stay"),
                        ]
                    },
                )}
                {Button::new("New conversation")
                    .quiet()
                    .only_icon(Icon::Plus)
                    .test("new-conversation")
                    .on(|| stores().chat.begin())
                    .view()}
            </header>
            <div class="list-pane-search">
                {Input::search(stores().chat.search, "Search conversations").test("chat-search").on_input(search).view()}
            </div>
            {move || clearing.get().then(|| confirm_clear(clearing))}
            {maybe(failed)}
            <div class="list-pane-rows scroller" role="list" data-test="conversations">
                <For each=move || shown.get() key=|c| (c.id, c.title.clone(), c.last_at, c.messages) children=row />
                {move || {
                    let nothing = shown.with(Vec::is_empty) && !stores().chat.search.with(String::is_empty);
                    nothing.then(|| view! { <p class="list-pane-note soft">"Nothing was said like that."</p> })
                }}
            </div>
        </aside>
    }
    .into_any()
}

fn row(conversation: ConversationSummary) -> AnyView {
    let id = conversation.id;
    let title = if conversation.title.is_empty() { "New conversation".to_owned() } else { conversation.title };
    let tip = title.clone();
    view! {
        <div class="list-pane-row" class:current=move || stores().chat.id.get() == Some(id) role="listitem" data-test="conversation">
            <button type="button" class="list-pane-open" title=tip on:click=move |_| stores().chat.open(id)>
                <span class="truncate">{title.clone()}</span>
                <span class="faint dense">{ago(conversation.last_at)}</span>
            </button>
            {Button::new(format!("Delete conversation “{title}”"))
                .quiet()
                .small()
                .danger()
                .only_icon(Icon::Trash)
                .test("delete-conversation")
                .on(move || stores().chat.clear(Some(id)))
                .view()}
        </div>
    }
    .into_any()
}

fn confirm_clear(open: RwSignal<bool>) -> AnyView {
    view! {
        <div class="list-pane-confirm stack">
            <p>"Every conversation is removed. Jobs and the audit chain stay."</p>
            <div class="row wrap">
                {Button::new("Clear all conversations")
                    .danger()
                    .small()
                    .test("clear-conversations-confirm")
                    .on(move || {
                        open.set(false);
                        stores().chat.clear(None);
                    })
                    .view()}
                {Button::new("Keep them").quiet().small().on(move || open.set(false)).view()}
            </div>
        </div>
    }
    .into_any()
}
