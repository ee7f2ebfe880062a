//! The rail: one entry per screen, with what waits there.

use crate::components::icon::large_icon;
use crate::components::keys::with_command;
use crate::pure::icons::Icon;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;

/// The rail.
pub(crate) fn rail() -> AnyView {
    let entries = Screen::ALL.map(entry);
    view! {
        <nav class="rail" aria-label="Screens">
            <button
                type="button"
                class="rail-brand"
                title=format!("Everything Wheelhouse can do ({})", with_command("K"))
                aria-label="Command palette"
                data-test="open-palette"
                on:click=|_| stores().navigation.palette.set(true)
            >
                {large_icon(Icon::Wheel)}
            </button>
            {entries.into_iter().collect_view()}
        </nav>
    }
    .into_any()
}

fn entry(screen: Screen) -> AnyView {
    let here = move || stores().navigation.screen.get() == screen;
    view! {
        <button
            type="button"
            class="rail-entry"
            class:last=screen == Screen::Settings
            data-test=format!("go-{}", screen.slug())
            aria-current=move || here().then_some("page")
            aria-label=move || {
                let waits = waiting(screen).map(|w| format!(", {}", w.1)).unwrap_or_default();
                format!("{}{waits}", screen.title())
            }
            title=format!("{} (g {})", screen.title(), screen.letter())
            on:click=move |_| {
                let all = stores();
                // A second press on where one is leads back to its beginning.
                if all.navigation.screen.get_untracked() == screen && screen == Screen::Jobs {
                    all.jobs.open.set(None);
                }
                all.navigation.go(screen);
            }
        >
            {large_icon(screen.icon())}
            <span class="rail-label">{screen.short()}</span>
            {move || {
                waiting(screen)
                    .map(|(tone, said, n)| {
                        let shown = if n > 99 { "99+".to_owned() } else { n.to_string() };
                        view! { <span class=format!("rail-badge {tone}") title=said data-test=format!("badge-{}", screen.slug())>{shown}</span> }
                    })
            }}
        </button>
    }
    .into_any()
}

/// What waits on a screen: the badge's tone, the sentence, the figure.
fn waiting(screen: Screen) -> Option<(&'static str, String, usize)> {
    let all = stores();
    let (tone, n, one, many) = match screen {
        Screen::Chat => {
            ("tone-accent", all.chat.approvals_waiting(), "plan waits for an approval", "plans wait for an approval")
        }
        Screen::Jobs => ("tone-accent", all.jobs.running(), "job runs", "jobs run"),
        Screen::Notifications => {
            let n = all.notices.counts.get().action_required as usize;
            ("tone-error", n, "notification needs action", "notifications need action")
        }
        _ => return None,
    };
    (n > 0).then(|| (tone, crate::pure::format::plural(n, one, many), n))
}
