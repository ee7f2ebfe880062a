//! Numbers typed into forms.

use crate::components::field::Input;
use leptos::prelude::*;

/// A number being typed.
#[derive(Clone, Copy)]
pub(super) struct Figure(pub(super) RwSignal<String>);

impl Figure {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// Puts a number there.
    pub(super) fn put(self, v: f64) {
        self.0.set(v.to_string());
    }

    /// The number, if it is one. People write a comma or a real minus sign, too.
    pub(super) fn read(self) -> Option<f64> {
        let text = self.0.with_untracked(|t| t.trim().replace(',', ".").replace('−', "-"));
        text.parse::<f64>().ok().filter(|v| v.is_finite())
    }

    /// Where it is typed.
    pub(super) fn input(self, test: &str, enter: impl Fn() + 'static) -> AnyView {
        Input::text(self.0).test(test).on_enter(enter).view()
    }
}
