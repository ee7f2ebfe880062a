//! Taking text out of the page.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;

/// Copies text; says whether it worked.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(window) = super::window() else { return false };
    let clipboard = window.navigator().clipboard();
    let there = !JsValue::from(clipboard.clone()).is_undefined();
    if there && JsFuture::from(clipboard.write_text(text)).await.is_ok() {
        return true;
    }
    by_selection(text).unwrap_or(false)
}

/// The old way, for web views that give pages no clipboard.
fn by_selection(text: &str) -> Option<bool> {
    let document = super::window()?.document()?;
    let before = super::focused();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("unseen");
    document.body()?.append_child(&area).ok()?;
    area.select();
    let html: JsValue = document.into();
    let command = js_sys::Reflect::get(&html, &"execCommand".into()).ok()?;
    let copied = command.dyn_ref::<js_sys::Function>()?.call1(&html, &"copy".into()).ok()?.is_truthy();
    area.remove();
    if let Some(before) = before {
        super::focus(&before);
    }
    Some(copied)
}
