//! Icons, and states as icon and word.

use crate::pure::icons::Icon;
use crate::pure::words::{Look, Tone};
use leptos::prelude::*;

/// An icon of 16 pixels. The word that goes with it stands beside it.
pub(crate) fn icon(icon: Icon) -> AnyView {
    drawn(icon, "icon")
}

/// An icon of 14 pixels.
pub(crate) fn small_icon(icon: Icon) -> AnyView {
    drawn(icon, "icon small")
}

/// An icon of 20 pixels.
pub(crate) fn large_icon(icon: Icon) -> AnyView {
    drawn(icon, "icon large")
}

fn drawn(icon: Icon, class: &'static str) -> AnyView {
    view! {
        <svg class=class viewBox="0 0 16 16" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
    .into_any()
}

/// The icon of a state; it turns while something is going on.
pub(crate) fn look_icon(look: Look) -> AnyView {
    let class = if look.busy { "icon small turns" } else { "icon small" };
    view! {
        <span class=format!("look {}", look.tone.class())>{drawn(look.icon, class)}</span>
    }
    .into_any()
}

/// A state as icon and word.
pub(crate) fn looked(look: Look) -> AnyView {
    let class = if look.busy { "icon small turns" } else { "icon small" };
    view! {
        <span class=format!("look {}", look.tone.class())>{drawn(look.icon, class)}<span>{look.word}</span></span>
    }
    .into_any()
}

/// A word on a tint, with an icon where there is one.
pub(crate) fn badge(tone: Tone, with: Option<Icon>, text: impl Into<String>) -> AnyView {
    view! {
        <span class=format!("badge {}", tone.class())>{with.map(small_icon)}<span>{text.into()}</span></span>
    }
    .into_any()
}

/// A state as a badge.
pub(crate) fn look_badge(look: Look) -> AnyView {
    let class = if look.busy { "icon small turns" } else { "icon small" };
    view! {
        <span class=format!("badge {}", look.tone.class())>{drawn(look.icon, class)}<span>{look.word}</span></span>
    }
    .into_any()
}
