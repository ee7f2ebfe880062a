//! Host patterns: `web[01:20:2].example.com:2222`.

use crate::MAX_TARGETS;
use crate::names::is_ip;

/// The targets a pattern names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hosts {
    /// Their names.
    pub(super) names: Vec<String>,
    /// The port behind the colon, or why it is none.
    pub(super) port: Option<Port>,
}

/// A port, or why it is none.
type Port = Result<u16, String>;

/// One piece of a pattern.
#[derive(Debug)]
enum Piece<'a> {
    Text(&'a str),
    Numbers { begin: u64, end: u64, step: u64, width: usize },
    Letters { begin: u8, end: u8, step: u64 },
}

/// The letters a range runs through, in Ansible's order (Python's `string.ascii_letters`).
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Expands a pattern.
///
/// The answer's error says why not, without the pattern.
pub(super) fn expand(pattern: &str) -> Result<Hosts, String> {
    let (host, port) = split_port(pattern)?;
    let mut pieces = Vec::new();
    let mut count = 1_u64;
    let mut rest = host;
    while let Some(open) = rest.find('[') {
        let close = rest[open..].find(']').ok_or("a range is opened with “[” and not closed")? + open;
        pieces.push(Piece::Text(&rest[..open]));
        let range = range(&rest[open + 1..close])?;
        count = count.saturating_mul(range.count());
        pieces.push(range);
        rest = &rest[close + 1..];
    }
    if count > MAX_TARGETS as u64 {
        return Err(format!("it names {count} targets; at most {MAX_TARGETS} are taken in"));
    }
    pieces.push(Piece::Text(rest));
    let mut names = vec![String::new()];
    for piece in pieces {
        match piece {
            Piece::Text(text) => names.iter_mut().for_each(|n| n.push_str(text)),
            range => {
                let values = range.values();
                names = names.iter().flat_map(|n| values.iter().map(move |v| format!("{n}{v}"))).collect();
            }
        }
    }
    Ok(Hosts { names, port })
}

/// Takes the port off, where there is one: `host:22`, `[::1]:22`, `web[1:3]:22`, but not `fe80::1`.
fn split_port(pattern: &str) -> Result<(&str, Option<Port>), String> {
    if is_ip(pattern) {
        return Ok((pattern, None));
    }
    if let Some((inside, after)) = pattern.strip_prefix('[').and_then(|p| p.split_once(']'))
        && is_ip(inside)
    {
        return match after.strip_prefix(':') {
            Some(number) => Ok((inside, Some(port(number)))),
            None if after.is_empty() => Ok((inside, None)),
            None => Err("only a port may follow an address in brackets".to_owned()),
        };
    }
    // The colons of ranges are not the port's.
    let outside = pattern.rfind(']').map_or(0, |at| at + 1);
    let (head, tail) = pattern.split_at(outside);
    match tail.split_once(':') {
        None => Ok((pattern, None)),
        Some((name, number)) if !number.contains(':') => Ok((&pattern[..head.len() + name.len()], Some(port(number)))),
        Some(_) => Err("it has more than one colon and is no IPv6 address".to_owned()),
    }
}

/// A port as a number.
pub(crate) fn port(text: &str) -> Port {
    match text.trim().parse::<u16>() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err("a port is a number from 1 to 65535".to_owned()),
    }
}

/// Reads what is between the brackets: `begin:end` or `begin:end:step`.
fn range(text: &str) -> Result<Piece<'static>, String> {
    let bounds: Vec<&str> = text.split(':').collect();
    let (begin, end, step) = match bounds.as_slice() {
        [begin, end] => (*begin, *end, "1"),
        [begin, end, step] => (*begin, *end, *step),
        _ => return Err("a range is written [begin:end] or [begin:end:step]".to_owned()),
    };
    let step = step.parse::<u64>().ok().filter(|s| *s > 0).ok_or("the step of a range is a number from 1")?;
    if end.is_empty() {
        return Err("a range must say where it ends".to_owned());
    }
    if let (Some(begin), Some(end)) = (letter(begin), letter(end)) {
        return if begin <= end {
            Ok(Piece::Letters { begin, end, step })
        } else {
            Err("a range must begin before it ends".to_owned())
        };
    }
    let begin = if begin.is_empty() { "0" } else { begin };
    let number = |text: &str| {
        if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u64>().ok() } else { None }
            .ok_or("the ends of a range are two numbers or two letters")
    };
    let width = if begin.len() > 1 && begin.starts_with('0') { begin.len() } else { 0 };
    if width > 0 && width != end.len() {
        return Err("with leading zeros both ends of a range must have as many digits".to_owned());
    }
    let (begin, end) = (number(begin)?, number(end)?);
    if begin > end {
        return Err("a range must begin before it ends".to_owned());
    }
    Ok(Piece::Numbers { begin, end, step, width })
}

/// The place of a letter among [`LETTERS`].
fn letter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [one] => LETTERS.iter().position(|l| l == one).and_then(|at| u8::try_from(at).ok()),
        _ => None,
    }
}

impl Piece<'_> {
    fn count(&self) -> u64 {
        match self {
            Self::Text(_) => 1,
            Self::Numbers { begin, end, step, .. } => ((end - begin) / step).saturating_add(1),
            Self::Letters { begin, end, step } => u64::from(end - begin) / step + 1,
        }
    }

    /// The values of a range that is known to be small enough.
    fn values(&self) -> Vec<String> {
        let nth = |n: u64, step: u64| n.saturating_mul(step);
        match *self {
            Self::Text(text) => vec![text.to_owned()],
            Self::Numbers { begin, step, width, .. } => {
                (0..self.count()).map(|n| format!("{:0width$}", begin + nth(n, step))).collect()
            }
            Self::Letters { begin, step, .. } => (0..self.count())
                .filter_map(|n| LETTERS.get(usize::from(begin) + usize::try_from(nth(n, step)).ok()?))
                .map(|l| char::from(*l).to_string())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;

    fn names(pattern: &str) -> Vec<String> {
        expand(pattern).unwrap().names
    }

    /// The expected names are what `ansible-inventory --list` of ansible-core 2.19 makes of them.
    #[test]
    fn patterns_expand_as_in_ansible() {
        assert_eq!(names("web[01:03].example.com"), ["web01.example.com", "web02.example.com", "web03.example.com"]);
        assert_eq!(names("db-[a:c]"), ["db-a", "db-b", "db-c"]);
        assert_eq!(names("n[1:10:4]"), ["n1", "n5", "n9"]);
        assert_eq!(names("n[:2]"), ["n0", "n1", "n2"]);
        assert_eq!(names("r[1:2]s[a:b]"), ["r1sa", "r1sb", "r2sa", "r2sb"]);
        assert_eq!(names("n[8:11]"), ["n8", "n9", "n10", "n11"]);
        assert_eq!(names("x[y:B]"), ["xy", "xz", "xA", "xB"], "capitals follow small letters");
        assert_eq!(names("n[3:3]"), ["n3"]);
    }

    #[test]
    fn ports_are_told_from_addresses() {
        for (pattern, name, port) in [
            ("web:2222", "web", Some(2222)),
            ("10.0.0.1:22", "10.0.0.1", Some(22)),
            ("[2001:db8::1]:2222", "2001:db8::1", Some(2222)),
            ("2001:db8::1", "2001:db8::1", None),
            ("[2001:db8::1]", "2001:db8::1", None),
        ] {
            assert_eq!(expand(pattern), Ok(Hosts { names: vec![name.to_owned()], port: port.map(Ok) }), "{pattern}");
        }
        assert_eq!(expand("web[1:2]:2222").unwrap().port, Some(Ok(2222)));
        for bad in ["web:0", "web:65536", "web:ssh", "web:", "web:-1"] {
            let hosts = expand(bad).unwrap();
            assert_eq!((hosts.names, hosts.port.map(|p| p.is_err())), (vec!["web".to_owned()], Some(true)), "{bad}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused_with_the_reason() {
        for (pattern, reason) in [
            ("web[1:100000000]", "100000000 targets"),
            ("web[0:100000]", "100001 targets"),
            ("a[1:1000]b[1:1000]c[1:1000]", "1000000000 targets"),
            ("a[0:18446744073709551615][0:18446744073709551615]", "targets"),
            ("web[1:", "not closed"),
            ("web[1]", "[begin:end]"),
            ("web[1:2:3:4]", "[begin:end]"),
            ("web[1:]", "where it ends"),
            ("web[3:1]", "begin before"),
            ("web[c:a]", "begin before"),
            ("web[1:3:0]", "step"),
            ("web[01:100]", "as many digits"),
            ("web[a:3]", "two numbers or two letters"),
            ("web[1:99999999999999999999]", "two numbers"),
            ("a:b:c", "more than one colon"),
        ] {
            let answer = expand(pattern).expect_err(pattern);
            assert!(answer.contains(reason), "{pattern}: {answer}");
        }
    }
}
