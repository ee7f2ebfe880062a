//! Files of the operator's machine that a plan sends.

use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::path::PathBuf;
use wheelhouse_planner::Files;
use wheelhouse_protocol::action::LocalFile;

/// The largest file that can be sent, in bytes.
const MAX_SIZE: u64 = 8 * 1024 * 1024 * 1024;

/// Reads the operator's own disk. Blocking: call it where that is allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disk;

impl Files for Disk {
    fn pin(&self, path: &str) -> Result<LocalFile, String> {
        let full = expand_home(path);
        let failed = |error: &io::Error| match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "it may not be read by this account".to_owned(),
            _ => error.to_string(),
        };
        let metadata = std::fs::metadata(&full).map_err(|e| failed(&e))?;
        if metadata.is_dir() {
            return Err("it is a folder, and only single files can be copied".to_owned());
        }
        if !metadata.is_file() {
            return Err("it is not a plain file".to_owned());
        }
        if metadata.len() > MAX_SIZE {
            return Err("it is larger than 8 GiB".to_owned());
        }
        let mut file = std::fs::File::open(&full).map_err(|e| failed(&e))?;
        let mut hash = Sha256::new();
        let mut size = 0;
        let mut chunk = vec![0; 1024 * 1024];
        loop {
            let n = file.read(&mut chunk).map_err(|e| failed(&e))?;
            if n == 0 {
                break;
            }
            hash.update(&chunk[..n]);
            size += n as u64;
        }
        let sha256 = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        Ok(LocalFile { path: full.display().to_string(), sha256, size })
    }
}

/// `~/x` in the operator's home.
pub(crate) fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
