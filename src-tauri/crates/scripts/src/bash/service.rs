//! Services: systemd, launchd, OpenRC and SysV init scripts, told apart on the machine.

use super::{Body, changing, looking};
use crate::ScriptError;
use crate::validate::unix_services;
use wheelhouse_protocol::action::{Name, ServiceFilter};
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
const WATCH: &str = include_str!("parts/watch.sh");
pub(super) const SIMILAR: &str = include_str!("parts/similar.sh");
pub(super) const SERVICE: &str = include_str!("parts/service.sh");
const CHANGE: &str = include_str!("parts/service-change.sh");
const LOOK: &str = include_str!("parts/service-look.sh");
const RELOAD: &str = include_str!("parts/service-reload.sh");
const BOOT: &str = include_str!("parts/service-boot.sh");
const LIST: &str = include_str!("parts/service-list.sh");

/// How long a change may take. Each wait inside is bounded by two minutes at most, so that the script itself says what was late.
const CHANGE_SECONDS: u32 = 300;

pub(super) fn status(service: &Name) -> Result<Script, ScriptError> {
    Ok(looking(body(service)?.script(&[SIMILAR, SERVICE, LOOK], "wh_service_status"), 60))
}

pub(super) fn start(service: &Name) -> Result<Script, ScriptError> {
    change(service, "wh_service_start", "wh_service_runs", true)
}

pub(super) fn stop(service: &Name) -> Result<Script, ScriptError> {
    change(service, "wh_service_stop", "wh_service_is_stopped", true)
}

/// A restart has no rollback: nothing brings the old processes back, and to stop a service because its restart could not
/// be verified would only make things worse.
pub(super) fn restart(service: &Name) -> Result<Script, ScriptError> {
    change(service, "wh_service_restart", "wh_service_runs", false)
}

/// Never a restart in its place, and no rollback: what it has read it has read.
pub(super) fn reload(service: &Name) -> Result<Script, ScriptError> {
    let body = body(service)?;
    Ok(changing(
        body.script(&[STATE, WATCH, SIMILAR, SERVICE, CHANGE, RELOAD], "wh_service_reload"),
        body.script(&[SIMILAR, SERVICE, LOOK], "wh_service_runs"),
        None,
        CHANGE_SECONDS,
        None,
    ))
}

pub(super) fn enable(service: &Name) -> Result<Script, ScriptError> {
    at_boot(service, "wh_service_enable", "wh_service_starts_at_boot")
}

pub(super) fn disable(service: &Name) -> Result<Script, ScriptError> {
    at_boot(service, "wh_service_disable", "wh_service_stays_off_at_boot")
}

fn at_boot(service: &Name, run: &str, verify: &str) -> Result<Script, ScriptError> {
    let body = body(service)?;
    let all = [STATE, WATCH, SIMILAR, SERVICE, BOOT];
    Ok(changing(
        body.script(&all, run),
        body.script(&all, verify),
        Some(body.script(&all, "wh_boot_undo")),
        CHANGE_SECONDS,
        None,
    ))
}

pub(super) fn list(filter: ServiceFilter) -> Result<Script, ScriptError> {
    let filter = match filter {
        ServiceFilter::All => "all",
        ServiceFilter::Running => "running",
        ServiceFilter::Failed => "failed",
    };
    Ok(looking(Body::new().value("filter", filter)?.script(&[SERVICE, LIST], "wh_service_list"), 120))
}

fn change(service: &Name, run: &str, verify: &str, undo: bool) -> Result<Script, ScriptError> {
    let body = body(service)?;
    let all = [STATE, WATCH, SIMILAR, SERVICE, CHANGE];
    Ok(changing(
        body.script(&all, run),
        body.script(&[SIMILAR, SERVICE, LOOK], verify),
        undo.then(|| body.script(&all, "wh_service_undo")),
        CHANGE_SECONDS,
        None,
    ))
}

/// What a script knows of the service.
pub(super) fn body(service: &Name) -> Result<Body, ScriptError> {
    let candidates = unix_services(service)?;
    Body::new().value("asked", &service.asked)?.values("candidates", &candidates)
}
