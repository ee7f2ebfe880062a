//! Secrets from files and from the keyboard, never from the command line, which other accounts can read.

use serde_json::Value;
use std::io::{IsTerminal, Read};
use std::path::Path;
use wheelhouse_protocol::{Problem, ProblemCode, SecretInput};
use zeroize::Zeroizing;

/// The largest secret file, in bytes.
const MAX: u64 = 1024 * 1024;

/// The first line of a file only its owner can read.
pub(crate) fn from_file(path: &Path, what: &str) -> Result<SecretInput, Problem> {
    let text = whole_file(path, what)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(refused(path, what, "its first line is empty").hint("Put it on the first line of the file."));
    }
    Ok(SecretInput::new(line))
}

/// All of a file only its owner can read: a private key.
pub(crate) fn key_file(path: &Path) -> Result<SecretInput, Problem> {
    let text = whole_file(path, "the private key")?;
    if text.trim().is_empty() {
        return Err(refused(path, "the private key", "it is empty"));
    }
    Ok(SecretInput::new(text.as_str()))
}

/// A command's input as JSON, from a file or, as `-`, from standard input. It can hold secrets, so that nothing of it
/// is quoted when it cannot be read. Whether others may read the file is left to whoever knows what is in it.
pub(crate) fn json_input(path: &Path) -> Result<Value, Problem> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX + 1).read_to_end(&mut bytes))
    };
    read.map_err(|e| refused(path, "the input", &e.to_string()))?;
    if bytes.len() as u64 > MAX {
        return Err(refused(path, "the input", "it is larger than 1 MiB"));
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = format!("it is not JSON at line {}, column {}", error.line(), error.column());
        refused(path, "the input", &place)
    })
}

fn whole_file(path: &Path, what: &str) -> Result<Zeroizing<String>, Problem> {
    let metadata = std::fs::metadata(path).map_err(|e| refused(path, what, &e.to_string()))?;
    if metadata.is_dir() {
        return Err(refused(path, what, "it is a folder"));
    }
    if metadata.len() > MAX {
        return Err(refused(path, what, "it is larger than 1 MiB"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o777;
        // A pipe (`<(pass …)`) belongs to this account alone, whatever its mode says.
        if metadata.is_file() && mode & 0o077 != 0 {
            return Err(refused(path, what, &format!("its permissions ({mode:04o}) let other accounts read it"))
                .hint(format!("Run: chmod 600 {}", path.display())));
        }
    }
    let bytes = Zeroizing::new(std::fs::read(path).map_err(|e| refused(path, what, &e.to_string()))?);
    let text = std::str::from_utf8(&bytes).map_err(|_| refused(path, what, "it is not text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn refused(path: &Path, what: &str, reason: &str) -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        "That file cannot be used",
        format!("{} for {what}: {reason}.", path.display()),
    )
    .source(path.display().to_string())
}

/// Asks without echo.
pub(crate) fn ask(what: &str) -> Result<SecretInput, Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(Problem::new(
            ProblemCode::NeedsAnswer,
            "A secret is needed",
            format!("{what} cannot be asked for without a terminal."),
        )
        .hint("Give it in a file; `wh help` names the option."));
    }
    let typed = rpassword::prompt_password(format!("{what}: "))
        .map_err(|e| Problem::new(ProblemCode::InvalidInput, "Nothing was typed", e.to_string()))?;
    Ok(SecretInput::new(typed))
}

/// Asks twice, and for the same answer.
pub(crate) fn ask_twice(what: &str) -> Result<SecretInput, Problem> {
    let first = ask(what)?;
    if ask("Once more")? == first {
        return Ok(first);
    }
    Err(Problem::invalid("passphrase", "The two are not the same."))
}
