//! A YAML document with the line of everything in it.

use crate::InventoryError;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, NonFiniteFloatPolicy, Spanned, Tagged};
use std::collections::HashMap;
use std::fmt;
use wheelhouse_protocol::inventory::ImportFormat;

/// The most nodes of a document: 100 000 targets with nine variables each. It bounds the memory that
/// 32 MiB of text, or of references within a text, can ask for.
const MAX_NODES: usize = 2_000_000;

/// A node and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    /// The line, from 1; where a node is referred to, that of the reference.
    pub(super) line: usize,
    /// Its explicit tag: `!vault`.
    pub(super) tag: Option<Box<str>>,
    pub(super) kind: Kind,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// A string.
    Text(Box<str>),
    /// A number or truth value, spelled as in the text (`022`, `1.10`), which decoding would lose.
    Plain(Box<str>),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the text's order; a key may be there twice.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Plain(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, in words.
    pub(super) fn what(&self) -> &'static str {
        match self.kind {
            Kind::Null => "empty",
            Kind::Text(_) | Kind::Plain(_) => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }
}

/// A key that is there twice in one mapping: the last one counts, as in Ansible.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Twice {
    /// The line of the one that counts.
    pub(super) line: usize,
    /// The key and the line of the one that is left out, where they are known.
    pub(super) left_out: Option<(String, usize)>,
}

/// Reads a document, with the keys that are there twice.
pub(super) fn load(text: &str) -> Result<(Node, Vec<Twice>), InventoryError> {
    let read = |duplicate_keys| {
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! {
                max_events: 3 * MAX_NODES,
                max_nodes: MAX_NODES,
                // One reference and one merge key for each target are usual (`<<: *defaults`).
                max_aliases: crate::MAX_TARGETS * 2,
                max_merge_keys: crate::MAX_TARGETS * 2,
                enforce_alias_anchor_ratio: false,
            },
            duplicate_keys: duplicate_keys,
            non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
            strict_booleans: true,
            // A snippet would show what stands beside the error: a password, perhaps.
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options::<Raw>(text, options)
    };
    // Ansible takes the last of equal keys and warns. Reading strictly first finds such a key even
    // where the library itself settles which one counts.
    let first_twice = match read(DuplicateKeyPolicy::Error) {
        Ok(raw) => return Ok((spelled(raw, text, None), Vec::new())),
        Err(error) => match innermost(&error) {
            serde_saphyr::Error::DuplicateMappingKey { location, .. } => usize::try_from(location.line()).unwrap_or(0),
            _ => return Err(problem(&error)),
        },
    };
    let raw = read(DuplicateKeyPolicy::LastWins).map_err(|error| problem(&error))?;
    let mut twice = Vec::new();
    let node = spelled(raw, text, Some(&mut twice));
    if !twice.iter().any(|t| t.line == first_twice) {
        twice.push(Twice { line: first_twice, left_out: None });
    }
    Ok((node, twice))
}

/// The error itself, without the reference it was met through.
fn innermost(error: &serde_saphyr::Error) -> &serde_saphyr::Error {
    let mut error = error.without_snippet();
    while let serde_saphyr::Error::AliasError { error: inner, .. } = error {
        error = inner.without_snippet();
    }
    error
}

/// What the library says, as one line without any of the text.
fn problem(error: &serde_saphyr::Error) -> InventoryError {
    let line = error.location().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1));
    let said = innermost(error).to_string();
    let reason = said.split(" at line ").next().unwrap_or(&said).replace(['\n', '\r'], " ");
    let reason = match innermost(error) {
        serde_saphyr::Error::Budget { .. } | serde_saphyr::Error::AliasReplayLimitExceeded { .. } => {
            "the document is larger or nests deeper than is read, its references followed".to_owned()
        }
        serde_saphyr::Error::MultipleDocuments { .. } => "a second document begins; only one is read".to_owned(),
        _ => reason,
    };
    InventoryError::Syntax { format: ImportFormat::AnsibleYaml, line, reason }
}

/// A node as the library gives it: numbers decoded, the place of their spelling beside.
struct Raw {
    line: usize,
    /// Where it is spelled, in bytes: beginning and length.
    place: Option<(usize, usize)>,
    tag: Option<String>,
    kind: RawKind,
}

enum RawKind {
    Null,
    Decoded,
    Text(Box<str>),
    List(Vec<Raw>),
    Map(Vec<(Raw, Raw)>),
}

/// Puts the spelling back where a number was decoded, and lets the last of equal keys count where
/// `twice` collects them. The depth is bounded by the library's budget.
fn spelled(raw: Raw, text: &str, mut twice: Option<&mut Vec<Twice>>) -> Node {
    let kind = match raw.kind {
        RawKind::Null => Kind::Null,
        RawKind::Text(text) => Kind::Text(text),
        RawKind::Decoded => {
            let slice = raw.place.and_then(|(begin, length)| text.get(begin..begin.checked_add(length)?));
            Kind::Plain(slice.unwrap_or_default().trim().into())
        }
        RawKind::List(items) => {
            Kind::List(items.into_iter().map(|item| spelled(item, text, twice.as_deref_mut())).collect())
        }
        RawKind::Map(entries) => {
            let mut map = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                map.push((spelled(key, text, None), spelled(value, text, twice.as_deref_mut())));
            }
            if let Some(twice) = twice {
                let mut last = HashMap::new();
                for (key, _) in &map {
                    if let Some(name) = key.scalar()
                        && let Some(earlier) = last.insert(name.to_owned(), key.line)
                    {
                        twice.push(Twice { line: key.line, left_out: Some((name.to_owned(), earlier)) });
                    }
                }
                map.retain(|(key, _)| key.scalar().is_none_or(|name| last.get(name) == Some(&key.line)));
            }
            Kind::Map(map)
        }
    };
    Node { line: raw.line, tag: raw.tag.map(String::into_boxed_str), kind }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value: Tagged(kind, tag), referenced, defined, .. } =
            Spanned::<Tagged<RawKind>>::deserialize(deserializer)?;
        let span = defined.span();
        let place = span
            .byte_offset()
            .zip(span.byte_len())
            .and_then(|(begin, length)| Some((usize::try_from(begin).ok()?, usize::try_from(length).ok()?)));
        Ok(Self { line: usize::try_from(referenced.line()).unwrap_or_default(), place, tag, kind })
    }
}

impl<'de> Deserialize<'de> for RawKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyKind)
    }
}

struct AnyKind;

impl<'de> Visitor<'de> for AnyKind {
    type Value = RawKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML")
    }

    fn visit_unit<E: de::Error>(self) -> Result<RawKind, E> {
        Ok(RawKind::Null)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<RawKind, E> {
        Ok(RawKind::Decoded)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<RawKind, E> {
        Ok(RawKind::Decoded)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<RawKind, E> {
        Ok(RawKind::Decoded)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<RawKind, E> {
        Ok(RawKind::Decoded)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<RawKind, E> {
        Ok(RawKind::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawKind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawKind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawKind, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(RawKind::Map(map))
    }
}
