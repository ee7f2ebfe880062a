//! Processes, by id.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// The effective user of this process, where there is such a thing.
pub(crate) fn effective_user() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("Uid:"))?;
    line.split_whitespace().nth(2)?.parse().ok()
}

/// Whether a process is there and is not a zombie.
pub fn is_running(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}

/// Every process below `pid`, nearest first.
pub fn descendants(pid: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|id| Some((id, parent(id)?)))
        .collect();
    let mut found = vec![pid];
    let mut i = 0;
    while i < found.len() {
        let above = found[i];
        found.extend(parents.iter().filter(|(_, parent)| *parent == above).map(|(id, _)| *id));
        i += 1;
    }
    found.remove(0);
    found
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// Sends a signal; a process that has gone already is as good as signalled.
pub(crate) fn signal(name: &str, pid: u32) {
    Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).output().ok();
}

/// Ends a process with everything below it, and waits until it has gone.
pub fn end(pid: u32) {
    let all: Vec<u32> = std::iter::once(pid).chain(descendants(pid)).collect();
    all.iter().for_each(|pid| signal("KILL", *pid));
    let deadline = Instant::now() + Duration::from_secs(5);
    while all.iter().any(|pid| is_running(*pid)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
}
