//! Numbers, lists and places in sentences.

use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::reading::Reading;

/// Names said one by one; more are counted.
const NAMES: usize = 4;

/// `1 job`, `12 jobs`.
pub(super) fn number(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// As [`list`], of a few names: `a, b, c, d and 8 more`.
pub(super) fn names(all: &[String]) -> String {
    if all.len() <= NAMES {
        return list(all);
    }
    let mut few: Vec<String> = all.iter().take(NAMES).cloned().collect();
    few.push(format!("{} more", all.len() - NAMES));
    list(&few)
}

/// A sentence with its parts, without the empty ones.
pub(super) fn sentence(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    format!("{}.", said.join(" "))
}

/// The machines a question names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Scope {
    /// Their names; `None` when it is about all.
    pub(super) targets: Option<Vec<String>>,
    /// The operating system, where nothing else names machines.
    pub(super) os: Option<Os>,
    /// As a person says it: `CIS servers except web-03`; empty when no place is named.
    pub(super) said: String,
    /// The operating system that is named, before a noun: `Windows `; empty when none is.
    pub(super) kind: String,
}

impl Scope {
    /// The machines this reading names.
    pub(super) fn of(reading: &Reading) -> Self {
        let places = &reading.targets;
        let named = [&places.groups, &places.hosts, &places.tags, &places.exclude].iter().any(|list| !list.is_empty());
        let targets = (named || !places.resolved.is_empty()).then(|| places.resolved.clone());
        let os = if targets.is_none() { reading.os_hint } else { None };
        let mut said = Vec::new();
        let wanted: Vec<String> = places.groups.iter().chain(&places.hosts).cloned().collect();
        if !wanted.is_empty() {
            said.push(names(&wanted));
        } else if named {
            said.push("all targets".to_owned());
        }
        if !places.tags.is_empty() {
            said.push(format!("tagged {}", list(&places.tags)));
        }
        if !places.exclude.is_empty() {
            said.push(format!("except {}", names(&places.exclude)));
        }
        let kind = reading.os_hint.map(|os| format!("{os} ")).unwrap_or_default();
        Self { targets, os, said: said.join(" "), kind }
    }

    /// `on CIS servers`, `on Windows targets`; empty when it is about all.
    pub(super) fn on(&self) -> String {
        match (self.said.as_str(), self.kind.as_str()) {
            ("", "") => String::new(),
            ("", kind) => format!("on {kind}targets"),
            (said, _) => format!("on {said}"),
        }
    }

    /// `in CIS servers`; empty when no place is named.
    pub(super) fn within(&self) -> String {
        if self.said.is_empty() { String::new() } else { format!("in {}", self.said) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_short() {
        let all: Vec<String> = (1..=6).map(|n| format!("web-{n}")).collect();
        assert_eq!(names(&all), "web-1, web-2, web-3, web-4 and 2 more");
        assert_eq!(names(&all[..2]), "web-1 and web-2");
        assert_eq!(names(&all[..1]), "web-1");
    }
}
