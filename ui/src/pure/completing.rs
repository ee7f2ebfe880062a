//! Going on with a name while typing: where it goes, which one is chosen, and what it names.

use super::format::plural;
use super::icons::Icon;
use wheelhouse_planner::{Completion, CompletionKind};

/// What is before the cursor. The page counts in UTF-16 units.
pub(crate) fn before(text: &str, cursor: usize) -> &str {
    &text[..byte_at(text, cursor)]
}

/// The text with a completion taken at the cursor, and where the cursor is then.
pub(crate) fn accepted(text: &str, cursor: usize, completion: &Completion) -> (String, usize) {
    let (typed, rest) = text.split_at(byte_at(text, cursor));
    let kept = match completion.replaces {
        0 => typed,
        n => typed.char_indices().rev().nth(n - 1).map_or("", |(at, _)| &typed[..at]),
    };
    let done = format!("{kept}{}", completion.name);
    let cursor = done.encode_utf16().count();
    (done + rest, cursor)
}

/// The one chosen after an arrow key. Beyond either end nothing is chosen, so that one can go back to typing.
pub(crate) fn step(chosen: Option<usize>, all: usize, down: bool) -> Option<usize> {
    match (chosen, down) {
        (None, true) => (all > 0).then_some(0),
        (None, false) => all.checked_sub(1),
        (Some(n), true) => Some(n + 1).filter(|n| *n < all),
        (Some(n), false) => n.checked_sub(1),
    }
}

/// How what a completion names looks, and is called.
pub(crate) fn meaning(kind: CompletionKind) -> (Icon, String) {
    let hosts = |n| plural(n, "host", "hosts");
    match kind {
        CompletionKind::Group(n) => (Icon::Group, format!("group · {}", hosts(n))),
        CompletionKind::Host => (Icon::Targets, "host".to_owned()),
        CompletionKind::Tag(n) => (Icon::Tag, format!("tag · {}", hosts(n))),
        CompletionKind::Service => (Icon::Wrench, "service".to_owned()),
        CompletionKind::Recipe => (Icon::Recipe, "recipe".to_owned()),
    }
}

/// A name as what is typed of it, and the rest.
pub(crate) fn typed_part(completion: &Completion) -> (&str, &str) {
    let name = completion.name.as_str();
    let at = name.char_indices().nth(completion.replaces).map_or(name.len(), |(at, _)| at);
    name.split_at(at)
}

fn byte_at(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(name: &str, replaces: usize) -> Completion {
        Completion { name: name.to_owned(), kind: CompletionKind::Host, replaces }
    }

    #[test]
    fn a_name_takes_the_place_of_what_was_typed_of_it() {
        let text = "restart nginx on we except db-1";
        let (after, cursor) = accepted(text, 19, &completion("web servers", 2));
        assert_eq!((after.as_str(), cursor), ("restart nginx on web servers except db-1", 28));
        assert_eq!(accepted("on ", 3, &completion("web", 0)), ("on web".to_owned(), 6));
        assert_eq!(accepted("x", 1, &completion("web", 9)), ("web".to_owned(), 3), "no more goes than there is");
    }

    #[test]
    fn the_cursor_counts_as_the_page_does() {
        // A sign outside the basic plane is two units there and one character here.
        let text = "🚀 on wë";
        assert_eq!(before(text, 8), text);
        assert_eq!(before(text, 3), "🚀 ");
        assert_eq!(accepted(text, 8, &completion("wëb-01", 2)), ("🚀 on wëb-01".to_owned(), 12));
        assert_eq!(before(text, 99), text, "a cursor behind the end is at it");
    }

    #[test]
    fn the_arrows_leave_the_list_at_its_ends() {
        let walk = |mut at, downs: &[bool]| {
            downs.iter().for_each(|down| at = step(at, 3, *down));
            at
        };
        assert_eq!(walk(None, &[true]), Some(0));
        assert_eq!(walk(None, &[true, true, true]), Some(2));
        assert_eq!(walk(None, &[true, true, true, true]), None, "behind the last nothing is chosen");
        assert_eq!(walk(None, &[false]), Some(2));
        assert_eq!(walk(Some(0), &[false]), None);
        assert_eq!((step(None, 0, true), step(None, 0, false)), (None, None), "nothing can be chosen of nothing");
    }

    #[test]
    fn what_was_typed_is_told_from_the_rest() {
        assert_eq!(typed_part(&completion("web servers", 3)), ("web", " servers"));
        assert_eq!(typed_part(&completion("wë", 5)), ("wë", ""));
    }

    #[test]
    fn kinds_differ_without_their_colour() {
        let kinds = [
            CompletionKind::Group(4),
            CompletionKind::Host,
            CompletionKind::Tag(1),
            CompletionKind::Service,
            CompletionKind::Recipe,
        ];
        let looks: Vec<_> = kinds.into_iter().map(meaning).collect();
        for (n, (icon, word)) in looks.iter().enumerate() {
            assert!(looks[n + 1..].iter().all(|(i, w)| i != icon && w != word), "{word} looks like another");
        }
        assert_eq!(looks[0].1, "group · 4 hosts");
    }
}
