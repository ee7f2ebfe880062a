//! Colours for scripts: enough of bash and PowerShell to read them by, line by line.

use wheelhouse_protocol::plan::Shell;

/// What a piece of a script is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Comment,
    Text,
    Variable,
    Keyword,
    Command,
    Number,
}

impl Kind {
    /// The class that gives it its colour.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Comment => "hl-comment",
            Self::Text => "hl-text",
            Self::Variable => "hl-variable",
            Self::Keyword => "hl-keyword",
            Self::Command => "hl-command",
            Self::Number => "hl-number",
        }
    }
}

/// One piece of a line.
pub(crate) type Piece = (Kind, String);

const BASH: [&str; 22] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "function",
    "return", "local", "export", "readonly", "set", "exit", "trap", "shift",
];
const POWERSHELL: [&str; 18] = [
    "if", "else", "elseif", "foreach", "for", "while", "do", "switch", "function", "return", "param", "try", "catch",
    "finally", "throw", "exit", "begin", "process",
];

/// The lines of a script, in pieces.
pub(crate) fn lines(shell: Shell, script: &str) -> Vec<Vec<Piece>> {
    let mut reader = Reader { shell, quote: None, heredoc: None, pending: None };
    script.lines().map(|line| reader.line(line)).collect()
}

/// What reaches from one line into the next.
struct Reader {
    shell: Shell,
    /// An open string, by its quote.
    quote: Option<char>,
    /// A heredoc that is being read, by the word that ends it.
    heredoc: Option<String>,
    /// A heredoc that begins on the next line.
    pending: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Vec<Piece> {
        if let Some(end) = &self.heredoc {
            if line.trim_start_matches('\t') == end {
                self.heredoc = None;
                return vec![(Kind::Keyword, line.to_owned())];
            }
            return vec![(Kind::Text, line.to_owned())];
        }
        let chars: Vec<char> = line.chars().collect();
        let mut pieces = Pieces::default();
        let mut at = 0;
        let mut command_next = self.quote.is_none();
        while at < chars.len() {
            at = match self.quote {
                Some(quote) => self.in_quote(&chars, at, quote, &mut pieces),
                None => self.outside(&chars, at, &mut pieces, &mut command_next),
            };
        }
        self.heredoc = self.pending.take();
        pieces.0
    }

    /// Inside a string: up to its end, with the variables in it.
    fn in_quote(&mut self, chars: &[char], at: usize, quote: char, pieces: &mut Pieces) -> usize {
        let c = chars[at];
        if c == quote {
            self.quote = None;
            pieces.push(Kind::Text, c);
            return at + 1;
        }
        if c == '$' && quote == '"' {
            return variable(chars, at, pieces);
        }
        if c == self.escape() && quote == '"' {
            pieces.push(Kind::Text, c);
            if let Some(next) = chars.get(at + 1) {
                pieces.push(Kind::Text, *next);
            }
            return at + 2;
        }
        pieces.push(Kind::Text, c);
        at + 1
    }

    fn escape(&self) -> char {
        if self.shell == Shell::Bash { '\\' } else { '`' }
    }

    fn outside(&mut self, chars: &[char], at: usize, pieces: &mut Pieces, command_next: &mut bool) -> usize {
        let c = chars[at];
        match c {
            '#' if at == 0 || chars[at - 1].is_whitespace() || chars[at - 1] == ';' => {
                chars[at..].iter().for_each(|c| pieces.push(Kind::Comment, *c));
                chars.len()
            }
            '"' | '\'' => {
                self.quote = Some(c);
                pieces.push(Kind::Text, c);
                *command_next = false;
                at + 1
            }
            '$' => {
                *command_next = chars.get(at + 1) == Some(&'(');
                variable(chars, at, pieces)
            }
            '<' if self.shell == Shell::Bash && chars.get(at + 1) == Some(&'<') && chars.get(at + 2) != Some(&'<') => {
                self.pending = heredoc_word(&chars[at + 2..]);
                pieces.push(Kind::Plain, '<');
                pieces.push(Kind::Plain, '<');
                at + 2
            }
            c if c == self.escape() => {
                pieces.push(Kind::Plain, c);
                if let Some(next) = chars.get(at + 1) {
                    pieces.push(Kind::Plain, *next);
                }
                at + 2
            }
            c if is_word(c) => {
                let end = (at..chars.len()).find(|&i| !is_word(chars[i])).unwrap_or(chars.len());
                let word: String = chars[at..end].iter().collect();
                let kind = self.kind_of(&word, *command_next, chars.get(end).copied());
                *command_next = kind == Kind::Keyword
                    && !matches!(
                        word.as_str(),
                        "for" | "case" | "in" | "local" | "export" | "readonly" | "set" | "exit" | "return"
                    );
                word.chars().for_each(|c| pieces.push(kind, c));
                end
            }
            _ => {
                if matches!(c, ';' | '|' | '&' | '(' | '{' | '!') {
                    *command_next = true;
                } else if !c.is_whitespace() {
                    *command_next = false;
                }
                pieces.push(Kind::Plain, c);
                at + 1
            }
        }
    }

    fn kind_of(&self, word: &str, command: bool, next: Option<char>) -> Kind {
        let keyword = match self.shell {
            Shell::Bash => command && BASH.contains(&word) || word == "in",
            Shell::Powershell => POWERSHELL.iter().any(|k| k.eq_ignore_ascii_case(word)),
        };
        if keyword {
            return Kind::Keyword;
        }
        if self.shell == Shell::Bash && command && next == Some('=') {
            return Kind::Variable;
        }
        if word.chars().all(|c| c.is_ascii_digit()) {
            return Kind::Number;
        }
        let cmdlet = self.shell == Shell::Powershell && word.contains('-') && word.starts_with(char::is_uppercase);
        if command || cmdlet { Kind::Command } else { Kind::Plain }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '%' | '+' | ',' | '@' | '~')
}

/// `$name`, `${…}`, `$(`, `$?`: the variable itself.
fn variable(chars: &[char], at: usize, pieces: &mut Pieces) -> usize {
    let end = match chars.get(at + 1) {
        Some('{') => (at..chars.len()).find(|&i| chars[i] == '}').map_or(chars.len(), |i| i + 1),
        Some('(') => at + 1,
        Some(c) if c.is_alphanumeric() || *c == '_' => {
            (at + 1..chars.len()).find(|&i| !(chars[i].is_alphanumeric() || chars[i] == '_')).unwrap_or(chars.len())
        }
        Some(c) if "?#@*!$-".contains(*c) => at + 2,
        _ => at + 1,
    };
    chars[at..end].iter().for_each(|c| pieces.push(Kind::Variable, *c));
    end
}

/// The word that ends a heredoc: `<<EOF`, `<<-'EOF'`.
fn heredoc_word(chars: &[char]) -> Option<String> {
    let word: String = chars
        .iter()
        .skip_while(|c| matches!(c, '-' | ' '))
        .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '\'' | '"'))
        .filter(|c| !matches!(c, '\'' | '"'))
        .collect();
    (!word.is_empty()).then_some(word)
}

/// Pieces, neighbours of one kind put together.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, kind: Kind, c: char) {
        match self.0.last_mut() {
            Some((last, text)) if *last == kind => text.push(c),
            _ => self.0.push((kind, c.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, script: &str) -> Vec<String> {
        let pieces = lines(Shell::Bash, script).into_iter().flatten();
        pieces.filter(|(k, _)| *k == kind).map(|(_, text)| text).collect()
    }

    #[test]
    fn nothing_is_lost() {
        let script = "set -euo pipefail # strict\nif ! systemctl is-active \"$name\"; then\n  echo 'it''s \\ off' >&2\nfi\ncat <<'EOF'\n $x # no\nEOF\n";
        let text: Vec<String> = lines(Shell::Bash, script)
            .iter()
            .map(|line| line.iter().map(|(_, text)| text.as_str()).collect::<String>())
            .collect();
        assert_eq!(text.join("\n"), script.trim_end_matches('\n'), "highlighting must not change the script");
    }

    #[test]
    fn comments_strings_and_variables() {
        assert_eq!(of(Kind::Comment, "x=1 # why\necho a#b"), ["# why"], "a # inside a word begins no comment");
        assert_eq!(of(Kind::Variable, "echo \"$name ${a:-b} $1\""), ["$name", "${a:-b}", "$1"]);
        assert_eq!(of(Kind::Text, "echo 'a $x b'"), ["'a $x b'"], "nothing is a variable in single quotes");
        assert_eq!(of(Kind::Keyword, "if true; then exit 1; fi"), ["if", "then", "exit", "fi"]);
        assert_eq!(of(Kind::Command, "if systemctl stop x; then echo done; fi"), ["systemctl", "echo"]);
    }

    #[test]
    fn strings_and_heredocs_reach_over_lines() {
        assert_eq!(of(Kind::Text, "x='one\ntwo' # c"), ["'one", "two'"]);
        assert_eq!(of(Kind::Text, "cat <<EOF\nif $x\nEOF\necho y"), ["if $x"]);
    }
}
