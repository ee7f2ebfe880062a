//! Looking at a machine without changing it.

use super::service::SERVICE;
use super::validate::{lines, services, validate_address, validate_path, validate_text};
use super::{Body, PROGRAM, looking};
use crate::ScriptError;
use wheelhouse_protocol::action::{Metric, Name};
use wheelhouse_protocol::plan::Script;

const DISK: &str = include_str!("parts/disk.ps1");
const UPTIME: &str = include_str!("parts/uptime.ps1");
const MEASURE: &str = include_str!("parts/measure.ps1");
const PROCESS: &str = include_str!("parts/process.ps1");
const LOG: &str = include_str!("parts/log.ps1");
const SESSION: &str = include_str!("parts/session.ps1");
const REACH: &str = include_str!("parts/reach.ps1");

pub(super) fn disk_usage(path: Option<&str>) -> Result<Script, ScriptError> {
    if let Some(path) = path {
        validate_path("path", path)?;
    }
    let body = Body::new().value("path", path.unwrap_or_default())?;
    Ok(looking(body.script(&[DISK], "Write-WhDetail -Text (Show-WhDisk -Path $wh_path)"), 60))
}

pub(super) fn uptime() -> Result<Script, ScriptError> {
    Ok(looking(Body::new().script(&[UPTIME], "Write-WhDetail -Text (Get-WhUptime)"), 30))
}

/// The machine's own log without a service.
pub(super) fn log(service: Option<&Name>, text: Option<&str>, count: u32) -> Result<Script, ScriptError> {
    let candidates = service.map(services).transpose()?.unwrap_or_default();
    if let Some(text) = text {
        validate_text(text)?;
    }
    let body = Body::new()
        .value("asked", service.map_or("", |service| &service.asked))?
        .values("candidates", &candidates)?
        .value("text", text.unwrap_or_default())?
        .value("lines", &lines(count)?)?;
    Ok(looking(body.script(&[SERVICE, LOG], "Show-WhLog"), 180))
}

pub(super) fn sessions() -> Result<Script, ScriptError> {
    Ok(looking(Body::new().script(&[PROGRAM, SESSION], "Show-WhSession"), 90))
}

pub(super) fn reach(address: &str, port: Option<u16>) -> Result<Script, ScriptError> {
    validate_address(address)?;
    let body = Body::new().value("address", address)?;
    let run = match port {
        Some(0) => return Err(ScriptError::value("port", "0", "must be from 1 to 65535")),
        Some(port) => body.value("port", &port.to_string())?.script(&[REACH], "Test-WhPort"),
        None => body.script(&[REACH], "Test-WhEcho"),
    };
    Ok(looking(run, 60))
}

pub(super) fn measure(metric: Metric) -> Result<Script, ScriptError> {
    let body = Body::new();
    let run = match metric {
        Metric::Reachability => body.script(&[MEASURE], "Write-WhDetail -Text (Get-WhAnswer)"),
        Metric::Cpu => body.script(&[PROCESS, MEASURE], "Write-WhDetail -Text (Measure-WhCpu)"),
        Metric::Memory => body.script(&[MEASURE], "Write-WhDetail -Text (Measure-WhMemory)"),
        Metric::Health => body.script(&[DISK, UPTIME, PROCESS, MEASURE], "Show-WhHealth"),
    };
    Ok(looking(run, 60))
}
