//! The desktop window's own functions, as Tauri puts them into the page.

use super::FileDrop;
use js_sys::{Function, Object, Promise, Reflect};
use serde::Deserialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Follows a path of properties from the window.
fn property(path: &[&str]) -> Option<JsValue> {
    let mut value: JsValue = crate::web::window()?.into();
    for name in path {
        value = Reflect::get(&value, &JsValue::from_str(name)).ok()?;
        if value.is_undefined() || value.is_null() {
            return None;
        }
    }
    Some(value)
}

fn function(path: &[&str]) -> Option<Function> {
    property(path)?.dyn_into().ok()
}

/// Whether this page is in a Tauri window.
pub(super) fn is_there() -> bool {
    function(&["__TAURI__", "core", "invoke"]).is_some()
}

/// An object of these properties.
fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // Setting a property of a fresh object does not fail.
        Reflect::set(&object, &JsValue::from_str(name), value).ok();
    }
    object.into()
}

fn invoke(command: &str, input: &JsValue) -> Promise {
    let called = function(&["__TAURI__", "core", "invoke"])
        .ok_or_else(|| JsValue::from_str("Tauri is not there"))
        .and_then(|f| f.call2(&JsValue::NULL, &JsValue::from_str(command), input));
    match called {
        Ok(promise) => promise.dyn_into().unwrap_or_else(|other| Promise::resolve(&other)),
        Err(error) => Promise::reject(&error),
    }
}

/// Does a command by its name.
pub(super) fn call(name: &str, input: &JsValue) -> Promise {
    invoke("call", &object(&[("name", JsValue::from_str(name)), ("input", input.clone())]))
}

/// Sends every batch of events to `hear`, for as long as the page is there.
pub(super) fn subscribe(hear: impl Fn(JsValue) + 'static) -> Promise {
    let channel = function(&["__TAURI__", "core", "Channel"])
        .ok_or_else(|| JsValue::from_str("Tauri has no channels"))
        .and_then(|channel| Reflect::construct(&channel, &js_sys::Array::new()));
    let channel = match channel {
        Ok(channel) => channel,
        Err(error) => return Promise::reject(&error),
    };
    let hear = Closure::<dyn Fn(JsValue)>::new(hear);
    Reflect::set(&channel, &"onmessage".into(), hear.as_ref()).ok();
    // It lives as long as the page.
    hear.forget();
    invoke("subscribe", &object(&[("channel", channel)]))
}

/// Opens the system's file dialogue.
pub(super) fn pick_file(title: &str) -> Promise {
    invoke("pick_file", &object(&[("title", JsValue::from_str(title))]))
}

/// Opens the system's dialogue for saving, and saves.
pub(super) fn save_file(title: &str, name: &str, text: &str) -> Promise {
    let input = [("title", title), ("name", name), ("text", text)].map(|(n, v)| (n, JsValue::from_str(v)));
    invoke("save_file", &object(&input))
}

/// `copy_secret` or `show_secret`.
pub(super) fn secret(command: &str, credential: &str, field: &str) -> Promise {
    let input = [("credential", super::to_js(&credential)), ("field", JsValue::from_str(field))];
    invoke(command, &object(&input))
}

/// What Tauri says with a drop.
#[derive(Deserialize)]
struct Dropped {
    payload: Payload,
}

#[derive(Deserialize, Default)]
struct Payload {
    #[serde(default)]
    paths: Vec<String>,
}

/// Hears of files dragged over the window, for as long as the page is there.
pub(super) async fn hear_drops(hear: impl Fn(FileDrop) + 'static) -> Result<(), JsValue> {
    let hear = std::rc::Rc::new(hear);
    for name in ["tauri://drag-enter", "tauri://drag-leave", "tauri://drag-drop"] {
        let hear = std::rc::Rc::clone(&hear);
        let told = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            hear(match name {
                "tauri://drag-enter" => FileDrop::Over,
                "tauri://drag-leave" => FileDrop::Gone,
                _ => FileDrop::Files(super::read::<Dropped>(&event).map(|d| d.payload.paths).unwrap_or_default()),
            });
        });
        let listen =
            function(&["__TAURI__", "event", "listen"]).ok_or_else(|| JsValue::from_str("Tauri has no events"))?;
        let promise: Promise = listen.call2(&JsValue::NULL, &name.into(), told.as_ref())?.dyn_into()?;
        JsFuture::from(promise).await?;
        told.forget();
    }
    Ok(())
}
