//! The accepted host keys: which, by whom, and forgetting one.

use super::place::place;
use crate::components::dialog::dialog;
use crate::components::empty::waiting;
use crate::components::field::Input;
use crate::components::problem::maybe;
use crate::components::{Button, EmptyState, moment, problem_card};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::reaching::found;
use crate::state::load::Doing;
use crate::state::{Load, stores};
use leptos::prelude::*;
use wheelhouse_protocol::inventory::{ForgetHostKey, TrustedHostKey};

/// The dialogue.
pub(super) fn host_keys() -> AnyView {
    let search = RwSignal::new(String::new());
    let doing = Doing::new();
    let keys = Memo::new(|_| stores().inventory.host_keys.value.get());
    let body = move || match keys.get() {
        Load::Waiting => waiting(),
        Load::Failed(problem) => problem_card(problem),
        Load::Ready(keys) if keys.is_empty() => EmptyState {
            icon: Icon::Key,
            title: "No host key is accepted yet",
            text:
                "The first test of an SSH target shows the machine's fingerprint and asks whether it is the right one."
                    .to_owned(),
            actions: ().into_any(),
        }
        .view(),
        Load::Ready(keys) => {
            let all = keys.len();
            let query = search.get();
            let shown: Vec<TrustedHostKey> = keys
                .into_iter()
                .filter(|k| {
                    found(&query, [k.key.host.as_str(), &k.key.port.to_string(), &k.key.fingerprint, &k.key.key_type])
                })
                .collect();
            let said = if shown.len() == all {
                plural(all, "key", "keys")
            } else {
                format!("{} of {}", shown.len(), plural(all, "key", "keys"))
            };
            let rows = shown.into_iter().map(|key| row(key, doing)).collect_view();
            view! {
                <p class="faint dense" role="status">{said}</p>
                <ul class="key-rows" data-test="host-keys">{rows}</ul>
            }
            .into_any()
        }
    };
    let inside = view! {
        <div class="dialog-tools">
            {Input::search(search, "Search host keys").test("host-key-search").view()}
        </div>
        <div class="dialog-body key-body stack">
            {maybe(doing.problem)}
            {body}
        </div>
    };
    dialog("Accepted host keys", "wide", "host-keys-dialog", || place().over.set(None), inside.into_any())
}

fn row(trusted: TrustedHostKey, doing: Doing) -> AnyView {
    let TrustedHostKey { key, accepted_by, accepted_at } = trusted;
    let place = format!("{}:{}", key.host, key.port);
    let (host, port) = (key.host.clone(), key.port);
    let who = match accepted_at {
        Some(at) => view! { <span>{format!("Accepted by {accepted_by}, ")}{moment(at)}</span> }.into_any(),
        None => {
            view! { <span title="Remove it there to forget it">{format!("Read from {accepted_by}")}</span> }.into_any()
        }
    };
    view! {
        <li class="key-row" data-test="host-key">
            <div class="grow stack tight">
                <p class="row">
                    <span class="strong selectable truncate">{place.clone()}</span>
                    <span class="faint dense">{key.key_type}</span>
                </p>
                <code class="selectable">{key.fingerprint}</code>
                <p class="faint dense">{who}</p>
            </div>
            {accepted_at
                .is_some()
                .then(|| {
                    Button::new("Forget")
                        .danger()
                        .small()
                        .icon(Icon::Trash)
                        .title(format!("Forget the keys of {place}: the next connection asks again."))
                        .test("forget-host-key")
                        .busy(doing.busy)
                        .on(move || {
                            doing.run(ForgetHostKey { host: host.clone(), port }, |()| stores().inventory.refresh());
                        })
                        .view()
                })}
        </li>
    }
    .into_any()
}
