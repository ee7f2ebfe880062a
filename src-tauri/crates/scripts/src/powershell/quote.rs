//! The one quoting function of PowerShell.

use crate::ScriptError;

/// The value as a PowerShell string: in single quotes, inside which nothing has a meaning but single quotes, which are doubled.
///
/// PowerShell takes five characters for a single quote, the typographic ones included (about_Quoting_Rules, and
/// `CharExtensions.IsSingleQuote` of its tokenizer): `'`, `‘` U+2018, `’` U+2019, `‚` U+201A, `‛` U+201B. Any of them would end the string.
/// A pair of them stands for the first of the pair, so each is doubled with itself.
///
/// Right where an expression may stand; a word that begins with `-` or holds `*` may still mean something to the command that
/// gets it, so names are validated too.
///
/// # Errors
/// [`ScriptError::Nul`] when the value holds NUL: it would not survive the way to the machine.
pub fn quote(value: &str) -> Result<String, ScriptError> {
    if value.contains('\0') {
        return Err(ScriptError::Nul);
    }
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('\'');
    for c in value.chars() {
        if is_single_quote(c) {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    Ok(quoted)
}

/// Whether PowerShell takes this character for a single quote.
fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201b}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes() {
        for (value, quoted) in [
            ("", "''"),
            ("MSSQL$INST", "'MSSQL$INST'"),
            ("it's", "'it''s'"),
            ("’; Stop-Computer; ’", "'’’; Stop-Computer; ’’'"),
            ("‘‚‛", "'‘‘‚‚‛‛'"),
            ("$(x) `n \" %", "'$(x) `n \" %'"),
            ("a\nb", "'a\nb'"),
        ] {
            assert_eq!(quote(value).as_deref(), Ok(quoted));
        }
        assert_eq!(quote("a\0b"), Err(ScriptError::Nul));
    }
}
