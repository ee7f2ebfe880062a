//! Measurements: ours beside a peer or the limit, from one run.

use crate::error::Result;
use crate::setup;
use crate::shell::{cargo, command, run};
use crate::target_directory;
use clap::ValueEnum;
use std::path::PathBuf;

/// What can be measured.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Which {
    /// 64 sshds beside asyncssh, parallel-ssh and ansible.
    Ssh,
    /// The planner beside its limits and spaCy's matchers.
    Planner,
    /// The window's start and memory beside a bare window.
    Start,
}

pub(crate) fn bench(which: Option<Which>) -> Result<()> {
    setup::setup(true)?;
    match which {
        Some(Which::Ssh) => ssh(),
        Some(Which::Planner) => planner(),
        Some(Which::Start) => crate::start::measure(),
        None => ssh().and_then(|()| planner()).and_then(|()| crate::start::measure()),
    }
}

fn ssh() -> Result<()> {
    let peers = peers()?;
    run(cargo()
        .args(["bench", "--package", "wheelhouse-automation", "--bench", "ssh"])
        .args(setup::rust_version_flag())
        .env("PEERS", peers))
}

fn planner() -> Result<()> {
    let folder = python("spacy", &["spacy"])?;
    run(cargo()
        .args(["bench", "--package", "wheelhouse-planner", "--bench", "planner"])
        .args(setup::rust_version_flag())
        .env("PEER", folder.join("bin/python")))
}

/// A Python environment with packages of its own, beside what is built.
fn python(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = target_directory().join("peers").join(name);
    let ready = command(folder.join("bin/python")).args(["-c", &format!("import {name}")]).status();
    if !ready.is_ok_and(|status| status.success()) {
        run(command("python3").args(["-m", "venv"]).arg(&folder))?;
        run(command(folder.join("bin/pip")).args(["install", "--quiet"]).args(packages))?;
    }
    Ok(folder)
}

/// A Python environment with the tools we measure against, beside what is built.
fn peers() -> Result<PathBuf> {
    let folder = target_directory().join("peers");
    if !folder.join("bin/ansible").exists() {
        run(command("python3").args(["-m", "venv"]).arg(&folder))?;
        run(command(folder.join("bin/pip")).args(["install", "--quiet", "asyncssh", "parallel-ssh", "ansible-core"]))?;
    }
    Ok(folder)
}
