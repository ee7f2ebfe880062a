//! Opening the window, on a display or without one.

use crate::error::{Doing, Failure, Result};
use crate::shell::{Ended, cargo, command, run as run_command, wait_until};
use crate::{setup, target_directory, ui};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// How to run.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Open the window on a display that is only in memory (Xvfb).
    #[arg(long)]
    virtual_display: bool,
    /// Save what the window shows, and end.
    #[arg(long, value_name = "FILE", requires = "virtual_display")]
    screenshot: Option<PathBuf>,
    /// The virtual display's size.
    #[arg(long, default_value = "1280x800", value_name = "WIDTHxHEIGHT")]
    size: String,
    /// Seconds from the window's opening to the picture.
    #[arg(long, default_value_t = 6, value_name = "SECONDS")]
    after: u64,
    /// Build without optimisation: quicker to build, slower to run.
    #[arg(long)]
    debug: bool,
}

pub(crate) fn run(args: &RunArgs) -> Result<()> {
    let display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    if cfg!(target_os = "linux") && !display && !args.virtual_display {
        return Err(Failure::new(
            "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Run this on a desktop, or:\n  \
             cargo xtask run --virtual-display --screenshot window.png\n\
             Without a window, everything can be done with: cargo run --package wheelhouse-cli -- --help",
        ));
    }
    setup::setup(false)?;
    if args.virtual_display {
        setup::display()?;
    }
    ui::build()?;
    let program = build(args.debug)?;
    if args.virtual_display {
        return on_virtual_display(&program, args);
    }
    run_command(&mut command(program))
}

/// Builds the program; answers with its path.
pub(crate) fn build(debug: bool) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--package", "wheelhouse", "--package", "wheelhouse-cli"]).args(setup::rust_version_flag());
    if !debug {
        build.arg("--release");
    }
    run_command(&mut build)?;
    let folder = target_directory().join(if debug { "debug" } else { "release" });
    Ok(folder.join(if cfg!(windows) { "wheelhouse.exe" } else { "wheelhouse" }))
}

/// A display in memory.
pub(crate) struct VirtualDisplay {
    /// As in `DISPLAY`.
    pub(crate) name: String,
    _server: Ended,
}

impl VirtualDisplay {
    /// Starts one of this size (`1280x800`).
    pub(crate) fn start(size: &str) -> Result<Self> {
        for n in 90..190 {
            let (lock, socket) = (format!("/tmp/.X{n}-lock"), format!("/tmp/.X11-unix/X{n}"));
            if Path::new(&lock).exists() || Path::new(&socket).exists() {
                continue;
            }
            let name = format!(":{n}");
            let server = command("Xvfb")
                .args([&name, "-screen", "0", &format!("{size}x24"), "-nolisten", "tcp"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .doing("starting Xvfb")?;
            let server = Ended(server);
            if wait_until(Duration::from_secs(10), || Path::new(&socket).exists()) {
                return Ok(Self { name, _server: server });
            }
        }
        Err(Failure::new("no virtual display could be started"))
    }

    /// Saves what it shows.
    pub(crate) fn picture(&self, file: &Path) -> Result<()> {
        run_command(command("import").args(["-display", &self.name, "-window", "root"]).arg(file))
    }
}

fn on_virtual_display(program: &Path, args: &RunArgs) -> Result<()> {
    let display = VirtualDisplay::start(&args.size)?;
    // A session bus of its own: the keyring, and the lock that lets one window be open.
    let mut window = command("dbus-run-session");
    window.arg("--").arg(program).env("DISPLAY", &display.name).env("LIBGL_ALWAYS_SOFTWARE", "1");
    // The machine's locale may not be there; scripts in the page can fail under plain C.
    window.env("LC_ALL", "C.UTF-8").env_remove("WAYLAND_DISPLAY");
    let (width, height) = args.size.split_once('x').unwrap_or(("1280", "800"));
    window.env("WHEELHOUSE_WINDOW_SIZE", format!("{width}x{height}"));
    let mut window = Ended(window.spawn().doing("opening the window")?);
    let Some(file) = &args.screenshot else {
        eprintln!("The window is open on display {}. Press Ctrl-C to end it.", display.name);
        window.0.wait().doing("waiting for the window")?;
        return Ok(());
    };
    std::thread::sleep(Duration::from_secs(args.after));
    if let Some(status) = window.0.try_wait().doing("looking at the window")? {
        return Err(Failure::new(format!("the window closed by itself ({status})")));
    }
    let full = std::path::absolute(file).doing(file.display())?;
    display.picture(&full)?;
    eprintln!("Saved {}", full.display());
    Ok(())
}
