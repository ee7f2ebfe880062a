//! What the page remembers from one start to the next. Nothing here is worth a failure: a browser that
//! keeps nothing begins anew.

use serde::Serialize;
use serde::de::DeserializeOwned;

const PREFIX: &str = "wheelhouse.";

fn storage() -> Option<web_sys::Storage> {
    super::window()?.local_storage().ok()?
}

/// What was remembered under this name.
pub(crate) fn recall<T: DeserializeOwned>(name: &str) -> Option<T> {
    let text = storage()?.get_item(&format!("{PREFIX}{name}")).ok()??;
    serde_json::from_str(&text).ok()
}

/// Remembers something under this name.
pub(crate) fn remember<T: Serialize>(name: &str, value: &T) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) {
        storage.set_item(&format!("{PREFIX}{name}"), &text).ok();
    }
}

/// Remembers plain text, for the lines of the page that run before Rust does.
pub(crate) fn remember_plain(name: &str, text: &str) {
    if let Some(storage) = storage() {
        storage.set_item(&format!("{PREFIX}{name}"), text).ok();
    }
}
