//! The page as a whole.

use crate::components::toasts::toasts;
use crate::screens;
use crate::shell::{drops, failed, fatal, keyboard, palette, rail, shortcuts, status_bar};
use crate::state::navigation::Screen;
use crate::state::stores;
use crate::{api, web};
use leptos::prelude::*;

/// Shows the page. What is seen first waits for nothing.
pub(crate) fn app() -> AnyView {
    if api::door().is_none() {
        return fatal::no_door();
    }
    let all = stores();
    all.inventory.keep_planner();
    all.start();
    keyboard::listen();
    drops::listen();
    Effect::new(|_| {
        let title = stores().navigation.screen.get().title();
        if let Some(document) = web::window().and_then(|w| w.document()) {
            document.set_title(&format!("{title} · Wheelhouse"));
        }
    });
    view! {
        {move || stores().fatal.get().map(fatal::fatal)}
        <div class="shell" data-test="shell" inert=move || stores().fatal.with(Option::is_some)>
            {rail::rail()}
            <main class="screen-place" data-test=move || format!("screen-{}", stores().navigation.screen.get().slug())>
                {move || match stores().navigation.screen.get() {
                    Screen::Chat => screens::chat::chat(),
                    Screen::Jobs => screens::jobs::jobs(),
                    Screen::Recipes => screens::recipes::recipes(),
                    Screen::Targets => screens::targets::targets(),
                    Screen::Telemetry => screens::telemetry::telemetry(),
                    Screen::Notifications => screens::notifications::notifications(),
                    Screen::Vault => screens::vault::vault(),
                    Screen::Settings => screens::settings::settings(),
                }}
            </main>
            {status_bar::status_bar()}
        </div>
        {screens::recipes::dialogues()}
        {palette::palette()}
        {failed::failed()}
        {shortcuts::shortcuts()}
        {drops::curtain()}
        {toasts()}
    }
    .into_any()
}
