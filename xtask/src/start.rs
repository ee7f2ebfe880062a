//! The window's cold start and memory, beside a window that shows one sentence.

use crate::error::{Doing, Failure, Result};
use crate::run::{VirtualDisplay, build};
use crate::shell::{Ended, cargo, command, run};
use crate::{setup, target_directory, ui};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;
/// What both programs write: ours once its page has called for the first time, the bare one once its page is loaded.
const ALIVE: &str = "the page is alive";
/// How long after that the memory is read: first garbage is gone by then.
const SETTLE: Duration = Duration::from_secs(4);

pub(crate) fn measure() -> Result<()> {
    ui::build()?;
    let ours = build(false)?;
    run(cargo().args(["build", "--release", "--example", "bare-window"]).args(setup::rust_version_flag()))?;
    let bare = target_directory().join("release/examples/bare-window");
    let display = VirtualDisplay::start("1280x800")?;
    let (mut our_runs, mut bare_runs) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (one, other) = (once(&ours, &display)?, once(&bare, &display)?);
        // The first round fills the caches and is not counted.
        if round > 0 {
            our_runs.push(one);
            bare_runs.push(other);
        }
    }
    println!(
        "From start to the page's first call (the bare window: to its page loaded), and memory {} s later, {ROUNDS} rounds in turn, medians",
        SETTLE.as_secs()
    );
    println!("| | start, ms | memory (PSS of all its processes), MiB |\n|---|---|---|");
    let (our_start, our_memory) = (median(&our_runs, |r| r.0), median(&our_runs, |r| r.1));
    let (bare_start, bare_memory) = (median(&bare_runs, |r| r.0), median(&bare_runs, |r| r.1));
    println!("| wheelhouse | {our_start:.0} | {our_memory:.0} |");
    println!("| bare window | {bare_start:.0} | {bare_memory:.0} |");
    println!("| ours ÷ bare | {:.2} | {:.2} |", our_start / bare_start, our_memory / bare_memory);
    Ok(())
}

fn median(runs: &[(f64, f64)], pick: impl Fn(&(f64, f64)) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(pick).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One start: milliseconds to life, and MiB after it has settled.
fn once(program: &Path, display: &VirtualDisplay) -> Result<(f64, f64)> {
    let home = std::env::temp_dir().join(format!("wheelhouse-bench-{}", std::process::id()));
    fs::create_dir_all(&home).doing(home.display())?;
    let began = Instant::now();
    let child = command(program)
        .env("DISPLAY", &display.name)
        .env("HOME", &home)
        .env("WHEELHOUSE_HOME", home.join("data"))
        .env("LC_ALL", "C.UTF-8")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .doing(program.display())?;
    let mut child = Ended(child);
    let words = child.0.stderr.take().ok_or_else(|| Failure::new("its output cannot be read"))?;
    let (told, alive) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(words).lines().map_while(std::result::Result::ok) {
            if line.contains(ALIVE) && told.send(()).is_err() {
                return;
            }
        }
    });
    alive
        .recv_timeout(Duration::from_secs(60))
        .map_err(|_| Failure::new(format!("{} does not come to life", program.display())))?;
    let start = began.elapsed().as_secs_f64() * 1000.0;
    std::thread::sleep(SETTLE);
    let memory = memory_of_tree(child.0.id());
    drop(child);
    // It ends with the program's output.
    reader.join().ok();
    fs::remove_dir_all(&home).ok();
    Ok((start, memory))
}

/// The proportional set size of a process and everything below it, in MiB.
fn memory_of_tree(root: u32) -> f64 {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            Some((pid, stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?))
        })
        .collect();
    let mut tree = vec![root];
    let mut i = 0;
    while i < tree.len() {
        let above = tree[i];
        tree.extend(parents.iter().filter(|(_, parent)| *parent == above).map(|(pid, _)| *pid));
        i += 1;
    }
    let kib: f64 = tree
        .iter()
        .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok())
        .filter_map(|text| {
            text.lines()
                .find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok())
        })
        .sum();
    kib / 1024.0
}
