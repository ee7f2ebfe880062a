#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

use super::*;
use crate::manifest::Listed;
use wheelhouse_protocol::CredentialId;

const PASSPHRASE: &str = "brass lantern over quiet harbour";

struct Made {
    bytes: Vec<u8>,
    key: Key,
    opener: Key,
    manifest: Manifest,
}

/// A header with both locks and one entry in its manifest.
fn made() -> Made {
    let (key, opener) = (Key::random().unwrap(), Key::random().unwrap());
    let clear = Clear::new(&key, &PASSPHRASE.into(), KdfCost::FLOOR, Timestamp::UNIX_EPOCH).unwrap();
    let clear = clear.with_keyring(&key, Some(&opener)).unwrap();
    let mut manifest = Manifest { counter: 9, ..Manifest::default() };
    manifest.entries.insert(CredentialId(Uuid::from_u128(5)), Listed { version: 2, digest: [3; 32] });
    let (bytes, _) = Header::seal(clear, &manifest, &key).unwrap();
    Made { bytes, key, opener, manifest }
}

/// What somebody who can write the file makes of it: the clear part changed, length and checksum right again.
fn forged(bytes: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let header = Header::parse(bytes).unwrap();
    let mut clear = serde_json::from_slice(&header.clear_bytes).unwrap();
    change(&mut clear);
    let clear = serde_json::to_vec(&clear).unwrap();
    let length = u32::try_from(clear.len()).unwrap().to_be_bytes();
    with_checksum(&[length.as_slice(), &clear, &header.sealed_manifest].concat())
}

fn with_checksum(rest: &[u8]) -> Vec<u8> {
    [MAGIC.as_slice(), &cipher::digest(rest), rest].concat()
}

/// The whole way in by the keyring: parse, open the lock, open the manifest.
fn opens_with(bytes: &[u8], opener: &Key) -> bool {
    Header::parse(bytes)
        .and_then(|header| {
            let key = header.clear.open_with_keyring(opener)?;
            header.manifest(&key).ok_or(VaultError::Replaced)
        })
        .is_ok()
}

#[test]
fn a_header_opens_by_either_lock() {
    let made = made();
    let header = Header::parse(&made.bytes).unwrap();
    let by_passphrase = header.clear.open_with_passphrase(&PASSPHRASE.into()).unwrap();
    let by_keyring = header.clear.open_with_keyring(&made.opener).unwrap();
    assert_eq!(by_passphrase.expose(), made.key.expose());
    assert_eq!(by_keyring.expose(), made.key.expose());
    assert_eq!(header.manifest(&by_passphrase), Some(made.manifest));
}

#[test]
fn every_changed_byte_is_damage_before_any_passphrase_is_tried() {
    let made = made();
    for place in 0..made.bytes.len() {
        let mut changed = made.bytes.clone();
        changed[place] ^= 1;
        assert!(
            matches!(Header::parse(&changed), Err(VaultError::Damaged { .. })),
            "byte {place}: {:?}",
            Header::parse(&changed)
        );
        assert!(Header::parse(&made.bytes[..place]).is_err(), "cut to {place} bytes");
    }
    assert!(Header::parse(&[made.bytes.as_slice(), b" "].concat()).is_err(), "one byte added");
}

#[test]
fn every_changed_byte_with_the_checksum_made_right_again_still_opens_nothing() {
    let made = made();
    assert!(opens_with(&made.bytes, &made.opener), "untouched, it opens");
    let rest = &made.bytes[MAGIC.len() + 32..];
    for place in 0..rest.len() {
        for bit in [1, 0x20] {
            let mut changed = rest.to_vec();
            changed[place] ^= bit;
            assert!(!opens_with(&with_checksum(&changed), &made.opener), "byte {place} changed by {bit:#x}");
        }
    }
}

#[test]
fn a_cost_out_of_bounds_is_refused_before_it_is_used() {
    let made = made();
    for (name, value) in [
        ("memory_kib", 65_535),
        ("memory_kib", 8),
        ("memory_kib", 1_048_577),
        ("passes", 0),
        ("passes", 17),
        ("lanes", 0),
        ("lanes", 17),
    ] {
        let bytes = forged(&made.bytes, |clear| clear["passphrase"]["cost"][name] = value.into());
        assert!(matches!(Header::parse(&bytes), Err(VaultError::Cost { .. })), "{name} = {value}");
    }
}

#[test]
fn a_cost_changed_within_the_bounds_opens_nothing() {
    let made = made();
    let bytes = forged(&made.bytes, |clear| clear["passphrase"]["cost"]["lanes"] = 2.into());
    let header = Header::parse(&bytes).unwrap();
    let error = header.clear.open_with_passphrase(&PASSPHRASE.into()).unwrap_err();
    assert!(matches!(error, VaultError::WrongPassphrase { .. }), "{error}");
    let key = header.clear.open_with_keyring(&made.opener).unwrap();
    assert_eq!(header.manifest(&key), None, "the keyring opens the key, and the manifest shows the change");
}

#[test]
fn a_wrong_passphrase_and_a_changed_lock_are_told_apart() {
    let made = made();
    let header = Header::parse(&made.bytes).unwrap();
    let error = header.clear.open_with_passphrase(&"brass lantern over quiet harbor".into()).unwrap_err();
    assert!(matches!(error, VaultError::WrongPassphrase { .. }), "{error}");
    let error = header.clear.open_with_keyring(&Key::random().unwrap()).unwrap_err();
    assert!(matches!(error, VaultError::NeedsPassphrase { .. }), "{error}");

    let other = STANDARD.encode([9; 72]);
    let bytes = forged(&made.bytes, |clear| {
        clear["passphrase"]["lock"]["key"] = other.clone().into();
        clear["keyring"]["key"] = other.into();
    });
    let header = Header::parse(&bytes).unwrap();
    let error = header.clear.open_with_passphrase(&PASSPHRASE.into()).unwrap_err();
    assert!(matches!(error, VaultError::Damaged { .. }), "the passphrase is right: {error}");
    let error = header.clear.open_with_keyring(&made.opener).unwrap_err();
    assert!(matches!(error, VaultError::Damaged { .. }), "the keyring's key is right: {error}");
}

#[test]
fn a_newer_format_and_another_algorithm_are_not_guessed_at() {
    let made = made();
    let bytes = forged(&made.bytes, |clear| {
        clear["format"] = 2.into();
        clear["something"] = "new".into();
    });
    assert!(matches!(Header::parse(&bytes), Err(VaultError::Newer { found: 2, known: 1 })));
    for name in ["cipher", "digest"] {
        let bytes = forged(&made.bytes, |clear| clear[name] = "None".into());
        assert!(matches!(Header::parse(&bytes), Err(VaultError::Damaged { .. })), "{name}");
    }
    let bytes = forged(&made.bytes, |clear| clear["format"] = 0.into());
    assert!(matches!(Header::parse(&bytes), Err(VaultError::Damaged { .. })), "format 0");
}

#[test]
fn a_lock_of_one_vault_is_none_of_another() {
    let (one, two) = (made(), made());
    let lock = Header::parse(&one.bytes).unwrap().clear.keyring;
    let bytes = forged(&two.bytes, |clear| clear["keyring"] = serde_json::to_value(lock).unwrap());
    assert!(!opens_with(&bytes, &one.opener), "the same lock in another vault");
}
