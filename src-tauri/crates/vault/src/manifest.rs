//! The list of what the vault holds, sealed into its header: it makes the removal, the exchange and
//! the roll-back of single entries visible.
//!
//! ```text
//! counter (8 bytes) ‖ number of entries (4 bytes) ‖ for each, by id: id (16) ‖ version (8) ‖ SHA-256 of its row (32)
//! ```
//!
//! Numbers are big endian. The counter grows with every write, so that an open vault notices when an
//! older state takes the place of a newer one.

use std::collections::BTreeMap;
use uuid::Uuid;
use wheelhouse_protocol::CredentialId;

/// What the vault holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Manifest {
    /// Grows with every write.
    pub(crate) counter: u64,
    /// The entries.
    pub(crate) entries: BTreeMap<CredentialId, Listed>,
}

/// One entry in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its version.
    pub(crate) version: u64,
    /// SHA-256 of its row.
    pub(crate) digest: [u8; 32],
}

impl Manifest {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(12 + self.entries.len() * 56);
        bytes.extend_from_slice(&self.counter.to_be_bytes());
        // The vault holds a few thousand entries at most, see `check::MAX_ENTRIES`.
        bytes.extend_from_slice(&u32::try_from(self.entries.len()).unwrap_or(u32::MAX).to_be_bytes());
        for (id, listed) in &self.entries {
            bytes.extend_from_slice(id.0.as_bytes());
            bytes.extend_from_slice(&listed.version.to_be_bytes());
            bytes.extend_from_slice(&listed.digest);
        }
        bytes
    }

    /// `None` when these are not exactly the bytes of a manifest.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (counter, rest) = bytes.split_first_chunk::<8>()?;
        let (number, mut rest) = rest.split_first_chunk::<4>()?;
        let mut manifest = Self { counter: u64::from_be_bytes(*counter), entries: BTreeMap::new() };
        for _ in 0..u32::from_be_bytes(*number) {
            let (id, after) = rest.split_first_chunk::<16>()?;
            let (version, after) = after.split_first_chunk::<8>()?;
            let (digest, after) = after.split_first_chunk::<32>()?;
            let listed = Listed { version: u64::from_be_bytes(*version), digest: *digest };
            manifest.entries.insert(CredentialId(Uuid::from_bytes(*id)), listed);
            rest = after;
        }
        rest.is_empty().then_some(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_give_the_same_manifest(counter: u64, entries: Vec<(u128, u64, [u8; 32])>, cut: prop::sample::Index) {
            let entries = entries
                .into_iter()
                .map(|(id, version, digest)| (CredentialId(Uuid::from_u128(id)), Listed { version, digest }))
                .collect();
            let manifest = Manifest { counter, entries };
            let bytes = manifest.to_bytes();
            prop_assert_eq!(Manifest::from_bytes(&bytes), Some(manifest));
            prop_assert_eq!(Manifest::from_bytes(&bytes[..cut.index(bytes.len())]), None, "cut short");
        }
    }
}
