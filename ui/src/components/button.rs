//! Buttons: primary, quiet, plain and dangerous ones. What destroys something is held, not clicked.

use super::icon::{icon as draw, small_icon};
use crate::pure::icons::Icon;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use std::rc::Rc;
use std::time::Duration;

/// How long a dangerous button is held. The tokens name the same time for what is seen of it.
const HOLD: Duration = Duration::from_millis(800);

/// A button being made.
pub(crate) struct Button {
    label: Signal<String>,
    icon: Option<Icon>,
    class: String,
    title: Signal<String>,
    test: String,
    disabled: Signal<bool>,
    busy: Signal<bool>,
    pressed: Option<Signal<bool>>,
    expanded: Option<Signal<bool>>,
    keys: Option<String>,
    hold: Option<Duration>,
    only_icon: bool,
    on: Rc<dyn Fn()>,
}

impl Button {
    /// A button with this label.
    pub(crate) fn new(label: impl Into<Signal<String>>) -> Self {
        Self {
            label: label.into(),
            icon: None,
            class: "button".to_owned(),
            title: "".into(),
            test: String::new(),
            disabled: false.into(),
            busy: false.into(),
            pressed: None,
            expanded: None,
            keys: None,
            hold: None,
            only_icon: false,
            on: Rc::new(|| {}),
        }
    }

    /// What this place is for. There is at most one in sight.
    pub(crate) fn primary(self) -> Self {
        self.class("primary")
    }

    /// Without a frame, for places with many.
    pub(crate) fn quiet(self) -> Self {
        self.class("quiet")
    }

    /// For rows and cards.
    pub(crate) fn small(self) -> Self {
        self.class("small")
    }

    /// Destroys something: it must be held for most of a second.
    pub(crate) fn danger(mut self) -> Self {
        self.hold = Some(HOLD);
        self.class("danger")
    }

    /// Must be held, without being dangerous.
    pub(crate) fn held(mut self, for_: Duration) -> Self {
        self.hold = Some(for_);
        self.class("held")
    }

    /// One more class.
    pub(crate) fn class(mut self, class: &str) -> Self {
        self.class.push(' ');
        self.class.push_str(class);
        self
    }

    /// An icon before the label.
    pub(crate) fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Only the icon is seen; the label is its accessible name and its tip.
    pub(crate) fn only_icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self.only_icon = true;
        self.class("only-icon")
    }

    /// What hovering says.
    pub(crate) fn title(mut self, title: impl Into<Signal<String>>) -> Self {
        self.title = title.into();
        self
    }

    /// The hook for tests.
    pub(crate) fn test(mut self, test: impl Into<String>) -> Self {
        self.test = test.into();
        self
    }

    /// While true it cannot be pressed.
    pub(crate) fn disabled(mut self, disabled: impl Into<Signal<bool>>) -> Self {
        self.disabled = disabled.into();
        self
    }

    /// While true it works and cannot be pressed again.
    pub(crate) fn busy(mut self, busy: impl Into<Signal<bool>>) -> Self {
        self.busy = busy.into();
        self
    }

    /// It is a switch, and this is how it stands.
    pub(crate) fn pressed(mut self, pressed: impl Into<Signal<bool>>) -> Self {
        self.pressed = Some(pressed.into());
        self
    }

    /// It opens something, and this is whether that is open.
    pub(crate) fn expanded(mut self, expanded: impl Into<Signal<bool>>) -> Self {
        self.expanded = Some(expanded.into());
        self
    }

    /// The keys that do the same.
    pub(crate) fn keys(mut self, keys: impl Into<String>) -> Self {
        self.keys = Some(keys.into());
        self
    }

    /// What it does.
    pub(crate) fn on(mut self, on: impl Fn() + 'static) -> Self {
        self.on = Rc::new(on);
        self
    }

    /// The button.
    pub(crate) fn view(self) -> AnyView {
        let Self { label, icon, class, title, test, disabled, busy, pressed, expanded, keys, hold, only_icon, on } =
            self;
        let off = Signal::derive(move || disabled.get() || busy.get());
        let held = Held { timer: RwSignal::new(None), down: RwSignal::new(false) };
        // A button that is taken away while it is held does nothing.
        on_cleanup(move || held.end());
        let usable = move || off.try_get_untracked() == Some(false);
        let (press, start, keyed) = (Rc::clone(&on), Rc::clone(&on), on);
        let tip = move || {
            let said = title.get();
            match (said.is_empty(), hold.is_some(), only_icon) {
                (false, true, _) => Some(format!("{said} Hold to confirm.")),
                (false, false, _) => Some(said),
                (true, true, _) => Some("Hold to confirm.".to_owned()),
                (true, false, true) => Some(label.get()),
                (true, false, false) => None,
            }
        };
        view! {
            <button
                type="button"
                class=class
                class:busy=move || busy.get()
                class:holding=move || held.down.get()
                data-test=(!test.is_empty()).then_some(test)
                title=tip
                aria-label=move || only_icon.then(|| label.get())
                aria-pressed=move || pressed.map(|p| if p.get() { "true" } else { "false" })
                aria-expanded=move || expanded.map(|p| if p.get() { "true" } else { "false" })
                aria-disabled=move || if off.get() { Some("true") } else { None }
                aria-busy=move || if busy.get() { Some("true") } else { None }
                on:click=move |_| {
                    if hold.is_none() && usable() {
                        press();
                    }
                }
                on:pointerdown=move |event| {
                    if let Some(hold) = hold.filter(|_| event.button() == 0 && usable()) {
                        held.begin(hold, &start);
                    }
                }
                on:pointerup=move |_| held.end()
                on:pointerleave=move |_| held.end()
                on:pointercancel=move |_| held.end()
                on:blur=move |_| held.end()
                on:keydown=move |event| {
                    if let Some(hold) = hold.filter(|_| matches!(event.key().as_str(), "Enter" | " ")) {
                        event.prevent_default();
                        if !event.repeat() && usable() {
                            held.begin(hold, &keyed);
                        }
                    }
                }
                on:keyup=move |_| held.end()
            >
                {move || {
                    if busy.get() {
                        Some(view! { <span class="icon-turns">{small_icon(Icon::Retry)}</span> }.into_any())
                    } else {
                        icon.map(draw)
                    }
                }}
                {(!only_icon).then(|| view! { <span class="button-label">{move || label.get()}</span> })}
                {keys.map(|keys| view! { <kbd class="keys" aria-hidden="true">{keys}</kbd> })}
            </button>
        }
        .into_any()
    }
}

/// A button being held.
#[derive(Clone, Copy)]
struct Held {
    timer: RwSignal<Option<TimeoutHandle>>,
    down: RwSignal<bool>,
}

impl Held {
    fn begin(self, hold: Duration, on: &Rc<dyn Fn()>) {
        self.end();
        self.down.set(true);
        let on = Rc::clone(on);
        let timer = set_timeout_with_handle(
            move || {
                self.down.try_set(false);
                self.timer.try_set(None);
                on();
            },
            hold,
        );
        self.timer.set(timer.ok());
    }

    fn end(self) {
        // The button may be gone with what it destroyed.
        if let Some(Some(timer)) = self.timer.try_get_untracked() {
            timer.clear();
            self.timer.try_set(None);
        }
        self.down.try_set(false);
    }
}
