//! Keys, and sealing bytes under them: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03).
//!
//! Nonces are 192 random bits, so two of them never meet. A sealed value is nonce ‖ ciphertext ‖ tag.

use crate::{Result, VaultError};
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// How many bytes longer than its content a sealed value is.
pub(crate) const OVERHEAD: usize = NONCE_BYTES + TAG_BYTES;

/// A 256-bit key. It stays in its box, so that moving it leaves no copies, and is overwritten when dropped.
pub(crate) struct Key(Box<[u8; KEY_BYTES]>);

impl Key {
    /// A key from the operating system's random numbers.
    pub(crate) fn random() -> Result<Self> {
        let mut key = Self::empty();
        random_into(key.0.as_mut_slice())?;
        Ok(key)
    }

    /// All zeros, to be filled in place.
    pub(crate) fn empty() -> Self {
        Self(Box::new([0; KEY_BYTES]))
    }

    /// The key these bytes are; `None` when they are not 32.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::empty();
        (bytes.len() == KEY_BYTES).then(|| {
            key.0.copy_from_slice(bytes);
            key
        })
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    pub(crate) fn expose_mut(&mut self) -> &mut [u8; KEY_BYTES] {
        &mut self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Fills `bytes` from the operating system's random numbers.
pub(crate) fn random_into(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|e| VaultError::Random(e.to_string()))
}

/// Joins parts, each preceded by its length (8 bytes, big endian), so that no two different lists of
/// parts give the same bytes.
pub(crate) fn join(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|p| p.len() + 8).sum());
    for part in parts {
        joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

/// SHA-256 of `bytes`.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Seals `plain` under `key`, bound to `associated`.
pub(crate) fn seal(key: &Key, associated: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    // One allocation of the final size: growing would leave plain bytes behind in freed memory.
    let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
    sealed.resize(NONCE_BYTES, 0);
    random_into(&mut sealed)?;
    sealed.extend_from_slice(plain);
    let (nonce, content) = sealed.split_at_mut(NONCE_BYTES);
    let nonce = XNonce::try_from(&*nonce).map_err(|e| VaultError::Internal(e.to_string()))?;
    let sealing =
        XChaCha20Poly1305::new(key.expose().into()).encrypt_inout_detached(&nonce, associated, content.into());
    let tag = match sealing {
        Ok(tag) => tag,
        Err(error) => {
            sealed.zeroize();
            return Err(VaultError::Internal(format!("sealing failed: {error}")));
        }
    };
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] made; `None` when a single bit of it, of `associated` or of the key differs.
pub(crate) fn open(key: &Key, associated: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_BYTES)?;
    let (content, tag) = rest.split_at_checked(rest.len().checked_sub(TAG_BYTES)?)?;
    let mut plain = Zeroizing::new(content.to_vec());
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt_inout_detached(
            &XNonce::try_from(nonce).ok()?,
            associated,
            plain.as_mut_slice().into(),
            &chacha20poly1305::Tag::try_from(tag).ok()?,
        )
        .ok()?;
    Some(plain)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_sealed_opens_again_and_with_nothing_else(plain: Vec<u8>, associated: Vec<u8>, place: prop::sample::Index) {
            let key = Key::random().unwrap();
            let sealed = seal(&key, &associated, &plain).unwrap();
            prop_assert_eq!(open(&key, &associated, &sealed).unwrap().to_vec(), plain);
            prop_assert!(open(&Key::random().unwrap(), &associated, &sealed).is_none(), "another key");
            let mut other = associated.clone();
            other.push(0);
            prop_assert!(open(&key, &other, &sealed).is_none(), "bound to something else");
            let mut flipped = sealed.clone();
            flipped[place.index(sealed.len())] ^= 1;
            prop_assert!(open(&key, &associated, &flipped).is_none(), "one bit changed");
            prop_assert!(open(&key, &associated, &sealed[..place.index(sealed.len())]).is_none(), "cut short");
        }

        #[test]
        fn no_two_lists_join_to_the_same(a: Vec<Vec<u8>>, b: Vec<Vec<u8>>) {
            let parts = |list: &[Vec<u8>]| join(&list.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(a == b, parts(&a) == parts(&b));
        }
    }

    /// The vector of draft-irtf-cfrg-xchacha-03, appendix A.3.1, so that other tools can open what we seal.
    #[test]
    fn it_is_the_published_algorithm() {
        let key = Key::from_slice(&(0x80..=0x9f).collect::<Vec<u8>>()).unwrap();
        let associated = hex::decode("50515253c0c1c2c3c4c5c6c7").unwrap();
        let sealed = hex::decode(concat!(
            "404142434445464748494a4b4c4d4e4f5051525354555657",
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c",
            "54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da97688",
            "12f615c68b13b52e",
            "c0875924c1c7987947deafd8780acf49"
        ))
        .unwrap();
        let plain = open(&key, &associated, &sealed).unwrap();
        assert!(plain.starts_with(b"Ladies and Gentlemen of the class of '99"), "{:?}", plain.len());
    }

    #[test]
    fn a_key_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", Key::from_slice(&[7; 32]).unwrap()), "<redacted>");
    }
}
