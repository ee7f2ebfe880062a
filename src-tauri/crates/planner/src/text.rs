//! An operator's text as tokens.
//!
//! Names survive whole (`nginx.service`, `sshd@x`, `MSSQL$INST`, `web-0[1-3]`, `C:\Temp\a b` in
//! quotes), and what a shell would act on outside quotes (`&&`, `|`, `$(`, `>`, a backtick in a word)
//! becomes an [`Kind::Operator`], which no name may hold.

use std::ops::Range;

/// The longest request that is read, in bytes. People do not type more; pasted logs are not requests.
pub const MAX_REQUEST: usize = 64 * 1024;
/// The most tokens of one request.
pub(crate) const MAX_TOKENS: usize = 2000;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A word, name or number.
    Word,
    /// Text in quotes or backticks; the token's text is what is inside.
    Quoted,
    /// A file path: `/etc/x`, `~/x`, `C:\x`, `\\server\share`.
    Path,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:` at the end of a word.
    Colon,
    /// The end of a sentence: `.`, `!`, `?` after a word.
    Stop,
    /// The end of a line.
    Line,
    /// Something a shell acts on.
    Operator,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// As typed, without quotes.
    pub(crate) text: String,
    /// In lower case.
    pub(crate) lower: String,
    /// Where it stands in [`Text::chars`], quotes included.
    pub(crate) span: Range<usize>,
}

impl Token {
    /// Whether it is this word.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.lower == word
    }

    /// Whether it could be (part of) a name: not punctuation.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted | Kind::Path)
    }
}

/// A request cut into tokens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Text {
    /// The tokens.
    pub(crate) tokens: Vec<Token>,
    /// Whether characters nobody can see (zero width, direction marks, controls) were in it.
    pub(crate) hidden: bool,
    /// Whether such characters stand within a word, or turn the direction of writing: then it is not what it looks like.
    pub(crate) disguised: bool,
    /// Whether it was too long to be read to its end.
    pub(crate) cut: bool,
    /// A word that mixes alphabets, so that it is not what it looks like.
    pub(crate) mixed: Option<String>,
    /// The request without what cannot be seen, with plain quotes and spaces.
    pub(crate) chars: Vec<char>,
}

impl Text {
    /// The request's own words between two places.
    pub(crate) fn slice(&self, span: Range<usize>) -> String {
        self.chars.get(span).map_or_else(String::new, |chars| chars.iter().collect())
    }

    /// The request with one part of it replaced.
    pub(crate) fn replaced(&self, span: &Range<usize>, by: &str) -> String {
        let before = self.slice(0..span.start);
        let after = self.slice(span.end..self.chars.len());
        [before.trim_end(), by, after.trim_start()].join(" ").trim().to_owned()
    }
}

/// Cuts a request into tokens.
pub(crate) fn tokenise(request: &str) -> Text {
    let mut text = Text::default();
    let mut end = request.len().min(MAX_REQUEST);
    while !request.is_char_boundary(end) {
        end -= 1;
    }
    text.cut = end < request.len();
    text.disguised = disguised(&request[..end]);
    let chars: Vec<char> = request[..end].chars().filter_map(|c| plain(c, &mut text.hidden)).collect();
    let mut i = 0;
    while i < chars.len() && text.tokens.len() < MAX_TOKENS {
        i = next(&chars, i, &mut text.tokens);
    }
    text.cut |= i < chars.len();
    text.mixed = text.tokens.iter().find(|t| mixes_alphabets(&t.text)).map(|t| t.text.clone());
    text.chars = chars;
    text
}

/// Whether characters that nobody sees stand between letters, or turn the direction of writing.
fn disguised(request: &str) -> bool {
    let unseen = |c: char| matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}');
    let request = request.trim_matches(|c: char| unseen(c) || c.is_whitespace());
    let mut before: Option<char> = None;
    let mut between = false;
    for c in request.chars() {
        if matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            return true;
        }
        if unseen(c) {
            between = before.is_some();
            continue;
        }
        if between {
            return true;
        }
        between = false;
        before = Some(c);
    }
    false
}

/// Whether Latin letters stand beside letters of another alphabet that look like them, or in their wide forms.
fn mixes_alphabets(word: &str) -> bool {
    let latin = word.chars().any(|c| c.is_ascii_alphanumeric());
    let other =
        word.chars().any(|c| matches!(c, '\u{370}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{1d400}'..='\u{1d7ff}'));
    let wide = word.chars().any(|c| matches!(c, '\u{ff01}'..='\u{ff5e}'));
    (latin && other) || wide
}

/// One character without what cannot be seen, and with plain quotes and spaces.
fn plain(c: char, hidden: &mut bool) -> Option<char> {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' => Some('\''),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => Some('"'),
        '\u{2013}' | '\u{2014}' | '\u{2212}' | '\u{2010}' | '\u{2011}' => Some('-'),
        '\n' => Some('\n'),
        '\u{ff0c}' | '\u{3001}' => Some(','),
        '\u{ff1b}' => Some(';'),
        '\u{2192}' | '\u{21d2}' | '\u{279c}' => Some('\u{2192}'),
        // Pictures say nothing about machines.
        '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..='\u{1faff}' => {
            Some(' ')
        }
        '\u{2022}' | '\u{b7}' => Some('-'),
        c if c.is_whitespace() => Some(' '),
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' => {
            *hidden = true;
            None
        }
        c if c.is_control() => {
            *hidden = true;
            None
        }
        c => Some(c),
    }
}

/// Reads one token from `i`; answers where the next one begins.
fn next(chars: &[char], i: usize, tokens: &mut Vec<Token>) -> usize {
    let at = |n: usize| chars.get(i + n).copied();
    let Some(c) = at(0) else { return i + 1 };
    let single = |kind, text: &str, tokens: &mut Vec<Token>| {
        let end = i + text.chars().count();
        push(tokens, kind, text.to_owned(), i..end);
        end
    };
    let arrow = |length: usize, tokens: &mut Vec<Token>| {
        push(tokens, Kind::Word, "then".to_owned(), i..i + length);
        i + length
    };
    match c {
        ' ' => i + 1,
        '\u{2192}' => arrow(1, tokens),
        '-' | '=' if at(1) == Some('>') => arrow(2, tokens),
        // A quoted line of a mail.
        '>' if at(1) == Some(' ') && tokens.last().is_none_or(|t| t.kind == Kind::Line) => i + 1,
        '\n' => single(Kind::Line, "\n", tokens),
        ',' => single(Kind::Comma, ",", tokens),
        ';' => single(Kind::Semicolon, ";", tokens),
        '(' | ')'
            if at(1).is_none_or(|c| c != '(')
                && i > 0
                && matches!(chars.get(i - 1), Some(' ')) | (c == ')')
                && tokens.iter().all(|t| t.kind != Kind::Operator)
                && tokens.last().is_some_and(Token::is_text) =>
        {
            single(Kind::Comma, if c == '(' { "(" } else { ")" }, tokens)
        }
        '(' | ')' | '[' | ']' | '{' | '}' => i + 1,
        '&' if at(1) == Some('&') => single(Kind::Operator, "&&", tokens),
        '|' if at(1) == Some('|') => single(Kind::Operator, "||", tokens),
        // "web & db" is how people write "and"; a shell's "&" stands at the end or before another.
        '&' if at(1) == Some(' ') && i > 0 && tokens.last().is_some_and(Token::is_text) => {
            push(tokens, Kind::Word, "and".to_owned(), i..i + 1);
            i + 1
        }
        '&' | '|' | '<' | '>' => single(Kind::Operator, &c.to_string(), tokens),
        '$' if matches!(at(1), Some('(' | '{')) => {
            let text = format!("${}", at(1).unwrap_or('('));
            single(Kind::Operator, &text, tokens)
        }
        '"' | '\'' | '`' => match closing(chars, i) {
            Some(end) => {
                push(tokens, Kind::Quoted, chars[i + 1..end].iter().collect(), i..end + 1);
                end + 1
            }
            None => single(Kind::Operator, &c.to_string(), tokens),
        },
        _ => word(chars, i, tokens),
    }
}

/// Where the quote that opens at `i` closes: before a space, punctuation or the end.
fn closing(chars: &[char], i: usize) -> Option<usize> {
    let quote = chars[i];
    (i + 1..chars.len()).find(|&end| {
        chars[end] == quote
            && end > i + 1
            && chars
                .get(end + 1)
                .is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '!' | '?' | ')'))
    })
}

/// Reads a word or path from `i`.
fn word(chars: &[char], i: usize, tokens: &mut Vec<Token>) -> usize {
    let mut end = i;
    let mut brackets = 0usize;
    while end < chars.len() {
        let c = chars[end];
        let next = chars.get(end + 1).copied();
        match c {
            '[' | '{' => brackets += 1,
            ']' | '}' if brackets > 0 => brackets -= 1,
            ']' | '}' | ')' | '(' => break,
            ' ' | '\n' | ';' | '<' | '>' | '|' | '`' | '"' => break,
            ',' if brackets == 0 => break,
            '&' => break,
            '$' if matches!(next, Some('(' | '{')) => break,
            // An apostrophe belongs to a word (don't, server's) only between letters.
            '\'' if !(end > i && chars[end - 1].is_alphanumeric() && next.is_some_and(char::is_alphanumeric)) => break,
            _ => {}
        }
        end += 1;
    }
    if end == i {
        // A character that can only stand in the way, such as a lone bracket.
        return i + 1;
    }
    let mut text: String = chars[i..end].iter().collect();
    let mut stop = None;
    if !is_path(&text)
        || text.ends_with(['!', '?', ','])
        || (text.len() > 1 && text.ends_with('.') && !text.ends_with(".."))
    {
        while let Some(last) = text.chars().last() {
            let kind = match last {
                '!' | '?' | '.' if text.chars().count() > 1 || last != '.' => Kind::Stop,
                ':' if !is_drive(&text) => Kind::Colon,
                _ => break,
            };
            stop = Some((kind, last));
            text.pop();
        }
    }
    if !text.is_empty() {
        let kind = if is_path(&text) { Kind::Path } else { Kind::Word };
        let length = text.chars().count();
        push(tokens, kind, text, i..i + length);
    }
    if let Some((kind, c)) = stop {
        push(tokens, kind, c.to_string(), end - 1..end);
    }
    end
}

/// `C:`
fn is_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':') && chars.next().is_none()
}

/// Whether a word is a file path.
pub(crate) fn is_path(text: &str) -> bool {
    let mut chars = text.chars();
    let drive = matches!((chars.next(), chars.next(), chars.next()), (Some(c), Some(':'), None | Some('\\' | '/')) if c.is_ascii_alphabetic());
    drive
        || text.starts_with("\\\\")
        || text.starts_with("~/")
        || text.starts_with("./")
        || text.starts_with("../")
        || (text.starts_with('/') && text.len() > 1 && !text.starts_with("//"))
        || text == "/"
}

fn push(tokens: &mut Vec<Token>, kind: Kind, text: String, span: Range<usize>) {
    let lower = text.to_lowercase();
    tokens.push(Token { kind, text, lower, span });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(request: &str) -> Vec<String> {
        tokenise(request)
            .tokens
            .into_iter()
            .map(|t| match t.kind {
                Kind::Word => t.text,
                Kind::Quoted => format!("“{}”", t.text),
                Kind::Path => format!("path {}", t.text),
                Kind::Line => "⏎".to_owned(),
                Kind::Operator => format!("op {}", t.text),
                _ => t.text,
            })
            .collect()
    }

    #[test]
    fn names_survive_whole() {
        for name in [
            "nginx.service", "sshd@x", "MSSQL$INST", "my-app.exe", "web-0[1-3]", "db{1,2}", "10.0.0.1", "a_b", "v2.1.0",
        ] {
            assert_eq!(words(&format!("restart {name} now")), ["restart", name, "now"]);
            assert_eq!(words(&format!("restart {name}.")), ["restart", name, "."], "the full stop is not part of it");
        }
    }

    #[test]
    fn paths_and_quotes() {
        assert_eq!(
            words(r"copy C:\Temp\x.zip to \\srv\share, then “my file.txt”"),
            ["copy", r"path C:\Temp\x.zip", "to", r"path \\srv\share", ",", "then", "“my file.txt”"]
        );
        assert_eq!(words("list C: drive"), ["list", "path C:", "drive"]);
        assert_eq!(words("tail /var/log/syslog."), ["tail", "path /var/log/syslog", "."]);
        assert_eq!(words("don't stop the server's cron"), ["don't", "stop", "the", "server's", "cron"]);
        assert_eq!(words("in 'Production Web' group"), ["in", "“Production Web”", "group"]);
    }

    #[test]
    fn what_a_shell_acts_on_stands_out() {
        assert_eq!(words("restart nginx && rm -rf /"), ["restart", "nginx", "op &&", "rm", "-rf", "path /"]);
        assert_eq!(words("service $(curl x|sh)"), ["service", "op $(", "curl", "x", "op |", "sh"]);
        assert_eq!(words("restart nginx'; DROP"), ["restart", "nginx", "op '", ";", "DROP"]);
        assert_eq!(words("restart ngi`id`nx"), ["restart", "ngi", "op `", "id", "op `", "nx"]);
        assert_eq!(words("web & db servers"), ["web", "and", "db", "servers"]);
    }

    #[test]
    fn what_cannot_be_seen_is_noticed() {
        let text = tokenise("restart ng\u{200b}inx\u{202e}");
        assert!(text.hidden);
        assert_eq!(text.tokens[1].text, "nginx");
    }

    #[test]
    fn a_huge_request_is_cut_and_says_so() {
        let text = tokenise(&"word ".repeat(1_000_000));
        assert!(text.cut && text.tokens.len() <= MAX_TOKENS);
        assert!(tokenise(&"é".repeat(MAX_REQUEST)).cut, "cut between characters, not in one");
    }
}
