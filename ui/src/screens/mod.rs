//! The screens.

pub(crate) mod chat;
pub(crate) mod jobs;
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
pub(crate) mod telemetry {
    use leptos::prelude::*;
    pub(crate) fn telemetry() -> AnyView {
        "t".into_any()
    }
    pub(crate) fn show_control() {}
    pub(crate) fn show_link() {}
    pub(crate) fn show_series() {}
}
pub(crate) mod notifications;
pub(crate) mod vault {
    use leptos::prelude::*;
    pub(crate) fn vault() -> AnyView {
        "t".into_any()
    }
    pub(crate) fn new_credential() {}
    pub(crate) fn show_security() {}
}
pub(crate) mod settings {
    use leptos::prelude::*;
    pub(crate) fn settings() -> AnyView {
        "t".into_any()
    }
    pub(crate) fn verify_audit() {}
}
