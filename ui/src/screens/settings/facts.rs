//! What can be looked up but not changed: version, operator, where the data is.

use super::rows::Setting;
use crate::components::Button;
use crate::pure::format::bytes;
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::status::Status;

/// The facts.
pub(super) fn facts() -> Vec<Setting> {
    vec![
        fact("Version", "Of this program. Say it when you report something.", "about release", "version", |s| {
            s.version.clone()
        }),
        fact("Operator", "The account under which everything you do is recorded.", "user who", "operator", |s| {
            s.operator.clone()
        }),
        fact(
            "Data directory",
            "Inventory, jobs, vault, telemetry and audit chain. Copy it whole to back it up while Wheelhouse is closed.",
            "folder path backup store database",
            "data-directory",
            |s| s.store.directory.clone(),
        ),
        size(),
    ]
}

fn known(read: fn(&Status) -> String) -> Memo<Option<String>> {
    Memo::new(move |_| stores().status.status.value.with(|s| s.ready().map(read)))
}

fn fact(
    title: &'static str,
    what: &'static str,
    words: &'static str,
    test: &'static str,
    read: fn(&Status) -> String,
) -> Setting {
    let text = known(read);
    let control = view! {
        <span class="setting-fact selectable mono" data-test=format!("fact-{test}")>{move || text.get().unwrap_or_else(|| "…".to_owned())}</span>
        {Button::new(format!("Copy {}", title.to_lowercase()))
            .quiet()
            .small()
            .only_icon(Icon::Copy)
            .test(format!("copy-{test}"))
            .on(move || {
                if let Some(text) = text.get_untracked() {
                    stores().toasts.copy(title, text);
                }
            })
            .view()}
    };
    Setting {
        title,
        what,
        words,
        default: None,
        problem: RwSignal::new(None),
        wide: false,
        control: control.into_any(),
    }
}

fn size() -> Setting {
    let text = known(|s| bytes(s.store.bytes));
    let control = view! { <span class="setting-fact" data-test="fact-size">{move || text.get()}</span> };
    Setting {
        title: "Size of the data",
        what: "What the databases take on the disk.",
        words: "store bytes disk space",
        default: None,
        problem: RwSignal::new(None),
        wide: false,
        control: control.into_any(),
    }
}
