//! Sending a file, and making sure that it is the approved one.

use super::link::Link;
use crate::error::TransportError;
use crate::local::{changed, hex};
use sha2::{Digest, Sha256};
use ssh2::{ErrorCode, OpenFlags, OpenType};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// As much as libssh2 keeps on its way at once.
const CHUNK: usize = 256 * 1024;

const DOING: &str = "sending the file";

/// Sends `from` into `directory`, which is created for this account only; the answer is its path there.
/// `limit` is how long the other side may take over one request. What had arrived by a failure stays.
///
/// The content is hashed as it is read: when it is not the approved one, the job must not use it.
pub(super) async fn upload(
    link: &Link,
    from: &Path,
    sha256: &str,
    directory: &str,
    limit: Duration,
) -> Result<String, TransportError> {
    let shown = from.display();
    let mut source = tokio::fs::File::open(from)
        .await
        .map_err(|e| TransportError::File(format!("{shown} on this machine cannot be read: {e}")))?;
    let sftp = within(limit, link.drive(|session| session.sftp())).await?.map_err(|error| {
        let reason = error.message();
        TransportError::Missing(format!("the machine offers no SFTP, which files are sent by ({reason})"))
    })?;
    let target = format!("{directory}/file");
    let refused = |what: &str, error: &ssh2::Error| match error.code() {
        ErrorCode::SFTP(_) => TransportError::File(format!("{what} on the machine failed: {}", error.message())),
        ErrorCode::Session(_) => TransportError::Lost { doing: DOING, reason: error.message().to_owned() },
    };
    within(limit, link.drive(|_| sftp.mkdir(Path::new(directory), 0o700)))
        .await?
        .map_err(|e| refused(&format!("creating {directory}"), &e))?;
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let mut file = within(limit, link.drive(|_| sftp.open_mode(Path::new(&target), flags, 0o600, OpenType::File)))
        .await?
        .map_err(|e| refused(&format!("creating {target}"), &e))?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let n = source
            .read(&mut chunk)
            .await
            .map_err(|e| TransportError::File(format!("{shown} on this machine cannot be read: {e}")))?;
        if n == 0 {
            break;
        }
        hash.update(&chunk[..n]);
        let mut sent = 0;
        while sent < n {
            let step = link.drive_within(DOING, limit, |_| {
                file.write(&chunk[sent..n]).map_err(|e| match e.kind() {
                    ErrorKind::WouldBlock => super::link::again(),
                    _ => ssh2::Error::new(ErrorCode::Session(-31), "the machine stopped taking it (is its disk full?)"),
                })
            });
            sent += step.await?;
        }
    }
    link.drive_within(DOING, limit, |_| file.close()).await?;
    if hex(&hash.finalize()) != sha256 {
        return Err(changed(&shown.to_string()));
    }
    Ok(target)
}

/// What comes of a request, within `limit`; the error is that nothing did.
async fn within<T>(limit: Duration, request: impl Future<Output = T>) -> Result<T, TransportError> {
    tokio::time::timeout(limit, request).await.map_err(|_| TransportError::TimedOut { doing: DOING, after: limit })
}
