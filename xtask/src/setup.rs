//! Installing what is missing, with the machine's own package manager.

use crate::error::{Failure, Result};
use crate::shell::{cargo, command, output, run, shown, which};
use std::process::Command;

/// What the program needs to be built, by package manager.
const BUILD: &[(&str, &[&str])] = &[
    (
        "apt-get",
        &[
            "build-essential", "pkg-config", "libssl-dev", "libwebkit2gtk-4.1-dev", "libayatana-appindicator3-dev",
            "librsvg2-dev",
        ],
    ),
    (
        "dnf",
        &[
            "gcc", "gcc-c++", "pkgconf-pkg-config", "openssl-devel", "webkit2gtk4.1-devel",
            "libayatana-appindicator-gtk3-devel", "librsvg2-devel",
        ],
    ),
    ("pacman", &["base-devel", "openssl", "webkit2gtk-4.1", "libayatana-appindicator", "librsvg"]),
    (
        "zypper",
        &[
            "gcc", "gcc-c++", "pkg-config", "libopenssl-devel", "webkit2gtk3-devel", "libayatana-appindicator3-devel",
            "librsvg-devel",
        ],
    ),
];

/// What the virtual display needs.
const DISPLAY: &[&str] = &["xvfb", "dbus-x11", "imagemagick", "fonts-dejavu-core", "x11-utils"];

/// What the tests need besides, on Debian and its kin, where CI runs.
const TESTS: &[&str] = &[
    "webkit2gtk-driver", "gnome-keyring", "libsecret-tools", "openssh-server", "openssh-client", "sudo", "shellcheck",
    "mosquitto", "mosquitto-clients", "busybox", "mksh", "zsh",
];

/// Installs what building needs, and with `tests` what the tests need.
pub(crate) fn setup(tests: bool) -> Result<()> {
    system_packages(BUILD)?;
    if tests && cfg!(target_os = "linux") {
        let all: Vec<&str> = DISPLAY.iter().chain(TESTS).copied().collect();
        debian_packages(&all)?;
    }
    wasm_target()
}

/// Installs what the virtual display needs.
pub(crate) fn display() -> Result<()> {
    debian_packages(DISPLAY)
}

/// Packages whose names are known on Debian and its kin only; elsewhere they are named, and who needs them looks.
fn debian_packages(packages: &[&str]) -> Result<()> {
    if which("apt-get").is_some() {
        return system_packages(&[("apt-get", packages)]);
    }
    eprintln!("Without apt-get, have these installed (Debian's names): {}", packages.join(" "));
    Ok(())
}

/// Adds the compilation target of the UI.
pub(crate) fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let library = output(command(rustc).args(["--print", "target-libdir", "--target", TARGET]));
    let is_there = library.is_some_and(|folder| {
        std::fs::read_dir(folder.trim())
            .is_ok_and(|files| files.flatten().any(|f| f.file_name().to_string_lossy().starts_with("libstd-")))
    });
    if is_there {
        return Ok(());
    }
    if which("rustup").is_none() {
        return Err(Failure::new(format!(
            "the Rust target {TARGET} is missing, and there is no rustup to add it. Install your distribution's package \
             for it (Debian: libstd-rust-dev-wasm32), or Rust by rustup."
        )));
    }
    run(command("rustup").args(["target", "add", TARGET]))
}

/// The flag for toolchains older than a dependency declares (one declares more than it needs).
pub(crate) fn rust_version_flag() -> Option<&'static str> {
    let version = output(cargo().arg("--version"))?;
    let minor: u32 = version.split('.').nth(1)?.parse().ok()?;
    (minor < 98).then_some("--ignore-rust-version")
}

fn system_packages(lists: &[(&str, &[&str])]) -> Result<()> {
    if cfg!(target_os = "macos") {
        return match output(command("xcode-select").arg("-p")) {
            Some(_) => Ok(()),
            None => Err(Failure::new("Apple's command line tools are missing. Run: xcode-select --install")),
        };
    }
    if cfg!(windows) {
        // WebView2 comes with Windows 10 and 11, the compiler with Rust; OpenSSL is built, which takes a Perl.
        return match which("perl") {
            Some(_) => Ok(()),
            None => Err(Failure::new(
                "Perl and NASM are missing, which building OpenSSL takes. Run: winget install StrawberryPerl.StrawberryPerl NASM.NASM",
            )),
        };
    }
    let Some((manager, packages)) = lists.iter().find(|(manager, _)| which(manager).is_some()) else {
        let wanted = lists.first().map(|(_, packages)| packages.join(" ")).unwrap_or_default();
        return Err(Failure::new(format!(
            "no package manager was found that these could be installed with (Debian's names): {wanted}"
        )));
    };
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !is_installed(manager, package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("These system packages are missing: {}", missing.join(" "));
    if *manager == "apt-get" {
        as_root(command("apt-get").args(["update", "-qq"]))?;
    }
    let mut install = command(manager);
    match *manager {
        "apt-get" => {
            install.args(["install", "-y", "-qq", "--no-install-recommends"]).env("DEBIAN_FRONTEND", "noninteractive")
        }
        "pacman" => install.args(["-S", "--needed", "--noconfirm"]),
        _ => install.args(["install", "-y"]),
    };
    as_root(install.args(&missing))
}

fn is_installed(manager: &str, package: &str) -> bool {
    match manager {
        "apt-get" => output(command("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]))
            .is_some_and(|status| status == "installed"),
        "pacman" => output(command("pacman").args(["-Q", package])).is_some(),
        _ => output(command("rpm").args(["-q", package])).is_some(),
    }
}

/// Whether this is root's account.
pub(crate) fn is_root() -> bool {
    output(command("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

/// Runs a command as root: directly, by sudo where it asks for nothing, or not at all but in words.
fn as_root(wanted: &Command) -> Result<()> {
    let is_root = is_root();
    let may_sudo = !is_root && which("sudo").is_some() && output(command("sudo").args(["-n", "true"])).is_some();
    let mut real = if is_root { command(wanted.get_program()) } else { command("sudo") };
    if !is_root {
        // A terminal lets sudo ask; without one it must not.
        use std::io::IsTerminal;
        if which("sudo").is_none() || (!may_sudo && !std::io::stdin().is_terminal()) {
            return Err(Failure::new(format!("this must be run as root: {}", shown(wanted))));
        }
        real.arg(wanted.get_program());
    }
    real.args(wanted.get_args());
    for (name, value) in wanted.get_envs() {
        if let Some(value) = value {
            real.env(name, value);
        }
    }
    run(&mut real)
}
