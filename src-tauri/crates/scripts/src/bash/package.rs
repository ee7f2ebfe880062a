//! Packages: apt-get, dnf, yum, zypper, pacman, apk and brew, told apart on the machine.

use super::{Body, changing};
use crate::ScriptError;
use crate::validate::{unix_packages, validate_version};
use wheelhouse_protocol::action::Name;
use wheelhouse_protocol::plan::Script;

const STATE: &str = include_str!("parts/state.sh");
const WATCH: &str = include_str!("parts/watch.sh");
const SIMILAR: &str = include_str!("parts/similar.sh");
const PACKAGE: &str = include_str!("parts/package.sh");
const CHANGE: &str = include_str!("parts/package-change.sh");
const LOOK: &str = include_str!("parts/package-look.sh");
const UPDATE: &str = include_str!("parts/package-update.sh");
const PENDING: &str = include_str!("parts/package-pending.sh");

/// How long a change may take: downloads, and up to five minutes of waiting for another package manager.
const CHANGE_SECONDS: u32 = 1800;
/// How long the update of a whole machine may take; the script's own limit for it is half an hour shorter.
const SYSTEM_SECONDS: u32 = 7200;

pub(super) fn install(package: &Name, version: Option<&str>) -> Result<Script, ScriptError> {
    if let Some(version) = version {
        validate_version(version)?;
    }
    change(package, version.unwrap_or_default(), "wh_package_install", "wh_package_is_installed")
}

/// Never takes other packages along: where something needs it, the step fails and names what.
pub(super) fn uninstall(package: &Name) -> Result<Script, ScriptError> {
    change(package, "", "wh_package_uninstall", "wh_package_is_gone")
}

/// Of a package that is there only: one that is not was perhaps left out on purpose.
pub(super) fn update(package: &Name, version: Option<&str>) -> Result<Script, ScriptError> {
    if let Some(version) = version {
        validate_version(version)?;
    }
    let body = body(package, version.unwrap_or_default())?;
    let all = [STATE, WATCH, SIMILAR, PACKAGE, CHANGE, UPDATE];
    Ok(changing(
        body.script(&all, "wh_package_update"),
        body.script(&[STATE, PACKAGE, PENDING], "wh_package_is_newest"),
        Some(body.script(&[STATE, WATCH, SIMILAR, PACKAGE, CHANGE], "wh_package_undo")),
        CHANGE_SECONDS,
        None,
    ))
}

/// Removes nothing. There is no way back: the sources no longer have what was there before.
pub(super) fn update_all() -> Result<Script, ScriptError> {
    let body = Body::new();
    Ok(changing(
        body.script(&[STATE, WATCH, SIMILAR, PACKAGE, CHANGE, PENDING, UPDATE], "wh_system_update"),
        body.script(&[PACKAGE, PENDING], "wh_system_is_up_to_date"),
        None,
        SYSTEM_SECONDS,
        None,
    ))
}

fn body(package: &Name, version: &str) -> Result<Body, ScriptError> {
    let candidates = unix_packages(package)?;
    Body::new().value("asked", &package.asked)?.values("candidates", &candidates)?.value("version", version)
}

fn change(package: &Name, version: &str, run: &str, verify: &str) -> Result<Script, ScriptError> {
    let body = body(package, version)?;
    let all = [STATE, WATCH, SIMILAR, PACKAGE, CHANGE];
    Ok(changing(
        body.script(&all, run),
        body.script(&[STATE, PACKAGE, LOOK], verify),
        Some(body.script(&all, "wh_package_undo")),
        CHANGE_SECONDS,
        None,
    ))
}
