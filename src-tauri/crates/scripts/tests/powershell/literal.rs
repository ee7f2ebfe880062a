//! String literals as PowerShell's own tokenizer reads them.

use proptest::prelude::*;
use wheelhouse_scripts::ScriptError;
use wheelhouse_scripts::powershell::quote;

/// `CharExtensions.IsSingleQuote` of PowerShell's source.
fn is_single_quote(c: char) -> bool {
    ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'].contains(&c)
}

/// `Tokenizer.ScanStringLiteral`: the value of the literal the text begins with, and what comes after it.
pub(crate) fn read(text: &str) -> Option<(String, &str)> {
    let mut chars = text.char_indices().peekable();
    if !chars.next().is_some_and(|(_, c)| is_single_quote(c)) {
        return None;
    }
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        if is_single_quote(c) && chars.next_if(|(_, next)| is_single_quote(*next)).is_none() {
            return Some((value, &text[at + c.len_utf8()..]));
        }
        value.push(c);
    }
    None
}

/// Any text without NUL, rich in what PowerShell gives a meaning to.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    let special = proptest::sample::select(
        "'\"`$\\(){}[]<>|&;*?!#~%=-+^@:,. \n\r\t‘’‚‛“”„–—\u{1b}\u{85}\u{a0}\u{200b}\u{2028}\u{202e}\u{feff}éß中😀"
            .chars()
            .collect::<Vec<_>>(),
    );
    let any = any::<char>().prop_filter("NUL cannot be carried", |c| *c != '\0');
    proptest::collection::vec(prop_oneof![3 => special, 2 => any, 2 => proptest::char::range('a', 'z')], 0..40)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #[test]
    fn a_quoted_value_is_read_as_it_was(value in any_text(), after in "[; ')]{0,3}x") {
        let quoted = quote(&value).unwrap();
        let text = format!("{quoted}\n{after}");
        prop_assert_eq!(read(&text), Some((value, &text[quoted.len()..])));
    }
}

#[test]
fn the_reader_ends_a_string_where_powershell_does() {
    assert_eq!(read("'a’; Stop-Computer"), Some(("a".into(), "; Stop-Computer")), "a typographic quote ends it");
    assert_eq!(read("'a''b' c"), Some(("a'b".into(), " c")));
    assert_eq!(read("'a‘’b' c"), Some(("a‘b".into(), " c")), "a mixed pair stands for its first");
    assert_eq!(read("'a''"), None, "it never ends");
    assert_eq!(quote("a\0"), Err(ScriptError::Nul));
}
