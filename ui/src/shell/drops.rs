//! Files dropped on the window: an inventory begins an import, wherever one is.

use crate::api::{self, FileDrop};
use crate::components::icon;
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::stores;
use leptos::prelude::*;
use leptos::task::spawn_local;

thread_local! {
    static OVER: std::cell::OnceCell<RwSignal<bool>> = const { std::cell::OnceCell::new() };
}

fn over() -> RwSignal<bool> {
    OVER.with(|over| *over.get_or_init(|| stores().lasting(|| RwSignal::new(false))))
}

/// Listens for as long as the page is there.
pub(crate) fn listen() {
    let over = over();
    spawn_local(async move {
        let heard = api::hear_drops(move |drop| match drop {
            FileDrop::Over => over.set(true),
            FileDrop::Gone => over.set(false),
            FileDrop::Files(paths) => {
                over.set(false);
                if let Some(path) = paths.into_iter().next() {
                    crate::screens::targets::import_file(path);
                }
            }
        })
        .await;
        if let Err(problem) = heard {
            stores().toasts.say(Tone::Warn, format!("Files cannot be dropped here: {}", problem.detail));
        }
    });
}

/// What is seen while a file is over the window.
pub(crate) fn curtain() -> AnyView {
    let over = over();
    (move || {
        over.get().then(|| {
            view! {
                <div class="curtain" role="status">
                    <div class="curtain-card">
                        {icon(Icon::Upload)}
                        <p class="strong">"Drop an inventory to look at what it would change"</p>
                        <p class="soft">"Ansible (INI or YAML), SSH configuration, CSV or JSON. Nothing is stored before you say so."</p>
                    </div>
                </div>
            }
        })
    })
    .into_any()
}
