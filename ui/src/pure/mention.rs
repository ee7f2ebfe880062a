//! Whether a text names something as a whole: `web-1` is not named by `web-10`.

/// What a name can go on with; a full stop or a dash ends one only before something else.
fn goes_on(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether `text` has `name` as a whole word, whatever its case.
pub(crate) fn names(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.trim().to_lowercase());
    if name.is_empty() {
        return false;
    }
    text.match_indices(&name).any(|(at, found)| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        let mut next = after.chars();
        let ends = match next.next() {
            // `web-1.example.org` is another name, `web-1.` the end of a sentence.
            Some('.') => !next.next().is_some_and(goes_on),
            Some(c) => !goes_on(c),
            None => true,
        };
        ends && !before.chars().next_back().is_some_and(|c| goes_on(c) || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_named_as_a_whole_only() {
        assert!(names("restart nginx on web-1", "web-1"));
        assert!(names("Restart nginx on Web-1, web-2.", "web-1"));
        assert!(names("is web-1.", "web-1"), "a sentence may end with it");
        assert!(names("web-10 and web-1", "web-1"), "the second is the one");
        assert!(!names("restart nginx on web-10", "web-1"));
        assert!(!names("restart nginx on web-1-old", "web-1"));
        assert!(!names("ping web-1.example.org", "web-1"));
        assert!(!names("ping my.web-1", "web-1"));
        assert!(!names("ping überweb-1", "web-1"), "letters of every script go on");
        assert!(!names("anything", ""));
    }
}
