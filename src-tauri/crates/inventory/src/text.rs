//! The text itself: how long it may be, whether it is text, and its lines.

use crate::{InventoryError, MAX_BYTES};

/// The text without its byte order mark, if it can be an inventory at all.
pub(crate) fn checked(text: &str) -> Result<&str, InventoryError> {
    if text.len() > MAX_BYTES {
        return Err(InventoryError::TooLong { bytes: text.len() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if is_binary(text) {
        return Err(InventoryError::Binary);
    }
    if text.trim().is_empty() {
        return Err(InventoryError::Empty);
    }
    if text.trim_start().starts_with("$ANSIBLE_VAULT;") {
        return Err(InventoryError::Encrypted);
    }
    Ok(text)
}

/// Whether the beginning has so many control or replacement characters that it is no text.
///
/// A few are a line's own fault and are told by line; UTF-16 read as UTF-8 has one in every second place.
pub(crate) fn is_binary(text: &str) -> bool {
    const LOOK_AT: usize = 8 * 1024;
    let (mut all, mut odd) = (0_usize, 0_usize);
    for c in text.chars().take(LOOK_AT) {
        all += 1;
        odd += usize::from(c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}') || c == '\u{fffd}');
    }
    odd >= 8 && odd * 10 > all
}

/// The lines with their numbers from 1. A line ends with LF, CR LF or (as on old Macs) CR.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.find(['\n', '\r']) {
            Some(end) => {
                let width = if text[end..].starts_with("\r\n") { 2 } else { 1 };
                rest = Some(&text[end + width..]);
                Some(&text[..end])
            }
            None => {
                rest = None;
                Some(text).filter(|t| !t.is_empty())
            }
        }
    })
    .enumerate()
    .map(|(n, line)| (n + 1, line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn lines_end_in_three_ways() {
        let found: Vec<_> = lines("a\r\nb\n\nc\rd").collect();
        assert_eq!(found, [(1, "a"), (2, "b"), (3, ""), (4, "c"), (5, "d")]);
        assert_eq!(lines("a\n").count(), 1, "the end of the last line begins no further one");
    }

    #[test]
    fn only_text_is_taken() {
        assert_eq!(checked("\u{feff}a"), Ok("a"), "a byte order mark is no part of the first name");
        assert_eq!(checked(" \n\t"), Err(InventoryError::Empty));
        assert_eq!(checked("\u{feff}"), Err(InventoryError::Empty));
        assert_eq!(checked("$ANSIBLE_VAULT;1.1;AES256\n6162\n"), Err(InventoryError::Encrypted));
        let utf16: String = "web1 web2 web3 web4".chars().flat_map(|c| [c, '\0']).collect();
        assert_eq!(checked(&utf16), Err(InventoryError::Binary));
        assert!(checked("web\0one\nweb2\n").is_ok(), "one NUL is one line's fault");
        let long = " ".repeat(MAX_BYTES + 1);
        assert_eq!(checked(&long), Err(InventoryError::TooLong { bytes: MAX_BYTES + 1 }));
    }
}
