//! Settings in rows: what it is called and does on the left, its value on the right.

use super::{change, now};
use crate::components::{Button, EmptyState, problem_line};
use crate::pure::icons::Icon;
use crate::pure::setting::{Number, fits, said};
use crate::state::load::Doing;
use crate::state::stores;
use crate::web;
use leptos::prelude::*;
use wheelhouse_protocol::Problem;
use wheelhouse_protocol::settings::Settings;

/// Settings that belong together.
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) settings: Vec<Setting>,
}

/// One setting, or something to look up.
pub(super) struct Setting {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    /// By what else it is found.
    pub(super) words: &'static str,
    /// What it is at first, where it can be changed.
    pub(super) default: Option<String>,
    pub(super) problem: RwSignal<Option<Problem>>,
    /// Whether its control stands below it.
    pub(super) wide: bool,
    pub(super) control: AnyView,
}

/// All parts, with the way to each beside them.
pub(super) fn parts(query: RwSignal<String>, parts: Vec<Part>) -> AnyView {
    let texts: Vec<Vec<[&'static str; 4]>> =
        parts.iter().map(|p| p.settings.iter().map(|s| [p.title, s.title, s.what, s.words]).collect()).collect();
    let found = Memo::new(move |_| query.with(|q| texts.iter().flatten().any(|t| fits(q, t))));
    let ways: Vec<(&'static str, &'static str)> = parts.iter().map(|p| (p.id, p.title)).collect();
    Effect::new(move |_| {
        if let Some(id) = stores().settings.wanted.get() {
            stores().settings.wanted.set(None);
            request_animation_frame(move || bring(id));
        }
    });
    view! {
        <nav class="settings-ways" aria-label="Parts of the settings">
            {ways
                .into_iter()
                .map(|(id, title)| {
                    view! {
                        <button type="button" class="menu-item" data-test=format!("settings-to-{id}") on:click=move |_| {
                            query.set(String::new());
                            request_animation_frame(move || bring(id));
                        }>
                            {title}
                        </button>
                    }
                })
                .collect_view()}
        </nav>
        <div class="settings-parts">
            {parts.into_iter().map(|p| part(query, p)).collect_view()}
            {move || {
                (!found.get())
                    .then(|| {
                        EmptyState {
                            icon: Icon::Search,
                            title: "No setting is about that",
                            text: "Titles, explanations and related words are searched.".to_owned(),
                            actions: Button::new("Show all").test("settings-all").on(move || query.set(String::new())).view(),
                        }
                            .view()
                    })
            }}
        </div>
    }
    .into_any()
}

/// Brings a part into sight.
fn bring(id: &str) {
    let part = web::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(&format!("settings-{id}")));
    if let Some(part) = part {
        part.scroll_into_view();
    }
}

fn part(query: RwSignal<String>, part: Part) -> AnyView {
    let Part { id, title, settings } = part;
    let texts: Vec<[&'static str; 4]> = settings.iter().map(|s| [title, s.title, s.what, s.words]).collect();
    let any = Memo::new(move |_| query.with(|q| texts.iter().any(|t| fits(q, t))));
    view! {
        <section class="settings-part" id=format!("settings-{id}") hidden=move || !any.get()>
            <h2>{title}</h2>
            <div class="settings-rows">{settings.into_iter().map(|s| row(query, title, s)).collect_view()}</div>
        </section>
    }
    .into_any()
}

fn row(query: RwSignal<String>, part: &'static str, setting: Setting) -> AnyView {
    let Setting { title, what, words, default, problem, wide, control } = setting;
    let seen = Memo::new(move |_| query.with(|q| fits(q, &[part, title, what, words])));
    view! {
        <div class="setting" class:wide=wide role="group" aria-label=title hidden=move || !seen.get()>
            <div class="setting-text">
                <p class="strong">{title}</p>
                <p class="soft">{what} {default.map(|d| view! { <span class="faint">{format!(" Default: {d}.")}</span> })}</p>
                {move || problem.get().map(|p| problem_line(&p))}
            </div>
            <div class="setting-control">{control}</div>
        </div>
    }
    .into_any()
}

/// A whole number: stored on Enter, and when the field is left.
pub(super) fn number(of: &'static Number) -> Setting {
    let doing = Doing::new();
    let stored = Memo::new(move |_| (of.get)(&now()));
    let typed = RwSignal::new(String::new());
    // What is stored counts, also when something else stored it.
    Effect::new(move |_| typed.set(stored.get().to_string()));
    let first = (of.get)(&Settings::default());
    let saved = RwSignal::new(false);
    let put = move |value: u32| {
        saved.set(value != stored.get_untracked());
        change(doing, |s| (of.set)(s, value));
    };
    let keep = move || {
        // It may come after the screen was left.
        let Some(text) = typed.try_get_untracked() else { return };
        match text.trim().parse::<u32>() {
            Ok(value) if value == stored.get_untracked() => doing.problem.set(None),
            Ok(value) => put(value),
            Err(_) => doing.problem.set(Some(Problem::invalid(of.name, "Write a whole number."))),
        }
    };
    let meaning = move || match stored.get() {
        0 if !of.zero.is_empty() => of.zero,
        _ => of.unit,
    };
    let control = view! {
        {move || {
            (stored.get() != first)
                .then(|| {
                    Button::new(format!("Back to {}", said(of, first)))
                        .quiet()
                        .small()
                        .icon(Icon::Undo)
                        .test(format!("reset-{}", of.name))
                        .on(move || put(first))
                        .view()
                })
        }}
        {move || {
            let ok = saved.get() && !doing.busy.get() && doing.problem.with(Option::is_none);
            ok.then(|| view! { <span class="look tone-ok dense" role="status">{crate::components::small_icon(Icon::Check)}"stored"</span> })
        }}
        <input
            class="input figure"
            class:wrong=move || doing.problem.with(Option::is_some)
            type="text"
            inputmode="numeric"
            autocomplete="off"
            aria-label=format!("{} [{}]", of.title, of.unit)
            data-test=format!("setting-{}", of.name)
            prop:value=move || typed.get()
            on:input=move |event| {
                saved.set(false);
                typed.set(event_target_value(&event));
            }
            on:change=move |_| keep()
        />
        <span class="setting-unit soft">{meaning}</span>
    };
    Setting {
        title: of.title,
        what: of.what,
        words: of.name,
        default: Some(said(of, first)),
        problem: doing.problem,
        wide: false,
        control: control.into_any(),
    }
}
