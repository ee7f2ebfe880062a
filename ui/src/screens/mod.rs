//! The screens.

pub(crate) mod chat;
pub(crate) mod jobs {
    use leptos::prelude::*;
    pub(crate) fn jobs() -> AnyView {
        "jobs".into_any()
    }
    pub(crate) fn search_logs() {}
}
pub(crate) mod targets;
pub(crate) mod telemetry {
    use leptos::prelude::*;
    pub(crate) fn telemetry() -> AnyView {
        "t".into_any()
    }
    pub(crate) fn show_control() {}
    pub(crate) fn show_link() {}
    pub(crate) fn show_series() {}
}
pub(crate) mod notifications {
    use leptos::prelude::*;
    pub(crate) fn notifications() -> AnyView {
        "t".into_any()
    }
}
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
