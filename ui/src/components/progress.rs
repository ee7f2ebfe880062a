//! Bars: how much of something is done.

use leptos::prelude::*;

/// A bar. `share` is between 0 and 1, `tone` a tone's class.
pub(crate) fn bar(
    label: impl Into<Signal<String>>,
    share: impl Into<Signal<f64>>,
    tone: impl Into<Signal<&'static str>>,
) -> AnyView {
    split_bar(label, share, tone, 0.0)
}

/// As [`bar`], of which `bad` (0 to 1, within `share`) went wrong and stands at its end.
pub(crate) fn split_bar(
    label: impl Into<Signal<String>>,
    share: impl Into<Signal<f64>>,
    tone: impl Into<Signal<&'static str>>,
    bad: impl Into<Signal<f64>>,
) -> AnyView {
    let (label, share, tone, bad) = (label.into(), share.into(), tone.into(), bad.into());
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
            <div class="bar-done" style:width=move || format!("{:.2}%", share.get().clamp(0.0, 1.0) * 100.0)>
                <div class="bar-bad" style:width=move || format!("{:.2}%", (bad.get() / share.get().max(f64::EPSILON)).clamp(0.0, 1.0) * 100.0)></div>
            </div>
        </div>
    }
    .into_any()
}
