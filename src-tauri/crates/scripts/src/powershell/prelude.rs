//! What the engine sends before a script, and how a script is put together.

use crate::report::is_token;

const PRELUDE: &str = include_str!("prelude.ps1");

/// What comes before a script in the text PowerShell gets: strict mode, UTF-8, and the functions the scripts report with.
/// It ends with a newline.
///
/// `token` is drawn by the engine for this one run ([`is_token`]). With a text that is no token the prelude says so on
/// standard error and exits 78, so that nothing runs whose reports could be forged.
pub fn prelude(token: &str) -> String {
    if is_token(token) {
        PRELUDE.replace("@TOKEN@", token)
    } else {
        "[Console]::Error.WriteLine('wheelhouse: the token for the reports is not 16 to 128 letters and digits')\nexit 78\n"
            .to_owned()
    }
}

/// The script: strict mode, the values, the functions, and only at its very end what is done.
pub(super) fn assemble(values: &str, parts: &[&str], call: &str) -> String {
    let mut text = format!("$ErrorActionPreference = 'Stop'\nSet-StrictMode -Version 2\n{values}");
    for part in parts {
        text.push('\n');
        text.push_str(part);
    }
    text.push_str(&format!("\nInvoke-WhStep -Step {{\n  {call}\n}}\n"));
    text
}
