//! The form of an entry. What is secret is typed blind, and an entry's own secrets never come back into it.

use crate::components::combobox::Combobox;
use crate::components::field::{Input, check, field, labelled, other_problem};
use crate::components::panel::side_panel;
use crate::components::select::select;
use crate::components::{Button, problem_line};
use crate::pure::credential::{Draft, KINDS, Known, inputs, known};
use crate::pure::format::capital;
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use crate::state::stores;
use crate::state::vault::Beside;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wheelhouse_protocol::credential::{CredentialKind, CredentialView, SaveCredential};
use wheelhouse_protocol::{CredentialId, Problem};

/// Fields whose problems stand beside them.
const OURS: &[&str] = &[
    "name", "service", "rotate_after_days", "notes", "tags", "username", "password", "sudo_password", "private_key",
    "passphrase", "key", "token", "certificate", "url",
];

/// One field of the form.
#[derive(Clone, Copy)]
struct Row {
    /// What the kind says of it; nothing for one the operator named.
    known: Option<&'static Known>,
    name: RwSignal<String>,
    secret: RwSignal<bool>,
    value: RwSignal<String>,
    stored: bool,
    remove: RwSignal<bool>,
}

impl Row {
    fn new(known: Option<&'static Known>, name: &str, secret: bool, stored: Option<&str>) -> Self {
        let value = stored.filter(|_| !secret).unwrap_or_default();
        Self {
            known,
            name: RwSignal::new(name.to_owned()),
            secret: RwSignal::new(secret),
            value: RwSignal::new(value.to_owned()),
            stored: stored.is_some(),
            remove: RwSignal::new(false),
        }
    }

    fn draft(self) -> Draft {
        Draft {
            name: self.name.get_untracked(),
            secret: self.secret.get_untracked(),
            value: self.value.get_untracked(),
            stored: self.stored,
            remove: self.remove.get_untracked(),
            optional: self.known.is_some_and(|k| k.optional),
        }
    }
}

/// The rows of a kind, with what an entry has of them, and what it has besides.
fn rows(kind: CredentialKind, entry: Option<&CredentialView>) -> Vec<Row> {
    let stored = |name: &str| entry.and_then(|e| e.fields.iter().find(|f| f.name == name));
    let mut rows: Vec<Row> = known(kind)
        .iter()
        .map(|k| {
            let there = stored(k.name);
            Row::new(Some(k), k.name, k.secret || there.is_some_and(|f| f.secret), there.map(|f| f.shown.as_str()))
        })
        .collect();
    let others = entry.into_iter().flat_map(|e| &e.fields).filter(|f| known(kind).iter().all(|k| k.name != f.name));
    rows.extend(others.map(|f| Row::new(None, &f.name, f.secret, Some(&f.shown))));
    if rows.is_empty() {
        rows.push(Row::new(None, "", true, None));
    }
    rows
}

/// The panel.
pub(super) fn panel(id: Option<CredentialId>) -> AnyView {
    let entry = id.and_then(|id| untrack(|| stores().vault.entry(id)));
    let back = move || stores().vault.beside.set(id.map(Beside::Entry));
    let title = entry.as_ref().map_or_else(|| "New credential".to_owned(), |e| format!("Edit {}", e.name));
    side_panel(Signal::stored(title), "credential-form", ().into_any(), back, form(id, entry, back))
}

fn form(id: Option<CredentialId>, entry: Option<CredentialView>, back: impl Fn() + Copy + 'static) -> AnyView {
    let text = |read: fn(&CredentialView) -> String, new: &str| {
        RwSignal::new(entry.as_ref().map_or_else(|| new.to_owned(), read))
    };
    let name = text(|e| e.name.clone(), "");
    let service = text(|e| e.service.clone(), "ssh");
    let notes = text(|e| e.notes.clone(), "");
    let days = text(|e| e.rotate_after_days.to_string(), "30");
    let tags = RwSignal::new(entry.as_ref().map(|e| e.tags.clone()).unwrap_or_default());
    let first = entry.as_ref().map_or(CredentialKind::Password, |e| e.kind);
    let kind = RwSignal::new(first);
    let fields = RwSignal::new(rows(first, entry.as_ref()));
    let doing = Doing::new();
    let problem = doing.problem;
    let stored_entry = StoredValue::new(entry);
    let save = move || {
        let Ok(rotate_after_days) = days.with_untracked(|d| d.trim().parse::<u32>()) else {
            problem.set(Some(Problem::invalid("rotate_after_days", "Write the days as a whole number; 0 is never.")));
            return;
        };
        let drafts = fields.with_untracked(|rows| rows.iter().map(|row| row.draft()).collect());
        let command = SaveCredential {
            id,
            name: name.get_untracked(),
            service: service.get_untracked(),
            kind: kind.get_untracked(),
            fields: inputs(drafts),
            tags: tags.get_untracked(),
            notes: notes.get_untracked(),
            rotate_after_days,
        };
        doing.run(command, |saved| {
            stores().vault.put(saved.clone());
            stores().vault.refresh();
            stores().vault.beside.set(Some(Beside::Entry(saved.id)));
        });
    };
    let kinds = KINDS.iter().map(|k| (k.as_str().to_owned(), capital(&k.to_string()))).collect::<Vec<_>>();
    let choose_kind = move |chosen: String| {
        if let Some(to) = KINDS.into_iter().find(|k| k.as_str() == chosen) {
            kind.set(to);
            problem.set(None);
            fields.set(stored_entry.with_value(|e| rows(to, e.as_ref())));
        }
    };
    let every_tag = Signal::derive(|| {
        let mut all: Vec<String> = stores()
            .vault
            .credentials
            .value
            .with(|c| c.ready().into_iter().flatten().flat_map(|c| c.tags.clone()).collect());
        all.sort();
        all.dedup();
        all
    });
    view! {
        <div class="panel-body scroller">
            <div class="form">
                {field("Name", "", "name", problem, Input::text(name).test("credential-name").focus().on_enter(save).view())}
                <div class="vault-kind">
                    {field(
                        "Kind",
                        "",
                        "kind",
                        problem,
                        select(
                            "Kind",
                            Signal::stored(kinds),
                            Signal::derive(move || kind.get().as_str().to_owned()),
                            "credential-kind",
                            choose_kind,
                        ),
                    )}
                    {field(
                        "Service",
                        "",
                        "service",
                        problem,
                        Input::text(service).placeholder("ssh, mqtt, …").test("credential-service").on_enter(save).view(),
                    )}
                </div>
                <div class="fieldset">
                    {move || fields.get().into_iter().map(|row| row_view(row, fields, problem, save)).collect_view()}
                    <div class="row">
                        {Button::new("Add a field")
                            .small()
                            .icon(Icon::Plus)
                            .test("credential-add-field")
                            .on(move || fields.update(|rows| rows.push(Row::new(None, "", true, None))))
                            .view()}
                    </div>
                </div>
                <div class="fieldset">
                    {labelled(
                        "Tags",
                        "",
                        "tags",
                        problem,
                        Combobox {
                            label: "Tags",
                            values: tags,
                            suggestions: every_tag,
                            free: true,
                            placeholder: "production, …",
                            test: "credential-tags",
                        }
                            .view(),
                    )}
                    {field(
                        "Remind me to change it after [days]",
                        "0 is never.",
                        "rotate_after_days",
                        problem,
                        Input::text(days).class("figure").test("credential-rotate").on_enter(save).view(),
                    )}
                    {field("Notes", "", "notes", problem, crate::components::field::text_area(notes, 3, "", "credential-notes"))}
                </div>
            </div>
        </div>
        <footer class="panel-foot vault-form-foot">
            {other_problem(problem, OURS)}
            <div class="row">
                {Button::new(if id.is_some() { "Save" } else { "Store it" })
                    .primary()
                    .icon(Icon::Check)
                    .test("credential-save")
                    .busy(doing.busy)
                    .disabled(Signal::derive(move || name.with(|n| n.trim().is_empty())))
                    .on(save)
                    .view()}
                {Button::new("Cancel").test("credential-cancel").on(back).view()}
            </div>
        </footer>
    }
    .into_any()
}

fn row_view(
    row: Row,
    rows: RwSignal<Vec<Row>>,
    problem: RwSignal<Option<Problem>>,
    save: impl Fn() + Copy + 'static,
) -> AnyView {
    match row.known {
        Some(known) => known_row(row, known, problem, save),
        None => free_row(row, rows, problem),
    }
}

fn kept(row: Row) -> &'static str {
    if row.stored && row.secret.get_untracked() { "•••• kept unless you type another" } else { "" }
}

fn known_row(
    row: Row,
    known: &'static Known,
    problem: RwSignal<Option<Problem>>,
    save: impl Fn() + Copy + 'static,
) -> AnyView {
    let test = format!("field-input-{}", known.name);
    let control = match (known.lines, known.secret) {
        (true, secret) => lines(row.value, secret, kept(row), test),
        (false, true) => {
            Input::secret(row.value).placeholder(kept(row)).test(&test).disabled(row.remove).on_enter(save).view()
        }
        (false, false) => Input::text(row.value).test(&test).on_enter(save).view(),
    };
    let removable = known.optional && known.secret && row.stored;
    view! {
        {field(known.label, known.hint, known.name, problem, control)}
        {known.lines.then(|| from_file(row.value, known))}
        {removable.then(|| check(
            format!("Remove the stored {}", known.label.to_lowercase()),
            row.remove,
            format!("field-remove-{}", known.name),
            move |on| row.remove.set(on),
        ))}
    }
    .into_any()
}

/// Several lines, blind where they are secret.
fn lines(value: RwSignal<String>, secret: bool, placeholder: &'static str, test: String) -> AnyView {
    view! {
        <textarea
            class="input area mono"
            class:blind=secret
            rows="5"
            data-test=test
            placeholder=placeholder
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
    .into_any()
}

/// Reads what was chosen into the field; it stays in the page until it is stored.
fn from_file(value: RwSignal<String>, known: &'static Known) -> AnyView {
    let failed = RwSignal::new(None::<Problem>);
    let read = move |event: web_sys::Event| {
        let input = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(file) = input.as_ref().and_then(|i| i.files()?.get(0)) else { return };
        failed.set(None);
        spawn_local(async move {
            let name = file.name();
            let text = wasm_bindgen_futures::JsFuture::from(file.text()).await.ok().and_then(|t| t.as_string());
            match text {
                Some(text) => {
                    value.try_set(text);
                }
                None => {
                    failed.try_set(Some(Problem::invalid("file", format!("“{name}” cannot be read as text."))));
                }
            }
        });
        // The same file can be chosen again after it was changed.
        if let Some(input) = input {
            input.set_value("");
        }
    };
    view! {
        <div class="row vault-file">
            <label class="button small">
                {crate::components::small_icon(Icon::File)}
                <span>"Choose a file"</span>
                <input
                    class="unseen"
                    type="file"
                    aria-label=format!("File with the {}", known.label.to_lowercase())
                    data-test=format!("field-file-{}", known.name)
                    on:change=read
                />
            </label>
            <span class="field-hint" role="status">
                {move || {
                    let n = value.with(|v| v.lines().count());
                    (n > 0).then(|| crate::pure::format::plural(n, "line", "lines"))
                }}
            </span>
            {move || failed.get().map(|p| problem_line(&p))}
        </div>
    }
    .into_any()
}

/// A field the operator names.
fn free_row(row: Row, rows: RwSignal<Vec<Row>>, problem: RwSignal<Option<Problem>>) -> AnyView {
    let ours = move || {
        let name = row.name.get();
        problem
            .get()
            .filter(|p| !name.is_empty() && p.source.as_deref() == Some(name.trim()) && !OURS.contains(&name.trim()))
    };
    let gone = row.name;
    view! {
        <div class="vault-free" data-test="credential-free-field">
            {Input::text(row.name).label("Name of the field").placeholder("name").test("free-name").disabled(row.stored).view()}
            {move || {
                let input = if row.secret.get() { Input::secret(row.value) } else { Input::text(row.value) };
                input.label("Value").placeholder(if row.stored && row.secret.get() { "•••• kept" } else { "value" }).test("free-value").view()
            }}
            {check("secret", row.secret, "free-secret".to_owned(), move |on| row.secret.set(on))}
            {Button::new("Remove the field")
                .quiet()
                .small()
                .only_icon(Icon::Cross)
                .test("free-remove")
                .on(move || rows.update(|rows| rows.retain(|r| r.name != gone)))
                .view()}
        </div>
        {move || ours().map(|p| problem_line(&p))}
    }
    .into_any()
}
