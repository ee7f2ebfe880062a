//! The value of a variable, as INI and YAML can write it.

/// A value, as far as anything here reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A scalar as it is written, quotes removed.
    Text(String),
    /// A list of scalars.
    List(Vec<String>),
    /// Encrypted with ansible-vault.
    Encrypted,
    /// Anything deeper.
    Nested,
}

impl Value {
    /// The value of a variable in an INI inventory.
    ///
    /// Ansible reads it as a Python literal and, where that fails, as the text itself
    /// (`ini.py`, `_parse_value`): quotes come off, and a comment behind a literal.
    pub(super) fn from_ini(text: &str) -> Self {
        let text = text.trim();
        if text.contains("$ANSIBLE_VAULT;") {
            return Self::Encrypted;
        }
        if text.starts_with('[')
            && let Ok(items) = serde_json::from_str::<Vec<String>>(text)
        {
            return Self::List(items);
        }
        if let Some((literal, rest)) = string_literal(text)
            && is_comment(rest)
        {
            return Self::Text(literal);
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let end = if digits > 0 && is_comment(&text[digits..]) { digits } else { text.len() };
        Self::Text(text[..end].to_owned())
    }
}

/// Whether nothing follows, or a comment.
fn is_comment(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with('#')
}

/// A Python string literal at the beginning, decoded, and what follows it.
///
/// The escapes are those both Python and JSON know, and Python's `\'` and `\xHH`.
fn string_literal(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut out = String::new();
    let mut chars = text[1..].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((out, &text[at + 2..])),
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'b' => out.push('\u{8}'),
                'f' => out.push('\u{c}'),
                'x' => out.push(hex(&mut chars, 2)?),
                'u' => out.push(hex(&mut chars, 4)?),
                'U' => out.push(hex(&mut chars, 8)?),
                c @ ('\\' | '\'' | '"') => out.push(c),
                // Python leaves what it does not know as it is.
                c => out.extend(['\\', c]),
            },
            c => out.push(c),
        }
    }
    None
}

fn hex(chars: &mut std::str::CharIndices<'_>, digits: usize) -> Option<char> {
    let mut number = 0_u32;
    for _ in 0..digits {
        number = number.checked_mul(16)?.checked_add(chars.next()?.1.to_digit(16)?)?;
    }
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected values are what ansible-core 2.19 makes of them in a `[group:vars]` section.
    #[test]
    fn values_are_read_as_python_literals() {
        for (text, value) in [
            ("deploy", "deploy"),
            ("\"deploy\"", "deploy"),
            ("'deploy'", "deploy"),
            ("22", "22"),
            ("22 # the usual", "22"),
            ("\"x\" # why", "x"),
            ("deploy # why", "deploy # why"),
            (r#""a\nb""#, "a\nb"),
            (r#""it\u0027s""#, "it's"),
            ("10.0.0.1", "10.0.0.1"),
            ("\"unclosed", "\"unclosed"),
            ("'a' 'b", "'a' 'b"),
            ("", ""),
        ] {
            assert_eq!(Value::from_ini(text), Value::Text(value.to_owned()), "{text}");
        }
        assert_eq!(Value::from_ini("[\"a\", \"b c\"]"), Value::List(vec!["a".to_owned(), "b c".to_owned()]));
        assert_eq!(Value::from_ini("$ANSIBLE_VAULT;1.1;AES256"), Value::Encrypted);
    }
}
