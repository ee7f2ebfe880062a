//! What the engine prints before a script, and how a script is wrapped.

use crate::report::is_token;

const PRELUDE: &str = include_str!("prelude.sh");

/// What goes to `bash -s` before a script: strict mode, a sane environment, and the reporting functions
/// `wh_info`, `wh_warn`, `wh_error` TEXT, `wh_progress` 0–100, `wh_changed`, `wh_unchanged`, `wh_detail` TEXT and
/// `wh_fail` TEXT (detail, then exit 1). It ends with a newline.
///
/// `token` is drawn by the engine for this one run ([`is_token`]). With a text that is no token the prelude is a script
/// that says so on standard error and exits 78 (`EX_CONFIG`), so that nothing runs whose reports could be forged.
pub fn prelude(token: &str) -> String {
    if is_token(token) {
        PRELUDE.replace("@TOKEN@", token)
    } else {
        "echo 'wheelhouse: the token for the reports is not 16 to 128 letters and digits' >&2\nexit 78\n".to_owned()
    }
}

/// The body as it is sent: one group, which the shell reads to its end before it starts any of it, so that a
/// connection that breaks half-way runs nothing; and without standard input, which is where the script itself comes from.
/// Only who passes the end of it has succeeded.
pub(super) fn group(body: &str) -> String {
    format!("{{\nwh_unfinished=1\n{body}wh_unfinished=\nexit 0\n}} </dev/null\n")
}
