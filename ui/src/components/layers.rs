//! What Esc closes: the layer opened last.

use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

struct Layer {
    id: u64,
    close: Rc<dyn Fn()>,
}

thread_local! {
    static LAYERS: RefCell<(u64, Vec<Layer>)> = const { RefCell::new((0, Vec::new())) };
}

/// Esc calls `close` until the component that asks for it is gone.
pub(crate) fn on_escape(close: impl Fn() + 'static) {
    let id = LAYERS.with(|layers| {
        let mut layers = layers.borrow_mut();
        layers.0 += 1;
        let id = layers.0;
        layers.1.push(Layer { id, close: Rc::new(close) });
        id
    });
    on_cleanup(move || LAYERS.with(|layers| layers.borrow_mut().1.retain(|layer| layer.id != id)));
}

/// Closes the layer opened last; says whether there was one.
pub(crate) fn close_last() -> bool {
    let close = LAYERS.with(|layers| layers.borrow().1.last().map(|layer| Rc::clone(&layer.close)));
    match close {
        Some(close) => {
            close();
            true
        }
        None => false,
    }
}
