//! The screens.

pub(crate) mod chat;
pub(crate) mod jobs {
    use leptos::prelude::*;
    pub(crate) fn jobs() -> AnyView {
        "jobs".into_any()
    }
    pub(crate) fn search_logs() {}
}
pub(crate) mod targets {
    use leptos::prelude::*;
    pub(crate) fn targets() -> AnyView {
        "t".into_any()
    }
    pub(crate) fn import_file(_p: String) {}
    pub(crate) fn new_target() {}
    pub(crate) fn new_group() {}
    pub(crate) fn import() {}
    pub(crate) fn export() {}
    pub(crate) fn host_keys() {}
    pub(crate) fn open(_: wheelhouse_protocol::TargetId) {}
}
pub(crate) mod telemetry;
pub(crate) mod notifications {
    use leptos::prelude::*;
    pub(crate) fn notifications() -> AnyView {
        "t".into_any()
    }
}
pub(crate) mod settings;
pub(crate) mod vault;
