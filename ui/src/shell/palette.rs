//! The command palette: everything that can be done, found by a few letters.

use super::commands::{self, Entry};
use crate::components::dialog::dialog;
use crate::components::icon;
use crate::components::keys::key_hint;
use crate::pure::fuzzy;
use crate::state::stores;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Entries shown.
const MOST: usize = 60;

/// The palette, while it is open.
pub(crate) fn palette() -> AnyView {
    (move || stores().navigation.palette.get().then(open)).into_any()
}

fn close() {
    stores().navigation.palette.set(false);
}

fn open() -> AnyView {
    let all = StoredValue::new_local(commands::all());
    let query = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let list = NodeRef::<html::Div>::new();
    // Places among all entries, best first.
    let found = Memo::new(move |_| {
        let wanted = query.get();
        all.with_value(|all| {
            let mut fitting: Vec<(i32, usize)> = all
                .iter()
                .enumerate()
                .filter_map(|(i, e)| {
                    let own = fuzzy::score(&wanted, &e.title).map(|s| s + 4);
                    let with_kind = fuzzy::score(&wanted, &format!("{} {}", e.kind, e.title));
                    own.max(with_kind).map(|score| (score, i))
                })
                .collect();
            fitting.sort_by_key(|(score, i)| (-score, *i));
            fitting.into_iter().map(|(_, i)| i).take(MOST).collect::<Vec<usize>>()
        })
    });
    let run = move |i: usize| {
        let run = all.with_value(|all| all.get(i).map(|e| std::rc::Rc::clone(&e.run)));
        close();
        if let Some(run) = run {
            // The dialogue gives the keyboard back before the entry takes it.
            request_animation_frame(move || run());
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let n = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if n > 0 => at.update(|a| *a = (*a + 1) % n),
            "ArrowUp" if n > 0 => at.update(|a| *a = (*a + n - 1) % n),
            "Home" => at.set(0),
            "Enter" => {
                if let Some(i) = found.with_untracked(|f| f.get(at.get_untracked()).copied()) {
                    run(i);
                }
            }
            "k" if crate::components::keys::command_held(&event) => close(),
            _ => return,
        }
        event.prevent_default();
        scroll_into_view(list, at);
    };
    let field = NodeRef::<html::Input>::new();
    crate::components::field::focus_when_there(field);
    view! {
        {dialog(
            "Commands",
            "palette",
            "palette",
            close,
            view! {
                <input
                    node_ref=field
                    class="palette-input"
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-label="Find a command, a target, a job"
                    placeholder="Find a command, a target, a job…"
                    data-test="palette-input"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| {
                        query.set(event_target_value(&event));
                        at.set(0);
                    }
                    on:keydown=on_key
                />
                <div class="palette-list scroller" id="palette-list" role="listbox" node_ref=list>
                    {move || {
                        let found = found.get();
                        if found.is_empty() {
                            return view! { <p class="palette-none soft">"Nothing is called like that."</p> }.into_any();
                        }
                        all.with_value(|all| {
                            found
                                .iter()
                                .enumerate()
                                .filter_map(|(place, i)| all.get(*i).map(|entry| row(entry, place, *i, at, run)))
                                .collect_view()
                                .into_any()
                        })
                    }}
                </div>
                <footer class="palette-foot faint dense">
                    <span>{key_hint("↑ ↓")}" move"</span>
                    <span>{key_hint("Enter")}" do it"</span>
                    <span>{key_hint("Esc")}" close"</span>
                    <span class="grow"></span>
                    <span>{key_hint(commands::palette_keys())}" anywhere"</span>
                </footer>
            }
                .into_any(),
        )}
    }
    .into_any()
}

fn row(entry: &Entry, place: usize, i: usize, at: RwSignal<usize>, run: impl Fn(usize) + 'static) -> AnyView {
    view! {
        <div
            class="palette-row"
            role="option"
            data-test="palette-row"
            aria-selected=move || if at.get() == place { "true" } else { "false" }
            on:pointermove=move |_| {
                if at.get_untracked() != place {
                    at.set(place);
                }
            }
            on:click=move |_| run(i)
        >
            {icon(entry.icon)}
            <span class="grow truncate">{entry.title.clone()}</span>
            <span class="faint dense">{entry.kind}</span>
            {(!entry.keys.is_empty()).then(|| key_hint(entry.keys.clone()))}
        </div>
    }
    .into_any()
}

fn scroll_into_view(list: NodeRef<html::Div>, at: RwSignal<usize>) {
    request_animation_frame(move || {
        // An entry that was run closed the palette, and the list is gone with it.
        let row = list
            .try_get_untracked()
            .flatten()
            .and_then(|l| l.children().item(at.try_get_untracked().unwrap_or(0) as u32));
        if let Some(row) = row.and_then(|r| r.dyn_into::<web_sys::Element>().ok()) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}
