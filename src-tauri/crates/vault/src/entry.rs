//! One entry of the vault, sealed.
//!
//! ```text
//! "WHLENTRY" ‖ length of the clear part (4 bytes, big endian) ‖ clear part ‖ sealed content key (72 bytes) ‖ sealed content
//! ```
//!
//! Clear, as JSON, so that targets can show the name of their credential and reminders work while the
//! vault is locked: id, version, name, service, kind, tags, times and the reminder's days. Everything
//! else is sealed: the fields' names, which of them are secret, their values (of plain fields too) and
//! the notes. The content is padded, so that its length says little about a password's.
//!
//! Each write draws a new content key, which is sealed under the vault's key. Both are bound to the
//! vault's identity (format, vault, algorithms), the entry's id and version, and the clear part's bytes.

use crate::cipher::{self, KEY_BYTES, Key, OVERHEAD, join};
use crate::{Result, VaultError};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::fmt;
use wheelhouse_protocol::credential::CredentialKind;
use wheelhouse_protocol::{CredentialId, Timestamp};
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"WHLENTRY";
const SEALED_KEY_BYTES: usize = KEY_BYTES + OVERHEAD;
/// The content's length is a multiple of this.
const PADDING: usize = 256;

/// What can be read while the vault is locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clear {
    pub(crate) id: CredentialId,
    pub(crate) version: u64,
    pub(crate) name: String,
    pub(crate) service: String,
    pub(crate) kind: CredentialKind,
    pub(crate) tags: Vec<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) rotated_at: Timestamp,
    pub(crate) rotate_after_days: u32,
}

/// One field.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) secret: bool,
    pub(crate) value: SecretString,
}

/// What only the vault's key opens.
#[derive(Clone)]
pub(crate) struct Content {
    pub(crate) fields: Vec<Field>,
    pub(crate) notes: SecretString,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Content {
    /// The field of that name, compared without regard to case.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        let notes = self.notes.expose_secret();
        let length = 8
            + notes.len()
            + self.fields.iter().map(|f| 9 + f.name.len() + f.value.expose_secret().len()).sum::<usize>();
        // The final size at once: growing would leave secrets behind in freed memory.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.next_multiple_of(PADDING)));
        put_length(&mut bytes, self.fields.len())?;
        for field in &self.fields {
            bytes.push(u8::from(field.secret));
            put_text(&mut bytes, &field.name)?;
            put_text(&mut bytes, field.value.expose_secret())?;
        }
        put_text(&mut bytes, notes)?;
        bytes.resize(length.next_multiple_of(PADDING), 0);
        Ok(bytes)
    }

    fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let number = take_length(&mut bytes)?;
        let mut fields = Vec::new();
        for _ in 0..number {
            let (secret, rest) = bytes.split_first()?;
            bytes = rest;
            let name = take_text(&mut bytes)?.to_owned();
            let value = SecretString::from(take_text(&mut bytes)?);
            fields.push(Field { name, secret: *secret != 0, value });
        }
        let notes = SecretString::from(take_text(&mut bytes)?);
        bytes.iter().all(|&b| b == 0).then_some(Self { fields, notes })
    }
}

fn put_length(bytes: &mut Vec<u8>, length: usize) -> Result<()> {
    let length = u32::try_from(length).map_err(|e| VaultError::Internal(e.to_string()))?;
    bytes.extend_from_slice(&length.to_be_bytes());
    Ok(())
}

fn put_text(bytes: &mut Vec<u8>, text: &str) -> Result<()> {
    put_length(bytes, text.len())?;
    bytes.extend_from_slice(text.as_bytes());
    Ok(())
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

fn take_text<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    let length = take_length(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

/// Seals an entry.
pub(crate) fn seal(vault_key: &Key, identity: &[u8], clear: &Clear, content: &Content) -> Result<Vec<u8>> {
    let clear_bytes = serde_json::to_vec(clear).map_err(|e| VaultError::Internal(e.to_string()))?;
    let content_key = Key::random()?;
    let sealed_key =
        cipher::seal(vault_key, &binding(b"content key", identity, clear, &clear_bytes), content_key.expose())?;
    let sealed = cipher::seal(&content_key, &binding(b"content", identity, clear, &clear_bytes), &content.to_bytes()?)?;
    let mut row = MAGIC.to_vec();
    put_length(&mut row, clear_bytes.len())?;
    row.extend_from_slice(&clear_bytes);
    row.extend_from_slice(&sealed_key);
    row.extend_from_slice(&sealed);
    Ok(row)
}

fn binding(what: &[u8], identity: &[u8], clear: &Clear, clear_bytes: &[u8]) -> Vec<u8> {
    join(&[what, identity, clear.id.0.as_bytes(), &clear.version.to_be_bytes(), clear_bytes])
}

/// A row taken apart, not opened.
#[derive(Debug)]
pub(crate) struct Row<'r> {
    /// What can be read without the key. Only [`Row::open`] proves it.
    pub(crate) clear: Clear,
    clear_bytes: &'r [u8],
    sealed_key: &'r [u8],
    sealed: &'r [u8],
}

impl<'r> Row<'r> {
    /// `None` when it is not of an entry's form, or of the entry `id`.
    pub(crate) fn parse(id: CredentialId, row: &'r [u8]) -> Option<Self> {
        let mut rest = row.strip_prefix(MAGIC)?;
        let length = take_length(&mut rest)?;
        let (clear_bytes, rest) = rest.split_at_checked(length)?;
        let (sealed_key, sealed) = rest.split_at_checked(SEALED_KEY_BYTES)?;
        let clear: Clear = serde_json::from_slice(clear_bytes).ok()?;
        (clear.id == id).then_some(Self { clear, clear_bytes, sealed_key, sealed })
    }

    /// The content; `None` when a single bit of the row was changed.
    pub(crate) fn open(&self, vault_key: &Key, identity: &[u8]) -> Option<Content> {
        let bound = |what| binding(what, identity, &self.clear, self.clear_bytes);
        let content_key = Key::from_slice(&cipher::open(vault_key, &bound(b"content key"), self.sealed_key)?)?;
        Content::from_bytes(&cipher::open(&content_key, &bound(b"content"), self.sealed)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn clear(version: u64) -> Clear {
        Clear {
            id: CredentialId(Uuid::from_u128(7)),
            version,
            name: "web login".into(),
            service: "ssh".into(),
            kind: CredentialKind::Password,
            tags: vec!["prod".into()],
            created_at: Timestamp::UNIX_EPOCH,
            rotated_at: Timestamp::UNIX_EPOCH,
            rotate_after_days: 30,
        }
    }

    fn content(fields: &[(String, bool, String)], notes: &str) -> Content {
        let field = |(name, secret, value): &(String, bool, String)| Field {
            name: name.clone(),
            secret: *secret,
            value: value.as_str().into(),
        };
        Content { fields: fields.iter().map(field).collect(), notes: notes.into() }
    }

    fn plain(content: &Content) -> (Vec<(String, bool, String)>, String) {
        let field = |f: &Field| (f.name.clone(), f.secret, f.value.expose_secret().to_owned());
        (content.fields.iter().map(field).collect(), content.notes.expose_secret().to_owned())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn an_entry_opens_to_what_was_sealed(fields: Vec<(String, bool, String)>, notes: String, name: String) {
            let key = Key::random().unwrap();
            let clear = Clear { name, ..clear(3) };
            let row = seal(&key, b"vault", &clear, &content(&fields, &notes)).unwrap();
            let parsed = Row::parse(clear.id, &row).unwrap();
            prop_assert_eq!(&parsed.clear, &clear);
            prop_assert_eq!(plain(&parsed.open(&key, b"vault").unwrap()), (fields, notes));
        }
    }

    #[test]
    fn no_byte_of_a_row_can_be_changed_and_none_added_or_taken() {
        let key = Key::random().unwrap();
        let content = content(&[("password".into(), true, "hunter2".into())], "note");
        let row = seal(&key, b"vault", &clear(1), &content).unwrap();
        let opens = |row: &[u8]| Row::parse(clear(1).id, row).is_some_and(|r| r.open(&key, b"vault").is_some());
        assert!(opens(&row), "untouched, it opens");
        for place in 0..row.len() {
            for bit in [1, 0x20, 0x80] {
                let mut changed = row.clone();
                changed[place] ^= bit;
                assert!(!opens(&changed), "byte {place} of {} changed by {bit:#x}", row.len());
            }
            assert!(!opens(&row[..place]), "cut to {place} bytes");
        }
        assert!(!opens(&[row.as_slice(), &[0]].concat()), "one byte added");
    }

    #[test]
    fn an_entry_opens_only_in_its_vault_and_place() {
        let key = Key::random().unwrap();
        let row = seal(&key, b"vault", &clear(1), &content(&[], "")).unwrap();
        let parsed = Row::parse(clear(1).id, &row).unwrap();
        assert!(parsed.open(&key, b"another vault").is_none(), "bound to the vault");
        assert!(parsed.open(&Key::random().unwrap(), b"vault").is_none(), "sealed under the key");
        assert!(Row::parse(CredentialId(Uuid::from_u128(8)), &row).is_none(), "bound to its id");
        // The clear part of one version with the sealed part of another.
        let other = seal(&key, b"vault", &clear(2), &content(&[], "")).unwrap();
        let sealed_from = row.len() - parsed.sealed.len() - parsed.sealed_key.len();
        let mixed = [&other[..sealed_from], &row[sealed_from..]].concat();
        let mixed = Row::parse(clear(1).id, &mixed).unwrap();
        assert_eq!(mixed.clear.version, 2, "the test mixed what it meant to");
        assert!(mixed.open(&key, b"vault").is_none(), "bound to its version");
    }

    #[test]
    fn the_length_says_little_about_the_secret() {
        let key = Key::random().unwrap();
        let length = |password: &str| {
            let content = content(&[("password".into(), true, password.into())], "");
            seal(&key, b"vault", &clear(1), &content).unwrap().len()
        };
        assert_eq!(length("hunter2"), length("a much longer passphrase, of several words"));
    }
}
