//! Finding a command by a few of its letters.

/// How well `query` fits `text`; higher is better, `None` when a letter is missing.
///
/// Letters must come in order. A letter at the beginning of a word counts most, one beside the letter
/// before it counts more than one that stands alone, and short texts win among equals.
pub(crate) fn score(query: &str, text: &str) -> Option<i32> {
    let wanted: Vec<char> = query.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if wanted.is_empty() {
        return Some(0);
    }
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    // Whole words where the operator typed them come first.
    let plain: String = letters.iter().collect();
    let bonus = plain.find(&query.trim().to_lowercase()).map_or(0, |at| if at == 0 { 60 } else { 30 });
    let mut points = bonus - (letters.len() as i32) / 8;
    let mut at = 0;
    let mut last = None;
    for letter in wanted {
        let found = (at..letters.len()).find(|&i| letters[i] == letter)?;
        points += match (word_begins(&letters, found), last) {
            (true, _) => 10,
            (false, Some(before)) if before + 1 == found => 6,
            _ => 1,
        };
        last = Some(found);
        at = found + 1;
    }
    Some(points)
}

fn word_begins(letters: &[char], at: usize) -> bool {
    at == 0 || !letters[at - 1].is_alphanumeric()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn letters_must_come_in_order() {
        assert!(score("lock", "Lock the vault").is_some());
        assert_eq!(score("kcol", "Lock the vault"), None);
        assert_eq!(score("", "anything"), Some(0), "nothing typed fits everything alike");
    }

    #[test]
    fn the_word_typed_beats_scattered_letters() {
        let exact = score("vault", "Go to Vault").unwrap();
        let scattered = score("vault", "Save all unreadable later tests").unwrap();
        assert!(exact > scattered, "{exact} should beat {scattered}");
        assert!(
            score("job", "Jobs").unwrap() > score("job", "Retry the last job").unwrap(),
            "the beginning counts more"
        );
    }
}
