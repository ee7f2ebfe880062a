//! The clock and the timers.

use crate::pure::format::Local;
use js_sys::{Date, Intl, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wheelhouse_protocol::Timestamp;

/// The moment it is.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millisecond(Date::now() as i64).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The operator's own time at a moment: summer and winter may differ.
pub(crate) fn local_at(at: Timestamp) -> Local {
    let date = Date::new(&JsValue::from_f64(at.as_millisecond() as f64));
    // JavaScript counts minutes west of Greenwich.
    Local { offset_minutes: -(date.get_timezone_offset() as i32), zone: zone() }
}

fn zone() -> String {
    thread_local! {
        static ZONE: String = {
            let format = Intl::DateTimeFormat::new(&js_sys::Array::new(), &Object::new());
            let options: JsValue = format.resolved_options().into();
            Reflect::get(&options, &"timeZone".into()).ok().and_then(|z| z.as_string()).unwrap_or_default()
        };
    }
    ZONE.with(Clone::clone)
}

/// Waits.
pub(crate) async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |done, _| {
        if let Some(window) = super::window() {
            // A window that sets no timer never wakes us, which is what its end looks like.
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds).ok();
        }
    });
    JsFuture::from(promise).await.ok();
}

/// Does something every so often, for as long as the page is there.
pub(crate) fn every(milliseconds: i32, work: impl FnMut() + 'static) {
    let work = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(work);
    if let Some(window) = super::window() {
        window.set_interval_with_callback_and_timeout_and_arguments_0(work.as_ref().unchecked_ref(), milliseconds).ok();
    }
    // It lives as long as the page.
    work.forget();
}

/// The IANA name of the zone the page is in; UTC where the browser does not say.
pub(crate) fn zone_name() -> String {
    Some(zone()).filter(|zone| !zone.is_empty()).unwrap_or_else(|| "UTC".to_owned())
}
