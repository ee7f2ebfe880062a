//! Several words, each chosen from a list or typed: tags, groups, aliases.

use super::button::Button;
use crate::pure::fuzzy;
use crate::pure::icons::Icon;
use leptos::html;
use leptos::prelude::*;

/// The most suggestions shown.
const MOST: usize = 8;

/// Words being chosen.
pub(crate) struct Combobox {
    pub(crate) label: &'static str,
    pub(crate) values: RwSignal<Vec<String>>,
    pub(crate) suggestions: Signal<Vec<String>>,
    /// Whether words that are not in the list can be typed.
    pub(crate) free: bool,
    pub(crate) placeholder: &'static str,
    pub(crate) test: &'static str,
}

impl Combobox {
    /// The field.
    pub(crate) fn view(self) -> AnyView {
        let Self { label, values, suggestions, free, placeholder, test } = self;
        let typed = RwSignal::new(String::new());
        let open = RwSignal::new(false);
        let at = RwSignal::new(None::<usize>);
        let node = NodeRef::<html::Input>::new();
        let list_id = format!("{test}-list");
        let found = Memo::new(move |_| {
            let (query, have) = (typed.get(), values.get());
            let mut fitting: Vec<(i32, String)> = suggestions
                .get()
                .into_iter()
                .filter(|s| !have.iter().any(|h| h.eq_ignore_ascii_case(s)))
                .filter_map(|s| fuzzy::score(&query, &s).map(|score| (score, s)))
                .collect();
            fitting.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| crate::pure::order::natural(&a.1, &b.1)));
            fitting.into_iter().map(|(_, s)| s).take(MOST).collect::<Vec<_>>()
        });
        let add = move |word: String| {
            let word = word.trim().trim_end_matches(',').trim().to_owned();
            let known = suggestions.try_get_untracked().into_iter().flatten().find(|s| s.eq_ignore_ascii_case(&word));
            let have = values.try_with_untracked(|v| v.iter().any(|h| h.eq_ignore_ascii_case(&word))) != Some(false);
            if !word.is_empty() && !have && (free || known.is_some()) {
                values.update(|v| v.push(known.unwrap_or(word)));
            }
            typed.set(String::new());
            at.set(None);
        };
        let on_key = move |event: leptos::ev::KeyboardEvent| {
            let n = found.with_untracked(Vec::len);
            match event.key().as_str() {
                "ArrowDown" if n > 0 => {
                    open.set(true);
                    at.update(|a| *a = Some(a.map_or(0, |a| (a + 1) % n)));
                }
                "ArrowUp" if n > 0 => at.update(|a| *a = Some(a.map_or(n - 1, |a| (a + n - 1) % n))),
                "Enter" | "," => {
                    let text = typed.get_untracked();
                    let marked = at.get_untracked().or((!free && !text.is_empty()).then_some(0));
                    let word = marked.and_then(|at| found.with_untracked(|f| f.get(at).cloned())).unwrap_or(text);
                    if word.is_empty() {
                        return;
                    }
                    add(word);
                }
                "Backspace" if typed.with_untracked(String::is_empty) => {
                    values.update(|v| {
                        v.pop();
                    });
                    return;
                }
                "Escape" if open.get_untracked() => {
                    open.set(false);
                    event.stop_propagation();
                }
                _ => return,
            }
            event.prevent_default();
        };
        let listed = list_id.clone();
        view! {
            <span class="combobox">
                <span class="combobox-field" on:click=move |_| { node.get_untracked().iter().for_each(|n| crate::web::focus(n)); }>
                    {move || {
                        values
                            .get()
                            .into_iter()
                            .map(|word| {
                                let gone = word.clone();
                                view! {
                                    <span class="chip">
                                        <span>{word.clone()}</span>
                                        {Button::new(format!("Remove {word}"))
                                            .quiet()
                                            .class("chip-remove")
                                            .only_icon(Icon::Cross)
                                            .on(move || values.update(|v| v.retain(|w| *w != gone)))
                                            .view()}
                                    </span>
                                }
                            })
                            .collect_view()
                    }}
                    <input
                        node_ref=node
                        class="combobox-input"
                        role="combobox"
                        aria-label=label
                        aria-expanded=move || if open.get() { "true" } else { "false" }
                        aria-controls=list_id
                        aria-autocomplete="list"
                        data-test=test
                        autocomplete="off"
                        spellcheck="false"
                        placeholder=move || if values.with(Vec::is_empty) { placeholder } else { "" }
                        prop:value=move || typed.get()
                        on:input=move |event| {
                            typed.set(event_target_value(&event));
                            at.set(None);
                            open.set(true);
                        }
                        on:focus=move |_| open.set(true)
                        on:blur=move |_| {
                            // It comes too when the field is taken away, and then there is nothing to keep.
                            let Some(word) = typed.try_get_untracked() else { return };
                            open.set(false);
                            if free {
                                add(word);
                            } else {
                                typed.set(String::new());
                            }
                        }
                        on:keydown=on_key
                    />
                </span>
                {move || {
                    (open.get() && !found.with(Vec::is_empty))
                        .then(|| {
                            let rows = found
                                .get()
                                .into_iter()
                                .enumerate()
                                .map(|(i, word)| {
                                    let picked = word.clone();
                                    view! {
                                        <span
                                            class="menu-item"
                                            role="option"
                                            aria-selected=move || if at.get() == Some(i) { "true" } else { "false" }
                                            on:pointerdown=move |event| {
                                                event.prevent_default();
                                                add(picked.clone());
                                            }
                                        >
                                            {word}
                                        </span>
                                    }
                                })
                                .collect_view();
                            view! { <span class="popover menu" role="listbox" id=listed.clone()>{rows}</span> }
                        })
                }}
            </span>
        }
        .into_any()
    }
}
