//! Services of the service control manager; a program that is none is found among the processes.

use super::validate::services;
use super::{Body, PROGRAM, SIMILAR, STATE, changing, looking};
use crate::ScriptError;
use wheelhouse_protocol::action::{Name, ServiceFilter};
use wheelhouse_protocol::plan::Script;

pub(super) const SERVICE: &str = include_str!("parts/service.ps1");
const LOOK: &str = include_str!("parts/service-look.ps1");
const CHANGE: &str = include_str!("parts/service-change.ps1");

/// How long a change may take. Each wait inside is bounded by two minutes, and a restart has two.
const CHANGE_SECONDS: u32 = 300;

pub(super) fn status(service: &Name) -> Result<Script, ScriptError> {
    Ok(looking(body(service)?.script(&[SIMILAR, SERVICE, LOOK], "Show-WhService"), 60))
}

pub(super) fn start(service: &Name) -> Result<Script, ScriptError> {
    change(service, "Start-WhService", ("Test-WhServiceState", "Running"), Some("Undo-WhServiceState"))
}

pub(super) fn stop(service: &Name) -> Result<Script, ScriptError> {
    change(service, "Stop-WhService", ("Test-WhServiceState", "Stopped"), Some("Undo-WhServiceState"))
}

/// A restart has no rollback: nothing brings the old process back.
pub(super) fn restart(service: &Name) -> Result<Script, ScriptError> {
    change(service, "Restart-WhService", ("Test-WhServiceState", "Running"), None)
}

/// Windows has no such thing: the script fails with a sentence that names what there is.
pub(super) fn reload(service: &Name) -> Result<Script, ScriptError> {
    let mut script = change(service, "Update-WhServiceConfiguration", ("Test-WhServiceState", "Running"), None)?;
    script.requires_admin = false;
    Ok(script)
}

pub(super) fn enable(service: &Name) -> Result<Script, ScriptError> {
    change(service, "Enable-WhService", ("Test-WhServiceStart", "Auto"), Some("Undo-WhServiceMode"))
}

pub(super) fn disable(service: &Name) -> Result<Script, ScriptError> {
    change(service, "Disable-WhService", ("Test-WhServiceStart", "Disabled"), Some("Undo-WhServiceMode"))
}

pub(super) fn list(filter: ServiceFilter) -> Result<Script, ScriptError> {
    let filter = match filter {
        ServiceFilter::All => "all",
        ServiceFilter::Running => "running",
        ServiceFilter::Failed => "failed",
    };
    let body = Body::new().value("filter", filter)?;
    Ok(looking(body.script(&[SERVICE, LOOK], "Show-WhServiceList"), 60))
}

fn change(service: &Name, run: &str, verify: (&str, &str), undo: Option<&str>) -> Result<Script, ScriptError> {
    let body = body(service)?;
    let all = [STATE, PROGRAM, SIMILAR, SERVICE, CHANGE];
    let (test, wanted) = verify;
    Ok(changing(
        body.script(&all, run),
        self::body(service)?.value("wanted", wanted)?.script(&[SIMILAR, SERVICE, LOOK], test),
        undo.map(|undo| body.script(&all, undo)),
        CHANGE_SECONDS,
        None,
    ))
}

/// What a script knows of the service.
pub(super) fn body(service: &Name) -> Result<Body, ScriptError> {
    let candidates = services(service)?;
    Body::new().value("asked", &service.asked)?.values("candidates", &candidates)
}
