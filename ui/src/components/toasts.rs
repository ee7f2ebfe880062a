//! Toasts on show.

use super::icon::small_icon;
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::stores;
use leptos::prelude::*;

/// The corner where toasts appear.
pub(crate) fn toasts() -> AnyView {
    view! {
        <div class="toasts" role="status" aria-live="polite" data-test="toasts">
            {move || {
                stores()
                    .toasts
                    .shown
                    .get()
                    .into_iter()
                    .map(|toast| {
                        let sign = if toast.tone == Tone::Ok { Icon::Ok } else { Icon::Warning };
                        view! {
                            <div class=format!("toast {}", toast.tone.class())>
                                <span class="look">{small_icon(sign)}</span>
                                <span>{toast.text}</span>
                            </div>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
    .into_any()
}
