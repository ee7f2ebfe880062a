//! OpenSSH client configurations, by the rules of `ssh_config(5)`.
//!
//! Every name of a `Host` line that is no pattern is a target. What it is reached by is settled as
//! `ssh` does: the blocks are gone through in order, and of each setting the first value counts,
//! those of `Host *` included.

use crate::ansible::port;
use crate::draft::Draft;
use crate::forest::Forest;
use crate::imported::{Imported, ImportedConnection};
use crate::names::{check_address, check_user, listed, shown};
use crate::{InventoryError, text};
use std::collections::{BTreeMap, HashMap, HashSet};
use wheelhouse_protocol::inventory::ConnectionKind;

/// How many comparisons of names with patterns there may be: 100 000 hosts against 100 patterns.
const MAX_COMPARISONS: usize = 10_000_000;

/// One `Host` (or `Match all`) and what follows it.
#[derive(Debug, Default)]
struct Block {
    line: usize,
    /// The names that are no patterns, in the order of the line.
    names: Vec<String>,
    /// The patterns with wildcards.
    wild: Vec<String>,
    /// What must not match.
    negated: Vec<String>,
    settings: Vec<(Setting, String, usize)>,
}

/// A setting an inventory knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    HostName,
    Port,
    User,
    IdentityFile,
    Jump,
}

/// What holds for one name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Resolved {
    address: Option<String>,
    port: Option<u16>,
    user: Option<String>,
}

/// Reads a client configuration.
pub(crate) fn parse(text: &str) -> Result<Imported, InventoryError> {
    let mut draft = Draft::default();
    let blocks = blocks(text, &mut draft);
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (n, block) in blocks.iter().enumerate() {
        for name in &block.names {
            by_name.entry(name).or_default().push(n);
        }
    }
    let wild: Vec<usize> = (0..blocks.len()).filter(|n| !blocks[*n].wild.is_empty()).collect();
    // What comparing a name with every pattern takes, a long pattern counting several times.
    let weight = |block: &Block| block.wild.iter().chain(&block.negated).map(|p| 1 + p.len() / 64).sum::<usize>();
    let mut comparisons = 0_usize;
    let mut told = Told::default();
    // Names that turned out to be other names of a target.
    let mut further: HashSet<&str> = HashSet::new();
    for block in &blocks {
        // The machines this line's names lead to.
        let mut machines: HashMap<Resolved, usize> = HashMap::new();
        for name in &block.names {
            if further.contains(name.as_str())
                || draft.find_target(name).is_some_and(|t| draft.targets[t].name == *name)
            {
                continue;
            }
            let named = by_name.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            let mut applying: Vec<usize> = named.iter().chain(&wild).copied().collect();
            applying.sort_unstable();
            applying.dedup();
            comparisons += applying.iter().map(|n| weight(&blocks[*n])).sum::<usize>();
            if comparisons > MAX_COMPARISONS {
                return Err(InventoryError::TooMany {
                    what: "comparisons of hosts with patterns",
                    limit: MAX_COMPARISONS,
                });
            }
            applying.retain(|n| blocks[*n].applies(name, named.binary_search(n).is_ok()));
            let resolved = resolve(name, applying.iter().map(|n| &blocks[*n]), &mut told);
            if resolved.address.is_some()
                && let Some(&target) = machines.get(&resolved)
            {
                draft.remarks.note(
                    block.line,
                    format!(
                        "{} leads to the same machine as {}: it is another of its names.",
                        shown(name),
                        shown(&draft.targets[target].name)
                    ),
                );
                if check_address(name).is_ok() {
                    draft.targets[target].addresses.push(name.clone());
                }
                further.insert(name);
                continue;
            }
            let known = draft.targets.len();
            let Some(target) = draft.target(name, block.line)? else { continue };
            if target < known {
                continue;
            }
            let described = &mut draft.targets[target];
            described.addresses.extend(resolved.address.clone());
            let (port, user) = (resolved.port, resolved.user.clone());
            described.connections.push(ImportedConnection { kind: ConnectionKind::Ssh, port, user, assumed: false });
            machines.insert(resolved, target);
        }
    }
    told.into_remarks(&mut draft);
    let forest = Forest::plant(&mut draft)?;
    draft.finish(&forest)
}

/// Cuts the text into blocks. What stands before the first one holds for every host.
fn blocks(text: &str, draft: &mut Draft) -> Vec<Block> {
    let mut blocks = vec![Block { wild: vec!["*".to_owned()], ..Block::default() }];
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let mut is_skipped = false;
    for (line, content) in text::lines(text) {
        let content = content.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let (keyword, rest) = keyword(content);
        let arguments = match arguments(rest) {
            Some(arguments) if !arguments.is_empty() => arguments,
            Some(_) => {
                draft.remarks.error(line, format!("{} has no value and is left out.", shown(keyword)));
                continue;
            }
            None => {
                draft.remarks.error(line, format!("{} is left out: a quote is opened and not closed.", shown(keyword)));
                // A `Host` that cannot be read must not lend its settings to the one before.
                is_skipped |= matches!(keyword.to_ascii_lowercase().as_str(), "host" | "match");
                continue;
            }
        };
        let setting = match keyword.to_ascii_lowercase().as_str() {
            "host" => {
                is_skipped = false;
                blocks.push(Block::of(arguments, line));
                continue;
            }
            "match" => {
                is_skipped = !(arguments.len() == 1 && arguments[0].eq_ignore_ascii_case("all"));
                if is_skipped {
                    draft.remarks.warning(
                        line,
                        "Match is left out with all its settings, up to the next Host: whether it holds is known only when ssh runs.",
                    );
                } else {
                    blocks.push(Block { line, wild: vec!["*".to_owned()], ..Block::default() });
                }
                continue;
            }
            "include" => {
                draft
                    .remarks
                    .warning(line, format!("{} is not read: import that file too.", shown(&arguments.join(" "))));
                continue;
            }
            "hostname" => Setting::HostName,
            "port" => Setting::Port,
            "user" => Setting::User,
            "identityfile" | "certificatefile" => Setting::IdentityFile,
            "proxyjump" | "proxycommand" => Setting::Jump,
            _ => {
                if keyword.chars().all(|c| c.is_ascii_alphanumeric()) && others.len() < 200 {
                    others.entry(keyword.to_owned()).or_insert(line);
                }
                continue;
            }
        };
        if let (false, Some(block)) = (is_skipped, blocks.last_mut()) {
            // ProxyCommand runs to the end of its line; its text is never shown, as it may hold a password.
            block.settings.push((setting, arguments[0].clone(), line));
        }
    }
    if let Some(first) = others.values().min() {
        let names = listed(others.keys().map(String::as_str));
        draft.remarks.note(*first, format!("Settings an inventory does not hold are left out: {names}."));
    }
    blocks
}

impl Block {
    fn of(patterns: Vec<String>, line: usize) -> Self {
        let mut block = Self { line, ..Self::default() };
        for pattern in patterns {
            if let Some(negated) = pattern.strip_prefix('!') {
                block.negated.push(negated.to_owned());
            } else if pattern.contains(['*', '?']) {
                block.wild.push(pattern);
            } else if !block.names.contains(&pattern) {
                block.names.push(pattern);
            }
        }
        block
    }

    /// Whether the block holds for a name; `is_named` when it is among its names.
    fn applies(&self, name: &str, is_named: bool) -> bool {
        (is_named || self.wild.iter().any(|p| matches(p, name))) && !self.negated.iter().any(|p| matches(p, name))
    }
}

/// The keyword and what follows it, behind blanks and at most one `=`.
fn keyword(line: &str) -> (&str, &str) {
    let end = line.find([' ', '\t', '=']).unwrap_or(line.len());
    let rest = line[end..].trim_start();
    (&line[..end], rest.strip_prefix('=').unwrap_or(rest).trim_start())
}

/// The arguments of a line; `None` when a quote is not closed. A `#` where an argument would begin is a comment.
fn arguments(text: &str) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        match chars.peek() {
            None | Some('#') => return Some(all),
            Some(_) => {}
        }
        let mut argument = String::new();
        let mut quote: Option<char> = None;
        loop {
            match (chars.next(), quote) {
                (None, Some(_)) => return None,
                (None, None) => break,
                (Some(c), Some(open)) if c == open => quote = None,
                (Some(c @ ('"' | '\'')), None) => quote = Some(c),
                (Some('\\'), _) if chars.peek().is_some_and(|c| matches!(c, '"' | '\'' | '\\')) => {
                    argument.extend(chars.next());
                }
                (Some('\\'), None) if chars.peek() == Some(&' ') => argument.extend(chars.next()),
                (Some(c), None) if c.is_whitespace() => break,
                (Some(c), _) => argument.push(c),
            }
        }
        all.push(argument);
    }
}

/// What is told of settings once each, whichever hosts they hold for.
#[derive(Debug, Default)]
struct Told {
    /// By line: whether the line is left out, and what is said.
    warnings: BTreeMap<usize, String>,
    jumps: BTreeMap<usize, Vec<String>>,
    keys: BTreeMap<usize, Vec<String>>,
}

impl Told {
    fn into_remarks(self, draft: &mut Draft) {
        for (line, message) in self.warnings {
            draft.remarks.warning(line, message);
        }
        for (line, hosts) in self.jumps {
            let hosts = listed(hosts.iter().map(String::as_str));
            draft.remarks.warning(
                line,
                format!("The way through another host or program (ProxyJump, ProxyCommand) is left out for {hosts}: they are dialled directly."),
            );
        }
        for (line, hosts) in self.keys {
            let hosts = listed(hosts.iter().map(String::as_str));
            draft.remarks.note(
                line,
                format!(
                    "The private key for {hosts} is not read: add its file to the vault and choose it for the target."
                ),
            );
        }
    }
}

/// Goes through the blocks that hold for a name; of each setting the first value counts.
fn resolve<'a>(name: &str, blocks: impl Iterator<Item = &'a Block>, told: &mut Told) -> Resolved {
    let mut resolved = Resolved::default();
    let mut settled = Vec::new();
    for (setting, value, line) in blocks.flat_map(|b| &b.settings) {
        if settled.contains(setting) {
            continue;
        }
        settled.push(*setting);
        let read = match setting {
            Setting::HostName => host_name(name, value)
                .map(|address| resolved.address = Some(address).filter(|a| a != name))
                .map_err(|reason| format!("HostName is left out: {reason}.")),
            Setting::Port => port(value)
                .map(|port| resolved.port = Some(port))
                .map_err(|reason| format!("Port is left out: {reason}.")),
            Setting::User if value.contains(['%', '$']) => {
                Err("User is left out: what it stands for is known only when ssh runs.".to_owned())
            }
            Setting::User => check_user(value)
                .map(|()| resolved.user = Some(value.clone()))
                .map_err(|reason| format!("User is left out: {reason}.")),
            Setting::Jump if value.eq_ignore_ascii_case("none") => Ok(()),
            Setting::Jump => {
                told.jumps.entry(*line).or_default().push(name.to_owned());
                Ok(())
            }
            Setting::IdentityFile => {
                told.keys.entry(*line).or_default().push(name.to_owned());
                Ok(())
            }
        };
        if let Err(message) = read {
            told.warnings.entry(*line).or_insert(message);
        }
    }
    resolved
}

/// What `HostName` stands for: `%h` is the name as given, `%%` a percent sign.
fn host_name(name: &str, value: &str) -> Result<String, String> {
    let mut address = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => match chars.next() {
                Some('h') => address.push_str(name),
                Some('%') => address.push('%'),
                _ => return Err("of its % marks only %h and %% can be worked out here".to_owned()),
            },
            c => address.push(c),
        }
    }
    check_address(&address).map(|()| address)
}

/// Whether a name matches a pattern with `*` and `?` (`match.c`, `match_pattern`), in time that grows
/// with the product of their lengths at most.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows the last star does not fit: the star takes one more.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_openssh() {
        for (pattern, name, expected) in [
            ("*", "web", true),
            ("web-?", "web-1", true),
            ("web-?", "web-10", false),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("a*b*c", "axxbxxc", true),
            ("a*b*c", "axxbxx", false),
            ("Web", "web", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} on {name}");
        }
    }
}
