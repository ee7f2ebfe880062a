//! Fields of forms: a label, what to type into, and what is wrong with it.

use super::problem::problem_line;
use leptos::html;
use leptos::prelude::*;
use std::rc::Rc;
use wheelhouse_protocol::Problem;

/// A control with its label. `about` is the name by which a problem says it is about this field.
pub(crate) fn field(
    label: &'static str,
    hint: &'static str,
    about: &'static str,
    problem: impl Into<Signal<Option<Problem>>>,
    control: AnyView,
) -> AnyView {
    let named = view! {
        <label>
            <span class="field-label">{label}</span>
            {control}
        </label>
    };
    framed(named.into_any(), hint, about, problem.into())
}

/// As [`field`], for a control of several parts that names itself. In a `<label>` a click on its words would press
/// the first button within, such as the one that takes a word away.
pub(crate) fn labelled(
    label: &'static str,
    hint: &'static str,
    about: &'static str,
    problem: impl Into<Signal<Option<Problem>>>,
    control: AnyView,
) -> AnyView {
    let named = view! {
        <span class="field-label">{label}</span>
        {control}
    };
    framed(named.into_any(), hint, about, problem.into())
}

fn framed(named: AnyView, hint: &'static str, about: &'static str, problem: Signal<Option<Problem>>) -> AnyView {
    let ours = move || problem.get().filter(|p| !about.is_empty() && p.source.as_deref() == Some(about));
    view! {
        <div class="field" class:wrong=move || ours().is_some()>
            {named}
            {move || ours().map(|p| problem_line(&p))}
            {(!hint.is_empty()).then(|| view! { <p class="field-hint">{hint}</p> })}
        </div>
    }
    .into_any()
}

/// A problem that is about none of these fields, as a card above the buttons.
pub(crate) fn other_problem(problem: impl Into<Signal<Option<Problem>>>, fields: &'static [&'static str]) -> AnyView {
    let problem = problem.into();
    let other = move || problem.get().filter(|p| p.source.as_deref().is_none_or(|s| !fields.contains(&s)));
    (move || other().map(super::problem_card)).into_any()
}

/// A line of text being typed.
pub(crate) struct Input {
    value: RwSignal<String>,
    kind: &'static str,
    class: String,
    placeholder: String,
    label: String,
    test: String,
    list: Option<&'static str>,
    focus: bool,
    disabled: Signal<bool>,
    enter: Option<Rc<dyn Fn()>>,
    input: Option<Rc<dyn Fn(String)>>,
}

impl Input {
    /// Text.
    pub(crate) fn text(value: RwSignal<String>) -> Self {
        Self {
            value,
            kind: "text",
            class: "input".to_owned(),
            placeholder: String::new(),
            label: String::new(),
            test: String::new(),
            list: None,
            focus: false,
            disabled: false.into(),
            enter: None,
            input: None,
        }
    }

    /// A secret: nothing of it is seen.
    pub(crate) fn secret(value: RwSignal<String>) -> Self {
        Self { kind: "password", ..Self::text(value) }
    }

    /// What to look for.
    pub(crate) fn search(value: RwSignal<String>, label: &str) -> Self {
        Self { kind: "search", ..Self::text(value) }.label(label).placeholder(label).class("search")
    }

    /// One more class.
    pub(crate) fn class(mut self, class: &str) -> Self {
        self.class.push(' ');
        self.class.push_str(class);
        self
    }

    /// What stands there while nothing does.
    pub(crate) fn placeholder(mut self, text: &str) -> Self {
        text.clone_into(&mut self.placeholder);
        self
    }

    /// Its accessible name, where no label stands beside it.
    pub(crate) fn label(mut self, text: &str) -> Self {
        text.clone_into(&mut self.label);
        self
    }

    /// The hook for tests.
    pub(crate) fn test(mut self, test: &str) -> Self {
        test.clone_into(&mut self.test);
        self
    }

    /// It gets the keyboard when it appears.
    pub(crate) fn focus(mut self) -> Self {
        self.focus = true;
        self
    }

    /// While true nothing can be typed.
    pub(crate) fn disabled(mut self, disabled: impl Into<Signal<bool>>) -> Self {
        self.disabled = disabled.into();
        self
    }

    /// What Enter does.
    pub(crate) fn on_enter(mut self, on: impl Fn() + 'static) -> Self {
        self.enter = Some(Rc::new(on));
        self
    }

    /// What happens with every change.
    pub(crate) fn on_input(mut self, on: impl Fn(String) + 'static) -> Self {
        self.input = Some(Rc::new(on));
        self
    }

    /// The field.
    pub(crate) fn view(self) -> AnyView {
        let Self { value, kind, class, placeholder, label, test, list, focus, disabled, enter, input } = self;
        let node = NodeRef::<html::Input>::new();
        if focus {
            focus_when_there(node);
        }
        // Nothing a person types here is for the browser to keep or correct.
        let keep = if kind == "password" { "new-password" } else { "off" };
        view! {
            <input
                node_ref=node
                class=class
                type=kind
                placeholder=placeholder
                aria-label=(!label.is_empty()).then_some(label)
                data-test=(!test.is_empty()).then_some(test)
                list=list
                autocomplete=keep
                autocapitalize="off"
                spellcheck="false"
                disabled=move || disabled.get()
                prop:value=move || value.get()
                on:input=move |event| {
                    let text = event_target_value(&event);
                    value.set(text.clone());
                    if let Some(input) = &input {
                        input(text);
                    }
                }
                on:keydown=move |event| {
                    if let Some(enter) = enter.as_ref().filter(|_| event.key() == "Enter" && !event.is_composing()) {
                        event.prevent_default();
                        enter();
                    }
                }
            />
        }
        .into_any()
    }
}

/// Gives a field the keyboard as soon as it is in the page.
pub(crate) fn focus_when_there(node: NodeRef<html::Input>) {
    Effect::new(move |_| {
        if let Some(element) = node.get() {
            request_animation_frame(move || crate::web::focus(&element));
        }
    });
}

/// Several lines of text.
pub(crate) fn text_area(value: RwSignal<String>, rows: u32, class: &'static str, test: &'static str) -> AnyView {
    view! {
        <textarea
            class=format!("input area {class}")
            rows=rows
            data-test=test
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
    .into_any()
}

/// A switch with its words beside it.
pub(crate) fn toggle(
    label: &'static str,
    on: impl Into<Signal<bool>>,
    disabled: impl Into<Signal<bool>>,
    test: &'static str,
    change: impl Fn(bool) + 'static,
) -> AnyView {
    switch(label, true, on.into(), disabled.into(), test, change)
}

/// A switch whose words stand elsewhere; `name` is what it is called for those who do not see them.
pub(crate) fn bare_toggle(
    name: &'static str,
    on: impl Into<Signal<bool>>,
    disabled: impl Into<Signal<bool>>,
    test: &'static str,
    change: impl Fn(bool) + 'static,
) -> AnyView {
    switch(name, false, on.into(), disabled.into(), test, change)
}

fn switch(
    name: &'static str,
    shown: bool,
    on: Signal<bool>,
    disabled: Signal<bool>,
    test: &'static str,
    change: impl Fn(bool) + 'static,
) -> AnyView {
    view! {
        <button
            type="button"
            class="toggle"
            role="switch"
            data-test=test
            aria-label=(!shown).then_some(name)
            aria-checked=move || if on.get() { "true" } else { "false" }
            disabled=move || disabled.get()
            on:click=move |_| change(!on.get_untracked())
        >
            <span class="toggle-track" aria-hidden="true"><span class="toggle-knob"></span></span>
            {shown.then(|| view! { <span>{name}</span> })}
        </button>
    }
    .into_any()
}

/// A box to tick, with its words.
pub(crate) fn check(
    label: impl Into<String>,
    on: impl Into<Signal<bool>>,
    test: String,
    change: impl Fn(bool) + 'static,
) -> AnyView {
    let on = on.into();
    view! {
        <label class="check">
            <input
                type="checkbox"
                data-test=test
                prop:checked=move || on.get()
                on:change=move |event| change(event_target_checked(&event))
            />
            <span>{label.into()}</span>
        </label>
    }
    .into_any()
}
