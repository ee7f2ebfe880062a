//! Why a command of the palette did not work.

use crate::components::dialog::dialog;
use crate::components::{Button, problem_card};
use crate::state::stores;
use leptos::prelude::*;

/// The dialogue, until it was read.
pub(crate) fn failed() -> AnyView {
    (move || {
        stores().navigation.failed.get().map(|problem| {
            let close = || stores().navigation.failed.set(None);
            dialog(
                "That did not work",
                "",
                "command-failed",
                close,
                view! {
                    <div class="dialog-body">{problem_card(problem)}</div>
                    <footer class="dialog-foot">
                        {Button::new("Close").primary().test("command-failed-close").on(close).view()}
                    </footer>
                }
                .into_any(),
            )
        })
    })
    .into_any()
}
