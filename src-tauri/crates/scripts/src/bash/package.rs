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

/// How long a change may take: downloads, and up to five minutes of waiting for another package manager.
const CHANGE_SECONDS: u32 = 1800;

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

fn change(package: &Name, version: &str, run: &str, verify: &str) -> Result<Script, ScriptError> {
    let candidates = unix_packages(package)?;
    let body =
        Body::new().value("asked", &package.asked)?.values("candidates", &candidates)?.value("version", version)?;
    let all = [STATE, WATCH, SIMILAR, PACKAGE, CHANGE];
    Ok(changing(
        body.script(&all, run),
        body.script(&[STATE, PACKAGE, LOOK], verify),
        Some(body.script(&all, "wh_package_undo")),
        CHANGE_SECONDS,
        None,
    ))
}
