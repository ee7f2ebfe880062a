//! A line cut into words as Python's `shlex.split(line, comments=True)` does, which Ansible uses.

/// Why a line cannot be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfinished {
    /// A quote is opened and not closed.
    Quote,
    /// A backslash ends the line.
    Escape,
}

/// The words of a line. `#` begins a comment, in the middle of a word too; quotes may begin anywhere.
pub(super) fn split(line: &str) -> Result<Vec<String>, Unfinished> {
    let mut words = Vec::new();
    // `None` between words: a word may be empty (`''`), which is still a word.
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '#' => break,
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next().ok_or(Unfinished::Escape)?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(Unfinished::Quote)? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(Unfinished::Quote)? {
                        '"' => break,
                        '\\' => match chars.next().ok_or(Unfinished::Quote)? {
                            c @ ('"' | '\\') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected words are what Python 3.11's `shlex.split(line, comments=True)` answers.
    #[test]
    fn lines_are_cut_as_python_does() {
        for (line, words) in [
            ("web1 ansible_port=22", &["web1", "ansible_port=22"][..]),
            ("web1 a='x y' b=\"x y\"", &["web1", "a=x y", "b=x y"]),
            ("web1 a='x # y' # comment", &["web1", "a=x # y"]),
            ("web1 a=b#c d=e", &["web1", "a=b"]),
            (r#"web1 a="q\"q" b='q\q' c=a\ b d="x\y""#, &["web1", "a=q\"q", "b=q\\q", "c=a b", "d=x\\y"]),
            ("a='' b", &["a=", "b"]),
            ("  ", &[]),
            ("''", &[""]),
        ] {
            assert_eq!(
                split(line).as_deref(),
                Ok(words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>()).as_deref(),
                "{line}"
            );
        }
        assert_eq!(split("web1 a='x"), Err(Unfinished::Quote));
        assert_eq!(split("web1 a=\"x\\"), Err(Unfinished::Quote));
        assert_eq!(split("web1 a=x\\"), Err(Unfinished::Escape));
    }
}
