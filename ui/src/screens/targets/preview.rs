//! What an import would do, before it does anything.

use super::connections::credential_field;
use super::import::{Import, formats, word_of};
use super::place::{Within, place};
use crate::components::icon::{look_badge, looked};
use crate::components::problem::maybe;
use crate::components::select::select;
use crate::components::table::{Column, Table};
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, EmptyState};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::import_words::{self, Counts};
use crate::pure::order::Key;
use crate::pure::words::{self, Tone};
use crate::state::stores;
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::inventory::{ApplyImport, ImportGroup, ImportPreview, ImportRemark, ImportTarget};

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Targets,
    Groups,
    Remarks,
}

/// The second page of the dialogue.
pub(super) fn preview(import: Import) -> AnyView {
    let seen = Memo::new(move |_| import.preview.get());
    let counts = Memo::new(move |_| seen.with(|p| p.as_ref().map(Counts::of)).unwrap_or_default());
    let part = RwSignal::new(Part::Targets);
    let label = move |one: &'static str, n: fn(&ImportPreview) -> usize| {
        Signal::derive(move || format!("{one} {}", seen.with(|p| p.as_ref().map_or(0, n))))
    };
    let parts = vec![
        Tab::new(Part::Targets, label("Targets", |p| p.targets.len()), "import-targets"),
        Tab::new(Part::Groups, label("Groups", |p| p.groups.len()), "import-groups"),
        Tab::new(Part::Remarks, label("Remarks", |p| p.remarks.len()), "import-remarks"),
    ];
    view! {
        <div class="dialog-tools row">
            {tabs("What the import holds", parts, part, move |chosen| part.set(chosen))}
            <span class="grow truncate soft" title=move || import.called() data-test="import-source">{move || import.called()}</span>
            {format_select(import, seen)}
        </div>
        <p class="import-said" role="status" data-test="import-summary">{move || counts.get().sentence()}</p>
        <div class="dialog-body import-preview">
            {move || match part.get() {
                Part::Targets => targets(seen),
                Part::Groups => groups(seen),
                Part::Remarks => remarks(seen),
            }}
        </div>
        {move || import.doing.problem.with(Option::is_some).then(|| view! { <div class="import-problem">{maybe(import.doing.problem)}</div> })}
        {foot(import, counts)}
    }
    .into_any()
}

fn foot(import: Import, counts: Memo<Counts>) -> AnyView {
    let credential = Signal::derive(move || import.credential.get().map(|c| c.to_string()).unwrap_or_default());
    let apply = move || {
        let (Some(source), Some(preview)) = (import.source.get_untracked(), import.preview.get_untracked()) else {
            return;
        };
        let command = ApplyImport {
            source,
            format: preview.format,
            digest: preview.digest,
            credential: import.credential.get_untracked(),
        };
        import.doing.run(command, |done: ImportPreview| {
            stores().inventory.refresh();
            stores().toasts.say(Tone::Ok, Counts::of(&done).done());
            place().within.set(Within::All);
            place().over.set(None);
        });
    };
    let nothing = Signal::derive(move || counts.get().to_store() == 0);
    view! {
        <footer class="dialog-foot import-foot">
            <div class="import-credential">
                {credential_field(
                    "Credential of connections that name none",
                    credential,
                    "import-credential",
                    move |id| import.credential.set(CredentialId::parse(&id)),
                )}
            </div>
            <span class="grow"></span>
            {Button::new("Back").quiet().test("import-back").on(move || import.begin_anew()).view()}
            {Button::new("Look again")
                .icon(Icon::Retry)
                .test("import-again")
                .busy(import.doing.busy)
                .on(move || if let Some(source) = import.source.get_untracked() { import.look(source) })
                .view()}
            {Button::new(Signal::derive(move || counts.get().button()))
                .primary()
                .test("import-apply")
                .busy(import.doing.busy)
                .disabled(nothing)
                .on(apply)
                .view()}
        </footer>
    }
    .into_any()
}

/// The recognised format, and reading it as another one.
fn format_select(import: Import, seen: Memo<Option<ImportPreview>>) -> AnyView {
    let now = Signal::derive(move || word_of(seen.with(|p| p.as_ref().map(|p| p.format))));
    let read_as = move |word: String| {
        import.read_as(&word);
        if let Some(source) = import.source.get_untracked() {
            import.look(source);
        }
    };
    select("Format", formats(), now, "import-format", read_as)
}

fn targets(seen: Memo<Option<ImportPreview>>) -> AnyView {
    let open = RwSignal::new(None::<String>);
    let rows = Memo::new(move |_| Arc::new(seen.with(|p| p.as_ref().map(|p| p.targets.clone()).unwrap_or_default())));
    let table = Table {
        id: "import",
        label: "Targets in the import",
        rows: rows.into(),
        columns: vec![
            Column::new("change", "Change", "104px", |t: &ImportTarget| look_badge(words::change(t.change)))
                .sorted(|t| Key::Number(Some(import_words::rank(t.change)))),
            Column::new("name", "Name", "minmax(120px, 1.2fr)", |t: &ImportTarget| plain(&t.name))
                .sorted(|t| Key::Text(t.name.clone())),
            Column::new("address", "Address", "minmax(112px, 1fr)", |t: &ImportTarget| plain(&t.address))
                .sorted(|t| Key::Text(t.address.clone())),
            Column::new("connection", "Connection", "minmax(150px, 1.2fr)", |t: &ImportTarget| plain(&t.connection)),
            Column::new("groups", "Groups", "minmax(110px, 1fr)", |t: &ImportTarget| plain(&t.groups.join(", "))),
            Column::new("differences", "Differences", "minmax(180px, 2fr)", |t: &ImportTarget| {
                plain(&t.differences.join("; "))
            }),
        ],
        key: |t: &ImportTarget| t.name.clone(),
        open: Arc::new(move |t: &ImportTarget| open.set(Some(t.name.clone()))),
        current: open.into(),
        checked: None,
        sort: ("change", false),
        row_class: |_| "",
        empty: || {
            EmptyState {
                icon: Icon::Targets,
                title: "No targets in it",
                text: "The remarks say what was read and why it was left out; perhaps it is of another format."
                    .to_owned(),
                actions: ().into_any(),
            }
            .view()
        },
    };
    let chosen = move || {
        let name = open.get()?;
        rows.with(|rows| rows.iter().find(|t| t.name == name).cloned())
    };
    view! {
        {table.view()}
        {move || chosen().map(|target| differences(&target))}
    }
    .into_any()
}

fn plain(text: &str) -> AnyView {
    view! { <span class="truncate" title=text.to_owned()>{text.to_owned()}</span> }.into_any()
}

/// The differences of one target, each in its line.
fn differences(target: &ImportTarget) -> AnyView {
    let lines = if target.differences.is_empty() {
        view! { <p class="soft">{import_words::without_differences(target.change)}</p> }.into_any()
    } else {
        let lines = target.differences.iter().map(|d| view! { <li class="selectable">{d.clone()}</li> }).collect_view();
        view! { <ul class="import-differences">{lines}</ul> }.into_any()
    };
    view! {
        <section class="import-detail" data-test="import-differences">
            <h3 class="row">{target.name.clone()}{look_badge(words::change(target.change))}</h3>
            {lines}
        </section>
    }
    .into_any()
}

fn groups(seen: Memo<Option<ImportPreview>>) -> AnyView {
    let all = move || seen.with(|p| p.as_ref().map(|p| p.groups.clone()).unwrap_or_default());
    let row = |group: ImportGroup| {
        view! {
            <li class="import-line">
                {look_badge(words::change(group.change))}
                <span class="strong truncate">{group.name}</span>
                {group.parent.map(|parent| view! { <span class="soft truncate">{format!("part of {parent}")}</span> })}
                <span class="grow"></span>
                <span class="faint nowrap">{plural(group.members, "target", "targets")}</span>
            </li>
        }
    };
    (move || {
        let all = all();
        if all.is_empty() {
            return view! { <p class="soft import-none">"It names no groups."</p> }.into_any();
        }
        view! { <ul class="scroller import-lines">{all.into_iter().map(row).collect_view()}</ul> }.into_any()
    })
    .into_any()
}

fn remarks(seen: Memo<Option<ImportPreview>>) -> AnyView {
    let all = move || seen.with(|p| p.as_ref().map(|p| p.remarks.clone()).unwrap_or_default());
    let row = |remark: ImportRemark| {
        let line = if remark.line == 0 { "whole text".to_owned() } else { format!("line {}", remark.line) };
        view! {
            <li class="import-line" data-test="import-remark">
                <span class="import-where faint">{line}</span>
                <span class="import-severity">{looked(import_words::severity(remark.severity))}</span>
                <span class="grow selectable">{remark.message}</span>
            </li>
        }
    };
    (move || {
        let all = all();
        if all.is_empty() {
            return view! { <p class="soft import-none">"Every line was understood."</p> }.into_any();
        }
        view! { <ul class="scroller import-lines">{all.into_iter().map(row).collect_view()}</ul> }.into_any()
    })
    .into_any()
}
