//! Putting a file in place of the program a service runs. Where that lies is known on the machine only.

use super::file::{CHANGE, FILE, seconds, sent};
use super::service::{SERVICE, body};
use super::{SIMILAR, STATE, changing};
use crate::ScriptError;
use wheelhouse_protocol::action::{LocalFile, Name};
use wheelhouse_protocol::plan::Script;

const REPLACE: &str = include_str!("parts/program-replace.ps1");

/// Programs that run what they are given: what the service is for is another file. Without `.exe`, in lower case; a version
/// after the name (`python3.11`, `tomcat9`) is no part of it.
const HOSTS: &[&str] = &[
    "bash", "bun", "cmd", "conhost", "cscript", "deno", "dllhost", "docker", "dotnet", "erl", "erlsrv", "java",
    "javaw", "mono", "msiexec", "node", "nssm", "perl", "php", "php-cgi", "powershell", "prunsrv", "pwsh", "py",
    "python", "pythonservice", "pythonw", "ruby", "rubyw", "rundll32", "sh", "srvany", "svchost", "taskhostw",
    "tomcat", "w3wp", "winsw", "wscript", "wsl",
];

pub(super) fn replace(service: &Name, source: &LocalFile) -> Result<Script, ScriptError> {
    let body = sent(body(service)?, source)?.values("hosts", HOSTS)?;
    Ok(changing(
        body.script(&[STATE, SIMILAR, SERVICE, FILE, CHANGE, REPLACE], "Set-WhProgram"),
        body.script(&[STATE, SIMILAR, SERVICE, FILE, REPLACE], "Test-WhProgram"),
        Some(body.script(&[STATE, FILE, CHANGE, REPLACE], "Undo-WhProgram")),
        seconds(source),
        Some(source.clone()),
    ))
}
