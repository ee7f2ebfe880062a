//! What the keys do.

use crate::components::dialog::dialog;
use crate::components::keys::{key_hint, with_command};
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;

/// The list, while it is open.
pub(crate) fn shortcuts() -> AnyView {
    (move || stores().navigation.shortcuts.get().then(list)).into_any()
}

fn list() -> AnyView {
    let screens = Screen::ALL.map(|s| (format!("g {}", s.letter()), s.title().to_owned())).to_vec();
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(k, w)| ((*k).to_owned(), (*w).to_owned())).collect()
    };
    let mut everywhere = vec![(with_command("K"), "Command palette".to_owned())];
    everywhere.extend(owned(&[
        ("?", "This list"),
        ("/", "Search on this screen"),
        ("Esc", "Close what was opened last"),
    ]));
    let mut chat = owned(&[
        ("Enter", "Send"),
        ("Shift Enter", "New line"),
        ("↑", "Recall what was said before"),
        ("Tab", "Take the name that is offered"),
        ("1 – 9", "Answer the question that was asked"),
    ]);
    chat.push((with_command("Enter"), "Approve the plan that waits, and run or schedule it".to_owned()));
    let lists = owned(&[
        ("↑ ↓", "Move (also j and k)"),
        ("Enter", "Open"),
        ("Space", "Tick"),
        ("e", "Acknowledge (in Notifications)"),
    ]);
    let groups = [("Go to", screens), ("Everywhere", everywhere), ("Chat", chat), ("Lists", lists)];
    let inside = groups.into_iter().map(|(title, rows)| {
        view! {
            <section>
                <h3>{title}</h3>
                <dl class="shortcut-list">
                    {rows
                        .into_iter()
                        .map(|(keys, what)| view! { <div><dt>{key_hint(keys)}</dt><dd>{what}</dd></div> })
                        .collect_view()}
                </dl>
            </section>
        }
    });
    dialog(
        "Shortcuts",
        "wide",
        "shortcuts",
        || stores().navigation.shortcuts.set(false),
        view! { <div class="dialog-body shortcut-groups">{inside.collect_view()}</div> }.into_any(),
    )
}
