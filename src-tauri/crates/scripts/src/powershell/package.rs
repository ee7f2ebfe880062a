//! Packages: Chocolatey, winget and the Windows Installer, told apart on the machine.

use super::validate::packages;
use super::{Body, PROGRAM, STATE, changing};
use crate::ScriptError;
use crate::validate::validate_version;
use wheelhouse_protocol::action::Name;
use wheelhouse_protocol::plan::Script;

const PACKAGE: &str = include_str!("parts/package.ps1");
const LOOK: &str = include_str!("parts/package-look.ps1");
const CHANGE: &str = include_str!("parts/package-change.ps1");
const ALL: &str = include_str!("parts/package-all.ps1");

/// How long a change may take: downloads, and up to five minutes of waiting for another installation.
const CHANGE_SECONDS: u32 = 1800;
/// How long all updates of a machine may take; each manager has 50 minutes of it.
const ALL_SECONDS: u32 = 7200;

pub(super) fn install(package: &Name, version: Option<&str>) -> Result<Script, ScriptError> {
    change(package, version, "Install-WhPackage", "Test-WhPackageHere")
}

/// Never takes other packages along: where something needs it, the package manager refuses.
pub(super) fn uninstall(package: &Name) -> Result<Script, ScriptError> {
    change(package, None, "Uninstall-WhPackage", "Test-WhPackageGone")
}

pub(super) fn update(package: &Name, version: Option<&str>) -> Result<Script, ScriptError> {
    change(package, version, "Update-WhPackage", "Test-WhPackageHere")
}

/// Without a rollback: package managers do not keep what they replaced.
pub(super) fn update_all() -> Result<Script, ScriptError> {
    let parts = [PROGRAM, PACKAGE, CHANGE, ALL];
    let body = Body::new();
    Ok(changing(
        body.script(&parts, "Update-WhAllPackage"),
        body.script(&parts, "Test-WhAllPackage"),
        None,
        ALL_SECONDS,
        None,
    ))
}

fn change(package: &Name, version: Option<&str>, run: &str, verify: &str) -> Result<Script, ScriptError> {
    if let Some(version) = version {
        validate_version(version)?;
    }
    let candidates = packages(package)?;
    let body = Body::new()
        .value("asked", &package.asked)?
        .values("candidates", &candidates)?
        .value("version", version.unwrap_or_default())?;
    let all = [STATE, PROGRAM, PACKAGE, CHANGE];
    Ok(changing(
        body.script(&all, run),
        body.script(&[PROGRAM, PACKAGE, LOOK], verify),
        Some(body.script(&all, "Undo-WhPackage")),
        CHANGE_SECONDS,
        None,
    ))
}
