//! The inventory in other tools' formats: to read, to copy, to save.

use super::place::place;
use crate::api;
use crate::components::dialog::dialog;
use crate::components::empty::waiting;
use crate::components::problem::maybe;
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, problem_card};
use crate::pure::format::{bytes, plural};
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::{Load, stores};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::inventory::{ExportInventory, ImportFormat};

/// The formats, what each is called, and the file it is saved as.
const FORMATS: [(ImportFormat, &str, &str); 4] = [
    (ImportFormat::AnsibleIni, "Ansible INI", "inventory.ini"),
    (ImportFormat::AnsibleYaml, "Ansible YAML", "inventory.yml"),
    (ImportFormat::Csv, "CSV", "inventory.csv"),
    (ImportFormat::Json, "JSON", "inventory.json"),
];

/// The dialogue.
pub(super) fn export() -> AnyView {
    let format = RwSignal::new(ImportFormat::AnsibleIni);
    let text = RwSignal::new(Load::<String>::Waiting);
    Effect::new(move |_| {
        let format_now = format.get();
        text.set(Load::Waiting);
        spawn_local(async move {
            let answer = api::call(ExportInventory { format: format_now }).await;
            // Another format may have been chosen meanwhile.
            if format.try_get_untracked() == Some(format_now) {
                text.set(Load::from_result(answer));
            }
        });
    });
    let ready = move || text.with(|t| t.ready().cloned());
    let none_yet = Signal::derive(move || text.with(|t| t.ready().is_none()));
    let size =
        move || ready().map(|t| format!("{}, {}", plural(t.lines().count(), "line", "lines"), bytes(t.len() as u64)));
    let saving = Doing::new();
    let save = move || {
        let Some((text, (_, _, name))) =
            untrack(ready).zip(FORMATS.into_iter().find(|f| f.0 == format.get_untracked()))
        else {
            return;
        };
        saving.run_future(async move { api::save_file("Save the inventory", name, &text).await }, |saved| {
            if let Some(path) = saved {
                stores().toasts.say(Tone::Ok, format!("Saved as {path}"));
            }
        });
    };
    let copy = move || {
        if let Some(text) = untrack(ready) {
            stores().toasts.copy("Inventory", text);
        }
    };
    let choices = FORMATS
        .into_iter()
        .map(|(format, called, ..)| {
            Tab::new(format, called, format!("export-{}", called.to_lowercase().replace(' ', "-")))
        })
        .collect();
    let inside = view! {
        <div class="dialog-tools row between">
            {tabs("Format", choices, format, move |chosen| format.set(chosen))}
            <span class="faint dense">{size}</span>
        </div>
        <div class="dialog-body export-body">
            {move || match text.get() {
                Load::Waiting => waiting(),
                Load::Failed(problem) => problem_card(problem),
                Load::Ready(text) => view! { <pre class="export-text selectable" tabindex="0" data-test="export-text">{text}</pre> }.into_any(),
            }}
        </div>
        {maybe(saving.problem)}
        <footer class="dialog-foot">
            <p class="faint dense grow">"Credentials are named, never exported."</p>
            {Button::new("Copy").icon(Icon::Copy).test("export-copy").disabled(none_yet).on(copy).view()}
            {Button::new("Save").primary().icon(Icon::Download).test("export-save").busy(saving.busy).disabled(none_yet).on(save).view()}
        </footer>
    };
    dialog("Export the inventory", "wide", "export-dialog", || place().over.set(None), inside.into_any())
}
