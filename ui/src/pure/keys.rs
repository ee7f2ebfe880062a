//! Whose a key is when something stands inside a list that has keys of its own.

/// Whether a key pressed on an element of this tag is the element's. `typing` says whether text is typed there.
/// A button and a tick box are worked with Enter and Space; the arrows are the list's there.
pub(crate) fn is_elements(tag: &str, typing: bool, key: &str) -> bool {
    match tag {
        "BUTTON" | "A" | "SUMMARY" | "INPUT" => typing || matches!(key, "Enter" | " "),
        _ => typing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_boxes_keep_the_keys_that_work_them() {
        assert!(is_elements("BUTTON", false, "Enter") && is_elements("BUTTON", false, " "));
        assert!(is_elements("INPUT", false, " "), "Space ticks the box that has the keyboard, not another row's");
        assert!(!is_elements("INPUT", false, "ArrowDown"), "a ticked row does not end the way by arrows");
        assert!(!is_elements("DIV", false, "Enter"), "the list's own");
    }

    #[test]
    fn where_text_is_typed_every_key_is_text() {
        assert!(
            is_elements("INPUT", true, "j")
                && is_elements("TEXTAREA", true, "Home")
                && is_elements("SELECT", true, "k")
        );
    }
}
