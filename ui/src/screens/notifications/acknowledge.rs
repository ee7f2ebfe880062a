//! Saying that something was seen: at once, or with a note.

use super::Inbox;
use crate::components::Button;
use crate::components::dialog::dialog;
use crate::components::field::{Input, field, other_problem};
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::inbox;
use crate::pure::words::Tone;
use crate::state::notices::Notices;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::NotificationId;

/// Entries about to be acknowledged with a note.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) ids: Vec<NotificationId>,
    /// Whether that is every open one there is.
    pub(super) everything: bool,
}

/// Entries named in the dialogue.
const NAMED: usize = 6;

impl Inbox {
    /// Acknowledges these; the keyboard goes to the next one that is still open.
    pub(super) fn acknowledge(self, ids: Vec<NotificationId>, note: String) {
        if ids.is_empty() {
            return;
        }
        let gone = ids.iter().copied().collect();
        let next = self.rows.with_untracked(|rows| inbox::after(rows, self.active.get_untracked(), &gone));
        let n = ids.len();
        // Always by id: what was raised since has been seen by nobody.
        let command = Notices::acknowledge(ids, note.trim().to_owned());
        self.doing.run(command, move |counts| {
            if !self.done_too.try_get_untracked().unwrap_or(true) {
                self.active.try_set(next);
            }
            self.checked.try_update(|c| c.retain(|id| !gone.contains(id)));
            self.asked.try_set(None);
            stores().notices.counts.set(counts);
            stores().notices.refresh();
            stores().toasts.say(Tone::Ok, format!("{} acknowledged", plural(n, "notification", "notifications")));
        });
    }
}

/// The dialogue, while something is asked for.
pub(super) fn dialogue(inbox: Inbox) -> AnyView {
    (move || inbox.asked.get().map(|asked| ask(inbox, asked))).into_any()
}

fn ask(inbox: Inbox, asked: Asked) -> AnyView {
    let note = RwSignal::new(String::new());
    let what = plural(asked.ids.len(), "notification", "notifications");
    let title = if asked.everything { format!("Acknowledge all {what}") } else { format!("Acknowledge {what}") };
    let more = asked.ids.len().saturating_sub(NAMED);
    let named = asked
        .ids
        .iter()
        .take(NAMED)
        .filter_map(|id| untrack(|| inbox.entry(*id)))
        .map(|entry| {
            let look = crate::pure::words::level(entry.level);
            view! { <li class="row">{crate::components::icon::look_icon(look)}<span class="truncate">{entry.message}</span></li> }
        })
        .collect_view();
    let confirm = move || {
        inbox.acknowledge(asked.ids.clone(), note.get_untracked());
    };
    let by_enter = confirm.clone();
    let close = move || inbox.asked.set(None);
    dialog(
        title,
        "",
        "acknowledge-dialog",
        close,
        view! {
            <div class="dialog-body stack loose">
                <ul class="stack inbox-named">
                    {named}
                    {(more > 0).then(|| view! { <li class="faint">{format!("and {}", plural(more, "other", "others"))}</li> })}
                </ul>
                {field(
                    "Note",
                    "Optional. It is kept with them, with your name and the time.",
                    "note",
                    inbox.doing.problem,
                    Input::text(note).class("wide").test("acknowledge-note").focus().on_enter(by_enter).view(),
                )}
                {other_problem(inbox.doing.problem, &["note"])}
            </div>
            <footer class="dialog-foot">
                {Button::new("Cancel").test("acknowledge-cancel").on(close).view()}
                {Button::new(format!("Acknowledge {what}"))
                    .primary()
                    .icon(Icon::Check)
                    .test("acknowledge-confirm")
                    .busy(inbox.doing.busy)
                    .on(confirm)
                    .view()}
            </footer>
        }
        .into_any(),
    )
}
