//! A request cut into the clauses of its steps.

use crate::lexicon::Lexicon;
use crate::text::{Kind, Token};

/// Where clauses begin and end. Steps keep their order.
///
/// "then", a numbered or dashed line, and a semicolon always separate. "and" and a comma separate only
/// where a verb follows, so that "web and db servers" stays whole.
pub(crate) fn clauses<'a>(tokens: &'a [Token], lexicon: &Lexicon) -> Vec<&'a [Token]> {
    let mut out = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < tokens.len() {
        let (cut, skip) = separator(tokens, at, lexicon);
        if cut {
            push(&mut out, &tokens[from..at], lexicon);
            from = at + skip;
        }
        at += skip.max(1);
    }
    push(&mut out, &tokens[from.min(tokens.len())..], lexicon);
    out
}

fn push<'a>(out: &mut Vec<&'a [Token]>, clause: &'a [Token], lexicon: &Lexicon) {
    let is_bullet = |t: &Token| {
        t.kind == Kind::Word && (t.text == "-" || t.text == "*" || t.text == "+" || is_number_mark(&t.text))
    };
    let skip = clause.iter().take_while(|t| !t.is_text() || is_bullet(t)).count();
    let clause = &clause[skip..];
    // "action: restart it"
    let label = clause.len() > 2 && clause[1].kind == Kind::Colon && lexicon.labels.contains(&clause[0].lower);
    let clause = &clause[if label { 2 } else { 0 }..];
    // "first stop nginx", "step 2: …"
    let ordinal = [
        "first", "firstly", "second", "secondly", "third", "thirdly", "fourth", "1st", "2nd", "3rd", "lastly",
        "finally",
    ];
    let skip = match clause {
        [a, ..]
            if ordinal.iter().any(|w| a.is(w))
                && clause.len() > 1
                && clause[1].lower.parse::<u32>().is_err()
                && !clause[1].is("lines") =>
        {
            1
        }
        [a, b, ..] if a.is("step") && b.lower.chars().all(|c| c.is_ascii_digit()) => 2,
        _ => 0,
    };
    let clause = &clause[skip..];
    if clause.iter().any(Token::is_text) {
        out.push(clause);
    }
}

/// `1)` or `2.`: the tokeniser has taken the mark off.
fn is_number_mark(text: &str) -> bool {
    text.len() <= 2 && text.chars().all(|c| c.is_ascii_digit())
}

/// Whether a clause ends at `at`, and how many tokens the separator takes.
fn separator(tokens: &[Token], at: usize, lexicon: &Lexicon) -> (bool, usize) {
    let token = &tokens[at];
    match token.kind {
        Kind::Semicolon | Kind::Line => (true, 1),
        // A full stop ends a clause when another sentence follows.
        Kind::Stop => (tokens[at + 1..].iter().any(Token::is_text), 1),
        Kind::Comma => {
            let mut next = at + 1;
            while tokens.get(next).is_some_and(|t| t.is("and")) {
                next += 1;
            }
            if let Some((length, ())) = tokens.get(next..).and_then(|rest| lexicon.then.at(rest)) {
                return (true, next + length - at);
            }
            let numbered = tokens.get(next).is_some_and(|t| t.is("step"))
                && tokens.get(next + 1).is_some_and(|t| t.lower.chars().all(|c| c.is_ascii_digit()));
            if numbered {
                return (true, next - at);
            }
            let ordinal = tokens
                .get(next)
                .is_some_and(|t| ["first", "second", "third", "fourth", "2nd", "3rd"].iter().any(|w| t.is(w)));
            (begins_step(tokens, next + usize::from(ordinal), lexicon), next - at)
        }
        Kind::Word => {
            if let Some((length, ())) = lexicon.then.at(&tokens[at..])
                && at > 0
            {
                let mut next = at + length;
                while tokens.get(next).is_some_and(|t| t.kind == Kind::Comma || t.is("and")) {
                    next += 1;
                }
                return (true, next - at);
            }
            // "… 2. copy x 3. start y" in one line
            let numbered = token.text.len() <= 2
                && token.text.chars().all(|c| c.is_ascii_digit())
                && tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Stop || t.text == ")")
                && begins_step(tokens, at + 2, lexicon);
            if numbered {
                return (true, 2);
            }
            if (token.is("and") || token.text == "+") && at > 0 {
                return (begins_step(tokens, at + 1, lexicon), 1);
            }
            (false, 1)
        }
        _ => (false, 1),
    }
}

/// Whether a verb stands at `at`, perhaps behind words without meaning.
fn begins_step(tokens: &[Token], at: usize, lexicon: &Lexicon) -> bool {
    let mut at = at;
    while let Some(token) = tokens.get(at) {
        if let Some((length, ())) = lexicon.then.at(&tokens[at..]) {
            at += length;
            continue;
        }
        if lexicon.verb(&tokens[at..]).is_some() {
            return true;
        }
        if token.kind != Kind::Word || !lexicon.filler.contains(&token.lower) || token.is("the") || token.is("a") {
            return false;
        }
        at += 1;
    }
    false
}
