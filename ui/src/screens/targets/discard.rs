//! Leaving a form with changes that are not stored: the operator says whether they may be lost.

use super::place::place;
use crate::components::Button;
use crate::components::dialog::dialog;
use crate::state::stores;
use leptos::prelude::*;

/// The dialogue, while something was asked for that would lose changes.
pub(super) fn discard() -> AnyView {
    let asked = Memo::new(|_| place().next.with(Option::is_some) || stores().navigation.wanted.with(Option::is_some));
    (move || asked.get().then(ask)).into_any()
}

fn keep() {
    place().next.set(None);
    stores().navigation.wanted.set(None);
}

fn lose() {
    let (next, screen) = (place().next.get_untracked(), stores().navigation.wanted.get_untracked());
    keep();
    stores().navigation.unsaved.set(false);
    if let Some(next) = next {
        place().go(next);
    }
    if let Some(screen) = screen {
        stores().navigation.go(screen);
    }
}

fn ask() -> AnyView {
    dialog(
        "Unsaved changes",
        "",
        "discard-dialog",
        keep,
        view! {
            <div class="dialog-body">
                <p>"What you changed in this target is not stored yet. Going on loses it."</p>
            </div>
            <footer class="dialog-foot">
                {Button::new("Discard the changes").test("discard-changes").on(lose).view()}
                {Button::new("Keep editing").primary().test("keep-editing").on(keep).view()}
            </footer>
        }
        .into_any(),
    )
}
