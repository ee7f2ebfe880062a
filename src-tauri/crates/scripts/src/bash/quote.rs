//! The one quoting function of the POSIX shells.

use crate::ScriptError;

/// The value as one word of a shell script: in single quotes, inside which nothing has a meaning but the single quote.
///
/// Right for bash (3.2 or newer), dash and every other POSIX shell (POSIX.1-2017, XCU 2.2.2), wherever a word may stand,
/// except inside other quotes or a here-document. Newlines and every other character but NUL are kept as they are.
///
/// A word that begins with `-` is still an option to the program that gets it: names are validated too
/// ([`crate::validate_service_name`]).
///
/// # Errors
/// [`ScriptError::Nul`] when the value holds NUL, which a shell cannot carry.
pub fn quote(value: &str) -> Result<String, ScriptError> {
    if value.contains('\0') {
        return Err(ScriptError::Nul);
    }
    Ok(format!("'{}'", value.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes() {
        for (value, quoted) in [
            ("", "''"),
            ("nginx", "'nginx'"),
            ("it's", r"'it'\''s'"),
            ("'", r"''\'''"),
            ("$(reboot) `reboot` \\ \" !!", "'$(reboot) `reboot` \\ \" !!'"),
            ("a\nb", "'a\nb'"),
        ] {
            assert_eq!(quote(value).as_deref(), Ok(quoted));
        }
        assert_eq!(quote("a\0b"), Err(ScriptError::Nul));
    }
}
