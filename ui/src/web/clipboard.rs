//! Taking text out of the page.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlTextAreaElement, Url};

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

/// Saves text as a file where the system puts downloads; says whether that was begun.
pub(crate) fn download(name: &str, kind: &str, text: &str) -> bool {
    begin_download(name, kind, text).is_some()
}

fn begin_download(name: &str, kind: &str, text: &str) -> Option<()> {
    let document = super::window()?.document()?;
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    document.body()?.append_child(&link).ok()?;
    link.click();
    link.remove();
    Url::revoke_object_url(&url).ok()
}
