//! Bars: how much of something is done.

use leptos::prelude::*;

/// A bar. `share` is between 0 and 1, `tone` a tone's class.
pub(crate) fn bar(
    label: impl Into<Signal<String>>,
    share: impl Into<Signal<f64>>,
    tone: impl Into<Signal<&'static str>>,
) -> AnyView {
    let (label, share, tone) = (label.into(), share.into(), tone.into());
    let percent = move || (share.get().clamp(0.0, 1.0) * 100.0).round();
    view! {
        <div
            class=move || format!("bar {}", tone.get())
            role="progressbar"
            aria-label=move || label.get()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || percent().to_string()
        >
            <div class="bar-done" style:width=move || format!("{:.2}%", share.get().clamp(0.0, 1.0) * 100.0)></div>
        </div>
    }
    .into_any()
}
