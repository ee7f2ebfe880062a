//! A script to read: coloured, numbered, to copy, long lines wrapped or not.

use super::button::Button;
use crate::pure::highlight;
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::plan::Shell;

/// A script.
pub(crate) fn code_block(shell: Shell, script: &str, label: String) -> AnyView {
    let wrap = RwSignal::new(false);
    let copied = script.to_owned();
    let rows = highlight::lines(shell, script)
        .into_iter()
        .map(|pieces| {
            let pieces = pieces
                .into_iter()
                .map(|(kind, text)| match kind.class() {
                    "" => text.into_any(),
                    class => view! { <span class=class>{text}</span> }.into_any(),
                })
                .collect_view();
            view! { <span class="code-line">{pieces}"\n"</span> }
        })
        .collect_view();
    view! {
        <div class="code" class:wraps=move || wrap.get()>
            <div class="code-tools">
                {Button::new("Wrap long lines")
                    .quiet()
                    .small()
                    .only_icon(Icon::Wrap)
                    .pressed(wrap)
                    .on(move || wrap.update(|w| *w = !*w))
                    .view()}
                {Button::new("Copy the script")
                    .quiet()
                    .small()
                    .only_icon(Icon::Copy)
                    .on(move || stores().toasts.copy("Script", copied.clone()))
                    .view()}
            </div>
            <pre class="code-text selectable" tabindex="0" aria-label=label><code>{rows}</code></pre>
        </div>
    }
    .into_any()
}
