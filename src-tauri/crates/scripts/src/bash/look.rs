//! Looking at a machine without changing it.

use super::{Body, looking};
use crate::ScriptError;
use crate::validate::validate_path;
use wheelhouse_protocol::action::Metric;
use wheelhouse_protocol::plan::Script;

const DISK: &str = include_str!("parts/disk.sh");
const UPTIME: &str = include_str!("parts/uptime.sh");
const MEASURE: &str = include_str!("parts/measure.sh");

pub(super) fn disk_usage(path: Option<&str>) -> Result<Script, ScriptError> {
    if let Some(path) = path {
        validate_path("path", path)?;
    }
    let body = Body::new().value("path", path.unwrap_or_default())?;
    Ok(looking(body.script(&[DISK], "wh_disk\nwh_detail \"$REPLY\""), 60))
}

pub(super) fn uptime() -> Result<Script, ScriptError> {
    Ok(looking(Body::new().script(&[UPTIME], "wh_uptime\nwh_detail \"$REPLY\""), 30))
}

pub(super) fn measure(metric: Metric) -> Result<Script, ScriptError> {
    let body = Body::new();
    let run = match metric {
        Metric::Reachability => body.script(&[MEASURE], "wh_reach\nwh_detail \"$REPLY\""),
        Metric::Cpu => body.script(&[MEASURE], "wh_cpu\nwh_detail \"$REPLY\""),
        Metric::Memory => body.script(&[MEASURE], "wh_memory\nwh_detail \"$REPLY\""),
        Metric::Health => Body::new().value("path", "")?.script(&[DISK, UPTIME, MEASURE], "wh_health"),
    };
    Ok(looking(run, 60))
}
