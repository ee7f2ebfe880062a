//! Names to go on with, above the input: a list the keyboard of the input chooses from.

use crate::components::icon;
use crate::components::keys::key_hint;
use crate::components::layers::on_escape;
use crate::pure::completing::{self, meaning, typed_part};
use crate::pure::format::plural;
use crate::pure::live_reading::Hosts;
use crate::state::reading::ReadingAlong;
use leptos::prelude::*;
use wheelhouse_planner::Completion;

/// The list's id in the page.
pub(super) const LIST: &str = "completions";

/// The list.
#[derive(Clone, Copy)]
pub(super) struct Completions {
    along: ReadingAlong,
    /// The one chosen. Without one, Enter belongs to the input.
    chosen: RwSignal<Option<usize>>,
    /// Whether there is any.
    pub(super) any: Memo<bool>,
}

impl Completions {
    /// Of what is offered, while the list of machines does not lie in its place.
    pub(super) fn new(along: ReadingAlong, hosts: Memo<Option<Hosts>>) -> Self {
        let chosen = RwSignal::new(None);
        // Other names: what was chosen of the old ones means nothing.
        Effect::new(move |_| {
            along.offered.track();
            chosen.set(None);
        });
        let any = Memo::new(move |_| hosts.with(Option::is_none) && along.offered.with(|o| !o.names.is_empty()));
        Self { along, chosen, any }
    }

    /// Chooses the next one, or the one before; says whether there was any to choose from.
    pub(super) fn step(self, down: bool) -> bool {
        let all = self.along.offered.with_untracked(|o| o.names.len());
        let any = self.any.get_untracked();
        if any {
            self.chosen.update(|chosen| *chosen = completing::step(*chosen, all, down));
        }
        any
    }

    /// The one that Enter takes.
    pub(super) fn by_enter(self) -> Option<usize> {
        self.chosen.get_untracked().filter(|_| self.any.get_untracked())
    }

    /// The one that Tab takes.
    pub(super) fn by_tab(self) -> Option<usize> {
        self.any.get_untracked().then(|| self.chosen.get_untracked().unwrap_or(0))
    }

    /// The id of the chosen one's row.
    pub(super) fn active(self) -> Option<String> {
        self.chosen.get().filter(|_| self.any.get()).map(row_id)
    }

    /// The list; `take` takes one.
    pub(super) fn view(self, take: impl Fn(usize) + Copy + Send + Sync + 'static) -> AnyView {
        let said = move || {
            let all = self.along.offered.with(|o| o.names.len());
            self.any.get().then(|| format!("{}, arrow down to choose", plural(all, "completion", "completions")))
        };
        view! {
            <span class="unseen" role="status">{said}</span>
            {move || {
                self.any
                    .get()
                    .then(|| {
                        on_escape(move || self.along.offer_nothing());
                        view! {
                            <ul class="composer-over completions" id=LIST role="listbox" aria-label="Names to go on with" data-test="completions">
                                {move || {
                                    let names = self.along.offered.with(|o| o.names.clone());
                                    names.into_iter().enumerate().map(|(n, name)| self.row(n, &name, take)).collect_view()
                                }}
                            </ul>
                        }
                    })
            }}
        }
        .into_any()
    }

    fn row(self, n: usize, completion: &Completion, take: impl Fn(usize) + Copy + Send + Sync + 'static) -> AnyView {
        let (look, kind) = meaning(completion.kind);
        let (typed, rest) = typed_part(completion);
        let is_chosen = move || self.chosen.get() == Some(n);
        let takes_tab = move || self.chosen.get().unwrap_or(0) == n;
        view! {
            <li
                class="completion"
                id=row_id(n)
                role="option"
                data-test="completion"
                aria-selected=move || if is_chosen() { "true" } else { "false" }
                // The input keeps the keyboard.
                on:mousedown=move |event| event.prevent_default()
                on:pointerdown=move |event| {
                    if event.button() == 0 {
                        take(n);
                    }
                }
            >
                {icon(look)}
                <span class="completion-name truncate"><span class="strong">{typed.to_owned()}</span>{rest.to_owned()}</span>
                <span class="faint dense nowrap">{kind}</span>
                <span class="completion-key" aria-hidden="true">{move || takes_tab().then(|| key_hint("Tab"))}</span>
            </li>
        }
        .into_any()
    }
}

fn row_id(n: usize) -> String {
    format!("completion-{n}")
}
