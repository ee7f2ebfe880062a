//! How rows are sorted: names as people count, everything else as it is.

use std::cmp::Ordering;

/// One cell as it is sorted. Columns hold one kind each; across kinds the order is the one below.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Key {
    /// A number; what is not there sorts last.
    Number(Option<f64>),
    /// A name: `web-2` before `web-10`, without regard to case.
    Text(String),
}

impl Key {
    /// How two cells stand.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => match (a, b) {
                (Some(a), Some(b)) => a.total_cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            },
            (Self::Text(a), Self::Text(b)) => natural(a, b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

/// Compares names the way people count: runs of digits by their value.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                match number(&mut left).cmp(&number(&mut right)) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
            (Some(x), Some(y)) => {
                let order = x.to_lowercase().cmp(y.to_lowercase());
                if order != Ordering::Equal {
                    return order;
                }
                left.next();
                right.next();
            }
        }
    }
}

/// The digits at the front, without leading zeros, longest first: compares like the number itself.
fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (usize, String) {
    let mut digits = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        if !(digits.is_empty() && digit == '0') {
            digits.push(digit);
        }
    }
    (digits.len(), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted() {
        let mut names = vec!["web-10", "Web-2", "web-1", "db-1", "web-02a", "web"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["db-1", "web", "web-1", "Web-2", "web-02a", "web-10"]);
    }

    #[test]
    fn digits_beyond_any_integer_are_compared_too() {
        assert_eq!(natural("x99999999999999999999999", "x100000000000000000000000"), Ordering::Less);
    }

    #[test]
    fn what_is_missing_sorts_last() {
        let mut keys = vec![Key::Number(None), Key::Number(Some(2.0)), Key::Number(Some(-1.0))];
        keys.sort_by(Key::compare);
        assert_eq!(keys, [Key::Number(Some(-1.0)), Key::Number(Some(2.0)), Key::Number(None)]);
    }
}
